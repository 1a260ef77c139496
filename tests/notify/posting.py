"""Deliveries in a store, carried by real channels to local servers: what a test plans, sends and looks at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sql

from automations.notify import Address, Channel, Outgoing, deliveries, overview
from automations.notify.deliveries_table import deliveries as table
from automations.notify.postman import Postman, Round
from automations.notify.render import Messages
from automations.store import Store, open_store
from automations.workdays import SCHOOL_TIME, Calendar

MONDAY = datetime(2026, 9, 14, 9, 5, tzinfo=SCHOOL_TIME)
CALENDAR = Calendar()
MESSAGES = Messages()


def notice(
    n: int, person: int = 1, routes: tuple[str, ...] = ("wecom", "email"), reason: str = "缺验收人签名"
) -> Outgoing:
    """An urgent one, so that it goes alone and at once."""
    data = {"code": f"ZC-{n:04}", "title": "灯具", "level": "会计", "name": "李", "reason": reason, "url": ""}
    return Outgoing(f"claim_returned|{n}|1|", person, routes, "claim_returned", data, urgent=True)


@dataclass
class Posting:
    """One store and its channels.

    Attributes:
        people: By row id.
        now: The time of the next pass.
    """

    store: Store
    channels: Mapping[str, Channel]
    people: Mapping[int, Address]
    now: datetime = MONDAY

    def plan(self, *outgoing: Outgoing) -> None:
        with self.store.write() as connection:
            deliveries.plan(connection, outgoing, self.now, CALENDAR)

    def deliver(self, seconds: float = 0, worker: str = "w", clock: Callable[[], float] = lambda: 0.0) -> Round:
        """A pass, so many seconds after the last."""
        self.now += timedelta(seconds=seconds)
        man = Postman(self.store.write, self.channels, self.people.get, MESSAGES, CALENDAR, worker, clock)
        return man.deliver(self.now)

    def rows(self) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(sql.select(table).order_by(table.c.id)))

    def status(self) -> str:
        with self.store.read() as connection:
            lines, _ = overview.lines(connection, lambda n: self.people[n].name, self.now)
        return "\n".join(lines)

    def wait(self) -> float:
        """Seconds until the last row is tried again."""
        return (datetime.fromisoformat(self.rows()[-1].next_try) - self.now).total_seconds()


def posting(channels: Mapping[str, Channel], *people: Address, url: str = "sqlite:///:memory:") -> Posting:
    store = Store(open_store(url, durable=True), "journal")
    with store.write() as connection:
        deliveries.create(connection)
    return Posting(store, channels, {a.person: a for a in people})
