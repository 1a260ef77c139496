"""What had to be approved before the money was spent: by a request or by the plan of a class (domain.md C3, C5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from automations.approvals.needs import RECEPTION, TRIP
from automations.rows import RowView
from automations.rules.base import PAY, SUBMIT, rule
from automations.rules.claims import CONTRACT_PAYMENT, LECTURES, LOAN, TABLE, TRAVEL, ClaimFacts, Figures
from automations.rules.receptions import payable_sum
from automations.rules.requests import APPROVED
from automations.workdays import local_date

ASSETS = "资产购置"
PURCHASE, REPAIR = "零星采购", "维修"


@dataclass(frozen=True, slots=True)
class Needed:
    """When a category of spending needs a request.

    Attributes:
        kind: 审批类型 that permits it.
        limit: Parameter with the sum from which it does; "": where 参数标准 lists the kind under ``request.always``.
    """

    kind: str
    limit: str = ""


NEEDED: Mapping[str, Needed] = {
    "公务接待费": Needed(RECEPTION),
    TRAVEL: Needed(TRIP),
    "会议费": Needed("会议"),
    "培训费": Needed("外出培训"),
    "办公费": Needed(PURCHASE, "request.purchase_from"),
    "食材费": Needed(PURCHASE, "request.purchase_from"),
    ASSETS: Needed(PURCHASE, "request.purchase_from"),
    "印刷费": Needed(PURCHASE, "request.print_from"),
    "维修维护费": Needed(REPAIR, "request.repair_from"),
    "工程改造": Needed(REPAIR, "request.repair_from"),
}
"""By 支出类别; 用车 is permitted trip by trip (VH-01), 讲课费 by the plan of its class."""

ONE_OFF = frozenset({PURCHASE, REPAIR, "其他"})
"""Kinds that permit each other's purchases: a repair may be asked for as a purchase, printing as something else."""

SETTINGS = ("request.always", "request.purchase_from", "request.print_from", "request.repair_from", "asset.threshold")


def needs_request(claim: ClaimFacts) -> bool:
    """Whether the spending had to be approved beforehand."""
    needed = NEEDED.get(claim.category)
    if needed is None or claim.kind == LOAN:
        return False
    if not needed.limit:
        of_a_class = claim.category == "培训费" and claim.training_class is not None
        return not of_a_class and needed.kind in claim.norm.names("request.always")
    if claim.contract is not None or claim.procurement is not None or claim.kind == CONTRACT_PAYMENT:
        return False  # approved with the contract or the procurement
    return claim.asked >= claim.norm.money(needed.limit) or buys_fixed_asset(claim)


def buys_fixed_asset(claim: ClaimFacts) -> bool:
    """资产购置, or a thing whose price reaches the line of fixed assets."""
    if claim.category == ASSETS:
        return True
    prices = [i.unit_price for i in claim.invoices if i.unit_price is not None]
    return bool(prices) and max(prices) >= claim.norm.money("asset.threshold")


def permitted(claim: ClaimFacts, permit: RowView | None) -> bool:
    """Whether ``permit`` is a signed request for such a spending."""
    if permit is None or permit.status not in APPROVED:
        return False
    kind = NEEDED[claim.category].kind
    return bool(permit.kind == kind or {permit.kind, kind} <= ONE_OFF)


@rule(
    "EX-03",
    TABLE,
    "C3；C5",
    "“{category}”须先办事前审批，未找到已批准的审批单。",
    at=(SUBMIT, PAY),
    settings=SETTINGS,
)
def approved_beforehand(claim: ClaimFacts) -> Figures:
    """What needs pre-approval has a signed request of the right kind; looked at again before payment."""
    if needs_request(claim) and not permitted(claim, claim.permit):
        yield {"category": claim.category}


@rule("EX-03", TABLE, "C5", "“讲课费”按班次计划审批，请在“班次”一栏选中讲课的班次。")
def lecture_is_planned(claim: ClaimFacts) -> Figures:
    """The plan of its class is the pre-approval of a lecture: the class is named and not called off."""
    if claim.category != LECTURES:
        return
    course = claim.of("training_class")
    if course is None or course.status == "取消":
        yield {}


def _approved_too_late(claim: ClaimFacts) -> Figures:
    permit = claim.permit
    if permit is None or permit.approved_at is None or claim.biz_date is None or claim.urgent or permit.urgent:
        return
    approved = local_date(permit.approved_at)
    if approved > claim.biz_date:
        yield {"approved": approved, "day": claim.biz_date}


@rule("EX-03", TABLE, "C3；C5", "审批单批准于{approved}，晚于业务发生日{day}，请说明。")
def approved_in_time(claim: ClaimFacts) -> Figures:
    """The request was signed by the day of the business, unless it was urgent; else a 情况说明 is attached."""
    if not claim.explained:
        yield from _approved_too_late(claim)


@rule("EX-03", TABLE, "C3；C5", "审批单批准于{approved}，晚于业务发生日{day}，经办人附有情况说明，请核实。", "提示")
def late_approval_is_explained(claim: ClaimFacts) -> Figures:
    """Where the request came late, whoever signs reads so."""
    if claim.explained:
        yield from _approved_too_late(claim)


def _beyond_permit(claim: ClaimFacts, tolerance: str) -> Figures:
    """The living claims of the request together against its estimate and a tolerance."""
    permit = claim.permit
    if permit is None or permit.est_amount is None:
        return
    total = claim.to_pay + payable_sum(claim.of_same_request)
    if Fraction(total) > Fraction(permit.est_amount) * (1 + claim.norm.ratio(tolerance)):
        yield {"total": total, "permitted": permit.est_amount}


BEYOND = "累计{total}元，超过事前审批{permitted}元。请补办追加审批。"


@rule("EX-04", TABLE, "C3", BEYOND, at=(SUBMIT, PAY), settings=("request.tolerance",))
def within_permit(claim: ClaimFacts) -> Figures:
    """All claims of a request together keep to its estimate and a small tolerance."""
    if claim.permit is not None and claim.permit.kind != RECEPTION:
        yield from _beyond_permit(claim, "request.tolerance")


@rule("EX-04", TABLE, "C3", BEYOND, at=(SUBMIT, PAY), settings=("request.tolerance_reception",))
def within_permit_of_reception(claim: ClaimFacts) -> Figures:
    """Claims of a reception keep to its estimate exactly."""
    if claim.permit is not None and claim.permit.kind == RECEPTION:
        yield from _beyond_permit(claim, "request.tolerance_reception")
