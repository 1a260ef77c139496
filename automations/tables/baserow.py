"""Baserow as a table host (1.35.3, open-source edition; measured facts in the comments).

What the quick incremental read cannot see, because Baserow moves no stamp for it: a link changed from the other table,
a linked row renamed or deleted, an option renamed or removed (its cells become empty), a column converted, a row
brought back from the trash. The slow full reconcile and the fingerprints of :meth:`Baserow.refresh` are for these.
Deleted rows have no readable history; users who left the workspace cannot be named.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from automations.errors import HostConflict, HostRefused, RowMissing, SchemaMoved
from automations.schema.model import Field, Table
from automations.tables import baserow_files, baserow_hooks, baserow_trash
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
from automations.tables.baserow_fields import fingerprint, moved_columns
from automations.tables.baserow_history import edits, has_deltas, order
from automations.tables.baserow_schema import Desk
from automations.tables.baserow_values import LINKS, Column, body, column, read, same, users_of
from automations.tables.baserow_wire import PAGE, TableMissing, Wire
from automations.tables.values import File, Value, Values

OVERLAP = timedelta(seconds=180)
"""How far an incremental read looks back: Baserow stamps a row when a write begins, and others see it when the write is
committed; 3 s later for 200 rows, 34 s measured for a quadratic batch (facts 1, 13)."""
_SINGLES = 8
_TWO_WAY_DELETE = 10
"""Rows deleted at once from a table with two-way links: that is quadratic too (fact 13)."""


class Baserow:
    """One database on a Baserow server through the worker's own account; see :class:`automations.tables.base.Host`.

    Args:
        url: Root address, as in the browser.
        email: Login of the worker's own account, so that its edits can be told from people's.
        password: Its password.
        database_title: Name of the database.
    """

    kind = "baserow"
    proof: ProofStrength = "history"
    proof_note = (
        "由 Baserow 的行历史证明：每次网页修改都记有账号、时间和前后值；"
        "文件导入、公开表单、改选项、改列类型、成批恢复不留记录，这类改动一律按“来源不明”处理。"
    )

    _quiet: Mapping[str, str] = {"send_webhook_events": "false"}
    """The worker's own writes need not wake the worker."""

    def __init__(self, url: str, email: str, password: str, database_title: str) -> None:
        self.account = email.lower()
        self._wire = Wire(url, email, password, database_title)
        self._desk = Desk(self._wire)
        self._binding = Binding({})
        self._columns: dict[str, dict[str, Column]] = {}
        self._two_way: set[str] = set()

    # --- schema -------------------------------------------------------------------------------------------------
    def describe(self) -> list[HostTable]:
        """See :meth:`Host.describe`. A person column reads as a link to ``people``: Baserow knows no difference."""
        return self._desk.describe()

    def create_table(self, table: Table) -> HostTable:
        """See :meth:`Host.create_table`."""
        return self._desk.create_table(table)

    def create_field(self, table_id: str, field: Field, to_table_id: str | None = None) -> HostField:
        """See :meth:`Host.create_field`."""
        return self._desk.create_field(table_id, field, to_table_id)

    def update_field(self, table_id: str, field_id: str, field: Field) -> HostField:
        """See :meth:`Host.update_field`."""
        self._columns.clear()  # option ids may be new
        return self._desk.update_field(table_id, field_id, field)

    def rename_table(self, table_id: str, title: str) -> None:
        """See :meth:`Host.rename_table`."""
        self._desk.rename_table(table_id, title)

    def delete_field(self, table_id: str, field_id: str) -> None:
        """See :meth:`Host.delete_field`; the column stays in Baserow's trash for 3 days."""
        self._desk.delete_field(field_id)

    def create_view(self, table: BoundTable, spec: ViewSpec) -> str:
        """See :meth:`Host.create_view`."""
        return self._desk.create_view(table, spec)

    # --- binding ------------------------------------------------------------------------------------------------
    def bind(self, binding: Binding) -> None:
        """See :meth:`Host.bind`."""
        self._binding = binding
        self._columns.clear()

    def refresh(self, tables: Sequence[str]) -> dict[str, str]:
        """See :meth:`Host.refresh`."""
        self._wire.accounts()
        prints: dict[str, str] = {}
        problems: list[str] = []
        for name in tables:
            bound = self._bound(name)
            try:
                present = {str(raw["id"]): raw for raw in self._desk.fields(bound.id)}
            except TableMissing:
                problems.append(f"表“{bound.table.title}”已不在 Baserow 上（可能在回收站里）")
                continue
            moved = moved_columns(bound, present)
            if moved:
                problems += moved
                continue
            if any(raw.get("link_row_related_field_id") for raw in present.values()):
                self._two_way.add(name)  # also by a column of the other table, which is bound nowhere
            self._columns[name] = {code: column(bound.table[code], present[id]) for code, id in bound.fields.items()}
            prints[name] = fingerprint(present[id] for id in bound.fields.values())
        if problems:
            raise SchemaMoved(
                "Baserow 上的表或列和 schemas/ 对不上。请执行 houqin plan 看差别，恢复或改回后再继续：", problems
            )
        return prints

    def _bound(self, table: str) -> BoundTable:
        if table not in self._binding:
            raise HostRefused(f"表 {table} 还没有对应到 Baserow 上的表：请先执行 houqin apply。")
        return self._binding[table]

    def _cols(self, table: str) -> dict[str, Column]:
        if table not in self._columns:
            self.refresh([table])
        return self._columns[table]

    def _place(self, table: str) -> tuple[int, dict[str, Column]]:
        return int(self._bound(table).id), self._cols(table)

    # --- reading rows -------------------------------------------------------------------------------------------
    def changed(self, table: str, cursor: str | None) -> Changes:
        """See :meth:`Host.changed`. The cursor is the server's own clock when the read began, never ours.

        Without a last-modified column in the binding every row is read each time.
        """
        host_id, columns = self._place(table)
        stamp = _of_type(columns, "modified_at")
        if stamp is None:
            return Changes([self._row(table, raw) for raw in self._all(table)], "")
        began = self._wire.clock()
        since = None if not cursor else _text(datetime.fromisoformat(cursor) - OVERLAP)
        found = {raw["id"]: raw for raw in self._wire.walk(host_id, stamp.key, since, _keys(columns))}
        # No clock (a proxy hid it): the newest stamp seen is as safe, only the overlap is read more often.
        newest = _text(began) if began else max([cursor or "", *(raw[stamp.key] for raw in found.values())])
        return Changes([self._row(table, raw) for raw in found.values()], newest)

    def ids(self, table: str) -> dict[int, str]:
        """See :meth:`Host.ids`; Baserow never gives an id twice, so ``born`` stays empty."""
        return {raw["id"]: "" for raw in self._all(table, only_ids=True)}

    def _all(self, table: str, only_ids: bool = False) -> list[dict[str, Any]]:
        """Every row. By the creation stamp, which never moves; without it by page, checked afterwards."""
        host_id, columns = self._place(table)
        include = [] if only_ids else _keys(columns)
        born = _of_type(columns, "created_at")
        if born is not None:
            return list({raw["id"]: raw for raw in self._wire.walk(host_id, born.key, None, include)}.values())
        return self._wire.paged(host_id, include or _keys(columns)[:1])

    def rows(self, table: str, ids: Sequence[int]) -> list[Row]:
        """See :meth:`Host.rows`. Baserow cannot filter by id: a few are read one by one, many from a full listing."""
        host_id = int(self._bound(table).id)
        wanted = list(dict.fromkeys(ids))
        if len(wanted) <= _SINGLES or len(wanted) <= 2 * (1 + self._wire.count(host_id) // PAGE):
            found = [self._single(host_id, row_id) for row_id in wanted]
        else:
            listed = {raw["id"]: raw for raw in self._all(table)}
            found = [listed.get(row_id) for row_id in wanted]
        return [self._row(table, raw) for raw in found if raw is not None]

    def _single(self, host_id: int, row_id: int) -> dict[str, Any] | None:
        try:
            raw: dict[str, Any] = self._wire.get(f"/api/database/rows/table/{host_id}/{row_id}/")
        except RowMissing:
            return None
        return raw

    def _row(self, table: str, raw: Mapping[str, Any]) -> Row:
        columns = self._cols(table)
        gone = [col.field.title for col in columns.values() if col.key not in raw]
        if gone:
            del self._columns[table]
            raise SchemaMoved(
                f"Baserow 上的表“{self._bound(table).table.title}”少了列。请从回收站恢复，或执行 houqin plan：", gone
            )
        try:
            emails = self._wire.emails(users_of(columns.values(), raw))
            values = {name: read(col, raw[col.key], emails) for name, col in columns.items()}
        except (ValueError, TypeError, KeyError) as error:
            del self._columns[table]
            raise SchemaMoved(
                f"Baserow 上的表“{self._bound(table).table.title}”有列改了类型（{error}）。请执行 houqin plan 查看。"
            ) from None
        for col in columns.values():
            if col.field.type == "file" and raw[col.key]:
                self._wire.saw_file(str(raw[col.key][0]["url"]))
        stamp = _of_type(columns, "modified_at")
        return Row(id=int(raw["id"]), values=values, stamp=str(raw[stamp.key]) if stamp else "")

    def edits(self, table: str, row_id: int, after: str = "") -> list[Edit]:
        """See :meth:`Host.edits`. A row in the trash has no readable history: []; it is back after a restore."""
        host_id, columns = self._place(table)
        path = f"/api/database/rows/table/{host_id}/{row_id}/history/"
        entries: list[Mapping[str, Any]] = []
        while True:
            try:
                answer = self._wire.get(path, limit=PAGE, offset=len(entries))
            except RowMissing:
                return []
            entries += answer["results"]  # newest first; a new entry meanwhile shifts, so one may come twice
            if not answer["next"] or any(order(entry) <= after for entry in answer["results"]):
                break
        entries = [entry for entry in entries if order(entry) > after]
        now = self._single(host_id, row_id) if has_deltas(entries, list(columns.values())) else None
        emails = self._wire.emails(entry["user"]["id"] for entry in entries if entry["user"])
        return edits(table, row_id, entries, list(columns.values()), emails, now)

    # --- writing rows -------------------------------------------------------------------------------------------
    def create(self, table: str, rows: Sequence[Values]) -> list[int]:
        """See :meth:`Host.create`. Two-way links follow in a second call: together they are quadratic (fact 13)."""
        host_id, columns = self._place(table)
        bodies = [body(columns, values) for values in rows]
        self._check_links(columns, rows)
        later = [col.key for col in columns.values() if col.two_way]
        made: list[int] = []
        for start in range(0, len(bodies), PAGE):
            batch = bodies[start : start + PAGE]
            items = [{key: cell for key, cell in item.items() if key not in later} for item in batch]
            answer = self._batch("POST", host_id, "once", items)
            made += [item["id"] for item in answer["items"]]
            links = [
                {"id": row_id} | {key: item[key] for key in later if item.get(key)}
                for row_id, item in zip(made[start:], batch, strict=True)
            ]
            links = [item for item in links if len(item) > 1]
            if links:
                self._batch("PATCH", host_id, "repeatable", links)
        return made

    def update(self, table: str, changes: Mapping[int, Values]) -> None:
        """See :meth:`Host.update`. Only real differences are sent: even an empty PATCH takes over the stamp (fact 3).

        Raises:
            RowMissing: A row is gone; then none of its batch was written.
        """
        host_id, columns = self._place(table)
        bodies = {row_id: body(columns, values) for row_id, values in changes.items()}
        present = {row.id: row for row in self.rows(table, list(changes))}
        missing = sorted(set(changes) - set(present))
        if missing:
            raise RowMissing(
                f"“{self._bound(table).table.title}”的第 {_listed(missing)} 行已不在 Baserow 上，没有写入。"
            )
        differing = {
            row_id: {n: v for n, v in values.items() if not same(columns[n], present[row_id].values[n], v)}
            for row_id, values in changes.items()
        }
        self._check_links(columns, differing.values())
        items = [
            {"id": row_id} | {columns[name].key: bodies[row_id][columns[name].key] for name in values}
            for row_id, values in differing.items()
            if values
        ]
        for start in range(0, len(items), PAGE):
            self._batch("PATCH", host_id, "repeatable", items[start : start + PAGE])

    def _batch(self, method: str, host_id: int, kind: Any, items: Sequence[Mapping[str, Any]]) -> Any:
        path = f"/api/database/rows/table/{host_id}/batch/"
        return self._wire.call(method, path, kind, params=self._quiet, json={"items": list(items)})

    def _check_links(self, columns: Mapping[str, Column], rows: Iterable[Values]) -> None:
        """Refuse links to rows that are not there: Baserow takes them, shows nothing, and ties them later (fact 12)."""
        for target, ids in _targets(columns, rows).items():
            missing = sorted(ids - self._wire.living(target, sorted(ids)))
            if missing:
                titles = "、".join(col.field.title for col in columns.values() if col.to == target)
                raise HostRefused(f"“{titles}”要关联的第 {_listed(missing)} 行不存在。请改选现有的记录。")

    def delete(self, table: str, ids: Sequence[int]) -> None:
        """See :meth:`Host.delete`."""
        host_id, _ = self._place(table)
        size = _TWO_WAY_DELETE if table in self._two_way else PAGE
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), size):
            self._delete(host_id, wanted[start : start + size])

    def _delete(self, host_id: int, ids: Sequence[int]) -> None:
        base = f"/api/database/rows/table/{host_id}"
        for _ in range(5):  # a batch with one missing row deletes nothing, so ask first and again when overtaken
            present = sorted(self._wire.living(host_id, ids))
            try:
                if len(present) == 1:  # by itself it can be restored by its id
                    self._wire.call("DELETE", f"{base}/{present[0]}/", "repeatable", params=self._quiet)
                elif present:
                    path = f"{base}/batch-delete/"
                    self._wire.call("POST", path, "repeatable", params=self._quiet, json={"items": present})
                return
            except RowMissing:
                continue
        raise HostConflict("要删除的记录正被别人同时删除。稍后会自动再试。")

    def restore(self, table: str, row: Row) -> int:
        """See :meth:`Host.restore`: the same id while the trash holds it (3 days), else a new row.

        Links to rows that are gone themselves stay out.
        """
        host_id, columns = self._place(table)
        if self._wire.living(host_id, [row.id]):
            return row.id
        wanted = {name: value for name, value in row.values.items() if not columns[name].field.by_host}
        for target, ids in _targets(columns, [wanted]).items():
            living = self._wire.living(target, sorted(ids))
            for name in [n for n in wanted if columns[n].to == target]:
                wanted[name] = tuple(sorted(_link_ids(wanted[name]) & living))
        display = self._bound(table).table.display
        heading = row.values.get(display) if display in columns and columns[display].field.type == "text" else None
        stamp = _of_type(columns, "modified_at")
        known = str(heading) if heading else None
        if not baserow_trash.fetch_back(self._wire, host_id, row.id, known, stamp.key if stamp else None):
            return self.create(table, [wanted])[0]
        self.update(table, {row.id: wanted})
        return row.id

    # --- files, people, hints -----------------------------------------------------------------------------------
    def upload(self, name: str, content: bytes) -> File:
        """See :meth:`Host.upload`."""
        return baserow_files.upload(self._wire, name, content)

    def download(self, file: File) -> bytes:
        """See :meth:`Host.download`."""
        return baserow_files.download(self._wire, file)

    def accounts(self) -> list[Account]:
        """See :meth:`Host.accounts`."""
        return self._wire.accounts()

    def row_url(self, table: str, row_id: int) -> str:
        """See :meth:`Host.row_url`."""
        return f"{self._wire.http.url}/database/{self._wire.database}/table/{self._bound(table).id}/row/{row_id}"

    def subscribe(self, url: str, secret: str) -> None:
        """See :meth:`Host.subscribe`."""
        for bound in self._binding.tables.values():
            baserow_hooks.subscribe(self._wire, int(bound.id), url, secret)


def _of_type(columns: Mapping[str, Column], kind: str) -> Column | None:
    return next((col for col in columns.values() if col.field.type == kind), None)


def _keys(columns: Mapping[str, Column]) -> list[str]:
    return [col.key for col in columns.values()]


def _targets(columns: Mapping[str, Column], rows: Iterable[Values]) -> dict[int, set[int]]:
    """Rows that these values link to, by the host id of their table."""
    wanted: dict[int, set[int]] = {}
    for values in rows:
        for name, value in values.items():
            to = columns[name].to
            if columns[name].field.type in LINKS and to is not None and (ids := _link_ids(value)):
                wanted.setdefault(to, set()).update(ids)
    return wanted


def _link_ids(value: Value) -> set[int]:
    many = value if isinstance(value, tuple | list) else () if value is None else (value,)
    return {int(item) for item in many if isinstance(item, int | str)}


def _listed(ids: Sequence[int]) -> str:
    return "、".join(map(str, ids[:10])) + ("……" if len(ids) > 10 else "")


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
