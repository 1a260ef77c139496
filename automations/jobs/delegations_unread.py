"""N06: a leader is back and has not read what was signed for him; after five working days the office is told."""

from automations import Notice, job, waited
from automations.workdays import local_date


@job(table="sign_steps", at="workdays 08:40")
def delegations_unread(steps, today, calendar, directory, norms):
    """On the 1st working day to the leader, from the 5th on to the office as well (domain.md C2, N06)."""
    limit = norms.whole("delegate.read_wd", today)
    for step in steps.where(level="知悉", decision="待签"):
        opened = local_date(step.created_at)
        for audience, to, after in (("leader", step.assignee, (1,)), ("office", "office", (limit,))):
            days = waited(opened, today, after, calendar)
            if days is not None:
                yield Notice(
                    about=step,
                    stage=f"{audience}-{days}",
                    to=[to],
                    template="delegations_unread",
                    data={"owner": directory.name(step.assignee), "summary": (step.summary or "").split("\n")[0]},
                    deadline=opened,
                )
