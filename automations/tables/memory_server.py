"""Behind the memory host: its clock, its faults, what people do at it by hand, and how rows are written."""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

import requests

from automations.errors import HostRefused, LoginRefused
from automations.tables.memory_column import Column, Plain
from automations.tables.memory_store import Store

log = logging.getLogger(__name__)

LINKS = ("link", "links", "person", "persons")
Fault: TypeAlias = Literal["unavailable", "uncertain", "conflict"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def stamp_text(moment: datetime) -> str:
    """A moment as the server stamps it: UTC, microseconds, always the same length."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class MemoryBase:
    """A memory server without its door: what a test, or an office user at the browser, does to it.

    Tables and columns may be named by title or id.

    Args:
        path: ``:memory:``, or a file that several processes may share.
        clock: What time it is; aware.
        reuse_ids: Give the highest row id again after its row was deleted, as NocoDB does.

    Attributes:
        lag: How long before its commit a write is stamped, as on Baserow (seconds, under load).
    """

    def __init__(
        self, path: str = ":memory:", *, clock: Callable[[], datetime] = _utc_now, reuse_ids: bool = False
    ) -> None:
        self.clock = clock
        self.lag = timedelta(0)
        self.store = Store(path, reuse_ids=reuse_ids)
        self._faults: deque[Fault] = deque()

    def close(self) -> None:
        """Let the file go."""
        self.store.close()

    # --- accounts -------------------------------------------------------------------------------------------------
    def add_account(self, email: str, name: str, *, active: bool = True) -> None:
        """Open a login, or change its name, or close it (``active=False``)."""
        with self.store.writing():
            self.store.put_account(email, name, active)

    def admit(self, email: str) -> None:
        """Refuse an account that is not, or no longer, open. Inside a transaction."""
        if not self.store.active(email):
            raise LoginRefused(f"账号“{email}”不存在或已停用。请核对账号，或请信息科开通。")

    # --- faults ---------------------------------------------------------------------------------------------------
    def fail_next(self, kind: Fault, times: int = 1) -> None:
        """Make the next call fail.

        ``unavailable`` meets any call; ``conflict`` (not done) and ``uncertain`` (done, but no answer) the next write.
        A write of several batches meets it at its first.
        """
        self._faults.extend([kind] * times)

    def due_fault(self, writing: bool) -> Fault | None:
        """The fault that meets this call, taken off the list."""
        if self._faults and (writing or self._faults[0] == "unavailable"):
            return self._faults.popleft()
        return None

    # --- what office users do beside the rows ---------------------------------------------------------------------
    def rename_field(self, table: str, field: str, title: str) -> None:
        """Give a column another title by hand."""
        self._change_column(table, field, title=title)

    def set_options(self, table: str, field: str, options: Sequence[str]) -> None:
        """Edit a choice's options by hand: cells of removed ones read as empty; no stamp, no history."""
        with self.store.writing():
            self.store.set_options(self.store.column(self.store.table_id(table), field), options)

    def rename_option(self, table: str, field: str, old: str, new: str) -> None:
        """Rename an option by hand: its cells keep it, no stamp, no history."""
        with self.store.writing():
            column = self.store.column(self.store.table_id(table), field)
            pairs = tuple((number, new if text == old else text) for number, text in column.options)
            self.store.set_column(replace(column, options=pairs))

    def retype(self, table: str, field: str, kind: str) -> None:
        """Change a column's type by hand: cells that do not fit read as empty; no stamp, no history."""
        with self.store.writing():
            column = self.store.column(self.store.table_id(table), field)
            changed = replace(column, type=kind)
            self.store.set_column(changed)
            for record in self.store.records(column.table):
                cell = _converted(changed, column.decode(record.cells.get(column.id)))
                self.store.overwrite(column.table, replace(record, cells={**record.cells, column.id: cell}))

    def _change_column(self, table: str, field: str, **change: Any) -> None:
        with self.store.writing():
            column = self.store.column(self.store.table_id(table), field)
            self.store.set_column(replace(column, **change))

    def import_rows(self, table: str, changes: Mapping[int, Mapping[str, Any]], by: str | None = None) -> None:
        """Change cells as a file import does: new stamp and last modifier, no history, no hint."""
        self._by_hand(table, changes, by, stamped=True, history=False)

    def write_unstamped(self, table: str, changes: Mapping[int, Mapping[str, Any]], by: str) -> None:
        """Change cells as a link set from the other side does: history, but no new stamp."""
        self._by_hand(table, changes, by, stamped=False, history=True)

    def _by_hand(
        self,
        table: str,
        changes: Mapping[int, Mapping[str, Any]],
        by: str | None,
        *,
        stamped: bool,
        history: bool,
    ) -> None:
        with self.store.writing():
            table_id = self.store.table_id(table)
            wanted = {
                row_id: {self.store.column(table_id, name).id: raw for name, raw in values.items()}
                for row_id, values in changes.items()
            }
            self.change_rows(table_id, wanted, by, stamped=stamped, history=history)

    # --- writing, inside a transaction ----------------------------------------------------------------------------
    def insert_rows(self, table_id: str, rows: Sequence[Plain], by: str) -> list[int]:
        """New rows from raw values by column id; columns left out get their default."""
        columns = self.store.columns(table_id)
        standard = {c.id: c.standard for c in columns.values() if c.standard is not None}
        made: list[int] = []
        for raw in rows:
            cells = self._encoded(columns, {**standard, **raw})
            row_id = self.store.insert(table_id, cells, by, self._stamp())
            full = {id: columns[id].decode(cell) for id, cell in cells.items()}
            after = {id: value for id, value in full.items() if value not in (None, False, [])}
            self.store.note(table_id, row_id, stamp_text(self.clock()), by, "create", {}, after)
            made.append(row_id)
        return made

    def change_rows(
        self,
        table_id: str,
        changes: Mapping[int, Plain],
        by: str | None,
        *,
        stamped: bool = True,
        history: bool = True,
    ) -> None:
        """Raw values by column id into rows; equal values move the stamp, as on the hosts, but leave no entry."""
        columns = self.store.columns(table_id)
        found = self.store.existing(table_id, list(changes))
        for row_id, raw in changes.items():
            record = found[row_id]
            cells = {**record.cells, **self._encoded(columns, raw)}
            old = {id: columns[id].decode(record.cells.get(id)) for id in raw}
            new = {id: columns[id].decode(cells[id]) for id in raw}
            before = {id: value for id, value in old.items() if value != new[id]}
            if before and history:
                after = {id: new[id] for id in before}
                self.store.note(table_id, row_id, stamp_text(self.clock()), by, "update", before, after)
            changed = replace(record, cells=cells)
            if stamped:
                changed = replace(changed, stamp=self._stamp(), modified_by=by)
            self.store.overwrite(table_id, changed)

    def delete_rows(self, table_id: str, ids: Sequence[int], by: str) -> None:
        """Bury the rows that still live."""
        columns = {id: c for id, c in self.store.columns(table_id).items() if not c.by_host and not c.reverse_of}
        for record in self.store.records(table_id, ids=ids):
            self.store.note(
                table_id, record.id, stamp_text(self.clock()), by, "delete", self.store.plain(columns, record), {}
            )
            self.store.set_alive(table_id, record.id, False)

    def restore_row(self, table_id: str, row_id: int, by: str) -> None:
        """Bring a buried row back as it was; its old stamp stays, as on Baserow."""
        self.store.set_alive(table_id, row_id, True)
        self.store.note(table_id, row_id, stamp_text(self.clock()), by, "restore", {}, {})

    def _stamp(self) -> str:
        return stamp_text(self.clock() - self.lag)

    def _encoded(self, columns: Mapping[str, Column], raw: Plain) -> Plain:
        cells = {id: columns[id].encode(value) for id, value in raw.items()}
        for id, cell in cells.items():
            column = columns[id]
            if column.type in LINKS and cell:
                self._refuse_strangers(column, cell if isinstance(cell, list) else [cell])
            elif column.type == "file":
                for item in cell:
                    self.file(item["ref"])
        return cells

    def _refuse_strangers(self, column: Column, ids: Sequence[int]) -> None:
        unknown = set(ids) - self.store.known_ids(column.to or "", ids)
        if unknown:
            target = self.store.tables().get(column.to or "", "")
            listed = "、".join(map(str, sorted(unknown)))
            raise HostRefused(f"“{column.title}”关联的“{target}”没有第 {listed} 行。请改选现有的行。")

    def file(self, ref: str) -> bytes:
        """Content of a stored file by its handle."""
        try:
            content = self.store.file(json.loads(ref)["id"])
        except (ValueError, TypeError, KeyError):
            content = None
        if content is None:
            raise HostRefused("找不到这个附件。请重新上传。")
        return content

    # --- hints ----------------------------------------------------------------------------------------------------
    def hint(self, table_id: str, hooks: Sequence[tuple[str, str]]) -> None:
        """Call the subscribers, each in its own thread; an unreachable one misses the hint, as on real hosts."""
        for url, secret in hooks:
            threading.Thread(target=_call, args=(url, secret, table_id), name="memory-hint", daemon=True).start()


def _call(url: str, secret: str, table_id: str) -> None:
    try:
        requests.post(url, json={"table_id": table_id}, headers={"X-Houqin-Secret": secret}, timeout=5)
    except requests.RequestException as error:
        log.info("提示没有送到 %s：%s", url, type(error).__name__)


def _converted(column: Column, plain: Any) -> Any:
    if column.type.startswith("?") or column.by_host:
        return None
    try:
        return column.encode(plain)
    except HostRefused:
        return [] if column.type in ("choices", "links", "persons", "file") else None
