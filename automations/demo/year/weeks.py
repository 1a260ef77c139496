"""The last weeks of a year as rows that end today: what the quickstart shows when it opens (not wired in yet)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from automations.demo.year.edits import Code, Edit, Ref, in_order
from automations.demo.year.plan import SEED, Plan
from automations.demo.year.streams import lawful
from automations.workdays import SCHOOL_TIME

YEAR = 2026
BUSY = date(YEAR, 11, 27)
"""A Friday with classes in the house and nothing special about it."""


def newest_weeks(today: date, weeks: int = 4, seed: int = SEED) -> list[Edit]:
    """What people did in ``weeks`` weeks of such a year, moved so that the last day is ``today`` at the latest.

    Whole weeks are moved, so that weekdays stay what they are. Rows that were begun before are left out with everything
    that was done to them, and so are rows that link to such a row.
    """
    plan = Plan(YEAR, seed, until=BUSY)
    shift = timedelta(weeks=(today - BUSY).days // 7)
    first = BUSY - timedelta(weeks=weeks) + timedelta(days=1)
    return [moved(edit, shift) for edit in begun_since(plan, lawful(plan), first) if _day(edit) <= BUSY]


def begun_since(plan: Plan, edits: Iterable[Edit], first: date) -> list[Edit]:
    """What was done to rows begun on ``first`` or later, as far as they hang on no older row; in order."""
    known: set[tuple[str, str]] = {(table, key) for table, rows in plan.school.rows.items() for key in rows}
    seen, chosen = set(known), []
    for edit in in_order(edits):
        new = edit.deed in ("write", "find") and edit.row not in seen
        seen.add(edit.row)
        if new and _day(edit) >= first and all(link in known for link in _links(edit.cells)):
            known.add(edit.row)
        if _day(edit) >= first and edit.row in known:
            chosen.append(edit)
    return chosen


def _day(edit: Edit) -> date:
    return edit.at.astimezone(SCHOOL_TIME).date()


def moved(edit: Edit, by: timedelta) -> Edit:
    """The same, so much later, with every day in its cells."""
    return replace(edit, at=edit.at + by, cells={name: _moved(value, by) for name, value in edit.cells.items()})


def _moved(value: Any, by: timedelta) -> Any:
    return value + by if isinstance(value, date | datetime) else value


def _links(cells: Mapping[str, Any]) -> Iterator[Ref]:
    """Rows that a row links to."""
    for value in cells.values():
        found = value if isinstance(value, tuple) and not isinstance(value, Ref) else (value,)
        yield from (Ref(*one) for one in found if isinstance(one, Ref | Code))
