"""The worker was down for nine days: what it tells on its return, and why that is no flood.

The demonstration school from Friday 11 September 2026, 17:00, to the make-up Sunday of 20 September, 08:41: six working
days that nobody watched. A second school lives through the same days with its worker awake. Meanwhile a pipe bursts on
Tuesday night, and nobody takes it up.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sql

from automations.demo.sample import loaded
from automations.demo.shown import Shown
from automations.engine import Engine
from automations.engine.notices import Notices
from automations.jobs import discover
from automations.notify.deliveries_table import deliveries
from automations.notify.memory import Memory
from automations.workdays import SCHOOL_TIME

FRIDAY, TUESDAY, SUNDAY = date(2026, 9, 11), date(2026, 9, 15), date(2026, 9, 20)
LONG_AGO = date(2026, 8, 1)
LOOKS = (time(8, 40), time(11, 30), time(15, 10), time(18, 0))


@dataclass(frozen=True)
class Letter:
    """One message: when it went out, to whom, and what it told."""

    at: datetime
    to: str
    subject: str
    text: str
    urgent: bool
    keys: tuple[str, ...]


def moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SCHOOL_TIME)


class School:
    """The demonstration school on Friday at five, at rest; its clock is set."""

    def __init__(self) -> None:
        self.now = moment(FRIDAY, time(17))
        self.sample = loaded(Shown(self.now), lambda: self.now)
        self.post = Memory("email")
        self.engine = Engine(self.sample.office, Notices(self.sample.office, {"email": self.post}, discover()))
        with self.sample.office.journal.write(now=self.now) as tx:  # it has run here for weeks
            for name, job in discover().items():
                if (slot := job.at.due(moment(LONG_AGO, time(0)), self.now, self.sample.office.calendar)) is not None:
                    tx.claim_run(name, slot.isoformat(), self.now)
        for _ in range(3):
            self.look(self.now)
        self.before = len(self.letters())

    def look(self, at: datetime) -> None:
        """One pass, five seconds later."""
        self.now = at + timedelta(seconds=5)
        assert self.engine.turn(self.now, slow=True).problems == []

    def burst(self) -> None:
        """On Tuesday at ten in the evening."""
        self.now = moment(TUESDAY, time(22))
        ids = self.sample.ids
        order = {
            "kind": "报修",
            "source": "教职工",
            "category": "水",
            "severity": "紧急",
            "description": "公寓三楼水管爆裂",
            "duty_dept": ids["departments"]["行政科"],
            "handler": ids["people"]["杨维修"],
            "status": "已派单",
        }
        self.sample.office.host.create("issues", [order])

    def letters(self) -> list[Letter]:
        """Every message so far, in the order sent."""
        c, name = deliveries.c, self.sample.office.directory.name
        with self.sample.office.journal.store.read() as connection:
            sent = connection.execute(sql.select(deliveries).where(c.sent_at.is_not(None)).order_by(c.id)).all()
            merged = connection.execute(sql.select(c.into, c.key).where(c.state == "merged")).all()
        keys: dict[int, list[str]] = {}
        for into, key in merged:
            keys.setdefault(into, []).append(key)
        return [
            Letter(
                datetime.fromisoformat(row.sent_at).astimezone(SCHOOL_TIME),
                name(row.person),
                (message := json.loads(row.message))["subject"],
                message["text"],
                bool(row.urgent),
                (*keys.get(row.id, ()), row.key),
            )
            for row in sent
        ]

    def new(self) -> list[Letter]:
        """Those since Friday at five."""
        return self.letters()[self.before :]


@pytest.fixture(scope="module")
def slept() -> Iterator[School]:
    school = School()
    school.burst()
    school.look(moment(SUNDAY, time(8, 41)))
    yield school
    school.sample.close()


@pytest.fixture(scope="module")
def awake() -> Iterator[School]:
    school = School()
    for n in range((SUNDAY - FRIDAY).days + 1):
        day = FRIDAY + timedelta(days=n)
        for clock in LOOKS:
            if moment(FRIDAY, time(17)) < moment(day, clock) < moment(SUNDAY, time(8, 41)):
                school.look(moment(day, clock))
        if day == TUESDAY:
            school.burst()
            school.look(moment(day, time(22)))
            school.look(moment(day, time(22, 30)))  # 响应时限
    school.look(moment(SUNDAY, time(8, 41)))
    yield school
    school.sample.close()


def plain(letters: list[Letter]) -> list[Letter]:
    return [letter for letter in letters if not letter.urgent]


def subject_of(key: str) -> tuple[str, ...]:
    """(folder, row): what a notice is about, whatever its stage."""
    return tuple(key.split("|")[:2])


def test_on_return_everybody_gets_one_message(slept: School, awake: School) -> None:
    """Awake, the same people got several a week; what each was told is in the one message, by its last stage."""
    there, watched = slept.new(), awake.new()
    assert {letter.at.date() for letter in there} == {SUNDAY}
    per_person = Counter(letter.to for letter in plain(there))
    assert set(per_person.values()) == {1} and len(per_person) > 20
    assert len(there) * 2.5 < len(watched), (len(there), len(watched))
    assert max(Counter(letter.to for letter in plain(watched)).values()) > 5


def test_of_every_thing_the_last_stage_only(slept: School, awake: School) -> None:
    def told(school: School) -> Counter[tuple[str, ...]]:
        return Counter((letter.to, *subject_of(key)) for letter in school.new() for key in letter.keys)

    assert set(told(slept).values()) == {1}
    assert max(told(awake).values()) > 2


def test_nothing_is_told_that_would_not_have_been_told_and_what_still_matters_is(slept: School, awake: School) -> None:
    """By stage: whoever sleeps skips stages, and ends where the others are; what is over and done is not told late."""
    told = {(letter.to, key) for letter in slept.new() for key in letter.keys}
    heard = {(letter.to, key) for letter in awake.new() for key in letter.keys}
    early = {key.split("|")[0] for _, key in told - heard}
    assert early == {
        "inspection_missing"
    }  # Friday's time, run late on the week's last working day: due at 15:10 anyway
    last: dict[tuple[str, ...], str] = {}
    for letter in awake.new():
        last |= {(letter.to, *subject_of(key)): key for key in letter.keys}
    climbing = ("issue_overdue", "statutory_due", "class_readiness", "check_due")
    still = {(who, key) for (who, *_), key in last.items() if key.split("|")[0] in climbing}
    about = {subject_of(key) for _, key in told}
    # What somebody was told on the way up is not told him any more: it has reached whoever is above him.
    assert {subject_of(key) for _, key in still - told} <= about and still & told


def test_what_could_not_wait_is_told_with_how_late_it_is(slept: School, awake: School) -> None:
    def urgent(school: School) -> list[Letter]:
        return [m for m in school.new() if m.to == "杨维修" and any(key.startswith("issue_urgent|") for key in m.keys)]

    [late] = urgent(slept)
    assert late.urgent and late.subject.endswith("“公寓三楼水管爆裂”")
    assert "已到办结时限（9月16日02:00，已过4天6小时）仍未办结，请立即处理" in late.text
    assert [f"{letter.at:%d %H:%M}" for letter in urgent(awake)] == ["15 22:00", "15 22:30", "16 08:40"]


def test_then_it_is_quiet_until_the_next_list(slept: School) -> None:
    before = len(slept.letters())
    slept.look(moment(SUNDAY, time(8, 50)))
    slept.look(moment(SUNDAY, time(14, 50)))
    assert len(slept.letters()) == before
