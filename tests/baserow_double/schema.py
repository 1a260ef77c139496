"""Schema endpoints of the double: tables, columns, views, hooks."""

import secrets
from typing import Any

from . import cells
from .state import Refuse, State, Table, User, iso

_EXTRAS: dict[str, dict[str, Any]] = {
    "text": {"text_default": ""},
    "long_text": {"long_text_enable_rich_text": False},
    "number": {
        "number_decimal_places": 0,
        "number_negative": False,
        "number_prefix": "",
        "number_suffix": "",
        "number_separator": "",
        "number_default": None,
    },
    "date": {
        "date_format": "EU",
        "date_include_time": False,
        "date_time_format": "24",
        "date_show_tzinfo": False,
        "date_force_timezone": None,
    },
    "boolean": {"boolean_default": False},
    "single_select": {"select_options": [], "single_select_default": None},
    "multiple_select": {"select_options": [], "multiple_select_default": None},
    "file": {},
    "created_by": {"available_collaborators": []},
    "last_modified_by": {"available_collaborators": []},
    "link_row": {
        "link_row_table_id": 0,
        "link_row_related_field_id": None,
        "link_row_table": 0,
        "link_row_related_field": None,
        "link_row_limit_selection_view_id": None,
        "link_row_table_primary_field": None,
        "link_row_multiple_relationships": True,
    },
}
_EXTRAS["created_on"] = _EXTRAS["last_modified"] = _EXTRAS["date"]


# --- tables -------------------------------------------------------------------------------------------------------
def create_table(state: State, user: User, database: int, body: dict[str, Any]) -> dict[str, Any]:
    number = state.next("table")
    table = Table(number, body["name"], database, 1 + sum(t.database == database for t in state.tables.values()))
    state.tables[number] = table
    if body.get("data"):
        for place, name in enumerate(body["data"][0]):
            _add(state, table, {"name": name, "type": "text"}, primary=place == 0)
    else:  # the demo columns and two empty rows that nobody wants
        for place, (name, kind) in enumerate((("Name", "text"), ("Notes", "long_text"), ("Active", "boolean"))):
            _add(state, table, {"name": name, "type": kind}, primary=place == 0)
        now = state.clock.now()
        for _ in range(2):
            row_id = next(table.ids)
            row_cells = {f["id"]: cells.empty(f) for f in table.fields.values()}
            table.rows[row_id] = cells.Row(row_id, row_id, row_cells, now, now, user.id, user.id)
    _view(state, user, table, {"name": "Grid", "type": "grid"})
    return table.answer()


# --- columns ------------------------------------------------------------------------------------------------------
def fields(table: Table) -> list[dict[str, Any]]:
    return sorted(table.fields.values(), key=lambda f: (not f["primary"], f["order"], f["id"]))


def _named_alike(table: Table, name: str, but: int = 0) -> None:
    if name in ("id", "order"):
        raise Refuse(
            400,
            "ERROR_RESERVED_BASEROW_FIELD_NAME",
            "The field names order,id are reserved and cannot and cannot be used for a user created field, please "
            "choose different field name.",
        )
    if any(f["name"] == name and f["id"] != but for f in table.fields.values()):
        raise Refuse(
            400,
            "ERROR_FIELD_WITH_SAME_NAME_ALREADY_EXISTS",
            "You cannot have two fields with the same name in the same table, please choose a unique name for each "
            "field.",
        )


def create_field(state: State, user: User, table: Table, body: dict[str, Any]) -> dict[str, Any]:
    _named_alike(table, body["name"].strip())
    if body["type"] == "link_row" and body["link_row_table_id"] == table.id and body.get("has_related_field"):
        raise Refuse(
            400,
            "ERROR_SELF_REFERENCING_LINK_ROW_CANNOT_HAVE_RELATED_FIELD",
            "A self referencing link row field cannot have a related field.",
        )
    return {**_add(state, table, body), "related_fields": []}


def _add(state: State, table: Table, body: dict[str, Any], primary: bool = False) -> dict[str, Any]:
    kind = body["type"]
    raw: dict[str, Any] = {
        "id": state.next("field"),
        "table_id": table.id,
        "name": body["name"].strip(),
        "order": max((f["order"] for f in table.fields.values()), default=-1) + 1,
        "type": kind,
        "primary": primary,
        "read_only": kind in cells.READ_ONLY,
        "immutable_type": False,
        "immutable_properties": False,
        "description": body.get("description"),
        "database_id": table.database,
        "workspace_id": state.databases[table.database].workspace,
        "db_index": False,
        "field_constraints": [],
    }
    _shape(state, raw, body)
    table.fields[raw["id"]] = raw
    if kind == "link_row":
        target = state.table(raw["link_row_table_id"])
        if body.get("has_related_field"):
            back = _add(state, target, {"name": table.name, "type": "link_row", "link_row_table_id": table.id})
            raw["link_row_related_field_id"] = raw["link_row_related_field"] = back["id"]
            back["link_row_related_field_id"] = back["link_row_related_field"] = raw["id"]
    for row in table.rows.values():
        if kind not in cells.READ_ONLY:
            cells.put(state, table, row, raw, cells.empty(raw))
    return raw


def _shape(state: State, raw: dict[str, Any], body: dict[str, Any]) -> None:
    """Properties of the type; those nobody knows are ignored (fact 10)."""
    extras = _EXTRAS[raw["type"]]
    raw |= {key: body.get(key, raw.get(key, value)) for key, value in extras.items()}
    if "select_options" in extras and ("select_options" in body or not raw["select_options"]):
        default = raw.get("single_select_default")
        options, ids = [], {}
        for option in body.get("select_options", []):
            known = option.get("id", 0) > 0
            number = option["id"] if known else state.next("option")
            ids[option.get("id")] = number
            options.append({"id": number, "value": option["value"], "color": option["color"]})
        raw["select_options"] = options
        if raw["type"] == "single_select":
            raw["single_select_default"] = ids.get(default, default)
    if raw["type"] == "number" and raw["number_default"] is not None:
        raw["number_default"] = f"{raw['number_default']}"
    if raw["type"] in ("created_by", "last_modified_by"):
        members = state.workspaces[raw["workspace_id"]].members
        raw["available_collaborators"] = [{"id": m["user_id"], "name": m["name"]} for m in members]
    if raw["type"] == "link_row":
        raw["link_row_table"] = raw["link_row_table_id"]
        target = state.table(raw["link_row_table_id"])
        raw["link_row_table_primary_field"] = {k: v for k, v in target.primary.items() if not k.startswith("link_")}


def update_field(state: State, user: User, number: int, body: dict[str, Any]) -> dict[str, Any]:
    table, raw = state.field(number)
    if "name" in body:
        _named_alike(table, body["name"].strip(), but=number)
        raw["name"] = body["name"].strip()
    if "description" in body:
        raw["description"] = body["description"]
    if body.get("type", raw["type"]) != raw["type"]:
        if raw["type"] == "single_select":
            raise Refuse(500)  # fact 15: always, and as a page
        _convert(state, table, raw, body)
    else:
        _shape(state, raw, {k: v for k, v in body.items() if k not in ("name", "type")})
        if "select_options" in body:
            _clear_lost(table, raw)
    return {**raw, "related_fields": []}


def _clear_lost(table: Table, raw: dict[str, Any]) -> None:
    """Cells of options that are gone become empty: no history, no hook, no stamp (facts 2, 14)."""
    left = {option["id"] for option in raw["select_options"]}
    for row in table.rows.values():
        cell = row.cells.get(raw["id"])
        if isinstance(cell, list):
            row.cells[raw["id"]] = [i for i in cell if i in left]
        elif cell not in left:
            row.cells[raw["id"]] = None


def _convert(state: State, table: Table, raw: dict[str, Any], body: dict[str, Any]) -> None:
    """Another type in place: no history, no stamp; what does not fit is lost, null becomes 0 for numbers."""
    for key in _EXTRAS[raw["type"]]:
        del raw[key]
    raw["type"] = body["type"]
    _shape(state, raw, body)
    for row in table.rows.values():
        old = row.cells.get(raw["id"])
        try:
            row.cells[raw["id"]] = cells.store(state, raw, "0" if old is None and raw["type"] == "number" else old)
        except cells.Invalid:
            row.cells[raw["id"]] = cells.empty(raw)


def delete_field(state: State, number: int) -> dict[str, Any]:
    table, raw = state.field(number)
    if raw["primary"]:
        raise Refuse(400, "ERROR_CANNOT_DELETE_PRIMARY_FIELD", "")
    table.trashed_fields[number] = table.fields.pop(number)
    related = raw.get("link_row_related_field_id")
    if related is not None:
        other, back = state.field(related)
        other.trashed_fields[related] = other.fields.pop(back["id"])
    return {"related_fields": []}


# --- views --------------------------------------------------------------------------------------------------------
def _view(state: State, user: User, table: Table, body: dict[str, Any]) -> dict[str, Any]:
    number = state.next("view")
    brief = {k: v for k, v in table.answer().items() if k != "data_sync"}
    view: dict[str, Any] = {
        "id": number,
        "table_id": table.id,
        "name": body["name"],
        "order": 1 + sum(v["table_id"] == table.id for v in state.views.values()),
        "type": body["type"],
        "table": brief,
        "filter_type": "AND",
        "filters_disabled": False,
        "public_view_has_password": False,
        "show_logo": True,
        "allow_public_export": False,
        "ownership_type": "collaborative",
        "owned_by_id": user.id,
        "public": bool(body.get("public")),
        "slug": secrets.token_urlsafe(32),
    }
    if body["type"] == "form":
        view |= {
            "title": body.get("title", ""),
            "description": "",
            "mode": "form",
            "cover_image": None,
            "logo_image": None,
            "submit_text": "Submit",
            "submit_action": body.get("submit_action", "MESSAGE"),
            "submit_action_message": body.get("submit_action_message", ""),
            "submit_action_redirect_url": "",
            "receive_notification_on_submit": False,
        }
    else:
        view |= {"row_identifier_type": "id", "row_height_size": "small"}
    state.views[number] = view
    return view


create_view = _view


def rule(state: State, view: int, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": state.next(kind), "view": view}
    if kind == "filters":
        made |= {"field": body["field"], "type": body["type"], "value": body.get("value", "")}
        made |= {"preload_values": {}, "group": body.get("group")}
    elif kind == "filter-groups":
        made |= {"filter_type": body["filter_type"], "parent_group": None}
    else:
        made |= {"field": body["field"], "order": body["order"], "type": "default"}
    state.view_rules.append({"kind": kind, **made})
    return made


def field_options(state: State, view: int, body: dict[str, Any]) -> dict[str, Any]:
    found = state.views[view]
    base: dict[str, Any] = {"width": 200, "hidden": False, "order": 32767}
    base |= {"aggregation_type": "", "aggregation_raw_type": ""}
    if found["type"] == "form":
        base = {
            "name": "",
            "description": "",
            "enabled": False,
            "required": True,
            "show_when_matching_conditions": False,
            "condition_type": "AND",
            "order": 32767,
            "conditions": [],
            "condition_groups": [],
            "field_component": "default",
            "include_all_select_options": True,
            "allowed_select_options": [],
        }
    options = state.view_rules
    given = body["field_options"]
    kept = {str(n): {**base, **given.get(str(n), {})} for n in state.tables[found["table_id"]].fields}
    options.append({"kind": "field-options", "view": view, "options": kept})
    return {"field_options": kept}


# --- hooks --------------------------------------------------------------------------------------------------------
def create_hook(state: State, table: Table, body: dict[str, Any]) -> dict[str, Any]:
    now = iso(state.clock.now())
    events = body.get("events", [])
    hook = {
        "id": state.next("hook"),
        "events": events,
        "event_config": [{"event_type": e} for e in events],
        "headers": body.get("headers", {}),
        "calls": [],
        "created_on": now,
        "updated_on": now,
        "use_user_field_names": body.get("use_user_field_names", True),
        "url": body["url"],
        "request_method": body.get("request_method", "POST"),
        "name": body["name"],
        "include_all_events": body.get("include_all_events", True),
        "failed_triggers": 0,
        "active": True,
    }
    state.hooks[hook["id"]] = {**hook, "table": table.id}
    return hook


def hook_answer(hook: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in hook.items() if k != "table"}


def update_hook(state: State, number: int, body: dict[str, Any]) -> dict[str, Any]:
    hook = state.hooks[number]
    hook |= {k: v for k, v in body.items() if k in hook and k not in ("id", "table")}
    hook["event_config"] = [{"event_type": e} for e in hook["events"]]
    if body.get("active"):
        hook["failed_triggers"] = 0
    return hook_answer(hook)
