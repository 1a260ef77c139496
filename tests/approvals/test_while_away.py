"""The worker slept: what people did meanwhile is judged in its true order on its return (design.md, decision 5)."""

from datetime import date
from decimal import Decimal

from tests.approvals.looks import approved, at, by, cells, entries, invoices, ledger, said, status
from tests.office import CHAIN, SmallOffice


def test_the_top_leader_first_then_the_leader_then_one_tap(office: SmallOffice) -> None:
    """赵校长 at 10:00, 孙副校长 at 10:05, the worker is back at 11:00."""
    claim = office.submitted()
    by(office, claim, *CHAIN[:2])
    office.sign(claim, "赵校长")
    office.clock.pass_by(minutes=5)
    office.sign(claim, "孙副校长")
    office.clock.pass_by(minutes=55)
    office.turn()
    assert cells(at(office, claim, 2)) == ("同意", "有效")
    top = at(office, claim, 3)
    assert cells(top) == ("待签", "待定")
    assert top["check_message"] == "前面各级已签批完毕，现在轮到您：请再选一次“同意”即可。"
    assert [e["rule"] for e in entries(office, claim, "refused")] == ["SG-02"]
    office.settle()
    by(office, claim, "赵校长")
    assert (status(office, claim), ledger(office, claim)) == ("已批准", [("SG-02", "一般")])
    signed = [s["signed_at"] for s in office.steps(claim)]
    assert signed == sorted(signed)  # type: ignore[type-var]


def test_a_whole_chain_in_its_order_needs_no_second_tap(office: SmallOffice) -> None:
    claim = office.submitted()
    by(office, claim, *CHAIN)
    assert status(office, claim) == "已批准"
    signed = [s["signed_at"] for s in office.steps(claim)]
    assert signed == sorted(signed) and len(set(signed)) == 4, "each with the time of his own edit"  # type: ignore[type-var]


def test_changed_and_then_signed_refuses_the_signature(office: SmallOffice) -> None:
    claim = office.submitted()
    by(office, claim, *CHAIN[:3])
    office.person("王文员").edit("expense_claims", claim, amount=Decimal("9860.00"))
    office.clock.pass_by(minutes=5)
    office.sign(claim, "赵校长")
    office.clock.pass_by(hours=1)
    office.settle()
    assert status(office, claim) == "草稿" and said(office, claim).startswith("【改单重签】王文员于")
    assert {s["valid"] for s in office.steps(claim)} == {"作废-改单"}
    assert [e["rule"] for e in entries(office, claim, "refused")] == ["SG-02"]
    assert entries(office, claim, "approved") == []


def test_signed_and_then_changed_lets_the_signatures_fall(office: SmallOffice) -> None:
    claim = office.submitted()
    by(office, claim, *CHAIN[:3])
    office.sign(claim, "赵校长")
    office.clock.pass_by(minutes=5)
    office.person("王文员").edit("expense_claims", claim, amount=Decimal("9860.00"))
    office.settle()
    assert (status(office, claim), len(entries(office, claim, "approved"))) == ("草稿", 1)
    assert ledger(office, claim) == [("DG-02", "严重")]


def test_submitted_withdrawn_corrected_and_submitted_again(office: SmallOffice) -> None:
    claim = office.claim()
    clerk = office.person("王文员")
    clerk.submit(claim)
    office.clock.pass_by(minutes=1)
    clerk.withdraw(claim)
    clerk.edit("expense_claims", claim, title="购置打印纸和墨盒")
    office.clock.pass_by(minutes=1)
    clerk.submit(claim)
    office.settle()
    assert (status(office, claim), [s["round"] for s in office.steps(claim)]) == ("签批中", [1] * 4 + [2] * 4)
    assert (entries(office, claim, "fell"), ledger(office, claim)) == ([], [])


def test_a_decision_that_an_import_brought_is_nobodys(office: SmallOffice) -> None:
    """No history names its author: refused, reported, put back after the host had its time to write."""
    claim = office.submitted()
    step = at(office, claim, 0)
    office.server.import_rows("签批步骤", {step.id: {"意见": "同意"}}, by="zhou@school.test")
    first = office.turn()
    assert first.waiting and cells(at(office, claim, 0)) == ("同意", "待定"), "not judged before its record may come"
    office.settle()
    step = at(office, claim, 0)
    assert cells(step) == ("待签", "无效-非本人")
    assert step["check_message"] == (
        "【签批无效】系统没有查到本次签批是由哪个账号操作的，不作为签批依据，已还原。"
        "请应签人用本人账号在表格中重新选择。"
    )
    assert ledger(office, claim) == [("SG-01", "严重")]
    by(office, claim, "周科长")
    assert cells(at(office, claim, 0)) == ("同意", "有效")


def test_a_status_that_an_import_brought_is_put_back(office: SmallOffice) -> None:
    claim = office.submitted()
    office.server.import_rows("支出单", {claim: {"状态": "已批准"}})
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "签批中",
        "【已还原】“状态”由系统计算，不能手工修改。原值“签批中”已恢复。",
    )
    assert ledger(office, claim) == [("DG-01", "严重")]
    draft = office.claim()
    office.settle()
    office.server.import_rows("支出单", {draft: {"状态": "提交"}})
    office.settle()
    assert (status(office, draft), office.steps(draft)) == ("草稿", [])
    assert said(office, draft) == (
        "【提交无效】系统没有查到是谁提交的，已退回草稿。请经办人用本人账号在表格中把“状态”改为“提交”。"
    )


def test_content_that_an_import_changed_lets_the_signatures_fall(office: SmallOffice) -> None:
    claim = approved(office)
    office.server.import_rows("支出单", {claim: {"申请金额": "9860"}})
    office.settle()
    assert status(office, claim) == "草稿"
    assert said(office, claim).startswith("【改单重签】未能查明的操作人于")
    other = approved(office)
    [invoice] = invoices(office, other)
    office.server.import_rows("发票", {invoice.id: {"价税合计": "9860"}})
    office.settle()
    assert (status(office, other), ledger(office, other)) == ("草稿", [("DG-02", "严重")])


def test_the_workers_own_write_between_two_edits_hides_neither(office: SmallOffice) -> None:
    claim = office.submitted()
    by(office, claim, *CHAIN[:1])
    step = at(office, claim, 2)
    office.person("王文员").sign(step.id, "同意")  # not he
    office.host.update("sign_steps", {step.id: {"check_message": "系统写入"}})
    office.host.update("sign_steps", {step.id: {"decision": "待签"}})
    office.person("孙副校长").sign(step.id, "同意")  # too early
    office.settle()
    assert [e["rule"] for e in entries(office, claim, "refused")] == ["SG-01", "SG-02"]
    assert cells(at(office, claim, 2)) == ("待签", "无效-越序")


def test_a_person_edits_between_the_workers_look_and_its_write(office: SmallOffice) -> None:
    """He withdraws while the worker is writing 签批中: the worker's answer overwrites his cell, but not his wish."""
    claim = office.claim()
    office.settle()
    office.person("王文员").submit(claim)
    hands = office.engine._hands
    write = hands.flush

    def late() -> None:
        hands.flush = write  # type: ignore[method-assign]
        office.person("王文员").withdraw(claim)
        write()

    hands.flush = late  # type: ignore[method-assign]
    office.turn()
    assert status(office, claim) == "签批中", "overwritten"
    office.settle()
    assert status(office, claim) == "草稿"
    assert said(office, claim) == "已撤回，可以修改后重新提交。重新提交后各级须重新签批。"


def test_a_blocked_draft_is_voided_between_look_and_write(office: SmallOffice) -> None:
    claim = office.claim(handler=office.ids["周科长"])
    office.settle()
    office.person("王文员").submit(claim)
    hands = office.engine._hands
    write = hands.flush

    def late() -> None:
        hands.flush = write  # type: ignore[method-assign]
        office.person("周科长").edit("expense_claims", claim, status="作废")
        write()

    hands.flush = late  # type: ignore[method-assign]
    office.turn()
    assert status(office, claim) == "草稿", "overwritten"
    office.settle()
    assert status(office, claim) == "作废"


def test_two_claims_race_for_one_line_in_one_pass(office: SmallOffice) -> None:
    line = office.ids["印刷费"]
    papers = {"清单.txt": b"list"}
    more = {"category": "印刷费", "budget_line": line, "amount": "12000.00", "attachments": papers}
    one, other = office.claim(**more), office.claim(**more)  # type: ignore[arg-type]
    for claim in (one, other):
        office.person("王文员").submit(claim)
    office.settle()
    assert (status(office, one), status(office, other)) == ("签批中", "草稿"), (said(office, one), said(office, other))
    assert said(office, other) == (
        "指标“印刷费”可用8,000元，本单12,000元，超出4,000元。请调整指标或改用其他经费。"
        "（预算法第十三条：未列入预算的不得支出）"
    )
    row = office.row(line, "budget_lines")
    assert (row["frozen"], row["available"]) == (Decimal(12000), Decimal(8000))


def test_signed_and_paid_and_archived_while_the_worker_slept(office: SmallOffice) -> None:
    claim = office.submitted()
    for name in CHAIN:
        office.clock.pass_by(minutes=1)
        office.sign(claim, name)
    office.person("李会计").edit("expense_claims", claim, paper_signed=True)
    office.person("钱出纳").edit("expense_claims", claim, pay_method="银行转账", paid_on=date(2026, 9, 2))
    office.person("李会计").edit("expense_claims", claim, voucher_no="记-1")
    office.clock.pass_by(hours=12)
    office.settle()
    assert (status(office, claim), ledger(office, claim)) == ("已归档", [])


def test_an_import_over_a_decision_that_nobody_has_judged_yet(office: SmallOffice) -> None:
    """He signs, an import overwrites his cell, then the worker looks: his signature stands, the import is reported."""
    claim = office.submitted()
    step = at(office, claim, 0)
    office.sign(claim, "周科长")
    office.server.import_rows("签批步骤", {step.id: {"意见": "不同意"}})
    office.settle()
    assert cells(at(office, claim, 0)) == ("同意", "有效")
    assert str(at(office, claim, 0)["check_message"]).startswith("【签批无效】系统没有查到本次签批是由哪个账号操作的")
    assert ledger(office, claim) == [("SG-01", "严重")]


def test_an_invoice_added_after_approval(office: SmallOffice) -> None:
    claim, other = approved(office), office.claim()
    [stranger] = invoices(office, other)
    office.person("王文员").edit("invoices", stranger.id, claim=claim)
    office.settle()
    assert (status(office, claim), ledger(office, claim)) == ("草稿", [("DG-02", "严重")])
    assert said(office, claim).startswith("【改单重签】王文员于")
