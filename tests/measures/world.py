"""Small worlds for figures: rows written as dicts, every other column of the real schema empty."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from automations.measures import Records
from automations.rows import Rows
from automations.schema.load import load_schema
from automations.settings import HOUSE
from automations.tables.base import Row
from automations.workdays import SCHOOL_TIME, Calendar

SCHEMA = load_schema(HOUSE / "schemas")


def at(text: str) -> datetime:
    """``2026-09-08 14:30`` or ``2026-09-08`` (noon) at the school."""
    return datetime.fromisoformat(text if " " in text else f"{text} 12:00").replace(tzinfo=SCHOOL_TIME)


def records(as_of: str, **tables: Sequence[Mapping[str, Any]]) -> Records:
    """What is known at ``as_of``: each row a dict of its filled cells, ids 1, 2, … unless it has its own ``id``.

    Whole numbers become Decimals where the column is a number; a row without ``code`` is called ``TABLE-ID``.
    """
    return Records.of(
        {table.name: Rows(table.name, _rows(table.name, tables.get(table.name, ()))) for table in SCHEMA},
        at(as_of) + timedelta(0),
        Calendar(),
    )


def _rows(table: str, given: Sequence[Mapping[str, Any]]) -> list[Row]:
    made = []
    for number, cells in enumerate(given, 1):
        row_id = cells.get("id", number)
        unknown = cells.keys() - SCHEMA[table].by_name.keys() - {"id"}
        assert not unknown, f"{table} has no {unknown}"
        values: dict[str, Any] = {field.name: None for field in SCHEMA[table].fields}
        values["code"] = f"{table}-{row_id}"
        for name, value in cells.items():
            if name != "id":
                values[name] = Decimal(value) if type(value) is int and _is_number(table, name) else value
        made.append(Row(row_id, values))
    return made


def _is_number(table: str, name: str) -> bool:
    return SCHEMA[table][name].type in ("number", "money", "percent")
