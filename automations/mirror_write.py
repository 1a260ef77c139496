"""Writing the mirror: rows, what they said before, the agenda and the cursors, in one transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sql
from sqlalchemy import Connection

from automations import history
from automations.cells import values_to_text
from automations.mirror_tables import AGENDA, META, TABLES, by_id, parts, to_record, to_row, upsert
from automations.schema.model import Schema
from automations.tables.base import Row
from automations.tables.values import Values

_MOVE_CURSOR = (
    sql.update(TABLES).where(TABLES.c.name == sql.bindparam("table")).values(cursor=sql.bindparam("to_cursor"))
)
_REVISION = sql.select(META.c.value).where(META.c.key == "revision")


class MirrorWrite:
    """What can be written in one transaction; see :meth:`~automations.mirror.Mirror.write`.

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
        for part in parts(ids):
            self.connection.execute(sql.delete(target).where(target.c.id.in_(part)))

    def patch(self, table: str, id: int, values: Values, stamp: str = "", now: datetime | None = None) -> None:
        """See :meth:`~automations.mirror.Mirror.patch`."""
        self.patch_all(table, {id: values}, stamp, now)

    def patch_all(
        self,
        table: str,
        rows: Mapping[int, Values],
        stamp: str = "",
        now: datetime | None = None,
        before: Mapping[int, Row] | None = None,
    ) -> None:
        """As :meth:`~automations.mirror.Mirror.patch`, for several rows by id."""
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
        query = target.info.setdefault("by_id", by_id(target))
        found: dict[int, Row] = {}
        for part in parts(sorted(ids)):
            for record in self.connection.execute(query, {"ids": part}):
                found[record[0]] = to_row(self._schema[table], record)
        return found

    def set_cursor(self, table: str, cursor: str | None) -> None:
        """See :meth:`~automations.mirror.Mirror.set_cursor`."""
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


def _patch(target: sql.Table, names: tuple[str, ...]) -> sql.Update:
    """Sets these columns of a row; it lies with its table, as to build it takes longer than to carry it out."""
    known: dict[tuple[str, ...], sql.Update] = target.info.setdefault("patches", {})
    if names not in known:
        new: dict[str, Any] = {name: sql.bindparam(f"new__{name}") for name in (*names, "_stamp")}
        known[names] = sql.update(target).where(target.c.id == sql.bindparam("row__id")).values(new)
    return known[names]
