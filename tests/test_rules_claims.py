"""What a claim and its invoices must satisfy: each rule alone, word for word (domain.md B24, C3, C5)."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from automations.rules import RULES, examine
from automations.rules.base import Rule
from automations.rules.claims import ClaimFacts
from automations.rules.invoices import InvoiceFacts, invoice_key
from automations.tables.values import File, Value
from tests.office import SCHOOL, TAX_NO, schema

NUMBER = "26500000000000000001"
CLAIM: Mapping[str, Value] = {
    "kind": "报销",
    "category": "办公费",
    "title": "购置打印纸",
    "handler": 1,
    "department": 1,
    "payee_kind": "个人",
    "payee": 1,
    "payee_account": "本人工资卡",
    "budget_line": 1,
    "biz_date": "2026-08-28",
    "amount": Decimal("986.00"),
    "attach_n": Decimal(2),
    "attachments": (File("明细.txt", 1, "r"),),
    "acceptor": 2,
}
INVOICE: Mapping[str, Value] = {
    "kind": "数电票",
    "inv_no": NUMBER,
    "amount": Decimal("986.00"),
    "buyer": SCHOOL,
    "buyer_tax": TAX_NO,
}


def found(
    at_payment: bool = False,
    invoices: Mapping[int, Mapping[str, Value]] | None = None,
    available: str = "20000",
    messages: Mapping[int, tuple[str, ...]] | None = None,
    **changes: Value,
) -> list[tuple[str, str]]:
    row = {**CLAIM, **changes}
    amount = row["amount"]
    facts = ClaimFacts(
        table=schema()["expense_claims"],
        row=row,
        invoices={1: INVOICE} if invoices is None else invoices,
        line={"name": "日常办公费"},
        available=Decimal(available),
        to_pay=amount if isinstance(amount, Decimal) else Decimal(0),
        invoice_messages=messages or {},
    )
    return [(f.rule, f.message) for f in examine("expense_claims", facts, at_payment=at_payment)]


def papers(*names: str) -> tuple[File, ...]:
    return tuple(File(name, 1, name) for name in names)


def test_a_complete_claim_passes() -> None:
    assert found() == []


def test_required_cells_are_named_all_at_once() -> None:
    assert found(title=None, payee_account=None, attachments=()) == [("必填", "请填写：“事由”、“账号”、“附件”。")]
    assert found(payee=None) == [("必填", "请填写：“收款人”。")]
    assert found(payee=None, payee_kind="服务商") == [("必填", "请填写：“服务商”。")]
    assert found(amount=Decimal(0)) == [("必填", "申请金额应大于0，现在是0元。")]
    assert found(invoices={}) == [("必填", "还没有登记发票：请在“发票”表中新增发票，并在“支出单”一栏选中本单。")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": Decimal("986.00")}, ""),
        ({"amount": Decimal("900.00")}, ""),
        ({"amount": Decimal("1250.50")}, "申请金额1,250.50元大于发票合计986元，差264.50元。"),
        ({"amount": Decimal("1250"), "category": "差旅费"}, ""),
        ({"amount": Decimal("900"), "kind": "合同付款"}, "合同付款的申请金额900元应等于发票合计986元，少86元。"),
        (
            {"amount": Decimal("1250"), "category": "差旅费", "kind": "合同付款"},
            "申请金额1,250元大于发票合计986元，差264元。",
        ),
    ],
)
def test_ex02_the_invoices_cover_the_amount(changes: dict[str, Value], message: str) -> None:
    assert found(**changes) == ([("EX-02", message)] if message else [])


def test_ex06_somebody_else_accepts_goods_and_repairs() -> None:
    message = "采购、维修类支出须有验收人签名，且不能是经办人本人。"
    assert found(acceptor=None) == [("EX-06", message)]
    assert found(acceptor=1) == [("EX-06", message)]
    assert found(acceptor=None, category="水费") == []


@pytest.mark.parametrize(
    ("category", "files", "more", "missing"),
    [
        ("公务接待费", ("公函.pdf",), {}, "审批单、接待清单"),
        ("公务接待费", ("公函.pdf", "接待清单.xlsx"), {"request": 7}, ""),
        ("培训费", ("培训通知.pdf", "签到表.pdf", "讲课费签收.pdf"), {}, ""),
        ("培训费", ("培训通知.pdf",), {}, "签到、签收"),
        ("会议费", ("会议通知.pdf",), {}, "签到"),
        ("维修维护费", ("照片.jpg",), {}, "工单"),
        ("维修维护费", ("照片.jpg",), {"issue": 3}, ""),
        ("印刷费", ("样张.pdf",), {}, "清单"),
        ("讲课费", ("身份证.jpg", "职称证.jpg"), {}, "学时"),
        ("办公费", ("明细.txt",), {}, ""),
    ],
)
def test_ex12_the_papers_of_each_category(
    category: str, files: tuple[str, ...], more: dict[str, Value], missing: str
) -> None:
    wanted = [("EX-12", f"缺少附件：{missing}。")] if missing else []
    assert found(category=category, attachments=papers(*files), **more) == wanted


def test_bg01_the_three_figures() -> None:
    """V18."""
    message = (
        "指标“日常办公费”可用300元，本单1,250元，超出950元。请调整指标或改用其他经费。"
        "（预算法第十三条：未列入预算的不得支出）"
    )
    invoices = {1: {**INVOICE, "amount": Decimal(1250)}}
    assert found(amount=Decimal(1250), available="300", invoices=invoices) == [("BG-01", message)]
    assert found(amount=Decimal(1250), available="1250", invoices=invoices) == []


def test_only_the_budget_is_looked_at_again_before_payment() -> None:
    assert found(at_payment=True, title=None, acceptor=None) == []
    assert [rule for rule, _ in found(at_payment=True, available="1")] == ["BG-01"]


def test_what_its_invoices_stop_the_claim_shows() -> None:
    said = (
        f"发票{NUMBER}已用于支出单ZC-2026-0003（已支付），不能重复报销。",
        "购方名称应为“甲”，税号应为“乙”，请退换。",
    )
    assert found(messages={1: said}) == [
        ("IV-01/02/03", said[0]),
        ("IV-01/02/03", f"发票{NUMBER}：{said[1]}"),
    ]


def test_a_rule_that_trips_stops_its_row_and_does_not_count_as_passed() -> None:
    broken = Rule("XX-01", "expense_claims", "提示", "", lambda facts: 1 / 0)  # type: ignore[arg-type, return-value]
    RULES.append(broken)
    try:
        [finding] = examine(
            "expense_claims",
            facts := ClaimFacts(schema()["expense_claims"], CLAIM, {1: INVOICE}, None, None, Decimal(1)),
        )
        assert facts and (finding.rule, finding.severity) == ("XX-01", "拦截")
        assert finding.message == "规则XX-01检查本行时出错（division by zero），本行先停在这里，请联系信息科处理。"
    finally:
        RULES.remove(broken)


# --- invoices ---------------------------------------------------------------------------------------------------
def invoice(used_by: tuple[str, str] | None = None, school: str = SCHOOL, **changes: Value) -> list[tuple[str, str]]:
    facts = InvoiceFacts({**INVOICE, **changes}, used_by, school, TAX_NO)
    return [(f.rule, f.message) for f in examine("invoices", facts)]


def test_a_proper_invoice_passes() -> None:
    assert invoice() == []


@pytest.mark.parametrize(
    ("kind", "code", "number", "messages"),
    [
        ("数电票", None, "2650000000000000000", ["数电票号码应为20位数字，当前19位。"]),
        ("数电票", None, "2650000000000000000x", ["数电票号码应为20位数字，当前20位。"]),
        ("数电票", None, "２" * 20, ["数电票号码应为20位数字，当前20位。"]),
        ("电子普票", "0123456789", "12345678", []),
        ("纸质专票", "012345678901", "12345678", []),
        (
            "纸质普票",
            "01234567890",
            "1234567",
            ["纸质普票代码应为10位或12位数字，当前11位。", "纸质普票号码应为8位数字，当前7位。"],
        ),
        ("财政电子票据", "12345678", "1234567890", []),
        (
            "财政电子票据",
            None,
            "12345678",
            ["财政电子票据代码应为8位数字，当前0位。", "财政电子票据号码应为10位数字，当前8位。"],
        ),
        ("定额票", None, "7", []),
    ],
)
def test_iv01_numbers_have_their_form(kind: str, code: str | None, number: str, messages: list[str]) -> None:
    assert invoice(kind=kind, inv_code=code, inv_no=number) == [("IV-01", m) for m in messages]


def test_iv02_a_number_is_used_once() -> None:
    """V10: the claim of March is named."""
    assert invoice(used_by=("ZC-2026-0042", "已归档")) == [
        ("IV-02", f"发票{NUMBER}已用于支出单ZC-2026-0042（已归档），不能重复报销。")
    ]


def test_iv03_the_buyer_is_the_school() -> None:
    """V12: a short name."""
    message = f"购方名称应为“{SCHOOL}”，税号应为“{TAX_NO}”，请退换。"
    assert invoice(buyer="示例区党校") == [("IV-03", message)]
    assert invoice(buyer_tax="91500101MA5U000000") == [("IV-03", message)]
    assert invoice(buyer=f" {SCHOOL} ", buyer_tax=TAX_NO.lower()) == []
    assert invoice(kind="定额票", inv_no="7", buyer="个人") == []
    assert invoice(buyer="示例区党校", school="") == [], "a school that has not said its name checks nobody's"


def test_one_invoice_has_one_key_however_it_is_typed() -> None:
    assert invoice_key({"inv_no": " 2650 0000 "}) == "26500000"
    assert invoice_key({"inv_code": "ab12", "inv_no": "00 1"}) == "AB12-001"
    assert invoice_key({"inv_code": "012", "inv_no": None}) == ""
