"""N23: the licence of a company is about to run out; without it the company may not go on serving (CT-07)."""

from automations import Notice, countdown, job
from automations.reminders import recipients


@job(table="vendors", at="workdays 08:40")
def licences(vendors, today, directory, norms):
    """30, 15 and 7 days ahead to the logistics office; once it has run out, weekly to 分管领导 as well."""
    [head, *_] = [*recipients("logistics", directory), None]
    leader = directory.leader_of(head.department) if head else None
    for vendor in vendors.where(status="在册"):
        due = vendor.license_due
        stage = countdown(due, today, ahead=norms.wholes("food.health_cert_marks", today), overdue_every=7)
        if stage and not vendor.blocked:
            yield Notice(
                about=vendor,
                stage=stage,
                deadline=due,
                to=["logistics", *([leader and leader.id] if due < today else [])],
                template="licence",
                data={"name": vendor.name, "due": due, "left": (due - today).days},
            )
