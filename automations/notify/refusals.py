"""What no channel took: kept until people have seen it, and tried again once the person's addresses have changed.

::

    noted ──the row 失败 in 通知与报告 is planned──▶ booked ──an address was mended, it was sent──▶ the row says 已发
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sql
from sqlalchemy import Column, Connection

from automations.cells import BIG
from automations.notify.deliveries_table import deliveries, metadata, stamp

refusals = sql.Table(
    "refusals",
    metadata,
    Column("delivery", BIG, primary_key=True, autoincrement=False),
    Column("addresses", sql.Text, nullable=False),  # all of the person's when the last channel refused
    Column("code", sql.Text),  # of the row in 通知与报告, once it is planned
    Column("shown_as_sent", sql.Boolean, nullable=False, server_default=sql.false()),
)
_c, _d = refusals.c, deliveries.c
_FINAL = sql.and_(_d.state == "failed", _d.into.is_(None))

_UNBOOKED = (
    sql.select(_d.id)
    .join_from(deliveries, refusals, _c.delivery == _d.id)
    .where(_FINAL, _c.code.is_(None))
    .order_by(_d.id)
)
_HELD = (
    sql.select(_d.id, _d.key, _d.person, _d.channel, _c.addresses)
    .join_from(deliveries, refusals, _c.delivery == _d.id, isouter=True)
    .where(_FINAL, sql.or_(_d.channel == "", _c.addresses.is_not(None)))
)
_BOOKED = sql.select(_c.delivery, _c.code).where(_c.delivery.in_(sql.bindparam("ids", expanding=True)))
_MENDED = (
    sql.select(_c.delivery, _c.code)
    .join_from(refusals, deliveries, _c.delivery == _d.id)
    .where(_c.code.is_not(None), _c.shown_as_sent.is_(False), _d.state == "settled")
)


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person can be reached today.

    Attributes:
        routes: Channel names, the preferred one first.
        addresses: All addresses in one text, to be compared only.
    """

    routes: Sequence[str]
    addresses: str


def note(connection: Connection, delivery: int, addresses: str) -> None:
    """The last channel refused this for good, at these addresses."""
    known = connection.execute(sql.update(refusals).where(_c.delivery == delivery).values(addresses=addresses)).rowcount
    if not known:
        connection.execute(sql.insert(refusals), {"delivery": delivery, "addresses": addresses})


def unbooked(connection: Connection) -> list[int]:
    """Deliveries given up and not yet shown in 通知与报告. Not those without any address: they wait for one."""
    return list(connection.execute(_UNBOOKED).scalars())


def book(connection: Connection, codes: Mapping[int, str]) -> None:
    """These deliveries have a row of that code in 通知与报告."""
    for delivery, code in codes.items():
        connection.execute(sql.update(refusals).where(_c.delivery == delivery).values(code=code))


def booked(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Codes of those among these deliveries that were shown as failed."""
    return {delivery: code for delivery, code in connection.execute(_BOOKED, {"ids": list(ids)}) if code}


def mended(connection: Connection) -> dict[int, str]:
    """Deliveries shown as failed that went out after all, with the code of their row."""
    return {delivery: code for delivery, code in connection.execute(_MENDED)}


def shown_as_sent(connection: Connection, ids: Sequence[int]) -> None:
    """Their rows say so now."""
    connection.execute(sql.update(refusals).where(_c.delivery.in_(list(ids))).values(shown_as_sent=True))


def reroute(connection: Connection, ways: Callable[[int], Ways], now: datetime) -> int:
    """Send after all what was held for want of an address, or refused at addresses that have changed; how many."""
    found = 0
    for row in connection.execute(_HELD).all():
        way = ways(row.person)
        if not way.routes or (row.channel and way.addresses == row.addresses):
            continue
        # the tries on the channels before have had their say; their names must be free for the next round
        earlier = (_d.key == row.key, _d.person == row.person, _d.id != row.id, _d.state == "failed")
        connection.execute(sql.delete(deliveries).where(*earlier))
        connection.execute(
            sql.update(deliveries)
            .where(_d.id == row.id)
            .values(
                state="planned",
                channel=way.routes[0],
                further=json.dumps(list(way.routes[1:])),
                due=stamp(now),
                error=None,
                tries=0,
            )
        )
        found += 1
    return found
