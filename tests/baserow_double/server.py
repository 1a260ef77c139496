"""The double's HTTP: sign-in, error pages, faults on order, hooks."""

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

from . import people
from .cells import put, store
from .routes import ROUTES, Call
from .state import Clock, Refuse, State

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
