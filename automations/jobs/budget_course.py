"""N10: a budget line is spent much slower or faster than the year passes (BG-03)."""

from automations import Notice, job
from automations.measures.money import approved_sum
from automations.measures.money import share_of_year as share


@job(table="budget_lines", at="monthly first workday 08:40")
def budget_course(lines, today, directory, norms):
    """Once a month to 会计 and the line's 部门负责人: slow by the end of last month, fast by the end of this one."""
    low, high = (norms.number(f"budget.rate_{name}", today) for name in ("low", "high"))
    for line in lines.where(year=today.year, status=("已批复", "已调整")):
        total = approved_sum(line)
        if total <= 0:
            continue
        rate, head = (line.spent or 0) / total * 100, directory.head_of(line.department)
        slow, fast = share(today.month - 1) - rate, rate - share(today.month)
        if slow > low or fast > high:
            yield Notice(
                about=line,
                stage="month",
                deadline=today.replace(day=1),
                to=["会计", head and head.id],
                template="budget_course",
                data={
                    "name": line.name,
                    "rate": f"{rate:.1f}",
                    "month": today.month - 1 if slow > low else today.month,
                    "time": f"{share(today.month - 1 if slow > low else today.month):.1f}",
                    "slow": slow > low,
                    "gap": f"{max(slow, fast):.1f}",
                    "off": max(slow, fast),
                },
            )
