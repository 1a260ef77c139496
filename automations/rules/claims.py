"""What a claim itself must satisfy, at submission and again before payment (domain.md C3, C5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from automations.approvals.words import money
from automations.rules.base import rule
from automations.schema import Table
from automations.tables.values import File, Value, Values

TABLE = "expense_claims"
TRAVEL = "差旅费"
CONTRACT_PAYMENT = "合同付款"
NEEDS_ACCEPTANCE = frozenset({"办公费", "印刷费", "维修维护费", "食材费", "资产购置", "工程改造"})
"""Goods, repairs and works: somebody else than the handler must have accepted them (EX-06)."""

NEEDED_PAPERS: Mapping[str, tuple[str, ...]] = {
    "公务接待费": ("公函", "审批单", "接待清单"),
    "培训费": ("通知", "签到", "签收"),
    "会议费": ("通知", "签到"),
    "维修维护费": ("工单", "验收"),
    "印刷费": ("清单",),
    "讲课费": ("身份", "职称", "学时"),
}
"""Words that must stand in the names of the attachments, by 支出类别 (EX-12)."""

PAPER_BY_LINK = {"审批单": "request", "工单": "issue", "验收": "acceptor"}
"""Papers that a filled column proves as well as an attachment does."""


@dataclass(frozen=True)
class ClaimFacts:
    """All that the rules of a claim look at.

    Attributes:
        table: Schema of ``expense_claims``.
        row: The claim's values.
        invoices: Its invoices' values by row id.
        line: The budget line's values, None where none is chosen.
        available: 元 left on that line besides what this claim itself holds; None without a line.
        to_pay: 元 to be paid.
        invoice_messages: What the rules of each invoice said (拦截 only), by row id.
    """

    table: Table
    row: Values
    invoices: Mapping[int, Values]
    line: Values | None
    available: Decimal | None
    to_pay: Decimal
    invoice_messages: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def invoice_sum(self) -> Decimal:
        """元 on all invoices."""
        return sum((a for v in self.invoices.values() if isinstance(a := v.get("amount"), Decimal)), Decimal(0))

    def __getitem__(self, name: str) -> Value:
        return self.row.get(name)


def _empty(value: Value) -> bool:
    return value is None or value == () or value == ""


@rule("必填", TABLE, "B23")
def required_cells(facts: ClaimFacts) -> Iterator[str]:
    """Everything marked ● is filled, the payee fits its kind, and there is an invoice."""
    missing = [
        f.title
        for f in facts.table.fields
        if f.required is True and f.name != "status" and _empty(facts.row.get(f.name))
    ]
    if facts["payee_kind"] in ("个人", "公务卡") and facts["payee"] is None:
        missing.append(facts.table["payee"].title)
    if facts["payee_kind"] == "服务商" and facts["vendor"] is None:
        missing.append(facts.table["vendor"].title)
    if missing:
        yield f"请填写：{'、'.join(f'“{title}”' for title in missing)}。"
    amount = facts["amount"]
    if isinstance(amount, Decimal) and amount <= 0:
        yield f"申请金额应大于0，现在是{money(amount)}元。"
    if not facts.invoices:
        yield "还没有登记发票：请在“发票”表中新增发票，并在“支出单”一栏选中本单。"


@rule("EX-02", TABLE, "C3")
def covered_by_invoices(facts: ClaimFacts) -> Iterator[str]:
    """Amount ≤ sum of invoices (travel allowances excepted); equal for a contract payment."""
    amount, total = facts["amount"], facts.invoice_sum
    if not isinstance(amount, Decimal) or not facts.invoices:
        return
    if facts["kind"] == CONTRACT_PAYMENT and amount < total:
        yield f"合同付款的申请金额{money(amount)}元应等于发票合计{money(total)}元，少{money(total - amount)}元。"
    elif amount > total and (facts["category"] != TRAVEL or facts["kind"] == CONTRACT_PAYMENT):
        yield f"申请金额{money(amount)}元大于发票合计{money(total)}元，差{money(amount - total)}元。"


@rule("EX-06", TABLE, "C3；内控规范")
def accepted_by_another(facts: ClaimFacts) -> Iterator[str]:
    """Goods, repairs and works are accepted by somebody other than the handler."""
    acceptor = facts["acceptor"]
    if facts["category"] in NEEDS_ACCEPTANCE and (acceptor is None or acceptor == facts["handler"]):
        yield "采购、维修类支出须有验收人签名，且不能是经办人本人。"


@rule("EX-12", TABLE, "C3")
def papers_attached(facts: ClaimFacts) -> Iterator[str]:
    """The papers that each 支出类别 needs are attached, judged by the names of the files."""
    attached = facts["attachments"]
    files = attached if isinstance(attached, tuple) else ()
    names = " ".join(f.name for f in files if isinstance(f, File))
    needed = NEEDED_PAPERS.get(str(facts["category"]), ())
    missing = [paper for paper in needed if paper not in names and facts.row.get(PAPER_BY_LINK.get(paper, "")) is None]
    if missing:
        yield f"缺少附件：{'、'.join(missing)}。"


@rule("BG-01", TABLE, "预算法第十三条", at_payment=True)
def within_budget(facts: ClaimFacts) -> Iterator[str]:
    """The budget line still has what this claim needs; looked at again before payment, since two claims may race."""
    if facts.line is None or facts.available is None or facts.to_pay <= facts.available:
        return
    over = facts.to_pay - facts.available
    yield (
        f"指标“{facts.line.get('name')}”可用{money(facts.available)}元，本单{money(facts.to_pay)}元，超出{money(over)}元。"
        "请调整指标或改用其他经费。（预算法第十三条：未列入预算的不得支出）"
    )


@rule("IV-01/02/03", TABLE, "C3")
def invoices_in_order(facts: ClaimFacts) -> Iterator[str]:
    """What the rules of its invoices stop, the claim shows: number, duplicate, buyer."""
    for row_id, messages in sorted(facts.invoice_messages.items()):
        number = facts.invoices[row_id].get("inv_no") or "（未填号码）"
        for message in messages:
            yield message if str(number) in message else f"发票{number}：{message}"
