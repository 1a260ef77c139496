"""班次成本表: what one class cost, item by item, against 综合定额; of an entrusted class its income beside it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from automations.measures import Measure, Period, Records
from automations.measures.class_money import ClassMoney, class_money
from automations.reports.document import Column, Table
from automations.rows import RowView
from automations.statements import statement


@statement("class_cost")
def class_cost(records: Records, period: Period, row: RowView) -> Mapping[str, Any]:
    """All money of the class, whenever it was paid; ``period`` plays no part."""
    found = class_money(records, row)
    return {
        "course": row,
        "money": found,
        "budget_line": records.name("budget_lines", row.budget_line),
        "heads": row.actual_n if row.actual_n is not None else row.planned_n,
        "lectures": _lectures(found),
        "items": _items(found),
        "income": _income(found),
    }


def _lectures(found: ClassMoney) -> Measure:
    """讲课费, 元; 0 where none was paid."""
    for item in found.items:
        if item.category == "讲课费":
            return item.paid
    return Measure(found.paid.value and 0 * found.paid.value, (), 2, "元")


def _items(found: ClassMoney) -> Table:
    whole = found.paid.value
    rows = [
        (
            item.category,
            item.paid,
            item.per_person_day,
            100 * item.paid.value / whole if item.paid.value and whole else None,
        )
        for item in found.items
    ]
    return Table(
        "成本构成",
        (
            Column("费用类别", width=1.6),
            Column("已支付（元）", "money", 1.3),
            Column("人天成本（元/人天）", "number", 1.2, places=2),
            Column("占比", "percent", places=1),
        ),
        (*rows, ("合计", found.paid, found.per_person_day, Decimal(100) if whole else None)),
        "只计注明本班的支出单，含合同付款；未注明班次的水电、物业等公共费用不在内。",
        totals=True,
    )


def _income(found: ClassMoney) -> Table:
    gap = None
    if found.owed.value is not None and found.entered.value is not None:
        gap = found.owed.value - found.entered.value
    return Table(
        "委托班收入",
        tuple(
            Column(title, "money") for title in ("应收（元）", "已登记（元）", "已缴库（元）", "应收与登记差额（元）")
        ),
        ((found.owed, found.entered, found.remitted, gap),),
        "应收＝收费标准×实到人数×培训天数；收入全额上缴，不抵扣支出。",
    )
