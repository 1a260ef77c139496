"""The table of deliveries, and what is asked of it (:mod:`automations.notify.deliveries`).

Statements are written out once: to build one takes SQLAlchemy longer than SQLite takes to carry it out.
"""

from datetime import UTC, datetime

import sqlalchemy as sql
from sqlalchemy import Column, MetaData

from automations.cells import BIG

metadata = MetaData()
deliveries = sql.Table(
    "deliveries",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("key", sql.Text, nullable=False),
    Column("person", BIG, nullable=False),
    Column("channel", sql.Text, nullable=False),  # "" where the person cannot be reached at all
    Column("further", sql.Text, nullable=False),  # channels to fall back on, as JSON
    Column("template", sql.Text, nullable=False),
    Column("data", sql.Text, nullable=False),
    Column("urgent", sql.Boolean, nullable=False),
    Column("planned_at", sql.Text, nullable=False),
    Column("due", sql.Text, nullable=False),
    Column("state", sql.Text, nullable=False, index=True),
    Column("message", sql.Text),
    Column("list_at", sql.Text),  # the list time whose one message to this person it is
    Column("into", BIG),
    Column("tries", sql.Integer, nullable=False, server_default="0"),
    Column("next_try", sql.Text),
    Column("worker", sql.Text),
    Column("claimed_until", sql.Text),
    Column("sent_at", sql.Text),
    Column("receipt", sql.Text),
    Column("error", sql.Text),
    sql.UniqueConstraint("key", "person", "channel"),
)
_c = deliveries.c

PLAN = sql.insert(deliveries)
PLANNED = (
    sql.select(_c.key, _c.person, _c.id, _c.channel)
    .where(_c.key.in_(sql.bindparam("keys", expanding=True)))
    .order_by(_c.channel)
)
THESE = sql.select(deliveries).where(_c.id.in_(sql.bindparam("ids", expanding=True)))
MERGED = (
    sql.select(_c.into, _c.key)
    .where(_c.into.in_(sql.bindparam("ids", expanding=True)), _c.state == "merged")
    .order_by(_c.id)
)
UNSETTLED = sql.select(_c.id).where(_c.state == "sent").order_by(_c.id)
SETTLE = sql.update(deliveries).where(_c.id == sql.bindparam("this"), _c.state == "sent").values(state="settled")
SENT = (
    sql.update(deliveries)
    .where(_c.id == sql.bindparam("this"), _c.state.in_(("claimed", "retry")))
    .values(state="sent", sent_at=sql.bindparam("at"), receipt=sql.bindparam("note"), error=None, next_try=None)
)
CLAIM = (
    sql.update(deliveries)
    .where(_c.id.in_(sql.bindparam("ids", expanding=True)))
    .values(state="claimed", worker=sql.bindparam("by"), claimed_until=sql.bindparam("until"), next_try=None)
)
WAIT = (
    sql.update(deliveries)
    .where(_c.id.in_(sql.bindparam("ids", expanding=True)), _c.state == "claimed")
    .values(state="retry", next_try=sql.bindparam("until"))
)
CARRY = (
    sql.update(deliveries)
    .where(_c.id == sql.bindparam("this"))
    .values(message=sql.bindparam("text"), list_at=sql.bindparam("list"))
)
MERGE = (
    sql.update(deliveries)
    .where(_c.id.in_(sql.bindparam("ids", expanding=True)))
    .values(state="merged", into=sql.bindparam("carrier"))
)


def stamp(moment: datetime) -> str:
    """UTC in one width, so that texts sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
