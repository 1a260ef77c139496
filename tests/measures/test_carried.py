"""What was a problem at the end of last year, worked out again from the rows, and whether it is solved."""

from datetime import date
from typing import Any

from automations.measures import Period, Records, carried
from tests.measures.world import at, records

YEAR = Period.year(2026)
BEGAN = {"kind": "报修", "status": "已办结", "created_at": at("2025-05-01"), "fixed_at": at("2025-05-02")}


def told(**tables: Any) -> Records:
    issues = [BEGAN, *tables.pop("issues", ())]
    return records("2027-01-15", departments=[{"name": "学员科"}], issues=issues, **tables)


def listed(rows: Records) -> list[tuple[str, str, str]]:
    found = carried.carried(rows, YEAR)
    assert found is not None
    return [(one.what, one.department, one.state) for one in found]


def test_nothing_is_said_where_last_year_is_not_known() -> None:
    assert carried.carried(records("2027-01-15", issues=[{**BEGAN, "created_at": at("2026-01-05")}]), YEAR) is None
    assert carried.carried(told(), YEAR) == []


def test_issues_that_had_climbed_and_were_open_when_the_year_began() -> None:
    def issue(what: str, fixed: str | None, status: str, **cells: Any) -> dict[str, Any]:
        base = {"kind": "整改", "description": what, "escalation": 4, "duty_dept": 1, "status": status}
        base |= {"created_at": at("2025-11-01"), "due_at": at("2025-12-01"), "fixed_at": at(fixed) if fixed else None}
        return {**base, **cells}

    rows = told(
        issues=[
            issue("排烟罩", "2026-02-03", "已办结"),
            issue("围墙", "2026-02-03", "待复核"),
            issue("地漏", None, "处理中"),
            issue("早已修好", "2025-12-30", "已办结"),
            issue("没有升级", None, "处理中", escalation=2),
            issue("今年的", None, "处理中", due_at=at("2026-03-01")),
            issue("不属实", None, "不予受理"),
        ]
    )
    assert listed(rows) == [
        ("“排烟罩”超期未办结", "学员科", "已解决"),
        ("“围墙”超期未办结", "学员科", "部分解决"),
        ("“地漏”超期未办结", "学员科", "未解决"),
    ]


def test_money_not_remitted_when_the_year_began() -> None:
    def income(remitted: int | None, on: date | None, **cells: Any) -> dict[str, Any]:
        base = {"kind": "利息", "status": "已收", "received": 100, "due_on": date(2025, 12, 20), "late_wd": 5}
        return {**base, "remitted": remitted, "remitted_on": on, "gap": 100 - (remitted or 0), **cells}

    rows = told(
        income=[
            income(100, date(2026, 1, 8)),
            income(60, date(2026, 1, 8)),
            income(None, None),
            income(100, date(2025, 12, 28)),  # late, but remitted before the year began
            income(None, None, due_on=date(2026, 1, 5)),
        ]
    )
    assert listed(rows) == [("利息100.00元迟缴", "财务科", state) for state in ("已解决", "部分解决", "未解决")]


def test_what_the_law_asked_for_and_contracts_that_had_run_out() -> None:
    check = {"check_kind": "法定检验", "statutory": True, "due_on": date(2025, 12, 1)}
    rows = told(
        assets=[{"name": name, "status": "在用", "user_dept": 1} for name in ("电梯一", "电梯二", "电梯三")],
        equipment_checks=[
            {**check, "asset": 1, "done_on": date(2026, 1, 20), "result": "正常"},
            {**check, "asset": 2},
            {**check, "asset": 3, "done_on": date(2025, 12, 2), "result": "正常"},
        ],
        contracts=[
            {"name": "消防维保", "status": "到期", "ends_on": date(2025, 12, 31), "supervise_dept": 1},
            {"name": "今年的", "status": "到期", "ends_on": date(2026, 3, 31)},
            {"name": "收好了", "status": "已归档", "ends_on": date(2025, 12, 31)},
        ],
    )
    assert listed(rows) == [
        ("电梯一法定检验超期", "学员科", "已解决"),
        ("电梯二法定检验超期", "学员科", "未解决"),
        ("消防维保合同已到期", "学员科", "未解决"),
    ]


def test_energy_that_grew_too_much_last_year() -> None:
    """Used in 2024, 2025, 2026: grown by a fifth, then less, a little more, again too much."""
    used = {"电": (1_000, 1_200, 1_100), "水": (1_000, 1_200, 1_220), "气": (1_000, 1_200, 1_500)}
    readings = []
    for meter, years in enumerate(used.values(), 1):
        value = 0
        readings.append({"meter": meter, "slot": "月末", "read_at": at("2023-12-31"), "value": value})
        for year, more in zip((2024, 2025, 2026), years, strict=True):
            value += more
            readings.append({"meter": meter, "slot": "月末", "read_at": at(f"{year}-12-31"), "value": value})
    meters = [{"kind": kind, "payer": "学校", "multiplier": 1} for kind in used]
    assert listed(told(meters=meters, meter_readings=readings)) == [
        ("用电同比上升20.0%", "", "已解决"),
        ("用水同比上升20.0%", "", "部分解决"),
        ("用气同比上升20.0%", "", "未解决"),
    ]
