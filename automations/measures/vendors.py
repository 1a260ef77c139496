"""服务商 (domain.md F2 四, A40): what each month's 服务商考核 gave, and what it takes off the fee of that month.

The scale of deductions is a parameter, ``contract.deduct``: the score from which a share of the month's fee is taken
off. A month's fee is its part of the instalment due in it, or next after it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from automations.amounts import parse_number, parse_ratio
from automations.errors import AmountError, RuleError
from automations.measures.base import Measure, codes
from automations.measures.period import Period
from automations.measures.records import Records
from automations.pay_plan import Instalment, read_pay_plan
from automations.rows import RowView

TEAM = "服务商考核"
SCORED = frozenset({"已提交", "被查方已确认", "已归档"})
"""A draft says nothing yet, and what is disputed waits for its answer."""

SCALE, SWITCH = "contract.deduct", "outsourcing.kpi"
PROPERTY, CATERING = "物业", "餐饮"
OUTSOURCED = frozenset({"外包", "混合"})
NO_SERVICE = frozenset({"工程", "货物", "保险", "租赁"})
"""Kinds of contracts under which nobody serves the school month by month."""

NOT_IN_FORCE = frozenset({"草拟", "提交", "待签批", "已退回", "不同意", "撤回", "终止"})


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


def is_scored(contract: Any) -> bool:
    """Whether the company's service is checked month by month: what is outsourced, property and catering above all."""
    if contract.kind in NO_SERVICE or contract.delivery_mode == "自营":
        return False
    return contract.kind in (PROPERTY, CATERING) or contract.delivery_mode in OUTSOURCED


def mean_scores(checks: Iterable[RowView]) -> dict[Month, Decimal]:
    """The score of each month of one contract, the mean where there was more than one check."""
    found: dict[Month, list[Decimal]] = {}
    for check in checks:
        month = read_month(check.period)
        if check.team == TEAM and check.status in SCORED and check.score is not None and month is not None:
            found.setdefault(month, []).append(check.score)
    return {m: (sum(s, Decimal(0)) / len(s)).quantize(Decimal("0.1"), ROUND_HALF_UP) for m, s in found.items()}


def share_of(score: Decimal, parts: tuple[str, ...]) -> Fraction:
    """The share of the month's fee that a score costs, by the scale ``90:0%、80:2%``.

    Raises:
        RuleError: The scale cannot be read.
    """
    scale = _scale(parts)
    return next((share for floor, share in scale if score >= floor), scale[-1][1]) if scale else Fraction(0)


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


def deduction(month: Month, score: Decimal, fee: Decimal, share: Fraction) -> Deduction:
    """What a score that costs this share takes off a month's fee."""
    off = (fee * share.numerator / share.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Deduction(month, score, fee, off)


def month_fee(contract: Any, month: Month) -> Decimal:
    """元 of one month: of the instalment due in it, or next after it."""
    dated = _dated(contract)
    if not dated:
        return (contract.amount or Decimal(0)) / _term(contract)
    due = next((i for i in dated if i.due is not None and Month.of(i.due) >= month), dated[-1])
    return due.amount / months_between(contract, due)


def months_between(contract: Any, instalment: Instalment) -> int:
    """So many months an instalment pays for; the first as many as the second, a single one all."""
    dated = _dated(contract)
    if instalment not in dated:
        return 1
    if len(dated) == 1:
        return _term(contract)
    at = max(dated.index(instalment), 1)
    before, this = dated[at - 1].due, dated[at].due
    return max(Month.of(this).since(Month.of(before)), 1) if before is not None and this is not None else 1


def _dated(contract: Any) -> list[Instalment]:
    dated = [i for i in read_pay_plan(contract.pay_plan).instalments if i.due is not None]
    return sorted(dated, key=lambda i: (i.due or date.max, i.number))


def _term(contract: Any) -> int:
    if contract.starts_on is None or contract.ends_on is None:
        return 1
    return max(Month.of(contract.ends_on).since(Month.of(contract.starts_on)) + 1, 1)


def plain_number(number: Decimal) -> str:
    """``88`` or ``88.5``."""
    return f"{number.normalize():f}"


# Reports --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scored:
    """A contract whose service is checked, in one month.

    Attributes:
        contract: Its row; company: name of the 服务商.
        score: Mean of the month's checks; None where none was handed in, or it is disputed.
        fee: 元 of the month; off: what the score takes off, None without a score, or where no score costs anything.
        checks: The month's rows of 服务商考核, drafts too.
        bound: It must be checked each month, and a bad month costs (CT-08, CT-10).
    """

    contract: RowView
    company: str
    month: Month
    score: Decimal | None
    fee: Decimal
    off: Decimal | None
    checks: tuple[RowView, ...]
    bound: bool


def scored(records: Records, period: Period) -> list[Scored]:
    """Month by month, each contract in force that must be checked, and whichever else was."""
    found = []
    for one in period.months:
        month = Month.of(one.first)
        for contract in records["contracts"]:
            scored_one = of_month(records, contract, month)
            if scored_one.checks or (scored_one.bound and serves(contract, one)):
                found.append(scored_one)
    return found


def serves(contract: RowView, period: Period) -> bool:
    """Signed by all, not broken off, and by its dates in force for at least a day of the period."""
    starts, ends = contract.starts_on, contract.ends_on
    if contract.status in NOT_IN_FORCE:
        return False
    return starts is not None and ends is not None and starts <= period.last and period.first <= ends


def of_month(records: Records, contract: RowView, month: Month) -> Scored:
    """One contract in one month. Parameters are those of the moment, as for 年扣款."""
    checks = records.linked("inspections", "contract", contract.id)
    score, fee, bound = mean_scores(checks).get(month), month_fee(contract, month), is_scored(contract)
    off = None
    if score is not None and bound:
        share = Fraction(0)
        if records.norms.flag(SWITCH, records.today):
            share = share_of(score, records.norms.names(SCALE, records.today))
        off = deduction(month, score, fee, share).amount
    its = tuple(c for c in checks if c.team == TEAM and read_month(c.period) == month)
    return Scored(contract, records.name("vendors", contract.vendor), month, score, fee, off, its, bound)


def deducted(records: Records, period: Period) -> Measure:
    """考核扣款, 元: what the scores of the period's months take off their fees; unknown where nothing was scored."""
    known = [(one.contract, one.off) for one in scored(records, period) if one.off is not None]
    value = sum((off for _, off in known), Decimal(0)) if known else None
    return Measure(value, codes(row for row, _ in known), 2, "元", records.unverified(records.today, SCALE))


def mean_score(records: Records, period: Period) -> Measure:
    """服务商考核平均分: of the contracts and months scored in the period."""
    known = [one for one in scored(records, period) if one.score is not None]
    value = sum((one.score for one in known if one.score is not None), Decimal(0)) / len(known) if known else None
    return Measure(value, codes(check for one in known for check in one.checks), 1, "分")


def not_scored(records: Records, period: Period) -> list[Scored]:
    """Those without a score: their fee of that month may not be paid yet (CT-10)."""
    return [one for one in scored(records, period) if one.score is None and one.bound]
