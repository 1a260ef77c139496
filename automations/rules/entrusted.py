"""Entrusted classes: was everything charged that the standard says (domain.md C4, IN-07)?"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from automations.books import Facts
from automations.measures.class_money import entered as entered_of
from automations.measures.class_money import owed
from automations.rules.base import ALWAYS, rule
from automations.rules.income import LAW

TABLE = "training_classes"
CALLED_OFF = "取消"

Figures = Iterator[dict[str, Any]]


@rule(
    "IN-07",
    TABLE,
    LAW,
    "委托班“{name}”应收{due}元，已登记{entered}元，差{gap}元。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("income.undercharged_wd", "income.undercharged_share"),
)
def charged_in_full(course: Facts) -> Figures:
    """Some working days after the end, nearly all of 收费标准 × 实到人数 × 天数 is entered as income of the class."""
    if course.ends_on is None:
        return
    if course.reached(course.calendar.add(course.ends_on, course.norm.whole("income.undercharged_wd"))):
        for owing in charged_too_little(course):
            yield {"name": course.name, **owing}


def charged_too_little(course: Facts) -> Figures:
    """What an entrusted class owes, what is entered of it, and the gap; nothing where (nearly) all is entered."""
    if not course.is_entrusted or course.status == CALLED_OFF:
        return
    due = owed(course)
    entered = sum((entered_of(row) for row in course.pointing("income", "training_class")), Decimal(0))
    if Fraction(entered) < Fraction(due) * course.norm.ratio("income.undercharged_share"):
        yield {"due": due, "entered": entered, "gap": due - entered}
