"""支出单: sum of the invoices, the route it takes (domain.md B5.23, C1)."""

from automations.figures.base import Computed, computes
from automations.rules.claims import CONTRACT_PAYMENT, ClaimFacts


@computes("expense_claims", "invoice_sum", "route")
def expense_claims(claim: ClaimFacts) -> Computed:
    """发票合计 and 审批路径."""
    total = claim.invoice_sum if any(i.amount is not None for i in claim.invoices) else None
    route = "合同付款" if claim.kind == CONTRACT_PAYMENT else "小项三级"
    return Computed({"invoice_sum": total, "route": route})
