"""How the money leaves (domain.md C2–C4): EX-09, IN-03, urgency."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.rules.base import examine
from tests.rules.claim_world import claim, invoice, living, papers
from tests.rules.world import rules, said

FROM_INCOME = "检测到疑似“坐支”：{}。收入先全额缴库，支出另行申请，不得以收抵支。"


def cash(amount: str = "986", **cells: Any) -> Any:
    """About to be paid in cash on Tuesday 2026-09-15."""
    paid_on = date(2026, 9, 15)
    return claim(**{"moment": "付款", "pay_method": "现金", "paid_on": paid_on, "amount": Decimal(amount), **cells})


# EX-09 ----------------------------------------------------------------------------------------------------------------
def test_ex09_little_in_cash() -> None:
    message = ["超过1000元不得使用现金，请转账或使用公务卡。"]
    assert said(cash("1000.01", category="其他"), moment="付款") == message
    assert said(cash("1000.00", category="其他"), moment="付款") == []
    assert said(cash("1200", category="其他", payable=Decimal(1000)), moment="付款") == [], "what 会计 set counts"
    assert said(cash("1200", category="其他", pay_method="公务卡"), moment="付款") == []
    assert said(cash("600", category="其他", norms={"cash.limit": "500"}), moment="付款") == [
        "超过500元不得使用现金，请转账或使用公务卡。"
    ]


def test_ex09_card_items_never_in_cash() -> None:
    message = ["“印刷费”属于公务卡强制结算目录，不得使用现金，请使用公务卡或转账。"]
    assert said(cash(category="印刷费"), "EX-09", "付款") == message
    assert said(cash(category="印刷费", pay_method="银行转账"), "EX-09", "付款") == []
    assert said(cash(category="办公费"), "EX-09", "付款") == []


# IN-03 ----------------------------------------------------------------------------------------------------------------
RENT = {
    "code": "SR-2026-0020",
    "kind": "场地设施收入",
    "payer": "示例公司",
    "amount": Decimal(3600),
    "received": Decimal(3600),
    "received_on": date(2026, 9, 15),
    "method": "现金",
    "status": "已收",
}


def with_income(**cells: Any) -> dict[str, Any]:
    return {"income": {1: {**RENT, **cells}}}


def test_v13_income_spent_directly() -> None:
    """3,600 元 taken in cash on 9/15, and a canteen claim of 3,600 元 paid in cash on the same day."""
    found = cash("3600", category="食材费", request=7, tables={**with_income(), **PERMITTED})
    what = "2026-09-15以现金支付3,600元，当日尚有现金收入SR-2026-0020（3,600元）未缴库"
    assert said(found, moment="付款") == ["超过1000元不得使用现金，请转账或使用公务卡。", FROM_INCOME.format(what)]
    [netting] = [f for f in examine(found, "付款") if f.rule == "IN-03"]
    assert (netting.severity, netting.gravity) == ("拦截", "严重")


PERMITTED = {"requests": {7: {"kind": "零星采购", "status": "已批准", "est_amount": Decimal(4000)}}}


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ({}, True),
        ({"received_on": date(2026, 9, 14)}, True),
        ({"received_on": date(2026, 9, 16)}, False),
        ({"remitted": Decimal(3600), "remitted_on": date(2026, 9, 15)}, False),
        ({"remitted": Decimal(3600), "remitted_on": date(2026, 9, 16)}, True),
        ({"remitted": Decimal("3599.99"), "remitted_on": date(2026, 9, 15)}, True),
        ({"method": "对公转账"}, False),
        ({"status": "退款"}, False),
        ({"received": None, "received_on": None, "status": "应收"}, False),
    ],
)
def test_in03_cash_income_in_the_house(cells: dict[str, Any], kept: bool) -> None:
    assert ("IN-03" in rules(cash(tables=with_income(**cells)), "付款")) is kept
    assert "IN-03" not in rules(cash(tables=with_income(**cells), pay_method="公务卡"), "付款")


def test_in03_without_a_day_today_counts() -> None:
    """Today is 2026-09-01."""
    assert "IN-03" in rules(cash(paid_on=None, tables=with_income(received_on=date(2026, 9, 1))), "付款")
    assert "IN-03" not in rules(cash(paid_on=None, tables=with_income()), "付款")


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"title": "场地费冲抵食材款"}, "事由中写有“冲抵”"),
        ({"title": "食材款（从收入中列支）"}, "事由中写有“从收入中列支”"),
        ({"remark": "与房租抵扣后支付"}, "备注中写有“抵扣”"),
        ({"remark": "已扣除租金3,600元"}, "备注中写有“扣除租”"),
        ({"attachments": papers("收入抵扣表.xlsx")}, "附件名称中写有“抵扣”"),
        ({"title": "购置订书机，不得冲抵"}, ""),
        ({"attachments": papers("发票抵扣联.pdf")}, ""),
        ({"remark": "冲抵借款800元"}, ""),
        ({"title": "折扣租车费"}, ""),
    ],
)
def test_in03_words_that_tell(cells: dict[str, Any], what: str) -> None:
    message = [FROM_INCOME.format(what)] if what else []
    assert said(claim(**cells), "IN-03") == message
    assert said(claim(**cells), "IN-03", "付款") == message


def netted(rent: Mapping[str, Any] | None = None, **cells: Any) -> list[str]:
    """示例餐饮公司 bills 10,000 元 and is paid 6,400 元; it owes 3,600 元 of rent."""
    owed = {"code": "SR-2026-0031", "kind": "资产出租出借", "amount": Decimal(3600), "status": "应收", "contract": 9}
    tables = {
        "vendors": {3: {"name": "示例餐饮公司", "bank_verified": True}},
        "contracts": {9: {"vendor": 3}},
        "income": {1: {**owed, **(rent or {})}},
    }
    base = {"payee_kind": "服务商", "payee": None, "vendor": 3, "contract": 9, "amount": Decimal(6400)}
    bill = {1: invoice(seller="示例餐饮公司", amount=Decimal(10000))}
    return said(claim(bill, tables, **{**base, **cells}), "IN-03")


def test_in03_rent_is_not_taken_off_a_bill() -> None:
    what = "“示例餐饮公司”发票10,000元只申请6,400元，少3,600元，与其未交的租金（SR-2026-0031）相抵"
    assert netted() == [FROM_INCOME.format(what)]
    assert netted({"contract": None, "payer": "示例餐饮公司"}) == [FROM_INCOME.format(what)]
    assert netted({"status": "已收"}) == []
    assert netted({"kind": "培训费收入"}) == []
    assert netted(amount=Decimal(6500)) == [], "some other reason"
    assert netted(amount=Decimal(10000)) == []


# Urgency --------------------------------------------------------------------------------------------------------------
def test_moving_money_is_never_urgent() -> None:
    message = ["资金划转、借款不属于紧急事项（仅限抢修、防汛、医疗、食品安全），请取消“紧急”，按正常程序办理。"]
    assert said(claim(urgent=True, title="食堂专户资金划转"), "C2-紧急")[:1] == message
    assert said(claim({}, urgent=True, kind="借款"), "C2-紧急")[:1] == message
    assert message[0] not in said(claim({}, urgent=True, kind="借款", title="水管抢修借款"))
    assert message[0] not in said(claim(urgent=True, title="水管抢修"))
    assert said(claim(title="食堂专户资金划转"), "C2-紧急") == []


def urgent_among(total: int, urgent: int = 1, **cells: Any) -> list[str]:
    """The claim is urgent, and so are ``urgent - 1`` of the other claims of its department in the quarter."""
    rows = {i + 1: living(urgent=i < urgent, **cells) for i in range(1, total)}
    return said(claim(urgent=True, title="水管抢修", tables={"expense_claims": rows}), "C2-紧急")


def test_urgency_is_rare() -> None:
    assert urgent_among(10) == []
    assert urgent_among(9) == ["行政科本季度已有1笔紧急支出，占全部9笔的11%，超过10%，请分管领导了解原因。"]
    assert urgent_among(20, urgent=3) == ["行政科本季度已有3笔紧急支出，占全部20笔的15%，超过10%，请分管领导了解原因。"]
    assert len(urgent_among(10, biz_date=date(2026, 6, 30))) == 1, "the others are of another quarter"
    assert len(urgent_among(10, status="作废")) == 1
    assert len(urgent_among(10, department=2)) == 1
