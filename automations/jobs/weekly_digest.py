"""周报: on a week's first working day, what is open in a department, to its head and 分管领导 (domain.md F1)."""

from datetime import timedelta

from automations import Notice, job
from automations.measures import supervision as work
from automations.workdays import local_date

OPEN = ("新建", "已派单", "处理中", "待复核", "挂起待批", "挂起")
ALERT = "预警"


@job(table=("issues", "meters", "meter_readings", "people", "departments"), at="weekly first workday 08:40")
def weekly_digest(issues, meters, readings, people, departments, today, calendar, directory, norms):
    """Issues, what is late, learning, nights on alert of last week; nothing where there is nothing to tell."""
    monday = today - timedelta(days=today.weekday())
    week = (monday - timedelta(days=7), monday - timedelta(days=1))
    owner = {meter.id: meter.department for meter in meters}
    for department in departments:
        own = issues.where(duty_dept=department.id)
        opened = own.where(status=OPEN)
        late = sorted(opened.where(fixed_at=None), key=lambda issue: -(issue.overdue_wd or 0))
        late = [issue for issue in late if issue.overdue_wd]
        nights = {
            reading.meter
            for reading in readings.where(alert=ALERT)
            if owner.get(reading.meter) == department.id and week[0] <= reading.day <= week[1]
        }
        learners = [p.learn_rate for p in people.where(department=department.id) if p.learn_rate is not None]
        if not opened and not nights:
            continue
        head, leader = directory.head_of(department.id), directory.leader_of(department.id)
        yield Notice(
            about=department,
            stage="week",
            deadline=monday,
            to=[head and head.id, leader and leader.id],
            template="weekly_digest",
            data={
                "department": department.name,
                "id": department.id,
                "since": week[0],
                "last": week[1],
                "open": len(opened),
                "new": sum(week[0] <= local_date(i.created_at) <= week[1] for i in own if i.created_at),
                "done": sum(week[0] <= local_date(i.fixed_at) <= week[1] for i in own if i.fixed_at),
                "late": [{"what": work.first_words(i.description), "days": int(i.overdue_wd)} for i in late],
                "learned": f"{sum(learners) / len(learners):.0f}" if learners else "",
                "nights": sorted(meter.name for meter in meters if meter.id in nights),
            },
        )
