"""Who is told what: from judgements, alarms and jobs to deliveries, and from deliveries to the channels.

Notices are planned in the transaction of the decision they tell of, so that a kill in between loses none (decision 9).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from automations.approvals.case import Case
from automations.approvals.ruling import Alarm, Finding, Tell
from automations.approvals.words import SHANGHAI
from automations.engine.booking import Booking
from automations.engine.office import Office
from automations.engine.violations import explain_by
from automations.errors import RuleError
from automations.jobs import EVERY, Facts, Job
from automations.jobs._told import own_templates
from automations.measures.stops import stops_of
from automations.notify import deliveries, refusals
from automations.notify.base import Address, Channel
from automations.notify.postman import Attached, Postman
from automations.notify.refusals import Ways
from automations.notify.render import Messages
from automations.notify.withdrawn import withdraw
from automations.people import Person
from automations.reminders import Addressed, Notice, addressed, marked
from automations.rows import Rows, RowView
from automations.schedule import quiet
from automations.workdays import local_date

OWN = ("wecom", "email")
"""Preferred first: a person's own WeCom, then mail."""
SHARED = "robot"
"""A whole group reads it: only for those who have nothing of their own."""
LAST = "apprise"
"""After everything else: it cannot say whether the message arrived."""

ALSO_AT_NIGHT = ("ML-",)
"""Rules whose grave alarms go out at any hour (domain.md B6.30): food safety. The other kinds that may, 紧急 and 消防
orders and running water, are told by jobs of their own; any other grave alarm of a night waits for the morning."""


class Notices:
    """Plans and delivers.

    Args:
        channels: Ways to reach people, by name; none plans without sending.
        jobs: The school's automations, by name.
        worker: Name of this worker, for the record.

    Attributes:
        attached: Files that go along with a mail, by the keys of what it tells (:mod:`automations.engine.reports`).
    """

    def __init__(
        self, office: Office, channels: Mapping[str, Channel], jobs: Mapping[str, Job], worker: str = "houqin"
    ) -> None:
        self._office = office
        self._channels = channels
        self.jobs = jobs
        self._messages = Messages()
        self._worker = worker
        self._booking = Booking(office)
        self._read: dict[str, tuple[int, Rows]] = {}
        self._ran: dict[str, str] = {}
        self._own: Mapping[str, frozenset[str]] | None = None
        self.attached: Attached = lambda keys: ((), ())
        office.journal.create_all(deliveries.metadata)

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Ways to reach people that are set up, by name."""
        return self._channels

    # --- planning -----------------------------------------------------------------------------------------------
    def tell(self, connection: Connection, case: Case, tells: Sequence[Tell], now: datetime) -> None:
        """Plan what a judgement says people must know."""
        row = (case.snapshot or {"row": {}})["row"]
        base: dict[str, Any] = {
            "code": case.code,
            "title": row.get(self._office.approvals[case.table].shown[0]) or "",
            "amount": case.payable,
            "paper": self._office.norms.flag("sign.paper_required", now.astimezone(SHANGHAI).date()),
            "url": self._office.host.row_url(case.table, case.row_id),
        }
        self.plan(
            connection,
            [Notice(case.subject, t.stage, t.to, t.template, {**base, **_exact(t.data)}, t.urgent) for t in tells],
            now,
        )

    def alarm(self, connection: Connection, table: str, code: str, alarm: Alarm, ledger: str, now: datetime) -> None:
        """Plan the notices of a new row in 预警台账: whoever is named, 会计, and 主要领导 for grave ones."""
        grave = alarm.gravity == "严重"
        to: list[int | str] = ["会计", *(["主要领导"] if grave else [])]
        if alarm.person is not None:
            to.insert(0, alarm.person)
        data = {
            "severity": alarm.gravity,
            "title": alarm.title,
            "detail": alarm.detail,
            "biz_code": code,
            "person": self._office.directory.name(alarm.person) if alarm.person is not None else "",
            "due_on": explain_by(self._office, alarm, now),
            "url": "",
        }
        at_once = grave and (alarm.rule.startswith(ALSO_AT_NIGHT) or not quiet(now, self._office.calendar))
        self.plan(connection, [Notice(f"{table}/{code}", ledger, to, "violation", data, at_once)], now)

    def tell_it(self, failed: Mapping[str, Finding], now: datetime) -> None:
        """Tell 信息管理员 of rules that tripped over a row, once for each row, rule and reason."""
        notices = [
            Notice(name, finding.message, ["信息管理员"], "rule_failed", {"row": name, "message": finding.message})
            for name, finding in failed.items()
        ]
        with self._office.journal.write(now=now) as tx:
            self.plan(tx.connection, notices, now)

    def plan(
        self, connection: Connection, notices: Sequence[Notice], now: datetime, slot: datetime | None = None
    ) -> tuple[str, ...]:
        """Plan these notices in the transaction of what they tell of; a Chinese sentence for each that means nobody."""
        found = self.outgoing(notices, now)
        deliveries.plan(connection, found.outgoing, now, self._office.calendar, slot)
        return found.nobody

    def outgoing(self, notices: Iterable[Notice], now: datetime) -> Addressed:
        """Who is to get them, by which channels, saying what."""
        today, calendar = local_date(now), self._office.calendar
        told = [marked(notice, today, calendar) for notice in notices]
        return addressed(told, self._office.directory, self.routes, self._page)

    def _page(self, notice: Notice) -> str:
        """Where the reader can act: the row's page on the host."""
        about = notice.about
        return self._office.host.row_url(about.table, about.id) if isinstance(about, RowView) else ""

    def routes(self, person: Person) -> tuple[str, ...]:
        """Channels to try in this order: people have no column for a preference (domain.md B1.2)."""
        address = _address(person)
        reached = {name for name, channel in self._channels.items() if channel.reaches(address)}
        own = [name for name in OWN if name in reached] or [SHARED]
        return tuple(name for name in (*own, LAST) if name in reached)

    def _ways(self, person: int) -> Ways:
        address = self._addressee(person)
        found = self._office.directory.get(person)
        if address is None or found is None:
            return Ways((), "")
        return Ways(self.routes(found), address.all)

    # --- jobs ---------------------------------------------------------------------------------------------------
    def run_jobs(self, now: datetime) -> list[str]:
        """Run every job whose time has come, once for each slot; Chinese sentences for what went wrong."""
        problems: list[str] = []
        found: list[tuple[Job, datetime, list[Notice]]] = []
        whole: set[str] = set()
        before = self._office.journal.last_runs(name for name in self.jobs if name not in self._ran)
        for job in self.jobs.values():
            last = self._ran.get(job.name) or before.get(job.name)
            slot = job.at.due(datetime.fromisoformat(last) if last else None, now, self._office.calendar)
            if slot is None:
                continue
            notices: list[Notice] = []
            try:
                notices = list(self.preview(job, now))
                whole.add(job.name)
            except RuleError as error:
                problems.append(str(error))
            if notices or not job.at.often:  # that nothing was urgent, ten minutes long, is not worth an entry
                found.append((job, slot, notices))
            else:
                self._ran[job.name] = slot.isoformat()
        if found:
            with self._office.journal.write(now=now) as tx:
                for job, slot, notices in found:
                    if tx.claim_run(job.name, slot.isoformat(), now):
                        data: dict[str, Any] = {"slot": slot.isoformat(), "notices": len(notices)}
                        # What a job that tripped did not come to may still be so.
                        if job.name in whole and (gone := self._withdraw(tx.connection, job, notices, slot)):
                            data["withdrawn"] = gone
                        problems += self.plan(tx.connection, notices, now, slot)
                        tx.append("ran", f"jobs/{job.name}", data, now)
        self._ran |= {job.name: slot.isoformat() for job, slot, _ in found}
        self._read.clear()  # read once for all the jobs of a slot; between slots the room is worth more
        return problems

    def _withdraw(self, connection: Connection, job: Job, notices: Sequence[Notice], slot: datetime) -> list[str]:
        """Take back what the job told before, what has not gone out and is not so any more."""
        if self._own is None:
            self._own = own_templates(self.jobs.values())
        return withdraw(
            connection, self._own.get(job.name, frozenset()), {n.key for n in notices}, slot, self._office.calendar
        )

    def preview(self, job: Job, now: datetime) -> Iterator[Notice]:
        """What ``job`` would tell at ``now``, by the rows as they are in the mirror; tells nobody."""
        rows = {name: self._rows(name) for name in job.reads(self._office.schema)}
        office = self._office
        stops = stops_of(office.journal, now) if job.tables == (EVERY,) else None
        return job.run(rows, Facts(now, office.calendar, office.directory, office.norms, stops))

    def _rows(self, table: str) -> Rows:
        """The rows of a table, read once for all the jobs of a slot unless something is written there meanwhile."""
        version = self._office.mirror.versions[table]
        known = self._read.get(table)
        if known is None or known[0] != version:
            known = self._read[table] = version, Rows(table, self._office.mirror.select(table))
        return known[1]

    # --- delivering ---------------------------------------------------------------------------------------------
    def deliver(self, now: datetime) -> int:
        """Send what may go out now and book what was confirmed; how many were sent."""
        self._booking.settle(now)  # what a kill left between sending and booking
        if not self._channels:
            return 0
        with self._transaction() as connection:
            refusals.reroute(connection, self._ways, now)
        postman = Postman(
            transaction=self._transaction,
            channels=self._channels,
            addresses=self._addressee,
            messages=self._messages,
            calendar=self._office.calendar,
            worker=self._worker,
            attached=self.attached,
        )
        round = postman.deliver(now)
        self._booking.settle(now)
        return round.sent

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._office.journal.write() as tx:
            yield tx.connection

    def _addressee(self, person: int) -> Address | None:
        found = self._office.directory.get(person)
        return _address(found) if found is not None and not found.gone else None


def _address(person: Person) -> Address:
    return Address(person.id, person.name, person.account, person.wecom)


def _exact(data: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts as Decimals again: rulings carry JSON."""
    return {k: Decimal(v) if k == "amount" else v for k, v in data.items()}
