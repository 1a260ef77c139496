"""满意度问卷: on its last day a class answers, each on his own telephone (domain.md B2.11, E2).

Nobody is asked twice, however busy the year: ``plan.volume`` changes nothing here.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from automations.demo.year.classes import Course, courses_of
from automations.demo.year.edits import FORM, Edit, Ref, write
from automations.demo.year.plan import Plan

TABLE = "survey_responses"
RETURN, SPREAD = 0.74, 0.06
"""Share of a class that answers, and its standard deviation; never so few that the figures say nothing."""

LEAST, MOST = 0.63, 0.92
ANSWERED = 8
"""Working days of the year that are left when the classes of V33 end: what they complain of is put right in time."""

UNHAPPY = {"lodging": 0.04, "catering": 0.09}
"""Share that may be less than satisfied before a class falls below the figures of 2014."""

DELIGHTED = {"lodging": 0.64, "catering": 0.56}
OTHERS = ("hygiene", "service", "facility", "teaching_support")
COMMENTS = (
    "饭菜可口，希望增加面食。",
    "房间干净，热水及时。",
    "教室空调有点凉。",
    "服务人员很热情。",
    "希望早餐时间提前一点。",
    "无线网络晚上有点慢。",
    "建议房间增加晾衣架。",
    "总体很好，谢谢。",
    "希望多组织晚间体育活动。",
    "菜品稍咸。",
)


@cache
def _planted(year: int, seed: int) -> tuple[Course, Course]:
    plan = Plan(year, seed)
    courses = [c for c in courses_of(plan) if c.ends < plan.workdays[-ANSWERED]]
    small = min(courses, key=lambda c: (abs(c.people - 45), c.starts))
    large = max((c for c in courses if c is not small and 60 < c.people < 100), key=lambda c: (c.people, c.starts))
    return small, large


def planted_classes(plan: Plan) -> tuple[Course, Course]:
    """Of V33: one of 45 people whose code was passed on, one that did not like the food."""
    return _planted(plan.year, plan.seed)


def answers(dice: Random, course: Course, n: int, unhappy: dict[str, int]) -> list[dict[str, Any]]:
    """Answer sheets of a class; those who do not sleep here say nothing of the beds.

    Args:
        dice: For everything else.
        course: The class.
        n: How many sheets.
        unhappy: How many of them are less than satisfied, by item.
    """
    lodgers = min(round(n * course.lodgers / course.people), course.lodgers)
    columns: dict[str, Sequence[str]] = {}
    for item, asked in (("lodging", lodgers), ("catering", n)):
        bad = unhappy[item]
        good = ["很满意" if dice.random() < DELIGHTED[item] else "满意" for _ in range(asked - bad)]
        found = good + ["一般"] * (bad - bad // 4) + ["不满意"] * (bad // 4)
        dice.shuffle(found)
        columns[item] = found + ["未使用"] * (n - asked)
    for item in OTHERS:
        columns[item] = dice.choices(("很满意", "满意", "一般"), (60, 36, 4), k=n)
    sheets = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [s | ({"comment": dice.choice(COMMENTS)} if dice.random() < 0.12 else {}) for s in sheets]


def handed_in(plan: Plan, dice: Random, course: Course, sheets: list[dict[str, Any]]) -> Iterator[Edit]:
    """All sheets of a class in the last hour of its last day."""
    at = plan.at(course.ends, "16:05")
    for number, sheet in enumerate(sheets, 1):
        at += timedelta(seconds=dice.randrange(5, 60))
        yield sheet_in(at, dice, course, f"问卷-{course.key}-{number:03d}", **sheet)


def sheet_in(at: datetime, dice: Random, course: Course, key: str, **cells: Any) -> Edit:
    """One sheet, through the form; ``token`` unless the code gave it one."""
    given = {"token": f"{dice.randrange(16**10):010x}", **cells}
    return write(at, FORM, TABLE, key, training_class=Ref("training_classes", course.key), **given)


def most_unhappy(course: Course, n: int) -> dict[str, int]:
    """How many of ``n`` may be less than satisfied."""
    lodgers = min(round(n * course.lodgers / course.people), course.lodgers)
    return {"lodging": int(lodgers * UNHAPPY["lodging"]), "catering": int(n * UNHAPPY["catering"])}


def surveys(plan: Plan, dice: Random) -> Iterator[Edit]:
    """满意度问卷 of every class but those of V33: none is less satisfied than the school was in 2014."""
    planted = planted_classes(plan)
    for course in courses_of(plan):
        edits = list(surveyed(plan, dice, course))
        if course not in planted:
            yield from edits


def surveyed(plan: Plan, dice: Random, course: Course) -> Iterator[Edit]:
    """All sheets of a class that is as satisfied as the school was in 2014."""
    n = round(course.people * min(max(dice.gauss(RETURN, SPREAD), LEAST), MOST))
    most = most_unhappy(course, n)
    few = {item: max(k - dice.choice((0, 0, 1)), 0) for item, k in most.items()}
    yield from handed_in(plan, dice, course, answers(dice, course, n, few))
