"""How a sign-off is declared: who signs what, in which order.

What the author of a declaration need not write holds for every sign-off: order, identity, nobody signs his own request
or twice in a round, substitutes and their limits, return, refuse, withdraw, the seal, a sentence for every refusal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from automations.people import Directory, Person
from automations.tables.values import Values

Nature: TypeAlias = Literal["签字", "审核"]
Who: TypeAlias = Callable[[Values, Directory], Sequence[Person]]
"""Candidates for a level, best first: from the row's values and the directory."""


def role(name: str) -> Who:
    """Whoever holds a role, e.g. ``会计``."""
    return lambda row, directory: directory.holders(name)


def head_of(field: str) -> Who:
    """部门负责人 of the department that ``field`` links to."""
    return lambda row, directory: _one(directory.head_of(_id(row[field])))


def leader_of(field: str) -> Who:
    """分管领导 of the department that ``field`` links to."""
    return lambda row, directory: _one(directory.leader_of(_id(row[field])))


def _id(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _one(person: Person | None) -> Sequence[Person]:
    return () if person is None or person.gone else (person,)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a chain.

    Attributes:
        level: 层级, an option of ``sign_steps.level``.
        nature: 签字 (cannot be switched off) or 审核.
        by: Who signs.
        switch: Key in 参数标准 that turns a review off; only reviews have one.
    """

    level: str
    nature: Nature
    by: Who
    switch: str = ""


def Review(level: str, by: Who, switch: str = "") -> Level:
    """审核: checks and may return; the school may switch it off."""
    return Level(level, "审核", by, switch)


def Signature(level: str, by: Who) -> Level:
    """签字: one of the signatures that no setting can switch off (seed 20)."""
    return Level(level, "签字", by)


@dataclass(frozen=True, slots=True)
class Approval:
    """The sign-off of one table.

    Attributes:
        table: Code name of the table.
        steps: Levels after 经办人, whose submission counts as the first signature.
        protects: Fields that every signature covers; a change makes the signatures fall (DG-02).
        submitted_by: Field naming who may submit (SG-08).
        payee: Field naming the colleague who gets the money, "" where there is none.
        amount: Field with the sum asked for, 元.
        audited: Field that 会计 may lower at his own level (核减), "" where there is none.
        parts: (table, link field, protected fields) of rows that belong to the content, such as invoices.
        step_link: Field of ``sign_steps`` that points to this table.
        scope: 委托范围 that a delegation must name.
        shown: Fields that the signer reads in the summary of his step.
        withdraw_until: Level whose signature ends the right to withdraw.
        refused_by: Levels that may say 不同意; the others return.
        audited_at: Level at which ``audited`` may be filled.
    """

    table: str
    steps: tuple[Level, ...]
    protects: tuple[str, ...]
    submitted_by: str = "handler"
    payee: str = ""
    amount: str = "amount"
    audited: str = ""
    parts: tuple[str, str, tuple[str, ...]] | None = None
    step_link: str = ""
    scope: str = "支出"
    shown: tuple[str, ...] = ("title",)
    withdraw_until: str = "分管领导"
    refused_by: tuple[str, ...] = ("分管领导", "主要领导")
    audited_at: str = "会计"
