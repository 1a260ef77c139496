"""支出单: sum of the invoices, what the standards of travel allow, the path it takes (domain.md B5.23, C1)."""

from automations.figures.base import Computed, computes
from automations.rules.claims import ClaimFacts
from automations.rules.claims_route import path_of
from automations.rules.claims_travel import trip_of

COMMON = "小项三级"
"""Nine claims of ten go this way: saying why in each would bury what the row has to say."""


@computes("expense_claims", "invoice_sum", "std_amount", "route")
def expense_claims(claim: ClaimFacts) -> Computed:
    """发票合计, 标准合计 and 审批路径, with one line that says why it takes any path but the common one."""
    trip, path = trip_of(claim), path_of(claim)
    special = path is not None and path.route != COMMON
    return Computed(
        {
            "invoice_sum": claim.invoice_sum if any(i.amount is not None for i in claim.invoices) else None,
            "std_amount": trip.standard if trip is not None else None,
            "route": path.route if path is not None else None,
        },
        note=path.reason if path is not None and special else "",
    )
