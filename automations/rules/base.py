"""How a rule is written down, found and run.

A rule is a function of the :class:`~automations.books.Facts` of one row. For each thing wrong it yields the figures of
its message; yielding nothing means that all is well::

    @rule("EX-02", "expense_claims", "C3", "申请金额{amount}元大于发票合计{total}元，差{gap}元。")
    def covered_by_invoices(claim):
        if claim.amount > claim.invoice_sum:
            yield {"amount": claim.amount, "total": claim.invoice_sum, "gap": claim.amount - claim.invoice_sum}
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any, TypeAlias

from automations.approvals.ruling import Finding, Gravity, Severity
from automations.approvals.words import clock, money
from automations.books import Facts

Check: TypeAlias = Callable[[Any], Iterable[Mapping[str, Any]]]

SUBMIT, PAY, ALWAYS = "提交", "付款", "随时"
"""Moments at which rules are asked: before a round begins, before money leaves, and whenever an input changed."""

UNVERIFIED = "（标准待核实）"
"""Stands behind a message that rests on a parameter nobody has checked against the local papers (domain.md D)."""

STAGE = "stage"
"""A figure of this name tells one line in 预警台账 from the next of the same rule about the same row."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: As in domain.md, e.g. ``EX-02``; two rules may share it where domain.md gives one id two messages.
        table: Table whose rows it judges.
        clause: Where it comes from: article or section.
        message: What it says, with the figures in braces.
        check: Yields the figures of each thing wrong.
        severity: 拦截 stops the row, 提示 is shown to the next signer, 预警 only goes into the ledger.
        gravity: Of its line in 预警台账; None for a rule that writes none.
        at: Moments at which it is asked: 提交, 付款, 随时 or a status that somebody chooses.
        settings: Keys of 参数标准 it reads; one ending in ``.`` stands for all that begin so.
    """

    id: str
    table: str
    clause: str
    message: str
    check: Check
    severity: Severity = "拦截"
    gravity: Gravity | None = None
    at: tuple[str, ...] = (SUBMIT,)
    settings: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """First line of the check's docstring."""
        return (self.check.__doc__ or "").strip().split("\n")[0]

    @property
    def name(self) -> str:
        """Tells rules that share an id apart."""
        return f"{self.id} {self.check.__name__}"

    def findings(self, facts: Facts) -> list[Finding]:
        """What the rule says about one row.

        A rule that fails stops this row with a message to IT, and only this row; it never counts as passed.
        """
        try:
            return [self.finding(figures, facts) for figures in self.check(facts)]
        except Exception as error:  # whatever a rule trips over, the row must stop rather than slip through
            return [self.tripped(error)]

    def tripped(self, error: Exception) -> Finding:
        """What is said of a row over which the rule trips."""
        text = f"规则{self.id}检查本行时出错（{error}），本行先停在这里，请联系信息科处理。"
        return Finding(self.id, "拦截", text, stage=FAILED)

    def finding(self, figures: Mapping[str, Any], facts: Facts) -> Finding:
        """What is said of one thing wrong."""
        text = _SHOWN.vformat(self.message, (), figures)
        if self.settings and not all(facts.norm.verified(key) for key in self._read(figures)):
            text += UNVERIFIED
        return Finding(self.id, self.severity, text, self.gravity, str(figures.get(STAGE, "")), figures)

    def _read(self, figures: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(key + str(figures.get("key", "")) if key.endswith(".") else key for key in self.settings)


FAILED = "规则出错"
"""Stage of the finding that a failed rule leaves: IT is told of it."""


class _Shown(Formatter):
    """Figures as people read them: sums with separators, days as 2026-09-01, lists with 、."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec:
            return format(value, format_spec)
        return shown(value)


def shown(value: Any) -> str:
    """One figure as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return money(value) if value == value.quantize(Decimal("0.01")) else f"{value.normalize():f}"
    if isinstance(value, datetime):
        return clock(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        return "、".join(shown(v) for v in value)
    return "" if value is None else str(value)


_SHOWN = _Shown()

FACTS: dict[str, type[Facts]] = {}
"""What the rules of a table look at, where plain :class:`Facts` are not enough."""


def facts_of(table: str) -> Callable[[type[Facts]], type[Facts]]:
    """Say that rows of ``table`` are examined through the decorated class."""

    def register(kind: type[Facts]) -> type[Facts]:
        FACTS[table] = kind
        return kind

    return register


RULES: list[Rule] = []
BY_MOMENT: dict[tuple[str, str], list[Rule]] = {}
"""The same by table and moment."""


def rule(
    id: str,
    table: str,
    clause: str,
    message: str,
    severity: Severity = "拦截",
    *,
    gravity: Gravity | None = None,
    at: str | tuple[str, ...] = SUBMIT,
    settings: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Register the decorated function as a rule; the order of the file is the order of the messages."""
    if severity == "预警" and gravity is None:
        raise ValueError(f"rule {id}: 预警 needs a gravity")

    def register(check: Check) -> Check:
        moments = (at,) if isinstance(at, str) else at
        one = Rule(id, table, clause, message, check, severity, gravity, moments, settings)
        RULES.append(one)
        for moment in moments:
            BY_MOMENT.setdefault((table, moment), []).append(one)
        return check

    return register


def rules_of(table: str, moment: str) -> list[Rule]:
    """Rules of a table that are asked at a moment, in their order."""
    return BY_MOMENT.get((table, moment), [])


def examine(facts: Facts, moment: str | None = None) -> list[Finding]:
    """Everything the rules of a moment say about one row; ``moment`` is that of the facts unless given."""
    at = facts.moment if moment is None else moment
    found: list[Finding] = []
    for one in rules_of(facts.row.table, at):  # as Rule.findings; a call less for each of a hundred rules
        before = len(found)
        try:
            for figures in one.check(facts):
                found.append(one.finding(figures, facts))
        except Exception as error:
            found[before:] = [one.tripped(error)]
    for part in facts.parts():
        found += [replace(f, message=facts.part_says(part, f.message)) for f in examine(part, at)]
    return found
