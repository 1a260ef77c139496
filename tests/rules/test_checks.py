"""设施检查: what is due, what follows from a check, who types them by the dozen (domain.md B4.16, CK-01..04)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from automations import NewRow
from automations.figures import compute
from automations.jobs.hazards import hazard_issue
from automations.jobs.next_checks import next_check
from automations.jobs.video_tests import video_test
from automations.people import Person
from automations.rules import examine
from automations.rules.checks_facts import months_later
from tests.rules.world import facts, rules, said

CHECK: dict[str, Any] = {
    "code": "JC-2026-0001",
    "asset": 7,
    "check_kind": "维护保养",
    "cycle": "每15日",
    "due_on": date(2026, 9, 1),
    "items": "曳引机、制动器、门锁",
}
DONE: dict[str, Any] = {"done_on": date(2026, 9, 1), "done_by": 3, "result": "正常"}
INSPECTION: dict[str, Any] = {**CHECK, "check_kind": "法定检验", "cycle": "每年", "due_on": date(2026, 9, 26)}
AROUND: dict[str, Any] = {
    "assets": {
        7: {"name": "电梯一", "category": "特种设备", "custodian": 3, "user_dept": 1, "location": 4, "status": "在用"}
    },
    "locations": {4: {"name": "学员公寓", "department": 2, "duty_person": 5}},
}
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)


def check(cells: dict[str, Any] | None = None, tables: dict[str, Any] | None = None, **more: Any) -> Any:
    return facts("equipment_checks", {**CHECK, **(cells or {})}, {**AROUND, **(tables or {})}, moment="随时", **more)


def at(day: date) -> datetime:
    """Ten in the morning of a day at the school."""
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def test_an_ordinary_check_passes() -> None:
    assert rules(check()) == rules(check(DONE)) == []


def test_what_must_be_filled() -> None:
    blank = dict.fromkeys(("check_kind", "cycle", "due_on", "items", "asset"))
    assert said(check(blank)) == ["请填写：“设备或地点”、“检查类型”、“周期”、“应检日”、“检查项目”。"]
    assert said(check({"asset": None, "location": 4})) == said(check({"asset": None, "training_class": 1})) == []
    assert said(check({"done_on": date(2026, 9, 1)})) == ["请填写：“检查人”、“结果”。"]
    assert said(check({"result": "正常"})) == ["请填写：“完成日”、“检查人”。"]
    lift = {**INSPECTION, **DONE}
    assert said(check(lift)) == ["请填写：“报告”、“合格有效期至”。"]
    assert said(check({**lift, "result": "停用"})) == ["请填写：“报告”。"]
    assert said(check({**DONE, "check_kind": "校验"})) == ["请填写：“合格有效期至”。"]
    assert {f.severity for f in examine(check(blank))} == {"提示"}


def test_nothing_is_done_that_lies_ahead() -> None:
    words = ["“完成日”2026-09-02在今天之后，请核对。"]
    assert said(check({**DONE, "done_on": date(2026, 9, 2)}), "日期") == words
    assert said(check(DONE), "日期") == []


# --- where it stands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 8, 28), "待检"),
        (date(2026, 8, 29), "临期"),  # three days ahead
        (date(2026, 9, 1), "临期"),
        (date(2026, 9, 2), "超期"),
    ],
)
def test_the_state_follows_the_day(today: date, state: str) -> None:
    assert compute(check(now=at(today))).cells["status"] == state


def test_what_the_law_asks_for_is_due_two_months_ahead() -> None:
    def shown(today: date) -> Any:
        return compute(check(INSPECTION, now=at(today))).cells

    assert shown(date(2026, 7, 27))["status"] == "待检" and shown(date(2026, 7, 28))["status"] == "临期"
    assert shown(date(2026, 7, 28))["statutory"] is True and compute(check()).cells["statutory"] is False


def test_done_is_done_with_its_result() -> None:
    assert compute(check(DONE)).cells["status"] == "已检"
    assert compute(check({"done_on": date(2026, 9, 1)})).cells["status"] == "临期"
    assert compute(check({"due_on": None})).cells["status"] == "待检"


def test_a_check_that_was_forgotten() -> None:
    words = ["电梯一维护保养应于2026-09-01完成，现已超期，请尽快检查并填写“完成日”和“结果”。"]
    assert said(check(now=at(date(2026, 9, 2))), "CK-01") == words
    assert said(check(now=at(date(2026, 9, 1))), "CK-01") == said(check(DONE, now=at(date(2026, 9, 2))), "CK-01") == []
    nameless = {"asset": None, "training_class": 1}
    assert said(check(nameless, now=at(date(2026, 9, 2))), "CK-01")[0].startswith("维护保养应于")


# --- CK-02 ----------------------------------------------------------------------------------------------------------


def test_an_inspection_that_ran_out() -> None:
    words = ["电梯一检验已于2026-09-26到期，依法不得继续使用，请立即停用并申请检验。"]
    late = at(date(2026, 9, 27))
    assert said(check(INSPECTION, now=late), "CK-02") == words
    [line] = [f for f in examine(check(INSPECTION, now=late)) if f.rule == "CK-02"]
    assert (line.severity, line.gravity) == ("预警", "严重")
    assert said(check(INSPECTION, now=at(date(2026, 9, 26))), "CK-02") == []
    assert said(check({**INSPECTION, "check_kind": "消防检测"}, now=late), "CK-02") == []


def test_another_inspection_counts_longer() -> None:
    """Somebody entered the new one as a row of its own."""
    other = {**INSPECTION, **DONE, "valid_to": date(2027, 9, 26)}
    late = at(date(2026, 9, 27))
    assert said(check(INSPECTION, {"equipment_checks": {2: other}}, now=late), "CK-02") == []
    for no_use in ({"valid_to": date(2026, 9, 26)}, {"result": "停用"}, {"asset": 8}):
        tables = {"equipment_checks": {2: {**other, **no_use}}}
        assert len(said(check(INSPECTION, tables, now=late), "CK-02")) == 1


# --- what follows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cycle", "due"),
    [
        ("每日", date(2026, 9, 2)),
        ("每周", date(2026, 9, 8)),
        ("每15日", date(2026, 9, 16)),
        ("每月", date(2026, 10, 1)),
        ("每季", date(2026, 12, 1)),
        ("每半年", date(2027, 3, 1)),
        ("每年", date(2027, 9, 1)),
        ("每两年", date(2028, 9, 1)),
        ("每班", None),
        ("一次性", None),
    ],
)
def test_the_next_one_is_planned(cycle: str, due: date | None) -> None:
    done = check({**DONE, "cycle": cycle, "vendor": 9})
    assert compute(done).cells["next_due"] == due
    kept = {name: CHECK[name] for name in ("check_kind", "asset", "items")}
    row = NewRow("equipment_checks", **kept, cycle=cycle, location=None, vendor=9, done_by=3, due_on=due)
    assert list(next_check(done)) == ([row] if due else [])
    assert list(next_check(check({"cycle": cycle}))) == []  # not done yet


def test_months_end_where_they_end() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)


def test_an_inspection_is_due_again_when_it_runs_out() -> None:
    """Not a year after the day on which it was made."""
    done = {**INSPECTION, **DONE, "valid_to": date(2027, 9, 26)}
    assert compute(check(done)).cells["next_due"] == date(2027, 9, 26)
    assert compute(check({**DONE, "valid_to": date(2027, 9, 26)})).cells["next_due"] == date(2026, 9, 16)


def test_nothing_is_planned_twice() -> None:
    known = {**CHECK, "due_on": date(2026, 9, 16)}
    for other, planned in (
        (known, False),
        ({**known, **DONE}, False),  # entered and done already
        ({**known, "due_on": date(2026, 9, 20)}, False),  # put off by somebody
        ({**known, "due_on": date(2026, 9, 20), **DONE}, True),
        ({**known, "cycle": "每年"}, True),
        ({**known, "asset": 8}, True),
    ):
        assert bool(list(next_check(check(DONE, {"equipment_checks": {2: other}})))) is planned, other


def test_what_is_scrapped_is_checked_no_more() -> None:
    for status, planned in (("待报废", False), ("已处置", False), ("停用", True)):
        assets = {"assets": {7: {**AROUND["assets"][7], "status": status}}}
        assert bool(list(next_check(check(DONE, assets)))) is planned


def test_a_hazard_becomes_an_issue() -> None:
    [issue] = hazard_issue(check({**DONE, "result": "隐患", "remark": "钢丝绳断丝"}))
    assert (issue.table, issue.key) == ("issues", "")
    assert issue.cells == {
        "kind": "整改",
        "source": "设施检查",
        "origin": "JC-2026-0001",
        "asset": 7,
        "location": 4,
        "training_class": None,
        "category": "电梯",
        "description": "维护保养发现隐患：电梯一\n曳引机、制动器、门锁\n钢丝绳断丝",
        "severity": "较急",
        "duty_dept": 1,
        "handler": 3,
        "status": "已派单",
    }
    [stopped] = hazard_issue(check({**DONE, "result": "停用"}))
    assert (stopped.cells["kind"], stopped.cells["severity"]) == ("报修", "紧急")
    assert list(hazard_issue(check(DONE))) == list(hazard_issue(check({"result": "隐患"}))) == []


def test_a_hazard_of_a_place_goes_to_whoever_answers_for_it() -> None:
    at_a_place = {**DONE, "result": "隐患", "asset": None, "location": 4}
    [issue] = hazard_issue(check(at_a_place))
    assert (issue.cells["duty_dept"], issue.cells["handler"], issue.cells["status"]) == (2, 5, "已派单")
    assert issue.cells["category"] == "其他"
    [nobodys] = hazard_issue(check(at_a_place, {"locations": {4: {"name": "花园"}}}))
    assert (nobodys.cells["handler"], nobodys.cells["status"]) == (None, "新建")


def test_ck03_a_hazard_without_an_issue() -> None:
    today = {**DONE, "result": "隐患"}
    assert said(check(today)) == [], "Houqin is just adding it"
    hazard = {**today, "done_on": today["done_on"] - timedelta(days=1)}
    assert said(check(hazard)) == ["结果为“隐患”但没有整改工单。"]
    with_issue = check(hazard, {"issues": {31: {"origin": "JC-2026-0001"}}})
    assert said(with_issue) == [] and compute(with_issue).cells["issue"] == 31
    other = check(hazard, {"issues": {31: {"origin": "JC-2026-0002"}}})
    assert said(other, "CK-03") == ["结果为“隐患”但没有整改工单。"] and compute(other).cells["issue"] is None
    assert compute(check(DONE, {"issues": {31: {"origin": "JC-2026-0001"}}})).cells["issue"] is None


def test_the_line_is_tried_before_a_class_over_the_network() -> None:
    """A36; 2026-09-20 is a Sunday on which the school works."""
    course = {"starts_on": date(2026, 9, 21), "modes": ("讲授", "网络"), "classroom": 4, "status": "筹备"}
    people = (Person(8, "张网络", roles=frozenset({"信息管理员"})),)
    [row] = video_test(facts("training_classes", course, people=people, row_id=12))
    assert (row.table, row.key) == ("equipment_checks", "")
    assert row.cells | {"items": ""} == {
        "check_kind": "视频会议联调",
        "training_class": 12,
        "location": 4,
        "cycle": "每班",
        "items": "",
        "done_by": 8,
        "due_on": date(2026, 9, 20),
    }
    for change in ({"modes": ("讲授",)}, {"modes": None}, {"status": "计划"}, {"starts_on": None}):
        assert list(video_test(facts("training_classes", {**course, **change}, people=people))) == []


# --- CK-04, V31 -----------------------------------------------------------------------------------------------------

CLERK = Person(3, "窦安全", "dou@school.test", 1)


def typed(count: int, step: timedelta, **cells: Any) -> dict[int, dict[str, Any]]:
    """So many checks of one man, entered one after the other from noon on."""
    row = {**CHECK, **DONE, "check_kind": "日常巡检", "created_by": CLERK.account, **cells}
    return {n + 1: {**row, "created_at": NOON + n * step} for n in range(count)}


def inspector(checks: dict[int, dict[str, Any]], now: datetime = NOON + timedelta(hours=1), **more: Any) -> Any:
    tables = {"equipment_checks": checks}
    cells = {"name": CLERK.name, "account": CLERK.account}
    return facts("people", cells, tables, row_id=3, people=(CLERK,), now=now, moment="随时", **more)


def test_v31_thirty_one_patrols_in_six_minutes() -> None:
    burst = typed(31, timedelta(seconds=12))
    words = ["窦安全在6分钟内补录了31条检查记录，请核实是否真实检查。"]
    assert said(inspector(burst), "CK-04") == words
    [line] = [f for f in examine(inspector(burst)) if f.rule == "CK-04"]
    assert (line.severity, line.gravity, line.stage) == ("预警", "一般", "2026-09-01 12:00")
    assert said(inspector(burst, NOON + timedelta(minutes=14)), "CK-04") == []  # it may still go on
    assert said(inspector(burst, NOON + timedelta(days=1)), "CK-04") == words


def test_one_line_for_one_burst() -> None:
    """Thirty rows in half an hour are one burst; another one in the afternoon is another."""
    morning = typed(30, timedelta(minutes=1))
    assert said(inspector(morning), "CK-04") == ["窦安全在29分钟内补录了30条检查记录，请核实是否真实检查。"]
    later = {n + 100: {**c, "created_at": c["created_at"] + timedelta(hours=3)} for n, c in morning.items()}
    assert len(said(inspector({**morning, **later}, NOON + timedelta(hours=5)), "CK-04")) == 2


def test_an_ordinary_round_is_no_burst() -> None:
    assert said(inspector(typed(9, timedelta(seconds=12))), "CK-04") == []
    assert said(inspector(typed(31, timedelta(minutes=2))), "CK-04") == []
    assert len(said(inspector(typed(10, timedelta(seconds=66))), "CK-04")) == 1  # ten in less than ten minutes
    planned = typed(31, timedelta(seconds=12), done_on=None)
    loaded = typed(31, timedelta(seconds=12), created_by="houqin@school.test")
    others = typed(31, timedelta(seconds=12), done_by=4)
    for rows in (planned, loaded, others):
        assert said(inspector(rows), "CK-04") == []
