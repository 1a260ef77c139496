"""九 存在问题和下月安排: up to five problems with their owners, the next month's fixed dates (domain.md F2)."""

from dataclasses import dataclass
from datetime import date

from automations.measures import contracts, facilities, money, saving, service, supervision
from automations.measures.base import change
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import RowView

MOST_TROUBLES = 5
MOST_DATES = 10
FEW_CLASSES = 2
"""So many classes are named one by one."""

PRIORITIES = ("年度重点", "上级督办")
NOT_SET = ("草拟", "撤回", "不同意", "已变更")
"""States of a task that was not given, or that another one replaced."""

DONE, PARTLY, UNDONE = STATES = ("已完成", "部分完成", "未完成")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One problem: what, who answers for it (a department; "" for 行政科), until when."""

    what: str
    department: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Date:
    """Something that is fixed for a day."""

    day: date
    what: str


def troubles(records: Records, period: Period) -> list[Trouble]:
    """法定检验, money not remitted, issues that climbed, use of energy, contracts; at most five.

    Owner and date are those of the row; nothing is judged here that Houqin has not judged before.
    """
    found = [
        Trouble(f"{s.thing}{s.kind}{s.told}", _department(records, s.row), s.due)
        for s in facilities.statutory_overdue(records, period)
    ]
    found += [
        Trouble(f"{one.kind}{one.amount:,.2f}元迟缴{one.days}个工作日，尚未缴清", "财务科")
        for one in money.late(records, period)
        if not one.settled
    ]
    found += [
        Trouble(f"“{late.what}”超期{late.days}个工作日未办结", late.department)
        for late in supervision.escalated(records)
    ]
    found += [trouble for kind in saving.UNITS if (trouble := _energy(records, period, kind)) is not None]
    found += [
        Trouble(f"{one.name}合同{one.state}", "", one.ends_on)
        for one in contracts.expiring(records)
        if one.state in ("已到期", "已过启动时限")
    ]
    return found[:MOST_TROUBLES]


def _energy(records: Records, period: Period, kind: str) -> Trouble | None:
    grown = change(saving.used(records, period, kind), saving.used(records, period.year_before, kind))
    if grown.value is None or grown.value <= records.norms.number("report.energy_growth", period.last):
        return None
    causes = [
        issue.fix_note or issue.root_cause
        for issue in records.within("issues", "created_at", period, category=kind)
        if issue.source in ("能耗预警", "学员扫码", "教职工", "督查") and (issue.fix_note or issue.root_cause)
    ]
    cause = f"（{supervision.first_words(causes[0], 30)}）" if causes else ""
    return Trouble(f"用{kind}同比上升{grown}%{cause}")


def _department(records: Records, check: RowView) -> str:
    asset, place = records.row("assets", check.asset), records.row("locations", check.location)
    department = asset.user_dept if asset is not None else place.department if place is not None else None
    return records.name("departments", department)


def ahead(records: Records, after: Period) -> list[Date]:
    """Fixed dates within ``after`` (the next month), in order."""
    found = _classes(records, after)
    found += [
        Date(one.start_by, f"{one.name}合同最迟启动采购")
        for one in contracts.expiring(records)
        if one.start_by in after and not one.state.startswith("已")
    ]
    found += [Date(one.ends_on, f"{one.name}合同到期") for one in contracts.expiring(records) if one.ends_on in after]
    found += [Date(s.due, f"{s.thing}{s.kind}到期") for s in facilities.statutory(records) if s.due in after]
    report = date(after.last.year, *records.norms.day("energy.report_due", after.last))
    if report in after:
        found.append(Date(report, "报送能源消费状况报告"))
    if after.last.month == 11:
        found.append(Date(after.last, "完成资产盘点"))
    found += [
        Date(row.due, f"{row.title}（{row.kind}）")
        for row in records.within("tasks", "due", after, kind=PRIORITIES)
        if row.status in ("已下达", "进行中")
    ]
    return sorted(found, key=lambda one: (one.day, one.what))[:MOST_DATES]


@dataclass(frozen=True, slots=True)
class Priority:
    """One 年度重点 or 上级督办: what, which department answers for it, until when, how far it came."""

    title: str
    kind: str
    department: str
    due: date | None
    state: str
    code: str


def priorities(records: Records, year: int) -> list[Priority]:
    """Those of a year that are more than a draft, the earliest due first."""
    rows = [t for t in records["tasks"].where(kind=PRIORITIES) if t.year == year and t.status not in NOT_SET]
    rows.sort(key=lambda t: (t.due is None, t.due, t.id))
    return [
        Priority(
            *(t.title or "", t.kind, records.name("departments", t.department), t.due),
            DONE if t.status in service.TASK_DONE else PARTLY if t.progress else UNDONE,
            str(t.code),
        )
        for t in rows
    ]


def _classes(records: Records, after: Period) -> list[Date]:
    """One line each, or one for all where there are many: the leader wants to know how much is coming."""
    rows = [
        row
        for row in records.within("training_classes", "starts_on", after)
        if row.status != service.CALLED_OFF and row.class_type != service.MEETING
    ]
    rows.sort(key=lambda row: row.starts_on)
    if len(rows) > FEW_CLASSES:
        return [Date(rows[0].starts_on, f"起开班{len(rows)}期，首期“{rows[0].name}”")]
    return [Date(row.starts_on, f"{row.name}开班") for row in rows]
