"""A claim from the clerk's draft to the archive, told as the office lives it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.conftest import Clock
from tests.office import CHAIN, SmallOffice
from tests.postgres import store_url as store_url


@pytest.fixture
def office(clock: Clock, store_url: str) -> Iterator[SmallOffice]:
    """Mirror and journal in one store: SQLite, and PostgreSQL by nothing but its address."""
    office = SmallOffice(clock, mirror=store_url, journal=store_url)
    yield office
    office.close()


def test_a_claim_is_signed_paid_and_archived(office: SmallOffice) -> None:
    claim = office.claim()
    office.settle()
    draft = office.row(claim)
    assert draft["code"] == "ZC-2026-0001"
    assert (draft["status"], draft["invoice_sum"]) == ("草稿", Decimal("986.00"))

    office.person("王文员").submit(claim)
    office.settle()
    row = office.row(claim)
    assert (row["status"], row["current_step"]) == ("签批中", "部门负责人·周科长")
    assert [(s["level"], s["valid"], s["decision"]) for s in office.steps(claim)] == [
        ("部门负责人", "待定", "待签"),
        ("会计", None, "待签"),
        ("分管领导", None, "待签"),
        ("主要领导", None, "待签"),
    ]
    assert office.row(office.ids["日常办公费"], "budget_lines")["frozen"] == Decimal("986.00")

    for name in CHAIN:
        office.sign(claim, name, opinion="同意报销")
        office.settle()
    row = office.row(claim)
    assert (row["status"], row["current_step"], row["locked"]) == ("已批准", None, True)
    assert {s["valid"] for s in office.steps(claim)} == {"有效"}
    assert {s["hash"] for s in office.steps(claim)} == {row["approved_hash"]}

    office.person("李会计").edit("expense_claims", claim, paper_signed=True)
    office.settle()
    office.person("钱出纳").edit("expense_claims", claim, pay_method="银行转账")
    office.settle()
    assert "还差一项" in str(office.row(claim)["check_message"])
    office.person("钱出纳").edit("expense_claims", claim, paid_on=date(2026, 9, 2))
    office.settle()
    assert office.row(claim)["status"] == "已支付"
    line = office.row(office.ids["日常办公费"], "budget_lines")
    assert (line["frozen"], line["spent"], line["available"]) == (Decimal(0), Decimal("986.00"), Decimal("19014.00"))

    office.person("李会计").edit("expense_claims", claim, voucher_no="记-2026-09-017")
    office.settle()
    assert office.row(claim)["status"] == "已归档"
    assert office.violations() == []
    assert office.office.journal.verify().ok
