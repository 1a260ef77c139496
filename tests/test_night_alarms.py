"""What may wake somebody: domain.md B6.30 names it; every other grave alarm of a night waits for the morning's list."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from automations.approvals.ruling import Alarm
from automations.engine.notices import Notices
from automations.notify.memory import Memory
from automations.workdays import SCHOOL_TIME
from tests.conftest import Clock
from tests.office import SmallOffice


@pytest.fixture
def office(clock: Clock) -> Iterator[SmallOffice]:
    office = SmallOffice(clock)
    yield office
    office.close()


def told(office: SmallOffice, rule: str, gravity: str, *moments: str) -> list[list[str]]:
    """Who got the alarm by each of these moments of September 2026 (``dd HH:MM``); it is raised at the first."""
    post, heard = Memory("email"), []
    notices = Notices(office.office, {"email": post}, {})
    alarm = Alarm(rule, rule, gravity, "标题", "详情", office.ids["王文员"])  # type: ignore[arg-type]
    for moment in moments:
        day, clock = moment.split()
        hour, minute = map(int, clock.split(":"))
        now = datetime(2026, 9, int(day), hour, minute, tzinfo=SCHOOL_TIME)
        if not heard:
            with office.office.journal.write(now=now) as tx:
                notices.alarm(tx.connection, "meals", "GC-1", alarm, f"YJ-{rule}-{moments[0]}", now)
        notices.deliver(now)
        heard.append(sorted(to.name for to, _ in post.sent))
        post.sent.clear()
    return heard


ALL = ["李会计", "王文员", "赵校长"]
"""会计 and 主要领导 by their office, and whoever is named."""


def test_food_safety_goes_out_at_night_and_on_a_day_off(office: SmallOffice) -> None:
    assert told(office, "ML-02", "严重", "01 23:30", "02 08:40") == [ALL, []]
    assert told(office, "ML-02", "严重", "26 11:00", "28 08:40") == [ALL, []]  # Saturday of the Mid-Autumn holiday


def test_any_other_grave_alarm_of_a_night_waits_for_the_morning(office: SmallOffice) -> None:
    assert told(office, "SG-01", "严重", "01 23:30", "02 07:30", "02 08:40") == [[], [], ALL]
    assert told(office, "IN-03", "严重", "26 11:00", "27 08:40", "28 08:40") == [[], [], ALL]


def test_by_day_it_is_told_at_once(office: SmallOffice) -> None:
    assert told(office, "SG-01", "严重", "01 09:12") == [ALL]


def test_what_is_not_grave_always_waits(office: SmallOffice) -> None:
    """ML-01, a sample that is missing, is told at once by a job of its own (N22); this is its line in the ledger."""
    assert told(office, "ML-01", "一般", "01 23:30", "02 08:40") == [[], ["李会计", "王文员"]]
    assert told(office, "SG-02", "一般", "01 09:12", "01 15:10") == [[], ["李会计", "王文员"]]
