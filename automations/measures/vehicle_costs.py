"""单车核算 over the months of a year (domain.md B4.19): what a vehicle drove, burnt and cost."""

from dataclasses import dataclass
from decimal import Decimal

from automations.measures.base import Measure, codes, total
from automations.measures.period import Period
from automations.measures.records import Records
from automations.measures.saving import FUEL, REPAIR, TRIP, Vehicle, vehicle_in
from automations.rows import RowView

LOGS, OTHER = "vehicle_logs", "其他"
INSURANCE = "保险"
"""Stands in 事由 of what was paid for it."""


@dataclass(frozen=True, slots=True)
class Account:
    """One vehicle in one period.

    Attributes:
        of: Trips, kilometres, litres, repairs.
        fuel, repair, insurance, other: 元; insurance is unknown where no line of the book names it.
        cost: All of them, insurance as far as it is known; per_km: 元 of it on a kilometre.
        holidays: Trips on days on which vehicles rest; outside: nights not parked at the school.
    """

    period: Period
    of: Vehicle
    fuel: Measure
    repair: Measure
    insurance: Measure
    other: Measure
    cost: Measure
    per_km: Measure
    holidays: Measure
    outside: Measure


def account(records: Records, vehicle: RowView, period: Period) -> Account:
    """What the vehicle's book says of a period, by 日期."""
    logs = [log for log in records.linked(LOGS, "vehicle", vehicle.id) if log.date in period]
    of = vehicle_in(vehicle, logs)
    insured = [log for log in logs if log.kind == OTHER and INSURANCE in (log.purpose or "")]
    rest = [log for log in logs if log.kind not in (TRIP, FUEL, REPAIR) and log not in insured]
    insurance = total(insured, "amount", "元", 2) if insured else Measure(None, (), 2, "元")
    return Account(
        period,
        of,
        total([log for log in logs if log.kind == FUEL], "amount", "元", 2),
        of.repair_cost,
        insurance,
        total(rest, "amount", "元", 2),
        of.spent,
        of.per_km,
        _n([log for log in logs if log.kind == TRIP and log.holiday], "次"),
        _n([log for log in logs if log.parked_at == OTHER], "次"),
    )


def _n(logs: list[RowView], unit: str) -> Measure:
    return Measure(Decimal(len(logs)), codes(logs), 0, unit)
