"""预算指标: the right line for a spending, adjustments that count only when signed, the pace (domain.md B5.21, C5)."""

from collections.abc import Iterator
from typing import Any

from automations import holds
from automations.books import Facts
from automations.measures.money import approved_sum, share_of_year
from automations.rules.base import ALWAYS, PAY, STAGE, SUBMIT, rule
from automations.rules.claims import ClaimFacts, empty, missing_cells, quoted

TABLE, CLAIMS = "budget_lines", "expense_claims"
DRAFT, APPROVED, ADJUSTED, SEALED = "草案", "已批复", "已调整", "已封账"
STAFF_FUNDS = "职工集资"
ADJUSTMENT = "指标调整"
SIGNER = "主要领导"
"""The level that signs an adjustment; the line is asked again then, since claims may have come in meanwhile."""

Figures = Iterator[dict[str, Any]]


# The line a claim is charged to ---------------------------------------------------------------------------------------


@rule("BG-02", CLAIMS, "B21", "支出类别“{category}”与指标类别“{of_line}”不符。")
def charged_to_its_own_category(claim: ClaimFacts) -> Figures:
    """A claim is charged to a line of its own category."""
    if claim.line is None or claim.category is None or claim.line.category is None:
        return
    if claim.category != claim.line.category:
        yield {"category": claim.category, "of_line": claim.line.category}


@rule("BG-02", CLAIMS, "B21", "{year}年度指标已封账。", at=(SUBMIT, PAY))
def line_is_open(claim: ClaimFacts) -> Figures:
    """Nothing is charged to a line whose year is closed."""
    if claim.line is not None and claim.line.status == SEALED:
        yield {"year": _year(claim.line)}


@rule("BG-02", CLAIMS, "预算法第十三条", "指标“{line}”还是草案，批复后才能列支。")
def line_is_approved(claim: ClaimFacts) -> Figures:
    """A draft is no budget."""
    if claim.line is not None and claim.line.status == DRAFT:
        yield {"line": claim.line.name}


# The line itself ------------------------------------------------------------------------------------------------------


@rule("必填", TABLE, "B21", "请填写：{fields}。", at=(SUBMIT, APPROVED))
def required_cells(line: Facts) -> Figures:
    """Everything marked ● is filled; what goes up for signature is an adjustment, so it says how much."""
    if missing := missing_cells(line, *(("adjusted",) if line.moment == SUBMIT else ())):
        yield {"fields": quoted(missing)}


@rule(
    STAFF_FUNDS,
    TABLE,
    "A25；B21",
    "“职工集资”只用于{until}年及以前，{year}年度的指标不能选用。",
    at=(ALWAYS, SUBMIT, APPROVED),
    settings=("budget.staff_funds_until",),
)
def no_staff_funds_any_more(line: Facts) -> Figures:
    """Money collected from the staff is history; today it would be a breach."""
    until = line.norm.whole("budget.staff_funds_until")
    if line.fund_source == STAFF_FUNDS and line.year is not None and line.year > until:
        yield {"until": until, "year": _year(line)}


@rule(ADJUSTMENT, TABLE, "B21；预算法第十三条", "调整指标须上传“调整依据”。")
def adjusted_on_paper(line: Facts) -> Figures:
    """An adjustment rests on a document."""
    changes = line.money("adjusted") != 0 or line.money("adjusted_ok") != 0  # back to nothing is an adjustment, too
    if changes and empty(line.adjust_doc):
        yield {}


@rule(
    ADJUSTMENT,
    TABLE,
    "B21；预算法第十三条",
    "调整后指标共{total}元，少于已占用{frozen}元与已支付{spent}元之和，差{short}元。请改小调整数，或先退回占用的单据。",
    at=(SUBMIT, SIGNER),
)
def covers_what_is_taken(line: Facts) -> Figures:
    """No adjustment takes away what requests and claims already hold, or came to hold before it is signed."""
    taken = _taken(line)
    total = line.money("approved") + line.money("adjusted")
    short = taken.frozen + taken.spent - total
    if short > 0:
        yield {"total": total, "frozen": taken.frozen, "spent": taken.spent, "short": short}


@rule(
    "BG-03",
    TABLE,
    "B21",
    "已执行{rate:.1f}%，{month}月末序时进度{time:.1f}%，{word}{gap:.1f}个百分点，请核实原因。",
    "提示",
    at=ALWAYS,
    settings=("budget.rate_low", "budget.rate_high"),
)
def spent_in_step_with_the_year(line: Facts) -> Figures:
    """This year's lines are spent about as fast as the year passes; one answer a month.

    Slow is measured against the end of last month, fast against the end of this one: what a month has still to bring
    is held against nobody.
    """
    total = approved_sum(line.row)
    now = line.month
    if line.status not in (APPROVED, ADJUSTED) or line.year != now.year or total <= 0:
        return
    rate, month = _taken(line).spent / total * 100, now.month
    slow, fast = share_of_year(month - 1) - rate, rate - share_of_year(month)
    for word, until, gap, limit in (("慢", month - 1, slow, "rate_low"), ("快", month, fast, "rate_high")):
        if gap > line.norm.number(f"budget.{limit}"):
            time, stage = share_of_year(until), f"{now:%Y-%m}"
            yield {"rate": rate, "month": until, "time": time, "word": word, "gap": gap, STAGE: stage}


def _taken(line: Facts) -> holds.Taken:
    return holds.total(line.books.held("budget", str(line.id)))


def _year(line: Any) -> str:
    """Without the separator that sums have."""
    return "" if line.year is None else f"{line.year:.0f}"
