"""化整为零: purchases that only together reach a line (domain.md C5, PR-03).

Of all lines that purchases reach together the highest is told, in one message. What 会计 wrote into 不构成拆分的理由
settles the row it stands in, never the next one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from automations.approvals.ruling import Severity
from automations.books import Facts
from automations.rows import RowView
from automations.rules.base import SUBMIT, rule
from automations.rules.claims import LIVING, ClaimFacts, empty
from automations.rules.procurements import TO_CONTRACT, ProcurementFacts
from automations.rules.purchases import (
    CLAIMS,
    EXCLUDED,
    PROCUREMENTS,
    REQUESTS,
    Lines,
    Purchase,
    day_of,
    lines_of,
    of_claim,
    of_vendor,
    purchase_of,
    similar,
)
from automations.rules.requests import RequestFacts
from automations.rules.route import DISPERSED, WORKS

LAW = "C5；政府采购法实施条例第二十八条"
MESSAGE = (
    "疑似拆分：{n}笔“{item}”（{codes}）合计{total}元，达到{name}{limit}元。"
    "请合并为一个采购项目，或由会计填写不构成拆分的理由。"
)
LIMITS = ("compare.limit", "collective.limit", *DISPERSED.values())
LISTED = 12
"""So many numbers are listed; of more the count is told."""

Figures = Iterator[dict[str, Any]]
Line: TypeAlias = tuple[str, Decimal]
"""A limit of 采购 with its name."""


def ladder(facts: Facts, kind: str) -> Sequence[Line]:
    """Limits below the public tender, the highest first."""
    money = facts.norm.money
    return _ladder(kind, money(DISPERSED[kind]), money("collective.limit"), money("compare.limit"))


@cache
def _ladder(kind: str, dispersed: Decimal, collective: Decimal, compare: Decimal) -> Sequence[Line]:
    lines = ((f"{kind}分散采购限额", dispersed), ("校委会集体研究起点", collective), ("内部比选起点", compare))
    return sorted(lines, key=lambda line: line[1], reverse=True)


def evaded(mine: Purchase, others: Sequence[Purchase], days: int, lines: Sequence[Line]) -> Figures:
    """The highest line that purchases of so many days reach together, each of them below it."""
    if mine.amount + total(others) < lines[-1][1]:
        return  # all together stay below the lowest line
    for line in lines:
        if mine.amount >= line[1]:
            return
        window = densest(mine, [p for p in others if p.amount < line[1]], days)
        if len(window) > 1 and total(window) >= line[1]:
            yield told(window, line)
            return


def densest(mine: Purchase, others: Iterable[Purchase], days: int) -> list[Purchase]:
    """Of all periods of so many days with ``mine`` in them, the purchases of the one with the highest sum."""
    rows = in_order([mine, *others])
    best, best_sum, running, left = slice(0), Decimal(0), Decimal(0), 0
    for right, row in enumerate(rows):
        running += row.amount
        while (row.day - rows[left].day).days > days:
            running -= rows[left].amount
            left += 1
        if rows[left].day <= mine.day <= row.day and running > best_sum:
            best, best_sum = slice(left, right + 1), running
    return rows[best]


def in_order(purchases: Iterable[Purchase]) -> list[Purchase]:
    """By day."""
    return sorted(purchases, key=lambda p: (p.day, p.table, p.id))


def total(purchases: Iterable[Purchase]) -> Decimal:
    """元 of them all."""
    return sum((p.amount for p in purchases), Decimal(0))


def told(purchases: Sequence[Purchase], line: Line) -> dict[str, Any]:
    """The figures of the message."""
    codes = "、".join(p.code or "本单" for p in purchases[:LISTED])
    return {
        "n": len(purchases),
        "item": tuple(dict.fromkeys(p.item for p in purchases)),
        "codes": codes + ("等" if len(purchases) > LISTED else ""),
        "total": total(purchases),
        "name": line[0],
        "limit": line[1],
    }


def _unexplained(facts: Facts) -> Purchase | None:
    """The purchase of the row, unless 会计 wrote why it is no split; a request has no cell for that."""
    if "split_reason" in facts.schema and not empty(facts["split_reason"]):
        return None
    return purchase_of(facts)


# PR-03a: one company ----------------------------------------------------------------------------------------------


def _one_vendor(facts: Facts, vendor: int | None) -> Figures:
    mine = _unexplained(facts) if vendor is not None else None
    if mine is not None:
        days, span = _days(facts, "split.days_vendor")
        found = of_vendor(facts, vendor, mine.day - span, mine.day + span)
        others = [p for p in found if (p.table, p.id) != (mine.table, mine.id)]
        yield from evaded(mine, others, days, ladder(facts, mine.kind))


def _days(facts: Facts, key: str) -> tuple[int, timedelta]:
    days = facts.norm.whole(key)
    return days, timedelta(days=days)


VENDOR_SETTINGS = ("split.days_vendor", EXCLUDED, *LIMITS)


@rule("PR-03a", CLAIMS, LAW, MESSAGE, settings=VENDOR_SETTINGS)
def claims_of_one_vendor(claim: ClaimFacts) -> Figures:
    """What is bought from one company within 30 days stays below the line that each purchase stays below (V08)."""
    yield from _one_vendor(claim, claim.vendor)


@rule("PR-03a", PROCUREMENTS, LAW, MESSAGE, at=(SUBMIT, TO_CONTRACT), settings=VENDOR_SETTINGS)
def procurements_of_one_vendor(project: ProcurementFacts) -> Figures:
    """Likewise with a procurement, once its company is known."""
    yield from _one_vendor(project, project.winner)


# PR-03b: one 品目 of one department --------------------------------------------------------------------------------


def _one_item(facts: Facts) -> Figures:
    mine = _unexplained(facts)
    if mine is None or mine.amount >= (lines := ladder(facts, mine.kind))[0][1]:
        return
    days, span = _days(facts, "split.days_department")
    others = similar(facts, mine, mine.day - span, mine.day + span, near=True)
    yield from evaded(mine, others, days, lines)


ITEM_SETTINGS = ("split.days_department", EXCLUDED, *LIMITS)


@rule("PR-03b", CLAIMS, LAW, MESSAGE, "提示", settings=ITEM_SETTINGS)
def claims_of_one_item(claim: ClaimFacts) -> Figures:
    """What a department buys of one 品目 within 90 days stays below the line (V09).

    Else 会计 writes why that is no split.
    """
    yield from _one_item(claim)


@rule("PR-03b", REQUESTS, LAW, MESSAGE, "提示", settings=ITEM_SETTINGS)
def requests_of_one_item(request: RequestFacts) -> Figures:
    """Likewise with a request."""
    yield from _one_item(request)


@rule("PR-03b", PROCUREMENTS, LAW, MESSAGE, "提示", settings=ITEM_SETTINGS)
def procurements_of_one_item(project: ProcurementFacts) -> Figures:
    """Likewise with a procurement."""
    yield from _one_item(project)


def split_severity(project: ProcurementFacts) -> Severity | None:
    """How grave a split a procurement looks like: 拦截, 提示 or not at all."""
    if any(procurements_of_one_vendor(project)):
        return "拦截"
    return "提示" if any(procurements_of_one_item(project)) else None


# PR-03c: one 品目 of one year, beyond the public tender -----------------------------------------------------------


def _one_year(facts: Facts) -> Figures:
    """The law's own test: goods and services of one 品目 in a fiscal year, none of them by tender."""
    mine, limit = purchase_of(facts), facts.norm.money("procurement.tender")
    if mine is None or mine.kind == WORKS or mine.amount >= limit:
        return
    year = mine.day.year
    lines = lines_of(facts, mine, year, year)
    # Where not even the whole budget reaches it, or something was tendered, there is no need to add up a year.
    if lines.approved < limit or _tendered(facts, lines, year):
        return
    others = similar(facts, mine, date(year, 1, 1), date(year, 12, 31))
    found = in_order([mine, *(p for p in others if p.amount < limit)])
    if len(found) > 1 and total(found) >= limit:
        yield told(found, ("公开招标数额", limit))


def _tendered(facts: Facts, lines: Lines, year: int) -> bool:
    """Whether something was bought from these lines by public tender in that year."""
    return any(day_of(p, facts).year == year for p in lines.tenders)


YEAR_SETTINGS = ("procurement.tender", EXCLUDED)


@rule("PR-03c", CLAIMS, LAW, MESSAGE, "预警", gravity="严重", settings=YEAR_SETTINGS)
def claims_of_one_year(claim: ClaimFacts) -> Figures:
    """A year's purchases of one 品目 that reach the public tender include one."""
    yield from _one_year(claim)


@rule("PR-03c", REQUESTS, LAW, MESSAGE, "预警", gravity="严重", settings=YEAR_SETTINGS)
def requests_of_one_year(request: RequestFacts) -> Figures:
    """Likewise with a request."""
    yield from _one_year(request)


@rule("PR-03c", PROCUREMENTS, LAW, MESSAGE, "预警", gravity="严重", settings=YEAR_SETTINGS)
def procurements_of_one_year(project: ProcurementFacts) -> Figures:
    """Likewise with a procurement."""
    yield from _one_year(project)


# PR-03d: one invoice cut into several -----------------------------------------------------------------------------


@rule("PR-03d", CLAIMS, LAW, MESSAGE, settings=("split.low", EXCLUDED, *LIMITS))
def no_invoice_is_cut_up(claim: ClaimFacts) -> Figures:
    """A seller's invoices of one day, or with adjoining numbers, do not each stay just below a line (V11)."""
    mine = _unexplained(claim)
    if mine is None:
        return
    low, lines = claim.norm.ratio("split.low"), ladder(claim, mine.kind)
    highest = max((i.amount for i in claim.invoices if i.amount is not None), default=Decimal(0))
    if highest * low.denominator < lines[-1][1] * low.numerator:
        return  # no invoice comes near the lowest line
    for line in lines:
        if mine.amount >= line[1]:
            return
        cut = _cut_up(claim, low * Fraction(line[1]), line[1])
        if len(cut) > 1:
            yield told(cut, line)
            return


def _cut_up(claim: ClaimFacts, low: Fraction, limit: Decimal) -> list[Purchase]:
    """This claim and those whose invoices hang together with its own, each with the sum of such invoices."""
    linked = {i.id: i for i in claim.invoices if _just_below(i, low, limit)}
    waiting = list(linked.values())
    while waiting:  # what adjoins the second invoice adjoins the third
        beside = {i.id: i for i in _beside(claim, waiting.pop()) if i.id not in linked and _just_below(i, low, limit)}
        linked |= beside
        waiting += beside.values()
    sums: dict[int, Decimal] = {}
    for invoice in linked.values():
        if invoice.claim is not None:
            sums[invoice.claim] = sums.get(invoice.claim, Decimal(0)) + invoice.amount
    found = (_counted(claim, claim_id, amount) for claim_id, amount in sums.items())
    return in_order(p for p in found if p is not None and p.amount < limit)


def _counted(claim: ClaimFacts, claim_id: int, amount: Decimal) -> Purchase | None:
    """The purchase of a claim that counts, over the sum of its linked invoices."""
    row = claim.row if claim_id == claim.id else claim.books.row(CLAIMS, claim_id)
    if row is None or (row.id != claim.id and row.status not in LIVING):
        return None
    purchase = of_claim(row, claim.norm.names(EXCLUDED))
    return replace(purchase, amount=amount) if purchase is not None else None


def _just_below(invoice: RowView, low: Fraction, limit: Decimal) -> bool:
    return invoice.amount is not None and low <= invoice.amount < limit


def _beside(claim: ClaimFacts, invoice: RowView) -> Iterator[RowView]:
    """Invoices of the same seller of the same day, or with the number before or after."""
    if not invoice.seller:
        return
    number = str(invoice.inv_no or "")
    steps = (-1, 1) if number.isascii() and number.isdigit() else ()
    around = (str(int(number) + step).zfill(len(number)) for step in steps)
    same_day = claim.books.where("invoices", "issued_on", invoice.issued_on, seller=invoice.seller)
    adjoining = (
        i for n in around for i in claim.books.where("invoices", "inv_no", n) if i.inv_code == invoice.inv_code
    )
    yield from (i for i in (*same_day, *adjoining) if i.seller == invoice.seller)
