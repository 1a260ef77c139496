"""To whom the money goes: seller, account, licence, and whether a contract is due (domain.md B1.5, C3, C6)."""

import unicodedata
from collections.abc import Sequence
from datetime import date

from automations.rows import RowView
from automations.rules.base import ALWAYS, PAY, SUBMIT, rule
from automations.rules.claims import LIVING, TABLE, WAITING, ClaimFacts, Figures
from automations.rules.vendors import ACCOUNT, BLOCKED, NEEDS_LICENCE, NOT_ANY_MORE, UNCONFIRMED

UTILITIES = frozenset({"水费", "电费", "燃气费", "电话网络费"})
"""Paid by the meter to whom the school cannot choose: no contract of its own is asked for."""


def plain(text: object) -> str:
    """A name or number without spaces and with half-width signs: typed differently, still the same."""
    return "".join(unicodedata.normalize("NFKC", str(text or "")).split())


def _strangers(claim: ClaimFacts) -> Sequence[tuple[str, str]]:
    """(who is paid or has the contract, who sold), where the two are not the same; each pair once."""
    if claim.to_company is None:
        return ()
    names = [claim.to_company.name]
    if claim.agreement is not None:
        holder = claim.books.row("vendors", claim.agreement.vendor)
        names += [holder.name] if holder is not None else []
    sellers = [i.seller for i in claim.invoices if i.seller]
    return list(dict.fromkeys((n, s) for s in sellers for n in names if n and n != s and plain(n) != plain(s)))


@rule("EX-10", TABLE, "C3；C6", "收款人“{payee}”与发票销方“{seller}”不一致，请附情况说明并由会计核实。")
def paid_to_the_seller(claim: ClaimFacts) -> Figures:
    """Whoever issued the invoices is paid, and has the contract where there is one; else a 情况说明 is attached."""
    if not claim.explained:
        yield from ({"payee": payee, "seller": seller} for payee, seller in _strangers(claim))


@rule("EX-10", TABLE, "C3；C6", "收款人“{payee}”与发票销方“{seller}”不一致，附有情况说明，请会计核实。", "提示")
def another_payee_is_explained(claim: ClaimFacts) -> Figures:
    """Where somebody else than the seller is paid, whoever signs reads so."""
    if claim.explained:
        yield from ({"payee": payee, "seller": seller} for payee, seller in _strangers(claim))


@rule(
    "EX-10",
    TABLE,
    "C3",
    "账号（尾号{typed}）与服务商“{vendor}”登记的银行账号（尾号{known}）不一致，请核对。",
    at=(SUBMIT, PAY),
)
def paid_to_the_known_account(claim: ClaimFacts) -> Figures:
    """A company is paid to the account that stands in 服务商; looked at again before payment (V20)."""
    company = claim.to_company
    if company is None or not company.bank_account or not claim.payee_account:
        return
    typed, known = plain(claim.payee_account), plain(company.bank_account)
    if typed != known:
        yield {"typed": typed[-4:], "vendor": company.name, "known": known[-4:]}


@rule(ACCOUNT, TABLE, "B5；EX-10", UNCONFIRMED, at=ALWAYS)
def account_stays_confirmed(claim: ClaimFacts) -> Figures:
    """While a claim waits for signatures or money, its company's account stays as 会计 confirmed it (V20)."""
    company = claim.to_company if claim.status in WAITING else None
    if company is not None and company.bank_account and not company.bank_verified:
        yield {"name": company.name}


@rule(BLOCKED, TABLE, "B5", NOT_ANY_MORE, at=ALWAYS)
def company_stays_in_use(claim: ClaimFacts) -> Figures:
    """While a claim waits for signatures or money, its company is not blocked."""
    company = claim.to_company if claim.status in WAITING else None
    if company is not None and company.blocked:
        yield {"name": company.name, "reason": company.block_reason or "未写原因"}


@rule("CT-07", TABLE, "B5；CT-07", "“{vendor}”{licence}已到期。", "提示", gravity="一般")
def licence_was_in_force(claim: ClaimFacts) -> Figures:
    """On the day of the business the company's licence was in force."""
    company = claim.to_company
    if company is None or company.license_due is None or claim.biz_date is None:
        return
    if company.license_due < claim.biz_date:
        food = NEEDS_LICENCE & {*(company.kinds or ())}
        yield {"vendor": company.name, "licence": "食品经营许可证" if food else "证照"}


def _wants_contract(claim: ClaimFacts) -> bool:
    """Whether a company is paid without a contract that could be asked for."""
    return claim.to_company is not None and claim.contract is None and claim.category not in UTILITIES


@rule(
    "C6",
    TABLE,
    "C6",
    "向“{vendor}”付款{amount}元，达到{limit}元，请签订合同并关联。",
    settings=("contract.needed_from",),
)
def large_payments_have_a_contract(claim: ClaimFacts) -> Figures:
    """From 10,000 元 on a company is paid under a contract."""
    if not _wants_contract(claim) or claim.to_company is None:
        return
    limit = claim.norm.money("contract.needed_from")
    if claim.asked >= limit:
        yield {"vendor": claim.to_company.name, "amount": claim.asked, "limit": limit}


@rule(
    "C6",
    TABLE,
    "C6",
    "向“{vendor}”本季度第{n}次付款，请签订合同并关联。",
    "提示",
    gravity="提示",
    settings=("contract.needed_times",),
)
def regular_payments_have_a_contract(claim: ClaimFacts) -> Figures:
    """Whom the school pays three times in a quarter, it has a contract with."""
    if not _wants_contract(claim) or claim.to_company is None or claim.biz_date is None:
        return
    quarter = quarter_of(claim.biz_date)
    earlier = [c for c in claim.books.where(TABLE, "vendor", claim.vendor) if c.id != claim.id and _counts(c, quarter)]
    n = len(earlier) + 1
    if n >= claim.norm.whole("contract.needed_times"):
        yield {"vendor": claim.to_company.name, "n": n}


def _counts(claim: RowView, quarter: tuple[int, int]) -> bool:
    """Whether a claim of the same vendor is one more payment without a contract in that quarter."""
    if claim.biz_date is None or claim.contract is not None or quarter_of(claim.biz_date) != quarter:
        return False
    return claim.status in LIVING and claim.payee_kind == "服务商"


def quarter_of(day: date) -> tuple[int, int]:
    """Year and quarter."""
    return day.year, (day.month + 2) // 3
