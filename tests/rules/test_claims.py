"""What every claim must satisfy, word for word (domain.md B23, C3, C5)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.holds import Hold
from automations.rules import RULES
from automations.rules.base import BY_MOMENT, Rule, examine
from tests.rules.claim_world import CLERK, claim, invoice
from tests.rules.world import rules, said


def test_a_complete_claim_passes() -> None:
    assert said(claim()) == []
    assert said(claim(moment="付款", pay_method="银行转账"), moment="付款") == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": None, "payee_account": None, "attachments": ()}, "请填写：“事由”、“账号”、“附件”。"),
        ({"payee": None}, "请填写：“收款人”。"),
        ({"payee": None, "payee_kind": "服务商"}, "请填写：“服务商”。"),
        ({"kind": "合同付款"}, "请填写：“合同”。"),
        ({"category": "差旅费"}, "请填写：“出差天数”。"),
        ({"category": "差旅费", "kind": "合同付款"}, "请填写：“合同”。"),
        (
            {"category": "讲课费", "payee": None},
            "请填写：“授课人”、“授课人职称”、“学时”、“授课时段”、“税后讲课费”。",
        ),
        ({"amount": Decimal(0)}, "申请金额应大于0，现在是0元。"),
        ({"amount": Decimal("0.01")}, ""),
    ],
)
def test_required_cells_are_named_all_at_once(changes: dict[str, Any], message: str) -> None:
    found = claim({1: invoice()}, tables={"contracts": {}}, **changes)
    assert said(found, "必填") == ([message] if message else [])


def test_what_is_claimed_has_happened() -> None:
    """Today is Tuesday 2026-09-01."""
    assert said(claim(biz_date=date(2026, 9, 2))) == ["业务发生日2026-09-02在今天之后，请核对。"]
    assert said(claim(biz_date=date(2026, 9, 1))) == []
    assert said(claim({}, biz_date=date(2026, 9, 2), kind="借款")) == [], "a loan comes first"


def test_there_is_an_invoice() -> None:
    message = "还没有登记发票：请在“发票”表中新增发票，并在“支出单”一栏选中本单。"
    assert said(claim({})) == [message]
    assert said(claim({}, category="讲课费", payee_kind="服务商"), "必填")[-1] == message
    assert message not in said(claim({}, category="讲课费"))
    assert message not in said(claim({}, kind="借款"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": Decimal("986.00")}, ""),
        ({"amount": Decimal("900.00")}, ""),
        ({"amount": Decimal("986.01")}, "申请金额986.01元大于发票合计986元，差0.01元。"),
        ({"amount": Decimal("1250.50")}, "申请金额1,250.50元大于发票合计986元，差264.50元。"),
        ({"amount": Decimal("1250"), "category": "差旅费"}, ""),
        ({"amount": Decimal("900"), "kind": "合同付款"}, "合同付款的申请金额900元应等于发票合计986元，少86元。"),
        ({"amount": Decimal("986"), "kind": "合同付款"}, ""),
        (
            {"amount": Decimal("1250"), "category": "差旅费", "kind": "合同付款"},
            "申请金额1,250元大于发票合计986元，差264元。",
        ),
    ],
)
def test_ex02_the_invoices_cover_the_amount(changes: dict[str, Any], message: str) -> None:
    assert said(claim({1: invoice()}, **changes), "EX-02") == ([message] if message else [])


def test_ex02_counts_all_invoices() -> None:
    two = {1: invoice(amount=Decimal(500)), 2: invoice(inv_no="2" * 20, amount=Decimal(486)), 3: invoice(amount=None)}
    assert said(claim(two), "EX-02") == []


def test_ex06_somebody_else_accepts_goods_and_repairs() -> None:
    message = ["采购、维修类支出须有验收人签名，且不能是经办人本人。"]
    assert said(claim(acceptor=None)) == message
    assert said(claim(acceptor=CLERK)) == message
    assert said(claim(acceptor=None, category="水费")) == []
    assert said(claim(acceptor=None, moment="付款"), moment="付款") == message, "nothing covers this cell until then"
    assert said(claim({}, acceptor=None, kind="借款")) == []


def held(amount: str, code: str = "ZC-2026-0002", **more: Any) -> Hold:
    return Hold("budget", "1", "占用", Decimal(amount), code, "签批中", subject=f"x/{code}", **more)


def test_bg01_the_three_figures() -> None:
    """V18: 300 元 left, 1,250 元 asked for."""
    message = (
        "指标“日常办公费”可用300元，本单1,250元，超出950元。请调整指标或改用其他经费。"
        "（预算法第十三条：未列入预算的不得支出）"
    )
    short = claim(amount=Decimal(1250), holds=[held("19700")])
    assert said(short, "BG-01") == [message]
    assert said(short, "BG-01", "付款") == [message]
    assert said(claim(amount=Decimal(300), holds=[held("19700")]), "BG-01") == []
    assert said(claim(amount=Decimal(1250), payable=Decimal(300), holds=[held("19700")]), "BG-01", "付款") == []


def test_bg01_what_its_own_request_holds_is_there_for_the_claim() -> None:
    permit = {"code": "SQ-2026-0007", "kind": "零星采购", "status": "已批准", "est_amount": Decimal(1250)}
    holds = [held("18750"), held("1250", code="SQ-2026-0007")]
    found = claim(amount=Decimal(1250), request=7, tables={"requests": {7: permit}}, holds=holds)
    assert said(found) == []
    assert rules(claim(amount=Decimal(1250), holds=holds)) == ["BG-01", "EX-03"]


def test_what_its_invoices_stop_the_claim_shows() -> None:
    other = Hold("invoice", "2650", "已用", Decimal(0), "ZC-2026-0003", "已支付", subject="x/y")
    said_of = said(claim({1: invoice(inv_no="2650", buyer="示例区党校"), 2: living_invoice()}, holds=[other]))
    assert said_of == [
        "发票2650：数电票号码应为20位数字，当前4位。",
        "发票2650已用于支出单ZC-2026-0003（已支付），不能重复报销。",
        "发票2650：购方名称应为“示例区委党校”，税号应为“12500101MB0000000X”，请退换。",
        "发票（未填号码）：请填写：“发票号码”。",
    ]


def living_invoice() -> Any:
    return invoice(inv_no=None, amount=Decimal(1), seller="示例五金店")


def test_only_what_may_have_changed_is_asked_again_before_payment() -> None:
    before = claim(title=None, payee_account=None, attachments=(), amount=Decimal(99999), moment="付款")
    assert rules(before, "付款") == ["BG-01", "EX-03"]


@pytest.fixture
def broken() -> Iterator[None]:
    one = Rule("XX-01", "expense_claims", "", "", lambda facts: 1 / 0)  # type: ignore[arg-type, return-value]
    RULES.append(one)
    BY_MOMENT["expense_claims", "提交"].append(one)
    yield
    RULES.remove(one)
    BY_MOMENT["expense_claims", "提交"].remove(one)


def test_a_rule_that_trips_stops_its_row_and_does_not_count_as_passed(broken: None) -> None:
    [finding] = examine(claim(), "提交")
    assert (finding.rule, finding.severity) == ("XX-01", "拦截")
    assert finding.message == "规则XX-01检查本行时出错（division by zero），本行先停在这里，请联系信息科处理。"


def test_an_empty_claim_trips_no_rule() -> None:
    """A missing value is the business of 必填."""
    names = [f.name for f in claim().schema.fields]
    for moment in ("提交", "付款", "随时", "会计"):
        for bare in (dict.fromkeys(names), {**dict.fromkeys(names), "category": "差旅费", "urgent": True}):
            rows = {1: dict.fromkeys(f.name for f in claim().tables["invoices"].fields) | {"claim": 1}}
            found = claim(rows, moment=moment, **{**bare, "code": "ZC-2026-0001"})
            assert not [f.message for f in examine(found, moment) if f.stage == "规则出错"]
