"""Deliveries: every notice for a person, from decided to booked; nothing is lost, nothing counts as sent too early.

::

    planned ──claim──▶ claimed ──sent──▶ sent ──settle──▶ settled
                          │  ▲
                          ▼  │ next_try                merged: told inside another row's message (``into``)
                        retry ┘          failed: the channel refused for good; ``into`` is the try on the next channel

A message is made once, when its row is first claimed, and kept: whoever sends it again after an interruption sends the
same text under the same id. ``sent`` means that the channel confirmed; ``settled`` that the journal has it too.
The tables live in the journal's store and are written in its transactions.

Where exactly-once is impossible: a server takes a message and answers, and our note of that answer is a second step.
If the worker or the line dies between the two, nobody here can know whether the message arrived, so it goes once more
(lost would be worse). There is at most one such message, or part of one, per kill. What the reader then sees:

* mail: two mails with one Message-ID; servers and programs that fold by it show one, the others the same mail twice;
* WeCom application: one message, because WeCom itself drops a body that it had from us within four hours
  (``enable_duplicate_check``); after a longer standstill, two;
* WeCom robot: the same text, or the same part of a long one, twice; robots have no duplicate check;
* apprise: the same text twice. And ``handed over`` is all that is known there: lost on the way looks like arrived.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any, Literal, TypeAlias

import sqlalchemy as sql
from sqlalchemy import Connection

from automations.errors import ChannelError
from automations.notify import deliveries_table as stored
from automations.notify import refusals
from automations.notify.base import Message, Outgoing, Receipt
from automations.notify.codec import from_text, to_text
from automations.notify.deliveries_table import stamp as _stamp
from automations.notify.render import Composed, Part
from automations.schedule import current_list, next_list, quiet
from automations.workdays import Calendar

State: TypeAlias = Literal["planned", "claimed", "retry", "sent", "settled", "merged", "failed"]

CLAIM = timedelta(minutes=15)
"""After this long without an outcome a claim was interrupted, and anybody may claim again."""
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60))
"""Before the second, third, … try; the last repeats for ever, because a mail server may be down all weekend."""
PATIENCE = 4
"""Tries on one channel before the next one is used, where the person has one."""
BROKEN = timedelta(minutes=30)
"""Before a notice with a broken template is tried again."""
UNCONFIRMED = "已交出，未确认"
"""How the note of a receipt begins where the channel cannot say whether the message arrived."""
NO_ROUTE = "没有可用的联系方式，请在人员表补登录账号（邮箱）或企业微信账号。"

Compose: TypeAlias = Callable[[int, Sequence[Part]], Composed]
"""(person, parts) → the message; its id is given here."""

metadata = stored.metadata
_c = stored.deliveries.c

_CHUNK = 500  # keys in one query: far below every database's limit of parameters


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message claimed for sending, or one that was sent.

    Attributes:
        keys: Keys of all notices that it tells.
        sent_at: UTC; None until the channel confirmed.
        receipt: What the channel said.
        note: Chinese: what of it did not work, or that nobody confirmed it.
    """

    id: int
    person: int
    channel: str
    message: Message
    keys: tuple[str, ...]
    urgent: bool = False
    sent_at: datetime | None = None
    receipt: str = ""
    note: str = ""


def create(connection: Connection) -> None:
    """Make the tables where they are missing."""
    metadata.create_all(connection)


def plan(
    connection: Connection,
    outgoing: Iterable[Outgoing],
    now: datetime,
    calendar: Calendar,
    slot: datetime | None = None,
) -> int:
    """Want these told; those already known by key and person are left alone.

    Args:
        connection: Inside a write transaction of the journal.
        outgoing: One notice for one person each.
        now: Aware.
        calendar: Working days.
        slot: The list time whose job decided them, so that a job that ran late is not held back until the next list.

    Returns:
        How many were new.
    """
    told = list(outgoing)
    known = _known(connection, {notice.key for notice in told})
    fresh: dict[tuple[str, int], dict[str, Any]] = {}
    new = 0
    for notice in told:
        place = notice.key, notice.person
        row = fresh.get(place)
        at, channel = (None, row["channel"]) if row is not None else known.get(place, (None, None))
        if channel is not None and (channel or not notice.routes):
            continue
        new += 1
        due = now if notice.urgent else slot or next_list(now, calendar)
        values: dict[str, Any] = {
            "channel": notice.routes[0] if notice.routes else "",
            "further": json.dumps(list(notice.routes[1:])),
            "template": notice.template,
            "data": to_text(notice.data),
            "urgent": notice.urgent,
            "planned_at": _stamp(now),
            "due": _stamp(due),
            "state": "planned" if notice.routes else "failed",
            "error": None if notice.routes else NO_ROUTE,
        }
        if at is None:
            fresh[place] = {"key": notice.key, "person": notice.person, **values}
        else:  # somebody has filled in the address since
            connection.execute(sql.update(stored.deliveries).where(_c.id == at).values(**values))
    if fresh:
        connection.execute(stored.PLAN, list(fresh.values()))
    return new


def _known(connection: Connection, keys: Iterable[str]) -> dict[tuple[str, int], tuple[int, str]]:
    """Id and channel of what was planned under these keys before, by key and person."""
    found: dict[tuple[str, int], tuple[int, str]] = {}
    rest = iter(sorted(keys))
    while part := list(islice(rest, _CHUNK)):
        for key, person, id, channel in connection.execute(stored.PLANNED, {"keys": part}):
            found.setdefault((key, person), (id, channel))
    return found


def claim(
    connection: Connection, now: datetime, worker: str, calendar: Calendar, compose: Compose, most: int = 20
) -> list[Delivery]:
    """Take what may go out now, and mark it as being sent by ``worker``.

    Urgent notices go alone and at any hour. All others of a person go as one message, at most one for each list time;
    what comes later waits for the next. What was interrupted or failed for the moment comes back under its old id.

    Args:
        connection: Inside a write transaction of the journal.
        now: Aware.
        worker: Who takes it, for the record.
        calendar: Working days.
        compose: Makes the message.
        most: Messages to take; call again for more.
    """
    taken = [row.id for row in _ready_again(connection, now, calendar, most)]
    for group in _groups(connection, now, calendar):
        if len(taken) >= most:
            break
        carrier = _make(connection, group, now, calendar, compose)
        if carrier is not None:
            taken.append(carrier)
    if taken:
        _claimed(connection, taken, now, worker)
    return _deliveries(connection, taken)


def sent(connection: Connection, delivery: int, receipt: Receipt, now: datetime) -> None:
    """The channel confirmed."""
    notes = [UNCONFIRMED] if not receipt.confirmed else []
    note = "；".join([*notes, receipt.note] if receipt.note else notes)
    text = f"{receipt.reference}\n{note}" if note else receipt.reference
    connection.execute(stored.SENT, {"this": delivery, "at": _stamp(now), "note": text})


def wait(connection: Connection, waiting: Sequence[int], until: datetime) -> None:
    """Their channel has no room until then: they stay in the queue; this is no failure, and no try is counted."""
    if waiting:
        connection.execute(stored.WAIT, {"ids": list(waiting), "until": _stamp(until)})


def unsettled(connection: Connection) -> list[Delivery]:
    """Sent, but not yet in the journal: book these and call :func:`settle` in the same transaction."""
    return _deliveries(connection, list(connection.execute(stored.UNSETTLED).scalars()))


def settle(connection: Connection, *delivered: int) -> None:
    """They are in the journal."""
    if delivered:
        connection.execute(stored.SETTLE, [{"this": delivery} for delivery in delivered])


def fail(connection: Connection, delivery: int, error: ChannelError, now: datetime, addresses: str = "") -> State:
    """The channel did not take it: try later, on the next channel, or show it to people (:mod:`.refusals`).

    What only IT can mend (``error.retry_after`` of a permanent one) goes to the next channel at once; where there is
    none it is tried again and again, so that no notice is lost to a wrong setting.

    Args:
        connection: Inside a write transaction of the journal.
        delivery: A claimed one.
        error: Why.
        now: Aware.
        addresses: All addresses of the person today: given up for good, it is tried again once they have changed.

    Returns:
        ``retry``, ``planned`` (on the next channel) or ``failed``; the row's own state where it was not claimed.
    """
    row = connection.execute(sql.select(stored.deliveries).where(_c.id == delivery)).one()
    if row.state != "claimed":  # the claim ran out, and another worker has brought it to an end since
        state: State = row.state
        return state
    tries = row.tries + 1
    further = json.loads(row.further)
    hopeless = error.permanent and (further or error.retry_after is None)
    if hopeless or (tries >= PATIENCE and further):
        successor = _hand_on(connection, row, further, now) if further else None
        connection.execute(
            sql.update(stored.deliveries)
            .where(_c.id == delivery)
            .values(state="failed", tries=tries, error=error.message, into=successor, next_try=None)
        )
        if successor is None:
            refusals.note(connection, delivery, addresses)
        return "failed" if successor is None else "planned"
    wait = max(timedelta(seconds=error.retry_after or 0), WAITS[min(tries, len(WAITS)) - 1])
    connection.execute(
        sql.update(stored.deliveries)
        .where(_c.id == delivery)
        .values(state="retry", tries=tries, error=error.message, next_try=_stamp(now + wait))
    )
    return "retry"


def these(connection: Connection, ids: Sequence[int]) -> list[Delivery]:
    """Deliveries that have a message, in the order given."""
    return _deliveries(connection, ids)


def _ready_again(connection: Connection, now: datetime, calendar: Calendar, most: int) -> Sequence[sql.Row[Any]]:
    """Rows whose message exists: interrupted, due for another try, or handed on to this channel."""
    moment = _stamp(now)
    query = sql.select(_c.id).where(
        _c.message.is_not(None),
        sql.or_(
            sql.and_(_c.state == "claimed", _c.claimed_until <= moment),
            sql.and_(_c.state == "retry", _c.next_try <= moment),
            _c.state == "planned",
        ),
    )
    if quiet(now, calendar):
        query = query.where(_c.urgent)
    # where a channel has little room, what is urgent goes first
    return connection.execute(query.order_by(_c.urgent.desc(), _c.id).limit(most)).all()


def _groups(connection: Connection, now: datetime, calendar: Calendar) -> list[list[sql.Row[Any]]]:
    """Rows without a message that may go now: each urgent one alone, the others by person."""
    moment = _stamp(now)
    fresh = connection.execute(
        sql.select(stored.deliveries)
        .where(
            _c.message.is_(None),
            _c.due <= moment,
            sql.or_(_c.state == "planned", sql.and_(_c.state == "retry", _c.next_try <= moment)),
        )
        .order_by(_c.person, _c.id)
    ).all()
    groups = [[row] for row in fresh if row.urgent]
    list_at = current_list(now, calendar)
    if list_at is None:
        return groups
    told = connection.execute(sql.select(_c.person).where(_c.list_at == _stamp(list_at))).scalars()
    had_theirs = set(told)
    for person, rows in groupby((r for r in fresh if not r.urgent), key=lambda r: r.person):
        if person not in had_theirs:
            groups.append(list(rows))
    return groups


def _make(
    connection: Connection, group: Sequence[sql.Row[Any]], now: datetime, calendar: Calendar, compose: Compose
) -> int | None:
    """Make the one message of a group; the row that carries it, or None where there is nothing to send."""
    composed = compose(group[0].person, [Part(r.id, r.template, from_text(r.data)) for r in group])
    for id, error in composed.broken.items():
        connection.execute(
            sql.update(stored.deliveries)
            .where(_c.id == id)
            .values(state="retry", error=error.message, next_try=_stamp(now + BROKEN))
        )
    told = [r for r in group if r.id not in composed.broken]
    if not told:
        return None
    if composed.message is None:
        connection.execute(
            sql.update(stored.deliveries)
            .where(_c.id.in_([r.id for r in told]))
            .values(state="settled", receipt="没有内容")
        )
        return None
    carrier = told[-1]  # the newest knows best how the person is reached now
    identity = hashlib.sha256(f"{carrier.key}\n{carrier.person}".encode()).hexdigest()[:32]
    message = replace(composed.message, id=f"houqin-{identity}")
    list_at = None if carrier.urgent else current_list(now, calendar)
    written = {"text": _message_text(message), "list": _stamp(list_at) if list_at else None}
    connection.execute(stored.CARRY, {"this": carrier.id, **written})
    if told[:-1]:
        connection.execute(stored.MERGE, {"ids": [r.id for r in told[:-1]], "carrier": carrier.id})
    return int(carrier.id)


def _hand_on(connection: Connection, row: sql.Row[Any], further: Sequence[str], now: datetime) -> int:
    """The same message once more, on the next channel; what was merged into the old row moves along."""
    same = ("key", "person", "template", "data", "urgent", "planned_at", "message", "list_at")
    values = {name: getattr(row, name) for name in same}
    inserted = connection.execute(
        sql.insert(stored.deliveries).values(
            **values, channel=further[0], further=json.dumps(further[1:]), due=_stamp(now), state="planned"
        )
    )
    assert inserted.inserted_primary_key is not None
    successor = int(inserted.inserted_primary_key[0])
    connection.execute(
        sql.update(stored.deliveries).where(_c.into == row.id, _c.state == "merged").values(into=successor)
    )
    return successor


def _claimed(connection: Connection, ids: Sequence[int], now: datetime, worker: str) -> None:
    connection.execute(stored.CLAIM, {"ids": list(ids), "by": worker, "until": _stamp(now + CLAIM)})


def _deliveries(connection: Connection, ids: Sequence[int]) -> list[Delivery]:
    """These, in the order given."""
    rows: dict[int, sql.Row[Any]] = {}
    members: dict[int, list[str]] = {}
    rest = iter(ids)
    while part := list(islice(rest, _CHUNK)):
        rows |= {row.id: row for row in connection.execute(stored.THESE, {"ids": part})}
        for into, key in connection.execute(stored.MERGED, {"ids": part}):
            members.setdefault(into, []).append(key)
    return [_delivery(rows[id], members.get(id, ())) for id in ids]


def _delivery(row: sql.Row[Any], members: Sequence[str]) -> Delivery:
    receipt, _, note = (row.receipt or "").partition("\n")
    return Delivery(
        row.id,
        row.person,
        row.channel,
        Message(**json.loads(row.message)),
        (*members, row.key),
        row.urgent,
        datetime.fromisoformat(row.sent_at) if row.sent_at else None,
        receipt,
        note,
    )


def _message_text(message: Message) -> str:
    kept = asdict(message)
    del kept["attachments"]  # files of reports are found again by the report's name, never kept twice
    return json.dumps(kept, ensure_ascii=False)
