"""The streams of the demo year: a seed gives one year; nobody is in two places, no row is edited before it is there."""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from itertools import combinations, pairwise

import pytest

from automations.demo.year.classes import BEDS, courses_of
from automations.demo.year.edits import Edit, Ref, in_order
from automations.demo.year.errands import drives_of
from automations.demo.year.plan import SEED, Plan
from automations.demo.year.planted import STORIES, planted
from automations.demo.year.streams import MONEY, lawful
from automations.demo.year.weeks import newest_rows
from automations.workdays import SCHOOL_TIME
from tests.office import schema


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan()


@pytest.fixture(scope="module")
def edits(plan: Plan) -> list[Edit]:
    return in_order(edit for name, stream in MONEY.items() for edit in stream(plan, plan.dice(name)))


def test_a_seed_always_gives_the_same_year(plan: Plan) -> None:
    for name, stream in MONEY.items():
        assert list(stream(plan, plan.dice(name))) == list(stream(Plan(), Plan().dice(name))), name
    assert [s.edits for s in planted(plan)] == [s.edits for s in planted(Plan())]


def test_another_seed_gives_another_year_with_the_same_violations(plan: Plan) -> None:
    other = Plan(seed=7)
    assert list(lawful(other)) != list(lawful(plan))
    mine, theirs = planted(plan), planted(other)
    assert [s.id for s in mine] == [s.id for s in theirs] == sorted(STORIES)
    moved = [a.id for a, b in zip(mine, theirs, strict=True) if a.edits != b.edits]
    assert {"V01", "V08", "V10", "V13", "V16", "V38"} <= {*moved}


def test_the_school_has_its_size(plan: Plan) -> None:
    rows = plan.school.rows
    assert (len(rows["departments"]), len(rows["people"]), len(rows["budget_lines"])) == (9, 95, 36)
    own = [line for line in rows["budget_lines"].values() if line["year"] == 2026]
    assert sum(line["approved"] for line in own) == 6_080_000, "domain.md E3"
    assert sum(r["capacity"] or 0 for r in rows["locations"].values() if r["kind"] == "客房") == BEDS
    assert len(plan.school.accounts) == 65


def test_people_and_companies_are_made_up(plan: Plan) -> None:
    assert all(account.endswith("@school.test") for account in plan.school.accounts.values())
    assert all(name.startswith("示例") for name in plan.school.rows["vendors"])


def test_nothing_is_done_to_a_row_before_it_is_there(plan: Plan, edits: list[Edit]) -> None:
    there = {Ref(table, key) for table, rows in plan.school.rows.items() for key in rows}
    for edit in edits:
        assert edit.row in there or edit.deed == "write", edit
        there.add(edit.row)


def test_columns_and_options_exist(edits: list[Edit]) -> None:
    for edit in edits:
        if edit.deed == "write":
            table = schema()[edit.table]
            for name, value in edit.cells.items():
                assert name in table, (edit.table, name)
                options = table[name].options
                assert not options or not isinstance(value, str) or value in options, (edit.table, name, value)


def test_people_edit_at_their_own_login_in_office_hours(plan: Plan, edits: list[Edit]) -> None:
    for edit in edits:
        assert edit.by in plan.school.accounts or (edit.deed == "sign" and not edit.by), edit
        assert 8 <= edit.at.astimezone(SCHOOL_TIME).hour < 19, edit


def test_no_invoice_number_is_used_twice(edits: list[Edit]) -> None:
    numbers = Counter(e.cells["inv_no"] for e in edits if e.table == "invoices" and "inv_no" in e.cells)
    assert numbers and max(numbers.values()) == 1
    values = sorted(int(n) for n in numbers if n.isdigit())
    assert all(b - a > 1 for a, b in pairwise(values)), "none adjoins another"


def test_classes_share_neither_beds_nor_rooms(plan: Plan) -> None:
    courses = courses_of(plan)
    assert len(courses) == 42 and sum(c.people for c in courses) > 2500
    for one, other in combinations(courses, 2):
        if one.starts <= other.ends and other.starts <= one.ends:
            assert one.classroom != other.classroom and not {*one.beds} & {*other.beds}
    sleeping: dict[date, int] = defaultdict(int)
    for course in courses:
        for n in range(course.length):
            sleeping[course.starts + timedelta(days=n)] += course.lodgers
    assert max(sleeping.values()) <= BEDS


def test_no_car_is_in_two_places(plan: Plan) -> None:
    taken = Counter((d.vehicle, day) for d in drives_of(plan) for day in d.days)
    assert max(taken.values()) == 1 and len(taken) > 300


@pytest.mark.parametrize("today", [date(2027, 3, 10) + timedelta(days=n) for n in range(7)])
def test_the_newest_weeks_end_now_and_stand_on_nothing_that_is_not_there(today: date) -> None:
    now = datetime.combine(today, time(14, 0), SCHOOL_TIME)
    rows = newest_rows(now)
    known = {Ref(table, key) for table, rows in Plan(seed=SEED).school.rows.items() for key in rows}
    known |= {Ref(table, key) for table, found in rows.items() for key in found}
    for cells in (cells for found in rows.values() for cells in found.values()):
        for value in cells.values():
            links = [value] if isinstance(value, Ref) else value if isinstance(value, tuple) else []
            assert all(link in known for link in links if isinstance(link, Ref))
            assert not isinstance(value, str) or "2026年" not in value
    read = [cells["read_at"] for cells in rows["meter_readings"].values()]
    assert now - timedelta(days=8) < min(read) and now - timedelta(days=4) < max(read) <= now
    assert all(cells["starts_at"] > now for cells in rows["requests"].values())
    signed = {
        str(cells.get("status"))
        for table in ("tasks", "requests", "documents")
        for cells in rows.get(table, {}).values()
    }
    assert signed == {"None"}, "nobody signed anything"
    assert {"待结班", "进行中"} & {str(cells.get("status")) for cells in rows["training_classes"].values()}
    assert len(rows["survey_responses"]) >= 20 and len(rows["issues"]) >= 10 and len(rows["inspections"]) >= 5


@pytest.mark.parametrize("seed", range(1, 41))
def test_nobody_signs_what_is_not_there_yet(seed: int) -> None:
    """Also where a holiday lies between the days of a story that a seed moves."""
    for story in planted(Plan(seed=seed)):
        there = set()
        for edit in in_order(story.edits):
            if edit.deed in ("write", "find"):
                there.add(edit.row)
            elif edit.row.key.startswith(story.id):
                assert edit.row in there, (story.id, edit)
