"""八 问题与原因, 九 下一年安排: last year's problems, the year's priorities and the next year's."""

from collections.abc import Sequence

from automations.measures.carried import Carried
from automations.measures.outlook import Priority
from automations.reports.document import Column, Table


def last_year(found: Sequence[Carried]) -> Table:
    """对照上年问题清单, one by one."""
    return Table(
        "对照上年问题清单",
        (Column("上年末的问题", width=3), Column("责任科室", width=1.2), Column("目前情况", width=1)),
        tuple((one.what, one.department or "行政科", one.state) for one in found),
        "上年末的问题按现有记录重新列出；上年已关闭而没有留下日期的，不在此列。",
    )


def priorities(found: Sequence[Priority]) -> Table:
    """年度重点 and 上级督办 of the year, and what became of them."""
    return Table(
        "本年重点和督办事项",
        (
            Column("任务", width=2.6),
            Column("类型", width=1),
            Column("责任科室", width=1.2),
            Column("时限", "date", 1.2),
            Column("情况", width=1),
        ),
        tuple((one.title, one.kind, one.department, one.due, one.state) for one in found),
    )


def plans(found: Sequence[Priority]) -> Table:
    """Those of the next year: what, who answers for it, until when."""
    return Table(
        "下一年重点和督办事项",
        (
            Column("任务", width=2.6),
            Column("类型", width=1),
            Column("责任科室", width=1.2),
            Column("完成时限", "date", 1.2),
        ),
        tuple((one.title, one.kind, one.department, one.due) for one in found),
    )
