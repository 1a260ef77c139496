"""What an invoice must satisfy, word for word (domain.md B24): IV-01 to IV-06."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.holds import Hold
from automations.rules.invoices import InvoiceFacts, invoice_key
from tests.office import SCHOOL, TAX_NO
from tests.rules.claim_world import CLAIM, CLERK, INVOICE, NORMS, NUMBER, OTHER, claim, papers
from tests.rules.world import facts, rules, said

DAY = date(2026, 8, 28)


def paper(
    others: Mapping[int, Mapping[str, Any]] | None = None,
    claims: Mapping[int, Mapping[str, Any]] | None = None,
    *,
    row_id: int = 50,
    holds: Iterable[Hold] = (),
    norms: Mapping[str, str] | None = None,
    moment: str = "提交",
    on: date | None = DAY,
    **cells: Any,
) -> InvoiceFacts:
    """Facts of invoice 50, judged with claim 1; claim 2 was submitted before."""
    found = facts(
        "invoices",
        {**INVOICE, **cells},
        {
            "invoices": others or {},
            "expense_claims": {1: CLAIM, 2: {**CLAIM, "code": "ZC-2026-0002", "status": "已批准"}, **(claims or {})},
        },
        row_id=row_id,
        norms={**NORMS, **(norms or {})},
        holds=holds,
        on=on,
        moment=moment,
        subject="expense_claims/ZC-2026-0001",
    )
    assert isinstance(found, InvoiceFacts)
    return found


def earlier(**cells: Any) -> Mapping[str, Any]:
    """An invoice of claim 2."""
    return {**INVOICE, "claim": 2, "inv_no": "26500000000000000777", **cells}


def test_a_proper_invoice_passes() -> None:
    for moment in ("提交", "会计", "付款"):
        assert said(paper(moment=moment)) == []


# 必填 -----------------------------------------------------------------------------------------------------------------
def test_required_cells() -> None:
    assert said(paper(seller=None, issued_on=None, file=())) == ["请填写：“开票日期”、“原件”、“销方名称”。"]
    assert said(paper(kind="车票机票", seller=None, buyer=None, buyer_tax=None)) == []
    assert said(paper(buyer=None, buyer_tax=None)) == ["请填写：“购方名称”、“购方税号”。"]
    assert said(paper(amount=Decimal(0))) == ["价税合计应大于0，现在是0元。"]
    assert said(paper(amount=Decimal("-986"))) == ["价税合计应大于0，现在是-986元。"]


def test_an_electronic_invoice_comes_as_a_file() -> None:
    message = ["请上传电子发票原件（XML、OFD或PDF），不能只传截图或照片。"]
    assert said(paper(file=papers("截图.PNG", "照片.jpg"))) == message
    assert said(paper(file=papers("截图.png", "发票.ofd"))) == []
    old = {"kind": "纸质普票", "inv_code": "0123456789", "inv_no": "12345678"}
    assert said(paper(file=papers("照片.jpg"), **old)) == []


# IV-01 ----------------------------------------------------------------------------------------------------------------
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
    assert said(paper(kind=kind, inv_code=code, inv_no=number)) == messages


# IV-02 ----------------------------------------------------------------------------------------------------------------
def hold(code: str, status: str) -> Hold:
    return Hold("invoice", NUMBER, "已用", Decimal(0), code, status, subject=f"expense_claims/{code}")


def test_iv02_a_number_is_used_once() -> None:
    """V10: the claim of March is named."""
    march, own = hold("ZC-2026-0042", "已归档"), hold("ZC-2026-0001", "已退回")
    assert said(paper(holds=[march])) == [f"发票{NUMBER}已用于支出单ZC-2026-0042（已归档），不能重复报销。"]
    assert said(paper(holds=[own])) == [], "a claim that was returned uses its own invoices again"
    assert said(paper()) == []


def test_iv02_a_claim_has_an_invoice_once() -> None:
    message = [f"发票{NUMBER}在本单中登记了两次，请删去多余的一行。"]
    twin = {49: {**INVOICE, "inv_no": f" {NUMBER[:4]} {NUMBER[4:]}"}}
    assert said(paper(twin), "IV-02") == message
    assert said(paper({51: INVOICE}), "IV-02") == [], "the row that came first is left in peace"
    assert said(paper({49: {**INVOICE, "claim": 9}}), "IV-02") == []


def test_one_invoice_has_one_key_however_it_is_typed() -> None:
    assert invoice_key({"inv_code": None, "inv_no": " 2650 0000 "}) == "26500000"
    assert invoice_key({"inv_code": "ab12", "inv_no": "00 1"}) == "AB12-001"
    assert invoice_key({"inv_code": "012", "inv_no": None}) == ""


# IV-03 ----------------------------------------------------------------------------------------------------------------
def test_iv03_the_buyer_is_the_school() -> None:
    """V12: a short name."""
    message = [f"购方名称应为“{SCHOOL}”，税号应为“{TAX_NO}”，请退换。"]
    assert said(paper(buyer="示例区党校")) == message
    assert said(paper(buyer_tax="91500101MA5U000000")) == message
    assert said(paper(buyer=f" {SCHOOL} ", buyer_tax=TAX_NO.lower())) == []
    assert said(paper(kind="定额票", inv_no="7", buyer="个人")) == []
    assert said(paper(buyer="示例区党校", norms={"school.name": ""})) == [], "a school without a name checks nobody's"


# IV-04 ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("verify", "kind", "problem"),
    [
        ("一致", "数电票", ""),
        ("未查验", "数电票", "尚未查验"),
        (None, "数电票", "尚未查验"),
        ("不适用", "数电票", "尚未查验"),
        ("不适用", "车票机票", ""),
        ("未查验", "车票机票", "尚未查验"),
        ("不一致", "数电票", "查验不一致"),
        ("已红冲", "数电票", "已红冲"),
    ],
)
def test_iv04_verified_by_the_accountant(verify: str | None, kind: str, problem: str) -> None:
    """V12: an invoice 已红冲."""
    message = [f"发票{problem}，不得报销（发票管理办法第二十条）。"] if problem else []
    for moment in ("会计", "付款"):
        assert said(paper(verify=verify, kind=kind, moment=moment)) == message
    early = message if problem != "尚未查验" else []
    assert said(paper(verify=verify, kind=kind)) == early, "the clerk cannot do it himself"


def test_iv04_the_claim_shows_it_to_the_accountant() -> None:
    found = claim({1: {**INVOICE, "verify": "未查验"}}, moment="会计")
    assert said(found, moment="会计") == [f"发票{NUMBER}：发票尚未查验，不得报销（发票管理办法第二十条）。"]


def test_iv04_nobody_corrects_a_sum_by_hand() -> None:
    message = ["原始凭证金额有误应由开具单位重开，不得更正（会计法第十四条）。"]
    assert said(paper(remark="金额已手改为986元")) == message
    assert said(paper(remark="销方已重开")) == []


# IV-05 ----------------------------------------------------------------------------------------------------------------
def test_iv05_the_same_seller_and_sum_within_days() -> None:
    message = ["与发票26500000000000000777销方、金额相同，日期相差3天，疑似重复或拆分。"]
    assert said(paper({7: earlier(issued_on=date(2026, 8, 25))})) == message
    assert said(paper({7: earlier(issued_on=date(2026, 8, 31))})) == message
    assert said(paper({7: earlier(issued_on=date(2026, 8, 24))})) == []
    assert said(paper({7: earlier(seller="示例五金店")})) == []
    assert said(paper({7: earlier(amount=Decimal("986.01"))})) == []
    assert said(paper({7: earlier(kind="定额票", inv_no="7")}, kind="定额票", inv_no="8")) == []


@pytest.mark.parametrize("status", ["草稿", "撤回", "不同意", "作废", None])
def test_iv05_an_invoice_that_nobody_uses_is_no_twin(status: str | None) -> None:
    assert said(paper({7: earlier(claim=3)}, {3: {**CLAIM, "status": status}})) == []
    assert said(paper({7: earlier(claim=None)})) == []


def test_iv05_of_two_twins_in_one_claim_one_speaks() -> None:
    twin = {**INVOICE, "inv_no": "26500000000000000777"}
    assert rules(paper({49: twin})) == ["IV-05"]
    assert rules(paper({51: twin})) == []


def test_iv05_consecutive_numbers_of_one_seller() -> None:
    """V11: 4,870 and 4,930 元, two days apart."""
    first = earlier(inv_no="26500000000000004870", amount=Decimal(4870), issued_on=date(2026, 8, 26))
    second = {"inv_no": "26500000000000004871", "amount": Decimal(4930)}
    message = ["与发票26500000000000004870销方相同、号码相连，日期相差2天，疑似重复或拆分。"]
    assert said(paper({7: first}, **second)) == message
    assert said(paper({7: {**first, "inv_no": "26500000000000004872"}}, **second)) == [
        "与发票26500000000000004872销方相同、号码相连，日期相差2天，疑似重复或拆分。"
    ]
    assert said(paper({7: {**first, "inv_no": "26500000000000004873"}}, **second)) == []
    assert said(paper({7: {**first, "issued_on": date(2026, 8, 24)}}, **second)) == []
    assert said(paper({7: {**first, "claim": 1}}, **second)) == [], "one purchase, one claim"
    assert said(paper({7: {**first, "amount": Decimal(4930)}}, **second)) == [
        "与发票26500000000000004870销方、金额相同，日期相差2天，疑似重复或拆分。"
    ], "said once"


def test_iv05_numbers_keep_their_zeros() -> None:
    old = {"kind": "纸质普票", "inv_code": "0123456789"}
    first = earlier(inv_no="00000009", amount=Decimal(10), **old)
    assert rules(paper({7: first}, inv_no="00000010", **old)) == ["IV-05"]
    assert rules(paper({7: {**first, "inv_code": "9876543210"}}, inv_no="00000010", **old)) == []


def test_iv05_two_colleagues_in_one_hotel() -> None:
    """Two hotel invoices of one seller for different travellers must not fire; those of one traveller do."""
    room = {"item": "*住宿服务*住宿费", "seller": "示例宾馆"}
    trips = {1: {**CLAIM, "payee": CLERK}, 2: {**CLAIM, "payee": OTHER, "status": "已批准"}}
    assert said(paper({7: earlier(**room)}, trips, **room)) == []
    alone = {1: trips[1], 2: {**trips[2], "payee": CLERK}}
    assert rules(paper({7: earlier(**room)}, alone, **room)) == ["IV-05"]
    together = {1: {**trips[1], "travellers": (CLERK, OTHER)}}
    assert said(paper({7: earlier(claim=1, **room)}, together, **room)) == []
    assert rules(paper({7: earlier(claim=1, **room)}, alone, **room)) == ["IV-05"]


# IV-06 ----------------------------------------------------------------------------------------------------------------
def test_iv06_dated_by_the_day_of_submission() -> None:
    """Today is 2026-09-01."""
    assert said(paper(issued_on=date(2026, 9, 2))) == ["开票日期2026-09-02晚于提交日。"]
    assert said(paper(issued_on=date(2026, 9, 1))) == []


def test_iv06_not_long_before_the_business() -> None:
    """The business was on 2026-08-28."""
    assert said(paper(issued_on=date(2026, 7, 28))) == ["开票日期2026-07-28早于业务发生日30天以上。"]
    assert said(paper(issued_on=date(2026, 7, 29))) == []


# Figures --------------------------------------------------------------------------------------------------------------
def test_the_answer_in_the_row() -> None:
    cells = compute(paper(moment="")).cells
    assert cells == {"inv_key": NUMBER, "dup": "无", "state": None, "check_result": "通过", "check_message": None}
    cells = compute(paper(moment="", buyer="示例区党校", holds=[hold("ZC-2026-0042", "已支付")])).cells
    assert (cells["dup"], cells["check_result"]) == ("重复", "拦截")
    assert cells["check_message"] == (
        f"发票{NUMBER}已用于支出单ZC-2026-0042（已支付），不能重复报销。\n"
        f"购方名称应为“{SCHOOL}”，税号应为“{TAX_NO}”，请退换。"
    )
    cells = compute(paper({7: earlier()}, moment="")).cells
    assert (cells["dup"], cells["check_result"], cells["check_message"]) == ("疑似", "通过", None)
    assert compute(paper(moment="", issued_on=date(2026, 7, 1))).cells["check_result"] == "提示"
    assert compute(paper(moment="", verify="未查验")).cells["check_result"] == "通过", "that is for 会计 to do"
    assert set(compute(paper(moment="", inv_no=None)).cells.values()) == {None}


@pytest.mark.parametrize(
    ("status", "state"),
    [("签批中", None), ("草稿", None), ("作废", "已释放"), ("不同意", "已释放"), ("撤回", "已释放")],
)
def test_the_state_of_an_invoice(status: str, state: str | None) -> None:
    claims = {1: {**CLAIM, "status": status}}
    assert compute(paper(claims=claims)).cells["state"] == state
    assert compute(paper(claims=claims, holds=[hold("ZC-2026-0001", "已支付")])).cells["state"] == "已用"


def test_a_good_date_is_not_looked_at_every_day() -> None:
    """Else every invoice of the school would be examined anew each morning."""
    found = paper(moment="", on=date(2026, 9, 1))
    with found.books.marking() as marks:
        compute(found)
    assert ("day",) not in marks
