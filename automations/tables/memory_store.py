"""What the memory host keeps, in SQLite: accounts, tables, columns, rows, history, files. It decides nothing."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from automations.errors import HostRefused, HostUnavailable, RowMissing
from automations.tables.memory_column import Column, Plain

_DDL = """
create table if not exists accounts (email text primary key, name text not null, active integer not null);
create table if not exists counters (kind text primary key, last integer not null);
create table if not exists tables (id text primary key, title text not null, position integer not null);
create table if not exists columns (
  id text primary key, table_id text not null, position integer not null, title text not null, type text not null,
  options text not null, to_table text, note text not null, decimals integer not null, standard text,
  reverse_of text);
create table if not exists rows (
  table_id text not null, id integer not null, born text not null, stamp text not null, created_by text,
  modified_by text, alive integer not null, cells text not null, primary key (table_id, id)) without rowid;
create index if not exists rows_by_stamp on rows (table_id, stamp);
create table if not exists edits (
  seq integer primary key autoincrement, table_id text not null, row_id integer not null, at text not null,
  account text, action text not null, before text not null, after text not null);
create index if not exists edits_by_row on edits (table_id, row_id, seq);
create table if not exists files (id text primary key, name text not null, content blob not null);
create table if not exists views (table_id text not null, title text not null, spec text not null);
create table if not exists hooks (url text primary key, secret text not null);
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One stored row."""

    id: int
    born: str
    stamp: str
    created_by: str | None
    modified_by: str | None
    cells: Plain


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored line of history; ``before`` and ``after`` by column id."""

    seq: int
    at: str
    account: str | None
    action: str
    before: Plain
    after: Plain


class Store:
    """The SQLite file (or memory) behind a memory server. One connection, one lock; a file may be shared by processes.

    Args:
        path: A file, or ``:memory:``.
        reuse_ids: Give the highest id again after its row was deleted, as NocoDB does.
    """

    def __init__(self, path: str, *, reuse_ids: bool = False) -> None:
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._lock = threading.RLock()
        self._reuse_ids = reuse_ids
        self._columns: dict[str, tuple[int, dict[str, Column]]] = {}
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(_DDL)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent look."""
        with self._transaction("begin"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One atomic write: all of it or nothing."""
        with self._transaction("begin immediate"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._lock:
            try:
                self._db.execute(begin)
            except sqlite3.Error as error:
                raise HostUnavailable(f"内存表格打不开（{error}）。请稍后再试。") from error
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                self._columns.clear()  # the number of a change that is taken back is given again
                raise
            self._db.execute("commit")

    def _next(self, kind: str) -> int:
        sql = "insert into counters values (?, 1) on conflict (kind) do update set last = last + 1 returning last"
        return int(self._db.execute(sql, (kind,)).fetchone()[0])

    # --- accounts, hooks, views, files ----------------------------------------------------------------------------
    def put_account(self, email: str, name: str, active: bool) -> None:
        """Add or change a login."""
        self._db.execute("insert or replace into accounts values (?, ?, ?)", (email.lower(), name, active))

    def accounts(self) -> list[tuple[str, str, bool]]:
        """(e-mail, name, active) of every login."""
        found = self._db.execute("select email, name, active from accounts order by rowid")
        return [(email, name, bool(active)) for email, name, active in found]

    def active(self, email: str) -> bool:
        """Whether there is such a login and it is open."""
        found = self._db.execute("select active from accounts where email = ?", (email,)).fetchone()
        return bool(found and found[0])

    def put_hook(self, url: str, secret: str) -> None:
        """Call this address on changes."""
        self._db.execute("insert or replace into hooks values (?, ?)", (url, secret))

    def hooks(self) -> list[tuple[str, str]]:
        """(address, secret) of every hook."""
        return list(self._db.execute("select url, secret from hooks"))

    def put_view(self, table: str, title: str, spec: Any) -> None:
        """Keep a view's title and meaning."""
        self._db.execute("insert into views values (?, ?, ?)", (table, title, json.dumps(spec, ensure_ascii=False)))

    def views(self, table: str) -> list[str]:
        """Titles of the table's views."""
        return [title for (title,) in self._db.execute("select title from views where table_id = ?", (table,))]

    def put_file(self, name: str, content: bytes) -> str:
        """Keep a file; its id."""
        file_id = f"a{self._next('file')}"
        self._db.execute("insert into files values (?, ?, ?)", (file_id, name, content))
        return file_id

    def file(self, file_id: str) -> bytes | None:
        """Content of a file."""
        found = self._db.execute("select content from files where id = ?", (file_id,)).fetchone()
        return bytes(found[0]) if found else None

    # --- tables and columns ---------------------------------------------------------------------------------------
    def tables(self) -> dict[str, str]:
        """Title by table id, in order."""
        return dict(self._db.execute("select id, title from tables order by position"))

    def table_id(self, table: str) -> str:
        """The id of a table given by id or title."""
        tables = self.tables()
        found = [table] if table in tables else [id for id, title in tables.items() if title == table]
        if not found:
            raise HostRefused(f"没有表“{table}”。请核对表名，或先运行 houqin apply。")
        return found[0]

    def add_table(self, title: str) -> str:
        """A new empty table; its id."""
        self._refuse_twice(title, self.tables().values(), "表")
        number = self._next("table")
        self._db.execute("insert into tables values (?, ?, ?)", (f"t{number}", title, number))
        return f"t{number}"

    def rename_table(self, table: str, title: str) -> None:
        """Another title."""
        self._refuse_twice(title, (t for id, t in self.tables().items() if id != table), "表")
        self._db.execute("update tables set title = ? where id = ?", (title, table))

    def columns(self, table: str) -> dict[str, Column]:
        """Columns of a table by id, in order.

        They are kept until any column is changed, by this process or by another: such changes are counted.
        """
        counted = self._db.execute("select last from counters where kind = 'change of columns'").fetchone()
        changes = int(counted[0]) if counted else 0
        kept = self._columns.get(table)
        if kept is None or kept[0] != changes:
            kept = self._columns[table] = changes, self._read_columns(table)
        return dict(kept[1])

    def _read_columns(self, table: str) -> dict[str, Column]:
        sql = (
            "select id, table_id, title, type, options, to_table, note, decimals, standard, reverse_of"
            " from columns where table_id = ? order by position"
        )
        found: dict[str, Column] = {}
        for id, owner, title, kind, options, to, note, decimals, standard, reverse_of in self._db.execute(
            sql, (table,)
        ):
            pairs = tuple((number, text) for number, text in json.loads(options))
            plain = json.loads(standard)
            found[id] = Column(id, owner, title, kind, pairs, to, note, decimals, plain, reverse_of)
        return found

    def _titles(self, table: str) -> list[str]:
        return [title for (title,) in self._db.execute("select title from columns where table_id = ?", (table,))]

    def column(self, table: str, column: str) -> Column:
        """A column given by id or title."""
        for found in self.columns(table).values():
            if column in (found.id, found.title):
                return found
        raise HostRefused(f"表“{self.tables().get(table, table)}”没有列“{column}”。请核对列名，或先运行 houqin plan。")

    def add_column(self, column: Column, options: Sequence[str]) -> Column:
        """A new column with these options; ``column.id`` is ignored."""
        self._refuse_twice(column.title, self._titles(column.table), "列")
        number = self._next("column")
        fresh = replace(column, id=f"f{number}", options=tuple((self._next("option"), text) for text in options))
        values = (*self._column_values(fresh), number)
        sql = (
            "insert into columns (title, type, options, to_table, note, decimals, standard, reverse_of, table_id, id,"
            " position) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        self._db.execute(sql, values)
        self._next("change of columns")
        return fresh

    def set_column(self, column: Column) -> None:
        """Store a changed column; cells stay as they are."""
        others = (c.title for c in self.columns(column.table).values() if c.id != column.id)
        self._refuse_twice(column.title, others, "列")
        sql = (
            "update columns set title = ?, type = ?, options = ?, to_table = ?, note = ?, decimals = ?, standard = ?,"
            " reverse_of = ? where table_id = ? and id = ?"
        )
        self._db.execute(sql, self._column_values(column))
        self._next("change of columns")

    def set_options(self, column: Column, options: Sequence[str]) -> Column:
        """Exactly these options: those of the same text keep their cells, cells of the others read as empty."""
        kept = {text: number for number, text in column.options}
        pairs = tuple((kept[text] if text in kept else self._next("option"), text) for text in dict.fromkeys(options))
        changed = replace(column, options=pairs)
        self.set_column(changed)
        return changed

    def delete_column(self, column: Column) -> None:
        """Remove a column; a two-way link goes on both sides."""
        pair = [column.id] if column.reverse_of is None else [column.id, column.reverse_of]
        for id in pair:
            self._db.execute("delete from columns where id = ? or reverse_of = ?", (id, id))
        self._next("change of columns")

    @staticmethod
    def _column_values(column: Column) -> tuple[Any, ...]:
        options = json.dumps(column.options, ensure_ascii=False)
        standard = json.dumps(column.standard, ensure_ascii=False)
        head = (column.title, column.type, options, column.to, column.note, column.decimals, standard)
        return (*head, column.reverse_of, column.table, column.id)

    @staticmethod
    def _refuse_twice(title: str, others: Iterator[str] | Any, what: str) -> None:
        if title in set(others):
            raise HostRefused(f"已有同名的{what}“{title}”。请换一个名称。")

    # --- rows -----------------------------------------------------------------------------------------------------
    def records(self, table: str, *, since: str = "", ids: Sequence[int] | None = None) -> list[Record]:
        """Living rows in id order: those stamped at ``since`` or later, or only these ids."""
        where, values = "", [table, since]
        if ids is not None:
            where, values = " and id in (select value from json_each(?))", [table, since, json.dumps(list(ids))]
        sql = (
            "select id, born, stamp, created_by, modified_by, cells from rows"
            f" where table_id = ? and alive = 1 and stamp >= ?{where} order by id"
        )
        return [_record(row) for row in self._db.execute(sql, values)]

    def ids(self, table: str) -> dict[int, str]:
        """Creation stamp by id of the living rows."""
        return dict(
            self._db.execute("select id, born from rows where table_id = ? and alive = 1 order by id", (table,))
        )

    def buried(self, table: str, row_id: int) -> Record | None:
        """A deleted row as it was."""
        sql = (
            "select id, born, stamp, created_by, modified_by, cells from rows"
            " where table_id = ? and id = ? and alive = 0"
        )
        found = self._db.execute(sql, (table, row_id)).fetchone()
        return _record(found) if found else None

    def known_ids(self, table: str, ids: Sequence[int]) -> set[int]:
        """Which of these ids are or were rows of the table."""
        sql = "select id from rows where table_id = ? and id in (select value from json_each(?))"
        return {id for (id,) in self._db.execute(sql, (table, json.dumps(list(ids))))}

    def insert(self, table: str, cells: Plain, by: str | None, stamp: str) -> int:
        """A new row; its id."""
        if self._reuse_ids:
            sql = "select coalesce(max(id), 0) + 1 from rows where table_id = ? and alive = 1"
            row_id = int(self._db.execute(sql, (table,)).fetchone()[0])
        else:
            row_id = self._next(f"row {table}")
        values = (table, row_id, stamp, stamp, by, by, 1, json.dumps(cells, ensure_ascii=False))
        self._db.execute("insert or replace into rows values (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return row_id

    def overwrite(self, table: str, record: Record) -> None:
        """Store a changed row."""
        values = (record.stamp, record.modified_by, json.dumps(record.cells, ensure_ascii=False), table, record.id)
        self._db.execute("update rows set stamp = ?, modified_by = ?, cells = ? where table_id = ? and id = ?", values)

    def set_alive(self, table: str, row_id: int, alive: bool) -> None:
        """Bury a row or bring it back as it was: neither moves a stamp."""
        self._db.execute("update rows set alive = ? where table_id = ? and id = ?", (alive, table, row_id))

    def plain(self, columns: Mapping[str, Column], record: Record) -> Plain:
        """Every given column's value of a row."""
        host = {
            "created_by": record.created_by,
            "created_at": record.born,
            "modified_by": record.modified_by,
            "modified_at": record.stamp,
        }
        found: Plain = {}
        for id, column in columns.items():
            if column.by_host:
                found[id] = host[column.type]
            elif column.reverse_of:
                found[id] = self._pointing(column, record.id)
            else:
                found[id] = column.decode(record.cells.get(id))
        return found

    def _pointing(self, column: Column, row_id: int) -> list[int]:
        """Rows whose link, the other side of ``column``, names this row."""
        sources = self.records(column.to or "")
        forward = column.reverse_of or ""
        return [r.id for r in sources if row_id in _as_list(r.cells.get(forward))]

    # --- history --------------------------------------------------------------------------------------------------
    def note(
        self, table: str, row_id: int, at: str, account: str | None, action: str, before: Plain, after: Plain
    ) -> None:
        """Write one line of history."""
        values = (table, row_id, at, account, action, *(json.dumps(v, ensure_ascii=False) for v in (before, after)))
        sql = "insert into edits (table_id, row_id, at, account, action, before, after) values (?, ?, ?, ?, ?, ?, ?)"
        self._db.execute(sql, values)

    def entries(self, table: str, row_id: int, after: int) -> list[Entry]:
        """History of a row's present (or last) life."""
        sql = (
            "select seq, at, account, action, before, after from edits where table_id = :t and row_id = :r"
            " and seq > :after and seq >= coalesce((select max(seq) from edits where table_id = :t and row_id = :r"
            " and action = 'create'), 0) order by seq"
        )
        found = self._db.execute(sql, {"t": table, "r": row_id, "after": after})
        return [Entry(seq, at, by, did, json.loads(old), json.loads(new)) for seq, at, by, did, old, new in found]

    def existing(self, table: str, ids: Sequence[int]) -> dict[int, Record]:
        """These living rows.

        Raises:
            RowMissing: One of them is not there.
        """
        found = {record.id: record for record in self.records(table, ids=ids)}
        missing = [str(id) for id in ids if id not in found]
        if missing:
            raise RowMissing(f"表“{self.tables()[table]}”没有第 {'、'.join(missing)} 行，可能已被删除。请刷新后再试。")
        return found


def _record(row: tuple[Any, ...]) -> Record:
    id, born, stamp, created_by, modified_by, cells = row
    return Record(id, born, stamp, created_by, modified_by, json.loads(cells))


def _as_list(cell: Any) -> list[int]:
    return cell if isinstance(cell, list) else [] if cell is None else [cell]
