"""To whom the money goes (domain.md B1.5, C3, C6): EX-10, V20, CT-07, C6."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.rules.claim_world import claim, invoice, living, papers
from tests.rules.world import rules, said

SHOP: Mapping[str, Any] = {
    "name": "示例文具商行",
    "bank_account": "6222 0000 1234",
    "bank_verified": True,
    "license_due": date(2026, 8, 28),
    "kinds": ("办公用品",),
}
OTHER_SHOP = {**SHOP, "name": "示例五金店"}


def paid_to(
    shop: Mapping[str, Any] | None = None,
    invoices: Any = None,
    tables: Mapping[str, Any] | None = None,
    **cells: Any,
) -> Any:
    """A claim that pays the company of row 3."""
    rows = {"vendors": {3: {**SHOP, **(shop or {})}, 4: OTHER_SHOP}, **(tables or {})}
    base = {"payee_kind": "服务商", "payee": None, "vendor": 3, "payee_account": "622200001234"}
    return claim(invoices, rows, **{**base, **cells})


# EX-10 ----------------------------------------------------------------------------------------------------------------
def test_ex10_the_seller_is_paid() -> None:
    assert said(paid_to()) == []
    message = ["收款人“示例文具商行”与发票销方“示例五金店”不一致，请附情况说明并由会计核实。"]
    others = {1: invoice(seller="示例五金店", amount=Decimal(500)), 2: invoice(seller="示例五金店", inv_no="3" * 20)}
    assert said(paid_to(invoices=others), "EX-10") == message, "each pair once"
    assert said(claim(others), "EX-10") == [], "whoever laid out the money is no company"


def test_ex10_names_are_the_same_however_they_are_typed() -> None:
    assert said(paid_to({"name": "示例文具（万州） 商行"}, {1: invoice(seller="示例文具(万州)商行")})) == []
    assert said(paid_to(invoices={1: invoice(seller=None)}), "EX-10") == []


def test_ex10_another_payee_may_be_explained() -> None:
    explained = papers("明细.txt", "情况说明.pdf")
    found = paid_to(invoices={1: invoice(seller="示例五金店")}, attachments=explained)
    assert said(found) == ["收款人“示例文具商行”与发票销方“示例五金店”不一致，附有情况说明，请会计核实。"]


def test_ex10_the_seller_has_the_contract() -> None:
    message = ["收款人“示例五金店”与发票销方“示例文具商行”不一致，请附情况说明并由会计核实。"]
    assert said(paid_to(contract=9, tables={"contracts": {9: {"vendor": 4}}}), "EX-10") == message
    assert said(paid_to(contract=9, tables={"contracts": {9: {"vendor": 3}}}), "EX-10") == []


def test_ex10_the_account_is_the_known_one() -> None:
    """V20: the account in 服务商 was changed after the claim was signed."""
    message = ["账号（尾号1234）与服务商“示例文具商行”登记的银行账号（尾号9999）不一致，请核对。"]
    assert said(paid_to({"bank_account": "622200009999"})) == message
    assert said(paid_to({"bank_account": "622200009999"}, moment="付款"), moment="付款") == message
    assert said(paid_to({"bank_account": "６２２２００００１２３４"})) == []
    assert said(paid_to({"bank_account": None})) == []


# While it waits -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"bank_verified": False}, "服务商“示例文具商行”收款账号已变更，未经会计核实前不能付款。"),
        ({"blocked": True, "block_reason": "质量问题"}, "“示例文具商行”已停用（质量问题），不能新签合同或付款。"),
        ({"blocked": True}, "“示例文具商行”已停用（未写原因），不能新签合同或付款。"),
    ],
)
def test_v20_a_company_is_watched_until_it_is_paid(changed: dict[str, Any], message: str) -> None:
    for status in ("签批中", "已批准"):
        assert said(paid_to(changed, status=status), moment="随时") == [message]
        assert said(paid_to(status=status), moment="随时") == []
    for status in ("草稿", "已退回", "已支付", "作废"):
        assert said(paid_to(changed, status=status), moment="随时") == []
    assert said(paid_to(changed, moment="付款"), moment="付款") == [message]


def test_ct07_the_licence_was_in_force_on_that_day() -> None:
    """The business was on 2026-08-28."""
    expired = {"license_due": date(2026, 8, 27)}
    assert said(paid_to(expired)) == ["“示例文具商行”证照已到期。"]
    assert said(paid_to({**expired, "kinds": ("食材", "餐饮")})) == ["“示例文具商行”食品经营许可证已到期。"]
    assert said(paid_to({"license_due": date(2026, 8, 28)})) == []
    assert said(paid_to({"license_due": None})) == []


# C6 -------------------------------------------------------------------------------------------------------------------
def test_c6_large_payments_have_a_contract() -> None:
    message = ["向“示例文具商行”付款10,000元，达到10,000元，请签订合同并关联。"]
    assert said(paid_to(amount=Decimal(10000)), "C6") == message
    assert said(paid_to(amount=Decimal("9999.99")), "C6") == []
    assert said(paid_to(amount=Decimal(10000), contract=9, tables={"contracts": {9: {"vendor": 3}}}), "C6") == []
    assert said(paid_to(amount=Decimal(10000), category="电费"), "C6") == []
    assert said(claim(amount=Decimal(10000)), "C6") == []


def payments(*others: Mapping[str, Any]) -> list[str]:
    base = {"payee_kind": "服务商", "payee": None, "vendor": 3}
    rows = {i: living(**{**base, **cells}) for i, cells in enumerate(others, start=2)}
    return said(paid_to(tables={"expense_claims": rows, "contracts": {9: {"vendor": 3}}}), "C6")


def test_c6_regular_payments_have_a_contract() -> None:
    """The third quarter runs from 1 July to 30 September."""
    july, september = {"biz_date": date(2026, 7, 1)}, {"biz_date": date(2026, 9, 30)}
    assert payments(july, september) == ["向“示例文具商行”本季度第3次付款，请签订合同并关联。"]
    assert payments(july, september, july) == ["向“示例文具商行”本季度第4次付款，请签订合同并关联。"]
    assert payments(july) == []


@pytest.mark.parametrize(
    "other",
    [
        {"biz_date": date(2026, 6, 30)},
        {"biz_date": date(2025, 8, 1)},
        {"status": "作废"},
        {"status": "草稿"},
        {"vendor": 4},
        {"contract": 9},
        {"payee_kind": "个人"},
    ],
)
def test_c6_what_is_no_payment_of_the_quarter(other: Mapping[str, Any]) -> None:
    assert payments({}, other) == []


def test_c6_payments_under_a_framework_contract_are_free() -> None:
    rows = {i: living(payee_kind="服务商", payee=None, vendor=3) for i in (2, 3, 4)}
    tables = {"expense_claims": rows, "contracts": {9: {"vendor": 3}}}
    assert "C6" not in rules(paid_to(contract=9, tables=tables))
