"""Who is told what: from judgements, alarms and jobs to deliveries, and from deliveries to the channels.

Notices are planned in the transaction of the decision they tell of, so that a kill in between loses none (decision 9).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from automations import intents
from automations.approvals.case import Case
from automations.approvals.ruling import Alarm, Finding, Tell
from automations.approvals.words import SHANGHAI
from automations.engine.office import Office
from automations.engine.violations import explain_by
from automations.errors import RuleError
from automations.intents import Intent
from automations.jobs import Facts, Job
from automations.journal import JournalWrite, Unnumbered
from automations.notify import deliveries
from automations.notify.base import Address, Channel
from automations.notify.deliveries import Delivery
from automations.notify.postman import Postman
from automations.notify.render import Messages
from automations.people import Person
from automations.reminders import Notice, addressed
from automations.rows import Rows, RowView
from automations.schedule import quiet

ROUTES = ("wecom", "email", "robot")
"""Preferred first: a person's own WeCom, then mail; the group's robot only reaches those whom nothing else reaches."""

SHOWN_AS = {"wecom": "企业微信", "robot": "企业微信", "email": "邮件"}
KINDS = {"daily_list": "日清单", "violation": "预警"}


class Notices:
    """Plans and delivers.

    Args:
        channels: Ways to reach people, by name; none plans without sending.
        jobs: The school's automations, by name.
        worker: Name of this worker, for the record.
    """

    def __init__(
        self, office: Office, channels: Mapping[str, Channel], jobs: Mapping[str, Job], worker: str = "houqin"
    ) -> None:
        self._office = office
        self._channels = channels
        self.jobs = jobs
        self._messages = Messages()
        self._worker = worker
        self._read: dict[str, tuple[int, Rows]] = {}
        self._ran: dict[str, str] = {}
        office.journal.create_all(deliveries.metadata)

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
        at_once = grave and not quiet(now, self._office.calendar)
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
        found = addressed(notices, self._office.directory, self._routes, self._page)
        deliveries.plan(connection, found.outgoing, now, self._office.calendar, slot)
        return found.nobody

    def _page(self, notice: Notice) -> str:
        """Where the reader can act: the row's page on the host."""
        about = notice.about
        return self._office.host.row_url(about.table, about.id) if isinstance(about, RowView) else ""

    def _routes(self, person: Person) -> tuple[str, ...]:
        address = _address(person)
        own = [n for n in ROUTES if n in self._channels and n != "robot" and self._channels[n].reaches(address)]
        return tuple(own or [n for n in ROUTES if n in self._channels and self._channels[n].reaches(address)])

    def _ways(self, person: int) -> tuple[str, ...]:
        found = self._office.directory.get(person)
        return self._routes(found) if found is not None and not found.gone else ()

    # --- jobs ---------------------------------------------------------------------------------------------------
    def run_jobs(self, now: datetime) -> list[str]:
        """Run every job whose time has come, once for each slot; Chinese sentences for what went wrong."""
        problems: list[str] = []
        found: list[tuple[Job, datetime, list[Notice]]] = []
        before = self._office.journal.last_runs(name for name in self.jobs if name not in self._ran)
        for job in self.jobs.values():
            last = self._ran.get(job.name) or before.get(job.name)
            slot = job.at.due(datetime.fromisoformat(last) if last else None, now, self._office.calendar)
            if slot is None:
                continue
            notices: list[Notice] = []
            try:
                notices = list(self.preview(job, now))
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
                        problems += self.plan(tx.connection, notices, now, slot)
                        tx.append("ran", f"jobs/{job.name}", {"slot": slot.isoformat(), "notices": len(notices)}, now)
        self._ran |= {job.name: slot.isoformat() for job, slot, _ in found}
        self._read.clear()  # read once for all the jobs of a slot; between slots the room is worth more
        return problems

    def preview(self, job: Job, now: datetime) -> Iterator[Notice]:
        """What ``job`` would tell at ``now``, by the rows as they are in the mirror; tells nobody."""
        rows = {name: self._rows(name) for name in job.tables}
        return job.run(rows, Facts(now, self._office.calendar, self._office.directory, self._office.norms))

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
        self._settle(now)  # what a kill left between sending and booking
        if not self._channels:
            return 0
        with self._transaction() as connection:
            deliveries.reroute(connection, self._ways, now)
        postman = Postman(
            transaction=self._transaction,
            channels=self._channels,
            addresses=self._addressee,
            messages=self._messages,
            calendar=self._office.calendar,
            worker=self._worker,
        )
        round = postman.deliver(now)
        self._settle(now)
        return round.sent

    def _settle(self, now: datetime) -> None:
        with self._office.journal.store.read() as connection:
            if not deliveries.unsettled(connection):
                return
        with self._office.journal.write(now=now) as tx:
            delivered = deliveries.unsettled(tx.connection)
            self._book(tx, delivered, now)
            deliveries.settle(tx.connection, *(delivery.id for delivery in delivered))

    def _book(self, tx: JournalWrite, delivered: Sequence[Delivery], now: datetime) -> None:
        """The journal's entries and the visible rows in 通知与报告 (domain.md B6.30)."""
        schema = self._office.schema["outbox"]
        times = [delivery.sent_at or now for delivery in delivered]
        for delivery, at in zip(delivered, times, strict=True):
            data = {
                "keys": list(delivery.keys),
                "person": delivery.person,
                "channel": delivery.channel,
                "subject": delivery.message.subject,
                "receipt": delivery.receipt,
            }
            tx.append("sent", f"people/{delivery.person}", data, at)
        codes = tx.number_new(
            [
                Unnumbered(schema.prefix, at.astimezone(SHANGHAI).year, "delivery", delivery.id, at.isoformat())
                for delivery, at in zip(delivered, times, strict=True)
            ]
        )
        rows = [_shown(*one) for one in zip(delivered, times, codes, strict=True)]
        intents.plan_all(tx.connection, rows, now)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._office.journal.write() as tx:
            yield tx.connection

    def _addressee(self, person: int) -> Address | None:
        found = self._office.directory.get(person)
        return _address(found) if found is not None and not found.gone else None


def _shown(delivery: Delivery, at: datetime, code: str) -> Intent:
    """The row of a delivery in 通知与报告."""
    template = delivery.keys[0].split("|", 1)[0] if delivery.keys else ""
    cells = {
        "code": code,
        "kind": KINDS.get(template, "提醒"),
        "title": delivery.message.subject,
        "body": delivery.message.text,
        "bytes": len(delivery.message.text.encode()),
        "recipients": [delivery.person],
        "channel": SHOWN_AS.get(delivery.channel),
        "send_state": "已发",
        "sent_at": at.isoformat(),
    }
    return Intent("outbox", code, cells)


def _address(person: Person) -> Address:
    return Address(person.id, person.name, person.account, person.wecom)


def _exact(data: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts as Decimals again: rulings carry JSON."""
    return {k: Decimal(v) if k == "amount" else v for k, v in data.items()}
