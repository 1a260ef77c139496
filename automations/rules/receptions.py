"""公务接待: what a reception may be before it is signed, and what its claim may ask for (domain.md B5.22, RC-*)."""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Literal, TypeAlias

from automations import holds
from automations.approvals.needs import RECEPTION
from automations.books import Books, remembered
from automations.measures.money import approved_sum, payable
from automations.rows import RowView
from automations.rules.base import PAY, SUBMIT, rule
from automations.rules.claims import LIVING, ClaimFacts, empty, quoted
from automations.rules.requests import STANDING, Figures, RequestFacts
from automations.rules.requests import TABLE as REQUESTS
from automations.tables.values import File
from automations.workdays import SCHOOL_TIME, local_date

CLAIMS, CATEGORY = "expense_claims", "公务接待费"
GUEST_LIST = "接待清单"
SMALL_GROUP = 10
"""Guests up to whom a fixed number of hosts may eat along; above, a share of the guests."""

FILLED_AFTERWARDS = ("guest_actual", "meal_cost")
CENT = Decimal("0.01")
OVER_STANDARD = "人均{each}元，超过标准{standard}元/人·餐，超出{over}元由个人承担或不予报销。"

Meal: TypeAlias = Literal["breakfast", "lunch", "dinner"]


@dataclass(frozen=True, slots=True)
class Bill:
    """What the meals of a reception cost, beside what they may cost.

    Attributes:
        cost: 元 in all.
        covers: Guests and hosts, counted once for each meal.
        meal: Whose standard counts.
        standard: 元 for each cover.
    """

    cost: Decimal
    covers: Decimal
    meal: Meal
    standard: Decimal

    @property
    def each(self) -> Decimal:
        """元 for each cover, to the cent."""
        return (self.cost / self.covers).quantize(CENT)

    @property
    def over(self) -> Decimal:
        """元 above the standard in all, exact; 0 or less where it is kept."""
        return self.cost - self.standard * self.covers

    def figures(self) -> dict[str, object]:
        """For the message."""
        return {"each": self.each, "standard": self.standard, "over": self.over, "key": self.meal}


def bill(request: RequestFacts, cost: Decimal | None, guests: Decimal | None) -> Bill | None:
    """The bill of a reception; None where a figure is missing."""
    if cost is None or guests is None or request.meal_times is None or request.starts_at is None:
        return None
    covers = (guests + request.hosts) * request.meal_times
    return Bill(cost, covers, meal_of(request), standard_of(request)) if covers > 0 else None


def planned_bill(request: RequestFacts) -> Bill | None:
    """As estimated."""
    return bill(request, request.est_amount, request.guest_n)


def actual_bill(request: RequestFacts) -> Bill | None:
    """As it was, once 办公室 has filled it in."""
    return bill(request, request.meal_cost, request.guest_actual)


def meal_of(request: RequestFacts) -> Meal:
    """The meal by the hour at which the reception begins; a morning's visit that lasts past eleven means lunch."""
    begins = request.starts_at.astimezone(SCHOOL_TIME)
    ends = (request.ends_at or request.starts_at).astimezone(SCHOOL_TIME)
    if begins.hour < 10 and ends.date() == begins.date() and ends.hour < 11:
        return "breakfast"
    return "lunch" if begins.hour < 15 else "dinner"


def standard_of(request: RequestFacts) -> Decimal:
    """元 for each person and meal."""
    return request.norm.money(f"reception.std.{meal_of(request)}")


@rule(
    "RC-01",
    REQUESTS,
    "国内公务接待管理规定",
    "没有公函（文号或附件），不得安排公务接待。",
    settings=("reception.letter_required",),
)
def has_letter(request: RequestFacts) -> Figures:
    """A reception rests on an official letter: its number or the letter itself."""
    without = request.is_reception and not request.letter and not request.letter_no
    if without and request.norm.flag("reception.letter_required"):
        yield {}


@rule(
    "RC-02",
    REQUESTS,
    "国内公务接待管理规定第十条",
    "来访{guests}人，陪餐不得超过{limit}人，当前{hosts}人。",
    settings=("reception.escort_le10", "reception.escort_over10", "reception.hosts_le_guests"),
)
def few_hosts(request: RequestFacts) -> Figures:
    """Up to ten guests three hosts, above ten a third; where the school wants it, never more hosts than guests."""
    if not request.is_reception or request.guest_n is None:
        return
    guests = int(request.guest_n)
    if guests <= SMALL_GROUP:
        limit = request.norm.whole("reception.escort_le10")
    else:
        limit = math.floor(guests * request.norm.ratio("reception.escort_over10"))
    if request.norm.flag("reception.hosts_le_guests"):
        limit = min(limit, guests)
    if request.hosts > limit:
        yield {"guests": guests, "limit": limit, "hosts": request.hosts}


@rule(
    "RC-03",
    REQUESTS,
    "国内公务接待管理规定",
    "同一批次只能安排{limit}次工作餐，当前{times}次。",
    settings=("reception.meals_max",),
)
def one_meal(request: RequestFacts) -> Figures:
    """One working meal for one group."""
    if not request.is_reception or request.meal_times is None:
        return
    limit = request.norm.whole("reception.meals_max")
    if request.meal_times > limit:
        yield {"limit": "一" if limit == 1 else limit, "times": request.meal_times}


@rule(
    "RC-05",
    REQUESTS,
    "厉行节约条例2025年修订",
    "工作餐不得提供香烟、不上酒（厉行节约条例2025年修订）。",
    settings=("reception.alcohol",),
)
def no_alcohol(request: RequestFacts) -> Figures:
    """No cigarettes and no alcohol with a working meal."""
    if request.is_reception and request.alcohol and not request.norm.flag("reception.alcohol"):
        yield {}


@rule("RC-04", REQUESTS, "国内公务接待管理规定", OVER_STANDARD, "提示", settings=("reception.std.",))
def estimate_within_standard(request: RequestFacts) -> Figures:
    """The estimate stays within the standard for each person and meal; the signer is told where it does not."""
    planned = planned_bill(request) if request.is_reception else None
    if planned is not None and planned.over > 0:
        yield planned.figures()


@rule(
    "RC-07",
    REQUESTS,
    "国内公务接待管理规定",
    "{unit}{day}已接待过（{other}），疑似一函多餐或一事多结。",
    "预警",
    gravity="一般",
    settings=("reception.repeat_days",),
)
def received_once(request: RequestFacts) -> Figures:
    """No other reception on the same letter, nor of the same unit within a few days."""
    if not request.is_reception or request.begins is None:
        return
    near = request.norm.whole("reception.repeat_days")
    unit, letter = _plain(request.guest_unit), _plain(request.letter_no)
    for other in request.books.where(REQUESTS, "kind", RECEPTION):
        if other.id == request.id or other.status not in STANDING or other.starts_at is None:
            continue
        day = local_date(other.starts_at)
        same_letter = bool(letter) and _plain(other.letter_no) == letter
        same_unit = bool(unit) and _plain(other.guest_unit) == unit and abs((day - request.begins).days) <= near
        if same_letter or same_unit:
            yield {"unit": other.guest_unit, "day": day, "other": other.code, "stage": other.code}


@rule(
    "RC-07",
    REQUESTS,
    "国内公务接待管理规定",
    "{unit}在本区，请确认是否符合接待范围。",
    "提示",
    settings=("school.district",),
)
def comes_from_elsewhere(request: RequestFacts) -> Figures:
    """Guests come from another district."""
    unit = str(request.guest_unit or "")
    if request.is_reception and any(name in unit for name in request.norm.names("school.district")):
        yield {"unit": unit}


@rule(
    "RC-08",
    REQUESTS,
    "厉行节约条例2025年修订（总额控制）",
    "本年接待费已用{used}万元，占预算{share}%。",
    "提示",
    settings=("budget.three_public_marks",),
)
def reception_budget_lasts(request: RequestFacts) -> Figures:
    """The signer of a reception hears when 80, 95 or 100 % of the year's money for receptions is spent or promised."""
    if not request.is_reception or request.begins is None:
        return
    used, budget = reception_money(request.books, request.begins.year, but=request.subject)
    share = (used / budget * 100).quantize(Decimal(1), ROUND_DOWN) if budget > 0 else Decimal(0)
    marks = [int(mark.rstrip("%％")) for mark in request.norm.names("budget.three_public_marks")]
    if reached := [mark for mark in marks if share >= mark]:
        yield {
            "used": (used / 10_000).quantize(CENT),
            "share": share,
            "stage": f"{request.begins.year}年{max(reached)}%",
        }


def reception_money(books: Books, year: int, but: str = "") -> tuple[Decimal, Decimal]:
    """元 paid or held for receptions in a year, what ``but`` holds not counted, and 元 budgeted for them."""
    lines = [line for line in books.where("budget_lines", "category", CATEGORY) if line.year == year]
    taken = [holds.total(books.held("budget", str(line.id)), but=but) for line in lines]
    used = sum((t.frozen + t.spent for t in taken), Decimal(0))
    return used, sum((approved_sum(line) for line in lines), Decimal(0))


@rule("必填", CLAIMS, "B22", "请先在事前审批{code}中填写：{fields}。", at=(SUBMIT, PAY))
def reception_is_recorded(claim: ClaimFacts) -> Figures:
    """Before a reception is claimed, its request says how many guests came and what the meal cost."""
    reception = reception_of(claim)
    if reception is None:
        return
    missing = [reception.schema[name].title for name in FILLED_AFTERWARDS if empty(reception[name])]
    if missing:
        yield {"code": reception.code, "fields": quoted(missing)}


@rule("RC-04", CLAIMS, "国内公务接待管理规定", OVER_STANDARD, at=(SUBMIT, PAY), settings=("reception.std.",))
def claim_within_standard(claim: ClaimFacts) -> Figures:
    """What the school pays for the meals of a reception, in all its claims, stays within the standard.

    Whatever the party paid out of its own pocket is nobody's business; so a claim lowered to the standard passes.
    """
    reception = reception_of(claim)
    if reception is None or reception.meal_cost is None:
        return
    cost = min(claimed_in_all(claim, reception.row), reception.meal_cost)
    actual = bill(reception, cost, reception.guest_actual)
    if actual is not None and actual.over > 0:
        yield actual.figures()


@rule(
    "RC-04",
    CLAIMS,
    "国内公务接待管理规定",
    "接待费合计{claimed}元，大于登记的餐费{cost}元，多出{over}元，请核对是什么费用。",
    "提示",
)
def claim_is_for_the_meal(claim: ClaimFacts) -> Figures:
    """Claims of a reception come to no more than the meal recorded: a 餐费 set too low would hide a rich table."""
    reception = reception_of(claim)
    if reception is None or reception.meal_cost is None:
        return
    claimed = claimed_in_all(claim, reception.row)
    if claimed > reception.meal_cost:
        yield {"claimed": claimed, "cost": reception.meal_cost, "over": claimed - reception.meal_cost}


@rule("RC-06", CLAIMS, "国内公务接待管理规定", "缺少接待清单，不能报销。", at=(SUBMIT, PAY))
def has_guest_list(claim: ClaimFacts) -> Figures:
    """The 接待清单 lies with the request, or with the claim itself."""
    if claim.category != CATEGORY:
        return
    with_claim = any(GUEST_LIST in f.name for f in claim.attachments if isinstance(f, File))
    with_request = claim.permit is not None and not empty(claim.permit.guest_list)
    if not with_claim and not with_request:
        yield {}


@remembered
def reception_of(claim: ClaimFacts) -> RequestFacts | None:
    """The reception that a claim of 公务接待费 pays for; None for other claims (EX-03 asks for the request)."""
    if claim.category != CATEGORY or claim.permit is None:
        return None
    request = claim.about(claim.permit, RequestFacts)
    return request if request.is_reception else None


def claimed_in_all(claim: ClaimFacts, request: RowView) -> Decimal:
    """元 that this claim and the other living ones of its reception ask for."""
    others = (c for c in claim.books.where(CLAIMS, "request", request.id) if c.id != claim.id)
    return claim.to_pay + payable_sum(c for c in others if c.category == CATEGORY)


def payable_sum(claims: Iterable[RowView]) -> Decimal:
    """元 of the living ones among these claims: 核定金额 where 会计 has set one, else 申请金额."""
    return sum((payable(c) for c in claims if c.status in LIVING), Decimal(0))


def _plain(text: str | None) -> str:
    """Text without spaces and with half-width signs, so that the same unit typed twice is the same."""
    return "".join(unicodedata.normalize("NFKC", text or "").split())
