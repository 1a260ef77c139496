"""N25: who hears of last night, when, in which words (EN-01, EN-02)."""

from datetime import date, datetime
from typing import Any

import pytest

from automations.jobs import JOBS, Facts, discover
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import SCHOOL_TIME, Calendar

HEAD, LEADER, SECTION = 1, 2, 70
PEOPLE = Directory([Person(HEAD, "周科长"), Person(LEADER, "孙副校长")], [Department(SECTION, "学员科", HEAD, LEADER)])
TEXT = "教学楼昨夜用电52度，是基准18度的2.9倍，请检查是否有灯、空调未关。"


def meter(since: date | None = date(2026, 9, 8), **cells: Any) -> Row:
    alert = "预警" if since else "正常"
    own = {"night_alert": alert, "alert_since": since, "alert_text": TEXT, "kind": "电", "active": True}
    return Row(5, {"name": "教学楼电表", "department": SECTION, **own, **cells})


def notices(row: Row, on: date = date(2026, 9, 9), clock: tuple[int, int] = (7, 40)) -> list[Any]:
    discover()
    now = datetime(on.year, on.month, on.day, *clock, tzinfo=SCHOOL_TIME)
    return list(JOBS["night_alerts"].run({"meters": Rows("meters", [row])}, Facts(now, Calendar(), PEOPLE)))


def test_the_first_morning_and_the_second() -> None:
    [first] = notices(meter())
    assert (first.stage, first.to, first.urgent, first.deadline) == ("first", [HEAD], True, date(2026, 9, 8))
    [second] = notices(meter(), date(2026, 9, 10))
    assert (second.stage, second.to) == ("again", [HEAD, LEADER])
    [third] = notices(meter(), date(2026, 9, 11))
    assert third.key == second.key, "told once; the issue's own reminders go on"


def test_nobody_hears_of_ordinary_nights() -> None:
    assert notices(meter(None)) == notices(meter(night_alert="关注")) == notices(meter(active=False)) == []


@pytest.mark.parametrize(
    ("kind", "on", "urgent"), [("电", 11, True), ("电", 12, False), ("水", 11, True), ("水", 12, True)]
)
def test_on_days_off_only_water_is_told_at_once(kind: str, on: int, urgent: bool) -> None:
    """2026-09-12 is a Saturday."""
    [notice] = notices(meter(date(2026, 9, on - 1), kind=kind), date(2026, 9, on))
    assert notice.urgent is urgent


def test_a_department_without_a_head_is_reported_to_it() -> None:
    [notice] = notices(meter(department=None), date(2026, 9, 10))
    assert notice.to == [None, None]


def test_the_message_says_what_to_do() -> None:
    for on, wanted in ((9, f"【夜间能耗】{TEXT}请今天派人"), (10, f"【夜间能耗】连续第2晚：{TEXT}")):
        [notice] = notices(meter(), date(2026, 9, on))
        message = Messages().compose("周科长", [Part(1, notice.template, notice.data)]).message
        assert message is not None
        assert wanted in message.text and wanted in message.wecom and wanted in message.html
        assert message.subject == f"【夜间能耗】{TEXT}"
