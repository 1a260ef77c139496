"""Meals nobody entered get a row (ML-01), and missing samples are told at once (N22)."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.jobs.meal_rows import meal_rows
from tests.jobs.class_jobs import HEAD, LEADER, LOGISTICS, at, run, told
from tests.jobs.class_jobs import text as read
from tests.rules.class_world import course

# --- rows -------------------------------------------------------------------------------------------------------------

RUNNING: dict[str, Any] = {
    "status": "进行中",
    "starts_on": date(2026, 5, 18),
    "ends_on": date(2026, 5, 20),
    "lodging_n": Decimal(30),
}
"""Monday to Wednesday."""


def missing(on: int, hour: int, entered: tuple[tuple[int, str], ...] = (), minute: int = 0, **cells: Any) -> list[str]:
    meals = {i: {"date": date(2026, 5, day), "meal": meal} for i, (day, meal) in enumerate(entered, 1)}
    found = course("", {"meals": meals}, now=at(5, on, hour, minute), **{**RUNNING, **cells})
    return [row.key for row in meal_rows(found)]


MONDAY = ((18, "中"), (18, "晚"))


def test_v30_a_dinner_that_nobody_entered():
    entered = (*MONDAY, (19, "早"), (19, "中"))
    assert missing(19, 19, entered, minute=59) == []
    assert missing(19, 20, entered) == missing(20, 1, entered) == ["2026-05-19 晚"]
    assert missing(19, 20, (*entered, (19, "晚"))) == []


def test_lodgers_eat_between_their_nights():
    """On the first day no breakfast, on the last no dinner."""
    assert missing(18, 23) == ["2026-05-18 中", "2026-05-18 晚"]
    assert missing(20, 23, (*MONDAY, (19, "早"), (19, "中"), (19, "晚"))) == ["2026-05-20 早", "2026-05-20 中"]
    assert missing(20, 23, lodging_n=Decimal(0)) == ["2026-05-19 中", "2026-05-20 中"]


def test_only_a_running_class_on_working_days():
    assert missing(19, 23, status="筹备") == missing(19, 23, ends_on=None) == missing(17, 23) == missing(22, 1) == []
    weekend = {"starts_on": date(2026, 5, 11), "ends_on": date(2026, 5, 29)}
    assert missing(17, 23, **weekend) == []  # Sunday
    assert missing(18, 8, **weekend) == []
    assert missing(18, 9, **weekend) == ["2026-05-18 早"]


def test_two_classes_at_one_table_are_told_once():
    other = {"status": "进行中", "starts_on": date(2026, 5, 18), "ends_on": date(2026, 5, 19), "lodging_n": Decimal(9)}

    def rows(other_id: int) -> list[Any]:
        tables = {"training_classes": {other_id: other}, "meals": {1: {"date": date(2026, 5, 18), "meal": "中"}}}
        return [(r.key, r.cells["classes"]) for r in meal_rows(course("", tables, now=at(5, 18, 21), **RUNNING))]

    [(key, classes)] = rows(2)
    assert (key, sorted(classes)) == ("2026-05-18 晚", [1, 2])
    assert rows(0) == []  # the first class has it


def test_what_the_row_says():
    [row] = meal_rows(
        course("", {"meals": {1: {"date": date(2026, 5, 18), "meal": "中"}}}, now=at(5, 18, 21), **RUNNING)
    )
    assert (row.table, row.cells) == ("meals", {"date": date(2026, 5, 18), "meal": "晚", "classes": (1,)})


# --- N22 --------------------------------------------------------------------------------------------------------------

DINNER = {"date": date(2026, 5, 19), "meal": "晚", "state": "留样缺失"}
COOK = 9
CANTEEN = {1: {"kind": "餐厅", "duty_person": COOK, "department": LOGISTICS}, 2: {"kind": "教室", "duty_person": HEAD}}


def notices(on: int, hour: int, places: Any = CANTEEN, **cells: Any) -> list[Any]:
    return run("meal_samples", at(5, on, hour, 10), meals={1: {**DINNER, **cells}}, locations=places)


def test_the_canteen_at_once_the_leader_two_hours_later():
    canteen, leader = ("canteen", [COOK, "logistics"]), ("leader", [LEADER])
    assert told(notices(19, 20)) == [canteen]
    assert told(notices(19, 22)) == told(notices(20, 9)) == [canteen, leader]
    assert all(notice.urgent for notice in notices(19, 22))
    assert told(notices(21, 9)) == []


def test_what_they_read():
    [notice] = notices(19, 20)
    assert read(notice) == "【食品留样】5月19日晚餐尚无留样记录，请立即补留，并在“供餐留样”登记和说明。"
    assert "加餐尚无" in read(notices(20, 9, meal="加餐")[0])


def test_meals_with_samples_and_schools_without_a_canteen():
    assert notices(19, 22, state="正常") == notices(19, 22, state=None) == []
    assert told(notices(19, 22, places={})) == [("canteen", ["logistics"]), ("leader", ["分管领导"])]
