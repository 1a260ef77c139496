"""单车油耗: what a vehicle burnt last month, against the months before (domain.md B4.19, VH-04, V39).

A month holds the fills of the month, and the kilometres that each of them replaced: those since the fill before. So a
tank filled on the 31st instead of the 1st moves no litre to another month than its kilometres.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from automations.measures.vendors import Month
from automations.rows import RowView
from automations.rules.assets import GONE, VEHICLE, AssetFacts
from automations.rules.base import ALWAYS, STAGE, rule
from automations.rules.checks_facts import months_later
from automations.rules.vehicles import FILL, trip_km

LEAST_MONTHS = 3
"""A mean of fewer months says nothing."""

Figures = Iterator[dict[str, Any]]


class Burnt(NamedTuple):
    """Litres of one fill and the kilometres driven since the one before."""

    month: Month
    litres: Decimal
    km: Decimal


def burnt(logs: Sequence[RowView]) -> list[Burnt]:
    """Every fill of a vehicle but the first, of which nobody knows the kilometres."""
    found: list[Burnt] = []
    km: Decimal | None = None
    for log in sorted((log for log in logs if log.date is not None), key=lambda log: (log.date, log.id)):
        if log.kind == FILL and log.liters:
            if km:
                found.append(Burnt(Month.of(log.date), log.liters, km))
            km = Decimal(0)
        elif km is not None:
            km += trip_km(log)
    return found


def per_100(fills: Sequence[Burnt]) -> Decimal | None:
    """升 per 100 km; None where nothing was filled."""
    km = sum((fill.km for fill in fills), Decimal(0))
    return sum((fill.litres for fill in fills), Decimal(0)) * 100 / km if km else None


@rule(
    "VH-04",
    "assets",
    "B4.19",
    "{plate}本月（{month}月）百公里油耗{used}升，比近{months}个月均值高{more}%。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("vehicle.fuel_months", "vehicle.fuel_high"),
)
def burns_as_ever(vehicle: AssetFacts) -> Figures:
    """When a month is over, the vehicle has burnt no more per kilometre than in the months before."""
    if vehicle.category != VEHICLE or vehicle.status == GONE:
        return
    first = vehicle.on.replace(day=1)
    vehicle.reached(next_month(first))  # looked at again when the next month is over
    fills, last = burnt(vehicle.pointing("vehicle_logs", "vehicle")), Month.of(first).back(1)
    months = vehicle.norm.whole("vehicle.fuel_months")
    before = [fill for fill in fills if 1 <= last.since(fill.month) <= months]
    used, mean = per_100([fill for fill in fills if fill.month == last]), per_100(before)
    if used is None or mean is None or len({fill.month for fill in before}) < LEAST_MONTHS:
        return
    more = (used / mean - 1) * 100
    if more > vehicle.norm.number("vehicle.fuel_high"):
        plate = vehicle.plate or vehicle.name
        figures = {"plate": plate, "month": last.month, "used": f"{used:.1f}", "months": months, "more": f"{more:.0f}"}
        yield {**figures, STAGE: f"{last.year}-{last.month:02d}"}


def next_month(day: date) -> date:
    """The first day of the month after."""
    return months_later(day.replace(day=1), 1)
