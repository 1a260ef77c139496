"""Which days the school works, 调休 (moved rest days) included.

Three layers, each answer with its source: the school's own override, then the State Council's notice as packaged by
``chinesecalendar`` (or, where that is older, by ``holidays``), then an estimate from the law and the weekday. An
estimate never stops the worker and never passes for the truth: it carries :data:`ESTIMATE` (domain.md B0).

Dates that are reckoned anew at every look (办结时限, 应缴库日, every count of working days) follow the calendar in
force; a date that somebody was given (说明时限 in 预警台账) stays. :attr:`Calendar.version` says which calendar gave
it: the journal names it where such a date is decided, and wherever another calendar comes into force.
"""

import hashlib
import re
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from importlib.metadata import version
from itertools import accumulate
from typing import Any, Literal, TypeAlias

from automations.errors import RuleError

SCHOOL_TIME = timezone(timedelta(hours=8), "北京时间")
"""China keeps one time and no summer time, so no time-zone database is needed."""

Source: TypeAlias = Literal["学校调整", "国办通知", "估计(未见国办通知)"]
ESTIMATE: Source = "估计(未见国办通知)"
ASK_FROM_MONTH = 11
"""From the first of this month the next year's calendar is asked for: the notice usually comes by then."""

_DAY = timedelta(days=1)
_OVERRIDE = re.compile(
    r"(?P<first>\d{4}-\d{1,2}-\d{1,2})(?:\s*(?:至|~)\s*(?P<last>\d{4}-\d{1,2}-\d{1,2}))?"
    r"\s*(?P<works>上班|休息)\s*(?P<reason>.*)"
)
_WHOLE_YEAR = re.compile(r"(\d{4})年\s*已录全")


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
        whole: Years of which the school says that it has entered every day off and every make-up day.
    """

    def __init__(self, overrides: Mapping[date, tuple[bool, str]] | None = None, whole: Collection[int] = ()) -> None:
        self._overrides = dict(overrides or {})
        self._whole = frozenset(whole)
        self._counts: dict[tuple[int, int], list[int]] = {}

    @classmethod
    def of(cls, text: str) -> "Calendar":
        """The calendar with the school's own entries, as they stand in the setting ``calendar.override``.

        Raises:
            RuleError: See :func:`read_overrides`.
        """
        return cls(read_overrides(text), [int(found[1]) for p in _parts(text) if (found := _WHOLE_YEAR.fullmatch(p))])

    @cached_property
    def version(self) -> str:
        """Which calendar this is: releases of both packages, and a digest of the school's own entries."""
        packages = f"chinesecalendar {version('chinesecalendar')}，holidays {version('holidays')}"
        if not self._overrides and not self._whole:
            return packages
        own = [(day.isoformat(), works) for day, (works, _) in sorted(self._overrides.items())]
        digest = hashlib.sha256(repr((own, sorted(self._whole))).encode()).hexdigest()
        return f"{packages}，学校调整 {len(own)}天 {digest[:8]}"

    def day(self, day: date) -> Day:
        """The answer for one day with its source; never raises for a year nobody has published."""
        if day in self._overrides:
            works, reason = self._overrides[day]
            return Day(works, "学校调整", reason)
        if day.year in self._whole and not _published(day.year):
            return Day(day.weekday() < 5, "学校调整")
        return _national(day)

    def known(self, year: int) -> bool:
        """Whether the working days of a year were published, or entered by the school."""
        return year in self._whole or _published(year)

    def unknown_years(self, first: date, last: date) -> tuple[int, ...]:
        """Years from ``first`` to ``last`` of which working days are only estimated."""
        return tuple(year for year in range(first.year, last.year + 1) if not self.known(year))

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

    def hours(self, start: datetime, end: datetime, shifts: Sequence[tuple[time, time]]) -> Decimal:
        """Hours of work from ``start`` to ``end``, as :meth:`add_hours` counts them; 0 where ``end`` is earlier."""
        worked, day = timedelta(0), local_date(start)
        while day <= local_date(end):
            for begin, until in shifts if self.is_workday(day) else ():
                first = max(start, datetime.combine(day, begin, SCHOOL_TIME))
                worked += max(min(end, datetime.combine(day, until, SCHOOL_TIME)) - first, timedelta(0))
            day += _DAY
        return Decimal(worked // timedelta(seconds=1)) / 3600

    def mark(self, start: date, end: date | None = None) -> str:
        """:data:`ESTIMATE` when any day from ``start`` to ``end`` is an estimate, else ""; print it beside the date."""
        first, last = min(start, end or start), max(start, end or start)
        days = (first + _DAY * i for i in range((last - first).days + 1))
        return ESTIMATE if any(self.day(d).estimated for d in days) else ""

    def warning(self, today: date) -> str:
        """One Chinese sentence for IT while a calendar that is needed soon is missing, else "".

        Speaks from 1 November until next year is known, because the notice usually comes by then.
        """
        year = self.unknown_year(today)
        return _missing(year) if year else ""

    def unknown_year(self, today: date) -> int | None:
        """This year, or from 1 November the next one, where its working days are only estimated; None when known."""
        years = (today.year, today.year + 1) if today.month >= ASK_FROM_MONTH else (today.year,)
        return next((year for year in years if not self.known(year)), None)


def read_overrides(text: str) -> dict[date, tuple[bool, str]]:
    """The setting ``calendar.override``: ``2027-02-06 上班 春节调休；2027-02-08至2027-02-12 休息 春节；2027年已录全``.

    The last part says that no day off of that year is missing; only then is the year no estimate any more.

    Raises:
        RuleError: With every part that cannot be read; none of them is guessed.
    """
    days: dict[date, tuple[bool, str]] = {}
    problems = []
    for part in _parts(text):
        if _WHOLE_YEAR.fullmatch(part):
            continue
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


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]


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
        "请信息科升级 chinesecalendar，或在“参数标准”的 calendar.override 中填写全年放假和调休日期，"
        f"并写明“{year}年已录全”。"
    )


@cache
def _packaged(year: int) -> bool:
    """Whether ``chinesecalendar`` has the notice for this year."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:  # its way to say: no notice for this year in this release
        return False
    return True


@cache
def _published(year: int) -> bool:
    """Whether any package has a notice for this year."""
    if _packaged(year):
        return True
    # `holidays` weighs 14 MB and is needed for other years only. It answers every year without a word; only the years
    # of this table come from a notice (libraries.md 2).
    from holidays.countries.china import ChinaStaticHolidays

    return year in ChinaStaticHolidays.special_public_holidays


@lru_cache(maxsize=4096)
def _national(day: date) -> Day:
    if _packaged(day.year):
        import chinese_calendar

        return Day(bool(chinese_calendar.is_workday(day)), "国办通知")
    works = bool(_of_law(day.year).is_working_day(day))
    return Day(works, "国办通知" if _published(day.year) else ESTIMATE)


@cache
def _of_law(year: int) -> Any:
    """The days off of one year as ``holidays`` has them."""
    import holidays

    return holidays.country_holidays("CN", years=year)
