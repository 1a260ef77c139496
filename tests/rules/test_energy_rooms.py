"""EN-03: a room with a meter of its own uses power although nobody meets there (domain.md B4.18)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.jobs import discover
from automations.jobs.energy_issues import energy_issue
from automations.rules import examine
from tests.rules.energy_world import (
    DEPARTMENT,
    KEEPER,
    METERS,
    NIGHT,
    at,
    daily,
    evening,
    month_end,
    morning,
    ordinary,
    reading,
)
from tests.rules.world import said

discover()
DAY = timedelta(days=1)
ROOM = 41
PLACES = {ROOM: {"name": "201教室", "kind": "教室", "department": DEPARTMENT, "duty_person": KEEPER}}
YESTERDAY = daily(NIGHT - DAY, 100)
WORDS = (
    "201教室在9月7日至9月8日没有班次和会议，分表用电13度，疑似空调空转，请检查空调、灯和设备是否关闭"
    "（夏季空调不低于26℃，冬季不高于20℃）。"
)


def room(
    used: float | str = 13,
    before: dict[str, Any] | None = YESTERDAY,
    classes: dict[int, Any] | None = None,
    requests: dict[int, Any] | None = None,
    place: dict[str, Any] | None = None,
    cells: dict[str, Any] | None = None,
    others: dict[int, Any] | None = None,
    **meter: Any,
) -> Any:
    """The reading of 18:00 of a room, twenty-four hours after the one before."""
    tables = {"locations": {ROOM: {**PLACES[ROOM], **(place or {})}}}
    tables |= {"training_classes": classes or {}, "requests": requests or {}}
    rows = {**({1: before} if before is not None else {}), **(others or {})}
    own = {**daily(NIGHT, 100 + Decimal(str(used))), **(cells or {})}
    return reading(own, rows, meter={"location": ROOM, **meter}, tables=tables)


def idle(found: Any) -> bool:
    return compute(found).cells["alert"] == "预警"


def test_an_empty_room_that_runs():
    told = [(f.severity, f.gravity, f.message) for f in examine(room()) if f.rule == "EN-03"]
    assert told == [("提示", None, WORDS), ("预警", "一般", WORDS)]
    assert idle(room())


def test_what_stands_by_is_nothing():
    assert said(room(12), "EN-03") == [] and not idle(room(12)), "0.5 kWh an hour exactly"
    assert idle(room("12.1"))
    assert not idle(room(0))


def test_a_whole_day_between_evenings():
    tonight, last = evening(NIGHT, 140), morning(NIGHT - DAY, 120)
    assert idle(room(cells=tonight, before=last)), "20 kWh since the morning"
    assert not idle(room(cells=morning(NIGHT, 140), before=evening(NIGHT, 120))), "nights are the business of EN-01"
    assert not idle(room(cells=month_end(NIGHT, 140), before=month_end(NIGHT - 30 * DAY, 120)))


def test_only_rooms_in_which_people_meet():
    assert idle(room(place={"kind": "会议室"}))
    assert not idle(room(place={"kind": "机房"})) and not idle(room(place={"kind": None}))
    assert not idle(room(kind="水")) and not idle(room(active=False)) and not idle(room(location=None))


def test_several_days_say_nothing_about_one():
    assert not idle(room(50, before=daily(NIGHT - 2 * DAY, 100)))
    assert idle(room(50, before=daily(NIGHT - DAY, 100, "07:00"))), "35 hours"
    assert not idle(room(before=None))


def course(start: tuple[int, int] | None, end: tuple[int, int] | None, **more: Any) -> dict[int, Any]:
    days = {"starts_on": start and date(2026, *start), "ends_on": end and date(2026, *end)}
    return {7: {"classroom": ROOM, "status": "进行中", **days, **more}}


@pytest.mark.parametrize(
    ("classes", "empty"),
    [
        (course((9, 8), (9, 10)), False),
        (course((9, 4), (9, 7)), False),
        (course((9, 9), (9, 10)), True),
        (course((9, 4), (9, 6)), True),
        (course((9, 1), (9, 30), status="取消"), True),
        (course((9, 1), (9, 30), classroom=99), True),
        (course(None, (9, 30)), True),
        (course((9, 1), None), True),
    ],
)
def test_a_class_in_the_room(classes, empty):
    assert idle(room(classes=classes)) is empty


def meeting(start: str, end: str | None, **more: Any) -> dict[int, Any]:
    cells = {"kind": "会议", "status": "已批准", "place": "教学楼201教室", "starts_at": at(NIGHT, start)}
    return {8: {**cells, "ends_at": at(NIGHT, end) if end else None, **more}}


@pytest.mark.parametrize(
    ("requests", "empty"),
    [
        (meeting("14:00", "17:00"), False),
        (meeting("18:00", "19:00"), True),
        (meeting("14:00", None), False),
        (meeting("14:00", "17:00", starts_at=at(NIGHT - DAY, "09:00"), ends_at=at(NIGHT - DAY, "18:00")), True),
        (meeting("14:00", "17:00", starts_at=None), True),
        (meeting("14:00", "17:00", place="202教室"), True),
        (meeting("14:00", "17:00", place=None), True),
        (meeting("14:00", "17:00", status="草稿"), True),
        (meeting("14:00", "17:00", kind="公务接待"), True),
    ],
)
def test_a_meeting_in_the_room(requests, empty):
    assert idle(room(requests=requests)) is empty


def test_a_run_of_days_is_one_issue():
    first = room()
    [row] = energy_issue(first)
    assert (row.table, row.cells) == (
        "issues",
        {
            "kind": "整改",
            "source": "能耗预警",
            "origin": "CB-2026-2000",
            "location": ROOM,
            "category": "空调",
            "description": WORDS,
            "severity": "一般",
            "duty_dept": DEPARTMENT,
            "handler": KEEPER,
            "status": "已派单",
        },
    )
    second = room(before={**YESTERDAY, "alert": "预警", "issue": 300})
    assert list(energy_issue(second)) == [] and compute(second).cells["issue"] == 300
    assert [f.severity for f in examine(second) if f.rule == "EN-03"] == ["提示"]
    after_a_calm_day = room(others={2: daily(NIGHT - 2 * DAY, 90, alert="预警", issue=300)})
    assert len(list(energy_issue(after_a_calm_day))) == 1
    assert list(energy_issue(room(1))) == [] and compute(room(1)).cells["issue"] is None
    nobodys = room(place={"department": None})
    [row] = energy_issue(nobodys)
    assert (row.cells["duty_dept"], row.cells["status"]) == (None, "新建")


def test_a_night_of_the_same_room_is_judged_as_a_night():
    found = reading(
        morning(NIGHT, 152),
        {**ordinary([18] * 30), 1: evening(NIGHT, 100)},
        meter={"location": ROOM},
        tables={
            "locations": PLACES,
            "meters": {5: {**METERS[5], "location": ROOM}},
        },
    )
    assert idle(found) and said(found, "EN-03") == [] and len(said(found, "EN-01")) == 2
