"""水电气、车辆、耗材: month by month, across a new meter, with a month nobody read."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.measures import Period, change, saving
from tests.measures.world import at, records

SEPTEMBER = Period.month(2026, 9)


def reading(meter: int, day: str, value: int, slot: str = "月末") -> dict[str, Any]:
    return {"meter": meter, "slot": slot, "read_at": at(day), "value": value}


METERS = [
    {"name": "总表", "kind": "电", "payer": "学校", "multiplier": 40, "quota_month": 3_000},
    {"name": "公寓分表", "kind": "电", "payer": "学校", "multiplier": 1, "parent": 1},
    {"name": "食堂表", "kind": "电", "payer": "餐饮承包方", "multiplier": 1},
    {"name": "附楼表", "kind": "电", "payer": "学校", "multiplier": 1, "quota_month": 500},
]
FOURTH = [reading(4, "2026-08-31", 0), reading(4, "2026-09-30", 100)]


def test_only_main_meters_of_the_school_count_times_their_multiplier() -> None:
    told = records(
        "2026-10-08",
        meters=METERS,
        meter_readings=[
            reading(1, "2026-08-31", 100),
            reading(1, "2026-10-02", 160),  # read on the second: still September's end
            reading(2, "2026-08-31", 0),
            reading(2, "2026-09-30", 999),
            reading(3, "2026-08-31", 0),
            reading(3, "2026-09-30", 777),
            *FOURTH,
        ],
    )
    used = saving.used(told, SEPTEMBER, "电")
    assert used.value == 60 * 40 + 100 and used.unit == "度"
    assert set(used.codes) == {f"meter_readings-{n}" for n in (1, 2, 7, 8)}
    assert saving.quota(told, SEPTEMBER, "电").value == 3_500


def test_a_new_meter_in_the_middle_of_the_month_loses_nothing() -> None:
    told = records(
        "2026-10-08",
        meters=METERS,
        meter_readings=[
            reading(1, "2026-08-31", 100),
            reading(1, "2026-09-10 09:00", 130, "换表前"),
            reading(1, "2026-09-10 09:30", 5, "换表后"),
            reading(1, "2026-09-30", 25),
            reading(1, "2026-09-15 22:30", 8, "夜22:30"),  # other slots are passed over
            *FOURTH,
        ],
    )
    assert saving.used(told, SEPTEMBER, "电").value == (30 + 20) * 40 + 100


def test_one_meter_without_its_month_end_makes_the_month_unknown_and_never_zero() -> None:
    told = records("2026-10-08", meters=METERS, meter_readings=[reading(1, "2026-08-31", 100), *FOURTH])
    used = saving.used(told, SEPTEMBER, "电")
    assert used.value is None and str(used) == "未采集"
    assert change(used, used).value is None
    assert saving.used(records("2026-10-08"), SEPTEMBER, "电").value is None  # no meter at all


def test_a_month_nobody_read_is_unknown_with_its_neighbour_and_harms_no_longer_period() -> None:
    readings = [reading(4, "2025-12-31", 0), *(reading(4, f"2026-{m:02d}-28", m * 10) for m in (1, 2, 4))]
    told = records("2026-05-08", meters=[METERS[3] | {"id": 4}], meter_readings=readings)
    by_month = [m.value for m in saving.used_by_month(told, 2026, "电")]
    assert by_month[:5] == [10, 10, None, None, None]  # April would hold March, too
    assert saving.used(told, Period.month(2026, 4).to_date, "电").value == 40  # the four months are known together
    assert saving.used(told, Period.month(2026, 3).to_date, "电").value is None


def test_standard_coal_is_power_and_gas_by_their_coefficients() -> None:
    meters = [METERS[3] | {"id": 1}, {"name": "气表", "kind": "气", "payer": "学校", "multiplier": 1}]
    told = records(
        "2026-10-08",
        meters=meters,
        meter_readings=[
            reading(m, day, value) for m in (1, 2) for day, value in (("2026-08-31", 0), ("2026-09-30", 100))
        ],
    )
    assert saving.standard_coal(told, SEPTEMBER).value == Decimal("12.29") + Decimal("133")


def test_vehicles_one_by_one() -> None:
    def log(kind: str, day: int, **cells: Any) -> dict[str, Any]:
        return {"kind": kind, "vehicle": 1, "date": date(2026, 9, day), **cells}

    told = records(
        "2026-10-08",
        assets=[
            {"name": "中巴", "category": "车辆", "plate": "渝A1", "status": "在用"},
            {"name": "旧车", "category": "车辆", "plate": "渝A2", "status": "已处置"},
            {"name": "空车", "category": "车辆", "plate": "渝A3", "status": "在用"},
        ],
        vehicle_logs=[
            log("出车", 1, km=120),
            log("出车", 2, km=80),
            log("加油", 3, liters=25, amount=200),
            log("维修保养", 4, amount=300),
            log("出车", 30, km=100) | {"date": date(2026, 10, 1)},
        ],
    )
    one, empty = saving.vehicles(told, SEPTEMBER)
    assert (one.km.value, one.liters.value, one.per_100.value) == (Decimal(200), Decimal(25), Decimal("12.5"))
    money = (one.repairs.value, one.repair_cost.value, one.spent.value, one.per_km.value)
    assert money == (Decimal(1), Decimal(300), Decimal(500), Decimal("2.5"))
    assert empty.vehicle.plate == "渝A3" and empty.km.value == 0 and empty.per_100.value is None
    km, per_100 = saving.fleet([one, empty])
    assert (km.value, per_100.value) == (Decimal(200), Decimal("12.5"))


def test_consumables_by_department_less_what_came_back() -> None:
    moves = [
        {"direction": "领用", "department": 1, "date": date(2026, 9, 3), "amount": 50},
        {"direction": "退库", "department": 1, "date": date(2026, 9, 4), "amount": 20},
        {"direction": "入库", "department": 1, "date": date(2026, 9, 5), "amount": 900},
        {"direction": "领用", "department": 2, "date": date(2026, 10, 1), "amount": 7},
        {"direction": "领用", "department": None, "date": date(2026, 9, 6), "amount": 3},
    ]
    told = records("2026-10-08", supply_moves=moves)
    assert {d: m.value for d, m in saving.consumables(told, SEPTEMBER).items()} == {None: 3, 1: 30}


def test_nights_on_alert_are_runs_by_issue() -> None:
    def night(day: int, issue: int | None, ratio: str) -> dict[str, Any]:
        return {"meter": 1, "day": date(2026, 9, day), "alert": "预警", "issue": issue, "ratio": Decimal(ratio)}

    told = records(
        "2026-10-08",
        meters=METERS,
        issues=[{"category": "电", "status": "已办结"}],
        meter_readings=[
            night(8, 1, "2.1"),
            night(9, 1, "2.9"),
            night(20, None, "1.9"),
            night(21, 1, "1.0") | {"alert": "正常"},
        ],
    )
    first, second = saving.night_alerts(told, SEPTEMBER)
    assert (len(first.nights), first.ratio, first.issue and first.issue.status) == (2, Decimal("2.9"), "已办结")
    assert (len(second.nights), second.issue) == (1, None)
