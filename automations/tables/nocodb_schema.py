"""Tables and columns on NocoDB: described and made. The v3 API where it can, v2 for what v3 lacks."""

from collections.abc import Mapping
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

    # --- reading ------------------------------------------------------------------------------------------------
    def describe(self) -> list[HostTable]:
        """See :meth:`automations.tables.base.Host.describe`."""
        tables = self._http.get(f"/api/v2/meta/bases/{self._base}/tables")["list"]
        return [self._host_table(self.table(t["id"])) for t in tables if t["type"] == "table" and not t.get("mm")]

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
        plain = [f for f in table.fields if f.type not in LINKED]
        plain.sort(key=lambda f: f.name != table.display)
        made = self._http.call(
            "POST",
            f"/api/v3/meta/bases/{self._base}/tables",
            "once",
            json={"title": table.title, "fields": [columns.v3_field(f) for f in plain]},
        )
        self.know_order(table, made["id"])
        found = self.table(made["id"])
        by_title = {c["title"]: c for c in found["columns"]}
        for field in plain:
            self._finish(by_title[field.title], field)
        view = found["views"][0]["id"]
        identity = next(c["id"] for c in found["columns"] if c["uidt"] == "ID")
        self.show(view, {identity: False})
        return self._host_table(self.table(made["id"]))

    def know_order(self, table: Table, table_id: str) -> None:
        """Columns made later find their place in the first view by the schema's order."""
        self._order[table_id] = tuple(f.title for f in sorted(table.fields, key=lambda f: f.name != table.display))

    def create_field(self, table_id: str, field: Field, to_table_id: str | None) -> HostField:
        """See :meth:`automations.tables.base.Host.create_field`."""
        if field.type in ("link", "links"):
            if to_table_id is None:
                raise HostRefused(f"“{field.title}”要关联哪个表没有说明，请检查 schemas/ 里的 to。")
            column = self._link(table_id, field, to_table_id)
        else:
            body = columns.v3_field(field)
            path = f"/api/v3/meta/bases/{self._base}/tables/{table_id}/fields"
            column = self.column(table_id, self._http.call("POST", path, "once", json=body)["id"])
            self._finish(column, field)
        self._place(table_id, column["id"], field.title)
        return self._host_field(table_id, column["id"])

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
        self._patch(column, changes)
        return self._host_field(table_id, field_id)

    def rename_table(self, table_id: str, title: str) -> None:
        """Give the table another title."""
        path = f"/api/v3/meta/bases/{self._base}/tables/{table_id}"
        self._http.call("PATCH", path, "repeatable", json={"title": title})

    def delete_field(self, field_id: str) -> None:
        """Remove a column with its data."""
        self._http.call("DELETE", f"/api/v3/meta/bases/{self._base}/fields/{field_id}", "once")

    def show(self, view: str, visible: Mapping[str, bool], order: Mapping[str, float] | None = None) -> None:
        """Show or hide columns of a view, by column id, and put them in their places."""
        listed = self._http.get(f"/api/v2/meta/views/{view}/columns")["list"]
        for item in listed:
            column = item["fk_column_id"]
            change: dict[str, Any] = {}
            if column in visible and bool(item["show"]) != visible[column]:
                change["show"] = visible[column]
            if order and column in order:
                change["order"] = order[column]
            if change:
                path = f"/api/v2/meta/views/{view}/columns/{item['id']}"
                self._http.call("PATCH", path, "repeatable", json={"show": bool(item["show"]), **change})

    # --- inside -------------------------------------------------------------------------------------------------
    def _host_table(self, table: Mapping[str, Any]) -> HostTable:
        listed = sorted(table["columns"], key=lambda c: (not c.get("pv"), c.get("order") or 0))
        fields = [field for c in listed if (field := columns.host_field(c)) is not None]
        views = tuple(view["title"] for view in table.get("views", ()))
        return HostTable(table["id"], table["title"], tuple(fields), views)

    def _host_field(self, table_id: str, field_id: str) -> HostField:
        field = columns.host_field(self.column(table_id, field_id))
        assert field is not None
        return field

    def _finish(self, column: Mapping[str, Any], field: Field) -> None:
        if meta := columns.late_meta(field):
            self._patch(column, {"meta": meta})

    def _patch(self, column: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Change a column and leave the rest of it as it is: what v2 is not told, it forgets (defaults, colours)."""
        body = {**column, **changes}
        if "meta" in changes:
            body["meta"] = {**(column.get("meta") or {}), **changes["meta"]}
        if column["uidt"] not in ("SingleSelect", "MultiSelect"):
            body.pop("colOptions", None)
        self._http.call("PATCH", f"/api/v2/meta/columns/{column['id']}", "repeatable", json=body)

    def _link(self, table_id: str, field: Field, to: str) -> Mapping[str, Any]:
        """Make a link and name both its ends; the column in ``table_id``.

        A link to one row is made from the other side (its key then stands in our row: readable 180 × faster than
        embedded rows), a link to several, and one to the same table, from ours.
        """
        child = self.table(table_id)
        reverse = field.reverse or f"↩{child['title']}·{field.title}"
        from_there = field.type == "link" and to != table_id
        maker, other, relation, title = (
            (to, table_id, "hm", reverse) if from_there else (table_id, to, "mm", field.title)
        )
        body = {"title": title, "type": "Links", "options": {"relation_type": relation, "related_table_id": other}}
        path = f"/api/v3/meta/bases/{self._base}/tables/{maker}/fields"
        made = self._http.call("POST", path, "once", json=body)["id"]
        if to == table_id:  # its other end is a system column already: nobody sees it
            mine, theirs = made, None
        else:
            partner = self._partner(self.column(maker, made), other)["id"]
            mine, theirs = (partner, made) if from_there else (made, partner)
        ours: dict[str, Any] = {"title": field.title, "description": field.note or None}
        if field.type == "link" and not from_there:
            ours["meta"] = {"houqin": columns.SINGLE}
        self._patch(self.column(table_id, mine), ours)
        if theirs is not None:
            self._tame(to, theirs, reverse, None if field.reverse else f"“{child['title']}”的“{field.title}”")
        return self.column(table_id, mine)

    def _tame(self, table_id: str, column_id: str, title: str, made_by: str | None) -> None:
        """Name the other end of a link; hide it where it was not asked for but ``made_by`` one of ours."""
        changes: dict[str, Any] = {"title": title}
        if made_by is not None:
            changes["meta"] = {"houqin": columns.REVERSE}
            changes["description"] = f"由{made_by}自动生成，请勿在此填写"
        self._patch(self.column(table_id, column_id), changes)
        if made_by is not None:
            for view in self.table(table_id)["views"]:
                if view["type"] == GRID:
                    self.show(view["id"], {column_id: False})

    def _partner(self, made: Mapping[str, Any], other: str) -> Mapping[str, Any]:
        """The other end that NocoDB made by itself, under a title of its own choice: the one with the same keys."""
        key = "fk_mm_model_id" if made["colOptions"]["type"] == "mm" else "fk_child_column_id"
        for column in self.table(other)["columns"]:
            ends = column.get("colOptions") or {}
            same = ends.get(key) == made["colOptions"][key] and column["uidt"] in ("Links", "LinkToAnotherRecord")
            # The far end of a table's link to itself is marked as a system column; the pairs' own columns are, too.
            ours = ends.get("type") == made["colOptions"]["type"] == "mm" or not column.get("system")
            if same and ours and column["id"] != made["id"]:
                return dict(column)
        raise HostRefused("NocoDB 建立关联后找不到另一端的列，可能有人同时在改表结构。请稍后重新运行 houqin apply。")

    def _place(self, table_id: str, column_id: str, title: str) -> None:
        """Put a late column where the schema has it, in the table's first view."""
        wanted = self._order.get(table_id, ())
        if title not in wanted:
            return
        table = self.table(table_id)
        view = table["views"][0]["id"]
        titles = {c["id"]: c["title"] for c in table["columns"]}
        listed = self._http.get(f"/api/v2/meta/views/{view}/columns")["list"]
        orders = {titles.get(i["fk_column_id"], ""): float(i["order"] or 0) for i in listed}
        before = [orders[t] for t in wanted[: wanted.index(title)] if t in orders]
        if not before:
            return
        start = max(before)
        following = [o for t, o in orders.items() if o > start and t != title]
        end = min(following, default=start + 2)
        self.show(view, {}, {column_id: (start + end) / 2})
