"""N18: an inspection group that was not there this week; its head hears on the last working day, 分管领导 on Monday."""

from datetime import timedelta

from automations import Notice, job
from automations.workdays import local_date

WEEK = timedelta(days=7)


@job(table="inspections", at="workdays 15:10")
def inspection_missing(inspections, today, calendar, directory, norms):
    """On the week's last working day, to the group's head (IP-02)."""
    if calendar.add(today, 1) >= monday(today) + WEEK:
        yield from missing(inspections, monday(today), "head", directory, norms)


@job(table="inspections", at="weekly first workday 08:40")
def inspection_missed(inspections, today, calendar, directory, norms):
    """On the next week's first working day, to 分管领导; a week without working days asks for nothing."""
    last = monday(today) - WEEK
    if any(calendar.is_workday(last + timedelta(days=n)) for n in range(7)):
        yield from missing(inspections, last, "leader", directory, norms)


def missing(inspections, week, told, directory, norms):
    """One notice for each group that was there too seldom in the week (or two) that end with this one."""
    every_week = norms.whole("inspection.week_min", week)
    expected = [(team, 1, every_week) for team in norms.names("inspection.weekly_teams", week)]
    if week.isocalendar().week % 2 == 0:
        expected += [(team, 2, 1) for team in norms.names("inspection.fortnight_teams", week)]
    for team, weeks, wanted in expected:
        done = [i for i in inspections.where(team=team) if i.date is not None and i.status != "草稿"]
        since, until = week + WEEK - weeks * WEEK, week + WEEK
        count = sum(since <= local_date(i.date) < until for i in done)
        head = directory.get(head_of(done)) or next(iter(directory.holders("督查组")), None)
        if count >= wanted or head is None:
            continue
        leader, over = directory.leader_of(head.department), told == "leader"
        span, when = ("周", "上周" if over else "本周") if weeks == 1 else ("两周", "前两周" if over else "近两周")
        had = f"只有{count}次" if count else "尚无"
        yield Notice(
            about=f"inspections/{team}",
            stage=told,
            to=[head.id if not over else leader.id if leader else "分管领导"],
            template="inspection_missing",
            deadline=week,
            data={
                "team": team,
                "over": over,
                "text": f"{when}{team}{had}督查记录（要求每{span}不少于{wanted}次）。",
            },
        )


def head_of(done):
    """组长: whoever stands first in 督查人 of the group's last inspection."""
    last = max(done, key=lambda i: i.date, default=None)
    return next(iter(last.inspectors or ()), None) if last is not None else None


def monday(day):
    return day - timedelta(days=day.weekday())
