"""目标责任书: a self-check against its standard every year (domain.md A35)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from automations import NewRow
from automations.jobs.yearly_self_check import yearly_self_check
from automations.people import Department, Person
from tests.rules.world import facts
from tests.scenarios.premises import HEAD, Premises

SIGNED: dict[str, Any] = {
    "title": "网络党校分站建设目标责任书",
    "kind": "目标责任书",
    "owner_dept": 1,
    "issued_on": date(2004, 5, 20),
    "status": "现行有效",
}
OFFICES = (Department(1, "信息科", head=2), Department(2, "教务科"))


def follows(on: str = "2026-09-01", **cells: Any) -> list[NewRow]:
    now = datetime.fromisoformat(f"{on}T02:00").replace(tzinfo=UTC)
    paper = facts(
        "documents", {**SIGNED, **cells}, people=(Person(2, "施信息"),), departments=OFFICES, now=now, moment="随时"
    )
    return list(yearly_self_check(paper))


def test_one_task_for_the_head_of_its_department() -> None:
    assert follows() == [
        NewRow(
            "tasks",
            key="2026",
            kind="上级督办",
            title="2026年对照自查：网络党校分站建设目标责任书",
            person=2,
            department=1,
            year=2026,
            weight=0,
            standard="对照《网络党校分站建设目标责任书》的标准和目标逐项自查，写明完成情况、差距和整改措施，上传自查报告。",
            due=date(2026, 11, 30),
            status="已下达",
        )
    ]


@pytest.mark.parametrize(("on", "years"), [("2026-11-30", ["2026"]), ("2026-12-01", []), ("2027-01-01", ["2027"])])
def test_signed_after_the_years_day_it_begins_with_the_next_year(on: str, years: list[str]) -> None:
    assert [row.key for row in follows(on)] == years


def test_only_what_is_in_force_and_has_somebody() -> None:
    for cells in (
        {"kind": "岗位责任书"},
        {"status": "待签批"},
        {"status": "已废止"},
        {"owner_dept": 2},
        {"owner_dept": None},
    ):
        assert follows(**cells) == []


def test_a_task_each_year_that_passes_the_rules() -> None:
    """In the whole engine: none twice, and the next one on New Year's Day."""
    school = Premises("12-30")
    try:
        cells = {**SIGNED, "owner_dept": school.ids["行政科"], "secrecy": "内部", "file": ()}
        school.host.create("documents", [cells])
        school._touched.add("documents")
        school.settle()
        assert not school.host.ids("tasks")  # the day of 2026 has passed
        for on in ("2027-1-1", "2027-1-4"):
            school.go_to(on)
        [task] = school.host.changed("tasks", None).rows
        assert (task["status"], task["person"], task["due"]) == ("已下达", school.ids[HEAD], date(2027, 11, 30))
        assert task["code"] == "MB-2027-0001" and task["check_message"] is None
        school.go_to("2028-1-4")
        assert [t["year"] for t in school.host.changed("tasks", None).rows] == [2027, 2028]
    finally:
        school.close()
