"""A small office whose reports are tiny: real statements, words of a few lines, in folders of the test."""

import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from automations.engine import Engine, Office
from automations.engine import reports as room
from automations.engine.errand import Errand
from automations.engine.notices import Notices
from automations.engine.reports import Reports
from automations.errors import HouqinError, ReportError
from automations.jobs import approvals
from automations.journal import Journal
from automations.measures.stops import Stop
from automations.mirror import Mirror
from automations.notify.memory import Memory
from automations.reports.folders import ReportFolder
from automations.settings import HOUSE
from automations.statements._child import Order, carry_out
from automations.tables.base import Row
from automations.tables.memory import MemoryServer
from automations.workdays import SCHOOL_TIME
from tests.conftest import Clock
from tests.office import ACCOUNTS, WORKER, SmallOffice, schema

MANIFEST = """
title = "{{{{ unit }}}}{{{{ period }}}}标准核实情况"
addressee = "校委会"
period = "month"
at = "monthly workday 3 09:10"
to = ["主要领导"]
formats = ["html", "docx"]
kind = "月报"
{more}"""
WORDS = "{{ period }}，待核实的标准有{{ open }}项。\n\n## 一、情况\n\n[[表 standards]]\n"
NAME = "settings_unverified"
"""A statement of the house that needs no more than parameters."""

SLOT = datetime(2026, 10, 10, 9, 10, tzinfo=SCHOOL_TIME)
"""The third working day of October 2026."""


def folder(root: Path, name: str = NAME, words: str = WORDS, **more: str) -> Path:
    """A report; ``more`` are lines of its ``report.toml`` instead of the usual ones."""
    path = root / name
    path.mkdir(parents=True, exist_ok=True)
    lines = [line for line in MANIFEST.format(more="").splitlines() if line.split(" = ")[0] not in more]
    lines += [f"{key} = {value}" for key, value in more.items()]
    (path / "report.toml").write_text("\n".join(lines), "utf-8")
    (path / "words.md").write_text(words, "utf-8")
    return path


class Here:
    """An errand that is run at once in this process: as :class:`Errand`, without the second a process takes.

    Attributes:
        kept: Where what was made before lies, if it is to be made once for several offices that are alike.
    """

    kept: Path | None = None

    def __init__(self, report: ReportFolder, slot: datetime, as_of: datetime, path: Path) -> None:
        self.report, self.slot, self.as_of, self.folder = report, slot, as_of, path
        self.error = ""

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
    ) -> "Here":
        path = waiting / report.name
        path.mkdir(parents=True, exist_ok=True)
        errand = cls(report, slot, as_of, path)
        root = str(report.path.parent)
        if cls.kept is not None and cls.kept.is_dir():
            shutil.copytree(cls.kept, path, dirs_exist_ok=True)
            return errand
        try:
            carry_out(
                Order(
                    mirror=mirror,
                    schemas=str(schemas),
                    templates=root,
                    report=report.name,
                    as_of=as_of.isoformat(),
                    slot=slot.isoformat(),
                    folder=str(path),
                    stops=[(stop.at.isoformat(), stop.table, stop.code, list(stop.rules)) for stop in stops],
                )
            )
        except HouqinError as error:
            errand.error = str(error)
        if cls.kept is not None:
            shutil.copytree(path, cls.kept)
        return errand

    def over(self) -> bool:
        return True

    def wait(self) -> None:
        return

    def made(self) -> dict[str, Any]:
        if self.error:
            raise ReportError(f"报告“{self.report.name}”没有生成：{self.error}")
        return Errand.result(self.folder)

    def clear(self) -> None:
        with suppress(OSError):
            shutil.rmtree(self.folder)


class ReportOffice:
    """The office with its stores in files, so that a worker may be killed and another come.

    Attributes:
        post: What was sent.
    """

    def __init__(self, tmp: Path) -> None:
        self.root = tmp / "report_templates"
        self.root.mkdir()
        self.clock = Clock()
        self._place(tmp)
        small = SmallOffice(self.clock, server=self.server, mirror=self.mirror, journal=self.journal)
        self.ids, self.host, self.binding = small.ids, small.host, small.binding
        self.host.update("people", {self.ids["王文员"]: {"roles": ("经办人", "信息管理员")}})
        small.close()
        self.start()

    def _place(self, tmp: Path) -> None:
        """Everything that is kept lies here."""
        self.tmp, self.var = tmp, tmp / "var"
        self.server = MemoryServer(str(tmp / "tables.db"), clock=self.clock)
        for address, name in ACCOUNTS.items():
            self.server.add_account(address, name)
        self.mirror, self.journal = f"sqlite:///{tmp / 'mirror.db'}", f"sqlite:///{tmp / 'journal.db'}"
        self.post = Memory("email")

    def copied(self, tmp: Path) -> "ReportOffice":
        """The same office once more, as it is after :meth:`stop`."""
        shutil.copytree(self.tmp, tmp)
        copy = object.__new__(ReportOffice)
        copy.clock, copy.root = Clock(self.clock.now), tmp / "report_templates"
        copy._place(tmp)
        copy.ids, copy.binding, copy.host = self.ids, self.binding, copy.server.login(WORKER)
        copy.host.bind(self.binding)
        copy.host.refresh([table.name for table in schema()])
        copy.start()
        return copy

    def start(self) -> None:
        """A worker comes."""
        self.office = Office(
            host=self.host,
            mirror=Mirror(self.mirror, schema()),
            journal=Journal(self.journal),
            schema=schema(),
            approvals=approvals(),
        )
        self.notices = Notices(self.office, {"email": self.post}, {})
        self.reports = Reports(self.office, self.notices, self.mirror, self.var, self.root, HOUSE / "schemas")
        self.engine = Engine(self.office, self.notices, reports=self.reports)

    def stop(self) -> None:
        """The worker is gone."""
        self.reports.close()
        self.office.mirror.close()
        self.office.journal.close()

    def close(self) -> None:
        self.stop()
        self.server.close()

    def killed(self) -> None:
        """The worker is gone, another comes; claims of the dead one have run out by then."""
        self.stop()
        self.clock.pass_by(minutes=16)
        self.start()

    def go_to(self, moment: datetime) -> None:
        self.clock.now = moment

    def begin(self) -> None:
        """The day before the slot: reports are seen for the first time, and nothing is due."""
        self.go_to(SLOT - timedelta(days=1))
        assert self.turn() == []

    def turn(self, *, slow: bool = True) -> list[str]:
        """A pass; what it reports. A report being made is waited for first."""
        if (errand := self.reports._errand) is not None:
            errand.wait()
        return self.engine.turn(self.clock.pass_by(seconds=3), slow=slow).problems

    def settle(self) -> list[str]:
        """Passes enough for anything due to be made, laid down and sent."""
        return [problem for _ in range(5) for problem in self.turn()]

    # --- looking ----------------------------------------------------------------------------------------------------
    def rows(self) -> list[Row]:
        """Reports in 通知与报告 on the host."""
        return [row for row in self.host.changed("outbox", None).rows if row["kind"] == "月报"]

    def told(self, name: str) -> list[Any]:
        """Messages that somebody got."""
        return [message for to, message in self.post.sent if to.name == name]

    def reported(self) -> list[Mapping[str, Any]]:
        return [entry.data for entry in self.office.journal.entries(kind="reported")]


__all__ = ["NAME", "SLOT", "WORDS", "Here", "ReportOffice", "folder", "room"]
