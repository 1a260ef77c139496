"""Reports that are due: made beside the worker, laid into 通知与报告 and sent to those who read them (domain.md F).

Killed between any two steps, nothing is lost and nothing comes twice: files arrive under the report's name first; the
slot, the journal's entry and the wanted row of 通知与报告 are one transaction; who reads it is told, in another one,
once that row is on the host. What was made and not yet told stands in the journal as a case of :data:`CASES`.
"""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from automations import intents
from automations.engine import spool
from automations.engine.errand import Errand
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.errors import HouqinError
from automations.intents import Intent
from automations.journal import Case, JournalWrite, Unnumbered
from automations.measures.stops import stops_of
from automations.notify.base import Attachment
from automations.reminders import Notice, recipients
from automations.reports.folders import ReportFolder, every, templates
from automations.rows import RowView
from automations.schedule import quiet
from automations.settings import HOUSE
from automations.statements._making import LINKS
from automations.tables.values import File, to_json
from automations.workdays import SCHOOL_TIME, local_date

CASES = "reports"
MADE, TOLD = "made", "told"
TEMPLATE = "report"
"""Message with the report's title and first words; files go along by mail."""
MAILED = ("docx", "pdf")
MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
NO_NAME = re.compile(r'[/\\:*?"<>|\x00-\x1f]')
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""Before a report that failed is tried again: at the next slow pass, then more and more rarely."""


class Reports:
    """Makes and publishes what is due.

    Args:
        office: The office.
        notices: Tells people; None tells nobody.
        mirror: SQLAlchemy address of the office's mirror: another process reads it.
        var: Folder for files: finished reports, and copies that wait to be laid into their row.
        root: Folder of the reports.
        schemas: Folder of the tables.
    """

    def __init__(
        self,
        office: Office,
        notices: Notices | None,
        mirror: str,
        var: Path,
        root: Path | None = None,
        schemas: Path | None = None,
    ) -> None:
        self._office, self._notices = office, notices
        self._mirror = _absolute(mirror)
        self._shelf, self._spool = shelf(var), var / "spool"
        self._waiting = self._shelf / ".making"
        self._root, self._schemas = root or templates(), schemas or HOUSE / "schemas"
        self._ran: dict[str, str] = {}
        self._due: list[tuple[ReportFolder, datetime]] = []
        self._errand: Errand | None = None
        self._again: dict[str, tuple[datetime, timedelta]] = {}
        self._complained: set[tuple[str, str]] = set()
        self._untold, self._started = True, False
        if notices is not None:
            notices.attached = partial(attached, office, var)

    # --- each pass --------------------------------------------------------------------------------------------------
    def step(self, now: datetime, *, slow: bool) -> list[str]:
        """Take what is ready, tell of it, start what is due (looked up at slow passes); what went wrong."""
        problems: list[str] = []
        if not self._started:
            self._begin()
        if self._errand is not None and self._errand.over():
            problems += self._take(self._errand, now)
            self._errand = None
        if self._untold:
            problems += self._tell(now)
        if slow and self._errand is None:
            found, broken = every(self._root)
            problems += broken
            for problem in broken:
                self._complain("report.toml", problem, [problem], now)
            self._due = self._look(found, now)
        if self._errand is None and self._due:
            report, slot = self._due.pop(0)
            as_of = now.replace(microsecond=0)
            try:
                self._errand = Errand.start(
                    report,
                    slot,
                    as_of,
                    stops_of(self._office.journal, as_of),
                    self._mirror,
                    self._schemas,
                    self._waiting,
                )
            except OSError as error:
                problems.append(
                    f"报告“{report.name}”没有开始生成（{error.strerror}）：请检查磁盘空间和内存，稍后重试。"
                )
                self._put_off(report, now)
        return problems

    def finish(self, now: datetime) -> list[str]:
        """Make all that is due before this returns; what went wrong. For a worker that ends after one pass."""
        problems: list[str] = []
        while self._errand is not None:
            self._errand.wait()
            problems += self.step(now, slow=False)
        return problems

    def close(self) -> None:
        """Stop what is being made: it will be made at the next start."""
        if self._errand is not None:
            self._errand.clear()
            self._errand = None

    def _begin(self) -> None:
        """Throw away what a kill left half-made; note how rows are addressed, so that figures lead to them."""
        for left in self._waiting.glob("*"):
            shutil.rmtree(left, ignore_errors=True)
        with self._office.journal.store.read() as connection:
            spool.sweep(self._spool, [intent.cells for intent in intents.outstanding(connection)])
        mirror, host = self._office.mirror, self._office.host
        for table in self._office.schema:
            pattern = host.row_url(table.name, 1).removesuffix("1") + "{id}"
            if mirror.get(LINKS + table.name) != pattern:
                mirror.set(LINKS + table.name, pattern)
        self._started = True

    def _look(self, found: Mapping[str, ReportFolder], now: datetime) -> list[tuple[ReportFolder, datetime]]:
        """Reports whose time has come, each with its slot; one never seen before counts its slots from now on."""
        asked = [report for report in found.values() if report.at is not None]
        self._ran |= self._office.journal.last_runs(_job(r) for r in asked if _job(r) not in self._ran)
        due = []
        for report in asked:
            assert report.at is not None
            last = self._ran.get(_job(report))
            if last is None:
                self._seen_first(report, now)
                continue
            slot = report.at.due(datetime.fromisoformat(last), now, self._office.calendar)
            if slot is not None and (_job(report) not in self._again or now >= self._again[_job(report)][0]):
                due.append((report, slot))
        return due

    def _seen_first(self, report: ReportFolder, now: datetime) -> None:
        """From here on a slot that is slept through is caught up."""
        seen = now.astimezone(SCHOOL_TIME).isoformat()
        with self._office.journal.write(now=now) as tx:
            tx.claim_run(_job(report), seen, now)
        self._ran[_job(report)] = seen

    # --- publishing -------------------------------------------------------------------------------------------------
    def _take(self, errand: Errand, now: datetime) -> list[str]:
        """Publish what a process made; one that failed is tried again later and holds up no other."""
        job = _job(errand.report)
        try:
            made = errand.made()
            self._publish(errand, made, now)
            problems = [str(problem) for problem in made["problems"]]
            self._again.pop(job, None)
        except (HouqinError, OSError) as error:
            problems = [str(error)]
            self._put_off(errand.report, now)
        finally:
            errand.clear()
        if problems:
            self._complain(errand.report.name, f"{errand.slot.isoformat()}/{'；'.join(problems)}", problems, now)
        return problems

    def _put_off(self, report: ReportFolder, now: datetime) -> None:
        job = _job(report)
        wait = min(self._again[job][1] * 2, LONGEST_WAIT) if job in self._again else FIRST_WAIT
        self._again[job] = now + wait, wait

    def _complain(self, name: str, stage: str, problems: Sequence[str], now: datetime) -> None:
        """Tell 信息管理员, once for each report, slot and reason."""
        if self._notices is None or (name, stage) in self._complained:
            return
        self._complained.add((name, stage))
        data = {"name": name, "problems": list(problems), "url": ""}
        with self._office.journal.write(now=now) as tx:
            notice = Notice(f"{CASES}/{name}", stage, ["信息管理员"], "report_failed", data)
            self._notices.plan(tx.connection, [notice], now)

    def _publish(self, errand: Errand, made: Mapping[str, Any], now: datetime) -> None:
        """Files to the shelf; then, at once, the slot, the entry, the row and the case."""
        report, job = errand.report, _job(errand.report)
        self._shelf.mkdir(parents=True, exist_ok=True)
        for file in made["files"].values():
            os.replace(errand.folder / file["name"], self._shelf / file["name"])
        laid = report.told.kind != ""
        copies = self._copies(made) if laid else ()
        subject = f"{CASES}/{made['stem']}"
        with self._office.journal.write(now=now) as tx:
            if tx.claim_run(job, errand.slot.isoformat(), now):
                data = {
                    "name": report.name,
                    "period": made["period"],
                    "title": made["title"],
                    "as_of": errand.as_of.isoformat(),
                    "slot": errand.slot.isoformat(),
                    "content": made["content"],
                    "files": made["files"],
                }
                tx.append("reported", subject, data, now)
                if laid:
                    code = self._lay(tx, report, made, copies, data["slot"], now)
                    case = {**data, "code": code, "first": made["first"], "to": list(report.told.to)}
                    tx.put_case(subject, CASES, MADE, case)
        self._ran[job] = errand.slot.isoformat()
        self._untold = True

    def _copies(self, made: Mapping[str, Any]) -> tuple[File, ...]:
        """Copies that the host gets, under names that people understand; they wait where photos wait."""
        return tuple(
            spool.keep(self._spool, _named(made["title"], form), (self._shelf / file["name"]).read_bytes())
            for form, file in made["files"].items()
        )

    def _lay(
        self,
        tx: JournalWrite,
        report: ReportFolder,
        made: Mapping[str, Any],
        copies: Sequence[File],
        slot: str,
        now: datetime,
    ) -> str:
        """Want its row in 通知与报告; the row's code."""
        table = self._office.schema["outbox"]
        [code] = tx.number_new([Unnumbered(table.prefix, local_date(now).year, "report", 0, f"{made['stem']}/{slot}")])
        people = {p.id for to in report.told.to for p in recipients(to, self._office.directory)}
        cells = {
            "code": code,
            "kind": report.told.kind if report.told.kind in table["kind"].options else None,
            "title": made["title"],
            "body": made["first"],
            "bytes": len(made["first"].encode()),
            "period": made["period"],
            "file": to_json(tuple(copies)),
            "recipients": sorted(people),
            "channel": "站内",
            "send_state": "已发",
            "sent_at": now.isoformat(),
        }
        intents.plan(tx.connection, Intent("outbox", code, cells), now)
        return code

    # --- telling ----------------------------------------------------------------------------------------------------
    def _tell(self, now: datetime) -> list[str]:
        """Tell of every report whose row is on the host; not at night and not on days off. Whom nobody is meant by."""
        waiting = self._office.journal.cases(CASES, MADE)
        self._untold = bool(waiting)
        if quiet(now, self._office.calendar):
            return []
        nobody: list[str] = []
        for case in waiting:
            row = self._office.mirror.find("outbox", "code", case.data["code"])
            if row is not None:
                nobody += self._tell_of(case, RowView("outbox", row), now)
        return nobody

    def _tell_of(self, case: Case, row: RowView, now: datetime) -> tuple[str, ...]:
        nobody: tuple[str, ...] = ()
        data = {"title": case.data["title"], "first": case.data["first"]}
        stem = case.subject.removeprefix(f"{CASES}/")
        with self._office.journal.write(now=now) as tx:
            if self._notices is not None and case.data["to"]:
                # alone and at once: a list of reminders cannot carry its files
                notice = Notice(row, stem, case.data["to"], TEMPLATE, data, urgent=True)
                nobody = self._notices.plan(tx.connection, [notice], now)
            tx.put_case(case.subject, CASES, TOLD, case.data)
        return nobody


def shelf(var: Path) -> Path:
    """Where reports that went out are kept; those made on the command line lie beside it."""
    return var / "reports" / "sent"


def attached(office: Office, var: Path, keys: Sequence[str]) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Files that go along with a message, found again by the report's name; names of those that are not there."""
    found: list[Attachment] = []
    missing: list[str] = []
    for key in keys:
        parts = key.split("|")
        if parts[0] != TEMPLATE or (case := office.journal.case(f"{CASES}/{parts[2]}")) is None:
            continue
        for form in (form for form in MAILED if form in case["files"]):
            name = _named(case["title"], form)
            try:
                content = (shelf(var) / case["files"][form]["name"]).read_bytes()
            except OSError:
                missing.append(name)
                continue
            found.append(Attachment(name, content, MIME[form]))
    return tuple(found), tuple(missing)


def _named(title: str, form: str) -> str:
    """A file as people know it: by the report's title, without what no file's name may hold."""
    return f"{NO_NAME.sub(' ', title)}.{form}"


def _job(report: ReportFolder) -> str:
    return f"reports/{report.name}"


def _absolute(url: str) -> str:
    """The address of a SQLite file for a process that runs elsewhere."""
    head = "sqlite:///"
    return f"{head}{Path(url.removeprefix(head)).resolve()}" if url.startswith(head) else url
