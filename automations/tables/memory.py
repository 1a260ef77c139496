"""The memory host: a whole table host in this process, SQLite behind it, with accounts, history and a clock of its own.

For tests, rehearsals and the demo without a browser. It behaves as the real hosts do where the engine relies on it
(any member may edit anything; stamps, not commits, order the incremental read; imports leave no history), and is
stricter where they are silently wrong (unknown columns, options and linked rows are refused).
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from automations.errors import (
    HostConflict,
    HostError,
    HostRefused,
    HostUnavailable,
    SchemaMoved,
    WriteUncertain,
)
from automations.schema.model import Field, Table
from automations.tables.base import (
    Account,
    Binding,
    BoundTable,
    Changes,
    Edit,
    HostField,
    HostTable,
    ProofStrength,
    Row,
    ViewSpec,
)
from automations.tables.memory_column import Column, Plain
from automations.tables.memory_server import LINKS, Fault, MemoryBase, stamp_text
from automations.tables.memory_store import Record
from automations.tables.values import File, Value, Values, canonical_json, from_json

log = logging.getLogger(__name__)

BATCH = 200
"""Rows a call writes at once: all of them or none."""
OVERLAP = timedelta(seconds=120)
"""How far an incremental read looks back: longer than any commit comes after its stamp."""

_FAULTS: Mapping[Fault, type[HostError]] = {
    "unavailable": HostUnavailable,
    "uncertain": WriteUncertain,
    "conflict": HostConflict,
}
_FAULT_TEXTS: Mapping[Fault, str] = {
    "unavailable": "表格服务没有应答。请稍后再试。",
    "uncertain": "写入后没有收到应答，不知道是否写成。请先读取再决定是否重写。",
    "conflict": "有人正在修改同一内容，本次没有写入。请稍后再试。",
}


class MemoryServer(MemoryBase):
    """One table server; :meth:`login` gives the :class:`~automations.tables.base.Host` of an account."""

    def login(self, email: str) -> "MemoryHost":
        """The database as this account sees it.

        Raises:
            LoginRefused: No such account, or it was closed.
        """
        with self.store.reading():
            self.admit(email.lower())
        return MemoryHost(self, email.lower())


class MemoryHost:
    """A :class:`~automations.tables.base.Host`: the memory server through one account."""

    kind = "memory"
    proof: ProofStrength = "history"
    proof_note = "每次修改都记有账号、时间和前后值；文件导入、改选项、改列类型不留记录。"

    def __init__(self, server: MemoryServer, account: str) -> None:
        self.server = server
        self.account = account
        self._store = server.store
        self._binding = Binding({})

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self._meet(self.server.due_fault(False))
        with self._store.reading():
            self.server.admit(self.account)
            yield

    @contextmanager
    def _writing(self, table_id: str = "") -> Iterator[None]:
        fault = self.server.due_fault(True)
        self._meet(fault if fault != "uncertain" else None)
        with self._store.writing():
            self.server.admit(self.account)
            yield
            hooks = self._store.hooks() if table_id else []
        self.server.hint(table_id, hooks)
        self._meet(fault)

    @staticmethod
    def _meet(fault: Fault | None) -> None:
        if fault:
            raise _FAULTS[fault](_FAULT_TEXTS[fault])

    # --- schema ---------------------------------------------------------------------------------------------------
    def describe(self) -> list[HostTable]:
        """See :meth:`Host.describe`."""
        with self._reading():
            return [self._described(id) for id in self._store.tables()]

    def _described(self, table_id: str) -> HostTable:
        columns = tuple(column.as_host() for column in self._store.columns(table_id).values())
        return HostTable(table_id, self._store.tables()[table_id], columns, tuple(self._store.views(table_id)))

    def create_table(self, table: Table) -> HostTable:
        """See :meth:`Host.create_table`."""
        with self._writing():
            table_id = self._store.add_table(table.title)
            plain = [field for field in table.fields if field.type not in LINKS]
            for field in sorted(plain, key=lambda f: f.name != table.display):
                self._store.add_column(_column(table_id, field), field.options)
            return self._described(table_id)

    def create_field(self, table_id: str, field: Field, to_table_id: str | None = None) -> HostField:
        """See :meth:`Host.create_field`."""
        with self._writing():
            self._store.table_id(table_id)
            if field.type not in LINKS:
                return self._store.add_column(_column(table_id, field), field.options).as_host()
            target = self._store.table_id(to_table_id or "")
            made = self._store.add_column(replace(_column(table_id, field), to=target), ())
            if field.reverse:
                back = Column("", target, field.reverse, "links", to=table_id, reverse_of=made.id)
                self._store.add_column(back, ())
            return made.as_host()

    def update_field(self, table_id: str, field_id: str, field: Field) -> HostField:
        """See :meth:`Host.update_field`."""
        with self._writing():
            column = self._store.column(table_id, field_id)
            if column.type != field.type:
                raise HostRefused(
                    f"“{column.title}”现为 {column.type} 类型，不能改成 {field.type}。请另建一列，把数据移过去。"
                )
            changed = replace(_column(table_id, field), id=column.id, options=column.options, to=column.to)
            self._store.set_column(changed)
            if field.type in ("choice", "choices"):
                changed = self._store.set_options(changed, field.options)
            return changed.as_host()

    def rename_table(self, table_id: str, title: str) -> None:
        """See :meth:`Host.rename_table`."""
        with self._writing():
            self._store.rename_table(self._store.table_id(table_id), title)

    def delete_field(self, table_id: str, field_id: str) -> None:
        """See :meth:`Host.delete_field`."""
        with self._writing():
            self._store.delete_column(self._store.column(table_id, field_id))

    def create_view(self, table: BoundTable, spec: ViewSpec) -> str:
        """See :meth:`Host.create_view`; kept and listed, but there is no page to show it."""
        with self._writing():
            where = {name: list(v) if isinstance(v, tuple) else v for name, v in spec.view.where.items()}
            kept = {**asdict(replace(spec.view, where={})), "where": where, "each_id": spec.each_id}
            self._store.put_view(self._store.table_id(table.id), spec.title, kept)
        return ""

    # --- binding --------------------------------------------------------------------------------------------------
    def bind(self, binding: Binding) -> None:
        """See :meth:`Host.bind`."""
        self._binding = binding

    def refresh(self, tables: Sequence[str]) -> dict[str, str]:
        """See :meth:`Host.refresh`."""
        problems: list[str] = []
        prints: dict[str, str] = {}
        with self._reading():
            present = self._store.tables()
            for name in tables:
                bound = self._bound(name)
                if bound.id not in present:
                    problems.append(f"表“{bound.table.title}”已不在")
                    continue
                columns = self._store.columns(bound.id)
                problems += _moved(bound, columns)
                shown = [asdict(columns[id].as_host()) for id in bound.fields.values() if id in columns]
                prints[name] = canonical_json([bound.id, present[bound.id], shown])
        if problems:
            raise SchemaMoved(
                "表格上的表或列和 schemas/ 对不上。请运行 houqin plan 查看，再运行 houqin apply。", problems
            )
        return prints

    def _bound(self, table: str) -> BoundTable:
        if table not in self._binding:
            raise HostRefused(f"表 {table} 还没有对应到表格上的表。请先运行 houqin apply。")
        return self._binding[table]

    def _raw(self, bound: BoundTable, values: Values) -> Plain:
        unknown = [name for name in values if name not in bound.fields]
        if unknown:
            raise HostRefused(
                f"表“{bound.table.title}”没有字段 {'、'.join(unknown)}。请核对 schemas/{bound.table.name}.toml。"
            )
        return {bound.fields[name]: value for name, value in values.items()}

    # --- rows -----------------------------------------------------------------------------------------------------
    def changed(self, table: str, cursor: str | None) -> Changes:
        """See :meth:`Host.changed`; the cursor is the newest stamp seen."""
        bound = self._bound(table)
        since = stamp_text(datetime.fromisoformat(cursor) - OVERLAP) if cursor else ""
        with self._reading():
            records = self._store.records(bound.id, since=since)
            newest = max([cursor or "", *(record.stamp for record in records)])
            return Changes(self._rows(bound, records), newest)

    def ids(self, table: str) -> dict[int, str]:
        """See :meth:`Host.ids`."""
        with self._reading():
            return self._store.ids(self._bound(table).id)

    def rows(self, table: str, ids: Sequence[int]) -> list[Row]:
        """See :meth:`Host.rows`."""
        bound = self._bound(table)
        with self._reading():
            return self._rows(bound, self._store.records(bound.id, ids=ids))

    def _rows(self, bound: BoundTable, records: Sequence[Record]) -> list[Row]:
        columns = self._store.columns(bound.id)
        missing = [bound.table[name].title for name, id in bound.fields.items() if id not in columns]
        if missing:
            raise SchemaMoved(f"表“{bound.table.title}”缺少列。请运行 houqin plan 查看，再运行 houqin apply。", missing)
        wanted = {id: columns[id] for id in bound.fields.values()}
        return [self._row(bound, wanted, record) for record in records]

    def _row(self, bound: BoundTable, columns: Mapping[str, Column], record: Record) -> Row:
        plain = self._store.plain(columns, record)
        try:
            values = {name: from_json(bound.table[name], plain[id]) for name, id in bound.fields.items()}
        except (ValueError, TypeError) as error:
            raise SchemaMoved(f"表“{bound.table.title}”有列改了类型：{error}。请运行 houqin plan 查看。") from error
        return Row(record.id, values, record.born, record.stamp)

    def edits(self, table: str, row_id: int, after: str = "") -> list[Edit]:
        """See :meth:`Host.edits`."""
        bound = self._bound(table)
        names = {id: name for name, id in bound.fields.items()}
        found: list[Edit] = []
        with self._reading():
            for entry in self._store.entries(bound.id, row_id, int(after or 0)):
                before, after_values = (_known(bound.table, names, plain) for plain in (entry.before, entry.after))
                found.append(
                    Edit(
                        table,
                        row_id,
                        key=f"m{entry.seq}",
                        order=f"{entry.seq:015d}",
                        at=datetime.fromisoformat(entry.at),
                        account=entry.account,
                        action=entry.action,  # type: ignore[arg-type]  # our own four words, from our own table
                        before=before,
                        after=after_values,
                    )
                )
        return found

    def create(self, table: str, rows: Sequence[Values]) -> list[int]:
        """See :meth:`Host.create`."""
        bound = self._bound(table)
        raw = [self._raw(bound, values) for values in rows]
        made: list[int] = []
        for start in range(0, len(raw), BATCH):
            with self._writing(bound.id):
                made += self.server.insert_rows(bound.id, raw[start : start + BATCH], self.account)
        return made

    def update(self, table: str, changes: Mapping[int, Values]) -> None:
        """See :meth:`Host.update`."""
        bound = self._bound(table)
        raw = [(row_id, self._raw(bound, values)) for row_id, values in changes.items()]
        for start in range(0, len(raw), BATCH):
            with self._writing(bound.id):
                self.server.change_rows(bound.id, dict(raw[start : start + BATCH]), self.account)

    def delete(self, table: str, ids: Sequence[int]) -> None:
        """See :meth:`Host.delete`."""
        bound = self._bound(table)
        for start in range(0, len(ids), BATCH):
            with self._writing(bound.id):
                self.server.delete_rows(bound.id, ids[start : start + BATCH], self.account)

    def restore(self, table: str, row: Row) -> int:
        """See :meth:`Host.restore`: the same id, unless a younger row has it by now."""
        bound = self._bound(table)
        wanted = {name: value for name, value in row.values.items() if not bound.table[name].by_host}
        with self._writing(bound.id):
            columns = self._store.columns(bound.id)
            raw = {id: v for id, v in self._raw(bound, wanted).items() if id in columns and not columns[id].reverse_of}
            if self._store.ids(bound.id).get(row.id) == row.born:
                return row.id
            buried = self._store.buried(bound.id, row.id)
            if buried is None or buried.born != row.born:
                return self.server.insert_rows(bound.id, [raw], self.account)[0]
            self.server.restore_row(bound.id, row.id, self.account)
            differing = {id: v for id, v in raw.items() if columns[id].encode(v) != buried.cells.get(id)}
            if differing:
                self.server.change_rows(bound.id, {row.id: differing}, self.account)
            return row.id

    # --- files, people, hints -------------------------------------------------------------------------------------
    def upload(self, name: str, content: bytes) -> File:
        """See :meth:`Host.upload`."""
        with self._writing():
            return File(name, len(content), json.dumps({"id": self._store.put_file(name, content)}))

    def download(self, file: File) -> bytes:
        """See :meth:`Host.download`."""
        with self._reading():
            return self.server.file(file.ref)

    def accounts(self) -> list[Account]:
        """See :meth:`Host.accounts`."""
        with self._reading():
            return [Account(email, name, active) for email, name, active in self._store.accounts()]

    def row_url(self, table: str, row_id: int) -> str:
        """See :meth:`Host.row_url`; there is no page behind it."""
        return f"memory://{self._bound(table).id}/{row_id}"

    def subscribe(self, url: str, secret: str) -> None:
        """See :meth:`Host.subscribe`; calls carry ``X-Houqin-Secret``."""
        with self._writing():
            self._store.put_hook(url, secret)


def _column(table_id: str, field: Field) -> Column:
    decimals = 2 if field.type == "money" else field.decimals
    return Column("", table_id, field.title, field.type, note=field.note, decimals=decimals, standard=field.default)


def _moved(bound: BoundTable, columns: Mapping[str, Column]) -> list[str]:
    title = bound.table.title
    problems: list[str] = []
    for name, id in bound.fields.items():
        field = bound.table[name]
        if id not in columns:
            problems.append(f"表“{title}”的列“{field.title}”已不在")
        elif columns[id].type != field.type:
            problems.append(f"表“{title}”的列“{columns[id].title}”应为 {field.type}，现为 {columns[id].type}")
    return problems


def _known(table: Table, names: Mapping[str, str], plain: Plain) -> Values:
    """Values of the columns that the schema knows and that still fit it."""
    found: dict[str, Value] = {}
    for id, value in plain.items():
        if id in names:
            try:
                found[names[id]] = from_json(table[names[id]], value)
            except (ValueError, TypeError):
                log.info("旧记录里“%s”的值已不合现在的类型，略去", table[names[id]].title)
    return found
