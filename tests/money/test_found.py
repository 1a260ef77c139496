"""What the histories of :mod:`tests.money.test_invariants` found, told once each so that it stays found."""

from decimal import Decimal
from typing import Any

import pytest

from tests.money.paper_office import PaperOffice
from tests.money.paper_school import ACCOUNTANT, CASHIER, CLERK, HEAD, LEADER, OTHER_CLERK, TOP, number, paper
from tests.money.routine import go_on_with_income
from tests.money.turns import REASON, Turn


@pytest.fixture
def office() -> PaperOffice:
    return PaperOffice()


def types(office: PaperOffice, table: str, row_id: int, by: int, **cells: Any) -> None:
    office.type(table, row_id, by, **cells)
    office.look()


def signs(office: PaperOffice, table: str, row_id: int, decision: str = "同意", opinion: str | None = None) -> None:
    step = office.case(table, row_id).current
    assert step is not None
    office.decide(step.code, step.assignee, decision, opinion)
    office.look()


def test_a_cut_is_looked_at_again_when_it_is_signed(office: PaperOffice) -> None:
    """900 元 are to be taken off a line; before 主要领导 signs, claims take more than is left."""
    types(office, "budget_lines", 1, ACCOUNTANT, status="调整中")
    cut = {"adjusted": Decimal(-900), "adjust_doc": paper("调整文件.pdf"), "status": "提交"}
    types(office, "budget_lines", 1, ACCOUNTANT, **cut)
    for claim, handler in ((1, CLERK), (2, OTHER_CLERK)):
        types(office, "expense_claims", claim, handler, status="提交")
        assert office.shown("expense_claims", claim) == "签批中"
    signs(office, "budget_lines", 1)
    assert office.shown("budget_lines", 1) == "调整签批中"
    assert office.case("budget_lines", 1).message == (
        "调整后指标共1,500元，少于已占用1,700元与已支付0元之和，差200元。请改小调整数，或先退回占用的单据。"
    )
    assert office.figures(1)["available"] == 700
    signs(office, "expense_claims", 2, "退回", REASON)
    signs(office, "budget_lines", 1)
    assert office.shown("budget_lines", 1) == "已调整"
    assert office.figures(1)["available"] == 700, "900 less, and 900 given back"


def test_a_returned_claim_takes_no_number_that_another_has(office: PaperOffice) -> None:
    """He types a colleague's invoice into his returned claim: the colleague is not kept from submitting his own."""
    types(office, "expense_claims", 1, CLERK, status="提交")
    signs(office, "expense_claims", 1, "退回", REASON)
    types(office, "expense_claims", 2, OTHER_CLERK, status="提交")
    types(office, "invoices", 1, CLERK, inv_no=number(2))
    assert [h.subject for h in office.held("invoice", number(2))] == ["expense_claims/ZC-2026-0002"]
    types(office, "expense_claims", 2, OTHER_CLERK, status="撤回")
    types(office, "expense_claims", 2, OTHER_CLERK, status="提交")
    assert office.shown("expense_claims", 2) == "签批中"
    types(office, "expense_claims", 1, CLERK, status="提交")
    assert office.case("expense_claims", 1).message.startswith(
        f"发票{number(2)}已用于支出单ZC-2026-0002（签批中），不能重复报销。"
    )


def test_a_returned_claim_keeps_the_numbers_that_it_handed_in(office: PaperOffice) -> None:
    types(office, "expense_claims", 1, CLERK, status="提交")
    signs(office, "expense_claims", 1, "退回", REASON)
    assert [h.key for h in office.held("invoice", number(1))] == [number(1)]
    types(office, "invoices", 2, OTHER_CLERK, inv_no=number(1))
    types(office, "expense_claims", 2, OTHER_CLERK, status="提交")
    assert "已用于支出单ZC-2026-0001（已退回）" in office.case("expense_claims", 2).message
    types(office, "invoices", 1, CLERK, inv_no=number(9))
    types(office, "expense_claims", 2, OTHER_CLERK, status="提交")
    assert office.shown("expense_claims", 2) == "签批中", "he let it go"
    types(office, "invoices", 1, CLERK, inv_no=number(1))
    assert [h.subject for h in office.held("invoice", number(1))] == ["expense_claims/ZC-2026-0002"], "no more"


def test_two_who_exchange_their_offices_exchange_their_steps(office: PaperOffice) -> None:
    """分管领导 becomes 部门负责人 and the other way round while both levels are open."""
    types(office, "expense_claims", 1, CLERK, status="提交")
    people = [s.assignee for s in office.case("expense_claims", 1).steps]
    assert people == [HEAD, ACCOUNTANT, LEADER, TOP]
    office.office_changes_hands(1, HEAD, head=LEADER)
    office.look()
    assert [s.assignee for s in office.case("expense_claims", 1).steps] == [LEADER, ACCOUNTANT, HEAD, TOP]


def test_a_settled_income_keeps_its_receipt_number(office: PaperOffice) -> None:
    """The second income is settled; the first, received before it, may not end with the same receipt."""
    for income in (1, 2):
        go_on_with_income(office, Turn(kind=0, row=income - 1, who=0, how=1, asleep=False))  # received, remitted
        assert office.shown("income", income) == "已缴库"
    types(office, "income", 2, ACCOUNTANT, status="已核对")
    assert office.shown("income", 2) == "已核对"
    types(office, "income", 1, CASHIER, receipt_no="PJ2")
    types(office, "income", 1, ACCOUNTANT, status="已核对")
    assert office.shown("income", 1) == "已缴库"
