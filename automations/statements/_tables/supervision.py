"""五 督查与整改."""

from decimal import Decimal

from automations.measures import Period, Records, scores, supervision
from automations.reports.document import Chart, Column, Table


def teams(records: Records, period: Period) -> Table:
    """五 督查 by group."""
    return Table(
        "各督查小组情况",
        (
            Column("督查组", width=1.4),
            Column("次数", "number"),
            Column("平均得分", "number", places=1),
            Column("发现问题", "number"),
            Column("按期整改", "number"),
            Column("超期", "number"),
            Column("未完成", "number"),
            Column("重复问题", "number"),
        ),
        tuple(
            (t.name, Decimal(t.times), t.score, *map(Decimal, (t.found, t.in_time, t.late, t.open, t.repeated)))
            for t in supervision.inspections(records, period)
        ),
    )


def overdue(records: Records) -> Table:
    """五 what is overdue at the day of the data."""
    return Table(
        "超期未办结的问题",
        (
            Column("编号", width=1.4),
            Column("问题", width=3),
            Column("责任部门", width=1.4),
            Column("超期（工作日）", "number", 1.2),
        ),
        tuple((str(one.row.code), one.what, one.department, Decimal(one.days)) for one in supervision.overdue(records)),
    )


def trends(records: Records, period: Period) -> tuple[Table, Chart]:
    """四 督查得分趋势: every group month by month; the chart shows the four standing ones."""
    found = scores.trends(records, period)
    labels = tuple(f"{month.first.month}月" for month in period.months)
    table = Table(
        "各督查小组各月平均得分",
        (Column("督查组", width=1.5), *(Column(label, "number", places=1) for label in labels)),
        tuple((one.team, *one.months) for one in found),
        "没有督查或得分有异议未答复的月份为未采集。",
    )
    chart = Chart(
        "四个常设督查小组各月平均得分",
        "lines",
        labels,
        {
            one.team: tuple(None if m.value is None else m.rounded for m in one.months)
            for one in found
            if one.team in supervision.STANDING
        },
        "分",
        "score_table",
    )
    return table, chart
