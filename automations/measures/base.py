"""A figure of a report: its value, and the rows behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from automations.rows import RowView

MISSING = "未采集"
"""What stands for a figure that could not be computed; never 0 (domain.md F2)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure.

    Attributes:
        value: Exact; None where nothing is known about it.
        codes: Numbers (编号) of the rows it was computed from, as often as not in order of their ids.
        places: Decimals to show.
        unit: Follows the value in tables: ``元``, ``%``, ``个工作日``.
        unverified: Keys of 参数标准 that it stands on and that nobody checked against the local papers.
    """

    value: Decimal | None
    codes: tuple[str, ...] = ()
    places: int = 0
    unit: str = ""
    unverified: tuple[str, ...] = ()

    def __str__(self) -> str:
        """``1,420`` or ``96.8``; 未采集 where nothing is known."""
        return MISSING if self.value is None else f"{self.rounded:,}"

    @property
    def rounded(self) -> Decimal:
        """The value as it is shown; of an unknown one 0, so look at ``known`` first."""
        return (self.value or Decimal(0)).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def scaled(self, by: int | Decimal, unit: str, places: int) -> "Measure":
        """The same in another unit: ``by`` of the old one make one of the new (元 → 万元: 10,000)."""
        value = None if self.value is None else self.value / by
        return Measure(value, self.codes, places, unit, self.unverified)


def codes(rows: Iterable[RowView]) -> tuple[str, ...]:
    """编号 of rows, each once, in the order given."""
    return tuple(dict.fromkeys(str(row.code) for row in rows if row.code))


def count(rows: Iterable[RowView], unit: str = "") -> Measure:
    """How many rows; 0 is a known figure."""
    found = list(rows)
    return Measure(Decimal(len(found)), codes(found), 0, unit)


def total(rows: Iterable[RowView], field: str, unit: str = "", places: int = 0) -> Measure:
    """Sum of a column, of rows in which it is filled; unknown where there are rows and none is filled."""
    found = list(rows)
    filled = [row for row in found if row[field] is not None]
    if found and not filled:
        return Measure(None, codes(found), places, unit)
    return Measure(sum((row[field] for row in filled), Decimal(0)), codes(filled), places, unit)


def share(part: Iterable[RowView], whole: Iterable[RowView], places: int = 1) -> Measure:
    """Percent of rows; unknown where there are none at all."""
    met, of = list(part), list(whole)
    return Measure(percent(len(met), len(of)), codes(of), places, "%")


def percent(part: Any, whole: Any) -> Decimal | None:
    """``part`` of ``whole`` in percent; None where ``whole`` is nothing or unknown."""
    return Decimal(part) * 100 / Decimal(whole) if whole and part is not None else None


def change(now: Measure, before: Measure) -> Measure:
    """Growth against ``before`` in percent; unknown where either is."""
    value = None
    if now.value is not None and before.value:
        value = (now.value - before.value) * 100 / before.value
    return Measure(value, (*now.codes, *before.codes), 1, "%")
