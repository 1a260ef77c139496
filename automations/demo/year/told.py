"""What was told in the year: how many notices of each kind, to how many people, and how many messages that made."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sql
from rich.box import SIMPLE
from rich.table import Table

from automations.journal import Journal
from automations.notify.deliveries_table import deliveries
from automations.notify.render import Messages
from automations.workdays import local_date

OUT = ("sent", "settled", "merged")


@dataclass(frozen=True, slots=True)
class Kind:
    """Notices of one kind that went out.

    Attributes:
        title: In Chinese, as its subject begins.
        notices: One for each person told.
        messages: That told of nothing else.
        people: Different ones.
        urgent: Sent alone and at once.
    """

    title: str
    notices: int
    messages: int
    people: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Told:
    """A year's notices.

    Attributes:
        kinds: Most frequent first.
        messages: What readers really got: all that was due to one of them was one message.
        people: Readers.
        days: How often somebody got so many messages on one day, by that number.
    """

    kinds: tuple[Kind, ...]
    messages: int
    people: int
    days: Counter[int]


def by_kind(journal: Journal) -> Told:
    """What the deliveries of this journal have told."""
    c = deliveries.c
    wanted = sql.select(c.id, c.into, c.template, c.person, c.urgent, c.sent_at, c.state).where(
        c.state.in_(OUT), sql.or_(c.sent_at.is_not(None), c.into.is_not(None))
    )
    with journal.store.read() as connection:
        rows = connection.execute(wanted).all()
    messages = Messages()
    titles = {name: messages.title(name) for name in {row.template for row in rows}}
    inside: dict[int, set[str]] = {}
    for row in rows:
        inside.setdefault(row.into or row.id, set()).add(titles[row.template])
    alone = Counter(next(iter(names)) for names in inside.values() if len(names) == 1)
    kinds = [_kind(t, [r for r in rows if titles[r.template] == t], alone[t]) for t in set(titles.values())]
    sent = [row for row in rows if row.sent_at]
    days = Counter((row.person, local_date(datetime.fromisoformat(row.sent_at))) for row in sent)
    return Told(
        tuple(sorted(kinds, key=lambda kind: (-kind.notices, kind.title))),
        len(sent),
        len({row.person for row in sent}),
        Counter(days.values()),
    )


def _kind(title: str, rows: Sequence[Any], alone: int) -> Kind:
    return Kind(title, len(rows), alone, len({r.person for r in rows}), sum(bool(r.urgent) for r in rows))


def table(told: Told) -> Table:
    """For the screen."""
    found = Table(title="发出的提醒", box=SIMPLE, title_justify="left", title_style="bold")
    found.add_column("种类")
    for name in ("提醒", "单独成条", "人", "急件"):
        found.add_column(name, justify="right")
    for kind in told.kinds:
        numbers = (kind.notices, kind.messages, kind.people, kind.urgent)
        found.add_row(kind.title, *(f"{number:,}" if number else "" for number in numbers))
    return found


def summary(told: Told) -> str:
    """In one line."""
    notices, days = sum(kind.notices for kind in told.kinds), sum(told.days.values())
    share = "、".join(f"{n}条的{told.days[n]:,}" for n in sorted(told.days))
    total = f"共{notices:,}项提醒，合成{told.messages:,}条，发给{told.people}人"
    return f"{total}；有提醒的人日{days:,}个，其中一天收到{share}。"
