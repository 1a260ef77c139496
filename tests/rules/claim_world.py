"""A claim with one invoice, complete in every respect, and what stands around it; tests change what they are about."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from automations.holds import Hold
from automations.people import Department, Person
from automations.rules.claims import ClaimFacts
from automations.tables.values import File
from automations.workdays import SCHOOL_TIME
from tests.office import SCHOOL, TAX_NO
from tests.rules.world import NOW, Rows, facts

NUMBER = "26500000000000000001"
CLERK, HEAD, LEADER, OTHER = 1, 2, 3, 4
PEOPLE = (
    Person(CLERK, "王文员", rank="科员"),
    Person(HEAD, "周科长", rank="中层"),
    Person(LEADER, "孙副校长", rank="班子成员"),
    Person(OTHER, "何宿管", rank="工勤"),
)
DEPARTMENTS = (Department(1, "行政科", HEAD, LEADER),)
CLAIM: Mapping[str, Any] = {
    "code": "ZC-2026-0001",
    "kind": "报销",
    "category": "办公费",
    "title": "购置订书机",
    "handler": CLERK,
    "department": 1,
    "payee_kind": "个人",
    "payee": CLERK,
    "payee_account": "本人工资卡",
    "budget_line": 1,
    "biz_date": date(2026, 8, 28),
    "amount": Decimal("986.00"),
    "attach_n": Decimal(2),
    "attachments": (File("明细.txt", 1, "r"),),
    "acceptor": HEAD,
    "status": "草稿",
}
INVOICE: Mapping[str, Any] = {
    "claim": 1,
    "kind": "数电票",
    "inv_no": NUMBER,
    "issued_on": date(2026, 8, 28),
    "seller": "示例文具商行",
    "amount": Decimal("986.00"),
    "buyer": SCHOOL,
    "buyer_tax": TAX_NO,
    "verify": "一致",
    "file": (File("发票.xml", 1, "f"),),
}
LINE: Mapping[str, Any] = {
    "name": "日常办公费",
    "year": Decimal(2026),
    "category": "办公费",
    "approved": Decimal(20000),
    "status": "已批复",
}
NORMS = {"school.name": SCHOOL, "school.tax_no": TAX_NO}


def papers(*names: str) -> tuple[File, ...]:
    return tuple(File(name, 1, name) for name in names)


def at(day: int, hour: int = 9, month: int = 9) -> datetime:
    """A moment of 2026 by the school's clock."""
    return datetime(2026, month, day, hour, tzinfo=SCHOOL_TIME)


def claim(
    invoices: Rows | None = None,
    tables: Mapping[str, Rows] | None = None,
    *,
    norms: Mapping[str, str] | None = None,
    holds: Iterable[Hold] = (),
    now: datetime = NOW,
    moment: str = "提交",
    payable: Decimal | None = None,
    status: str = "",
    verified: bool = True,
    actor: Person | None = None,
    **changes: Any,
) -> ClaimFacts:
    """Facts of the claim of row 1.

    Args:
        invoices: Invoices by row id; by default one over the amount asked for.
        tables: Other rows.
        changes: Cells of the claim that differ.
    """
    row = {**CLAIM, **changes}
    line = {**LINE, "category": row["category"]}
    found = facts(
        "expense_claims",
        row,
        {
            "invoices": {1: {**INVOICE, "amount": row["amount"]}} if invoices is None else invoices,
            "budget_lines": {1: line},
            **(tables or {}),
        },
        norms={**NORMS, **(norms or {})},
        holds=holds,
        people=PEOPLE,
        departments=DEPARTMENTS,
        now=now,
        on=row["biz_date"],
        moment=moment,
        payable=payable,
        status=status,
        verified=verified,
        actor=actor,
        subject="expense_claims/ZC-2026-0001",
    )
    assert isinstance(found, ClaimFacts)
    return found


def living(**cells: Any) -> Mapping[str, Any]:
    """Another claim, submitted."""
    return {**CLAIM, "code": "ZC-2026-0099", "status": "签批中", **cells}


def invoice(**changes: Any) -> Mapping[str, Any]:
    """An invoice of claim 1."""
    return {**INVOICE, **changes}
