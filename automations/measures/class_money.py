"""单班成本: what one class cost, by item and per person and day; what an entrusted one brought in (domain.md B2.8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from automations.measures.base import Measure, codes
from automations.measures.income import REFUNDED
from automations.measures.money import PAID, payable
from automations.measures.records import Records
from automations.rows import RowView

CLAIMS, INCOME = "expense_claims", "income"
LECTURES = "讲课费"
"""综合定额 does not cover it."""

UNDER_WAY = ("提交", "待校验", "签批中", "已退回", "已批准")
STANDARD = "training.std.local"


def owed(course: Any) -> Decimal:
    """元 that an entrusted class owes: 收费标准 x 实到人数 x 培训天数, by the dates as long as nobody computed it."""
    days = course.days
    if days is None:
        days = (course.ends_on - course.starts_on).days + 1 if course.starts_on and course.ends_on else 0
    return Decimal((course.fee_standard or 0) * (course.actual_n or 0) * days)


def entered(income: RowView) -> Decimal:
    """元 of one income: what came in, else what is asked for (a waiver has its paper), 0 where it went back."""
    if income.status == REFUNDED:
        return Decimal(0)
    found = income.amount if income.received is None else income.received
    return found if isinstance(found, Decimal) else Decimal(0)


@dataclass(frozen=True, slots=True)
class Item:
    """Claims of one 费用类别 that were paid for a class: 元, and 元/人天 (unknown while heads or days are)."""

    category: str
    paid: Measure
    per_person_day: Measure


@dataclass(frozen=True, slots=True)
class ClassMoney:
    """What a class cost and brought in.

    Attributes:
        items: By 费用类别, the largest first.
        paid: 实际成本; per_person_day: 人天成本, both as they stand in the row.
        without_lectures: 元/人天 without 讲课费: what 综合定额 is held against.
        limit: 综合定额; waiting: 元 asked for and not paid yet.
        person_days: 实到 (else 计划) x 培训天数.
        owed, entered, remitted: 元 of an entrusted class; unknown of any other.
    """

    items: tuple[Item, ...]
    paid: Measure
    per_person_day: Measure
    without_lectures: Measure
    limit: Measure
    waiting: Measure
    person_days: Measure
    owed: Measure
    entered: Measure
    remitted: Measure

    @property
    def within(self) -> bool | None:
        """Whether it stayed within 综合定额; None while either is unknown."""
        cost, limit = self.without_lectures.value, self.limit.value
        return None if cost is None or limit is None else cost <= limit


def class_money(records: Records, course: RowView) -> ClassMoney:
    """All money of one class, whenever it was paid or came in."""
    its = codes([course])
    claims = records.linked(CLAIMS, "training_class", course.id)
    paid = [c for c in claims if c.status in PAID]
    heads = course.actual_n if course.actual_n is not None else course.planned_n
    days = heads * course.days if heads is not None and course.days is not None else None
    items = [
        _item(name, [c for c in paid if c.category == name], days) for name in dict.fromkeys(c.category for c in paid)
    ]
    rest = [c for c in paid if c.category != LECTURES]
    income = records.linked(INCOME, "training_class", course.id)
    day = course.starts_on or records.today
    charged = [(owed(course), its), (sum(map(entered, income), Decimal(0)), codes(income)), _remitted(income)]
    owed_, entered_, remitted = (Measure(v if course.is_entrusted else None, c, 2, "元") for v, c in charged)
    return ClassMoney(
        tuple(sorted(items, key=lambda item: -(item.paid.value or Decimal(0)))),
        Measure(course.cost_actual, codes(paid), 2, "元"),
        Measure(course.cost_per_pd, codes(paid), 2, "元/人天"),
        _per(rest, days),
        Measure(course.cost_limit, its, 2, "元/人天", records.unverified(day, STANDARD)),
        _sum([c for c in claims if c.status in UNDER_WAY]),
        Measure(days, its, 0, "人天"),
        owed_,
        entered_,
        remitted,
    )


def _remitted(income: Iterable[RowView]) -> tuple[Decimal, tuple[str, ...]]:
    rows = [row for row in income if row.remitted is not None and row.status != REFUNDED]
    return sum((row.remitted for row in rows), Decimal(0)), codes(rows)


def _sum(claims: list[RowView]) -> Measure:
    return Measure(sum(map(payable, claims), Decimal(0)), codes(claims), 2, "元")


def _per(claims: list[RowView], person_days: Decimal | None) -> Measure:
    spent = sum(map(payable, claims), Decimal(0))
    return Measure(spent / person_days if person_days else None, codes(claims), 2, "元/人天")


def _item(category: str, claims: list[RowView], person_days: Decimal | None) -> Item:
    return Item(category, _sum(claims), _per(claims, person_days))
