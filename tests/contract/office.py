"""What a host must bring to be tested: an :class:`Office`; and the small tools the tests read it with."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from automations.tables.base import BoundTable, Edit, Host, Row
from automations.tables.values import File, Value, Values

WORKER = "houqin@school.test"
ZHOU, LI, WANG = "zhou@school.test", "li@school.test", "wang@school.test"
ACCOUNTS = {WORKER: "后勤助手", ZHOU: "周敏", LI: "李国强", WANG: "王芳"}
"""E-mail → name of the accounts that every office has ready."""

Ability: TypeAlias = Literal[
    "import_rows",  # office.import_rows changes cells without history
    "lag",  # office.lagging() makes writes commit later than their stamp
    "expire",  # office.expire(host) makes the host's access token invalid
    "edits_of_deleted",  # edits() still answers for a deleted row
    "restore_same_id",  # restore() brings a row back under its id
    "reuse_ids",  # the id of a deleted last row is given again
    "hooks",  # subscribe() calls an address on this machine
]


class Office(Protocol):
    """A server with an empty database and the four accounts of :data:`ACCOUNTS`."""

    def login(self, email: str) -> Host:
        """A new session of a ready account."""

    def login_wrong(self) -> Host:
        """Try to sign in as :data:`ZHOU` with a wrong password, or where there are none as a stranger."""

    def can(self, ability: Ability) -> bool:
        """Whether this host does it (or this office can provoke it)."""

    def history_of(self, field_type: str) -> bool:
        """Whether the host's history resolves old and new values of this field type."""

    def import_rows(self, bound: BoundTable, changes: Mapping[int, Values], by: str) -> None:
        """Change cells so that the host keeps no history of it; only with ``import_rows``."""

    def lagging(self, seconds: int) -> AbstractContextManager[None]:
        """Inside, writes are stamped so long before they can be seen; only with ``lag``."""

    def expire(self, host: Host) -> None:
        """Make the session's access token worthless, as time does; only with ``expire``."""

    def retype(self, bound: BoundTable, field: str) -> None:
        """Turn a text column into a number column by hand."""


T = TypeVar("T")


def eventually(read: Callable[[], T], good: Callable[[T], bool], seconds: float = 5) -> T:
    """Read until good: some hosts write their history a moment after the row."""
    deadline = time.monotonic() + seconds
    while not good(found := read()):
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so after {seconds} s: {found!r}")
        time.sleep(0.05)
    return found


def one(host: Host, table: str, row_id: int) -> Row:
    """The row as it is now."""
    [row] = host.rows(table, [row_id])
    return row


def files_of(row: Row, name: str) -> tuple[File, ...]:
    """The attachments in a cell."""
    cell = row[name]
    assert isinstance(cell, tuple)
    files = tuple(file for file in cell if isinstance(file, File))
    assert len(files) == len(cell)
    return files


def mark(host: Host, table: str, row_id: int) -> str:
    """The order of the row's latest edit so far; waits for the entry of its creation."""
    return eventually(lambda: host.edits(table, row_id), bool)[-1].order


def net(edits: Sequence[Edit]) -> tuple[dict[str, Value], dict[str, Value]]:
    """What a run of edits did together: first old, last new value of each field."""
    before: dict[str, Value] = {}
    after: dict[str, Value] = {}
    for edit in edits:
        before = {**edit.before, **before}
        after = {**after, **edit.after}
    return before, after


def is_chinese(error: BaseException) -> bool:
    """Whether an office person can read it."""
    return any("一" <= char <= "鿿" for char in str(error))


def quiet_marks(host: Host, table: str, ids: Sequence[int]) -> dict[int, str]:
    """The order of each row's last edit once no further one has come for a moment: some histories trail the rows."""
    found: dict[int, str] = {}
    quiet_since = time.monotonic()
    deadline = quiet_since + 10
    while time.monotonic() - quiet_since < 0.25 and time.monotonic() < deadline:
        now = {row_id: edits[-1].order for row_id in ids if (edits := host.edits(table, row_id))}
        if now != found:
            found, quiet_since = now, time.monotonic()
        time.sleep(0.03)
    assert set(found) == set(ids), "rows without any history"
    return found


class Door:
    """A listening address on this machine that keeps the secret that each call carried."""

    def __init__(self) -> None:
        self.calls: list[str | None] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                door.calls.append(self.headers.get("X-Houqin-Secret"))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Keep the test output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hint"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "Door":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
