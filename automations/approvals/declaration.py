"""How a sign-off is declared: who signs what, in which order.

What the author of a declaration need not write holds for every sign-off: order, identity, nobody signs his own request
or twice in a round, substitutes and their limits, return, refuse, withdraw, the seal, a sentence for every refusal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from automations.approvals.case import APPROVED, ARCHIVED, DRAFT, PAID, REFUSED, RETURNED, SIGNING, VOID, Case
from automations.approvals.words import SHANGHAI
from automations.norms import Norms
from automations.people import Directory, Person
from automations.tables.values import Values

Nature: TypeAlias = Literal["签字", "审核", "验收"]
Who: TypeAlias = Callable[[Values, Directory], Sequence[Person]]
"""Candidates for a level, best first: from the row's values and the directory.

Beside the row's own cells the values hold ``HANDLER``: row id of who submits, and ``SELF``: the row's own id.
"""
When: TypeAlias = Callable[[Values, Directory, Norms, date], bool]
"""Whether a level is needed at all, by the row, the offices and the parameters of the business day."""

HANDLER, SELF = "_handler", "_row"


def role(name: str) -> Who:
    """Whoever holds a role, e.g. ``会计``."""
    return lambda row, directory: directory.holders(name)


def head_of(field: str) -> Who:
    """部门负责人 of the department that ``field`` links to."""
    return lambda row, directory: _one(directory.head_of(_id(row[field])))


def leader_of(field: str) -> Who:
    """分管领导 of the department that ``field`` links to."""
    return lambda row, directory: _one(directory.leader_of(_id(row[field])))


def leader_of_handler(row: Values, directory: Directory) -> Sequence[Person]:
    """分管领导 of the department of whoever submits."""
    handler = directory.get(_id(row.get(HANDLER)))
    return _one(directory.leader_of(handler.department)) if handler else ()


def leader_of_finance(row: Values, directory: Directory) -> Sequence[Person]:
    """分管财务: 分管领导 of the finance department."""
    leaders = (directory.leader_of(d.id) for d in directory.finance_departments())
    return tuple(p for p in leaders if p is not None and not p.gone)


def named_in(field: str) -> Who:
    """The colleague whom the cell ``field`` names, e.g. 验收人."""
    return lambda row, directory: _one(directory.get(_id(row[field])))


def _id(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _one(person: Person | None) -> Sequence[Person]:
    return () if person is None or person.gone else (person,)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a chain.

    Attributes:
        level: Its name, in 参数标准 too.
        nature: 签字 (cannot be switched off), 审核 or 验收.
        by: Who signs.
        switch: Key in 参数标准 that turns a review off; only reviews have one.
        when: Whether the row needs this level; None: every row.
        shown_as: 层级, an option of ``sign_steps.level``; ``level`` unless given.
    """

    level: str
    nature: Nature
    by: Who
    switch: str = ""
    when: When | None = None
    shown_as: str = ""


def Review(level: str, by: Who, switch: str = "", nature: Nature = "审核") -> Level:
    """审核: checks and may return; the school may switch it off."""
    return Level(level, nature, by, switch)


def Signature(level: str, by: Who, when: When | None = None, shown_as: str = "") -> Level:
    """签字: one of the signatures that no setting can switch off (seed 20)."""
    return Level(level, "签字", by, when=when, shown_as=shown_as)


@dataclass(frozen=True, slots=True)
class StatusWords:
    """How the states of a sign-off read in the column 状态 of its table.

    Attributes:
        draft: Where a row may rest before anybody asks for signatures; the first is that of a new row.
        ask: Words by which somebody asks for the sign-off.
        returned: "" where the row goes back to rest as it did before.
        refused: Likewise.
        withdraw: Word by which the handler takes it back; "" where any word of ``draft`` does.
        void: "" where rows of this table are never void.
    """

    draft: tuple[str, ...] = ("草稿",)
    ask: tuple[str, ...] = ("提交", "待校验")
    signing: str = "签批中"
    returned: str = "已退回"
    refused: str = "不同意"
    approved: str = "已批准"
    withdraw: str = "撤回"
    void: str = "作废"


@dataclass(frozen=True, slots=True)
class Approval:
    """The life of the rows of one table: which states follow each other, and who must sign on the way.

    Attributes:
        table: Code name of the table.
        steps: Levels after 经办人, whose submission counts as the first signature; none: nothing is signed.
        protects: Fields that every signature covers; a change makes the signatures fall (DG-02).
        words: What the states are called in this table.
        moves: Which states a person may choose from which, besides those of the sign-off; before and after it.
        final: States after which nothing changes any more (DG-03).
        asked_from: States in which the sign-off may be asked for; none: any in which the row rests.
        submitted_by: Field naming who may submit (SG-08); "" for whoever does.
        payee: Field naming the colleague whom it concerns, "" where there is none; ``SELF`` for a row of ``people``.
        payee_is: What he is called when he must stand aside.
        vendor: Field naming the company that gets the money: its 需回避人员 stand aside, "" where there is none.
        amount: Field with the sum asked for, 元; "" where there is none.
        audited: Field that 会计 may lower at his own level (核减), "" where there is none.
        parts: (table, link field, protected fields) of rows that belong to the content, such as invoices.
        step_link: Field of ``sign_steps`` that points to this table.
        scope: 委托范围 that a delegation must name; a word that no delegation can hold allows none.
        shown: Fields that the signer reads in the summary of his step.
        withdraw_until: Level whose signature ends the right to withdraw.
        refused_by: Levels that may say 不同意; the others return.
        audited_at: Level at which ``audited`` may be filled.
        chain_key: Key in 参数标准 that orders the levels, "" where the declaration's order stands.
        day: Field with the business day; "" for the day of the submission.
        keeps: Signed field → worker-owned column that shows its value once signed, until another is signed.
        counts: Worker-owned column → the move (from, to) whose number it shows, e.g. how often a row came back.
        falls_to: Where a signed row rests after what was signed is changed (DG-02); "" for the first word of a new row.
        done: What 校验说明 says after the last signature.
        tell_done: Message to the handler (and 出纳 where money is to be paid) after the last signature.
        closer: Column for whoever chose a final state, filled from his account; "" where there is none.
        adopts: Whether rows that Houqin itself loaded (a school's first stock) begin in the state they came with.
    """

    table: str
    steps: tuple[Level, ...] = ()
    protects: tuple[str, ...] = ()
    words: StatusWords = StatusWords()
    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    final: tuple[str, ...] = ()
    asked_from: tuple[str, ...] = ()
    submitted_by: str = ""
    payee: str = ""
    payee_is: str = "收款人"
    vendor: str = ""
    amount: str = ""
    audited: str = ""
    parts: tuple[str, str, tuple[str, ...]] | None = None
    step_link: str = ""
    scope: str = "支出"
    shown: tuple[str, ...] = ("title",)
    withdraw_until: str = "分管领导"
    refused_by: tuple[str, ...] = ("分管领导", "主要领导")
    audited_at: str = "会计"
    chain_key: str = ""
    day: str = ""
    keeps: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    falls_to: str = ""
    done: str = "已完成签批。"
    tell_done: str = "approval_done"
    closer: str = ""
    adopts: bool = False

    def shown_status(self, case: Case) -> str:
        """The word that must stand in 状态 for a case."""
        words, rest = self.words, case.stage or self.words.draft[0]
        return {
            DRAFT: rest,
            SIGNING: words.signing,
            RETURNED: words.returned or rest,
            REFUSED: words.refused or rest,
            APPROVED: case.stage or words.approved,
            PAID: PAID,
            ARCHIVED: case.stage or ARCHIVED,
            VOID: words.void or rest,
        }[case.status]

    def counted(self, case: Case, reached: str) -> dict[str, int]:
        """The counts of a case that moves to ``reached``."""
        move = (self.shown_status(case), reached)
        return {
            **case.counted,
            **{c: case.counted.get(c, 0) + 1 for c, counted in self.counts.items() if counted == move},
        }

    def business_day(self, row: Any, at: datetime) -> date:
        """The business day of a row (``row[name]``), by which parameters are read; the day of ``at`` without one."""
        value = row[self.day] if self.day else None
        if isinstance(value, datetime):
            return value.astimezone(SHANGHAI).date()
        return value if isinstance(value, date) else at.astimezone(SHANGHAI).date()

    def status_of(self, word: str) -> str | None:
        """The status behind a word that a loaded row rests in; None for one that only a sign-off in progress gives."""
        words = self.words
        if word in self.final:
            return ARCHIVED
        if word in words.draft:
            return DRAFT
        after = {words.approved, *self.moves, *(w for reached in self.moves.values() for w in reached)}
        return APPROVED if word in after - {*words.ask, words.signing, words.withdraw} else None
