"""抄表记录: nine meters every night, all of them at the month's end (domain.md B4.18, E4, E5).

Two nights of the story are not like others: lights left on (V24), a toilet that runs (V25). The rows of those nights
come with the stories (:mod:`automations.demo.year.planted_facilities`). Meters do not multiply: ``plan.volume`` changes
nothing here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import accumulate
from random import Random

from automations.demo.year import energy
from automations.demo.year.classes import courses_of
from automations.demo.year.edits import Edit, write
from automations.demo.year.energy import GUARD, NAMES, READER, TABLE, USES, WATCHED, Use, rounded
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Scene

EVENING, MORNING = "夜22:30", "晨06:30"
LIT, LEAKING, REPLACED = "教学楼电表", "公寓3楼公卫水表", "综合楼电表"
TENTH = Decimal("0.1")
LIT_NIGHTS = (52, 55, 51, 54)
"""kWh of the nights of V24."""

LEAK, LEAK_NIGHTS = Decimal("0.62"), 4
"""m³ an hour of V25, and for how many nights."""

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Counted:
    """What a meter showed.

    Attributes:
        evening / morning: At 22:30 of a day, at 06:30 on the morning after it.
        late: At the hour at which the month's end is read.
        taken_down: When it was replaced.
    """

    evening: Mapping[date, Decimal]
    morning: Mapping[date, Decimal]
    late: Mapping[date, Decimal]
    taken_down: Decimal = Decimal(0)


# What is planted ------------------------------------------------------------------------------------------------------


def lit(plan: Plan) -> dict[date, Decimal]:
    """Nights on which lights stay on, in kWh."""
    scene = Scene(plan, "V24", "")
    first = scene.day("9-8")
    return {first + n * A_DAY: scene.sum(used).quantize(TENTH) for n, used in enumerate(LIT_NIGHTS)}


def leaking(plan: Plan) -> dict[date, Decimal]:
    """Nights on which a toilet runs, in m³ an hour."""
    scene = Scene(plan, "V25", "")
    first = scene.day("9-8")
    return {first + n * A_DAY: scene.sum(str(LEAK)) for n in range(LEAK_NIGHTS)}


def full_house(plan: Plan) -> date:
    """A night with about 86 lodgers, when the house is known."""
    known = lodgers(plan)
    days = [day for day in plan.days if (3, 25) <= (day.month, day.day) <= (12, 20)]
    return min(days, key=lambda day: (abs(known[day] - 86), day))


def replaced_on(plan: Plan) -> date:
    """When a meter is replaced at noon."""
    return plan.workday(date(plan.year, 11, 5))


def told_in_stories(plan: Plan) -> frozenset[tuple[str, date]]:
    """(meter, evening): nights whose rows come with a story."""
    return frozenset(
        [
            *((LIT, night) for night in lit(plan)),
            *((LEAKING, night) for night in leaking(plan)),
            ("学员公寓电表", full_house(plan)),
            (REPLACED, replaced_on(plan)),
        ]
    )


# Day by day -----------------------------------------------------------------------------------------------------------


@cache
def _lodgers(year: int, seed: int) -> Mapping[date, int]:
    plan = Plan(year, seed)
    courses = courses_of(plan)
    return {day: sum(c.lodgers for c in courses if c.starts <= day < c.ends) for day in plan.days}


def lodgers(plan: Plan) -> Mapping[date, int]:
    """People who sleep here, by evening."""
    return _lodgers(plan.year, plan.seed)


def _nights(plan: Plan, dice: Random, use: Use) -> list[float]:
    here = lodgers(plan)
    return [use.night + use.per_lodger * here[day] + dice.uniform(-use.swing, use.swing) for day in plan.days]


def _days(plan: Plan, use: Use, nights: Sequence[float]) -> list[float]:
    """What is counted between morning and evening: what the month leaves over."""
    here, found = lodgers(plan), list[float]()
    for month in range(1, 13):
        days = [n for n, day in enumerate(plan.days) if day.month == month]
        weights = [_weight(plan, use, plan.days[n], here[plan.days[n]]) for n in days]
        total = use.yearly * use.months[month - 1] / 100
        shares = (total * weight / sum(weights) - nights[n] for n, weight in zip(days, weights, strict=True))
        found += [max(share, 0.05 * total / len(days)) for share in shares]
    return found


def _weight(plan: Plan, use: Use, day: date, here: int) -> float:
    return 0.6 + here / 60 if use.per_lodger else 1.0 if plan.works(day) else use.off


def _wasted(plan: Plan, days: list[float], nights: list[float], name: str) -> None:
    """Put the planted nights in place; water runs through the days between them, and some hours before and after."""
    index = {day: n for n, day in enumerate(plan.days)}
    if name == LIT:
        for night, used in lit(plan).items():
            nights[index[night]] = float(used)
    if name == LEAKING:
        use, found = USES[name], leaking(plan)
        for night, rate in found.items():
            nights[index[night]] = float(rate) * energy.NIGHT_HOURS
            more = (float(rate) - use.night / energy.NIGHT_HOURS) * energy.DAY_HOURS
            days[index[night]] += more if night != min(found) else more / 2
        days[index[max(found)] + 1] += more / 2


@cache
def _counted(year: int, seed: int) -> Mapping[str, Counted]:
    plan = Plan(year, seed)
    every: dict[str, tuple[list[float], list[float]]] = {}
    for name, use in USES.items():
        nights = _nights(plan, plan.dice(f"meter {name}"), use)
        days = _days(plan, use, nights)
        _wasted(plan, days, nights, name)
        every[name] = days, nights
    began = energy.stand(year)
    by_day = [energy.combined({meter: days[n] for meter, (days, _) in every.items()}) for n in range(len(plan.days))]
    by_night = [
        energy.combined({meter: nights[n] for meter, (_, nights) in every.items()}) for n in range(len(plan.days))
    ]
    return {m: _shown(plan, m, began[m], [d[m] for d in by_day], [n[m] for n in by_night]) for m in NAMES}


def _shown(plan: Plan, meter: str, began: Decimal, days: Sequence[float], nights: Sequence[float]) -> Counted:
    parts = [rounded(meter, part) for both in zip(days, nights, strict=True) for part in both]
    shows = list(accumulate(parts, initial=began))

    def during(share: float) -> dict[date, Decimal]:
        """What it shows when so much of a day's use is counted."""
        days = zip(plan.days, shows[::2], parts[::2], strict=False)
        return {day: rounded(meter, float(before) + float(part) * share) for day, before, part in days}

    evening, morning = (dict(zip(plan.days, shows[n::2], strict=False)) for n in (1, 2))
    found = Counted(evening, morning, during(energy.OF_THE_DAY))
    return _replaced(found, replaced_on(plan), during(energy.AT_NOON)) if meter == REPLACED else found


def _replaced(old: Counted, since: date, noon: Mapping[date, Decimal]) -> Counted:
    """A new meter begins at 0 at noon of that day."""
    evening, morning, late = (
        {day: value - noon[since] if day >= since else value for day, value in shown.items()}
        for shown in (old.evening, old.morning, old.late)
    )
    return Counted(evening, morning, late, noon[since])


def counted(plan: Plan) -> Mapping[str, Counted]:
    """What every meter showed, all year."""
    return _counted(plan.year, plan.seed)


# Read -----------------------------------------------------------------------------------------------------------------


def night(plan: Plan, meter: str, day: date) -> tuple[Edit, Edit]:
    """The two readings of one night, by the guard on his round."""
    minute, shows = WATCHED.index(meter), counted(plan)[meter]
    read = (
        (EVENING, plan.at(day, "22:30"), shows.evening[day]),
        (MORNING, plan.at(day + A_DAY, "06:30"), shows.morning[day]),
    )
    first, last = (
        write(
            at + timedelta(minutes=minute, seconds=40),
            GUARD,
            TABLE,
            night_key(meter, day, slot),
            **energy.reading(meter, at + timedelta(minutes=minute), slot, value, GUARD),
        )
        for slot, at, value in read
    )
    return first, last


def night_key(meter: str, day: date, slot: str = MORNING) -> str:
    """Of a reading of the night of that evening."""
    return f"抄表-{meter}-{day}-{slot}"


def nights(plan: Plan, dice: Random) -> Iterator[Edit]:
    """Every night of the year, but for those of the stories."""
    planted = told_in_stories(plan)
    for day in plan.days[:-1]:
        for meter in WATCHED:
            if (meter, day) not in planted:
                yield from night(plan, meter, day)


def month_ends(plan: Plan, dice: Random) -> Iterator[Edit]:
    """All meters on the last day of each month; on a day off the guard reads them."""
    for day in plan.days:
        if (day + A_DAY).month == day.month:
            continue
        reader, at = READER if plan.works(day) else GUARD, plan.at(day, energy.MONTH_END)
        for n, meter in enumerate(NAMES):
            cells = energy.month_end_cells(
                meter, at + timedelta(seconds=50 * n), counted(plan)[meter].late[day], reader
            )
            yield write(at + timedelta(seconds=50 * n + 20), reader, TABLE, energy.month_end_key(meter, day), **cells)
