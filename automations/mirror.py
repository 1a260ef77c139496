"""A local SQL copy of the tables, one typed SQL table each, and the agenda: what changed and waits to be judged.

The SQL tables hold exactly the rows that live on the host as last read. Any tool may read them; ``_titles`` gives the
Chinese headings. The mirror is a cache: delete the file and the next pass reads everything anew. When ``schemas/``
changed, a table is rebuilt with what it already knew, so that only real differences are judged again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sql
from sqlalchemy import Column, Engine, MetaData

from automations import history
from automations.cells import SEVERAL, values_from_text
from automations.mirror_tables import (
    AGENDA,
    META,
    STEPS,
    TABLES,
    by_id,
    fit,
    must_fit,
    parts,
    sql_table,
    to_row,
    upsert,
)
from automations.mirror_write import MirrorWrite
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
        self._by_id = {name: by_id(target) for name, target in self._sql.items()}
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
        for part in parts(missing):
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
            for part in parts(sorted(set(ids))):
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
            for part in parts(values):
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
    def write(self) -> Iterator[MirrorWrite]:
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


def _condition(field: Field, target: Column[Any], wanted: object) -> sql.ColumnElement[bool]:
    if field.type in SEVERAL:
        raise ValueError(f"“{field.title}”一格可有多个值，不能按相等查找：请取出记录后再筛选")
    if isinstance(wanted, tuple | list | set | frozenset):
        values = [value for value in wanted if value is not None]
        some = target.in_(values)
        return sql.or_(some, target.is_(None)) if len(values) < len(wanted) else some
    return target.is_(None) if wanted is None else target == wanted
