"""服务商: a real company, entered once, paid to an account that 会计 confirmed (domain.md B1.5; V20)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.demo.school import VENDORS
from automations.figures import compute
from automations.rules import examine
from automations.rules.vendors import code_is_valid
from tests.rules.world import facts, rules, said

GOOD, ANOTHER = "915000000000000192", "915000000000000785"
VENDOR: dict[str, Any] = {
    "name": "示例物业公司",
    "uscc": GOOD,
    "kinds": ("物业",),
    "legal_status": "企业法人",
    "is_sme": True,
    "bank_name": "示例银行",
    "bank_account": "6200000000000192",
    "bank_verified": True,
    "status": "在册",
}
MOMENTS = ("随时", "在册")


def vendor(moment: str = "随时", cells: dict[str, Any] | None = None, **more: Any) -> Any:
    return facts("vendors", {**VENDOR, **(cells or {})}, moment=moment, **more)


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_ordinary_company_passes(moment):
    assert rules(vendor(moment)) == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_must_be_filled(moment):
    blank = {name: None for name in ("name", "uscc", "kinds", "legal_status", "bank_name", "bank_account")}
    assert said(vendor(moment, blank)) == [
        "请填写：“名称”、“统一社会信用代码”、“服务类别”、“主体类型”、“开户行”、“银行账号”。"
    ]
    assert said(vendor(moment, {"kinds": ("食材",)})) == ["请填写：“证照到期日”。"]
    assert said(vendor(moment, {"kinds": ("餐饮",), "license_due": date(2027, 1, 1)})) == []
    assert said(vendor(moment, {"blocked": True}), "必填") == ["请填写：“停用原因”。"]
    assert said(vendor(moment, {"blocked": True, "block_reason": "食品抽检不合格"}), "必填") == []


# --- the code ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    "code",
    [
        "915000000000000193",  # one digit of the check digit
        "915000000000001092",  # two digits changed places
        "91500000000000019",  # 17
        "9150000000000001920",  # 19
        "91500000SL00000018",  # S is no sign of the standard
        "示例物业公司",
    ],
)
def test_a_code_that_does_not_exist(moment, code):
    assert said(vendor(moment, {"uscc": code})) == ["统一社会信用代码校验不通过，请核对营业执照（应为18位）。"]


@pytest.mark.parametrize(
    "code",
    [
        "91110000600037341L",  # of the standard's own literature
        "91110000600037341l",
        " 9111 0000 6000 3734 1L",
        "９１５００００００００００００１９２",
        "N2500000000000010M",  # a village co-operative: letters in front
    ],
)
def test_codes_that_exist(code):
    assert said(vendor(cells={"uscc": code})) == []


def test_the_codes_of_the_demo_school_are_real_in_form():
    assert all(code_is_valid(code) for code, *_ in VENDORS.values())


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_company_entered_twice(moment):
    first = {"vendors": {1: {**VENDOR, "name": "示例物业管理有限公司"}}}
    words = ["“示例物业公司”与“示例物业管理有限公司”信用代码相同，疑似重复建档。"]
    assert said(vendor(moment, tables=first, row_id=2)) == words
    assert said(vendor(moment, {"uscc": f" {GOOD[:4]} {GOOD[4:]}"}, tables=first, row_id=2)) == words
    assert said(vendor(moment, {"uscc": ANOTHER}, tables=first, row_id=2)) == []
    assert said(vendor(moment, tables={"vendors": {3: VENDOR}}, row_id=2)) == []  # the later row must go
    assert said(vendor(moment, {"uscc": None}, tables={"vendors": {1: {"uscc": None}}}, row_id=2), "重复建档") == []


# --- the account, V20 -------------------------------------------------------------------------------------------------

UNCONFIRMED = "服务商“示例物业公司”收款账号已变更，未经会计核实前不能付款。"


def claim(moment: str, cells: dict[str, Any]) -> Any:
    filled = {"amount": Decimal(986), "vendor": 5, "payee_kind": "服务商"}
    return facts("expense_claims", filled, {"vendors": {5: {**VENDOR, **cells}}}, moment=moment)


def test_v20_the_account_changed_the_day_before_the_payment():
    """The engine takes 账号已核实 back when the account changes; nothing is paid until 会计 ticks it anew."""
    changed = {"bank_account": "6200000000009999", "bank_verified": False}
    assert said(claim("付款", changed), "账号变更") == [UNCONFIRMED]
    assert said(claim("付款", {}), "账号变更") == said(claim("提交", changed), "账号变更") == []
    [hint] = examine(vendor(cells=changed))
    assert (hint.message, hint.severity, hint.gravity) == (UNCONFIRMED, "提示", None)


def test_without_an_account_there_is_nothing_to_confirm():
    assert said(vendor(cells={"bank_account": None, "bank_verified": None}), "账号变更") == []
    found = facts("expense_claims", {"amount": Decimal(1)}, moment="付款")
    assert said(found, "账号变更") == said(found, "停用服务商") == []


# --- blocked, licence -------------------------------------------------------------------------------------------------


def test_a_blocked_company_gets_neither_money_nor_a_contract():
    blocked = {"blocked": True, "block_reason": "连续两月考核不合格"}
    words = ["“示例物业公司”已停用（连续两月考核不合格），不能新签合同或付款。"]
    assert said(vendor(cells=blocked)) == words
    for moment in ("提交", "付款"):
        assert said(claim(moment, blocked), "停用服务商") == words
        assert said(claim(moment, {}), "停用服务商") == []
    for cells, wanted in ((blocked, words), ({}, [])):
        contract = facts("contracts", {"vendor": 5}, {"vendors": {5: {**VENDOR, **cells}}})
        assert said(contract, "停用服务商") == wanted
    assert said(vendor(cells={"blocked": True}), "停用服务商") == [
        "“示例物业公司”已停用（未写原因），不能新签合同或付款。"
    ]


def test_a_licence_that_ran_out():
    assert said(vendor(cells={"license_due": date(2026, 8, 31)})) == [
        "“示例物业公司”的证照已于2026-08-31到期，请核对新证后更新“证照到期日”。"
    ]
    assert said(vendor(cells={"license_due": date(2026, 9, 1)})) == []  # its last day is today


# --- computed cells ---------------------------------------------------------------------------------------------------


def test_paid_this_year():
    paid = {"vendor": 1, "amount": Decimal(1000), "paid_on": date(2026, 3, 1), "status": "已支付"}
    claims = {
        1: paid,
        2: {**paid, "audited_amount": Decimal("900.50"), "status": "已归档"},
        3: {**paid, "paid_on": date(2025, 12, 31)},
        4: {**paid, "status": "已批准", "paid_on": None},
        5: {**paid, "status": "签批中"},
        6: {**paid, "vendor": 2},
    }
    found = compute(vendor("", tables={"expense_claims": claims}))
    assert found.cells == {"paid_year": Decimal("1900.50"), "score_year": None}
    new_year = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)  # 2026-01-01 00:00 at the school
    assert compute(vendor("", tables={"expense_claims": claims}, now=new_year)).cells["paid_year"] == Decimal("1900.50")


def test_the_score_of_the_year():
    month = {
        "vendor": 1,
        "team": "服务商考核",
        "date": datetime(2026, 8, 31, 2, 0, tzinfo=UTC),
        "score": Decimal(88),
        "status": "已归档",
    }
    checks = {
        1: month,
        2: {**month, "score": Decimal(93), "status": "已提交"},
        3: {**month, "score": Decimal("92.5"), "status": "被查方已确认"},
        4: {**month, "score": Decimal(10), "status": "草稿"},
        5: {**month, "score": Decimal(10), "status": "有异议"},
        6: {**month, "score": Decimal(10), "team": "餐饮"},
        7: {**month, "score": Decimal(10), "vendor": 2},
        8: {**month, "score": Decimal(10), "date": datetime(2025, 12, 31, 2, 0, tzinfo=UTC)},
        9: {**month, "score": None},
        10: {**month, "score": Decimal(10), "date": None},
    }
    found = compute(vendor("", tables={"inspections": checks}))
    assert found.cells["score_year"] == Decimal("91.2")  # (88 + 93 + 92.5) ÷ 3
