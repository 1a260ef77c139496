"""Whom to tell what, and from which day on: notices, stages, escalation by working days.

A job yields :class:`Notice`; the engine hands it to the deliveries by :func:`addressed`. A stage is the *latest
reached*, never "exactly day 7": a worker that slept tells once, late.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from automations.notify.base import Outgoing
from automations.people import Directory, Person
from automations.rows import RowView
from automations.workdays import Calendar, local_date

Recipient: TypeAlias = int | str | None
"""A person's row id; a role such as 会计 (all who hold it); or a department such as 办公室 (its head)."""

OFFICES: Mapping[str, tuple[str, ...]] = {
    "office": ("办公室",),
    "logistics": ("行政科", "后勤科", "行政后勤科", "总务科"),
    "education": ("教务科", "学员科"),
    "finance": ("财务科", "计划财务科"),
    "hr": ("组织人事科", "人事科"),
    "it": ("信息科", "信息中心"),
}
"""Short names that a job may use for the head of a department (domain.md B0); the first department found counts."""


@dataclass(frozen=True)
class Notice:
    """Something that somebody must know.

    Attributes:
        about: The row it is about, or a text that names the subject.
        stage: How far it has come; a new stage is told anew.
        to: Whom; each once, whatever he is listed as.
        template: Folder under ``report_templates/messages``.
        data: What the template says.
        urgent: Goes out alone and at once, also at night and on days off (domain.md B6 lists the few that may).
        deadline: The date counted to; with another date it is another countdown, told from its first stage on.
    """

    about: RowView | str
    stage: str
    to: Sequence[Recipient]
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False
    deadline: date | None = None

    @property
    def subject(self) -> str:
        """What it is about, as text."""
        return self.about.subject if isinstance(self.about, RowView) else self.about

    @property
    def key(self) -> str:
        """Names the notice: the same key is never told twice to one person."""
        return "|".join((self.template, self.subject, self.stage, self.deadline.isoformat() if self.deadline else ""))


def marked(notice: Notice, today: date, calendar: Calendar) -> Notice:
    """The notice, with the years (``estimated``) over whose estimated working days its dates may be reckoned.

    The frame of every message says so to the reader (domain.md B0); one that names no date is told on the day itself.
    """
    dates = [local_date(v) if isinstance(v, datetime) else v for v in notice.data.values() if isinstance(v, date)]
    dates += [today, *([notice.deadline] if notice.deadline else [])]
    years = calendar.unknown_years(max(min(dates), today - timedelta(days=366)), max(dates))
    return replace(notice, data={**notice.data, "estimated": list(years)}) if years else notice


def countdown(
    due: date | None,
    today: date,
    ahead: Iterable[int] = (),
    overdue_every: int | None = None,
    calendar: Calendar | None = None,
) -> str | None:
    """The latest stage that ``today`` has reached on the way to ``due``, or None before the first one.

    Args:
        due: The last good day; None gives None.
        today: The school's day.
        ahead: Days before ``due`` at which to tell, in any order; 0 is the day itself.
        overdue_every: After ``due``, tell anew every so many days; None stays at the last stage ahead.
        calendar: Count in working days of this calendar; in calendar days without it.

    Returns:
        ``ahead-15`` or ``overdue-1``, ``overdue-2``, …: put it into the notice together with ``deadline=due``.
    """
    if due is None:
        return None
    left = calendar.between(today, due) if calendar else (due - today).days
    if left < 0 and overdue_every is not None:
        return f"overdue-{(-left - 1) // overdue_every + 1}"
    reached = [days for days in ahead if left <= days]
    # On days off after `due` no working day has passed yet: still the day itself.
    return f"ahead-{min(reached)}" if reached else None


def waited(since: date, today: date, after: Iterable[int], calendar: Calendar) -> int | None:
    """The latest of ``after`` (working days) that something open ``since`` then has reached, or None."""
    days = calendar.between(since, today)
    return max((n for n in after if n <= days), default=None)


def eve(today: date, calendar: Calendar) -> date:
    """The last day before the next working day: a mark that falls on days off is told before them, never after."""
    return calendar.add(today, 1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Addressed:
    """Notices by person.

    Attributes:
        outgoing: For the deliveries.
        nobody: One Chinese sentence for each recipient that means no one; to be reported to IT, never dropped.
    """

    outgoing: tuple[Outgoing, ...]
    nobody: tuple[str, ...]


def addressed(
    notices: Iterable[Notice],
    directory: Directory,
    routes: Callable[[Person], Sequence[str]],
    url: Callable[[Notice], str] = lambda notice: "",
) -> Addressed:
    """Who gets which notice.

    Args:
        notices: What the jobs yielded.
        directory: People and departments today.
        routes: Channels of a person, preferred first.
        url: Where the reader can act; becomes ``url`` in the data unless the job gave one.
    """
    outgoing: list[Outgoing] = []
    nobody: list[str] = []
    for notice in notices:
        people: dict[int, Person] = {}
        for recipient in notice.to:
            found = recipients(recipient, directory)
            if not found:
                who = "（空）" if recipient is None else recipient
                nobody.append(f"通知“{notice.template}”（{notice.subject}）的接收人“{who}”没有对应的在岗人员，请核对。")
            people.update((p.id, p) for p in found)
        data = {"url": url(notice), **notice.data}
        outgoing += [
            Outgoing(notice.key, p.id, tuple(routes(p)), notice.template, data, notice.urgent) for p in people.values()
        ]
    return Addressed(tuple(outgoing), tuple(nobody))


def recipients(recipient: Recipient, directory: Directory) -> tuple[Person, ...]:
    """The people behind one entry of ``Notice.to``; nobody who has left."""
    if recipient is None:
        return ()
    if isinstance(recipient, int):
        person = directory.get(recipient)
        return (person,) if person and not person.gone else ()
    if holders := directory.holders(recipient):
        return holders
    for name in OFFICES.get(recipient, (recipient,)):
        department = directory.department_named(name)
        head = directory.get(department.head) if department is not None else None
        if head and not head.gone:
            return (head,)
    return ()
