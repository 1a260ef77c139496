"""The chain: journal entries, each sealed with the hash of the one before.

The hash of an entry is SHA-256 over the canonical JSON of ``{seq, at, kind, subject, data, prev}``, where ``at`` and
``data`` are the texts as stored. Anybody can recompute it from the SQL table with a few lines of any language.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import sqlalchemy as sql
from sqlalchemy import Column, Connection, MetaData

from automations.cells import BIG
from automations.tables.values import canonical_json

GENESIS = "0" * 64
"""``prev`` of the first entry."""

PROJECTION = "projection"
"""Kind of the entries that record digests of the small tables beside the chain."""

_PAGE = 2000

metadata = MetaData()

entries = sql.Table(
    "entries",
    metadata,
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("at", sql.Text, nullable=False),
    Column("kind", sql.Text, nullable=False, index=True),
    Column("subject", sql.Text, nullable=False, index=True),
    Column("data", sql.Text, nullable=False),
    Column("prev", sql.Text, nullable=False, unique=True),  # two entries after the same one would be a fork
    Column("hash", sql.Text, nullable=False, unique=True),
)
head = sql.Table(  # where the chain ends, so that a chain cut short is noticed
    "chain_head",
    metadata,
    Column("id", sql.Integer, primary_key=True, autoincrement=False),
    Column("seq", BIG, nullable=False),
    Column("hash", sql.Text, nullable=False),
)

Flaw: TypeAlias = Literal["hash", "link", "gap", "head", "projection"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. ``at`` is UTC; ``data`` is JSON."""

    seq: int
    at: datetime
    kind: str
    subject: str
    data: Any
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What :meth:`~automations.journal.Journal.verify` found.

    Attributes:
        ok: Everything adds up.
        checked: Entries that were walked.
        seq: The first broken entry; for a differing projection the entry that recorded it, None if none did.
        why: ``hash`` the entry was altered; ``link`` it does not follow the one before; ``gap`` entries are missing;
            ``head`` the end is missing; ``projection`` a small table differs from what the chain recorded.
        message: The same in Chinese, with the next step.
    """

    ok: bool
    checked: int
    seq: int | None = None
    why: Flaw | None = None
    message: str = ""


def digest(seq: int, at: str, kind: str, subject: str, data: str, prev: str) -> str:
    """The hash of an entry from its stored texts."""
    body = {"seq": seq, "at": at, "kind": kind, "subject": subject, "data": data, "prev": prev}
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()


_LAST = sql.select(entries.c.seq, entries.c.hash, entries.c.at).order_by(entries.c.seq.desc()).limit(1)
_ADD, _BEGIN_HEAD = sql.insert(entries), sql.insert(head)
_MOVE_HEAD = sql.update(head).values(seq=sql.bindparam("to_seq"), hash=sql.bindparam("to_hash"))


class Tail:
    """The end of the chain in one transaction, whose caller is alone among writers.

    Where the chain ends is read before the first entry and noted after the last (:meth:`close`): nobody else can add
    one in between, and a transaction that breaks off takes its entries back with it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._end: tuple[int, str] | None = None
        self._first = self._new = False
        self._at: str | None = None

    def _read(self) -> tuple[int, str]:
        if self._end is None:
            last = self._connection.execute(_LAST).first()
            self._end, self._at = ((last.seq, last.hash), last.at) if last else ((0, GENESIS), None)
            self._first = last is None
        return self._end

    @property
    def at(self) -> datetime | None:
        """The time of the last entry; None before the first."""
        self._read()
        return None if self._at is None else datetime.fromisoformat(self._at)

    def append(self, kind: str, subject: str, data: Any, at: datetime) -> Entry:
        """Add one entry at the end.

        Raises:
            TypeError: ``data`` is not JSON (use :func:`~automations.tables.values.to_json` for values).
            ValueError: ``at`` has no time zone, or ``data`` holds NaN.
        """
        if at.tzinfo is None:
            raise ValueError("a journal entry needs a time with its zone")
        moment, text = at.astimezone(UTC).isoformat(), canonical_json(data)
        end, prev = self._read()
        seq = end + 1
        seal = digest(seq, moment, kind, subject, text, prev)
        row = {"seq": seq, "at": moment, "kind": kind, "subject": subject, "data": text, "prev": prev, "hash": seal}
        self._connection.execute(_ADD, row)
        self._end, self._at, self._new = (seq, seal), moment, True
        return read(row)

    def close(self) -> None:
        """Note where the chain ends now."""
        if not self._new:
            return
        seq, seal = self._read()
        if self._first:
            self._connection.execute(_BEGIN_HEAD, {"id": 1, "seq": seq, "hash": seal})
        else:
            self._connection.execute(_MOVE_HEAD, {"to_seq": seq, "to_hash": seal})


def read(row: Any) -> Entry:
    """An entry from its SQL row (a mapping)."""
    return Entry(**{**row, "at": datetime.fromisoformat(row["at"]), "data": json.loads(row["data"])})


def walk(connection: Connection, recorded: dict[tuple[str, str], tuple[str, int]]) -> Verdict:
    """Check every entry and the end of the chain.

    Args:
        connection: Sees one unchanging state of the store.
        recorded: Filled with what the chain says of the projections: (table, key) → (digest, seq).
    """
    seq, prev = 0, GENESIS
    for row in _pages(connection):
        if row.seq != seq + 1:
            missing = str(seq + 1) if row.seq == seq + 2 else f"{seq + 1}–{row.seq - 1}"
            return _broken(seq, seq + 1, "gap", f"第 {missing} 条不见了")
        if row.prev != prev:
            return _broken(seq, row.seq, "link", f"第 {row.seq} 条接不上第 {seq} 条")
        if row.hash != digest(row.seq, row.at, row.kind, row.subject, row.data, row.prev):
            return _broken(seq, row.seq, "hash", f"第 {row.seq} 条（{row.at}，{row.kind}，{row.subject}）的内容被改过")
        if row.kind == PROJECTION:
            for table, digests in json.loads(row.data).items():
                recorded.update({(table, key): (value, row.seq) for key, value in digests.items()})
        seq, prev = row.seq, row.hash
    end = connection.execute(sql.select(head.c.seq, head.c.hash)).first()
    if (end.seq, end.hash) != (seq, prev) if end else seq > 0:
        if end and end.seq > seq:
            return _broken(seq, seq + 1, "head", f"末尾少了第 {seq + 1}–{end.seq} 条")
        return _broken(seq, seq, "head", "记录末尾的标记与最后一条不符")
    return Verdict(True, seq, message=f"日志完好：{seq} 条，环环相扣。")


def compare(
    connection: Connection,
    tables: Iterable[sql.Table],
    recorded: Mapping[tuple[str, str], tuple[str, int]],
    checked: int,
) -> Verdict | None:
    """The first row of ``tables`` that differs from what the chain recorded; None if all agree."""
    left = dict(recorded)
    for table in tables:
        for row in connection.execute(sql.select(table).order_by(*table.primary_key)).mappings():
            key = row_key(table, row)
            value, seq = left.pop((table.name, key), ("", None))
            if value != row_digest(row):
                return _differs(checked, seq, f"{table.name} 表的 {key} " + ("被改过" if value else "是外加的"))
    for (name, key), (_, seq) in left.items():
        return _differs(checked, seq, f"{name} 表的 {key} 不见了")
    return None


def row_key(table: sql.Table, row: Any) -> str:
    """The primary key of a projection's row as text."""
    return canonical_json([row[column.name] for column in table.primary_key])


def row_digest(row: Any) -> str:
    """The digest of a projection's row: SHA-256 over the canonical JSON of its columns by name."""
    return hashlib.sha256(canonical_json(dict(row)).encode()).hexdigest()


def _pages(connection: Connection) -> Iterator[Any]:
    after: int | None = None
    while True:
        query = sql.select(entries).order_by(entries.c.seq).limit(_PAGE)
        page = connection.execute(query if after is None else query.where(entries.c.seq > after)).all()
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def _broken(checked: int, seq: int, why: Flaw, what: str) -> Verdict:
    message = f"日志被动过：{what}。第 {checked} 条及以前完好。请停下程序，保留现场，与最近的备份核对。"
    return Verdict(False, checked, seq, why, message)


def _differs(checked: int, seq: int | None, what: str) -> Verdict:
    message = f"日志旁的登记被动过：{what}，与日志记载不符。请停下程序，保留现场，与最近的备份核对。"
    return Verdict(False, checked, seq, "projection", message)


def forbid_changes(connection: Connection) -> None:
    """Make the database itself refuse to change, replace or remove entries."""
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER entries_no_{verb.lower()} BEFORE {verb} ON entries "
                "BEGIN SELECT RAISE(ABORT, 'journal entries are append-only'); END"
            )
        # INSERT OR REPLACE removes the old row without firing the trigger above.
        connection.exec_driver_sql(
            "CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries WHEN EXISTS "
            "(SELECT 1 FROM entries WHERE seq = NEW.seq OR prev = NEW.prev OR hash = NEW.hash) "
            "BEGIN SELECT RAISE(ABORT, 'journal entries are append-only'); END"
        )
        return
    connection.exec_driver_sql(
        "CREATE FUNCTION entries_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'journal entries are append-only'; END $$"
    )
    connection.exec_driver_sql(
        "CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION entries_append_only()"
    )
