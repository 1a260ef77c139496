"""培训服务保障: who was here on which days, whether it was ready, how they liked it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from sqlite3 import Connection
from typing import Any

import pytest

from automations.books import Books, MemorySource
from automations.measures import Period, service
from automations.rules.readings_facts import lodgers_on
from tests.measures.sql import cents
from tests.measures.world import at, records

AUGUST, SEPTEMBER, OCTOBER = (Period.month(2026, month) for month in (8, 9, 10))


def course(starts: str, ends: str, heads: int | None = 40, lodging: int | None = 30, **cells: Any) -> dict[str, Any]:
    return {
        "name": "一班",
        "class_type": "基层轮训",
        "starts_on": date.fromisoformat(starts),
        "ends_on": date.fromisoformat(ends),
        "planned_n": 50,
        "actual_n": heads,
        "lodging_n": lodging,
        "status": "已归档",
        **cells,
    }


LONG = course("2026-08-30", "2026-10-02", heads=40, lodging=30)
SHORT = course("2026-09-14", "2026-09-16", heads=None, lodging=None, status="进行中", is_project=True)
GONE = course("2026-09-07", "2026-09-08", status="取消")
HALL = course("2026-09-08", "2026-09-08", class_type="会议")
TURNED = course("2026-09-30", "2026-09-01")  # dates in disorder
BEFORE = course("2026-08-03", "2026-08-31", heads=10, lodging=10)
CLASSES = [LONG, SHORT, GONE, HALL, TURNED, BEFORE]
NOW = "2026-10-12"


def test_a_class_counts_in_each_month_in_which_it_was_on() -> None:
    told = records(NOW, training_classes=CLASSES)
    assert [c.row.id for c in service.classes(told, AUGUST)] == [6, 1]
    assert [c.row.id for c in service.classes(told, SEPTEMBER)] == [1, 2]
    assert [c.row.id for c in service.classes(told, OCTOBER)] == [1]
    assert str(service.class_count(told, SEPTEMBER.to_date)) == "3"
    assert service.class_count(told, SEPTEMBER).codes == ("training_classes-1", "training_classes-2")
    assert service.project_count(told, SEPTEMBER).value == 1
    assert service.trainees(told, SEPTEMBER).value == 40 + 50  # nobody counted the second: 计划人数


def test_days_and_nights_are_those_of_the_period() -> None:
    told = records(NOW, training_classes=CLASSES)
    long, short = service.classes(told, SEPTEMBER)
    assert (long.days, long.person_days, long.nights) == (30, 1200, 900)
    assert (short.days, short.person_days, short.nights) == (3, 150, None)  # 住校人数 unknown, not 0
    assert service.person_days(told, SEPTEMBER).value == 1350
    assert service.nights(told, SEPTEMBER).value == 900
    [last] = service.classes(told, OCTOBER)
    assert (last.days, last.nights) == (2, 30)  # the night of 1 October; on the 2nd they went home
    months = [service.person_days(told, month).value for month in (AUGUST, SEPTEMBER, OCTOBER)]
    assert sum(months) == service.person_days(told, OCTOBER.to_date).value == 34 * 40 + 150 + 29 * 10


def test_what_lies_ahead_has_not_happened() -> None:
    told = records("2026-09-15", training_classes=CLASSES)
    long, short = service.classes(told, SEPTEMBER)
    assert (long.days, short.days, short.row.id) == (15, 2, 2)
    assert not service.running(records("2026-09-13", training_classes=[SHORT]), SEPTEMBER)


def test_nobody_known_is_unknown_and_no_class_is_none() -> None:
    empty = course("2026-09-14", "2026-09-16", heads=None, lodging=None, planned_n=None)
    told = records(NOW, training_classes=[empty])
    assert not service.trainees(told, SEPTEMBER).known and not service.nights(told, SEPTEMBER).known
    assert service.person_days(told, OCTOBER).value == 0
    assert not service.person_days(told, AUGUST).known  # before the first class nothing is known


def test_nights_are_counted_as_the_meters_count_lodgers() -> None:
    told = records(NOW, training_classes=CLASSES)
    books = Books(MemorySource({"training_classes": {row.id: vars(row) for row in told["training_classes"]}}))
    nights = sum(lodgers_on(books, date(2026, 9, day)) for day in range(1, 31))
    assert service.nights(told, SEPTEMBER).value == nights


# Ready? ---------------------------------------------------------------------------------------------------------------

MONDAY_CLASS = course("2026-09-14", "2026-09-16")  # 开班准备 to be closed by Friday the 11th


def line(done: str | None, result: str | None = "正常", issue: int | None = None, **cells: Any) -> dict[str, Any]:
    day = date.fromisoformat(done) if done else None
    base = {"training_class": 1, "check_kind": "开班前检查", "due_on": date(2026, 9, 9)}
    return {**base, "done_on": day, "result": result, "issue": issue, **cells}


@pytest.mark.parametrize(
    ("lines", "ready"),
    [
        ([], None),
        ([line("2026-09-11")], True),
        ([line("2026-09-12")], False),  # a Saturday, but after the last day
        ([line("2026-09-10"), line(None, None)], False),
        ([line("2026-09-10", "隐患", 1)], True),  # put right on the 11th
        ([line("2026-09-10", "隐患", 2)], False),  # put right on the 14th
        ([line("2026-09-10", "隐患")], False),
        ([line("2026-09-14", check_kind="日常巡检")], None),  # no line of its list
    ],
)
def test_ready_when_all_is_good_on_the_working_day_before(lines: list[dict[str, Any]], ready: bool | None) -> None:
    told = records(
        NOW,
        training_classes=[MONDAY_CLASS],
        equipment_checks=lines,
        issues=[{"fixed_at": at("2026-09-11 20:00")}, {"fixed_at": at("2026-09-14 07:00")}],
    )
    [found] = service.classes(told, SEPTEMBER)
    assert found.ready is ready
    share = service.ready_on_time(told, SEPTEMBER)
    assert share.value == (None if ready is None else 100 * ready)
    assert share.unverified == ("class.ready_closed_wd",)


def test_a_class_that_began_earlier_is_not_asked_again() -> None:
    told = records(NOW, training_classes=[LONG], equipment_checks=[line("2026-09-20")])
    assert [c.ready for c in service.classes(told, SEPTEMBER)] == [None]
    assert [c.ready for c in service.classes(told, AUGUST)] == [False]


# Satisfied? -----------------------------------------------------------------------------------------------------------


def sheets(training_class: int, *given: str | None, valid: bool = True) -> list[dict[str, Any]]:
    return [{"training_class": training_class, "valid": valid, "lodging": a, "catering": "满意"} for a in given]


def test_rates_are_weighted_by_who_answered() -> None:
    told = records(
        NOW,
        training_classes=[
            course("2026-09-01", "2026-09-02", sat_lodging=100, sat_catering=80, sat_overall=90, survey_n=10),
            course("2026-09-03", "2026-09-04", sat_lodging=90, sat_catering=95, sat_overall=70, survey_n=30),
            course("2026-09-03", "2026-10-04", sat_lodging=10, survey_n=99),  # asked in October
            course("2026-09-05", "2026-09-06", heads=None, survey_n=7),  # nobody counted its people
        ],
        survey_responses=[
            *sheets(1, "满意", "满意", "未使用", None),
            *sheets(2, *["很满意"] * 6),
            *sheets(2, "满意", valid=False),
            *sheets(3, *["满意"] * 9),
        ],
    )
    assert service.sat_lodging(told, SEPTEMBER).value == Decimal(100 * 2 + 90 * 6) / 8
    assert service.sat_catering(told, SEPTEMBER).value == Decimal(80 * 4 + 95 * 6) / 10
    assert service.sat_overall(told, SEPTEMBER).value == Decimal(90 * 10 + 70 * 30) / 40
    assert service.sat_lodging(told, SEPTEMBER).codes == ("training_classes-1", "training_classes-2")
    assert service.surveys(told, SEPTEMBER).value == 47
    assert service.return_rate(told, SEPTEMBER).value == Decimal(50)
    assert str(service.sat_lodging(told, AUGUST)) == "未采集"


def test_the_best_class_has_enough_answers_to_say_so() -> None:
    def asked(ends: str, rate: str, n: int, heads: int = 40) -> dict[str, Any]:
        return course("2026-03-01", ends, heads=heads, sat_lodging=Decimal(rate), survey_n=n)

    told = records(
        NOW,
        training_classes=[
            asked("2026-04-10", "98.7", 30),
            asked("2026-05-10", "98.7", 30),  # no better than the one before
            asked("2026-06-10", "100", 19),  # fewer than 20
            asked("2026-06-11", "100", 30, heads=90),  # a third of the class
            asked("2026-10-11", "99", 30),
        ],
        survey_responses=[row for n in range(1, 6) for row in sheets(n, *["满意"] * 25)],
    )
    best = service.best(told, "lodging", SEPTEMBER.last)
    assert best is not None and best[0].id == 1 and str(best[1]) == "98.7"
    later = service.best(told, "lodging", OCTOBER.last)
    assert later is not None and later[0].id == 5
    assert service.best(told, "lodging", date(2026, 3, 31)) is None
    since = service.best(told, "lodging", SEPTEMBER.last, date(2026, 5, 1))
    assert since is not None and since[0].id == 2  # the best of these months, though no record


def test_four_lodgers_make_no_record() -> None:
    few = course("2026-03-01", "2026-03-03", heads=40, sat_lodging=100, survey_n=35)
    told = records(NOW, training_classes=[few], survey_responses=sheets(1, *["满意"] * 4, *["未使用"] * 31))
    assert service.best(told, "lodging", SEPTEMBER.last) is None


# The rest -------------------------------------------------------------------------------------------------------------


def test_meals_and_what_was_left(database: Callable[..., Connection]) -> None:
    meals = [
        {"date": date(2026, 9, 1), "actual_n": 100, "leftover_kg": Decimal("5.5")},
        {"date": date(2026, 9, 30), "actual_n": 50, "leftover_kg": None},
        {"date": date(2026, 9, 30), "actual_n": None, "leftover_kg": Decimal(9)},
        {"date": date(2026, 10, 1), "actual_n": 70, "leftover_kg": Decimal(99)},
    ]
    told = records(NOW, meals=meals)
    sql = database(told, "meals")
    where = "from meals where date between '2026-09-01' and '2026-09-30'"
    assert service.meals(told, SEPTEMBER).value == cents(sql, f"select sum(actual_n) {where}") == 150
    assert service.leftovers(told, SEPTEMBER).value == 55
    assert not service.meals(told, AUGUST).known


def test_complaints_are_counted_not_who_made_them() -> None:
    def issue(day: str, **cells: Any) -> dict[str, Any]:
        return {"kind": "投诉", "created_at": at(day), "status": "处理中", **cells}

    told = records(
        NOW,
        issues=[
            issue("2026-09-01 00:10"),
            issue("2026-09-30 23:50"),
            issue("2026-09-09", status="不予受理"),
            issue("2026-09-09", kind="建议"),
            issue("2026-10-01 00:10"),
        ],
    )
    assert service.complaints(told, SEPTEMBER).codes == ("issues-1", "issues-2")


def test_tasks_of_a_project() -> None:
    states = {
        "草拟": "生活",
        "不同意": "生活",
        "进行中": "学习",
        "待考核": "学习",
        "已归档": "党性锻炼",
        "已变更": "生活",
    }
    tasks = [
        {"kind": "项目任务", "training_class": 2, "status": status, "aspect": aspect}
        for status, aspect in states.items()
    ]
    told = records(
        NOW,
        training_classes=[LONG, SHORT],
        tasks=[*tasks, {"kind": "岗位目标", "training_class": 2, "status": "已归档"}],
    )
    found = service.classes(told, SEPTEMBER)[1]
    assert (found.tasks, found.done, found.aspects) == (3, 2, 2)
