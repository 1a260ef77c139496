"""Rows that appear one after the other, as the year brought them: what came later is not there yet."""

from bisect import insort
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from automations.books import Books, Source
from automations.books.books import ROWS
from automations.holds import Hold
from automations.rows import RowView

_BY_ID = attrgetter("id")
T = TypeVar("T")


class Replay:
    """A :class:`~automations.books.Source` that grows.

    Args:
        source: All other tables, as they stand.
        tables: Tables whose rows appear by :meth:`admit` only.
    """

    def __init__(self, source: Source, tables: Collection[str]) -> None:
        self._source = source
        self._rows: dict[str, dict[int, RowView]] = {table: {} for table in tables}
        self._all: dict[str, list[RowView]] = {table: [] for table in tables}
        self._by: dict[str, dict[str, dict[Any, list[RowView]]]] = {table: {} for table in tables}
        self._holds: dict[tuple[str, str], list[Hold]] = {}

    @property
    def growing(self) -> Collection[str]:
        """Tables whose rows appear one after the other."""
        return self._rows.keys()

    def admit(self, row: RowView) -> None:
        """From now on this row is there."""
        self._rows[row.table][row.id] = row
        insort(self._all[row.table], row, key=_BY_ID)
        for field, index in self._by[row.table].items():
            _file(index, row, field)

    def hold(self, holds: Iterable[Hold]) -> None:
        """From now on this is held."""
        for one in holds:
            self._holds.setdefault((one.kind, one.key), []).append(one)

    def row(self, table: str, row_id: int) -> RowView | None:
        """See :class:`~automations.books.Source`."""
        own = self._rows.get(table)
        return self._source.row(table, row_id) if own is None else own.get(row_id)

    def where(self, table: str, field: str, value: Any) -> Sequence[RowView]:
        """See :class:`~automations.books.Source`."""
        indexes = self._by.get(table)
        if indexes is None:
            return self._source.where(table, field, value)
        if field not in indexes:
            indexes[field] = {}
            for row in self._all[table]:
                _file(indexes[field], row, field)
        return indexes[field].get(value, ())

    def all(self, table: str) -> Sequence[RowView]:
        """See :class:`~automations.books.Source`."""
        own = self._all.get(table)
        return self._source.all(table) if own is None else own

    def held(self, kind: str, key: str) -> Sequence[Hold]:
        """See :class:`~automations.books.Source`."""
        return self._holds.get((kind, key), ())


class GrowingBooks(Books):
    """Books of a replay: what was worked out once is kept as long as it rests on nothing that grows."""

    def __init__(self, replay: Replay) -> None:
        super().__init__(replay)
        self._growing = replay.growing
        self._kept: dict[Any, Any] = {}

    def once(self, key: Any, work_out: Callable[[], T]) -> T:
        """See :meth:`Books.once`."""
        if key in self._kept:
            return self._kept[key]  # type: ignore[no-any-return]
        with self.marking() as marks:
            value = work_out()
        if all(one[0] in ROWS and one[1] not in self._growing for one in marks):
            self._kept[key] = value
        return value


def _file(index: dict[Any, list[RowView]], row: RowView, field: str) -> None:
    value = row[field]
    for one in value if isinstance(value, tuple) else (value,):
        insort(index.setdefault(one, []), row, key=_BY_ID)
