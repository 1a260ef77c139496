"""月报 on the phone: on the first working day of a month, what the last one was like, in ten seconds (domain.md F1)."""

from automations import Notice, job
from automations.measures import Period, signing
from automations.measures.glance import overview
from automations.reports.folders import every
from automations.reports.whereabouts import coming, laid
from automations.schedule import quiet

BEGAN = ("training_classes", "expense_claims", "issues", "inspections")
"""Tables of which at least one has rows of the month or before, once a school is at work."""

FULL = "monthly"
"""Folder of the report of which the digest is the short form."""


@job(table="*", at="monthly first workday 09:10")
def monthly_digest(records, now, today, calendar, directory):
    """To 主要领导 and 分管领导, each with what waits for him; alone, at once, so long as it is not quiet."""
    period = Period.month(today.year, today.month).before
    if not any(records.reaches(table, "created_at", period) for table in BEGAN):
        return  # the school was not here yet: there is nothing to tell of that month
    report = every()[0].get(FULL)
    row = laid(records, report, period) if report else None
    told = {
        **overview(records, period),
        "calendar": calendar.warning(today),
        "full": bool(report and report.at),
        "full_on": coming(report, today, Period.month(today.year, today.month).last, calendar) if report else None,
    }
    leaders = {p.id: p for role in ("主要领导", "分管领导") for p in directory.holders(role)}
    for leader in leaders.values():
        yield Notice(
            about=f"people/{leader.id}" if row is None else row,  # of a row the reader gets the address
            stage=period.name,
            to=[leader.id],
            template="monthly_digest",
            data={**told, "waiting": waiting(records, leader.id)},
            urgent=not quiet(now, calendar),
        )


def waiting(records, person):
    """What waits for this signer: how many, 元, working days."""
    own = signing.waiting(records, person)
    return {"n": int(own.n.rounded), "amount": own.amount.value, "days": str(own.longest)}
