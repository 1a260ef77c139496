"""The rarer schedules, those of reports: the n-th working day of a month or quarter, a day of the year."""

from datetime import date, datetime, timedelta

import pytest

from automations.errors import HouqinError
from automations.schedule import Schedule
from automations.workdays import SCHOOL_TIME, Calendar

CALENDAR = Calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SCHOOL_TIME)


@pytest.mark.parametrize(
    "text, year, days",
    [
        # 2026: New Year's holiday 1–3 January with 4 January worked; National Day 1–7 October
        ("monthly workday 3 09:10", 2026, ["2026-01-06", "2026-09-03", "2026-10-10", "2026-11-04"]),
        ("monthly workday 1 09:10", 2026, ["2026-01-04", "2026-10-08"]),
        ("quarterly workday 5 09:10", 2026, ["2026-01-08", "2026-04-08", "2026-07-07", "2026-10-13"]),
        ("yearly 03-31 09:10", 2026, ["2026-03-31"]),
        ("yearly 10-03 09:10", 2026, ["2026-09-30"]),
        ("yearly 01-01 09:10", 2025, ["2025-12-31"]),  # 1 January 2026 is off: the last working day before
    ],
)
def test_it_runs_on_these_days(text: str, year: int, days: list[str]) -> None:
    schedule = Schedule.read(text)
    every = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    found = [day for day in every if schedule.slots(day, CALENDAR)]
    months = {date.fromisoformat(day).month for day in days}
    assert [d.isoformat() for d in found if d.month in months] == days
    assert len(found) == {"monthly workday": 12, "quarterly workday": 4, "yearly": 1}[schedule.days]


@pytest.mark.parametrize(
    "text, last, now, slot",
    [
        ("monthly workday 3 09:10", None, "2026-10-10T09:09", None),
        ("monthly workday 3 09:10", None, "2026-10-10T09:10", "2026-10-10T09:10"),
        ("monthly workday 3 09:10", None, "2026-10-11T09:10", None),  # never ran: looks back to this morning only
        ("monthly workday 3 09:10", "2026-09-03T09:10", "2026-10-26T08:00", "2026-10-10T09:10"),
        ("monthly workday 3 09:10", "2026-10-10T09:10", "2026-10-26T08:00", None),
        ("monthly workday 3 09:10", "2026-06-03T09:10", "2026-10-26T08:00", "2026-10-10T09:10"),  # once, the latest
        ("quarterly workday 5 09:10", "2026-04-08T09:10", "2026-09-30T18:00", "2026-07-07T09:10"),
        ("quarterly workday 5 09:10", "2026-07-07T09:10", "2026-09-30T18:00", None),
        ("yearly 03-31 09:10", "2025-03-31T09:10", "2027-03-30T08:00", "2026-03-31T09:10"),
        ("yearly 03-31 09:10", "2026-03-31T09:10", "2027-03-30T08:00", None),
    ],
)
def test_what_was_slept_through_is_run_once(text: str, last: str | None, now: str, slot: str | None) -> None:
    found = Schedule.read(text).due(last and at(last), at(now), CALENDAR)
    assert found == (slot and at(slot))


@pytest.mark.parametrize(
    "text",
    [
        "monthly workday 0 09:10",
        "monthly workday 16 09:10",
        "monthly workday 09:10",
        "monthly workday 03-31 09:10",
        "quarterly workday 46 09:10",
        "yearly 02-29 09:10",
        "yearly 13-01 09:10",
        "yearly 3 09:10",
        "yearly 03-31 25:10",
    ],
)
def test_a_day_that_is_not_always_there_is_refused(text: str) -> None:
    with pytest.raises(HouqinError, match="quarterly workday"):
        Schedule.read(text)
