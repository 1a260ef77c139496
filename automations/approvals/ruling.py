"""What judging may look at, and what it answers. Both are plain data: deciding never acts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from automations.approvals.case import Case
from automations.approvals.declaration import Approval
from automations.approvals.world import World
from automations.norms import Norms
from automations.people import Directory
from automations.schema import Field, Table
from automations.tables.values import Value

Severity: TypeAlias = Literal["拦截", "提示", "预警"]
Gravity: TypeAlias = Literal["提示", "一般", "严重"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about a row: 拦截 stops it, 提示 is shown to the next signer, 预警 goes into the ledger."""

    rule: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was decided; becomes an entry of the journal. ``data`` is JSON."""

    kind: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A row for 预警台账. ``key`` makes it one of a kind; ``person`` and ``department`` are row ids."""

    key: str
    rule: str
    gravity: Gravity
    title: str
    detail: str
    person: int | None = None
    department: int | None = None
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
        examine: The rules for a row about to be submitted, in the world of that moment.
        pay_check: The rules once more, just before payment (BG-01).
        show: A value as people read it in a message (names for links, thousands separators).
        codes: True codes of the step rows by row id, whatever stands in the cell; empty: the cells are true.
    """

    approval: Approval
    table: Table
    steps: Table
    directory: Directory
    norms: Norms
    worker: str
    proof: str
    examine: Callable[[World], Sequence[Finding]]
    pay_check: Callable[[World], Sequence[Finding]]
    show: Callable[[Field, Value], str]
    codes: Mapping[int, str] = field(default_factory=dict)

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

    def block(self, message: str) -> None:
        """Put a message into the row's 校验说明 with result 拦截."""
        self.case = self.case.but(result="拦截", message=message)
