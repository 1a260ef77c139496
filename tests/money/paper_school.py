"""The school whose money is played with: ten people, four claims with invoices, two requests, two lines, a company.

All of it in order: a claim submitted as it stands here is approved and paid if everybody does his part.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from automations.norms import Norm, Norms
from automations.people import Person
from automations.tables.values import File, canonical
from tests.office import SCHOOL, TAX_NO, schema

START = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)

CLERK, HEAD, ACCOUNTANT, LEADER, TOP, DEPUTY, FINANCE_LEADER, CASHIER, OTHER_CLERK, OTHER_ACCOUNTANT = range(1, 11)
OFFICE, FINANCE = 1, 2
STAFF = (
    Person(CLERK, "王文员", roles=frozenset({"经办人"}), rank="科员"),
    Person(HEAD, "周科长", roles=frozenset({"经办人", "部门负责人"}), rank="中层"),
    Person(ACCOUNTANT, "李会计", roles=frozenset({"经办人", "会计"}), rank="科员"),
    Person(LEADER, "孙副校长", roles=frozenset({"经办人", "分管领导"}), rank="班子成员"),
    Person(TOP, "赵校长", roles=frozenset({"经办人", "主要领导"}), rank="主要领导"),
    Person(DEPUTY, "郑副校长", roles=frozenset({"经办人", "分管领导"}), rank="班子成员"),
    Person(FINANCE_LEADER, "陈副校长", roles=frozenset({"经办人", "分管领导"}), rank="班子成员"),
    Person(CASHIER, "钱出纳", roles=frozenset({"经办人", "出纳"}), rank="科员"),
    Person(OTHER_CLERK, "冯文员", roles=frozenset({"经办人"}), rank="科员"),
    Person(OTHER_ACCOUNTANT, "吴会计", roles=frozenset({"经办人", "会计"}), rank="科员"),
)
COMPANY, ACCOUNT_NO, OTHER_ACCOUNT_NO = 1, "6222000000001234", "6222000000009999"
LINES = {1: ("日常办公费", "办公费", "2400"), 2: ("印刷费", "印刷费", "3000")}


def account(person: int) -> str:
    return f"p{person}@school.test"


def paper(name: str) -> tuple[File, ...]:
    return (File(name, 1, name, f"sha-of-{name}"),)


def number(invoice: int) -> str:
    return f"{26500000000000000000 + invoice * 1000}"


CLAIM: Mapping[str, Any] = {
    "kind": "报销",
    "category": "办公费",
    "title": "购置订书机",
    "handler": CLERK,
    "department": OFFICE,
    "payee_kind": "个人",
    "payee": CLERK,
    "payee_account": "本人工资卡",
    "budget_line": 1,
    "biz_date": date(2026, 8, 28),
    "amount": Decimal(800),
    "attach_n": Decimal(2),
    "attachments": paper("明细清单.txt"),
    "acceptor": OTHER_ACCOUNTANT,
}
CLAIMS: Mapping[int, Mapping[str, Any]] = {
    1: CLAIM,
    2: {
        **CLAIM,
        "title": "购置文件柜锁",
        "handler": OTHER_CLERK,
        "payee_kind": "服务商",
        "payee": None,
        "vendor": COMPANY,
        "payee_account": ACCOUNT_NO,
        "amount": Decimal(900),
    },
    3: {**CLAIM, "title": "购置硬盘盒", "handler": LEADER, "payee": LEADER, "amount": Decimal(950)},
    4: {
        **CLAIM,
        "category": "印刷费",
        "title": "印制讲义",
        "budget_line": 2,
        "request": 1,
        "biz_date": TODAY,
        "amount": Decimal(1200),
    },
}
REQUEST: Mapping[str, Any] = {
    "kind": "零星采购",
    "title": "印制讲义",
    "reason": "秋季学期用",
    "handler": CLERK,
    "department": OFFICE,
    "starts_at": datetime(2026, 9, 1, 1, 0, tzinfo=UTC),
    "ends_at": datetime(2026, 9, 20, 1, 0, tzinfo=UTC),
    "place": "本校",
    "budget_line": 2,
    "est_amount": Decimal(1300),
}
REQUESTS: Mapping[int, Mapping[str, Any]] = {
    1: REQUEST,
    2: {**REQUEST, "title": "印制学员手册", "handler": OTHER_CLERK, "est_amount": Decimal(2500)},
}
INCOME: Mapping[str, Any] = {"kind": "住宿费收入", "payer": "区财政局", "amount": Decimal(1000)}
RECEIVED: Mapping[str, Any] = {
    "received_on": TODAY,
    "method": "对公转账",
    "account": "财政专户",
    "receipt_kind": "非税收入票据",
    "collector": CASHIER,
}


def invoice(claim: int) -> dict[str, Any]:
    return {
        "claim": claim,
        "kind": "数电票",
        "inv_no": number(claim),
        "issued_on": date(2026, 8, 28),
        "seller": "利民商行" if claim == 2 else f"商行{claim}",
        "amount": CLAIMS[claim]["amount"],
        "buyer": SCHOOL,
        "buyer_tax": TAX_NO,
        "verify": "未查验",
        "file": paper(f"发票{claim}.xml"),
    }


@cache
def empty(table: str) -> Mapping[str, Any]:
    """A row of nothing."""
    return {f.name: canonical(f, None) for f in schema()[table].fields}


@cache
def in_force(changed: tuple[tuple[str, str], ...]) -> Norms:
    """The parameters of the school; the others are those that are shipped."""
    own = {"school.name": SCHOOL, "school.tax_no": TAX_NO, "chain.substitute": "郑副校长"}
    return Norms(Norm(key, value) for key, value in {**own, **dict(changed)}.items())
