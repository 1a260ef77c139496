"""Rows of all tables, found by id or by what they point at, with the marks of everything that was read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from automations.books.inputs import PEOPLE, Input, Subject
from automations.holds import Hold
from automations.rows import RowView
from automations.tables.base import Row
from automations.tables.values import Values

T = TypeVar("T")

ROWS = frozenset({"row", "where", "all", "column", "cell"})
"""Kinds of marks that are about rows alone."""

_id = attrgetter("id")
_NONE: dict[int, RowView] = {}

FEW = 8
"""So many rows are looked through one by one; of more it pays to note which has what."""


class Source(Protocol):
    """Where the rows come from.

    One whose rows stay as they are while they are read says so by an attribute ``still``: what was worked out from
    them is then kept.
    """

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

    still = True

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
        for one in _each(row[field]):
            found.setdefault(one, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Once:
    """What was worked out once, what it stands on, and the tables of that."""

    value: Any
    marks: frozenset[Input]
    tables: frozenset[str]


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
        self._own: set[str] = set()  # tables of which no other books have the same dictionary
        self._over_by: dict[str, dict[str, dict[Any, dict[int, RowView]]]] = {}
        self._told = told
        self._still = getattr(source, "still", False) and told is None
        self._marks: set[Input] | None = None
        self._once: dict[Any, _Once] = {}
        self._once_here: dict[Any, _Once] = {}
        self._groups: dict[tuple[Any, ...], dict[Any, list[RowView]]] = {}
        for (table, row_id), values in (over or {}).items():
            self.lay(table, row_id, values)

    def lay(self, table: str, row_id: int, values: Values | None) -> None:
        """From now on the row reads so (None: it is not there), whatever the source has."""
        row = None if values is None else RowView(table, Row(row_id, values))
        if table not in self._own:
            self._over[table] = dict(self._over.get(table, {}))
            self._own.add(table)
        over = self._over[table]
        for field, index in self._over_by.get(table, {}).items():
            if (before := over.get(row_id)) is not None:
                for one in _each(before[field]):
                    index[one].pop(row_id, None)
            if row is not None:
                for one in _each(row[field]):
                    index.setdefault(one, {})[row_id] = row
        over[row_id] = row
        self._once_here = {key: one for key, one in self._once_here.items() if table not in one.tables}

    def with_rows(self, rows: Mapping[Subject, Values | None]) -> "Books":
        """The same books with these rows laid over; marks go to the same place."""
        other = Books(self._source, told=self._told)
        other._over = dict(self._over)
        self._own.clear()
        other._marks, other._once, other._groups = self._marks, self._once, self._groups
        for (table, row_id), values in rows.items():
            other.lay(table, row_id, values)
        return other

    def told_by(self, told: Callable[[RowView, str, Any], None]) -> "Books":
        """The same books, telling of every cell read."""
        other = self.with_rows({})
        other._told, other._still = told, False
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

    def cell(self, table: str, row_id: int | None, field: str) -> Any:
        """One cell of a row; what follows from it does not hang on the row's other cells, which may change daily."""
        if row_id is None:
            return None
        self.mark(("cell", table, field, row_id))
        over = self._over.get(table)
        row = self._shown(over[row_id] if over is not None and row_id in over else self._source.row(table, row_id))
        return None if row is None else row[field]

    def where(self, table: str, field: str, value: Any, **also: Any) -> Sequence[RowView]:
        """Rows whose ``field`` is, or holds, ``value``, by id; none for an empty value.

        ``also`` narrows them, and what follows from them, to rows in which further fields have these values; a field
        with several values cannot be one of them.
        """
        if value is None:
            return ()
        found = self._source.where(table, field, value)
        if not also and not self._over.get(table) and self._told is None:  # as most often: nothing more to look at
            if self._marks is not None:
                self._marks.add(("where", table, field, value))
            return found
        if also and self._told is None:
            self.mark(("where", table, (field, *also), (value, *also.values())))
            found = self._narrowed(found, table, field, value, also)
        else:
            self.mark(("where", table, field, value))
        if over := self._over.get(table):
            laid = [r for r in self._laid(table, field, over).get(value, _NONE).values() if _has(r, also)]
            if laid or any(r.id in over for r in found):
                found = [*(r for r in found if r.id not in over), *laid]
                found.sort(key=_id)
        if self._told is None:
            return found
        return [r for r in map(self._shown, found) if r is not None and _has(r, also)]

    def _laid(self, table: str, field: str, over: Mapping[int, RowView | None]) -> Mapping[Any, dict[int, RowView]]:
        """The rows laid over by what stands in ``field``; :meth:`lay` keeps it up."""
        indexes = self._over_by.setdefault(table, {})
        if field not in indexes:
            index: dict[Any, dict[int, RowView]] = {}
            for row in over.values():
                if row is not None:
                    for one in _each(row[field]):
                        index.setdefault(one, {})[row.id] = row
            indexes[field] = index
        return indexes[field]

    def _narrowed(
        self, found: Sequence[RowView], table: str, field: str, value: Any, also: Mapping[str, Any]
    ) -> Sequence[RowView]:
        if not self._still or len(found) <= FEW:
            for name, wanted in also.items():
                found = [row for row in found if row[name] == wanted]
            return found
        key = (table, field, value, *also)
        if key not in self._groups:
            groups: dict[Any, list[RowView]] = {}
            self._groups[key] = groups
            for row in found:
                groups.setdefault(tuple(row[name] for name in also), []).append(row)
        return self._groups[key].get(tuple(also.values()), ())

    def once(self, key: Any, work_out: Callable[[], T]) -> T:
        """What many rows ask alike, worked out once; each of them stands on what it was made of.

        It may rest on rows and people and on nothing else: what rests on more, or on rows that may change while they
        are read, is worked out each time. ``key`` names it, and all that it depends on besides the rows.
        """
        known = self._once.get(key) if self._still else None
        if known is None or not known.tables.isdisjoint(self._over):  # rows laid over are none of its business
            known = self._once_here.get(key)
        if known is None:
            with self.marking() as marks:
                value = work_out()
            if self._still and all(one[0] in ROWS or one == PEOPLE for one in marks):
                found = _Once(value, frozenset(marks), frozenset(one[1] for one in marks if one != PEOPLE))
                kept = self._once if found.tables.isdisjoint(self._over) else self._once_here
                kept[key] = found
            return value
        if self._marks is not None:
            self._marks |= known.marks
        return known.value  # type: ignore[no-any-return]

    def column(self, table: str, field: str) -> Mapping[int, Any]:
        """One field of every row of a table, by row id: what follows from it does not hang on the other fields."""
        self.mark(("column", table, field))
        look = getattr(self._source, "column", None)  # of a source that need not read whole rows for it
        found = look(table, field) if look else {row.id: row[field] for row in self._source.all(table)}
        if over := self._over.get(table):
            found = {**found, **{row_id: row[field] for row_id, row in over.items() if row is not None}}
            found = {row_id: found[row_id] for row_id in sorted(found) if over.get(row_id, self) is not None}
        return found

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


def _has(row: RowView, cells: Mapping[str, Any]) -> bool:
    return all(row[name] == value for name, value in cells.items())


def _each(cell: Any) -> tuple[Any, ...]:
    """What a cell holds, of several values each."""
    return cell if isinstance(cell, tuple) else (cell,)


class _Told(RowView):
    """A row that says which of its cells are read."""

    __slots__ = ("_cells", "_tell")
    _cells: Mapping[str, Any]
    _tell: Callable[[RowView, str, Any], None]

    def __init__(self, row: RowView, tell: Callable[[RowView, str, Any], None]) -> None:
        super().__init__(row.table, Row(row.id, {}, row.born))
        object.__setattr__(self, "_cells", vars(row))
        object.__setattr__(self, "_tell", tell)

    def __getitem__(self, name: str) -> Any:
        value = self._cells[name] if name in self._cells else super().__getitem__(name)
        self._tell(self, name, value)
        return value
