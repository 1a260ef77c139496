"""Contracts, certificates, licences, papers to review, tasks due, 责任书, parameters (N23, N31, N32, N33, N35)."""

from datetime import UTC, date, datetime
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
from tests.office import schema
from tests.rules.world import whole

CLERK, HEAD, LEADER = 1, 2, 3
DIRECTORY = Directory(
    [Person(CLERK, "杨维修", department=1), Person(HEAD, "沈行政", department=1), Person(LEADER, "孙后勤")],
    [Department(1, "行政科", head=HEAD, leader=LEADER, kind="财务")],
)


def told(job: str, day: str, *, _table: str = "people", **cells: Any) -> list[Notice]:
    """What the job tells of one row."""
    return run(job, day, {_table: [cells]})


def run(job: str, day: str, tables: dict[str, list[dict[str, Any]]]) -> list[Notice]:
    discover()
    facts = Facts(datetime.fromisoformat(f"{day}T01:00").replace(tzinfo=UTC), Calendar(), DIRECTORY)
    rows = {
        name: Rows(name, [Row(i, whole(schema()[name], c)) for i, c in enumerate(tables.get(name, ()), start=1)])
        for name in JOBS[job].tables
    }
    return list(JOBS[job].run(rows, facts))


def short(notices: list[Notice]) -> list[tuple[str, list[Any]]]:
    return [(n.stage, list(n.to)) for n in notices]


def text(notice: Notice) -> str:
    message = Messages().compose("沈行政", [Part(1, notice.template, {**notice.data, "url": ""})]).message
    assert message is not None
    return message.text.strip()


# --- N32 --------------------------------------------------------------------------------------------------------------

CONTRACT = {
    "name": "杨维修",
    "employment_type": "编外聘用",
    "department": 1,
    "status": "在岗",
    "contract_to": date(2026, 8, 31),
}


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-07-01", []),  # 61 days
        ("2026-07-02", [("ahead-60", ["hr", HEAD])]),
        ("2026-08-03", [("ahead-30", ["hr", HEAD])]),
        ("2026-08-31", [("ahead-0", ["hr", HEAD, LEADER])]),
        ("2026-09-15", [("ahead-0", ["hr", HEAD, LEADER])]),  # told once
    ],
)
def test_n32_contracts(day: str, wanted: list[Any]) -> None:
    assert short(told("contracts_of_staff", day, **CONTRACT)) == wanted


def test_n32_of_whom() -> None:
    for cells in ({"employment_type": "事业编制"}, {"status": "已退出"}, {"contract_to": None}):
        assert told("contracts_of_staff", "2026-08-31", **{**CONTRACT, **cells}) == []


def test_n32_says_what_to_do() -> None:
    [ahead] = told("contracts_of_staff", "2026-08-03", **CONTRACT)
    assert "杨维修（编外聘用）的合同将于8月31日到期（剩28天），请决定是否续签" in text(ahead)
    [late] = told("contracts_of_staff", "2026-09-01", **CONTRACT)
    assert "已于8月31日到期，请立即续签或办理“拟退出”" in text(late)


# --- N23 --------------------------------------------------------------------------------------------------------------

HELD = {"name": "杨维修", "certs": "健康证", "cert_due": date(2026, 8, 31), "department": 1, "status": "在岗"}


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-07-31", []),
        ("2026-08-03", [("ahead-30", [CLERK, HEAD])]),
        ("2026-08-17", [("ahead-15", [CLERK, HEAD])]),
        ("2026-08-31", [("ahead-7", [CLERK, HEAD])]),
        ("2026-09-01", [("overdue-1", [CLERK, HEAD, LEADER])]),
        ("2026-09-08", [("overdue-2", [CLERK, HEAD, LEADER])]),
    ],
)
def test_n23_health_certificates(day: str, wanted: list[Any]) -> None:
    assert short(told("certificates", day, **HELD)) == wanted


def test_n23_others_are_reminded_once() -> None:
    driver = {**HELD, "certs": "驾驶证"}
    assert [n.stage for n in told("certificates", "2026-08-17", **driver)] == ["ahead-30"]
    for cells in ({"certs": None}, {"cert_due": None}, {"status": "已退出"}):
        assert told("certificates", "2026-08-31", **{**HELD, **cells}) == []
    [late] = told("certificates", "2026-09-01", **HELD)
    assert "杨维修的证件（健康证）已于8月31日到期，请暂停上岗并补证" in text(late)


def test_n23_licences() -> None:
    vendor = {"name": "示例餐饮公司", "license_due": date(2026, 8, 31), "status": "在册"}

    def stages(day: str, **cells: Any) -> list[Any]:
        return short(told("licences", day, _table="vendors", **{**vendor, **cells}))

    assert stages("2026-07-31") == []
    assert stages("2026-08-03") == [("ahead-30", ["logistics"])]
    assert stages("2026-08-31") == [("ahead-7", ["logistics"])]
    assert stages("2026-09-01") == [("overdue-1", ["logistics", LEADER])]
    for cells in ({"blocked": True}, {"status": "待审"}, {"license_due": None}):
        assert stages("2026-09-01", **cells) == []
    [late] = told("licences", "2026-09-01", _table="vendors", **vendor)
    assert "服务商“示例餐饮公司”的证照已于8月31日到期" in text(late)


# --- N33 --------------------------------------------------------------------------------------------------------------

PAPER = {"title": "车辆管理办法", "status": "现行有效", "owner_dept": 1, "review_due": date(2026, 9, 1)}


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-07-31", []),
        ("2026-08-03", [("ahead-30", [HEAD])]),
        ("2026-09-02", [("ahead-30", [HEAD])]),
        ("2026-09-28", [("ahead-30", [HEAD])]),  # 19 working days: with 9-20, without 9-25
        ("2026-09-29", [("late-20", [HEAD, LEADER])]),
    ],
)
def test_n33_papers(day: str, wanted: list[Any]) -> None:
    assert Calendar().between(date(2026, 9, 1), date(2026, 9, 29)) == 20
    assert short(told("documents_review", day, _table="documents", **PAPER)) == wanted


def test_n33_words() -> None:
    [late] = told("documents_review", "2026-09-29", _table="documents", **PAPER)
    assert "“车辆管理办法”应于9月1日前复审，已超期20个工作日，请把状态改为“待修订”" in text(late)
    for cells in ({"status": "已废止"}, {"review_due": None}):
        assert told("documents_review", "2026-09-29", _table="documents", **{**PAPER, **cells}) == []


# --- N31 --------------------------------------------------------------------------------------------------------------

TASK = {"title": "整改台账", "person": CLERK, "department": 1, "due": date(2026, 9, 30), "status": "进行中"}


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-09-21", []),  # 6 working days, the 25th is a holiday
        ("2026-09-22", [("day-5", [CLERK])]),
        ("2026-09-30", [("day0", [CLERK])]),
        ("2026-10-08", [("day0", [CLERK])]),
        ("2026-10-10", [("day3", [CLERK, HEAD])]),
        ("2026-10-13", [("day5", [CLERK, HEAD, LEADER])]),
    ],
)
def test_n31_tasks(day: str, wanted: list[Any]) -> None:
    assert short(told("task_due", day, _table="tasks", **TASK)) == wanted


def test_n31_words() -> None:
    [ahead] = told("task_due", "2026-09-22", _table="tasks", **TASK)
    assert "杨维修负责的任务“整改台账”将于9月30日到期（剩5个工作日）" in text(ahead)
    [late] = told("task_due", "2026-10-13", _table="tasks", **TASK)
    assert "应于9月30日完成，已超期5个工作日" in text(late)
    for cells in ({"status": "待考核"}, {"status": "草拟"}, {"due": None}):
        assert told("task_due", "2026-10-13", _table="tasks", **{**TASK, **cells}) == []


# --- N35, 责任书 ------------------------------------------------------------------------------------------------------


def norm(**cells: Any) -> dict[str, Any]:
    return {"key": "cash.limit", "value": "1000", "verified": False, **cells}


def test_n35_parameters_in_january() -> None:
    rows = {"settings": [norm(), norm(verified=True), norm(to_date=date(2025, 12, 31)), norm(value=None)]}
    assert run("settings_unverified", "2025-12-31", rows) == run("settings_unverified", "2026-02-02", rows) == []
    [january] = run("settings_unverified", "2026-01-05", rows)
    assert (january.stage, list(january.to)) == ("january", ["会计"])
    assert "请核实2项标准是否仍然有效，其中1项从未核实。请于1月31日前" in text(january)
    assert [n.key for n in run("settings_unverified", "2026-01-29", rows)] == [january.key]
    [_, end] = run("settings_unverified", "2026-01-30", rows)  # the 31st is a Saturday
    assert (end.stage, list(end.to)) == ("end", [LEADER])
    assert "请督促会计" in text(end)
    assert len(run("settings_unverified", "2026-01-30", {"settings": [norm(verified=True)]})) == 1
    assert run("settings_unverified", "2026-01-30", {}) == []


def test_papers_of_posts() -> None:
    line = {
        "rule": "责任书",
        "status": "待说明",
        "detail": "岗位“维修工”尚无2026年岗位责任书（应于2026-03-31前签订）。",
    }
    [notice] = run("duty_papers", "2026-05-06", {"violations": [line, {**line, "status": "已关闭"}, {"rule": "IN-01"}]})
    assert (notice.deadline, list(notice.to)) == (date(2026, 5, 1), ["hr"])
    assert "1个岗位缺今年的岗位责任书" in text(notice) and "· 岗位“维修工”尚无2026年岗位责任书" in text(notice)
    assert run("duty_papers", "2026-05-06", {"violations": [{**line, "status": "误报"}]}) == []


def test_a_department_without_a_head_is_told_of_by_the_engine() -> None:
    """Whom nobody holds, addressed() reports to IT: the job leaves the place empty and goes on."""
    [notice] = told("task_due", "2026-10-13", _table="tasks", **{**TASK, "department": 9})
    assert list(notice.to) == [CLERK, None, None]
    assert notice.data["late"] == Decimal(5)
