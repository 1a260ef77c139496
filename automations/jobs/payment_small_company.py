"""N07: a small company waits for its money; the law gives the school thirty days from the acceptance (CT-05)."""

from automations import Notice, job
from automations.reminders import eve

OPEN = ("草稿", "提交", "待校验", "签批中", "已退回", "撤回", "已批准")
PASSED = ("合格", "整改后合格")


@job(table=("expense_claims", "vendors", "contracts", "procurements"), at="workdays 08:40")
def payment_small_company(claims, vendors, contracts, procurements, today, calendar, directory, norms):
    """Of 15, 25 and 30 days the 2nd to 分管领导, the 3rd to 主要领导; 会计 hears of each through 预警台账."""
    marks = sorted(norms.wholes("contract.sme_marks", today))
    limit = norms.whole("contract.sme_days", today)
    small = {vendor.id: vendor.name for vendor in vendors.where(is_sme=True)}
    bought = {contract.id: contract.procurement for contract in contracts}
    passed = {purchase.id: purchase.accepted_on for purchase in procurements.where(accept_result=PASSED)}
    for claim in claims.where(vendor=tuple(small), status=OPEN):
        accepted = claim.accepted_on or passed.get(claim.procurement or bought.get(claim.contract))
        if accepted is None:
            continue
        days, leader = (eve(today, calendar) - accepted).days, directory.leader_of(claim.department)
        for mark, to in zip(marks[1:], (leader and leader.id, "主要领导"), strict=False):
            if mark <= days:
                yield Notice(
                    about=claim,
                    stage=f"day-{mark}",
                    deadline=accepted,
                    to=[to],
                    template="payment_small_company",
                    data={
                        "code": claim.code,
                        "status": claim.status,
                        "vendor": small[claim.vendor],
                        "amount": claim.amount if claim.audited_amount is None else claim.audited_amount,
                        "days": (today - accepted).days,
                        "limit": limit,
                    },
                )
