"""Cells of the double: what Baserow accepts, stores, answers and writes into the history, per column type."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .state import Refuse, Row, State, Table, iso

READ_ONLY = {"created_on", "last_modified", "created_by", "last_modified_by"}
_STORED_NAME = re.compile(r"[A-Za-z0-9]{32}_[0-9a-f]{64}\.\w+$")


class Invalid(Exception):
    """A value the serializer refuses; belongs to one column."""

    def __init__(self, error: str, code: str = "invalid") -> None:
        super().__init__(error)
        self.entry = {"error": error, "code": code}


def empty(field: dict[str, Any]) -> Any:
    """The cell of a new row."""
    kind = field["type"]
    if kind == "text":
        return field["text_default"] or None
    if kind == "number":
        return None if field["number_default"] is None else _number(field, field["number_default"])
    if kind == "boolean":
        return field["boolean_default"]
    if kind == "single_select":
        return field["single_select_default"]
    return [] if kind in ("multiple_select", "link_row", "file") else None


def store(state: State, field: dict[str, Any], value: Any) -> Any:
    """A value of a request as it is kept."""
    kind = field["type"]
    if kind in READ_ONLY:
        raise Refuse(
            400,
            "ERROR_REQUEST_BODY_VALIDATION",
            f"Field of type {kind} is read only and should not be set manually.",
        )
    if value is None:
        if kind in ("boolean", "link_row", "multiple_select", "file"):
            raise Invalid("This field may not be null.", "null")
        return None
    if kind in ("text", "long_text"):
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise Invalid("Not a valid string.")
        return str(value).strip()
    if kind == "number":
        return _number(field, value)
    if kind == "date":
        return _moment(value) if field["date_include_time"] else _day(value)
    if kind == "boolean":
        if value in (True, "true", "yes", 1, "1"):
            return True
        if value in (False, "false", "no", 0, "0"):
            return False
        raise Invalid("Must be a valid boolean.")
    if kind == "single_select":
        return _option(field, value)
    if kind == "multiple_select":
        return list(dict.fromkeys(_option(field, item) for item in value))
    if kind == "link_row":
        return _linked(state, field, value)
    if kind == "file":
        return [_file(state, item) for item in value]
    raise AssertionError(kind)


def _number(field: dict[str, Any], value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Invalid("A valid number is required.") from None
    places = field["number_decimal_places"]
    if -int(number.normalize().as_tuple().exponent) > places:
        raise Invalid(f"Ensure that there are no more than {places} decimal places.", "max_decimal_places")
    if number < 0 and not field["number_negative"]:
        raise Invalid("Ensure this value is greater than or equal to 0.", "min_value")
    return f"{number:.{places}f}"


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Invalid("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.") from None


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid(
            "Datetime has wrong format. Use one of these formats instead: "
            "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
        ) from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _option(field: dict[str, Any], value: Any) -> int:
    for option in field["select_options"]:
        if value == option["id"] or value == option["value"]:
            return int(option["id"])
    raise Refuse(
        400,
        "ERROR_REQUEST_BODY_VALIDATION",
        f"The provided select option value '{value}' is not a valid select option.",
    )


def _linked(state: State, field: dict[str, Any], value: Any) -> list[int]:
    items = value if isinstance(value, list) else [value]
    if not field["link_row_multiple_relationships"] and len(items) > 1:
        raise Invalid("Ensure this field has no more than 1 elements.", "max_length")
    if all(isinstance(item, int) for item in items):
        return items  # not looked up: a row that does not exist yet is stored all the same (fact 12)
    target = state.tables[field["link_row_table_id"]]
    found = []
    for item in items:
        # By name the first of several equal ones is taken without a word.
        match = [row.id for row in target.living.values() if heading(state, target, row) == item]
        if not match:
            raise Refuse(
                400,
                "ERROR_REQUEST_BODY_VALIDATION",
                f"The provided text value '{item}' doesn't match any row in the linked table.",
            )
        found.append(match[0])
    return found


def _file(state: State, item: Any) -> dict[str, Any]:
    name = item if isinstance(item, str) else item.get("name")
    if not isinstance(name, str) or not _STORED_NAME.match(name) or name not in state.files:
        raise Invalid("The user file name is invalid.")
    about, _ = state.files[name]
    visible = item.get("visible_name") if isinstance(item, dict) else None
    return {
        "name": name,
        "size": about["size"],
        "is_image": False,
        "mime_type": about["mime_type"],
        "image_width": None,
        "uploaded_at": about["uploaded_at"].replace("Z", "+00:00"),
        "image_height": None,
        "visible_name": visible or about["original_name"],
    }


# --- links: kept on one side, computed on the other ---------------------------------------------------------------
def owner(field: dict[str, Any]) -> bool:
    related = field["link_row_related_field_id"]
    return related is None or int(field["id"]) < int(related)


def get(state: State, table: Table, row: Row, field: dict[str, Any]) -> Any:
    """The kept cell; links of the other side are computed."""
    if field["type"] != "link_row" or owner(field):
        return row.cells.get(field["id"], empty(field) if field["type"] != "single_select" else None)
    other = state.tables[field["link_row_table_id"]]
    key = field["link_row_related_field_id"]
    return [r.id for r in other.rows.values() if row.id in r.cells.get(key, [])]


def put(state: State, table: Table, row: Row, field: dict[str, Any], stored: Any) -> None:
    """Keep a cell."""
    if field["type"] != "link_row" or owner(field):
        row.cells[field["id"]] = stored
        return
    other = state.tables[field["link_row_table_id"]]
    key = field["link_row_related_field_id"]
    for r in other.rows.values():
        linked = [i for i in r.cells.get(key, []) if i != row.id]
        r.cells[key] = [*linked, row.id] if r.id in stored else linked


def heading(state: State, table: Table, row: Row) -> str:
    """What stands for the row in link cells."""
    raw = answer(state, table, row, table.primary)
    if raw is None:
        return f"unnamed row {row.id}"
    return str(raw["value"] if isinstance(raw, dict) else raw)


def answer(state: State, table: Table, row: Row, field: dict[str, Any]) -> Any:
    """A cell as a row answer shows it."""
    kind = field["type"]
    if kind in ("created_on", "last_modified"):
        moment = row.created if kind == "created_on" else row.modified
        return iso(moment) if field["date_include_time"] else moment.date().isoformat()
    if kind in ("created_by", "last_modified_by"):
        who = row.created_by if kind == "created_by" else row.modified_by
        return None if who is None else {"id": who, "name": state.users[who].name}
    cell = get(state, table, row, field)
    if kind == "date" and field["date_include_time"]:
        return None if cell is None else iso(cell)
    if kind == "single_select":
        return next((dict(o) for o in field["select_options"] if o["id"] == cell), None)
    if kind == "multiple_select":
        return [dict(o) for i in cell for o in field["select_options"] if o["id"] == i]
    if kind == "link_row":
        target = state.tables[field["link_row_table_id"]]
        return [
            {"id": i, "value": heading(state, target, target.rows[i]), "order": order_text(target.rows[i])}
            for i in sorted(cell)
            if i in target.living
        ]
    if kind == "file":
        return [{"url": state.files[item["name"]][0]["url"], "thumbnails": None, **item} for item in cell]
    return cell


def history(state: State, table: Table, row: Row, field: dict[str, Any]) -> Any:
    """A cell in the third spelling, that of the history."""
    cell = get(state, table, row, field)
    if isinstance(cell, datetime):
        return str(cell)
    return list(cell) if isinstance(cell, list) else cell


def metadata(state: State, table: Table, row: Row, field: dict[str, Any], *values: Any) -> dict[str, Any]:
    """What the history tells about a column beside the values."""
    kind = field["type"]
    about: dict[str, Any] = {"id": field["id"], "type": kind}
    used: set[Any] = set()
    for value in values if kind in ("single_select", "multiple_select", "link_row") else ():
        used |= set(value) if isinstance(value, list) else {value}
    if kind in ("single_select", "multiple_select"):
        about["select_options"] = {str(o["id"]): dict(o) for o in field["select_options"] if o["id"] in used}
    elif kind == "link_row":
        target = state.tables[field["link_row_table_id"]]
        about["linked_rows"] = {
            str(i): {"value": heading(state, target, target.rows[i])} for i in used if i in target.rows
        }
        about["primary_value"] = heading(state, table, row)
        about["linked_field_id"] = field["link_row_related_field_id"]
        about["linked_table_id"] = field["link_row_table_id"]
    elif kind == "number":
        about |= {k: field[k] for k in field if k.startswith("number_") and k != "number_default"}
    elif kind == "date":
        about |= {k: field[k] for k in field if k.startswith("date_")}
    elif kind == "long_text":
        about["long_text_enable_rich_text"] = field["long_text_enable_rich_text"]
    return about


def order_text(row: Row) -> str:
    return f"{row.order}.00000000000000000000"


def row_answer(state: State, table: Table, row: Row, named: bool, only: list[int] | None = None) -> dict[str, Any]:
    """A whole row."""
    body: dict[str, Any] = {"id": row.id, "order": order_text(row)}
    for field in sorted(table.fields.values(), key=lambda f: (f["order"], f["id"])):
        if only is None or field["id"] in only:
            body[field["name"] if named else f"field_{field['id']}"] = answer(state, table, row, field)
    return body
