"""N02: a returned claim that nobody hands in again is told of once more before it becomes void (domain.md C2)."""

from typing import Any

from automations import Notice, job, waited
from automations.workdays import local_date


@job(table=("expense_claims", "sign_steps"), at="workdays 08:40")
def claim_untouched(claims, steps, today, calendar, directory, norms):
    """10 working days after the return to 经办人 and 部门负责人; at 30 the claim lapses and its handler hears that."""
    remind, void = (norms.whole(f"claim.return_{name}_wd", today) for name in ("remind", "void"))
    returned: dict[Any, Any] = {}
    for step in steps.where(decision="退回"):
        if step.claim and step.signed_at:
            returned[step.claim] = max(returned.get(step.claim, step.signed_at), step.signed_at)
    for claim in claims.where(status="已退回"):
        if claim.id not in returned:
            continue
        since = local_date(returned[claim.id])
        days = waited(since, today, (remind,), calendar)
        head = directory.head_of(claim.department)
        if days is not None:
            yield Notice(
                about=claim,
                stage=f"wd-{days}",
                deadline=since,
                to=[claim.handler, head and head.id],
                template="claim_untouched",
                data={
                    "code": claim.code,
                    "title": claim.title,
                    "name": directory.name(claim.handler),
                    "days": calendar.between(since, today),
                    "void": void,
                    "last": calendar.add(since, void),
                },
            )
