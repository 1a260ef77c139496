"""问题工单: what each state needs, who checks, what is told of what is late (domain.md B3.13; IS-01..05, V27, V28)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Department, Person
from automations.rules import examine
from automations.tables.values import File
from tests.rules.world import facts, rules, said
from tests.scenarios.premises import moment

CLERK, HANDLER, HEAD, LEADER, TOP, INSPECTOR = 1, 2, 3, 4, 5, 6
DEPT = 10
PEOPLE = (
    Person(CLERK, "王文员", "wang@school.test", DEPT),
    Person(HANDLER, "吴维修", "wu@school.test", DEPT),
    Person(HEAD, "周科长", "zhou@school.test", DEPT),
    Person(LEADER, "孙副校长", "sun@school.test", rank="班子成员"),
    Person(TOP, "赵校长", "zhao@school.test", roles=frozenset({"主要领导"}), rank="主要领导"),
    Person(INSPECTOR, "郑督查", "zheng@school.test", roles=frozenset({"督查组"})),
)
PICTURE = (File("完工.jpg", 1, "r1"),)
ISSUE: dict[str, Any] = {
    "code": "GD-2026-0001",
    "kind": "报修",
    "source": "教职工",
    "location": 7,
    "category": "水",
    "description": "三楼水龙头漏水",
    "severity": "一般",
    "duty_dept": DEPT,
    "handler": HANDLER,
    "created_by": "wang@school.test",
    "created_at": moment("9-1"),
    "status": "处理中",
}
"""Reported on Tuesday 2026-09-01 at nine."""


NOW = moment("9-1", "10:00")


def issue(at: str, cells: dict[str, Any] | None = None, now: datetime = NOW, **more: Any) -> Any:
    people = {"people": PEOPLE, "departments": [Department(DEPT, "行政科", HEAD, LEADER)]}
    return facts("issues", {**ISSUE, **(cells or {})}, now=now, moment=at, **people, **more)


def actor(person: int) -> Person:
    return next(p for p in PEOPLE if p.id == person)


def rectification(**cells: Any) -> dict[str, Any]:
    done = {"fix_note": "已更换", "root_cause": "老化", "verify_by": INSPECTOR, "fix_photos": PICTURE}
    return {"kind": "整改", "source": "督查", **done, **cells}


# --- what must be filled in -------------------------------------------------------------------------------------------


def test_before_it_is_sent_to_somebody():
    assert rules(issue("已派单")) == []
    blank = dict.fromkeys(("kind", "source", "category", "description", "severity", "duty_dept", "handler"))
    assert said(issue("已派单", blank)) == ["请填写：“类型”、“类别”、“描述”、“紧急程度”、“责任部门”、“处理人”。"]
    assert said(issue("已派单", {"location": None})) == ["报修请填写“地点”或“设备”，处理人才找得到。"]
    assert said(issue("已派单", {"location": None, "asset": 3})) == []
    assert said(issue("已派单", {"location": None, "kind": "建议"})) == []


def test_before_it_is_checked():
    assert said(issue("待复核")) == ["提交复核前请填写：“处理情况”、“复核人”。"]
    assert said(issue("待复核", {"fix_note": "已修好", "verify_by": CLERK})) == []
    assert said(issue("待复核", rectification(root_cause=None))) == ["提交复核前请填写：“原因”。"]
    assert said(issue("待复核", rectification())) == []


def test_held_or_declined_for_a_reason():
    assert said(issue("提交")) == ["请填写：“挂起或不受理原因”、“挂起至”。"]
    assert said(issue("不予受理")) == ["请填写：“挂起或不受理原因”。"]
    assert said(issue("不予受理", {"hold_reason": "不属于后勤事项"})) == []


@pytest.mark.parametrize(
    ("until", "words"), [(1, ["“挂起至”应在今天之后，现在是2026-09-01。"]), (2, [])], ids=("today", "tomorrow")
)
def test_held_until_a_day_to_come(until, words):
    assert said(issue("提交", {"hold_reason": "待采购配件", "hold_until": date(2026, 9, until)})) == words


def test_times_in_order():
    done = {"fix_note": "已修好", "verify_by": CLERK}
    assert said(issue("待复核", {**done, "responded_at": moment("8-31", "23:59")})) == [
        "“响应时间”2026-08-31早于上报日，请核对。"
    ]
    assert said(issue("待复核", {**done, "fixed_at": moment("9-2", "00:00")})) == [
        "“处理完成时间”2026-09-02在今天之后，请核对。"
    ]
    assert said(issue("待复核", {**done, "responded_at": moment("9-1", "00:00"), "fixed_at": moment("9-1")})) == []
    assert said(issue("待复核", {**done, "created_at": None, "fixed_at": moment("8-1")})) == []


# --- the re-check -----------------------------------------------------------------------------------------------------


def test_a_rectification_without_a_picture():
    words = ["整改类工单须上传完工照片后才能提交复核。"]
    assert said(issue("待复核", rectification(fix_photos=())), "IS-05") == words
    assert said(issue("待复核", rectification()), "IS-05") == []
    assert said(issue("待复核", rectification(kind="报修", fix_photos=())), "IS-05") == []


@pytest.mark.parametrize("at", ["待复核", "已办结"])
def test_v28_handler_and_checker_are_one(at):
    by = {"actor": actor(INSPECTOR)}
    assert said(issue(at, rectification(verify_by=HANDLER), **by), "IS-03") == [
        "复核人不能是处理人本人，请由督查组复核。"
    ]
    assert said(issue(at, {"verify_by": HANDLER}, **by), "IS-03") == ["复核人不能是处理人本人，请由报修人复核。"]
    assert said(issue(at, rectification(), **by), "IS-03") == []
    assert said(issue(at, {"handler": None, "verify_by": None}, **by), "IS-03") == []


CHECKED = {"verify_by": CLERK, "verify_result": "合格"}


def test_whoever_checks_closes_it():
    assert rules(issue("已办结", CHECKED, actor=actor(CLERK))) == []
    by_himself = said(issue("已办结", CHECKED, actor=actor(HANDLER)))
    assert by_himself == [
        "复核人不能是处理人本人，请由报修人复核。",
        "复核人是王文员，请由王文员填写“复核结果”并办结。",
    ]
    assert said(issue("已办结", CHECKED, actor=actor(HEAD))) == ["复核人是王文员，请由王文员填写“复核结果”并办结。"]
    assert said(issue("已办结", actor=actor(CLERK))) == ["办结前请填写：“复核人”、“复核结果”。"]
    failed = {**CHECKED, "verify_result": "不合格"}
    assert said(issue("已办结", failed, actor=actor(CLERK))) == ["复核结果为“不合格”，不能办结；工单将退回处理人重办。"]


def test_only_a_failed_check_leads_back():
    checking = {"status": "待复核"}
    words = ["待复核的工单由复核人填写“复核结果”；不合格的自动退回“处理中”。"]
    assert said(issue("处理中", checking)) == said(issue("处理中", {**checking, "verify_result": "合格"})) == words
    assert said(issue("处理中", {**checking, "verify_result": "不合格"})) == []
    assert said(issue("处理中", {"status": "已派单"})) == said(issue("处理中", {"status": "挂起"})) == []


@pytest.mark.parametrize(("rating", "wrong"), [("0", True), ("1", False), ("5", False), ("6", True), (None, False)])
def test_a_rating(rating, wrong):
    cells = {**CHECKED, "rating": None if rating is None else Decimal(rating)}
    found = said(issue("已办结", cells, actor=actor(CLERK)))
    assert found == ([f"“评价”填1至5分的整数，现在是{rating}。"] if wrong else [])


# --- late -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "hours", "last"),
    [
        ({"severity": "紧急"}, "0.5", ("9-1", "09:30")),
        ({"severity": "较急"}, "4", ("9-1", "15:00")),  # three hours, lunch, one more
        ({"severity": "一般"}, "7.5", ("9-2", "09:00")),  # a working day of them
        ({"severity": None}, "4", ("9-1", "15:00")),
        ({"severity": "紧急", "kind": "投诉"}, "4", ("9-1", "15:00")),
    ],
    ids=str,
)
def test_nobody_responds(cells, hours, last):
    new = {"status": "新建", **cells}
    after = moment(last[0], last[1].replace(":00", ":15").replace(":30", ":45"))
    kind = cells.get("kind", "报修")
    assert said(issue("随时", new, now=moment(*last))) == []
    found = examine(issue("随时", new, now=after))
    assert [(f.rule, f.severity, f.gravity, f.message) for f in found] == [
        ("IS-01", "提示", None, f"{kind}已{hours}小时无人响应，请立即派单。")
    ]


def test_whoever_responded_is_not_reminded():
    late = moment("9-3")
    assert said(issue("随时", {"status": "已派单"}, now=late), "IS-01") != []
    assert said(issue("随时", {"status": "已派单", "responded_at": moment("9-3")}, now=late), "IS-01") == []
    for status in ("处理中", "待复核", "挂起", "已办结", "不予受理"):
        assert said(issue("随时", {"status": status}, now=late), "IS-01") == []
    assert said(issue("随时", {"status": "新建", "created_at": None, "kind": None}, now=late)) == []


HOOD = {"kind": "整改", "source": "督查", "category": "卫生", "created_at": moment("9-16")}
"""V27: due on Tuesday 2026-09-22; the holiday of the Mid-Autumn festival is 9/25 to 9/27, 9/20 was a working Sunday."""


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("9-21", []),
        ("9-22", []),  # the last day is no late day
        ("9-23", ["整改已超期1个工作日，现升级至部门负责人周科长。"]),
        ("9-24", ["整改已超期2个工作日，现升级至部门负责人周科长。"]),
        ("9-27", ["整改已超期2个工作日，现升级至部门负责人周科长。"]),
        ("9-28", ["整改已超期3个工作日，现升级至分管领导孙副校长。"]),
        ("9-29", ["整改已超期4个工作日，现升级至分管领导孙副校长。"]),
    ],
)
def test_v27_what_is_late_climbs(on, words):
    assert said(issue("随时", HOOD, now=moment(on))) == words


def test_v27_the_top_is_told_in_the_ledger_as_well():
    found = examine(issue("随时", HOOD, now=moment("9-30")))
    words = "整改已超期5个工作日，现升级至主要领导赵校长。"
    assert [(f.rule, f.severity, f.gravity, f.stage, f.message) for f in found] == [
        ("IS-02", "提示", None, "", words),
        ("IS-02", "预警", "一般", "主要领导", words),
    ]
    assert len(examine(issue("随时", HOOD, now=moment("9-29")))) == 1


def test_what_is_done_is_not_late_any_more():
    assert said(issue("随时", {**HOOD, "status": "待复核", "fixed_at": moment("9-24")}, now=moment("9-30"))) == []
    held = {**HOOD, "status": "挂起", "agreed_until": date(2026, 9, 30)}
    assert said(issue("随时", held, now=moment("9-30"))) == []
    assert said(issue("随时", held, now=moment("10-8"))) == ["整改已超期1个工作日，现升级至部门负责人周科长。"]


@pytest.mark.parametrize("times", [None, 1, 2, 3])
def test_failed_again_and_again(times):
    cells = {"reopen_n": None if times is None else Decimal(times)}
    found = [f for f in examine(issue("随时", cells)) if f.rule == "IS-04"]
    words = [f"同一问题已重办{times}次，请分管领导组织分析原因。"]
    assert [f.message for f in found] == (words if times and times >= 2 else [])
    assert all((f.severity, f.gravity, f.stage) == ("预警", "一般", str(times)) for f in found)


def test_what_rests_on_a_parameter_nobody_checked_says_so():
    found = issue("随时", {"status": "新建"}, now=moment("9-3"), verified=False)
    assert said(found, "IS-01") == ["报修已7.5小时无人响应，请立即派单。（标准待核实）"]


def test_an_empty_row_trips_no_rule():
    for at in ("已派单", "处理中", "待复核", "已办结", "不予受理", "提交", "随时"):
        found = examine(facts("issues", {}, moment=at, now=datetime(2026, 9, 1, tzinfo=UTC)))
        assert not [f for f in found if "出错" in f.message], at


def test_what_is_urgent_does_not_wait_for_monday():
    friday_night = moment("9-4", "21:00")
    burst = {"severity": "紧急", "kind": "报修", "created_at": friday_night, "status": "新建"}
    cells = compute(issue("随时", burst, now=friday_night)).cells
    assert (cells["respond_by"], cells["due_at"]) == (moment("9-4", "21:30"), moment("9-5", "01:00"))
    complaint = compute(issue("随时", {**burst, "kind": "投诉"}, now=friday_night)).cells
    assert complaint["respond_by"] == moment("9-7", "14:30"), "four hours of Monday's work"
