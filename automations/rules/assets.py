"""资产设备: complete cards, a yearly count, nothing used past its day, stock that suffices (domain.md B4.15, B4.20)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from automations.books import Facts, cached_property
from automations.rules.base import ALWAYS, STAGE, facts_of, rule
from automations.rules.checks import LAW, MUST_STOP
from automations.rules.checks_facts import GIVEN_UP, months_later
from automations.rules.claims import empty, missing_cells, quoted

TABLE = "assets"
IN_USE, UNDER_REPAIR, IDLE, GONE = "在用", "维修", "闲置", "已处置"
WORKING = (IN_USE, UNDER_REPAIR, IDLE)
"""States in which a thing may be taken up again tomorrow."""

VEHICLE, SPECIAL, FIRE, IT, STOCK = "车辆", "特种设备", "消防器材", "信息设备", "办公耗材"
FIXED = ("value", "acquired_on", "life_years")
NEEDED: Mapping[str, tuple[str, ...]] = {
    STOCK: ("unit", "safety_stock", "unit_price"),
    VEHICLE: (*FIXED, "plate", "seats", "fuel", "statutory_due", "insurance_due"),
    SPECIAL: (*FIXED, "statutory_due"),
    FIRE: ("value", "acquired_on", "made_on"),
    "图书": ("value",),
}
"""What a category needs besides what all need; :data:`FIXED` for the others."""

SCRAP_AFTER: Mapping[str, str] = {
    "水基": "extinguisher.scrap.water_years",
    "泡沫": "extinguisher.scrap.water_years",
    "干粉": "extinguisher.scrap.powder_years",
    "二氧化碳": "extinguisher.scrap.co2_years",
    "CO2": "extinguisher.scrap.co2_years",
}
"""Words in name or 规格 of an extinguisher, and the parameter with the years after which it is scrapped."""

DAY = timedelta(days=1)

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class AssetFacts(Facts):
    """An asset with what its rules and its cells keep asking."""

    @cached_property
    def scrap_due(self) -> date | None:
        """报废到期日: of an extinguisher by its type and 出厂日期, of other things when their 使用年限 is over."""
        if self.category != FIRE:
            return None if empty(self.acquired_on) or empty(self.life_years) else self._after(self.acquired_on)
        words = f"{self.name or ''}{self.spec or ''}".upper()
        key = next((key for word, key in SCRAP_AFTER.items() if word in words), None)
        if key is None or self.made_on is None:
            return None
        return months_later(self.made_on, self.norm.whole(key) * 12)

    def _after(self, start: date) -> date:
        return months_later(start, int(self.life_years * 12))

    @cached_property
    def stock(self) -> Decimal | None:
        """库存: what the last move left; None for what is not kept in stock."""
        if self.category != STOCK:
            return None
        moves = [m for m in self.pointing("supply_moves", "item") if m.date is not None]
        if not moves:
            return Decimal(0)
        last = self.books.row("supply_moves", max(moves, key=lambda m: (m.date, m.id)).id)  # its 结存 may just change
        return Decimal(0) if last is None or last.balance is None else last.balance

    @cached_property
    def lapsed(self) -> tuple[str, date] | None:
        """Without which paper it must not be used any more, and since when: 检验, 年检 or 保险."""
        papers = {VEHICLE: ("年检", "statutory_due"), SPECIAL: ("检验", "statutory_due")}
        names = [papers[self.category]] if self.category in papers else []
        if self.category == VEHICLE:
            names.append(("保险", "insurance_due"))
        for paper, field in names:
            due = self[field]
            if due is not None and self.reached(due + DAY):
                return paper, due
        return None


# The card -------------------------------------------------------------------------------------------------------------


@rule("必填", TABLE, "B4.15", "请填写：{fields}。", "提示", at=ALWAYS)
def card_is_complete(asset: AssetFacts) -> Figures:
    """Everything marked ● is filled, and what its category needs."""
    if asset.status in GIVEN_UP:
        return
    more = [*NEEDED.get(asset.category or "", FIXED)]
    if asset.category == VEHICLE and asset.fuel != "纯电动":
        more.append("tank_l")
    if asset.inv_on is not None:
        more.append("inv_result")
    if missing := missing_cells(asset, *more):
        yield {"fields": quoted(missing)}


@rule("资产编号", TABLE, "B4.15", "资产编号“{no}”已用于“{name}”（{code}），请核对。", at=ALWAYS)
def numbered_once(asset: AssetFacts) -> Figures:
    """One number, one thing; the card that came first is left in peace."""
    if empty(asset.asset_no):
        return
    first = next(iter(asset.books.where(TABLE, "asset_no", asset.asset_no)), None)
    if first is not None and first.id < asset.id:
        yield {"no": asset.asset_no, "name": first.name, "code": first.code}


@rule("AS-04", TABLE, "B4.15", "“{name}”（{no}）的产权归属为“待明确”，请财务科核实后填写。", "提示", at=ALWAYS)
def somebody_owns_it(asset: AssetFacts) -> Figures:
    """It is known whose it is."""
    if asset.ownership == "待明确" and asset.status != GONE:
        yield {"name": asset.name, "no": asset.asset_no}


@rule("技术档案", TABLE, "A37", "信息设备“{name}”的技术档案不齐，还缺：{missing}。", "提示", at=ALWAYS)
def technical_record_is_complete(asset: AssetFacts) -> Figures:
    """Of each IT device type, day of purchase and papers are on file."""
    if asset.category != IT or asset.status == GONE:
        return
    missing = [asset.schema[name].title for name in ("spec", "acquired_on") if empty(asset[name])]
    if not any(paper.kind == "技术档案" for paper in asset.pointing("documents", "assets")):
        missing.append("“制度档案”中关联本资产的技术档案")
    if missing:
        yield {"name": asset.name, "missing": missing}


# Counted every year ---------------------------------------------------------------------------------------------------


@rule(
    "AS-01",
    TABLE,
    "行政事业性国有资产管理条例第三十四条",
    "资产“{name}”（{no}）本年度尚未盘点。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("asset.inventory_to",),
)
def counted_this_year(asset: AssetFacts) -> Figures:
    """When the inventory is over, everything was seen once this year."""
    if asset.status == GONE:
        return
    end = date(asset.on.year, *asset.norm.day("asset.inventory_to"))
    over = asset.reached(end + DAY)
    if over:
        asset.reached(months_later(end, 12) + DAY)  # looked at again when the next one is over
    bought_later = asset.acquired_on is not None and asset.acquired_on > end
    seen = asset.inv_on is not None and asset.inv_on.year >= end.year
    if over and not seen and not bought_later:
        yield {"name": asset.name, "no": asset.asset_no, STAGE: str(end.year)}


# Past its day ---------------------------------------------------------------------------------------------------------


@rule("CK-02", TABLE, LAW, MUST_STOP, "提示", at=ALWAYS)
def stop_what_is_not_inspected(asset: AssetFacts) -> Figures:
    """停用 is proposed for special equipment whose inspection has run out; only people stop it."""
    if asset.category == SPECIAL and asset.status in WORKING and asset.lapsed is not None:
        yield {"thing": asset.name, "due": asset.lapsed[1]}


@rule("CK-02", TABLE, LAW, "{thing}检验已于{due}到期，检验合格并更新“{field}”后才能恢复使用。", at=IN_USE)
def inspected_before_it_is_used_again(asset: AssetFacts) -> Figures:
    """What was stopped starts again only with a valid inspection, insurance included for vehicles."""
    if asset.lapsed is not None:
        paper, due = asset.lapsed
        field = "insurance_due" if paper == "保险" else "statutory_due"
        thing = asset.plate or asset.name if asset.category == VEHICLE else asset.name
        yield {"thing": thing, "due": due, "field": asset.schema[field].title}


@rule("N28", TABLE, "B7", "{plate}{paper}已于{due}到期，不得上路，请停用车辆并立即办理。", "提示", at=ALWAYS)
def stop_what_may_not_drive(asset: AssetFacts) -> Figures:
    """停用 is proposed for a vehicle without valid 年检 or 保险."""
    if asset.category == VEHICLE and asset.status in WORKING and asset.lapsed is not None:
        paper, due = asset.lapsed
        yield {"plate": asset.plate or asset.name, "paper": paper, "due": due}


@rule(
    "报废到期",
    TABLE,
    "灭火器维修与报废规程",
    "“{name}”（{no}）已于{due}到报废年限，请更换并办理处置。",
    "提示",
    at=ALWAYS,
    settings=tuple(dict.fromkeys(SCRAP_AFTER.values())),
)
def extinguishers_are_replaced(asset: AssetFacts) -> Figures:
    """No extinguisher hangs longer than its type may."""
    if asset.category != FIRE or asset.status not in WORKING or asset.scrap_due is None:
        return
    if asset.reached(asset.scrap_due + DAY):
        yield {"name": asset.name, "no": asset.asset_no, "due": asset.scrap_due}


# Stock ----------------------------------------------------------------------------------------------------------------


@rule(
    "SP-03",
    TABLE,
    "B4.20；N27",
    "“{item}”库存{stock}低于安全库存{safety}，建议补充{more}。",
    "提示",
    at=ALWAYS,
    settings=("supply.refill_times",),
)
def stock_suffices(asset: AssetFacts) -> Figures:
    """What runs low is bought anew, up to a multiple of the safety stock."""
    if asset.stock is None or asset.safety_stock is None or asset.status == GONE:
        return
    if asset.stock < asset.safety_stock:
        more = asset.safety_stock * asset.norm.number("supply.refill_times") - asset.stock
        yield {"item": asset.name, "stock": asset.stock, "safety": asset.safety_stock, "more": more}
