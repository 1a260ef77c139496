"""N17 and A53: who hears of an issue that waits, is late, or was answered (domain.md B3.13, B7)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.jobs import JOBS, Facts, discover
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.reminders import Notice
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import Calendar
from tests.scenarios.premises import moment

CLERK, HANDLER, HEAD, LEADER, TOP = 1, 2, 3, 4, 5
DEPT = 10
PEOPLE = Directory(
    [
        Person(CLERK, "王文员", "wang@school.test", DEPT),
        Person(HANDLER, "吴维修", "wu@school.test", DEPT),
        Person(HEAD, "周科长", "zhou@school.test", DEPT),
        Person(LEADER, "孙副校长", "sun@school.test", DEPT),
        Person(TOP, "赵校长", "zhao@school.test", DEPT, frozenset({"主要领导"})),
    ],
    [Department(DEPT, "行政科", HEAD, LEADER)],
)
DUE = moment("9-22", "18:00")
ISSUE: dict[str, Any] = {
    **{"code": "GD-2026-0001", "kind": "整改", "description": "后厨排烟罩清洗", "status": "处理中", "severity": "一般"},
    **{"duty_dept": DEPT, "handler": HANDLER, "due_at": DUE, "respond_by": moment("9-16", "15:00")},
    **{"responded_at": None, "fixed_at": None, "fix_note": None, "hold_reason": None, "verify_by": CLERK},
    **{"created_by": "wang@school.test", "created_at": moment("9-16"), "last_modified_at": moment("9-16")},
    **{"reopen_n": None, "category": "餐饮", "agreed_until": None},
}


def run(job: str, now: datetime, directory: Directory = PEOPLE, **changes: Any) -> list[Notice]:
    discover()
    rows = {"issues": Rows("issues", [Row(1, {**ISSUE, **changes})])}
    return list(JOBS[job].run(rows, Facts(now, Calendar(), directory)))


def words(*notices: Notice) -> str:
    composed = Messages().compose("您", [Part(n, one.template, one.data) for n, one in enumerate(notices)])
    assert composed.message is not None and not composed.broken
    return composed.message.text


# --- late -------------------------------------------------------------------------------------------------------------


def late(on: str, **changes: Any) -> list[tuple[str, list[Any]]]:
    return [(n.stage, list(n.to)) for n in run("issue_overdue", moment(on, "08:40"), **changes)]


def test_v27_who_is_told_when():
    days = {on: late(on) for on in ("9-21", "9-22", "9-23", "9-24", "9-27", "9-28", "9-29", "9-30", "10-30")}
    assert days == {
        "9-21": [],
        "9-22": [("处理人", [HANDLER])],
        "9-23": [("部门负责人", [HEAD])],
        "9-24": [("部门负责人", [HEAD])],
        "9-27": [("部门负责人", [HEAD])],
        "9-28": [("分管领导", [LEADER])],
        "9-29": [("分管领导", [LEADER])],
        "9-30": [("主要领导", [TOP])],
        "10-30": [("主要领导", [TOP])],
    }


def test_only_what_somebody_still_has_to_do():
    for status in ("待复核", "已办结", "不予受理"):
        assert late("9-30", status=status) == []
    assert late("9-30", fixed_at=moment("9-21")) == late("9-30", due_at=None) == []
    assert late("9-30", status="挂起") != []


def test_where_nobody_holds_an_office_the_next_below_is_told():
    nobody = Directory([Person(HANDLER, "吴维修")], [])
    [notice] = run("issue_overdue", moment("9-30", "08:40"), nobody)
    assert (notice.stage, list(notice.to)) == ("处理人", [HANDLER])


def test_what_nobody_has_is_the_offices():
    nobody = {"status": "新建", "handler": None, "duty_dept": None, "kind": "投诉"}
    [notice] = run("issue_overdue", moment("9-23", "08:40"), **nobody)
    assert list(notice.to) == ["logistics"]
    assert "投诉已超期1个工作日，现升级至行政科负责人。处理人未定，" in words(notice)


def test_the_letters_of_what_is_late():
    [today] = run("issue_overdue", moment("9-22", "08:40"))
    assert (
        "【工单超期】GD-2026-0001“后厨排烟罩清洗”：整改今天（9月22日18:00）到期，请今天办结；"
        "不能按期的请填写原因并申请挂起。" in words(today)
    )
    [leader] = run("issue_overdue", moment("9-28", "08:40"))
    assert "整改已超期3个工作日，现升级至分管领导孙副校长。处理人吴维修，应于9月22日18:00前办结，请督促。" in words(
        leader
    )
    assert leader.deadline == date(2026, 9, 22), "another limit is another countdown"


# --- waiting ----------------------------------------------------------------------------------------------------------


def waiting(at: datetime, **changes: Any) -> list[tuple[str, list[Any]]]:
    return [(n.stage, list(n.to)) for n in run("issue_waiting", at, **changes)]


def test_the_office_then_the_handler():
    new = {"status": "新建", "handler": None}
    assert waiting(moment("9-16", "14:40"), **new) == [("新建-行政科", ["logistics"])]
    assert waiting(moment("9-16", "15:10"), **new) == [("新建-行政科-late", ["logistics"])]
    assert waiting(moment("9-16", "14:40"), status="已派单") == [("已派单-处理人", [HANDLER])]
    assert waiting(moment("9-16", "15:10"), status="已派单") == [("已派单-处理人-late", [HANDLER])]
    assert waiting(moment("9-16", "15:10"), status="已派单", respond_by=None) == [("已派单-处理人", [HANDLER])]


def test_unanswered_it_climbs():
    sent = {"status": "已派单"}
    assert waiting(moment("9-17", "08:40"), **sent) == [("已派单-部门负责人-late", [HEAD])]
    assert waiting(moment("9-19", "08:40"), **sent) == [("已派单-部门负责人-late", [HEAD])]
    assert waiting(moment("9-20", "08:40"), **sent) == [("已派单-分管领导-late", [LEADER])]
    assert waiting(moment("9-22", "08:40"), **sent) == [("已派单-主要领导-late", [TOP])]


def test_nobody_waits_for_what_somebody_has():
    assert waiting(moment("9-17", "08:40")) == []
    assert waiting(moment("9-17", "08:40"), status="已派单", responded_at=moment("9-16", "10:00")) == []


def test_what_is_urgent_goes_out_at_once():
    assert [n.urgent for n in run("issue_urgent", moment("9-16"), status="新建", severity="紧急")] == [True]
    assert [n.urgent for n in run("issue_waiting", moment("9-16"), status="新建")] == [False]


@pytest.mark.parametrize(
    ("changes", "at", "text"),
    [
        ({"status": "新建"}, "10:40", "（整改）待派单，请填写紧急程度、责任部门和处理人。"),
        (
            {"status": "已派单"},
            "10:40",
            "（整改）已派给您，请在9月22日18:00前办结；接手时把状态改为“处理中”。",
        ),
        ({"status": "新建", "kind": None}, "15:10", "工单已过响应时限（9月16日15:00）无人响应，请立即派单："),
        ({"status": "已派单"}, "15:10", "无人响应，请立即处理，接手时把状态改为“处理中”。"),
    ],
)
def test_the_letters_of_what_waits(changes, at, text):
    assert text in words(*run("issue_waiting", moment("9-16", at), **changes))


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"status": "已派单"}, "您报的GD-2026-0001“后厨排烟罩清洗”已受理，由吴维修处理，9月22日18:00前办结。"),
        ({"status": "处理中", "due_at": None}, "已受理，由吴维修处理。"),
        (
            {"status": "待复核", "fix_note": "已清洗。"},
            "已处理：已清洗。请核对，填写“复核结果”；合格的把状态改为“已办结”，并在“评价”里打1至5分。",
        ),
        ({"status": "已办结", "fix_note": "已清洗"}, "已处理：已清洗。如有意见，请在“评价”里打1至5分。"),
        ({"status": "挂起", "hold_reason": "待采购。"}, "暂缓办理：待采购。预计9月22日18:00前办结。"),
        ({"status": "不予受理", "hold_reason": "不属于后勤事项"}, "不予受理：不属于后勤事项。"),
    ],
)
def test_whoever_reported_it_hears(changes, text):
    [notice] = run("issue_told", moment("9-16", "15:10"), **changes)
    assert list(notice.to) == [CLERK] and text in words(notice)


def test_a_second_repair_is_told_anew():
    first = run("issue_told", moment("9-16", "15:10"), status="待复核")
    again = run("issue_told", moment("9-16", "15:10"), status="待复核", reopen_n=Decimal(1))
    assert [n.stage for n in (*first, *again)] == ["done-0", "done-1"]


def test_nobody_to_tell_and_nothing_new():
    assert run("issue_told", moment("9-16", "15:10"), created_by=None) == []
    assert run("issue_told", moment("9-16", "15:10"), created_by="form@school.test") == []
    assert run("issue_told", moment("9-16", "15:10"), handler=CLERK) == []
    assert run("issue_told", moment("9-16", "15:10"), status="新建") == []
    assert run("issue_told", moment("9-18", "15:10")) != []
    assert run("issue_told", moment("9-21", "15:10")) == []
