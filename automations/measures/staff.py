"""八 队伍与学习: who works here, what was learned, what runs out (domain.md B1.2, B3.14, F2, F3)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from automations.learning import (
    FOUR_ONES,
    GOALS,
    away,
    completion,
    done,
    expected,
    hours_trained,
    overall,
    skills_missing,
)
from automations.measures.base import Measure, codes, count, percent
from automations.measures.period import Period
from automations.measures.records import Records
from automations.people import GONE
from automations.rows import Rows, RowView
from automations.workdays import local_date

OUTSIDE = ("编外聘用", "劳务派遣", "服务外包")
"""用工形式 outside the establishment (编外)."""

ABOUT = timedelta(days=31)
"""So long before a contract begins its row may be made."""


def here(records: Records) -> Rows:
    """Everybody who has not left."""
    return records.those("people", lambda p: p.status != GONE)


def learners(records: Records, period: Period) -> Rows:
    """Those who take part in 四个一: by 用工形式 (参数 ``learning.staff``)."""
    staff = records.norms.names("learning.staff", period.last)
    return records.those("people", lambda p: p.status != GONE and p.employment_type in staff)


def four_ones(records: Records, period: Period) -> Mapping[str, Measure]:
    """% of what was due in the year up to the period's end, by kind and under ``综合``; kinds not yet due are unknown.

    综合 is the mean of everybody's own rate, as in 人员's 学习完成率.
    """
    year, goals = period.last.year, _goals(records, period)
    rates: list[Decimal] = []
    met: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    behind: list[RowView] = []
    for person in learners(records, period):
        own = [r for r in records.linked("learning_records", "person", person.id) if r.counted]
        behind += own
        due, learned = _due(records, person, period, goals), done(own)
        for (kind, when), n in due.items():
            asked[kind] += n
            met[kind] += min(n, learned.get((kind, when), 0))
        if (rate := overall(completion(due, learned))) is not None:
            rates.append(rate)
    in_period = [r for r in behind if r.date is not None and r.date in period and r.date.year == year]
    found = {kind: Measure(percent(met[kind], asked[kind]), codes(in_period), 1, "%") for kind in FOUR_ONES}
    mean = sum(rates, Decimal(0)) / len(rates) if rates else None
    return {**found, "综合": Measure(mean, codes(in_period), 1, "%")}


def learning_rate(records: Records, person: RowView, period: Period) -> Measure:
    """学习完成率 of one colleague in the year up to the period's end; unknown for whoever need not take part."""
    if person.employment_type not in records.norms.names("learning.staff", period.last):
        return Measure(None, (), 1, "%")
    own = [r for r in records.linked("learning_records", "person", person.id) if r.counted]
    rate = overall(completion(_due(records, person, period, _goals(records, period)), done(own)))
    return Measure(rate, codes([person]), 1, "%")


def _goals(records: Records, period: Period) -> dict[str, int]:
    return {kind: records.norms.whole(key, period.last) for kind, key in GOALS.items()}


def _due(records: Records, person: RowView, period: Period, goals: Mapping[str, int]) -> dict[tuple[str, str], int]:
    absent = away(person, records.linked("requests", "people", person.id))
    since = person.contract_from or period.to_date.first.replace(year=1)
    today = min(records.today, period.last + timedelta(days=1))  # a month is due when it is over
    return expected(period.last.year, today, goals, records.calendar, absent, since)


def without_skill(records: Records, period: Period) -> Mapping[str, Measure]:
    """Of each of 四学: how many 后勤人员 have too few records of the year by the period's end (domain.md A14)."""
    year, on = period.last.year, period.last
    skills, least = records.norms.names("learning.four", on), records.norms.whole("learning.four_min", on)
    missing: dict[str, list[RowView]] = {skill: [] for skill in skills}
    for person in here(records).where(is_logistics=True):
        own = [r for r in records.linked("learning_records", "person", person.id) if r.date and r.date <= on]
        for skill in skills_missing(own, year, skills, least):
            missing[skill].append(person)
    return {skill: records.kept("learning_records", count(found, "人")) for skill, found in missing.items()}


def training_hours(records: Records, period: Period) -> Measure:
    """学时 of 岗位培训 in the year so far, mean of 后勤人员."""
    staff = [p for p in here(records) if p.is_logistics]
    hours: list[Decimal] = []
    behind: list[RowView] = []
    for person in staff:
        own = [r for r in records.linked("learning_records", "person", person.id) if r.date and r.date <= period.last]
        hours.append(hours_trained(own, period.last.year))
        behind += [r for r in own if r.hours and r.counted]
    return Measure(sum(hours, Decimal(0)) / len(hours) if hours else None, codes(behind), 1, "学时")


def attendance(records: Records, period: Period) -> Measure:
    """% present of those expected, over the 考勤 inspections of the period; unknown without any."""
    rows = [r for r in records.within("inspections", "date", period, team="考勤") if r.expected_n and r.present_n]
    expected_n = sum((r.expected_n for r in rows), Decimal(0))
    return Measure(percent(sum((r.present_n for r in rows), Decimal(0)), expected_n), codes(rows), 1, "%")


def running_out(records: Records, period: Period, column: str, days: int) -> list[RowView]:
    """People whose ``contract_to`` or ``cert_due`` lies within so many days after the period's end, or before it."""
    found = [p for p in here(records) if p[column] is not None and (p[column] - period.last).days <= days]
    return sorted(found, key=lambda p: p[column])


def structure(records: Records, column: str) -> Mapping[str, int]:
    """How many by ``employment_type``, ``education`` or ``rank``; an empty cell under 未填."""
    return dict(Counter(str(p[column] or "未填") for p in here(records)).most_common())


def duty_signed(records: Records, period: Period) -> Measure:
    """% of 后勤人员 whose 岗位责任书 was signed in the year of the period."""
    staff = [p for p in here(records) if p.is_logistics]
    signed = [p for p in staff if p.duty_signed_on is not None and p.duty_signed_on.year == period.last.year]
    return Measure(percent(len(signed), len(staff)), codes(staff), 1, "%")


def came(records: Records, period: Period) -> Measure:
    """编外人员 who began in the period (合同起), 人.

    A contract renewed is no beginning, and neither is somebody whom the first list of 人员 already held: his row was
    made about when the contract began, and that was after the first row of the table.
    """
    days = {p.id: local_date(p.created_at) for p in records["people"] if p.created_at is not None}
    began = min(days.values(), default=None)
    found = [
        p
        for p in records["people"].where(employment_type=OUTSIDE)
        if began is not None
        and p.contract_from in period
        and p.contract_from > began
        and p.id in days
        and days[p.id] >= p.contract_from - ABOUT
    ]
    return records.told("people", "created_at", period, count(found, "人"))


def left(records: Records, period: Period) -> Measure:
    """编外人员 whose 退出 was approved in the period, 人; without signatures by 合同止."""
    gone = [p for p in records["people"].where(employment_type=OUTSIDE, status=GONE) if _left_on(records, p) in period]
    return records.told("people", "created_at", period, count(gone, "人"))


def _left_on(records: Records, person: RowView) -> date | None:
    steps = records.linked("sign_steps", "staff", person.id)
    signed = [step.signed_at for step in steps if step.signed_at is not None and step.valid == "有效"]
    day: date | None = local_date(max(signed)) if signed else person.contract_to
    return day


def goal_scores(records: Records) -> list[Decimal]:
    """目标得分 of everybody who has one, highest first; without names."""
    return sorted((p.goal_score for p in here(records) if p.goal_score is not None), reverse=True)
