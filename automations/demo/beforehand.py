"""What Houqin will make of the rows that are loaded, found out beforehand in memory by the very same engine.

Each row that it writes back costs a table host as much as a new one. Loaded with their figures and answers, the rows of
a school of eight hundred are right when the worker looks at them for the first time, and it writes next to nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from automations.demo.load import Own
from automations.demo.sample import loaded
from automations.demo.shown import Shown
from automations.demo.year.edits import Ref
from automations.engine import Engine
from automations.schema import Field, Schema
from automations.tables.values import Value

SEVERAL = frozenset({"links", "persons", "file"})
MOST_PASSES = 6


def worked_out(schema: Schema, shown: Shown, now: datetime) -> Own:
    """Cells of Houqin by table and key, as they stand when it has come to rest; no links to rows that it adds.

    Args:
        schema: The tables.
        shown: The rows.
        now: Aware; when they will be loaded.
    """
    clock = [now]
    made = loaded(shown, lambda: clock[0])
    engine, ids = Engine(made.office), made.ids
    for _ in range(MOST_PASSES):
        clock[0] += timedelta(seconds=1)
        if engine.turn(clock[0], slow=True).idle:
            break
    keys = {(table, row_id): key for table, known in ids.items() for key, row_id in known.items()}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for table, known in ids.items():
        own = [f for f in schema[table].fields if f.by_worker and f.name != "code" and f.type not in SEVERAL]
        found[table] = {
            keys[table, row.id]: {f.name: _cell(f, row[f.name], keys) for f in own if row[f.name] is not None}
            for row in made.office.host.rows(table, list(known.values()))
        }
    made.close()
    return found


def _cell(field: Field, value: Value, keys: Mapping[tuple[str, int], str]) -> Any:
    """A link as :class:`Ref`; None where it leads to a row that Houqin added."""
    if field.type not in ("link", "person") or not isinstance(value, int):
        return value
    table = "people" if field.type == "person" else str(field.to)
    return Ref(table, keys[table, value]) if (table, value) in keys else None
