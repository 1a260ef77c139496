"""Rows that follow from rows: a done check plans the next one, what an inspection found becomes an issue.

A function decorated with :func:`whenever` looks at one row and yields the rows that must exist because of it; the
engine adds each once, whatever happens to it afterwards. It is asked again whenever the row, or anything it read,
changed (:mod:`automations.books.inputs`)::

    @whenever("equipment_checks")
    def next_check(check):
        \"\"\"A check that is done plans the next one.\"\"\"
        if check.done_on is not None and (due := next_due(check)) is not None:
            yield NewRow("equipment_checks", check_kind=check.check_kind, asset=check.asset, due_on=due)
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from automations.errors import HouqinError, RuleError
from automations.tables.values import Value


class NewRow:
    """A row that must exist.

    Attributes:
        table: Code name of its table.
        key: Tells it from other rows that follow from the same row by the same function; with another key it is
            another row.
        cells: Its cells by field; the worker gives it its number.
    """

    __slots__ = ("cells", "key", "table")

    def __init__(self, table: str, /, *, key: str = "", **cells: Value) -> None:
        self.table, self.key, self.cells = table, key, cells

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NewRow) and (self.table, self.key, self.cells) == (other.table, other.key, other.cells)

    def __hash__(self) -> int:
        return hash((self.table, self.key))

    def __repr__(self) -> str:
        return f"NewRow({self.table!r}, key={self.key!r}, {self.cells})"


Following: TypeAlias = Callable[[Any], Iterator[NewRow]]


@dataclass(frozen=True, slots=True)
class Follow:
    """One such function.

    Attributes:
        name: Of the function; unique. It stands in the journal: a renamed one adds its rows anew.
        table: Whose rows it looks at.
        function: Takes the :class:`~automations.books.Facts` of a row, yields rows.
        doc: First line of its docstring.
    """

    name: str
    table: str
    function: Following
    doc: str

    def rows(self, facts: Any) -> list[NewRow]:
        """What must exist because of one row.

        Raises:
            RuleError: The function made a mistake.
        """
        try:
            return list(self.function(facts))
        except Exception as error:  # of whatever kind: it must stop no other row
            words = error.message if isinstance(error, HouqinError) else f"{type(error).__name__}: {error}"
            raise RuleError(f"自动化“{self.name}”处理本行时出错：{words}") from error


RESERVED = frozenset({"notices"})
"""Names no automation may have: ``houqin preview notices`` shows what all of them would tell on a day."""

FOLLOWS: dict[str, list[Follow]] = {}
"""By the table looked at."""


def whenever(table: str) -> Callable[[Following], Following]:
    """Say that rows follow from each row of ``table``; the function itself stays as it is, for its tests.

    Raises:
        HouqinError: Another function has its name.
    """

    def register(function: Following) -> Following:
        name, file = function.__name__, function.__code__.co_filename
        if name in RESERVED:
            raise HouqinError(f"“{name}”是 houqin preview 自己的用法，自动化请换一个名字。")
        known = [f for found in FOLLOWS.values() for f in found if f.name == name]
        if any(f.function.__code__.co_filename != file for f in known):
            raise HouqinError(f"有两个自动化都叫“{name}”，请把其中一个改名。")
        if not known:
            doc = (inspect.getdoc(function) or "").split("\n")[0]
            FOLLOWS.setdefault(table, []).append(Follow(name, table, function, doc))
        return function

    return register


def following(name: str) -> Follow | None:
    """The function of that name."""
    return next((f for found in FOLLOWS.values() for f in found if f.name == name), None)
