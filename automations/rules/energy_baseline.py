"""What a meter counts on an ordinary night, learned from the nights before it: statistics alone, no rows.

``usage = a + b × lodgers`` is fitted as Theil and Sen do: b is the middle of the slopes between any two nights, a the
middle of what the lodgers leave over. One night in four may be anything at all, and missing nights are simply not
there. Without lodgers, or where their number never changes, this is the median (domain.md B4.18, EN-01).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

BEYOND, BEYOND_SHARE = 10, 0.2
"""So many lodgers more or fewer than ever seen, or a fifth of the range seen, are still no guess."""


@dataclass(frozen=True, slots=True)
class Night:
    """One night that was read.

    Attributes:
        usage: What the meter counted; kWh of the night, or m³ an hour.
        works: Whether its evening was that of a working day.
        lodgers: People who slept in the house; 0 for a building without rooms.
    """

    usage: float
    works: bool = True
    lodgers: int = 0


@dataclass(frozen=True, slots=True)
class Baseline:
    """``base + per_lodger × lodgers``, learned from nights with ``fewest`` to ``most`` lodgers."""

    base: float
    per_lodger: float = 0.0
    fewest: int = 0
    most: int = 0

    def at(self, lodgers: int) -> float:
        """What an ordinary night with so many lodgers counts; never below 0."""
        return max(self.base + self.per_lodger * lodgers, 0.0)

    def covers(self, lodgers: int) -> bool:
        """Whether nights like that were seen: what a full house needs, an empty one cannot teach."""
        beyond = max(BEYOND, BEYOND_SHARE * (self.most - self.fewest))
        return self.fewest - beyond <= lodgers <= self.most + beyond


def comparable(nights: Iterable[Night], works: bool, least: int) -> Sequence[Night]:
    """Nights of the same kind (before a working day or not); all of them, where those of the kind are too few.

    In sixty nights only some eighteen are not of working days: they would never be watched at all.
    """
    known = list(nights)
    alike = [night for night in known if night.works == works]
    return alike if len(alike) >= least else known


def learn(nights: Iterable[Night], works: bool, least: int) -> Baseline | None:
    """The baseline for a night of that kind; None while fewer than ``least`` nights are known."""
    known = comparable(nights, works, least)
    return fit(known) if known and len(known) >= least else None


def fit(nights: Sequence[Night]) -> Baseline:
    """The line through these nights; there is at least one. More lodgers never need less."""
    slopes = [
        (one.usage - other.usage) / (one.lodgers - other.lodgers)
        for one, other in combinations(nights, 2)
        if one.lodgers != other.lodgers
    ]
    per_lodger = max(median(slopes), 0.0) if slopes else 0.0
    base = median(night.usage - per_lodger * night.lodgers for night in nights)
    lodgers = [night.lodgers for night in nights]
    return Baseline(base, per_lodger, min(lodgers), max(lodgers))
