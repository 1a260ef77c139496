"""督查得分趋势 (domain.md F3 四): what each inspection group gave, month by month."""

from dataclasses import dataclass
from decimal import Decimal

from automations.measures.base import Measure, codes
from automations.measures.period import Period
from automations.measures.records import Records
from automations.measures.supervision import DISPUTED, STANDING, rounds


@dataclass(frozen=True, slots=True)
class Trend:
    """Mean scores of one group, one a month of the period; unknown where it gave none."""

    team: str
    months: tuple[Measure, ...]


def trends(records: Records, period: Period) -> list[Trend]:
    """The four standing groups first, then the others in the order in which they appear."""
    everything = rounds(records, period)
    names = dict.fromkeys((*STANDING, *(row.team for row in everything)))
    return [Trend(name, tuple(_mean(records, month, name) for month in period.months)) for name in names]


def _mean(records: Records, month: Period, team: str) -> Measure:
    """What is disputed waits for its answer."""
    rows = [row for row in rounds(records, month, team) if row.score is not None and row.status != DISPUTED]
    value = sum((row.score for row in rows), Decimal(0)) / len(rows) if rows else None
    return Measure(value, codes(rows), 1)
