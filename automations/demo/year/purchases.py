"""Small purchases, repairs and printing, each below the lines of domain.md C5; water, power and gas by the meter."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from automations.demo.year import contracting, planted
from automations.demo.year.companies import UTILITIES
from automations.demo.year.edits import Edit, Ref, person
from automations.demo.year.errands import KEPT_OUT, before, days_of
from automations.demo.year.paperwork import REQUESTS, Bill, Invoice, Purse, asked, claimed, number, request_cells, yuan
from automations.demo.year.plan import Plan, lognormal
from automations.demo.year.planting import Scene

PURCHASES, REPAIRS, PRINTING = 150, 70, 24
"""In a year."""

MEDIAN, SIGMA, LEAST = 620, 1.0, 30
PERMIT_FROM, REPAIR_FROM = Decimal(1000), Decimal(2000)
"""request.purchase_from, request.repair_from."""

KINDS = (
    # budget line, 审批类型, title
    ("日常办公费", "零星采购", "办公耗材"),
    ("食堂食材", "零星采购", "食堂零星食材"),
    ("图书与党建资料", "零星采购", "党建资料"),
)
PRINTED = "宣传印刷费"
"""The budget line of small printing jobs."""

SPARED = frozenset(
    {
        *(("办公费", "图书资料科"), ("办公费", "信息科"), ("办公费", "组织人事科")),
        *(("印刷费", "教务科"), ("印刷费", "办公室"), ("维修维护费", "学员科")),
    }
)
"""Category and department of planted splits: a lawful purchase there would be counted with them."""

SHOPS = 60
ON_TOP = 25
"""元 by which an estimate stays below: what is asked for is a little more than what is spent."""

BURST_PIPE = Decimal(1825)
"""元 at most for V38, which must not look like part of a split."""


def _buy(
    plan: Plan, dice: Random, key: str, day: date, line: str, kind: str, title: str, amount: Decimal, who: str
) -> Iterator[Edit]:
    """One purchase by one colleague, permitted where its sum wants it, accepted by his head."""
    limit = REPAIR_FROM if kind == "维修" else PERMIT_FROM
    more: dict[str, object] = {
        "acceptor": person(plan.school.head(plan.school.department(who))),
        "accepted_on": day,
    }
    if amount >= limit - 1:
        starts, ends = plan.at(day, "09:00"), plan.at(day, "17:00")
        cells = {"title": title, "est_amount": amount + dice.randrange(1, ON_TOP - 5)}
        request = request_cells(plan, kind, who, line, starts, ends, **cells)
        yield from asked(plan, dice, key, who, before(plan, dice, day), request)
        more["request"] = Ref(REQUESTS, key)
    shop = f"示例{title[:2]}店{dice.randrange(SHOPS)}"
    parts = _parts(dice, amount)
    attached = ("明细.txt", "印刷清单.txt", "维修工单.txt")
    bill = Bill(
        key, who, line, day, title, [Invoice(a, shop, number=number(dice)) for a in parts], attached=attached, more=more
    )
    yield from claimed(plan, dice, bill, plan.later(plan.at(day, "16:00"), 0.5 + 4 * dice.random()))


def _parts(dice: Random, amount: Decimal) -> list[Decimal]:
    """A sum on one to four invoices, no two of them alike."""
    found: list[Decimal] = []
    left = amount
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        part = (left * Decimal(dice.randrange(20, 60)) / 100).quantize(Decimal("0.01"))
        while part in found or part == left - part:
            part += Decimal("0.01")
        found.append(part)
        left -= part
    return [*found, left] if left not in found else [amount]


class _Left:
    """What these streams may still spend of the budget lines they share with contracts and stories.

    As if everything were held at once: a line that has room for that has room on every day.
    """

    def __init__(self, plan: Plan, *lines: str) -> None:
        stories, rows = planted.taken(plan), plan.school.rows["budget_lines"]
        self._left = {n: rows[n]["approved"] - contracting.taken(plan, n) - stories.get(n, 0) for n in lines}

    def enough(self, line: str, amount: Decimal) -> bool:
        """Whether the line has so much left."""
        return bool(amount <= self._left[line])

    def take(self, line: str, amount: Decimal) -> None:
        """Note a purchase."""
        self._left[line] -= amount


def _clerk(plan: Plan, dice: Random, department: str) -> str:
    return dice.choice([w for w in plan.school.clerks(department) if w not in KEPT_OUT])


def purchases(plan: Plan, dice: Random) -> Iterator[Edit]:
    """零星采购: what a department needs now and then; what would look like a split is bought for the kitchen."""
    purse, departments = Purse(), list(plan.school.rows["departments"])
    left = _Left(plan, *(line for line, _, _ in KINDS))
    for n, day in enumerate(days_of(plan, dice, PURCHASES), 1):
        line, kind, title = dice.choice(KINDS)
        department, category = dice.choice(departments), plan.school.category_of(line)
        amount = Decimal(str(round(lognormal(dice, MEDIAN, SIGMA, LEAST, 4300), 2)))
        lawful = (category, department) not in SPARED and amount + ON_TOP <= purse.room(category, department, day)
        if category != "食材费" and not (lawful and left.enough(line, amount + ON_TOP)):
            line, title, department, category = "食堂食材", "食堂零星食材", "行政科", "食材费"
        if category != "食材费":
            purse.take(category, department, day, amount + ON_TOP)
        left.take(line, amount + ON_TOP)
        who = _clerk(plan, dice, department)
        yield from _buy(plan, dice, f"采购-{n:03d}", day, line, kind, title, amount, who)


def burst_pipe(plan: Plan) -> date:
    """The day of V38."""
    return Scene(plan, "V38", "").day("7-14")


def repairs(plan: Plan, dice: Random) -> Iterator[Edit]:
    """维修: each department its own; what would look like a split waits."""
    purse, departments = Purse(), list(plan.school.rows["departments"])
    purse.take("维修维护费", "行政科", burst_pipe(plan), BURST_PIPE)
    for n, day in enumerate(days_of(plan, dice, REPAIRS), 1):
        department = dice.choice(departments)
        amount = Decimal(str(round(lognormal(dice, MEDIAN, SIGMA, LEAST, 2400), 2)))
        room = purse.room("维修维护费", department, day)
        if ("维修维护费", department) in SPARED or amount + ON_TOP > room:
            continue
        purse.take("维修维护费", department, day, amount + ON_TOP)
        who = _clerk(plan, dice, department)
        yield from _buy(plan, dice, f"维修-{n:03d}", day, "日常维修", "维修", f"维修（{n}）", amount, who)


def printing(plan: Plan, dice: Random) -> Iterator[Edit]:
    """印刷: small jobs of the departments."""
    purse, departments = Purse(), [d for d in plan.school.rows["departments"] if ("印刷费", d) not in SPARED]
    left, line = _Left(plan, PRINTED), PRINTED
    for n, day in enumerate(days_of(plan, dice, PRINTING), 1):
        department, amount = dice.choice(departments), yuan(dice, 80, 900)
        if amount > purse.room("印刷费", department, day) or not left.enough(line, amount + ON_TOP):
            continue
        purse.take("印刷费", department, day, amount)
        left.take(line, amount + ON_TOP)
        who = _clerk(plan, dice, department)
        yield from _buy(plan, dice, f"印刷-{n:03d}", day, line, "零星采购", "资料印刷", amount, who)


_POWER = (7.6, 5.0, 6.5, 6.2, 7.2, 9.2, 11.8, 11.5, 8.9, 7.4, 8.2, 10.5)
_WATER = (6, 5, 9, 9, 9, 9, 8, 6, 10, 10, 10, 9)
_GAS = (13, 11, 10, 8, 6, 5, 4, 4, 6, 9, 11, 13)
YEARLY = {"校园用电": (465_000, _POWER), "校园用水": (35_100, _WATER), "校园燃气": (92_800, _GAS)}
"""元 a year, and % by month (domain.md E5)."""


def utilities(plan: Plan, dice: Random) -> Iterator[Edit]:
    """水、电、气: paid to the company on the bill of each month."""
    for (line, (total, shares)), vendor in zip(YEARLY.items(), UTILITIES, strict=True):
        for month, share in enumerate(shares, 1):
            last = date(plan.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
            each = Decimal(str(round(total * share / 100 * dice.uniform(0.97, 1.01), 2)))
            for part in range(plan.volume):
                invoice = Invoice(each + part, vendor, number=number(dice))
                key, title = f"{line}-{month:02d}-{part}", f"{month}月{line[2:]}费"
                bill = Bill(key, "柏能源", line, last, title, [invoice], vendor=vendor, more={"kind": "直接支付"})
                yield from claimed(plan, dice, bill, plan.later(plan.at(last, "16:00"), 2 + 2 * dice.random()), "")
