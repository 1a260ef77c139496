"""The double's HTTP: routes, sign-in, error pages, faults on order, hooks."""

import email.parser
import email.policy
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import requests

from . import people, rows, schema
from .state import Clock, Refuse, State, User, iso

PAGE_500 = (
    '\n<!doctype html>\n<html lang="en">\n<head>\n  <title>Server Error (500)</title>\n</head>\n'
    "<body>\n  <h1>Server Error (500)</h1><p></p>\n</body>\n</html>\n"
)
Kind = Literal["500", "429", "409", "lost"]


@dataclass
class Fault:
    """An answer gone wrong, on order.

    ``500``, ``429``, ``409`` come instead of acting; ``lost`` acts and then drops the line.
    """

    kind: Kind
    method: str
    path: str
    times: int


@dataclass
class Call:
    """One call as it was asked."""

    user: User | None
    query: dict[str, str]
    body: Any
    path: str = ""
    content: tuple[str, str, bytes] | None = None


@dataclass
class Seen:
    """One call with its answer, for tests that look on."""

    method: str
    path: str
    query: dict[str, str]
    request: Any
    status: int
    body: Any


class BaserowDouble:
    """A running double; a context manager.

    Attributes:
        url: Where it listens, on loopback.
        state: What it holds; tests may plant things there.
        seen: Every call so far.
        between: Called with method and path before each call is acted on: what others do meanwhile.
    """

    def __init__(self) -> None:
        self.state = State()
        self.seen: list[Seen] = []
        self.between: Callable[[str, str], None] | None = None
        self._faults: list[Fault] = []
        double = self

        class Handler(_Handler):
            owner = double

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._knocks: list[threading.Thread] = []

    def __enter__(self) -> "BaserowDouble":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- what tests do to it --------------------------------------------------------------------------------------
    @property
    def clock(self) -> Clock:
        return self.state.clock

    @property
    def lag(self) -> float:
        """Seconds by which a write's stamp lies before its visibility."""
        return self.state.lag

    @lag.setter
    def lag(self, seconds: float) -> None:
        self.state.lag = seconds

    def fault(self, kind: Kind, method: str, path: str, times: int = 1) -> None:
        """The next ``times`` calls whose path matches the pattern go wrong."""
        self._faults.append(Fault(kind, method, path, times))

    def mend(self) -> None:
        """Forget the faults that are still due."""
        self._faults.clear()

    def import_rows(self, table: int, cells: dict[int, dict[str, Any]], by: str) -> None:
        """“Import file → update existing rows”: stamp and account move, history and hooks stay silent (facts 4, 5)."""
        from .cells import put, store

        with self.state.lock:
            found = self.state.table(table)
            [user] = [u for u in self.state.users.values() if u.email == by]
            for row_id, values in cells.items():
                row = found.rows[row_id]
                for key, value in values.items():
                    raw = found.fields[int(key.removeprefix("field_"))]
                    put(self.state, found, row, raw, store(self.state, raw, value))
                row.modified, row.modified_by = self.state.stamp(), user.id

    def due(self, method: str, path: str) -> Kind | None:
        for fault in self._faults:
            if fault.times > 0 and fault.method == method and re.search(fault.path, path):
                fault.times -= 1
                return fault.kind
        return None

    # --- hooks ----------------------------------------------------------------------------------------------------
    def knock(self, table: int, event: str, payload: dict[str, Any]) -> None:
        """Call the hooks of a table; nine failures in a row switch one off for good (fact 8)."""
        for hook in list(self.state.hooks.values()):
            wanted = hook["include_all_events"] or event in hook["events"]
            if hook["table"] == table and hook["active"] and wanted:
                body = {"table_id": table, "webhook_id": hook["id"], "event_type": event, **payload}
                thread = threading.Thread(target=self._call, args=(hook, body), daemon=True)
                thread.start()
                self._knocks.append(thread)

    def _call(self, hook: dict[str, Any], body: dict[str, Any]) -> None:
        try:
            answer = requests.post(hook["url"], json=body, headers=hook["headers"], timeout=5)
            good = answer.ok
        except requests.RequestException:
            good = False
        with self.state.lock:
            hook["failed_triggers"] = 0 if good else hook["failed_triggers"] + 1
            hook["active"] = hook["active"] and hook["failed_triggers"] <= 8

    def settle(self) -> None:
        """Wait for the knocks under way."""
        for thread in self._knocks:
            thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    owner: BaserowDouble
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet: otherwise every call waits 40 ms for an acknowledgement

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test output clean."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.owner.clock.now(), usegmt=True)

    def do_GET(self) -> None:
        self._do()

    do_POST = do_PATCH = do_DELETE = do_PUT = do_GET

    def _do(self) -> None:
        state = self.owner.state
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if parts.path.startswith("/media/user_files/"):
            found = state.files.get(parts.path.rpartition("/")[2])
            return self._send(404, "not found") if found is None else self._send(200, found[1])
        if self.owner.between is not None:
            self.owner.between(self.command, parts.path)
        fault = self.owner.due(self.command, parts.path)
        call = Call(None, query, None, parts.path)
        try:
            status, body = self._instead(fault)
            if not status:
                with state.lock:
                    self._read(call, raw)
                    status, body = self._route(parts.path, call)
            headers: dict[str, str] = {}
        except Refuse as refusal:
            status, body, headers = refusal.status, refusal.body, refusal.headers
        if status >= 500:
            body = PAGE_500
        self.owner.seen.append(Seen(self.command, parts.path, query, call.body, status, body))
        if fault == "lost":
            self.close_connection = True
            self.connection.close()
            return None
        return self._send(status, body, headers)

    def _instead(self, fault: Kind | None) -> tuple[int, Any]:
        if fault == "500":
            raise Refuse(500)
        if fault == "429":
            text = "Request was throttled. Expected available in 29 seconds."
            raise Refuse(429, "", text, **{"Retry-After": "29"})
        if fault == "409":
            raise Refuse(
                409,
                "ERROR_FAILED_TO_LOCK_TABLE_DUE_TO_CONFLICT",
                "The requested table is already being updated or used by another operation, please try again after "
                "other concurrent operations have finished.",
            )
        return 0, None

    def _read(self, call: Call, raw: bytes) -> None:
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            text = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw
            message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(text)
            part = next(iter(message.iter_parts()))  # type: ignore[attr-defined]
            mime = part.get_content_type()
            call.content = (part.get_filename() or "unnamed", mime, part.get_payload(decode=True))
        elif raw:
            try:
                call.body = json.loads(raw)
            except ValueError as error:
                raise Refuse(400, "", f"JSON parse error - {error}") from None

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content, kind = b"", "application/json"
        if isinstance(body, bytes):
            content, kind = body, "application/octet-stream"
        elif isinstance(body, str):
            content, kind = body.encode(), "text/html; charset=utf-8"
        elif status != 204:
            content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _route(self, path: str, call: Call) -> tuple[int, Any]:
        if not path.endswith("/"):
            raise Refuse(
                404,
                "URL_TRAILING_SLASH_MISSING",
                f"A valid URL must end with a trailing slash. Please, redirect requests to {path}/",
            )
        methods = []
        for method, pattern, handler, free in ROUTES:
            match = re.fullmatch(pattern, path)
            if match is None:
                continue
            methods.append(method)
            if method == self.command:
                if not free:
                    call.user = people.who(self.owner.state, self.headers.get("Authorization", ""))
                body = handler(self.owner, call, *map(int, match.groups()))
                return (204, None) if body is None else (200, body)
        if methods:
            raise Refuse(405, "", f'Method "{self.command}" not allowed.')
        raise Refuse(404, "URL_NOT_FOUND", f"URL {path} not found.")


Handle = Callable[..., Any]
ROUTES: list[tuple[str, str, Handle, bool]] = []


def route(method: str, pattern: str, free: bool = False) -> Callable[[Handle], Handle]:
    def keep(handler: Handle) -> Handle:
        ROUTES.append((method, pattern.replace("#", r"(\d+)"), handler, free))
        return handler

    return keep


# --- people -------------------------------------------------------------------------------------------------------
@route("GET", "/api/_health/", free=True)
def _health(d: BaserowDouble, c: Call) -> Any:
    return "OK"


@route("GET", "/api/settings/", free=True)
def _settings(d: BaserowDouble, c: Call) -> Any:
    return {
        "allow_new_signups": True,
        "allow_signups_via_workspace_invitations": True,
        "allow_reset_password": True,
        "allow_global_workspace_creation": True,
        "account_deletion_grace_delay": 30,
        "show_admin_signup_page": not d.state.users,
        "track_workspace_usage": False,
        "show_baserow_help_request": True,
        "co_branding_logo": None,
        "email_verification": "no_verification",
        "verify_import_signature": True,
    }


@route("POST", "/api/user/", free=True)
def _sign_up(d: BaserowDouble, c: Call) -> Any:
    people.sign_up(d.state, c.body)
    session = people.log_in(d.state, c.body)
    return session if c.body.get("authenticate") else {"user": session["user"]}


@route("POST", "/api/user/token-auth/", free=True)
def _log_in(d: BaserowDouble, c: Call) -> Any:
    return people.log_in(d.state, c.body)


@route("POST", "/api/user/token-refresh/", free=True)
def _refresh(d: BaserowDouble, c: Call) -> Any:
    return people.refresh(d.state, c.body)


@route("GET", "/api/admin/users/")
def _users(d: BaserowDouble, c: Call) -> Any:
    users = [u for u in d.state.users.values() if c.query.get("search", "") in u.email]
    results = [people.admin_view(d.state, u) for u in users]
    return {"count": len(users), "next": None, "previous": None, "results": results}


@route("POST", "/api/admin/users/")
def _new_user(d: BaserowDouble, c: Call) -> Any:
    body = {"email": c.body["username"], "name": c.body["name"], "password": c.body["password"]}
    return people.admin_view(d.state, people.sign_up(d.state, body, c.body["is_staff"]))


@route("GET", "/api/workspaces/")
def _workspaces(d: BaserowDouble, c: Call) -> Any:
    return people.workspaces(d.state, _me(c))


@route("POST", "/api/workspaces/")
def _new_workspace(d: BaserowDouble, c: Call) -> Any:
    return people.create_workspace(d.state, _me(c), c.body)


@route("POST", "/api/workspaces/invitations/workspace/#/")
def _invite(d: BaserowDouble, c: Call, workspace: int) -> Any:
    return people.invite(d.state, workspace, c.body, "127.0.0.1")


@route("POST", "/api/workspaces/invitations/#/accept/")
def _accept(d: BaserowDouble, c: Call, number: int) -> Any:
    return people.accept(d.state, _me(c), number)


def _me(c: Call) -> User:
    assert c.user is not None
    return c.user


# --- databases, tables, columns -----------------------------------------------------------------------------------
@route("GET", "/api/applications/")
def _applications(d: BaserowDouble, c: Call) -> Any:
    mine = {w["id"] for w in people.workspaces(d.state, _me(c))}
    return [people.application(d.state, a) for a in d.state.databases.values() if a.workspace in mine]


@route("GET", "/api/applications/workspace/#/")
def _applications_of(d: BaserowDouble, c: Call, workspace: int) -> Any:
    d.state.member(_me(c), workspace)
    return [people.application(d.state, a) for a in d.state.databases.values() if a.workspace == workspace]


@route("POST", "/api/applications/workspace/#/")
def _new_application(d: BaserowDouble, c: Call, workspace: int) -> Any:
    number = d.state.next("database")
    made = people.Database(number, c.body["name"], workspace, iso(d.clock.now()))
    d.state.databases[number] = made
    return people.application(d.state, made)


@route("GET", "/api/database/tables/database/#/")
def _tables(d: BaserowDouble, c: Call, database: int) -> Any:
    d.state.member(_me(c), d.state.databases[database].workspace)
    return [t.answer() for t in d.state.tables.values() if t.database == database and not t.trashed]


@route("POST", "/api/database/tables/database/#/")
def _new_table(d: BaserowDouble, c: Call, database: int) -> Any:
    return schema.create_table(d.state, _me(c), database, c.body)


@route("PATCH", "/api/database/tables/#/")
def _rename_table(d: BaserowDouble, c: Call, table: int) -> Any:
    d.state.table(table).name = c.body["name"]
    return d.state.table(table).answer()


@route("DELETE", "/api/database/tables/#/")
def _delete_table(d: BaserowDouble, c: Call, table: int) -> Any:
    d.state.table(table).trashed = True


@route("GET", "/api/database/fields/table/#/")
def _fields(d: BaserowDouble, c: Call, table: int) -> Any:
    return schema.fields(d.state.admit(_me(c), d.state.table(table)))


@route("POST", "/api/database/fields/table/#/")
def _new_field(d: BaserowDouble, c: Call, table: int) -> Any:
    return schema.create_field(d.state, _me(c), d.state.table(table), c.body)


@route("PATCH", "/api/database/fields/#/")
def _change_field(d: BaserowDouble, c: Call, number: int) -> Any:
    return schema.update_field(d.state, _me(c), number, c.body)


@route("DELETE", "/api/database/fields/#/")
def _delete_field(d: BaserowDouble, c: Call, number: int) -> Any:
    return schema.delete_field(d.state, number)


# --- views and hooks ----------------------------------------------------------------------------------------------
@route("GET", "/api/database/views/table/#/")
def _views(d: BaserowDouble, c: Call, table: int) -> Any:
    return [v for v in d.state.views.values() if v["table_id"] == d.state.table(table).id]


@route("POST", "/api/database/views/table/#/")
def _new_view(d: BaserowDouble, c: Call, table: int) -> Any:
    return schema.create_view(d.state, _me(c), d.state.table(table), c.body)


@route("POST", "/api/database/views/#/filters/")
def _new_filter(d: BaserowDouble, c: Call, view: int) -> Any:
    return schema.rule(d.state, view, "filters", c.body)


@route("POST", "/api/database/views/#/filter-groups/")
def _new_group(d: BaserowDouble, c: Call, view: int) -> Any:
    return schema.rule(d.state, view, "filter-groups", c.body)


@route("POST", "/api/database/views/#/sortings/")
def _new_sort(d: BaserowDouble, c: Call, view: int) -> Any:
    return schema.rule(d.state, view, "sortings", c.body)


@route("PATCH", "/api/database/views/#/field-options/")
def _field_options(d: BaserowDouble, c: Call, view: int) -> Any:
    return schema.field_options(d.state, view, c.body)


@route("POST", r"/api/database/views/form/[\w-]+/submit/", free=True)
def _submit(d: BaserowDouble, c: Call) -> Any:
    slug = c.path.split("/")[-3]
    [view] = [v for v in d.state.views.values() if v["slug"] == slug and v["public"]]
    made = rows.create(d.state, None, d.state.table(view["table_id"]), [c.body], {}, single=True)
    d.knock(view["table_id"], "rows.created", {"items": made})
    return {
        "submit_action": view["submit_action"],
        "submit_action_message": view["submit_action_message"],
        "submit_action_redirect_url": "",
        "row_id": made[0]["id"],
    }


@route("GET", "/api/database/webhooks/table/#/")
def _hooks(d: BaserowDouble, c: Call, table: int) -> Any:
    return [schema.hook_answer(h) for h in d.state.hooks.values() if h["table"] == table]


@route("POST", "/api/database/webhooks/table/#/")
def _new_hook(d: BaserowDouble, c: Call, table: int) -> Any:
    return schema.create_hook(d.state, d.state.table(table), c.body)


@route("PATCH", "/api/database/webhooks/#/")
def _change_hook(d: BaserowDouble, c: Call, number: int) -> Any:
    return schema.update_hook(d.state, number, c.body)


@route("DELETE", "/api/database/webhooks/#/")
def _delete_hook(d: BaserowDouble, c: Call, number: int) -> Any:
    del d.state.hooks[number]


# --- rows ---------------------------------------------------------------------------------------------------------
def _rows_of(d: BaserowDouble, c: Call, table: int) -> Any:
    return d.state.admit(_me(c), d.state.table(table))


def _quiet(c: Call) -> bool:
    return c.query.get("send_webhook_events") == "false"


@route("GET", "/api/database/rows/table/#/")
def _list(d: BaserowDouble, c: Call, table: int) -> Any:
    base = f"{d.url}/api/database/rows/table/{table}/"
    return rows.listing(d.state, _me(c), _rows_of(d, c, table), c.query, base)


@route("POST", "/api/database/rows/table/#/")
def _create(d: BaserowDouble, c: Call, table: int) -> Any:
    made = rows.create(d.state, _me(c), _rows_of(d, c, table), [c.body], c.query, single=True)
    if not _quiet(c):
        d.knock(table, "rows.created", {"items": made})
    return made[0]


@route("POST", "/api/database/rows/table/#/batch/")
def _create_many(d: BaserowDouble, c: Call, table: int) -> Any:
    made = rows.create(d.state, _me(c), _rows_of(d, c, table), c.body["items"], c.query)
    if not _quiet(c):
        d.knock(table, "rows.created", {"items": made})
    return {"items": made}


@route("PATCH", "/api/database/rows/table/#/batch/")
def _update_many(d: BaserowDouble, c: Call, table: int) -> Any:
    changed = rows.update(d.state, _me(c), _rows_of(d, c, table), c.body["items"], c.query)
    if not _quiet(c):
        d.knock(table, "rows.updated", {"items": changed})
    answer: dict[str, Any] = {"items": changed}
    return answer


@route("POST", "/api/database/rows/table/#/batch-delete/")
def _delete_many(d: BaserowDouble, c: Call, table: int) -> Any:
    rows.delete_many(d.state, _me(c), _rows_of(d, c, table), c.body["items"])
    if not _quiet(c):
        d.knock(table, "rows.deleted", {"row_ids": c.body["items"]})


@route("GET", "/api/database/rows/table/#/#/")
def _get(d: BaserowDouble, c: Call, table: int, row: int) -> Any:
    return rows.single(d.state, _rows_of(d, c, table), row, c.query)


@route("PATCH", "/api/database/rows/table/#/#/")
def _update(d: BaserowDouble, c: Call, table: int, row: int) -> Any:
    changed = rows.patch(d.state, _me(c), _rows_of(d, c, table), row, c.body, c.query)
    if not _quiet(c):
        d.knock(table, "rows.updated", {"items": [changed]})
    return changed


@route("DELETE", "/api/database/rows/table/#/#/")
def _delete(d: BaserowDouble, c: Call, table: int, row: int) -> Any:
    rows.delete(d.state, _me(c), _rows_of(d, c, table), row)
    if not _quiet(c):
        d.knock(table, "rows.deleted", {"row_ids": [row]})


@route("GET", "/api/database/rows/table/#/#/history/")
def _history(d: BaserowDouble, c: Call, table: int, row: int) -> Any:
    base = f"{d.url}/api/database/rows/table/{table}/{row}/history/"
    return rows.history(d.state, _rows_of(d, c, table), row, c.query, base)


@route("GET", "/api/database/rows/names/")
def _names(d: BaserowDouble, c: Call) -> Any:
    return rows.names(d.state, _me(c), c.query)


@route("GET", "/api/trash/workspace/#/")
def _trash(d: BaserowDouble, c: Call, workspace: int) -> Any:
    found = [e for e in d.state.trash if e["workspace"] == workspace]
    return {"count": len(found), "next": None, "previous": None, "results": found}


@route("DELETE", "/api/trash/workspace/#/")
def _empty_trash(d: BaserowDouble, c: Call, workspace: int) -> Any:
    d.state.trash = [e for e in d.state.trash if e["workspace"] != workspace]


@route("PATCH", "/api/trash/restore/")
def _restore(d: BaserowDouble, c: Call) -> Any:
    rows.restore(d.state, _me(c), c.body)


@route("POST", "/api/user-files/upload-file/")
def _upload(d: BaserowDouble, c: Call) -> Any:
    assert c.content is not None
    return people.upload(d.state, *c.content, root=d.url)
