"""Planted money violations of domain.md E6 on the memory host and on a real NocoDB, each step by its person's account.

V01, V02 and V04 on NocoDB are in ``test_claim_on_nocodb.py``; V08, V10, V13 and V35 are here.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.tables.base import Row
from tests.approvals.looks import code, ledger, said, status
from tests.conftest import Clock
from tests.office import ACCOUNTS, SHIPPED_LIMITS, RealClock, SmallOffice
from tests.servers import nocodb_office

NORMS = {**SHIPPED_LIMITS, "request.purchase_from": "100000", "collective.limit": "50000"}
"""The shipped limits; that purchases of this size need a request first is another rule's story."""


@pytest.fixture(scope="module", params=["memory", pytest.param("nocodb", marks=pytest.mark.nocodb)])
def office(request: pytest.FixtureRequest) -> Iterator[SmallOffice]:
    if request.param == "memory":
        yield SmallOffice(Clock(), norms=NORMS)
        return
    with nocodb_office(accounts=ACCOUNTS) as server:
        yield SmallOffice(RealClock(), server=server, norms=NORMS)


@pytest.fixture(scope="module")
def shop(office: SmallOffice) -> Row:
    """A company in good standing."""
    cells: dict[str, Any] = {
        "name": "示例家具公司",
        "uscc": "915000000000000018",
        "kinds": ("办公用品",),
        "legal_status": "企业法人",
        "is_sme": True,
        "bank_name": "示例银行",
        "bank_account": "620000001234",
        "bank_verified": True,
        "status": "在册",
    }
    [row_id] = office.host.create("vendors", [cells])
    office.turn(slow=True)
    office.settle()
    return office.row(row_id, "vendors")


def chairs(office: SmallOffice, shop: Row, amount: str, day: int, number: str) -> int:
    """The clerk files and submits one bill for chairs."""
    clerk = office.person("王文员")
    claim = clerk.file_claim(
        "购置办公椅",
        line="日常办公费",
        invoices={number: Decimal(amount)},
        on=date(2026, 9, day),
        seller=str(shop["name"]),
        payee_kind="服务商",
        payee=None,
        vendor=shop.id,
        payee_account=shop["bank_account"],
        acceptor=office.ids["吴科长"],
        accepted_on=date(2026, 9, day),
    )
    office.settle()
    clerk.submit(claim)
    office.settle()
    return claim


def test_v08_three_small_bills_of_one_company_in_twelve_days(office: SmallOffice, shop: Row) -> None:
    first = chairs(office, shop, "4860", 1, "26500000000000100001")
    assert status(office, first) == "签批中", said(office, first)
    second = chairs(office, shop, "4920", 7, "26500000000000200002")
    third = chairs(office, shop, "4790", 12, "26500000000000300003")
    blocked = [c for c in (second, third) if status(office, c) == "草稿"]
    assert third in blocked
    message = said(office, third)
    assert "疑似拆分" in message and "达到内部比选起点5,000元" in message and code(office, first) in message
    assert [s["valid"] for s in office.steps(third)] == []


def test_v10_one_invoice_in_march_and_in_june(office: SmallOffice) -> None:
    march = office.submitted()
    [paper] = [r for r in office.host.changed("invoices", None).rows if r["claim"] == march]
    june = office.claim()
    [again] = [r for r in office.host.changed("invoices", None).rows if r["claim"] == june]
    office.settle()
    office.person("王文员").edit("invoices", again.id, inv_no=paper["inv_no"])
    office.settle()
    office.person("王文员").submit(june)
    office.settle()
    assert status(office, june) == "草稿"
    assert f"发票{paper['inv_no']}已用于支出单{code(office, march)}（签批中），不能重复报销。" in said(office, june)
    assert office.row(again.id, "invoices")["dup"] == "重复"


def test_v13_income_spent_before_it_is_remitted(office: SmallOffice) -> None:
    """场地费 3,600 元 in cash, and the same day a bill paid with it in cash: 坐支."""
    cashier = office.person("钱出纳")
    [received] = cashier.host.create(
        "income",
        [
            {
                "kind": "场地设施收入",
                "payer": "示例培训公司",
                "amount": Decimal(3600),
                "received": Decimal(3600),
                "received_on": date(2026, 9, 1),
                "method": "现金",
                "account": "单位基本户",
                "receipt_kind": "非税收入票据",
                "receipt_no": "0012345",
                "collector": office.ids["钱出纳"],
                "remitter": office.ids["王文员"],
            }
        ],
    )
    office.turn(slow=True)
    office.settle()
    cashier.edit("income", received, status="已收")
    office.turn(slow=True)
    office.settle()
    assert office.row(received, "income")["status"] == "已收", office.row(received, "income")["check_message"]

    claim = office.submitted(amount="900.00", biz_date=date(2026, 9, 1))
    for name in ("周科长", "李会计", "孙副校长", "赵校长"):
        office.sign(claim, name)
        office.settle()
    office.person("李会计").edit("expense_claims", claim, paper_signed=True)
    office.settle()
    cashier.edit("expense_claims", claim, pay_method="现金", paid_on=date(2026, 9, 1))
    office.settle()
    assert status(office, claim) == "已批准"
    assert "检测到疑似“坐支”" in said(office, claim)
    assert ("IN-03", "严重") in ledger(office, claim)
    assert office.row(claim)["paid_on"] is None


def test_v35_a_computed_cell_is_typed_over_and_a_row_is_deleted(office: SmallOffice) -> None:
    line = office.ids["印刷费"]
    before = office.row(line, "budget_lines")["available"]
    office.person("王文员").edit("budget_lines", line, available=Decimal(999999))
    office.turn(slow=True)
    office.settle()
    row = office.row(line, "budget_lines")
    assert row["available"] == before
    assert "【已还原】“可用”由系统计算，不能手工修改。" in str(row["check_message"])

    claim = office.submitted()
    lost = code(office, claim)
    office.person("王文员").delete("expense_claims", claim)
    office.turn(slow=True)
    office.settle()
    [back] = [r for r in office.host.changed("expense_claims", None).rows if r["code"] == lost]
    assert "王文员" in str(back["remark"]) and "已按快照恢复" in str(back["remark"])
    assert back["status"] == "签批中"
    assert ("DG-04", "严重") in [(v["rule"], v["severity"]) for v in office.violations() if v["biz_code"] == lost]
    assert office.office.journal.verify().ok
