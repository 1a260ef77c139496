"""N12, N18, N19, A33: who hears of an inspection that is missing, disputed or not handed in (domain.md B3.12, B7)."""

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
from tests.scenarios.premises import day, moment

ONE, TWO, HEAD, LEADER, SUPERVISOR, OF_OFFICE = 1, 2, 3, 4, 5, 6
OFFICE, DEPT = 10, 11
PEOPLE = Directory(
    [
        Person(ONE, "郑督查", department=OFFICE, roles=frozenset({"督查组"})),
        Person(TWO, "何督查", department=OFFICE),
        Person(HEAD, "周科长", department=DEPT),
        Person(LEADER, "孙副校长"),
        Person(SUPERVISOR, "吴监管", department=DEPT),
        Person(OF_OFFICE, "陈副校长"),
    ],
    [Department(OFFICE, "办公室", leader=OF_OFFICE), Department(DEPT, "行政科", HEAD, LEADER)],
)
NO_GROUP = Directory([Person(HEAD, "周科长", department=DEPT)], [Department(DEPT, "行政科", HEAD)])


def inspection(team: str, on: str, **changes: Any) -> dict[str, Any]:
    filled = {"team": team, "date": moment(on), "inspectors": (TWO, ONE), "status": "已提交", "period": None}
    return {**filled, "contract": None, "training_class": None, "checkpoint": None, **changes}


def run(job: str, now: datetime, directory: Directory = PEOPLE, **tables: list[dict[str, Any]]) -> list[Notice]:
    discover()
    rows = {
        table: Rows(table, [Row(i, cells) for i, cells in enumerate(tables.get(table, []), 1)])
        for table in JOBS[job].tables
    }
    return list(JOBS[job].run(rows, Facts(now, Calendar(), directory)))


def words(*notices: Notice) -> str:
    composed = Messages().compose("您", [Part(n, one.template, one.data) for n, one in enumerate(notices)])
    assert composed.message is not None and not composed.broken
    return composed.message.text


# --- missing ----------------------------------------------------------------------------------------------------------

WEEKLY = ("考勤", "卫生", "住宿", "餐饮")


def missing(on: str, *held: dict[str, Any], clock: str = "15:10", job: str = "inspection_missing") -> list[str]:
    return [str(n.data["team"]) for n in run(job, moment(on, clock), inspections=list(held))]


def test_on_friday_the_head_of_each_group_that_was_not_there():
    held = [inspection("卫生", "9-7"), inspection("餐饮", "9-11"), inspection("考勤", "9-4")]
    notices = run("inspection_missing", moment("9-11", "15:10"), inspections=held)
    assert [(n.data["team"], list(n.to)) for n in notices] == [("考勤", [TWO]), ("住宿", [ONE])]
    assert "【督查】本周考勤尚无督查记录（要求每周不少于1次）。请安排督查并提交“督查记录”。" in words(notices[0])
    assert {n.deadline for n in notices} == {date(2026, 9, 7)}


def test_only_on_the_last_working_day_of_the_week():
    assert missing("9-10") == []
    assert missing("9-18") == missing("9-19") == []  # the week of 9/14 ends on Sunday 9/20, a working day
    assert missing("9-20") == [*WEEKLY, "节能", "安全"]
    assert missing("9-24") == [*WEEKLY], "Friday is a holiday"


def test_groups_of_every_second_week():
    assert missing("9-18", clock="15:10") == []
    done = [inspection(team, "9-20") for team in WEEKLY]
    assert missing("9-20", *done, inspection("节能", "9-7")) == ["安全"]
    assert missing("9-20", *done, inspection("节能", "9-6")) == ["节能", "安全"]
    [notice] = run("inspection_missing", moment("9-20", "15:10"), inspections=[*done, inspection("安全", "9-8")])
    assert "近两周节能尚无督查记录（要求每两周不少于1次）。" in words(notice)


def test_a_draft_is_no_inspection():
    assert "卫生" in missing("9-11", inspection("卫生", "9-8", status="草稿"))
    assert "卫生" not in missing("9-11", inspection("卫生", "9-8", status="有异议"))
    assert "卫生" in missing("9-11", inspection("卫生", "9-8", date=None))


def test_on_monday_the_leader_of_the_head():
    notices = run("inspection_missed", moment("9-14", "08:40"), inspections=[inspection("卫生", "9-4")])
    assert {n.data["team"]: list(n.to) for n in notices} == {team: [OF_OFFICE] for team in WEEKLY}
    assert "上周考勤尚无督查记录（要求每周不少于1次）。请督促督查组。" in words(*notices)
    assert missing("9-14", *(inspection(t, "9-9") for t in WEEKLY), job="inspection_missed", clock="08:40") == []


def test_a_week_without_working_days_asks_for_nothing():
    assert missing("2-24", job="inspection_missed", clock="08:40") == []  # 2/16 to 2/22 was the Spring Festival


def test_a_school_without_inspection_groups_is_left_in_peace():
    assert run("inspection_missing", moment("9-11", "15:10"), NO_GROUP) == []


# --- disputed ---------------------------------------------------------------------------------------------------------

DISPUTED: dict[str, Any] = {
    **{"code": "DC-2026-0001", "team": "卫生", "date": moment("9-21"), "status": "有异议", "target_dept": DEPT},
    **{"score": Decimal("78.5"), "dispute": "当天停水。", "disputed_at": moment("9-22"), "last_modified_at": None},
}


def test_a_dispute():
    def told(on: str, **changes: Any) -> list[tuple[str, list[Any]]]:
        found = run("inspection_disputed", moment(on, "15:10"), inspections=[{**DISPUTED, **changes}])
        return [(n.stage, list(n.to)) for n in found]

    assert told("9-22") == told("9-27") == [("leader", [LEADER])]  # Thursday to Sunday: no third working day yet
    assert told("9-28") == [("top", ["主要领导"])]
    assert told("9-28", status="被查方已确认") == []
    assert told("9-22", target_dept=None) == [("leader", ["分管领导"])]
    assert told("9-22", disputed_at=None) == [("leader", [LEADER])]


def test_the_letters_of_a_dispute():
    [first] = run("inspection_disputed", moment("9-22", "15:10"), inspections=[DISPUTED])
    assert (
        "DC-2026-0001（卫生，78.5分）被查方有异议：当天停水。请在3个工作日内填写“异议答复”，"
        "再把状态改为“被查方已确认”“已归档”或退回“草稿”。" in words(first)
    )
    [last] = run("inspection_disputed", moment("9-28", "15:10"), inspections=[DISPUTED])
    assert "孙副校长3个工作日内没有答复，请督促。" in words(last)


# --- checkpoints of a project -----------------------------------------------------------------------------------------

COURSE: dict[str, Any] = {
    **{"name": "专题研讨班", "is_project": True, "status": "进行中"},
    **{"starts_on": day("9-21"), "ends_on": day("9-24")},
}


def held(*checkpoints: str) -> list[dict[str, Any]]:
    return [inspection("项目过程", "9-20", training_class=1, checkpoint=c) for c in checkpoints]


@pytest.mark.parametrize(
    ("on", "stages"),
    [
        ("9-18", []),
        ("9-20", ["开班前"]),  # the working Sunday before it begins
        ("9-21", ["开班前"]),
        ("9-22", ["开班前", "中期"]),
        ("9-24", ["开班前", "中期", "结班"]),
    ],
)
def test_checkpoints(on, stages):
    found = run("inspection_checkpoint", moment(on, "08:40"), training_classes=[COURSE])
    assert [n.stage for n in found] == stages
    assert all(list(n.to) == ["督查组"] for n in found)


def test_checkpoints_that_were_held_or_are_past():
    def left(on: str, course: dict[str, Any] = COURSE, *done: dict[str, Any]) -> list[str]:
        tables = {"training_classes": [course], "inspections": list(done)}
        return [n.stage for n in run("inspection_checkpoint", moment(on, "08:40"), **tables)]

    assert left("9-24", COURSE, *held("开班前", "中期")) == ["结班"]
    draft = inspection("项目过程", "9-20", training_class=1, checkpoint="结班", status="草稿")
    assert left("9-24", COURSE, *held("开班前", "中期"), draft) == ["结班"]
    assert left("12-1") == []
    assert left("9-24", {**COURSE, "is_project": False}) == left("9-24", {**COURSE, "status": "已归档"}) == []
    assert left("9-24", {**COURSE, "starts_on": None}) == []
    assert run("inspection_checkpoint", moment("9-24", "08:40"), NO_GROUP, training_classes=[COURSE]) == []


def test_the_letter_of_a_checkpoint():
    [notice] = run("inspection_checkpoint", moment("9-20", "08:40"), training_classes=[COURSE])
    assert "“专题研讨班”开班前检查（9月20日）尚未提交督查记录" in words(notice)


# --- 服务商考核 -------------------------------------------------------------------------------------------------------

CONTRACT: dict[str, Any] = {
    **{"name": "物业服务", "kind": "物业", "delivery_mode": "外包", "status": "履行中"},
    **{"starts_on": day("1-1"), "ends_on": day("12-31"), "supervisor": SUPERVISOR, "supervise_dept": DEPT},
}


def unscored(on: str, *scored: dict[str, Any], **changes: Any) -> list[tuple[str, list[Any]]]:
    tables = {"contracts": [{**CONTRACT, **changes}], "inspections": list(scored)}
    return [(n.stage, list(n.to)) for n in run("inspection_vendor_month", moment(on, "08:40"), **tables)]


def score(period: str | None = "2026-08", **changes: Any) -> dict[str, Any]:
    return inspection("服务商考核", "9-3", contract=1, period=period, **changes)


def test_the_month_that_nobody_scored():
    assert unscored("9-4") == []
    assert unscored("9-5") == unscored("9-7") == [("supervisor", [SUPERVISOR])]
    assert unscored("9-8") == [("head", [SUPERVISOR, HEAD])]
    for period in ("2026-08", "2026年8月", "2026/8"):
        assert unscored("9-8", score(period)) == []
    for wrong in (score("2026-07"), score(None), score(status="草稿"), {**score(), "team": "餐饮"}):
        assert unscored("9-8", wrong) != []


def test_whose_service_is_scored():
    assert unscored("9-8", kind="餐饮", delivery_mode=None) != []
    assert unscored("9-8", kind="电梯维保", delivery_mode="混合") != []
    assert unscored("9-8", kind="电梯维保", delivery_mode="自营") == []
    assert unscored("9-8", kind="工程") == unscored("9-8", status="终止") == []
    assert unscored("9-8", starts_on=day("9-1")) == unscored("9-8", ends_on=day("7-31")) == []
    assert unscored("9-8", ends_on=day("8-1")) != [] and unscored("9-8", starts_on=None) == []


def test_the_letter_of_the_month():
    [notice] = run("inspection_vendor_month", moment("9-7", "08:40"), contracts=[CONTRACT])
    assert "合同“物业服务”2026年8月考核尚未提交，当月服务费暂不能支付。" in words(notice)
    assert notice.deadline == date(2026, 8, 31)
