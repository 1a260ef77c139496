"""供餐留样: breakfast, lunch and dinner of the year, each with its samples (domain.md B2.10, E2).

Lunch for staff and trainees on every working day, breakfast and dinner for those who sleep here. A meal is served once,
however busy the year: ``plan.volume`` changes nothing here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from automations.demo.year.classes import Course, courses_of
from automations.demo.year.edits import Edit, Ref, person, write
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Scene

TABLE, COOK = "meals", "甲厨师"
COOKS = ("甲厨师", "乙厨师", "丙厨师", "丁厨师")
STARTS: Mapping[str, str] = {"早": "07:00", "中": "12:00", "晚": "18:00"}
STAFF = 65
"""Of the school and of its companies who eat here at noon."""

KEPT = timedelta(hours=48)
CLEARED = "15:40"
"""When the refrigerator with the samples is cleared on a working day."""

LEADERS = ("沈行政", "孙后勤", "许学员", "秦教务", "王主任")
BREAKFASTS = (
    "白粥",
    "小米粥",
    "鲜肉包",
    "花卷",
    "馒头",
    "煮鸡蛋",
    "凉拌黄瓜",
    "榨菜丝",
    "豆浆",
    "素面",
    "煎饼",
    "玉米",
)
DISHES = (
    *("回锅肉", "青椒肉丝", "红烧鸡块", "清蒸鲈鱼", "麻婆豆腐", "土豆烧牛肉", "番茄炒蛋", "鱼香茄子", "干煸四季豆"),
    *(
        "蒜蓉空心菜",
        "清炒莴笋",
        "醋溜白菜",
        "木耳肉片",
        "香菇菜心",
        "莲藕排骨汤",
        "紫菜蛋花汤",
        "冬瓜丸子汤",
        "凉拌三丝",
    ),
    *("粉蒸肉", "酸菜鱼", "芹菜香干", "南瓜饭", "红油耳片", "盐水虾", "萝卜炖羊肉"),
)


@dataclass(frozen=True, slots=True)
class Meal:
    """A meal.

    Attributes:
        courses: Whose people eat.
        guests: Trainees who should eat; staff come on top at noon.
    """

    day: date
    meal: str
    courses: tuple[Course, ...]
    guests: int

    @property
    def key(self) -> str:
        """Of its row."""
        return f"供餐-{self.day}-{self.meal}"

    @property
    def due(self) -> int:
        """How many should eat."""
        return self.guests + (STAFF if self.meal == "中" else 0)


@cache
def _served(year: int, seed: int) -> tuple[Meal, ...]:
    plan, found = Plan(year, seed), []
    courses = courses_of(plan)
    for day in plan.workdays:
        here = [c for c in courses if c.starts <= day <= c.ends]
        morning = tuple(c for c in here if c.starts < day and c.lodgers)
        evening = tuple(c for c in here if day < c.ends and c.lodgers)
        if morning:
            found.append(Meal(day, "早", morning, sum(c.lodgers for c in morning)))
        found.append(Meal(day, "中", tuple(here), sum(c.people for c in here)))
        if evening:
            found.append(Meal(day, "晚", evening, sum(c.lodgers for c in evening)))
    return tuple(found)


def served(plan: Plan) -> tuple[Meal, ...]:
    """Every meal of the year."""
    return _served(plan.year, plan.seed)


@cache
def _spoiled(year: int, seed: int) -> tuple[Meal, ...]:
    plan = Plan(year, seed)
    scene = Scene(plan, "V30", "")
    wanted = ((scene.day("5-19"), "晚"), (scene.day("6-3"), "中"), (scene.day("6-11"), "中"))
    return tuple(
        min((m for m in served(plan) if m.meal == meal), key=lambda m: (abs((m.day - day).days), m.day))
        for day, meal in wanted
    )


def spoiled(plan: Plan) -> tuple[Meal, ...]:
    """The three meals of V30: nobody else serves them."""
    return _spoiled(plan.year, plan.seed)


def sampled_at(plan: Plan, meal: Meal) -> datetime:
    """When the samples are put away."""
    return plan.at(meal.day, STARTS[meal.meal]) - timedelta(minutes=10)


def cleared_at(plan: Plan, sampled: datetime) -> datetime:
    """When samples go, on the first working day on which they may."""
    moment = plan.at(plan.workday((sampled + KEPT).date()), CLEARED)
    return moment if moment >= sampled + KEPT else plan.at(plan.calendar.add(moment.date(), 1), CLEARED)


def meal_cells(plan: Plan, dice: Random, meal: Meal) -> dict[str, Any]:
    """What the cook writes down during a meal."""
    dishes = dice.sample(BREAKFASTS if meal.meal == "早" else DISHES, dice.randrange(8, 13))
    eaten = max(round(meal.guests * dice.uniform(0.88, 0.99)) + (meal.due - meal.guests) - dice.randrange(4), 1)
    cells: dict[str, Any] = {
        "date": meal.day,
        "meal": meal.meal,
        "classes": tuple(Ref("training_classes", c.key) for c in meal.courses),
        "actual_n": eaten,
        "dishes": "、".join(dishes),
        "dish_count": len(dishes),
        "sample_count": len(dishes),
        "sample_min_g": dice.randrange(135, 181),
        "sampled_by": person(dice.choice(COOKS)),
        "sampled_at": sampled_at(plan, meal),
        "fridge_c": Decimal(dice.randrange(20, 60)) / 10,
        "leftover_kg": Decimal(round(eaten * dice.uniform(0.45, 0.65))) / 10,
        "food_cost": (Decimal(str(round(dice.gauss(14, 1.5), 2))) * eaten).quantize(Decimal("0.01")),
    }
    return cells | ({"leader": person(dice.choice(LEADERS))} if meal.meal == "中" else {})


def recorded(plan: Plan, dice: Random, meal: Meal, kept: timedelta | None = None, **more: Any) -> Iterator[Edit]:
    """A meal with its samples, and their disposal; ``kept``: how long, unless as long as it must."""
    cells = meal_cells(plan, dice, meal) | more
    sampled = sampled_at(plan, meal)
    yield write(sampled + timedelta(minutes=40), COOK, TABLE, meal.key, **cells)
    gone = sampled + kept if kept is not None else cleared_at(plan, sampled)
    done = {"disposed_at": gone, "disposed_by": person(COOK)}
    yield write(gone + timedelta(minutes=5), COOK, TABLE, meal.key, **done)


def meals(plan: Plan, dice: Random) -> Iterator[Edit]:
    """供餐留样, but for the meals of V30."""
    planted = spoiled(plan)
    for meal in served(plan):
        edits = list(recorded(plan, dice, meal))
        if meal not in planted:
            yield from edits
