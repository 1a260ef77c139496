"""The planted violations of domain.md E6 about inspections and issues: V26, V27, V28, V32, and the loop around them."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.tables.base import Row
from automations.tables.values import Value
from tests.scenarios.conftest import Open
from tests.scenarios.premises import (
    ACCOUNTANT,
    CASHIER,
    CLERK,
    HEAD,
    LEADER,
    OF_FINANCE,
    OTHER_HEAD,
    TOP,
    moment,
)
from tests.scenarios.school import School

INSPECTIONS, ISSUES = "inspections", "issues"


def place(school: School, name: str, department: str, duty: str, kind: str = "厨房") -> int:
    """A room with somebody who answers for it."""
    cells: dict[str, Value] = {"department": school.ids[department], "duty_person": school.ids[duty]}
    return school.file(CLERK, "locations", name=name, kind=kind, usable="可用", **cells)


def inspected(school: School, at: str = "09:00", **cells: Any) -> int:
    """A draft of 会计 and 出纳 about 行政科."""
    filled: dict[str, Value] = {
        "team": "卫生",
        "date": moment(school.today, at),
        "inspectors": (school.ids[ACCOUNTANT], school.ids[CASHIER]),
        "target_dept": school.ids["行政科"],
        "checklist": "后厨、走廊",
        "score": Decimal(76),
    }
    return school.file(ACCOUNTANT, INSPECTIONS, **{**filled, **cells})


def handed_in(school: School, **cells: Any) -> int:
    row_id = inspected(school, **cells)
    row = school.change(ACCOUNTANT, INSPECTIONS, row_id, status="已提交")
    assert row["status"] == "已提交", row["check_message"]
    return row_id


def issues(school: School) -> list[Row]:
    return sorted(school.host.changed(ISSUES, None).rows, key=lambda r: r.id)


def told(school: School, words: str) -> set[str]:
    """Who was sent a letter with these words so far."""
    return {to.name for to, message in school.post.sent if words in message.text}


# --- V26 --------------------------------------------------------------------------------------------------------------


def teaching(school: School) -> int:
    """教务科 with a head of its own, who has no login here."""
    [dept] = school.host.create("departments", [{"name": "教务科", "kind": "教学科研", "active": True}])
    [head] = school.host.create("people", [{"name": "冯教务", "department": dept, "rank": "中层", "status": "在岗"}])
    school.host.update("departments", {dept: {"head": head, "leader_in_charge": school.ids[OF_FINANCE]}})
    school.ids |= {"教务科": dept, "冯教务": head}
    school.engine.turn(school.clock.pass_by(seconds=3), tables=["departments", "people"])
    return dept


def test_v26_a_patrol_finds_air_conditioning_on_in_an_empty_room(opened: Open) -> None:
    """EN-03: a line in the ledger and an issue for 教务科; on the Sunday before, a class was in the room."""
    school = opened("9-6")  # a Sunday
    dept = teaching(school)
    room = place(school, "201教室", "教务科", "冯教务", "教室")
    patrol = {"team": "节能", "location": (room,), "target_dept": dept, "problems": "201教室空调开着，无人"}
    busy = school.course("专题研讨班", "9-5", "9-6", classroom=room, planned_n=Decimal(30))
    quiet = handed_in(school, **patrol)
    assert school.lines(INSPECTIONS, quiet) == [], school.row(busy, "training_classes")

    school.go_to("9-13")
    found = handed_in(school, **patrol)
    assert school.ledger(INSPECTIONS, found) == [("EN-03", "一般")]
    [line] = school.lines(INSPECTIONS, found)
    assert line["detail"] == (
        "201教室空调空转：检查时没有班次和会议使用，空调仍开着。请关闭空调，夏季不低于26℃、冬季不高于20℃。"
    )
    [_, issue] = issues(school)
    assert issue["origin"] == school.row(found, INSPECTIONS)["code"]
    wanted = ("整改", "督查", "空调", dept, school.ids["冯教务"], room, "已派单")
    assert tuple(issue[n] for n in ("kind", "source", "category", "duty_dept", "handler", "location", "status")) == (
        wanted
    )
    row = school.row(found, INSPECTIONS)
    assert (row["findings"], row["findings_n"]) == ((issue.id,), 1)


# --- V27 --------------------------------------------------------------------------------------------------------------


def test_v27_an_overdue_rectification_climbs(opened: Open) -> None:
    """后厨排烟罩清洗, due on Tuesday 9/22: handler 9/22, head 9/23, 分管领导 9/28 after the holiday, 主要领导 9/30."""
    school = opened("9-16", post=True)
    kitchen = place(school, "后厨", "行政科", CLERK)
    handed_in(school, location=(kitchen,), problems="后厨排烟罩清洗")
    [issue] = issues(school)
    assert issue["due_at"] == moment("9-22", "18:00") and issue["verify_by"] == school.ids[ACCOUNTANT]
    seen: dict[str, tuple[Value, Value, set[str]]] = {}
    for on in ("9-21", "9-22", "9-23", "9-24", "9-25", "9-28", "9-29", "9-30"):
        school.go_to(on, "09:10")
        row = school.row(issue.id, ISSUES)
        seen[on] = (row["overdue_wd"], row["escalation"], told(school, "【工单超期】"))
    assert seen == {
        "9-21": (0, None, set()),
        "9-22": (0, 1, {CLERK}),
        "9-23": (1, 2, {CLERK, HEAD}),
        "9-24": (2, 2, {CLERK, HEAD}),
        "9-25": (2, 2, {CLERK, HEAD}),
        "9-28": (3, 3, {CLERK, HEAD, LEADER}),
        "9-29": (4, 3, {CLERK, HEAD, LEADER}),
        "9-30": (5, 4, {CLERK, HEAD, LEADER, TOP}),
    }
    words = "整改已超期5个工作日，现升级至主要领导赵校长。"
    assert words in school.told(ISSUES, issue.id) and words in "".join(school.letters(TOP))
    assert "整改已超期3个工作日，现升级至分管领导孙副校长。" in "".join(school.letters(LEADER))
    assert [(line["rule"], line["detail"]) for line in school.lines(ISSUES, issue.id)] == [("IS-02", words)]


def test_v27_done_in_time_it_climbs_no_further(opened: Open) -> None:
    school = opened("9-16", post=True)
    kitchen = place(school, "后厨", "行政科", CLERK)
    handed_in(school, location=(kitchen,), problems="后厨排烟罩清洗")
    [issue] = issues(school)
    school.change(CLERK, ISSUES, issue.id, status="处理中")
    done: dict[str, Value] = {"fix_note": "已清洗", "root_cause": "管理不到位", "fix_photos": school.paper("完工.jpg")}
    row = school.change(CLERK, ISSUES, issue.id, status="待复核", **done)
    assert row["status"] == "待复核", row["check_message"]
    school.go_to("9-30", "09:10")
    row = school.row(issue.id, ISSUES)
    assert (row["overdue_wd"], row["escalation"], row["check_message"]) == (0, None, None)
    assert told(school, "【工单超期】") == set() and school.lines(ISSUES, issue.id) == []


# --- V28 --------------------------------------------------------------------------------------------------------------


def test_v28_nobody_checks_his_own_work(opened: Open) -> None:
    """IS-03: neither by name nor at his own login; the inspector closes it."""
    school = opened("9-16")
    kitchen = place(school, "后厨", "行政科", CLERK)
    handed_in(school, location=(kitchen,), problems="后厨排烟罩清洗")
    [issue] = issues(school)
    school.change(CLERK, ISSUES, issue.id, status="处理中")
    done: dict[str, Value] = {"fix_note": "已清洗", "root_cause": "管理不到位", "fix_photos": school.paper("完工.jpg")}
    row = school.change(CLERK, ISSUES, issue.id, status="待复核", verify_by=school.ids[CLERK], **done)
    words = "复核人不能是处理人本人，请由督查组复核。"
    assert (row["status"], row["check_result"]) == ("处理中", "拦截") and words in str(row["check_message"])
    row = school.change(CLERK, ISSUES, issue.id, status="待复核", verify_by=school.ids[ACCOUNTANT])
    assert row["status"] == "待复核", row["check_message"]
    row = school.change(CLERK, ISSUES, issue.id, verify_result="合格", status="已办结")
    assert row["status"] == "待复核" and words in str(row["check_message"])
    row = school.change(ACCOUNTANT, ISSUES, issue.id, status="已办结")
    assert (row["status"], row["check_result"]) == ("已办结", "通过"), row["check_message"]
    assert school.lines(ISSUES, issue.id) == []


# --- V32 --------------------------------------------------------------------------------------------------------------


def test_v32_an_inspector_from_the_department_inspected(opened: Open) -> None:
    """IP-01; nothing follows from an inspection that was not handed in."""
    school = opened("9-16")
    own = (school.ids[ACCOUNTANT], school.ids[CLERK])
    inspection = inspected(school, inspectors=own, problems="后厨排烟罩清洗")
    row = school.change(ACCOUNTANT, INSPECTIONS, inspection, status="已提交")
    assert (row["status"], row["check_result"]) == ("草稿", "拦截")
    assert "督查人“王文员”属于被查部门，请换人督查。" in str(row["check_message"])
    assert issues(school) == []
    both = (school.ids[ACCOUNTANT], school.ids[OTHER_HEAD])
    row = school.change(ACCOUNTANT, INSPECTIONS, inspection, inspectors=both, status="已提交")
    assert row["status"] == "已提交" and len(issues(school)) == 1


def test_a_low_score_waits_for_its_problems(opened: Open) -> None:
    """IP-03, and every line of 问题清单 is one issue, however often the row is looked at."""
    school = opened("9-16")
    inspection = inspected(school)
    row = school.change(ACCOUNTANT, INSPECTIONS, inspection, status="已提交")
    assert "得分76低于80分，但没有登记问题，请补登问题或说明。" in str(row["check_message"])
    listed = "1、地面有积水\n2、灭火器过期\n3、地面有积水"
    row = school.change(ACCOUNTANT, INSPECTIONS, inspection, problems=listed, status="已提交")
    found = issues(school)
    assert [i["description"] for i in found] == ["地面有积水", "灭火器过期"]
    assert {i["handler"] for i in found} == {school.ids[HEAD]} and {i["origin"] for i in found} == {row["code"]}
    school.change(ACCOUNTANT, INSPECTIONS, inspection, checklist="后厨、走廊、仓库", problems=listed + "\n仓库门锁坏")
    assert [i["description"] for i in issues(school)] == ["地面有积水", "灭火器过期", "仓库门锁坏"]
    assert school.row(inspection, INSPECTIONS)["findings_n"] == 3


def test_where_an_issue_came_from_is_not_for_people(opened: Open) -> None:
    """来源单号 and 重办次数 are put back (DG-01)."""
    school = opened("9-16")
    handed_in(school, problems="地面有积水")
    [issue] = issues(school)
    row = school.change(CLERK, ISSUES, issue.id, origin="DC-2026-0099", reopen_n=Decimal(7))
    assert (row["origin"], row["reopen_n"]) == (issue["origin"], None)
    assert "【已还原】“来源单号”由系统计算，不能手工修改" in str(row["check_message"])


# --- the loop ---------------------------------------------------------------------------------------------------------


def reported(school: School, who: str = CASHIER, **cells: Any) -> int:
    filled: dict[str, Value] = {"kind": "报修", "category": "水", "description": "三楼水龙头漏水"}
    return school.file(who, ISSUES, **{**filled, "location": place(school, "公寓3楼", "行政科", HEAD, "楼层"), **cells})


def test_a_repair_from_report_to_rating(opened: Open) -> None:
    """Dispatched once filled in; failed twice it is an alert; the reporter closes it and rates it afterwards."""
    school = opened("9-1", post=True)
    issue = reported(school)
    row = school.row(issue, ISSUES)
    assert (row["status"], row["source"], row["verify_by"]) == ("新建", "教职工", school.ids[CASHIER])
    row = school.change(HEAD, ISSUES, issue, severity="较急", status="已派单")
    assert (row["status"], row["check_message"]) == ("新建", "请填写：“责任部门”、“处理人”。")
    row = school.change(HEAD, ISSUES, issue, duty_dept=school.ids["行政科"], handler=school.ids[CLERK])
    assert (row["status"], row["check_result"], row["due_at"]) == ("已派单", "通过", moment("9-3", "18:00"))
    school.go_to("9-1", "10:41")
    school.go_to("9-1", "15:11")
    assert CASHIER in told(school, "已受理，由王文员处理，9月3日18:00前办结。")
    assert CLERK in told(school, "（报修）已派给您，请在9月3日18:00前办结")
    row = school.change(CLERK, ISSUES, issue, status="处理中")
    assert row["responded_at"] == moment("9-1", "15:00")
    for times in (1, 2):
        school.change(CLERK, ISSUES, issue, fix_note=f"第{times}次修理", status="待复核")
        row = school.change(CASHIER, ISSUES, issue, verify_result="不合格")
        assert (row["status"], row["reopen_n"], row["verify_result"], row["fixed_at"]) == ("处理中", times, None, None)
        assert f"复核不合格，已退回重新处理（第{times}次重办）。" in str(row["check_message"])
    [line] = school.lines(ISSUES, issue)
    assert (line["rule"], line["detail"]) == ("IS-04", "同一问题已重办2次，请分管领导组织分析原因。")
    school.change(CLERK, ISSUES, issue, status="待复核")
    row = school.change(CASHIER, ISSUES, issue, verify_result="合格", status="已办结")
    assert row["status"] == "已办结", row["check_message"]
    row = school.change(CASHIER, ISSUES, issue, rating=Decimal(4))
    assert (row["rating"], row["check_result"]) == (4, "通过") and len(school.lines(ISSUES, issue)) == 1
    row = school.change(CLERK, ISSUES, issue, fix_note="改口")
    assert row["fix_note"] == "第2次修理" and "本单已归档，不能修改" in str(row["check_message"])


def test_put_off_with_the_leader(opened: Open) -> None:
    """挂起 is signed by 分管领导; the limit moves to the day he agreed to and no further."""
    school = opened("9-1")
    sent: dict[str, Value] = {"severity": "一般", "duty_dept": school.ids["行政科"], "handler": school.ids[CLERK]}
    issue = reported(school, source="教职工", **sent)
    assert school.row(issue, ISSUES)["status"] == "已派单"
    row = school.change(CLERK, ISSUES, issue, status="挂起")
    assert row["status"] == "已派单" and "现在可以改为：处理中。" in str(row["check_message"])
    school.change(CLERK, ISSUES, issue, status="处理中")
    row = school.change(CLERK, ISSUES, issue, status="挂起")
    assert row["status"] == "处理中" and "请填写：“挂起或不受理原因”、“挂起至”。" in str(row["check_message"])
    hold: dict[str, Value] = {"hold_reason": "待采购配件", "hold_until": date(2026, 9, 18)}
    row = school.change(CLERK, ISSUES, issue, status="挂起", **hold)
    assert (row["status"], row["due_at"]) == ("挂起待批", moment("9-8", "18:00"))
    row = school.agree(ISSUES, issue, LEADER)
    assert (row["status"], row["due_at"]) == ("挂起", moment("9-18", "18:00"))
    school.change(CLERK, ISSUES, issue, status="处理中")
    row = school.change(CLERK, ISSUES, issue, hold_until=date(2026, 12, 31))
    assert (row["status"], row["due_at"]) == ("处理中", moment("9-18", "18:00"))


def test_nobody_answers(opened: Open) -> None:
    """IS-01 after four hours of work; the office is told, and whoever reported an urgent one need not wait for it."""
    school = opened("9-1", post=True)
    issue = reported(school)
    school.go_to("9-1", "10:41")
    school.go_to("9-1", "15:00")
    assert school.told(ISSUES, issue) == ""
    school.go_to("9-1", "15:20")
    assert school.told(ISSUES, issue) == "报修已4小时无人响应，请立即派单。"
    assert HEAD in told(school, "已过响应时限（9月1日15:00）无人响应，请立即派单")
    assert not told(school, "（报修）待派单")  # what had waited for the list is taken back: the graver one says it all


def test_not_taken_on(opened: Open) -> None:
    school = opened("9-1", post=True)
    issue = reported(school)
    row = school.change(HEAD, ISSUES, issue, status="不予受理")
    assert row["status"] == "新建"
    row = school.change(HEAD, ISSUES, issue, status="不予受理", hold_reason="不属于后勤事项")
    assert row["status"] == "不予受理"
    school.go_to("9-1", "15:11")
    assert CASHIER in told(school, "不予受理：不属于后勤事项。")
