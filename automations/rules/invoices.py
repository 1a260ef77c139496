"""What an invoice must satisfy: its number, one use, the buyer, verification, no near twin (domain.md B5.24).

An invoice is judged as part of the claim it belongs to: what stops it, stops the claim.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from automations.books import Facts, cached_property
from automations.holds import Hold
from automations.rows import RowView
from automations.rules.base import PAY, STAGE, SUBMIT, facts_of, rule
from automations.tables.values import File

TABLE, CLAIMS = "invoices", "expense_claims"
DIGITAL = "数电票"
OLD_STYLE = frozenset({"电子普票", "电子专票", "纸质普票", "纸质专票"})
FISCAL = "财政电子票据"
WITH_BUYER = frozenset({DIGITAL, *OLD_STYLE})
"""Kinds that name the buyer; tickets, fixed-amount and fiscal receipts need not (发票管理办法)."""

ELECTRONIC = frozenset({DIGITAL, "电子普票", "电子专票", FISCAL})
"""Kinds whose original is a file: a picture of it proves nothing."""

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".heic", ".tif", ".tiff")
NEEDED = ("kind", "inv_no", "issued_on", "amount", "file")
NEEDED_WITH_BUYER = ("seller", "buyer", "buyer_tax")

VERIFIED, UNVERIFIED_YET, DIFFERENT, CANCELLED, NOT_POSSIBLE = "一致", "未查验", "不一致", "已红冲", "不适用"
ACCOUNTANT = "会计"
"""The level at which every invoice must have been verified."""

GONE = frozenset({"草稿", "撤回", "不同意", "作废"})
"""States of a claim whose invoices nobody uses."""

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class InvoiceFacts(Facts):
    """An invoice; ``subject`` is the claim it is judged with, "" for none."""

    @cached_property
    def key(self) -> str:
        """What makes it one of a kind, "" without a number."""
        return invoice_key(self.row)

    @cached_property
    def used_by(self) -> Hold | None:
        """The hold of another claim on the same number."""
        held = self.books.held("invoice", self.key) if self.key else ()
        return next((h for h in held if h.subject != self.subject), None)

    @cached_property
    def claimed_in(self) -> RowView | None:
        """Its claim."""
        return self.of("claim")

    @cached_property
    def school(self) -> str:
        """单位全称, "" where not set."""
        return self.norm.text("school.name")

    @cached_property
    def tax_no(self) -> str:
        """税号, "" where not set."""
        return self.norm.text("school.tax_no")

    def near(self, others: Iterable[RowView]) -> Sequence[tuple[RowView, int]]:
        """Those of the same seller dated within a few days that are used, too, with the days between.

        Only what was submitted before counts, or stands before it in the same claim: so of two twins one speaks.
        """
        found: list[tuple[RowView, int]] = []
        if self.issued_on is None or not self.seller:
            return found
        for other in others:
            if other.id != self.id and other.seller == self.seller and other.issued_on is not None:
                days = abs((other.issued_on - self.issued_on).days)
                if days <= self._near_days and self._counts(other):
                    found.append((other, days))
        return found

    @cached_property
    def _near_days(self) -> int:
        return self.norm.whole("invoice.near_days")

    def _counts(self, other: RowView) -> bool:
        if other.claim == self.claim:
            return other.id < self.id
        claim = self.books.row(CLAIMS, other.claim)
        return claim is not None and claim.status is not None and claim.status not in GONE


def invoice_key(row: Any) -> str:
    """What makes an invoice one of a kind: code and number without spaces, letters in capitals; "" without a number."""
    number = "".join(str(row["inv_no"] or "").split()).upper()
    code = "".join(str(row["inv_code"] or "").split()).upper()
    return f"{code}-{number}" if code and number else number


def _digits(text: object, *lengths: int) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) in lengths


@rule("必填", TABLE, "B24", "请填写：{fields}。")
def required_cells(invoice: InvoiceFacts) -> Figures:
    """Everything marked ● is filled; tickets and receipts name neither seller nor buyer."""
    names = NEEDED + (NEEDED_WITH_BUYER if invoice.kind in WITH_BUYER else ())
    if missing := [f"“{invoice.schema[n].title}”" for n in names if invoice[n] is None or invoice[n] == ()]:
        yield {"fields": missing}


@rule("必填", TABLE, "B24", "价税合计应大于0，现在是{amount}元。")
def something_is_charged(invoice: InvoiceFacts) -> Figures:
    """The sum is above zero."""
    if invoice.amount is not None and invoice.amount <= 0:
        yield {"amount": invoice.amount}


@rule("必填", TABLE, "B24；发票管理办法", "请上传电子发票原件（XML、OFD或PDF），不能只传截图或照片。")
def original_is_attached(invoice: InvoiceFacts) -> Figures:
    """An electronic invoice comes as its own file, not only as a picture of it."""
    names = [f.name.lower() for f in invoice.file if isinstance(f, File)]
    if invoice.kind in ELECTRONIC and names and all(name.endswith(PICTURES) for name in names):
        yield {}


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


@rule("IV-02", TABLE, "B24", "发票{number}在本单中登记了两次，请删去多余的一行。")
def entered_once(invoice: InvoiceFacts) -> Figures:
    """A claim has no invoice twice; the row that came first is left in peace."""
    before = [other for other in invoice.books.where(TABLE, "claim", invoice.claim) if other.id < invoice.id]
    if before and invoice.key and any(invoice_key(other) == invoice.key for other in before):
        yield {"number": invoice.inv_no}


@rule("IV-03", TABLE, "发票管理办法第二十条", "购方名称应为“{school}”，税号应为“{tax_no}”，请退换。")
def names_the_school(invoice: InvoiceFacts) -> Figures:
    """The buyer is the school under its full name and tax number."""
    if invoice.kind not in WITH_BUYER or not invoice.school:
        return
    buyer, tax_no = str(invoice.buyer or "").strip(), str(invoice.buyer_tax or "").strip()
    if buyer and (buyer != invoice.school or (invoice.tax_no and tax_no.upper() != invoice.tax_no.upper())):
        yield {"school": invoice.school, "tax_no": invoice.tax_no}


@rule(
    "IV-04",
    TABLE,
    "发票管理办法第二十条",
    "发票{problem}，不得报销（发票管理办法第二十条）。",
    at=(SUBMIT, ACCOUNTANT, PAY),
)
def verified_and_valid(invoice: InvoiceFacts) -> Figures:
    """会计 has found it on the tax platform, and it was not cancelled; until his turn only what he found counts."""
    verify = invoice.verify or UNVERIFIED_YET
    if verify == DIFFERENT:
        yield {"problem": "查验不一致"}
    elif verify == CANCELLED:
        yield {"problem": CANCELLED}
    elif invoice.moment not in (ACCOUNTANT, PAY) or verify == VERIFIED:
        return
    elif verify != NOT_POSSIBLE or invoice.kind in WITH_BUYER:  # these can always be looked up
        yield {"problem": "尚未查验"}


@rule("IV-04", TABLE, "会计法第十四条", "原始凭证金额有误应由开具单位重开，不得更正（会计法第十四条）。")
def never_corrected_by_hand(invoice: InvoiceFacts) -> Figures:
    """A wrong sum is reissued by the seller; nobody corrects it."""
    if re.search("涂改|更正|手改|改写|划改", str(invoice.remark or "")):
        yield {}


@rule(
    "IV-05",
    TABLE,
    "B24",
    "与发票{number}销方、金额相同，日期相差{days}天，疑似重复或拆分。",
    "预警",
    gravity="一般",
    settings=("invoice.near_days",),
)
def no_twin(invoice: InvoiceFacts) -> Figures:
    """No other invoice of the same seller over the same sum within a few days."""
    if invoice.kind not in WITH_BUYER or invoice.amount is None:
        return
    for other, days in invoice.near(invoice.books.where(TABLE, "amount", invoice.amount, seller=invoice.seller)):
        if not _nights_of_two(invoice, other):
            yield {"number": other.inv_no, "days": days, STAGE: _pair(invoice, other)}


@rule(
    "IV-05",
    TABLE,
    "B24",
    "与发票{number}销方相同、号码相连，日期相差{days}天，疑似重复或拆分。",
    "预警",
    gravity="一般",
    settings=("invoice.near_days",),
)
def no_number_next_to_it(invoice: InvoiceFacts) -> Figures:
    """No invoice of the same seller with the next number within a few days, paid by another claim (V11)."""
    number = str(invoice.inv_no or "")
    if invoice.kind not in WITH_BUYER or not _digits(number, len(number)):
        return
    around = (str(int(number) + step).zfill(len(number)) for step in (-1, 1))
    others = [o for n in around for o in invoice.books.where(TABLE, "inv_no", n) if o.claim != invoice.claim]
    for other, days in invoice.near(others):
        if other.amount != invoice.amount and other.inv_code == invoice.inv_code:
            yield {"number": other.inv_no, "days": days, STAGE: _pair(invoice, other)}


def _pair(invoice: InvoiceFacts, other: RowView) -> str:
    return f"{invoice.inv_no}/{other.inv_no}"


def _nights_of_two(invoice: InvoiceFacts, other: RowView) -> bool:
    """Two colleagues stayed in one hotel: the same price twice is no duplicate."""
    if "住宿" not in (invoice.item or "") or "住宿" not in (other.item or ""):
        return False
    mine, theirs = invoice.claimed_in, invoice.books.row(CLAIMS, other.claim)
    if mine is None or theirs is None:
        return False
    one, two = _guests(mine), _guests(theirs)
    return len(one | two) > 1 if mine.id == theirs.id else not one & two


def _guests(claim: RowView) -> frozenset[int]:
    return frozenset(claim.travellers or (() if claim.payee is None else (claim.payee,)))


@rule("IV-06", TABLE, "B24", "开票日期{day}晚于提交日。", "提示")
def not_from_the_future(invoice: InvoiceFacts) -> Figures:
    """Dated on or before the day of submission."""
    # The calendar is asked only where the date lies behind the business day: else it could never change the answer.
    if invoice.issued_on is not None and invoice.issued_on > invoice.on and invoice.issued_on > invoice.today:
        yield {"day": invoice.issued_on}


@rule("IV-06", TABLE, "B24", "开票日期{day}早于业务发生日{days}天以上。", "提示", settings=("invoice.before_days",))
def not_long_before(invoice: InvoiceFacts) -> Figures:
    """Not dated long before the business."""
    if invoice.issued_on is None or invoice.issued_on >= invoice.on:
        return  # the business day is not later than the day on which the invoice is judged
    claim = invoice.claimed_in
    if claim is None or claim.biz_date is None:
        return
    limit = invoice.norm.whole("invoice.before_days")
    if claim.biz_date - invoice.issued_on > timedelta(days=limit):
        yield {"day": invoice.issued_on, "days": limit}
