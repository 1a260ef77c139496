"""What an inspection found becomes issues, one a line, for whoever must put it right (domain.md A16)."""

from typing import Any

import pytest

from automations import NewRow
from automations.jobs.inspection_findings import category_of, findings_become_issues
from tests.rules.test_inspections import (
    CLERK,
    COMPANIES,
    LOGISTICS,
    ONE,
    ROOM,
    SENT,
    TEACHER,
    TEACHING,
    TWO,
    inspection,
)


def made(cells: dict[str, Any], **more: Any) -> list[NewRow]:
    return list(findings_become_issues(inspection("", {**SENT, **cells}, **more)))


def test_a_line_is_an_issue():
    [issue] = made({"problems": "1、201教室门锁坏", "location": (7,), "training_class": 3})
    assert (issue.table, issue.key) == ("issues", "201教室门锁坏")
    assert issue.cells == {
        "kind": "整改",
        "source": "督查",
        "origin": "DC-2026-0001",
        "category": "卫生",
        "description": "201教室门锁坏",
        "location": 7,
        "training_class": 3,
        "vendor": None,
        "severity": "一般",
        "duty_dept": TEACHING,
        "handler": TEACHER,
        "verify_by": ONE,
        "status": "已派单",
    }


@pytest.mark.parametrize("status", ["草稿", "已归档"])
def test_nothing_follows_from_a_draft_or_a_filed_one(status):
    assert made({"status": status, "problems": "门锁坏"}) == []
    assert made({"status": "有异议", "problems": "门锁坏"}) != []
    assert made({"problems": "无"}) == []


def test_who_puts_it_right():
    def handler(**cells: Any) -> Any:
        rooms = {"locations": {7: ROOM, 8: {**ROOM, "duty_person": TWO}, 9: {**ROOM, "duty_person": None}}}
        [issue] = made({"problems": "门锁坏", **cells}, tables={**rooms, **COMPANIES})
        return issue.cells["duty_dept"], issue.cells["handler"], issue.cells["status"]

    assert handler() == (TEACHING, TEACHER, "已派单"), "the head of the department"
    assert handler(location=(8,)) == (TEACHING, TWO, "已派单"), "whoever answers for the room"
    assert handler(location=(7, 8)) == handler(location=(9,)) == (TEACHING, TEACHER, "已派单")
    assert handler(location=(8,), target_dept=LOGISTICS) == (LOGISTICS, CLERK, "已派单"), "a room of others"
    assert handler(location=(8,), target_dept=None) == (TEACHING, TWO, "已派单")
    assert handler(target_dept=None, contract=5) == (LOGISTICS, CLERK, "已派单"), "监管人 of the contract"
    assert handler(target_dept=None) == (None, None, "新建")
    assert handler(target_dept=20) == (20, None, "新建"), "a department without a head"


def test_who_checks_is_another():
    [issue] = made({"problems": "门锁坏", "inspectors": (TEACHER, TWO)})
    assert (issue.cells["handler"], issue.cells["verify_by"]) == (TEACHER, TWO)
    [issue] = made({"problems": "门锁坏", "inspectors": (TEACHER,)})
    assert issue.cells["verify_by"] is None


@pytest.mark.parametrize(("team", "severity"), [("安全", "较急"), ("餐饮", "较急"), ("住宿", "一般")])
def test_safety_and_food_within_a_day(team, severity):
    [issue] = made({"team": team, "problems": "门锁坏"})
    assert issue.cells["severity"] == severity


@pytest.mark.parametrize(
    ("problem", "category"),
    [
        ("201空调开着，无人", "空调"),
        ("电梯内应急灯不亮", "电梯"),
        ("消火栓渗水", "消防"),
        ("燃气管道锈蚀", "气"),
        ("后厨排烟罩清洗", "餐饮"),
        ("走廊长明灯", "电"),
        ("水龙头长流水", "水"),
        ("门锁坏", "门窗家具"),
        ("无线信号差", "网络"),
        ("台账不全", "其他"),
    ],
)
def test_a_category_by_its_words(problem, category):
    assert category_of(problem) == category
    [issue] = made({"team": "安全", "problems": problem})
    assert issue.cells["category"] == category
