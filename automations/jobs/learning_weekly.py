"""N29: whoever has a gap in 四个一 hears it on Monday and may fill it until Wednesday (LN-01)."""

from collections import defaultdict

from automations import Notice, job
from automations.jobs.weekly_self_check import last_weeks
from automations.learning import DAILY, WEEKLY, away, days_expected, done, week_of

GONE = "已退出"


@job(table=("people", "learning_records", "requests"), at="weekly first workday 08:40")
def learning_weekly(people, records, requests, today, calendar, directory, norms):
    """The last week's gap to the colleague; the second week running to 部门负责人 as well."""
    monday, _ = last_weeks(today, calendar)
    before, _ = last_weeks(monday, calendar)
    counted, trips = defaultdict(list), defaultdict(list)
    for record in records.where(counted=True, kind=(DAILY, WEEKLY)):
        counted[record.person].append(record)
    for trip in requests.where(kind="出差"):
        for traveller in trip.people or ():
            trips[traveller].append(trip)
    for person in people.where(employment_type=norms.names("learning.staff", today)):
        if person.status == GONE:
            continue
        learned, absent = done(counted[person.id]), away(person, trips[person.id])
        gaps = [gap(learned, week, calendar, absent, norms, person) for week in (monday, before)]
        head = directory.head_of(person.department)
        if gaps[0]:
            data = {"name": person.name, **gaps[0]}
            yield Notice(person, "week", [person.id], "learning_week", data, deadline=monday)
        if all(gaps) and head is not None and head.id != person.id:
            yield Notice(person, "twice", [head.id], "learning_twice", {"name": person.name}, deadline=monday)


def gap(learned, monday, calendar, absent, norms, person):
    """What is missing of one week; None where nothing is."""
    due = days_expected(monday, calendar, absent, person.contract_from or monday) * norms.whole(
        "learning.daily", monday
    )
    days, written = (learned.get((kind, week_of(monday)), 0) for kind in (DAILY, WEEKLY))
    if not due or (days >= due and written >= norms.whole("learning.weekly", monday)):
        return None
    return {"days": days, "due": due, "written": written >= norms.whole("learning.weekly", monday)}
