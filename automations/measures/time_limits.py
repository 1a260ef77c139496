"""Whether an issue was done within its limit, and how long it took: for goals of colleagues as for reports."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from automations.measures.records import Records
from automations.rows import RowView
from automations.workdays import local_date

NOT_ACCEPTED, ON_HOLD = "不予受理", "挂起"
URGENT = "紧急"
SHIFTS = ("hours.morning_from", "hours.morning_to", "hours.afternoon_from", "hours.afternoon_to")
"""Parameters that say when the school works."""


def met_limit(issue: RowView, over: Callable[[date], bool]) -> bool | None:
    """Whether an issue was done within 办结时限; None where that is not to be said (yet).

    What is 挂起 or 不予受理 is neither; of what nobody has done it is said on the day after the limit.

    Args:
        issue: Its row.
        over: Whether the work of a day is over, asked with the day after: ``lambda day: day <= today``.
    """
    due: datetime | None = issue.due_at
    if due is None or issue.status in (NOT_ACCEPTED, ON_HOLD):
        return None
    if issue.fixed_at is not None:
        return bool(issue.fixed_at <= due)
    return False if over(local_date(due) + timedelta(days=1)) else None


def share_met(issues: Iterable[RowView], over: Callable[[date], bool]) -> tuple[int, int]:
    """How many were done in time, and of how many that can be said."""
    found = [met for issue in issues if (met := met_limit(issue, over)) is not None]
    return sum(found), len(found)


def hours_taken(records: Records, issue: RowView) -> Decimal:
    """Hours from the report of a repair to 处理完成时间, both known."""
    if issue.severity == URGENT:
        return Decimal(int((issue.fixed_at - issue.created_at).total_seconds())) / 3600
    clock = [records.norms.clock(key, local_date(issue.created_at)) for key in SHIFTS]
    return records.calendar.hours(issue.created_at, issue.fixed_at, ((clock[0], clock[1]), (clock[2], clock[3])))
