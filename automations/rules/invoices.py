"""What an invoice must satisfy: number, no second use, buyer (domain.md B5.24; 发票管理办法 art. 20).

An invoice is judged as part of the claim it belongs to: what stops it, stops the claim.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from automations.books import Facts
from automations.holds import Hold
from automations.rules.base import facts_of, rule

TABLE = "invoices"
DIGITAL = "数电票"
OLD_STYLE = frozenset({"电子普票", "电子专票", "纸质普票", "纸质专票"})
FISCAL = "财政电子票据"
WITH_BUYER = frozenset({DIGITAL, *OLD_STYLE})
"""Kinds that name the buyer; tickets, fixed-amount and fiscal receipts need not (发票管理办法)."""

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class InvoiceFacts(Facts):
    """An invoice; ``subject`` is the claim it is judged with, "" for none."""

    @cached_property
    def used_by(self) -> Hold | None:
        """The hold of another claim on the same number."""
        key = invoice_key(self)
        held = self.books.held("invoice", key) if key else ()
        return next((h for h in held if h.subject != self.subject), None)

    @cached_property
    def school(self) -> str:
        """单位全称, "" where not set."""
        return self.norm.text("school.name")

    @cached_property
    def tax_no(self) -> str:
        """税号, "" where not set."""
        return self.norm.text("school.tax_no")


def invoice_key(row: Any) -> str:
    """What makes an invoice one of a kind: code and number without spaces, letters in capitals; "" without a number."""
    code, number = (re.sub(r"\s+", "", str(row[name] or "")).upper() for name in ("inv_code", "inv_no"))
    return f"{code}-{number}" if code and number else number


def _digits(text: object, *lengths: int) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) in lengths


@rule("IV-01", TABLE, "B24", "数电票号码应为20位数字，当前{n}位。")
def digital_number_has_its_form(invoice: InvoiceFacts) -> Figures:
    """数电票: 20 digits, the same form in the whole country."""
    if invoice.kind == DIGITAL and invoice.inv_no is not None and not _digits(invoice.inv_no, 20):
        yield {"n": len(str(invoice.inv_no))}


@rule("IV-01", TABLE, "B24", "{what}应为{wanted}位数字，当前{n}位。")
def older_number_has_its_form(invoice: InvoiceFacts) -> Figures:
    """Older invoices: code 10 or 12, number 8; fiscal e-receipts: code 8, number 10."""
    kind, code, number = invoice.kind, invoice.inv_code, invoice.inv_no
    if number is None or (kind not in OLD_STYLE and kind != FISCAL):
        return
    lengths, wanted, numbers = ((8,), "8", 10) if kind == FISCAL else ((10, 12), "10位或12", 8)
    if not _digits(code, *lengths):
        yield {"what": f"{kind}代码", "wanted": wanted, "n": len(str(code or ""))}
    if not _digits(number, numbers):
        yield {"what": f"{kind}号码", "wanted": numbers, "n": len(str(number))}


@rule("IV-02", TABLE, "B24", "发票{number}已用于支出单{code}（{status}），不能重复报销。")
def used_once(invoice: InvoiceFacts) -> Figures:
    """An invoice number is paid once; numbers of 作废 and 不同意 claims are free again."""
    if invoice.used_by is not None:
        yield {"number": invoice.inv_no, "code": invoice.used_by.code, "status": invoice.used_by.status}


@rule("IV-03", TABLE, "发票管理办法第二十条", "购方名称应为“{school}”，税号应为“{tax_no}”，请退换。")
def names_the_school(invoice: InvoiceFacts) -> Figures:
    """The buyer is the school under its full name and tax number."""
    if invoice.kind not in WITH_BUYER or not invoice.school:
        return
    buyer, tax_no = (str(invoice[name] or "").strip() for name in ("buyer", "buyer_tax"))
    if buyer and (buyer != invoice.school or (invoice.tax_no and tax_no.upper() != invoice.tax_no.upper())):
        yield {"school": invoice.school, "tax_no": invoice.tax_no}
