"""Next year's days off are not known yet: IT hears it in time, before dates are reckoned by guess (domain.md B0)."""

from datetime import timedelta

from automations import Notice, job


@job(table="settings", at="weekly first workday 08:40")
def calendar_unknown(settings, today, calendar):
    """From November on to 信息管理员, once a week until the year is published or entered in 参数标准."""
    if year := calendar.unknown_year(today):
        yield Notice(
            about=f"calendar/{year}",
            stage="unknown",
            deadline=today - timedelta(days=today.weekday()),
            to=["信息管理员"],
            template="calendar_unknown",
            data={"year": year, "text": calendar.warning(today)},
        )
