"""How computed cells are written down and found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from automations.books import Facts
from automations.rules.base import FACTS
from automations.tables.values import Value


@dataclass(frozen=True, slots=True)
class Computed:
    """What is computed for one row.

    Attributes:
        cells: Wanted cells by field; only columns declared with :func:`computes`.
        note: A line for 校验说明 that says how, e.g. why this route; "" for none.
    """

    cells: Mapping[str, Value] = field(default_factory=dict)
    note: str = ""


Figure: TypeAlias = Callable[[Any], Computed]

FIGURES: dict[str, Figure] = {}
"""One function a table."""

OWNED: dict[str, frozenset[str]] = {}
"""The columns it computes."""


def computes(table: str, *names: str) -> Callable[[Figure], Figure]:
    """Say that the decorated function computes these columns of ``table``."""

    def register(figure: Figure) -> Figure:
        if table in FIGURES:
            raise ValueError(f"{table} is computed twice")
        FIGURES[table], OWNED[table] = figure, frozenset(names)
        return figure

    return register


def compute(facts: Facts) -> Computed:
    """The computed cells of one row; nothing for a table without any."""
    figure = FIGURES.get(facts.row.table)
    return figure(facts) if figure is not None else Computed()


def kind_of(table: str) -> type[Facts]:
    """The class of facts for rows of ``table``."""
    return FACTS.get(table, Facts)
