"""抄表记录: what was used, whatever happened to the meter; what runs backwards; parts and whole (B4.17, B4.18)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.rules import examine
from automations.rules.readings_facts import month_before, month_end_of, week_of
from automations.tables.values import File
from tests.rules.energy_world import (
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
    night,
    reading,
)
from tests.rules.world import said

DAY = timedelta(days=1)


def cells(found: Any, *names: str) -> list[Any]:
    computed = compute(found).cells
    return [computed[name] for name in names]


# --- where a reading belongs ------------------------------------------------------------------------------------------


def test_weeks_and_months():
    assert (week_of(date(2026, 9, 8)), week_of(date(2027, 1, 3))) == ("2026-W37", "2026-W53")
    assert (month_before("2026-01"), month_before("2026-10")) == ("2025-12", "2026-09")
    assert [month_end_of(date(2026, m, d)) for m, d in ((9, 30), (10, 1), (10, 5), (10, 6), (1, 1))] == [
        *("2026-09", "2026-09", "2026-09", "2026-10", "2025-12"),
    ]


def test_a_night_belongs_to_its_evening():
    assert cells(night(18), "day", "period") == [NIGHT, "2026-W37"]
    assert cells(reading({**evening(NIGHT, 5), "day": None}), "day", "period") == [NIGHT, None]
    past_midnight = {**evening(NIGHT, 5), "read_at": at(NIGHT + DAY, "00:20")}
    assert cells(reading(past_midnight), "day") == [NIGHT]
    assert cells(reading(daily(NIGHT, 5)), "day", "period") == [NIGHT, None]
    assert cells(reading(month_end(date(2026, 10, 1), 5)), "day", "period") == [date(2026, 10, 1), "2026-09"]


# --- what was used ----------------------------------------------------------------------------------------------------


def test_a_night_is_counted_from_its_evening():
    assert cells(night(52), "usage", "hours", "rate") == [Decimal(52), Decimal(8), Decimal("6.5")]
    by_transformer = night(52, meter={"multiplier": Decimal(40)})
    assert cells(by_transformer, "usage", "rate") == [Decimal(2080), Decimal(260)]
    assert cells(night(52, meter={"multiplier": None}), "usage") == [Decimal(52)]


def test_an_evening_nobody_read_makes_no_night():
    alone = reading(morning(NIGHT, 152), {1: morning(NIGHT - DAY, 100)})
    assert cells(alone, "usage", "hours", "alert") == [None, None, None]
    assert compute(alone).note == "缺昨晚22:30的读数，本夜不作比较。"


def test_the_day_is_counted_from_the_morning():
    found = reading(evening(NIGHT, 400), {1: morning(NIGHT - DAY, 340), 2: evening(NIGHT - DAY, 330)})
    assert cells(found, "usage", "hours", "rate") == [Decimal(60), Decimal(16), Decimal("3.75")]
    gap = reading(evening(NIGHT, 400), {1: morning(NIGHT - 4 * DAY, 340)})
    assert cells(gap, "usage", "hours") == [Decimal(60), Decimal(88)]
    long_gap = reading(evening(NIGHT, 400), {1: morning(NIGHT - 9 * DAY, 340)})
    assert cells(long_gap, "usage", "hours", "rate") == [None, None, None]


def test_a_month_is_counted_from_the_last_months_end():
    others = {1: month_end(date(2026, 8, 31), 1000), 2: daily(date(2026, 9, 29), 1500)}
    assert cells(reading(month_end(date(2026, 9, 30), 1620), others), "usage", "hours") == [Decimal(620), Decimal(720)]
    late = {1: month_end(date(2026, 9, 2), 1000)}
    assert cells(reading(month_end(date(2026, 9, 30), 1620), late), "usage") == [Decimal(620)], "read two days late"
    assert cells(reading(month_end(date(2026, 9, 30), 1620), {2: others[2]}), "usage") == [None]


def changed(day: date, old: float | None, new: float) -> dict[int, dict[str, Any]]:
    """The meter was changed at noon of that day."""
    taken = {"meter": METER, "day": day, "reader": READER}
    found = {51: {**taken, "slot": "换表后", "read_at": at(day, "12:10"), "value": new}}
    if old is not None:
        found[50] = {**taken, "slot": "换表前", "read_at": at(day, "12:00"), "value": old}
    return found


def test_a_change_of_the_meter_loses_nothing():
    """Negative control: re-reading a meter after replacement is no alert."""
    day = date(2026, 9, 15)
    others = {1: month_end(date(2026, 8, 31), 9800), **changed(day, 9950, 3)}
    found = reading(month_end(date(2026, 9, 30), 203), others)
    assert cells(found, "usage") == [Decimal(350)], "150 of the old one, 200 of the new one"
    assert said(found, "EN-05") == []
    tonight = {1: morning(NIGHT - DAY, 9940), **changed(NIGHT, 9950, 3)}
    assert cells(reading(evening(NIGHT, 8), tonight), "usage") == [Decimal(15)]
    assert said(reading(evening(NIGHT, 8), tonight), "EN-05") == []
    assert cells(reading(changed(NIGHT, 9950, 3)[51], tonight), "usage", "hours") == [None, None]
    assert cells(reading(changed(NIGHT, 9950, 3)[50], {1: tonight[1]}), "usage") == [Decimal(10)]


def test_an_old_meter_nobody_read_leaves_the_month_open():
    others = {1: month_end(date(2026, 8, 31), 9800), **changed(date(2026, 9, 15), None, 3)}
    assert cells(reading(month_end(date(2026, 9, 30), 203), others), "usage") == [None]


# --- EN-05 ------------------------------------------------------------------------------------------------------------


def test_a_meter_never_runs_backwards():
    before = {1: morning(NIGHT - DAY, "340.5")}
    found = reading(evening(NIGHT, 340), before)
    assert said(found, "EN-05") == ["本次读数340小于上次340.50，请核对；如换表请选“换表”。"]
    [finding] = [f for f in examine(found) if f.rule == "EN-05"]
    assert (finding.severity, finding.gravity) == ("拦截", None)
    assert cells(found, "usage") == [None]
    assert said(reading(evening(NIGHT, "340.5"), before), "EN-05") == [], "standing still is no mistake"
    assert said(reading({**evening(NIGHT, 3), "slot": "换表后"}, before), "EN-05") == []


def test_the_reading_before_is_found_wherever_it_is():
    words = ["本次读数340小于上次500，请核对；如换表请选“换表”。"]
    tonight = evening(NIGHT, 340)
    assert said(reading(tonight, {1: morning(NIGHT - 8 * DAY, 500)}), "EN-05") == [], "too long ago for a nightly one"
    for before in (
        morning(NIGHT - 7 * DAY, 500),
        month_end(date(2026, 8, 31), 500),
        daily(NIGHT, 500),
        {**daily(date(2026, 3, 1), 500), "slot": "换表后"},
    ):
        assert said(reading(tonight, {1: before}), "EN-05") == words, before
        assert said(reading(tonight, {1: {**before, "meter": OTHER}}), "EN-05") == [], "of another meter"
        assert said(reading(tonight, {1: {**before, "value": None}}), "EN-05") == []
    assert said(reading(tonight, {1: daily(NIGHT, 500, "23:00")}), "EN-05") == [], "read later"
    twice = {1: daily(NIGHT, 500, "17:00"), 2: daily(NIGHT, 339, "17:05")}
    assert said(reading(tonight, twice), "EN-05") == [], "the last one counts"


# --- what must be filled ----------------------------------------------------------------------------------------------


def test_what_must_be_filled():
    empty = {"code": "CB-1", "read_at": None}
    assert said(reading(empty), "必填") == ["请填写：“表具”、“抄表时间”、“时段”、“读数”、“抄表人”。"]
    assert cells(reading(empty), "day", "period", "usage", "alert", "issue") == [None] * 5
    assert said(reading(month_end(date(2026, 9, 30), 5)), "必填") == ["请填写：“照片”。"]
    photo = (File("表.jpg", 10, "r"),)
    assert said(reading(month_end(date(2026, 9, 30), 5, photo=photo)), "必填") == []
    assert said(reading(daily(NIGHT, 5)), "必填") == []
    [finding] = [f for f in examine(reading(empty)) if f.rule == "必填"]
    assert finding.severity == "提示"


@pytest.mark.parametrize("name", ["meter", "read_at", "slot", "value", "reader"])
def test_no_empty_cell_trips_a_rule(name):
    for cell in (evening(NIGHT, 5), morning(NIGHT, 5), month_end(NIGHT, 5), daily(NIGHT, 5)):
        found = reading({**cell, name: None}, {1: evening(NIGHT, 1), 2: {**morning(NIGHT - DAY, 1), name: None}})
        assert "规则出错" not in [f.stage for f in examine(found)]
        compute(found)


# --- parts and the whole ----------------------------------------------------------------------------------------------

SEPTEMBER = date(2026, 9, 30)


def whole(used: float, *parts: float | None, **more: Any) -> Any:
    """The month's end of a meter with sub-meters; a part of None was not read."""
    meters = {METER: METERS[METER]} | {
        60 + n: {**METERS[METER], "name": f"{n}楼电表", "parent": METER, "night_watch": False, **more}
        for n, _ in enumerate(parts)
    }
    rows = {1: month_end(date(2026, 8, 31), 1000)} | {
        60 + n: month_end(SEPTEMBER, 0, meter=60 + n, usage=part) for n, part in enumerate(parts) if part is not None
    }
    return reading(month_end(SEPTEMBER, 1000 + used), rows, tables={"meters": meters, "locations": PLACES})


def test_parts_add_up_to_the_whole():
    words = ["教学楼电表分表合计912，总表1000，差8.8%，请检查漏抄、漏水或私接。"]
    assert said(whole(1000, 500, 412), "分表差异") == words
    assert said(whole(1000, 500, 420), "分表差异") == [], "exactly 8 %"
    assert said(whole(1000, 600, 481), "分表差异") == [
        "教学楼电表分表合计1081，总表1000，差8.1%，请检查漏抄、漏水或私接。"
    ]
    [finding] = [f for f in examine(whole(1000, 500, 412)) if f.rule == "分表差异"]
    assert (finding.severity, finding.gravity) == ("提示", None)


def test_parts_are_added_up_when_all_were_read():
    assert said(whole(1000, 500, None), "分表差异") == []
    assert said(whole(1000), "分表差异") == [], "no sub-meters"
    assert said(whole(0, 500, 412), "分表差异") == [], "the whole stood still: EN-06 or a broken meter, not this"
    assert said(whole(1000, 500, 412, kind="水"), "分表差异") == []
    assert said(whole(1000, 500, 412, active=False), "分表差异") == []


def test_a_single_part_is_not_the_whole():
    """A sub-meter of the cold store alone says nothing of the rest of the canteen."""
    assert said(whole(1000, 300), "分表差异") == []
    assert said(whole(1000, 1081), "分表差异") == ["教学楼电表分表合计1081，总表1000，差8.1%，请检查漏抄、漏水或私接。"]
