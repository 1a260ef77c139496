"""四 采购、合同与外包 (domain.md F2 四, B5.26, B5.27, C5, C6).

What is in force and what waits is told as the rows stand; what was bought, paid or deducted, of the period.
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
from automations.rows import Rows, RowView

STAGES = ("立项", "需求论证", "待集体决策", "意向公开", "采购实施", "待签合同", "履约中", "待验收", "已验收", "已归档")
UNDER_WAY = STAGES[:8]
NOT_BOUGHT = ("废标", "终止", "撤回", "不同意", "已退回")
BEFORE_DECISION = ("提交", "签批中", "需求论证", "待集体决策")
"""States of a procurement in which 校委会 may still decide before anything is done."""

TOGETHER = "待集体决策"
RUNNING = ("履行中", "临期", "续签中")
RENEWING = "续签中"
CONTRACT_PAYMENT = "合同付款"
PASSED = ("合格", "整改后合格")
NO_PAYMENT = ("不同意", "作废")


# 采购 ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """Procurements in one state."""

    status: str
    n: Measure
    budget: Measure


def stages(records: Records) -> list[Stage]:
    """采购项目 by state, in the order they go through; states without any are left out."""
    found = []
    for status in dict.fromkeys((*STAGES, "提交", "签批中", *NOT_BOUGHT)):
        rows = records["procurements"].where(status=status)
        if rows:
            found.append(Stage(status, count(rows, "个"), total(rows, "budget", YUAN, 2)))
    return found


def under_way(records: Records) -> Measure:
    """采购项目 begun and not yet accepted."""
    return count(records["procurements"].where(status=(*UNDER_WAY, "提交", "签批中")), "个")


@dataclass(frozen=True, slots=True)
class Method:
    """What was awarded by one 采购方式: 元 of 预算, of 成交金额, and what was saved of the budget."""

    method: str
    n: Measure
    budget: Measure
    award: Measure
    saved: Measure
    rate: Measure


def awarded_rows(records: Records, period: Period) -> Rows:
    """采购项目 by 成交日期; 废标 and 终止 awarded nothing."""
    rows = records.within("procurements", "award_on", period)
    return Rows("procurements", (r for r in rows if r.status not in NOT_BOUGHT and r.award is not None))


def by_method(records: Records, period: Period) -> list[Method]:
    """Awards by 采购方式, the largest first."""
    grouped: dict[str, list[RowView]] = {}
    for row in awarded_rows(records, period):
        grouped.setdefault(row.method or "", []).append(row)
    found = [_method(method, rows) for method, rows in grouped.items()]
    return sorted(found, key=lambda one: (-(one.award.value or 0), one.method))


def awarded(records: Records, period: Period) -> Method:
    """All of them together."""
    return _method("合计", list(awarded_rows(records, period)))


def _method(name: str, rows: list[RowView]) -> Method:
    budget, award = (sum((row[c] or Decimal(0) for row in rows), Decimal(0)) for c in ("budget", "award"))
    shown = codes(rows)
    return Method(
        name,
        count(rows, "个"),
        Measure(budget, shown, 2, YUAN),
        Measure(award, shown, 2, YUAN),
        Measure(budget - award if rows else None, shown, 2, YUAN),
        Measure(percent(budget - award, budget), shown, 1, "%"),
    )


def splits(records: Records, period: Period) -> Measure:
    """疑似拆分: 采购项目 so marked, and claims for which 会计 had to give a reason, by the day they were created."""
    marked = records.within("procurements", "created_at", period, split_flag=("提示", "拦截"))
    explained = [row for row in records.within("expense_claims", "created_at", period) if row.split_reason]
    return count((*marked, *explained), "件")


@dataclass(frozen=True, slots=True)
class Collective:
    """What waits for 校委会: 元, and where it is."""

    code: str
    title: str
    amount: Decimal
    status: str


def collective(records: Records) -> list[Collective]:
    """采购项目 at or above 集体研究起点 without 纪要号 that nobody has decided, the largest first (PR-05)."""
    limit = records.norms.money("collective.limit", records.today)
    found = [
        Collective(str(row.code), row.title or "", row.budget or Decimal(0), row.status or "")
        for row in records["procurements"].where(status=BEFORE_DECISION)
        if not row.meeting_no and (row.status == TOGETHER or (row.budget or 0) >= limit)
    ]
    return sorted(found, key=lambda one: (-one.amount, one.code))


# 合同 ----------------------------------------------------------------------------------------------------------------


def in_force(records: Records) -> Measure:
    """合同 that run today: 履行中, 临期, 续签中."""
    return count(records["contracts"].where(status=RUNNING), "份")


def in_force_sum(records: Records) -> Measure:
    """元 of them."""
    return total(records["contracts"].where(status=RUNNING), "amount", YUAN, 2)


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


def contract_spent(records: Records, period: Period) -> Measure:
    """元 of 合同付款, by 支付日."""
    rows = records.within("expense_claims", "paid_on", period, kind=CONTRACT_PAYMENT, status=PAID)
    return Measure(sum(map(payable, rows), Decimal(0)), codes(rows), 2, YUAN)


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
        Measure(sum(map(payable, rows), Decimal(0)), codes(rows), 2, YUAN),
        Measure(percent(len(good), len(rows)), codes(rows), 1, "%", unverified),
        Measure(Decimal(len(late)), codes(late), 0, "笔", unverified),
    )


# 考核扣款 -------------------------------------------------------------------------------------------------------------


def deducted_of_year(records: Records) -> Measure:
    """元 of 年扣款, as Houqin computed it from the monthly scores of this year; unknown where nothing was scored."""
    rows = [row for row in records["contracts"] if row.deduct_ytd is not None]
    value = sum((row.deduct_ytd for row in rows), Decimal(0)) if rows else None
    return Measure(value, codes(rows), 2, YUAN, records.unverified(records.today, "contract.deduct"))
