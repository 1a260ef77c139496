"""培训服务保障 (domain.md F2 二): classes, their people, days and nights, whether they were ready, how they were liked.

A class belongs to a period when it was on during at least one of its days: so a long class counts in each of its months
and once in the year. 取消 is no class; neither is 会议, under which halls that are let are entered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from automations.measures.base import Measure, codes, count, percent, total
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import Rows, RowView
from automations.workdays import local_date

CLASSES, CHECKS, SHEETS = "training_classes", "equipment_checks", "survey_responses"
CALLED_OFF, MEETING = "取消", "会议"
READINESS, GOOD = "开班前检查", "正常"
READY_WD = "class.ready_closed_wd"
UNUSED = "未使用"
LODGING, CATERING, OVERALL = "lodging", "catering", "overall"
BASELINE = {LODGING: "survey.baseline.lodging", CATERING: "survey.baseline.catering"}
ENOUGH_SHARE, ENOUGH_N = "survey.min_share", "survey.min_n"
COMPLAINT, DECLINED = "投诉", "不予受理"
PROJECT_TASK = "项目任务"
TASK_DONE = frozenset({"待考核", "已考核", "已归档"})
NOT_GIVEN = frozenset({"草拟", "提交", "待签批", "已退回", "不同意", "撤回", "已变更"})
"""States of a task that nobody was given (yet), or that another one replaced."""

A_DAY = timedelta(days=1)
SINCE = CLASSES, "starts_on"
"""Where the first class stands: of the years before it nothing is known."""


@dataclass(frozen=True, slots=True)
class Course:
    """One class in a period.

    Attributes:
        row: Its row; satisfaction, cost and readiness are cells of it.
        days: Calendar days of it that lie in the period.
        heads: 实到人数, 计划人数 as long as nobody counted; None where neither is filled.
        person_days: heads x days.
        nights: 住校人数 x nights in the period, each night counted on its evening.
        ready: Whether the readiness list was closed in time; None where it did not begin in the period, or has no list.
        tasks: Its project tasks; done: those handed in or scored. 0 of a class that is no project.
        aspects: 项目方面 (学习, 生活, 考察调研, 党性锻炼) in which it has tasks.
    """

    row: RowView
    days: int
    heads: Decimal | None
    person_days: Decimal | None
    nights: Decimal | None
    ready: bool | None
    tasks: int
    done: int
    aspects: int


def classes(records: Records, period: Period) -> list[Course]:
    """The classes of a period, by 开班日."""
    return [_course(records, period, row) for row in running(records, period)]


def running(records: Records, period: Period) -> Rows:
    """Rows of 培训班次 that were on during the period, as far as it has passed."""
    last = min(period.last, records.today)
    found: list[RowView] = [
        row
        for row in records[CLASSES]
        if row.status != CALLED_OFF and row.class_type != MEETING and _ordered(row)
        if row.starts_on <= last and row.ends_on >= period.first
    ]
    found.sort(key=lambda row: (row.starts_on, row.id))
    return Rows(CLASSES, found)


def ended(records: Records, period: Period) -> Rows:
    """Classes whose last day lies in the period: those that were asked in it how they liked it."""
    return Rows(CLASSES, (row for row in running(records, period) if row.ends_on in period))


def _ordered(row: RowView) -> bool:
    return row.starts_on is not None and row.ends_on is not None and row.starts_on <= row.ends_on


def _course(records: Records, period: Period, row: RowView) -> Course:
    first, until = max(row.starts_on, period.first), min(period.last, records.today)
    days = (min(row.ends_on, until) - first).days + 1
    nights = max((min(row.ends_on - A_DAY, until) - first).days + 1, 0)
    heads = row.actual_n if row.actual_n is not None else row.planned_n
    tasks = project_tasks(records, row.id)
    return Course(
        row,
        days,
        heads,
        None if heads is None else heads * days,
        None if row.lodging_n is None else row.lodging_n * nights,
        ready_in_time(records, row) if row.starts_on in period else None,
        len(tasks),
        sum(task.status in TASK_DONE for task in tasks),
        len({task.aspect for task in tasks if task.aspect}),
    )


def project_tasks(records: Records, course: int) -> list[RowView]:
    """项目任务 of a class that were given to somebody."""
    found = records.linked("tasks", "training_class", course)
    return [task for task in found if task.kind == PROJECT_TASK and task.status not in NOT_GIVEN]


def ready_in_time(records: Records, course: RowView) -> bool | None:
    """Whether every line of the readiness list was good at the end of the last day for it; None without a list.

    The day lies ``class.ready_closed_wd`` working days before 开班日. A line with a finding counts from the day on
    which its issue was put right.
    """
    lines = [c for c in records.linked(CHECKS, "training_class", course.id) if c.check_kind == READINESS]
    limit = records.calendar.add(course.starts_on, -records.norms.whole(READY_WD, course.starts_on))
    return all(_good_by(records, line, limit) for line in lines) if lines else None


def _good_by(records: Records, line: RowView, limit: date) -> bool:
    if line.done_on is None or line.done_on > limit:
        return False
    issue = records.row("issues", line.issue)
    fixed = issue.fixed_at if issue is not None else None
    return line.result == GOOD or (fixed is not None and local_date(fixed) <= limit)


# Figures --------------------------------------------------------------------------------------------------------------


def class_count(records: Records, period: Period) -> Measure:
    """办班, 期: classes that were on during the period."""
    return records.told(*SINCE, period, count(running(records, period), "期"))


def project_count(records: Records, period: Period) -> Measure:
    """Of these, 项目制."""
    found = count((row for row in running(records, period) if row.is_project), "期")
    return records.told(*SINCE, period, found)


def trainees(records: Records, period: Period) -> Measure:
    """学员, 人: 实到 (else 计划) of the classes that were on; who was in two classes counts twice."""
    found = _sum(((c.row, c.heads) for c in classes(records, period)), "人")
    return records.told(*SINCE, period, found)


def person_days(records: Records, period: Period) -> Measure:
    """培训规模, 人天: heads x calendar days in the period (as 培训天数 and 人天成本 count days)."""
    found = _sum(((c.row, c.person_days) for c in classes(records, period)), "人天")
    return records.told(*SINCE, period, found)


def nights(records: Records, period: Period) -> Measure:
    """住宿, 人夜: 住校人数 x nights from 开班日 to the night before 结班日, those in the period."""
    found = _sum(((c.row, c.nights) for c in classes(records, period)), "人夜")
    return records.told(*SINCE, period, found)


def meals(records: Records, period: Period) -> Measure:
    """供餐, 人次: 实际就餐 of the meals whose 日期 lies in the period, trainees and staff together."""
    found = total(records.within("meals", "date", period), "actual_n", "人次")
    return records.told("meals", "date", period, found)


def leftovers(records: Records, period: Period) -> Measure:
    """人均餐余, 克: 餐余 / 实际就餐 of the meals where it was weighed."""
    rows = [m for m in records.within("meals", "date", period) if m.leftover_kg is not None and m.actual_n]
    kg, eaten = (sum((m[n] for m in rows), Decimal(0)) for n in ("leftover_kg", "actual_n"))
    return Measure(kg * 1000 / eaten if eaten else None, codes(rows), 0, "克")


def _sum(parts: Iterable[tuple[RowView, Decimal | None]], unit: str) -> Measure:
    """Sum of what is known; unknown where there are classes and of none is anything known."""
    found = list(parts)
    known = [(row, value) for row, value in found if value is not None]
    if found and not known:
        return Measure(None, codes(row for row, _ in found), 0, unit)
    return Measure(sum((value for _, value in known), Decimal(0)), codes(row for row, _ in known), 0, unit)


def ready_on_time(records: Records, period: Period) -> Measure:
    """开班准备按时率, %: of the classes that began in the period and have a readiness list, those ready in time."""
    found = [c for c in classes(records, period) if c.ready is not None]
    unverified = records.unverified(period.last, READY_WD)
    share = percent(sum(bool(c.ready) for c in found), len(found))
    return Measure(share, codes(c.row for c in found), 1, "%", unverified)


def sat_lodging(records: Records, period: Period) -> Measure:
    """住宿满意率, %: see :func:`satisfaction`."""
    return satisfaction(records, ended(records, period), LODGING)


def sat_catering(records: Records, period: Period) -> Measure:
    """餐饮满意率, %: see :func:`satisfaction`."""
    return satisfaction(records, ended(records, period), CATERING)


def sat_overall(records: Records, period: Period) -> Measure:
    """总体满意率, %: see :func:`satisfaction`."""
    return satisfaction(records, ended(records, period), OVERALL)


def satisfaction(records: Records, courses: Iterable[RowView], item: str) -> Measure:
    """满意率 of several classes: the cell of each (很满意 + 满意 of all answers but 未使用), weighted by its answers.

    Of ``lodging`` and ``catering`` answers are the valid sheets that say something of it, of ``overall`` 有效问卷.
    """
    asked = [(row, row[f"sat_{item}"], _answers(records, row, item)) for row in courses]
    return Measure(
        weighted((rate, n) for _, rate, n in asked),
        codes(row for row, rate, n in asked if rate is not None and n),
        1,
        "%",
    )


def weighted(asked: Iterable[tuple[Decimal | None, int | Decimal | None]]) -> Decimal | None:
    """Mean of rates, each by how many answered; None where nobody did."""
    known = [(rate, Decimal(n)) for rate, n in asked if rate is not None and n]
    answers = sum((n for _, n in known), Decimal(0))
    return sum((rate * n for rate, n in known), Decimal(0)) / answers if answers else None


def _answers(records: Records, course: RowView, item: str) -> int | Decimal | None:
    if item == OVERALL:
        return course.survey_n  # type: ignore[no-any-return]
    sheets = records.linked(SHEETS, "training_class", course.id)
    return sum(1 for sheet in sheets if sheet.valid and sheet[item] and sheet[item] != UNUSED)


def surveys(records: Records, period: Period) -> Measure:
    """有效问卷, 份, of the classes that ended in the period."""
    return records.told(*SINCE, period, total(ended(records, period), "survey_n", "份"))


def return_rate(records: Records, period: Period) -> Measure:
    """回收率, %: 有效问卷 / heads of the classes that ended in the period and were counted."""
    rows = [c for c in ended(records, period) if c.survey_n is not None and c.actual_n]
    n, heads = (sum((c[name] for c in rows), Decimal(0)) for name in ("survey_n", "actual_n"))
    return Measure(percent(n, heads), codes(rows), 1, "%")


def best(records: Records, item: str, until: date, since: date = date.min) -> tuple[RowView, Measure] | None:
    """The class with the highest 满意率, of those that ended from ``since`` to ``until`` and of which enough answered.

    Of two alike the earlier one: it was the record that the later did not break.
    """
    rows = [c for c in records[CLASSES] if c.ends_on is not None and since <= c.ends_on <= until]
    known = [c for c in rows if c[f"sat_{item}"] is not None and enough(records, c, item)]
    if not known:
        return None
    first = max(known, key=lambda c: (c[f"sat_{item}"], -c.ends_on.toordinal(), -c.id))
    return first, Measure(first[f"sat_{item}"], codes([first]), 1, "%")


def enough(records: Records, course: RowView, item: str) -> bool:
    """Whether so many answered (SV-01), and so many of them of the item, that its figure says something."""
    heads = course.actual_n if course.actual_n is not None else course.planned_n
    least = records.norms.whole(ENOUGH_N, course.ends_on)
    if not course.survey_n or not heads or min(course.survey_n, _answers(records, course, item) or 0) < least:
        return False
    return bool(course.survey_n * 100 >= heads * records.norms.number(ENOUGH_SHARE, course.ends_on))


def complaints(records: Records, period: Period) -> Measure:
    """投诉, 件: reported in the period; what was 不予受理 is none. Nobody's name is told."""
    return records.told("issues", "created_at", period, count(complaint_rows(records, period), "件"))


def complaint_rows(records: Records, period: Period) -> Sequence[RowView]:
    """The complaints themselves."""
    return [i for i in records.within("issues", "created_at", period, kind=COMPLAINT) if i.status != DECLINED]
