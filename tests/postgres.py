"""A private PostgreSQL server for the tests, and the stores that tests run on.

The server is started once per test session from Debian's binaries, on a free loopback port, with its data in a
temporary folder; every store is a schema of its own in it. Where no server binaries are installed the tests of mark
``postgres`` are skipped, except in CI (environment variable ``CI``): there they fail.
"""

import atexit
import itertools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

_SCHEMAS = itertools.count(1)


class Postgres:
    """One running server."""

    def __init__(self, bindir: Path) -> None:
        self._bin = bindir
        self._folder = Path(tempfile.mkdtemp(prefix="houqin-pg-"))
        self.password = secrets.token_urlsafe(12)
        self.port = _free_port()
        password = self._folder / "password"
        password.write_text(self.password)
        # PostgreSQL refuses to run as root: then Debian's own account for it runs it.
        self._as: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            for path in (self._folder, password):
                os.chown(path, account.pw_uid, account.pw_gid)
            self._as = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        self._run(
            "initdb", "-D", self._data, "-U", "houqin", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8"
        )
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "60", "-l", f"{self._folder}/log", "-o", options, "start")

    @property
    def _data(self) -> str:
        return f"{self._folder}/data"

    def _run(self, program: str, *arguments: str) -> None:
        # The server inherits the output: a pipe would never end.
        with open(self._folder / f"{program}.out", "w+b") as out:
            command = [*self._as, str(self._bin / program), *arguments]
            code = subprocess.run(
                command, stdout=out, stderr=out, cwd=self._folder, timeout=120, check=False
            ).returncode
            if code:
                out.seek(0)
                raise RuntimeError(f"{program} failed: {out.read().decode(errors='replace')}")

    def url(self, *, password: str | None = None, database: str = "postgres", schema: str = "public") -> str:
        """The address of a schema of this server."""
        address = URL.create(
            "postgresql+psycopg",
            username="houqin",
            password=self.password if password is None else password,
            host="127.0.0.1",
            port=self.port,
            database=database,
            query={"options": f"-csearch_path={schema}"},
        )
        return address.render_as_string(hide_password=False)

    def new_store(self) -> str:
        """The address of a new, empty schema."""
        schema = f"store_{next(_SCHEMAS)}"
        engine = create_engine(self.url())
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        engine.dispose()
        return self.url(schema=schema)

    def stop(self) -> None:
        """End the server and remove its data."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _bindir() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@cache
def server() -> Postgres:
    """The session's server, started when the first test needs it."""
    bindir = _bindir()
    if bindir is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    started = Postgres(bindir)
    atexit.register(started.stop)
    return started


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store: the same test runs on a SQLite file and on PostgreSQL."""
    return server().new_store() if request.param == "postgres" else f"sqlite:///{tmp_path}/store.db"
