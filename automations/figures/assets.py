"""资产设备: what its trips, checks and moves of stock make of it (domain.md B4.15)."""

from datetime import date
from decimal import Decimal

from automations.figures.base import Computed, computes
from automations.rules.assets import SPECIAL, VEHICLE, AssetFacts
from automations.rules.checks_facts import STOPPED

RENEWED_BY = {
    (SPECIAL, "statutory_due"): ("法定检验",),
    (VEHICLE, "statutory_due"): ("车辆年检",),
    (VEHICLE, "insurance_due"): ("车辆保险",),
}
"""Which checks renew a date that people may fill as well."""


@computes("assets", "odometer", "scrap_due", "stock_qty", "next_check", "statutory_due", "insurance_due")
def assets(asset: AssetFacts) -> Computed:
    """里程, 报废到期日, 库存, 下次检查日; 法定检验 and 保险 reach as far as the last one that was done."""
    return Computed(
        {
            "odometer": _odometer(asset),
            "scrap_due": asset.scrap_due,
            "stock_qty": asset.stock,
            "next_check": _next_check(asset),
            "statutory_due": _valid_until(asset, "statutory_due"),
            "insurance_due": _valid_until(asset, "insurance_due"),
        }
    )


def _odometer(asset: AssetFacts) -> Decimal | None:
    if asset.category != VEHICLE:
        return None
    return max((log.km_in for log in asset.pointing("vehicle_logs", "vehicle") if log.km_in is not None), default=None)


def _next_check(asset: AssetFacts) -> date | None:
    waiting = asset.books.where("equipment_checks", "asset", asset.id, done_on=None)
    return min((check.due_on for check in waiting if check.due_on is not None), default=None)


def _valid_until(asset: AssetFacts, field: str) -> date | None:
    """The later of what somebody filled in and what the last check says."""
    own: date | None = asset.row[field]
    days = [] if own is None else [own]
    for kind in RENEWED_BY.get((asset.category, field), ()):
        checks = asset.books.where("equipment_checks", "asset", asset.id, check_kind=kind)
        days += [c.valid_to for c in checks if c.valid_to is not None and c.result not in (None, STOPPED)]
    return max(days, default=None)
