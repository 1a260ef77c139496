"""What must be looked after has a check planned (domain.md A11, A17)."""

from datetime import date
from typing import Any

import pytest

from automations.rules import examine
from tests.rules.test_assets import BOTTLE, CARD, LIFT
from tests.rules.world import facts, said

PLAQUE: dict[str, Any] = {**CARD, "name": "文化石", "category": "文化设施"}
PLACES: dict[int, dict[str, Any]] = {
    4: {"name": "301房", "parent": 5},
    5: {"name": "公寓3楼", "parent": 6},
    6: {"name": "学员公寓"},
    7: {"name": "教学楼"},
}
RULE = "检查安排"


def told(card: dict[str, Any], *checks: dict[str, Any], **norms: str) -> list[str]:
    tables = {"equipment_checks": dict(enumerate(checks, 1)), "locations": PLACES}
    return said(facts("assets", card, tables, moment="随时", norms=norms), RULE)


def words(name: str) -> list[str]:
    return [f"“{name}”（GZ00001）没有安排检查，请在“设施检查”中登记首次检查，以后由系统按周期安排。"]


@pytest.mark.parametrize("card", [LIFT, BOTTLE, PLAQUE])
def test_a_check_is_planned(card: dict[str, Any]) -> None:
    done = {"asset": 1, "check_kind": "日常巡检", "cycle": "一次性", "done_on": date(2026, 8, 1)}
    assert told(card) == told(card, done) == told(card, {**done, "done_on": None, "asset": 2}) == words(card["name"])
    assert told(card, done, {**done, "done_on": None}) == []
    [hint] = [f for f in examine(facts("assets", card, moment="随时")) if f.rule == RULE]
    assert (hint.severity, hint.gravity) == ("提示", None)


def test_nothing_is_said_while_the_next_one_is_being_added() -> None:
    """Done today, a month later again: its row stands in the table a moment later."""
    done = {"asset": 1, "check_kind": "维护保养", "cycle": "每月", "done_on": date(2026, 9, 1)}
    assert told(LIFT, {**done, "next_due": date(2026, 10, 1)}) == []
    assert told(LIFT, {**done, "next_due": date(2026, 8, 31)}) == words("电梯一")
    month = {"location": 4, "check_kind": "灭火器月查", "cycle": "每月", "done_on": date(2026, 9, 1)}
    assert told(BOTTLE, {**month, "next_due": date(2026, 10, 1)}) == []


def test_which_things() -> None:
    assert told(CARD) == told({**CARD, "category": None}) == []
    for status in ("停用", "报废签批中", "待报废", "已处置"):
        assert told({**LIFT, "status": status}) == []
    for status in ("闲置", "维修"):
        assert told({**LIFT, "status": status}) == words("电梯一")
    assert told(LIFT, **{"check.needed": "消防器材"}) == []
    assert told(CARD, **{"check.needed": "通用设备"}) == words("投影机")


def test_extinguishers_are_looked_at_with_their_place() -> None:
    """By room, floor or building; who patrols there looks at other things, and a lift is no extinguisher."""
    for place in (4, 5, 6):
        assert told(BOTTLE, {"location": place, "check_kind": "灭火器月查", "cycle": "每月"}) == []
    assert told(BOTTLE, {"location": 7, "check_kind": "灭火器月查", "cycle": "每月"}) == words("灭火器001")
    patrol = {"location": 4, "check_kind": "日常巡检", "cycle": "每周"}
    assert told(BOTTLE, patrol) == words("灭火器001")
    assert told(BOTTLE, {**patrol, "check_kind": "消防检测", "done_on": date(2026, 8, 1)}) == words("灭火器001")
    assert told(LIFT, {"location": 4, "check_kind": "消防检测", "cycle": "每年"}) == words("电梯一")


def test_places_that_lie_in_each_other_come_to_an_end() -> None:
    round_about = {"locations": {4: {"name": "甲", "parent": 5}, 5: {"name": "乙", "parent": 4}}}
    assert said(facts("assets", BOTTLE, round_about, moment="随时"), RULE) == words("灭火器001")
