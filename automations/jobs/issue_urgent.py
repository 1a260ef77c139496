"""N17, what cannot wait: told at once, also at night and on days off (domain.md B3.13, B6.30)."""

from datetime import timedelta

from automations import Notice, job
from automations.jobs.daily_list import first_words
from automations.jobs.issue_overdue import OPEN, cannot_wait
from automations.workdays import when

HOUR = timedelta(hours=1)
"""Later than that only after the worker itself was down, or the order was reported late: how late is then said."""


@job(table="issues", at="every 10 minutes")
def issue_urgent(issues, now):
    """To 处理人, to 行政科 while there is none: when it comes, unanswered at 响应时限, unfinished at 办结时限."""
    for issue in issues.where(status=OPEN, fixed_at=None):
        unanswered = issue.status in ("新建", "已派单") and issue.responded_at is None
        stages = (
            ("new", unanswered),
            ("unanswered", unanswered and issue.respond_by is not None and now >= issue.respond_by),
            ("unfinished", issue.due_at is not None and now >= issue.due_at),
        )
        reached = [stage for stage, is_so in stages if is_so]
        if cannot_wait(issue) and reached:
            limit = issue.due_at if reached[-1] == "unfinished" else issue.respond_by
            yield Notice(
                about=issue,
                stage=f"{reached[-1]}-{'handler' if issue.handler else 'office'}-{issue.reopen_n or 0}",
                to=[issue.handler or "logistics"],
                template="issue_urgent",
                data={
                    "code": issue.code or "",
                    "kind": issue.kind or "工单",
                    "what": first_words(issue.description),
                    "stage": reached[-1],
                    "taken": issue.handler is not None,
                    "limit": when(limit) if limit else "",
                    "late": spent(now - limit) if limit and now - limit >= HOUR else "",
                    "due": when(issue.due_at) if issue.due_at else "",
                },
                urgent=True,
                deadline=issue.agreed_until,
            )


def spent(time):
    """``4天6小时``, ``1小时30分钟``: two units at most."""
    minutes = int(time.total_seconds() // 60)
    parts = ((minutes // 1440, "天"), (minutes // 60 % 24, "小时"), (minutes % 60, "分钟"))
    return "".join([f"{n}{unit}" for n, unit in parts if n][:2])
