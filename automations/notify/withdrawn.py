"""Notices that are true no more before they went out: done meanwhile, or told by a later stage.

An automation yields whatever is so at each of its times. What it planned before, what has not gone out (the reader had
his list already, nobody could be reached, the worker was down) and what it does not yield again, nobody needs to read.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sql
from sqlalchemy import Connection

from automations.notify.deliveries_table import deliveries
from automations.schedule import next_list
from automations.workdays import Calendar

_c = deliveries.c
WAITING = (
    sql.select(_c.id, _c.key, _c.due)
    .where(
        _c.template.in_(sql.bindparam("templates", expanding=True)),
        sql.or_(_c.state == "planned", sql.and_(_c.state == "failed", _c.channel == "")),
        _c.message.is_(None),
        sql.not_(_c.urgent),
    )
    .order_by(_c.id)
)
WITHDRAW = sql.delete(deliveries).where(_c.id.in_(sql.bindparam("ids", expanding=True)))


def withdraw(
    connection: Connection, templates: Collection[str], still: Collection[str], slot: datetime, calendar: Calendar
) -> list[str]:
    """Take back what waits of these kinds and is not so any more; its keys. Should it become so again, it is new.

    Only once its list has come before the automation looked again: last night's alarm waits over the weekend for
    Monday's, though the automation speaks of other nights by then. What is urgent goes out all the same: it was so, and
    at once.

    Args:
        connection: Inside a write transaction of the journal.
        templates: Kinds of which one automation alone tells.
        still: Keys of what it tells now.
        slot: The time for which the automation ran.
        calendar: Working days.
    """
    waiting = connection.execute(WAITING, {"templates": list(templates)}).all()
    past = [row for row in waiting if next_list(datetime.fromisoformat(row.due), calendar) <= slot]
    gone = {row.id: str(row.key) for row in past if row.key not in still}
    if gone:
        connection.execute(WITHDRAW, {"ids": list(gone)})
    return list(dict.fromkeys(gone.values()))
