"""Puts the demonstration school on a host: its people, places, things and parameters, then rows of its newest weeks.

Level-triggered like the rest: what is there by its name stays, only what is missing is added, so that a start that was
interrupted goes on where it stopped. Rows without a name (readings, meals, answers …) are added where their table is
still empty. They come as a school's first stock does, from Houqin's own account, and with their numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from automations.demo.shown import Rows, Shown
from automations.demo.year.edits import Paper, Ref
from automations.schema import Schema
from automations.tables.base import Host
from automations.tables.values import File, Value, Values

Progress = Callable[[str], None]
Own: TypeAlias = Mapping[str, Rows]
"""Cells by table and key."""

NAMED: Mapping[str, str] = {
    **dict.fromkeys(("departments", "posts", "people", "locations", "vendors", "budget_lines", "contracts"), "name"),
    **dict.fromkeys(("assets", "meters", "training_classes"), "name"),
    "documents": "title",
    "procurements": "title",
    "settings": "key",
}
"""Column by which a row is known again."""


class _Loader:
    """Fills one host; ``ids`` are row ids by table and key."""

    def __init__(self, host: Host, schema: Schema, shown: Shown, own: Own, progress: Progress) -> None:
        self._host, self._schema, self._shown, self._own, self._progress = host, schema, shown, own, progress
        self._files: dict[str, File] = {}
        self.ids: dict[str, dict[str, int]] = {}

    def run(self) -> None:
        for table, rows in self._shown.rows.items():
            self._progress(table)
            (self._ensure if table in NAMED else self._add)(table, rows)
            if table == "people":
                self._host.refresh(["people"])  # who is who, before persons are written
        for table, rows in self._shown.later.items():
            self._fill(table, rows)

    def _ensure(self, table: str, rows: Rows) -> None:
        """Rows with these names, added where missing."""
        name = NAMED[table]
        there = {str(row[name]): row.id for row in self._host.changed(table, None).rows}
        named = {key: str(cells[name]) for key, cells in rows.items()}
        missing = [key for key in rows if named[key] not in there]
        made = self._create(table, rows, missing)
        found = {key: there[named[key]] for key in rows if named[key] in there}
        self.ids[table] = found | dict(zip(missing, made, strict=True))

    def _add(self, table: str, rows: Rows) -> None:
        """All these rows, unless the table holds some: then they are taken to be these, in their order."""
        made = sorted(self._host.ids(table)) or self._create(table, rows, list(rows))
        self.ids[table] = dict(zip(rows, made, strict=False))

    def _create(self, table: str, rows: Rows, keys: Sequence[str]) -> list[int]:
        """New rows. They have their numbers where they are the table's first; others Houqin numbers after those."""
        own = self._own.get(table, {})
        made = [self._cells({**own.get(key, {}), **rows[key]}) for key in keys]
        if len(keys) == len(rows):
            number = f"{self._schema[table].prefix}-{self._shown.today.year}"
            made = [{"code": f"{number}-{place:04d}", **cells} for place, cells in enumerate(made, 1)]
        return self._host.create(table, made) if made else []

    def _fill(self, table: str, wanted: Rows) -> None:
        """Links that could only be filled once other rows were there; those filled by now are left alone."""
        here = {self.ids[table][key]: cells for key, cells in wanted.items()}
        now = {row.id: row for row in self._host.rows(table, list(here))}
        empty: dict[int, Values] = {}
        for row_id, cells in here.items():
            if blank := {name: value for name, value in cells.items() if now[row_id][name] is None}:
                empty[row_id] = self._cells(blank)
        if empty:
            self._host.update(table, empty)

    def _cells(self, cells: Mapping[str, Any]) -> dict[str, Value]:
        found = {name: self._cell(value) for name, value in cells.items()}
        return {name: value for name, value in found.items() if value is not None}

    def _cell(self, value: Any) -> Any:
        """Links to rows that are not shown, such as one of hundreds of chairs, are left out."""
        if isinstance(value, Ref):
            key = self._shown.with_login(value.key) if value.table == "people" else value.key
            return self.ids.get(value.table, {}).get(key)
        if isinstance(value, Paper):
            if value.name not in self._files:
                self._files[value.name] = self._host.upload(value.name, f"{value.name}（演示附件）".encode())
            return self._files[value.name]
        if isinstance(value, tuple):
            return tuple(dict.fromkeys(one for one in map(self._cell, value) if one is not None))
        return value


def load(
    host: Host, schema: Schema, shown: Shown, own: Own, progress: Progress = lambda text: None
) -> Mapping[str, Mapping[str, int]]:
    """Add what is missing.

    Args:
        host: Signed in as the worker, bound and refreshed.
        schema: Its tables.
        shown: What to add.
        own: What Houqin itself fills in, as far as that is known (:mod:`automations.demo.beforehand`).
        progress: Told the name of each table before it is filled.

    Returns:
        Row ids by table and key.
    """
    loader = _Loader(host, schema, shown, own, progress)
    loader.run()
    return loader.ids
