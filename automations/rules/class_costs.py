"""What a class costs per person and day, and what it may cost (domain.md B2.8, CL-04; D1 training.*)."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from automations.measures.money import payable
from automations.rules.base import ALWAYS, rule
from automations.rules.claims import LECTURES, LIVING, PAID
from automations.rules.classes_facts import BEFORE_START, CLAIMS, ENDED, MEETING, RUNNING, TABLE, TO_ACCEPT, ClassFacts

FIRST_STEP, SECOND_STEP = 15, 30
"""Days from which on a day counts less (财行〔2016〕540号)."""

STANDARDS = ("training.std.local", "meeting.std", "training.over15", "training.over30")
LAW = "财行〔2016〕540号"
OPEN_PERMITS = frozenset({"已批准", "执行中", "已执行"})
"""States of a request whose money is not all claimed."""

CENT = Decimal("0.01")

Figures = Iterator[dict[str, Any]]


def limit(course: ClassFacts) -> Decimal | None:
    """综合定额 in 元/人天: the standard of its type, less for the days beyond the 15th and beyond the 30th."""
    days = course.length
    if days is None or course.class_type is None:
        return None
    if course.class_type == MEETING:
        return course.norm.money("meeting.std")
    late = max(days - SECOND_STEP, 0)
    middle = max(days - FIRST_STEP, 0) - late
    shares = Decimal(days - middle - late) * 100
    shares += middle * course.norm.number("training.over15") + late * course.norm.number("training.over30")
    return (course.norm.money("training.std.local") * shares / 100 / days).quantize(CENT, ROUND_HALF_UP)


def spent(course: ClassFacts, *, lectures: bool = True) -> Decimal:
    """元 paid for the class, contract payments included."""
    claims = course.pointing(CLAIMS, "training_class")
    return sum((payable(c) for c in claims if c.status in PAID and (lectures or c.category != LECTURES)), Decimal(0))


def expected(course: ClassFacts) -> Decimal:
    """元 that the standard covers, without 讲课费: claims asked for, and what was permitted and not claimed."""
    claims = [c for c in course.pointing(CLAIMS, "training_class") if c.status in LIVING and c.category != LECTURES]
    permits = [r for r in course.pointing("requests", "training_class") if r.status in OPEN_PERMITS]
    return sum(map(payable, claims), sum((r.remaining or Decimal(0) for r in permits), Decimal(0)))


def per_person_day(course: ClassFacts, amount: Decimal) -> Decimal | None:
    """元/人天; None as long as nobody knows for how many people or days."""
    person_days = course.heads * (course.length or 0)
    return (amount / person_days).quantize(CENT, ROUND_HALF_UP) if person_days else None


def _above(course: ClassFacts, amount: Decimal) -> Figures:
    most, found = limit(course), per_person_day(course, amount)
    if most is not None and found is not None and found > most:
        yield {"cost": found, "limit": most}


@rule(
    "CL-04",
    TABLE,
    LAW,
    "本班预计{cost}元/人天，超过综合定额{limit}元/人天，请说明或调整。",
    "提示",
    at=ALWAYS,
    settings=STANDARDS,
)
def planned_within_the_standard(course: ClassFacts) -> Figures:
    """What is spent, asked for and permitted stays within the standard, as long as something can be changed."""
    if course.status in (*BEFORE_START, RUNNING):
        yield from _above(course, expected(course))


@rule(
    "CL-04",
    TABLE,
    LAW,
    "本班实际{cost}元/人天，超过综合定额{limit}元/人天，请说明原因。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=STANDARDS,
)
def spent_within_the_standard(course: ClassFacts) -> Figures:
    """What was paid for a class that is over stays within the standard."""
    if course.status in (ENDED, TO_ACCEPT):
        yield from _above(course, spent(course, lectures=False))
