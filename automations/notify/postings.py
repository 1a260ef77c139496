"""What was posted to channels that count: kept in the store, so that two workers or a restart share one count.

Each part of a message is written down in a transaction of its own *before* it is posted, and the one before it as
answered. So the rows say two things: how many postings a group or a member has had lately, and how far a long message
got. After a kill the part whose answer nobody noted is posted again, and no other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sql
from sqlalchemy import Column, Connection

from automations.cells import BIG
from automations.notify.base import Limit
from automations.notify.deliveries_table import deliveries, metadata, stamp

postings = sql.Table(
    "postings",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("delivery", BIG, nullable=False, index=True),
    Column("place", sql.Text, nullable=False),  # the group or member whose limits it counts against
    Column("part", sql.Integer, nullable=False),  # from 0
    Column("at", sql.Text, nullable=False),  # UTC
    Column("answered", sql.Boolean, nullable=False, server_default=sql.false()),
    sql.Index("postings_by_place", "place", "at"),
)
_c = postings.c

LONGEST = timedelta(hours=2)
"""Kept for so long after its message came to an end: longer than any limit looks back."""

_MINE = sql.and_(_c.delivery == sql.bindparam("this"), _c.place == sql.bindparam("there"))
_FAR = sql.select(sql.func.max(_c.part)).where(_MINE, _c.answered)
_ANSWERED = sql.update(postings).where(_MINE, _c.part < sql.bindparam("number")).values(answered=True)
_BEFORE = (
    sql.select(_c.at)
    .where(_c.place == sql.bindparam("there"), _c.at > sql.bindparam("since"))
    .order_by(_c.at.desc(), _c.id.desc())
    .offset(sql.bindparam("skip"))
    .limit(1)
)
_TAKE = sql.insert(postings)
_OPEN = sql.select(deliveries.c.id).where(deliveries.c.state.in_(("planned", "claimed", "retry")))
_FORGET = sql.delete(postings).where(_c.at < sql.bindparam("since"), _c.delivery.not_in(_OPEN))


def first_part(connection: Connection, delivery: int, place: str) -> int:
    """The part with which to go on: 0 at first, later the one whose answer nobody has noted."""
    answered = connection.execute(_FAR, {"this": delivery, "there": place}).scalar()
    return 0 if answered is None else int(answered) + 1


def take(
    connection: Connection, delivery: int, part: int, place: str, limits: Sequence[Limit], now: datetime
) -> datetime | None:
    """Count this part as posted now, if its place has room; those before it were answered.

    Args:
        connection: Inside a write transaction, so that two workers never take the same last room.
        delivery: Whose part.
        part: From 0.
        place: Whose limits it counts against.
        limits: All of them must have room.
        now: Aware.

    Returns:
        None where it may be posted; else the moment from which there will be room, and nothing was counted.
    """
    if part:
        connection.execute(_ANSWERED, {"this": delivery, "there": place, "number": part})
    free_at = [
        datetime.fromisoformat(at) + timedelta(seconds=limit.seconds)
        for limit in limits
        if (at := connection.execute(_BEFORE, _asked(place, limit, now)).scalar()) is not None
    ]
    if free_at:
        return max(free_at)
    connection.execute(_FORGET, {"since": stamp(now - LONGEST)})
    connection.execute(_TAKE, {"delivery": delivery, "place": place, "part": part, "at": stamp(now)})
    return None


def _asked(place: str, limit: Limit, now: datetime) -> dict[str, object]:
    """For the posting that must fall out of the window first: the ``most``-th newest of it."""
    return {"there": place, "since": stamp(now - timedelta(seconds=limit.seconds)), "skip": limit.most - 1}
