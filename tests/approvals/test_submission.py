"""提交: every reason at once, invoices used once, and what a rule that cannot be read does (domain.md B24, C3)."""

from datetime import date
from decimal import Decimal

from tests.approvals.looks import approved, by, code, edit_norm, entries, invoices, said, status
from tests.office import CHAIN, SCHOOL, TAX_NO, SmallOffice


def test_every_reason_is_said_at_once_and_the_draft_stays_a_draft(office: SmallOffice) -> None:
    claim = office.claim(
        acceptor=None, category="维修维护费", amount="986.00", handler=office.ids["周科长"], payee=office.ids["周科长"]
    )
    office.person("王文员").edit("expense_claims", claim, amount=Decimal("1250.00"))
    office.person("王文员").submit(claim)
    office.settle()
    assert (status(office, claim), office.row(claim)["check_result"]) == ("草稿", "拦截")
    assert said(office, claim).split("\n") == [
        "经办人应为本人提交。您（王文员）代周科长填报，请由周科长本人提交，或把经办人改为您本人。",
        "申请金额1,250元大于发票合计986元，差264元。",
        "采购、维修类支出须有验收人签名，且不能是经办人本人。",
        "支出类别“维修维护费”与指标类别“办公费”不符。",
        "缺少附件：工单、验收。",
    ]
    assert office.steps(claim) == []
    [blocked] = entries(office, claim, "blocked")
    assert blocked["rules"] == ["SG-08", "EX-02", "EX-06", "BG-02", "EX-12"]


def test_an_empty_claim_is_told_what_to_fill_in(office: SmallOffice) -> None:
    [claim] = office.person("王文员").host.create("expense_claims", [{"title": "购置打印纸"}])
    office.settle()
    office.person("王文员").submit(claim)
    office.settle()
    assert status(office, claim) == "草稿"
    assert said(office, claim).startswith("请填写：“单据类型”、“支出类别”、“经办人”、“部门”、“收款类型”、“账号”、")


def test_one_invoice_in_two_claims(office: SmallOffice) -> None:
    """V10: the claim of March is named, with its state; a blank in the number does not help."""
    march, june = approved(office), office.claim()
    [paper], [again] = invoices(office, march), invoices(office, june)
    number = str(paper["inv_no"])
    office.person("王文员").edit("invoices", again.id, inv_no=f"{number[:4]} {number[4:]}")
    office.settle()
    assert office.row(again.id, "invoices")["dup"] == "重复"
    office.person("王文员").edit("invoices", again.id, inv_no=number)
    office.person("王文员").submit(june)
    office.settle()
    message = f"发票{number}已用于支出单{code(office, march)}（已批准），不能重复报销。"
    assert (status(office, june), said(office, june)) == ("草稿", message)
    row = office.row(again.id, "invoices")
    assert (row["dup"], row["check_result"], row["check_message"]) == ("重复", "拦截", message)


def test_the_wrong_buyer_is_said_in_the_invoice_and_in_the_claim(office: SmallOffice) -> None:
    """V12."""
    claim = office.claim()
    [paper] = invoices(office, claim)
    office.person("王文员").edit("invoices", paper.id, buyer="示例区党校")
    office.person("王文员").submit(claim)
    office.settle()
    message = f"购方名称应为“{SCHOOL}”，税号应为“{TAX_NO}”，请退换。"
    assert office.row(paper.id, "invoices")["check_message"] == message
    assert said(office, claim) == f"发票{paper['inv_no']}：{message}"


def test_the_line_is_short_of_money(office: SmallOffice) -> None:
    """V18: 300 元 left, 1,250 元 asked for."""
    line = office.ids["印刷费"]
    office.person("李会计").edit("budget_lines", line, approved=Decimal(300))
    office.turn(slow=True)
    papers = {"清单.txt": b"list"}
    claim = office.claim(category="印刷费", budget_line=line, amount="1250.00", attachments=papers)  # type: ignore[arg-type]
    office.person("王文员").submit(claim)
    office.settle()
    assert said(office, claim) == (
        "指标“印刷费”可用300元，本单1,250元，超出950元。请调整指标或改用其他经费。"
        "（预算法第十三条：未列入预算的不得支出）"
    )


def test_a_parameter_that_cannot_be_read_stops_the_row_and_is_reported(fresh: SmallOffice) -> None:
    claim = fresh.claim()
    fresh.settle()
    edit_norm(fresh, "chain.dept_review", "也许")
    fresh.person("王文员").submit(claim)
    fresh.settle()
    assert said(fresh, claim) == "参数“chain.dept_review”应填“是”或“否”，现在是“也许”。"
    assert (status(fresh, claim), fresh.steps(claim)) == ("草稿", [])
    edit_norm(fresh, "chain.dept_review", "是")
    fresh.person("王文员").submit(claim)
    fresh.settle()
    assert status(fresh, claim) == "签批中"


def test_the_switch_of_the_day_counts(fresh: SmallOffice) -> None:
    """A review switched off from October on is still due in September."""
    edit_norm(fresh, "chain.finance_review", "否")
    edit_norm(fresh, "chain.finance_review", "否", from_date=date(2026, 10, 1))
    claim = fresh.submitted()
    assert [s["level"] for s in fresh.steps(claim)] == ["部门负责人", "会计", "分管领导", "主要领导"]
    by(fresh, claim, *CHAIN)
    assert status(fresh, claim) == "已批准"
