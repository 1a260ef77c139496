"""七 成本效益: what a person-day, a room-night, a meal, a square metre and 100 km cost (domain.md F3 七).

Money is what was paid in the period (支付日), so a bill paid late falls into the period in which it was paid. What is
counted is said in :data:`COUNTS`, which reports print; a cost of which a part is unknown is unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from automations.measures import saving, service
from automations.measures.base import Measure, change, codes
from automations.measures.metering import Series
from automations.measures.money import paid_claims, payable
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import RowView

PROPERTY, POWER, WATER, GAS = "物业管理费", "电费", "水费", "燃气费"
FOOD, REPAIRS = "食材费", "维修维护费"
ENERGY = (POWER, WATER, GAS)
RUNNING_A_SCHOOL = (PROPERTY, *ENERGY, FOOD, REPAIRS)
CATERING = "餐饮"
GUEST_ROOM = "客房"

COUNTS: Mapping[str, str] = {
    "person_day": "物业管理费（含餐饮服务）、水电气费、食材费、维修维护费的已支付数，除以培训人天；"
    "含教职工用餐和办公用能，不含讲课费、培训直接支出、资产购置和工程改造。",
    "room_night": "客房所在楼栋按建筑面积分摊的物业费（不含餐饮服务）和维修维护费、按分表读数分摊的水电费，除以间夜"
    "（班次客房数×住宿夜数）；不含燃气（热水）和折旧。",
    "meal": "食材费和餐饮服务合同的已支付数，除以供餐人次（学员、教职工合计）；不含水电气和设备。",
    "square_metre": "物业管理费（不含餐饮服务）、水电气费、维修维护费的已支付数，除以建筑面积。",
    "hundred_km": "用车记录中加油、维修保养、过路停车、清洗等费用，除以行驶里程；不含保险和驾驶员工资。",
}
"""What each cost counts, as the report says it."""


def _money(records: Records, period: Period, *categories: str) -> Measure:
    return _paid(records, period, lambda claim: claim.category in categories)


def _paid(records: Records, period: Period, wanted: Callable[[RowView], bool]) -> Measure:
    """元 paid for claims so chosen; unknown where claims do not reach back to the period."""
    if not records.reaches("expense_claims", "paid_on", period):
        return Measure(None, (), 2, "元")
    rows = [claim for claim in paid_claims(records, period) if wanted(claim)]
    return Measure(sum(map(payable, rows), Decimal(0)), codes(rows), 2, "元")


def _of_catering(records: Records, claim: RowView) -> bool:
    contract = records.row("contracts", claim.contract)
    return contract is not None and contract.kind == CATERING


def property_paid(records: Records, period: Period) -> Measure:
    """元 of 物业管理费 without contracts of kind 餐饮."""
    return _paid(records, period, lambda c: c.category == PROPERTY and not _of_catering(records, c))


def catering_paid(records: Records, period: Period) -> Measure:
    """元 of contracts of kind 餐饮, whatever category they are charged to but 食材费."""
    return _paid(records, period, lambda c: c.category != FOOD and _of_catering(records, c))


def _all(parts: Iterable[Measure]) -> Measure:
    found = list(parts)
    if any(part.value is None for part in found):
        return Measure(None, tuple(code for part in found for code in part.codes), 2, "元")
    value = sum((part.value or Decimal(0) for part in found), Decimal(0))
    return Measure(value, tuple(dict.fromkeys(code for part in found for code in part.codes)), 2, "元")


def _per(cost: Measure, whole: Measure, unit: str, times: int = 1) -> Measure:
    value = None
    if cost.value is not None and whole.value:
        value = cost.value * times / whole.value
    return Measure(value, (*cost.codes, *whole.codes), 2, unit)


# The five costs -------------------------------------------------------------------------------------------------------


def person_day(records: Records, period: Period) -> Measure:
    """人天后勤成本, 元/人天."""
    return _per(_money(records, period, *RUNNING_A_SCHOOL), service.person_days(records, period), "元/人天")


def meal(records: Records, period: Period) -> Measure:
    """餐均成本, 元/人次: food and the caterer."""
    cost = _all([_money(records, period, FOOD), catering_paid(records, period)])
    return _per(cost, service.meals(records, period), "元/人次")


def square_metre(records: Records, period: Period) -> Measure:
    """每平方米运行成本, 元/m²."""
    cost = _all([property_paid(records, period), _money(records, period, *ENERGY, REPAIRS)])
    return _per(cost, area(buildings(records)), "元/m²")


def hundred_km(records: Records, period: Period) -> Measure:
    """百公里成本, 元: of all vehicles together."""
    found = saving.vehicles(records, period)
    spent = [v.spent for v in found if v.spent.value is not None]
    cost = _all(spent) if spent else Measure(None, (), 2, "元")
    return _per(cost, saving.fleet(found)[0], "元/百公里", 100)


def room_nights(records: Records, period: Period) -> Measure:
    """间夜: 客房 of a class times the nights of its lodgers that lie in the period; unknown where none names rooms."""
    found = [c for c in service.classes(records, period) if c.row.rooms and c.row.lodging_n and c.nights is not None]
    value = sum((len(c.row.rooms) * c.nights / c.row.lodging_n for c in found if c.nights is not None), Decimal(0))
    return Measure(value if found else None, codes(c.row for c in found), 0, "间夜")


def room_night(records: Records, period: Period) -> Measure:
    """住宿每间夜成本, 元/间夜; unknown where the building has no area, or its meters lack a month."""
    lodging = [b for b in buildings(records) if _has_guest_rooms(records, b)]
    mine, all_ = area(lodging), area(buildings(records))
    share = mine.value / all_.value if mine.value and all_.value else None
    parts = [_share(cost, share) for cost in (property_paid(records, period), _money(records, period, REPAIRS))]
    for kind, category in ((saving.POWER, POWER), (saving.WATER, WATER)):
        parts.append(_share(_money(records, period, category), _metered(records, period, kind, lodging)))
    return _per(_all(parts), room_nights(records, period), "元/间夜")


def _share(cost: Measure, share: Decimal | None) -> Measure:
    value = None if cost.value is None or share is None else cost.value * share
    return Measure(value, cost.codes, 2, "元")


def buildings(records: Records) -> list[RowView]:
    """楼栋房间 that lie in no other and have an area."""
    return [row for row in records["locations"] if row.parent is None and row.area_m2]


def area(rows: Iterable[RowView]) -> Measure:
    """Square metres."""
    found = list(rows)
    return Measure(sum((row.area_m2 for row in found), Decimal(0)) if found else None, codes(found), 0, "m²")


def _has_guest_rooms(records: Records, building: RowView) -> bool:
    below = records.linked("locations", "parent", building.id)
    return any(row.kind == GUEST_ROOM or _has_guest_rooms(records, row) for row in below)


def _metered(records: Records, period: Period, kind: str, rows: Iterable[RowView]) -> Decimal | None:
    """The part of the school's use that the meters of these buildings counted; None where its beginning or end is."""
    places, mine, whole = {row.id for row in rows}, Decimal(0), saving.used(records, period, kind)
    above = {meter.id for meter in saving.main_meters(records, kind)}
    meters = [m for m in records["meters"] if m.kind == kind and m.location in places and m.parent in above]
    if not meters or not whole.value:
        return None
    for meter in meters:
        counted = Series.of(records.linked("meter_readings", "meter", meter.id)).between(*period.year_months)
        if counted is None:
            return None
        mine += counted.used * (meter.multiplier or 1)
    return mine / whole.value


# Against the year before ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost of a period, of the same months a year before, and its growth in %."""

    key: str
    name: str
    now: Measure
    before: Measure
    grown: Measure
    counts: str


COSTS: Mapping[str, tuple[str, Callable[[Records, Period], Measure]]] = {
    "person_day": ("人天后勤成本", person_day),
    "room_night": ("住宿每间夜成本", room_night),
    "meal": ("餐均成本", meal),
    "square_metre": ("每平方米运行成本", square_metre),
    "hundred_km": ("百公里成本", hundred_km),
}


def costs(records: Records, period: Period) -> list[Cost]:
    """All five, with what they count."""
    found = []
    for key, (name, work_out) in COSTS.items():
        now, before = work_out(records, period), work_out(records, period.year_before)
        found.append(Cost(key, name, now, before, change(now, before), COUNTS[key]))
    return found


@dataclass(frozen=True, slots=True)
class Rise:
    """A category of spending that grew: 元 of both years, what it grew by, and the cause somebody recorded."""

    category: str
    now: Measure
    before: Measure
    more: Measure
    grown: Measure
    cause: str


def rises(records: Records, period: Period, most: int = 5) -> list[Rise]:
    """The categories that grew most in 元 against the year before; none where last year is unknown.

    The cause is what 会计 wrote in 备注 of the year's budget lines of the category; "" where nobody did.
    """
    categories = sorted({c.category for c in paid_claims(records, period) if c.category})
    found = []
    for category in categories:
        now, before = (_money(records, p, category) for p in (period, period.year_before))
        if now.value is None or before.value is None or now.value <= before.value:
            continue
        lines = records["budget_lines"].where(year=Decimal(period.last.year), category=category)
        cause = "；".join(dict.fromkeys(str(line.remark).strip() for line in lines if line.remark))
        more = Measure(now.value - before.value, (*now.codes, *before.codes), 2, "元")
        found.append(Rise(category, now, before, more, change(now, before), cause))
    return sorted(found, key=lambda rise: (-(rise.more.value or Decimal(0)), rise.category))[:most]
