"""计量表: what Houqin fills in, the quota, the month's end, the calibration (domain.md B4.17, EN-04, EN-06)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.rules import examine
from tests.rules.energy_world import (
    BUILDING,
    DEPARTMENT,
    KEEPER,
    METER,
    METERS,
    NIGHT,
    OTHER,
    PLACES,
    READER,
    at,
    daily,
    evening,
    month_end,
    morning,
)
from tests.rules.world import facts, said

DAY = timedelta(days=1)
AUGUST, JULY = date(2026, 8, 31), date(2026, 7, 31)
TODAY = NIGHT + DAY
"""Wednesday 2026-09-09."""


def meter(
    cells: Mapping[str, Any] | None = None,
    readings: Mapping[int, Mapping[str, Any]] | None = None,
    today: date = TODAY,
    places: Mapping[int, Mapping[str, Any]] = PLACES,
    **more: Any,
) -> Any:
    """Facts of a meter among its readings, at eight in the morning."""
    tables = {"meter_readings": readings or {}, "locations": places}
    own = {**METERS[METER], **(cells or {})}
    return facts("meters", own, tables, row_id=METER, now=at(today, "08:00"), moment="随时", **more)


def cell(found: Any, name: str) -> Any:
    return compute(found).cells[name]


# --- what it is -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "unit"), [("电", "kWh"), ("水", "m³"), ("气", "m³"), ("热", "kWh"), (None, None)])
def test_units(kind, unit):
    assert cell(meter({"kind": kind}), "unit") == unit


def test_who_answers_for_it():
    found = meter()
    assert (cell(found, "department"), cell(found, "reader")) == (DEPARTMENT, KEEPER)
    read = meter(readings={1: month_end(AUGUST, 5), 2: month_end(JULY, 4, reader=99)})
    assert cell(read, "reader") == READER
    floor = {41: {"name": "3楼", "kind": "楼层", "parent": BUILDING}}
    assert cell(meter({"location": 41}, places={**PLACES, **floor}), "department") == DEPARTMENT
    lost = meter({"location": None})
    assert (cell(lost, "department"), cell(lost, "reader"), cell(lost, "has_rooms")) == (None, None, False)
    circle = {41: {"name": "3楼", "parent": 42}, 42: {"name": "4楼", "parent": 41}}
    assert cell(meter({"location": 41}, places=circle), "department") is None


def test_where_people_sleep():
    house = {
        BUILDING: {"name": "公寓", "kind": "楼栋"},
        41: {"name": "3楼", "kind": "楼层", "parent": BUILDING},
        42: {"name": "公寓301", "kind": "客房", "parent": 41},
        43: {"name": "3楼公卫", "kind": "公共卫生间", "parent": 41},
    }
    inside = {place: cell(meter({"location": place}, places=house), "has_rooms") for place in house}
    assert inside == {BUILDING: True, 41: True, 42: True, 43: False}
    assert cell(meter(), "has_rooms") is False


# --- the nights -------------------------------------------------------------------------------------------------------


def on_alert(back: int = 0, **more: Any) -> dict[str, Any]:
    cells = {"usage": 52, "hours": 8, "rate": "6.5", "baseline": 18, "alert": "预警"}
    return morning(NIGHT - back * DAY, 0, **{**cells, **more})


def test_last_night():
    found = meter(readings={1: on_alert()})
    assert [cell(found, n) for n in ("night_alert", "alert_since", "alert_text")] == [
        "预警",
        NIGHT,
        "教学楼昨夜用电52度，是基准18度的2.9倍，请检查是否有灯、空调未关。",
    ]
    leak = meter({"kind": "水"}, {1: on_alert(rate="0.62", baseline="0.06")})
    words = "教学楼夜间持续用水0.62吨/小时，基准0.06，疑似漏水或水龙头未关，按此每月约浪费403吨。"
    assert cell(leak, "alert_text") == words
    for calm in ("关注", "正常", None):
        quiet = meter(readings={1: on_alert(alert=calm)})
        assert [cell(quiet, n) for n in ("night_alert", "alert_since", "alert_text")] == [calm, None, None]
    assert cell(meter(readings={1: on_alert(1)}), "night_alert") is None, "not of last night"


def test_since_when():
    run = {n: on_alert(n) for n in range(3)}
    assert cell(meter(readings={**run, 3: on_alert(3, alert="关注"), 4: on_alert(4)}), "alert_since") == NIGHT - 2 * DAY
    assert cell(meter(readings={**run, 4: on_alert(4)}), "alert_since") == NIGHT - 4 * DAY, "one night nobody read"
    assert cell(meter(readings={0: on_alert(), 4: on_alert(4)}), "alert_since") == NIGHT
    for_ever = {n: on_alert(n) for n in range(70)}
    assert cell(meter(readings=for_ever), "alert_since") == NIGHT - 60 * DAY


def test_the_ordinary_night():
    assert (cell(meter(readings={1: on_alert()}), "night_baseline"), cell(meter(), "min_flow")) == (18, None)
    water = meter({"kind": "水"}, {1: on_alert(baseline="0.06")})
    assert (cell(water, "night_baseline"), cell(water, "min_flow")) == (None, Decimal("0.06"))
    gap = {1: on_alert(0, baseline=None), 2: on_alert(4, baseline=17), 3: on_alert(5)}
    assert cell(meter(readings=gap), "night_baseline") == 17
    assert cell(meter(readings={1: on_alert(6)}), "night_baseline") == 18
    assert cell(meter(readings={1: on_alert(7)}), "night_baseline") is None


# --- EN-06 ------------------------------------------------------------------------------------------------------------


def unread(today: date, cells: Mapping[str, Any] | None = None, *ends: date) -> list[str]:
    return said(meter(cells, {n: month_end(day, 5) for n, day in enumerate(ends)}, today), "EN-06")


def test_a_month_end_nobody_read():
    words = ["教学楼电表8月月末未抄表。"]
    assert unread(date(2026, 9, 1)) == words, "the first working day of September"
    assert unread(date(2026, 9, 1), {}, JULY) == words
    assert unread(date(2026, 9, 1), {}, AUGUST) == unread(date(2026, 9, 1), {}, date(2026, 9, 3)) == []
    assert unread(date(2026, 9, 30)) == words, "as long as the month lasts"
    assert unread(date(2026, 9, 1), {"active": False}) == []
    [finding] = [f for f in examine(meter(today=date(2026, 9, 1))) if f.rule == "EN-06"]
    assert finding.severity == "提示"


def test_not_on_days_off():
    assert unread(date(2026, 10, 7), {}, AUGUST) == [], "the first working day of October is the 8th"
    assert unread(date(2026, 10, 8), {}, AUGUST) == ["教学楼电表9月月末未抄表。"]
    assert unread(date(2026, 1, 3)) == [] and unread(date(2026, 1, 4)) == ["教学楼电表12月月末未抄表。"]


def test_a_meter_that_was_not_there_yet():
    assert unread(date(2026, 9, 1), {"created_at": at(date(2026, 9, 1), "00:10")}) == []
    assert unread(date(2026, 9, 1), {"created_at": at(AUGUST, "23:50")}) != []


def test_the_latest_month_end():
    assert cell(meter(readings={1: month_end(AUGUST, 5), 2: month_end(JULY, 4)}), "month_end") == "2026-08"
    assert cell(meter(readings={2: month_end(JULY, 4)}), "month_end") == "2026-07"
    assert cell(meter(readings={2: month_end(date(2026, 6, 30), 4)}), "month_end") is None
    assert cell(meter(), "month_end") is None


# --- EN-04 ------------------------------------------------------------------------------------------------------------

BEGAN = {1: month_end(AUGUST, 1000)}


def quota(used: float | str, **cells: Any) -> Any:
    now = evening(NIGHT, 1000 + Decimal(str(used)))
    return meter({"quota_month": 500, **cells}, {**BEGAN, 2: now})


def test_the_months_quota():
    near = ["教学楼电表9月已用455kWh，达到月定额500kWh的91%。"]
    over = ["教学楼电表9月已用510.5kWh，超过月定额500kWh（102.1%），请责任部门说明原因。"]
    assert said(quota(450), "EN-04") == [], "90 % exactly"
    assert said(quota(455), "EN-04") == near
    assert said(quota(500), "EN-04") == ["教学楼电表9月已用500kWh，达到月定额500kWh的100%。"]
    assert said(quota("510.5"), "EN-04") == over
    [finding] = [f for f in examine(quota("510.5")) if f.rule == "EN-04"]
    assert (finding.severity, finding.gravity, finding.stage) == ("提示", "一般", "2026-09")
    [finding] = [f for f in examine(quota(455)) if f.rule == "EN-04"]
    assert (finding.severity, finding.gravity) == ("提示", None)
    assert said(quota(600, quota_month=None), "EN-04") == said(quota(600, quota_month=0), "EN-04") == []


def test_the_month_so_far():
    assert (cell(quota(455), "month_used"), cell(quota(455), "month_of")) == (455, "2026-09")
    assert (cell(quota(455, multiplier=Decimal(2)), "month_used")) == 910
    without = meter({}, {**BEGAN, 2: evening(NIGHT, 1455)})
    assert (cell(without, "month_used"), cell(without, "month_of")) == (None, None)
    unknown = meter({"quota_month": 500}, {2: evening(NIGHT, 1455)})
    assert (cell(unknown, "month_used"), said(unknown, "EN-04")) == (None, []), "nobody read the end of August"
    assert cell(meter({"quota_month": 500}), "month_used") is None


def test_a_month_ends_with_its_reading():
    """What was read on 30 September stands until October has a reading of its own."""
    ended = {**BEGAN, 2: month_end(date(2026, 9, 30), 1510)}
    holiday = meter({"quota_month": 500}, ended, date(2026, 10, 8))
    assert (cell(holiday, "month_used"), cell(holiday, "month_of")) == (510, "2026-09")
    october = meter({"quota_month": 500}, {**ended, 3: daily(date(2026, 10, 8), 1530)}, date(2026, 10, 8))
    assert (cell(october, "month_used"), cell(october, "month_of")) == (20, "2026-10")
    late = {**BEGAN, 2: month_end(date(2026, 10, 2), 1510), 3: daily(date(2026, 10, 1), 1505)}
    assert cell(meter({"quota_month": 500}, late, date(2026, 10, 8)), "month_of") == "2026-09"


def test_readings_of_others_are_not_counted():
    found = meter({"quota_month": 500}, {**BEGAN, 2: evening(NIGHT, 1600, meter=OTHER)})
    assert cell(found, "month_used") is None or cell(found, "month_used") == 0


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_what_must_be_filled():
    blank = {name: None for name in METERS[METER]}
    assert said(meter(blank), "必填") == ["请填写：“表具名称”、“能源种类”、“安装位置”、“倍率”、“承担单位”。"]
    assert said(meter(), "必填") == []
    assert [f.severity for f in examine(meter(blank)) if f.rule == "必填"] == ["提示"]
    assert "规则出错" not in [f.stage for f in examine(meter(blank))]


def test_calibration():
    words = ["教学楼电表检定已于2026-09-08到期，请送检或更换，并更新“检定到期”。"]
    assert said(meter({"calibration_due": NIGHT}), "检定到期") == words
    assert said(meter({"calibration_due": TODAY}), "检定到期") == [], "its last day is today"
    assert said(meter({"calibration_due": NIGHT, "active": False}), "检定到期") == []
    assert said(meter(), "检定到期") == []
