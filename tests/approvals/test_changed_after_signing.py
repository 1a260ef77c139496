"""DG-02 and DG-03: what was signed is changed afterwards; 核减; the seal covers files and invoices (domain.md C2)."""

from datetime import date
from decimal import Decimal

import pytest

from automations.approvals.words import clock as shown_clock
from automations.tables.values import Value
from tests.approvals.looks import (
    approved,
    archived,
    at,
    budget,
    by,
    cells,
    entries,
    invoices,
    last_violation,
    ledger,
    paid,
    said,
    status,
)
from tests.office import CHAIN, SmallOffice

CLOSED = "【已还原】本单已归档，不能修改。如确有错误，请填“更正说明”由会计办理。"


def fallen(who: str, when: str, change: str) -> str:
    return f"【改单重签】{who}于{when}修改了{change}。已签意见全部作废，请核对后重新提交。"


def clock(office: SmallOffice) -> str:
    return shown_clock(office.clock())


def test_dg02_the_amount_grows_tenfold_after_approval(office: SmallOffice) -> None:
    """V04: approve 986, pay 9,860."""
    claim = approved(office)
    frozen = budget(office)[0]
    when = clock(office)
    office.person("王文员").edit("expense_claims", claim, amount=Decimal("9860.00"))
    office.settle()
    message = fallen("王文员", when, "“申请金额”（986→9,860）")
    row = office.row(claim)
    assert (row["status"], row["check_message"], row["approved_hash"], row["approved_at"]) == (
        "草稿",
        message,
        None,
        None,
    )
    assert {cells(s) for s in office.steps(claim)} == {("同意", "作废-改单")}
    assert all(s["check_message"] == message and s["signed_at"] for s in office.steps(claim)), "readable for ever"
    assert ledger(office, claim) == [("DG-02", "严重")]
    assert last_violation(office, claim)["person"] == office.ids["王文员"]
    assert budget(office)[0] == frozen - Decimal("986.00"), "the money is free again"  # type: ignore[operator]
    office.person("王文员").edit("expense_claims", claim, amount=Decimal("900.00"), status="提交")
    office.settle()
    assert [s["round"] for s in office.steps(claim)] == [1, 1, 1, 1, 2, 2, 2, 2]
    by(office, claim, *CHAIN)
    assert status(office, claim) == "已批准"
    assert [cells(s) for s in office.steps(claim)][:4] == [("同意", "作废-改单")] * 4


@pytest.mark.parametrize("after", [0, 1, 3])
def test_dg02_while_signing(office: SmallOffice, after: int) -> None:
    claim = office.submitted()
    by(office, claim, *CHAIN[:after])
    when = clock(office)
    office.person("王文员").edit("expense_claims", claim, payee_account="另一张卡")
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "草稿",
        fallen("王文员", when, "“账号”（本人工资卡→另一张卡）"),
    )
    assert ledger(office, claim) == [("DG-02", "一般")]


def test_dg02_only_lowered_after_approval_is_less_grave(office: SmallOffice) -> None:
    claim = approved(office)
    office.person("王文员").edit("expense_claims", claim, amount=Decimal("900.00"))
    office.settle()
    assert (status(office, claim), ledger(office, claim)) == ("草稿", [("DG-02", "一般")])


def test_dg02_lowered_together_with_another_change_is_grave(office: SmallOffice) -> None:
    claim = approved(office)
    office.person("王文员").edit("expense_claims", claim, amount=Decimal("900.00"), payee_account="另一张卡")
    office.settle()
    assert (status(office, claim), ledger(office, claim)) == ("草稿", [("DG-02", "严重")])


def test_dg02_a_change_and_back_with_a_signature_in_between(office: SmallOffice) -> None:
    """986 → 9,860, 部门负责人 signs what he sees, 9,860 → 986: nothing of it counts."""
    claim = office.submitted()
    clerk = office.person("王文员")
    clerk.edit("expense_claims", claim, amount=Decimal("9860.00"))
    office.sign(claim, "周科长")
    clerk.edit("expense_claims", claim, amount=Decimal("986.00"))
    office.settle()
    assert status(office, claim) == "草稿"
    assert cells(at(office, claim, 0)) == ("待签", "作废-改单")
    assert [e["rule"] for e in entries(office, claim, "refused")] == ["SG-02"]
    assert at(office, claim, 0)["check_message"] == "【签批无效】本单现在是“草稿”，不在签批中，已还原。"


def test_dg02_another_file_under_the_same_name(office: SmallOffice) -> None:
    claim = approved(office)
    when = clock(office)
    clerk = office.person("王文员")
    clerk.edit("expense_claims", claim, attachments=(clerk.host.upload("明细.txt", b"quite another content"),))
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "草稿",
        fallen("王文员", when, "“附件”（明细.txt→明细.txt）"),
    )


def test_the_same_file_uploaded_again_is_no_change(office: SmallOffice) -> None:
    claim = approved(office)
    clerk = office.person("王文员")
    clerk.edit("expense_claims", claim, attachments=(clerk.host.upload("明细.txt", "购置打印纸".encode()),))
    office.settle()
    assert status(office, claim) == "已批准"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"amount": Decimal("9.00")}, "986.00元→{no} 9.00元"),
        ({"inv_no": "9" * 20}, "986.00元→" + "9" * 20 + " 986.00元"),
        ({"claim": None}, "986.00元→无"),
    ],
    ids=["amount", "number", "unlinked"],
)
def test_dg02_an_invoice_is_part_of_what_was_signed(office: SmallOffice, change: dict[str, Value], shown: str) -> None:
    claim = approved(office)
    [invoice] = invoices(office, claim)
    number, when = invoice["inv_no"], clock(office)
    office.person("王文员").edit("invoices", invoice.id, **change)
    office.settle()
    assert said(office, claim) == fallen("王文员", when, f"“发票”（{number} {shown.format(no=number)}）")
    assert (status(office, claim), ledger(office, claim)) == ("草稿", [("DG-02", "严重")])


def test_dg02_an_invoice_moved_from_one_claim_to_another_falls_both_by_name(office: SmallOffice) -> None:
    one, other = approved(office), approved(office)
    [invoice] = invoices(office, one)
    office.person("王文员").edit("invoices", invoice.id, claim=other)
    office.settle()
    for claim in (one, other):
        assert status(office, claim) == "草稿"
        assert said(office, claim).startswith("【改单重签】王文员于"), "the second claim knows who did it, too"


def test_free_fields_may_change(office: SmallOffice) -> None:
    claim = approved(office)
    office.person("王文员").edit("expense_claims", claim, remark="请尽快付款")
    office.settle()
    assert (status(office, claim), office.row(claim)["remark"], ledger(office, claim)) == ("已批准", "请尽快付款", [])


def test_the_workers_account_changes_nothing_that_was_signed(office: SmallOffice) -> None:
    """Whoever knows Houqin's own password is not above the rules either."""
    claim = approved(office)
    office.host.update("expense_claims", {claim: {"amount": Decimal("98600.00")}})
    office.settle()
    assert (status(office, claim), ledger(office, claim)) == ("草稿", [("DG-02", "严重")])
    assert said(office, claim).startswith("【改单重签】未能查明的操作人于")


# --- 核减 ----------------------------------------------------------------------------------------------------------
def test_the_accountant_lowers_the_sum_and_the_leaders_sign_the_lower_one(office: SmallOffice) -> None:
    """Negative control: 1,260 → 1,180 before the leaders sign needs no new round."""
    claim = office.submitted(amount="1260.00")
    by(office, claim, "周科长")
    office.person("李会计").edit("expense_claims", claim, audited_amount=Decimal("1180.00"))
    by(office, claim, "李会计", "孙副校长", "赵校长")
    assert (status(office, claim), ledger(office, claim)) == ("已批准", [])
    assert [s["amount_shown"] for s in office.steps(claim)] == [Decimal(1260), *[Decimal(1180)] * 3]
    seals = [s["hash"] for s in office.steps(claim)]
    assert seals[0] != seals[1] and seals[1] == seals[2] == seals[3] == office.row(claim)["approved_hash"]


@pytest.mark.parametrize(
    ("who", "signed", "value"),
    [
        ("李会计", 1, "1260.01"),
        ("李会计", 1, "0.00"),
        ("李会计", 0, "1180.00"),
        ("李会计", 2, "1180.00"),
        ("王文员", 1, "1180.00"),
        ("孙副校长", 2, "1180.00"),
    ],
    ids=["raised", "nothing", "too early", "too late", "by the clerk", "by the leader"],
)
def test_nobody_else_and_never_more(office: SmallOffice, who: str, signed: int, value: str) -> None:
    claim = office.submitted(amount="1260.00")
    by(office, claim, *CHAIN[:signed])
    office.person(who).edit("expense_claims", claim, audited_amount=Decimal(value))
    office.settle()
    assert said(office, claim) == (
        "“核定金额”只能由会计在其审核环节填写，大于0且不高于申请金额，只减不增。已恢复原值。"
    )
    assert office.row(claim)["audited_amount"] is None
    by(office, claim, *CHAIN[signed:])
    assert {s["amount_shown"] for s in office.steps(claim)} == {Decimal(1260)}


# --- paid and archived -------------------------------------------------------------------------------------------
def test_dg03_an_archived_row_is_put_back(office: SmallOffice) -> None:
    """V05: the payee's account, then a column that no signature covers."""
    claim = archived(office)
    before = office.row(claim)
    clerk = office.person("王文员")
    clerk.edit("expense_claims", claim, payee_account="另一张卡")
    report = office.turn()
    assert report.alarms == 1 and office.row(claim)["payee_account"] == "本人工资卡", "within one pass"
    office.settle()
    assert (said(office, claim), ledger(office, claim)) == (CLOSED, [("DG-03", "严重")])
    clerk.edit("expense_claims", claim, acceptor=office.ids["王文员"], accepted_on=date(2026, 9, 9))
    office.settle()
    now = office.row(claim)
    assert ledger(office, claim) == [("DG-03", "严重")] * 2
    same = ("status", "payee_account", "acceptor", "accepted_on", "approved_hash", "amount", "attachments")
    assert {n: now[n] for n in same} == {n: before[n] for n in same}


def test_dg03_files_and_invoices_of_an_archived_claim_are_put_back(office: SmallOffice) -> None:
    claim = archived(office)
    clerk, kept = office.person("王文员"), office.row(claim)["attachments"]
    [invoice] = invoices(office, claim)
    money = budget(office)
    clerk.edit("expense_claims", claim, attachments=(), budget_line=office.ids["印刷费"])
    clerk.edit("invoices", invoice.id, amount=Decimal("1.00"), inv_no="1" * 20)
    office.settle()
    row, [now] = office.row(claim), invoices(office, claim)
    assert (row["attachments"], row["budget_line"]) == (kept, office.ids["日常办公费"])
    assert (now["amount"], now["inv_no"], now["state"]) == (invoice["amount"], invoice["inv_no"], "已用")
    assert budget(office) == money
    assert budget(office, "印刷费") == (Decimal(0), Decimal(0), Decimal(20000))
    assert {rule for rule, _ in ledger(office, claim)} == {"DG-03"}


def test_dg03_an_invoice_leaves_or_joins_an_archived_claim(office: SmallOffice) -> None:
    claim, other = archived(office), office.claim()
    [invoice], [stranger] = invoices(office, claim), invoices(office, other)
    clerk = office.person("王文员")
    clerk.edit("invoices", invoice.id, claim=None)
    clerk.edit("invoices", stranger.id, claim=claim)
    office.settle()
    assert [i.id for i in invoices(office, claim)] == [invoice.id]
    assert office.row(stranger.id, "invoices")["claim"] is None
    assert len(ledger(office, claim)) == 2 and {r for r, _ in ledger(office, claim)} == {"DG-03"}
    clerk.edit("invoices", stranger.id, claim=other)
    office.settle()
    assert len(ledger(office, claim)) == 2


def test_a_correction_note_may_be_written_for_ever(office: SmallOffice) -> None:
    claim = archived(office)
    office.person("李会计").edit("expense_claims", claim, correction_note="凭证号应为018")
    office.settle()
    assert (office.row(claim)["correction_note"], ledger(office, claim)) == ("凭证号应为018", [])


def test_dg03_a_paid_claim_does_not_change_its_status_or_its_payment(office: SmallOffice) -> None:
    claim = paid(office)
    office.person("王文员").edit("expense_claims", claim, status="草稿")
    office.settle()
    office.person("钱出纳").edit("expense_claims", claim, paid_on=date(2026, 9, 8))
    office.settle()
    row = office.row(claim)
    assert (row["status"], row["paid_on"], row["check_message"]) == ("已支付", date(2026, 9, 2), CLOSED)
    assert ledger(office, claim) == [("DG-03", "严重")] * 2
