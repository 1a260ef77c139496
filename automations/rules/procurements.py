"""采购项目: what it must say, which method fits it, and offers that can be compared (domain.md B5.26, C1, C5).

The stages after 立项 have a file of their own: ``procurement_stages``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from automations.books import Facts, cached_property
from automations.pay_plan import Quotes, read_quotes
from automations.rows import RowView
from automations.rules.base import SUBMIT, facts_of, rule
from automations.rules.claims import empty, missing_cells, quoted
from automations.rules.route import WORKS, Route, catalogued, decide_route

TABLE = "procurements"
IN_CATALOGUE = "集中采购目录内"

TENDER, COMPARED, DIRECT = "公开招标", "内部比选", "直接采购"
MARKETPLACE, FRAMEWORK = "电子卖场", "框架协议"
COMPETITIVE = frozenset({TENDER, "邀请招标", "竞争性磋商", "竞争性谈判", "询价"})
ANNOUNCED = COMPETITIVE | {"单一来源"}
"""Methods whose intention is published first (财库〔2020〕10号); orders from 电子卖场 and 框架协议 need none."""

GOVERNMENT = ANNOUNCED | {MARKETPLACE, FRAMEWORK}
"""政府采购; the rest are the school's own ways."""

CARRYING_OUT, TO_CONTRACT, PERFORMING, ACCEPTED, INTENTION = "采购实施", "待签合同", "履约中", "已验收", "意向公开"
ENDED = frozenset({"终止", "废标", "撤回", "不同意"})
RUNNING = frozenset({"履行中", "临期"})
IN_FORCE = RUNNING | {"续签中", "到期"}
"""A contract that is signed and not closed: claims may be paid under it; whether it has expired is asked by CT-01."""

PASSED = frozenset({"合格", "整改后合格"})
"""验收结论 with which the last instalment may be paid."""

Figures = Iterator[dict[str, Any]]

NEEDED_AT: Mapping[str, tuple[str, ...]] = {
    TO_CONTRACT: ("winner", "award", "award_on"),
    PERFORMING: ("winner", "award", "award_on", "contract"),
    ACCEPTED: ("accept_team", "accept_leader", "accepted_on", "accept_result"),
}


@facts_of(TABLE)
class ProcurementFacts(Facts):
    """A procurement with what its rules keep asking."""

    @cached_property
    def is_listed(self) -> bool:
        """Its item stands in 集中采购目录, whatever was chosen in 目录属性."""
        return self.catalogue == IN_CATALOGUE or catalogued(str(self.item_code or ""), self.norm)

    @cached_property
    def path(self) -> Route | None:
        """The path it should take; None until 类型 and 预算 are filled in."""
        return self._path(self.is_listed)

    @cached_property
    def limit_reached(self) -> Route | None:
        """Its path by the amount alone: which line it reached."""
        return self._path(False)

    def _path(self, listed: bool) -> Route | None:
        if self.kind is None or self.budget is None:
            return None
        item = str(self.item_code or "") + (str(self.title or "") if self.kind == WORKS else "")
        return decide_route(self.budget, self.kind, item, listed, self.norm)

    @cached_property
    def agreement(self) -> RowView | None:
        """Its contract, whichever of the two rows names the other."""
        return self.of("contract") or next(iter(self.pointing("contracts", "procurement")), None)

    @cached_property
    def offers(self) -> Quotes:
        """报价情况, read."""
        return read_quotes(self.quotes)

    @cached_property
    def bidders(self) -> Sequence[RowView]:
        """The companies that made an offer, as far as 服务商 has them; each once."""
        found = (v for o in self.offers.offers for v in self.books.where("vendors", "name", o.vendor))
        return list({v.id: v for v in found}.values())


# 必填 -----------------------------------------------------------------------------------------------------------------


@rule("必填", TABLE, "B26", "请填写：{fields}。")
def required_cells(procurement: ProcurementFacts) -> Figures:
    """Everything marked ● is filled; works say where, and another method than suggested says why."""
    more = ["locations"] if procurement.kind == WORKS else []
    path, method = procurement.path, procurement.method
    if path is not None and method is not None and method != path.suggested_method:
        more.append("method_reason")
    if missing := missing_cells(procurement, *more):
        yield {"fields": quoted(missing)}


@rule("必填", TABLE, "B26", "请填写：{fields}。", at=tuple(NEEDED_AT))
def cells_of_the_stage(procurement: ProcurementFacts) -> Figures:
    """What a stage is about is filled in before it begins."""
    names = NEEDED_AT[procurement.moment]
    missing = [procurement.schema[name].title for name in names if empty(procurement[name])]
    if "合同" in missing and procurement.agreement is not None:
        missing.remove("合同")  # the contract names this project
    if missing:
        yield {"fields": quoted(missing)}


@rule("必填", TABLE, "B26", "“{field}”应大于0，现在是{amount}元。")
def sums_above_zero(procurement: ProcurementFacts) -> Figures:
    """Budget and ceiling are above zero."""
    for name in ("budget", "ceiling"):
        if procurement[name] is not None and procurement[name] <= 0:
            yield {"field": procurement.schema[name].title, "amount": procurement[name]}


# The method -----------------------------------------------------------------------------------------------------------


@rule(
    "PR-01",
    TABLE,
    "C5；政府采购法第十八条",
    "“{item}”属于集中采购目录，须通过政府采购（电子卖场/框架协议）实施。",
    at=(SUBMIT, CARRYING_OUT),
    settings=("procurement.catalogue",),
)
def listed_items_by_government_procurement(procurement: ProcurementFacts) -> Figures:
    """What stands in 集中采购目录 is never bought the school's own way, whatever it costs."""
    if procurement.method in (DIRECT, COMPARED) and procurement.is_listed:
        yield {"item": procurement.item_code}


LINES = (
    *("procurement.dispersed.goods", "procurement.dispersed.services", "procurement.dispersed.works"),
    *("procurement.tender", "procurement.works_tender", "procurement.works_tender_materials"),
    "procurement.works_tender_services",
)


@rule(
    "PR-02",
    TABLE,
    "C5；政府采购法第二十六条、第二十七条",
    "预算{amount}元达到{limit}，建议方式“{method}”。选择其他方式须附批准文件。",
    at=(SUBMIT, CARRYING_OUT),
    settings=LINES,
)
def method_fits_the_amount(procurement: ProcurementFacts) -> Figures:
    """From the lines of the law on, the method is competitive, or another was approved on paper."""
    path, method = procurement.limit_reached, procurement.method
    if path is None or path.route != "政府采购" or method is None or procurement.method_doc:
        return
    if path.suggested_method == TENDER:
        fits: Collection[str] = (TENDER,)
    else:
        fits = GOVERNMENT - {"单一来源"} if procurement.is_listed else COMPETITIVE
    if method not in fits:
        suggested = procurement.path.suggested_method if procurement.path is not None else path.suggested_method
        yield {"amount": procurement.budget, "limit": path.limit_name, "method": suggested}


QUOTES_COUNT = (TO_CONTRACT, PERFORMING)


@rule("PR-04", TABLE, "C5", "“报价情况”{problem}", at=(SUBMIT, *QUOTES_COUNT))
def quotes_can_be_read(procurement: ProcurementFacts) -> Figures:
    """Each quote is a company and a sum."""
    if procurement.method == COMPARED:
        yield from ({"problem": problem} for problem in procurement.offers.problems)


@rule(
    "PR-04",
    TABLE,
    "C5",
    "比选报价不足{least}家（当前{n}家）。",
    at=QUOTES_COUNT,
    settings=("procurement.quotes_min",),
)
def enough_quotes(procurement: ProcurementFacts) -> Figures:
    """内部比选 compares at least three companies."""
    if procurement.method != COMPARED:
        return
    least, n = procurement.norm.whole("procurement.quotes_min"), len({o.vendor for o in procurement.offers.offers})
    if n < least:
        yield {"least": least, "n": n}


@rule("PR-04", TABLE, "C5", "报价单位“{one}”与“{other}”有关联（{why}），不能同时参加比选。", at=QUOTES_COUNT)
def quotes_are_independent(procurement: ProcurementFacts) -> Figures:
    """No two of the companies belong together, as far as 服务商 shows it."""
    if procurement.method != COMPARED:
        return
    for one, other in combinations(procurement.bidders, 2):
        if why := ties(procurement, one, other):
            yield {"one": one.name, "other": other.name, "why": why}


def ties(facts: Facts, one: RowView, other: RowView) -> str:
    """What two companies share that two independent ones would not; "" for nothing."""
    same = {"uscc": "信用代码", "bank_account": "银行账号", "phone": "联系电话"}
    found = [f"{what}相同" for field, what in same.items() if one[field] and one[field] == other[field]]
    people = sorted(set(one.related_people or ()) & set(other.related_people or ()))
    if people:
        found.append(f"需回避人员相同：{'、'.join(facts.directory.name(p) for p in people)}")
    return "，".join(found)


def kept_until(accepted: date, years: int) -> date:
    """The same day, so many years later; the last day of February for the 29th."""
    try:
        return accepted.replace(year=accepted.year + years)
    except ValueError:
        return date(accepted.year + years, 2, 28)
