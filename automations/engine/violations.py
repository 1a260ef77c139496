"""Rows for 预警台账: decided inside the journal's transaction, added on the host afterwards (domain.md B6.29)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from automations import intents
from automations.approvals import words
from automations.approvals.ruling import Alarm
from automations.engine.office import Office
from automations.intents import Intent
from automations.journal import JournalWrite
from automations.tables.values import canonical_json, to_json

TABLE = "violations"
EXPLAIN_WITHIN_WORKDAYS = {"提示": 3, "一般": 3, "严重": 1}


def explain_by(office: Office, alarm: Alarm, now: datetime) -> date:
    """The last day on which the person named may explain himself."""
    return office.calendar.add(now.astimezone(words.SHANGHAI).date(), EXPLAIN_WITHIN_WORKDAYS[alarm.gravity])


def planned(office: Office, table: str, code: str, alarm: Alarm) -> str | None:
    """The ledger row's code of an alarm that was planned before (a worker was killed before it could settle it)."""
    entries = office.journal.entries(f"{table}/{code}", "violation")
    return next((str(e.data["code"]) for e in entries if e.data.get("key") == alarm.key), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger: its code, and whether it was planned just now."""

    code: str
    new: bool


def plan_violation(office: Office, tx: JournalWrite, table: str, code: str, alarm: Alarm, now: datetime) -> Line:
    """Journal ``alarm`` about the row ``code`` of ``table``, once, and want its row in the ledger."""
    if known := planned(office, table, code, alarm):
        return Line(known, new=False)
    schema = office.schema[TABLE]
    today = now.astimezone(words.SHANGHAI).date()
    # Until the row exists, the code belongs to the alarm.
    key = hashlib.sha256(f"{table}/{code}/{alarm.key}".encode()).hexdigest()
    due_on = explain_by(office, alarm, now).isoformat()
    number = tx.number(schema.prefix, today.year, "alarm", int(key[:12], 16), key)
    tx.append(
        "violation",
        f"{table}/{code}",
        {
            "code": number,
            "key": alarm.key,
            "rule": alarm.rule,
            "gravity": alarm.gravity,
            "title": alarm.title,
            "detail": alarm.detail,
            "due_on": due_on,
            "calendar": office.calendar.version,
        },
        now,
    )
    named = office.directory.get(alarm.person)
    cells = {
        "code": number,
        "rule": alarm.rule,
        "severity": alarm.gravity,
        "title": alarm.title,
        "detail": alarm.detail,
        "evidence": canonical_json(alarm.evidence),
        "biz_type": office.schema[table].title,
        "biz_code": code,
        "department": named.department if named else None,  # whose head sees it in his view
        "person": alarm.person,
        "amount": to_json(alarm.amount),
        "found_at": now.isoformat(),
        "due_on": due_on,
        "status": "待说明",
    }
    intents.plan(tx.connection, Intent(TABLE, number, cells), now)
    return Line(number, new=True)
