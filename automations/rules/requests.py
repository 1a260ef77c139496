"""What a request (事前审批) must satisfy before it goes up for signature (domain.md B5.22, C2, C5)."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from automations import holds
from automations.approvals.needs import RECEPTION, TRIP
from automations.books import Facts, cached_property
from automations.measures.money import approved_sum
from automations.rows import RowView
from automations.rules.base import ALWAYS, SUBMIT, facts_of, rule
from automations.rules.claims import missing_cells, quoted
from automations.workdays import local_date

TABLE = "requests"
DRIVE = "用车"
MAY_BE_FREE = frozenset({DRIVE, "设备借用"})
"""Kinds that may cost nothing."""

NEEDED_BY_KIND: Mapping[str, tuple[str, ...]] = {
    TRIP: ("people",),
    DRIVE: ("people", "vehicle"),
    RECEPTION: ("guest_unit", "guest_n", "escort_n", "meal_times", "meal_place"),
}
NEEDED_WHEN_URGENT = ("urgent_reason", "verbal_by", "verbal_at")

APPROVED = frozenset({"已批准", "执行中", "已执行", "已核销"})
STANDING = APPROVED | {"待签"}
"""States in which a request counts: signed, or on its way through the signatures."""

OVER = frozenset({"不同意", "作废", "过期"})

TRANSFER = ("转账", "划转", "划拨", "拨款", "汇款", "往来款", "资金调度", "资金调拨")
EMERGENCY = ("抢修", "防汛", "医疗", "食品安全")
"""All that may be urgent (domain.md C2)."""

LAST_SIGNERS = ("分管领导", "主要领导")

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class RequestFacts(Facts):
    """A request with what its rules keep asking."""

    @cached_property
    def line(self) -> RowView | None:
        """Its budget line."""
        return self.of("budget_line")

    @cached_property
    def estimate(self) -> Decimal:
        """预计金额, 0 where empty."""
        return self.money("est_amount")

    @cached_property
    def begins(self) -> date | None:
        """The school's day on which it begins."""
        return local_date(self.starts_at) if self.starts_at is not None else None

    @cached_property
    def is_reception(self) -> bool:
        """公务接待."""
        return bool(self.kind == RECEPTION)

    @cached_property
    def hosts(self) -> int:
        """Who eats along: the number given, or the names where they are more."""
        return max(int(self.escort_n or 0), len(self.escorts))

    def free_money(self, line: RowView) -> Decimal:
        """元 of the budget line that this request may take; what its own claims took is part of its estimate."""
        held = self.books.held("budget", str(line.id))
        taken = holds.total(held, but=self.subject)
        own = sum((h.amount for h in held if h.under and h.under == self.code), Decimal(0))
        return approved_sum(line) - taken.frozen - taken.spent + own


@rule("必填", TABLE, "B22", "请填写：{fields}。")
def required_cells(request: RequestFacts) -> Figures:
    """Everything marked ● is filled, and what the kind and an urgency need."""
    more = NEEDED_BY_KIND.get(request.kind, ()) + (NEEDED_WHEN_URGENT if request.urgent else ())
    if missing := missing_cells(request, *more):
        yield {"fields": quoted(missing)}


@rule("必填", TABLE, "B22", "“止”（{ends}）不能早于“起”（{starts}）。")
def ends_after_it_begins(request: RequestFacts) -> Figures:
    """起 is not later than 止."""
    if request.starts_at is not None and request.ends_at is not None and request.ends_at < request.starts_at:
        yield {"starts": request.starts_at, "ends": request.ends_at}


@rule("必填", TABLE, "B22", "预计金额应大于0，现在是{amount}元。")
def something_is_estimated(request: RequestFacts) -> Figures:
    """The estimate is above zero; 用车 and 设备借用 may be free."""
    amount = request.est_amount
    if amount is not None and (amount < 0 or (amount == 0 and request.kind not in MAY_BE_FREE)):
        yield {"amount": amount}


@rule("必填", TABLE, "B22", "来访人数应大于0，现在是{guests}人。")
def somebody_is_received(request: RequestFacts) -> Figures:
    """A reception has guests."""
    if request.is_reception and request.guest_n is not None and request.guest_n <= 0:
        yield {"guests": request.guest_n}


@rule("VH-07", TABLE, "B22", "{vehicle}该时段已派给{other}。")
def vehicle_is_free(request: RequestFacts) -> Figures:
    """The vehicle has no other trip at that time."""
    vehicle = request.of("vehicle")
    if vehicle is None or request.starts_at is None or request.ends_at is None:
        return
    for other in request.books.where(TABLE, "vehicle", vehicle.id):
        taken = other.id != request.id and other.status in STANDING and other.starts_at and other.ends_at
        if taken and other.starts_at < request.ends_at and request.starts_at < other.ends_at:
            yield {"vehicle": vehicle.plate or vehicle.name, "other": other.code}


@rule(
    "BG-01",
    TABLE,
    "预算法第十三条",
    "指标“{line}”可用{available}元，本单{amount}元，超出{over}元。请调整指标或改用其他经费。"
    "（预算法第十三条：未列入预算的不得支出）",
    at=(SUBMIT, *LAST_SIGNERS),
)
def within_budget(request: RequestFacts) -> Figures:
    """The budget line has the estimate; asked again when leaders sign, since two requests may race for it."""
    if request.line is None or request.estimate <= 0:  # a free trip is no matter, even where the line is overdrawn
        return
    available = request.free_money(request.line)
    if request.estimate > available:
        yield {
            "line": request.line.name,
            "available": available,
            "amount": request.estimate,
            "over": request.estimate - available,
        }


@rule("BG-02", TABLE, "预算法第十三条", "{year}年度指标已封账。")
def budget_year_is_open(request: RequestFacts) -> Figures:
    """The year of the budget line is not closed."""
    line = request.line
    if line is not None and line.status == "已封账":
        yield {"year": int(line.year or request.on.year)}


@rule("SG-07", TABLE, "C2", "资金划转不属于紧急事项（仅限抢修、防汛、医疗、食品安全），请取消“紧急”，按正常程序审批。")
def transfer_is_never_urgent(request: RequestFacts) -> Figures:
    """Moving money alone is never urgent."""
    text = f"{request.title or ''}{request.reason or ''}"
    moves_money = any(word in str(request.title or "") for word in TRANSFER)
    if request.urgent and moves_money and not any(word in text for word in EMERGENCY):
        yield {}


@rule(
    "SG-07",
    TABLE,
    "C2",
    "紧急事项应于口头批准后{limit}个工作日内补办手续，现已超{late}个工作日。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("urgent.supplement_wd",),
)
def urgent_is_signed_in_time(request: RequestFacts) -> Figures:
    """What was approved by word of mouth is signed within a few working days; a draft nobody submits counts, too."""
    if not request.urgent or request.verbal_at is None or request.status in OVER:
        return
    signed = request.approved_at if request.status in APPROVED else None
    until = request.today if signed is None else local_date(signed)
    limit = request.norm.whole("urgent.supplement_wd")
    late = request.calendar.between(local_date(request.verbal_at), until) - limit
    if late > 0:
        yield {"limit": limit, "late": late}
