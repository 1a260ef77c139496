"""Saved views and public forms on NocoDB (v2 API: v3 has none).

The free edition cannot say "@me": it stores the word and then finds nothing (0.301.3: ``handleCurrentUserFilter`` is
empty). With ``each_id`` the view is that person's own; without, it shows everybody, grouped by the person's column.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from automations.errors import HostRefused
from automations.schema.model import Field
from automations.tables.base import BoundTable, ViewSpec
from automations.tables.http import Http
from automations.tables.nocodb_columns import width
from automations.tables.nocodb_schema import Structure
from automations.tables.nocodb_values import Directory


class Views:
    """Makes views in one base.

    Args:
        http: Signed-in calls.
        structure: The base's tables.
    """

    def __init__(self, http: Http, structure: Structure) -> None:
        self._http = http
        self._structure = structure
        self._first: dict[tuple[str, str], str] = {}
        """The view that was made for the first row of those of which there is one each, by table and its title."""
        self._columns: dict[str, Mapping[str, Mapping[str, Any]]] = {}

    def create(self, bound: BoundTable, spec: ViewSpec, people: Directory) -> str:
        """See :meth:`automations.tables.base.Host.create_view`; forms give their public address path."""
        for name in [*spec.view.fields, *spec.view.where, *(s.removeprefix("-") for s in spec.view.sort)]:
            if name not in bound.fields:
                raise HostRefused(f"视图“{spec.title}”用到的字段 {name} 还没有建。请先运行 houqin apply。")
        return self._form(bound, spec) if spec.view.form else self._grid(bound, spec, people)

    def _grid(self, bound: BoundTable, spec: ViewSpec, people: Directory) -> str:
        alike = (bound.id, spec.view.title)
        if spec.each_id is not None and alike in self._first:
            return self._like(self._first[alike], bound, spec, people)
        # Filters are worked out before anything is made: a refusal leaves no half a view behind.
        filters: list[dict[str, Any]] = []
        groups: list[str] = []
        columns = self._columns_of(bound)
        for name, wanted in spec.view.where.items():
            if wanted == "@me" and spec.each_id is None:
                groups.append(bound.fields[name])
            else:
                filters.append(self._filter(bound.table[name], columns[bound.fields[name]], wanted, spec, people))
        made = self._post(f"/api/v2/meta/tables/{bound.id}/grids", {"title": spec.title})["id"]
        self._arrange(made, bound, spec.view.fields, columns)
        for one in filters:
            self._post(f"/api/v2/meta/views/{made}/filters", {**one, "logical_op": "and"})
        for name in spec.view.sort:
            direction = "desc" if name.startswith("-") else "asc"
            body = {"fk_column_id": bound.fields[name.removeprefix("-")], "direction": direction}
            self._post(f"/api/v2/meta/views/{made}/sorts", body)
        for column in groups:
            self._group(made, column)
        if spec.each_id is not None:
            self._first[alike] = made
        return ""

    def _columns_of(self, bound: BoundTable) -> Mapping[str, Mapping[str, Any]]:
        """Columns by id, asked for once: a table has a dozen views, and nobody makes columns meanwhile."""
        if not set(bound.fields.values()) <= self._columns.get(bound.id, {}).keys():
            self._columns[bound.id] = {c["id"]: c for c in self._structure.table(bound.id)["columns"]}
        return self._columns[bound.id]

    def _like(self, first: str, bound: BoundTable, spec: ViewSpec, people: Directory) -> str:
        """The same view for another row: a copy, in which one filter is changed."""
        columns = self._columns_of(bound)
        wanted = {
            one["fk_column_id"]: one
            for name, value in spec.view.where.items()
            if value in ("@me", "@each")
            for one in [self._filter(bound.table[name], columns[bound.fields[name]], value, spec, people)]
        }
        path = f"/api/v2/meta/tables/{bound.id}/grids"
        made = self._post(path, {"title": spec.title, "copy_from_id": first})["id"]
        for kept in self._http.get(f"/api/v2/meta/views/{made}/filters")["list"]:
            if (change := wanted.get(kept["fk_column_id"])) is not None:
                self._http.call("PATCH", f"/api/v2/meta/filters/{kept['id']}", "repeatable", json=change)
        return ""

    def _filter(
        self, field: Field, column: Mapping[str, Any], wanted: Any, spec: ViewSpec, people: Directory
    ) -> dict[str, Any]:
        if wanted in ("@me", "@each"):
            if spec.each_id is None:
                raise HostRefused(f"视图“{spec.title}”的 @each 没有指明是哪一行。")
            if field.type in ("person", "persons"):
                user = people.user(field, spec.each_id)
                return {"fk_column_id": column["id"], "comparison_op": "anyof", "value": user}
            key = column["colOptions"]["fk_child_column_id"]  # by key: survives another name of that row
            return {"fk_column_id": key, "comparison_op": "eq", "value": str(spec.each_id)}
        if isinstance(wanted, bool):
            return {"fk_column_id": column["id"], "comparison_op": "checked" if wanted else "notchecked"}
        if isinstance(wanted, tuple) or field.type == "choices":
            value = ",".join(wanted) if isinstance(wanted, tuple) else wanted
            return {"fk_column_id": column["id"], "comparison_op": "anyof", "value": value}
        return {"fk_column_id": column["id"], "comparison_op": "eq", "value": wanted}

    def _arrange(
        self, view: str, bound: BoundTable, names: Sequence[str], columns: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Only the named columns, in their order; all of them where none is named. As wide as they need."""
        named = {bound.fields[name]: width(bound.table[name]) for name in names or bound.fields if name in bound.table}
        wide = {id: wide for id, wide in named.items() if wide}
        if not names:
            hidden = {id: False for id, c in columns.items() if c["uidt"] == "ID" or _reverse(c)}
            self._structure.show(view, hidden, width=wide)
            return
        self._http.call("POST", f"/api/v2/meta/views/{view}/hide-all", "repeatable")
        order = {id: float(place) for place, id in enumerate(named, start=1)}
        self._structure.show(view, dict.fromkeys(named, True), order, wide)

    def _group(self, view: str, column: str) -> None:
        for item in self._http.get(f"/api/v2/meta/views/{view}/columns")["list"]:
            if item["fk_column_id"] == column:
                body = {"group_by": True, "group_by_order": 1, "group_by_sort": "asc"}
                self._http.call("PATCH", f"/api/v2/meta/grid-columns/{item['id']}", "repeatable", json=body)

    def _form(self, bound: BoundTable, spec: ViewSpec) -> str:
        made = self._post(f"/api/v2/meta/tables/{bound.id}/forms", {"title": spec.title})["id"]
        body = {
            "heading": spec.title,
            "success_msg": "已收到，谢谢。办理情况会另行告知。",
            "submit_another_form": True,
            "meta": {"hide_banner": True},
        }
        self._http.call("PATCH", f"/api/v2/meta/forms/{made}", "repeatable", json=body)
        self._http.call("POST", f"/api/v2/meta/views/{made}/hide-all", "repeatable")
        names = spec.view.fields or tuple(f.name for f in bound.table.fields if not f.by_worker and not f.by_host)
        place = {bound.fields[name]: (index, bound.table[name]) for index, name in enumerate(names, start=1)}
        for item in self._http.get(f"/api/v2/meta/forms/{made}")["columns"]:
            if item["fk_column_id"] in place:
                index, field = place[item["fk_column_id"]]
                change = {
                    "show": True,
                    "order": index,
                    "required": field.required is True,
                    "description": field.note or None,
                }
                self._http.call("PATCH", f"/api/v2/meta/form-columns/{item['id']}", "repeatable", json=change)
        uuid = self._http.call("POST", f"/api/v2/meta/views/{made}/share", "repeatable")["uuid"]
        return f"/dashboard/#/nc/form/{uuid}"

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._http.call("POST", path, "once", json=body)


def _reverse(column: Mapping[str, Any]) -> bool:
    return bool((column.get("meta") or {}).get("houqin"))
