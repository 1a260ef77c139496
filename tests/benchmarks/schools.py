"""Rows of one school's year, and of several such schools in one set of tables."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from automations.schema.load import load_schema
from automations.settings import HOUSE
from automations.workdays import SCHOOL_TIME

Cells: TypeAlias = dict[str, Any]
Tables: TypeAlias = dict[str, dict[int, Cells]]
"""Cells by row id, by table; every column of the schema is there."""

SCHEMA = load_schema(HOUSE / "schemas")
YEAR = 2026
AS_OF = datetime(YEAR + 1, 1, 1, 8, 40, tzinfo=SCHOOL_TIME)
"""The morning after."""

NAMED = frozenset(
    {
        *("departments", "posts", "people", "locations", "vendors", "assets", "meters", "budget_lines", "contracts"),
        "training_classes",
    }
)
ONCE = frozenset({"settings"})


def copies(tables: Tables, times: int) -> Tables:
    """So many schools in one set of tables: ids, 编号, names and links of each are its own; 参数标准 is one for all."""
    last = {name: max(rows, default=0) for name, rows in tables.items()}
    found: Tables = {name: dict(rows) for name, rows in tables.items()}
    for turn in range(1, times):
        codes = {
            row["code"]: f"{SCHEMA[name].prefix}-{YEAR}-{row_id + turn * last[name]:04d}"
            for name, rows in tables.items()
            for row_id, row in rows.items()
            if name != "sign_steps"
        }
        steps = tables["sign_steps"].values()
        codes |= {s["code"]: s["code"].replace(s["biz_code"], codes[s["biz_code"]]) for s in steps}
        for name in tables.keys() - ONCE:
            copy = _copier(name, turn, last, codes)
            found[name] |= {row_id + turn * last[name]: copy(row) for row_id, row in tables[name].items()}
    return found


def _copier(name: str, turn: int, last: Mapping[str, int], codes: Mapping[str, str]) -> Callable[[Cells], Cells]:
    to = {f.name: turn * last[f.to or "people"] for f in SCHEMA[name].fields if f.type in ("link", "person")}
    several = {f.name: turn * last[f.to or "people"] for f in SCHEMA[name].fields if f.type in ("links", "persons")}
    texts = [f.name for f in SCHEMA[name].fields if f.type == "text"]

    def copy(row: Cells) -> Cells:
        other = dict(row)
        other |= {column: row[column] + by for column, by in to.items() if row[column] is not None}
        other |= {column: tuple(one + by for one in row[column]) for column, by in several.items() if row[column]}
        other |= {column: codes[row[column]] for column in texts if row[column] in codes}
        if name in NAMED:
            other["name"] = f"{row['name']}·{turn + 1}"
        return other

    return copy
