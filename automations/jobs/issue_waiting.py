"""N17, not answered: whom a new issue waits for; past its 响应时限 his leaders are told, too (IS-01, B3.13)."""

from automations import Notice, job
from automations.jobs.daily_list import first_words
from automations.jobs.issue_overdue import AT_HAND, cannot_wait, climbed
from automations.workdays import local_date, when


@job(table="issues", at="workdays 08:40, 10:40, 15:10, 16:40")
def issue_waiting(issues, now, today, calendar, directory, norms):
    """The office while nobody has it, then its handler; what stays unanswered climbs as what is overdue does."""
    for issue in issues.where(status=("新建", "已派单"), responded_at=None):
        late = issue.respond_by is not None and now > issue.respond_by
        days = calendar.between(local_date(issue.respond_by), today) if late else 0
        role, to = climbed(issue, days, today, directory, norms)
        if cannot_wait(issue) and role in AT_HAND:
            continue
        yield Notice(
            about=issue,
            stage=f"{issue.status}-{role}{'-late' if late else ''}",
            to=[to],
            template="issue_waiting",
            data={
                "code": issue.code,
                "kind": issue.kind or "工单",
                "what": first_words(issue.description),
                "new": issue.status == "新建",
                "late": when(issue.respond_by) if late else "",
                "due": when(issue.due_at) if issue.due_at else "",
            },
            urgent=cannot_wait(issue),
        )
