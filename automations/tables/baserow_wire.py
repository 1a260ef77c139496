"""Baserow's HTTP: signing in, naming its errors, finding our database, listing rows without gaps.

Measured on 1.35.3 and written against it. What shaped this file:

* An access token lives 10 minutes, a refresh token 7 days; refreshing gives no new refresh token. So: refresh on a 401,
  and the password again when that fails.
* Errors have four shapes; ``error`` may be missing, a 429 has only ``detail`` and a 500 is a page (fact 18).
* A 429 asks for 29 seconds, which is the length of the server's own slot, not of the queue: half a second is enough.
* Paging by number skips rows when rows on earlier pages vanish, so every listing here walks along a time stamp.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from automations.errors import HostError, HostRefused, HostUnavailable, LoginRefused, RowMissing
from automations.tables.base import Account
from automations.tables.http import Answer, Http, Kind

NAME = "Baserow"
PAGE = 200
"""Rows of one page or batch; more is a 400."""
_LISTINGS = 5
_BUSY_TRIES = 6
_BUSY_WAIT = 0.5


class Busy(HostUnavailable):
    """429: too many calls of this account at once; the call was not carried out."""


class TableMissing(HostRefused):
    """The table is gone (or in the trash)."""


class TrashMissing(HostRefused):
    """The trash holds no such item."""


class Wire:
    """One account's line to one Baserow server and one database in it.

    Args:
        url: Root address of the server.
        email: Login of the worker's own account; a member of the workspace.
        password: Its password.
        database_title: Name of the database.
    """

    def __init__(self, url: str, email: str, password: str, database_title: str) -> None:
        self.http = Http(url, NAME)
        self.http.hide(password)
        self.http.sign_in = self._sign_in
        self.http.refusal = refusal
        self.email = email.lower()
        self._password = password
        self._refresh = ""
        self._title = database_title
        self._database: Mapping[str, Any] | None = None
        self._emails: dict[int, str] = {}
        self._unknown: set[int] = set()
        self._media: list[str] = []

    # --- calls --------------------------------------------------------------------------------------------------
    def get(self, path: str, **params: Any) -> Any:
        """JSON of a reading call."""
        return self.call("GET", path, "read", params=params)

    def call(self, method: str, path: str, kind: Kind, **rest: Any) -> Any:
        """JSON of any call; see :meth:`automations.tables.http.Http.call`."""
        for _ in range(_BUSY_TRIES):
            try:
                return self.http.call(method, path, kind, **rest)
            except Busy as error:  # surely not carried out, so even a call that must run once may go again
                last = error
                time.sleep(_BUSY_WAIT)
        raise last

    def _sign_in(self) -> Mapping[str, str]:
        if self._refresh:
            try:
                answer = self._ask("/api/user/token-refresh/", {"refresh_token": self._refresh})
                return {"Authorization": f"JWT {answer['access_token']}"}
            except LoginRefused:
                self._refresh = ""  # older than 7 days, or the password was changed
        answer = self._ask("/api/user/token-auth/", {"email": self.email, "password": self._password})
        self._refresh = str(answer["refresh_token"])
        self.http.hide(self._refresh)
        return {"Authorization": f"JWT {answer['access_token']}"}

    def _ask(self, path: str, body: Mapping[str, str]) -> Any:
        return self.http.call("POST", path, "repeatable", json=body, anonymous=True)

    # --- the database and its people ----------------------------------------------------------------------------
    @property
    def database(self) -> int:
        """Id of the database; found by its name at first use."""
        return int(self._found()["id"])

    @property
    def workspace(self) -> int:
        """Id of the workspace that holds the database."""
        return int(self._found()["workspace"]["id"])

    def _found(self) -> Mapping[str, Any]:
        if self._database is None:
            all_of_them = self.get("/api/applications/")
            matches = [a for a in all_of_them if a["type"] == "database" and a["name"] == self._title]
            if len(matches) != 1:
                what = "没有" if not matches else "有不止一个"
                raise HostRefused(
                    f"账号 {self.email} 在 Baserow 上{what}名为“{self._title}”的数据库。"
                    "请让管理员建好它并邀请这个账号进工作区，或改 HOUQIN_HOST_DATABASE。"
                )
            self._database = matches[0]
        return self._database

    def accounts(self) -> list[Account]:
        """Members of the workspace, read anew."""
        self._unknown.clear()
        found: list[Account] = []
        for workspace in self.get("/api/workspaces/"):
            if workspace["id"] != self.workspace:
                continue
            for user in workspace["users"]:
                email = str(user["email"]).lower()
                # user_id, not id: the latter numbers memberships.
                self._emails[int(user["user_id"])] = email
                found.append(Account(email=email, name=str(user["name"]), active=not user["to_be_deleted"]))
        return found

    def emails(self, users: Iterable[int]) -> Mapping[int, str]:
        """User id → e-mail; history and cells name users by id and first name only.

        Asks again for a newcomer. Knows those who left since this adapter was made, but nobody who left before.
        """
        strangers = set(users) - set(self._emails) - self._unknown
        if strangers:
            self.accounts()
            self._unknown |= strangers - set(self._emails)
        return self._emails

    def media(self) -> list[str]:
        """Addresses under which attachments may lie, the server's own word first."""
        return list(dict.fromkeys([*self._media, f"{self.http.url}/media/user_files/"]))

    def saw_file(self, url: str) -> None:
        """Learn from a file's address where the server keeps its files: not always under its own address."""
        self._media = [url.rpartition("/")[0] + "/"]

    # --- listing ------------------------------------------------------------------------------------------------
    def clock(self) -> datetime | None:
        """The server's own time now, whole seconds; None where a proxy hides it."""
        return _date(self.http.send("GET", "/api/_health/", "read", anonymous=True))

    def walk(self, table: int, key: str, since: str | None, include: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Rows in the order of a time column, from ``since`` on (that moment included).

        Walks along the stamp, never by page number, so that rows deleted or touched meanwhile make no gap. A row
        touched meanwhile comes twice; the later one counts.

        Args:
            table: Host id of the table.
            key: The time column, ``field_<id>``, with its time shown.
            since: ISO moment, or None for all rows.
            include: Keys of the cells wanted.
        """
        page = 1
        while True:
            answer = self._page(table, key, since, include, page)
            yield from answer
            if len(answer) < PAGE:
                return
            first, last = answer[0][key], answer[-1][key]
            if first == last:
                page += 1  # 200 rows of the very same microsecond: only the page number leads on
            else:
                since, page = last, 1

    def _page(self, table: int, key: str, since: str | None, include: Sequence[str], page: int) -> list[dict[str, Any]]:
        # Always the JSON form: the other one ignores what it does not know and then gives all rows (facts 10, 11).
        params: dict[str, Any] = {"size": PAGE, "page": page, "order_by": key}
        params["include"] = ",".join(dict.fromkeys([key, *include]))
        if since is not None:
            rule = {"field": int(key.removeprefix("field_")), "type": "date_after_or_equal", "value": since}
            params["filters"] = json.dumps({"filter_type": "AND", "filters": [rule], "groups": []})
        answer = self.get(f"/api/database/rows/table/{table}/", **params)
        rows: list[dict[str, Any]] = answer["results"]
        return rows

    def paged(self, table: int, include: Sequence[str]) -> list[dict[str, Any]]:
        """Every row of a table that has no time column: by page number, until two listings agree."""
        before: list[dict[str, Any]] | None = None
        for _ in range(_LISTINGS):
            rows: list[dict[str, Any]] = []
            page = 1
            while True:
                params = {"size": PAGE, "page": page, "include": ",".join(include)}
                answer = self.get(f"/api/database/rows/table/{table}/", **params)
                rows += answer["results"]
                if len(answer["results"]) < PAGE:
                    break
                page += 1
            if page == 1 or rows == before:  # one page is one answer: nothing can shift within it
                return rows
            before = rows
        raise HostUnavailable("这张表改动太频繁，读不出前后一致的清单。稍后会自动再试。")

    def count(self, table: int) -> int:
        """How many rows a table has."""
        return int(self.get(f"/api/database/rows/table/{table}/", size=1)["count"])

    def living(self, table: int, ids: Sequence[int]) -> set[int]:
        """Those of ``ids`` that are rows now; one cheap call per 500."""
        found: set[int] = set()
        for start in range(0, len(ids), 500):
            some = ",".join(str(i) for i in ids[start : start + 500])
            names = self.get("/api/database/rows/names/", **{f"table__{table}": some})
            found |= {int(row) for row in names.get(str(table), {})}
        return found


def refusal(answer: Answer) -> HostError | None:
    """Our error for an error answer of Baserow; None leaves it to the general table."""
    code, detail = _said(answer)
    if answer.status == 429:
        return Busy("Baserow 忙：同一账号同时调用过多。稍后会自动再试。")
    if code == "ERROR_INVALID_CREDENTIALS":
        return LoginRefused("Baserow 不认这个邮箱或密码。请核对 HOUQIN_HOST_EMAIL 和 HOUQIN_HOST_PASSWORD。")
    if code == "ERROR_DEACTIVATED_USER":
        return LoginRefused("这个账号在 Baserow 上已停用。请让管理员恢复，或换一个账号。")
    if code == "ERROR_ROW_DOES_NOT_EXIST":
        return RowMissing(f"记录不在 Baserow 上（已删除，或从未有过）：{detail}")
    if code == "ERROR_TABLE_DOES_NOT_EXIST":
        return TableMissing("表不在 Baserow 上（可能在回收站里）。请恢复它，或执行 houqin plan。")
    if code == "ERROR_TRASH_ITEM_DOES_NOT_EXIST":
        return TrashMissing("Baserow 的回收站里没有这一项（可能已清空）。")
    if code == "ERROR_USER_NOT_IN_GROUP":
        return HostRefused("这个账号不在数据库所属的工作区里。请让管理员邀请它。")
    if code == "ERROR_FIELD_WITH_SAME_NAME_ALREADY_EXISTS":
        return HostRefused("表里已有同名的列（可能在别处新建的）。请改名或先执行 houqin plan。")
    if code == "ERROR_FIELD_DATA_CONSTRAINT":
        return HostRefused("Baserow 上有一列设了“不得重复”，这次写入会重复。请先改正重复的值。")
    if code == "ERROR_REQUEST_BODY_VALIDATION":
        return HostRefused(f"Baserow 不收这个值：{_flat(detail)[:300]}")
    return None


def _said(answer: Answer) -> tuple[str, Any]:
    try:
        data = answer.json()
    except ValueError:
        return "", ""
    if not isinstance(data, dict):
        return "", ""
    return str(data.get("error") or ""), data.get("detail", "")


def _flat(detail: Any) -> str:
    if isinstance(detail, dict):
        if isinstance(detail.get("error"), str):
            return str(detail["error"])
        return "；".join(f"{key}：{_flat(value)}" for key, value in detail.items())
    if isinstance(detail, list):
        return "；".join(_flat(item) for item in detail)
    return str(detail)


def _date(answer: Answer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return None
