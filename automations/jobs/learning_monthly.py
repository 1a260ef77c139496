"""N29: once a month 组织人事 sees who is behind with 四个一 this year, department by department."""

from automations import Notice, job

GONE = "已退出"


@job(table="people", at="monthly first workday 09:10")
def learning_monthly(people, today, directory):
    """Everybody whose 学习完成率 is below 100 %, the furthest behind first."""
    behind = [p for p in people if p.learn_rate is not None and p.learn_rate < 100 and p.status != GONE]
    if behind:
        shown = [
            {"name": p.name, "department": _name(directory.department(p.department)), "rate": p.learn_rate}
            for p in sorted(behind, key=lambda p: (p.learn_rate, p.id))
        ]
        first = today.replace(day=1)
        yield Notice("learning", "month", ["hr"], "learning_month", {"n": len(behind), "shown": shown}, deadline=first)


def _name(department):
    return department.name if department else ""
