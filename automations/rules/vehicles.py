"""用车记录: every trip permitted, every kilometre and litre accounted for (domain.md B4.19, VH-01..06)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from automations.books import Facts, cached_property
from automations.rules.base import ALWAYS, facts_of, rule
from automations.rules.claims import empty, missing_cells, quoted
from automations.rules.earlier import earlier, since
from automations.rules.requests import APPROVED
from automations.workdays import Calendar, local_date

TABLE = "vehicle_logs"
TRIP, FILL, REPAIR = "出车", "加油", "维修保养"
NEEDED: Mapping[str, tuple[str, ...]] = {
    TRIP: ("used_by", "destination", "km_out", "km_in"),
    FILL: ("liters", "amount", "vendor"),
    REPAIR: ("amount", "vendor"),
    "过路停车": ("amount",),
    "清洗": ("amount",),
    "其他": ("amount",),
}
"""What a kind needs besides what all need; the request of a trip has a rule of its own (VH-01)."""

DESIGNATED: Mapping[str, str] = {FILL: "加油", REPAIR: "维修"}
RULES_OF_2017 = "党政机关公务用车管理办法（2017年）"
ONE_DAY = timedelta(days=1)

Figures = Iterator[dict[str, Any]]


def by_mileage(log: Any) -> tuple[Decimal, int]:
    """Order of the trips of one day: whatever was entered first, the road knows."""
    return (log.km_out or Decimal(0), log.id)


def in_holiday(day: date, calendar: Calendar) -> bool:
    """A day off that belongs to a holiday: one with a Monday to Friday off among the days off around it."""
    first = last = day
    if calendar.is_workday(day):
        return False
    while not calendar.is_workday(first - ONE_DAY):
        first -= ONE_DAY
    while not calendar.is_workday(last + ONE_DAY):
        last += ONE_DAY
    return any((first + timedelta(days=n)).weekday() < 5 for n in range((last - first).days + 1))


@facts_of(TABLE)
class LogFacts(Facts):
    """A line of a vehicle's book with what its rules and its cells keep asking."""

    dated_by = "date"

    @cached_property
    def plate(self) -> str:
        """车牌, else the name. Of the vehicle only single cells are read: its 里程 changes with every trip."""
        name = self.books.cell("assets", self.vehicle, "plate") or self.books.cell("assets", self.vehicle, "name")
        return str(name or "")

    @cached_property
    def km(self) -> Decimal | None:
        """Kilometres of a trip."""
        return None if self.kind != TRIP or self.km_out is None or self.km_in is None else trip_km(self)

    @cached_property
    def holiday(self) -> bool:
        """Whether vehicles rest on its day: a holiday, and any day off where the school says so."""
        if self.date is None or self.calendar.is_workday(self.date):
            return False
        return self.norm.flag("vehicle.weekend_stop") or in_holiday(self.date, self.calendar)

    @cached_property
    def explained(self) -> bool:
        """事由 or 备注 says who permitted the unusual."""
        return "批准" in f"{self.purpose or ''}{self.remark or ''}"

    @cached_property
    def l_per_100(self) -> Decimal | None:
        """升 per 100 km since the fill before this one; None without one."""
        if self.kind != FILL or not self.liters:
            return None
        before = earlier(self, "vehicle", lambda log: log.kind == FILL)
        if before is None:
            return None
        km = sum((trip_km(log) for log in since(self, "vehicle", before)), Decimal(0))
        return Decimal(self.liters * 100 / km).quantize(Decimal("0.1"), ROUND_HALF_UP) if km else None


def trip_km(log: Any) -> Decimal:
    """Kilometres of one line of the book; 0 for what is no trip or says nothing of them."""
    if log.kind != TRIP or log.km_out is None or log.km_in is None:
        return Decimal(0)
    return max(Decimal(log.km_in - log.km_out), Decimal(0))


@rule("必填", TABLE, "B4.19", "请填写：{fields}。", "提示", at=ALWAYS)
def log_is_complete(log: LogFacts) -> Figures:
    """Everything marked ● is filled, and what its kind needs."""
    if missing := missing_cells(log, *NEEDED.get(log.kind or "", ())):
        yield {"fields": quoted(missing)}


@rule("VH-01", TABLE, RULES_OF_2017, "本次出车没有已批准的派车单。", at=ALWAYS, settings=("vehicle.register",))
def permitted(log: LogFacts) -> Figures:
    """A trip has a request that was approved, and lies within its days."""
    if log.kind != TRIP or not log.norm.flag("vehicle.register"):
        return
    status, starts, ends = (log.books.cell("requests", log.request, n) for n in ("status", "starts_at", "ends_at"))
    within = log.date is None or starts is None or ends is None or local_date(starts) <= log.date <= local_date(ends)
    if status not in APPROVED or not within:
        yield {}


@rule(
    "VH-02",
    TABLE,
    RULES_OF_2017,
    "{plate}于{day}出车，节假日应封存停驶，请补充特殊事由及批准人。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("vehicle.holiday_stop", "vehicle.weekend_stop"),
)
def vehicles_rest_on_holidays(log: LogFacts) -> Figures:
    """On a holiday no vehicle leaves without a reason and somebody who permitted it."""
    if log.kind == TRIP and log.holiday and not log.explained and log.norm.flag("vehicle.holiday_stop"):
        yield {"plate": log.plate, "day": log.date}


@rule("VH-03", TABLE, "B4.19", "收车里程小于出车里程。", at=ALWAYS)
def mileage_grows(log: LogFacts) -> Figures:
    """A vehicle comes back with more kilometres than it left with."""
    if log.km_out is not None and log.km_in is not None and log.km_in < log.km_out:
        yield {}


@rule(
    "VH-03",
    TABLE,
    "B4.19",
    "出车里程与上次收车里程相差{gap}公里。",
    "预警",
    gravity="提示",
    at=ALWAYS,
    settings=("vehicle.km_gap",),
)
def no_kilometre_is_lost(log: LogFacts) -> Figures:
    """A trip begins where the last one ended."""
    if log.kind != TRIP or log.km_out is None:
        return
    last = earlier(log, "vehicle", lambda one: one.kind == TRIP and one.km_in is not None, by_mileage)
    if last is not None and (gap := abs(log.km_out - last.km_in)) > log.norm.number("vehicle.km_gap"):
        yield {"gap": gap}


@rule("VH-04", TABLE, "B4.19", "单次加油{liters}升，超过油箱容积{tank}升。", at=ALWAYS)
def the_tank_holds_it(log: LogFacts) -> Figures:
    """No fill is larger than the tank."""
    tank = log.books.cell("assets", log.vehicle, "tank_l") if log.kind == FILL else None
    if tank is not None and log.liters is not None and log.liters > tank:
        yield {"liters": f"{log.liters.normalize():f}", "tank": tank}


@rule(
    "VH-05",
    TABLE,
    RULES_OF_2017,
    "“{vendor}”不是定点{what}单位，请说明原因。",
    "提示",
    at=ALWAYS,
    settings=("vehicle.designated",),
)
def at_the_designated_shop(log: LogFacts) -> Figures:
    """Fuel and repairs come from 定点 companies, or 备注 says why not."""
    if log.kind not in DESIGNATED or log.vendor is None or not empty(log.remark):
        return
    if log.norm.flag("vehicle.designated") and not log.books.cell("vendors", log.vendor, "designated"):
        yield {"vendor": log.books.cell("vendors", log.vendor, "name"), "what": DESIGNATED[log.kind]}


@rule(
    "VH-06",
    TABLE,
    "B4.19",
    "{plate}近{days}天维修{n}次、共{total}元，请评估是否报废或更换维修厂。",
    "预警",
    gravity="提示",
    at=ALWAYS,
    settings=("vehicle.repair_days", "vehicle.repair_times"),
)
def not_repaired_again_and_again(log: LogFacts) -> Figures:
    """Few repairs within a quarter."""
    if log.kind != REPAIR or log.date is None:
        return
    days = log.norm.whole("vehicle.repair_days")
    repairs = [
        one
        for one in log.books.where(TABLE, "vehicle", log.vehicle, kind=REPAIR)
        if one.date is not None and (one.date, one.id) <= (log.date, log.id) and (log.date - one.date).days < days
    ]
    if len(repairs) >= log.norm.whole("vehicle.repair_times"):
        total = sum((one.amount for one in repairs if one.amount is not None), Decimal(0))
        yield {"plate": log.plate, "days": days, "n": len(repairs), "total": total}
