"""What a judgement stood on, so that only rows whose inputs changed are judged again.

Inputs are not declared, they are observed: while a row is examined, :class:`~automations.books.books.Books` marks each
thing that was read. Afterwards the :class:`InputIndex` answers, for a set of things that changed, which rows stood on
one of them. Marks are of these kinds:

====================================  ==============================================================
mark                                  changed when
====================================  ==============================================================
``("row", table, id)``                that row changed in any cell
``("where", table, field, value)``    a row of ``table`` had, has or gets ``value`` in ``field`` (or values in fields)
``("all", table)``                    any row of ``table`` changed
``("column", table, field)``          ``field`` of any row of ``table`` changed
``("cell", table, field, id)``        ``field`` of that row changed
``("held", kind, key)``               what open cases hold of it changed (budget, invoice number)
``("norm", key)``                     a parameter of that key came into force, ended or was edited
``("people",)``                       anybody's office, login, absence or delegation changed
``("day",)``                          a new day began (a date passed, a delegation ended)
``("on", day)``                       that day came
``("quarter",)``                      a new quarter of an hour began (a time to answer passed)
``("calendar",)``                     other days are working days than before
====================================  ==============================================================

The index lives in memory only: a worker that starts examines every open row once and knows everything again. Rows that
can never change their answer (archived, void) are examined then and not kept.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

Input: TypeAlias = tuple[Any, ...]
Subject: TypeAlias = tuple[str, int]
"""(table, row id)."""

PEOPLE: Input = ("people",)
DAY: Input = ("day",)
QUARTER: Input = ("quarter",)
CALENDAR: Input = ("calendar",)
ON = "on"
"""Kind of the mark of one day to come."""

ABOUT_NO_ROW = frozenset({"norm", "people", "day", "quarter", "calendar"})
"""Kinds of marks that thousands of rows have alike: each set of them is kept once, with all the rows that have it."""


WATCHED = frozenset({"where", "column", "cell"})
"""Kinds of marks of which a change must know the fields."""


_OFFICES = {
    "people": (
        *("name", "account", "wecom_id", "department", "roles", "rank", "status", "away_from", "away_to"),
        *("delegate", "delegate_scope", "delegate_limit", "delegate_doc"),
    ),
    "departments": ("name", "kind", "head", "leader_in_charge"),
}
"""What :class:`~automations.people.Directory` reads: a score or a headcount computed anew is nobody's office."""


class InputIndex:
    """Which rows stood on what."""

    def __init__(self) -> None:
        self._by_subject: dict[Subject, tuple[frozenset[Input], tuple[Input, ...]]] = {}
        self._by_input = _Standing()
        self._alike: dict[frozenset[Input], set[Subject]] = defaultdict(set)
        self._watched: dict[str, dict[tuple[str, Any], int]] = defaultdict(lambda: defaultdict(int))

    def __len__(self) -> int:
        return len(self._by_subject)

    def __contains__(self, subject: Subject) -> bool:
        return subject in self._by_subject

    def keep(self, subject: Subject, inputs: Iterable[Input]) -> None:
        """``subject`` was examined and stood on exactly these."""
        inputs = frozenset(inputs)
        alike, own = self._by_subject.get(subject, (frozenset(), ()))
        if subject in self._by_subject and len(inputs) == len(alike) + len(own) and inputs.issuperset([*alike, *own]):
            return  # most often: a row looked at again stands on what it stood on
        self.forget(subject)
        alike = frozenset([one for one in inputs if one[0] in ABOUT_NO_ROW])
        own = tuple([one for one in inputs if one[0] not in ABOUT_NO_ROW])
        self._by_subject[subject] = alike, own
        self._alike[alike].add(subject)
        for one in own:
            self._by_input.add(one, subject)
            if one[0] in WATCHED:
                self._watched[one[1]][one[0], one[2]] += 1

    def forget(self, subject: Subject) -> None:
        """The row is gone, or its answer cannot change any more."""
        if subject not in self._by_subject:
            return
        alike, own = self._by_subject.pop(subject)
        self._alike[alike].discard(subject)
        if not self._alike[alike]:
            del self._alike[alike]
        for one in own:
            self._by_input.discard(one, subject)
            if one[0] in WATCHED:
                self._watched[one[1]][one[0], one[2]] -= 1

    def changed(self, table: str, row_id: int, *versions: Any, only: Collection[str] = ()) -> set[Input]:
        """What a change of one row changes: itself, its table, and every lookup that finds or found it.

        Args:
            table: Its table.
            row_id: Its id.
            versions: All its values before and after (mappings; None for a row that is not there); one alone does not
                say what changed. Whoever found the row by a lookup may have read any of its cells.
            only: The fields that can have changed where there is one version alone; none: any.
        """
        found: set[Input] = {("row", table, row_id), ("all", table)}
        for (kind, field), count in self._watched[table].items():
            if not count:
                continue
            if kind != "where":
                if only and len(versions) < 2 and field not in only:
                    continue
                if len(versions) < 2 or None in versions or len({values.get(field) for values in versions}) > 1:
                    found.add((kind, table, field, row_id) if kind == "cell" else (kind, table, field))
                continue
            for values in versions:
                if values is None:
                    continue
                if isinstance(field, tuple):
                    found.add(("where", table, field, tuple(values[name] for name in field)))
                    continue
                value = values[field]
                for one in value if isinstance(value, tuple) else (value,):
                    found.add(("where", table, field, one))
        if _differ(_OFFICES.get(table, ()), versions):
            found.add(PEOPLE)
        return found

    def standing_on(self, inputs: Iterable[Input]) -> set[Subject]:
        """Rows that stood on any of these."""
        wanted = frozenset(inputs)
        found = set().union(*(self._by_input.on(one) for one in wanted))
        if not ABOUT_NO_ROW.isdisjoint([one[0] for one in wanted]):
            found.update(*(rows for alike, rows in self._alike.items() if not wanted.isdisjoint(alike)))
        return found


def _differ(fields: tuple[str, ...], versions: tuple[Any, ...]) -> bool:
    """Whether a change of a row touched one of these; one version alone does not say what it was before."""
    if len(versions) < 2 or None in versions:
        return bool(fields)
    return any(len({values.get(name) for values in versions}) > 1 for name in fields)


class _Standing:
    """Rows by mark. Most marks have a single row: that is kept as it is, a set of one would take twice the room."""

    def __init__(self) -> None:
        self._rows: dict[Input, Subject | set[Subject]] = {}

    def add(self, one: Input, subject: Subject) -> None:
        known = self._rows.setdefault(one, subject)
        if isinstance(known, set):
            known.add(subject)
        elif known != subject:
            self._rows[one] = {known, subject}

    def discard(self, one: Input, subject: Subject) -> None:
        known = self._rows.get(one)
        if isinstance(known, set) and len(known) > 1:
            known.discard(subject)
        elif known is not None:
            del self._rows[one]

    def on(self, one: Input) -> set[Subject]:
        known = self._rows.get(one)
        return known if isinstance(known, set) else {known} if known is not None else set()
