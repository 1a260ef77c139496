"""What people do in a year: the interface between the streams and the player.

A **stream** is a function ``(plan, dice) -> Iterator[Edit]``: everything that happens in one part of the office, from
1 January on. It decides beforehand and never looks at a table, so that a seed always gives the same year. Its edits may
come in any order; the player sorts them by time (equal times stay in the order in which they came). ``dice`` is a
``random.Random`` of the stream's own: another stream more, or less, changes none of its throws.

People are known by name, rows by a **key** of the stream's own making, unique in their table (``"出差-017"``):

* ``write(at, who, table, key, **cells)`` adds the row with this key, or changes it once it is there;
* ``delete(at, who, table, key)``;
* ``sign(at, table, key)``: whoever's turn it is agrees to the row of that key (``decision``/``opinion`` for 退回 or
  不同意; ``by`` and ``level`` where somebody decides a step that is not his, or not yet his). Nothing happens where
  nobody's turn it is: a stream gives as many signatures as the longest chain has;
* ``find(at, table, key, **where)``: from now on ``key`` names the youngest row with these values, for rows that Houqin
  adds by itself (an issue that follows from an inspection: ``origin=Code("inspections", "督查-007")``).

Cells hold what the columns hold (``str``, ``Decimal`` or ``int``, ``bool``, ``date``, aware ``datetime``, tuples for
多选), and beside that:

* ``Ref(table, key)`` for a link: ``person("沈行政")``, ``Ref("vendors", "示例印刷厂")``, tuples of them for several;
* ``Paper("工单.pdf")`` for a file, always in a tuple.

Reference rows (departments, people, posts, locations, vendors, settings, budget lines, contracts, assets …) have their
names as keys; see :mod:`automations.demo.year.school`.

``look=True`` has the worker look right after the edit, where the very moment matters; otherwise it looks a few times a
day (:mod:`automations.demo.year.player`), and before somebody signs what it has not seen yet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from automations.demo.year.plan import Plan

Deed: TypeAlias = Literal["write", "delete", "sign", "find"]
WHOEVER = ""
"""``by`` of a signature: whose turn it is."""

FORM = "二维码表单"
"""``by`` of a row that comes in through a public form (QR code): nobody of the school."""


class Ref(NamedTuple):
    """A row, by its key."""

    table: str
    key: str


class Code(NamedTuple):
    """The number (编号) that Houqin gave a row."""

    table: str
    key: str


class Paper(NamedTuple):
    """A file to attach."""

    name: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that one person does to one row.

    Attributes:
        at: Aware.
        by: Name of a colleague; :data:`WHOEVER`, :data:`FORM`.
        cells: What is typed; of ``sign`` the decision and opinion, of ``find`` what the row must say.
        look: The worker looks right afterwards.
        level: Of ``sign``: 层级 of the step; "" for the one that waits.
    """

    at: datetime
    by: str
    table: str
    key: str
    cells: Mapping[str, Any] = field(default_factory=dict)
    deed: Deed = "write"
    look: bool = False
    level: str = ""

    @property
    def row(self) -> Ref:
        """Which row."""
        return Ref(self.table, self.key)

    def watched(self) -> "Edit":
        """The same, with the worker looking right afterwards."""
        return replace(self, look=True)


Stream: TypeAlias = "Callable[[Plan, Random], Iterator[Edit]]"


def write(at: datetime, by: str, table: str, key: str, **cells: Any) -> Edit:
    """Add a row, or change it."""
    return Edit(at, by, table, key, cells)


def delete(at: datetime, by: str, table: str, key: str) -> Edit:
    """Delete a row."""
    return Edit(at, by, table, key, deed="delete")


def sign(
    at: datetime,
    table: str,
    key: str,
    decision: str = "同意",
    opinion: str | None = None,
    *,
    by: str = WHOEVER,
    level: str = "",
) -> Edit:
    """Decide a step of the sign-off of a row."""
    cells = {"decision": decision} | ({"opinion": opinion} if opinion is not None else {})
    return Edit(at, by, table, key, cells, "sign", level=level)


def find(at: datetime, table: str, key: str, **where: Any) -> Edit:
    """Give the youngest row with these values a key."""
    return Edit(at, WHOEVER, table, key, where, "find")


def person(name: str) -> Ref:
    """A colleague."""
    return Ref("people", name)


def papers(*names: str) -> tuple[Paper, ...]:
    """Files to attach."""
    return tuple(Paper(name) for name in names)


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """By time; what has the same time stays in its order."""
    return sorted(edits, key=lambda e: e.at)
