"""督查与整改 (domain.md F2 五): rounds of the inspection groups, what they found, repairs, what is late.

办结 means that the handler finished (处理完成时间); whether he finished in time stands in
:mod:`~automations.measures.time_limits`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from automations.measures.again import Fault, again
from automations.measures.base import Measure, codes, count, percent
from automations.measures.period import Period
from automations.measures.records import Records
from automations.measures.time_limits import NOT_ACCEPTED, ON_HOLD, SHIFTS, hours_taken, met_limit
from automations.rows import RowView

INSPECTIONS, ISSUES = "inspections", "issues"
DRAFT, DISPUTED = "草稿", "有异议"
STANDING = ("考勤", "卫生", "住宿", "餐饮")
"""The four standing groups (万州)."""

REPAIR, RECTIFY = "报修", "整改"
DONE, TO_CHECK = "已办结", "待复核"


def _met(records: Records, issue: RowView) -> bool | None:
    return met_limit(issue, lambda day: day <= records.today)


# Rounds ---------------------------------------------------------------------------------------------------------------


def standing_of(records: Records, issue: RowView) -> str:
    """按期整改 or 逾期整改 once it is done; 超期 while it is late and not done; 整改中, 挂起 or 不予受理."""
    if issue.status in (NOT_ACCEPTED, ON_HOLD):
        return str(issue.status)
    met = _met(records, issue)
    if issue.fixed_at is not None:
        return "已整改" if met is None else "按期整改" if met else "逾期整改"
    return "超期" if met is False else "整改中"


@dataclass(frozen=True, slots=True)
class Team:
    """A group in a period.

    Attributes:
        times: Rounds handed in.
        score: Mean; None where none is known. What is disputed waits for its answer.
        found: Problems, each once.
        in_time: Of these done within their limit; late: done later, or not done with the limit past.
        open: Not done, whether late or not.
        repeated: Problems of a place and category that had three or more within the year.
    """

    name: str
    times: int
    score: Decimal | None
    found: int
    in_time: int
    late: int
    open: int
    repeated: int


def rounds(records: Records, period: Period, *teams: str) -> list[RowView]:
    """Inspections of a period by 日期, drafts left out; of all groups unless some are named."""
    rows = records.within(INSPECTIONS, "date", period)
    return [row for row in rows if row.status != DRAFT and (not teams or row.team in teams)]


def rounds_of_class(records: Records, course: int) -> list[RowView]:
    """Inspections of one class by 日期, drafts left out."""
    rows = [row for row in records.linked(INSPECTIONS, "training_class", course) if row.status != DRAFT]
    return sorted((row for row in rows if row.date is not None), key=lambda row: (row.date, row.id))


def problems(records: Records, inspected: Iterable[RowView]) -> list[RowView]:
    """Issues that these rounds found, each once; what was 不予受理 is no problem."""
    ids = dict.fromkeys(issue for row in inspected for issue in row.findings or ())
    found = (records.row(ISSUES, issue) for issue in ids)
    return [issue for issue in found if issue is not None and issue.status != NOT_ACCEPTED]


def inspections(records: Records, period: Period) -> list[Team]:
    """One line a group, in the order of first appearance among the choices of 督查组."""
    everything = rounds(records, period)
    often = {issue.id for fault in repeated_problems(records, period) for issue in fault.issues}
    names = [*STANDING, *(row.team for row in everything)]
    return [_team(records, name, [r for r in everything if r.team == name], often) for name in dict.fromkeys(names)]


def _team(records: Records, name: str, rows: Sequence[RowView], often: set[int]) -> Team:
    found = problems(records, rows)
    met = [_met(records, issue) for issue in found]
    scores = [row.score for row in rows if row.score is not None and row.status != DISPUTED]
    return Team(
        name,
        len(rows),
        sum(scores, Decimal(0)) / len(scores) if scores else None,
        len(found),
        sum(m is True for m in met),
        sum(m is False for m in met),
        sum(issue.fixed_at is None for issue in found),
        sum(issue.id in often for issue in found),
    )


def inspection_count(records: Records, period: Period) -> Measure:
    """督查, 次: rounds of all groups handed in, by 日期."""
    return records.told(INSPECTIONS, "date", period, count(rounds(records, period), "次"))


def standing_count(records: Records, period: Period) -> Measure:
    """Of these, rounds of the four standing groups."""
    return records.told(INSPECTIONS, "date", period, count(rounds(records, period, *STANDING), "次"))


def problems_found(records: Records, period: Period) -> Measure:
    """发现问题, 个: issues that the rounds of the period found, each once."""
    return records.told(INSPECTIONS, "date", period, count(problems(records, rounds(records, period)), "个"))


def problems_closed_on_time(records: Records, period: Period) -> Measure:
    """按期整改, 个: of the problems found in the period, those done within their limit so far."""
    found = problems(records, rounds(records, period))
    return records.told(INSPECTIONS, "date", period, count((issue for issue in found if _met(records, issue)), "个"))


def problems_late(records: Records, period: Period) -> Measure:
    """超期, 个: of the problems found in the period, those done late, or not done with the limit past."""
    found = problems(records, rounds(records, period))
    return records.told(
        INSPECTIONS, "date", period, count((issue for issue in found if _met(records, issue) is False), "个")
    )


def rectified_on_time(records: Records, period: Period) -> Measure:
    """整改按期率, %: of 整改 whose 办结时限 lies in the period, those done within it."""
    return on_time(records, period, RECTIFY)


def on_time(records: Records, period: Period, *kinds: str) -> Measure:
    """按期率, %: of issues of these kinds (none: all) whose 办结时限 lies in the period, those done within it."""
    rows = records.within(ISSUES, "due_at", period, kind=kinds) if kinds else records.within(ISSUES, "due_at", period)
    told = [issue for issue in rows if _met(records, issue) is not None]
    return Measure(percent(sum(bool(_met(records, i)) for i in told), len(told)), codes(told), 1, "%")


# Issues ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flow:
    """Issues of one kind in a period.

    Attributes:
        opened: Reported in it (创建时间), 不予受理 left out.
        closed: Done in it (处理完成时间), whenever they were reported.
        in_time: Of those whose limit lies in it, done within it; due: how many these are.
        open: Not done at the moment of the records.
    """

    kind: str
    opened: int
    closed: int
    in_time: int
    due: int
    open: int


def flows(records: Records, period: Period) -> list[Flow]:
    """One line a 类型, those with any issue first reported or done in the period, or still open."""
    found = []
    for kind in dict.fromkeys((REPAIR, RECTIFY, *(row.kind for row in records[ISSUES] if row.kind))):
        rows = [row for row in records[ISSUES] if row.kind == kind and row.status != NOT_ACCEPTED]
        met = [_met(records, row) for row in rows if row.due_at in period]
        flow = Flow(
            kind,
            sum(row.created_at in period for row in rows),
            sum(row.fixed_at in period for row in rows),
            sum(m is True for m in met),
            sum(m is not None for m in met),
            sum(row.fixed_at is None and row.status not in (DONE, TO_CHECK) for row in rows),
        )
        if flow.opened or flow.closed or flow.open:
            found.append(flow)
    return found


def reported(records: Records, period: Period, *kinds: str) -> list[RowView]:
    """Issues of these kinds reported in the period, 不予受理 left out."""
    return [i for i in records.within(ISSUES, "created_at", period, kind=kinds) if i.status != NOT_ACCEPTED]


def repairs(records: Records, period: Period) -> Measure:
    """报修, 件: reported in the period (IT支持 is counted by itself)."""
    return records.told(ISSUES, "created_at", period, count(reported(records, period, REPAIR), "件"))


def repairs_done(records: Records, period: Period) -> Measure:
    """Of these, done so far."""
    return records.told(
        ISSUES,
        "created_at",
        period,
        count((i for i in reported(records, period, REPAIR) if i.fixed_at is not None), "件"),
    )


def repair_hours(records: Records, period: Period) -> Measure:
    """平均办结用时, 小时: of the repairs reported in the period and done so far, from report to 处理完成时间.

    Counted as their limits are: hours of work, of what is 紧急 hours of the clock.
    """
    done = [i for i in reported(records, period, REPAIR) if i.fixed_at is not None]
    hours = sum((hours_taken(records, issue) for issue in done), Decimal(0))
    return Measure(
        hours / len(done) if done else None, codes(done), 1, "小时", records.unverified(period.last, *SHIFTS)
    )


def repairs_on_time(records: Records, period: Period) -> Measure:
    """报修按时率, %: of repairs whose limit lies in the period, those done within it."""
    return on_time(records, period, REPAIR)


def repair_categories(records: Records, period: Period) -> list[tuple[str, int]]:
    """Repairs reported in the period by 类别, most first."""
    found = Counter(issue.category for issue in reported(records, period, REPAIR) if issue.category)
    return sorted(found.items(), key=lambda kv: (-kv[1], kv[0]))


# Again and again ------------------------------------------------------------------------------------------------------


def repeat_faults(records: Records, period: Period) -> list[Fault]:
    """重复故障: repairs of one 地点 and 类别, three or more since 1 January, the last of them in the period.

    类别 其他 says nothing of what is broken, so its repairs are never the same.
    """
    return again(records, period, (i for i in records[ISSUES] if i.kind == REPAIR))


def repeated_problems(records: Records, period: Period) -> list[Fault]:
    """重复问题: likewise of problems that inspections found."""
    found = problems(records, rounds(records, period.to_date))
    return again(records, period, found)


# Late -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Late:
    """An issue that is late at the moment of the records.

    Attributes:
        what: First words of its description.
        days: 超期工作日; level: 升级级别, 3 分管领导, 4 主要领导.
        department: 责任部门.
    """

    row: RowView
    what: str
    department: str
    days: int
    level: int


def overdue(records: Records, kinds: Sequence[str] = ()) -> list[Late]:
    """Issues not done whose limit has passed (超期工作日 as Houqin computed it), the longest first."""
    rows = [
        row
        for row in records[ISSUES]
        if row.fixed_at is None and row.overdue_wd and row.status not in (DONE, TO_CHECK, NOT_ACCEPTED, ON_HOLD)
        if not kinds or row.kind in kinds
    ]
    found = [
        Late(
            row,
            first_words(row.description),
            records.name("departments", row.duty_dept),
            int(row.overdue_wd),
            int(row.escalation or 0),
        )
        for row in rows
    ]
    return sorted(found, key=lambda late: (-late.days, late.row.id))


def escalated(records: Records, level: int = 3) -> list[Late]:
    """Those of which 分管领导 (3) or 主要领导 (4) was told."""
    return [late for late in overdue(records) if late.level >= level]


def first_words(text: str | None, most: int = 20) -> str:
    """The first sentence, or so much of it as a line holds; never the name of who reported it."""
    line = (text or "").strip().split("\n")[0]
    for mark in "。；;，,":
        line = line.split(mark)[0]
    return line if len(line) <= most else line[: most - 1] + "…"
