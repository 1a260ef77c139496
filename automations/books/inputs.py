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
``("held", kind, key)``               what open cases hold of it changed (budget, invoice number)
``("norm", key)``                     a parameter of that key came into force, ended or was edited
``("people",)``                       anybody's row, office or absence changed
``("day",)``                          a new day began (a date passed, a delegation ended)
====================================  ==============================================================

The index lives in memory only: a worker that starts examines every open row once and knows everything again. Rows that
can never change their answer (archived, void) are examined then and not kept.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

Input: TypeAlias = tuple[Any, ...]
Subject: TypeAlias = tuple[str, int]
"""(table, row id)."""

PEOPLE: Input = ("people",)
DAY: Input = ("day",)


class InputIndex:
    """Which rows stood on what."""

    def __init__(self) -> None:
        self._by_subject: dict[Subject, frozenset[Input]] = {}
        self._by_input: dict[Input, set[Subject]] = defaultdict(set)
        self._watched: dict[str, dict[str | tuple[str, ...], int]] = defaultdict(lambda: defaultdict(int))

    def __len__(self) -> int:
        return len(self._by_subject)

    def __contains__(self, subject: Subject) -> bool:
        return subject in self._by_subject

    def keep(self, subject: Subject, inputs: Iterable[Input]) -> None:
        """``subject`` was examined and stood on exactly these."""
        self.forget(subject)
        kept = frozenset(inputs)
        self._by_subject[subject] = kept
        for one in kept:
            self._by_input[one].add(subject)
            if one[0] == "where":
                self._watched[one[1]][one[2]] += 1

    def forget(self, subject: Subject) -> None:
        """The row is gone, or its answer cannot change any more."""
        for one in self._by_subject.pop(subject, ()):
            standing = self._by_input[one]
            standing.discard(subject)
            if not standing:
                del self._by_input[one]
            if one[0] == "where":
                self._watched[one[1]][one[2]] -= 1

    def changed(self, table: str, row_id: int, *versions: Any) -> set[Input]:
        """What a change of one row changes: itself, its table, and every lookup that finds or found it.

        Args:
            table: Its table.
            row_id: Its id.
            versions: Its values before and after (mappings; None for a row that is not there).
        """
        found: set[Input] = {("row", table, row_id), ("all", table)}
        for field, count in self._watched[table].items():
            for values in versions if count else ():
                if isinstance(field, tuple):
                    found.add(("where", table, field, tuple((values or {}).get(name) for name in field)))
                    continue
                value = values.get(field) if values is not None else None
                for one in value if isinstance(value, tuple) else (value,):
                    found.add(("where", table, field, one))
        if table in ("people", "departments"):
            found.add(PEOPLE)
        return found

    def standing_on(self, inputs: Iterable[Input]) -> set[Subject]:
        """Rows that stood on any of these."""
        return set().union(*(self._by_input[one] for one in inputs if one in self._by_input))
