"""A leader comes back: what was signed for him while he was away is laid before him (domain.md C2, N06).

Each list is one row of 签批步骤 of the level 知悉, added the day after his absence ends. Only he can tick 已知悉; it
approves nothing, since the delegate's signatures stand by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from automations import intents
from automations.approvals import words
from automations.approvals.case import NOTED, PENDING, VALID, WAITING
from automations.approvals.desired import END_OF_WORK
from automations.engine.hands import Hands
from automations.engine.office import Office
from automations.engine.unrecorded import STEPS
from automations.intents import Intent
from automations.people import Person
from automations.tables.base import Row
from automations.tables.values import Value, to_json
from automations.workdays import SCHOOL_TIME, local_date

LEVEL = "知悉"
LOOK_BACK = timedelta(days=60)
"""An absence that ended longer ago is not asked about any more: the worker was down for two months."""


@dataclass(frozen=True, slots=True)
class SignedForHim:
    """One signature that a delegate gave."""

    code: str
    signer: str
    amount: Decimal
    at: datetime


def summary(signed: Sequence[SignedForHim]) -> str:
    """What the leader reads: one line a delegate, then every row with its sum."""
    lines = []
    for name in dict.fromkeys(s.signer for s in signed):
        his = [s for s in signed if s.signer == name]
        total = words.money(sum((s.amount for s in his), Decimal(0)))
        lines.append(f"您离校期间由{name}代签{len(his)}笔共{total}元，请阅知。")
    listed = [f"{s.code}　{words.money(s.amount)}元　{s.signer}　{words.clock(s.at)}" for s in signed]
    return "\n".join([*lines, *listed])


class Returns:
    """Adds the lists and judges the ticks."""

    def __init__(self, office: Office, hands: Hands) -> None:
        self._office, self._hands = office, hands

    def list_what_was_signed(self, now: datetime) -> None:
        """A list for everybody whose absence ended and for whom somebody signed; asked once a day."""
        office, today = self._office, local_date(now)
        back = [p for p in office.directory if p.away_to and today - LOOK_BACK <= p.away_to < today and not p.gone]
        if not back:
            return
        left = [p.away_from for p in back if p.away_from is not None]
        if not left:
            return
        entries = office.journal.entries(kind="signed", since=datetime.combine(min(left), time.min, SCHOOL_TIME))
        for person in back:
            signed = [
                SignedForHim(e.subject.partition("/")[2], str(e.data["name"]), Decimal(e.data["amount"]), e.at)
                for e in entries
                if e.data.get("for_person") == person.id and _within(e.at, person)
            ]
            if signed:
                self._add(person, signed, now)

    def _add(self, person: Person, signed: Sequence[SignedForHim], now: datetime) -> None:
        office, schema = self._office, self._office.schema[STEPS]
        row = office.mirror.row("people", person.id)
        holder = str(row["code"] or person.id) if row else str(person.id)
        code = f"{schema.prefix}-{LEVEL}-{holder}-{person.away_to}"
        if office.journal.entries(f"{STEPS}/{code}", "listed") or office.mirror.find(STEPS, "code", code):
            return
        due = office.calendar.add(local_date(now), office.norms.whole("delegate.read_wd", local_date(now)))
        cells: dict[str, Any] = {
            "code": code,
            "biz_type": office.schema["people"].title,
            "biz_code": holder,
            "staff": person.id,
            "round": 1,
            "seq": 1,
            "level": LEVEL,
            "nature": LEVEL,
            "assignee": person.id,
            "amount_shown": to_json(sum((s.amount for s in signed), Decimal(0))),
            "summary": summary(signed),
            "decision": PENDING,
            "due_at": datetime.combine(due, END_OF_WORK, tzinfo=words.SHANGHAI).isoformat(),
            "valid": WAITING,
        }
        data = {"person": person.id, "signed": [s.code for s in signed], "calendar": office.calendar.version}
        with office.journal.write(now=now) as tx:
            tx.append("listed", f"{STEPS}/{code}", data, now)
            tx.register(code, STEPS, -person.id, code)  # until the row exists, the code belongs to the list
            intents.plan(tx.connection, Intent(STEPS, code, cells), now)

    def judge(self, row: Row, code: str | None, now: datetime) -> None:
        """A row of the level 知悉 was touched: its own person may tick it; anything else is put back.

        Args:
            row: Of 签批步骤, as it was read.
            code: The one it holds by the journal.
            now: The time of the pass.
        """
        office = self._office
        if code is None or f"-{LEVEL}-" not in code or not office.journal.entries(f"{STEPS}/{code}", "listed"):
            return
        noted = office.journal.entries(f"{STEPS}/{code}", "noted")
        if noted:
            self._hands.want(STEPS, row.id, _ticked(noted[0].data["account"], noted[0].at))
            return
        if row["decision"] in (PENDING, None):
            return
        edits = [e for e in office.host.edits(STEPS, row.id) if "decision" in e.after and e.account]
        last = edits[-1] if edits and edits[-1].after["decision"] == row["decision"] else None
        person = office.directory.by_account(last.account) if last else None
        if last is None or person is None or person.id != row["assignee"] or row["decision"] != NOTED:
            due = office.directory.name(row["assignee"] if isinstance(row["assignee"], int) else None)
            message = words.wrong_signer(due, (last.account if last else None) or words.SOMEBODY)
            if person is not None and person.id == row["assignee"]:
                message = "请在“意见”中选“已知悉”。"
            self._hands.want(STEPS, row.id, {"decision": PENDING, "check_result": "拦截", "check_message": message})
            return
        with office.journal.write(now=now) as tx:
            tx.append("noted", f"{STEPS}/{code}", {"account": last.account, "edit": last.key}, last.at)
        self._hands.want(STEPS, row.id, _ticked(str(last.account), last.at))


def _ticked(account: str, at: datetime) -> dict[str, Value]:
    return {
        "decision": NOTED,
        "signer_account": account,
        "signed_at": at,
        "valid": VALID,
        "check_result": "通过",
        "check_message": None,
        "locked": True,
    }


def _within(at: datetime, person: Person) -> bool:
    day: date = local_date(at)
    return person.away_from is not None and person.away_to is not None and person.away_from <= day <= person.away_to
