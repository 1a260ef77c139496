"""N24: a meter was not read at the month's end (EN-06)."""

from datetime import timedelta

from automations import Notice, job, waited
from automations.workdays import local_date


@job(table="meters", at="workdays 08:40")
def month_end_readings(meters, today, calendar, directory, norms):
    """On the 1st working day of the month to whoever read it last, on the 3rd to 部门负责人 as well."""
    ended = today.replace(day=1) - timedelta(days=1)
    marks = norms.whole("meter.month_wd", today), norms.whole("meter.month_head_wd", today)
    days = waited(ended, today, marks, calendar)
    for meter in meters.where(active=True) if days is not None else ():
        read = meter.month_end is not None and meter.month_end >= f"{ended:%Y-%m}"
        installed_since = meter.created_at is not None and local_date(meter.created_at) > ended
        if read or installed_since:
            continue
        head = directory.head_of(meter.department)
        yield Notice(
            about=meter,
            stage=f"wd-{days}",
            deadline=ended,
            to=[meter.reader, *([head and head.id] if days == marks[-1] else [])],
            template="month_end_reading",
            data={"meter": meter.name, "month": f"{ended.month}月", "days": days},
        )
