"""Row endpoints of the double: listing, batches, history, trash of rows."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from . import cells
from .state import Refuse, Row, State, Table, User, iso

LIMIT = 200
_LESS = {"date_after": lambda cell, v: cell > v, "date_after_or_equal": lambda cell, v: cell >= v}


def _named(query: dict[str, str]) -> bool:
    return query.get("user_field_names", "false") not in ("false", "no", "0")


def _find(table: Table, key: str, named: bool) -> dict[str, Any] | None:
    for field in table.fields.values():
        if key == (field["name"] if named else f"field_{field['id']}"):
            return field
    return None


def _missing(ids: Iterable[Any]) -> Refuse:
    return Refuse(404, "ERROR_ROW_DOES_NOT_EXIST", f"The rows {list(ids)} do not exist.")


# --- reading ------------------------------------------------------------------------------------------------------
def listing(state: State, user: User, table: Table, query: dict[str, str], base: str) -> dict[str, Any]:
    named = _named(query)
    size = int(query["size"]) if query.get("size", "").isdigit() and query["size"] != "0" else 100
    if size > LIMIT:
        raise Refuse(400, "ERROR_PAGE_SIZE_LIMIT", f"The page size is limited to {LIMIT}.")
    page = int(query.get("page", "1"))
    only: list[int] | None = None
    if query.get("include"):
        known = [f for key in query["include"].split(",") if (f := _find(table, key, named))]
        only = [f["id"] for f in known] or None  # nothing known: everything (fact 10)
    rows = sorted(table.living.values(), key=lambda r: (r.order, r.id))
    rows = _filtered(state, table, rows, query, named, only)
    for key in reversed([k for k in query.get("order_by", "").split(",") if k]):
        field = _find(table, key.lstrip("-"), named)
        if field is None:
            raise Refuse(
                400, "ERROR_ORDER_BY_FIELD_NOT_FOUND", f"The field {key.lstrip('-')} was not found in the table."
            )
        filled = [r for r in rows if _sortable(state, table, r, field) is not None]
        blank = [r for r in rows if _sortable(state, table, r, field) is None]
        filled.sort(key=lambda r, f=field: _sortable(state, table, r, f), reverse=key.startswith("-"))  # type: ignore[misc]
        rows = filled + blank
    shown = rows[(page - 1) * size : page * size]
    return {
        "count": len(rows),
        "next": f"{base}?page={page + 1}" if page * size < len(rows) else None,
        "previous": f"{base}?page={page - 1}" if page > 1 else None,
        "results": [cells.row_answer(state, table, r, named, only) for r in shown],
    }


def _sortable(state: State, table: Table, row: Row, field: dict[str, Any]) -> Any:
    if field["type"] == "created_on":
        return row.created
    if field["type"] == "last_modified":
        return row.modified
    value = cells.get(state, table, row, field)
    return Decimal(value) if field["type"] == "number" and value is not None else value


def _filtered(
    state: State, table: Table, rows: list[Row], query: dict[str, str], named: bool, only: list[int] | None
) -> list[Row]:
    if "filters" in query:
        try:
            tree = json.loads(query["filters"])
        except ValueError:
            raise Refuse(
                400,
                "ERROR_FILTERS_PARAM_VALIDATION_ERROR",
                {"error": "The provided filters are not valid JSON.", "code": "invalid_json"},
            ) from None
        return [r for r in rows if _holds(state, table, r, tree, named, only)]
    for key, value in query.items():
        parts = key.split("__")
        if parts[0] != "filter" or len(parts) != 3:
            continue
        field = _find(table, parts[1], named)
        test = _test(parts[2])
        if field is None or value == "" or (only is not None and field["id"] not in only):
            continue  # fact 11: silently all rows
        rows = [r for r in rows if test(_sortable(state, table, r, field), value)]
    return rows


def _holds(state: State, table: Table, row: Row, tree: dict[str, Any], named: bool, only: list[int] | None) -> bool:
    verdicts = [_holds(state, table, row, group, named, only) for group in tree.get("groups", [])]
    for rule in tree["filters"]:
        key = str(rule["field"]) if named else f"field_{rule['field']}"
        field = _find(table, key, named)
        if field is None or (only is not None and field["id"] not in only):
            raise Refuse(400, "ERROR_FILTER_FIELD_NOT_FOUND", "The field None was not found in the table.")
        verdicts.append(_test(rule["type"])(_sortable(state, table, row, field), rule["value"]))
    return all(verdicts) if tree.get("filter_type", "AND") == "AND" else any(verdicts)


def _test(kind: str) -> Callable[[Any, str], bool]:
    if kind in _LESS:
        return lambda cell, value: cell is not None and bool(_LESS[kind](cell, datetime.fromisoformat(value)))
    if kind == "equal":
        return lambda cell, value: str(cell) == value
    if kind == "contains":
        return lambda cell, value: value.lower() in str(cell or "").lower()
    if kind == "higher_than":
        return _higher
    raise Refuse(400, "ERROR_VIEW_FILTER_TYPE_DOES_NOT_EXIST", f"The view filter type {kind} doesn't exist.")


def _higher(cell: Any, value: str) -> bool:
    try:
        return cell is not None and Decimal(cell) > Decimal(value)
    except InvalidOperation:
        return False


def names(state: State, user: User, query: dict[str, str]) -> dict[str, Any]:
    found: dict[str, dict[str, str]] = {}
    for key, value in query.items():
        table = state.admit(user, state.table(int(key.removeprefix("table__"))))
        living = table.living
        found[str(table.id)] = {
            str(i): cells.heading(state, table, living[i]) for i in map(int, value.split(",")) if i in living
        }
    return found


def single(state: State, table: Table, row_id: int, query: dict[str, str]) -> dict[str, Any]:
    if row_id not in table.living:
        raise _missing([str(row_id)])
    return cells.row_answer(state, table, table.rows[row_id], _named(query))


def history(state: State, table: Table, row_id: int, query: dict[str, str], base: str) -> dict[str, Any]:
    if row_id not in table.living:
        raise _missing([str(row_id)])
    entries = list(reversed(state.history.get((table.id, row_id), [])))
    limit, offset = min(int(query.get("limit", 100)), LIMIT), int(query.get("offset", 0))
    more = offset + limit < len(entries)
    return {
        "count": len(entries),
        "next": f"{base}?limit={limit}&offset={offset + limit}" if more else None,
        "previous": f"{base}?limit={limit}" if offset else None,
        "results": entries[offset : offset + limit],
    }


# --- writing ------------------------------------------------------------------------------------------------------
def _parse(state: State, table: Table, item: Any, named: bool) -> dict[int, Any]:
    """Cells of one item; keys nobody knows are ignored (fact 10)."""
    if not isinstance(item, dict):
        text = f"Invalid data. Expected types are: dict, but got {type(item).__name__}."
        raise Refuse(400, "ERROR_REQUEST_BODY_VALIDATION", {"non_field_errors": [{"code": "invalid", "error": text}]})
    found: dict[int, Any] = {}
    wrong: dict[str, Any] = {}
    for key, value in item.items():
        field = _find(table, key, named)
        if field is None:
            continue
        try:
            found[field["id"]] = cells.store(state, field, value)
        except cells.Invalid as error:
            wrong[key] = [error.entry]
    if wrong:
        raise Refuse(400, "ERROR_REQUEST_BODY_VALIDATION", wrong)
    return found


def _parse_all(state: State, table: Table, items: list[Any], named: bool) -> list[dict[int, Any]]:
    if not items:
        text = {"error": "Ensure this field has at least 1 elements.", "code": "min_length"}
        raise Refuse(400, "ERROR_REQUEST_BODY_VALIDATION", {"items": [text]})
    if len(items) > LIMIT:
        text = {"error": f"Ensure this field has no more than {LIMIT} elements.", "code": "max_length"}
        raise Refuse(400, "ERROR_REQUEST_BODY_VALIDATION", {"items": [text]})
    parsed: list[dict[int, Any]] = []
    wrong: dict[str, Any] = {}
    for place, item in enumerate(items):
        try:
            parsed.append(_parse(state, table, item, named))
        except Refuse as error:
            if not isinstance(error.body["detail"], dict):
                raise
            wrong[str(place)] = error.body["detail"]
    if wrong:
        raise Refuse(400, "ERROR_REQUEST_BODY_VALIDATION", {"items": wrong})
    return parsed


def create(
    state: State, user: User | None, table: Table, items: list[Any], query: dict[str, str], single: bool = False
) -> list[dict[str, Any]]:
    """Insert; ``user`` None is the public form, which leaves no history and no account (fact 4)."""
    parsed = [_parse(state, table, items[0], _named(query))] if single else None
    parsed = parsed if parsed is not None else _parse_all(state, table, items, _named(query))
    made: list[Row] = []
    linked: dict[tuple[int, int], dict[str, Any]] = {}
    for given in parsed:
        now, who, number = state.stamp(), user.id if user else None, next(table.ids)
        row = Row(number, number, {}, now, now, who, who)
        table.rows[number] = row
        for field in table.fields.values():
            if field["type"] not in cells.READ_ONLY:
                cells.put(state, table, row, field, given.get(field["id"], cells.empty(field)))
        made.append(row)
    for row in made:
        if user:
            before: dict[int, Any] = {}
            after = {}
            for field in table.fields.values():
                value = None if field["type"] in cells.READ_ONLY else cells.history(state, table, row, field)
                if value:
                    before[field["id"]], after[field["id"]] = None, value
            _record(state, user, table, row, "create_row" if single else "create_rows", before, after)
            # Fact 13: what the other side learns piles up over the batch and is written anew for each row of it.
            _other_sides(state, table, row, before, after, linked)
            _flush(state, user, linked)
    return [cells.row_answer(state, table, row, _named(query)) for row in made]


def update(state: State, user: User, table: Table, items: list[Any], query: dict[str, str]) -> list[dict[str, Any]]:
    for place, item in enumerate(items):
        if "id" not in item:
            text = {"error": "This field is required.", "code": "invalid"}
            raise Refuse(400, "ERROR_REQUEST_BODY_VALIDATION", {"items": {str(place): {"id": [text]}}})
    ids = [item["id"] for item in items]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise Refuse(400, "ERROR_ROW_IDS_NOT_UNIQUE", f"The provided row ids {twice} are not unique.")
    parsed = _parse_all(state, table, items, _named(query))
    missing = [i for i in ids if i not in table.living]
    if missing:
        raise _missing(missing)  # atomic: nothing written
    linked: dict[tuple[int, int], dict[str, Any]] = {}
    for row_id, given in zip(ids, parsed, strict=True):
        _change(state, user, table, table.rows[row_id], given, linked)
    _flush(state, user, linked)
    return [cells.row_answer(state, table, table.rows[i], _named(query)) for i in ids]


def patch(state: State, user: User, table: Table, row_id: int, body: Any, query: dict[str, str]) -> dict[str, Any]:
    given = _parse(state, table, body, _named(query))
    if row_id not in table.living:
        raise _missing([row_id])
    linked: dict[tuple[int, int], dict[str, Any]] = {}
    _change(state, user, table, table.rows[row_id], given, linked)
    _flush(state, user, linked)
    return cells.row_answer(state, table, table.rows[row_id], _named(query))


def _change(state: State, user: User, table: Table, row: Row, given: dict[int, Any], linked: Any) -> None:
    before, after = {}, {}
    for number, stored in given.items():
        field = table.fields[number]
        old = cells.history(state, table, row, field)
        cells.put(state, table, row, field, stored)
        new = cells.history(state, table, row, field)
        if old != new:
            before[number], after[number] = old, new
    # Fact 3: even nothing changes the stamp and its owner.
    row.modified, row.modified_by = state.stamp(), user.id
    if before:
        _record(state, user, table, row, "update_rows", before, after)
        _other_sides(state, table, row, before, after, linked)


def _record(
    state: State,
    user: User,
    table: Table,
    row: Row,
    action: str,
    before: dict[int, Any],
    after: dict[int, Any],
    about: dict[str, Any] | None = None,
) -> None:
    if about is None:
        about = {f"field_{n}": cells.metadata(state, table, row, table.fields[n], before[n], after[n]) for n in after}
    state.history.setdefault((table.id, row.id), []).append(
        {
            "id": state.next("history"),
            "action_type": action,
            "action_command_type": "DO",
            "user": {"id": user.id, "name": user.name},
            "timestamp": iso(state.clock.now()),
            "before": {f"field_{n}": v for n, v in before.items()},
            "after": {f"field_{n}": v for n, v in after.items()},
            "fields_metadata": about,
        }
    )


def _other_sides(
    state: State, table: Table, row: Row, before: dict[int, Any], after: dict[int, Any], linked: Any
) -> None:
    """Rows linked or let go learn it too: as a difference, with poorer metadata."""
    for number in after:
        field = table.fields[number]
        related = field.get("link_row_related_field_id")
        if field["type"] != "link_row" or related is None:
            continue
        old, new = set(before[number] or []), set(after[number] or [])
        for other, side in [*((i, "added") for i in new - old), *((i, "removed") for i in old - new)]:
            diff = linked.setdefault((field["link_row_table_id"], other), {})
            entry = diff.setdefault(related, {"added": [], "removed": [], "rows": {}})
            entry[side].append(row.id)
            entry["rows"][str(row.id)] = {"value": cells.heading(state, table, row)}


def _flush(state: State, user: User, linked: dict[tuple[int, int], dict[str, Any]]) -> None:
    for (table_id, row_id), diff in linked.items():
        table = state.tables[table_id]
        if row_id not in table.rows:
            continue
        about = {f"field_{n}": {"id": n, "type": "link_row", "linked_rows": e["rows"]} for n, e in diff.items()}
        before = {n: [str(i) for i in e["removed"]] for n, e in diff.items()}  # ids as text, as was seen
        after = {n: list(e["added"]) for n, e in diff.items()}
        _record(state, user, table, table.rows[row_id], "update_rows", before, after, about)


# --- deleting and the trash ---------------------------------------------------------------------------------------
def delete(state: State, user: User, table: Table, row_id: int) -> None:
    if row_id not in table.living:
        raise _missing([str(row_id)])
    row = table.rows[row_id]
    _record(state, user, table, row, "delete_row", {}, {})
    row.trashed = True
    _trash(state, user, table, "row", row_id, [cells.heading(state, table, row)])


def delete_many(state: State, user: User, table: Table, ids: list[int]) -> None:
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise Refuse(400, "ERROR_ROW_IDS_NOT_UNIQUE", f"The provided row ids {twice} are not unique.")
    missing = [i for i in ids if i not in table.living]
    if missing:
        raise _missing(missing)
    for row_id in ids:
        _record(state, user, table, table.rows[row_id], "delete_rows", {}, {})
        table.rows[row_id].trashed = True
    bundle = state.next("bundle")
    state.bundles[bundle] = list(ids)
    _trash(state, user, table, "rows", bundle, [cells.heading(state, table, table.rows[i]) for i in ids])


def _trash(state: State, user: User, table: Table, kind: str, item: int, names: list[str]) -> None:
    database = state.databases[table.database]
    state.trash.insert(
        0,
        {
            "id": state.next("trash"),
            "user_who_trashed": user.name,
            "trash_item_type": kind,
            "trash_item_id": item,
            "parent_trash_item_id": table.id,
            "trashed_at": iso(state.clock.now()),
            "application": database.id,
            "workspace": database.workspace,
            "name": str(item) if kind == "row" else " ",
            "names": names,
            "parent_name": table.name,
        },
    )


def restore(state: State, user: User, body: dict[str, Any]) -> None:
    """Out of the trash: stamps stay old (fact 2); only a single row gets a history entry (fact 4)."""
    for entry in state.trash:
        same = entry["trash_item_type"] == body["trash_item_type"] and entry["trash_item_id"] == body["trash_item_id"]
        if same and entry["parent_trash_item_id"] == body.get("parent_trash_item_id"):
            state.trash.remove(entry)
            break
    else:
        raise Refuse(404, "ERROR_TRASH_ITEM_DOES_NOT_EXIST", "The requested trash item does not exist.")
    table = state.table(entry["parent_trash_item_id"])
    if entry["trash_item_type"] == "row":
        row = table.rows[entry["trash_item_id"]]
        row.trashed = False
        _record(state, user, table, row, "restore_from_trash", {}, {})
    else:
        for row_id in state.bundles.pop(entry["trash_item_id"]):
            table.rows[row_id].trashed = False
