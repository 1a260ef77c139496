"""C7: how the signing itself went, told to 会计 and 分管领导 once a week: to talk about, never as a reproach."""

from datetime import timedelta

from automations import Notice, job
from automations.habits import at_odd_hours, in_no_time, many_at_once, one_handler_one_company
from automations.workdays import local_date

DECIDED = ("同意", "退回", "不同意")
APPROVED = ("已批准", "已支付", "已归档")


@job(table=("sign_steps", "expense_claims", "vendors"), at="weekly first workday 08:40")
def weekly_self_check(steps, claims, vendors, today, calendar, directory, norms):
    """Signed at odd hours, many at once, a large sum in no time, one handler with one company: the week before."""
    since, until = last_weeks(today, calendar)

    def lately(moment):
        return moment is not None and since <= local_date(moment) < until

    signed = [s for s in steps.where(valid="有效", decision=DECIDED) if lately(s.signed_at)]
    approved = [c for c in claims.where(status=APPROVED) if lately(c.approved_at)]
    lines = [
        *at_odd_hours(signed, directory, norms, since),
        *many_at_once(signed, directory, norms, since),
        *in_no_time(approved, steps, norms, since),
        *one_handler_one_company(approved, claims, vendors, directory, norms, since),
    ]
    if lines:
        yield Notice(
            about="self_check",
            stage="week",
            to=["会计", "分管领导"],
            template="weekly_self_check",
            data={"since": since, "last": until - timedelta(days=1), "lines": lines},
            deadline=since,
        )


def last_weeks(today, calendar):
    """From the Monday of the last week with a working day to this week's Monday: no holiday hides what came before."""
    until = today - timedelta(days=today.weekday())
    since = until - timedelta(days=7)
    while not any(calendar.is_workday(since + timedelta(days=n)) for n in range(7)):
        since -= timedelta(days=7)
    return since, until
