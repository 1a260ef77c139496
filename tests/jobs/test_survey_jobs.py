"""满意度: asked on the last day, chased before it closes, low figures become issues, records are told (N15, SV-02)."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.jobs.survey_issues import survey_issues
from tests.jobs.class_jobs import OWNER, TEACHER, at, run, told
from tests.jobs.class_jobs import text as read
from tests.rules.class_world import course, day

CLASS: dict[str, Any] = {
    "name": "示例研讨班",
    "status": "待结班",
    "ends_on": date(2026, 9, 17),
    "head_teacher": TEACHER,
    "logistics_owner": OWNER,
    "actual_n": Decimal(45),
    "survey_n": Decimal(26),
    "sat_lodging": Decimal("96.5"),
    "sat_catering": Decimal("91.0"),
}
"""Ends on Thursday 9/17; Sunday 9/20 is worked, so its survey closes on Monday 9/21."""


def open_on(on: int, **cells: Any) -> list[Any]:
    return run("survey_open", at(9, on), training_classes={1: {**CLASS, **cells}})


def test_the_class_is_asked_from_its_last_day_until_the_survey_closes():
    assert open_on(16) == open_on(22) == []
    [notice] = open_on(17)
    assert told([notice]) == [("open", [TEACHER])] and notice.key == open_on(21)[0].key
    assert read(notice) == (
        "【满意度问卷】“示例研讨班”已到结班日，请组织学员扫码填写满意度问卷，9月21日截止。每人一码，请勿转发。"
    )
    assert open_on(17, status="进行中") != []
    assert open_on(17, status="取消") == open_on(17, status="筹备") == open_on(17, ends_on=None) == []
    assert open_on(17, class_type="会议") == []


def few_on(on: int, **cells: Any) -> list[Any]:
    return run("survey_return", at(9, on), training_classes={1: {**CLASS, **cells}})


def test_few_answers_are_told_the_working_day_before_it_closes():
    """26 of 45 are less than 60 %; 27 are enough."""
    assert few_on(18) == few_on(22) == []
    [notice] = few_on(20)
    assert told([notice]) == [("few", ["education", TEACHER])] and few_on(21)[0].key == notice.key
    assert read(notice) == ("【满意度问卷】“示例研讨班”45人，只收到有效问卷26份，9月21日截止，请督促学员填写。")
    assert few_on(20, survey_n=Decimal(27)) == few_on(20, ends_on=None) == []
    assert few_on(20, class_type="会议") == []
    assert few_on(20, survey_n=None) != [] and few_on(20, survey_n=Decimal(19), actual_n=Decimal(19)) != []


# --- issues -----------------------------------------------------------------------------------------------------------


def answers(happy: int, unhappy: int) -> dict[int, Any]:
    grades = ["满意"] * happy + ["一般"] * unhappy
    return {i: {"training_class": 1, "valid": True, "catering": g, "lodging": g} for i, g in enumerate(grades, 1)}


def issues(happy: int, unhappy: int, on: int = 22) -> list[Any]:
    """Of a class of 25 that ended on 9/17."""
    tables = {"survey_responses": answers(happy, unhappy)}
    return list(survey_issues(course("", tables, now=day(9, on), status="待结班", actual_n=Decimal(25))))


def test_each_low_item_becomes_an_issue():
    lodging, catering = issues(21, 4)
    assert (lodging.key, catering.key, catering.table) == ("lodging", "catering", "issues")
    assert catering.cells == {
        "kind": "投诉",
        "source": "满意度",
        "training_class": 1,
        "category": "餐饮",
        "description": "示例研讨班餐饮满意率84%，低于基准91%（2014年）。请查明原因并整改。",
        "severity": "一般",
        "duty_dept": 2,
        "handler": 3,
        "origin": "BC-2026-0001",
        "status": "新建",
    }
    assert lodging.cells["category"] == "服务态度" and "住宿满意率84%，低于基准96%" in lodging.cells["description"]


def test_only_what_is_low_once_the_survey_closed():
    assert [row.key for row in issues(23, 2)] == ["lodging"]  # 92 %
    assert issues(25, 0) == issues(21, 4, on=21) == issues(10, 4) == []


# --- records ----------------------------------------------------------------------------------------------------------

BEFORE: dict[str, Any] = {
    **CLASS,
    "name": "春季班",
    "status": "已归档",
    "ends_on": date(2026, 3, 20),
    "survey_n": Decimal(40),
    "sat_lodging": Decimal("97.5"),
    "sat_catering": Decimal("90.0"),
}


def records(on: int = 22, before: dict[str, Any] | None = None, **cells: Any) -> list[str]:
    classes = {1: {**CLASS, "survey_n": Decimal(40), **cells}, 2: {**BEFORE, **(before or {})}}
    return [read(notice) for notice in run("survey_record", at(9, on), training_classes=classes)]


def test_better_than_every_class_before():
    assert records(sat_lodging=Decimal("98.0")) == [
        "【新纪录】“示例研讨班”住宿满意率98%，超过历史最好97.5%（春季班，2026-03-20）。"
    ]
    assert records(sat_lodging=Decimal("97.5")) == []


def test_better_than_2014_where_no_class_was():
    assert records(sat_catering=Decimal("91.1")) == [
        "【新纪录】“示例研讨班”餐饮满意率91.1%，超过历史最好91%（全校问卷，2014年）。"
    ]
    assert records(sat_catering=Decimal("91.0")) == records(sat_catering=None) == []


def test_a_record_is_news_for_five_working_days():
    better = {"sat_catering": Decimal("95.0")}
    assert records(21, **better) == records(30, **better) == []
    assert records(22, **better) == records(29, **better) != []


def test_a_few_sheets_make_no_record_and_break_none():
    assert records(sat_catering=Decimal(95), survey_n=Decimal(26)) == []
    broken = {"survey_n": Decimal(10), "sat_catering": Decimal(100)}
    assert records(sat_catering=Decimal(95), before=broken) != []
    later = {"ends_on": date(2026, 9, 18), "sat_catering": Decimal(100)}
    assert records(sat_catering=Decimal(95), before=later)[0].startswith("【新纪录】“示例研讨班”")


def test_everybody_who_had_a_hand_in_it_is_told():
    classes = {1: {**CLASS, "survey_n": Decimal(40), "sat_catering": Decimal(95)}}
    notices = run("survey_record", at(9, 22), training_classes=classes)
    assert told(notices) == [
        ("lodging", [TEACHER, OWNER, "logistics", "分管领导", "主要领导"]),
        ("catering", [TEACHER, OWNER, "logistics", "分管领导", "主要领导"]),
    ]
