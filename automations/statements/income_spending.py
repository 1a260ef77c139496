"""收支明细: every income and every spending of a month, in two tables that know nothing of each other (C4)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from automations.measures import Period, Records, money
from automations.reports.document import Cell, Column, Table
from automations.rows import RowView
from automations.statements import _tables, statement


@statement("income_spending")
def income_spending(records: Records, period: Period) -> Mapping[str, Any]:
    """收入 by 收款日, 缴库 by 缴库日, 支出 by 支付日; nothing is netted."""
    late = money.late(records, period)
    return {
        "received": money.income_received(records, period),
        "remitted": money.income_remitted(records, period),
        "open": money.income_open(records, period),
        "refunded": money.refunded(records, period),
        "waived": money.waived(records, period),
        "on_time": money.remitted_on_time(records, period),
        "late": late,
        "income_n": len(money.received_rows(records, period)),
        "spent": money.spent(records, period),
        "spending_n": len(money.paid_claims(records, period)),
        "kinds": _tables.money.income(records, period),
        "categories": categories(records, period),
        "income_table": income_table(records, period),
        "remitted_table": remitted_table(records, period),
        "spending_table": spending_table(records, period),
    }


def categories(records: Records, period: Period) -> Table:
    """What was paid by 支出类别, the largest first; lines of other years are in it."""
    rows = money.paid_claims(records, period)
    found = [(name, rows.where(category=name)) for name in dict.fromkeys(row.category for row in rows)]
    told = [(name or "", len(own), sum(map(money.payable, own), Decimal(0))) for name, own in found]
    told.sort(key=lambda one: (-one[2], one[0]))
    return Table(
        "支出分类",
        (Column("支出类别", width=2), Column("笔数", "number"), Column("金额（元）", "money", 1.5)),
        (*told, ("合计", len(rows), money.spent(records, period))),
        totals=True,
    )


def income_table(records: Records, period: Period) -> Table:
    """What was received, row by row."""
    rows = sorted(money.received_rows(records, period), key=lambda row: (row.received_on, str(row.code)))
    return Table(
        "收入明细",
        (
            Column("收款日", "date", 1.2),
            Column("编号", width=1.3),
            Column("收入种类", width=1.3),
            Column("付款单位", width=1.8),
            Column("收款方式", width=1.1),
            Column("票据号", width=1.2),
            Column("实收（元）", "money", 1.3),
            Column("应缴日", "date", 1.2),
            Column("缴库情况", width=1.5),
        ),
        (
            *(
                (
                    *(row.received_on, str(row.code), row.kind or "", row.payer or "", row.method or ""),
                    *(row.receipt_no or "", row.received, row.due_on, _tables.money.remitted_state(row)),
                )
                for row in rows
            ),
            ("合计", "", "", "", "", "", money.income_received(records, period), "", ""),
        ),
        "按收款日；退款不冲减收入。",
        totals=True,
    )


def remitted_table(records: Records, period: Period) -> Table:
    """What was remitted, row by row."""
    rows = sorted(money.remitted_rows(records, period), key=lambda row: (row.remitted_on, str(row.code)))
    return Table(
        "缴库明细",
        (
            Column("缴库日", "date", 1.2),
            Column("编号", width=1.3),
            Column("收入种类", width=1.4),
            Column("应缴去向", width=1.3),
            Column("缴款书号", width=1.5),
            Column("已缴（元）", "money", 1.3),
        ),
        (
            *(
                (
                    *(row.remitted_on, str(row.code), row.kind or "", row.route or ""),
                    *(row.remit_no or "", row.remitted),
                )
                for row in rows
            ),
            ("合计", "", "", "", "", money.income_remitted(records, period)),
        ),
        "按缴库日，含上期收款、本期缴库的。",
        totals=True,
    )


def spending_table(records: Records, period: Period) -> Table:
    """What was paid, row by row; no account stands in it."""
    rows = sorted(money.paid_claims(records, period), key=lambda row: (row.paid_on, str(row.code)))
    return Table(
        "支出明细",
        (
            Column("支付日", "date", 1.2),
            Column("编号", width=1.3),
            Column("类别", width=1.2),
            Column("事由", width=2.4),
            Column("部门", width=1.1),
            Column("经费指标", width=1.5),
            Column("支付方式", width=1.2),
            Column("凭证号", width=1.2),
            Column("金额（元）", "money", 1.3),
        ),
        (
            *(_spending(records, row) for row in rows),
            ("合计", "", "", "", "", "", "", "", money.spent(records, period)),
        ),
        "按支付日；金额为核定数，没有核定的为申请数。",
        totals=True,
    )


def _spending(records: Records, row: RowView) -> tuple[Cell, ...]:
    return (
        *(row.paid_on, str(row.code), row.category or "", row.title or ""),
        *(records.name("departments", row.department), records.name("budget_lines", row.budget_line)),
        *(row.pay_method or "", row.voucher_no or "", money.payable(row)),
    )
