"""预算执行 and 三公 (domain.md F2 三（二）（三）), and 收支两条线 out of :mod:`automations.measures.income`.

Income and spending are never netted (C4). Sums are in 元; a 支出单 counts by 支付日: what was promised is no spending.
Where the rows do not go back to a period, its figures are unknown and not 0 (:meth:`Records.reaches`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from automations.measures.base import Measure, codes, count, percent, total
from automations.measures.income import Flow as Flow
from automations.measures.income import LateIncome as LateIncome
from automations.measures.income import due_rows as due_rows
from automations.measures.income import due_sum as due_sum
from automations.measures.income import flows as flows
from automations.measures.income import income_open as income_open
from automations.measures.income import income_received as income_received
from automations.measures.income import income_remitted as income_remitted
from automations.measures.income import late as late
from automations.measures.income import late_count as late_count
from automations.measures.income import received_rows as received_rows
from automations.measures.income import refunded as refunded
from automations.measures.income import remitted_on_time as remitted_on_time
from automations.measures.income import remitted_rows as remitted_rows
from automations.measures.income import waived as waived
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import Rows, RowView

PAID = ("已支付", "已归档")
IN_FORCE = ("已批复", "已调整", "调整中", "提交", "调整签批中")
"""States of a budget line that may be spent from; while an adjustment is signed the line stays as it was."""

IN_THE_BOOKS = (*IN_FORCE, "已封账")
"""The same, and those whose year is closed: a report on that year still tells of them."""

RECEPTION = "公务接待"
HELD = ("已批准", "执行中", "已执行", "已核销")
"""States of a request that was permitted and did not lapse."""

LIMITS = ("budget.rate_low", "budget.rate_high")
"""Parameters: points by which a line may stay behind the year, or run ahead of it."""

YUAN, PERCENT, POINTS = "元", "%", "个百分点"


def payable(claim: RowView) -> Decimal:
    """元 of a claim: 核定金额 where 会计 has set one, else 申请金额."""
    amount = claim.amount if claim.audited_amount is None else claim.audited_amount
    return amount if isinstance(amount, Decimal) else Decimal(0)


def approved_sum(line: RowView) -> Decimal:
    """元 of a budget line: 批复数, and what 主要领导 signed of its adjustments (B5.21)."""
    return (line.approved or Decimal(0)) + (line.adjusted_ok or Decimal(0))


def share_of_year(months: int) -> Decimal:
    """序时进度 at the end of a month, in % (BG-03)."""
    return Decimal(months) / 12 * 100


def _sum(rows: Iterable[RowView]) -> Measure:
    found = list(rows)
    return Measure(sum(map(payable, found), Decimal(0)), codes(found), 2, YUAN)


# （二）预算执行 -------------------------------------------------------------------------------------------------------


def paid_claims(records: Records, period: Period) -> Rows:
    """支出单 by 支付日."""
    return records.within("expense_claims", "paid_on", period, status=PAID)


def spent(records: Records, period: Period) -> Measure:
    """元 paid, by 支付日: 核定金额 where 会计 set one, else 申请金额; contract payments included (B5.23)."""
    if not records.reaches("expense_claims", "paid_on", period):
        return Measure(None, (), 2, YUAN)
    return _sum(paid_claims(records, period))


def lines_of_year(records: Records, year: int) -> Rows:
    """预算指标 of a year that may be spent from, closed ones (已封账) included."""
    return records["budget_lines"].where(year=Decimal(year), status=IN_THE_BOOKS)


def budgeted(records: Records, period: Period) -> Measure:
    """元 of 批复数 and 已批调整数 of the year in which the period ends."""
    lines = lines_of_year(records, period.last.year)
    value = sum(map(approved_sum, lines), Decimal(0)) if lines else None
    return Measure(value, codes(lines), 2, YUAN)


def spent_of_year(records: Records, period: Period) -> Measure:
    """元 paid from the year's lines up to the period's last day.

    From the claims and not from 已支付, which also knows what was paid since.
    """
    if not records.reaches("expense_claims", "paid_on", period):
        return Measure(None, (), 2, YUAN)
    lines = {line.id for line in lines_of_year(records, period.last.year)}
    return _sum(claim for claim in paid_claims(records, period.to_date) if claim.budget_line in lines)


def budget_rate(records: Records, period: Period) -> Measure:
    """年度执行率 in %: :func:`spent_of_year` of :func:`budgeted`."""
    budget, used = budgeted(records, period), spent_of_year(records, period)
    return Measure(percent(used.value, budget.value), budget.codes, 1, PERCENT)


def time_share(period: Period) -> Measure:
    """序时进度 in % at the end of the period's last month."""
    return Measure(share_of_year(period.last.month), (), 1, PERCENT)


@dataclass(frozen=True, slots=True)
class Course:
    """A budget line, a category of them, or all: what it has and how far it went.

    Attributes:
        month: 元 paid in the period itself.
        spent: 元 paid since 1 January.
        frozen: 元 held by requests and claims under way, as the rows stand.
        gap: 执行率 less 序时进度, in points; negative is slow.
        off: Beyond what 参数标准 allows (budget.rate_low, budget.rate_high); no figure for closed lines.
    """

    name: str
    category: str
    total: Measure
    month: Measure
    spent: Measure
    frozen: Measure
    rate: Measure
    gap: Measure
    off: bool

    @property
    def word(self) -> str:
        """快, 慢 or ""."""
        return "" if not self.off or self.gap.value is None else "快" if self.gap.value > 0 else "慢"


def _course(records: Records, period: Period, name: str, category: str, lines: list[RowView]) -> Course:
    year = _paid_from(records, period, lines)
    budget, used = sum(map(approved_sum, lines), Decimal(0)), _sum(year)
    rate = percent(used.value, budget) if budget > 0 else None
    gap = None if rate is None else rate - share_of_year(period.last.month)
    low, high = (records.norms.number(key, period.last) for key in LIMITS)
    return Course(
        name,
        category,
        Measure(budget, codes(lines), 2, YUAN),
        _sum(claim for claim in year if claim.paid_on in period),
        used,
        total(lines, "frozen", YUAN, 2),
        Measure(rate, codes(lines), 1, PERCENT),
        Measure(gap, codes(lines), 1, POINTS, records.unverified(period.last, *LIMITS)),
        gap is not None and (-gap > low or gap > high),
    )


def _paid_from(records: Records, period: Period, lines: list[RowView]) -> list[RowView]:
    """Claims paid from lines since 1 January; each line's own are looked up, as a report asks of every line."""
    own = [claim for line in lines for claim in records.linked("expense_claims", "budget_line", line.id)]
    return sorted((c for c in own if c.status in PAID and c.paid_on in period.to_date), key=lambda claim: claim.id)


def courses(records: Records, period: Period) -> list[Course]:
    """Every line of the year, in order of 编号."""
    lines = sorted(lines_of_year(records, period.last.year), key=lambda line: str(line.code))
    return [_course(records, period, line.name or "", line.category or "", [line]) for line in lines]


def off_course(records: Records, period: Period) -> list[Course]:
    """Lines spent much slower or faster than the year passes, by the end of the period (BG-03); the furthest first."""
    found = [one for one in courses(records, period) if one.off]
    return sorted(found, key=lambda one: (-abs(one.gap.value or Decimal(0)), one.name))


def by_category(records: Records, period: Period) -> list[Course]:
    """The year's lines by 费用类别, the largest budget first; paid claims of other years' lines are not among them."""
    grouped: dict[str, list[RowView]] = {}
    for line in lines_of_year(records, period.last.year):
        grouped.setdefault(line.category or "", []).append(line)
    found = [_course(records, period, category, category, lines) for category, lines in grouped.items()]
    return sorted(found, key=lambda one: (-(one.total.value or 0), one.name))


# （三）三公 -----------------------------------------------------------------------------------------------------------


def three_public_lines(
    lines: Any, year: int, status: tuple[str, ...] = IN_FORCE
) -> Iterator[tuple[str, Decimal, Decimal, list[RowView]]]:
    """(费用类别, 元 paid or held, 元 of the year, lines) of each of 三公; a category without money is left out."""
    of_year = lines.where(is_three_public=True, year=year, status=status)
    for category in sorted({line.category for line in of_year}):
        own = list(of_year.where(category=category))
        budget = sum(map(approved_sum, own), Decimal(0))
        if budget > 0:
            yield category, sum((_taken(line) for line in own), Decimal(0)), budget, own


def _taken(line: RowView) -> Decimal:
    return (line.spent or Decimal(0)) + (line.frozen or Decimal(0))


@dataclass(frozen=True, slots=True)
class ThreePublic:
    """One of 三公, or all of them (合计): 元 paid or held (已支付＋已占用), 元 of the year, and the share of it."""

    category: str
    used: Measure
    total: Measure
    rate: Measure


def three_public_parts(records: Records, period: Period) -> list[ThreePublic]:
    """三公 by category, of the year in which the period ends, as the lines stand: money promised counts (RC-08)."""
    found = three_public_lines(records["budget_lines"], period.last.year, IN_THE_BOOKS)
    return [_three_public(category, used, budget, lines) for category, used, budget, lines in found]


def three_public(records: Records, period: Period) -> ThreePublic:
    """All of 三公 together; unknown where no line of the year is marked."""
    found = list(three_public_lines(records["budget_lines"], period.last.year, IN_THE_BOOKS))
    lines = [line for *_, own in found for line in own]
    return _three_public("合计", sum((f[1] for f in found), Decimal(0)), sum((f[2] for f in found), Decimal(0)), lines)


def _three_public(category: str, used: Decimal, budget: Decimal, lines: list[RowView]) -> ThreePublic:
    shown = codes(lines)
    return ThreePublic(
        category,
        Measure(used if lines else None, shown, 2, YUAN),
        Measure(budget if lines else None, shown, 2, YUAN),
        Measure(percent(used, budget), shown, 1, PERCENT),
    )


def reception_rows(records: Records, period: Period) -> Rows:
    """公务接待 that was permitted, by the day it began; 过期, 作废 and 不同意 never took place."""
    return records.within("requests", "starts_at", period, kind=RECEPTION, status=HELD)


def receptions(records: Records, period: Period) -> Measure:
    """批次 of receptions."""
    return _since_requests(records, period, count(reception_rows(records, period), "批"))


def reception_persons(records: Records, period: Period) -> Measure:
    """Guests: 实到来访人数 where it is filled in, else 来访人数; hosts are not counted."""
    rows = [row for row in reception_rows(records, period) if _guests(row) is not None]
    guests = sum((_guests(row) or Decimal(0) for row in rows), Decimal(0))
    return _since_requests(records, period, Measure(guests, codes(rows), 0, "人次"))


def _guests(row: RowView) -> Decimal | None:
    guests = row.guest_n if row.guest_actual is None else row.guest_actual
    return guests if isinstance(guests, Decimal) else None


def over_standard(records: Records, period: Period) -> Measure:
    """Receptions whose 人均 lies above 人均标准 (RC-04), by the day they began."""
    rows = [
        row
        for row in reception_rows(records, period)
        if row.per_head is not None and row.std_per_head is not None and row.per_head > row.std_per_head
    ]
    unverified = records.unverified(period.last, "reception.std.lunch")
    return _since_requests(records, period, Measure(Decimal(len(rows)), codes(rows), 0, "批", unverified))


def _since_requests(records: Records, period: Period, found: Measure) -> Measure:
    return records.told("requests", "starts_at", period, found)
