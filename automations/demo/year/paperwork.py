"""How a request or a claim goes through the office: filled in, submitted, signed, paid, archived (domain.md E3).

Lawful people only: each step comes after the one before, some working time later.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from automations.demo import school as small
from automations.demo.year.edits import Edit, Paper, Ref, papers, person, sign, write
from automations.demo.year.plan import Plan, lognormal
from automations.demo.year.school import ACCOUNTANT, CASHIER

REQUESTS, CLAIMS, INVOICES = "requests", "expense_claims", "invoices"
RETURNED, WITHDRAWN, REFUSED = "returned", "withdrawn", "refused"
FATES = ((0.08, RETURNED), (0.11, WITHDRAWN), (0.12, REFUSED))
"""8 of a hundred claims are returned once, 3 withdrawn, 1 refused."""

COMPARE = Decimal(5000)
"""compare.limit: what one department buys of one category in 90 days stays below it."""

Cells = Mapping[str, Any]


def yuan(dice: Random, low: float, high: float) -> Decimal:
    """A sum with odd cents, so that no two invoices of one shop are alike."""
    return Decimal(dice.randrange(int(low * 100), int(high * 100))) / 100


def number(dice: Random) -> str:
    """The number of a 数电票 that no other one adjoins."""
    return f"2650{dice.randrange(10**16):016d}"


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of a claim."""

    amount: Decimal
    seller: str
    item: str = ""
    ticket: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """A claim to be filed.

    Attributes:
        key: Of its row; its invoices are ``key/1`` and so on.
        who: Handler, paid himself unless ``vendor`` is.
        line: Budget line.
        day: 业务发生日, of its invoices too.
        vendor: Company that is paid.
        more: Other cells.
    """

    key: str
    who: str
    line: str
    day: date
    title: str
    invoices: Sequence[Invoice]
    vendor: str = ""
    amount: Decimal | None = None
    attached: tuple[str, ...] = ("明细.txt",)
    more: Cells = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """申请金额."""
        return sum((i.amount for i in self.invoices), Decimal(0)) if self.amount is None else self.amount


def request_cells(plan: Plan, kind: str, who: str, line: str, starts: datetime, ends: datetime, **more: Any) -> Cells:
    """A complete draft of a request."""
    return {
        "kind": kind,
        "title": f"{kind}申请",
        "reason": "工作需要",
        "handler": person(who),
        "department": Ref("departments", plan.school.department(who)),
        "starts_at": starts,
        "ends_at": ends,
        "place": "本校",
        "budget_line": Ref("budget_lines", line),
        "people": (person(who),),
        **more,
    }


def asked(plan: Plan, dice: Random, key: str, who: str, at: datetime, cells: Cells) -> Iterator[Edit]:
    """A request filled in, submitted and signed by everybody."""
    yield write(at, who, REQUESTS, key, **cells)
    submitted = at + timedelta(minutes=dice.randrange(3, 12))
    yield write(submitted, who, REQUESTS, key, status="提交")
    for _ in range(3):
        submitted = plan.later(submitted, lognormal(dice, 0.3, 0.6, 0.06, 1.2))
        yield sign(submitted, REQUESTS, key)


def draft(plan: Plan, bill: Bill, at: datetime) -> Iterator[Edit]:
    """A claim and its invoices, filled in."""
    company = bool(bill.vendor)
    yield write(
        at,
        bill.who,
        CLAIMS,
        bill.key,
        **{
            "kind": "报销",
            "category": plan.school.category_of(bill.line),
            "title": bill.title,
            "handler": person(bill.who),
            "department": Ref("departments", plan.school.department(bill.who)),
            "payee_kind": "服务商" if company else "个人",
            **({"vendor": Ref("vendors", bill.vendor)} if company else {"payee": person(bill.who)}),
            "payee_account": plan.school.account_of(bill.vendor) if company else "本人工资卡",
            "budget_line": Ref("budget_lines", bill.line),
            "biz_date": bill.day,
            "amount": bill.total,
            "attach_n": len(bill.attached) + len(bill.invoices),
            "attachments": papers(*bill.attached),
            **bill.more,
        },
    )
    for n, invoice in enumerate(bill.invoices, 1):
        yield write(at, bill.who, INVOICES, f"{bill.key}/{n}", **_invoice(bill, invoice))


def _invoice(bill: Bill, invoice: Invoice) -> Cells:
    cells: dict[str, Any] = {
        "claim": Ref(CLAIMS, bill.key),
        "kind": "车票机票" if invoice.ticket else "数电票",
        "inv_no": invoice.number,
        "issued_on": bill.day,
        "seller": invoice.seller,
        "amount": invoice.amount,
        "item": invoice.item or None,
        "file": (Paper("发票原件.xml"),),
    }
    return cells if invoice.ticket else {**cells, "buyer": small.SCHOOL, "buyer_tax": small.TAX_NO}


def verified(bill: Bill, at: datetime) -> Iterator[Edit]:
    """会计 looks every invoice up."""
    for n, invoice in enumerate(bill.invoices, 1):
        yield write(at, ACCOUNTANT, INVOICES, f"{bill.key}/{n}", verify="不适用" if invoice.ticket else "一致")


def claimed(plan: Plan, dice: Random, bill: Bill, at: datetime, fate: str | None = None) -> Iterator[Edit]:
    """A claim from its draft to the archive, or to whatever ``fate`` it meets (thrown unless given).

    Companies are paid sooner than colleagues: small ones have waited too long after 15 days, and holidays count.
    """
    pace = 0.35 if bill.vendor else 1.0
    throw = dice.random()
    if fate is None:
        fate = next((word for limit, word in FATES if throw < limit), "")
    yield from draft(plan, bill, at)
    now = at + timedelta(minutes=dice.randrange(4, 25))
    yield write(now, bill.who, CLAIMS, bill.key, status="提交")
    yield from verified(bill, now + timedelta(minutes=2))
    if fate == WITHDRAWN:
        now = plan.later(now, 0.3)
        yield write(now, bill.who, CLAIMS, bill.key, status="撤回").watched()
        yield write(now + timedelta(minutes=9), bill.who, CLAIMS, bill.key, status="作废")
        return
    if fate == RETURNED:
        now = plan.later(now, _step(dice))
        yield sign(now, CLAIMS, bill.key, "退回", "附件清单不够清楚，请补充后重报")
        now = plan.later(now, 0.2 + dice.random())
        yield write(now, bill.who, CLAIMS, bill.key, status="提交")
    for n in range(4):
        now = plan.later(now, _step(dice) * pace)
        if fate == REFUSED and n == 2:
            yield sign(now, CLAIMS, bill.key, "不同意", "本年度不再安排此项支出")
            return
        yield sign(now, CLAIMS, bill.key)
    yield from paid(plan, dice, bill, now)


def _step(dice: Random) -> float:
    """Working days that a signer lets a claim lie: end to end three or so."""
    return lognormal(dice, 0.6, 0.5, 0.08, 1.9)


def paid(plan: Plan, dice: Random, bill: Bill, at: datetime) -> Iterator[Edit]:
    """会计 has the paper, 出纳 pays, 会计 archives."""
    now = plan.later(at, 0.15 + dice.random() / 2)
    yield write(now, ACCOUNTANT, CLAIMS, bill.key, paper_signed=True)
    now = plan.later(now, 0.1 + dice.random())
    method = dice.choice(("银行转账", "国库集中支付")) if bill.vendor else dice.choice(("公务卡", "银行转账"))
    yield write(now, CASHIER, CLAIMS, bill.key, pay_method=method, paid_on=now.date())
    now = plan.later(now, 0.5 + 2 * dice.random())
    yield write(now, ACCOUNTANT, CLAIMS, bill.key, voucher_no=f"记-{now:%m}-{dice.randrange(10**5):05d}")


class Purse:
    """What may still be bought without looking like a split: by category and department, within 90 days."""

    def __init__(self) -> None:
        self._bought: dict[tuple[str, str], list[tuple[date, Decimal]]] = defaultdict(list)

    def room(self, category: str, department: str, day: date) -> Decimal:
        """元 that may be spent on that day."""
        near = (sum for on, sum in self._bought[category, department] if abs((on - day).days) <= 100)
        return COMPARE - 1 - sum(near, Decimal(0))

    def take(self, category: str, department: str, day: date, amount: Decimal) -> None:
        """Note a purchase."""
        self._bought[category, department].append((day, amount))
