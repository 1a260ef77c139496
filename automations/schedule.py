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
    "workdays", "daily", "weekly first workday", "monthly first workday", "every pass", "every minutes"
]

_SHAPE = re.compile(r"(workdays|daily|weekly first workday|monthly first workday) (\d\d:\d\d(?:, ?\d\d:\d\d)*)")
_MINUTES = re.compile(r"every (\d+) minutes")
_LOOK_BACK = 62
"""Days: even a month without a single working day hides no slot."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job runs.

    Attributes:
        days: On which days.
        times: At which times of such a day, ascending; none for ``every pass`` and ``every minutes``.
        minutes: From one slot of ``every minutes`` to the next; divides the hour.
    """

    days: Days
    times: tuple[time, ...] = ()
    minutes: int = 0

    @property
    def often(self) -> bool:
        """Many times a day, most of them with nothing to tell."""
        return self.days in ("every minutes", "every pass")

    @classmethod
    def read(cls, text: str) -> "Schedule":
        """The schedule that ``text`` says, in the words of a job file.

        One of ``workdays 08:40``, ``workdays 08:40, 15:10``, ``daily 07:40``, ``weekly first workday 08:40``,
        ``monthly first workday 09:10``, ``every 10 minutes`` (day and night; 5, 10, 15, 20 or 30) and ``every pass``.
        A week begins on Monday.

        Raises:
            HouqinError: It is none of these.
        """
        if text == "every pass":
            return cls("every pass")
        if (often := _MINUTES.fullmatch(text)) and int(often[1]) in (5, 10, 15, 20, 30):
            return cls("every minutes", minutes=int(often[1]))
        found = _SHAPE.fullmatch(text)
        try:
            if found is None:
                raise ValueError
            times = tuple(sorted({time.fromisoformat(t.strip()) for t in found[2].split(",")}))
        except ValueError:
            raise HouqinError(
                f"自动化的运行时间“{text}”看不懂。可写：workdays 08:40（多个时间用逗号隔开）、daily 07:40、"
                "weekly first workday 08:40、monthly first workday 09:10、every 10 minutes、every pass。"
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
        for back in range(1 if last is None else _LOOK_BACK):
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

    def _on(self, day: date, calendar: Calendar) -> bool:
        if self.days == "daily":
            return True
        if self.days == "workdays":
            return calendar.is_workday(day)
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


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SCHOOL_TIME)
