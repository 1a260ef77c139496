"""NocoDB as a table host: the local default, and a choice in its own right (measured on 0.301.3, hosts/nocodb.md).

How our types stand on it: persons are User columns (45 × cheaper to write than links, and people pick a face), a link
to one row is a foreign key, a link to several has a table of pairs between. Everything is addressed by id.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from automations.errors import HostError, HostRefused, LoginRefused, RowMissing, SchemaMoved
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
from automations.tables.http import Answer, Http
from automations.tables.nocodb_audit import Known, edits, life
from automations.tables.nocodb_files import Files
from automations.tables.nocodb_hooks import subscribe
from automations.tables.nocodb_live import Live, live
from automations.tables.nocodb_rows import Rows
from automations.tables.nocodb_schema import Structure
from automations.tables.nocodb_values import Directory
from automations.tables.nocodb_views import Views
from automations.tables.values import File, Values

OVERLAP = timedelta(seconds=10)
"""Stamps have whole seconds and are set before the row can be seen: so much is read again each time."""
NOBODY = Directory({}, {}, {}, {})


class _TableGone(HostRefused):
    """The whole table is not there."""


class NocoDB:
    """One base on one server, seen through one account; see :class:`automations.tables.base.Host`.

    Args:
        url: Root address of the server.
        email: Account to act as. The worker's needs the role owner or creator (columns, webhooks); editors can do rows.
        password: Its password.
        base: Title of the base.
    """

    kind = "nocodb"
    proof: ProofStrength = "audit"
    proof_note = (
        "NocoDB 自带的行审计逐条记下谁在何时把哪一格从什么改成什么，网页和接口的修改都在内，普通成员改不了它。"
        "已知缺口：两人在约 0.03 秒内改同一格，两条记录都显示后写的值；用接口整表批量修改不逐行留痕；"
        "新建行时一并填的关联列不单独记。没有审计佐证的改动一律按“来源不明”处理，不算签字。"
    )

    def __init__(self, url: str, email: str, password: str, base: str) -> None:
        self.account = email.strip().lower()
        self._title = base
        self._password = password
        self._http = Http(url, "NocoDB")
        self._http.hide(password)
        self._http.sign_in = self._sign_in
        self._http.refusal = _refusal
        self._rows = Rows(self._http)
        self._files = Files(self._http)
        self._binding = Binding({})
        self._live: dict[str, Live] = {}
        self._people = NOBODY
        self._views: Views | None = None

    # --- schema -------------------------------------------------------------------------------------------------
    def describe(self) -> list[HostTable]:
        """See :class:`~automations.tables.base.Host`."""
        return self._structure.describe()

    def create_table(self, table: Table) -> HostTable:
        """See :class:`~automations.tables.base.Host`. Columns stand in the schema's order, amounts in ¥."""
        return self._structure.create_table(table)

    def create_field(self, table_id: str, field: Field, to_table_id: str | None = None) -> HostField:
        """See :class:`~automations.tables.base.Host`. The unwanted end of a one-way link is hidden."""
        return self._structure.create_field(table_id, field, to_table_id)

    def update_field(self, table_id: str, field_id: str, field: Field) -> HostField:
        """See :class:`~automations.tables.base.Host`. Default, colours and cells of kept options stay."""
        return self._structure.update_field(table_id, field_id, field)

    def rename_table(self, table_id: str, title: str) -> None:
        """See :class:`~automations.tables.base.Host`."""
        self._structure.rename_table(table_id, title)

    def delete_field(self, table_id: str, field_id: str) -> None:
        """See :class:`~automations.tables.base.Host`."""
        self._structure.delete_field(field_id)

    def create_view(self, table: BoundTable, spec: ViewSpec) -> str:
        """See :class:`~automations.tables.base.Host`; for "@me" see :mod:`automations.tables.nocodb_views`."""
        if spec.each_id is not None and self._people is NOBODY and "people" in self._binding:
            self.refresh(["people"])
        self._views = self._views or Views(self._http, self._structure)  # until the next binding
        return self._views.create(table, spec, self._people)

    # --- binding ------------------------------------------------------------------------------------------------
    def bind(self, binding: Binding) -> None:
        """See :class:`~automations.tables.base.Host`."""
        self._binding = binding
        self._live = {}
        self._people = NOBODY
        self._views = None
        for bound in binding.tables.values():
            self._structure.know_order(bound.table, bound.id)

    def refresh(self, tables: Sequence[str]) -> dict[str, str]:
        """See :class:`~automations.tables.base.Host`. One call a table, and two for who is who."""
        self._look(tables)
        if "people" in self._binding:
            self._people = self._directory()
        return {name: self._live[name].fingerprint for name in tables}

    def _look(self, tables: Sequence[str]) -> None:
        problems: list[str] = []
        for name in tables:
            bound = self._binding[name]
            try:
                seen, reasons = live(bound, self._structure.table(bound.id))
            except _TableGone:
                seen, reasons = None, [f"表“{bound.table.title}”不见了"]
            problems += reasons
            if seen is not None:
                self._live[name] = seen
        if problems:
            raise SchemaMoved(
                "NocoDB 上的表结构被人动过，后勤助手先停下。请在网页上改回，或运行 houqin plan 看怎样处理：", problems
            )

    # --- rows ---------------------------------------------------------------------------------------------------
    def changed(self, table: str, cursor: str | None) -> Changes:
        """See :class:`~automations.tables.base.Host`.

        Seen by this quick pass: new rows; every edit of a plain, choice, person or file cell, by browser, API or
        form; links set in the browser, from either side. Not seen, because NocoDB moves no stamp for it: a link to
        *one* row set by the v2 or v3 API (its audit is there), an option renamed. Those come with the full reading
        (``cursor=None``) or with the row's next edit; deleted rows with :meth:`ids`.
        """
        seen = self._table(table)
        where = ""
        if cursor:
            since = (datetime.fromisoformat(cursor) - OVERLAP).strftime("%Y-%m-%d %H:%M:%S")
            where = "~or".join(f"({key.id},gte,exactDate,{since})" for key in (seen.stamp, seen.born))
            where = f"({where})"
        rows = self._rows.find(seen, None, where, self._people)
        stamps = [stamp for row in rows for stamp in (row.born, row.stamp) if stamp]
        return Changes(rows, max([*stamps, cursor or ""]))

    def ids(self, table: str) -> dict[int, str]:
        """See :class:`~automations.tables.base.Host`; ids are given again, so the stamp belongs to the identity."""
        seen = self._table(table)
        return {
            int(raw[seen.identity.title]): str(raw[seen.born.title] or "") for raw in self._rows.raw(seen, [seen.born])
        }

    def rows(self, table: str, ids: Sequence[int]) -> list[Row]:
        """See :class:`~automations.tables.base.Host`."""
        return self._rows.by_ids(self._table(table), ids, self._people)

    def edits(self, table: str, row_id: int, after: str = "") -> list[Edit]:
        """See :class:`~automations.tables.base.Host`. An entry appears some 25 ms after its write."""
        seen = self._table(table)
        entries: list[Mapping[str, Any]] = []
        params: dict[str, Any] = {"operation": "recordAuditList", "fk_model_id": seen.id, "row_id": row_id}
        while True:
            page = self._http.get(f"/api/v2/internal/{self._workspace}/{self._base}", params)
            kept, done = life(page["list"], after)
            entries += kept
            if done or page["pageInfo"]["isLastPage"] or not page["list"]:
                break
            last = page["list"][-1]
            params["cursor"] = f"{last['id']}|{last['created_at']}"
        links_now = self._links_now(seen, row_id, entries)
        titles = self._structure.titles() if links_now else {}
        columns = [
            Known(
                cell.field,
                cell.id,
                cell.title,
                key=cell.key.id if cell.other and cell.key is not None else "",
                other=titles.get(cell.other, "") if cell.junction is not None else "",
            )
            for cell in seen.cells.values()
        ]
        return edits(table, row_id, entries, columns, self._people, links_now)

    def create(self, table: str, rows: Sequence[Values]) -> list[int]:
        """See :class:`~automations.tables.base.Host`. A row whose links cannot be filled is taken away again."""
        return self._rows.insert(self._table(table), rows, self._people)

    def update(self, table: str, changes: Mapping[int, Values]) -> None:
        """See :class:`~automations.tables.base.Host`. Links and plain cells go by separate calls, both with audit.

        One v3 PATCH with both would hang the server for a minute and leave no audit.
        """
        self._rows.change(self._table(table), changes, self._people)

    def delete(self, table: str, ids: Sequence[int]) -> None:
        """See :class:`~automations.tables.base.Host`."""
        self._rows.remove(self._table(table), ids)

    def restore(self, table: str, row: Row) -> int:
        """See :class:`~automations.tables.base.Host`: the old id where it is free; born and creator are new."""
        seen = self._table(table)
        values = {name: value for name, value in row.values.items() if not seen.bound.table[name].by_host}
        if not self._rows.by_ids(seen, [row.id], self._people):
            self._rows.revive(seen, row.id, values, self._people)
            return row.id
        [made] = self._rows.insert(seen, [values], self._people)
        return made

    # --- files, people, hints -----------------------------------------------------------------------------------
    def upload(self, name: str, content: bytes) -> File:
        """See :class:`~automations.tables.base.Host`."""
        return self._files.upload(name, content)

    def download(self, file: File) -> bytes:
        """See :class:`~automations.tables.base.Host`; found again by its path, in whichever bound cell it lies."""
        return self._files.download(file, [self._table(name) for name in self._binding.tables])

    def accounts(self) -> list[Account]:
        """See :class:`~automations.tables.base.Host`; active = has signed up and has a role in this base."""
        return [
            Account(
                email=str(user["email"]).lower(),
                name=user.get("display_name") or str(user["email"]),
                active=not user.get("invite_token") and user.get("roles") not in (None, "no-access"),
            )
            for user in self._users()
        ]

    def row_url(self, table: str, row_id: int) -> str:
        """See :class:`~automations.tables.base.Host`."""
        place = f"{self._workspace}/{self._base}/{self._binding[table].id}"
        return f"{self._http.url}/dashboard/#/{place}?rowId={row_id}"

    def subscribe(self, url: str, secret: str) -> None:
        """See :class:`~automations.tables.base.Host`; local doors need ``NC_ALLOW_LOCAL_HOOKS=true`` on the server."""
        self._http.hide(secret)
        for bound in self._binding.tables.values():
            subscribe(self._http, bound.id, url, secret)

    # --- inside -------------------------------------------------------------------------------------------------
    def _sign_in(self) -> Mapping[str, str]:
        body = {"email": self.account, "password": self._password}
        # Signing in makes nothing, so it may be repeated like a reading call.
        answer = self._http.call("POST", "/api/v1/auth/user/signin", "read", json=body, anonymous=True)
        return {"xc-auth": answer["token"]}

    @cached_property
    def _workspace(self) -> str:
        return str(self._http.get("/api/v2/meta/nocodb/info").get("ncDefaultWorkspaceId") or "nc")

    @cached_property
    def _base(self) -> str:
        found = [b["id"] for b in self._http.get("/api/v2/meta/bases")["list"] if b["title"] == self._title]
        if len(found) != 1:
            what = "有不止一个库叫" if found else "没有这个账号能进的库"
            raise HostRefused(f"NocoDB 上{what}“{self._title}”。请核对 HOUQIN_HOST_DATABASE，或请管理员开通。")
        return str(found[0])

    @cached_property
    def _structure(self) -> Structure:
        return Structure(self._http, self._base)

    def _table(self, name: str) -> Live:
        if name not in self._live:
            self._look([name])
        if self._people is NOBODY and "people" in self._binding:
            self._people = self._directory()
        return self._live[name]

    def _users(self) -> list[Mapping[str, Any]]:
        users: list[Mapping[str, Any]] = self._http.get(f"/api/v2/meta/bases/{self._base}/users")["users"]["list"]
        return users

    def _directory(self) -> Directory:
        """Who is who now. Of two people with one account the older row counts."""
        bound = self._binding["people"]
        if "people" not in self._live:
            seen, problems = live(bound, self._structure.table(bound.id))
            if seen is None:
                raise SchemaMoved("人员表的结构被人动过。请在网页上改回，或运行 houqin plan：", problems)
            self._live["people"] = seen
        table = self._live["people"]
        names = [name for name in ("account", "name") if name in table.cells]
        account_of: dict[int, str] = {}
        name_of: dict[int, str] = {}
        for row in self._rows.find(table, names, "", NOBODY):
            account = str(row.values.get("account") or "").strip().lower()
            if account:
                account_of[row.id] = account
            name_of[row.id] = str(row.values.get("name") or "")
        person_of = {account: person for person, account in sorted(account_of.items(), reverse=True)}
        user_of = {str(user["email"]).lower(): str(user["id"]) for user in self._users()}
        return Directory(person_of, account_of, name_of, user_of)

    def _links_now(self, seen: Live, row_id: int, entries: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, ...]]:
        """What links kept as pairs hold, if any entry speaks of them and the row lives."""
        many = {name: cell.junction for name, cell in seen.cells.items() if cell.junction is not None}
        spoken = any(entry["op_type"] in ("DATA_LINK", "DATA_UNLINK") for entry in entries)
        if not (many and spoken and any(self._rows.raw(seen, (), f"({seen.identity.id},eq,{row_id})"))):
            return {}
        return {name: self._rows.pairs(pairs, [row_id]).get(row_id, ()) for name, pairs in many.items()}


def _refusal(answer: Answer) -> HostError | None:
    """NocoDB's errors that mean more than their status."""
    try:
        body = answer.json()
    except ValueError:
        return None
    code = body.get("error") if isinstance(body, dict) else None
    if answer.status == 400 and answer.complaint().startswith("Invalid credentials"):
        return LoginRefused("NocoDB 的邮箱或密码不对。请核对 HOUQIN_HOST_EMAIL 和 HOUQIN_HOST_PASSWORD。")
    if code in ("ERR_TABLE_NOT_FOUND", "TABLE_NOT_FOUND"):
        return _TableGone("NocoDB 上没有这个表了。请运行 houqin plan，看看要改什么。")
    if code in ("ERR_RECORD_NOT_FOUND", "RECORD_NOT_FOUND"):
        return RowMissing("这一行在 NocoDB 上已被删除。请刷新后再看。")
    return None
