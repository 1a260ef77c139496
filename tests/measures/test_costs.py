"""成本效益: each cost worked out by hand; what is unknown stays unknown."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.measures import Period, Records, costs
from tests.measures.world import at, records

SEPTEMBER = Period.month(2026, 9)


def claim(amount: int, category: str, paid: str = "2026-09-15", **cells: Any) -> dict[str, Any]:
    return {
        "status": "已归档",
        "amount": amount,
        "category": category,
        "paid_on": date.fromisoformat(paid),
        **cells,
    }


CLAIMS = [
    claim(80_000, "物业管理费", contract=1),
    claim(75_000, "物业管理费", contract=2),
    claim(5_000, "食材费", contract=2),
    claim(10_000, "食材费"),
    claim(40_000, "电费"),
    claim(2_000, "水费"),
    claim(3_000, "燃气费"),
    claim(1_000, "维修维护费", audited_amount=900),
    claim(9_999, "讲课费"),
    claim(9_999, "维修维护费", "2026-10-01"),
    claim(9_999, "维修维护费", status="已批准"),
    claim(1, "其他", "2025-01-05"),
]
LOCATIONS = [
    {"id": 1, "name": "学员公寓", "kind": "楼栋", "area_m2": 5_800},
    {"id": 2, "name": "公寓1楼", "kind": "楼层", "parent": 1, "area_m2": 900},
    {"id": 3, "name": "101", "kind": "客房", "parent": 2},
    {"id": 4, "name": "教学楼", "kind": "楼栋", "area_m2": 4_200},
    {"id": 5, "name": "道路", "kind": "道路"},
]
METERS = [
    {"id": 1, "kind": "电", "payer": "学校", "multiplier": 1},
    {"id": 2, "kind": "电", "payer": "学校", "parent": 1, "location": 1, "multiplier": 10},
    {"id": 3, "kind": "水", "payer": "学校", "multiplier": 1},
    {"id": 4, "kind": "水", "payer": "学校", "parent": 3, "location": 1, "multiplier": 1},
    {"id": 5, "kind": "电", "payer": "学校", "parent": 2, "location": 1, "multiplier": 1},
]


def reading(meter: int, day: str, value: int) -> dict[str, Any]:
    return {"meter": meter, "slot": "月末", "read_at": at(day), "day": date.fromisoformat(day), "value": value}


READINGS = [
    reading(meter, day, value)
    for meter, values in {1: (0, 1_000), 2: (0, 30), 3: (0, 500), 4: (0, 250), 5: (0, 7)}.items()
    for day, value in zip(("2026-08-31", "2026-09-30"), values, strict=True)
]
CLASSES = [
    {
        **{"name": "甲班", "class_type": "主体班-进修班", "status": "已结班"},
        **{"starts_on": date(2026, 9, 7), "ends_on": date(2026, 9, 16)},
        **{"actual_n": 50, "lodging_n": 40, "rooms": (3, 6, 7, 8)},
    },
    {
        **{"name": "乙班", "class_type": "基层轮训", "status": "已结班"},
        **{"starts_on": date(2026, 9, 21), "ends_on": date(2026, 9, 23)},
        **{"actual_n": 90, "lodging_n": 60},
    },
]
PERSON_DAYS = 50 * 10 + 90 * 3
NIGHTS = 9
"""Of the only class that names rooms."""


def world(**but: Any) -> Records:
    tables: dict[str, Any] = {
        "expense_claims": CLAIMS,
        "contracts": [{"kind": "物业"}, {"kind": "餐饮"}],
        "locations": LOCATIONS,
        "meters": METERS,
        "meter_readings": READINGS,
        "training_classes": CLASSES,
        "meals": [{"date": date(2026, 9, 8), "actual_n": 2_000}, {"date": date(2026, 10, 8), "actual_n": 7}],
        "assets": [{"name": "公车", "category": "车辆", "status": "在用"}],
        "vehicle_logs": [
            {"vehicle": 1, "kind": "出车", "date": date(2026, 9, 8), "km": 400},
            {"vehicle": 1, "kind": "加油", "date": date(2026, 9, 8), "liters": 50, "amount": 350},
            {"vehicle": 1, "kind": "维修保养", "date": date(2026, 9, 9), "amount": 150},
        ],
    }
    return records("2026-10-12", **{**tables, **but})


RUNNING = 80_000 + 75_000 + 15_000 + 45_000 + 900


def test_a_person_day_carries_what_runs_the_school() -> None:
    assert costs.person_day(world(), SEPTEMBER).value == Decimal(RUNNING) / PERSON_DAYS
    assert costs.person_day(world(training_classes=[]), SEPTEMBER).value is None


def test_a_meal_carries_food_and_the_caterer() -> None:
    assert costs.meal(world(), SEPTEMBER).value == Decimal(75_000 + 15_000) / 2_000


def test_a_square_metre_carries_what_runs_the_buildings() -> None:
    assert costs.square_metre(world(), SEPTEMBER).value == Decimal(80_000 + 45_000 + 900) / 10_000
    assert costs.square_metre(world(locations=[]), SEPTEMBER).value is None


def test_a_room_night_carries_its_share_of_the_building() -> None:
    share = Decimal(58) / 100
    cost = (80_000 + 900) * share + 40_000 * Decimal(300) / 1_000 + 2_000 * Decimal(250) / 500
    assert costs.room_nights(world(), SEPTEMBER).value == 4 * NIGHTS
    assert costs.room_night(world(), SEPTEMBER).value == cost / (4 * NIGHTS)


def test_a_room_night_is_unknown_where_a_part_is() -> None:
    assert costs.room_night(world(meter_readings=READINGS[:-4]), SEPTEMBER).value is None  # the water meter below
    assert costs.room_night(world(training_classes=CLASSES[1:]), SEPTEMBER).value is None
    assert costs.room_night(world(locations=LOCATIONS[3:]), SEPTEMBER).value is None


def test_hundred_kilometres() -> None:
    assert costs.hundred_km(world(), SEPTEMBER).value == Decimal(500) * 100 / 400
    assert costs.hundred_km(world(vehicle_logs=[]), SEPTEMBER).value is None


def test_the_year_before_is_unknown_and_never_nothing() -> None:
    found = {cost.key: cost for cost in costs.costs(world(expense_claims=CLAIMS[:-1]), SEPTEMBER)}
    assert list(found) == list(costs.COUNTS)
    assert found["meal"].before.value is None and found["meal"].grown.value is None
    assert all(cost.counts for cost in found.values())
    last = [claim(45_000, "食材费", "2025-09-15")]
    meals = [{"date": date(2025, 9, 8), "actual_n": 1_250}, {"date": date(2026, 9, 8), "actual_n": 2_000}]
    r = world(expense_claims=[*CLAIMS, *last], meals=meals)
    meal = next(cost for cost in costs.costs(r, SEPTEMBER) if cost.key == "meal")
    assert (meal.now.value, meal.before.value, meal.grown.value) == (45, 36, 25)


def test_rises_are_the_largest_with_the_cause_that_was_recorded() -> None:
    last = [
        claim(70_000, "物业管理费", "2025-09-15"),
        claim(39_000, "电费", "2025-09-15"),
        claim(2_500, "水费", "2025-09-15"),
        claim(1_000, "燃气费", "2025-09-15"),
    ]
    lines = [
        {"year": 2026, "category": "物业管理费", "remark": "新增安保岗位2个"},
        {"year": 2026, "category": "物业管理费", "remark": "新增安保岗位2个"},
        {"year": 2025, "category": "电费", "remark": "去年的"},
    ]
    r = world(expense_claims=[*CLAIMS, *last], budget_lines=lines)
    first, second, *_, third = costs.rises(r, SEPTEMBER, most=4)
    assert (first.category, first.more.value, first.cause) == ("物业管理费", 85_000, "新增安保岗位2个")
    assert (second.category, second.grown.value) == ("食材费", None)  # nothing at all last year
    assert (third.category, third.more.value, third.cause) == ("燃气费", 2_000, "")
    assert "水费" not in [rise.category for rise in costs.rises(r, SEPTEMBER, most=99)]
    assert costs.rises(world(expense_claims=CLAIMS[:-1]), SEPTEMBER) == []
