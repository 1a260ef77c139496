"""The newest weeks of a year as rows that end now: what the quickstart shows beside the claims that it plays.

Nothing is played here. Every row stands as its people left it in the office: what asks for signatures stands as it was
first drafted (:data:`SIGNED`), what Houqin adds or computes by itself is left to Houqin.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from automations.demo.year.edits import Code, Edit, Paper, Ref, in_order
from automations.demo.year.plan import SEED, Plan
from automations.demo.year.stock import ARTICLES, FIRST_STOCK
from automations.demo.year.streams import lawful
from automations.demo.year.upkeep import UPKEEP
from automations.workdays import SCHOOL_TIME

YEAR = 2026
BUSY = date(YEAR, 11, 26)
"""A Thursday with classes in the house, and on this and the six days before it one whose answer sheets still count."""

DAYS: Mapping[str, int] = {"meter_readings": 5, "inspections": 7, "issues": 7, "vehicle_logs": 28}
"""How many days back rows are taken; 14 unless said otherwise. What was found longer ago would be overdue by now."""

SURVEYS, TRIP = "survey_responses", "出车"
MOST: Mapping[str, int] = {"learning_records": 150, "tasks": 16, SURVEYS: 45, TRIP: 2}
"""So many of the newest rows at most, where weeks have hundreds. Each drive needs a request that was signed: there are
enough to see what Houqin says where it was not."""

ALIKE = 3
"""Checks of a kind: the school has 22 signs and 7 places with extinguishers."""

ANSWERED = 3
"""Working days after its last day in which a class answers."""

SOON = 7
"""Days before its first day in which a class must be ready: what was done for it is not here."""

SIGNED = frozenset({"tasks", "requests", "documents"})
"""Tables whose rows are signed: as nobody signed these, they stand as their first draft."""

PLAYED = frozenset({"expense_claims", "invoices", "assets"})
"""Tables that are filled otherwise: by the claims of the demonstration, by the school's own things."""

SIGNED_FOR: Mapping[str, tuple[str, ...]] = {"issues": ("挂起待批", "挂起"), "income": ("退款签批中", "退款")}
"""States that somebody signed for, in tables where most rows need no signature: such rows are left out."""


def newest_rows(now: datetime, seed: int = SEED) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows by table and key, moved so that the last of them is of ``now``; in the order in which they were begun.

    Whole weeks are moved, so that weekdays stay what they are. Links are :class:`Ref` to these rows and to those of
    :class:`~automations.demo.year.school.School`; the others are left out.
    """
    today = now.astimezone(SCHOOL_TIME).date()
    cut = BUSY - timedelta(days=(BUSY.weekday() - today.weekday()) % 7)
    move = _Move(today - cut, today.year, today.month - cut.month)
    plan, told = Plan(YEAR, seed, until=BUSY), _Told()
    for edit in in_order(lawful(plan)):
        if edit.at + move.by <= now:
            told.hear(edit)
    known = {Ref(table, key) for table, rows in plan.school.rows.items() for key in rows}
    chosen = told.chosen(cut, now - move.by)
    classes = {link for ref in chosen for link in (ref, *_links(told.rows[ref])) if link.table == "training_classes"}
    classes = {ref for ref in classes if ref in told.rows and not _must_be_ready(told.rows[ref], cut)}
    chosen = {ref for ref in chosen if ref.table != "training_classes"} | classes
    asked = {ref for ref in classes if plan.calendar.add(told.rows[ref]["ends_on"], ANSWERED) >= cut}
    chosen = {ref for ref in chosen if ref.table != SURVEYS or told.rows[ref]["training_class"] in asked}
    rows = {ref: told.cells(ref) for ref in chosen} | dict(_last_checks(told, cut))
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    found["supply_moves"] = {key: move.row(cells) for key, cells in _opening(told, chosen, cut)}
    for ref in sorted(rows, key=lambda ref: (told.first[ref], ref)):
        kept = {name: _known(value, known | rows.keys()) for name, value in rows[ref].items()}
        found[ref.table][ref.key] = move.row({name: value for name, value in kept.items() if value is not None})
    return dict(found)


@dataclass(frozen=True, slots=True)
class _Move:
    """How the cells of a row are moved from the year to now: days, and the year and months that texts speak of."""

    by: timedelta
    year: int
    months: int

    def row(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.year if name == "year" else self._cell(value) for name, value in cells.items()}

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            text = value.replace(f"{YEAR}年", f"{self.year}年").replace(f"〔{YEAR}〕", f"〔{self.year}〕")
            return re.sub(r"(?<!\d)(\d{1,2})月", lambda found: f"{(int(found[1]) + self.months - 1) % 12 + 1}月", text)
        return _moved(value, self.by)


@dataclass
class _Told:
    """What people typed, row by row.

    Attributes:
        rows: All cells as they stand at the end.
        draft: Cells of the first edit.
        first / last: When the row was begun, and touched last.
        found: Rows that Houqin adds by itself; people only filled them in.
    """

    rows: dict[Ref, dict[str, Any]] = field(default_factory=dict)
    draft: dict[Ref, Mapping[str, Any]] = field(default_factory=dict)
    first: dict[Ref, datetime] = field(default_factory=dict)
    last: dict[Ref, datetime] = field(default_factory=dict)
    found: set[Ref] = field(default_factory=set)

    def hear(self, edit: Edit) -> None:
        """One more edit; signatures are nobody's here."""
        if edit.deed == "sign":
            return
        ref = edit.row
        if edit.deed == "delete":
            self.rows.pop(ref, None)
            self.last.pop(ref, None)
            return
        if edit.deed == "find":
            self.found.add(ref)
        self.draft.setdefault(ref, edit.cells)
        self.rows.setdefault(ref, {}).update(edit.cells)
        self.first.setdefault(ref, edit.at)
        self.last[ref] = edit.at

    def chosen(self, cut: date, now: datetime) -> set[Ref]:
        """Rows of the newest weeks before ``cut``, which is the day of ``now``."""
        by_table: dict[str, list[Ref]] = defaultdict(list)
        for ref, at in self.last.items():
            if ref not in self.found and ref.table not in PLAYED and (cut - _date(at)).days < DAYS.get(ref.table, 14):
                by_table[TRIP if self.rows[ref].get("kind") == TRIP else ref.table].append(ref)
        for refs in by_table.values():
            refs.sort(key=lambda ref: (self.last[ref], ref))
        newest = (ref for name, refs in by_table.items() for ref in refs[-MOST.get(name, len(refs)) :])
        return {ref for ref in newest if self._stands(ref, now)}

    def _stands(self, ref: Ref, now: datetime) -> bool:
        """Whether a row can stand here: nobody signed for its state, and a request is for a day to come.

        Goods that came in are left out, as the claims that paid for them are not here.
        """
        cells = self.rows[ref]
        if ref.table == "requests":
            return bool(cells["starts_at"] > now)
        return cells.get("status") not in SIGNED_FOR.get(ref.table, ()) and cells.get("direction") != "入库"

    def cells(self, ref: Ref) -> dict[str, Any]:
        """A row as it is shown: what must be signed as it was drafted."""
        if ref.table == "issues":
            return {"source": "教职工", **self.rows[ref]}
        if ref.table not in SIGNED:
            return self.rows[ref]
        return {name: value for name, value in self.draft[ref].items() if name != "status"}


def _last_checks(told: _Told, cut: date) -> Iterator[tuple[Ref, dict[str, Any]]]:
    """Of what is looked after at fixed times, some of a kind, the last check that was done; Houqin plans the next."""
    alike: Counter[tuple[str, ...]] = Counter()
    for one in UPKEEP:
        alike[one.kind, one.cycle, one.who] += 1
        if alike[one.kind, one.cycle, one.who] > ALIKE:
            continue
        done = [
            ref
            for ref, cells in told.rows.items()
            if ref.table == "equipment_checks" and ref.key.startswith(one.key + "-") and cells.get("done_on")
        ]
        if done:
            last = max(done, key=lambda ref: told.rows[ref]["done_on"])
            cells = told.rows[last]
            yield last, {**one.cells, "done_by": Ref("people", one.who), "due_on": cells["done_on"], **cells}


def _must_be_ready(cells: Mapping[str, Any], cut: date) -> bool:
    return cells.get("status") in (None, "计划", "筹备") and (cells["starts_on"] - cut).days < SOON


def _opening(told: _Told, chosen: set[Ref], cut: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """What lay in the store before the first of the chosen moves; later purchases, whose claims are not here, too."""
    moved_now = {told.rows[ref]["item"].key for ref in chosen if ref.table == "supply_moves"}
    stock = {name: Decimal(FIRST_STOCK) for name, _, _ in ARTICLES if name in moved_now}
    for ref, cells in told.rows.items():
        if ref.table == "supply_moves" and ref not in chosen and cells["item"].key in stock:
            stock[cells["item"].key] += cells["qty"] * (-1 if cells["direction"] == "领用" else 1)
    day = cut - timedelta(days=15)
    for name, count in stock.items():
        cells = {"item": Ref("assets", name), "direction": "盘点调整", "qty": count, "date": day, "remark": "上期结存"}
        yield f"期初-{name}", {**cells, "department": Ref("departments", "行政科"), "person": Ref("people", "喻资产")}


def _known(value: Any, known: Collection[Ref]) -> Any:
    """The cell without links to rows that are not there; None where nothing is left."""
    if isinstance(value, Ref):
        return value if value in known else None
    if isinstance(value, Code):
        return None  # a number of another office
    if isinstance(value, tuple) and not isinstance(value, Paper):
        return tuple(one for one in value if not isinstance(one, Ref) or one in known)
    return value


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
    return _date(edit.at)


def _date(at: datetime) -> date:
    return at.astimezone(SCHOOL_TIME).date()


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
