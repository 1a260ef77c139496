"""N25: a building was on alert last night; its department hears of it the same morning (EN-01, EN-02)."""

from automations import Notice, job
from automations.schedule import quiet


@job(table="meters", at="daily 07:40, 10:10")
def night_alerts(meters, now, today, calendar, directory):
    """The first morning to 部门负责人, the second to 分管领导 as well. On days off only water is told at once."""
    for meter in meters.where(active=True, night_alert="预警"):
        nights = (today - meter.alert_since).days
        head, leader = directory.head_of(meter.department), directory.leader_of(meter.department)
        yield Notice(
            about=meter,
            stage="first" if nights == 1 else "again",
            deadline=meter.alert_since,
            to=[head and head.id, *([leader and leader.id] if nights > 1 else [])],
            template="night_alert",
            data={"text": meter.alert_text, "nights": nights},
            urgent=meter.kind == "水" or not quiet(now, calendar),
        )
