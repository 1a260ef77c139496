"""八 问题与原因: what was a problem at the end of last year, and whether it is solved by now (domain.md F3 八).

The list of last year's report is worked out again from the rows as they stand, by the same marks as
:func:`automations.measures.outlook.troubles`: what the law asks for, money not remitted, issues that climbed, energy,
contracts that had run out. What was closed without a date cannot be told from what never was one, and is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from automations.measures import facilities, saving, supervision
from automations.measures.base import change
from automations.measures.income import OWED
from automations.measures.period import Period
from automations.measures.records import Records
from automations.measures.time_limits import NOT_ACCEPTED
from automations.workdays import local_date

SOLVED, PARTLY, OPEN = STATES = ("已解决", "部分解决", "未解决")
CLIMBED = 3
"""升级级别 from which 分管领导 knows of an issue."""

ENDED = "到期"


@dataclass(frozen=True, slots=True)
class Carried:
    """One problem of last year: what, the department that answers for it ("" for 行政科), how it stands."""

    what: str
    department: str
    state: str


def carried(records: Records, period: Period) -> list[Carried] | None:
    """Problems that were open when the period began; None where nothing is known of the time before."""
    before = period.before
    if not records.reaches("issues", "created_at", before):
        return None
    return [
        *_checks(records, before),
        *_income(records, before),
        *_issues(records, before),
        *_energy(records, period),
        *_contracts(records, before),
    ]


def _after(moment: date | datetime | None, period: Period) -> bool:
    """Whether something happened after the period, or has not happened."""
    day = local_date(moment) if isinstance(moment, datetime) else moment
    return day is None or day > period.last


def _checks(records: Records, before: Period) -> Iterator[Carried]:
    for one in facilities.statutory_overdue(records, before):
        asset = records.row("assets", one.row.asset)
        department = records.name("departments", asset.user_dept) if asset is not None else ""
        yield Carried(f"{one.thing}{one.kind}超期", department, OPEN if one.row.done_on is None else SOLVED)


def _income(records: Records, before: Period) -> Iterator[Carried]:
    for row in records["income"].where(status=OWED):
        if row.due_on is None or row.due_on > before.last or not row.late_wd or not _after(row.remitted_on, before):
            continue
        state = SOLVED if row.remitted_on is not None and (row.gap or 0) <= 0 else PARTLY if row.remitted else OPEN
        yield Carried(f"{row.kind}{row.received or 0:,.2f}元迟缴", "财务科", state)


def _issues(records: Records, before: Period) -> Iterator[Carried]:
    for issue in records[supervision.ISSUES]:
        if (issue.escalation or 0) < CLIMBED or issue.status == NOT_ACCEPTED:
            continue
        if issue.due_at is None or local_date(issue.due_at) > before.last or not _after(issue.fixed_at, before):
            continue
        state = SOLVED if issue.status == supervision.DONE else PARTLY if issue.fixed_at is not None else OPEN
        department = records.name("departments", issue.duty_dept)
        yield Carried(f"“{supervision.first_words(issue.description)}”超期未办结", department, state)


def _energy(records: Records, period: Period) -> Iterator[Carried]:
    """Kinds that grew beyond the line last year: solved when they grew no more, partly when less than the line."""
    for kind in saving.UNITS:
        used = [saving.used(records, one, kind) for one in (period.before.before, period.before, period)]
        then, now = change(used[1], used[0]).value, change(used[2], used[1]).value
        if then is None or then <= records.norms.number("report.energy_growth", period.before.last):
            continue
        if now is None or now > records.norms.number("report.energy_growth", period.last):
            state = OPEN
        else:
            state = PARTLY if now > 0 else SOLVED
        yield Carried(f"用{kind}同比上升{then:.1f}%", "", state)


def _contracts(records: Records, before: Period) -> Iterator[Carried]:
    for row in records["contracts"].where(status=ENDED):
        if row.ends_on is not None and row.ends_on <= before.last:
            yield Carried(f"{row.name}合同已到期", records.name("departments", row.supervise_dept), OPEN)
