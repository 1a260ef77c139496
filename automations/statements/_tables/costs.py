"""七 成本效益."""

from collections.abc import Sequence

from automations.measures import Period, Records, costs
from automations.measures.costs import Rise
from automations.reports.document import Column, Table

UNSAID = "未填写"
"""Stands for a cause that nobody wrote down."""


def five(records: Records, period: Period) -> Table:
    """What a person-day, a room-night, a meal, a square metre and 100 km cost, with what each counts."""
    return Table(
        "成本与效益",
        (
            Column("项目", width=1.8),
            Column("本年（元）", "money", 1.2),
            Column("上年（元）", "money", 1.2),
            Column("变化", "percent", places=1),
            Column("口径", width=3.5),
        ),
        tuple((c.name, c.now, c.before, c.grown, c.counts) for c in costs.costs(records, period)),
    )


def rises(found: Sequence[Rise]) -> Table:
    """上升前五项及原因: categories of spending that grew most against the year before."""
    return Table(
        "支出上升前五项",
        (
            Column("费用类别", width=1.4),
            Column("本年（元）", "money", 1.3),
            Column("上年（元）", "money", 1.3),
            Column("增加（元）", "money", 1.3),
            Column("增幅", "percent", places=1),
            Column("原因", width=2.4),
        ),
        tuple((r.category, r.now, r.before, r.more, r.grown, r.cause or UNSAID) for r in found),
        "原因取自预算指标的“备注”，由会计填写。",
    )
