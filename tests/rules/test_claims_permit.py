"""Pre-approval, its sum, and the path a claim takes (domain.md C1, C3, C5): EX-03, EX-04, PR-05."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from tests.rules.claim_world import at, claim, invoice, living, papers
from tests.rules.world import rules, said

PERMIT: Mapping[str, Any] = {
    "code": "SQ-2026-0007",
    "kind": "零星采购",
    "status": "已批准",
    "est_amount": Decimal(2000),
    "approved_at": at(20, month=8),
}


def under(permit: Mapping[str, Any] | None = None, *, claims: Mapping[int, Any] | None = None, **cells: Any) -> Any:
    """A claim under a request of row 7."""
    tables = {"requests": {7: {**PERMIT, **(permit or {})}}, "expense_claims": claims or {}}
    rows = {"invoices": cells.pop("invoices", None), "tables": {**tables, **cells.pop("tables", {})}}
    return claim(**rows, **{"request": 7, "amount": Decimal(1000), **cells})


# EX-03 ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("category", "amount", "needed"),
    [
        ("办公费", "999.99", False),
        ("办公费", "1000", True),
        ("食材费", "1000", True),
        ("资产购置", "1", True),
        ("印刷费", "999.99", False),
        ("印刷费", "1000", True),
        ("维修维护费", "1999.99", False),
        ("维修维护费", "2000", True),
        ("工程改造", "2000", True),
        ("公务接待费", "1", True),
        ("差旅费", "1", True),
        ("会议费", "1", True),
        ("培训费", "1", True),
        ("水费", "99999", False),
        ("公务用车运行费", "99999", False),
        ("其他", "4000", False),
    ],
)
def test_ex03_what_needs_a_request(category: str, amount: str, needed: bool) -> None:
    message = [f"“{category}”须先办事前审批，未找到已批准的审批单。"] if needed else []
    without = claim(category=category, amount=Decimal(amount))
    assert said(without, "EX-03") == message
    assert said(without, "EX-03", "付款") == message


def test_ex03_a_fixed_asset_of_any_category() -> None:
    message = ["“办公费”须先办事前审批，未找到已批准的审批单。"]
    half = {"amount": Decimal(986), "unit_price": Decimal(1000)}
    assert said(claim({1: invoice(**half)}), "EX-03") == message
    assert said(claim({1: invoice(**{**half, "unit_price": Decimal("999.99")})}), "EX-03") == []


@pytest.mark.parametrize(
    ("permit", "good"),
    [
        ({}, True),
        ({"status": "执行中"}, True),
        ({"status": "已执行"}, True),
        ({"status": "已核销"}, True),
        ({"status": "待签"}, False),
        ({"status": "草稿"}, False),
        ({"status": "过期"}, False),
        ({"status": "作废"}, False),
        ({"kind": "维修"}, True),
        ({"kind": "其他"}, True),
        ({"kind": "出差"}, False),
    ],
)
def test_ex03_which_request_will_do(permit: dict[str, Any], good: bool) -> None:
    assert (rules(under(permit)) == []) is good


def test_ex03_a_trip_needs_a_trip() -> None:
    message = ["“差旅费”须先办事前审批，未找到已批准的审批单。"]
    assert said(under({"kind": "其他"}, category="差旅费"), "EX-03") == message
    assert said(under({"kind": "出差"}, category="差旅费"), "EX-03") == []


def test_ex03_what_was_approved_elsewhere() -> None:
    """A contract, a procurement, the plan of a class, a loan; the list is the school's."""
    big = Decimal(4000)
    assert "EX-03" not in rules(claim(amount=big, contract=1, tables={"contracts": {1: {}}}))
    assert "EX-03" not in rules(claim(amount=big, procurement=1, tables={"procurements": {1: {}}}))
    assert "EX-03" not in rules(claim(amount=big, kind="借款"))
    course = {"training_classes": {5: {"name": "村书记班"}}}
    assert "EX-03" not in rules(claim(category="培训费", training_class=5, tables=course))
    assert "EX-03" in rules(claim(category="会议费", training_class=5, tables=course))
    assert "EX-03" not in rules(claim(category="会议费", norms={"request.always": "出差"}))


def test_ex03_an_unverified_limit_is_marked() -> None:
    assert said(claim(amount=Decimal(1000), verified=False), "EX-03") == [
        "“办公费”须先办事前审批，未找到已批准的审批单。（标准待核实）"
    ]


def test_ex03_a_lecture_is_planned_with_its_class() -> None:
    message = ["“讲课费”按班次计划审批，请在“班次”一栏选中讲课的班次。"]
    course = {"name": "村书记班", "status": "进行中"}
    assert said(claim(category="讲课费"), "EX-03") == message
    planned = claim(category="讲课费", training_class=5, tables={"training_classes": {5: course}})
    assert said(planned, "EX-03") == []
    off = {**course, "status": "取消"}
    assert said(claim(category="讲课费", training_class=5, tables={"training_classes": {5: off}}), "EX-03") == message


def test_ex03_approved_by_the_day_of_the_business() -> None:
    late = {"approved_at": at(29, month=8, hour=0)}
    message = ["审批单批准于2026-08-29，晚于业务发生日2026-08-28，请说明。"]
    assert said(under(late), "EX-03") == message
    assert said(under({"approved_at": at(28, month=8, hour=23)}), "EX-03") == []
    assert said(under(late, urgent=True), "EX-03") == []
    assert said(under({**late, "urgent": True}), "EX-03") == []


def test_ex03_a_late_approval_may_be_explained() -> None:
    found = under({"approved_at": at(29, month=8)}, attachments=papers("明细.txt", "情况说明.pdf"))
    assert said(found, "EX-03") == ["审批单批准于2026-08-29，晚于业务发生日2026-08-28，经办人附有情况说明，请核实。"]


# EX-04 ----------------------------------------------------------------------------------------------------------------
def test_ex04_all_claims_of_a_request_together() -> None:
    """2,000 元 and 5 %."""
    message = ["累计2,100.01元，超过事前审批2,000元。请补办追加审批。"]
    others = {2: living(request=7, amount=Decimal(1500), audited_amount=Decimal(1100)), 3: living(request=8)}
    assert said(under(claims=others, amount=Decimal("1000.01")), "EX-04") == message
    assert said(under(claims=others, amount=Decimal("1000.01")), "EX-04", "付款") == message
    assert said(under(claims=others, amount=Decimal("1000.00")), "EX-04") == []


@pytest.mark.parametrize("status", ["草稿", "不同意", "撤回", "作废"])
def test_ex04_what_is_no_longer_asked_for_does_not_count(status: str) -> None:
    assert said(under(claims={2: living(request=7, status=status, amount=Decimal(9000))}), "EX-04") == []


def test_ex04_a_reception_keeps_to_its_estimate() -> None:
    reception = {"kind": "公务接待", "est_amount": Decimal(660), "guest_actual": 8, "meal_cost": Decimal(660)}
    message = ["累计660.01元，超过事前审批660元。请补办追加审批。"]
    assert said(under(reception, category="公务接待费", amount=Decimal("660.01")), "EX-04") == message
    assert said(under(reception, category="公务接待费", amount=Decimal("660.00")), "EX-04") == []


def test_ex04_the_tolerance_is_the_schools() -> None:
    tight = {"request.tolerance": "0"}
    assert rules(under(amount=Decimal("2000.01"), norms=tight)) == ["EX-04"]
    assert rules(under(amount=Decimal("2000.00"), norms=tight)) == []


# The path -------------------------------------------------------------------------------------------------------------
def test_pr05_what_the_team_decides_is_a_procurement_first() -> None:
    message = ["“工程改造”50,000元达到校委会集体研究起点50,000元，须先办理采购项目，请在“采购”或“合同”一栏选中。"]
    rows = {"procurements": {1: {}}, "contracts": {1: {}}}
    large = {"category": "工程改造", "amount": Decimal(50000), "tables": rows}
    assert said(claim(**large), "PR-05") == message
    assert said(claim(**{**large, "amount": Decimal("49999.99")}), "PR-05") == []
    assert said(claim(**large, procurement=1), "PR-05") == []
    assert said(claim(**large, contract=1), "PR-05") == []
    assert said(claim(**{**large, "category": "电费"}), "PR-05") == [], "nobody tenders electricity"


@pytest.mark.parametrize(
    ("changes", "route", "note"),
    [
        ({}, "小项三级", ""),
        (
            {"amount": Decimal(5000)},
            "内部比选+集体",
            "金额5,000元达到内部比选起点5,000元，须内部比选（不少于3家报价、2人以上到场），再三级签批。",
        ),
        (
            {"title": "购置空调2台", "category": "资产购置"},
            "政府采购",
            "“购置空调2台”属于集中采购目录，不论金额大小都须政府采购，建议电子卖场。",
        ),
        (
            {"title": "购打印机硒鼓"},
            "小项三级",
            "",
        ),
        ({"category": "差旅费", "amount": Decimal(6000)}, "小项三级", ""),
        (
            {"kind": "合同付款", "category": "物业管理费", "amount": Decimal(80000)},
            "合同付款",
            "合同付款：合同签订前已经审批，本单按合同付款签批。",
        ),
        (
            {"procurement": 1},
            "内部比选+集体",
            "金额186,000元达到校委会集体研究起点50,000元，先经校委会集体研究，再内部比选（不少于3家报价、2人以上到场）。",
        ),
        ({"amount": None}, None, ""),
    ],
)
def test_c1_the_path_and_why(changes: dict[str, Any], route: str | None, note: str) -> None:
    project = {"kind": "工程", "title": "热水系统更换", "item_code": "热水系统", "budget": Decimal(186000)}
    found = claim({1: invoice()}, tables={"procurements": {1: project}}, **changes)
    computed = compute(found)
    assert (computed.cells["route"], computed.note) == (route, note)


def test_figures_count_all_invoices() -> None:
    assert compute(claim({})).cells["invoice_sum"] is None
    two = {1: invoice(amount=Decimal("1.20")), 2: invoice(amount=Decimal("0.30"))}
    assert compute(claim(two)).cells["invoice_sum"] == Decimal("1.50")
    assert compute(claim(two, biz_date=date(2026, 8, 1))).cells["std_amount"] is None
