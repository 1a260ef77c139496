"""单车核算: one vehicle, month by month."""

from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

from automations.measures import Period
from tests.measures.sql import cents, in_sqlite
from tests.measures.world import records
from tests.statements.reading import read

VEHICLE = {
    "name": "越野车",
    "plate": "渝A00002",
    "category": "车辆",
    "status": "在用",
    "fuel": "汽油",
    "odometer": 80_000,
}


def log(kind: str, day: str, **cells: Any) -> dict[str, Any]:
    return {"kind": kind, "date": date.fromisoformat(day), "vehicle": 1, **cells}


LOGS = [
    log("出车", "2026-01-05", km=100, holiday=True, parked_at="其他"),
    log("出车", "2026-01-31", km=300, holiday=False, parked_at="校内"),
    log("加油", "2026-01-31", liters=Decimal("48.00"), amount=Decimal(360)),
    log("维修保养", "2026-02-01", amount=Decimal(800)),
    log("过路停车", "2026-02-02", amount=Decimal(30)),
    log("清洗", "2026-02-02", amount=Decimal(10), purpose="保险理赔后清洗"),
    log("出车", "2026-02-03", km=200),
    log("出车", "2026-03-01", km=999),  # after the period
    log("出车", "2025-12-31", km=999),
    log("加油", "2026-02-03", liters=Decimal(50), amount=Decimal(999), vehicle=2),
]


def test_month_by_month() -> None:
    known = records("2026-03-04", assets=[VEHICLE, VEHICLE], vehicle_logs=LOGS)
    found = read("vehicle_account", known, Period.month(2026, 2), known["assets"][0])
    assert found.document.title == "渝A00002单车核算（2026年1月至2月）"
    assert found.table("driven") == [
        ("1月", "2", "400", "48.00", "12.0"),
        ("2月", "1", "200", "0.00", "未采集"),
        ("合计", "3", "600", "48.00", "8.0"),
    ]
    assert found.table("spent") == [
        ("1月", "360.00", "0.00", "未采集", "0.00", "360.00", "0.90"),
        ("2月", "0.00", "800.00", "未采集", "40.00", "840.00", "4.20"),
        ("合计", "360.00", "800.00", "未采集", "40.00", "1,200.00", "2.00"),
    ]
    assert "出车3次，行驶600公里，加油48.00升，百公里油耗8.0升。" in found.text
    assert "保险未采集" in found.text and "节假日出车1次。校外停放1次。" in found.text
    assert found.document.charts["fuel"].series["百公里油耗"] == (Decimal(12), None)  # no fuel is a gap, not 0
    paid = "select sum(amount) from vehicle_logs where vehicle = 1 and date between '2026-01-01' and '2026-02-28'"
    with closing(in_sqlite(known, "vehicle_logs")) as sql:
        assert cents(sql, paid) == 1_200


def test_insurance_where_the_book_names_it() -> None:
    insured = [*LOGS, log("其他", "2026-02-20", purpose="交强险、商业保险", amount=Decimal(3_600))]
    known = records("2026-03-04", assets=[VEHICLE], vehicle_logs=insured)
    found = read("vehicle_account", known, Period.month(2026, 2), known["assets"][0])
    assert found.table("spent")[-1][-4:] == ("3,600.00", "40.00", "4,800.00", "8.00")
    assert "校外停放1次" in found.text
