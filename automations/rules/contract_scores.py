"""What a month's 服务商考核 does to the fee of that month (domain.md A40, B5.27, C6: CT-08, CT-10).

How it is counted stands in :mod:`automations.measures.vendors`, for reports tell the same. The scale of deductions is a
parameter, ``contract.deduct``. An instalment pays as many months as lie between it and the one before, up to that of
the claim's business day.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from automations.books.facts import NormsOn
from automations.measures.vendors import (
    SCALE,
    SWITCH,
    Deduction,
    Month,
    deduction,
    is_scored,
    mean_scores,
    month_fee,
    months_between,
    plain_number,
    share_of,
)
from automations.rules.base import PAY, SUBMIT, rule
from automations.rules.claims import ClaimFacts
from automations.rules.contracts import CLAIMS, ContractFacts, contract_of, instalment_of

IN_ADVANCE = ("预付", "签订")
"""Words of a condition under which nothing has been served yet."""

Figures = Iterator[dict[str, Any]]


def scores(contract: ContractFacts) -> dict[Month, Decimal]:
    """The score of each month, the mean where there was more than one check."""
    return contract.books.once(
        ("scores", contract.id), lambda: mean_scores(contract.pointing("inspections", "contract"))
    )


def share_off(score: Decimal, norm: NormsOn) -> Fraction:
    """The share of the month's fee that a score costs."""
    return share_of(score, norm.names(SCALE)) if norm.flag(SWITCH) else Fraction(0)


def deductions(contract: ContractFacts) -> list[Deduction]:
    """Those of all months scored so far, the earliest first."""
    found = sorted(scores(contract).items())
    return [deduction(m, s, month_fee(contract, m), share_off(s, contract.norm)) for m, s in found]


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
    found = [deduction(m, known[m], fee, share_off(known[m], contract.norm)) for m in months if m in known]
    off = sum((d.amount for d in found), Decimal(0))
    if off and claim.to_pay > instalment.amount - off:
        yield {
            "month": "、".join(str(d.month) for d in found),
            "score": "、".join(plain_number(d.score) for d in found),
            "off": off,
            "due": instalment.amount - off,
        }
