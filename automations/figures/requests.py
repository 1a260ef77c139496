"""事前审批: per head of a reception, what its claims took, and where an approved request stands (domain.md B5.22)."""

from collections.abc import Sequence
from datetime import timedelta

from automations.books import Facts
from automations.figures.base import Computed, computes
from automations.rows import RowView
from automations.rules.claims import LIVING, PAID
from automations.rules.receptions import actual_bill, payable_sum, planned_bill, standard_of
from automations.rules.requests import APPROVED, MAY_BE_FREE, RequestFacts
from automations.workdays import local_date

A_DAY = timedelta(days=1)


@computes("requests", "per_head", "std_per_head", "used", "remaining")
def requests(request: RequestFacts) -> Computed:
    """人均, 人均标准, 已用, 余额; 人均 is that of the estimate until 办公室 has filled in how it was."""
    bill = (actual_bill(request) or planned_bill(request)) if request.is_reception else None
    used = payable_sum(_claims(request))
    return Computed(
        {
            "per_head": bill.each if bill is not None else None,
            "std_per_head": standard_of(request) if request.is_reception and request.starts_at is not None else None,
            "used": used,
            "remaining": request.est_amount - used if request.est_amount is not None else None,
        }
    )


def stage_of(request: Facts) -> str:
    """Where a request stands by the day and by its claims, once it is approved; any other keeps its status.

    已批准 → 执行中 on the day it begins → 已执行 on the day after it ended → 已核销 when every living claim is paid, or
    过期 when there is none for too long. By whole days, because a day that passed is what makes it looked at again.
    """
    if request.status not in APPROVED or request.starts_at is None or request.ends_at is None:
        return request.status
    if not request.reached(local_date(request.starts_at)):
        return "已批准"
    ended = local_date(request.ends_at)
    if not request.reached(ended + A_DAY):
        return "执行中"
    living = [c for c in _claims(request) if c.status in LIVING]
    if living:
        return "已核销" if all(c.status in PAID for c in living) else "已执行"
    if request.kind in MAY_BE_FREE and not request.est_amount:
        return "已核销"
    expires = ended + timedelta(days=request.norm.whole("request.expires_days"))
    return "过期" if request.reached(expires + A_DAY) else "已执行"


def _claims(request: Facts) -> Sequence[RowView]:
    return request.pointing("expense_claims", "request")
