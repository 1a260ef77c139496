"""N20: a check is due: whoever does it is told first, then those above him (CK-01)."""

from automations import Notice, job

TOLD_ELSEWHERE = ("开班前检查",)
"""The readiness list of a class has reminders of its own (N14)."""

HEAD, BOTH = ("head",), ("head", "leader")
OTHERS = ((-1, ()), (0, HEAD), (2, BOTH))
DAILY = ((0, ()), (1, HEAD), (2, BOTH))
"""(working days after the day it is due, who hears it besides 检查人)."""


@job(table=("equipment_checks", "assets", "locations"), at="workdays 08:40")
def check_due(checks, assets, locations, today, calendar, directory):
    """The working day before to 检查人, on the day to 部门负责人 as well, two working days late to 分管领导.

    What is done every day 检查人 hears on the day itself, and 部门负责人 when it was not done.
    """
    names = {(rows.table, row.id): row.name for rows in (assets, locations) for row in rows}
    for check in checks.where(status=("待检", "临期", "超期"), statutory=(False, None)):
        if check.due_on is None or check.check_kind in TOLD_ELSEWHERE:
            continue
        inspector = directory.get(check.done_by)
        department = inspector.department if inspector else None
        by = {"head": directory.head_of(department), "leader": directory.leader_of(department)}
        late = calendar.between(check.due_on, today)
        steps = DAILY if check.cycle == "每日" else OTHERS
        reached = [(days, [by[rank] for rank in ranks]) for days, ranks in steps if days <= late]
        if reached:
            days, above = reached[-1]
            thing = names.get(("assets", check.asset)) or names.get(("locations", check.location)) or ""
            yield Notice(
                about=check,
                stage=f"day{days}",
                deadline=check.due_on,
                to=[check.done_by or "logistics", *(person.id for person in above if person)],
                template="check_due",
                data={"what": f"{thing}{check.check_kind}", "due": check.due_on, "late": late},
            )
