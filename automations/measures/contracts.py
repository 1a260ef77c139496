"""四 合同 (domain.md F2 四, F3 六, B5.27, C6): what runs, what ends, what is paid by plan, and 中小企业 in time.

What is in force and what waits is told as the rows stand; what was paid, of the period.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from automations.measures.base import Measure, codes, count, percent, total
from automations.measures.money import PAID, YUAN, payable
from automations.measures.period import Period
from automations.measures.records import Records
from automations.norms import Norms
from automations.pay_plan import read_pay_plan
from automations.rows import RowView

RUNNING = ("履行中", "临期", "续签中")
RENEWING = "续签中"
CONTRACT_PAYMENT = "合同付款"
PASSED = ("合格", "整改后合格")
NO_PAYMENT = ("不同意", "作废")


def in_force(records: Records) -> Measure:
    """合同 that run today: 履行中, 临期, 续签中."""
    return records.kept("contracts", count(records["contracts"].where(status=RUNNING), "份"))


def in_force_sum(records: Records) -> Measure:
    """元 of them."""
    return records.kept("contracts", total(records["contracts"].where(status=RUNNING), "amount", YUAN, 2))


def last_start(ends: date, norms: Norms, on: date) -> date:
    """By when to start buying anew: so many days (contract.lead_days) before a contract ends (CT-03)."""
    return ends - timedelta(days=norms.whole("contract.lead_days", on))


@dataclass(frozen=True, slots=True)
class Expiring:
    """A contract that ends soon, or has ended.

    Attributes:
        left: Days until its end; negative after it.
        start_by: The last good day to start buying anew.
        state: 续签中, 应启动采购, 已过启动时限, 已到期, or "" while there is time.
    """

    code: str
    name: str
    vendor: str
    amount: Decimal
    ends_on: date
    left: int
    start_by: date
    state: str


def expiring(records: Records) -> list[Expiring]:
    """合同 in force past their 到期提醒日, the first to end first; then those that ended and were not closed (到期).

    到期提醒日 is Houqin's: 90 days ahead, 120 where 政府采购 follows; works have none and are never bought anew.
    """
    today, found = records.today, []
    for row in records["contracts"].where(status=(*RUNNING, "到期")):
        if row.ends_on is None or row.reminded_from is None or row.reminded_from > today:
            continue
        start, left = last_start(row.ends_on, records.norms, today), (row.ends_on - today).days
        if row.status == RENEWING:
            state = "续签中"
        elif left < 0:
            state = "已到期"
        else:
            state = "已过启动时限" if start < today else "应启动采购"
        vendor = records.name("vendors", row.vendor)
        found.append(
            Expiring(str(row.code), row.name or "", vendor, row.amount or Decimal(0), row.ends_on, left, start, state)
        )
    return sorted(found, key=lambda one: (one.left < 0, abs(one.left), one.code))


@dataclass(frozen=True, slots=True)
class PlanPayment:
    """One contract's 付款计划 in a period.

    Attributes:
        due: 元 of the instalments that fell due in it.
        paid: 元 paid in it, whichever instalment.
        waiting: 期次 due in it and not paid by its last day; paid in the weeks after, that is no delay yet.
        overdue: 期次 due before it and not paid by its last day.
    """

    code: str
    name: str
    due: Decimal
    paid: Decimal
    waiting: tuple[int, ...]
    overdue: tuple[int, ...]

    @property
    def state(self) -> str:
        """Which instalments are open; "" for none."""
        told = [(self.overdue, "期逾期未付"), (self.waiting, "期待付")]
        return "，".join(f"第{'、'.join(map(str, numbers))}{word}" for numbers, word in told if numbers)


def plan_payments(records: Records, period: Period) -> list[PlanPayment]:
    """Contracts with something due, paid or overdue in the period; instalments without a day (据实) are never due.

    An instalment is paid when a paid claim of the contract names it (付款期次), or the plan has no other. What fell due
    before the first claim in the books is left out: nobody knows whether it was paid.
    """
    first = min((c.paid_on for c in records["expense_claims"] if c.paid_on is not None), default=None)
    found = []
    for contract in records["contracts"].where(status=(*RUNNING, "到期", "已归档")):
        plan = [i for i in read_pay_plan(contract.pay_plan).instalments if i.due is not None]
        claims = [
            c
            for c in records.linked("expense_claims", "contract", contract.id)
            if c.status in PAID and c.paid_on is not None and c.paid_on <= period.last
        ]
        named = {c.pay_item for c in claims} if len(plan) > 1 else {i.number for i in plan if claims}
        open_ = [i for i in plan if i.due is not None and i.due <= period.last and i.number not in named]
        one = PlanPayment(
            str(contract.code),
            contract.name or "",
            sum((i.amount for i in plan if i.due in period), Decimal(0)),
            sum((payable(c) for c in claims if c.paid_on in period), Decimal(0)),
            tuple(i.number for i in open_ if i.due in period),
            tuple(i.number for i in open_ if first is not None and i.due is not None and first <= i.due < period.first),
        )
        if one.due or one.paid or one.overdue:
            found.append(one)
    return sorted(found, key=lambda one: one.code)


def spent(records: Records, period: Period) -> Measure:
    """元 of 合同付款, by 支付日."""
    rows = records.within("expense_claims", "paid_on", period, kind=CONTRACT_PAYMENT, status=PAID)
    return _since_paid(records, period, Measure(sum(map(payable, rows), Decimal(0)), codes(rows), 2, YUAN))


def _since_paid(records: Records, period: Period, found: Measure) -> Measure:
    return records.told("expense_claims", "paid_on", period, found)


# 中小企业 -------------------------------------------------------------------------------------------------------------


def accepted_on(records: Records, claim: RowView) -> date | None:
    """When what a claim pays was accepted: 验收日 of the claim, else of the procurement behind it (CT-05)."""
    day: date | None = claim.accepted_on
    if day is not None:
        return day
    contract = records.row("contracts", claim.contract)
    purchase = records.row("procurements", claim.procurement or (contract.procurement if contract else None))
    if purchase is not None and purchase.accept_result in PASSED:
        day = purchase.accepted_on
    return day


@dataclass(frozen=True, slots=True)
class Small:
    """Money for 中小企业: paid in the period with a known 验收日, percent of it in time, and claims late by now."""

    paid: Measure
    on_time: Measure
    late: Measure


def small_companies(records: Records, period: Period) -> Small:
    """Claims of vendors marked 中小企业: paid within contract.sme_days of 验收日 (保障中小企业款项支付条例第九条).

    ``late``: accepted so long ago and still unpaid, as the rows stand; 不同意 and 作废 are not owed.
    """
    small = {vendor.id for vendor in records["vendors"].where(is_sme=True)}
    limit = records.norms.whole("contract.sme_days", period.last)
    unverified = records.unverified(period.last, "contract.sme_days")
    paid = [
        (claim, accepted)
        for claim in records.within("expense_claims", "paid_on", period, status=PAID)
        if claim.vendor in small and (accepted := accepted_on(records, claim)) is not None
    ]
    good = [claim for claim, accepted in paid if (claim.paid_on - accepted).days <= limit]
    late = [
        claim
        for claim in records["expense_claims"]
        if claim.vendor in small
        and claim.status not in (*PAID, *NO_PAYMENT)
        and (accepted := accepted_on(records, claim)) is not None
        and (records.today - accepted).days > limit
    ]
    rows = [claim for claim, _ in paid]
    return Small(
        _since_paid(records, period, Measure(sum(map(payable, rows), Decimal(0)), codes(rows), 2, YUAN)),
        Measure(percent(len(good), len(rows)), codes(rows), 1, "%", unverified),
        Measure(Decimal(len(late)), codes(late), 0, "笔", unverified),
    )
