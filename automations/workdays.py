"""Which days the school works, 调休 (moved rest days) included.

Three layers, each answer with its source: the school's own override, then the State Council's notice as packaged by
``chinesecalendar`` (or, where that is older, by ``holidays``), then an estimate from the law and the weekday. An
estimate never stops the worker and never passes for the truth: it carries :data:`ESTIMATE` (domain.md B0).
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from typing import Literal, TypeAlias

from automations.errors import RuleError

SCHOOL_TIME = timezone(timedelta(hours=8), "北京时间")
"""China keeps one time and no summer time, so no time-zone database is needed."""

Source: TypeAlias = Literal["学校调整", "国办通知", "估计(未见国办通知)"]
ESTIMATE: Source = "估计(未见国办通知)"

_DAY = timedelta(days=1)
_OVERRIDE = re.compile(
    r"(?P<first>\d{4}-\d{1,2}-\d{1,2})(?:\s*(?:至|~)\s*(?P<last>\d{4}-\d{1,2}-\d{1,2}))?"
    r"\s*(?P<works>上班|休息)\s*(?P<reason>.*)"
)


@dataclass(frozen=True, slots=True)
class Day:
    """What is known about one day.

    Attributes:
        works: Whether the school works on it.
        source: Which layer says so.
        reason: The school's own words for an override, else "".
    """

    works: bool
    source: Source
    reason: str = ""

    @property
    def estimated(self) -> bool:
        """Nobody has published this day yet."""
        return self.source == ESTIMATE


class Calendar:
    """The school's working days.

    Args:
        overrides: Days the school itself moved: works or not, and why (settings ``calendar.override``).
    """

    def __init__(self, overrides: Mapping[date, tuple[bool, str]] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._counts: dict[tuple[int, int], list[int]] = {}

    def day(self, day: date) -> Day:
        """The answer for one day with its source; never raises for a year nobody has published."""
        if day in self._overrides:
            works, reason = self._overrides[day]
            return Day(works, "学校调整", reason)
        return _national(day)

    def is_workday(self, day: date) -> bool:
        """Whether the school works on ``day``."""
        return self.day(day).works

    def source(self, day: date) -> Source:
        """Which layer the answer for ``day`` comes from."""
        return self.day(day).source

    def add(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day`` (before it for a negative ``n``); ``day`` itself for 0."""
        step = _DAY if n > 0 else -_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``.

        So ``between(d, add(d, n)) == n`` for ``n >= 0``, and something opened on Monday has waited 2 on Wednesday.
        """
        if end < start:
            return -self.between(end, start)
        count = self._counted(end)[end.day] - self._counted(start)[start.day]
        while (start.year, start.month) < (end.year, end.month):
            month = self._counted(start)
            count += month[-1]
            start = start.replace(day=1) + _DAY * (len(month) - 1)
        return count

    def _counted(self, day: date) -> list[int]:
        """Working days of the month of ``day`` up to and including its n-th day; 0 before the first."""
        month = day.year, day.month
        if month not in self._counts:
            days = monthrange(*month)[1]
            works = (self.is_workday(date(*month, n + 1)) for n in range(days))
            self._counts[month] = list(accumulate(works, initial=0))
        return self._counts[month]

    def add_hours(self, start: datetime, hours: Decimal, shifts: Sequence[tuple[time, time]]) -> datetime:
        """The moment ``hours`` of work after ``start``; only the shifts of working days count.

        Raises:
            RuleError: No shift lasts, so nobody ever works.
        """
        if not any(begin < end for begin, end in shifts):
            raise RuleError("参数“hours.”的上下班时间不对：下班要晚于上班。")
        left = timedelta(hours=float(hours))
        day = local_date(start)
        while True:
            for begin, end in shifts if self.is_workday(day) else ():
                first = max(start, datetime.combine(day, begin, SCHOOL_TIME))
                last = datetime.combine(day, end, SCHOOL_TIME)
                if first < last and left <= last - first:
                    return first + left
                left -= max(last - first, timedelta(0))
            day += _DAY

    def mark(self, start: date, end: date | None = None) -> str:
        """:data:`ESTIMATE` when any day from ``start`` to ``end`` is an estimate, else ""; print it beside the date."""
        first, last = min(start, end or start), max(start, end or start)
        days = (first + _DAY * i for i in range((last - first).days + 1))
        return ESTIMATE if any(self.day(d).estimated for d in days) else ""

    def warning(self, today: date) -> str:
        """One Chinese sentence for IT while a calendar that is needed soon is missing, else "".

        Speaks from 1 November until next year is known, because the notice usually comes by then.
        """
        if self.day(today).estimated:
            return _missing(today.year)
        if today.month >= 11 and all(self.day(date(today.year + 1, 1, d)).estimated for d in range(1, 8)):
            return _missing(today.year + 1)
        return ""


def read_overrides(text: str) -> dict[date, tuple[bool, str]]:
    """The setting ``calendar.override``: ``2027-02-06 上班 春节调休；2027-02-08至2027-02-12 休息 春节``.

    Raises:
        RuleError: With every part that cannot be read; none of them is guessed.
    """
    days: dict[date, tuple[bool, str]] = {}
    problems = []
    for part in filter(None, (p.strip() for p in re.split(r"[;；\n]", text))):
        found = _OVERRIDE.fullmatch(part)
        try:
            if found is None:
                raise ValueError
            first, last = _date(found["first"]), _date(found["last"] or found["first"])
            if not timedelta(0) <= last - first <= timedelta(days=366):
                raise ValueError
        except ValueError:
            problems.append(part)
            continue
        for i in range((last - first).days + 1):
            days[first + _DAY * i] = (found["works"] == "上班", found["reason"].strip())
    if problems:
        raise RuleError(
            "参数 calendar.override 有看不懂的日期，请写成“2027-02-06 上班 原因；2027-02-08至2027-02-12 休息 原因”：",
            problems,
        )
    return days


def _date(text: str) -> date:
    year, month, day = text.split("-")
    return date(int(year), int(month), int(day))


def when(moment: datetime) -> str:
    """``9月22日09:05`` at the school."""
    here = moment.astimezone(SCHOOL_TIME)
    return f"{here.month}月{here.day}日{here:%H:%M}"


def local_date(moment: datetime) -> date:
    """The school's calendar day of an aware moment."""
    return moment.astimezone(SCHOOL_TIME).date()


def _missing(year: int) -> str:
    return (
        f"{year}年放假安排尚未收录，工作日暂按周一至周五和法定节日估计。"
        "请信息科升级 chinesecalendar，或在“参数标准”的 calendar.override 中填写放假和调休日期。"
    )


@lru_cache(maxsize=4096)
def _national(day: date) -> Day:
    import chinese_calendar

    try:
        return Day(bool(chinese_calendar.is_workday(day)), "国办通知")
    except NotImplementedError:  # its way to say: no notice for this year in this release
        pass
    # `holidays` weighs 14 MB and is needed for other years only.
    import holidays
    from holidays.countries.china import ChinaStaticHolidays

    # It answers every year without a word; only the years of this table come from a notice (libraries.md 2).
    published = day.year in ChinaStaticHolidays.special_public_holidays
    works = bool(holidays.country_holidays("CN", years=day.year).is_working_day(day))
    return Day(works, "国办通知" if published else "估计(未见国办通知)")
