"""学习记录: periods, what counts, what is due (domain.md A12–15, B1.2, B3.14, LN-03)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.learning import by_campaign, days_expected, expected, skills_missing, weeks_due
from automations.rows import Rows
from automations.tables.base import Row
from automations.tables.values import File
from automations.workdays import Calendar
from tests.office import schema
from tests.rules.world import facts, said, whole

DAILY: dict[str, Any] = {
    "person": 1,
    "kind": "每天一学",
    "topic": "理论",
    "date": date(2026, 9, 11),
    "days": 5,
    "title": "第37周学习",
    "period": "2026-W37",
    "review": "未审",
}
WRITTEN = {**DAILY, "kind": "每周一写", "topic": "写作", "title": "谈谈后勤服务的精细化", "words": 300, "days": None}


def record(cells: dict[str, Any], *others: dict[str, Any], row_id: int = 10) -> Any:
    rows = {"learning_records": dict(enumerate(others, start=1))}
    return facts("learning_records", cells, rows, row_id=row_id, moment="随时")


def counted(cells: dict[str, Any], *others: dict[str, Any], **more: Any) -> Any:
    return compute(record(cells, *others, **more)).cells["counted"]


@pytest.mark.parametrize(
    ("kind", "day", "period"),
    [
        ("每天一学", date(2026, 9, 13), "2026-W37"),  # a Sunday
        ("每周一写", date(2027, 1, 3), "2026-W53"),
        ("每月一讲", date(2026, 9, 30), "2026-09"),
        ("岗位培训", date(2026, 12, 31), "2026-12"),
        ("读书活动", date(2026, 4, 1), "2026-04"),
        ("每年一考", date(2026, 12, 31), "2026"),
        ("四学", date(2026, 1, 1), "2026"),
    ],
)
def test_periods(kind: str, day: date, period: str) -> None:
    assert compute(record({**DAILY, "kind": kind, "date": day, "period": None})).cells["period"] == period


def test_a_row_without_kind_or_day_has_no_period() -> None:
    assert compute(record({**DAILY, "kind": None})).cells == {"period": None, "counted": False}
    assert compute(record({**DAILY, "date": None})).cells == {"period": None, "counted": False}


def test_what_is_filled_in() -> None:
    assert said(record(DAILY)) == said(record(WRITTEN)) == []
    assert said(record({**DAILY, "days": None})) == ["请填写：“学习天数”。"]
    assert said(record({**WRITTEN, "words": None})) == ["请填写：“字数”。"]
    assert said(record({**DAILY, "kind": "每月一讲"})) == ["请填写：“学时”。"]
    assert said(record({**DAILY, "kind": "岗位培训"})) == ["请填写：“学时”。"]
    assert said(record({**DAILY, "kind": "每年一考"})) == ["请填写：“成绩”。"]
    assert said(record({**DAILY, "kind": "四学", "days": None})) == []
    assert said(record({**DAILY, "title": None, "topic": None})) == ["请填写：“内容类别”、“题目”。"]


def test_days_of_a_week() -> None:
    assert said(record({**DAILY, "days": 6})) == ["“每天一学”本周有5个工作日，填了6天，请核对。"]
    worked = {**DAILY, "date": date(2026, 10, 10)}  # Thursday and Friday after the holiday, and the Saturday
    assert said(record({**worked, "days": 3})) == []
    assert said(record({**worked, "days": 4})) == ["“每天一学”本周有3个工作日，填了4天，请核对。"]


def test_long_enough() -> None:
    assert said(record({**WRITTEN, "words": 299})) == ["“每周一写”应不少于300字，现在是299字，暂不计入。"]
    assert (counted({**WRITTEN, "words": 299}), counted(WRITTEN)) == (False, True)
    assert counted({**WRITTEN, "words": None}) is counted({**DAILY, "days": 0}) is False


def test_once_a_period() -> None:
    assert counted(DAILY, {**DAILY, "code": "XJ-2026-0001"}) is False
    assert said(record(DAILY, {**DAILY, "code": "XJ-2026-0001"})) == [
        "2026-W37的“每天一学”已有XJ-2026-0001，本条不计入。"
    ]
    for other in (
        {"person": 2},
        {"kind": "每周一写", "words": 400},
        {"period": "2026-W36"},
        {"review": "退回"},
        {"days": 0},
    ):
        assert counted(DAILY, {**DAILY, **other}) is True
        assert said(record(DAILY, {**DAILY, **other})) == []
    assert counted(DAILY, DAILY, row_id=1) is True  # the first one counts


def test_trainings_count_each() -> None:
    training = {**DAILY, "kind": "岗位培训", "hours": 2, "period": "2026-09"}
    assert counted(training, training) is True
    assert counted({**training, "review": "退回"}) is False


# --- LN-03 ------------------------------------------------------------------------------------------------------------

BEFORE = {**WRITTEN, "date": date(2026, 9, 4), "period": "2026-W36"}
SAME = ["与2026-09-04“谈谈后勤服务的精细化”内容重复率高，请重新撰写。"]


def test_ln03_the_same_title() -> None:
    assert said(record(WRITTEN, BEFORE)) == SAME
    assert said(record({**WRITTEN, "title": "谈谈后勤服务的精细化！"}, BEFORE)) == SAME
    assert said(record({**WRITTEN, "title": "谈后勤服务的精细化"}, BEFORE)) == SAME
    assert said(record({**WRITTEN, "title": "食堂反浪费的几点做法"}, BEFORE)) == []
    for other in ({"person": 2}, {"review": "退回"}, {"kind": "每月一讲"}):
        assert said(record(WRITTEN, {**BEFORE, **other})) == []
    assert said(record({**WRITTEN, "review": "退回"}, BEFORE)) == []
    assert said(record({**WRITTEN, "title": None}, BEFORE), "LN-03") == []


def test_ln03_the_same_file() -> None:
    def file(digest: str) -> tuple[File, ...]:
        return (File("心得.docx", 10, "r", digest),)

    other = {"title": "食堂反浪费的几点做法", "file": file("ab")}
    assert said(record({**WRITTEN, **other}, {**BEFORE, "file": file("ab")})) == SAME
    assert said(record({**WRITTEN, **other}, {**BEFORE, "file": file("cd")})) == []


def test_ln03_looks_twelve_weeks_back() -> None:
    assert said(record(WRITTEN, {**BEFORE, "date": date(2026, 6, 19), "period": "2026-W25"})) != []
    assert said(record(WRITTEN, {**BEFORE, "date": date(2026, 6, 12), "period": "2026-W24"})) == []


# --- what is due ------------------------------------------------------------------------------------------------------

CALENDAR = Calendar()
GOALS = {"每天一学": 1, "每周一写": 1, "每月一讲": 1, "每年一考": 1}


def test_working_days_of_a_week_minus_those_away() -> None:
    monday = date(2026, 9, 21)  # the 25th begins a holiday
    assert days_expected(monday, CALENDAR) == 4
    assert days_expected(monday, CALENDAR, [(date(2026, 9, 22), date(2026, 9, 26))]) == 1
    assert days_expected(monday, CALENDAR, since=date(2026, 9, 23)) == 2
    assert days_expected(date(2026, 9, 14), CALENDAR) == 6  # with the Sunday that is worked


def test_a_week_is_due_on_the_thursday_after() -> None:
    assert date(2026, 9, 7) not in list(weeks_due(2026, date(2026, 9, 16)))
    assert list(weeks_due(2026, date(2026, 9, 17)))[-1] == date(2026, 9, 7)
    assert list(weeks_due(2026, date(2027, 6, 1)))[-1] == date(2026, 12, 28)


def test_what_is_due() -> None:
    def due(today: date, **more: Any) -> dict[tuple[str, str], int]:
        return expected(2026, today, GOALS, CALENDAR, **more)

    september = due(date(2026, 9, 30))
    assert september["每天一学", "2026-W37"] == 5 and september["每周一写", "2026-W37"] == 1
    assert ("每天一学", "2026-W08") not in september, "the spring holiday asks for nothing"
    assert ("每月一讲", "2026-08") in september and ("每月一讲", "2026-09") not in september
    assert ("每年一考", "2026") not in due(date(2026, 11, 30)) and ("每年一考", "2026") in due(date(2026, 12, 1))
    assert due(date(2027, 1, 1))["每月一讲", "2026-12"] == 1
    late = due(date(2026, 9, 30), since=date(2026, 9, 9))
    assert set(late) == {
        *(("每天一学", f"2026-W{w}") for w in (37, 38)),
        *(("每周一写", f"2026-W{w}") for w in (37, 38)),
    }


# --- 学习完成率 -------------------------------------------------------------------------------------------------------

ME = {"name": "王文员", "employment_type": "事业编制", "status": "在岗", "contract_from": date(2026, 8, 31)}


def rate(records: list[dict[str, Any]], trips: list[dict[str, Any]] = (), day: int = 17, **cells: Any) -> Any:  # type: ignore[assignment]
    tables = {
        "learning_records": dict(enumerate(({"counted": True, **r} for r in records), start=1)),
        "requests": dict(enumerate(trips, start=1)),
    }
    now = datetime(2026, 9, day, 2, tzinfo=UTC)
    return compute(facts("people", {**ME, **cells}, tables, now=now, moment="")).cells["learn_rate"]


W36 = {"period": "2026-W36"}


def test_each_kind_weighs_the_same_and_no_week_makes_up_for_another() -> None:
    assert rate([DAILY, {**DAILY, **W36}, WRITTEN, {**WRITTEN, **W36}]) == Decimal(100)
    assert rate([DAILY, WRITTEN, {**WRITTEN, **W36}]) == Decimal(75)  # half of the days, all of the texts
    assert rate([{**DAILY, "days": 10}, WRITTEN, {**WRITTEN, **W36}]) == Decimal(75)
    assert rate([{**DAILY, "days": 3}]) == Decimal(15)
    assert rate([DAILY, {**DAILY, **W36}, WRITTEN, {**WRITTEN, **W36, "counted": False}]) == Decimal(75)
    assert rate([{**DAILY, "person": 2}]) == Decimal(0)


def test_as_of_the_last_thursday() -> None:
    week36 = [{**DAILY, **W36}, {**WRITTEN, **W36}]
    assert rate(week36, day=16) == rate(week36, day=10) == Decimal(100)
    assert rate(week36, day=17) == Decimal(50)
    assert rate([], day=9) is None, "nothing is due yet"


def test_whoever_is_away_learns_elsewhere() -> None:
    records = [{**DAILY, **W36}, {**WRITTEN, **W36}, {**DAILY, "days": 2}, WRITTEN]
    assert rate(records) == Decimal(85)
    away = {"away_from": date(2026, 9, 9), "away_to": date(2026, 9, 12), "status": "请假"}
    assert rate(records, **away) == Decimal(100)
    trip = {
        "kind": "出差",
        "people": (1,),
        "status": "已核销",
        "starts_at": datetime(2026, 9, 9, 1, tzinfo=UTC),
        "ends_at": datetime(2026, 9, 11, 9, tzinfo=UTC),
    }
    assert rate(records, [trip]) == Decimal(100)
    for other in ({"status": "草稿"}, {"people": (2,)}, {"kind": "会议"}, {"ends_at": None}):
        assert rate(records, [{**trip, **other}]) == Decimal(85)


def test_who_need_not_take_part() -> None:
    assert rate([DAILY], employment_type="服务外包") is rate([DAILY], status="已退出") is None
    assert rate([DAILY], employment_type=None) is None


def test_four_skills() -> None:
    def missing(*topics: str, **cells: Any) -> list[str]:
        record = {**DAILY, "kind": "四学", "period": "2026", "counted": True, **cells}
        rows = [Row(i, whole(schema()["learning_records"], {**record, "topic": t})) for i, t in enumerate(topics)]
        return skills_missing(Rows("learning_records", rows), 2026, ("写作", "微机", "普通话", "礼仪"), 1)

    assert missing("微机", "普通话", "业务") == ["写作", "礼仪"]
    everything = ("写作", "微机", "普通话", "礼仪")
    assert missing(*everything) == []
    assert missing(*everything, counted=False) == missing(*everything, period="2025") == list(everything)
    assert missing(*everything, kind="岗位培训") == list(everything)


def test_campaigns_of_a_year() -> None:
    named = ["全国读书月", "全国读书月", "我最喜爱的格言", None]
    records = [{**DAILY, "kind": "读书活动", "counted": True, "campaign": name} for name in named]
    records += [{**records[0], "counted": False}, {**records[0], "date": date(2025, 4, 1)}]
    rows = Rows("learning_records", [Row(i, whole(schema()["learning_records"], r)) for i, r in enumerate(records)])
    assert by_campaign(rows, 2026) == {"全国读书月": 2, "我最喜爱的格言": 1}
