"""四个一 and 四学: what a colleague is expected to have learned, and by when (domain.md A12, A14, B3.14). Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from automations.rows import RowView
from automations.workdays import Calendar, local_date

DAILY, WEEKLY, MONTHLY, YEARLY = "每天一学", "每周一写", "每月一讲", "每年一考"
FOUR_ONES = (DAILY, WEEKLY, MONTHLY, YEARLY)
FOUR_SKILLS, TRAINING = "四学", "岗位培训"
GOALS: Mapping[str, str] = {
    DAILY: "learning.daily",
    WEEKLY: "learning.weekly",
    MONTHLY: "learning.monthly",
    YEARLY: "learning.yearly",
}
"""Parameters that say how often: each working day, week, month, year."""

TRIP, TRIP_TAKEN = "出差", frozenset({"已批准", "执行中", "已执行", "已核销"})
CATCH_UP = timedelta(days=10)
"""Last week's gaps may be filled until Wednesday; from Thursday on, ten days after its Monday, the week counts."""

EXAM_MONTH = 12
"""每年一考 is expected from here on: the year's scores are made in this month."""

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)

Spans: TypeAlias = Sequence[tuple[date, date]]
"""First and last days."""


def week_of(day: date) -> str:
    """``2026-W37``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def period_of(kind: str, day: date) -> str:
    """The week, month or year to which a record of this kind belongs."""
    if kind in (DAILY, WEEKLY):
        return week_of(day)
    return f"{day:%Y}" if kind in (YEARLY, FOUR_SKILLS) else f"{day:%Y-%m}"


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def away(person: RowView, requests: Iterable[RowView]) -> Spans:
    """When a colleague was not here: what stands in 人员 now, and signed trips, which stay when that has moved on."""
    spans = [(person.away_from, person.away_to)]
    for trip in requests:
        if trip.kind == TRIP and trip.status in TRIP_TAKEN and trip.starts_at and trip.ends_at:
            spans.append((local_date(trip.starts_at), local_date(trip.ends_at)))
    return [(first, last) for first, last in spans if first is not None and last is not None]


def days_expected(monday: date, calendar: Calendar, absent: Spans = (), since: date = date.min) -> int:
    """Working days of a week on which a colleague was here."""
    days = _workdays(monday, A_WEEK, calendar)
    near = [(first, last) for first, last in absent if first < monday + A_WEEK and last >= monday]
    if not near and since <= monday:  # as in nearly every week
        return len(days)
    return sum(day >= since and not any(first <= day <= last for first, last in near) for day in days)


@lru_cache(maxsize=1024)
def _workdays(first: date, span: timedelta, calendar: Calendar) -> tuple[date, ...]:
    days = (first + A_DAY * n for n in range(span.days))
    return tuple(day for day in days if calendar.is_workday(day))


def weeks_due(year: int, today: date) -> Iterator[date]:
    """Mondays of the weeks of a year that are over, with the days to catch up."""
    monday = date.fromisocalendar(year, 1, 1)
    while monday + CATCH_UP <= today and monday.isocalendar().year == year:
        yield monday
        monday += A_WEEK


def expected(
    year: int, today: date, goals: Mapping[str, int], calendar: Calendar, absent: Spans = (), since: date = date.min
) -> dict[tuple[str, str], int]:
    """How much was due, by kind and period; a week of holidays or absence asks for nothing.

    Args:
        year: The year.
        today: What is not over yet is not due yet.
        goals: How often, by kind; see :data:`GOALS`.
        calendar: Working days.
        absent: When the colleague was not here.
        since: His first day.
    """
    due: dict[tuple[str, str], int] = {}
    for monday in weeks_due(year, today):
        if days := days_expected(monday, calendar, absent, since):
            week = week_of(monday)
            due[DAILY, week], due[WEEKLY, week] = days * goals[DAILY], goals[WEEKLY]
    for month in range(1, 13):
        first, after = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        if since <= first and after <= today:
            due[MONTHLY, f"{first:%Y-%m}"] = goals[MONTHLY]
    if since <= date(year, EXAM_MONTH, 1) <= today:
        due[YEARLY, str(year)] = goals[YEARLY]
    return {key: n for key, n in due.items() if n}


def done(records: Iterable[Any]) -> dict[tuple[str, str], int]:
    """What was learned, by kind and period: days of 每天一学, records of the others."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for record in records:
        if record.period is not None:
            found[record.kind, record.period] += int(record.days or 0) if record.kind == DAILY else 1
    return found


def completion(due: Mapping[tuple[str, str], int], learned: Mapping[tuple[str, str], int]) -> dict[str, Decimal]:
    """% of what was due, by kind; no week makes up for another. Kinds of which nothing is due are left out."""
    asked: dict[str, int] = defaultdict(int)
    met: dict[str, int] = defaultdict(int)
    for key, n in due.items():
        asked[key[0]] += n
        met[key[0]] += min(n, learned.get(key, 0))
    return {kind: Decimal(met[kind] * 100) / n for kind, n in asked.items()}


def overall(by_kind: Mapping[str, Decimal]) -> Decimal | None:
    """学习完成率: each kind weighs the same; None while nothing is due."""
    if not by_kind:
        return None
    return (sum(by_kind.values(), Decimal(0)) / len(by_kind)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def skills_missing(records: Iterable[Any], year: int, skills: Sequence[str], least: int) -> list[str]:
    """Topics of 四学 with fewer than ``least`` records in a year, in the order of ``skills``."""
    topics = [r.topic for r in records if r.kind == FOUR_SKILLS and r.counted and r.period == str(year)]
    return [skill for skill in skills if topics.count(skill) < least]


def hours_trained(records: Iterable[Any], year: int) -> Decimal:
    """学时 of 岗位培训 in a year."""
    own = (r for r in records if r.kind == TRAINING and r.counted and r.period.startswith(str(year)))
    return sum((r.hours or Decimal(0) for r in own), Decimal(0))


def by_campaign(records: Iterable[Any], year: int) -> dict[str, int]:
    """How many records of a year belong to each 活动, the busiest first."""
    named = Counter(r.campaign for r in records if r.campaign and r.counted and r.date.year == year)
    return dict(sorted(named.items(), key=lambda item: (-item[1], item[0])))
