"""The claim's journey and its traps on a real NocoDB, each step by the account of the person who takes it."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.office import ACCOUNTS, CHAIN, RealClock, SmallOffice
from tests.servers import nocodb_office

pytestmark = pytest.mark.nocodb


@pytest.fixture(scope="module")
def office() -> Iterator[SmallOffice]:
    with nocodb_office(accounts=ACCOUNTS) as server:
        yield SmallOffice(RealClock(), server=server)


def test_a_claim_is_signed_paid_and_archived(office: SmallOffice) -> None:
    claim = office.approved()
    row = office.row(claim)
    assert row["approved_hash"] and {s["hash"] for s in office.steps(claim)} == {row["approved_hash"]}
    assert [s["signer_account"] for s in office.steps(claim)] == [
        a for n in CHAIN for a in ACCOUNTS if ACCOUNTS[a] == n
    ]

    office.person("李会计").edit("expense_claims", claim, paper_signed=True)
    office.settle()
    office.person("钱出纳").edit("expense_claims", claim, pay_method="银行转账", paid_on=row["biz_date"])
    office.settle()
    office.person("李会计").edit("expense_claims", claim, voucher_no="记-017")
    office.settle()
    assert office.row(claim)["status"] == "已归档"
    assert office.row(office.ids["日常办公费"], "budget_lines")["spent"] == Decimal("986.00")


def test_wrong_signer_out_of_order_changed_after_approval_duplicate_invoice(office: SmallOffice) -> None:
    claim = office.submitted()
    office.sign(claim, "孙副校长", by="王文员")
    office.settle()
    step = office.step(claim, "孙副校长")
    assert (step["decision"], step["valid"]) == ("待签", "无效-非本人")
    assert "本级应由孙副校长签批，实际由账号“wang@school.test”操作" in str(step["check_message"])

    office.sign(claim, "赵校长")
    office.settle()
    assert office.step(claim, "赵校长")["valid"] == "无效-越序"
    for name in CHAIN:
        office.sign(claim, name)
        office.settle()
    assert office.row(claim)["status"] == "已批准"

    office.person("王文员").edit("expense_claims", claim, amount=Decimal("9860"))
    office.settle()
    row = office.row(claim)
    assert (row["status"], row["approved_hash"]) == ("草稿", None)
    assert "“申请金额”（986→9,860）" in str(row["check_message"])
    assert {s["valid"] for s in office.steps(claim)} == {"作废-改单"}
    assert sorted(str(v["rule"]) for v in office.violations()) == ["DG-02", "SG-01", "SG-02"]
    assert office.office.journal.verify().ok
