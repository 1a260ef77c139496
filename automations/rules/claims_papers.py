"""What a claim must bring along, and until when: attachments, asset cards, the time limit (domain.md C3)."""

from collections.abc import Callable, Mapping
from datetime import date

from automations.rules.base import rule
from automations.rules.claims import LOAN, TABLE, ClaimFacts, Figures

NEEDED_PAPERS: Mapping[str, tuple[str, ...]] = {
    "公务接待费": ("公函", "审批单"),
    "培训费": ("通知", "签到", "签收"),
    "会议费": ("通知", "签到"),
    "维修维护费": ("工单", "验收"),
    "印刷费": ("清单",),
    "讲课费": ("身份", "职称", "学时"),
}
"""Words that must stand in the names of the attachments, by 支出类别; RC-06 asks for 接待清单, invoices are rows."""

PROVED_BY: Mapping[str, Callable[[ClaimFacts], object]] = {
    "公函": lambda claim: claim.permit is not None and claim.permit.letter,
    "审批单": lambda claim: claim.permit,
    "工单": lambda claim: claim.issue,
    "验收": lambda claim: claim.acceptor,
}
"""Papers that filled columns prove as well as an attachment does."""


@rule("EX-12", TABLE, "C3", "缺少附件：{papers}。")
def papers_attached(claim: ClaimFacts) -> Figures:
    """The papers that each 支出类别 needs are attached, judged by the names of the files."""
    if claim.kind == LOAN:
        return  # they come when the loan is accounted for
    missing = [
        paper
        for paper in NEEDED_PAPERS.get(claim.category, ())
        if paper not in claim.paper_names and not (paper in PROVED_BY and PROVED_BY[paper](claim))
    ]
    if missing:
        yield {"papers": missing}


@rule(
    "EX-11",
    TABLE,
    "AS-03；事业单位财务规则",
    "支出单中“{name}”单价{price}元，达到固定资产标准（{limit}元），请先建资产卡片。",
    "提示",
    settings=("asset.threshold",),
)
def fixed_assets_have_cards(claim: ClaimFacts) -> Figures:
    """What costs as much as a fixed asset has a card in 资产设备, linked in the claim."""
    if claim.assets:
        return
    for invoice in claim.invoices:
        if invoice.unit_price is not None and invoice.unit_price >= (limit := claim.norm.money("asset.threshold")):
            yield {"name": invoice.item or claim.title, "price": invoice.unit_price, "limit": limit}


@rule("EX-07", TABLE, "C3", "业务发生已{days}天，超过{limit}天报销期限，请说明原因。", "提示", settings=("claim.days",))
def claimed_soon(claim: ClaimFacts) -> Figures:
    """Submitted within 30 days after the business."""
    if claim.biz_date is None:
        return
    days, limit = (claim.today - claim.biz_date).days, claim.norm.whole("claim.days")
    if days > limit:
        yield {"days": days, "limit": limit}


@rule("EX-07", TABLE, "C3", "跨年度发票须由会计确认列支渠道。", settings=("claim.last_year_until",))
def of_this_year(claim: ClaimFacts) -> Figures:
    """Invoices of last year come in by the end of January; later 会计 says first from which money they are paid."""
    if claim.last_year_channel:
        return
    years = [i.issued_on.year for i in claim.invoices if i.issued_on is not None]
    if years and min(years) < _first_year_that_needs_nothing(claim):
        yield {}


def _first_year_that_needs_nothing(claim: ClaimFacts) -> int:
    month, day = claim.norm.day("claim.last_year_until")
    still = claim.today <= date(claim.today.year, month, day)
    return claim.today.year - 1 if still else claim.today.year
