"""What an invoice must satisfy: number, no second use, buyer (domain.md B5.24; 发票管理办法 art. 20)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from automations.rules.base import rule
from automations.tables.values import Values

TABLE = "invoices"
DIGITAL = "数电票"
OLD_STYLE = frozenset({"电子普票", "电子专票", "纸质普票", "纸质专票"})
FISCAL = "财政电子票据"
WITH_BUYER = frozenset({DIGITAL, *OLD_STYLE})
"""Kinds that name the buyer; tickets, fixed-amount and fiscal receipts need not (发票管理办法)."""


@dataclass(frozen=True)
class InvoiceFacts:
    """All that the rules of an invoice look at.

    Attributes:
        row: The invoice's values.
        used_by: (code, status) of the other claim that holds the same number, None where no claim does.
        school: 单位全称 as in 参数标准, "" where not set.
        tax_no: 税号 as in 参数标准, "" where not set.
    """

    row: Values
    used_by: tuple[str, str] | None
    school: str
    tax_no: str


def invoice_key(row: Values) -> str:
    """What makes an invoice one of a kind: code and number without spaces, letters in capitals; "" without a number."""
    code, number = (re.sub(r"\s+", "", str(row.get(name) or "")).upper() for name in ("inv_code", "inv_no"))
    return f"{code}-{number}" if code and number else number


def _digits(text: object, *lengths: int) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) in lengths


@rule("IV-01", TABLE, "B24")
def number_has_its_form(facts: InvoiceFacts) -> Iterator[str]:
    """数电票 20 digits; older invoices code 10 or 12 and number 8; fiscal e-receipts code 8 and number 10."""
    kind, code, number = facts.row.get("kind"), facts.row.get("inv_code"), facts.row.get("inv_no")
    if number is None:
        return
    if kind == DIGITAL and not _digits(number, 20):
        yield f"数电票号码应为20位数字，当前{len(str(number))}位。"
    elif kind in OLD_STYLE:
        if not _digits(code, 10, 12):
            yield f"{kind}代码应为10位或12位数字，当前{len(str(code or ''))}位。"
        if not _digits(number, 8):
            yield f"{kind}号码应为8位数字，当前{len(str(number))}位。"
    elif kind == FISCAL:
        if not _digits(code, 8):
            yield f"财政电子票据代码应为8位数字，当前{len(str(code or ''))}位。"
        if not _digits(number, 10):
            yield f"财政电子票据号码应为10位数字，当前{len(str(number))}位。"


@rule("IV-02", TABLE, "B24")
def used_once(facts: InvoiceFacts) -> Iterator[str]:
    """An invoice number is paid once; numbers of 作废 and 不同意 claims are free again."""
    if facts.used_by is not None:
        code, status = facts.used_by
        yield f"发票{facts.row.get('inv_no')}已用于支出单{code}（{status}），不能重复报销。"


@rule("IV-03", TABLE, "发票管理办法第二十条")
def names_the_school(facts: InvoiceFacts) -> Iterator[str]:
    """The buyer is the school under its full name and tax number."""
    if facts.row.get("kind") not in WITH_BUYER or not facts.school:
        return
    buyer, tax_no = (str(facts.row.get(name) or "").strip() for name in ("buyer", "buyer_tax"))
    if buyer and (buyer != facts.school or (facts.tax_no and tax_no.upper() != facts.tax_no.upper())):
        yield f"购方名称应为“{facts.school}”，税号应为“{facts.tax_no}”，请退换。"
