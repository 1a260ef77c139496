"""Other seeds move the stories about: what can be seen without playing a year, over many of them.

Each of these once spoiled a year: what lawful people did was in the way of a story, or a story in theirs.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.demo.year.classes import NOT_BEFORE, READY, courses_of
from automations.demo.year.edits import Ref, in_order
from automations.demo.year.lettings import lettings_of
from automations.demo.year.logistics_classes import begun
from automations.demo.year.paperwork import CLAIMS, COMPARE, INVOICES, REQUESTS
from automations.demo.year.plan import SEED, Plan
from automations.demo.year.planted import planted
from automations.demo.year.planting import Planted
from automations.demo.year.streams import MONEY
from automations.rules.claims_route import BOUGHT
from automations.shipped_norms import shipped_rows
from automations.workdays import SCHOOL_TIME
from tests.year.streaming import day_of

SEEDS = (SEED, 2026, *range(1, 41))
OVER = frozenset({"作废", "撤回"})
NEAR, TWINS = timedelta(days=90), timedelta(days=3)
"""split.days_department, invoice.near_days."""


class Year:
    """What is done about money in the year of a seed, in order."""

    def __init__(self, seed: int) -> None:
        self.plan = Plan(seed=seed)
        self.stories = planted(self.plan)
        lawful = (e for name, stream in MONEY.items() for e in stream(self.plan, self.plan.dice(name)))
        self.edits = in_order([*lawful, *(e for story in self.stories for e in story.edits)])
        self.told = {edit.row for story in self.stories for edit in story.edits}

    def story(self, id: str) -> Planted:
        return next(s for s in self.stories if s.id == id)

    def rows(self, table: str) -> dict[Ref, dict[str, Any]]:
        """Cells at last, by row."""
        found: dict[Ref, dict[str, Any]] = defaultdict(dict)
        for edit in self.edits:
            if edit.table == table and edit.deed == "write":
                found[edit.row].update(edit.cells)
        return found


@pytest.fixture(scope="module", params=SEEDS)
def year(request: pytest.FixtureRequest) -> Year:
    return Year(request.param)


# Money ----------------------------------------------------------------------------------------------------------------


class Lines:
    """What is left of each budget line: a request holds its estimate for good, a claim of it what it takes."""

    def __init__(self, approved: Mapping[str, Decimal]) -> None:
        self.left = dict(approved)
        self._asked: dict[Ref, Decimal] = {}
        self._claimed: dict[Ref, Decimal] = {}
        self._under: dict[Ref | None, Decimal] = defaultdict(Decimal)

    def _held(self, permit: Ref | None) -> Decimal:
        return max(self._asked.get(permit, Decimal(0)) - self._under[permit], Decimal(0)) if permit else Decimal(0)

    def ask(self, row: Ref, line: str, amount: Decimal) -> None:
        if row not in self._asked:
            self._asked[row] = amount
            self.left[line] -= amount

    def claim(self, row: Ref, line: str, amount: Decimal, permit: Ref | None) -> None:
        before = self._held(permit)
        self._under[permit] += amount - self._claimed.get(row, Decimal(0))
        self.left[line] += before - self._held(permit) - (amount - self._claimed.get(row, Decimal(0)))
        self._claimed[row] = amount


def overdrawn(year: Year) -> Iterator[tuple[str, str, Decimal]]:
    """Row, line and 元 that are short, of whatever lawful people ask for or claim."""
    approved = {n: c["approved"] for n, c in year.plan.school.rows["budget_lines"].items()}
    lines, cells = Lines(approved), defaultdict[Ref, dict[str, Any]](dict)
    for edit in year.edits:
        if edit.table not in (CLAIMS, REQUESTS):
            continue
        row = cells[edit.row]
        if edit.deed == "write":
            row.update(edit.cells)
        over = edit.deed == "delete" or edit.cells.get("status") in OVER or edit.cells.get("decision") == "不同意"
        if over or (edit.deed == "write" and edit.cells.get("status") == "提交"):
            line = row["budget_line"].key
            if edit.table == REQUESTS:
                lines.ask(edit.row, line, Decimal(row["est_amount"]))
            else:
                lines.claim(edit.row, line, Decimal(0) if over else row["amount"], row.get("request"))
            if lines.left[line] < 0 and edit.row not in year.told:
                yield edit.key, line, lines.left[line]


def test_no_line_is_overdrawn_by_lawful_people(year: Year) -> None:
    assert list(overdrawn(year)) == []


def test_an_overdrawn_line_would_be_seen() -> None:
    year = Year(SEED)
    year.plan.school.rows["budget_lines"]["图书与党建资料"]["approved"] = Decimal(40_000)
    assert {line for _, line, _ in overdrawn(year)} == {"图书与党建资料"}


def splits(year: Year) -> Iterator[tuple[str, str, date, Decimal]]:
    """What a department buys of one category in 90 days, where it reaches the limit and is not all of one story."""
    [text] = (str(row["value"]) for row in shipped_rows(date(2025, 1, 1)) if row["key"] == "split.excluded")
    bought: dict[tuple[str, str], list[tuple[date, Decimal, Ref]]] = defaultdict(list)
    claims = year.rows(CLAIMS)
    claimed = {cells.get("request") for cells in claims.values()}
    for row, cells in (claims | {r: c for r, c in year.rows(REQUESTS).items() if r not in claimed}).items():
        category = year.plan.school.category_of(cells["budget_line"].key)
        if category in BOUGHT and category not in text.split("、") and "contract" not in cells:
            day = cells["biz_date"] if row.table == CLAIMS else cells["starts_at"].astimezone(SCHOOL_TIME).date()
            amount = Decimal(cells["amount"] if row.table == CLAIMS else cells["est_amount"])
            bought[category, cells["department"].key].append((day, amount, row))
    for (category, department), found in bought.items():
        for first, _, _ in found:
            near = [one for one in found if first <= one[0] <= first + NEAR]
            total = sum((amount for _, amount, _ in near), Decimal(0))
            if total >= COMPARE and not year.told.issuperset(row for _, _, row in near):
                yield category, department, first, total


def test_nothing_lawful_looks_like_part_of_a_split(year: Year) -> None:
    assert list(splits(year)) == []


def test_no_two_invoices_look_like_twins(year: Year) -> None:
    found: dict[tuple[str, Decimal], list[tuple[date, Ref]]] = defaultdict(list)
    for row, cells in year.rows(INVOICES).items():
        if cells["kind"] != "车票机票":
            found[cells["seller"], cells["amount"]].append((cells["issued_on"], row))
    pairs = [p for days in found.values() for p in zip(sorted(days), sorted(days)[1:], strict=False)]
    near = [(one, other) for (a, one), (b, other) in pairs if b - a <= TWINS]
    assert {row.key.rpartition("/")[0] for pair in near for row in pair} == {"N-同店住宿-1", "N-同店住宿-2"}


# Classes --------------------------------------------------------------------------------------------------------------


def test_a_class_is_entered_before_its_checklist_is_gone_through(year: Year) -> None:
    """A hall let for the day after a long holiday once was got ready before anybody had asked for it."""
    courses = [*courses_of(year.plan), *(course for course, _ in lettings_of(year.plan))]
    late = [c.name for c in courses if begun(year.plan, c).date() >= year.plan.calendar.add(c.starts, READY)]
    begun_in_the_old_year = [c.name for c in courses if c.starts < year.plan.workdays[NOT_BEFORE]]
    assert set(late) <= set(begun_in_the_old_year)


# Stories --------------------------------------------------------------------------------------------------------------


def test_every_story_comes_to_its_end_in_the_year(year: Year) -> None:
    """Else nothing of it is judged."""
    assert {s.id: day_of(s.edits[-1]) for s in year.stories if max(map(day_of, s.edits)) > year.plan.until} == {}


def _days(story: Planted, table: str, field: str) -> list[date]:
    found = [e.cells[field] for e in story.edits if e.table == table and field in e.cells]
    return [one.astimezone(SCHOOL_TIME).date() if field == "starts_at" else one for one in found]


def test_what_a_rule_counts_in_calendar_days_stays_so_near(year: Year) -> None:
    one, other = _days(year.story("V11"), INVOICES, "issued_on")
    assert (other - one).days == 2
    one, other = _days(year.story("V17"), REQUESTS, "starts_at")
    assert (other - one).days == 3
