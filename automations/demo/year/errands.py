"""Trips, receptions, meetings and drives: asked for, done, claimed (domain.md E3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from automations.demo.year.edits import Edit, Ref, papers, person, write
from automations.demo.year.paperwork import REQUESTS, Bill, Invoice, asked, claimed, number, request_cells, yuan
from automations.demo.year.plan import Plan
from automations.demo.year.stock import VEHICLES

TRIPS, RECEPTIONS, MEETINGS, DRIVES = 110, 34, 16, 165
"""In a year."""

LEAD = 6
"""Working days from a request to its day."""

ALLOWANCE = 180
TRAVELLERS = ("办公室", "教研室", "教务科", "学员科", "组织人事科", "图书资料科")
CITIES = ("示例市", "邻州市", "远山市", "临江市")

KEPT_OUT = frozenset({"冯文员", "昌讲师", "马讲师"})
"""Whom planted stories need at their desk, or on a journey of their own."""


def days_of(plan: Plan, dice: Random, count: int, first: int = LEAD + 2) -> list[date]:
    """So many working days of the year, in order; none of the first few, before which nobody could have asked."""
    return sorted(dice.choices(plan.workdays[first:], k=count * plan.volume))


def before(plan: Plan, dice: Random, day: date) -> datetime:
    """When somebody asks for what is to happen on that day."""
    return plan.at(plan.calendar.add(day, -LEAD), "09:00") + timedelta(minutes=dice.randrange(60))


def trips(plan: Plan, dice: Random) -> Iterator[Edit]:
    """出差: one traveller, one to three days, a hotel and tickets."""
    busy: dict[str, list[tuple[date, date]]] = {}
    for n, day in enumerate(days_of(plan, dice, TRIPS), 1):
        length = dice.choice((1, 2, 2, 2, 3))
        last = day + timedelta(days=length - 1)
        if not plan.works(last):
            length, last = 1, day
        names = [w for d in TRAVELLERS for w in plan.school.clerks(d) if w not in KEPT_OUT]
        free = [w for w in names if all(last < start or end < day for start, end in busy.get(w, []))]
        who = dice.choice(free)
        busy.setdefault(who, []).append((day, last))
        fares = [
            Invoice(yuan(dice, 40, 160), "铁路", ticket=True, number=f"T{dice.randrange(10**9):09d}") for _ in range(2)
        ]
        hotel = [
            Invoice(yuan(dice, 210, 350) * (length - 1), f"示例宾馆{dice.randrange(40)}", "住宿费", number=number(dice))
        ] * (length > 1)
        total = sum((i.amount for i in (*fares, *hotel)), Decimal(0)) + ALLOWANCE * length
        starts, ends = plan.at(day, "08:00"), plan.at(last, "18:00")
        cells = {
            "place": dice.choice(CITIES),
            "title": f"赴外地调研（{n}）",
            "est_amount": total + dice.randrange(20, 90),
        }
        key = f"出差-{n:03d}"
        yield from asked(
            plan,
            dice,
            key,
            who,
            before(plan, dice, day),
            request_cells(plan, "出差", who, "差旅费", starts, ends, **cells),
        )
        more = {"request": Ref(REQUESTS, key), "trip_days": length}
        bill = Bill(key, who, "差旅费", last, f"差旅费（{n}）", [*hotel, *fares], amount=total, more=more)
        yield from claimed(plan, dice, bill, plan.later(ends, 1 + 3 * dice.random()))


def receptions(plan: Plan, dice: Random) -> Iterator[Edit]:
    """公务接待: a letter, three hosts at most, 48–58 元 a head."""
    for n, day in enumerate(days_of(plan, dice, RECEPTIONS), 1):
        who = dice.choice([w for w in plan.school.clerks("办公室") if w not in KEPT_OUT])
        guests, hosts = dice.choice((4, 5, 6, 6, 7, 7, 8, 9, 10)), dice.choice((2, 3))
        cost = yuan(dice, 48, 58) * (guests + hosts)
        key, starts, ends = f"接待-{n:03d}", plan.at(day, "12:00"), plan.at(day, "13:00")
        cells = request_cells(
            plan,
            "公务接待",
            who,
            "公务接待",
            starts,
            ends,
            title=f"来访接待（{n}）",
            est_amount=cost,
            letter_no=f"邻校函〔{plan.year}〕{n}号",
            letter=papers("公函.pdf"),
            guest_unit=f"邻市第{n}党校",
            guest_n=guests,
            escort_n=hosts,
            meal_times=1,
            meal_place="本校食堂",
        )
        yield from asked(plan, dice, key, who, before(plan, dice, day), cells)
        after = plan.later(ends, 0.3 + 2 * dice.random())
        done = {"guest_list": papers("接待清单.pdf"), "guest_actual": guests, "meal_cost": cost}
        yield write(after, who, REQUESTS, key, **done)
        files = ("公函.pdf", "审批单.pdf", "接待清单.pdf")
        invoice = Invoice(cost, "示例餐饮公司", "餐费", number=number(dice))
        more = {"kind": "公务卡还款", "payee_kind": "公务卡", "request": Ref(REQUESTS, key)}
        bill = Bill(key, who, "公务接待", day, f"接待用餐（{n}）", [invoice], attached=files, more=more)
        yield from claimed(plan, dice, bill, plan.later(after, 0.2 + dice.random()))


def meetings(plan: Plan, dice: Random) -> Iterator[Edit]:
    """会议: asked for, held, claimed with notice and list."""
    for n, day in enumerate(days_of(plan, dice, MEETINGS), 1):
        who = dice.choice([w for w in plan.school.clerks("办公室") if w not in KEPT_OUT])
        key, starts, ends = f"会议-{n:03d}", plan.at(day, "09:00"), plan.at(day, "17:00")
        invoice = Invoice(yuan(dice, 400, 1700), f"示例宾馆{dice.randrange(40)}", "会议费", number=number(dice))
        cells = {"est_amount": invoice.amount + 60, "title": f"工作会议（{n}）"}
        yield from asked(
            plan,
            dice,
            key,
            who,
            before(plan, dice, day),
            request_cells(plan, "会议", who, "会议费", starts, ends, **cells),
        )
        files, more = ("会议通知.pdf", "签到表.pdf"), {"request": Ref(REQUESTS, key)}
        bill = Bill(key, who, "会议费", day, f"会议费（{n}）", [invoice], attached=files, more=more)
        yield from claimed(plan, dice, bill, plan.later(ends, 1 + 3 * dice.random()))


@dataclass(frozen=True, slots=True)
class Drive:
    """A car that is asked for: one request, a trip on each working day of it.

    Attributes:
        key: Of the request.
        days: On which it drives.
    """

    key: str
    vehicle: str
    driver: str
    user: str
    days: tuple[date, ...]
    place: str


@cache
def _drives(year: int, seed: int, volume: int) -> tuple[Drive, ...]:
    plan = Plan(year, seed, volume=volume)
    dice, found = plan.dice("drives"), []
    taken: set[tuple[str, date]] = set()
    names = [w for d in plan.school.rows["departments"] for w in plan.school.clerks(d) if w not in KEPT_OUT]
    for n, day in enumerate(days_of(plan, dice, DRIVES), 1):
        wanted = dice.choice((1, 2, 2, 3, 4))
        days = [day]
        while len(days) < wanted and plan.works(days[-1] + timedelta(days=1)):
            days.append(days[-1] + timedelta(days=1))
        free = [v for v in VEHICLES if not any((v, d) in taken for d in days)]
        if not free:
            continue
        vehicle = dice.choice(free)
        taken |= {(vehicle, d) for d in days}
        driver = VEHICLES[vehicle][4]
        found.append(Drive(f"用车-{n:03d}", vehicle, driver, dice.choice(names), tuple(days), dice.choice(CITIES)))
    return tuple(found)


def drives_of(plan: Plan) -> tuple[Drive, ...]:
    """Every drive of the year, for the requests and for whoever keeps the log; no car is in two places."""
    return _drives(plan.year, plan.seed, plan.volume)


def drives(plan: Plan, dice: Random) -> Iterator[Edit]:
    """用车: asked for beforehand; it costs nothing by itself."""
    for drive in drives_of(plan):
        starts, ends = plan.at(drive.days[0], "08:00"), plan.at(drive.days[-1], "18:00")
        cells = request_cells(
            plan,
            "用车",
            drive.user,
            "公务用车运行",
            starts,
            ends,
            title="公务用车",
            place=drive.place,
            est_amount=0,
            vehicle=Ref("assets", drive.vehicle),
            people=(person(drive.user),),
        )
        yield from asked(plan, dice, drive.key, drive.user, before(plan, dice, drive.days[0]), cells)
