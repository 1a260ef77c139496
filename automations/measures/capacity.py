"""三 办学能力 (domain.md F3): beds and classrooms in use, classes for others, grades of project classes."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from automations.measures import service
from automations.measures.base import Measure, codes, percent, total
from automations.measures.period import Period
from automations.measures.records import Records


def beds(records: Records) -> Measure:
    """床位 in 客房 that can be used."""
    return records.kept("locations", total(records["locations"].where(kind="客房", usable="可用"), "capacity", "张"))


def bed_use(records: Records, period: Period) -> Measure:
    """床位利用率 in %: person-nights of the period in beds times its working days."""
    nights, all_beds = service.nights(records, period), beds(records)
    days = workdays(records, period)
    whole = (all_beds.value or Decimal(0)) * days
    value = percent(nights.value, whole) if nights.value is not None else None
    return Measure(value, (*nights.codes, *all_beds.codes), 1, "%")


def bed_use_by_month(records: Records, period: Period) -> list[tuple[Period, Measure]]:
    """The same of each month that has begun; months of which nothing is known are left out."""
    found = [(month, bed_use(records, month)) for month in period.months if month.first <= records.today]
    return [(month, rate) for month, rate in found if rate.known]


def quiet_months(records: Records, period: Period) -> list[Period]:
    """Months whose 床位利用率 was below half of the whole period's: room for classes of others."""
    whole = bed_use(records, period).value
    return [m for m, rate in bed_use_by_month(records, period) if whole and (rate.value or Decimal(0)) * 2 < whole]


def room_use(records: Records, period: Period) -> Measure:
    """教室利用率 in %: working days on which a class had a 教室 or 会议室, in rooms times working days."""
    rooms = [p for p in records["locations"] if p.kind == "教室" and p.usable == "可用"]
    taken: set[tuple[int, date]] = set()
    classes = [c for c in service.running(records, period) if c.classroom in {room.id for room in rooms}]
    for course in classes:
        day = max(course.starts_on, period.first)
        while day <= min(course.ends_on, period.last, records.today):
            if records.calendar.is_workday(day):
                taken.add((course.classroom, day))
            day += timedelta(days=1)
    return Measure(percent(len(taken), len(rooms) * workdays(records, period)), codes(classes), 1, "%")


def workdays(records: Records, period: Period) -> int:
    """Working days of a period, as far as it has passed."""
    last, day, found = min(period.last, records.today), period.first, 0
    while day <= last:
        found += records.calendar.is_workday(day)
        day += timedelta(days=1)
    return found


def entrusted_share(records: Records, period: Period) -> Measure:
    """委托班占比 in % of classes."""
    rows = list(service.running(records, period))
    return Measure(percent(sum(bool(r.is_entrusted) for r in rows), len(rows)), codes(rows), 1, "%")


def grades(records: Records, period: Period) -> Mapping[str, int]:
    """项目等次 of the project classes that ended in the period."""
    rows = [row for row in service.ended(records, period) if row.is_project]
    return dict(Counter(str(row.project_grade or "未评定") for row in rows).most_common())
