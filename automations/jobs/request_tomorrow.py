"""Tomorrow it begins, and 事前审批 is not signed yet: whoever signs next hears of it once more (domain.md B5.22)."""

from automations import Notice, job
from automations.measures.turns import current_steps
from automations.workdays import local_date


@job(table=("requests", "sign_steps"), at="workdays 08:40, 15:10")
def request_tomorrow(requests, steps, today, calendar):
    """On the last working day before it begins and on the day itself; later N01 alone goes on."""
    waiting = {request.id: request for request in requests.where(status="待签")}
    for step in current_steps(steps):
        request = waiting.get(step.request)
        if request is None or request.starts_at is None:
            continue
        begins = local_date(request.starts_at)
        if calendar.add(begins, -1) <= today <= begins:
            yield Notice(
                about=step,
                stage="eve",
                deadline=begins,
                to=[step.assignee or "office"],
                template="request_tomorrow",
                data={"code": request.code, "title": request.title, "begins": begins, "level": step.level},
            )
