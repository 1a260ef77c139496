"""Where a report of a period is to be found: its row in 通知与报告, or the day on which it will be made. Pure."""

import re
from datetime import date, timedelta

from automations.measures import Period, Records
from automations.reports.folders import ReportFolder
from automations.rows import RowView
from automations.workdays import Calendar

_FIELD = re.compile(r"\{\{.*?\}\}")


def laid(records: Records, report: ReportFolder, period: Period) -> RowView | None:
    """The row that holds its files; None as long as there is none.

    Several reports share a kind and a period (月报: the month's, that of supervision): its title's fixed words tell.
    """
    words = _FIELD.sub("", report.told.title).strip()
    rows = records["outbox"].where(kind=report.told.kind, period=period.title)
    return next((row for row in rows if row.file and words in (row.title or "")), None)


def coming(report: ReportFolder, today: date, until: date, calendar: Calendar) -> date | None:
    """The first day from ``today`` to ``until`` on which it makes itself; None where there is none."""
    if report.at is None:
        return None
    days = (today + timedelta(days=n) for n in range((until - today).days + 1))
    return next((day for day in days if report.at.slots(day, calendar)), None)
