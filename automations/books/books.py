"""Rows of all tables, found by id or by what they point at, with the marks of everything that was read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from automations.books.inputs import Input, Subject
from automations.holds import Hold
from automations.rows import RowView
from automations.tables.base import Row
from automations.tables.values import Values


class Source(Protocol):
    """Where the rows come from."""

    def row(self, table: str, row_id: int) -> RowView | None:
        """A living row."""

    def where(self, table: str, field: str, value: Any) -> Sequence[RowView]:
        """Rows whose ``field`` is, or holds, ``value``, by id."""

    def all(self, table: str) -> Sequence[RowView]:
        """Every living row, by id."""

    def held(self, kind: str, key: str) -> Sequence[Hold]:
        """What open cases hold of ``key``."""


class MemorySource:
    """Whole tables in memory, indexed where they are asked: for tests, and to examine very many rows at once.

    Args:
        tables: Values by row id, by table.
        holds: What open cases hold.
    """

    def __init__(self, tables: Mapping[str, Mapping[int, Values]], holds: Iterable[Hold] = ()) -> None:
        self._rows = {
            table: {row_id: RowView(table, Row(row_id, values)) for row_id, values in rows.items()}
            for table, rows in tables.items()
        }
        self._by: dict[tuple[str, str], dict[Any, list[RowView]]] = {}
        self._holds: dict[tuple[str, str], list[Hold]] = {}
        for hold in holds:
            self._holds.setdefault((hold.kind, hold.key), []).append(hold)

    def row(self, table: str, row_id: int) -> RowView | None:
        """See :class:`Source`."""
        return self._rows.get(table, {}).get(row_id)

    def where(self, table: str, field: str, value: Any) -> Sequence[RowView]:
        """See :class:`Source`."""
        index = self._by.get((table, field))
        if index is None:
            index = self._by[table, field] = by_value(self._rows.get(table, {}).values(), field)
        return index.get(value, ())

    def all(self, table: str) -> Sequence[RowView]:
        """See :class:`Source`."""
        return tuple(self._rows.get(table, {}).values())

    def held(self, kind: str, key: str) -> Sequence[Hold]:
        """See :class:`Source`."""
        return self._holds.get((kind, key), ())


def by_value(rows: Iterable[RowView], field: str) -> dict[Any, list[RowView]]:
    """Rows by what stands in ``field``; one with several values in the cell stands under each."""
    found: dict[Any, list[RowView]] = {}
    for row in rows:
        value = row[field]
        for one in value if isinstance(value, tuple) else (value,):
            found.setdefault(one, []).append(row)
    return found


class Books:
    """One way to read everything, as it stands at one moment.

    Args:
        source: The rows.
        marked: Told of every reading, see :mod:`automations.books.inputs`.
        told: Told of every single cell read (row, field, value), for ``houqin explain``; slower.
    """

    def __init__(
        self,
        source: Source,
        *,
        over: Mapping[Subject, Values | None] | None = None,
        told: Callable[[RowView, str, Any], None] | None = None,
    ) -> None:
        self._source = source
        self._over: dict[str, dict[int, RowView | None]] = {}
        self._told = told
        self._marks: set[Input] | None = None
        for (table, row_id), values in (over or {}).items():
            self.lay(table, row_id, values)

    def lay(self, table: str, row_id: int, values: Values | None) -> None:
        """From now on the row reads so (None: it is not there), whatever the source has."""
        row = None if values is None else RowView(table, Row(row_id, values))
        self._over.setdefault(table, {})[row_id] = row

    def with_rows(self, rows: Mapping[Subject, Values | None]) -> "Books":
        """The same books with these rows laid over; marks go to the same place."""
        other = Books(self._source, told=self._told)
        other._over = {table: dict(found) for table, found in self._over.items()}
        other._marks = self._marks
        for (table, row_id), values in rows.items():
            other.lay(table, row_id, values)
        return other

    def told_by(self, told: Callable[[RowView, str, Any], None]) -> "Books":
        """The same books, telling of every cell read."""
        other = self.with_rows({})
        other._told = told
        return other

    @contextmanager
    def marking(self) -> Iterator[set[Input]]:
        """Gather the marks of everything read inside."""
        before, self._marks = self._marks, set()
        try:
            yield self._marks
        finally:
            if before is not None:
                before |= self._marks
            self._marks = before

    def mark(self, one: Input) -> None:
        """Note that something was read."""
        if self._marks is not None:
            self._marks.add(one)

    def row(self, table: str, row_id: int | None) -> RowView | None:
        """A row by id; None for an empty link or a row that is not there."""
        if row_id is None:
            return None
        self.mark(("row", table, row_id))
        over = self._over.get(table)
        found = over[row_id] if over is not None and row_id in over else self._source.row(table, row_id)
        return self._shown(found)

    def where(self, table: str, field: str, value: Any) -> Sequence[RowView]:
        """Rows whose ``field`` is, or holds, ``value``, by id; none for an empty value."""
        if value is None:
            return ()
        self.mark(("where", table, field, value))
        found = self._source.where(table, field, value)
        if over := self._over.get(table):
            found = [r for r in found if r.id not in over]
            found += [r for r in over.values() if r is not None and _holds(r[field], value)]
            found.sort(key=lambda r: r.id)
        return found if self._told is None else [r for r in map(self._shown, found) if r is not None]

    def all(self, table: str) -> Sequence[RowView]:
        """Every row of a (small) table, by id."""
        self.mark(("all", table))
        found = self._source.all(table)
        if over := self._over.get(table):
            found = [r for r in found if r.id not in over]
            found += [r for r in over.values() if r is not None]
            found.sort(key=lambda r: r.id)
        return found if self._told is None else [r for r in map(self._shown, found) if r is not None]

    def held(self, kind: str, key: str) -> Sequence[Hold]:
        """What open cases hold: of a budget line (key: its row id as text) or of an invoice number."""
        self.mark(("held", kind, key))
        return self._source.held(kind, key)

    def _shown(self, row: RowView | None) -> RowView | None:
        return row if row is None or self._told is None else _Told(row, self._told)


def _holds(cell: Any, value: Any) -> bool:
    return value in cell if isinstance(cell, tuple) else bool(cell == value)


class _Told(RowView):
    """A row that says which of its cells are read."""

    __slots__ = ("_tell",)

    def __init__(self, row: RowView, tell: Callable[[RowView, str, Any], None]) -> None:
        self.table, self.id, self.born, self._values = row.table, row.id, row.born, row._values
        self._tell = tell

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        self._tell(self, name, value)
        return value
