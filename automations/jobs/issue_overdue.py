"""N17, not finished: on the last day to the handler, then to his head, 分管领导 and 主要领导 (IS-02, B3.13)."""

from automations import Notice, job
from automations.jobs.daily_list import first_words
from automations.workdays import local_date, when

OPEN = ("新建", "已派单", "处理中", "挂起待批", "挂起")
AT_HAND = ("行政科", "处理人")
"""Roles of whoever has it; issue_urgent tells them at once of what cannot wait."""


@job(table="issues", at="workdays 08:40")
def issue_overdue(issues, today, calendar, directory, norms):
    """Each in turn: 处理人 on the day itself, the others 1, 3 and 5 working days later (参数标准)."""
    for issue in issues.where(status=OPEN, fixed_at=None):
        if issue.due_at is None or today < local_date(issue.due_at):
            continue
        due = local_date(issue.due_at)
        late = calendar.between(due, today)
        role, to = climbed(issue, late, today, directory, norms)
        if cannot_wait(issue) and role in AT_HAND:
            continue
        yield Notice(
            about=issue,
            stage=role,
            to=[to],
            template="issue_overdue",
            deadline=due,
            data={
                "code": issue.code,
                "kind": issue.kind,
                "what": first_words(issue.description),
                "days": late,
                "mark": calendar.mark(due, today),
                "due": when(issue.due_at),
                "role": role,
                "name": directory.name(to) if isinstance(to, int) else "负责人",
                "handler": directory.name(issue.handler) if issue.handler else "",
            },
        )


def climbed(issue, late, today, directory, norms):
    """(role, whom to tell) so many working days after the limit; the office while nobody has it."""
    steps = (
        ("issue.top_wd", "主要领导", next(iter(directory.holders("主要领导")), None)),
        ("issue.leader_wd", "分管领导", directory.leader_of(issue.duty_dept)),
        ("issue.head_wd", "部门负责人", directory.head_of(issue.duty_dept)),
    )
    for key, role, person in steps:
        if person is not None and late >= norms.whole(key, today):
            return role, person.id
    return ("行政科", "logistics") if issue.status == "新建" else ("处理人", issue.handler)


def cannot_wait(issue):
    """紧急, or fire, whatever its 紧急程度: a form that a trainee fills in has none (domain.md B6.30)."""
    return issue.severity == "紧急" or issue.category == "消防"
