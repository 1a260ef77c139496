"""N35: every January 会计 holds the parameters against the local papers; at the end of the month the leader hears."""

from automations import Notice, job

JANUARY = 1


@job(table="settings", at="workdays 08:40")
def settings_unverified(settings, today, calendar, directory):
    """In January to 会计; on its last working day to the 分管领导 of finance if something is still unverified."""
    if today.month != JANUARY:
        return
    in_force = [s for s in settings if s.value and (s.to_date is None or s.to_date >= today)]
    open_ones = [s for s in in_force if not s.verified]
    data = {"n": len(in_force), "open": len(open_ones)}
    if in_force:
        yield Notice(
            "settings", "january", ["会计"], "settings_unverified", {**data, "last": False}, deadline=_end(today)
        )
    if open_ones and calendar.add(today, 1).month != JANUARY:
        leaders = [directory.leader_of(d.id) for d in directory.finance_departments()]
        to = [leader.id for leader in leaders if leader]
        yield Notice("settings", "end", to, "settings_unverified", {**data, "last": True}, deadline=_end(today))


def _end(today):
    return today.replace(day=31)
