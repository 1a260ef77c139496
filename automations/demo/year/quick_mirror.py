"""A mirror whose rows lie in memory as well: a year of a school is looked through in minutes.

What the SQL tables hold, these dictionaries hold; every write goes to both. A transaction that fails empties them, and
they are read anew. The agenda lies in memory alone: nobody plays half a year and goes on with it another day.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from automations.mirror import Item, Mirror
from automations.mirror_write import MirrorWrite
from automations.schema import Schema
from automations.tables.base import Row
from automations.tables.values import Values, canonical

Index = dict[Any, dict[int, None]]
SEVERAL_VALUES = (tuple, list, set, frozenset)
"""Any of these is asked for."""


class _Table:
    """The rows of one table, and by what stands in a field."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = {row.id: row for row in rows}
        self._by: dict[str, Index] = {}

    def put(self, row: Row) -> None:
        self.drop(row.id)
        self.rows[row.id] = row
        for field, index in self._by.items():
            index.setdefault(row.values[field], {})[row.id] = None

    def drop(self, row_id: int) -> None:
        old = self.rows.pop(row_id, None)
        if old is not None:
            for field, index in self._by.items():
                index.get(old.values[field], {}).pop(row_id, None)

    def by(self, field: str, value: Any) -> list[int]:
        """Ids of the rows whose field holds the value, in order."""
        if field not in self._by:
            index: Index = {}
            for row_id, row in self.rows.items():
                index.setdefault(row.values[field], {})[row_id] = None
            self._by[field] = index
        return sorted(self._by[field].get(value, ()))


class QuickMirror(Mirror):
    """See the module."""

    def __init__(self, url: str, schema: Schema) -> None:
        self._known: dict[str, _Table] = {}
        self._notes: dict[str, str | None] = {}
        self._cursors: dict[str, str | None] = {}
        self._waiting = _Agenda()
        super().__init__(url, schema)

    def _table(self, table: str) -> _Table:
        if table not in self._known:
            self._known[table] = _Table(super().select(table))
        return self._known[table]

    # --- reading ------------------------------------------------------------------------------------------------------
    def living(self, table: str, ids: Iterable[int]) -> list[Row]:
        """See :meth:`Mirror.living`."""
        rows = self._table(table).rows
        return [rows[i] for i in sorted(set(ids)) if i in rows]

    def select(self, table: str, /, **equal: object) -> list[Row]:
        """See :meth:`Mirror.select`."""
        kept = self._table(table)
        if not equal:
            return [kept.rows[i] for i in sorted(kept.rows)]
        (field, first), *rest = equal.items()
        if isinstance(first, SEVERAL_VALUES):
            ids = sorted({i for value in first for i in kept.by(field, value)})
        else:
            ids = kept.by(field, first)
        rows = [kept.rows[i] for i in ids]
        return [r for r in rows if all(r.values[name] in _any_of(wanted) for name, wanted in rest)] if rest else rows

    def find(self, table: str, field: str, value: object) -> Row | None:
        """See :meth:`Mirror.find`."""
        found = self.select(table, **{field: value})
        return found[0] if found else None

    def having(self, table: str, field: str, values: Sequence[int | str]) -> list[Row]:
        """See :meth:`Mirror.having`."""
        kept = self._table(table)
        return [kept.rows[n] for value in values for n in kept.by(field, value)]

    def column(self, table: str, field: str) -> dict[int, Any]:
        """See :meth:`Mirror.column`."""
        return {row_id: row.values[field] for row_id, row in self._table(table).rows.items()}

    def count(self, table: str) -> int:
        """See :meth:`Mirror.count`."""
        return len(self._table(table).rows)

    def ids(self, table: str) -> dict[int, str]:
        """See :meth:`Mirror.ids`."""
        return {row_id: row.born for row_id, row in self._table(table).rows.items()}

    def cursor(self, table: str) -> str | None:
        """See :meth:`Mirror.cursor`."""
        if table not in self._cursors:
            self._cursors[table] = super().cursor(table)
        return self._cursors[table]

    def get(self, key: str, default: str | None = None) -> str | None:
        """See :meth:`Mirror.get`."""
        if key not in self._notes:
            self._notes[key] = super().get(key)
        found = self._notes[key]
        return default if found is None else found

    # --- agenda -------------------------------------------------------------------------------------------------------
    def agenda(self) -> list[Item]:
        """See :meth:`Mirror.agenda`."""
        return self._waiting.in_order()

    def settle(self, items: Iterable[Item]) -> None:
        """See :meth:`Mirror.settle`."""
        self._waiting.settle(items)

    def rows(self, table: str, ids: Iterable[int]) -> list[Row]:
        """See :meth:`Mirror.rows`."""
        wanted = set(ids)
        found = {item.row_id: item.last for item in self._waiting.gone(table, wanted)}
        found |= {row.id: row for row in self.living(table, wanted)}
        return [row for _, row in sorted(found.items()) if row is not None]

    # --- writing ------------------------------------------------------------------------------------------------------
    def set(self, key: str, value: str) -> None:
        """See :meth:`Mirror.set`."""
        super().set(key, value)
        self._notes[key] = value

    @contextmanager
    def write(self) -> Iterator[MirrorWrite]:
        """See :meth:`Mirror.write`."""
        before = self._waiting.copy()
        try:
            with super().write() as tx:
                yield _Both(tx, self._known, self._cursors, self._waiting)
        except BaseException:
            self._waiting = before
            self._known.clear()
            self._cursors.clear()
            raise


class _Agenda:
    """What waits to be judged, by table, row id and life of the id."""

    def __init__(self, items: Mapping[tuple[str, int, str], Item] | None = None, revision: int = 0) -> None:
        self._items = dict(items or {})
        self._revision = revision

    def copy(self) -> "_Agenda":
        """As it is now."""
        return _Agenda(self._items, self._revision)

    def put(self, table: str, entries: Iterable[tuple[Row, Row | None, bool]], now: datetime) -> None:
        """See :meth:`MirrorWrite.queue`."""
        self._revision += 1
        for row, before, gone in entries:
            key = (table, row.id, row.born)
            known, values = self._items.get(key), None if before is None else before.values
            first, was = (now.astimezone(UTC), values) if known is None else (known.first_seen, known.before)
            last = row if gone else None
            self._items[key] = Item(table, row.id, was, gone, first, row.born, last, self._revision)

    def in_order(self) -> list[Item]:
        """In the order in which it was noticed."""
        return sorted(self._items.values(), key=lambda i: (i.first_seen, i.table, i.row_id, not i.gone, i.revision))

    def settle(self, items: Iterable[Item]) -> None:
        """See :meth:`Mirror.settle`."""
        for item in items:
            key = (item.table, item.row_id, item.born)
            if key in self._items and self._items[key].revision == item.revision:
                del self._items[key]

    def gone(self, table: str, ids: Collection[int]) -> list[Item]:
        """Deleted rows that wait; of several lives of an id the latest last."""
        found = [i for i in self._items.values() if i.gone and i.table == table and i.row_id in ids]
        return sorted(found, key=lambda item: item.revision)


class _Both(MirrorWrite):
    """Writes into SQL, and into what is known of the tables; the agenda into memory alone."""

    def __init__(
        self, tx: MirrorWrite, known: Mapping[str, _Table], cursors: dict[str, str | None], waiting: _Agenda
    ) -> None:
        super().__init__(tx.connection, tx._schema, tx._sql, tx._versions, tx.begun)
        self._known, self._cursors, self._waiting = known, cursors, waiting

    def _queue(self, table: str, entries: Sequence[tuple[Row, Row | None, bool]], now: datetime) -> None:
        """See :meth:`MirrorWrite.queue`."""
        self._waiting.put(table, entries, now)

    def put(
        self,
        table: str,
        rows: Iterable[Row],
        now: datetime | None = None,
        before: Mapping[int, Row] | None = None,
    ) -> None:
        """See :meth:`MirrorWrite.put`."""
        rows = list(rows)
        super().put(table, rows, now, before)
        if table in self._known:
            for row in rows:
                self._known[table].put(row)

    def drop(
        self,
        table: str,
        ids: Iterable[int],
        now: datetime | None = None,
        before: Mapping[int, Row] | None = None,
    ) -> None:
        """See :meth:`MirrorWrite.drop`."""
        ids = list(ids)
        super().drop(table, ids, now, before)
        if table in self._known:
            for row_id in ids:
                self._known[table].drop(row_id)

    def patch_all(
        self,
        table: str,
        rows: Mapping[int, Values],
        stamp: str = "",
        now: datetime | None = None,
        before: Mapping[int, Row] | None = None,
    ) -> None:
        """See :meth:`MirrorWrite.patch_all`."""
        super().patch_all(table, rows, stamp, now, before)
        kept, fields = self._known.get(table), self._schema[table]
        if kept is None:
            return
        for row_id, values in rows.items():
            if (old := kept.rows.get(row_id)) is not None:
                new = {name: canonical(fields[name], value) for name, value in values.items()}
                kept.put(Row(row_id, {**old.values, **new}, old.born, stamp))

    def _before(self, table: str, ids: Sequence[int]) -> Mapping[int, Row]:
        """See :class:`MirrorWrite`."""
        return self._known[table].rows if table in self._known else super()._before(table, ids)

    def set_cursor(self, table: str, cursor: str | None) -> None:
        """See :meth:`MirrorWrite.set_cursor`."""
        super().set_cursor(table, cursor)
        self._cursors[table] = cursor


def _any_of(wanted: object) -> Iterable[Any]:
    return wanted if isinstance(wanted, SEVERAL_VALUES) else (wanted,)
