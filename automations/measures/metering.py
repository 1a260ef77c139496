"""What one meter counted from month to month, by its readings at month ends, across a change of the meter. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from automations.rows import RowView
from automations.workdays import local_date

MONTH_END, BEFORE, AFTER = "月末", "换表前", "换表后"
SLOTS = (MONTH_END, BEFORE, AFTER)

FIRST_DAYS = 5
"""A month-end reading may be taken on the first days of the month after."""

YearMonth = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """``used`` of one month in the meter's own unit, before its 倍率; ``readings`` are what it was computed from."""

    used: Decimal
    readings: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One meter's readings as a count that only grows, with the place of every month's end in it."""

    readings: tuple[RowView, ...]
    _counts: tuple[Decimal, ...]
    _ends: Mapping[YearMonth, int]

    @classmethod
    def of(cls, readings: Iterable[RowView]) -> "Series":
        """Of readings of one meter, in any order; slots other than 月末, 换表前, 换表后 are passed over."""
        known = sorted(
            (r for r in readings if r.slot in SLOTS and r.read_at is not None and r.value is not None),
            key=lambda r: r.read_at,
        )
        count, last = Decimal(0), None
        counts, ends = list[Decimal](), dict[YearMonth, int]()
        for n, reading in enumerate(known):
            if last is not None and reading.slot != AFTER:
                count += reading.value - last
            counts.append(count)
            if reading.slot == MONTH_END:
                ends[month_read(local_date(reading.read_at))] = n
            last = reading.value
        return cls(tuple(known), tuple(counts), ends)

    def between(self, first: YearMonth, last: YearMonth) -> Counted | None:
        """From the end of the month before ``first`` to the end of ``last``; None unless both were read.

        What was not read in between does no harm.
        """
        start, end = self._ends.get(month_before(first)), self._ends.get(last)
        if start is None or end is None:
            return None
        return Counted(self._counts[end] - self._counts[start], self.readings[start : end + 1])

    @property
    def months(self) -> Mapping[YearMonth, Counted]:
        """Every month whose beginning and end were read."""
        found = ((month, self.between(month, month)) for month in self._ends)
        return {month: counted for month, counted in found if counted is not None}


def month_before(month: YearMonth) -> YearMonth:
    """December of the year before for January."""
    return (month[0], month[1] - 1) if month[1] > 1 else (month[0] - 1, 12)


def month_read(day: date) -> YearMonth:
    """The month that a reading of that day ends."""
    if day.day > FIRST_DAYS:
        return day.year, day.month
    return month_before((day.year, day.month))
