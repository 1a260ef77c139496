"""What a claim itself must satisfy, at submission and again before payment (domain.md C3, C5).

Here stand what every rule about claims asks (:class:`ClaimFacts`) and the rules that hold for all of them; further
topics have files of their own beside this one: ``claims_permit``, ``claims_papers``, ``claims_travel``,
``claims_lectures``, ``claims_payee`` and ``claims_money``. Before payment only that is asked again which may have
changed since the signatures: what every signature covers has not.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from automations import holds
from automations.books import Facts, cached_property
from automations.measures.money import approved_sum
from automations.rows import RowView
from automations.rules.base import PAY, SUBMIT, facts_of, rule
from automations.rules.invoices import InvoiceFacts
from automations.tables.values import File

TABLE = "expense_claims"
TRAVEL, LECTURES = "差旅费", "讲课费"
CONTRACT_PAYMENT, LOAN = "合同付款", "借款"
COMPANY = "服务商"
"""收款类型 of what is paid to a company."""

CASH = "现金"
NEEDS_ACCEPTANCE = frozenset({"办公费", "印刷费", "维修维护费", "食材费", "资产购置", "工程改造"})
"""Goods, repairs and works: somebody else than the handler must have accepted them (EX-06)."""

NEEDED_OF_LECTURES = ("lecturer", "lecturer_title", "lecture_hours", "lecture_slots", "lecture_net")
NEEDED_BY_PAYEE: Mapping[str, tuple[str, ...]] = {"个人": ("payee",), "公务卡": ("payee",), COMPANY: ("vendor",)}

LIVING = frozenset({"提交", "待校验", "签批中", "已退回", "已批准", "已支付", "已归档"})
"""States of a claim that counts: not a draft, not void, not refused."""

PAID = frozenset({"已支付", "已归档"})
WAITING = frozenset({"签批中", "已批准"})
"""Submitted and not yet paid: what changes around a claim now must still be watched."""

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class ClaimFacts(Facts):
    """A claim with what its rules keep asking."""

    @cached_property
    def invoices(self) -> Sequence[RowView]:
        """Its invoices."""
        return self.pointing("invoices", "claim")

    @cached_property
    def invoice_sum(self) -> Decimal:
        """元 on all invoices (computed: the cell of this name may be older)."""
        return sum((i.amount for i in self.invoices if i.amount is not None), Decimal(0))

    def parts(self) -> Sequence[Facts]:
        """Its invoices, judged with it."""
        return [self.about(row, InvoiceFacts) for row in self.invoices]

    def part_says(self, part: Facts, message: str) -> str:
        """What the rule of an invoice says, with the invoice's number."""
        number = str(part.row["inv_no"] or "（未填号码）")
        return message if number in message else f"发票{number}：{message}"

    @cached_property
    def asked(self) -> Decimal:
        """申请金额, 0 where empty."""
        return self.money("amount")

    @cached_property
    def to_pay(self) -> Decimal:
        """元 that will be paid: what 会计 has set, else what is asked for."""
        return self.asked if self.payable is None else self.payable

    @cached_property
    def line(self) -> RowView | None:
        """Its budget line."""
        return self.of("budget_line")

    @cached_property
    def permit(self) -> RowView | None:
        """Its request (事前审批)."""
        return self.of("request")

    @cached_property
    def of_same_request(self) -> Sequence[RowView]:
        """The other claims of its request."""
        return [c for c in self.books.where(TABLE, "request", self.request) if c.id != self.id]

    @cached_property
    def seller(self) -> RowView | None:
        """The vendor that is paid."""
        return self.of("vendor")

    @cached_property
    def agreement(self) -> RowView | None:
        """Its contract."""
        return self.of("contract")

    @cached_property
    def is_trip(self) -> bool:
        """A traveller's claim: tickets, lodging and allowances."""
        return bool(self.category == TRAVEL and self.kind != CONTRACT_PAYMENT)

    @cached_property
    def is_lecture(self) -> bool:
        """The fee of a lecturer, who signs for it: there is no invoice."""
        return bool(self.category == LECTURES and self.payee_kind == "个人")

    @cached_property
    def to_company(self) -> RowView | None:
        """The vendor, where 收款类型 says that a company is paid."""
        return self.seller if self.payee_kind == COMPANY else None

    @cached_property
    def paper_names(self) -> str:
        """Names of all attachments."""
        return " ".join(f.name for f in self.attachments if isinstance(f, File))

    @cached_property
    def explained(self) -> bool:
        """A 情况说明 is attached: what is unusual is told to everybody who signs."""
        return "情况说明" in self.paper_names

    @cached_property
    def available(self) -> Decimal | None:
        """元 left on the budget line for this claim, with what its request holds for it; None without a line."""
        if self.line is None:
            return None
        held = self.books.held("budget", str(self.line.id))
        taken = holds.total(held, but=self.subject)
        kept = holds.left_of(held, self.permit.code or "", but=self.subject) if self.permit is not None else Decimal(0)
        return approved_sum(self.line) - taken.frozen - taken.spent + kept


def empty(value: Any) -> bool:
    """Nothing stands in the cell."""
    return not value and (value is None or value == () or value == "")  # most cells are filled: one question for those


def missing_cells(facts: Facts, *more: str) -> list[str]:
    """Titles of the columns marked ● that are empty, and of those of ``more``."""
    wanted = (*facts.schema.required, *(facts.schema[name] for name in more))
    return [field.title for field in wanted if empty(facts.row[field.name])]


def quoted(titles: Sequence[str]) -> str:
    """``“事由”、“账号”``."""
    return "、".join(f"“{title}”" for title in titles)


@rule("必填", TABLE, "B23", "请填写：{fields}。")
def required_cells(claim: ClaimFacts) -> Figures:
    """Everything marked ● is filled, and what its kind, its category and the payee need."""
    more = list(NEEDED_BY_PAYEE.get(claim.payee_kind, ()))
    if claim.is_lecture:
        more = list(NEEDED_OF_LECTURES)  # a lecturer from outside is not in 人员
    if claim.is_trip:
        more.append("trip_days")
    if claim.kind == CONTRACT_PAYMENT:
        more.append("contract")
    if missing := missing_cells(claim, *more):
        yield {"fields": quoted(missing)}


@rule("必填", TABLE, "B23", "申请金额应大于0，现在是{amount}元。")
def something_is_asked_for(claim: ClaimFacts) -> Figures:
    """The amount is above zero."""
    if claim.amount is not None and claim.amount <= 0:
        yield {"amount": claim.amount}


@rule("日期", TABLE, "B23", "业务发生日{day}在今天之后，请核对。")
def business_has_happened(claim: ClaimFacts) -> Figures:
    """What is claimed has happened; only a loan is asked for beforehand."""
    if claim.biz_date is not None and claim.kind != LOAN and claim.biz_date > claim.today:
        yield {"day": claim.biz_date}


@rule("必填", TABLE, "B23", "还没有登记发票：请在“发票”表中新增发票，并在“支出单”一栏选中本单。")
def has_invoices(claim: ClaimFacts) -> Figures:
    """There is an invoice; a loan has none yet, a lecturer never."""
    if not claim.invoices and claim.kind != LOAN and not claim.is_lecture:
        yield {}


@rule("EX-02", TABLE, "C3", "申请金额{amount}元大于发票合计{total}元，差{gap}元。")
def covered_by_invoices(claim: ClaimFacts) -> Figures:
    """Amount ≤ sum of invoices, travel allowances excepted."""
    if claim.invoices and not claim.is_trip and claim.asked > claim.invoice_sum:
        yield {"amount": claim.asked, "total": claim.invoice_sum, "gap": claim.asked - claim.invoice_sum}


@rule("EX-02", TABLE, "C3", "合同付款的申请金额{amount}元应等于发票合计{total}元，少{gap}元。")
def contract_payment_equals_invoices(claim: ClaimFacts) -> Figures:
    """A contract payment asks for exactly what was invoiced."""
    if claim.invoices and claim.kind == CONTRACT_PAYMENT and claim.asked < claim.invoice_sum:
        yield {"amount": claim.asked, "total": claim.invoice_sum, "gap": claim.invoice_sum - claim.asked}


@rule("EX-06", TABLE, "C3；内控规范", "采购、维修类支出须有验收人签名，且不能是经办人本人。", at=(SUBMIT, PAY))
def accepted_by_another(claim: ClaimFacts) -> Figures:
    """Goods, repairs and works are accepted by somebody other than the handler."""
    bought = claim.category in NEEDS_ACCEPTANCE and claim.kind != LOAN
    if bought and (claim.acceptor is None or claim.acceptor == claim.handler):
        yield {}


@rule(
    "BG-01",
    TABLE,
    "预算法第十三条",
    "指标“{line}”可用{available}元，本单{amount}元，超出{over}元。请调整指标或改用其他经费。"
    "（预算法第十三条：未列入预算的不得支出）",
    at=(SUBMIT, PAY),
)
def within_budget(claim: ClaimFacts) -> Figures:
    """The budget line still has what this claim needs; looked at again before payment, since two claims may race."""
    if claim.line is None or claim.available is None or claim.to_pay <= claim.available:
        return
    yield {
        "line": claim.line.name,
        "available": claim.available,
        "amount": claim.to_pay,
        "over": claim.to_pay - claim.available,
    }
