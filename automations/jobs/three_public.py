"""N10: the money of the year for 三公 (receptions, vehicles) runs out (厉行节约条例, RC-08)."""

from automations import Notice, job
from automations.measures.money import three_public_lines
from automations.schedule import quiet


@job(table="budget_lines", at="monthly first workday 08:40")
def three_public(lines, today, directory, norms):
    """From 80 % on, once a month to 会计 and 部门负责人."""
    marks = norms.wholes("budget.three_public_marks", today)
    for category, used, total, departments in spent(lines, today.year):
        reached = [mark for mark in marks if used * 100 >= total * mark]
        if reached:
            heads = [directory.head_of(department) for department in departments]
            to = ["会计", *(head and head.id for head in heads)]
            yield told(category, used, total, f"{today:%Y-%m}-{max(reached)}", to)


@job(table="budget_lines", at="workdays 08:40, 10:40, 15:10, 16:40")
def three_public_spent(lines, now, today, calendar, directory, norms):
    """All of it spent or promised: at once to 分管领导 and 主要领导, once a year."""
    full = max(norms.wholes("budget.three_public_marks", today))
    for category, used, total, departments in spent(lines, today.year):
        if used * 100 >= total * full:
            leaders = [directory.leader_of(department) for department in departments]
            to = [*(leader and leader.id for leader in leaders), "主要领导"]
            yield told(category, used, total, f"{today.year}-all", to, urgent=not quiet(now, calendar))


def spent(lines, year):
    """(费用类别, 元 paid or held, 元 of the year, departments) of each of 三公."""
    for category, used, total, own in three_public_lines(lines, year):
        yield category, used, total, dict.fromkeys(line.department for line in own)


def told(category, used, total, stage, to, urgent=False):
    data = {"category": category, "used": used, "total": total, "percent": f"{used * 100 / total:.0f}"}
    return Notice(f"budget/{category}", stage, to, template="three_public", data=data, urgent=urgent)
