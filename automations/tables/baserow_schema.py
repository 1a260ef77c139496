"""Tables, columns and views on Baserow: the calls that read and change them."""

import time
from collections.abc import Mapping
from typing import Any

from automations.errors import HostConflict, HostRefused, WriteUncertain
from automations.schema.model import Field, Table
from automations.tables import baserow_fields
from automations.tables.base import BoundTable, HostField, HostTable, ViewSpec
from automations.tables.baserow_fields import host_field
from automations.tables.baserow_wire import Wire

_NOT_PLAIN = frozenset({"link", "links", "person", "persons"})
_TRIES = 6
_WAIT = 0.7


class Desk:
    """Where the schema of one database is read and changed."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    # --- reading ------------------------------------------------------------------------------------------------
    def describe(self) -> list[HostTable]:
        """Every table with its columns and the titles of its views."""
        tables = self._wire.get(f"/api/database/tables/database/{self._wire.database}/")
        return [self._table(raw) for raw in tables]

    def fields(self, table_id: str) -> list[dict[str, Any]]:
        """The columns of a table as Baserow answers them."""
        answer: list[dict[str, Any]] = self._wire.get(f"/api/database/fields/table/{table_id}/")
        return answer

    def _table(self, raw: Mapping[str, Any]) -> HostTable:
        table_id = str(raw["id"])
        views = self._wire.get(f"/api/database/views/table/{table_id}/")
        return HostTable(
            id=table_id,
            title=str(raw["name"]),
            fields=tuple(host_field(f) for f in self.fields(table_id)),
            views=tuple(str(view["name"]) for view in views),
        )

    # --- tables and columns -------------------------------------------------------------------------------------
    def create_table(self, table: Table) -> HostTable:
        """Make an empty table with the plain columns, display field first."""
        display = table[table.display]
        if display.type in (*_NOT_PLAIN, "file"):
            raise HostRefused(
                f"“{display.title}”是关联或附件，不能作“{table.title}”的标题列。请在 schemas/ 里改 display。"
            )
        # Without data Baserow adds three demo columns and two empty rows; with one heading it makes just that column.
        body = {"name": table.title, "data": [[display.title]], "first_row_header": True}
        raw = self._wire.call("POST", f"/api/database/tables/database/{self._wire.database}/", "once", json=body)
        table_id = str(raw["id"])
        primary = next(f for f in self.fields(table_id) if f["primary"])
        # Empty, so the one conversion that loses nothing.
        self._wire.call(
            "PATCH", f"/api/database/fields/{primary['id']}/", "repeatable", json=baserow_fields.creation(display)
        )
        for field in table.fields:
            if field is not display and field.type not in _NOT_PLAIN:
                self.create_field(table_id, field)
        return self._table(raw)

    def create_field(self, table_id: str, field: Field, to_table_id: str | None = None) -> HostField:
        """Add a column.

        While somebody writes rows of the table, Baserow answers 409, or 500 from a deadlock it forgot to name
        (fact 17). Neither made the column; titles are unique in a table, so looking tells when it is there after all.
        """
        if field.reverse is not None and to_table_id == table_id:
            raise HostRefused(f"“{field.title}”关联本表，在 Baserow 上不能双向。请在 schemas/ 里去掉它的 reverse。")
        path, body = f"/api/database/fields/table/{table_id}/", baserow_fields.creation(field, to_table_id)
        for tries_left in reversed(range(_TRIES)):
            try:
                made = self._wire.call("POST", path, "once", json=body)
                break
            except (HostConflict, WriteUncertain):
                present = [f for f in self.fields(table_id) if f["name"] == field.title]
                if present:
                    made = present[0]
                    break
                if not tries_left:
                    raise
                time.sleep(_WAIT)
        if made.get("link_row_related_field_id") is not None and field.reverse:
            # Baserow names the other side after the table; give it the heading of the schema.
            back = f"/api/database/fields/{made['link_row_related_field_id']}/"
            self._wire.call("PATCH", back, "repeatable", json={"name": field.reverse})
        return host_field(made)

    def update_field(self, table_id: str, field_id: str, field: Field) -> HostField:
        """Bring a column to ``field`` without touching cells."""
        raw = next((f for f in self.fields(table_id) if str(f["id"]) == field_id), None)
        if raw is None:
            raise HostRefused(f"列“{field.title}”已不在 Baserow 上（可能在回收站里）。请恢复它，或执行 houqin plan。")
        patch = baserow_fields.update(field, raw)
        if patch:
            raw = self._wire.call("PATCH", f"/api/database/fields/{field_id}/", "repeatable", json=patch)
        return host_field(raw)

    def rename_table(self, table_id: str, title: str) -> None:
        """Give a table another title."""
        self._wire.call("PATCH", f"/api/database/tables/{table_id}/", "repeatable", json={"name": title})

    def delete_field(self, field_id: str) -> None:
        """Move a column to the trash, where Baserow keeps it for 3 days."""
        self._wire.call("DELETE", f"/api/database/fields/{field_id}/", "repeatable")

    # --- views --------------------------------------------------------------------------------------------------
    def create_view(self, table: BoundTable, spec: ViewSpec) -> str:
        """Make a grid with its filters, or a public form; the path of its page."""
        view = spec.view
        body: dict[str, Any] = {"name": spec.title, "type": "form" if view.form else "grid", "public": view.form}
        raw_fields = {str(f["id"]): f for f in self.fields(table.id)}
        filters = [] if view.form else _filters(table, spec, raw_fields)
        sorts = [] if view.form else [_sort(table, name) for name in view.sort]
        if view.form:
            body |= {"title": spec.title, "submit_action": "MESSAGE", "submit_action_message": "已提交，谢谢。"}
        made = self._wire.call("POST", f"/api/database/views/table/{table.id}/", "once", json=body)
        base = f"/api/database/views/{made['id']}"
        for rules in filters:
            group = None
            if len(rules) > 1:
                answer = self._wire.call("POST", f"{base}/filter-groups/", "once", json={"filter_type": "OR"})
                group = answer["id"]
            for rule in rules:
                rule_body = rule if group is None else rule | {"group": group}
                self._wire.call("POST", f"{base}/filters/", "once", json=rule_body)
        for sort in sorts:
            self._wire.call("POST", f"{base}/sortings/", "once", json=sort)
        options = _form_options(table, spec) if view.form else _grid_options(table, spec, raw_fields)
        if options:
            body = {"field_options": options}
            self._wire.call("PATCH", f"{base}/field-options/", "repeatable", json=body)
        if view.form:
            return f"/form/{made['slug']}"
        return f"/database/{self._wire.database}/table/{table.id}/{made['id']}"


def _filters(table: BoundTable, spec: ViewSpec, raw: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Rules of a view: all lists must hold, and of each list any one."""
    found: list[list[dict[str, Any]]] = []
    for name, wanted in spec.view.where.items():
        field_id = _bound(table, name)
        field = table.table[name]
        values = wanted if isinstance(wanted, tuple) else (wanted,)
        found.append(
            [{"field": int(field_id), **rule} for rule in _rules(field, values, spec, raw.get(field_id) or {})]
        )
    return found


def _rules(field: Field, values: tuple[Any, ...], spec: ViewSpec, raw: Mapping[str, Any]) -> list[dict[str, str]]:
    kind = field.type
    if kind in _NOT_PLAIN:
        if spec.each_id is None or not set(values) <= {"@me", "@each"}:
            raise HostRefused(
                f"视图“{spec.title}”要按“{field.title}”筛选“我”，Baserow 做不到。请给视图加 each，一人一个视图。"
            )
        return [{"type": "link_row_has", "value": str(spec.each_id)}]
    if kind in ("choice", "choices"):
        ids = {o["value"]: str(o["id"]) for o in raw.get("select_options") or ()}
        missing = [str(v) for v in values if v not in ids]
        if missing:
            # Baserow would keep such a filter and show every row.
            raise HostRefused(
                f"视图“{spec.title}”：“{field.title}”没有选项“{'、'.join(missing)}”。请先执行 houqin apply。"
            )
        rule = "single_select_is_any_of" if kind == "choice" else "multiple_select_has"
        return [{"type": rule, "value": ",".join(ids[str(v)] for v in values)}]
    if kind == "bool":
        return [{"type": "boolean", "value": "true" if v else "false"} for v in values]
    if kind in ("text", "long_text") and not set(values) & {"@me", "@each"}:
        return [{"type": "equal", "value": str(v)} for v in values]
    raise HostRefused(
        f"视图“{spec.title}”：Baserow 上不能这样筛选“{field.title}”（{kind}）。请改 schemas/ 里的 where。"
    )


def _sort(table: BoundTable, name: str) -> dict[str, Any]:
    return {"field": int(_bound(table, name.removeprefix("-"))), "order": "DESC" if name.startswith("-") else "ASC"}


def _bound(table: BoundTable, name: str) -> str:
    if name not in table.fields:
        raise HostRefused(f"“{table.table.title}”没有绑定字段 {name}：请核对 schemas/ 里的视图并重新执行 houqin plan。")
    return table.fields[name]


def _grid_options(table: BoundTable, spec: ViewSpec, raw: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    if not spec.view.fields:
        return {}
    shown = {_bound(table, name): place for place, name in enumerate(spec.view.fields)}
    return {key: {"hidden": False, "order": shown[key]} if key in shown else {"hidden": True} for key in raw}


def _form_options(table: BoundTable, spec: ViewSpec) -> dict[str, dict[str, Any]]:
    names = spec.view.fields or tuple(f.name for f in table.table.fields if not f.by_worker and not f.by_host)
    return {
        _bound(table, name): {"enabled": True, "required": table.table[name].required is True, "order": place}
        for place, name in enumerate(names)
    }
