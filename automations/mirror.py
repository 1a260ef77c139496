"""A local SQL copy of the tables, one typed SQL table each, and the agenda: what changed and waits to be judged.

The SQL tables hold exactly the rows that live on the host as last read. Any tool may read them; ``_titles`` gives the
Chinese headings. The mirror is a cache: delete the file and the next pass reads everything anew. When ``schemas/``
changed, a table is rebuilt with what it already knew, so that only real differences are judged again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sql
from sqlalchemy import Column, Connection, Engine, MetaData

from automations import history
from automations.cells import SEVERAL, values_from_text, values_to_text
from automations.mirror_tables import (
    AGENDA,
    META,
    STEPS,
    TABLES,
    fit,
    must_fit,
    sql_table,
    to_record,
    to_row,
    upsert,
)
from automations.schema.model import Field, Schema
from automations.store import READING, Store, migrate, open_store
from automations.tables.base import Row
from automations.tables.values import Values

T = TypeVar("T")

# Written out once: to build a statement takes SQLAlchemy longer than SQLite takes to carry it out.
_WAITING = sql.select(AGENDA).order_by(
    AGENDA.c.first_seen, AGENDA.c.table_name, AGENDA.c.row_id, AGENDA.c.gone.desc(), AGENDA.c.revision
)
_SETTLE = sql.delete(AGENDA).where(
    AGENDA.c.table_name == sql.bindparam("t"),
    AGENDA.c.row_id == sql.bindparam("r"),
    AGENDA.c.born == sql.bindparam("b"),
    AGENDA.c.revision == sql.bindparam("v"),
)
_MOVE_CURSOR = (
    sql.update(TABLES).where(TABLES.c.name == sql.bindparam("table")).values(cursor=sql.bindparam("to_cursor"))
)
_REVISION = sql.select(META.c.value).where(META.c.key == "revision")

_CHUNK = 500  # ids in one query: far below every database's limit of parameters


@dataclass(frozen=True, slots=True)
class Item:
    """A row that waits to be judged.

    Attributes:
        table: Code name.
        row_id: The host's row id.
        before: Its values when it was last judged (the item was made); None for a row never judged.
        gone: It is not on the host any more.
        first_seen: When the change was first noticed, UTC.
        born: Which life of the id: see :class:`~automations.tables.base.Row`.
        last: The row as it was last read, for a gone one.
        revision: Grows with every change noticed; :meth:`Mirror.settle` needs it.
    """

    table: str
    row_id: int
    before: Values | None
    gone: bool
    first_seen: datetime
    born: str = ""
    last: Row | None = None
    revision: int = 0


class Mirror:
    """The local copy.

    Reading methods take code names and give canonical values. Writing outside :meth:`write` is one transaction a call.

    Args:
        url: SQLAlchemy address.
        schema: Tables to hold.
        looking: Another process writes it: nothing is made or fitted here.

    Attributes:
        versions: Grows by table whenever this process writes rows of it: who keeps something read of a table in mind
            sees whether to read again.

    Raises:
        StoreError: The store cannot be used, or holds a foreign table under the name of one of ours; to one that only
            looks: its tables are not those of ``schema``.
    """

    def __init__(self, url: str, schema: Schema, *, looking: bool = False) -> None:
        self.schema = schema
        self.store = Store(open_store(url, durable=False), "mirror")
        self.versions: Counter[str] = Counter()
        self._begun = False
        self._sql = {table.name: sql_table(MetaData(), table.name, table.fields) for table in schema}
        self._by_id = {name: _by_id(target) for name, target in self._sql.items()}
        try:
            if looking:
                with self.store.read() as connection:
                    must_fit(connection, schema)
                return
            migrate(self.store, STEPS)
            with self.store.write() as connection:
                fit(connection, schema, self._sql)
        except BaseException:
            self.store.close()
            raise

    @property
    def engine(self) -> Engine:
        """For SQL and pandas: reads without holding up the worker."""
        return self.store.engine.execution_options(**READING)

    def close(self) -> None:
        """Let go of all connections."""
        self.store.close()

    # --- rows -----------------------------------------------------------------------------------------------------
    def row(self, table: str, id: int) -> Row | None:
        """One row. A deleted one is still given, as last read, while it waits on the agenda."""
        found = self.rows(table, [id])
        return found[0] if found else None

    def rows(self, table: str, ids: Iterable[int]) -> list[Row]:
        """These rows, by id, deleted ones that still wait included; unknown ids are left out."""
        wanted = sorted(set(ids))
        living = {row.id: row for row in self.living(table, wanted)}
        missing = [id for id in wanted if id not in living]
        for part in _parts(missing):
            query = (
                sql.select(AGENDA)
                .where(AGENDA.c.table_name == table, AGENDA.c.gone, AGENDA.c.row_id.in_(part))
                .order_by(AGENDA.c.revision)  # of several lives the latest
            )
            with self.store.read() as connection:
                for record in connection.execute(query):
                    last = self._item(record).last
                    if last is not None:
                        living[last.id] = last
        return [living[id] for id in sorted(living)]

    def living(self, table: str, ids: Iterable[int]) -> list[Row]:
        """These rows as they live on the host, by id; others are left out."""
        found: list[Row] = []
        with self.store.read() as connection:
            for part in _parts(sorted(set(ids))):
                records = connection.execute(self._by_id[table], {"ids": part})
                found += [to_row(self.schema[table], record) for record in records]
        return found

    def select(self, table: str, /, **equal: object) -> list[Row]:
        """Rows whose fields equal the given values, by id.

        None means empty; a tuple, list or set means any of these.

        Raises:
            ValueError: A field with several values in a cell cannot be compared in SQL.
        """
        target = self._sql[table]
        query = sql.select(target).order_by(target.c.id)
        for name, wanted in equal.items():
            query = query.where(_condition(self.schema[table][name], target.c[name], wanted))
        with self.store.read() as connection:
            return [to_row(self.schema[table], record) for record in connection.execute(query)]

    def find(self, table: str, field: str, value: object) -> Row | None:
        """The first row, by id, whose ``field`` is ``value``."""
        target = self._sql[table]
        condition = _condition(self.schema[table][field], target.c[field], value)
        with self.store.read() as connection:
            record = connection.execute(sql.select(target).where(condition).order_by(target.c.id).limit(1)).first()
        return None if record is None else to_row(self.schema[table], record)

    def linked(self, table: str, field: str, ids: Iterable[int]) -> dict[int, list[Row]]:
        """Rows whose link ``field`` names one of ``ids``, by that id; ids without any are left out."""
        found: dict[int, list[Row]] = {}
        for row in self.having(table, field, sorted(set(ids))):
            found.setdefault(int(row[field]), []).append(row)  # type: ignore[arg-type]
        return found

    def having(self, table: str, field: str, values: Sequence[int | str]) -> list[Row]:
        """Rows in whose ``field`` one of these (different) values stands, however many; by id as far as they go."""
        target, found = self._sql[table], []
        some = target.c[field].in_(sql.bindparam("some", expanding=True))
        query = sql.select(target).where(some).order_by(target.c.id)
        with self.store.read() as connection:
            for part in _parts(values):
                records = connection.execute(query, {"some": part})
                found += [to_row(self.schema[table], record) for record in records]
        return found

    def column(self, table: str, field: str) -> dict[int, Any]:
        """One field of every living row, by row id."""
        target = self._sql[table]
        with self.store.read() as connection:
            return {row_id: value for row_id, value in connection.execute(sql.select(target.c.id, target.c[field]))}

    def count(self, table: str) -> int:
        """Number of living rows."""
        with self.store.read() as connection:
            return connection.execute(sql.select(sql.func.count()).select_from(self._sql[table])).scalar_one()

    def as_of(self, table: str, moment: datetime) -> list[Row]:
        """The rows as they stood at ``moment``, by id; see :mod:`automations.history`."""
        with self.store.snapshot() as connection:
            return history.back(connection, self.schema[table], self.select(table), moment)

    @property
    def remembers_since(self) -> datetime | None:
        """From when on changes are remembered; None where nothing was read yet."""
        with self.store.read() as connection:
            return history.since(connection)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside is of one and the same state, whatever a worker writes meanwhile."""
        with self.store.snapshot():
            yield

    def ids(self, table: str) -> dict[int, str]:
        """Every living row id with its ``born`` stamp."""
        target = self._sql[table]
        with self.store.read() as connection:
            return {id: born for id, born in connection.execute(sql.select(target.c.id, target.c["_born"]))}

    # --- agenda ---------------------------------------------------------------------------------------------------
    def agenda(self) -> list[Item]:
        """Everything that waits to be judged, in the order it was noticed."""
        with self.store.read() as connection:
            return [self._item(record) for record in connection.execute(_WAITING)]

    def settle(self, items: Iterable[Item]) -> None:
        """Take judged items off the agenda, except those that changed again since they were read."""
        keys = [{"t": i.table, "r": i.row_id, "b": i.born, "v": i.revision} for i in items]
        if not keys:
            return
        with self.store.write() as connection:
            connection.execute(_SETTLE, keys)

    def _item(self, record: Any) -> Item:
        table = self.schema[record.table_name]
        last = None
        if record.last is not None:
            last = Row(record.row_id, values_from_text(table, record.last), record.born, record.stamp)
        return Item(
            table=table.name,
            row_id=record.row_id,
            before=None if record.before is None else values_from_text(table, record.before),
            gone=record.gone,
            first_seen=record.first_seen,
            born=record.born,
            last=last,
            revision=record.revision,
        )

    # --- cursor and notes -----------------------------------------------------------------------------------------
    def cursor(self, table: str) -> str | None:
        """Where the next quick pass goes on; None: everything must be read."""
        with self.store.read() as connection:
            return connection.execute(sql.select(TABLES.c.cursor).where(TABLES.c.name == table)).scalar()

    def get(self, key: str, default: str | None = None) -> str | None:
        """A note kept by :meth:`set`."""
        with self.store.read() as connection:
            found = connection.execute(sql.select(META.c.value).where(META.c.key == key)).scalar()
        return default if found is None else found

    # --- writing --------------------------------------------------------------------------------------------------
    @contextmanager
    def write(self) -> Iterator["MirrorWrite"]:
        """One transaction for rows, agenda and cursor together."""
        with self.store.write() as connection:
            tx = MirrorWrite(connection, self.schema, self._sql, self.versions, self._begun)
            yield tx
        self._begun = tx.begun

    def put(self, table: str, rows: Iterable[Row], now: datetime | None = None) -> None:
        """Keep these rows as they are now."""
        with self.write() as tx:
            tx.put(table, rows, now)

    def drop(self, table: str, ids: Iterable[int], now: datetime | None = None) -> None:
        """Forget these rows."""
        with self.write() as tx:
            tx.drop(table, ids, now)

    def patch(self, table: str, id: int, values: Values, stamp: str = "", now: datetime | None = None) -> None:
        """Note what the worker itself just wrote on the host.

        The stamp becomes unknown, so that the next quick pass has the row's history read even if its content then
        equals ours: somebody may have edited it in between. A row the mirror does not know yet is left to that pass.
        """
        with self.write() as tx:
            tx.patch(table, id, values, stamp, now)

    def set_cursor(self, table: str, cursor: str | None) -> None:
        """Where the next quick pass goes on."""
        with self.write() as tx:
            tx.set_cursor(table, cursor)

    def set(self, key: str, value: str) -> None:
        """Keep a note."""
        with self.store.write() as connection:
            upsert(connection, META, [{"key": key, "value": value}])


class MirrorWrite:
    """What can be written in one transaction; see :meth:`Mirror.write`.

    What is overwritten or dropped goes into the history, if it is said when that was noticed (``now``); a repair of the
    copy itself says no time. ``before`` are the rows as the mirror knows them, where the caller has read them already.
    """

    def __init__(
        self,
        connection: Connection,
        schema: Schema,
        tables: Mapping[str, sql.Table],
        versions: Counter[str],
        begun: bool = False,
    ) -> None:
        self.connection = connection
        self.begun = begun
        self._versions = versions
        self._schema = schema
        self._sql = tables
        self._revision: int | None = None

    def put(
        self,
        table: str,
        rows: Iterable[Row],
        now: datetime | None = None,
        before: Mapping[int, Row] | None = None,
    ) -> None:
        """Keep these rows as they are now."""
        self._versions[table] += 1
        rows = list(rows)
        if now is not None and rows:
            self._remember(table, {row.id: row.values for row in rows}, now, before)
        names = [field.name for field in self._schema[table].fields]
        upsert(self.connection, self._sql[table], [to_record(row, names) for row in rows])

    def drop(
        self,
        table: str,
        ids: Iterable[int],
        now: datetime | None = None,
        before: Mapping[int, Row] | None = None,
    ) -> None:
        """Forget these rows."""
        self._versions[table] += 1
        target, ids = self._sql[table], list(ids)
        if now is not None and ids:
            self._begin(now)
            known = self._before(table, ids) if before is None else before
            history.ended(self.connection, self._schema[table], [known[id] for id in ids if id in known], now)
        for part in _parts(ids):
            self.connection.execute(sql.delete(target).where(target.c.id.in_(part)))

    def patch(self, table: str, id: int, values: Values, stamp: str = "", now: datetime | None = None) -> None:
        """See :meth:`Mirror.patch`."""
        self.patch_all(table, {id: values}, stamp, now)

    def patch_all(
        self,
        table: str,
        rows: Mapping[int, Values],
        stamp: str = "",
        now: datetime | None = None,
        before: Mapping[int, Row] | None = None,
    ) -> None:
        """As :meth:`Mirror.patch`, for several rows by id."""
        self._versions[table] += 1
        if now is not None and rows:
            self._remember(table, rows, now, before)
        target = self._sql[table]
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row_id, values in rows.items():
            cells = {f"new__{name}": value for name, value in values.items()}
            alike.setdefault(tuple(values), []).append({**cells, "new___stamp": stamp, "row__id": row_id})
        for names, records in alike.items():
            self.connection.execute(_patch(target, names), records)

    def _remember(
        self, table: str, after: Mapping[int, Values], now: datetime, before: Mapping[int, Row] | None
    ) -> None:
        self._begin(now)
        known = self._before(table, list(after)) if before is None else before
        history.changed(self.connection, self._schema[table], known, after, now)

    def _begin(self, now: datetime) -> None:
        """Note since when this mirror remembers; looked up once by each process."""
        if not self.begun:
            history.begin(self.connection, now)
            self.begun = True

    def _before(self, table: str, ids: Sequence[int]) -> Mapping[int, Row]:
        """These rows as the mirror knows them."""
        target = self._sql[table]
        query = target.info.setdefault("by_id", _by_id(target))
        found: dict[int, Row] = {}
        for part in _parts(sorted(ids)):
            for record in self.connection.execute(query, {"ids": part}):
                found[record[0]] = to_row(self._schema[table], record)
        return found

    def set_cursor(self, table: str, cursor: str | None) -> None:
        """See :meth:`Mirror.set_cursor`."""
        self.connection.execute(_MOVE_CURSOR, {"table": table, "to_cursor": cursor})

    def queue(self, table: str, entries: Sequence[tuple[Row, Row | None]], now: datetime) -> None:
        """Put living rows on the agenda, each with the row it was before (None: new).

        What already waits keeps its ``before`` and its place, and is marked as changed again.
        """
        self._queue(table, [(row, before, False) for row, before in entries], now)

    def queue_gone(self, table: str, rows: Sequence[Row], now: datetime) -> None:
        """Put deleted rows on the agenda, each as it was last read."""
        self._queue(table, [(row, row, True) for row in rows], now)

    def _queue(self, table: str, entries: Sequence[tuple[Row, Row | None, bool]], now: datetime) -> None:
        revision = self._next_revision() if entries else 0
        records = [
            {
                "table_name": table,
                "row_id": row.id,
                "born": row.born,
                "before": None if before is None else values_to_text(before.values),
                "gone": gone,
                "last": values_to_text(row.values) if gone else None,
                "stamp": row.stamp if gone else "",
                "first_seen": now,
                "revision": revision,
            }
            for row, before, gone in entries
        ]
        upsert(self.connection, AGENDA, records, keep=("before", "first_seen"))

    def _next_revision(self) -> int:
        """A number higher than any item ever had: an item settled and noticed anew is not the old one."""
        if self._revision is None:
            self._revision = int(self.connection.execute(_REVISION).scalar() or 0) + 1
            upsert(self.connection, META, [{"key": "revision", "value": str(self._revision)}])
        return self._revision


def _by_id(target: sql.Table) -> sql.Select[Any]:
    return sql.select(target).where(target.c.id.in_(sql.bindparam("ids", expanding=True))).order_by(target.c.id)


def _patch(target: sql.Table, names: tuple[str, ...]) -> sql.Update:
    """Sets these columns of a row; it lies with its table, as to build it takes longer than to carry it out."""
    known: dict[tuple[str, ...], sql.Update] = target.info.setdefault("patches", {})
    if names not in known:
        new: dict[str, Any] = {name: sql.bindparam(f"new__{name}") for name in (*names, "_stamp")}
        known[names] = sql.update(target).where(target.c.id == sql.bindparam("row__id")).values(new)
    return known[names]


def _condition(field: Field, target: Column[Any], wanted: object) -> sql.ColumnElement[bool]:
    if field.type in SEVERAL:
        raise ValueError(f"“{field.title}”一格可有多个值，不能按相等查找：请取出记录后再筛选")
    if isinstance(wanted, tuple | list | set | frozenset):
        values = [value for value in wanted if value is not None]
        some = target.in_(values)
        return sql.or_(some, target.is_(None)) if len(values) < len(wanted) else some
    return target.is_(None) if wanted is None else target == wanted


def _parts(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
