"""A month, a quarter or a year, and what it is compared with."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from automations.workdays import local_date

Kind: TypeAlias = Literal["month", "quarter", "year", "span"]


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both inclusive, in the school's days."""

    kind: Kind
    first: date
    last: date

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """That calendar month; a month below 1 or above 12 counts on into the year before or after."""
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        return cls("month", date(year, month, 1), date(year, month, monthrange(year, month)[1]))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> "Period":
        """1 to 4."""
        return cls("quarter", cls.month(year, quarter * 3 - 2).first, cls.month(year, quarter * 3).last)

    @classmethod
    def year(cls, year: int) -> "Period":
        """The calendar year."""
        return cls("year", date(year, 1, 1), date(year, 12, 31))

    @property
    def title(self) -> str:
        """``2026年9月``, ``2026年第三季度``, ``2026年``."""
        year = f"{self.first.year}年"
        if self.kind == "month":
            return f"{year}{self.first.month}月"
        if self.kind == "quarter":
            return f"{year}第{'一二三四'[self.first.month // 3]}季度"
        if self.kind == "year":
            return year
        return f"{year}{self.first.month}月至{self.last.month}月"

    @property
    def name(self) -> str:
        """For files and addresses: ``202609``, ``2026Q3``, ``2026``."""
        if self.kind == "quarter":
            return f"{self.first:%Y}Q{self.first.month // 3 + 1}"
        return f"{self.first:%Y}" if self.kind == "year" else f"{self.last:%Y%m}"

    @property
    def before(self) -> "Period":
        """The month, quarter or year before."""
        year, month = self.first.year, self.first.month
        if self.kind == "year":
            return Period.year(year - 1)
        if self.kind == "quarter":
            return Period.quarter(year - (month == 1), (month // 3 - 1) % 4 + 1)
        return Period.month(year, month - 1)

    @property
    def year_before(self) -> "Period":
        """The same months of the year before."""
        first, last = self.first, self.last
        year = last.year - 1
        return Period(self.kind, date(first.year - 1, first.month, 1), Period.month(year, last.month).last)

    @property
    def to_date(self) -> "Period":
        """From 1 January to its last day."""
        return Period("span", date(self.last.year, 1, 1), self.last)

    @property
    def months(self) -> tuple["Period", ...]:
        """Its calendar months, in order."""
        first, last = self.first, self.last
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return tuple(Period.month(first.year, first.month + n) for n in range(count))

    @property
    def year_months(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """(year, month) of its first and last day."""
        return (self.first.year, self.first.month), (self.last.year, self.last.month)

    def __contains__(self, day: date | datetime | None) -> bool:
        """Whether a day, or the school's day of an aware moment, lies in it; an empty cell does not."""
        if isinstance(day, datetime):
            day = local_date(day)
        return day is not None and self.first <= day <= self.last
