"""用车记录: permits, holidays, kilometres, litres, repairs (domain.md B4.19, VH-01..06; V39)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.rules import examine
from automations.rules.vehicles import in_holiday
from automations.workdays import Calendar
from tests.rules.world import facts, rules, said

DAY = date(2026, 9, 1)
TRIP: dict[str, Any] = {
    "code": "YC-2026-0001",
    "kind": "出车",
    "vehicle": 7,
    "request": 5,
    "date": DAY,
    "driver": 3,
    "used_by": 4,
    "purpose": "到区委送材料",
    "destination": "区委",
    "km_out": 1000,
    "km_in": 1040,
}
FILL: dict[str, Any] = {
    "kind": "加油",
    "vehicle": 7,
    "date": DAY,
    "driver": 3,
    "purpose": "加油",
    "liters": Decimal(45),
    "amount": Decimal(340),
    "vendor": 9,
}
REPAIR: dict[str, Any] = {**FILL, "kind": "维修保养", "purpose": "换刹车片", "liters": None, "amount": Decimal(1200)}
AROUND: dict[str, Any] = {
    "assets": {7: {"name": "皮卡", "category": "车辆", "plate": "渝A00003", "tank_l": 75, "status": "在用"}},
    "vendors": {9: {"name": "示例石油公司", "designated": True}, 10: {"name": "路边修理店"}},
    "requests": {
        5: {
            "kind": "用车",
            "status": "已批准",
            "starts_at": datetime(2026, 9, 1, 0, tzinfo=UTC),
            "ends_at": datetime(2026, 9, 1, 9, tzinfo=UTC),
        }
    },
}


def log(cells: dict[str, Any], tables: dict[str, Any] | None = None, **more: Any) -> Any:
    return facts("vehicle_logs", cells, {**AROUND, **(tables or {})}, moment="随时", row_id=100, **more)


def trip(cells: dict[str, Any] | None = None, tables: dict[str, Any] | None = None, **more: Any) -> Any:
    return log({**TRIP, **(cells or {})}, tables, **more)


def book(*rows: dict[str, Any]) -> dict[str, Any]:
    """Lines of the vehicle's book, in the order in which they were entered, before the one under examination."""
    return {"vehicle_logs": {n + 1: {"vehicle": 7, **row} for n, row in enumerate(rows)}}


def test_ordinary_lines_pass() -> None:
    for line in (TRIP, FILL, REPAIR):
        assert rules(log(line)) == []


def test_what_must_be_filled() -> None:
    assert said(log({}), "必填") == ["请填写：“类型”、“车辆”、“日期”、“驾驶员”、“事由”。"]
    blank = dict.fromkeys(("used_by", "destination", "km_out", "km_in"))
    assert said(trip(blank)) == ["请填写：“用车人”、“目的地”、“出车里程”、“收车里程”。"]
    assert said(log({**FILL, "liters": None, "amount": None, "vendor": None})) == [
        "请填写：“加油量”、“金额”、“服务商”。"
    ]
    assert (
        said(log({**REPAIR, "amount": None}))
        == said(log({**FILL, "kind": "清洗", "amount": None}))
        == ["请填写：“金额”。"]
    )
    assert {f.severity for f in examine(trip(blank))} == {"提示"}


def test_vh01_a_trip_without_a_permit() -> None:
    words = ["本次出车没有已批准的派车单。"]
    assert said(trip({"request": None})) == words
    for status, found in (("待签", words), ("作废", words), ("已执行", []), ("已核销", [])):
        requests = {"requests": {5: {**AROUND["requests"][5], "status": status}}}
        assert said(trip(tables=requests)) == found, status
    assert said(trip({"date": date(2026, 9, 2)}), "VH-01") == words  # the permit was for the day before
    assert said(trip({"request": None}, norms={"vehicle.register": "否"})) == []
    assert said(log(FILL), "VH-01") == []


# --- holidays -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        (date(2026, 4, 30), False),
        (date(2026, 5, 1), True),
        (date(2026, 5, 3), True),  # a Sunday of the holiday
        (date(2026, 5, 9), False),  # a Saturday on which the school works
        (date(2026, 5, 10), False),  # an ordinary Sunday
        (date(2026, 9, 25), True),
        (date(2026, 9, 27), True),
        (date(2026, 10, 10), False),
        (date(2026, 2, 15), True),
        (date(2026, 1, 3), True),
    ],
)
def test_holidays_are_not_weekends(day: date, holiday: bool) -> None:
    assert in_holiday(day, Calendar()) is holiday
    assert compute(trip({"date": day})).cells["holiday"] is holiday


def test_v39_a_trip_on_a_holiday() -> None:
    words = ["渝A00003于2026-05-03出车，节假日应封存停驶，请补充特殊事由及批准人。"]
    sunday = {"date": date(2026, 5, 3)}
    assert said(trip(sunday), "VH-02") == words
    [line] = [f for f in examine(trip(sunday)) if f.rule == "VH-02"]
    assert (line.severity, line.gravity) == ("预警", "一般")
    for note in ({"purpose": "防汛抢险，孙副校长批准"}, {"remark": "防汛抢险，经孙副校长批准"}):
        assert said(trip({**sunday, **note}), "VH-02") == []
    assert said(trip({"date": date(2026, 5, 6)}), "VH-02") == said(log({**FILL, **sunday}), "VH-02") == []
    assert said(trip(sunday, norms={"vehicle.holiday_stop": "否"}), "VH-02") == []


def test_the_school_may_rest_its_vehicles_on_weekends_too() -> None:
    sunday = {"date": date(2026, 5, 10)}
    assert said(trip(sunday), "VH-02") == []
    assert len(said(trip(sunday, norms={"vehicle.weekend_stop": "是"}), "VH-02")) == 1


# --- kilometres -----------------------------------------------------------------------------------------------------


def test_vh03_back_with_fewer_kilometres() -> None:
    assert said(trip({"km_in": 999})) == ["收车里程小于出车里程。"]
    assert said(trip({"km_in": 1000})) == []
    assert compute(trip()).cells["km"] == 40 and compute(trip({"km_in": 999})).cells["km"] == 0
    assert compute(trip({"km_in": None})).cells["km"] is compute(log(FILL)).cells["km"] is None


def test_vh03_kilometres_between_two_trips() -> None:
    def gap(*rows: dict[str, Any]) -> list[str]:
        return said(trip(tables=book(*rows)), "VH-03")

    before = {"kind": "出车", "date": date(2026, 8, 28), "km_out": 950, "km_in": 994}
    assert gap(before) == ["出车里程与上次收车里程相差6公里。"]
    assert gap({**before, "km_in": 1006}) == ["出车里程与上次收车里程相差6公里。"]
    assert gap({**before, "km_in": 995}) == gap({**before, "km_in": 1005}) == gap() == []
    [line] = [f for f in examine(trip(tables=book(before))) if f.rule == "VH-03"]
    assert (line.severity, line.gravity) == ("预警", "提示")
    # the last trip counts, whatever else stands in the book, and whoever came later
    older, later = {**before, "date": date(2026, 8, 1), "km_in": 500}, {**before, "date": date(2026, 9, 2)}
    last = {**before, "km_in": 1000}
    assert gap(last, older, later, {**FILL, "date": DAY}, {**before, "vehicle": 8, "date": DAY}) == []
    assert gap({**last, "date": date(2026, 1, 5)}) == [] and len(gap({**older, "date": date(2025, 1, 5)})) == 1


def test_two_trips_of_one_day_in_whatever_order_they_were_entered() -> None:
    afternoon = {"kind": "出车", "date": DAY, "km_out": 1040, "km_in": 1100}
    assert said(trip(tables=book(afternoon)), "VH-03") == []
    morning = {"kind": "出车", "date": DAY, "km_out": 960, "km_in": 1000}
    assert said(trip(tables=book(afternoon, morning)), "VH-03") == []


# --- litres ---------------------------------------------------------------------------------------------------------


def test_vh04_more_than_the_tank_holds() -> None:
    assert said(log({**FILL, "liters": Decimal("75.5")})) == ["单次加油75.5升，超过油箱容积75升。"]
    assert said(log({**FILL, "liters": Decimal(75)})) == said(trip({"liters": Decimal(90)})) == []
    unknown = {"assets": {7: {**AROUND["assets"][7], "tank_l": None}}}
    assert said(log({**FILL, "liters": Decimal(90)}, unknown)) == []


def test_litres_per_100_km_are_those_since_the_last_fill() -> None:
    def used(*rows: dict[str, Any], **cells: Any) -> Any:
        return compute(log({**FILL, **cells}, book(*rows))).cells["l_per_100"]

    def drove(day: date, km: int) -> dict[str, Any]:
        return {"kind": "出车", "date": day, "km_out": 1000, "km_in": 1000 + km}

    first = {**FILL, "date": date(2026, 8, 20)}
    trips = (drove(date(2026, 8, 20), 150), drove(date(2026, 8, 25), 150), drove(DAY, 60))
    assert used(first, *trips) == Decimal("12.5")  # 45 of 360 km
    assert used(drove(date(2026, 8, 10), 999), first, *trips, drove(date(2026, 9, 2), 999)) == Decimal("12.5")
    assert used(*trips) is None  # nobody knows since when
    assert used(first) is None and used(first, *trips, liters=None) is None
    assert compute(trip(tables=book(first))).cells["l_per_100"] is None


CAR: dict[str, Any] = {"code": "SB-2026-0007", **AROUND["assets"][7]}


def year(august: Decimal, months: int = 7, per_100: Decimal = Decimal("12.4")) -> dict[str, Any]:
    """A fill on the first of each month, each after 1,000 km; what was burnt in August stands on 31 August."""
    rows: list[dict[str, Any]] = []
    for n in range(months + 1):
        month = 9 - months - 1 + n
        if n:
            rows.append({"kind": "出车", "date": date(2026, month, 10), "km_out": 0, "km_in": 1000})
        liters = per_100 * 10 if month < 8 else august * 10
        rows.append({"kind": "加油", "date": date(2026, month, 20), "liters": liters})
    return {"vehicle_logs": {n + 1: {"vehicle": 1, **row} for n, row in enumerate(rows)}}


def vehicle(tables: dict[str, Any], now: datetime = datetime(2026, 9, 1, 2, tzinfo=UTC), **more: Any) -> Any:
    return facts("assets", {**CAR, **more}, tables, moment="随时", now=now)


def test_v39_a_month_far_above_the_six_before() -> None:
    words = ["渝A00003本月（8月）百公里油耗17.8升，比近6个月均值高44%。"]
    found = vehicle(year(Decimal("17.8")))
    assert said(found, "VH-04") == words
    [line] = [f for f in examine(found) if f.rule == "VH-04"]
    assert (line.severity, line.gravity, line.stage) == ("预警", "一般", "2026-08")
    assert said(vehicle(year(Decimal("15.5"))), "VH-04") == []  # exactly a quarter more
    assert len(said(vehicle(year(Decimal("15.6"))), "VH-04")) == 1


def test_a_month_is_looked_at_when_it_is_over() -> None:
    logs = year(Decimal("17.8"))
    assert said(vehicle(logs, datetime(2026, 8, 31, 2, tzinfo=UTC)), "VH-04") == []
    assert len(said(vehicle(logs, datetime(2026, 9, 30, 2, tzinfo=UTC)), "VH-04")) == 1
    assert said(vehicle(logs, datetime(2026, 10, 1, 2, tzinfo=UTC)), "VH-04") == []  # September has no fill
    assert said(vehicle(logs, status="已处置"), "VH-04") == said(vehicle(logs, category="家具"), "VH-04") == []


def test_a_mean_of_few_months_says_nothing() -> None:
    assert said(vehicle(year(Decimal("17.8"), months=3)), "VH-04") == []
    assert len(said(vehicle(year(Decimal("17.8"), months=4)), "VH-04")) == 1


# --- companies ------------------------------------------------------------------------------------------------------


def test_vh05_fuel_and_repairs_from_elsewhere() -> None:
    assert said(log({**REPAIR, "vendor": 10})) == ["“路边修理店”不是定点维修单位，请说明原因。"]
    assert said(log({**FILL, "vendor": 10})) == ["“路边修理店”不是定点加油单位，请说明原因。"]
    assert said(log({**FILL, "vendor": 10, "remark": "高速途中油量不足"})) == []
    assert said(log({**FILL, "kind": "清洗", "vendor": 10})) == []
    assert said(log({**FILL, "vendor": 10}, norms={"vehicle.designated": "否"})) == []


def test_vh06_repaired_again_and_again() -> None:
    def repaired(*days_before: int) -> list[str]:
        rows = [{**REPAIR, "date": DAY - timedelta(days=n), "amount": Decimal("800.50")} for n in days_before]
        return said(log(REPAIR, book(*rows)), "VH-06")

    assert repaired(89, 30) == ["渝A00003近90天维修3次、共2,801元，请评估是否报废或更换维修厂。"]
    assert repaired(90, 30) == repaired(30) == repaired(30, -1) == []
    others = book({**REPAIR, "vehicle": 8}, {**FILL}, {**REPAIR, "date": None})
    assert said(log(REPAIR, others), "VH-06") == said(log(FILL, book(REPAIR, REPAIR, REPAIR)), "VH-06") == []
    [line] = [f for f in examine(log(REPAIR, book(REPAIR, REPAIR))) if f.rule == "VH-06"]
    assert (line.severity, line.gravity) == ("预警", "提示")
