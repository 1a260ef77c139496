"""开班准备: the checklist five working days before, and who hears what is open (N14)."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations import NewRow
from automations.jobs.class_checklist import class_checklist
from tests.jobs.class_jobs import HEAD, LEADER, OWNER, at, run, told
from tests.jobs.class_jobs import text as read
from tests.rules.class_world import PLACES, course, day

# --- the checklist ----------------------------------------------------------------------------------------------------


def checklist(**more: Any) -> list[NewRow]:
    now = more.pop("now", day(9, 7))
    return list(class_checklist(course("", now=now, **more)))


def test_a_line_for_each_thing_to_look_at():
    places = {"locations": {**PLACES, 400: {"name": "学员餐厅", "kind": "餐厅"}}}
    found = checklist(tables=places, modes=("讲授", "研讨", "现场"), special_needs="清真2人，轮椅1人")
    assert [(row.key, row.cells["location"], row.cells["items"]) for row in found] == [
        ("教室", 101, "教室101：45人桌椅、投影、音响、空调、照明、饮水"),
        ("客房", 301, "客房（301、302）：3人床品、热水、空调、门锁、卫生"),
        ("餐饮", 400, "餐饮（45人）：食材、餐具、留样冰箱、健康证"),
        ("研讨", 101, "研讨教学：研讨室、白板、分组座签"),
        ("现场", 101, "现场教学：派车审批、教学点联系、随队医药"),
        ("特殊需求", 101, "特殊需求（清真2人，轮椅1人）：逐项落实"),
    ]


def test_what_each_line_says_besides():
    """The class begins on Monday 9/14; all must be closed on Friday 9/11, so each is due on Thursday."""
    [row, *_] = checklist()
    assert row.table == "equipment_checks"
    rest = {name: row.cells[name] for name in ("training_class", "check_kind", "cycle", "due_on", "done_by")}
    assert rest == {
        "training_class": 1,
        "check_kind": "开班前检查",
        "cycle": "一次性",
        "due_on": date(2026, 9, 10),
        "done_by": 3,
    }


def test_five_working_days_before():
    assert checklist(now=day(9, 6)) == []
    assert checklist(now=day(9, 7)) != [] and checklist(now=day(9, 14)) != []
    assert checklist(now=day(9, 15)) == []
    assert checklist(status="计划") != []
    assert checklist(status="进行中") == checklist(status="取消") == checklist(starts_on=None) == []


def test_over_the_national_holiday():
    """A class that begins on Thursday 10/8: five working days before is Wednesday 9/23."""
    dates = {"starts_on": date(2026, 10, 8), "ends_on": date(2026, 10, 9)}
    assert checklist(now=day(9, 22), **dates) == []
    [row, *_] = checklist(now=day(9, 23), **dates)
    assert row.cells["due_on"] == date(2026, 9, 29)


def test_a_class_entered_late_or_without_rooms():
    late = checklist(now=day(9, 13), rooms=(), classroom=None, planned_n=Decimal(20))
    assert [(row.key, row.cells["due_on"]) for row in late] == [
        ("教室", date(2026, 9, 13)),
        ("餐饮", date(2026, 9, 13)),
    ]
    assert late[0].cells["items"].startswith("教室（未定）：20人桌椅")


# --- who hears of it --------------------------------------------------------------------------------------------------

CLASS = {
    "name": "示例研讨班",
    "status": "筹备",
    "starts_on": date(2026, 9, 14),
    "logistics_owner": OWNER,
    "readiness": "进行中",
}
LINE = {"training_class": 1, "check_kind": "开班前检查", "items": "教室101：桌椅、投影"}
LINES = {1: LINE, 2: {**LINE, "items": "餐饮（45人）：食材"}, 3: {**LINE, "items": "客房：床品", "result": "正常"}}


def notices(on: int, lines: Any = LINES, **cells: Any) -> list[Any]:
    return run("class_readiness", at(9, on), training_classes={1: {**CLASS, **cells}}, equipment_checks=lines)


def test_the_owner_then_the_head_then_the_leader():
    """Five, two and one working days before Monday 9/14."""
    owner, head, leader = ("owner", [OWNER]), ("head", [HEAD]), ("leader", [LEADER])
    assert told(notices(4)) == []
    assert told(notices(7)) == told(notices(9)) == [owner]
    assert told(notices(10)) == [owner, head]
    assert told(notices(11)) == told(notices(14)) == [owner, head, leader]
    assert told(notices(15)) == []


def test_what_they_read():
    [notice] = notices(7)
    assert read(notice) == (
        "【开班准备】“示例研讨班”9月14日开班（还有5个工作日），仍有2项未完成：教室101、餐饮（45人）。"
        "请检查后在“设施检查”登记结果。"
    )
    assert notice.deadline == date(2026, 9, 14)


def test_nobody_hears_of_a_class_that_is_ready_or_has_no_list():
    assert notices(11, readiness="合格") == notices(11, lines={}) == notices(11, status="进行中") == []
    others = {1: {**LINE, "training_class": 2}, 2: {**LINE, "check_kind": "日常巡检"}}
    assert notices(11, lines=others) == notices(11, starts_on=None) == []


def test_a_class_that_nobody_looks_after():
    roles = [to for _, to in told(notices(11, logistics_owner=None))]
    assert roles == [[None], ["logistics"], ["分管领导"]]
