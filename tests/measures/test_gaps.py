"""数据缺口: what the year's report could not tell is told, and nothing else."""

from datetime import date

from automations.measures import Period, gaps
from tests.measures.world import at, records

YEAR = Period.year(2026)


def test_what_is_missing_is_named() -> None:
    months = [m for m in range(1, 13) if m != 5]
    told = records(
        "2027-01-15",
        training_classes=[
            {"class_type": "专题研讨班", "status": "已归档", "actual_n": 40, "survey_n": n}
            | {"starts_on": date(2026, 5, 4), "ends_on": date(2026, 5, 6)}
            for n in (19, 30)
        ],
        meters=[{"kind": "电", "payer": "学校", "multiplier": 1}, {"kind": "水", "payer": "学校", "multiplier": 1}],
        meter_readings=[
            {"meter": 1, "slot": "月末", "read_at": at(day), "value": n * 10}
            for n, day in enumerate(["2025-12-31", *(f"2026-{m:02d}-28" for m in months)])
        ],
        contracts=[
            {"name": "物业", "kind": "物业", "status": "履行中", "starts_on": date(2026, 11, 1)}
            | {"ends_on": date(2027, 3, 31), "amount": 120}
        ],
        inspections=[{"team": "服务商考核", "contract": 1, "period": "2026-11", "status": "已归档", "score": 95}],
    )
    found = {one.what: (one.missing, one.n.value) for one in gaps.gaps(told, YEAR)}
    assert found["用电"] == ("5月、6月没有完整的月末读数", 2)  # without the end of May, June has no beginning
    assert found["用水"][1] == 12
    assert found["满意率"] == ("有效问卷不足的班次", 1)
    assert found["服务商考核"] == ("物业12月", 1)
    assert "用水量" in found["主要指标（本年）"][0] and "培训人天" not in found["主要指标（本年）"][0]
    assert "培训人天" in found["主要指标（上年）"][0]
    assert found["成本（上年）"][1] == 5 and found["参数标准"][1] > 0


def test_months_to_come_are_no_gap() -> None:
    told = records("2026-02-10", meters=[{"kind": "电", "payer": "学校", "multiplier": 1}])
    found = {one.what: one.n.value for one in gaps.gaps(told, YEAR)}
    assert found["用电"] == 1
