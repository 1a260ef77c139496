"""设施检查 and the yearly inventory (domain.md B4.15, B4.16, E4).

A check that is done plans the next one: it is found on the morning of its day, and done on that day. The readiness
of classes is looked after with the classes (:mod:`automations.demo.year.logistics_classes`). Things do not multiply:
``plan.volume`` changes nothing here.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from automations.demo.year.edits import Code, Edit, Ref, find, papers, person, write
from automations.demo.year.logistics_issues import AFTER_THE_LOOK, followed
from automations.demo.year.plan import Plan
from automations.demo.year.upkeep import BY_LAW, TABLE, UPKEEP, Upkeep
from automations.rules.checks_facts import cycle_later, months_later

ASSETS = "assets"
HAZARDS = 0.04
"""Share of checks that find something."""

LATE = "15:30"
"""When that happens: somebody answers the next morning, before four hours of work are over."""

AHEAD = 8
"""Working days before its last day that what the law asks for is done."""

OVERDUE_LIFT = "电梯一"
"""Its 法定检验 belongs to V29."""

VIDEO_TESTS, FLOOD_MONTHS = 24, range(5, 10)


def checks(plan: Plan, dice: Random) -> Iterator[Edit]:
    """Whatever is looked after again and again."""
    for one in UPKEEP:
        if (one.kind, one.asset) != (BY_LAW, OVERDUE_LIFT):
            yield from _round(plan, dice, one)


def _round(plan: Plan, dice: Random, one: Upkeep) -> Iterator[Edit]:
    """A year of one of them."""
    due, last, n = date(plan.year, *one.due), plan.days[0], 0
    while due.year == plan.year:
        day = plan.calendar.add(due, -AHEAD) if one.by_law else _by(plan, due, last)
        key = f"{one.key}-{n:03d}"
        if n:
            yield find(plan.at(day, AFTER_THE_LOOK), TABLE, key, check_kind=one.kind, cycle=one.cycle, **one.thing)
        hazard = bool(one.problems) and dice.random() < HAZARDS
        yield from _done(plan, dice, one, key, day, due, hazard)
        later = months_later(due, 6 if one.cycle == "每半年" else 12) if one.by_law else cycle_later(day, one.cycle)
        assert later is not None
        due, last, n = later, day, n + 1


def _by(plan: Plan, due: date, last: date) -> date:
    """That day, or the working day before it; in the midst of a long holiday whoever is on duty does it."""
    before = due if plan.works(due) else plan.calendar.add(due, -1)
    return before if before > last else due


def _done(plan: Plan, dice: Random, one: Upkeep, key: str, day: date, due: date, hazard: bool) -> Iterator[Edit]:
    """It is done, with what came of it."""
    opens, minutes = (LATE, 90) if hazard else ("09:10", 360)
    at = plan.at(day, opens) + timedelta(minutes=dice.randrange(minutes), seconds=dice.randrange(60))
    cells: dict[str, Any] = {"done_on": day, "result": "隐患" if hazard else "正常"}
    if one.by_law:
        until = months_later(due, 6 if one.cycle == "每半年" else 12)
        cells |= {"report": papers("检验报告.pdf"), "valid_to": until}
    if hazard:
        cells["remark"] = dice.choice(one.problems)
    yield write(at, one.who, TABLE, key, **cells)
    if hazard:
        keeper = _keeper(plan, one)
        checker = "谢物业" if keeper != "谢物业" else "喻资产"
        origin = Code(TABLE, key)
        yield from followed(plan, dice, f"隐患-{key}", origin, at, keeper, checker, days=0.8, named=True)


def _keeper(plan: Plan, one: Upkeep) -> str:
    """Whom Houqin gives what was found there."""
    table, field, key = (ASSETS, "custodian", one.asset) if one.asset else ("locations", "duty_person", one.place)
    return str(plan.school.rows[table][key][field].key)


# Once -----------------------------------------------------------------------------------------------------------------


def single_checks(plan: Plan, dice: Random) -> Iterator[Edit]:
    """视频会议联调 before meetings, 防汛 in summer, 盘点 of each department in November: written down when done."""
    for n, day in enumerate(sorted(dice.sample(list(plan.workdays), VIDEO_TESTS)), 1):
        yield _written(
            plan, dice, f"联调-{n:03d}", day, "鲍运维", "视频会议联调", "报告厅", "音视频、课件共享、备用线路"
        )
    for month in FLOOD_MONTHS:
        day = plan.workday(date(plan.year, month, 10))
        yield _written(plan, dice, f"防汛-{month:02d}", day, "窦安全", "防汛", "校园道路", "排水沟、雨水井、沙袋、水泵")
    november = [day for day in plan.workdays if day.month == 11]
    for n, department in enumerate(plan.school.rows["departments"]):
        key, day = f"盘点-{department}", november[3 + 2 * n]
        yield _written(plan, dice, key, day, "喻资产", "盘点", "综合楼", f"{department}资产账实核对")


def _written(plan: Plan, dice: Random, key: str, day: date, who: str, kind: str, place: str, items: str) -> Edit:
    return write(
        plan.some_time(dice, day),
        who,
        TABLE,
        key,
        check_kind=kind,
        cycle="一次性",
        location=Ref("locations", place),
        items=items,
        due_on=day,
        done_on=day,
        done_by=person(who),
        result="正常",
    )


# The inventory --------------------------------------------------------------------------------------------------------

A_DAY = 24
"""Things that a custodian counts on one day."""


def inventory(plan: Plan, dice: Random) -> Iterator[Edit]:
    """Every thing is seen in November, by whoever keeps it."""
    days = [day for day in plan.workdays if day.month == 11]
    counted: dict[str, int] = {}
    for key, cells in plan.school.rows[ASSETS].items():
        keeper = str(cells["custodian"].key)
        n = counted[keeper] = counted.get(keeper, -1) + 1
        day = days[n // A_DAY]
        result = "相符" if dice.random() < 0.985 else dice.choice(("位置不符", "标签缺失"))
        yield write(_counted_at(plan, day, n % A_DAY), keeper, ASSETS, key, inv_on=day, inv_result=result)


def _counted_at(plan: Plan, day: date, n: int) -> datetime:
    return plan.at(day, "14:20") + timedelta(seconds=70 * n)
