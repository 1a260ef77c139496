"""三（一）（二）: income and spending, each in tables of its own."""

from decimal import Decimal

from automations.measures import Period, Records, money
from automations.reports.document import Chart, Column, Table
from automations.rows import RowView


def income(records: Records, period: Period) -> Table:
    """三（一） 收入, in a table of its own (收支两条线)."""
    found = money.flows(records, period)
    rows = tuple((f.kind, f.route, f.received, f.remitted, f.late) for f in found)
    sums = (money.income_received(records, period), money.income_remitted(records, period))
    return Table(
        "收入与缴库",
        (
            Column("收入种类", width=1.8),
            Column("应缴去向", width=1.4),
            Column("实收（元）", "money", 1.3),
            Column("已缴（元）", "money", 1.3),
            Column("迟缴（笔）", "number"),
        ),
        (*rows, ("合计", "", *sums, money.late_count(records, period))),
        "实收按收款日、已缴按缴库日、迟缴按应缴日统计。",
        totals=True,
    )


def spending(records: Records, period: Period) -> Table:
    """三（二） 支出 by category against the budget, in a table of its own."""
    found = money.by_category(records, period)
    return Table(
        "支出与预算执行",
        (
            Column("费用类别", width=1.6),
            Column("预算（元）", "money", 1.4),
            Column("本期支出（元）", "money", 1.4),
            Column("本年支出（元）", "money", 1.4),
            Column("执行率", "percent", places=1),
            Column("比序时（个百分点）", "number", 1.2, places=1),
            Column("提示", width=0.7),
        ),
        tuple((c.category, c.total, c.month, c.spent, c.rate, c.gap, c.word) for c in found),
        "预算为批复数与已批调整数之和；“快”“慢”按参数标准的提示线。",
    )


MOST_SERIES = 4
"""Lines that a chart can still tell apart."""


def spending_months(records: Records, period: Period) -> tuple[Table, Chart]:
    """What was paid by category and month of the year up to ``period``; the chart shows the four largest categories.

    Months to come are empty, a month without any payment of a category is 0.
    """
    import pandas

    year, paid = period.last.year, list(money.paid_claims(records, period.to_date))
    months = range(1, min(period.last, records.today).month + 1) if records.today >= period.to_date.first else range(0)
    frame = pandas.DataFrame(
        {
            "category": [claim.category or "未填" for claim in paid],
            "month": [claim.paid_on.month for claim in paid],
            "cents": [int(money.payable(claim) * 100) for claim in paid],
        }
    )
    sums = frame.pivot_table(index="category", columns="month", values="cents", aggfunc="sum", fill_value=0)
    sums = sums.reindex(columns=months, fill_value=0)
    sums = sums.loc[sums.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    yuan = {
        name: [Decimal(int(cents)) / 100 for cents in row] for name, row in zip(sums.index, sums.values, strict=True)
    }
    table = Table(
        f"{year}年各月支出（元）",
        (Column("费用类别", width=1.6), *(Column(f"{n}月", "number") for n in months)),
        tuple((name, *row) for name, row in yuan.items()),
    )
    gap = [None] * (12 - len(months))
    chart = Chart(
        "支出最多的几类，各月（万元）",
        "lines",
        tuple(f"{n}月" for n in range(1, 13)),
        {name: (*(y / 10_000 for y in row), *gap) for name, row in list(yuan.items())[:MOST_SERIES]}
        or {"支出": (None,) * 12},
        "万元",
        "spending_months",
    )
    return table, chart


def budget_lines(records: Records, period: Period) -> Table:
    """附表 预算执行, line by line."""
    return Table(
        "预算执行（按指标）",
        (
            Column("指标", width=2.4),
            Column("预算（元）", "money", 1.4),
            Column("本年支出（元）", "money", 1.4),
            Column("已占用（元）", "money", 1.4),
            Column("执行率", "percent", places=1),
            Column("提示", width=0.7),
        ),
        tuple((c.name, c.total, c.spent, c.frozen, c.rate, c.word) for c in money.courses(records, period)),
    )


def received(records: Records, period: Period) -> Table:
    """附表 收支明细: income row by row; nobody who paid is named."""
    rows = sorted(money.received_rows(records, period), key=lambda row: (row.received_on, str(row.code)))
    return Table(
        "收支明细（收入）",
        (
            Column("收款日", "date", 1.5),
            Column("编号", width=1.6),
            Column("收入种类", width=1.9),
            Column("应缴去向", width=1.6),
            Column("实收（元）", "money", 1.4),
            Column("应缴日", "date", 1.9),
            Column("缴库情况", width=1.9),
        ),
        (
            *(
                (
                    *(row.received_on, str(row.code), row.kind or "", row.route or "", row.received, row.due_on),
                    remitted_state(row),
                )
                for row in rows
            ),
            ("合计", "", "", "", money.income_received(records, period), "", ""),
        ),
        "按收款日；退款不冲减收入。",
        totals=True,
    )


def remitted_state(row: RowView) -> str:
    """How far one income is on its way: 按时缴清, 迟缴2个工作日, 未到应缴日, …"""
    if row.status in ("退款", "退款签批中"):
        return str(row.status)
    if row.remitted_on is None or (row.gap or 0) > 0:
        return f"未缴清，迟{row.late_wd}个工作日" if row.late_wd else "未到应缴日"
    return f"迟缴{row.late_wd}个工作日" if row.late_wd else "按时缴清"


def paid(records: Records, period: Period) -> Table:
    """附表 收支明细: spending row by row; neither payees nor accounts."""
    rows = sorted(money.paid_claims(records, period), key=lambda row: (row.paid_on, str(row.code)))
    return Table(
        "收支明细（支出）",
        (
            Column("支付日", "date", 1.5),
            Column("编号", width=1.6),
            Column("类别", width=1.4),
            Column("事由", width=2.6),
            Column("部门", width=1.2),
            Column("金额（元）", "money", 1.3),
        ),
        (
            *(
                (
                    *(row.paid_on, str(row.code), row.category or "", row.title or ""),
                    *(records.name("departments", row.department), money.payable(row)),
                )
                for row in rows
            ),
            ("合计", "", "", "", "", money.spent(records, period)),
        ),
        "按支付日；金额为核定数，没有核定的为申请数。",
        totals=True,
    )
