"""Which path a claim takes, and what is too large for it without a procurement (domain.md C1)."""

from collections.abc import Mapping

from automations.rules.base import rule
from automations.rules.claims import CONTRACT_PAYMENT, TABLE, ClaimFacts, Figures
from automations.rules.route import GOODS, SERVICES, WORKS, Route, catalogued, decide_route

BOUGHT: Mapping[str, str] = {
    "办公费": GOODS,
    "食材费": GOODS,
    "资产购置": GOODS,
    "印刷费": SERVICES,
    "维修维护费": SERVICES,
    "物业管理费": SERVICES,
    "劳务派遣费": SERVICES,
    "其他": SERVICES,
    "工程改造": WORKS,
}
"""By 支出类别 what kind of purchase it is; travel, utilities, fees and receptions are none."""

AROUND_A_THING = ("维修", "保养", "清洗", "租赁", "硒鼓", "墨盒", "墨粉", "配件", "耗材")
"""What a title may want of a thing in the catalogue instead of the thing itself."""


def path_of(claim: ClaimFacts) -> Route | None:
    """The path of a claim, by its procurement where it has one; None before its amount is filled in."""
    if claim.amount is None:
        return None
    purchase = claim.of("procurement")
    if purchase is not None:
        item = str(purchase.item_code or purchase.title or "")
        listed = purchase.catalogue == "集中采购目录内" or catalogued(item, claim.norm)
        kind, amount = str(purchase.kind or ""), max(purchase.budget or claim.asked, claim.asked)
    else:
        kind, amount, item = BOUGHT.get(claim.category, ""), claim.asked, str(claim.title or "")
        thing = kind == GOODS and not any(word in item for word in AROUND_A_THING)
        listed = thing and catalogued(item, claim.norm)
    under_contract = claim.kind == CONTRACT_PAYMENT
    return decide_route(amount, kind, item, listed, claim.norm, under_contract=under_contract)


@rule(
    "PR-05",
    TABLE,
    "C1；三重一大",
    "“{category}”{amount}元达到校委会集体研究起点{limit}元，须先办理采购项目，请在“采购”或“合同”一栏选中。",
    settings=("collective.limit",),
)
def large_purchases_are_procured(claim: ClaimFacts) -> Figures:
    """What the leadership team must decide is a procurement or a contract before it is a claim."""
    bought = claim.category in BOUGHT and claim.kind != CONTRACT_PAYMENT
    if bought and claim.procurement is None and claim.contract is None:
        limit = claim.norm.money("collective.limit")
        if claim.asked >= limit:
            yield {"category": claim.category, "amount": claim.asked, "limit": limit}
