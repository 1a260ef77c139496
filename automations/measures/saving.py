"""七 节约型后勤: water, power, gas, nights on alert, vehicles, consumables (domain.md B4.17–20, F2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from automations.measures.base import Measure, codes, percent, total
from automations.measures.metering import Series
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import RowView

POWER, WATER, GAS = "电", "水", "气"
UNITS: Mapping[str, str] = {POWER: "度", WATER: "吨", GAS: "方"}
"""As the office says them: kWh, m³ of water, m³ of gas."""

COEFFICIENTS: Mapping[str, str] = {POWER: "energy.coef.electricity", GAS: "energy.coef.gas"}
"""Parameters: kg of standard coal for a unit; water is no energy."""

SCHOOL = "学校"
ALERT = "预警"
TRIP, FUEL, REPAIR = "出车", "加油", "维修保养"
ISSUED, RETURNED = "领用", "退库"


def main_meters(records: Records, kind: str) -> list[RowView]:
    """Meters of that kind without one above them, whose use the school pays (承担单位)."""
    return [m for m in records["meters"] if m.kind == kind and m.parent is None and m.payer == SCHOOL]


def used(records: Records, period: Period, kind: str) -> Measure:
    """Use by 月末 readings of the main meters, times 倍率; unknown where one was not read at its beginning or end.

    In 度, 吨 or 方. Months are whole: readings of a month's last days or of the first five of the next.
    """
    sum_, behind, meters = Decimal(0), list[RowView](), main_meters(records, kind)
    for meter in meters:
        counted = Series.of(records.linked("meter_readings", "meter", meter.id)).between(*period.year_months)
        if counted is None:
            return Measure(None, (), 0, UNITS[kind])
        sum_ += counted.used * (meter.multiplier or 1)
        behind += counted.readings
    return Measure(sum_ if meters else None, codes(behind), 0, UNITS[kind])


def used_by_month(records: Records, year: int, kind: str) -> tuple[Measure, ...]:
    """Of January to December; months to come and months not read are unknown."""
    return tuple(used(records, Period.month(year, month), kind) for month in range(1, 13))


def standard_coal(records: Records, period: Period) -> Measure:
    """Power and gas in kg of standard coal (kgce)."""
    on, parts = period.last, [(kind, used(records, period, kind)) for kind in COEFFICIENTS]
    if any(part.value is None for _, part in parts):
        return Measure(None, (), 0, "千克标准煤")
    keys = COEFFICIENTS.values()
    value = sum(
        ((part.value or Decimal(0)) * records.norms.number(COEFFICIENTS[kind], on) for kind, part in parts), Decimal(0)
    )
    behind = tuple(code for _, part in parts for code in part.codes)
    return Measure(value, behind, 0, "千克标准煤", records.unverified(on, *keys))


def quota(records: Records, period: Period, kind: str) -> Measure:
    """月定额 of the main meters over the months of the period; unknown where a meter has none."""
    meters = main_meters(records, kind)
    quotas = [meter.quota_month for meter in meters]
    value = None if not meters or None in quotas else sum(quotas, Decimal(0)) * len(period.months)
    return Measure(value, codes(meters), 0, UNITS[kind])


def of_quota(records: Records, period: Period, kind: str) -> Measure:
    """用量 in % of :func:`quota`."""
    now, most = used(records, period, kind), quota(records, period, kind)
    return Measure(percent(now.value, most.value), (*now.codes, *most.codes), 1, "%")


@dataclass(frozen=True, slots=True)
class NightAlert:
    """Nights of one meter in a row on 预警.

    Attributes:
        first / last: 归属日.
        ratio: The highest night against its baseline; None for water, where a flow is compared.
        issue: The issue it led to, if any.
    """

    meter: RowView
    nights: tuple[RowView, ...]
    ratio: Decimal | None
    issue: RowView | None


def night_alerts(records: Records, period: Period) -> list[NightAlert]:
    """Runs of nights on 预警 (EN-01, EN-02) that have a night in the period, in order of their first night.

    Readings of one run are those that lead to the same issue; without an issue, of the same meter.
    """
    runs: dict[tuple[int, int | None], list[RowView]] = {}
    for reading in records.within("meter_readings", "day", period, alert=ALERT):
        runs.setdefault((reading.meter, reading.issue), []).append(reading)
    found = []
    for (meter_id, issue), nights in runs.items():
        meter = records.row("meters", meter_id)
        if meter is None:
            continue
        nights.sort(key=lambda r: r.day)
        ratios = [night.ratio for night in nights if night.ratio is not None]
        found.append(NightAlert(meter, tuple(nights), max(ratios, default=None), records.row("issues", issue)))
    return sorted(found, key=lambda run: run.nights[0].day)


# vehicles -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle in a period (单车核算).

    Attributes:
        km: Of its trips.
        liters: Fuelled.
        per_100: Litres on 100 km; unknown without km or fuel. Over a short period a full tank weighs heavily.
        repairs: Times.
        spent: 元 of fuel, repairs, tolls, cleaning and the rest; insurance is paid by claims and not in here.
        per_km: 元.
    """

    vehicle: RowView
    trips: Measure
    km: Measure
    liters: Measure
    per_100: Measure
    repairs: Measure
    repair_cost: Measure
    spent: Measure
    per_km: Measure


def vehicles(records: Records, period: Period) -> list[Vehicle]:
    """Every vehicle that is in use or was driven, by its plate."""
    logs: dict[int, list[RowView]] = {}
    for log in records.within("vehicle_logs", "date", period):
        logs.setdefault(log.vehicle, []).append(log)
    own = [a for a in records["assets"] if a.category == "车辆" and (a.id in logs or a.status == "在用")]
    return [vehicle_in(vehicle, logs.get(vehicle.id, [])) for vehicle in sorted(own, key=lambda a: a.plate or a.name)]


def fleet(found: Iterable[Vehicle]) -> tuple[Measure, Measure]:
    """(km of all, litres on 100 km of all)."""
    all_ = list(found)
    km, liters = (_sum([getattr(v, name) for v in all_], name) for name in ("km", "liters"))
    return km, _per(liters, km, 100, "升", 1)


def vehicle_in(vehicle: RowView, logs: list[RowView]) -> Vehicle:
    """A vehicle with these lines of its book."""
    of = {kind: [log for log in logs if log.kind == kind] for kind in (TRIP, FUEL, REPAIR)}
    km, liters = total(of[TRIP], "km", "公里"), total(of[FUEL], "liters", "升", 2)
    spent = total([log for log in logs if log.kind != TRIP], "amount", "元", 2)
    return Vehicle(
        vehicle,
        Measure(Decimal(len(of[TRIP])), codes(of[TRIP]), 0, "次"),
        km,
        liters,
        _per(liters, km, 100, "升", 1),
        Measure(Decimal(len(of[REPAIR])), codes(of[REPAIR]), 0, "次"),
        total(of[REPAIR], "amount", "元", 2),
        spent,
        _per(spent, km, 1, "元", 2),
    )


def _sum(parts: list[Measure], name: str) -> Measure:
    known = [part for part in parts if part.value is not None]
    unit, places = ("公里", 0) if name == "km" else ("升", 2)
    value = sum((part.value or Decimal(0) for part in known), Decimal(0)) if known else None
    return Measure(value, tuple(code for part in known for code in part.codes), places, unit)


def _per(part: Measure, whole: Measure, times: int, unit: str, places: int) -> Measure:
    value = part.value * times / whole.value if part.value and whole.value else None
    return Measure(value, (*part.codes, *whole.codes), places, unit)


# consumables ----------------------------------------------------------------------------------------------------------


def consumables(records: Records, period: Period) -> dict[int, Measure]:
    """元 of consumables by department: 领用 less 退库."""
    moves: dict[int, list[RowView]] = {}
    for move in records.within("supply_moves", "date", period, direction=(ISSUED, RETURNED)):
        moves.setdefault(move.department, []).append(move)
    found = {}
    for department, rows in sorted(moves.items(), key=lambda one: one[0] or 0):  # None where nobody filled it in
        out = sum(((r.amount or Decimal(0)) * (1 if r.direction == ISSUED else -1) for r in rows), Decimal(0))
        found[department] = Measure(out, codes(rows), 2, "元")
    return found
