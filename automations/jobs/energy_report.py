"""N26: the statement of last year's energy goes to the district in March; reminders until it is filed (EN-07)."""

from datetime import date

from automations import Notice, job
from automations.reminders import recipients

STATEMENT = "能源消费状况报告"
"""Filed once a document of this year has this in its name and its file."""

GIVEN_UP = 30
"""Days late after which a daily line helps nobody; a school that starts in autumn does not begin with a reproach."""


@job(table="documents", at="workdays 08:40")
def energy_report(documents, today, directory, norms):
    """From 1 March weekly to the logistics office, on 20 March to 分管领导, on 28 March to 主要领导, then daily."""
    begins, leader_on, top_on, due = (
        date(today.year, *norms.day(f"energy.report_{name}", today)) for name in ("from", "leader", "top", "due")
    )
    left = (due - today).days
    if today < begins or left < -GIVEN_UP or any(is_filed(document, today.year) for document in documents):
        return
    week = f"week-{(today - begins).days // 7}" if left >= 0 else f"overdue-{-left}"
    [head, *_] = [*recipients("logistics", directory), None]
    leader = directory.leader_of(head.department) if head else None
    told = [(begins, week, "logistics"), (leader_on, "leader", leader and leader.id), (top_on, "top", "主要领导")]
    for stage, to in [(stage, to) for since, stage, to in told if today >= since]:
        yield Notice(
            about="energy_report",
            stage=stage,
            deadline=due,
            to=[to],
            template="energy_report",
            data={"due": due, "left": left, "year": today.year - 1},
        )


def is_filed(document, year):
    """Whether this is the statement handed in this year."""
    filed_on = document.issued_on or (document.created_at and document.created_at.date())
    return (
        STATEMENT in (document.title or "") and bool(document.file) and filed_on is not None and filed_on.year == year
    )
