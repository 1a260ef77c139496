"""N05: work began on a word of mouth; the signatures are caught up within three working days (SG-07, domain.md C2)."""

from automations import Notice, job, waited
from automations.workdays import local_date

UNSIGNED = ("草稿", "提交", "待签", "退回", "撤回")


@job(table="requests", at="workdays 08:40")
def urgent_unsigned(requests, today, calendar, directory, norms):
    """On the 1st working day to 经办人, on the 3rd and last to 分管领导 as well; then it stands in 预警台账."""
    for request in requests.where(urgent=True, status=UNSIGNED):
        if request.verbal_at is None:
            continue
        since = local_date(request.verbal_at)
        first, limit = (norms.whole(f"urgent.{name}_wd", since) for name in ("remind", "supplement"))
        days = waited(since, today, (first, limit), calendar)
        leader = directory.leader_of(request.department)
        if days is not None:
            yield Notice(
                about=request,
                stage=f"wd-{days}",
                deadline=since,
                to=[request.handler, *([leader and leader.id] if days == limit else [])],
                template="urgent_unsigned",
                data={"code": request.code, "title": request.title, "name": directory.name(request.handler)}
                | {"since": since, "due": calendar.add(since, limit), "limit": limit, "status": request.status},
            )
