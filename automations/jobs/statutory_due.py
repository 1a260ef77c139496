"""N21: an inspection that the law asks for runs out: apply in time, stop the thing when it has (CK-02)."""

from automations import Notice, countdown, job
from automations.reminders import eve

VEHICLES = ("车辆年检", "车辆保险")
"""Told by vehicle_inspection and vehicle_insurance."""


@job(table=("equipment_checks", "assets", "locations"), at="workdays 08:40")
def statutory_due(checks, assets, locations, today, calendar, directory, norms):
    """60, 30, 15, 7 and 1 days ahead to the logistics office, in the last week to 分管领导, then daily to 主要领导."""
    things = {("asset", a.id): (a.name, a.user_dept) for a in assets}
    things |= {("location", place.id): (place.name, place.department) for place in locations}
    marks, apply_days = norms.wholes("check.statutory_marks", today), norms.whole("lift.apply_days", today)
    for check in checks.where(status=("待检", "临期", "超期"), statutory=True):
        due = check.due_on
        if due is None or check.check_kind in VEHICLES:
            continue
        reached = max(today, min(due, eve(today, calendar)))
        stage = countdown(due, reached, ahead=marks, overdue_every=1)
        left = (due - reached).days
        thing = things.get(("asset", check.asset)) or things.get(("location", check.location))
        name, department = thing or (check.check_kind, None)
        leader = directory.leader_of(department)
        to = [check.done_by, leader and left <= 7 and leader.id, left < 0 and "主要领导"]
        if stage:
            yield Notice(
                about=check,
                stage=stage,
                deadline=due,
                to=["logistics", *filter(None, to)],
                template="statutory_due",
                data={
                    "name": name,
                    "kind": check.check_kind,
                    "due": due,
                    "left": (due - today).days,
                    "apply": left <= apply_days,
                },
            )
