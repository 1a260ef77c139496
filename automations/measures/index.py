"""服务指数: satisfaction, repairs, inspections, signatures and energy in one number (domain.md A1)."""

from collections.abc import Mapping
from decimal import Decimal

from automations.measures import saving, service, signing, supervision
from automations.measures.base import Measure, change
from automations.measures.period import Period
from automations.measures.records import Records

FULL = Decimal(100)


def parts(records: Records, period: Period) -> Mapping[str, Measure]:
    """The five parts, each from 0 to 100.

    满意: mean of lodging and catering. 报修: done in time. 督查: mean score of the rounds. 签批: decisions in order.
    节能: 100 less what standard coal grew against last year, times ``review.energy_loss`` points a percent.
    """
    return {
        "满意": _mean(service.sat_lodging(records, period), service.sat_catering(records, period)),
        "报修": supervision.repairs_on_time(records, period),
        "督查": _scores(records, period),
        "签批": signing.in_order_rate(records, period),
        "节能": _energy(records, period),
    }


def index(records: Records, period: Period) -> Measure:
    """Mean of the parts that are known, each weighing the same; unknown while fewer than three are."""
    known = [part for part in parts(records, period).values() if part.value is not None]
    value = sum((part.value or Decimal(0) for part in known), Decimal(0)) / len(known) if len(known) >= 3 else None
    return Measure(value, tuple(dict.fromkeys(code for part in known for code in part.codes)), 1, "分")


def _mean(*measures: Measure) -> Measure:
    known = [m for m in measures if m.value is not None]
    value = sum((m.value or Decimal(0) for m in known), Decimal(0)) / len(known) if known else None
    return Measure(value, tuple(dict.fromkeys(code for m in known for code in m.codes)), 1, "分")


def _scores(records: Records, period: Period) -> Measure:
    rows = [row for row in supervision.rounds(records, period) if row.score is not None]
    value = sum((row.score for row in rows), Decimal(0)) / len(rows) if rows else None
    return Measure(value, tuple(str(row.code) for row in rows), 1, "分")


def _energy(records: Records, period: Period) -> Measure:
    grown = change(saving.standard_coal(records, period), saving.standard_coal(records, period.year_before))
    if grown.value is None:
        return Measure(None, (), 1, "分")
    lost = max(grown.value, Decimal(0)) * records.norms.whole("review.energy_loss", period.last)
    return Measure(max(FULL - lost, Decimal(0)), grown.codes, 1, "分")
