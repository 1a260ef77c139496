"""N04: a reception is over and its 接待清单 is missing; without it nothing is paid (RC-06, domain.md B5.22)."""

from automations import Notice, job, waited
from automations.workdays import local_date

GUEST_LIST = "接待清单"


@job(table=("requests", "expense_claims"), at="workdays 08:40")
def reception_list(requests, claims, today, calendar, directory, norms):
    """5 working days after the end to 办公室, after 10 to 部门负责人 as well."""
    marks = norms.whole("reception.list_wd", today), norms.whole("reception.list_head_wd", today)
    listed = {claim.request for claim in claims if any(GUEST_LIST in file.name for file in claim.attachments or ())}
    for request in requests.where(kind="公务接待", status=("已批准", "执行中", "已执行", "过期")):
        if request.ends_at is None or request.guest_list or request.id in listed:
            continue
        ended = local_date(request.ends_at)
        days = waited(ended, today, marks, calendar)
        head = directory.head_of(request.department)
        if days is not None:
            yield Notice(
                about=request,
                stage=f"wd-{days}",
                deadline=ended,
                to=["office", *([head and head.id] if days == marks[-1] else [])],
                template="reception_list",
                data={"code": request.code, "title": request.title, "unit": request.guest_unit or ""}
                | {"ended": ended, "days": calendar.between(ended, today)},
            )
