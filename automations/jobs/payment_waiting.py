"""N07: a claim is approved and not paid."""

from automations import Notice, job, waited
from automations.workdays import local_date


@job(table="expense_claims", at="workdays 08:40")
def payment_waiting(claims, today, calendar, norms):
    """3 working days after the approval to 出纳, after 5 to 会计 as well."""
    marks = norms.whole("claim.pay_remind_wd", today), norms.whole("claim.pay_finance_wd", today)
    for claim in claims.where(status="已批准"):
        since = local_date(claim.approved_at) if claim.approved_at else today
        days = waited(since, today, marks, calendar)
        if days is not None:
            yield Notice(
                about=claim,
                stage=f"wd-{days}",
                deadline=since,
                to=["出纳", *(["会计"] if days == marks[-1] else [])],
                template="payment_waiting",
                data={
                    "code": claim.code,
                    "title": claim.title,
                    "amount": claim.amount if claim.audited_amount is None else claim.audited_amount,
                    "days": calendar.between(since, today),
                    "paper": bool(claim.paper_signed) or not norms.flag("sign.paper_required", since),
                },
            )
