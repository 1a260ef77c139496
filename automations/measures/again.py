"""What comes again and again: issues of one place and 类别, three or more within a year."""

from collections.abc import Iterable
from dataclasses import dataclass

from automations.measures.period import Period
from automations.measures.records import Records
from automations.measures.time_limits import NOT_ACCEPTED
from automations.rows import RowView

AGAIN = 3
"""So many times within a year are a repeated fault."""

OTHER = "其他"
"""A 类别 that says nothing of what is broken: such issues are never the same."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Issues of one place and category within the year up to the end of a period, the earliest first."""

    place: str
    category: str
    issues: tuple[RowView, ...]


def again(records: Records, period: Period, issues: Iterable[RowView]) -> list[Fault]:
    """Issues of one 地点 and 类别, three or more since 1 January, the last of them in the period; most first."""
    groups: dict[tuple[int, str], list[RowView]] = {}
    for issue in issues:
        known = issue.location is not None and issue.category not in (None, OTHER) and issue.status != NOT_ACCEPTED
        if known and issue.created_at in period.to_date:
            groups.setdefault((issue.location, issue.category), []).append(issue)
    found = []
    for (place, category), rows in groups.items():
        rows.sort(key=lambda issue: (issue.created_at, issue.id))
        if len(rows) >= AGAIN and rows[-1].created_at in period:
            found.append(Fault(records.name("locations", place), category, tuple(rows)))
    return sorted(found, key=lambda fault: (-len(fault.issues), fault.place, fault.category))
