"""Another calendar: what is open is reckoned anew in the same pass, what somebody was given stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from automations.engine import Engine, Office
from automations.engine.notices import Notices
from automations.jobs import discover
from automations.notify.memory import Memory
from automations.workdays import Calendar, local_date
from tests.conftest import Clock
from tests.office import SmallOffice

REST = "2026-09-03 休息 停电检修"
"""One day fewer from 1 September on."""


def move(office: SmallOffice, text: str) -> None:
    """The school's own entry comes into force."""
    own = {"key": "calendar.override", "label": "放假调休", "value": text, "category": "日历"}
    office.host.create("settings", [own])
    office.settle()
    office.turn(slow=True)
    office.settle()


def calendars(office: SmallOffice) -> list[str]:
    return [e.data["version"] for e in office.office.journal.entries("calendar", "calendar")]


@pytest.fixture
def office(clock: Clock) -> Any:
    office = SmallOffice(clock)
    yield office
    office.close()


def issue(office: SmallOffice) -> int:
    """An order of Tuesday, five working days to finish it."""
    [made] = office.host.create(
        "issues",
        [
            {
                "kind": "报修",
                "source": "教职工",
                "category": "空调",
                "description": "三楼空调不制冷",
                "severity": "一般",
                "duty_dept": office.ids["行政科"],
                "handler": office.ids["周科长"],
                "status": "处理中",
            }
        ],
    )
    office.turn(slow=True)
    office.settle()
    return made


def due(office: SmallOffice, table: str, row: int) -> date:
    moment = office.row(row, table)["due_at"]
    assert isinstance(moment, datetime)
    return local_date(moment)


def test_what_is_open_is_reckoned_anew(office: SmallOffice) -> None:
    order, claim = issue(office), office.submitted()
    step = office.step(claim, "周科长").id
    assert (due(office, "issues", order), due(office, "sign_steps", step)) == (date(2026, 9, 8), date(2026, 9, 3))
    assert calendars(office) == [Calendar().version]
    move(office, REST)
    assert (due(office, "issues", order), due(office, "sign_steps", step)) == (date(2026, 9, 9), date(2026, 9, 4))
    assert calendars(office) == [Calendar().version, Calendar.of(REST).version]
    office.turn(slow=True)
    assert len(calendars(office)) == 2


def test_a_worker_that_starts_with_another_package_reckons_anew(office: SmallOffice, monkeypatch: Any) -> None:
    """The mirror still says by which calendar its rows were looked at."""
    claim = office.submitted()
    step = office.step(claim, "周科长").id
    old, moved = Calendar().version, Calendar.of(REST)
    newer = Office(
        office.host, office.office.mirror, office.office.journal, office.office.schema, office.office.approvals
    )
    monkeypatch.setattr("automations.engine.office.Calendar.of", lambda text: moved)
    office.engine = Engine(newer)
    office.turn(slow=True)
    office.settle()
    assert due(office, "sign_steps", step) == date(2026, 9, 4)
    assert calendars(office) == [old, moved.version]


def test_a_date_that_somebody_was_given_stays_and_names_its_calendar(office: SmallOffice) -> None:
    claim = office.submitted()
    office.sign(claim, "周科长", by="王文员")
    office.settle()
    [line] = office.violations()
    before = line["due_on"]
    move(office, "2026-09-02 休息 停电检修")
    [line] = office.violations()
    assert line["due_on"] == before == date(2026, 9, 2)
    [entry] = office.office.journal.entries(f"expense_claims/{office.row(claim)['code']}", "violation")
    assert (entry.data["due_on"], entry.data["calendar"]) == ("2026-09-02", Calendar().version)


def at(clock: Clock, day: date, hour: int = 8, minute: int = 41) -> None:
    clock.now = datetime(day.year, day.month, day.day, hour - 8, minute, tzinfo=UTC)


def test_it_hears_once_a_week_from_november_until_the_year_is_entered(clock: Clock) -> None:
    at(clock, date(2026, 10, 30))
    office = SmallOffice(clock)
    roles = ("经办人", "部门负责人", "信息管理员")
    office.host.update("people", {office.ids["吴科长"]: {"roles": roles}})
    post = Memory("email")
    office.engine = Engine(office.office, Notices(office.office, {"email": post}, discover()))

    def heard(*days: date) -> list[str]:
        post.sent.clear()
        for day in days:
            at(clock, day)
            office.turn(slow=True)
            office.settle()
        return [f"{to.name} {m.subject}" for to, m in post.sent if "工作日历" in m.text]

    told = "吴科长 【工作日历】2027年放假安排尚未收录"
    assert heard(date(2026, 10, 30)) == []
    assert heard(date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 6)) == [told]
    assert heard(date(2026, 11, 9), date(2026, 11, 10)) == [told]
    [text] = [m.text for _, m in post.sent if "工作日历" in m.text]
    assert "“参数标准”的 calendar.override 中填写全年放假和调休日期，并写明“2027年已录全”" in text
    move(office, "2027-01-01至2027-01-03 休息 元旦；2027年已录全")
    assert heard(date(2026, 11, 16), date(2026, 11, 17)) == []
    office.close()
