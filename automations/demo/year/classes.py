"""The classes of the year, and what their teaching costs (domain.md E2, E3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from automations.demo.year.edits import Edit, Ref, person, write
from automations.demo.year.paperwork import Bill, Invoice, claimed, number, yuan
from automations.demo.year.places import FLOORS, ROOMS, SINGLES
from automations.demo.year.plan import Plan


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of class: how many a year, how many people for how many working days, share that lodges.

    Attributes:
        needs: What some of its people ask for.
        ahead: Days before its first day on which it is planned.
        on_file: Working days after its last day on which it goes into the archive: by then its claims are paid.
    """

    class_type: str
    name: str
    count: int
    people: int
    days: int
    lodging: float
    modes: tuple[str, ...] = ("讲授", "研讨")
    needs: str = ""
    ahead: int = 30
    on_file: int = 30


KINDS = (
    Kind("主体班-中青班", "中青年干部培训班", 2, 45, 40, 0.90),
    Kind("主体班-进修班", "科级干部进修班", 4, 50, 10, 0.80),
    Kind("公务员培训", "公务员任职培训班", 3, 60, 8, 0.60, ("讲授", "研讨", "网络"), "清真用餐2人"),
    Kind("专题研讨班", "专题研讨班", 8, 45, 4, 0.60),
    Kind("基层轮训", "村（社区）书记轮训班", 8, 90, 3, 0.65),
    Kind("发展对象培训", "发展对象培训班", 5, 120, 3, 0.05),
    Kind("委托班", "委托培训班", 12, 55, 4, 0.75),
)
BY_MONTH = (2, 1, 12, 12, 12, 10, 5, 3, 12, 11, 13, 7)
"""% of the classes that begin in each month."""

BEDS = 168
NOT_BEFORE = 9
"""Working days of January in which no class begins: it would have been prepared in the old year."""

READY = -4
"""Working days from its first day on which its checklist is gone through."""

FEE = Decimal(260)
"""元 for a person and day of an entrusted class."""

TEACHERS = ("奚班主任", "范班主任", "彭班主任", "许学员")
HOSTS = ("谢物业", "喻资产", "章仓库")
ROOMS_BY_SIZE: Sequence[tuple[int, Sequence[str]]] = (
    (60, [f"{n}教室" for n in (202, 203, 204, 301, 302, 303, 304)]),
    (90, ["101教室", "102教室", "401教室"]),
    (120, ["402教室", "501教室"]),
    (300, ["报告厅"]),
)


@dataclass(frozen=True, slots=True)
class Course:
    """One class.

    Attributes:
        key: Of its row; its name.
        days: On which it teaches.
        people / lodgers: Who really come, who sleep here.
        beds: Keys of its rooms.
    """

    key: str
    kind: Kind
    days: tuple[date, ...]
    planned: int
    people: int
    lodgers: int
    beds: tuple[str, ...]
    classroom: str
    teacher: str
    host: str
    unit: str = ""

    @property
    def starts(self) -> date:
        """First day."""
        return self.days[0]

    @property
    def ends(self) -> date:
        """Last day."""
        return self.days[-1]

    @property
    def length(self) -> int:
        """Calendar days, as 培训天数 counts them."""
        return (self.ends - self.starts).days + 1

    @property
    def due(self) -> Decimal:
        """元 that an entrusted class owes."""
        return FEE * self.people * self.length


def _bedrooms() -> list[tuple[str, int]]:
    return [
        (f"公寓{floor}{n:02d}", 1 if n > ROOMS - SINGLES else 2)
        for floor in range(1, FLOORS + 1)
        for n in range(1, ROOMS + 1)
    ]


@cache
def _courses(year: int, seed: int) -> tuple[Course, ...]:
    plan = Plan(year, seed)
    dice, found = plan.dice("courses"), []
    taken: dict[date, set[str]] = {}
    kinds = [k for k in KINDS for _ in range(k.count)]
    numbers: dict[str, int] = {}
    for kind in sorted(kinds, key=lambda k: -k.days * k.people):
        for _ in range(400):
            first = _first_day(plan, dice, kind)
            if first < plan.workdays[NOT_BEFORE]:
                continue
            days = [first]
            while len(days) < kind.days:
                days.append(plan.calendar.add(days[-1], 1))
            if days[-1].year > year:
                continue
            course = _fitted(dice, kind, tuple(days), taken)
            if course is not None:
                break
        else:
            continue
        numbers[kind.name] = n = numbers.get(kind.name, 0) + 1
        unit = f"邻区组织部{n}" if kind.class_type == "委托班" else ""
        found.append(replace(course, key=f"{year}年第{n}期{kind.name}", unit=unit))
        for day in _span(days):
            taken.setdefault(day, set()).update((*course.beds, course.classroom))
    return tuple(sorted(found, key=lambda c: (c.starts, c.key)))


def _span(days: Sequence[date]) -> list[date]:
    return [days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)]


def _first_day(plan: Plan, dice: Random, kind: Kind) -> date:
    if kind.days >= 40:
        month = dice.choice((3, 9))
    else:
        [month] = dice.choices(range(1, 13), BY_MONTH)
    return dice.choice([d for d in plan.workdays if d.month == month and (kind.days < 40 or d.day < 9)])


def _fitted(dice: Random, kind: Kind, days: tuple[date, ...], taken: Mapping[date, set[str]]) -> Course | None:
    """People, beds and a room for a class on these days; None where the school is full."""
    used = set().union(*(taken.get(day, set()) for day in _span(days)))
    people = min(round(kind.people * dice.gauss(0.96, 0.03)), kind.people + 4)
    lodgers, got = round(people * kind.lodging), 0
    beds: list[str] = []
    for room, size in _bedrooms():
        if got >= lodgers:
            break
        if room not in used:
            beds.append(room)
            got += size
    rooms = [r for seats, names in ROOMS_BY_SIZE if seats >= people for r in names if r not in used]
    if got < lodgers or not rooms:
        return None
    teacher, host = dice.choice(TEACHERS), dice.choice(HOSTS)
    return Course("", kind, days, kind.people, people, lodgers, tuple(beds), rooms[0], teacher, host)


def courses_of(plan: Plan) -> tuple[Course, ...]:
    """Every class of the year, by its first day; no room and no bed is given twice."""
    return _courses(plan.year, plan.seed)


LECTURERS = 40
LECTURES = {40: 14, 10: 5, 8: 4, 4: 2, 3: 1}
"""Lectures from outside that are paid for, by the days of the class."""


def lectures(plan: Plan, dice: Random) -> Iterator[Edit]:
    """讲课费: one lecturer, one day, four hours in the morning or eight in all."""
    given: set[tuple[str, date]] = set()
    for course in courses_of(plan):
        for n in range(LECTURES[course.kind.days] * plan.volume):
            day, who = dice.choice(course.days), f"外请讲师{dice.randrange(LECTURERS) + 1}"
            if (who, day) in given:
                continue
            given.add((who, day))
            slots = dice.choice((("上午",), ("下午",), ("上午", "下午")))
            hours = 4 * len(slots)
            net = Decimal(dice.choice((400, 450, 500))) * hours
            more = {
                "payee": None,
                "payee_account": f"6217{dice.randrange(10**12):012d}",
                "training_class": Ref("training_classes", course.key),
                "lecturer": who,
                "lecturer_title": "副高级",
                "lecture_slots": slots,
                "lecture_hours": hours,
                "lecture_net": net,
            }
            files = ("身份证复印件.pdf", "职称证明.pdf", "学时确认单.pdf")
            gross = (net * Decimal("1.16")).quantize(Decimal("0.01"))
            key = f"讲课-{course.key}-{n}"
            bill = Bill(key, "苏课程", "培训班讲课费", day, "外请讲课费", [], amount=gross, attached=files, more=more)
            yield from claimed(plan, dice, bill, plan.later(plan.at(day, "16:00"), 1 + 3 * dice.random()))


def costs(plan: Plan, dice: Random) -> Iterator[Edit]:
    """培训费: papers, buses and sites of a class, claimed after it has ended."""
    for course in courses_of(plan):
        for n in range((3 if course.kind.days >= 8 else 2) * plan.volume):
            invoice = Invoice(yuan(dice, 900, 4600), f"示例会务店{dice.randrange(40)}", "培训用品", number=number(dice))
            files = ("培训通知.pdf", "学员签到.pdf", "讲课费签收.pdf")
            more = {"training_class": Ref("training_classes", course.key)}
            key = f"培训-{course.key}-{n}"
            bill = Bill(
                key, "郎学籍", "培训班直接支出", course.ends, "培训班支出", [invoice], attached=files, more=more
            )
            at = plan.later(plan.at(course.ends, "16:00"), 1 + 4 * dice.random())
            yield from claimed(plan, dice, bill, at)


def classes(plan: Plan, dice: Random) -> Iterator[Edit]:
    """培训班次: planned a month ahead, prepared, held, closed."""
    for course in courses_of(plan):
        yield from entered(plan, course)


def ahead(plan: Plan, course: Course, late: int = 0) -> date:
    """The day on which it is planned, or ``late`` days after; before its checklist, however long the holidays are."""
    usual = plan.workday(course.starts - timedelta(days=course.kind.ahead - late))
    return min(usual, plan.calendar.add(course.starts, READY - 1))


def entered(plan: Plan, course: Course) -> Iterator[Edit]:
    """Its row, when it is planned, and on its first day how many came."""
    key, keeper = course.key, "云教学"
    at = max(plan.at(ahead(plan, course), "10:00"), plan.at(plan.workdays[0], "09:10"))
    cells: dict[str, Any] = {
        "name": key,
        "class_type": course.kind.class_type,
        "is_entrusted": bool(course.unit),
        "starts_on": course.starts,
        "ends_on": course.ends,
        "planned_n": course.planned,
        "rooms": tuple(Ref("locations", room) for room in course.beds),
        "classroom": Ref("locations", course.classroom),
        "modes": course.kind.modes,
        "head_teacher": person(course.teacher),
        "logistics_owner": person(course.host),
        "is_project": False,
        "budget_line": Ref("budget_lines", "培训班直接支出"),
    }
    if course.kind.needs:
        cells["special_needs"] = course.kind.needs
    if course.unit:
        cells |= {"entrusting_unit": course.unit, "fee_standard": FEE}
    yield write(at, keeper, "training_classes", key, **cells)
    there = {"actual_n": course.people, "lodging_n": course.lodgers}
    yield write(plan.at(course.starts, "10:30"), keeper, "training_classes", key, **there)
