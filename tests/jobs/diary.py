"""A diary: who hears what of an automation from one day to another, each thing on the day on which he hears it first.

So one comparison says that it comes on the right day, not a day before, not after, to nobody else, and not twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from automations.jobs import JOBS, Facts, discover
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.reminders import Notice, addressed
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import SCHOOL_TIME, Calendar
from tests.office import schema
from tests.rules.world import whole

CLERK, HEAD, LEADER, TOP, OFFICE, TEACHER, EDUCATION, ACCOUNTANT, CASHIER, FINANCE, OF_FINANCE, HR, INSPECTOR = range(
    1, 14
)
LOGISTICS, OF_OFFICE, TEACHING, MONEY, STAFF = range(21, 26)
PEOPLE = Directory(
    [
        Person(CLERK, "王文员", department=LOGISTICS),
        Person(HEAD, "周科长", department=LOGISTICS),
        Person(LEADER, "孙副校长", department=LOGISTICS),
        Person(TOP, "赵校长", roles=frozenset({"主要领导"})),
        Person(OFFICE, "何主任", department=OF_OFFICE),
        Person(TEACHER, "吴老师", department=TEACHING),
        Person(EDUCATION, "马科长", department=TEACHING),
        Person(ACCOUNTANT, "李会计", department=MONEY, roles=frozenset({"会计"})),
        Person(CASHIER, "钱出纳", department=MONEY, roles=frozenset({"出纳"})),
        Person(FINANCE, "吴科长", department=MONEY),
        Person(OF_FINANCE, "陈副校长", department=MONEY),
        Person(HR, "沈科长", department=STAFF),
        Person(INSPECTOR, "郑督查", department=OF_OFFICE, roles=frozenset({"督查组"})),
    ],
    [
        Department(LOGISTICS, "行政科", HEAD, LEADER),
        Department(OF_OFFICE, "办公室", OFFICE, OF_FINANCE),
        Department(TEACHING, "教务科", EDUCATION, LEADER),
        Department(MONEY, "财务科", FINANCE, OF_FINANCE, kind="财务"),
        Department(STAFF, "组织人事科", HR, OF_FINANCE),
    ],
)

Cells = dict[str, Any]
Tables = Mapping[str, Sequence[Cells]]
CALENDAR = Calendar()


@dataclass(frozen=True)
class Diary:
    """What is to be heard.

    Attributes:
        job: The automation.
        since / until: First and last day, as in ``2-12`` of 2026.
        tables: The rows, the same every day or as they are on a day; those of a table have ids 1, 2, ….
        heard: ``MM-DD HH:MM name stage`` of each thing somebody heard, in this order.
    """

    job: str
    since: str
    until: str
    tables: Tables | Callable[[date], Tables]
    heard: Sequence[str]

    def kept(self) -> list[str]:
        """What really was heard; a notice for nobody is an error of the test."""
        found, known, last = [], set(), None
        job, day = discover()[self.job], _day(self.since)
        while day <= _day(self.until):
            for at in job.at.times:
                now = datetime.combine(day, at, SCHOOL_TIME)
                slot = job.at.due(last, now, CALENDAR)
                if slot is None:
                    continue
                last = slot
                told = addressed(run(self.job, now, self._on(day)), PEOPLE, lambda person: ("memory",))
                assert not told.nobody, told.nobody
                for notice in told.outgoing:
                    if (notice.key, notice.person) not in known:  # as the deliveries do
                        known.add((notice.key, notice.person))
                        stage = notice.key.split("|")[2]
                        found.append(f"{now:%m-%d %H:%M} {PEOPLE.name(notice.person)} {stage}")
            day += timedelta(days=1)
        return found

    def _on(self, day: date) -> Tables:
        return self.tables(day) if callable(self.tables) else self.tables


def run(job: str, now: datetime, tables: Tables, directory: Directory = PEOPLE) -> list[Notice]:
    """The notices of one run; tables that are not given are empty."""
    rows = {
        name: Rows(name, [Row(i, whole(schema()[name], cells)) for i, cells in enumerate(tables.get(name, ()), 1)])
        for name in discover()[job].tables
    }
    return list(JOBS[job].run(rows, Facts(now, CALENDAR, directory)))


def words(notice: Notice, me: str = "某人") -> str:
    """What the reader reads; the page says the same as the text."""
    composed = Messages().compose(me, [Part(1, notice.template, {"url": "", **notice.data})])
    assert composed.message is not None and not composed.broken, composed.broken
    text = composed.message.wecom.strip()
    assert text in composed.message.html and composed.message.subject
    return text


def at(on: str, clock: str = "08:40") -> datetime:
    """A moment of 2026 at the school; ``on`` as in ``9-18``."""
    return datetime.combine(_day(on), time.fromisoformat(clock), SCHOOL_TIME)


def on(text: str) -> date:
    """``9-18`` of 2026."""
    return _day(text)


def _day(text: str) -> date:
    month, day = map(int, text.split("-"))
    return date(2026, month, day)
