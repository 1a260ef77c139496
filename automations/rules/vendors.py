"""服务商: a real company, entered once, with an account that 会计 confirmed (domain.md B1.5; EX-10, V20)."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from stdnum.cn import uscc

from automations.books import Books, Facts
from automations.rules.base import ALWAYS, PAY, SUBMIT, rule
from automations.rules.claims import ClaimFacts, missing_cells, quoted

TABLE, CLAIMS, CONTRACTS = "vendors", "expense_claims", "contracts"
LISTED = "在册"
NEEDS_LICENCE = frozenset({"餐饮", "食材"})
"""服务类别 that may not work without a licence of their own (食品经营许可证)."""

CODE, TWICE, ACCOUNT, BLOCKED, LICENCE = "信用代码", "重复建档", "账号变更", "停用服务商", "证照到期"
_USCC_SIGNS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
"""GB 32100-2015: no I, O, S, V, Z."""

Figures = Iterator[dict[str, Any]]


def code_of(vendor: Any) -> str:
    """统一社会信用代码 as GB 32100 writes it: half-width, capitals, no spaces; "" for an empty cell."""
    return plain_code(vendor["uscc"])


def plain_code(text: str | None) -> str:
    """The same of a cell."""
    return uscc.compact(unicodedata.normalize("NFKC", text or ""))


def code_is_valid(code: str) -> bool:
    """18 signs of the standard, the last of them the check digit.

    Not ``uscc.is_valid``: that refuses the letters in front with which farmers' co-operatives (N) and others begin.
    """
    return len(code) == 18 and set(code) <= _USCC_SIGNS and code[-1] == uscc.calc_check_digit(code)


@rule("必填", TABLE, "B5", "请填写：{fields}。", at=(ALWAYS, LISTED))
def required_cells(vendor: Facts) -> Figures:
    """Everything marked ● is filled; who sells food shows the licence, whoever is blocked has a reason."""
    more = []
    if NEEDS_LICENCE & set(vendor.kinds or ()):
        more.append("license_due")
    if vendor.blocked:
        more.append("block_reason")
    if missing := missing_cells(vendor, *more):
        yield {"fields": quoted(missing)}


@rule(CODE, TABLE, "GB 32100-2015", "统一社会信用代码校验不通过，请核对营业执照（应为18位）。", at=(ALWAYS, LISTED))
def code_has_its_check_digit(vendor: Facts) -> Figures:
    """The code is one that exists."""
    code = code_of(vendor)
    if code and not code_is_valid(code):
        yield {}


@rule(TWICE, TABLE, "B5", "“{name}”与“{existing}”信用代码相同，疑似重复建档。", at=(ALWAYS, LISTED))
def entered_once(vendor: Facts) -> Figures:
    """One company, one row; the row that came first is left in peace."""
    code = code_of(vendor)
    first = vendor.books.once("vendors by code", lambda: _first_of_each_code(vendor.books)) if code else {}
    if code and first[code] < vendor.id:
        existing = vendor.books.row(TABLE, first[code])
        yield {"name": vendor.name, "existing": existing.name if existing is not None else ""}


def _first_of_each_code(books: Books) -> Mapping[str, int]:
    codes = books.column(TABLE, "uscc")
    return {plain_code(codes[vendor]): vendor for vendor in reversed(codes)}


# One sentence each, told in the vendor's own row and wherever it stops something.
UNCONFIRMED = "服务商“{name}”收款账号已变更，未经会计核实前不能付款。"
NOT_ANY_MORE = "“{name}”已停用（{reason}），不能新签合同或付款。"


def _unconfirmed(vendor: Any) -> Figures:
    if vendor is not None and vendor.bank_account and not vendor.bank_verified:
        yield {"name": vendor.name}


def _blocked(vendor: Any) -> Figures:
    if vendor is not None and vendor.blocked:
        yield {"name": vendor.name, "reason": vendor.block_reason or "未写原因"}


@rule(ACCOUNT, TABLE, "B5；EX-10", UNCONFIRMED, "提示", at=ALWAYS)
def account_confirmed(vendor: Facts) -> Figures:
    """会计 confirmed the account by phone since it last changed."""
    yield from _unconfirmed(vendor.row)


@rule(ACCOUNT, CLAIMS, "B5；EX-10", UNCONFIRMED, at=PAY)
def paid_to_a_confirmed_account(claim: ClaimFacts) -> Figures:
    """No money leaves for an account that 会计 has not confirmed."""
    yield from _unconfirmed(claim.seller)


@rule(BLOCKED, TABLE, "B5", NOT_ANY_MORE, "提示", at=ALWAYS)
def still_in_use(vendor: Facts) -> Figures:
    """The company may still be hired."""
    yield from _blocked(vendor.row)


@rule(BLOCKED, CLAIMS, "B5", NOT_ANY_MORE, at=(SUBMIT, PAY))
def nothing_paid_to_a_blocked_company(claim: ClaimFacts) -> Figures:
    """A blocked company is not paid."""
    yield from _blocked(claim.seller)


@rule(BLOCKED, CONTRACTS, "B5", NOT_ANY_MORE)
def no_contract_with_a_blocked_company(contract: Facts) -> Figures:
    """A blocked company gets no new contract."""
    yield from _blocked(contract.of("vendor"))


@rule(LICENCE, TABLE, "B5；CT-07", "“{name}”的证照已于{due}到期，请核对新证后更新“证照到期日”。", "提示", at=ALWAYS)
def licence_in_force(vendor: Facts) -> Figures:
    """Licences are in force."""
    if vendor.license_due is not None and vendor.reached(vendor.license_due + timedelta(days=1)):
        yield {"name": vendor.name, "due": vendor.license_due}
