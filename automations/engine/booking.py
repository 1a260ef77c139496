"""What became of deliveries: into the journal, and into 通知与报告 where everybody can see it (domain.md B6.30)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from automations import intents
from automations.approvals.words import SHANGHAI
from automations.engine.hands import Hands
from automations.engine.office import Office
from automations.intents import Intent
from automations.journal import JournalWrite, Unnumbered
from automations.notify import deliveries, overview, refusals
from automations.notify.deliveries import Delivery

SHOWN_AS = {"wecom": "企业微信", "robot": "企业微信", "email": "邮件"}
"""Options of 渠道; there is none for what apprise takes, so that cell stays empty and 校验说明 says what is known."""
KINDS = {"daily_list": "日清单", "weekly_digest": "周报", "monthly_digest": "月报", "violation": "预警"}


class Booking:
    """Books deliveries that were confirmed or given up, each once."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def settle(self, now: datetime) -> None:
        """Book all that came to an end since; a kill in between leaves it for the next call."""
        with self._office.journal.store.read() as connection:
            anything = deliveries.unsettled(connection) or refusals.unbooked(connection)
            mended = refusals.mended(connection)
        if anything:
            with self._office.journal.write(now=now) as tx:
                self._delivered(tx, now)
                self._refused(tx, now)
        if mended:
            self._show_mended(mended, now)

    def _delivered(self, tx: JournalWrite, now: datetime) -> None:
        """An entry and a row each; what was shown as failed before has its row already."""
        delivered = deliveries.unsettled(tx.connection)
        for delivery in delivered:
            data = _entry(delivery) | {"receipt": delivery.receipt}
            if delivery.note:
                data["note"] = delivery.note
            tx.append("sent", f"people/{delivery.person}", data, delivery.sent_at or now)
        shown = refusals.booked(tx.connection, [delivery.id for delivery in delivered])
        self._add_rows(tx, [(d, _sent(d, now)) for d in delivered if d.id not in shown], now)
        deliveries.settle(tx.connection, *(delivery.id for delivery in delivered))

    def _refused(self, tx: JournalWrite, now: datetime) -> None:
        """What no channel took: 发送失败 shows it to those who only ever look at the tables."""
        refused = deliveries.these(tx.connection, refusals.unbooked(tx.connection))
        why = {case.id: case for case in overview.stuck(tx.connection)} if refused else {}
        rows: list[tuple[Delivery, Mapping[str, Any]]] = []
        for delivery in refused:
            reason = overview.reason(why[delivery.id])
            tx.append("undelivered", f"people/{delivery.person}", _entry(delivery) | {"reason": reason}, now)
            rows.append((delivery, {"send_state": "失败", "check_message": f"没有送到。{reason}{overview.MENDS}"}))
        refusals.book(tx.connection, self._add_rows(tx, rows, now))

    def _add_rows(
        self, tx: JournalWrite, rows: Sequence[tuple[Delivery, Mapping[str, Any]]], now: datetime
    ) -> dict[int, str]:
        """Rows with these further cells; the code of each delivery's."""
        prefix = self._office.schema["outbox"].prefix
        times = [delivery.sent_at or now for delivery, _ in rows]
        codes = tx.number_new(
            [
                Unnumbered(prefix, at.astimezone(SHANGHAI).year, "delivery", delivery.id, at.isoformat())
                for (delivery, _), at in zip(rows, times, strict=True)
            ]
        )
        found = [_row(delivery, code, cells) for (delivery, cells), code in zip(rows, codes, strict=True)]
        intents.plan_all(tx.connection, found, now)
        return {delivery.id: code for (delivery, _), code in zip(rows, codes, strict=True)}

    def _show_mended(self, mended: Mapping[int, str], now: datetime) -> None:
        """Rows of 失败 say 已发 once the message went out after all; tried at every pass until they do."""
        rows = {id: self._office.mirror.find("outbox", "code", code) for id, code in mended.items()}
        there = {id: row.id for id, row in rows.items() if row is not None}
        if not there:
            return
        with self._office.journal.store.read() as connection:
            late = deliveries.these(connection, list(there))
        hands = Hands(self._office.host, self._office.mirror)
        hands.begin(now)
        for delivery in late:
            cells = {"check_message": None, **_sent(delivery, now), "channel": SHOWN_AS.get(delivery.channel)}
            hands.want("outbox", there[delivery.id], cells)
        hands.flush()
        with self._office.journal.write() as tx:
            refusals.shown_as_sent(
                tx.connection, [id for id, row in there.items() if ("outbox", row) not in hands.failed]
            )


def _entry(delivery: Delivery) -> dict[str, Any]:
    return {
        "keys": list(delivery.keys),
        "person": delivery.person,
        "channel": delivery.channel,
        "subject": delivery.message.subject,
    }


def _sent(delivery: Delivery, now: datetime) -> dict[str, Any]:
    """What a row says once a channel took the message; 校验说明 where that is not the whole truth."""
    said = {"check_message": f"{delivery.note}。"} if delivery.note else {}
    return {"send_state": "已发", "sent_at": (delivery.sent_at or now).isoformat(), **said}


def _row(delivery: Delivery, code: str, cells: Mapping[str, Any]) -> Intent:
    template = delivery.keys[0].split("|", 1)[0] if delivery.keys else ""
    return Intent(
        "outbox",
        code,
        {
            "code": code,
            "kind": KINDS.get(template, "提醒"),
            "title": delivery.message.subject,
            "body": delivery.message.text,
            "bytes": len((delivery.message.markdown or delivery.message.text).encode()),
            "recipients": [delivery.person],
            "channel": SHOWN_AS.get(delivery.channel),
            **cells,
        },
    )
