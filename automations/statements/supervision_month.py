"""督查月报: each group's rounds, every problem found and how it stands, repairs, what happens again and again."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from automations.measures import Period, Records, supervision
from automations.measures.again import AGAIN, Fault
from automations.reports.document import Cell, Column, Table
from automations.rows import RowView
from automations.statements import _tables as tables
from automations.statements import statement
from automations.workdays import local_date

MOST = 10
"""So many places of repeated faults are listed."""


@statement("supervision_month")
def supervision_month(records: Records, period: Period) -> Mapping[str, Any]:
    """五 督查与整改, in full."""
    rounds = supervision.rounds(records, period)
    found = supervision.problems(records, rounds)
    faults = supervision.repeat_faults(records, period)
    return {
        "inspected": supervision.inspection_count(records, period),
        "standing": supervision.standing_count(records, period),
        "problems": supervision.problems_found(records, period),
        "closed": supervision.problems_closed_on_time(records, period),
        "late": supervision.problems_late(records, period),
        "rectified": supervision.rectified_on_time(records, period),
        "disputed": sum(row.status == supervision.DISPUTED for row in rounds),
        "missing": [t.name for t in supervision.inspections(records, period) if not t.times],
        "repeated": supervision.repeated_problems(records, period),
        "repairs": supervision.repairs(records, period),
        "repairs_done": supervision.repairs_done(records, period),
        "hours": supervision.repair_hours(records, period),
        "repairs_on_time": supervision.repairs_on_time(records, period),
        "faults": faults,
        "overdue": supervision.overdue(records),
        "teams": tables.supervision.teams(records, period),
        "found": _problems(records, found),
        "kinds": _kinds(records, period),
        "categories": _categories(records, period),
        "again": _again(faults[:MOST], len(faults)),
        "overdue_table": tables.supervision.overdue(records),
    }


def _problems(records: Records, issues: Sequence[RowView]) -> Table:
    return Table(
        "督查发现的问题",
        (
            Column("编号", width=1.9),
            Column("地点", width=2),
            Column("问题", width=2.6),
            Column("责任部门", width=1.4),
            Column("时限", "date", 1.4),
            Column("完成", "date", 1.4),
            Column("状态", width=1.2),
        ),
        tuple(
            (
                issue.code,
                records.name("locations", issue.location),
                supervision.first_words(issue.description, 30),
                records.name("departments", issue.duty_dept),
                None if issue.due_at is None else local_date(issue.due_at),
                None if issue.fixed_at is None else local_date(issue.fixed_at),
                supervision.standing_of(records, issue),
            )
            for issue in issues
        ),
    )


def _kinds(records: Records, period: Period) -> Table:
    titles = ("新增（件）", "办结（件）", "到期（件）", "按时（件）", "未办结（件）")
    return Table(
        "各类工单",
        (Column("类型", width=1.2), *(Column(title, "number") for title in titles)),
        tuple(
            (flow.kind, *map(Decimal, (flow.opened, flow.closed, flow.due, flow.in_time, flow.open)))
            for flow in supervision.flows(records, period)
        ),
        "新增按报告时间、办结按处理完成时间、到期和按时按办结时限统计；未办结为数据日的数。",
    )


def _categories(records: Records, period: Period) -> Table:
    found = supervision.repair_categories(records, period)
    whole = sum(n for _, n in found)
    return Table(
        "报修类别",
        (Column("类别", width=1.4), Column("报修（件）", "number"), Column("占比", "percent", places=1)),
        tuple((name, Decimal(n), Decimal(n) * 100 / whole) for name, n in found),
    )


def _again(faults: Sequence[Fault], of: int) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (f.place, f.category, Decimal(len(f.issues)), local_date(f.issues[-1].created_at)) for f in faults
    ]
    note = f"同一地点同一类别本年报修{AGAIN}次及以上、本月又发生的"
    return Table(
        "重复报修",
        (Column("地点", width=2), Column("类别"), Column("本年（次）", "number"), Column("最近一次", "date")),
        tuple(rows),
        note + (f"共{of}处，列前{len(rows)}处。" if of > len(rows) else "。"),
    )
