"""督查记录: who inspects, what must be written down, who answers (domain.md B3.12; IP-01, IP-03, EN-03, V26, V32)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Department, Person
from automations.rules import examine
from tests.rules.world import facts, rules, said
from tests.scenarios.premises import moment

ONE, TWO, TEACHER, CLERK, LEADER, TOP = 1, 2, 3, 4, 5, 6
OFFICE, TEACHING, LOGISTICS = 20, 21, 22
PEOPLE = (
    Person(ONE, "郑督查", "zheng@school.test", OFFICE, frozenset({"督查组"})),
    Person(TWO, "何督查", "he@school.test", OFFICE, frozenset({"督查组"})),
    Person(TEACHER, "冯教务", "feng@school.test", TEACHING),
    Person(CLERK, "王文员", "wang@school.test", LOGISTICS),
    Person(LEADER, "陈副校长", "chen@school.test", rank="班子成员"),
    Person(TOP, "赵校长", "zhao@school.test", roles=frozenset({"主要领导"}), rank="主要领导"),
)
ROOM = {"name": "201教室", "kind": "教室", "department": TEACHING, "duty_person": TEACHER}
INSPECTION: dict[str, Any] = {
    "code": "DC-2026-0001",
    "team": "卫生",
    "date": moment("9-6", "10:00"),
    "inspectors": (ONE, TWO),
    "target_dept": TEACHING,
    "checklist": "教室、走廊",
    "score": Decimal(92),
    "status": "草稿",
}


def inspection(at: str, cells: dict[str, Any] | None = None, **more: Any) -> Any:
    more.setdefault("tables", {})
    more["tables"] = {"locations": {7: ROOM}, **more["tables"]}
    departments = [
        Department(OFFICE, "办公室"),
        Department(TEACHING, "教务科", TEACHER, LEADER),
        Department(LOGISTICS, "行政科", CLERK, LEADER),
    ]
    filled = {**INSPECTION, **(cells or {})}
    return facts("inspections", filled, people=PEOPLE, departments=departments, moment=at, **more)


def actor(person: int) -> Person:
    return next(p for p in PEOPLE if p.id == person)


# --- before it is handed in -------------------------------------------------------------------------------------------


def test_an_ordinary_inspection_passes():
    assert rules(inspection("已提交")) == []


def test_what_must_be_filled():
    blank = dict.fromkeys(("team", "date", "inspectors", "checklist", "score", "target_dept"))
    assert said(inspection("已提交", blank)) == [
        "请填写：“督查组”、“日期”、“督查人”、“检查情况”、“得分”。",
        "请填写“被查部门”或“地点”，问题才有人整改。",
    ]
    assert said(inspection("已提交", {"target_dept": None, "location": (7,)})) == []


@pytest.mark.parametrize(
    ("team", "cells", "titles"),
    [
        ("考勤", {}, "“应到”、“实到”"),
        ("考勤", {"expected_n": Decimal(12), "present_n": Decimal(11)}, "“缺勤名单”"),
        ("项目过程", {}, "“班次”、“检查节点”"),
        ("服务商考核", {}, "“服务商”、“合同”、“考核月份”"),
    ],
)
def test_what_a_team_needs_besides(team, cells, titles):
    assert said(inspection("已提交", {"team": team, **cells})) == [f"请填写：{titles}。"]


def test_what_a_team_needs_is_enough():
    whole = {"expected_n": Decimal(12), "present_n": Decimal(12)}
    assert said(inspection("已提交", {"team": "考勤", **whole})) == []
    assert said(inspection("已提交", {"team": "项目过程", "training_class": 3, "checkpoint": "中期"})) == []
    scored = {"vendor": 4, "contract": 5, "period": "2026-08", "target_dept": None}
    assert said(inspection("已提交", {"team": "服务商考核", **scored})) == []


def test_v32_an_inspector_of_the_department_inspected():
    words = ["督查人“王文员”属于被查部门，请换人督查。"]
    own = {"inspectors": (ONE, CLERK), "target_dept": LOGISTICS}
    assert said(inspection("已提交", own)) == words
    assert said(inspection("已提交", {**own, "target_dept": TEACHING})) == []
    by_place = {"inspectors": (ONE, TEACHER), "target_dept": None, "location": (7,)}
    assert said(inspection("已提交", by_place), "IP-01") == ["督查人“冯教务”属于被查部门，请换人督查。"]
    company = {"team": "服务商考核", "vendor": 4, "contract": 5, "period": "2026-08"}
    assert said(inspection("已提交", {**own, **company}), "IP-01") == [], "there the company is inspected"


def test_nobody_inspects_alone():
    assert said(inspection("已提交", {"inspectors": (ONE,)})) == ["督查人不少于2人，现在1人，请补上另一位督查人。"]
    assert said(inspection("已提交", {"inspectors": (ONE,)}, norms={"inspection.inspectors_min": "1"})) == []


@pytest.mark.parametrize(("score", "wrong"), [("-0.5", True), ("0", False), ("100", False), ("100.5", True)])
def test_a_score(score, wrong):
    found = said(inspection("已提交", {"score": Decimal(score), "problems": "地面有积水"}))
    assert found == ([f"得分应在0至100之间，现在是{score}。"] if wrong else [])


def test_a_low_score_without_a_problem():
    words = ["得分79.5低于80分，但没有登记问题，请补登问题或说明。"]
    low = {"score": Decimal("79.5")}
    assert said(inspection("已提交", low)) == words
    assert said(inspection("已提交", {**low, "problems": "1. 无\n2、未发现问题。"})) == words
    assert said(inspection("已提交", {"score": Decimal(80)})) == []
    for told in ({"problems": "灯管坏一支"}, {"findings": (9,)}, {"remark": "当天停水，不计责任"}):
        assert said(inspection("已提交", {**low, **told})) == []


def test_more_present_than_expected():
    cells = {"team": "考勤", "expected_n": Decimal(12), "present_n": Decimal(13)}
    assert said(inspection("已提交", cells)) == ["实到13人多于应到12人，请核对。"]
    assert said(inspection("已提交", {**cells, "team": "卫生"})) == []


COMPANY = {"team": "服务商考核", "vendor": 4, "contract": 5, "period": "2026-08"}
COMPANIES = {
    "vendors": {4: {"name": "示例餐饮公司"}, 6: {"name": "示例物业公司"}},
    "contracts": {5: {"name": "物业服务", "vendor": 6, "supervise_dept": LOGISTICS, "supervisor": CLERK}},
}


def test_a_month_that_nobody_can_read():
    for period in ("八月", "2026-13", "2026-8月底"):
        assert said(inspection("已提交", {**COMPANY, "period": period})) == [
            f"考核月份“{period}”看不懂，请写成2026-09。"
        ]
    assert said(inspection("已提交", {**COMPANY, "period": "2026年8月"})) == []


def test_the_company_of_another_contract():
    words = ["合同“物业服务”的服务商是“示例物业公司”，不是“示例餐饮公司”，请核对。"]
    assert said(inspection("已提交", COMPANY, tables=COMPANIES)) == words
    assert said(inspection("已提交", {**COMPANY, "vendor": 6}, tables=COMPANIES)) == []


# --- after it is handed in --------------------------------------------------------------------------------------------

SENT = {"status": "已提交"}


def test_whoever_was_inspected_answers():
    mine = {**SENT, "confirmed_by": TEACHER}
    assert said(inspection("被查方已确认", mine, actor=actor(TEACHER))) == []
    assert said(inspection("被查方已确认", {**SENT, "confirmed_by": ONE}, actor=actor(ONE))) == [
        "督查人不能代被查方确认，请由被查部门办理。"
    ]
    disputed = {**SENT, "dispute": "当天停水"}
    assert said(inspection("有异议", disputed, actor=actor(TWO))) == ["督查人不能代被查方提出异议，请由被查部门办理。"]
    assert said(inspection("有异议", disputed, actor=actor(TEACHER))) == []


def test_in_his_own_name():
    words = ["“被查方确认”请填写您本人（冯教务）。"]
    for cells in (SENT, {**SENT, "confirmed_by": CLERK}):
        assert said(inspection("被查方已确认", cells, actor=actor(TEACHER))) == words


def test_a_dispute_has_a_reason():
    assert said(inspection("有异议", SENT, actor=actor(TEACHER))) == ["请填写“异议说明”。"]


@pytest.mark.parametrize("at", ["草稿", "被查方已确认", "已归档"])
def test_the_leader_answers_a_dispute(at):
    words = ["有异议的督查由分管领导答复：请陈副校长填写“异议答复”后再处理。"]
    open_dispute = {"status": "有异议", "dispute": "当天停水"}
    answered = {**open_dispute, "answer": "情况属实，扣分取消"}
    assert said(inspection(at, open_dispute, actor=actor(LEADER))) == words
    assert said(inspection(at, answered, actor=actor(ONE))) == words
    assert said(inspection(at, answered, actor=actor(LEADER))) == []
    assert said(inspection(at, answered, actor=actor(TOP))) == []
    assert said(inspection("已归档", {"status": "被查方已确认"}, actor=actor(ONE))) == []


# --- energy patrols, V26 ----------------------------------------------------------------------------------------------

PATROL = {"team": "节能", "status": "已提交", "location": (7,), "problems": "201教室空调开着，无人"}
COURSE = {"classroom": 7, "starts_on": date(2026, 9, 5), "ends_on": date(2026, 9, 6), "status": "进行中"}
MEETING = {
    "kind": "会议",
    "status": "已批准",
    "place": "教学楼201教室",
    "starts_at": moment("9-6", "09:00"),
    "ends_at": moment("9-6", "11:00"),
}
IDLE = "201教室空调空转：检查时没有班次和会议使用，空调仍开着。请关闭空调，夏季不低于26℃、冬季不高于20℃。"


def air(cells: dict[str, Any] | None = None, **tables: Any) -> list[str]:
    return said(inspection("随时", {**PATROL, **(cells or {})}, tables=tables), "EN-03")


def test_v26_air_conditioning_in_an_empty_room():
    [found] = examine(inspection("随时", PATROL))
    assert (found.rule, found.severity, found.gravity, found.stage, found.message) == (
        *("EN-03", "预警", "一般", "空调空转"),
        IDLE,
    )
    assert air({"status": "被查方已确认"}) == [IDLE]
    assert air({"location": None}) == [IDLE.replace("201教室", "被查地点")]


def test_v26_a_room_in_use_is_not_idle():
    assert air(training_classes={3: COURSE}) == []
    assert air(training_classes={3: {**COURSE, "classroom": None, "rooms": (7,)}}) == []
    assert air(training_classes={3: {**COURSE, "status": "取消"}}) == [IDLE]
    assert air(training_classes={3: {**COURSE, "ends_on": date(2026, 9, 5)}}) == [IDLE]
    assert air(requests={3: MEETING}) == []
    assert air(requests={3: {**MEETING, "status": "草稿"}}) == [IDLE]
    assert air(requests={3: {**MEETING, "ends_at": moment("9-6", "09:30")}}) == [IDLE]
    assert air(requests={3: {**MEETING, "place": "综合楼会议室"}}) == [IDLE]


def test_other_findings_are_no_idling():
    for cells in (
        {"status": "草稿"},
        {"team": "卫生"},
        {"problems": "走廊长明灯"},
        {"problems": "空调滤网积灰"},
        {"date": None},
    ):
        assert air(cells) == []


# --- computed cells ---------------------------------------------------------------------------------------------------


def test_problems_a_line_each():
    listed = "1. 地面有积水\n（2）灯管坏2支\n③ 201教室门锁坏\n- 2.5吨水箱渗水\n\n无\n1、地面有积水"
    assert inspection("", {"problems": listed}).problem_lines == (
        *("地面有积水", "灯管坏2支", "201教室门锁坏", "2.5吨水箱渗水"),
    )
    assert inspection("").problem_lines == ()


def test_how_many_problems():
    draft = compute(inspection("", {"problems": "地面有积水\n灯管坏", "findings": (9,)}))
    assert draft.cells == {"findings_n": 3}
    made = {"issues": {8: {"origin": "DC-2026-0001"}, 9: {}, 10: {"origin": "DC-2026-0002"}}}
    sent = compute(inspection("", {**SENT, "problems": "地面有积水", "findings": (9,)}, tables=made))
    assert sent.cells == {"findings_n": 2, "findings": (9, 8)}
    assert compute(inspection("", {**SENT, "code": None}, tables=made)).cells == {"findings_n": 0}
    assert compute(inspection("", {"status": "已归档"}, tables=made)).cells == {"findings_n": 1}


def test_when_a_dispute_began():
    now = moment("9-8", "10:20")
    assert compute(inspection("", {"status": "有异议"}, now=now)).cells["disputed_at"] == moment("9-8", "10:15")
    known = {"status": "有异议", "disputed_at": moment("9-7")}
    assert "disputed_at" not in compute(inspection("", known, now=now)).cells
    assert "disputed_at" not in compute(inspection("", SENT, now=now)).cells


def test_an_empty_row_trips_no_rule():
    for at in ("草稿", "已提交", "被查方已确认", "有异议", "已归档", "随时"):
        found = examine(facts("inspections", {}, moment=at))
        assert not [f for f in found if "出错" in f.message], at
    assert compute(facts("inspections", {}, moment="")).cells == {"findings_n": 0}
