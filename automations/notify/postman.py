"""Carries claimed messages to their channels and writes down what came of it.

Each step is its own transaction, so that a worker killed anywhere leaves the deliveries in a state from which the next
pass goes on: before the claim nothing happened; after it the claim runs out; after the send the same message goes once
more under the same id (what the reader then sees: :mod:`automations.notify.deliveries`).
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from html import escape
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection

from automations.errors import ChannelError
from automations.notify import deliveries, postings
from automations.notify.base import IT_SECONDS, Address, Attachment, Channel, InParts, Message, Receipt
from automations.notify.deliveries import Delivery
from automations.notify.render import Messages
from automations.workdays import Calendar

_log = logging.getLogger(__name__)
MAIL = "email"
"""The channel that files go along with."""
T = TypeVar("T")
Attached: TypeAlias = Callable[[Sequence[str]], tuple[tuple[Attachment, ...], tuple[str, ...]]]
"""(keys of the notices told) → files that go along by mail, and names of those that are not there any more."""


@dataclass
class Round:
    """What one call of :meth:`Postman.deliver` did, in messages."""

    sent: int = 0
    later: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Postman:
    """Delivers.

    Attributes:
        transaction: Opens one write transaction of the journal's store.
        channels: By name.
        addresses: How to reach a person (row id of ``people``) today; None for one who is gone.
        messages: The message templates.
        calendar: Working days.
        worker: Name of this worker, for the record.
        seconds: A clock that only moves on: a round may take minutes, and limits count real ones.
        attached: Finds the files of a mail when it is sent: they are not kept with the message.
    """

    transaction: Callable[[], AbstractContextManager[Connection]]
    channels: Mapping[str, Channel]
    addresses: Callable[[int], Address | None]
    messages: Messages
    calendar: Calendar
    worker: str
    seconds: Callable[[], float] = time.monotonic
    attached: Attached = lambda keys: ((), ())

    def deliver(self, now: datetime) -> Round:
        """Send everything that may go out at ``now``; one that fails holds up no other."""
        started = self.seconds()

        def moment() -> datetime:
            return now + timedelta(seconds=self.seconds() - started)

        round = Round()
        while batch := self._claim(now):
            full: dict[str, datetime] = {}
            waiting: dict[datetime, list[int]] = {}
            for delivery in batch:
                place = self._place(delivery)
                if place not in full:
                    until = self._one(delivery, moment, now, round)
                    if until is None:
                        continue
                    full[place] = until
                waiting.setdefault(full[place], []).append(delivery.id)
                round.later += 1
            if waiting:
                with self.transaction() as connection:
                    for until, ids in waiting.items():
                        deliveries.wait(connection, ids, until)
        return round

    def _claim(self, now: datetime) -> list[Delivery]:
        with self.transaction() as connection:
            return deliveries.claim(
                connection,
                now,
                self.worker,
                self.calendar,
                lambda person, parts: self.messages.compose(self._name(person), parts),
            )

    def _one(self, delivery: Delivery, moment: Callable[[], datetime], now: datetime, round: Round) -> datetime | None:
        """Send it and write down the outcome; or, where its channel has no room, the moment until which it waits."""
        address = self.addresses(delivery.person)
        try:
            receipt = self._send(delivery, address, moment)
        except ChannelError as error:
            with self.transaction() as connection:
                state = deliveries.fail(connection, delivery.id, error, now, address.all if address else "")
            if state == "failed":
                round.failed += 1
            else:
                round.later += 1
            return None
        if isinstance(receipt, datetime):
            return receipt
        with self.transaction() as connection:
            deliveries.sent(connection, delivery.id, receipt, now)
        round.sent += 1
        return None

    def _send(self, delivery: Delivery, address: Address | None, moment: Callable[[], datetime]) -> Receipt | datetime:
        channel = self.channels.get(delivery.channel)
        if channel is None:
            raise ChannelError(
                f"没有设置渠道“{delivery.channel}”，请信息科核对 .env。", permanent=True, retry_after=IT_SECONDS
            )
        if address is None or not channel.reaches(address):
            raise ChannelError(deliveries.NO_ROUTE, permanent=True)
        if isinstance(channel, InParts):
            return self._in_parts(delivery, channel, address, moment)
        message = _with_files(delivery.message, self.attached(delivery.keys)) if delivery.channel == MAIL else None
        return _asked(delivery, lambda: channel.send(message or delivery.message, address))

    def _in_parts(
        self, delivery: Delivery, channel: InParts, address: Address, moment: Callable[[], datetime]
    ) -> Receipt | datetime:
        """Each part is counted, then posted; an earlier try that got part of the way is taken up where it ended."""
        place, reference = channel.place(address), ""
        parts = _asked(delivery, lambda: channel.parts(delivery.message, address))
        with self.transaction() as connection:
            first = postings.first_part(connection, delivery.id, place)
            until = postings.take(connection, delivery.id, first, place, channel.limits, moment())
        for number in range(first, len(parts)):
            if number > first:
                with self.transaction() as connection:
                    until = postings.take(connection, delivery.id, number, place, channel.limits, moment())
            if until is not None:
                return until
            reference = _asked(delivery, partial(channel.hand_over, parts[number], address))
        return Receipt(reference)

    def _place(self, delivery: Delivery) -> str:
        """Whose limits it counts against; its channel's name where that does not count."""
        channel, address = self.channels.get(delivery.channel), self.addresses(delivery.person)
        return channel.place(address) if isinstance(channel, InParts) and address else delivery.channel

    def _name(self, person: int) -> str:
        address = self.addresses(person)
        return address.name if address else ""


def _with_files(message: Message, found: tuple[tuple[Attachment, ...], tuple[str, ...]]) -> Message:
    """The message with its files; it says which of them are missing."""
    files, missing = found
    if missing:
        note = f"附件已不在本机，请到“通知与报告”查看：{'、'.join(missing)}。"
        page = f"<p>{escape(note)}</p>"
        html = message.html.replace("</body>", f"{page}</body>") if "</body>" in message.html else message.html + page
        message = replace(message, text=f"{message.text}\n\n{note}", html=html if message.html else "")
    return replace(message, attachments=files) if files else message


def _asked(delivery: Delivery, call: Callable[[], T]) -> T:
    """What a channel answers; a fault of ours in it is an error of this one delivery and holds up no other."""
    try:
        return call()
    except ChannelError:
        raise
    except Exception as error:
        # no text of it: it may hold an address with a secret
        kind = type(error).__name__
        _log.error("channel %s failed on delivery %s: %s", delivery.channel, delivery.id, kind)
        raise ChannelError(f"渠道“{delivery.channel}”程序出错（{kind}），请信息科查看日志。", permanent=False) from None
