"""The demonstration office as the README's first command opens it: own data, a free port, real NocoDB and worker."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from automations.settings import HOUSE

COLD_SECONDS = 900
"""Longest wait on a busy machine; some three minutes on a quiet one."""
DOORS = "打开浏览器："


@dataclass(frozen=True)
class Checked:
    """What ``houqin up --check`` ended with."""

    var: Path
    url: str
    code: int
    said: str
    seconds: float


def environment(var: Path, url: str) -> dict[str, str]:
    """Where the demonstration lies; nothing of what this machine's .env says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOUQIN_")}
    return kept | {"HOUQIN_VAR": str(var), "HOUQIN_HOST_URL": url, "PYTHONUNBUFFERED": "1"}


def command(*arguments: str) -> list[str]:
    """``houqin`` of this very Python."""
    return [sys.executable, "-m", "automations", *arguments]


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """A cold ``houqin up --check``: from nothing to every outcome asserted."""
    var = tmp_path_factory.mktemp("demo") / "var"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    start = time.monotonic()
    done = subprocess.run(
        command("up", "--check"),
        cwd=HOUSE,
        env=environment(var, url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COLD_SECONDS,
    )
    return Checked(var, url, done.returncode, done.stdout, time.monotonic() - start)


@dataclass
class Running:
    """A running ``houqin up``."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    seconds: float

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


def open_office(checked: Checked, log: Path) -> Running:
    """A warm ``houqin up`` on the data of ``checked``, waited for."""
    start = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            command("up"), cwd=HOUSE, env=environment(checked.var, checked.url), stdout=out, stderr=out
        )
    running = Running(checked.url, process, log, 0.0)
    while DOORS not in running.said:
        if process.poll() is not None or time.monotonic() - start > COLD_SECONDS:
            running.stop()
            raise AssertionError(f"houqin up did not open:\n{running.said[-3000:]}")
        time.sleep(0.1)
    running.seconds = time.monotonic() - start
    return running


@pytest.fixture(scope="session")
def office(checked: Checked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The same office opened once more, the worker running, until the last test is done."""
    running = open_office(checked, tmp_path_factory.mktemp("office") / "up.log")
    yield running
    running.stop()
