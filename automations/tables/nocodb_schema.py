"""Tables and columns on NocoDB: described and made. The v3 API where it can, v2 for what v3 lacks.

A new table is made whole by one call of v2: 31 tables cost NocoDB a third of what they cost column by column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from automations.errors import HostRefused
from automations.schema.model import Field, Table
from automations.tables import nocodb_columns as columns
from automations.tables.base import HostField, HostTable
from automations.tables.http import Http

LINKED = frozenset({"link", "links", "person", "persons"})
"""Types whose columns are made after all tables stand."""
GRID = 3
"""NocoDB's number for a grid view."""


class Structure:
    """The tables of one base.

    Args:
        http: Signed-in calls.
        base: Id of the base.
    """

    def __init__(self, http: Http, base: str) -> None:
        self._http = http
        self._base = base
        self._order: dict[str, tuple[str, ...]] = {}
        self._layouts: dict[str, _Layout] = {}
        self._made: dict[tuple[str, str], Mapping[str, Any]] = {}
        """Columns of persons, by table and title, that were made with their table and are asked for one by one."""

    # --- reading ------------------------------------------------------------------------------------------------
    def describe(self) -> list[HostTable]:
        """See :meth:`automations.tables.base.Host.describe`."""
        tables = self._http.get(f"/api/v2/meta/bases/{self._base}/tables")["list"]
        return [self._host_table(self.table(t["id"])) for t in tables if t["type"] == "table" and not t.get("mm")]

    def titles(self) -> dict[str, str]:
        """Present titles of all tables by id."""
        return {t["id"]: t["title"] for t in self._http.get(f"/api/v2/meta/bases/{self._base}/tables")["list"]}

    def table(self, table_id: str) -> Mapping[str, Any]:
        """A table with its columns and views, in the words of the v2 API."""
        found: Mapping[str, Any] = self._http.get(f"/api/v2/meta/tables/{table_id}")
        return found

    def column(self, table_id: str, column_id: str) -> Mapping[str, Any]:
        """One column of a table.

        Raises:
            HostRefused: It is gone.
        """
        for column in self.table(table_id)["columns"]:
            if column["id"] == column_id:
                return dict(column)
        raise HostRefused("这一列在网页上已被删除。请重新运行 houqin plan，看看要改什么。")

    # --- making -------------------------------------------------------------------------------------------------
    def create_table(self, table: Table) -> HostTable:
        """See :meth:`automations.tables.base.Host.create_table`."""
        columns_now = [f for f in table.fields if f.type not in ("link", "links")]
        columns_now.sort(key=lambda f: f.name != table.display)
        body = {
            "title": table.title,
            "table_name": table.title,
            "columns": [columns.v2_column(f) for f in columns_now],
        }
        made = self._http.call("POST", f"/api/v2/meta/bases/{self._base}/tables", "once", json=body)
        self.know_order(table, made["id"])
        found = self.table(made["id"])
        identity = next(c["id"] for c in found["columns"] if c["uidt"] == "ID")
        by_title = {f.title: f for f in columns_now}
        wide = {c["id"]: columns.width(by_title[c["title"]]) for c in found["columns"] if c["title"] in by_title}
        self.show(found["views"][0]["id"], {identity: False}, width={id: w for id, w in wide.items() if w})
        people = {f.title for f in columns_now if f.type in LINKED}
        self._made |= {(made["id"], c["title"]): c for c in found["columns"] if c["title"] in people}
        whole = self._host_table(found)
        return replace(whole, fields=tuple(f for f in whole.fields if f.title not in people))

    def know_order(self, table: Table, table_id: str) -> None:
        """Columns made later find their place in the first view by the schema's order."""
        self._order[table_id] = tuple(f.title for f in sorted(table.fields, key=lambda f: f.name != table.display))

    def create_field(self, table_id: str, field: Field, to_table_id: str | None) -> HostField:
        """See :meth:`automations.tables.base.Host.create_field`."""
        if (made := self._made.pop((table_id, field.title), None)) is not None:
            column = made
        elif field.type in ("link", "links"):
            if to_table_id is None:
                raise HostRefused(f"“{field.title}”要关联哪个表没有说明，请检查 schemas/ 里的 to。")
            column = self._link(table_id, field, to_table_id)
        elif field.type in ("person", "persons"):
            body = {"uidt": "User", "meta": {"is_multi": field.type == "persons"}, "description": field.note or None}
            column = self._add(table_id, field.title, body)
        else:
            path = f"/api/v3/meta/bases/{self._base}/tables/{table_id}/fields"
            new = self._http.call("POST", path, "once", json=columns.v3_field(field))["id"]
            column = self._finish(self.column(table_id, new), field)
            self._layouts.pop(table_id, None)
        found = columns.host_field(column)
        assert found is not None
        return found

    def update_field(self, table_id: str, field_id: str, field: Field) -> HostField:
        """See :meth:`automations.tables.base.Host.update_field`."""
        column = self.column(table_id, field_id)
        now = columns.host_field(column)
        if now is None or now.type != field.type:
            raise HostRefused(
                f"“{column['title']}”现在的类型与“{field.title}”要的不同，改类型会丢数据。请另起一个字段。"
            )
        changes: dict[str, Any] = {"title": field.title, "description": field.note or None}
        if field.type in ("choice", "choices") and now.options != field.options:
            changes["colOptions"] = {"options": columns.options(column, field.options)}
        if field.type == "number" and now.decimals < field.decimals:
            if column["uidt"] == "Number":
                raise HostRefused(f"“{column['title']}”是整数列，不能改成小数。请在 schemas/ 里另起一个字段。")
            changes["meta"] = {"precision": field.decimals}
        found = columns.host_field(self._patch(column, changes))
        assert found is not None
        return found

    def rename_table(self, table_id: str, title: str) -> None:
        """Give the table another title."""
        path = f"/api/v3/meta/bases/{self._base}/tables/{table_id}"
        self._http.call("PATCH", path, "repeatable", json={"title": title})

    def delete_field(self, field_id: str) -> None:
        """Remove a column with its data."""
        self._http.call("DELETE", f"/api/v3/meta/bases/{self._base}/fields/{field_id}", "once")

    def show(
        self,
        view: str,
        visible: Mapping[str, bool],
        order: Mapping[str, float] | None = None,
        width: Mapping[str, str] | None = None,
    ) -> None:
        """Show or hide columns of a view, by column id, put them in their places; one call however many."""
        fields: dict[str, dict[str, Any]] = {id: {"show": shown} for id, shown in visible.items()}
        for name, values in (("order", order), ("width", width)):
            for id, value in (values or {}).items():
                fields.setdefault(id, {})[name] = value
        if fields:
            path = f"/api/v3/meta/views/{view}/columns"
            self._http.call("PATCH", path, "repeatable", json={"fields": fields})

    # --- inside -------------------------------------------------------------------------------------------------
    def _host_table(self, table: Mapping[str, Any]) -> HostTable:
        listed = sorted(table["columns"], key=lambda c: (not c.get("pv"), c.get("order") or 0))
        fields = [field for c in listed if (field := columns.host_field(c)) is not None]
        views = tuple(view["title"] for view in table.get("views", ()))
        return HostTable(table["id"], table["title"], tuple(fields), views)

    def _finish(self, column: Mapping[str, Any], field: Field) -> Mapping[str, Any]:
        meta = columns.late_meta(field)
        return self._patch(column, {"meta": meta}) if meta else column

    def _patch(self, column: Mapping[str, Any], changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Change a column and leave the rest of it as it is: what v2 is not told, it forgets (defaults, colours)."""
        body = {**column, **changes}
        if "meta" in changes:
            body["meta"] = {**(column.get("meta") or {}), **changes["meta"]}
        if column["uidt"] not in ("SingleSelect", "MultiSelect"):
            body.pop("colOptions", None)
        table = self._http.call("PATCH", f"/api/v2/meta/columns/{column['id']}", "repeatable", json=body)
        return next(dict(c) for c in table["columns"] if c["id"] == column["id"])

    def _add(self, table_id: str, title: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A new column in its place of the table's first view."""
        layout = self._layout(table_id)
        place = layout.place(title, self._order.get(table_id, ()))
        where = {"column_order": {"order": place, "view_id": layout.view}} if place is not None else {}
        table = self._http.call(
            "POST", f"/api/v2/meta/tables/{table_id}/columns", "once", json={"title": title, **body, **where}
        )
        if place is not None:
            layout.orders[title] = place
        return next(dict(c) for c in table["columns"] if c["title"] == title)

    def _link(self, table_id: str, field: Field, to: str) -> Mapping[str, Any]:
        """Make a link and name both its ends; the column in ``table_id``.

        A link to one row keeps its key in our row (readable 180 × faster than embedded rows); a link to several, and
        one to the same table, keep pairs in a table between.
        """
        pairs = field.type == "links" or to == table_id
        body: dict[str, Any] = {
            "uidt": "Links" if pairs else "LinkToAnotherRecord",
            "type": "mm" if pairs else "bt",
            "parentId": table_id if pairs else to,
            "childId": to if pairs else table_id,
        }
        if pairs:
            # The cell shows a count with this word; NocoDB's own is the table's title with an English s.
            body["meta"] = {"singular": "条", "plural": "条"}
            if field.type == "link":
                body["meta"]["houqin"] = columns.SINGLE
        mine = self._add(table_id, field.title, body)
        if field.note:
            mine = self._patch(mine, {"description": field.note})
        if to != table_id:  # else its other end is a system column already: nobody sees it
            self._tame(mine, field, to)
        return mine

    def _tame(self, mine: Mapping[str, Any], field: Field, to: str) -> None:
        """Name the other end, that NocoDB made under a title of its own choice; hide it where nobody asked for it."""
        there = self.table(to)
        key = "fk_mm_model_id" if mine["colOptions"]["type"] == "mm" else "fk_child_column_id"
        for column in there["columns"]:
            ends = column.get("colOptions") or {}
            if ends.get(key) == mine["colOptions"][key] and not column.get("system") and column["id"] != mine["id"]:
                break
        else:
            raise HostRefused(
                "NocoDB 建立关联后找不到另一端的列，可能有人同时在改表结构。请稍后重新运行 houqin apply。"
            )
        table = self._title(mine["fk_model_id"])
        title = f"↩{table}·{field.title}" if field.reverse is None else field.reverse
        if (layout := self._layouts.get(to)) is not None:
            layout.append(title)
        if field.reverse is not None:
            self._patch(column, {"title": title})
            return
        note = f"由“{table}”的“{field.title}”自动生成，请勿在此填写"
        self._patch(column, {"title": title, "meta": {"houqin": columns.REVERSE}, "description": note})
        for view in there["views"]:
            if view["type"] == GRID:
                self.show(view["id"], {column["id"]: False})

    def _title(self, table_id: str) -> str:
        layout = self._layouts.get(table_id)
        return layout.title if layout is not None else str(self.table(table_id)["title"])

    def _layout(self, table_id: str) -> "_Layout":
        if table_id not in self._layouts:
            table = self.table(table_id)
            view = table["views"][0]["id"]
            titles = {c["id"]: c["title"] for c in table["columns"]}
            listed = self._http.get(f"/api/v2/meta/views/{view}/columns")["list"]
            orders = {titles.get(i["fk_column_id"], ""): float(i["order"] or 0) for i in listed}
            self._layouts[table_id] = _Layout(table["title"], view, orders)
        return self._layouts[table_id]


@dataclass
class _Layout:
    """Where the columns of a table stand in its first view, by title."""

    title: str
    view: str
    orders: dict[str, float]

    def append(self, title: str) -> None:
        """A column that NocoDB put behind all others."""
        self.orders[title] = max(self.orders.values(), default=0.0) + 1

    def place(self, title: str, wanted: Sequence[str]) -> float | None:
        """Order of a new column, between its neighbours in ``wanted``; None for the end."""
        if title not in wanted:
            return None
        before = [self.orders[t] for t in wanted[: wanted.index(title)] if t in self.orders]
        if not before:
            return None
        start = max(before)
        end = min((order for order in self.orders.values() if order > start), default=start + 2)
        return (start + end) / 2
