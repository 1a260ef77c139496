"""When: the times at which jobs run and notices may go out, on the school's own clock.

Pure. All moments are aware; days and hours are the school's (:data:`~automations.workdays.SCHOOL_TIME`).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias

from automations.errors import HouqinError
from automations.workdays import SCHOOL_TIME, Calendar

LISTS = (time(8, 40), time(15, 10))
"""The two times of a working day at which a person's reminders go out as one message (domain.md B6).

Not on the hour or half hour: WeCom asks callers to keep away from those.
"""

QUIET_FROM, QUIET_TO = time(20, 0), time(7, 30)

Days: TypeAlias = Literal[
    "workdays",
    "daily",
    "weekly first workday",
    "monthly first workday",
    "monthly workday",
    "quarterly workday",
    "yearly",
    "every pass",
    "every minutes",
]

_SHAPE = re.compile(r"(workdays|daily|weekly first workday|monthly first workday) (\d\d:\d\d(?:, ?\d\d:\d\d)*)")
_NTH = re.compile(r"(monthly workday|quarterly workday|yearly) (\d{1,2}|\d\d-\d\d) (\d\d:\d\d(?:, ?\d\d:\d\d)*)")
_MINUTES = re.compile(r"every (\d+) minutes")
_LOOK_BACK = 62
"""Days: even a month without a single working day hides no slot."""
_LOOK_BACK_FAR = {"quarterly workday": 123, "yearly": 400}
"""Days, of schedules with fewer slots."""
_MOST_WORKDAYS = {"monthly workday": 15, "quarterly workday": 45}
"""So many working days every month and quarter has."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job runs.

    Attributes:
        days: On which days.
        times: At which times of such a day, ascending; none for ``every pass`` and ``every minutes``.
        minutes: From one slot of ``every minutes`` to the next; divides the hour.
        nth: Which working day of the month or quarter; of a yearly one the month and the day (331 for 31 March).
    """

    days: Days
    times: tuple[time, ...] = ()
    minutes: int = 0
    nth: int = 0

    @property
    def often(self) -> bool:
        """Many times a day, most of them with nothing to tell."""
        return self.days in ("every minutes", "every pass")

    @classmethod
    def read(cls, text: str) -> "Schedule":
        """The schedule that ``text`` says, in the words of a job file.

        One of ``workdays 08:40``, ``workdays 08:40, 15:10``, ``daily 07:40``, ``weekly first workday 08:40``,
        ``monthly first workday 09:10``, ``monthly workday 3 09:10``, ``quarterly workday 5 09:10`` (the fifth working
        day of the quarter), ``yearly 03-31 09:10`` (or the last working day before), ``every 10 minutes`` (day and
        night; 5, 10, 15, 20 or 30) and ``every pass``. A week begins on Monday.

        Raises:
            HouqinError: It is none of these.
        """
        if text == "every pass":
            return cls("every pass")
        if (often := _MINUTES.fullmatch(text)) and int(often[1]) in (5, 10, 15, 20, 30):
            return cls("every minutes", minutes=int(often[1]))
        found = _SHAPE.fullmatch(text)
        try:
            if rare := _NTH.fullmatch(text):
                return cls(rare[1], _times(rare[3]), nth=_nth(rare[1], rare[2]))  # type: ignore[arg-type]  # see below
            if found is None:
                raise ValueError
            times = _times(found[2])
        except ValueError:
            raise HouqinError(
                f"自动化的运行时间“{text}”看不懂。可写：workdays 08:40（多个时间用逗号隔开）、daily 07:40、"
                "weekly first workday 08:40、monthly first workday 09:10、monthly workday 3 09:10（当月第3个工作日）、"
                "quarterly workday 5 09:10、yearly 03-31 09:10（遇休息日提前）、every 10 minutes、every pass。"
            ) from None
        return cls(found[1], times)  # type: ignore[arg-type]  # the pattern allows only these words

    def due(self, last: datetime | None, now: datetime, calendar: Calendar) -> datetime | None:
        """The latest slot after ``last`` up to ``now``, or None: what was slept through is run once, not many times.

        Args:
            last: The slot of the last run; None for a job that never ran, which then looks back to this morning only.
            now: Aware.
            calendar: Working days.
        """
        if self.days == "every pass":
            return now
        if self.days == "every minutes":
            here = now.astimezone(SCHOOL_TIME).replace(second=0, microsecond=0)
            slot = here - timedelta(minutes=here.minute % self.minutes)
            return slot if last is None or slot > last else None
        today = now.astimezone(SCHOOL_TIME).date()
        for back in range(1 if last is None else _LOOK_BACK_FAR.get(self.days, _LOOK_BACK)):
            day = today - timedelta(days=back)
            if not self._on(day, calendar):
                continue
            for at in reversed(self.times):
                slot = _at(day, at)
                if last is not None and slot <= last:
                    return None
                if slot <= now:
                    return slot
        return None

    def slots(self, day: date, calendar: Calendar) -> tuple[datetime, ...]:
        """When it runs on one day, ascending; ``every pass`` stands for the two times at which lists go out."""
        if self.days == "every minutes":
            midnight = _at(day, time(0))
            return tuple(midnight + timedelta(minutes=n) for n in range(0, 24 * 60, self.minutes))
        if self.days == "every pass":
            return tuple(_at(day, at) for at in LISTS)
        return tuple(_at(day, at) for at in self.times) if self._on(day, calendar) else ()

    def _on(self, day: date, calendar: Calendar) -> bool:
        if self.days == "daily":
            return True
        if self.days == "workdays":
            return calendar.is_workday(day)
        if self.days == "yearly":
            return any(_yearly(year, self.nth, calendar) == day for year in (day.year, day.year + 1))
        if self.nth:
            month = day.month if self.days == "monthly workday" else day.month - (day.month - 1) % 3
            before = day.replace(month=month, day=1) - timedelta(days=1)
            return calendar.is_workday(day) and calendar.between(before, day) == self.nth
        first = day - timedelta(days=day.weekday()) if self.days == "weekly first workday" else day.replace(day=1)
        return calendar.add(first - timedelta(days=1), 1) == day


def quiet(now: datetime, calendar: Calendar) -> bool:
    """Night (20:00–07:30) or a day off: only what is urgent goes out."""
    here = now.astimezone(SCHOOL_TIME)
    return not (calendar.is_workday(here.date()) and QUIET_TO <= here.time() < QUIET_FROM)


def next_list(now: datetime, calendar: Calendar) -> datetime:
    """The next time (this very moment included) at which lists go out."""
    day = now.astimezone(SCHOOL_TIME).date()
    while True:
        for at in LISTS if calendar.is_workday(day) else ():
            if _at(day, at) >= now:
                return _at(day, at)
        day += timedelta(days=1)


def current_list(now: datetime, calendar: Calendar) -> datetime | None:
    """The list time that ``now`` belongs to: from it until the next one or the quiet hours; None outside."""
    if quiet(now, calendar):
        return None
    here = now.astimezone(SCHOOL_TIME)
    return next((_at(here.date(), at) for at in reversed(LISTS) if at <= here.time()), None)


def _times(text: str) -> tuple[time, ...]:
    return tuple(sorted({time.fromisoformat(t.strip()) for t in text.split(",")}))


def _nth(days: str, text: str) -> int:
    """Raises ``ValueError`` for a day that there is not every year."""
    if days == "yearly":
        day = date.fromisoformat(f"2025-{text}")  # no leap year
        return day.month * 100 + day.day
    if not 1 <= int(text) <= _MOST_WORKDAYS[days]:
        raise ValueError
    return int(text)


def _yearly(year: int, nth: int, calendar: Calendar) -> date:
    day = date(year, nth // 100, nth % 100)
    return day if calendar.is_workday(day) else calendar.add(day, -1)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SCHOOL_TIME)
