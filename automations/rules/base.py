"""How a rule is written down, found and run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from automations.approvals.ruling import Finding, Severity

Check: TypeAlias = Callable[[Any], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: As in domain.md, e.g. ``EX-02``.
        table: Table whose rows it judges.
        severity: 拦截, 提示 or 预警.
        clause: Where it comes from: article or section.
        check: Yields a Chinese message for each thing wrong in the facts.
        at_payment: Looked at once more, just before money leaves.
    """

    id: str
    table: str
    severity: Severity
    clause: str
    check: Check
    at_payment: bool = False

    @property
    def about(self) -> str:
        """First line of the check's docstring."""
        return (self.check.__doc__ or "").strip().split("\n")[0]


RULES: list[Rule] = []


def rule(
    id: str, table: str, clause: str, severity: Severity = "拦截", *, at_payment: bool = False
) -> Callable[[Check], Check]:
    """Register the decorated function as a rule; the order of the file is the order of the messages."""

    def register(check: Check) -> Check:
        RULES.append(Rule(id, table, severity, clause, check, at_payment))
        return check

    return register


def examine(table: str, facts: Any, *, at_payment: bool = False) -> list[Finding]:
    """Run every rule of ``table`` over ``facts``.

    A rule that fails stops this row with a message to IT, and only this row; it never counts as passed.
    """
    found: list[Finding] = []
    for one in RULES:
        if one.table != table or (at_payment and not one.at_payment):
            continue
        try:
            found += [Finding(one.id, one.severity, message) for message in one.check(facts)]
        except Exception as error:  # whatever a rule trips over, the row must stop rather than slip through
            found.append(
                Finding(one.id, "拦截", f"规则{one.id}检查本行时出错（{error}），本行先停在这里，请联系信息科处理。")
            )
    return found
