"""What a month's 服务商考核 does to the fee of that month (domain.md A40, B5.27, C6: CT-08, CT-10).

The scale of deductions is a parameter, ``contract.deduct``: the score from which a share of the month's fee is taken
off. An instalment pays as many months as lie between it and the one before, up to that of the claim's business day.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from automations.amounts import parse_number, parse_ratio
from automations.books.facts import NormsOn
from automations.errors import AmountError, RuleError
from automations.pay_plan import Instalment
from automations.rules.base import PAY, SUBMIT, rule
from automations.rules.claims import ClaimFacts
from automations.rules.contracts import (
    CATERING,
    CLAIMS,
    NO_SERVICE,
    OUTSOURCED,
    PROPERTY,
    ContractFacts,
    contract_of,
    instalment_of,
)

TEAM = "服务商考核"
SCORED = frozenset({"已提交", "被查方已确认", "已归档"})
"""A draft says nothing yet, and what is disputed waits for its answer."""

IN_ADVANCE = ("预付", "签订")
"""Words of a condition under which nothing has been served yet."""

SCALE, SWITCH = "contract.deduct", "outsourcing.kpi"

Figures = Iterator[dict[str, Any]]


class Month(NamedTuple):
    """One month."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}年{self.month}月"

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month of a day."""
        return cls(day.year, day.month)

    def back(self, n: int) -> "Month":
        """The month ``n`` months before."""
        years, month = divmod(self.year * 12 + self.month - 1 - n, 12)
        return Month(years, month + 1)

    def since(self, other: "Month") -> int:
        """Months from ``other`` to this one."""
        return (self.year - other.year) * 12 + self.month - other.month


def read_month(text: str | None) -> Month | None:
    """考核月份: ``2026-09``, ``2026年9月``; None for anything else."""
    found = re.fullmatch(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?", unicodedata.normalize("NFKC", text or "").strip())
    return Month(int(found[1]), int(found[2])) if found and 1 <= int(found[2]) <= 12 else None


def is_scored(contract: ContractFacts) -> bool:
    """Whether the company's service is checked month by month: what is outsourced, property and catering above all."""
    if contract.kind in NO_SERVICE or contract.delivery_mode == "自营":
        return False
    return contract.kind in (PROPERTY, CATERING) or contract.delivery_mode in OUTSOURCED


def scores(contract: ContractFacts) -> dict[Month, Decimal]:
    """The score of each month, the mean where there was more than one check."""
    return contract.books.once(("scores", contract.id), lambda: _scores(contract))


def _scores(contract: ContractFacts) -> dict[Month, Decimal]:
    found: dict[Month, list[Decimal]] = {}
    for check in contract.pointing("inspections", "contract"):
        month = read_month(check.period)
        if check.team == TEAM and check.status in SCORED and check.score is not None and month is not None:
            found.setdefault(month, []).append(check.score)
    return {m: (sum(s, Decimal(0)) / len(s)).quantize(Decimal("0.1"), ROUND_HALF_UP) for m, s in found.items()}


def share_off(score: Decimal, norm: NormsOn) -> Fraction:
    """The share of the month's fee that a score costs."""
    scale = _scale(norm.names(SCALE))
    if not norm.flag(SWITCH) or not scale:
        return Fraction(0)
    return next((share for floor, share in scale if score >= floor), scale[-1][1])


@cache
def _scale(parts: tuple[str, ...]) -> Sequence[tuple[Decimal, Fraction]]:
    return sorted((_step(part) for part in parts), reverse=True)


def _step(text: str) -> tuple[Decimal, Fraction]:
    floor, _, share = text.replace("：", ":").partition(":")
    try:
        return parse_number(floor), parse_ratio(share)
    except AmountError:
        raise RuleError(f"参数“{SCALE}”应写成“90:0%、80:2%”，其中“{text}”看不明白。") from None


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one month's score takes off its fee."""

    month: Month
    score: Decimal
    fee: Decimal
    amount: Decimal


def deduction(contract: ContractFacts, month: Month, score: Decimal, fee: Decimal) -> Deduction:
    """What a score takes off a month's fee."""
    share = share_off(score, contract.norm)
    off = (fee * share.numerator / share.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Deduction(month, score, fee, off)


def deductions(contract: ContractFacts) -> list[Deduction]:
    """Those of all months scored so far, the earliest first."""
    return [deduction(contract, m, s, month_fee(contract, m)) for m, s in sorted(scores(contract).items())]


def month_fee(contract: ContractFacts, month: Month) -> Decimal:
    """元 of one month: of the instalment due in it, or next after it."""
    dated = _dated(contract)
    if not dated:
        return contract.money("amount") / _term(contract)
    due = next((i for i in dated if i.due is not None and Month.of(i.due) >= month), dated[-1])
    return due.amount / months_between(contract, due)


def months_between(contract: ContractFacts, instalment: Instalment) -> int:
    """So many months an instalment pays for; the first as many as the second, a single one all."""
    dated = _dated(contract)
    if instalment not in dated:
        return 1
    if len(dated) == 1:
        return _term(contract)
    at = max(dated.index(instalment), 1)
    before, this = dated[at - 1].due, dated[at].due
    return max(Month.of(this).since(Month.of(before)), 1) if before is not None and this is not None else 1


def _dated(contract: ContractFacts) -> list[Instalment]:
    dated = [i for i in contract.plan.instalments if i.due is not None]
    return sorted(dated, key=lambda i: (i.due or date.max, i.number))


def _term(contract: ContractFacts) -> int:
    if contract.starts_on is None or contract.ends_on is None:
        return 1
    return max(Month.of(contract.ends_on).since(Month.of(contract.starts_on)) + 1, 1)


def months_paid(claim: ClaimFacts, contract: ContractFacts) -> list[Month]:
    """The months whose service a claim pays, the earliest first; none where nothing is scored, or paid in advance."""
    instalment = instalment_of(claim, contract)
    if not is_scored(contract) or claim.biz_date is None:
        return []
    if instalment is not None and any(word in instalment.condition for word in IN_ADVANCE):
        return []
    n = months_between(contract, instalment) if instalment is not None else 1
    last, first = Month.of(claim.biz_date), Month.of(contract.starts_on) if contract.starts_on is not None else None
    months = [last.back(i) for i in reversed(range(n))]
    return [m for m in months if m == last or first is None or m >= first]


@rule(
    "CT-10",
    CLAIMS,
    "C6；A40",
    "{month}服务商考核尚未提交，暂不能支付当月服务费。",
    at=(SUBMIT, PAY),
)
def every_month_is_scored(claim: ClaimFacts) -> Figures:
    """A month's service is paid once its 服务商考核 is handed in."""
    contract = contract_of(claim)
    months = months_paid(claim, contract) if contract is not None else []
    if contract is not None and months:
        known = scores(contract)
        yield from ({"month": str(month)} for month in months if month not in known)


@rule(
    "CT-08",
    CLAIMS,
    "C6；A40",
    "{month}考核{score}分，按合同应扣{off}元，本期应付{due}元。",
    at=(SUBMIT, PAY),
    settings=(SCALE, SWITCH),
)
def a_bad_month_costs(claim: ClaimFacts) -> Figures:
    """No more is paid than the fee less what the scores of its months take off."""
    contract = contract_of(claim)
    instalment = instalment_of(claim, contract) if contract is not None else None
    if contract is None or instalment is None or instalment.due is None:
        return
    months = months_paid(claim, contract)
    if not months:
        return
    known, fee = scores(contract), instalment.amount / len(months)
    found = [deduction(contract, m, known[m], fee) for m in months if m in known]
    off = sum((d.amount for d in found), Decimal(0))
    if off and claim.to_pay > instalment.amount - off:
        yield {
            "month": "、".join(str(d.month) for d in found),
            "score": "、".join(plain_number(d.score) for d in found),
            "off": off,
            "due": instalment.amount - off,
        }


def plain_number(number: Decimal) -> str:
    """``88`` or ``88.5``."""
    return f"{number.normalize():f}"
