"""服务指数: five parts, each weighing the same; what is not known is left out, not counted as nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.measures import Period, index
from tests.measures.world import at, records

SEPTEMBER = Period.month(2026, 9)
INSPECTIONS = [{"team": "卫生", "date": at("2026-09-03"), "status": "已归档", "score": score} for score in (80, 100)]


def repair(hour_done: int) -> dict[str, Any]:
    return {
        "kind": "报修",
        "severity": "紧急",
        "status": "已办结",
        "created_at": at("2026-09-03 08:00"),
        "due_at": at("2026-09-03 12:00"),
        "fixed_at": at(f"2026-09-03 {hour_done}:00"),
    }


COURSE = {
    "class_type": "专题研讨班",
    "status": "已归档",
    "starts_on": date(2026, 9, 7),
    "ends_on": date(2026, 9, 9),
    "sat_lodging": 100,
    "sat_catering": 90,
}
ANSWERS = [{"training_class": 1, "valid": True, "lodging": "满意", "catering": "满意"}] * 3
STEPS = [
    {
        "biz_type": "支出单",
        "decision": "同意",
        "valid": "有效",
        "level": level,
        "signed_at": at("2026-09-03"),
        "created_at": at("2026-09-02"),
    }
    for level in ("分管领导", "主要领导", "分管领导")
]
ALARM = {"rule": "SG-02", "biz_type": "支出单", "found_at": at("2026-09-04")}


def test_the_five_parts_weigh_the_same() -> None:
    def read(meter: int, day: str, value: int) -> dict[str, Any]:
        return {"meter": meter, "slot": "月末", "read_at": at(day), "value": value}

    days = ["2025-08-31", "2025-09-30", "2026-08-31", "2026-09-30"]
    told = records(
        "2026-10-08",
        training_classes=[COURSE],
        survey_responses=ANSWERS,
        issues=[repair(10), repair(13)],
        inspections=INSPECTIONS,
        sign_steps=STEPS,
        violations=[ALARM],
        meters=[{"kind": kind, "payer": "学校", "multiplier": 1} for kind in "电气"],
        meter_readings=[
            read(meter, day, value) for meter in (1, 2) for day, value in zip(days, (0, 100, 1_000, 1_110), strict=True)
        ],
    )
    parts = {name: part.value for name, part in index.parts(told, SEPTEMBER).items()}
    lost = 10 * told.norms.whole("review.energy_loss", SEPTEMBER.last)
    assert parts == {"满意": 95, "报修": 50, "督查": 90, "签批": 75, "节能": 100 - lost}
    assert index.index(told, SEPTEMBER).value == Decimal(95 + 50 + 90 + 75 + 100 - lost) / 5


def test_fewer_than_three_parts_are_no_index() -> None:
    two = records("2026-10-08", inspections=INSPECTIONS, sign_steps=STEPS)
    assert index.index(two, SEPTEMBER).value is None
    three = records("2026-10-08", inspections=INSPECTIONS, sign_steps=STEPS, issues=[repair(10)])
    assert index.index(three, SEPTEMBER).value == Decimal(290) / 3
