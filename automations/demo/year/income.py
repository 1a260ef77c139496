"""收入: what comes in, from whom, and reaches the treasury by the next working day (domain.md C4, E3)."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from automations.demo.year.classes import courses_of
from automations.demo.year.edits import Edit, Ref, person, write
from automations.demo.year.errands import days_of
from automations.demo.year.lettings import lettings_of
from automations.demo.year.paperwork import yuan
from automations.demo.year.plan import Plan
from automations.demo.year.school import ACCOUNTANT, CASHIER

TABLE = "income"
COLLECTOR = "华档案"
"""Takes the money at the window; 出纳 remits it."""

OTHERS = (
    # 收入种类, how many a year, 元 from – to
    ("伙食费代收", 30, 60, 220),
    ("资产处置", 4, 150, 450),
    ("利息", 4, 60, 150),
)
SPARED = 70
"""Each receipt has a number; planted ones begin from here on (in thousands)."""


def received(
    plan: Plan, dice: Random, key: str, kind: str, payer: str, amount: Decimal, day: date, receipt: str, **more: Any
) -> Iterator[Edit]:
    """An income entered, received on ``day``, remitted by the next working day, checked by 会计."""
    at = plan.at(day, "10:00") + timedelta(minutes=dice.randrange(300))
    yield write(at, CASHIER, TABLE, key, kind=kind, payer=payer, amount=amount, **more)
    yield write(at + timedelta(minutes=6), CASHIER, TABLE, key, **receipt_cells(amount, day, receipt))
    at = plan.later(at, 0.02 if dice.random() < 0.4 else 0.6)
    yield write(at, CASHIER, TABLE, key, **remittance_cells(amount, at.date(), receipt))
    yield write(plan.later(at, 0.5 + 2 * dice.random()), ACCOUNTANT, TABLE, key, status="已核对")


def receipt_cells(amount: Decimal, day: date, receipt: str, method: str = "对公转账") -> dict[str, Any]:
    """What 出纳 fills in when money came."""
    return {
        "received": amount,
        "received_on": day,
        "method": method,
        "account": "单位基本户",
        "receipt_kind": "非税收入票据",
        "receipt_no": receipt,
        "collector": person(COLLECTOR),
        "status": "已收",
    }


def remittance_cells(amount: Decimal, day: date, receipt: str) -> dict[str, Any]:
    """What 出纳 fills in when it was remitted."""
    return {
        "remitted": amount,
        "remitted_on": day,
        "remit_no": f"JK{receipt}",
        "remitter": person(CASHIER),
        "status": "已缴库",
    }


def income(plan: Plan, dice: Random) -> Iterator[Edit]:
    """Fees of the entrusted classes, and what else the school takes in."""
    number = 0
    for course in courses_of(plan):
        if course.unit:
            number += 1
            day = plan.calendar.add(course.ends, dice.choice((0, 1, 2)))
            link = {"training_class": Ref("training_classes", course.key)}
            key = f"培训费-{number:02d}"
            receipt = f"{number:08d}"
            yield from received(plan, dice, key, "培训费收入", course.unit, course.due, day, receipt, **link)
    for course, payer in lettings_of(plan):
        number += 1
        link = {"training_class": Ref("training_classes", course.key)}
        key, amount = f"场地-{number:02d}", yuan(dice, 200, 660)
        yield from received(plan, dice, key, "场地设施收入", payer, amount, course.ends, f"{number:08d}", **link)
    for kind, count, low, high in OTHERS:
        for n, day in enumerate(days_of(plan, dice, count, first=2), 1):
            number += 1
            payer, amount = f"示例单位{dice.randrange(60)}", yuan(dice, low, high)
            yield from received(plan, dice, f"{kind}-{n:02d}", kind, payer, amount, day, f"{number:08d}")
