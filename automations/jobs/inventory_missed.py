"""N34: the yearly inventory is over: leaders are told what nobody has counted (AS-01)."""

from datetime import date

from automations import Notice, job
from automations.jobs.inventory import unseen


@job(table="assets", at="monthly first workday 08:40")
def inventory_missed(assets, today, directory, norms):
    """On the first working day of the month after it, to each 分管领导: what nobody has seen this year."""
    last = date(today.year, *norms.day("asset.inventory_to", today))
    if (today.year, today.month) != (last.year, last.month % 12 + 1):
        return
    for department, things in unseen(assets, today.year, "user_dept").items():
        leader = directory.leader_of(department)
        found = directory.department(department)
        yield Notice(
            about=f"departments/{department}",
            stage="missed",
            deadline=last,
            to=[leader.id if leader else "logistics"],
            template="inventory_missed",
            data={"department": found.name if found else "（未填使用部门）", "n": len(things), "last": last},
        )
