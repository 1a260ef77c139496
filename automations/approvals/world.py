"""Rows as they were before and after each edit: history played backwards, then forwards again.

Edits made while the worker was down are judged in their true order on its return (design.md, decision 5): from the rows
as they are now the recorded edits are undone, newest first; then each is done again and judged on what its author saw.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from automations.tables.base import Edit
from automations.tables.values import Value, Values

Key: TypeAlias = tuple[str, int]


class World:
    """Rows of one case at one moment of its history.

    Args:
        rows: Rows as they are now, by (table, row id).
        edits: Recorded edits not judged yet, in true order. Afterwards the world stands before the first of them.

    Attributes:
        now: When the last edit played was made; None before the first.
    """

    def __init__(self, rows: Mapping[Key, Values], edits: Sequence[Edit]) -> None:
        self._rows: dict[Key, dict[str, Value]] = {key: dict(values) for key, values in rows.items()}
        self._aside: dict[str, dict[str, Value]] = {}
        self._idle: set[str] = set()
        self.now: datetime | None = None
        for edit in reversed(edits):
            self._undo(edit)

    @property
    def rows(self) -> Mapping[Key, Values]:
        """All rows at this moment."""
        return self._rows

    def row(self, table: str, row_id: int) -> Values | None:
        """The row at this moment; None while it does not exist."""
        return self._rows.get((table, row_id))

    def where(self, table: str, field: str, value: Value) -> dict[int, Values]:
        """Rows of ``table`` whose link ``field`` is (or holds) ``value``, by row id."""
        return {row_id: row for (name, row_id), row in self._rows.items() if name == table and row.get(field) == value}

    def play(self, edit: Edit) -> None:
        """Do the next edit."""
        self.now = edit.at
        key = (edit.table, edit.row_id)
        if edit.key in self._idle:
            return
        if edit.action == "delete":
            self._aside[edit.key] = self._rows.pop(key, dict(edit.before))
        elif edit.action in ("create", "restore"):
            self._rows[key] = self._aside.pop(edit.key, {}) | dict(edit.after)
        else:
            self._rows.setdefault(key, {}).update(edit.after)

    def _undo(self, edit: Edit) -> None:
        key = (edit.table, edit.row_id)
        if edit.action == "delete" and key in self._rows:
            self._idle.add(edit.key)  # the row lives: it was brought back in a way that left no record (Baserow)
        elif edit.action == "delete":
            self._rows[key] = dict(edit.before)
        elif edit.action in ("create", "restore"):
            self._aside[edit.key] = self._rows.pop(key, {})
        elif key in self._rows:
            self._rows[key].update(edit.before)


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Edits of several rows in the host's one true order."""
    return sorted(edits, key=lambda e: (e.order, e.key))
