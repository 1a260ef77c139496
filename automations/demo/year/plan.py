"""What a year is laid out on: its days, its school, its classes and drives, and dice for every stream."""

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random

from automations.demo.year.school import School
from automations.workdays import SCHOOL_TIME, Calendar

SEED = 20260101
"""Of the year as domain.md E tells it."""

OPENS, CLOSES = time(8, 30), time(17, 30)
HOURS = 9
"""From the first to the last hour of a working day."""


class Plan:
    """One year of the school.

    Args:
        year: Which.
        seed: Of all dice; :data:`SEED` plants the violations on the days and with the sums of domain.md E6.
        until: Nothing happens after this day.
        volume: So many times as much happens (benchmarks).
        first: Nothing happens before this day.
    """

    def __init__(
        self, year: int = 2026, seed: int = SEED, until: date | None = None, volume: int = 1, first: date | None = None
    ) -> None:
        self.year, self.seed, self.volume = year, seed, volume
        self.until = until or date(year, 12, 31)
        self.first = first or date(year, 1, 1)
        self.calendar = Calendar()
        self.school = School(year, volume)

    def dice(self, name: str) -> Random:
        """Dice of one stream."""
        return Random(f"{self.seed}/{name}")

    # --- days -------------------------------------------------------------------------------------------------------
    @cached_property
    def days(self) -> Sequence[date]:
        """Every day of the year, whether anything happens on it or not."""
        start = date(self.year, 1, 1)
        return [start + timedelta(days=n) for n in range((date(self.year, 12, 31) - start).days + 1)]

    @cached_property
    def workdays(self) -> Sequence[date]:
        """Those on which the school works."""
        return [day for day in self.days if self.calendar.is_workday(day)]

    def works(self, day: date) -> bool:
        """Whether the school works on that day."""
        return self.calendar.is_workday(day)

    def workday(self, day: date) -> date:
        """That day, or the next one on which the school works."""
        return day if self.works(day) else self.calendar.add(day, 1)

    def at(self, day: date, clock: str = "09:00") -> datetime:
        """A time of day at the school."""
        return datetime.combine(day, time.fromisoformat(clock), SCHOOL_TIME)

    def later(self, moment: datetime, days: float) -> datetime:
        """So many working days later, within office hours: what somebody does when he gets to it."""
        here = moment.astimezone(SCHOOL_TIME)
        day, opens = here.date(), datetime.combine(here.date(), OPENS, SCHOOL_TIME)
        hours = min(max((here - opens).total_seconds() / 3600, 0), HOURS)
        if not self.works(day):
            day, hours = self.calendar.add(day, 1), 0
        whole, rest = divmod(hours + days * HOURS, HOURS)
        found = datetime.combine(self.calendar.add(day, int(whole)), OPENS, SCHOOL_TIME) + timedelta(hours=rest)
        return max(found.replace(microsecond=0), moment)

    def some_time(self, dice: Random, day: date) -> datetime:
        """Any time of a working day."""
        return self.at(day, "08:35") + timedelta(minutes=dice.randrange(0, 500), seconds=dice.randrange(60))


def lognormal(dice: Random, median: float, sigma: float, low: float, high: float) -> float:
    """A log-normal throw, cut off at both ends."""
    return min(max(median * math.exp(dice.gauss(0, sigma)), low), high)
