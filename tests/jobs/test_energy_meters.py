"""N24, N26, EN-04, the calibration: who is reminded of meters, and when the reminding stops."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.jobs import JOBS, Facts, discover
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.rows import Rows
from automations.tables.base import Row
from automations.tables.values import File
from automations.workdays import SCHOOL_TIME, Calendar

READER, HEAD, LEADER, TOP, SECTION = 1, 2, 3, 4, 70
PEOPLE = Directory(
    [
        Person(READER, "柏能源", department=SECTION),
        Person(HEAD, "周科长", department=SECTION),
        Person(LEADER, "孙副校长"),
        Person(TOP, "赵校长", roles=frozenset({"主要领导"})),
    ],
    [Department(SECTION, "行政科", HEAD, LEADER)],
)


def meter(**cells: Any) -> Row:
    own = {"name": "教学楼电表", "kind": "电", "unit": "kWh", "active": True, "department": SECTION, "reader": READER}
    empty = dict.fromkeys(("month_end", "month_used", "month_of", "quota_month", "calibration_due", "created_at"))
    return Row(5, {**empty, **own, **cells})


def told(job: str, on: date, *rows: Row, table: str = "meters") -> list[Any]:
    discover()
    now = datetime(on.year, on.month, on.day, 8, 40, tzinfo=SCHOOL_TIME)
    return list(JOBS[job].run({table: Rows(table, rows)}, Facts(now, Calendar(), PEOPLE)))


def words(notice: Any) -> tuple[str, str]:
    message = Messages().compose("周科长", [Part(1, notice.template, notice.data)]).message
    assert message is not None
    for text in (message.html, message.wecom):
        assert "".join(message.text.split("【")[1].split("。")[0]) in text
    return message.subject, message.text


# --- N24 --------------------------------------------------------------------------------------------------------------


def month_end(on: date, **cells: Any) -> list[tuple[str, list[Any]]]:
    return [(n.stage, list(n.to)) for n in told("month_end_readings", on, meter(**cells))]


def test_the_reader_first_then_the_head() -> None:
    first, third = ("wd-1", [READER]), ("wd-3", [READER, HEAD])
    days = {day: month_end(date(2026, 9, day)) for day in (1, 2, 3, 4, 30)}
    assert days == {1: [first], 2: [first], 3: [third], 4: [third], 30: [third]}
    assert month_end(date(2026, 10, 8)) == [first], "the holidays of October are no working days"


def test_what_was_read_is_not_asked_for() -> None:
    on = date(2026, 9, 1)
    assert month_end(on, month_end="2026-08") == month_end(on, month_end="2026-09") == []
    assert month_end(on, month_end="2026-07") != []
    assert month_end(on, active=False) == []
    assert month_end(on, created_at=datetime(2026, 8, 31, 16, 30, tzinfo=UTC)) == [], "installed on 1 September"
    assert month_end(on, created_at=datetime(2026, 8, 31, 15, 30, tzinfo=UTC)) != []


def test_its_words() -> None:
    [notice] = told("month_end_readings", date(2026, 9, 1), meter())
    assert words(notice)[0] == "【月末抄表】教学楼电表8月月末未抄表"
    assert "教学楼电表8月月末未抄表。请今天补抄，时段选“月末”，并附照片。" in words(notice)[1]


# --- EN-04 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("used", "wanted"),
    [
        ("450", []),
        ("450.5", [("above-90", [HEAD])]),
        ("500", [("above-90", [HEAD])]),
        ("500.5", [("above-100", [HEAD, LEADER])]),
        (None, []),
    ],
)
def test_the_quota(used: str | None, wanted: list[Any]) -> None:
    row = meter(quota_month=Decimal(500), month_used=used and Decimal(used), month_of="2026-09")
    found = told("energy_quota", date(2026, 9, 21), row)
    assert [(n.stage, list(n.to)) for n in found] == wanted
    assert all(n.deadline == date(2026, 9, 1) for n in found), "next month it is told anew"


def test_who_has_no_quota_exceeds_none() -> None:
    for quota in (None, Decimal(0)):
        assert told("energy_quota", date(2026, 9, 21), meter(quota_month=quota, month_used=Decimal(9))) == []


def test_the_words_of_the_quota() -> None:
    cells = {"quota_month": Decimal(500), "month_of": "2026-09"}
    [near] = told("energy_quota", date(2026, 9, 21), meter(month_used=Decimal("460.00"), **cells))
    assert "教学楼电表9月已用460kWh，月定额500kWh，达92.0%。请提前采取节能措施。" in words(near)[1]
    [over] = told("energy_quota", date(2026, 9, 21), meter(month_used=Decimal("510.50"), **cells))
    assert "已用510.5kWh，月定额500kWh，达102.1%。已超定额，请说明原因" in words(over)[1]


# --- N26 --------------------------------------------------------------------------------------------------------------


def report(on: date, *documents: Row) -> list[tuple[str, list[Any]]]:
    return [(n.stage, list(n.to)) for n in told("energy_report", on, *documents, table="documents")]


def statement(**cells: Any) -> Row:
    own = {"title": "2025年度能源消费状况报告", "file": (File("报告.pdf", 9, "r"),), "issued_on": date(2026, 3, 12)}
    return Row(9, {**own, "created_at": None, **cells})


def test_weekly_from_the_first_of_march() -> None:
    assert report(date(2026, 2, 27)) == []
    assert report(date(2026, 3, 2)) == report(date(2026, 3, 6)) == [("week-0", ["logistics"])]
    assert report(date(2026, 3, 9)) == [("week-1", ["logistics"])]
    assert report(date(2026, 3, 19)) == [("week-2", ["logistics"])]
    assert report(date(2026, 3, 20)) == [("week-2", ["logistics"]), ("leader", [LEADER])]
    assert [stage for stage, _ in report(date(2026, 3, 27))] == ["week-3", "leader"]
    assert report(date(2026, 3, 30))[-1] == ("top", ["主要领导"])
    assert [stage for stage, _ in report(date(2026, 3, 31))] == ["week-4", "leader", "top"]
    assert [stage for stage, _ in report(date(2026, 4, 2))] == ["overdue-2", "leader", "top"]


@pytest.mark.parametrize(
    ("cells", "filed"),
    [
        ({}, True),
        ({"issued_on": None, "created_at": datetime(2026, 3, 2, tzinfo=UTC)}, True),
        ({"issued_on": date(2025, 3, 12)}, False),
        ({"issued_on": None}, False),
        ({"file": ()}, False),
        ({"title": "2025年度工作总结"}, False),
        ({"title": None}, False),
    ],
)
def test_until_it_is_filed(cells: dict[str, Any], filed: bool) -> None:
    assert (report(date(2026, 3, 16), statement(**cells)) == []) is filed


def test_a_school_without_a_logistics_office() -> None:
    discover()
    now = datetime(2026, 3, 23, 8, 40, tzinfo=SCHOOL_TIME)
    nobody = Facts(now, Calendar(), Directory((), ()))
    found = list(JOBS["energy_report"].run({"documents": Rows("documents", [])}, nobody))
    assert [n.to for n in found] == [["logistics"], [None]], "what means nobody is reported to IT"


def test_the_words_of_the_report() -> None:
    [notice] = told("energy_report", date(2026, 3, 2), table="documents")
    subject, text = words(notice)
    assert subject == "【能源报告】2025年能源消费状况报告还有29天截止"
    assert "上一年度能源消费状况报告须于3月31日前报区机关事务中心。" in text
    late = told("energy_report", date(2026, 4, 2), table="documents")[0]
    assert "已逾期2天" in words(late)[1]


# --- the calibration --------------------------------------------------------------------------------------------------


def test_the_calibration() -> None:
    due = date(2026, 9, 30)
    stages = {
        day: [n.stage for n in told("meters_calibration", day, meter(calibration_due=due))]
        for day in (date(2026, 7, 31), date(2026, 8, 3), date(2026, 9, 1), date(2026, 9, 23), date(2026, 10, 9))
    }
    assert list(stages.values()) == [[], ["ahead-60"], ["ahead-30"], ["ahead-7"], ["overdue-1"]]
    assert told("meters_calibration", due, meter(calibration_due=due, active=False)) == []
    assert told("meters_calibration", due, meter()) == []
    [ahead] = told("meters_calibration", date(2026, 9, 1), meter(calibration_due=due))
    assert (ahead.to, ahead.deadline) == (["logistics"], due)
    assert "教学楼电表检定将于9月30日到期（剩29天）" in words(ahead)[1]
    [late] = told("meters_calibration", date(2026, 10, 9), meter(calibration_due=due))
    assert "已于9月30日到期，请立即送检或更换" in words(late)[1]
