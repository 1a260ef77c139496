"""A53: whoever reported something hears that it was taken on, put off, declined or done, and checks and rates it."""

from automations import Notice, job
from automations.jobs.daily_list import first_words
from automations.workdays import local_date, when

TOLD = {
    "已派单": "taken",
    "处理中": "taken",
    "待复核": "done",
    "已办结": "done",
    "挂起": "held",
    "不予受理": "declined",
}
LATELY = 2
"""Working days: what was closed before was told then."""


@job(table="issues", at="workdays 08:40, 15:10")
def issue_told(issues, today, calendar, directory):
    """Twice a day, so that nobody waits longer than half a day; a trainee's form names nobody to tell."""
    since = calendar.add(today, -LATELY)
    for issue in issues.where(status=tuple(TOLD)):
        reporter = directory.by_account(issue.created_by)
        changed = issue.last_modified_at or issue.created_at
        if reporter is None or reporter.id == issue.handler or changed is None or local_date(changed) < since:
            continue
        yield Notice(
            about=issue,
            stage=f"{TOLD[issue.status]}-{issue.reopen_n or 0}",
            to=[reporter.id],
            template="issue_told",
            data={
                "code": issue.code,
                "what": first_words(issue.description),
                "stage": TOLD[issue.status],
                "handler": directory.name(issue.handler) if issue.handler else "",
                "due": when(issue.due_at) if issue.due_at else "",
                "note": (issue.fix_note or "").strip(),
                "reason": (issue.hold_reason or "").strip(),
                "checks": issue.status == "待复核" and issue.verify_by == reporter.id,
            },
        )
