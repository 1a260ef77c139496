"""Contracts that run: their companies scored every month, their instalments paid (domain.md B5.27, C6, E3)."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from automations.demo.year.companies import CONTRACTS, SCORED, Contract, instalments, term
from automations.demo.year.edits import Edit, Ref, person, write
from automations.demo.year.paperwork import Bill, Invoice, claimed, number, yuan
from automations.demo.year.plan import Plan

SUPERVISOR, SECOND = "谢物业", "窦安全"
AS_NEEDED = {
    "车辆定点维修": 10,
    "车辆定点加油": 16,
    "资料印刷框架": 6,
    "粮油供货": 10,
    "蔬菜供货": 12,
    "肉品供货": 12,
    "图书采购一": 2,
    "图书采购二": 2,
    "图书采购三": 2,
    "办公用品框架": 3,
}
"""Claims a year under contracts that are called off as needed."""

LEAST_CALL, MOST_CALL = 0.7, 0.93
"""Of its share of the contract that each such claim comes to."""

UNPAID = frozenset({"消防维保", "宣传栏制作", "劳务派遣"})
"""Two belong to planted stories (V22, V23), the third is paid by the personnel budget."""


def _months(contract: Contract, year: int) -> Iterator[tuple[int, date]]:
    """Number and last day of each month of the year in which the contract runs."""
    start, end = term(contract, year)
    for month in range(1, 13):
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        if start <= last <= end:
            yield month, last


def scores(plan: Plan, dice: Random) -> Iterator[Edit]:
    """服务商考核: by two of 行政科 in the first days of the next month; nobody does so badly that it costs."""
    for contract in (c for c in CONTRACTS if c.name in SCORED):
        for month, last in _months(contract, plan.year):
            at = plan.later(plan.at(last, "16:00"), 1 + dice.random())
            key = f"考核-{contract.name}-{month:02d}"
            yield write(
                at,
                SUPERVISOR,
                "inspections",
                key,
                team="服务商考核",
                date=at,
                inspectors=(person(SUPERVISOR), person(SECOND)),
                vendor=Ref("vendors", contract.vendor),
                contract=Ref("contracts", contract.name),
                period=f"{plan.year}-{month:02d}",
                checklist="逐项对照服务标准检查，均已落实。",
                score=Decimal(dice.randrange(91, 99)),
            )
            yield write(at + timedelta(minutes=20), SUPERVISOR, "inspections", key, status="已提交")


def payments(plan: Plan, dice: Random) -> Iterator[Edit]:
    """合同付款: what fell due, once the month was scored; and what was called off."""
    for contract in CONTRACTS:
        if contract.name in UNPAID:
            continue
        if not contract.instalments:
            yield from _called_off(plan, dice, contract)
            continue
        for n, (due, amount) in enumerate(instalments(contract, plan.year), 1):
            if due is not None and due.year == plan.year:
                at = plan.later(plan.at(due, "16:00"), 4 + 2 * dice.random())
                more = {"pay_item": n, "accepted_on": at.date()}
                bill = _bill(plan, dice, contract, f"{contract.name}-{n:02d}", due, amount * plan.volume, **more)
                yield from claimed(plan, dice, bill, at, "")


def taken(plan: Plan, line: str) -> Decimal:
    """元 that the contracts take at most from a budget line; those of stories are not among them."""
    own = [c for c in CONTRACTS if c.line == line and c.name not in UNPAID]
    most = sum((c.amount * Decimal(str(1 if c.instalments else MOST_CALL)) for c in own), Decimal(0))
    return most * plan.volume


def _called_off(plan: Plan, dice: Random, contract: Contract) -> Iterator[Edit]:
    count = AS_NEEDED[contract.name] * plan.volume
    share = contract.amount * plan.volume / count
    for n in range(1, count + 1):
        at = plan.workdays[int((n - 0.7 * dice.random()) * (len(plan.workdays) - 12) / count)]
        amount = yuan(dice, share * LEAST_CALL, share * MOST_CALL)
        bill = _bill(plan, dice, contract, f"{contract.name}-{n:02d}", at, amount)
        yield from claimed(plan, dice, bill, plan.later(plan.at(at, "16:00"), 0.3 + 0.6 * dice.random()), "")


def _bill(plan: Plan, dice: Random, contract: Contract, key: str, day: date, amount: Decimal, **more: Any) -> Bill:
    who = SUPERVISOR if contract.line != "食堂食材" else "邹食堂"
    return Bill(
        key,
        who,
        contract.line,
        day,
        f"{contract.name}付款",
        [Invoice(amount, contract.vendor, number=number(dice))],
        vendor=contract.vendor,
        attached=("明细.txt", "印刷清单.txt", "工单.txt", "验收单.txt"),
        more={
            "kind": "合同付款",
            "contract": Ref("contracts", contract.name),
            "acceptor": person("喻资产"),
            "accepted_on": day,
            **more,
        },
    )
