"""Which path a spending takes: contract payment, government procurement, comparison of quotes, or small (domain.md C1).

Pure: an amount and the parameters of the day decide, and a line says why. Claims show it as 审批路径, procurements as
建议方式, and ``houqin rehearse`` asks it under other parameters.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from automations.approvals.words import money
from automations.books.facts import NormsOn
from automations.rules.base import UNVERIFIED

Path: TypeAlias = Literal["小项三级", "内部比选+集体", "政府采购", "合同付款"]

GOODS, SERVICES, WORKS = "货物", "服务", "工程"
DISPERSED = {
    GOODS: "procurement.dispersed.goods",
    SERVICES: "procurement.dispersed.services",
    WORKS: "procurement.dispersed.works",
}
"""From here on the law of government procurement governs a purchase outside the catalogue."""

MARKETPLACE = {GOODS: "电子卖场", SERVICES: "框架协议"}
"""How things of the catalogue are usually bought below the tender line."""

COMPETITIVE = {GOODS: "询价"}
BEYOND_GOODS = "竞争性磋商"

WORKS_TENDERS = (
    ("procurement.works_tender_services", "勘察、设计、监理必须招标规模", ("勘察", "设计", "监理")),
    ("procurement.works_tender_materials", "重要设备、材料必须招标规模", ("设备", "材料")),
    ("procurement.works_tender", "施工必须招标规模", ("",)),
)
"""必须招标的工程项目规定: key, name of the line, words of the item; what no word fits is building work."""


@dataclass(frozen=True, slots=True)
class Route:
    """The path of one spending.

    Attributes:
        route: 审批路径.
        suggested_method: 采购方式, "" for a contract payment.
        reason: One line that says why, for 校验说明.
        limit_name / limit: The line that the amount reached, e.g. 货物分散采购限额; "" and None below all of them and
            where the amount does not matter.
        collective: The leadership team decides first, whatever the method.
    """

    route: Path
    suggested_method: str
    reason: str
    limit_name: str = ""
    limit: Decimal | None = None
    collective: bool = False


def catalogued(item: str, norm: NormsOn) -> bool:
    """Whether 集中采购目录 names the item: ``台式计算机`` is a 计算机."""
    return any(name in item for name in norm.names("procurement.catalogue"))


def decide_route(
    amount: Decimal, kind: str, item: str, in_catalogue: bool, norm: NormsOn, *, under_contract: bool = False
) -> Route:
    """Steps 0 to 5 of C1, in this order.

    Args:
        amount: 元 with tax, of the whole project in the budget year; never of one invoice.
        kind: 货物, 服务 or 工程; "" for what is not bought, such as travel: it is always small.
        item: 品目, for works also the name of the project.
        in_catalogue: Whether 集中采购目录 has it.
        norm: Parameters of the business day.
        under_contract: A payment under a contract, which was approved when it was signed.
    """
    if under_contract:
        return Route("合同付款", "", "合同付款：合同签订前已经审批，本单按合同付款签批。")
    if kind not in DISPERSED:
        return Route("小项三级", "", "不属于采购，按小项三级签批。")
    collective = amount >= norm.money("collective.limit")
    tender, dispersed = _tender(kind, item, norm), _line(DISPERSED[kind], f"{kind}分散采购限额", norm)
    if tender.reached(amount):
        place = "，依招标投标法进场交易" if kind == WORKS else ""
        return tender.route(amount, "政府采购", "公开招标", f"须公开招标{place}", collective)
    if in_catalogue:
        method = MARKETPLACE.get(kind, BEYOND_GOODS)
        mark = "" if norm.verified("procurement.catalogue") else UNVERIFIED
        reason = f"“{item}”属于集中采购目录，不论金额大小都须政府采购，建议{method}。{mark}"
        return Route("政府采购", method, reason, collective=collective)
    if dispersed.reached(amount):
        method = COMPETITIVE.get(kind, BEYOND_GOODS)
        return dispersed.route(amount, "政府采购", method, f"须政府采购，建议{method}", collective)
    quotes = f"不少于{norm.whole('procurement.quotes_min')}家报价、{norm.whole('compare.witness_min')}人以上到场"
    together = _line("collective.limit", "校委会集体研究起点", norm)
    if together.reached(amount):
        return together.route(amount, "内部比选+集体", "内部比选", f"先经校委会集体研究，再内部比选（{quotes}）", True)
    compare = _line("compare.limit", "内部比选起点", norm)
    if compare.reached(amount):
        return compare.route(amount, "内部比选+集体", "内部比选", f"须内部比选（{quotes}），再三级签批", False)
    reason = f"金额{money(amount)}元低于内部比选起点{money(compare.limit)}元，按小项三级签批。{compare.mark}"
    return Route("小项三级", "直接采购", reason)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that an amount may reach."""

    name: str
    limit: Decimal
    mark: str

    def reached(self, amount: Decimal) -> bool:
        return amount >= self.limit

    def route(self, amount: Decimal, route: Path, method: str, then: str, collective: bool) -> Route:
        reason = f"金额{money(amount)}元达到{self.name}{money(self.limit)}元，{then}。{self.mark}"
        return Route(route, method, reason, self.name, self.limit, collective)


def _line(key: str, name: str, norm: NormsOn) -> _Line:
    return _Line(name, norm.money(key), "" if norm.verified(key) else UNVERIFIED)


def _tender(kind: str, item: str, norm: NormsOn) -> _Line:
    if kind != WORKS:
        return _line("procurement.tender", "公开招标数额", norm)
    key, name = next((key, name) for key, name, words in WORKS_TENDERS if any(word in item for word in words))
    return _line(key, name, norm)
