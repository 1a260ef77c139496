"""IN-07: entrusted classes that were charged too little (V15)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from automations.rules import examine
from tests.rules.world import facts

COURSE = {
    "name": "示例单位骨干班",
    "is_entrusted": True,
    "starts_on": date(2026, 9, 14),
    "ends_on": date(2026, 9, 17),
    "days": Decimal(4),
    "actual_n": Decimal(55),
    "fee_standard": Decimal(260),
    "status": "待结班",
}
ENTERED = {"training_class": 1, "amount": Decimal(52000), "received": Decimal(52000), "status": "已缴库"}


def undercharged(*incomes: dict[str, Any], day: int = 24, **cells: Any) -> list[str]:
    """What IN-07 says at 10:00 on a day of September 2026."""
    found = facts(
        "training_classes",
        {**COURSE, **cells},
        {"income": dict(enumerate(incomes, 1))},
        now=datetime(2026, 9, day, 2, 0, tzinfo=UTC),
        moment="随时",
    )
    return [f.message for f in examine(found) if f.rule == "IN-07"]


V15 = "委托班“示例单位骨干班”应收57,200元，已登记52,000元，差5,200元。"


def test_v15_five_working_days_after_the_end():
    """55 people, 4 days, 260 元 = 57,200; ended Thursday 9/17, and Sunday 9/20 counts as a working day."""
    assert undercharged(ENTERED, day=22) == []
    assert undercharged(ENTERED, day=23) == undercharged(ENTERED, day=30) == [V15]


def test_v15_what_it_leaves_in_the_ledger():
    found = facts("training_classes", COURSE, now=datetime(2026, 9, 30, 2, 0, tzinfo=UTC), moment="随时")
    [finding] = [f for f in examine(found) if f.rule == "IN-07"]
    assert (finding.severity, finding.gravity, finding.stage) == ("预警", "一般", "")
    assert finding.message == "委托班“示例单位骨干班”应收57,200元，已登记0元，差57,200元。"


def test_98_percent_are_enough():
    assert undercharged({**ENTERED, "received": Decimal(56056)}) == []
    assert undercharged({**ENTERED, "received": Decimal("56055.99")}) != []


def test_what_counts_as_entered():
    rest = {"training_class": 1, "amount": Decimal(5200)}
    assert undercharged(ENTERED, {**rest, "status": "应收"}) == []  # asked for, not yet received
    assert undercharged(ENTERED, {**rest, "status": "减免"}) == []  # waived on paper
    assert undercharged(ENTERED, {**rest, "received": Decimal(5200), "status": "退款"}) == [V15]
    assert undercharged(ENTERED, {**rest, "received": Decimal(100), "status": "已收"}) != []
    assert undercharged(ENTERED, {**rest, "training_class": 2}) == [V15]


def test_without_computed_days_the_dates_count():
    assert undercharged(ENTERED, days=None) == [V15]
    assert undercharged(ENTERED, days=Decimal(3)) == []
    assert undercharged(ENTERED, days=None, starts_on=None) == []


def test_only_entrusted_classes_that_took_place():
    for cells in (
        {"is_entrusted": False},
        {"status": "取消"},
        {"ends_on": None},
        {"fee_standard": None},
        {"actual_n": None},
    ):
        assert undercharged(ENTERED, **cells) == []
