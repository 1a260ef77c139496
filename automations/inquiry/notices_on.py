"""``houqin preview notices --on DATE``: what would go to whom that day; nothing is sent, nothing is written.

All automations run for each of their times of that day, on the rows as they are now. What they tell goes through the
same deliveries as ever, only that these lie in memory: so what is shown is merged, held back and cut as it would be.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice

import sqlalchemy as sql
from rich.box import SIMPLE
from rich.table import Table
from sqlalchemy import Connection
from sqlalchemy.pool import StaticPool

from automations.engine import Engine
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.errors import ChannelError, RuleError
from automations.jobs import Job
from automations.notify import deliveries
from automations.notify.base import Address, Channel, Message, Receipt
from automations.notify.deliveries import Delivery
from automations.notify.deliveries_table import deliveries as stored
from automations.notify.deliveries_table import stamp
from automations.notify.plain import plain
from automations.notify.render import Messages
from automations.reminders import Notice
from automations.schedule import LISTS
from automations.terminal import console, show
from automations.workdays import SCHOOL_TIME, local_date

WAYS = {"wecom": "企业微信", "email": "邮件", "robot": "企业微信群", "apprise": "其他渠道"}
WEEKDAYS = "一二三四五六日"
OPEN = ("planned", "claimed", "retry")
HELD = ("retry", "failed")
MANY = 100_000
"""More messages than a school has people."""


class Unset:
    """Stands for a channel where none is set up: it knows whom it would reach, and sends nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def reaches(self, to: Address) -> bool:
        """Whether ``to`` has the address that it needs."""
        return bool(to.wecom if self.name == "wecom" else to.email)

    def send(self, message: Message, to: Address) -> Receipt:
        """Never.

        Raises:
            ChannelError: Always.
        """
        raise ChannelError("只是预览，不发送。", permanent=True)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that would go out at ``at``; ``ways`` are the reader's channels, preferred first."""

    at: datetime
    delivery: Delivery
    ways: tuple[str, ...]


@dataclass
class Day:
    """What a day would bring: messages in their order, and what is wrong (Chinese sentences)."""

    sent: list[Sent] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def on_day(office: Office, notices: Notices, day: date, now: datetime, *, fresh: bool = False) -> Day:
    """Play one day.

    Args:
        office: Its mirror is what the automations look at.
        notices: Its jobs and channels; nothing is planned in it.
        day: Which. Of today only what is still to come is shown; a day gone by is shown as if nothing had been told.
        now: The time it is.
        fresh: Nothing was told before, and today begins at midnight: a school to look at, nobody's own.
    """
    calendar, found, today = office.calendar, Day(), local_date(now)
    moments = _moments(office, notices, day, None if fresh or day != today else now)
    told = {at: notices.outgoing(_run(notices, moments[at], at, found), at) for at in sorted(moments)}
    engine = sql.create_engine("sqlite://", poolclass=StaticPool)
    messages, keys = Messages(), {one.key for by in told.values() for one in by.outgoing}
    with engine.begin() as scratch:
        deliveries.create(scratch)
        if day >= today and not fresh:
            _remember(office, scratch, day, keys)
        for at, by in told.items():
            found.problems += by.nobody
            deliveries.plan(scratch, by.outgoing, at, calendar, at)
            for one in deliveries.claim(
                scratch,
                at,
                "preview",
                calendar,
                lambda who, parts: messages.compose(office.directory.name(who), parts),
                MANY,
            ):
                deliveries.sent(scratch, one.id, Receipt("preview"), at)
                person = office.directory.get(one.person)
                found.sent.append(Sent(at, one, notices.routes(person) if person else ()))
        held = scratch.execute(sql.select(stored).where(stored.c.state.in_(HELD), stored.c.error.is_not(None)))
        found.problems += [f"{office.directory.name(row.person)}：{row.error}" for row in held if row.key in keys]
    engine.dispose()
    found.problems = list(dict.fromkeys(found.problems))
    return found


def _moments(office: Office, notices: Notices, day: date, since: datetime | None) -> dict[datetime, list[Job]]:
    """When which automations run that day; from ``since`` on, with those that are late then."""
    calendar = office.calendar
    moments: dict[datetime, list[Job]] = defaultdict(list)
    for clock in LISTS if calendar.is_workday(day) else ():
        moments[datetime.combine(day, clock, SCHOOL_TIME)] = []
    for job in notices.jobs.values():
        for slot in job.at.slots(day, calendar):
            moments[slot].append(job)
    if since is None:
        return moments
    ran = office.journal.last_runs(notices.jobs)
    late = [
        job
        for job in notices.jobs.values()
        if job.at.due(datetime.fromisoformat(ran[job.name]) if job.name in ran else None, since, calendar) is not None
    ]
    return {since: late, **{at: jobs for at, jobs in moments.items() if at > since}}


def _run(notices: Notices, jobs: Sequence[Job], at: datetime, found: Day) -> Iterable[Notice]:
    for job in jobs:
        try:
            yield from notices.preview(job, at)
        except RuleError as error:
            found.problems.append(str(error))


def _remember(office: Office, scratch: Connection, day: date, keys: set[str]) -> None:
    """What the office's own deliveries know of these notices, what waits in them, who had his list already."""
    rows: dict[int, dict[str, object]] = {}
    wanted = [sql.or_(stored.c.state.in_(OPEN), stored.c.list_at >= stamp(datetime.combine(day, time(0), SCHOOL_TIME)))]
    rest = iter(sorted(keys))
    while part := list(islice(rest, 500)):
        wanted.append(stored.c.key.in_(part))
    with office.journal.store.read() as connection:
        for which in wanted:
            rows |= {row.id: dict(row._mapping) for row in connection.execute(sql.select(stored).where(which))}
    if rows:
        scratch.execute(sql.insert(stored), [rows[id] for id in sorted(rows)])


def preview_notices(engine: Engine, at: datetime, now: datetime, *, fresh: bool = False) -> int:
    """Print the day of ``at``; 1 where somebody means nobody, a job trips or a message cannot be written."""
    office, notices = engine.office, engine.notices
    assert notices is not None, "assemble makes an engine that tells people"
    office.reload(local_date(at))
    if not notices.channels:
        stand_ins: dict[str, Channel] = {name: Unset(name) for name in ("wecom", "email")}
        notices = Notices(office, stand_ins, notices.jobs)
        console.print("还没有设置邮件或企业微信，按人员表里的联系方式预览。")
    day = local_date(at)
    found = on_day(office, notices, day, now, fresh=fresh)
    for one in sorted(found.sent, key=lambda s: (s.at, s.delivery.urgent, office.directory.name(s.delivery.person))):
        _show(office, one)
    for problem in found.problems:
        console.print(f"✗ {problem}", markup=False)
    _summary(office, found, day)
    return 1 if found.problems else 0


def _show(office: Office, one: Sent) -> None:
    message = one.delivery.message
    ways = "，送不到时".join(WAYS.get(name, name) for name in one.ways)
    urgent = "　急件" if one.delivery.urgent else ""
    console.print(
        f"→ {one.at:%H:%M}　{office.directory.name(one.delivery.person)}　{ways}{urgent}　{message.subject}",
        markup=False,
    )
    for line in plain(message.wecom or message.text).splitlines():
        console.print(f"    {line}" if line else "", markup=False)
    console.print()


def _summary(office: Office, found: Day, day: date) -> None:
    """How many of each kind, and the day in one line."""
    messages = Messages()
    people: dict[str, list[int]] = defaultdict(list)
    for one in found.sent:
        for key in one.delivery.keys:
            people[messages.title(key.split("|", 1)[0])].append(one.delivery.person)
    table = Table(title="按种类", box=SIMPLE, title_justify="left", title_style="bold")
    table.add_column("种类")
    for name in ("提醒", "人"):
        table.add_column(name, justify="right")
    for title, who in sorted(people.items(), key=lambda kind: -len(kind[1])):
        table.add_row(title, str(len(who)), str(len(set(who))))
    if people:
        show(table)
    mark = office.calendar.day(day)
    what = ("上班" if mark.works else "休息，平时的提醒留到下一个工作日") + (
        f"，{mark.source}" if mark.estimated else ""
    )
    urgent = sum(one.delivery.urgent for one in found.sent)
    told, readers = sum(map(len, people.values())), len({one.delivery.person for one in found.sent})
    console.print(
        f"{day} 星期{WEEKDAYS[day.weekday()]}（{what}）：{told}项提醒，合成{len(found.sent)}条，发给{readers}人，"
        f"其中急件{urgent}条。只是预览，没有发送，没有写入。"
    )
