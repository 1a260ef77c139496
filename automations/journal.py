"""What was signed, refused, restored, sent and run: append-only, hash-chained, never lost.

Beside the chain lie small tables that say where things stand (cases, judged edits, codes, runs, the binding to the
host). They are written in the same durable transaction as the entries, and the chain records a digest of every row of
theirs, so that changing one by hand is found too.
"""

import json
import os
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sql
from sqlalchemy import Connection, Engine, MetaData

from automations import chain
from automations import journal_tables as kept
from automations.chain import Entry, Verdict
from automations.errors import JournalBroken, StoreError
from automations.store import Store, migrate, open_store
from automations.tables.values import canonical_json

_CODE = re.compile(r"(?P<prefix>.+)-(?P<year>\d{4})-(?P<serial>\d{1,15})")
T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """Where one matter stands; ``data`` is what :meth:`JournalWrite.put_case` was given."""

    subject: str
    table: str
    status: str
    data: dict[str, Any]


class Journal:
    """The worker's memory and evidence.

    Inside a :meth:`write` block the reading methods see what the block has written so far.

    Attributes:
        fence: Called at the start of every write; raises if this process may not write any more (see ``lease.py``).

    Args:
        url: SQLAlchemy address.
    """

    def __init__(self, url: str) -> None:
        self.store = Store(open_store(url, durable=True), "journal")
        self.fence: Callable[[Connection], None] | None = None
        try:
            migrate(self.store, kept.STEPS)
        except BaseException:
            self.store.close()
            raise

    @property
    def engine(self) -> Engine:
        """For modules that keep their own tables in this store."""
        return self.store.engine

    def create_all(self, metadata: MetaData) -> None:
        """Add the missing tables of another module to this store."""
        with self.store.write() as connection:
            metadata.create_all(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self.store.close()

    # --- writing --------------------------------------------------------------------------------------------------
    @contextmanager
    def write(self, *, fenced: bool = True, now: datetime | None = None) -> Iterator["JournalWrite"]:
        """One durable transaction: all of it or nothing.

        Args:
            fenced: Ask :attr:`fence` first. Only the lease itself goes without.
            now: The time of what is recorded without an entry of its own; else that of the entry before.
        """
        with self.store.write() as connection:
            if fenced and self.fence is not None:
                self.fence(connection)
            tx = JournalWrite(connection, now)
            yield tx
            tx.close()

    def save_binding(self, host: str, data: Mapping[str, Any], now: datetime | None = None) -> None:
        """Keep how the schema is tied to the ids of one host."""
        with self.write(now=now) as tx:
            tx.save_binding(host, data)

    # --- reading the chain ------------------------------------------------------------------------------------------
    def entries(
        self,
        subject: str | None = None,
        kind: str | None = None,
        after: int = 0,
        limit: int | None = None,
        since: datetime | None = None,
    ) -> list[Entry]:
        """Entries with ``seq > after`` of things done at ``since`` or later, oldest first."""
        query = sql.select(chain.entries).where(chain.entries.c.seq > after).order_by(chain.entries.c.seq).limit(limit)
        if subject is not None:
            query = query.where(chain.entries.c.subject == subject)
        if kind is not None:
            query = query.where(chain.entries.c.kind == kind)
        if since is not None:
            query = query.where(chain.entries.c.at >= since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"))
        with self.store.read() as connection:
            return [chain.read(row) for row in connection.execute(query).mappings()]

    def last(self) -> Entry | None:
        """The newest entry."""
        query = sql.select(chain.entries).order_by(chain.entries.c.seq.desc()).limit(1)
        with self.store.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else chain.read(row)

    def verify(self) -> Verdict:
        """Walk the chain from the first entry, then compare the small tables with what it recorded of them."""
        recorded: dict[tuple[str, str], tuple[str, int]] = {}
        with self.store.snapshot() as connection:
            verdict = chain.walk(connection, recorded)
            if not verdict.ok:
                return verdict
            return chain.compare(connection, kept.PROJECTIONS, recorded, verdict.checked) or verdict

    def check(self) -> None:
        """Like :meth:`verify`, for those who cannot go on without.

        Raises:
            JournalBroken: Something does not add up.
        """
        verdict = self.verify()
        if not verdict.ok:
            raise JournalBroken(verdict.message)

    # --- where things stand -----------------------------------------------------------------------------------------
    def case(self, subject: str) -> dict[str, Any] | None:
        """What was last put for this subject."""
        found = self._scalar(kept.CASE, subject=subject)
        return None if found is None else dict(json.loads(found))

    def cases(self, table: str | None = None, status: str | None = None) -> list[Case]:
        """All cases, by subject."""
        query = sql.select(kept.cases).order_by(kept.cases.c.subject)
        if table is not None:
            query = query.where(kept.cases.c.table_name == table)
        if status is not None:
            query = query.where(kept.cases.c.status == status)
        with self.store.read() as connection:
            return [Case(r.subject, r.table_name, r.status, json.loads(r.data)) for r in connection.execute(query)]

    def cases_of(self, subjects: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What was last put for these subjects, all at once; those without are left out."""
        found: dict[str, dict[str, Any]] = {}
        with self.store.read() as connection:
            for part in _parts(subjects):
                rows = connection.execute(kept.CASES_OF, {"subjects": part})
                found |= {subject: json.loads(data) for subject, data in rows}
        return found

    def seen(self, table: str, row_id: int) -> str:
        """``order`` of the last judged edit of a row; "" if none was."""
        return self.seen_of({table: [row_id]}).get((table, row_id), "")

    def seen_of(self, rows: Mapping[str, Collection[int]]) -> dict[tuple[str, int], str]:
        """``order`` of the last judged edits of these rows (ids by table), all at once; those without are left out."""
        found: dict[tuple[str, int], str] = {}
        with self.store.read() as connection:
            for table, ids in rows.items():
                for part in _parts(ids):
                    judged = connection.execute(kept.SEEN_OF, {"table": table, "ids": part})
                    found |= {(table, row_id): order for row_id, order in judged}
        return found

    def numbered(self, table: str, row_id: int, born: str) -> str | None:
        """The code that a row holds."""
        return self._scalar(kept.CODE_OF, table=table, row_id=row_id, born=born)

    def codes(self, table: str, ids: Iterable[int]) -> dict[tuple[int, str], str]:
        """The codes that rows with these ids hold, all at once: by (row id, born)."""
        found: dict[tuple[int, str], str] = {}
        with self.store.read() as connection:
            for part in _parts(ids):
                rows = connection.execute(kept.CODES, {"table": table, "ids": part})
                found |= {(row_id, born): code for row_id, born, code in rows}
        return found

    def load_binding(self, host: str) -> dict[str, Any] | None:
        """What :meth:`save_binding` kept."""
        found = self._scalar(sql.select(kept.bindings.c.data).where(kept.bindings.c.host == host))
        return None if found is None else dict(json.loads(found))

    def last_runs(self, jobs: Iterable[str]) -> dict[str, str]:
        """The latest slots of these jobs that somebody claimed, all at once; those that never ran are left out."""
        found: dict[str, str] = {}
        with self.store.read() as connection:
            for part in _parts(jobs):
                found |= {job: slot for job, slot in connection.execute(kept.LAST_RUNS, {"jobs": part})}
        return found

    def _scalar(self, query: sql.Select[Any], **values: Any) -> str | None:
        with self.store.read() as connection:
            return connection.execute(query, values).scalar()

    # --- backup -----------------------------------------------------------------------------------------------------
    def backup(self, to: Path) -> None:
        """Copy a SQLite journal to ``to`` while it is in use. The copy is checked before it gets its name.

        Raises:
            StoreError: ``to`` exists, cannot be written, or the journal lives on PostgreSQL.
        """
        if self.store.postgresql:
            raise StoreError("日志存放在 PostgreSQL 上：请用 pg_dump 备份该数据库。")
        if to.exists():
            raise StoreError(f"备份文件 {to} 已存在，不会覆盖：请换一个名字。")
        part = to.with_name(to.name + ".part")
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            with self.store.read() as connection:
                _copy(connection, part)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(part, to)
        except (OSError, sqlite3.Error) as error:
            if part.exists():
                part.unlink()
            raise StoreError(f"备份到 {to} 没有成功（{error}）：请检查磁盘空间和权限后重试。") from error


@dataclass(frozen=True, slots=True)
class Unnumbered:
    """A row without a code, and what its code begins with: see :meth:`JournalWrite.number_new`."""

    prefix: str
    year: int
    table: str
    row_id: int
    born: str


class JournalWrite:
    """What can be done in one transaction; see :meth:`Journal.write`.

    Attributes:
        connection: For modules that keep their own tables in this store.
    """

    def __init__(self, connection: Connection, now: datetime | None) -> None:
        self.connection = connection
        self._now = now
        self._digests: dict[str, dict[str, str]] = {}
        self._tail = chain.Tail(connection)
        self._upserts = kept.UPSERTS[connection.dialect.name]

    def append(self, kind: str, subject: str, data: Any, at: datetime) -> Entry:
        """Write one entry; ``data`` must be JSON."""
        self._now = at
        return self._tail.append(kind, subject, data, at)

    def put_case(self, subject: str, table: str, status: str, data: Mapping[str, Any]) -> None:
        """Say where a matter stands now."""
        values = {"subject": subject, "table_name": table, "status": status, "data": canonical_json(dict(data))}
        self._put(kept.cases, [values])

    def see(self, table: str, row_id: int, order: str) -> None:
        """Note the last judged edit of a row."""
        self.see_all({(table, row_id): order})

    def see_all(self, orders: Mapping[tuple[str, int], str]) -> None:
        """Note the last judged edits of these rows, by table and row id."""
        self._put(
            kept.seen,
            [{"table_name": table, "row_id": row_id, "edit_order": order} for (table, row_id), order in orders.items()],
        )

    def number(self, prefix: str, year: int, table: str, row_id: int, born: str) -> str:
        """The row's code, e.g. ``ZC-2026-0158``: the one it already holds, else the next of prefix and year."""
        held = self._code(table, row_id, born)
        return held if held is not None else self.number_new([Unnumbered(prefix, year, table, row_id, born)])[0]

    def number_new(self, rows: Sequence["Unnumbered"]) -> list[str]:
        """Codes of different rows that hold none so far, in their order: each the next of its prefix and year."""
        last: dict[tuple[str, int], int] = {}
        new: list[dict[str, Any]] = []
        for row in rows:
            kind = row.prefix, row.year
            if kind not in last:
                last[kind] = (
                    self.connection.execute(kept.HIGHEST, {"prefix": row.prefix, "year": row.year}).scalar() or 0
                )
            last[kind] += 1
            code = f"{row.prefix}-{row.year}-{last[kind]:04d}"
            new.append(_number(code, row.prefix, row.year, last[kind], row.table, row.row_id, row.born))
        self._put(kept.numbers, new)
        return [str(values["code"]) for values in new]

    def register(self, code: str, table: str, row_id: int, born: str) -> bool:
        """Note that a row came with its code; new codes go on after the highest.

        Returns:
            Whether ``code`` now is this row's: not if another row holds it, nor if the row holds another.
        """
        held = self._code(table, row_id, born)
        if held is not None:
            return held == code
        if self.connection.execute(kept.HOLDER, {"code": code}).first():
            return False
        parts = _CODE.fullmatch(code)
        if parts:
            values = _number(code, parts["prefix"], int(parts["year"]), int(parts["serial"]), table, row_id, born)
        else:
            values = _number(code, "", 0, 0, table, row_id, born)
        self._put(kept.numbers, [values])
        return True

    def move(self, code: str, table: str, row_id: int, born: str) -> None:
        """A row that was brought back lives under another id now; it keeps its code."""
        self.move_all({code: (table, row_id, born)})

    def move_all(self, places: Mapping[str, tuple[str, int, str]]) -> None:
        """As :meth:`move`, for several: table, row id and birth by code."""
        known: dict[str, dict[str, Any]] = {}
        for part in _parts(places):
            known |= {
                row["code"]: dict(row) for row in self.connection.execute(kept.HOLDERS, {"codes": part}).mappings()
            }
        moved = [
            {**known[code], "table_name": table, "row_id": row_id, "born": born}
            for code, (table, row_id, born) in places.items()
        ]
        self._put(kept.numbers, moved)

    def save_binding(self, host: str, data: Mapping[str, Any]) -> None:
        """See :meth:`Journal.save_binding`."""
        self._put(kept.bindings, [{"host": host, "data": canonical_json(dict(data))}])

    def claim_run(self, job: str, slot: str, now: datetime) -> bool:
        """Take one slot of a job; False if somebody did before. Slots sort as text: use ISO times of one zone."""
        if self.connection.execute(kept.RUN, {"job": job, "slot": slot}).first():
            return False
        self._now = self._now or now
        self._put(kept.runs, [{"job": job, "slot": slot, "at": now.astimezone(UTC).isoformat()}])
        return True

    def close(self) -> None:
        """Record in the chain what the small tables hold now."""
        if self._digests:
            self._tail.append(chain.PROJECTION, "", self._digests, self._now or self._tail.at or _EPOCH)
        self._tail.close()

    def _code(self, table: str, row_id: int, born: str) -> str | None:
        return self.connection.execute(kept.CODE_OF, {"table": table, "row_id": row_id, "born": born}).scalar()

    def _put(self, table: sql.Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert or overwrite these rows of a small table, and keep their digests for the chain."""
        if rows:
            self.connection.execute(self._upserts[table.name], rows)
            digests = self._digests.setdefault(table.name, {})
            digests |= {chain.row_key(table, values): chain.row_digest(values) for values in rows}


def _parts(keys: Iterable[T]) -> Iterator[list[T]]:
    """As many keys as a query may hold on every database."""
    rest = iter(keys)
    while part := list(islice(rest, 500)):
        yield part


def _number(code: str, prefix: str, year: int, serial: int, table: str, row_id: int, born: str) -> dict[str, Any]:
    place = {"table_name": table, "row_id": row_id, "born": born}
    return {"code": code, "prefix": prefix, "year": year, "serial": serial, **place}


def _copy(connection: Connection, to: Path) -> None:
    source: Any = connection.connection.driver_connection
    target = sqlite3.connect(to)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        if (found := target.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(found)
    finally:
        target.close()
