"""Reports at their times: made beside the worker, laid into 通知与报告, sent once, whatever is killed or away."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from automations.engine import errand, reports, spool
from automations.errors import HostUnavailable
from automations.settings import HOUSE
from automations.tables.memory import MemoryHost
from automations.tables.values import File
from tests.reporting.office import NAME, SLOT, Here, ReportOffice, folder


@pytest.fixture
def office(tmp_path: Path) -> Iterator[ReportOffice]:
    found = ReportOffice(tmp_path)
    yield found
    found.close()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are made within the test's own process."""
    monkeypatch.setattr(reports, "Errand", Here)


def whole(office: ReportOffice) -> None:
    """Exactly one report, with everything that belongs to it."""
    [entry] = office.reported()
    [row] = office.rows()
    assert (entry["name"], entry["period"]) == (NAME, "2026年9月")
    assert row["title"] == "示例区委党校2026年9月标准核实情况" and row["period"] == "2026年9月"
    assert str(row["body"]).startswith("2026年9月，待核实的标准有") and row["send_state"] == "已发"
    assert row["recipients"] == (office.ids["赵校长"],)
    files = row["file"]
    assert isinstance(files, tuple)
    assert [f.name for f in files if isinstance(f, File)] == [f"{row['title']}.html", f"{row['title']}.docx"]
    kept = office.var / "reports" / "sent"
    assert {f.name for f in kept.iterdir() if f.is_file()} == {f"{NAME}_202609.html", f"{NAME}_202609.docx"}
    [message] = office.told("赵校长")
    assert message.subject == f"【报告】{row['title']}" and str(row["body"]) in message.text
    assert message.url == office.host.row_url("outbox", row.id)
    [file] = message.attachments
    assert file.name == f"{row['title']}.docx"
    assert file.content == (kept / f"{NAME}_202609.docx").read_bytes()
    assert not list((office.var / "spool").iterdir()), "copies that waited are gone"
    assert not list((kept / ".making").iterdir())
    assert office.office.journal.verify().ok


def test_a_report_is_made_by_another_process_and_sent(office: ReportOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(office.root)
    asked: list[dict[str, Any]] = []
    start = subprocess.Popen

    def spy(command: list[str], **more: Any) -> Any:
        asked.append(more)
        return start(command, **more)

    monkeypatch.setenv("HOUQIN_SMTP_PASSWORD", "s3cret-of-the-school")
    monkeypatch.setattr(errand.subprocess, "Popen", spy)
    office.begin()
    office.go_to(SLOT - timedelta(seconds=10))
    assert office.turn() == [] and not asked
    office.go_to(SLOT)
    assert office.settle() == []
    [more] = asked
    assert not [name for name in more["env"] if name.startswith("HOUQIN_")]
    whole(office)
    assert office.settle() == [] and len(asked) == 1, "once for each slot"
    whole(office)


def test_the_worker_stays_small() -> None:
    heavy = {"pandas", "matplotlib", "weasyprint", "docx", "docxtpl", "xlsxwriter", "numpy"}
    look = f"import sys, automations.assemble, automations.worker; print(sorted({heavy!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, cwd=HOUSE, check=True)
    assert found.stdout.strip() == "[]"


def test_one_that_was_slept_through_is_made_late(office: ReportOffice, here: None) -> None:
    folder(office.root)
    office.begin()
    office.go_to(SLOT + timedelta(days=3))
    assert office.settle() == []
    whole(office)


def test_one_that_nobody_gets_is_only_kept(office: ReportOffice, here: None) -> None:
    folder(office.root, to="[]", kind='""')
    office.begin()
    office.go_to(SLOT)
    assert office.settle() == []
    assert len(office.reported()) == 1 and not office.rows() and not office.post.sent
    assert (office.var / "reports" / "sent" / f"{NAME}_202609.docx").is_file()


def test_nobody_is_told_at_night(office: ReportOffice, here: None) -> None:
    folder(office.root)
    office.begin()
    office.go_to(SLOT.replace(hour=21))
    office.settle()
    assert len(office.rows()) == 1 and not office.post.sent
    office.go_to(SLOT.replace(day=12, hour=8))
    office.settle()
    whole(office)


# --- what goes wrong ------------------------------------------------------------------------------------------------
def test_one_that_fails_is_told_once_and_stops_no_other(office: ReportOffice, here: None) -> None:
    folder(office.root)
    folder(office.root, "income_spending", words="{{ nosuch }}\n")
    office.begin()
    office.go_to(SLOT)
    problems = office.settle()
    assert problems and "income_spending" in problems[0] and "nosuch" in problems[0]
    whole(office)
    for _ in range(3):
        office.clock.pass_by(minutes=61)
        assert any("income_spending" in problem for problem in office.settle()), "tried again"
    office.go_to(SLOT.replace(hour=15, minute=11))  # the next list of reminders
    office.settle()
    failed = [m for m in office.told("王文员") if "没有生成" in m.subject]
    assert len(failed) == 1 and "nosuch" in failed[0].text
    folder(office.root, "income_spending", words="好了。\n")
    office.clock.pass_by(minutes=61)
    assert office.settle() == [] and len(office.reported()) == 2


def test_what_cannot_be_read_is_told_once(office: ReportOffice, here: None) -> None:
    folder(office.root)
    folder(office.root, "income_spending", at='"monthly"')
    office.go_to(SLOT - timedelta(days=1))
    for _ in range(3):
        assert any("income_spending/report.toml" in problem for problem in office.turn())
    office.killed()
    office.go_to(SLOT.replace(hour=15, minute=11))
    office.settle()
    office.go_to(SLOT.replace(day=12, hour=8, minute=41))
    office.settle()
    [told] = [m for m in office.told("王文员") if "income_spending" in m.text]
    assert told.text.count("【报告没有生成】") == 1
    whole(office)


def test_a_report_for_nobody_says_so(office: ReportOffice, here: None) -> None:
    folder(office.root, to='["主要领导", "督查组"]')
    office.begin()
    office.go_to(SLOT)
    [problem] = office.settle()
    assert "督查组" in problem
    whole(office)


def test_a_new_school_gets_no_report_of_the_time_before(office: ReportOffice, here: None) -> None:
    folder(office.root)
    office.go_to(SLOT + timedelta(minutes=5))
    assert office.settle() == [] and not office.reported()


def test_a_title_is_no_path(office: ReportOffice, here: None) -> None:
    folder(office.root, title="'{{ period }}收/支:\"情况\"'")
    office.begin()
    office.go_to(SLOT)
    assert office.settle() == []
    [row] = office.rows()
    assert {f.name for f in row["file"] if isinstance(f, File)} == {  # type: ignore[union-attr]
        "2026年9月收 支  情况 .html",
        "2026年9月收 支  情况 .docx",
    }


def test_one_that_takes_too_long_is_stopped(office: ReportOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(office.root)
    office.begin()
    office.go_to(SLOT)
    monkeypatch.setattr(errand, "PATIENCE", 0)
    monkeypatch.setattr(errand, "RUN", "import time; time.sleep(60)")
    office.turn()
    [problem] = office.turn()
    assert "超过" in problem and not office.reported()


def test_a_process_that_dies_is_tried_again(office: ReportOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(office.root)
    office.begin()
    office.go_to(SLOT)
    with monkeypatch.context() as broken:
        broken.setattr(errand, "RUN", "import os; os.kill(os.getpid(), 9)")
        office.turn()
        [problem] = office.turn()
        assert "没有生成" in problem
    monkeypatch.setattr(reports, "Errand", Here)
    office.clock.pass_by(minutes=2)
    office.settle()
    assert len(office.rows()) == 1


def test_a_lost_file_does_not_hold_up_the_mail(office: ReportOffice, here: None) -> None:
    folder(office.root)
    office.begin()
    office.go_to(SLOT.replace(hour=21))
    office.settle()
    (office.var / "reports" / "sent" / f"{NAME}_202609.docx").unlink()
    office.go_to(SLOT.replace(day=12, hour=8))
    office.settle()
    [message] = office.told("赵校长")
    assert message.attachments == () and "附件已不在本机" in message.text and "附件已不在本机" in message.html


EVERY = 1 if os.environ.get("HOUQIN_KILL_ROUNDS") else 4
"""The suite is killed at every fourth step; with ``HOUQIN_KILL_ROUNDS`` set at each (34)."""


class Killed(BaseException):
    """The worker was killed here."""


class Steps:
    """Counts steps of a worker; kills it at the one whose number was drawn."""

    def __init__(self, last: int) -> None:
        self.left, self.done = last, 0

    def step(self) -> None:
        self.done += 1
        if self.left == 0:
            self.left = -1
            raise Killed
        self.left -= 1

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **more: Any) -> Any:
            self.step()
            found = call(*args, **more)
            self.step()
            return found

        return stepped


@contextmanager
def dangerous(office: ReportOffice, steps: Steps) -> Iterator[None]:
    """Every file written, every call that changes the host, and every commit of the journal is a step."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "replace", steps.around(os.replace))
        patched.setattr(spool, "keep", steps.around(spool.keep))
        for name in ("create", "upload"):
            patched.setattr(MemoryHost, name, steps.around(getattr(MemoryHost, name)))
        write = office.office.journal.write

        @contextmanager
        def stepped(**more: Any) -> Iterator[Any]:
            with write(**more) as tx:
                yield tx
                steps.step()  # all of it was said, nothing is there yet
            steps.step()

        patched.setattr(office.office.journal, "write", stepped)
        deliver = office.notices.deliver

        def delivered(now: Any) -> int:
            patched.setattr(office.office.journal, "write", write)  # its own steps have tests of their own
            try:
                return deliver(now)
            finally:
                patched.setattr(office.office.journal, "write", stepped)

        patched.setattr(office.notices, "deliver", delivered)
        yield


def test_killed_anywhere_nothing_is_lost_and_nothing_comes_twice(
    tmp_path: Path, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Here, "kept", tmp_path / "kept")
    (tmp_path / "base").mkdir()
    base = ReportOffice(tmp_path / "base")
    folder(base.root)
    base.begin()
    base.close()
    last, killed = 0, True
    while killed:
        office = base.copied(tmp_path / str(last))
        try:
            office.go_to(SLOT)
            steps, killed = Steps(last), False
            try:
                with dangerous(office, steps):
                    office.settle()
            except Killed:
                killed = True
                office.killed()
                assert office.settle() == []
            for left in (office.var / "spool").iterdir():
                os.utime(left, (0, 0))  # copies that a kill left behind are thrown away at a start after a day
            office.killed()
            office.turn()
            whole(office)
        finally:
            office.close()
        last += EVERY
    assert last > 20, "the walk went through the steps"


@pytest.mark.parametrize("call", ["create", "upload"])
def test_a_host_that_is_away_gets_it_later(office: ReportOffice, here: None, call: str) -> None:
    folder(office.root)
    office.begin()
    office.go_to(SLOT)
    with pytest.MonkeyPatch.context() as patched:

        def away(*args: Any, **more: Any) -> Any:
            raise HostUnavailable("表格系统没有回答。")

        patched.setattr(MemoryHost, call, away)
        assert "表格系统没有回答。" in office.settle()
        assert not office.rows() and not office.post.sent
    office.settle()
    whole(office)
