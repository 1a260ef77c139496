"""What judging may look at, and what it answers. Both are plain data: deciding never acts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from automations.approvals.case import Case
from automations.approvals.declaration import Approval
from automations.approvals.world import World
from automations.norms import Norms
from automations.people import Directory, Person
from automations.schema import Field, Table
from automations.tables.base import Edit
from automations.tables.values import Value, Values
from automations.workdays import Calendar

Severity: TypeAlias = Literal["拦截", "提示", "预警"]
Gravity: TypeAlias = Literal["提示", "一般", "严重"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about a row: 拦截 stops it, 提示 is shown to the next signer, 预警 goes into the ledger.

    Attributes:
        gravity: How grave its line in 预警台账 is; None writes none.
        stage: Tells one line in the ledger from the next of the same rule about the same row.
        figures: What the message was made of.
    """

    rule: str
    severity: Severity
    message: str
    gravity: Gravity | None = None
    stage: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was decided; becomes an entry of the journal. ``data`` is JSON."""

    kind: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A row for 预警台账. ``key`` makes it one of a kind; ``person`` is a row id; the line is his department's."""

    key: str
    rule: str
    gravity: Gravity
    title: str
    detail: str
    person: int | None = None
    amount: Decimal | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tell:
    """Somebody must know: ``template`` in report_templates/messages, row ids of people, and what it says."""

    template: str
    to: tuple[int, ...]
    stage: str
    data: dict[str, Any]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Bench:
    """What a judge may look at.

    Attributes:
        approval: The declaration.
        table / steps: Schema tables of the row and of its sign steps.
        worker: E-mail of Houqin's own account; its edits are never judged.
        proof: How the host proves authorship; stored with each signature.
        examine: What the rules of a moment (提交, 付款, a level, a status) say in the world of an edit: who asks (None
            where nobody knows), and the case as it stands.
        show: A value as people read it in a message (names for links, thousands separators).
        codes: True codes of the step rows by row id, whatever stands in the cell; empty: the cells are true.
        related: 需回避人员 of the company that a row pays.
        calendar: Working days.
    """

    approval: Approval
    table: Table
    steps: Table
    directory: Directory
    norms: Norms
    worker: str
    proof: str
    examine: Callable[[World, str, Person | None, Case], Sequence[Finding]]
    show: Callable[[Field, Value], str]
    codes: Mapping[int, str] = field(default_factory=dict)
    related: Callable[[Values], frozenset[int]] = lambda row: frozenset()
    calendar: Calendar = field(default_factory=Calendar)

    def day(self, row: Values, at: datetime) -> date:
        """The business day of a row."""
        return self.approval.business_day(row, at)

    def norms_of(self, case: Case) -> Norms:
        """The parameters of the sign-off as they were when the case's round began."""
        return self.norms.pinned(case.pins) if case.pins else self.norms

    def parts(self, world: World, row_id: int) -> dict[int, Any]:
        """Rows that belong to the case's content at this moment, such as its invoices."""
        if self.approval.parts is None:
            return {}
        table, link, _ = self.approval.parts
        return world.where(table, link, row_id)


@dataclass
class Ruling:
    """The case as it stands after judging, and all that follows from it.

    Attributes:
        originals: What stood in worker-owned cells, by (table, row id, field), before people typed into them.
    """

    case: Case
    events: list[Event] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    tells: list[Tell] = field(default_factory=list)
    originals: dict[tuple[str, int, str], Value] = field(default_factory=dict)

    def note(self, kind: str, at: datetime, **data: Any) -> None:
        """Add an event."""
        self.events.append(Event(kind, at, data))

    def heed(self, findings: Sequence[Finding], edit: Edit, person: Person | None) -> list[Finding]:
        """Put findings that belong there into 预警台账, whether they stop the row or not; those that stop it."""
        for finding in findings:
            if finding.gravity is not None:
                who = person.id if person else self.case.handler
                self.alarms.append(alarm(self.case.code, finding, who, self.case.amount, edit.key))
        return [f for f in findings if f.severity == "拦截"]

    def block(self, message: str) -> None:
        """Put a message into the row's 校验说明 with result 拦截."""
        self.case = self.case.but(result="拦截", message=message)


def alarm(code: str, finding: Finding, person: int | None, amount: Decimal | None, edit: str = "") -> Alarm:
    """The line in 预警台账 that a finding leaves: one for each stage, or for each edit that brought it about.

    Args:
        code: Of the row it is about.
        finding: What a rule said.
        person: Who answers for it.
        amount: 元 that it is about.
        edit: Key of the edit, "" for a standing rule.
    """
    return Alarm(
        key="/".join(part for part in (finding.rule, finding.stage or edit) if part),
        rule=finding.rule,
        gravity=finding.gravity or "提示",
        title=f"{code} {re.split('[：。；]', finding.message)[0]}"[:80],
        detail=finding.message,
        person=person,
        amount=amount,
        evidence={"figures": {name: str(value) for name, value in finding.figures.items()}, "edit": edit},
    )
