"""The table of a year's notices counts notices, messages and people apart."""

from datetime import datetime

from automations.demo.year.told import Kind, by_kind, summary, table
from automations.journal import Journal
from automations.notify import Memory, Outgoing, deliveries
from automations.notify.base import Address
from automations.notify.postman import Postman
from automations.notify.render import Messages
from automations.workdays import SCHOOL_TIME, Calendar

RETURNED = {"code": "ZC-1", "title": "灯具", "level": "会计", "name": "李", "reason": "缺签名", "url": ""}
READY = {"code": "ZC-1", "title": "灯具", "url": ""}


def at(day: int, time: str) -> datetime:
    return datetime.fromisoformat(f"2026-09-{day:02} {time}").replace(tzinfo=SCHOOL_TIME)


def test_notices_of_two_days() -> None:
    journal, calendar = Journal("sqlite:///:memory:"), Calendar()
    journal.create_all(deliveries.metadata)
    postman = Postman(
        lambda: journal.store.write(),
        {"memory": Memory()},
        lambda person: Address(person, f"某{person}"),
        Messages(),
        calendar,
        "w",
    )

    def tell(now: datetime, *notices: tuple[str, int, dict[str, str], bool]) -> None:
        told = [
            Outgoing(f"{name}|{n}|{now}", person, ("memory",), name, data, urgent)
            for n, (name, person, data, urgent) in enumerate(notices)
        ]
        with journal.store.write() as connection:
            deliveries.plan(connection, told, now, calendar, now)
        postman.deliver(now)

    both = [("claim_returned", 1, RETURNED, False), ("form_ready", 1, READY, False)]
    tell(at(1, "08:40"), *both, ("claim_returned", 2, RETURNED, False))
    tell(at(1, "09:30"), ("claim_returned", 2, RETURNED, True))
    tell(at(2, "08:40"), *both, ("form_ready", 3, READY, False))
    with journal.store.write() as connection:  # planned, not gone yet
        deliveries.plan(connection, [Outgoing("x", 1, ("memory",), "form_ready", READY)], at(2, "09:00"), calendar)

    told = by_kind(journal)
    assert told.kinds == (Kind("退回", 4, 2, 2, 1), Kind("审批单", 3, 1, 2, 0))
    assert (told.messages, told.people, told.days) == (5, 3, {1: 3, 2: 1})
    assert summary(told) == "共7项提醒，合成5条，发给3人；有提醒的人日4个，其中一天收到1条的3、2条的1。"
    assert table(told).row_count == 2
    journal.close()
