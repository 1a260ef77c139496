"""用车记录: trips on the approved requests, fuel, repairs, tolls, washing (domain.md B4.19, E4).

The book of a vehicle is written first, as the road has it: every trip begins where the last one ended, every fill
replaces what was burnt since the one before. What V39 plants stands in it, and comes with that story.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from automations.demo.year.edits import Edit, Ref, person, write
from automations.demo.year.errands import Drive, drives_of
from automations.demo.year.paperwork import REQUESTS
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Scene
from automations.demo.year.stock import VEHICLES

TABLE = "vehicle_logs"
TWICE = 0.37
"""Share of days on which a vehicle leaves twice."""

FILLED_AT = Decimal("0.45")
"""Share of the tank that is burnt when it is filled: the longest trip still fits into the rest."""

PRICES = {"汽油": Decimal("7.86"), "柴油": Decimal("7.52")}
REPAIRS, WASHES, TOLLS = 4, 5, 0.08
"""A year for each vehicle; share of days on the road with a toll."""

STATION, GARAGE = "示例加油站", "示例轮胎店"
OVERLADEN, AUGUST, OVER_RATE = "皮卡", 8, Decimal("17.8")
"""V39: the vehicle that burns too much, the month, 升 per 100 km."""

HOLIDAY_CAR, HOLIDAY = "轿车", (5, 3)
"""V39: a trip on a holiday."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How a vehicle is used: kilometres at New Year and of a trip, 升 per 100 km."""

    began: int
    least: int
    most: int
    rate: Decimal


HABITS: Mapping[str, Habit] = {
    "轿车": Habit(86_420, 90, 230, Decimal("10.8")),
    "越野车": Habit(64_180, 90, 250, Decimal("13.6")),
    "皮卡": Habit(52_310, 25, 80, Decimal("12.4")),
    "中巴": Habit(71_950, 20, 75, Decimal("15.8")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the book of a vehicle; ``planted``: it comes with a story."""

    key: str
    vehicle: str
    day: date
    clock: str
    cells: Mapping[str, Any] = field(default_factory=dict)
    planted: bool = False

    @property
    def driver(self) -> str:
        """Who writes it down."""
        return VEHICLES[self.vehicle][4]


class Book:
    """The book of one vehicle, as it grows."""

    def __init__(self, plan: Plan, vehicle: str) -> None:
        self._plan, self._dice = plan, plan.dice(f"book of {vehicle}")
        self._vehicle, self._habit = vehicle, HABITS[vehicle]
        self._km, self._since_fill = self._habit.began, 0
        self.lines: list[Line] = []

    def _write(self, kind: str, day: date, clock: str, planted: bool = False, **cells: Any) -> None:
        key = f"{kind}-{self._vehicle}-{len(self.lines) + 1:03d}"
        self.lines.append(Line(key, self._vehicle, day, clock, {"kind": kind, **cells}, planted))

    def trip(self, day: date, clock: str, request: str, user: str, place: str, planted: bool = False) -> None:
        """Out and back."""
        km = self._dice.randrange(self._habit.least, self._habit.most)
        self._write(
            *("出车", day, clock, planted),
            request=Ref(REQUESTS, request),
            used_by=person(user),
            purpose="公务出行",
            destination=place,
            km_out=self._km,
            km_in=self._km + km,
            parked_at="校内",
        )
        self._km += km
        self._since_fill += km

    @property
    def burnt(self) -> Decimal:
        """升 since the last fill, as this vehicle ordinarily burns them."""
        return self._since_fill * self._habit.rate / 100

    @property
    def thirsty(self) -> bool:
        """It is time to fill the tank."""
        return self.burnt >= FILLED_AT * VEHICLES[self._vehicle][3]

    def fill(self, day: date, clock: str) -> None:
        """Full again, at 定点."""
        if not self._since_fill:
            return
        over = (self._vehicle, day.month) == (OVERLADEN, over_month(self._plan))
        near = Decimal(self._dice.randrange(965, 1035)) / 1000
        rate = over_rate(self._plan) if over else self._habit.rate * near
        liters = (self._since_fill * rate / 100).quantize(Decimal("0.01"))
        amount = (liters * PRICES[VEHICLES[self._vehicle][2]]).quantize(Decimal("0.01"))
        cells = {"liters": liters, "amount": amount, "vendor": Ref("vendors", STATION), "purpose": "加油"}
        self._write("加油", day, clock, over, **cells)
        self._since_fill = 0

    def cost(self, kind: str, day: date, purpose: str, amount: Decimal, **more: Any) -> None:
        """Repair, toll, washing."""
        self._write(kind, day, "17:30", purpose=purpose, amount=amount, **more)


def over_month(plan: Plan) -> int:
    """August; of another seed, in which the vehicle rests then, the month nearest to it."""
    months = {day.month for drive in drives_of(plan) if drive.vehicle == OVERLADEN for day in drive.days}
    return min(months, key=lambda month: abs(month - AUGUST))


def over_rate(plan: Plan) -> Decimal:
    """升 per 100 km of the month of V39."""
    return Scene(plan, "V39", "", fixed=True).sum(str(OVER_RATE))


@cache
def _books(year: int, seed: int, volume: int) -> tuple[Line, ...]:
    plan = Plan(year, seed, volume=volume)
    return tuple(line for vehicle in VEHICLES for line in _book(plan, vehicle))


def book_of(plan: Plan) -> tuple[Line, ...]:
    """Every line of the year."""
    return _books(plan.year, plan.seed, plan.volume)


def _book(plan: Plan, vehicle: str) -> Sequence[Line]:
    dice, book = plan.dice(f"days of {vehicle}"), Book(plan, vehicle)
    outings = {day: drive for drive in drives_of(plan) if drive.vehicle == vehicle for day in drive.days}
    repairs = {_day(plan, 34 + 82 * n + dice.randrange(-9, 10)) for n in range(REPAIRS)}
    washes = {_day(plan, 25 + 70 * n + dice.randrange(-12, 13)) for n in range(WASHES)}
    holiday = date(plan.year, *HOLIDAY) if vehicle == HOLIDAY_CAR else None
    last = max(d for d in outings if d.month == over_month(plan)) if vehicle == OVERLADEN else None
    for day in plan.days:
        if day in outings:
            _out(dice, book, day, outings[day], day == last)
        if holiday is not None and day == plan.calendar.add(holiday, -1):
            book.fill(day, "17:40")  # full before the holiday
        if day == holiday:
            book.trip(day, "17:00", "V39-1", "曹文秘", "邻州市", planted=True)
        if day in repairs:
            amount = Decimal(dice.randrange(110_000, 390_000)) / 100
            purpose = dice.choice(("保养、更换机油机滤", "更换轮胎", "制动系统检修", "空调检修"))
            book.cost("维修保养", day, purpose, amount, vendor=Ref("vendors", GARAGE))
        if day in washes:
            book.cost("清洗", day, "洗车", Decimal(35))
    return book.lines


def _out(dice: Random, book: Book, day: date, drive: Drive, fill: bool) -> None:
    clocks = (("12:10", "12:20"), ("17:05", "17:15")) if dice.random() < TWICE else (("17:05", "17:15"),)
    for back, filled in clocks:
        book.trip(day, back, drive.key, drive.user, drive.place)
        if book.thirsty or (fill and back == clocks[-1][0]):
            book.fill(day, filled)
    if dice.random() < TOLLS:
        book.cost("过路停车", day, "通行费、停车费", Decimal(dice.randrange(20, 120)))


def _day(plan: Plan, number: int) -> date:
    """The working day on or after that day of the year."""
    return plan.workday(plan.days[number])


def entered(plan: Plan, line: Line, at: datetime | None = None) -> Edit:
    """The driver writes it down when he is back."""
    shared = {"vehicle": Ref("assets", line.vehicle), "date": line.day, "driver": person(line.driver)}
    back = plan.at(line.day, line.clock) + timedelta(minutes=list(VEHICLES).index(line.vehicle))
    return write(at or back, line.driver, TABLE, line.key, **shared, **line.cells)


def logs(plan: Plan, dice: Random) -> Iterator[Edit]:
    """The books of all vehicles."""
    for line in book_of(plan):
        if not line.planted:
            yield entered(plan, line)
