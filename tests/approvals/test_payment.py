"""先批后付, the separation of duties at the cash desk, 作废, 撤回, and how a claim begins again (domain.md C2, C3)."""

from datetime import date
from decimal import Decimal

import pytest

from automations.tables.values import Value
from tests.approvals.looks import (
    approved,
    at,
    budget,
    by,
    cells,
    edit_norm,
    edit_person,
    entries,
    invoices,
    ledger,
    paid,
    paper_signed,
    said,
    status,
)
from tests.office import CHAIN, SmallOffice

PAYING: dict[str, Value] = {"pay_method": "银行转账", "paid_on": date(2026, 9, 2)}
FIRST = "【先批后付】本单尚未完成签批，不得支付。"


def pay(office: SmallOffice, claim: int, who: str = "钱出纳") -> None:
    office.person(who).edit("expense_claims", claim, **PAYING)
    office.settle()


def test_ex08_paid_before_approved(office: SmallOffice) -> None:
    """V19."""
    claim = office.submitted()
    pay(office, claim)
    row = office.row(claim)
    assert (row["status"], row["paid_on"], row["pay_method"]) == ("签批中", None, None)
    assert said(office, claim) == f"{FIRST}付款信息已清空；如已付款，请立即向会计提供银行回单。"
    assert ledger(office, claim) == [("EX-08", "严重")]


def test_ex08_in_a_draft_too(office: SmallOffice) -> None:
    claim = office.claim()
    office.settle()
    pay(office, claim)
    assert (office.row(claim)["paid_on"], ledger(office, claim)) == (None, [("EX-08", "严重")])


def test_ex08_without_the_signed_paper(office: SmallOffice) -> None:
    claim = approved(office)
    pay(office, claim)
    assert said(office, claim) == "【先批后付】请先由会计核对纸质审批单并勾选“纸质已签”，再登记付款。已还原。"
    assert (status(office, claim), office.row(claim)["paid_on"]) == ("已批准", None)
    paper_signed(office, claim)
    pay(office, claim)
    assert status(office, claim) == "已支付"


def test_no_paper_where_the_school_has_certified_signatures(fresh: SmallOffice) -> None:
    edit_norm(fresh, "sign.paper_required", "否")
    claim = approved(fresh)
    pay(fresh, claim)
    assert status(fresh, claim) == "已支付"


@pytest.mark.parametrize(
    ("who", "message"),
    [
        ("李会计", "付款信息由出纳填写，已还原。"),
        ("王文员", "付款信息由出纳填写，已还原。"),
        ("赵校长", "付款信息由出纳填写，已还原。"),
    ],
)
def test_only_the_cashier_pays(office: SmallOffice, who: str, message: str) -> None:
    claim = approved(office)
    paper_signed(office, claim)
    pay(office, claim, who)
    assert (status(office, claim), said(office, claim), office.row(claim)["paid_on"]) == ("已批准", message, None)


def test_only_the_accountant_ticks_the_paper_and_archives(office: SmallOffice) -> None:
    claim = approved(office)
    office.person("钱出纳").edit("expense_claims", claim, paper_signed=True)
    office.settle()
    assert (said(office, claim), office.row(claim)["paper_signed"]) == ("“纸质已签”由会计填写，已还原。", False)
    paper_signed(office, claim)
    office.person("李会计").edit("expense_claims", claim, voucher_no="记-1")
    office.settle()
    assert said(office, claim) == "请先由出纳登记付款，再由会计填写凭证号。已还原。"
    pay(office, claim)
    office.person("钱出纳").edit("expense_claims", claim, voucher_no="记-1")
    office.settle()
    assert (said(office, claim), status(office, claim)) == ("“凭证号”由会计填写，已还原。", "已支付")
    office.person("李会计").edit("expense_claims", claim, voucher_no="记-1")
    office.settle()
    assert status(office, claim) == "已归档"


def test_the_cashier_does_not_pay_his_own_claim(office: SmallOffice) -> None:
    claim = office.submitted(who="钱出纳", department=office.ids["行政科"])
    by(office, claim, *CHAIN)
    paper_signed(office, claim)
    pay(office, claim)
    assert said(office, claim) == (
        "钱出纳是本单经办人，不能办理本单付款，请由其他出纳办理（付款审批与付款执行须分离）。已还原。"
    )
    assert status(office, claim) == "已批准"


def test_who_signed_does_not_pay(fresh: SmallOffice) -> None:
    claim = approved(fresh)
    paper_signed(fresh, claim)
    edit_person(fresh, "周科长", roles=("经办人", "出纳"))
    pay(fresh, claim, "周科长")
    assert said(fresh, claim) == (
        "周科长是本单签批人，不能办理本单付款，请由其他出纳办理（付款审批与付款执行须分离）。已还原。"
    )


def test_one_person_is_not_accountant_and_cashier(fresh: SmallOffice) -> None:
    """V37 at the cash desk."""
    claim = approved(fresh)
    paper_signed(fresh, claim)
    edit_person(fresh, "李会计", roles=("会计", "出纳"))
    pay(fresh, claim, "李会计")
    assert said(fresh, claim) == ("“会计”与“出纳”为不相容岗位，不能由同一人兼任（内控规范、会计法第三十五条）。")
    assert status(fresh, claim) == "已批准"


def test_the_accountant_does_not_keep_the_books_of_his_own_claim(fresh: SmallOffice) -> None:
    edit_person(fresh, "吴科长", roles=("经办人", "部门负责人", "会计"))
    claim = fresh.submitted(who="李会计", department=fresh.ids["行政科"], acceptor=fresh.ids["周科长"])
    by(fresh, claim, "周科长", "吴科长", "孙副校长", "赵校长")
    fresh.person("李会计").edit("expense_claims", claim, paper_signed=True)
    fresh.settle()
    assert said(fresh, claim) == (
        "李会计是本单经办人，不能办理本单的会计核算，请由其他会计办理（业务经办与会计核算须分离）。已还原。"
    )
    fresh.person("吴科长").edit("expense_claims", claim, paper_signed=True)
    fresh.settle()
    pay(fresh, claim)
    assert status(fresh, claim) == "已支付"


def test_bg01_is_looked_at_again_before_the_money_leaves(fresh: SmallOffice) -> None:
    claim = approved(fresh)
    paper_signed(fresh, claim)
    fresh.person("李会计").edit("budget_lines", fresh.ids["日常办公费"], approved=Decimal(500))
    fresh.turn(slow=True)
    fresh.settle()
    pay(fresh, claim)
    assert said(fresh, claim).startswith("指标“日常办公费”可用500元，本单986元，超出486元。")
    assert status(fresh, claim) == "已批准"


def test_the_money_is_frozen_then_spent(fresh: SmallOffice) -> None:
    claim = paid(fresh)
    assert budget(fresh) == (Decimal(0), Decimal(986), Decimal(999_014))
    assert [i["state"] for i in invoices(fresh, claim)] == ["已用"]


# --- 撤回 · 退回 · 作废 ------------------------------------------------------------------------------------------
def test_the_handler_withdraws_until_the_leader_has_signed(office: SmallOffice) -> None:
    claim = office.submitted()
    by(office, claim, *CHAIN[:2])
    office.person("周科长").withdraw(claim)
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "签批中",
        "【撤回无效】只有经办人王文员本人可以撤回，已还原。",
    )
    office.person("王文员").withdraw(claim)
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "草稿",
        "已撤回，可以修改后重新提交。重新提交后各级须重新签批。",
    )
    assert [cells(s) for s in office.steps(claim)][:2] == [("同意", "作废-退回")] * 2
    office.person("王文员").submit(claim)
    office.settle()
    by(office, claim, *CHAIN[:3])
    office.person("王文员").withdraw(claim)
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "签批中",
        "【撤回无效】分管领导已签字，不能撤回；请联系签批人退回。",
    )


def test_a_returned_claim_begins_a_new_round_with_its_own_invoices(office: SmallOffice) -> None:
    """Negative control: its own invoices are no duplicates, and everybody signs again."""
    claim = office.submitted()
    by(office, claim, *CHAIN[:2])
    office.sign(claim, "孙副校长", "退回", "缺少比价说明")
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "已退回",
        "【退回】分管领导孙副校长：缺少比价说明。修改后请重新提交。",
    )
    assert [cells(s) for s in office.steps(claim)] == [
        ("同意", "作废-退回"),
        ("同意", "作废-退回"),
        ("退回", "有效"),
        ("待签", "作废-退回"),
    ]
    office.person("孙副校长").sign(office.steps(claim)[2].id, "同意")  # not any more: the round is over
    office.settle()
    assert cells(office.steps(claim)[2]) == ("退回", "有效")
    office.person("王文员").submit(claim)
    office.settle()
    assert status(office, claim) == "签批中", said(office, claim)
    assert at(office, claim, 0)["round"] == 2 and cells(at(office, claim, 0)) == ("待签", "待定")
    assert [i["dup"] for i in invoices(office, claim)] == ["无"]
    by(office, claim, *CHAIN)
    assert (status(office, claim), ledger(office, claim)) == ("已批准", [])


def test_an_earlier_round_is_only_read(office: SmallOffice) -> None:
    claim = office.submitted()
    by(office, claim, "周科长")
    office.person("王文员").withdraw(claim)
    office.settle()
    office.person("王文员").submit(claim)
    office.settle()
    old = office.steps(claim)[1]
    office.person("李会计").sign(old.id, "同意")
    office.settle()
    assert cells(office.row(old.id, "sign_steps")) == ("待签", "作废-退回")
    assert status(office, claim) == "签批中" and cells(at(office, claim, 1)) == ("待签", None)


def test_a_draft_is_voided_by_its_handler_alone(office: SmallOffice) -> None:
    claim = office.claim()
    office.settle()
    office.person("周科长").edit("expense_claims", claim, status="作废")
    office.settle()
    assert (status(office, claim), said(office, claim)) == ("草稿", "【作废无效】草稿只能由经办人本人作废，已还原。")
    office.person("王文员").edit("expense_claims", claim, status="作废")
    office.settle()
    assert (status(office, claim), said(office, claim)) == ("作废", "王文员已作废本单。预算和发票已释放。")
    office.person("王文员").submit(claim)
    office.settle()
    assert status(office, claim) == "作废"


def test_an_approved_claim_is_voided_by_accountant_and_leader_together(office: SmallOffice) -> None:
    frozen = budget(office)[0]
    claim = approved(office)
    office.person("王文员").edit("expense_claims", claim, status="作废")
    office.settle()
    assert said(office, claim) == "【作废无效】已批准的单据须由会计和分管领导两人都选“作废”，您不在其中，已还原。"
    office.person("李会计").edit("expense_claims", claim, status="作废")
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "已批准",
        "李会计申请作废本单，请分管领导把状态改为“作废”确认。",
    )
    office.person("李会计").edit("expense_claims", claim, status="作废")
    office.settle()
    assert status(office, claim) == "已批准", "twice the same person is not two"
    office.person("孙副校长").edit("expense_claims", claim, status="作废")
    office.settle()
    assert (status(office, claim), said(office, claim)) == ("作废", "会计和分管领导均已同意作废。预算和发票已释放。")
    assert budget(office)[0] == frozen
    assert [cells(s) for s in office.steps(claim)] == [("同意", "有效")] * 4, "what was signed stays readable"


def test_a_claim_under_way_is_not_voided(office: SmallOffice) -> None:
    claim = office.submitted()
    office.person("王文员").edit("expense_claims", claim, status="作废")
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "签批中",
        "签批中的单据不能直接作废：请经办人先“撤回”，或由签批人退回。已还原。",
    )


def test_without_the_review_of_the_department(fresh: SmallOffice) -> None:
    edit_norm(fresh, "chain.dept_review", "否")
    claim = fresh.submitted()
    assert [s["level"] for s in fresh.steps(claim)] == ["会计", "分管领导", "主要领导"]
    by(fresh, claim, *CHAIN[1:])
    assert status(fresh, claim) == "已批准"


def test_an_emptied_switch_switches_nothing_off(fresh: SmallOffice) -> None:
    edit_norm(fresh, "sign.paper_required", "否")
    edit_norm(fresh, "sign.paper_required", None)
    claim = approved(fresh)
    pay(fresh, claim)
    assert status(fresh, claim) == "已批准"
    assert entries(fresh, claim, "paid") == []
