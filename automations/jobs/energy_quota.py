"""EN-04: a meter nears or exceeds the month's quota; whoever exceeds it explains himself."""

from datetime import date

from automations import Notice, job


@job(table="meters", at="workdays 08:40")
def energy_quota(meters, today, directory, norms):
    """Above 90 % to 部门负责人, above 100 % to 分管领导 as well; once a month each."""
    marks = [norms.number(f"energy.quota_{name}", today) for name in ("hint", "stop")]
    for meter in meters.where(active=True):
        if not meter.quota_month or meter.month_used is None:
            continue
        percent = meter.month_used / meter.quota_month * 100
        reached = [mark for mark in marks if percent > mark]
        if not reached:
            continue
        over = percent > marks[1]
        head, leader = directory.head_of(meter.department), directory.leader_of(meter.department)
        yield Notice(
            about=meter,
            stage=f"above-{max(reached):f}",
            deadline=date.fromisoformat(f"{meter.month_of}-01"),
            to=[head and head.id, *([leader and leader.id] if over else [])],
            template="energy_quota",
            data={
                "meter": meter.name,
                "month": f"{int(meter.month_of[5:])}月",
                "used": f"{meter.month_used.normalize():f}{meter.unit or ''}",
                "quota": f"{meter.quota_month.normalize():f}{meter.unit or ''}",
                "percent": f"{percent:.1f}",
                "over": over,
            },
        )
