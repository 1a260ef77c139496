"""合同: what was paid, how the company did, what that costs it, and where it stands (domain.md B5.27)."""

from datetime import timedelta
from decimal import Decimal

from automations.books import Facts
from automations.figures.base import Computed, computes
from automations.measures.vendors import SCALE, Deduction, is_scored, plain_number
from automations.rules.base import UNVERIFIED, shown
from automations.rules.contract_scores import deductions
from automations.rules.contract_watch import reminded_from
from automations.rules.contracts import ContractFacts
from automations.rules.procurements import RUNNING

BY_ITSELF = RUNNING | {"到期"}
"""States that follow from the day alone; 续签中 and whatever ends it are chosen by people."""


@computes("contracts", "paid", "paid_rate", "month_score", "deduct_ytd", "reminded_from")
def contracts(contract: ContractFacts) -> Computed:
    """已付, 付款比例, 本月考核分 (of the month scored last) with a line on what it costs, 年扣款, 到期提醒日."""
    found = deductions(contract) if is_scored(contract) else []
    last = found[-1] if found else None
    this_year = [d.amount for d in found if d.month.year == contract.month.year]
    return Computed(
        {
            "paid": contract.paid_out,
            "paid_rate": (contract.paid_out / contract.total * 100).quantize(Decimal(1)) if contract.total else None,
            "month_score": last.score if last is not None else None,
            "deduct_ytd": sum(this_year, Decimal(0)) if found else None,
            "reminded_from": reminded_from(contract),
        },
        note=_told(contract, last) if last is not None and last.amount else "",
    )


def _told(contract: ContractFacts, last: Deduction) -> str:
    """CT-08, as the office reads it beside the contract."""
    text = f"{last.month}考核{plain_number(last.score)}分，按合同应扣{shown(last.amount)}元，"
    text += f"本期应付{shown(last.fee.quantize(Decimal('0.01')) - last.amount)}元。"
    return text if contract.norm.verified(SCALE) else text + UNVERIFIED


def stage_of(contract: Facts) -> str:
    """履行中 → 临期 so many days before it ends → 到期 on the day after; any other state is kept."""
    if contract.status not in BY_ITSELF or contract.ends_on is None:
        return contract.status
    if contract.reached(contract.ends_on + timedelta(days=1)):
        return "到期"
    near = contract.ends_on - timedelta(days=contract.norm.whole("contract.near_days"))
    return "临期" if contract.reached(near) else "履行中"
