"""One thing that somebody does, as numbers: hypothesis can shorten a history that is a list of them.

Each is read against the office as it stands: "go on with this claim" is the next lawful step, whatever that is by then.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

from tests.money.paper_office import PaperOffice

UNKNOWN = "nobody@school.test"
ANYBODY: tuple[int | str | None, ...] = (*range(1, 11), UNKNOWN, None)
REASON = "金额与明细不符"


@dataclass(frozen=True)
class Turn:
    """One thing that somebody does.

    Attributes:
        kind: Which of :data:`DEEDS`.
        row / who / how: Numbers that choose among what there is.
        asleep: Whether the worker sleeps through it.
    """

    kind: int
    row: int
    who: int
    how: int
    asleep: bool


Deed: TypeAlias = Callable[[PaperOffice, Turn], None]


def pick(turn: Turn, choices: Collection[int]) -> int:
    found = sorted(choices)
    return found[turn.row % len(found)]


def anybody(turn: Turn) -> int | str | None:
    return ANYBODY[(turn.who + 5 * turn.row) % len(ANYBODY)]
