"""服务社会化 (domain.md F3 六): each service under a contract, how it is rendered, its cost and score."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from automations.measures import money
from automations.measures.base import Measure, codes
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import RowView


@dataclass(frozen=True, slots=True)
class Service:
    """One service under a contract: how it is rendered, 元 paid in the period and a year before, the company's score.

    A service that the school has rendered itself until now shows nothing paid before: that is the comparison.
    """

    mode: str
    name: str
    scope: str
    now: Measure
    before: Measure
    score: Decimal | None


def services(records: Records, period: Period) -> list[Service]:
    """Contracts that say 服务方式 (自营, 外包, 混合), by it and their 编号."""
    found = []
    for contract in records["contracts"]:
        if contract.delivery_mode is None or contract.status in ("草拟", "终止"):
            continue
        own = [c for c in records.linked("expense_claims", "contract", contract.id) if c.status in money.PAID]
        vendor = records.row("vendors", contract.vendor)
        found.append(
            (
                (contract.delivery_mode, str(contract.code)),
                Service(
                    contract.delivery_mode,
                    contract.name or "",
                    (contract.service_scope or "").split("\n")[0][:30],
                    _paid(records, own, period),
                    _paid(records, own, period.year_before),
                    vendor.score_year if vendor is not None else None,
                ),
            )
        )
    return [service for _, service in sorted(found, key=lambda one: one[0])]


def _paid(records: Records, claims: Sequence[RowView], period: Period) -> Measure:
    if not records.reaches("expense_claims", "paid_on", period):
        return Measure(None, (), 2, "元")
    rows = [claim for claim in claims if claim.paid_on in period]
    return Measure(sum(map(money.payable, rows), Decimal(0)), codes(rows), 2, "元")
