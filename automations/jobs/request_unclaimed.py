"""N03: what was approved is over, and nobody has claimed what it cost; the money it holds is let go in the end."""

from datetime import timedelta

from automations import Notice, job, waited
from automations.workdays import local_date

CLAIMED = ("提交", "待校验", "签批中", "已退回", "已批准", "已支付", "已归档")
"""States of a claim that was handed in."""

NEWS_DAYS = 30
"""Days after which nobody needs to hear that something expired."""


@job(table=("requests", "expense_claims"), at="workdays 08:40")
def request_unclaimed(requests, claims, today, calendar, directory, norms):
    """5 working days after the end to 经办人, after 10 to 部门负责人 as well; 30 days after it has expired."""
    handler_at, head_at = (norms.whole(f"request.claim_{name}", today) for name in ("wd", "head_wd"))
    claimed = {claim.request for claim in claims.where(status=CLAIMED)}
    for request in requests.where(status=("已执行", "过期")):
        if request.ends_at is None or request.id in claimed:
            continue
        ended = local_date(request.ends_at)
        expires = ended + timedelta(days=norms.whole("request.expires_days", ended))
        days = waited(ended, today, (handler_at, head_at), calendar)
        gone, head = request.status == "过期", directory.head_of(request.department)
        if days is None or (gone and today > expires + timedelta(days=NEWS_DAYS)):
            continue
        yield Notice(
            about=request,
            stage="expired" if gone else f"wd-{days}",
            deadline=ended,
            to=[request.handler, *([head and head.id] if days == head_at and not gone else [])],
            template="request_unclaimed",
            data={"code": request.code, "title": request.title, "name": directory.name(request.handler)}
            | {"ended": ended, "days": calendar.between(ended, today), "expires": expires, "gone": gone},
        )
