"""EN-01 and EN-02: what a night says of lights and water, and what it does not say (domain.md B4.18; V24, V25)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.jobs import discover
from automations.jobs.energy_issues import energy_issue
from automations.rules import examine
from automations.rules.energy_nights import begins
from automations.workdays import Calendar
from tests.rules.energy_world import (
    BUILDING,
    DEPARTMENT,
    KEEPER,
    METER,
    METERS,
    NIGHT,
    OTHER,
    PLACES,
    at,
    evening,
    morning,
    night,
    ordinary,
    reading,
)
from tests.rules.world import said

discover()
DAY = timedelta(days=1)
EIGHTEEN = [18, 17, 19, 18, 20, 16] * 5
WATER = {"kind": "水", "name": "公寓3楼公卫水表"}
DRY = [0.48] * 30
"""m³ a night: 0.06 an hour."""


def cells(found: Any, *names: str) -> list[Any]:
    computed = compute(found).cells
    return [computed[name] for name in names]


def state(found: Any) -> Any:
    return cells(found, "alert")[0]


def note(found: Any) -> str:
    return compute(found).note


# --- EN-01 ------------------------------------------------------------------------------------------------------------


def test_v24_the_first_night():
    found = night(52, ordinary(EIGHTEEN))
    assert cells(found, "usage", "baseline", "ratio", "alert") == [52, 18, Decimal("2.89"), "预警"]
    words = "教学楼昨夜用电52度，是基准18度的2.9倍，请检查是否有灯、空调未关。"
    told = [(f.severity, f.gravity, f.message) for f in examine(found) if f.rule == "EN-01"]
    assert told == [("提示", None, words), ("预警", "一般", words)]


def test_an_ordinary_night():
    found = night(20, ordinary(EIGHTEEN))
    assert cells(found, "baseline", "ratio", "alert", "issue") == [18, Decimal("1.11"), "正常", None]
    assert said(found) == [] and note(found) == ""


@pytest.mark.parametrize(
    ("used", "wanted"),
    [(26, "正常"), ("26.1", "关注"), ("32.4", "关注"), ("32.5", "预警")],
)
def test_limits_of_a_small_building(used, wanted):
    """Baseline 18: 8 kWh more than that comes before 1.3 times; above 1.8 times one night is enough."""
    assert state(night(Decimal(str(used)), ordinary(EIGHTEEN))) == wanted


@pytest.mark.parametrize(("used", "wanted"), [(65, "正常"), ("65.1", "关注"), (90, "关注"), ("90.1", "预警")])
def test_limits_of_a_large_one(used, wanted):
    assert state(night(Decimal(str(used)), ordinary([50] * 30))) == wanted


def test_twice_next_to_nothing_is_nothing():
    assert state(night(9, ordinary([2] * 30))) == "正常", "4.5 times, but no 8 kWh more"
    assert state(night("10.1", ordinary([2] * 30))) == "预警"
    found = night(9, ordinary([0] * 30))
    assert cells(found, "alert", "baseline", "ratio") == ["预警", 0, None]
    assert said(found, "EN-01")[0] == "教学楼昨夜用电9度，是基准0度的许多倍，请检查是否有灯、空调未关。"


def noted(back: int = 1, alert: str = "关注", **more: Any) -> dict[int, dict[str, Any]]:
    return {1500: morning(NIGHT - back * DAY, 0, usage=27, hours=8, alert=alert, **more)}


def test_two_nights_running():
    before = {n: r for n, r in ordinary(EIGHTEEN).items() if n != 999}
    assert state(night(27, before)) == "关注"
    for alert in ("关注", "预警"):
        assert state(night(27, {**before, **noted(alert=alert)})) == "预警"
    assert state(night(27, {**before, **noted(alert="正常")})) == "关注"
    assert said(night(27, before), "EN-01") == ["教学楼昨夜用电27度，是基准18度的1.5倍，请检查是否有灯、空调未关。"]
    assert len(said(night(27, {**before, **noted()}), "EN-01")) == 2, "in the row and in the ledger"


def test_a_night_nobody_read_does_not_end_a_run():
    before = {n: r for n, r in ordinary(EIGHTEEN).items() if n < 996}
    assert state(night(27, {**before, **noted(3)})) == "预警"
    assert state(night(27, {**before, **noted(4)})) == "关注"


def test_how_many_nights_the_school_wants():
    before = {n: r for n, r in ordinary(EIGHTEEN).items() if n < 998}
    two = {**noted(1), 1501: morning(NIGHT - 2 * DAY, 0, usage=27, hours=8, alert="关注")}
    three = {"energy.night.runs": "3"}
    assert state(night(27, {**before, **two}, norms=three)) == "预警"
    assert state(night(27, {**before, **noted(1)}, norms=three)) == "关注"
    assert state(night(27, before, norms={"energy.night.runs": "1"})) == "预警"


def test_a_run_is_one_issue_and_one_line():
    before = {n: r for n, r in ordinary(EIGHTEEN).items() if n != 999}
    first, second = night(52, before), night(55, {**before, **noted(alert="预警", issue=300)})
    assert begins(first) and not begins(second)
    assert [len(list(energy_issue(one))) for one in (first, second)] == [1, 0]
    assert [f.severity for f in examine(second) if f.rule == "EN-01"] == ["提示"]
    assert cells(second, "issue") == [300], "the issue of the first night"
    assert cells(first, "issue") == [None]
    made = {"issues": {300: {"origin": "CB-2026-2000"}}}
    assert cells(night(52, before, tables=made), "issue") == [300]
    other = {"issues": {300: {"origin": "CB-2026-1999"}}}
    assert cells(night(52, before, tables=other), "issue") == [None]
    calm = night(20, {**before, **noted(alert="预警", issue=300)})
    assert cells(calm, "alert", "issue") == ["正常", None]


def test_the_issue():
    [row] = energy_issue(night(52, ordinary(EIGHTEEN)))
    assert (row.table, row.cells) == (
        "issues",
        {
            "kind": "整改",
            "source": "能耗预警",
            "origin": "CB-2026-2000",
            "location": BUILDING,
            "category": "电",
            "description": "教学楼昨夜用电52度，是基准18度的2.9倍，请检查是否有灯、空调未关。",
            "severity": "一般",
            "duty_dept": DEPARTMENT,
            "handler": KEEPER,
            "status": "已派单",
        },
    )
    assert list(energy_issue(night(27, ordinary(EIGHTEEN)))) == [], "关注 is no issue"
    nobodys = {"locations": {BUILDING: {"name": "教学楼"}}}
    [row] = energy_issue(night(52, ordinary(EIGHTEEN), tables=nobodys))
    assert (row.cells["duty_dept"], row.cells["handler"], row.cells["status"]) == (None, None, "新建")
    floor = {41: {"name": "教学楼3楼", "parent": BUILDING}}
    found = night(52, ordinary(EIGHTEEN), meter={"location": 41}, tables={"locations": {**PLACES, **floor}})
    [row] = energy_issue(found)
    assert (row.cells["location"], row.cells["duty_dept"], row.cells["handler"]) == (41, DEPARTMENT, KEEPER)


# --- the baseline -----------------------------------------------------------------------------------------------------


def test_silent_until_twenty_nights_are_known():
    found = night(52, ordinary([18] * 19))
    assert cells(found, "alert", "baseline", "ratio") == [None, None, None]
    assert note(found) == "基准采集中（已有19晚，需20晚）。" and said(found) == []
    assert state(night(52, ordinary([18] * 20))) == "预警"


@pytest.mark.parametrize(
    "spoilt",
    [{"alert": "预警"}, {"alert": "关注"}, {"hours": 10}, {"hours": None}, {"usage": None}],
)
def test_nights_that_teach_nothing(spoilt):
    """Those on alert with the night before them, those read at another time, those without an evening."""
    rows = ordinary([18] * 20)
    rows[999] |= spoilt
    assert note(night(52, rows)) == "基准采集中（已有19晚，需20晚）。"


def test_a_night_without_an_answer_teaches():
    assert state(night(52, ordinary([18] * 20, alert=None))) == "预警", "its own baseline was still being gathered"


def test_sixty_days_and_not_one_more():
    """The oldest of twenty nights is the sixtieth before, in the week of the ninth Monday before."""
    recent = ordinary([18] * 19)
    for back, wanted in ((60, "预警"), (61, None)):
        old = morning(NIGHT - back * DAY, 0, usage=18, hours=8, alert="正常")
        assert state(night(52, {**recent, 1: old})) == wanted


def test_every_weekday_sees_the_same_nights():
    for offset in range(7):
        of = NIGHT + offset * DAY
        rows = ordinary([18] * 60, of)
        assert note(night(52, rows, of, norms={"energy.night.days_min": "61"})) == "基准采集中（已有60晚，需61晚）。"


def test_nights_of_another_meter_teach_nothing():
    assert note(night(52, ordinary([18] * 20, meter=OTHER))) == "基准采集中（已有0晚，需20晚）。"


def by_weekday(working: float, free: float, until: date = NIGHT, count: int = 60) -> list[float]:
    calendar = Calendar()
    return [working if calendar.is_workday(until - back * DAY) else free for back in range(1, count + 1)]


def test_nights_of_the_same_kind():
    rows = ordinary(by_weekday(40, 10))
    assert cells(night(41, rows), "baseline") == [40]
    sunday = date(2026, 9, 6)
    few = {"energy.night.days_min": "15"}
    assert cells(night(12, ordinary(by_weekday(40, 10, sunday), sunday), sunday, norms=few), "baseline") == [10]
    everything = night(12, ordinary(by_weekday(40, 10, sunday), sunday), sunday)
    assert cells(everything, "baseline") == [40], "fewer than twenty nights of its kind: all nights count"
    make_up = date(2026, 9, 20)
    assert cells(night(41, ordinary(by_weekday(40, 10, make_up), make_up), make_up), "baseline") == [40]


# --- lodgers ----------------------------------------------------------------------------------------------------------

LODGERS = [0, 20, 44, 58, 86, 120] * 5


def house(used: float, lodgers: int | None, seen: Sequence[int] = LODGERS) -> Any:
    usages = [60 + 1.1 * n for n in seen]
    return night(used, ordinary(usages, lodgers=seen), lodgers=lodgers, meter={"has_rooms": True})


def test_a_full_house_is_no_alert():
    """Negative control of domain.md E6: 154 kWh on a night with 86 lodgers."""
    found = house(154, 86)
    assert cells(found, "occupied_n", "baseline", "ratio", "alert") == [86, Decimal("154.6"), 1, "正常"]
    assert said(found) == []
    assert state(house(154, 0)) == "预警", "with nobody in it they are lights"


def test_what_was_never_seen_is_not_held_against_anybody():
    found = house(60 + 1.1 * 160, 160)
    assert (state(found), note(found)) == (None, "基准采集中（住校160人，此前各晚为0至120人）。")
    empty = house(154, 86, [0] * 30)
    assert (state(empty), note(empty)) == (None, "基准采集中（住校86人，此前各晚为0至0人）。")
    assert state(house(154, None)) == "预警", "a house without a word about lodgers has none"


def course(starts: tuple[int, int], ends: tuple[int, int], n: int | None, status: str = "进行中") -> dict[str, Any]:
    return {"starts_on": date(2026, *starts), "ends_on": date(2026, *ends), "lodging_n": n, "status": status}


def test_lodgers_come_from_the_classes_of_the_night():
    classes = {
        1: course((9, 7), (9, 10), 40),
        2: course((9, 8), (9, 9), 30),
        3: course((9, 1), (9, 8), 100),  # left in the afternoon
        4: course((9, 9), (9, 12), 100),  # not here yet
        5: course((9, 1), (9, 30), 100, "取消"),
        6: course((9, 1), (9, 30), None),
        7: {"starts_on": None, "ends_on": date(2026, 9, 30), "lodging_n": 9},
        8: {"starts_on": date(2026, 9, 1), "ends_on": None, "lodging_n": 9},
    }
    found = reading(evening(NIGHT, 5), meter={"has_rooms": True}, tables={"training_classes": classes})
    assert cells(found, "occupied_n") == [70]
    assert cells(reading(evening(NIGHT, 5), tables={"training_classes": classes}), "occupied_n") == [None]
    assert cells(house(60, 70), "occupied_n") == [70], "the morning has it from the evening"


# --- what is not compared ---------------------------------------------------------------------------------------------


def test_only_watched_meters_are_compared():
    for differs in ({"night_watch": False}, {"kind": "气"}, {"kind": "热"}, {"kind": None}):
        found = night(52, ordinary(EIGHTEEN), meter=differs)
        assert (state(found), said(found), note(found)) == (None, [], "")


def test_a_night_of_another_length_is_not_compared():
    late = reading(morning(NIGHT, 152), {**ordinary(EIGHTEEN), 1: evening(NIGHT, 100, read_at=None)})
    assert state(late) is None
    at_six = {**ordinary(EIGHTEEN), 1: {**evening(NIGHT, 100), "read_at": evening(NIGHT, 0)["read_at"] - DAY / 12}}
    found = reading(morning(NIGHT, 152), at_six)
    assert (state(found), note(found)) == (None, "与昨晚读数相隔10.00小时，本夜不作比较。")
    an_hour = {**ordinary(EIGHTEEN), 1: {**evening(NIGHT, 100), "read_at": evening(NIGHT, 0)["read_at"] - DAY / 24}}
    assert state(reading(morning(NIGHT, 152), an_hour)) == "预警"


def test_a_meter_changed_during_the_night_is_compared_as_one():
    new = {"meter": METER, "day": NIGHT + DAY, "slot": "换表后", "value": 0, "read_at": morning(NIGHT, 0)["read_at"]}
    new |= {"read_at": new["read_at"] - DAY / 6}
    old = {**new, "slot": "换表前", "value": 110}
    found = reading(morning(NIGHT, 9), {**ordinary(EIGHTEEN), 1: evening(NIGHT, 100), 2: old, 3: new})
    assert cells(found, "usage", "alert") == [19, "正常"]
    assert said(found, "EN-05") == []


# --- EN-02 ------------------------------------------------------------------------------------------------------------


def leak(flow: str, before: dict[int, dict[str, Any]] | None = None, base: float = 0.48, **more: Any) -> Any:
    rows = {n: r for n, r in ordinary([base] * 30).items() if n != 999 or not before}
    return night(Decimal(flow) * 8, {**rows, **(before or {})}, meter={**WATER, **more})


ONE_NIGHT = {1500: morning(NIGHT - DAY, 0, usage="4.96", hours=8, rate="0.62", alert="关注")}


def test_v25_the_second_night():
    first, second = leak("0.62"), leak("0.62", ONE_NIGHT)
    assert cells(first, "rate", "baseline", "alert") == [Decimal("0.62"), Decimal("0.06"), "关注"]
    assert cells(second, "alert", "ratio") == ["预警", Decimal("10.33")]
    words = "教学楼夜间持续用水0.62吨/小时，基准0.06，疑似漏水或水龙头未关，按此每月约浪费403吨。"
    assert [(f.severity, f.message) for f in examine(first) if f.rule == "EN-02"] == [("提示", words)]
    told = [(f.severity, f.gravity, f.message) for f in examine(second) if f.rule == "EN-02"]
    assert told == [("提示", None, words), ("预警", "一般", words)]
    assert list(energy_issue(first)) == []
    [row] = energy_issue(second)
    wanted = ("报修", "水", "较急", words)
    assert tuple(row.cells[n] for n in ("kind", "category", "severity", "description")) == wanted


@pytest.mark.parametrize(("flow", "base", "wanted"), [("0.2", 0.48, "正常"), ("0.201", 0.48, "关注")])
def test_a_little_water_runs_everywhere(flow, base, wanted):
    assert state(leak(flow, base=base)) == wanted


@pytest.mark.parametrize(("flow", "wanted"), [("0.3", "正常"), ("0.301", "关注")])
def test_three_times_the_ordinary_flow(flow, wanted):
    assert state(leak(flow, base=0.8)) == wanted


def test_much_water_in_one_night_is_no_alert_yet():
    assert state(leak("9")) == "关注"
    assert (
        state(leak("9", norms_of=None) if False else leak("9", {1500: {**ONE_NIGHT[1500], "alert": "正常"}})) == "关注"
    )


# --- sub-meters -------------------------------------------------------------------------------------------------------


def parent(flow: str, child: dict[str, Any] | None, **more: Any) -> Any:
    """A house whose water passes a meter of one toilet as well."""
    below = {**METERS[METER], **WATER, "parent": METER, "name": "公卫水表", **more}
    rows = {**ordinary([0.48] * 30), **({1700: morning(NIGHT, 0, meter=OTHER, **child)} if child is not None else {})}
    meters = {METER: {**METERS[METER], "kind": "水", "name": "公寓水表"}, OTHER: below}
    return night(Decimal(flow) * 8, rows, tables={"meters": meters, "locations": PLACES})


LEAKING = {"usage": "4.96", "rate": "0.62", "baseline": "0.06", "alert": "关注"}


def test_one_leak_is_one_alert():
    assert state(parent("0.64", LEAKING)) == "正常", "0.56 of it the toilet says itself"
    assert state(parent("0.64", {**LEAKING, "alert": "正常"})) == "关注"
    assert state(parent("0.9", LEAKING)) == "关注", "there is another one"
    for differs in ({"active": False}, {"night_watch": False}, {"kind": "电"}, {"parent": None}):
        assert state(parent("0.64", LEAKING, **differs)) == "关注"


def test_the_parent_waits_for_what_hangs_on_it():
    waits = parent("0.64", None)
    assert (state(waits), note(waits)) == (None, "等待分表“公卫水表”的同夜读数后再比较。")
    assert state(parent("0.64", {"usage": None})) is None
    late = {METER: {**METERS[METER], "kind": "水"}, OTHER: {**METERS[METER], **WATER, "parent": METER}}
    for clock, wanted in (("23:59", None), ("00:00", "关注")):
        day = NIGHT + (DAY if wanted is None else 2 * DAY)
        tables = {"meters": late, "locations": PLACES}
        found = night(Decimal("0.64") * 8, ordinary([0.48] * 30), tables=tables, now=at(day, clock))
        assert state(found) == wanted, "nobody waits longer than a day"
