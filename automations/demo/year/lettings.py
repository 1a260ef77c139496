"""场地出租: a hall let for a day stands among the classes as 会议, is got ready and paid for (domain.md B2.8, C4)."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from automations.demo.year.classes import Course, Kind
from automations.demo.year.edits import Edit
from automations.demo.year.errands import days_of
from automations.demo.year.logistics_classes import held
from automations.demo.year.plan import Plan

LETTING = Kind("会议", "场地使用", 22, 20, 1, 0.0, ("讲授",), ahead=14, on_file=5)
ROOMS = ("第二会议室", "第三会议室")
"""Let by the stream; stories take :data:`SPARE`, so that nobody gets a room twice."""

SPARE = "第四会议室"


def letting(day: date, payer: str, n: int | str, room: str = SPARE) -> Course:
    """A hall let for one day."""
    name = f"{payer}场地使用（{n}）"
    return Course(name, LETTING, (day,), LETTING.people, LETTING.people, 0, (), room, "奚班主任", "谢物业")


def lettings_of(plan: Plan) -> Sequence[tuple[Course, str]]:
    """Every hall that is let in the year, and to whom; in two rooms by turns, none twice on a day."""
    dice, found, taken = plan.dice("lettings of the year"), [], set()
    for n, day in enumerate(days_of(plan, dice, LETTING.count, first=20), 1):
        room = ROOMS[n % len(ROOMS)]
        if (day, room) not in taken and day < plan.workdays[-5]:
            taken.add((day, room))
            payer = f"示例单位{dice.randrange(60)}"
            found.append((letting(day, payer, n, room), payer))
    return found


def lettings(plan: Plan, dice: Random) -> Iterator[Edit]:
    """Each of them among the classes."""
    for course, _ in lettings_of(plan):
        yield from held(plan, dice, course)
