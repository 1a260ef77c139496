"""培训班次 before it begins: what is filled, rooms, people, the checklist (domain.md B2.8, CL-01 to CL-03, CL-05)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.rules import examine
from tests.rules.class_world import PLACES, course, day, lines
from tests.rules.world import facts, rules, said

READY = {"equipment_checks": lines("正常", "正常", "正常")}
STATES = ("筹备", "进行中", "待结班", "待验收", "已归档")


def test_an_ordinary_class_passes():
    assert rules(course("筹备", status="计划", lodging_n=None, rooms=())) == []
    assert rules(course("进行中", READY)) == []
    assert rules(course("随时", READY)) == []


# --- what must be filled ----------------------------------------------------------------------------------------------


def needed(moment: str, **cells: Any) -> list[str]:
    return said(course(moment, **cells), "必填")


@pytest.mark.parametrize("moment", STATES)
def test_what_every_class_needs(moment):
    blank = dict.fromkeys(("name", "starts_on", "planned_n", "classroom", "modes", "head_teacher", "budget_line"))
    assert needed(moment, **blank, actual_n=Decimal(40)) == [
        "请填写：“班次名称”、“开班日”、“计划人数”、“教室”、“教学方式”、“班主任”、“经费来源”。"
    ]
    assert needed(moment, actual_n=Decimal(40)) == []


def test_what_each_state_needs():
    empty = {"lodging_n": None, "actual_n": None}
    assert needed("筹备", **empty) == []
    assert needed("进行中", **empty) == ["请填写：“住校人数”。"]
    for moment in ("待结班", "待验收", "已归档"):
        assert needed(moment, **empty) == ["请填写：“住校人数”、“实到人数”。"]
    assert needed("进行中", lodging_n=Decimal(0)) == []


def test_what_entrusted_classes_and_projects_need():
    assert needed("筹备", is_entrusted=True) == ["请填写：“委托单位”、“收费标准”。"]
    assert needed("筹备", is_entrusted=True, entrusting_unit="示例局", fee_standard=Decimal(260)) == []
    assert needed("筹备", is_project=True) == ["请填写：“项目组”。"]
    accepted = {"is_project": True, "team": (2, 3), "actual_n": Decimal(40)}
    assert needed("已归档", **accepted) == ["请填写：“项目等次”、“奖惩意见”。"]
    assert needed("待验收", **accepted) == []
    assert needed("已归档", **accepted, project_grade="良好", reward_note="通报表扬") == []


@pytest.mark.parametrize("moment", ["筹备", "进行中"])
def test_entrusted_or_not(moment):
    def told(**cells: Any) -> list[str]:
        return said(course(moment, **cells), "委托班")

    words = "班次类型为“{}”，“是否委托班”却{}，两处不一致，请改正后再办理。"
    assert (
        told(class_type="委托班")
        == told(class_type="委托班", is_entrusted=None)
        == [words.format("委托班", "没有勾选")]
    )
    assert told(is_entrusted=True) == [words.format("专题研讨班", "已勾选")]
    assert told() == told(class_type="委托班", is_entrusted=True) == []
    assert told(class_type="会议") == told(class_type="会议", is_entrusted=True) == []  # others may order one
    assert told(class_type=None) == told(class_type=None, is_entrusted=True) == []
    assert said(course("随时", class_type="委托班"), "委托班") == []  # a plan may still change


@pytest.mark.parametrize("moment", ["随时", "筹备", "进行中"])
def test_the_days_are_in_order(moment):
    wrong = course(moment, READY, ends_on=date(2026, 9, 13))
    assert said(wrong, "日期") == ["结班日2026-09-13早于开班日2026-09-14，请核对。"]
    assert said(course(moment, READY, ends_on=date(2026, 9, 14)), "日期") == []
    assert said(course(moment, READY, ends_on=None), "日期") == []


def test_two_people_look_after_a_class():
    assert said(course(head_teacher=3), "分工") == ["班主任和后勤保障负责人不能都是周科长，请换一人。"]
    assert said(course(), "分工") == said(course(head_teacher=None, logistics_owner=None), "分工") == []


# --- rooms, CL-01 and CL-02 -------------------------------------------------------------------------------------------

OTHER: dict[str, Any] = {
    "name": "另一个班",
    "classroom": 101,
    "rooms": (302, 303),
    "starts_on": date(2026, 9, 9),
    "ends_on": date(2026, 9, 15),
    "status": "筹备",
    "is_entrusted": False,
}


def clashes(moment: str = "随时", *, own: dict[str, Any] | None = None, row_id: int = 1, **other: Any) -> list[str]:
    """What CL-01 says of the classroom of class 5, where another class stands before it (``row_id``) or behind."""
    mine = {**dict(course().row.__dict__), **(own or {})}
    found = facts(
        "training_classes",
        {name: value for name, value in mine.items() if value is not None},
        {"locations": PLACES, "training_classes": {row_id: {**OTHER, **other}}},
        row_id=5,
        moment=moment,
        now=day(8, 31),
    )
    return [f.message for f in examine(found) if f.rule == "CL-01" and f.severity == "拦截"]


@pytest.mark.parametrize("moment", ["随时", "筹备", "进行中"])
def test_one_class_in_a_classroom(moment):
    assert clashes(moment) == ["教室“101”2026-09-14已安排给“另一个班”。"]
    assert clashes(moment, starts_on=date(2026, 9, 16), ends_on=date(2026, 9, 20)) == [
        "教室“101”2026-09-16已安排给“另一个班”。"
    ]


def test_a_classroom_that_is_free():
    assert clashes(ends_on=date(2026, 9, 13)) == clashes(starts_on=date(2026, 9, 18), ends_on=date(2026, 9, 18)) == []
    assert clashes(classroom=102) == clashes(status="取消") == clashes(ends_on=None) == []
    assert clashes(own={"classroom": None}) == clashes(own={"status": "待结班"}) == []
    assert clashes(ends_on=date(2026, 9, 14)) != []  # one shared day is enough


def test_who_keeps_the_classroom():
    """The class that was there first; a core class before an entrusted one; and nobody is put out once it has begun."""
    assert clashes(row_id=9) == []
    assert clashes(is_entrusted=True) == []
    assert clashes(row_id=9, own={"is_entrusted": True}) != []
    assert clashes(class_type="会议") == []  # a hall that is let, or a meeting of its own: classes come first
    assert clashes(row_id=9, own={"class_type": "会议"}) != []
    assert clashes(row_id=9, status="进行中", is_entrusted=True) != []
    assert clashes(row_id=1, own={"status": "进行中"}) == []


def test_beds_are_promised_once():
    other = {"training_classes": {1: OTHER}}
    mine = {name: value for name, value in course().row.__dict__.items() if value is not None}
    tables = {"locations": PLACES, **other}
    [hint] = [
        f
        for f in examine(facts("training_classes", {**mine, "classroom": 102}, tables, row_id=5, moment="筹备"))
        if f.rule == "CL-01"
    ]
    assert hint.message == "客房“302”2026-09-14起已安排给“另一个班”，请核对床位。"
    assert hint.severity == "提示"
    mine |= {"classroom": 102, "rooms": (301,)}
    assert said(facts("training_classes", mine, tables, row_id=5, moment="筹备"), "CL-01") == []


def test_a_bed_for_every_lodger():
    words = ["住校5人，已选客房床位3个，缺2个。"]
    for moment in ("随时", "进行中"):
        assert said(course(moment, READY, lodging_n=Decimal(5)), "CL-02") == words
        assert said(course(moment, READY, lodging_n=Decimal(3)), "CL-02") == []
    assert said(course("进行中", READY, rooms=()), "CL-02") == ["住校3人，已选客房床位0个，缺3个。"]
    under_repair = {"locations": {**PLACES, 302: {**PLACES[302], "usable": "维修中"}}}
    assert said(course("随时", under_repair), "CL-02") == ["住校3人，已选客房床位2个，缺1个。"]
    assert (
        said(course("随时", status="计划", lodging_n=Decimal(5)), "CL-02") == []
    )  # rooms are chosen while it is prepared
    assert said(course("随时", lodging_n=None), "CL-02") == []


def test_a_seat_for_everybody():
    found = course("筹备", status="计划", planned_n=Decimal(61))
    assert said(found, "CL-02") == ["教室“101”60座，本班61人，缺1座，请换教室。"]
    assert [f.severity for f in examine(found)] == ["提示"]
    assert said(course("筹备", planned_n=Decimal(61), actual_n=Decimal(60)), "CL-02") == []
    assert said(course("随时", status="待结班", planned_n=Decimal(61)), "CL-02") == []


# --- CL-05 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["随时", "筹备", "进行中"])
@pytest.mark.parametrize(
    ("team", "fits"), [((2, 3), True), ((2, 5), True), ((2, 4), False), ((3, 4), False), ((2,), False), ((), True)]
)
def test_a_team_of_teachers_and_logistics(moment, team, fits):
    words = [] if fits else ["项目制班次的项目组须至少含1名教师和1名后勤人员。"]
    assert said(course(moment, READY, is_project=True, team=team), "CL-05") == words
    assert said(course(moment, READY, is_project=False, team=team), "CL-05") == []


# --- the checklist, CL-03 ---------------------------------------------------------------------------------------------


def late(*results: str | None, at: tuple[int, int] = (9, 11), **cells: Any) -> list[str]:
    return said(course("随时", {"equipment_checks": lines(*results)}, now=day(*at), **cells), "CL-03")


def test_the_checklist_is_closed_a_working_day_before():
    """The class begins on Monday 9/14: the working day before is Friday 9/11."""
    words = ["距开班1个工作日，开班准备仍有2项未完成：餐饮（45人）、客房（301、302）。"]
    assert late("正常", None, None) == late("正常", None, None, at=(9, 13)) == words
    assert late("正常", None, None, at=(9, 10)) == []
    assert late("正常", None, None, at=(9, 14)) == [words[0].replace("距开班1个", "距开班0个")]
    assert late("正常", None, None, at=(9, 15)) == []
    assert late("正常", "正常", "正常") == late() == []


def test_over_a_holiday_working_days_count():
    """A class that begins on Thursday 10/8, after the national holiday: the working day before is Wednesday 9/30."""
    dates = {"starts_on": date(2026, 10, 8), "ends_on": date(2026, 10, 10)}
    assert late("正常", None, at=(9, 29), **dates) == []
    assert late("正常", None, at=(9, 30), **dates) == late("正常", None, at=(10, 7), **dates) != []


def test_what_the_line_in_the_ledger_says():
    [found] = [
        f for f in examine(course("随时", {"equipment_checks": lines(None)}, now=day(9, 11))) if f.rule == "CL-03"
    ]
    assert (found.severity, found.gravity) == ("预警", "一般")


def test_a_class_that_runs_or_was_excused_is_not_late():
    assert late(None, status="进行中") == late(None, status="取消") == []
    assert late(None, ready_exception="场地已另行安排，同意开班") == []
    assert late(None, starts_on=None) == []


@pytest.mark.parametrize(
    ("results", "state", "said_so"),
    [
        ((), "未开始", "开班准备为“未开始”，不能开班。"),
        ((None, None), "未开始", "开班准备为“未开始”，还有2项未完成（教室101、餐饮（45人）），不能开班。"),
        (("正常", None), "进行中", "开班准备为“进行中”，还有1项未完成（餐饮（45人）），不能开班。"),
        (("正常", "隐患"), "不合格", "开班准备为“不合格”，还有1项未完成（餐饮（45人）），不能开班。"),
        (("正常", "停用", None), "不合格", None),
        (("正常", "正常", "正常"), "合格", ""),
    ],
)
def test_a_class_begins_when_it_is_ready(results, state, said_so):
    found = course("进行中", {"equipment_checks": lines(*results)})
    assert compute(found).cells["readiness"] == state
    rest = "请办结后再改状态；确须开班的，请分管领导填写“例外开班意见”。"
    if said_so is not None:
        assert said(found, "CL-03") == ([said_so + rest] if said_so else [])
    excused = course("进行中", {"equipment_checks": lines(*results)}, ready_exception="同意先行开班")
    assert said(excused, "CL-03") == []


def test_what_was_put_right_and_checked_again_is_good():
    checks = lines("正常", "隐患", issue=8)
    for status, state in (("待复核", "不合格"), ("已办结", "合格")):
        tables = {"equipment_checks": checks, "issues": {8: {"status": status}}}
        assert compute(course("随时", tables)).cells["readiness"] == state


def test_other_checks_of_the_class_are_none_of_its_checklist():
    others = lines(None, check_kind="视频会议联调")
    assert compute(course("随时", {"equipment_checks": others})).cells["readiness"] == "未开始"
    assert said(course("随时", {"equipment_checks": others}, now=day(9, 11)), "CL-03") == []
    half = lines("正常", done_on=None)
    assert compute(course("随时", {"equipment_checks": half})).cells["readiness"] == "未开始"
