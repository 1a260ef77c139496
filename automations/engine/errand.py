"""A report being made by a process of its own: started, looked at, taken; never waited for within a pass."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from automations.errors import ReportError
from automations.measures.stops import Stop
from automations.reports.folders import ReportFolder
from automations.settings import HOUSE, without_secrets
from automations.statements._child import MADE, REFUSED, Order, ordered

PATIENCE = 600
"""Seconds a report may take; the longest of the demonstration school takes a tenth of it."""
RUN = "import sys; from automations.statements._child import main; sys.exit(main())"


@dataclass
class Errand:
    """One report on its way.

    Attributes:
        report: What is made.
        slot: For which time.
        as_of: Rows as they stood then.
        folder: Where its files arrive.
    """

    report: ReportFolder
    slot: datetime
    as_of: datetime
    folder: Path
    _process: "subprocess.Popen[bytes]"
    _told: IO[bytes]
    _until: float

    @classmethod
    def start(
        cls,
        report: ReportFolder,
        slot: datetime,
        as_of: datetime,
        stops: Iterable[Stop],
        mirror: str,
        schemas: Path,
        waiting: Path,
    ) -> "Errand":
        """Send a process off.

        Args:
            report: What is to be made.
            slot: For which time.
            as_of: Rows as they stood then.
            stops: What had been stopped until then.
            mirror: SQLAlchemy address.
            schemas: Folder of the tables.
            waiting: Where unfinished reports lie, on the same disk as finished ones.
        """
        waiting.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=waiting)).resolve()
        order = Order(
            mirror=mirror,
            schemas=str(schemas.resolve()),
            templates=str(report.path.parent.resolve()),
            report=report.name,
            as_of=as_of.isoformat(),
            slot=slot.isoformat(),
            folder=str(folder),
            stops=[(stop.at.isoformat(), stop.table, stop.code, list(stop.rules)) for stop in stops],
        )
        told = (folder / "told").open("w+b")
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", RUN],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=told,
            cwd=HOUSE,
            env=without_secrets(),
        )
        assert process.stdin is not None
        process.stdin.write(ordered(order))
        process.stdin.close()
        return cls(report, slot, as_of, folder, process, told, time.monotonic() + PATIENCE)

    def over(self) -> bool:
        """Whether it has ended; one that takes too long is stopped."""
        if self._process.poll() is None and time.monotonic() > self._until:
            self._process.kill()
            self._process.wait()
        return self._process.returncode is not None

    def wait(self) -> None:
        """Until it is over."""
        while not self.over():
            time.sleep(0.05)

    def made(self) -> dict[str, Any]:
        """What ``made.json`` says of it (:mod:`automations.statements._child`).

        Raises:
            ReportError: It was not made; why.
        """
        if self._process.returncode == 0:
            return self.result(self.folder)
        self._told.seek(0)
        lines = self._told.read().decode(errors="replace").strip()
        if self._process.returncode == REFUSED:
            raise ReportError(f"报告“{self.report.name}”没有生成：{lines}")
        if time.monotonic() > self._until:
            raise ReportError(f"报告“{self.report.name}”超过 {PATIENCE} 秒没有生成完，已停止，稍后重试。")
        last = lines.splitlines()[-1] if lines else f"退出码 {self._process.returncode}"
        raise ReportError(f"报告“{self.report.name}”没有生成（{last}），稍后重试；请把本条信息交给信息科。")

    @staticmethod
    def result(folder: Path) -> dict[str, Any]:
        """What lies in a folder."""
        found: dict[str, Any] = json.loads((folder / MADE).read_text("utf-8"))
        return found

    def clear(self) -> None:
        """Throw away what is left of it."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._told.close()
        shutil.rmtree(self.folder, ignore_errors=True)
