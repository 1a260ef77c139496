"""服务商: what was paid this year, how the year's checks went (domain.md B1.5)."""

from decimal import ROUND_HALF_UP, Decimal

from automations.books import Facts
from automations.figures.base import Computed, computes
from automations.measures.money import payable
from automations.measures.vendors import SCORED, TEAM
from automations.rows import RowView
from automations.rules.claims import PAID
from automations.workdays import local_date


@computes("vendors", "paid_year", "score_year")
def vendors(vendor: Facts) -> Computed:
    """本年支付, 年度考核分."""
    year = vendor.month.year
    claims = vendor.pointing("expense_claims", "vendor")
    paid = [payable(c) for c in claims if c.status in PAID and c.paid_on is not None and c.paid_on.year == year]
    scores = [
        i.score
        for i in vendor.pointing("inspections", "vendor")
        if i.team == TEAM and i.status in SCORED and i.score is not None and _year(i) == year
    ]
    mean = (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.1"), ROUND_HALF_UP) if scores else None
    return Computed({"paid_year": sum(paid, Decimal(0)), "score_year": mean})


def _year(inspection: RowView) -> int | None:
    return local_date(inspection.date).year if inspection.date is not None else None
