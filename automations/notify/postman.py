"""Carries claimed messages to their channels and writes down what came of it.

Each step is its own transaction, so that a worker killed anywhere leaves the deliveries in a state from which the next
pass goes on: before the claim nothing happened; after it the claim runs out; after the send the same message goes once
more under the same id, which mail programs and WeCom fold.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from automations.errors import ChannelError
from automations.notify import deliveries
from automations.notify.base import Address, Channel, Receipt
from automations.notify.deliveries import Delivery
from automations.notify.render import Messages
from automations.workdays import Calendar

_log = logging.getLogger(__name__)


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
    """

    transaction: Callable[[], AbstractContextManager[Connection]]
    channels: Mapping[str, Channel]
    addresses: Callable[[int], Address | None]
    messages: Messages
    calendar: Calendar
    worker: str

    def deliver(self, now: datetime) -> Round:
        """Send everything that may go out at ``now``; one that fails holds up no other."""
        round = Round()
        while batch := self._claim(now):
            for delivery in batch:
                self._one(delivery, now, round)
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

    def _one(self, delivery: Delivery, now: datetime, round: Round) -> None:
        try:
            receipt = self._send(delivery)
        except ChannelError as error:
            with self.transaction() as connection:
                state = deliveries.fail(connection, delivery.id, error, now)
            if state == "failed":
                round.failed += 1
            else:
                round.later += 1
            return
        with self.transaction() as connection:
            deliveries.sent(connection, delivery.id, receipt, now)
        round.sent += 1

    def _send(self, delivery: Delivery) -> Receipt:
        channel, address = self.channels.get(delivery.channel), self.addresses(delivery.person)
        if channel is None:
            raise ChannelError(f"没有设置渠道“{delivery.channel}”，请信息科核对 .env。", permanent=True)
        if address is None or not channel.reaches(address):
            raise ChannelError(deliveries.NO_ROUTE, permanent=True)
        try:
            return channel.send(delivery.message, address)
        except ChannelError:
            raise
        except Exception as error:
            # A fault of ours must not hold up the others. No text of it: it may hold an address with a secret.
            kind = type(error).__name__
            _log.error("channel %s failed on delivery %s: %s", delivery.channel, delivery.id, kind)
            raise ChannelError(
                f"渠道“{delivery.channel}”程序出错（{kind}），请信息科查看日志。", permanent=False
            ) from None

    def _name(self, person: int) -> str:
        address = self.addresses(person)
        return address.name if address else ""
