"""What the rules, figures and automations about 抄表记录 ask again and again (domain.md B4.18).

Some thirty meters give seven thousand readings a year, and each is judged when it arrives. So everything is looked up
by 归属日 and 所属期, which Houqin fills in: a new reading disturbs its neighbours, not the whole history.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from automations.books import Books, Facts, cached_property
from automations.rows import RowView
from automations.workdays import local_date

TABLE, METERS, PLACES, CLASSES = "meter_readings", "meters", "locations", "training_classes"
MONTH_END, DAILY, EVENING, MORNING = "月末", "日抄", "夜22:30", "晨06:30"
OLD_METER, NEW_METER = "换表前", "换表后"
POWER, WATER, GAS, HEAT = "电", "水", "气", "热"
CALLED_OFF = "取消"
ROOM = "客房"

A_DAY, HALF_A_DAY, A_WEEK = timedelta(days=1), timedelta(hours=12), timedelta(days=7)
LATE_MONTH_END = 5
"""A 月末 reading of the first days of a month is that of the month before."""

MILLI, CENTI = Decimal("0.001"), Decimal("0.01")


def week_of(day: date) -> str:
    """``2026-W37``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def month_of(day: date) -> str:
    """``2026-09``."""
    return f"{day:%Y-%m}"


def month_before(month: str) -> str:
    """The month before ``2026-09``."""
    return month_of(date.fromisoformat(f"{month}-01") - A_DAY)


def month_end_of(day: date) -> str:
    """The month that a 月末 reading of this day closes."""
    return month_of(day - timedelta(days=LATE_MONTH_END))


def short(value: Decimal | None) -> str:
    """A figure without needless zeros: ``1000``, ``510.5``; 0 for none."""
    return f"{(value or Decimal(0)).normalize():f}"


def in_time(row: Any) -> tuple[datetime, int]:
    """Orders readings as they were taken."""
    return row.read_at, row.id


def last_of(readings: Iterable[RowView]) -> RowView | None:
    """The one taken last."""
    return max(readings, key=in_time, default=None)


def readings_of(books: Books, meter: int | None, **wanted: Any) -> list[RowView]:
    """Readings of a meter in which further cells have these values; those without time or value are none."""
    if meter is None:
        return []
    (field, value), *more = wanted.items()
    found = books.where(TABLE, field, value, meter=meter, **dict(more))
    return [row for row in found if row.read_at is not None and row.value is not None]


def above(books: Books, place: int | None) -> Iterable[int]:
    """A place and whatever it lies in, from the inside out."""
    seen: set[int] = set()
    while place is not None and place not in seen:
        seen.add(place)
        yield place
        place = books.cell(PLACES, place, "parent")


def duty_of(books: Books, place: int | None) -> tuple[int | None, int | None]:
    """责任部门 and 责任人 of a place; where it has none, those of what it lies in."""
    for one in above(books, place):
        if (department := books.cell(PLACES, one, "department")) is not None:
            return department, books.cell(PLACES, one, "duty_person")
    return None, None


def holds_rooms(books: Books, place: int | None, depth: int = 3) -> bool:
    """Whether people sleep there: it is a 客房, or has one inside."""
    if place is None:
        return False
    if books.cell(PLACES, place, "kind") == ROOM:
        return True
    inside = books.where(PLACES, "parent", place) if depth else ()
    return any(one.kind == ROOM for one in inside) or any(holds_rooms(books, one.id, depth - 1) for one in inside)


def lodgers_on(books: Books, night: date) -> int:
    """People of running classes who sleep here: from the evening of 开班日 to the night before 结班日."""
    starts, ends = books.column(CLASSES, "starts_on"), books.column(CLASSES, "ends_on")
    here = [one for one, start in starts.items() if start and ends[one] and start <= night < ends[one]]
    staying = [one for one in here if books.cell(CLASSES, one, "status") != CALLED_OFF]
    return sum(int(books.cell(CLASSES, one, "lodging_n") or 0) for one in staying)


class ReadingFacts(Facts):
    """A reading with its neighbours and what was used between them (computed: the cells may be older).

    What it says of its night stands in :mod:`automations.rules.energy_alerts`.
    """

    dated_by = "read_at"

    def of_meter(self, field: str) -> Any:
        """A cell of its meter."""
        return self.books.cell(METERS, self.row["meter"], field)

    @cached_property
    def place(self) -> str:
        """Name of where the meter is."""
        return str(self.books.cell(PLACES, self.of_meter("location"), "name") or self.of_meter("name") or "")

    @cached_property
    def duty(self) -> tuple[int | None, int | None]:
        """责任部门 and 责任人 of the place."""
        return duty_of(self.books, self.of_meter("location"))

    @cached_property
    def day(self) -> date | None:
        """归属日: a night belongs to its evening."""
        if self.read_at is None or not self.slot:
            return None
        return local_date(self.read_at - HALF_A_DAY if self.slot in (EVENING, MORNING) else self.read_at)

    @cached_property
    def period(self) -> str | None:
        """所属期: the week of a night, the month of a 月末 reading."""
        if self.day is None or self.slot not in (MORNING, MONTH_END):
            return None
        return week_of(self.day) if self.slot == MORNING else month_end_of(self.day)

    # --- neighbours -------------------------------------------------------------------------------------------------
    def taken(self, days_before: int, **also: Any) -> list[RowView]:
        """Other readings of this meter, so many days before this one."""
        if self.day is None:
            return []
        day = self.day - days_before * A_DAY
        return [row for row in readings_of(self.books, self.row["meter"], day=day, **also) if row.id != self.id]

    def _earlier(self, readings: Iterable[RowView]) -> list[RowView]:
        return [row for row in readings if row.id != self.id and in_time(row) < in_time(self)]

    @cached_property
    def changes(self) -> Sequence[RowView]:
        """Readings before and after each change of the meter, up to this one."""
        if self.read_at is None:
            return ()
        old, new = (readings_of(self.books, self.row["meter"], slot=slot) for slot in (OLD_METER, NEW_METER))
        return sorted(self._earlier([*old, *new]), key=in_time)

    @cached_property
    def last_month_end(self) -> RowView | None:
        """月末 of the month before."""
        if self.day is None:
            return None
        month = month_before(month_end_of(self.day) if self.slot == MONTH_END else month_of(self.day))
        return last_of(self._earlier(readings_of(self.books, self.row["meter"], period=month)))

    @cached_property
    def last_read(self) -> RowView | None:
        """The reading before this one, changes of the meter aside: of the last seven days, else the month's end."""
        if self.slot == MORNING and self.evening is not None:
            return self.evening
        for days in range(A_WEEK.days + 1):
            # What is read later on the evening's own day is none of its business.
            kinds = (DAILY, MONTH_END) if days == 0 and self.slot == EVENING else (None,)
            found = [row for kind in kinds for row in self.taken(days, **({"slot": kind} if kind else {}))]
            if near := [row for row in self._earlier(found) if row.slot not in (OLD_METER, NEW_METER)]:
                return last_of(near)
        return self.last_month_end

    @cached_property
    def before(self) -> RowView | None:
        """What the meter showed last."""
        return last_of([*([self.last_read] if self.last_read is not None else []), *self.changes])

    @cached_property
    def evening(self) -> RowView | None:
        """The reading with which this one's night began."""
        return last_of(self._earlier(self.taken(0, slot=EVENING)))

    @cached_property
    def start(self) -> RowView | None:
        """Where 用量 is counted from: the evening, the last month's end, else the reading before."""
        if self.slot == MORNING:
            return self.evening
        if self.slot == MONTH_END:
            return self.last_month_end
        return None if self.slot == NEW_METER else self.last_read

    # --- used in between --------------------------------------------------------------------------------------------
    def since(self, start: RowView | None) -> Decimal | None:
        """What was counted since then, across every change of the meter; None where it cannot be known."""
        if start is None or self.value is None:
            return None
        between = [row for row in self.changes if in_time(row) > in_time(start)]
        total = Decimal(0)
        for one, other in pairwise([start, *between, self.row]):
            if other.slot == NEW_METER:
                if one.slot != OLD_METER:
                    return None  # nobody read the old meter when it was taken down
                continue
            if other.value < one.value:
                return None
            total += other.value - one.value
        return total * (self.of_meter("multiplier") or 1)

    @cached_property
    def usage(self) -> Decimal | None:
        """用量, in the meter's unit."""
        return self.since(self.start)

    @cached_property
    def hours(self) -> Decimal | None:
        """间隔小时."""
        if self.start is None or self.read_at is None:
            return None
        seconds = (self.read_at - self.start.read_at).total_seconds()
        return (Decimal(seconds) / 3600).quantize(CENTI)

    @cached_property
    def rate(self) -> Decimal | None:
        """小时用量."""
        return (self.usage / self.hours).quantize(MILLI) if self.usage is not None and self.hours else None

    @cached_property
    def occupied_n(self) -> int | None:
        """People who slept in the house in this reading's night; None for a house without rooms."""
        if self.slot == MORNING and self.evening is not None:
            found = self.books.cell(TABLE, self.evening.id, "occupied_n")
            return None if found is None else int(found)
        if self.slot != EVENING or self.day is None or not self.of_meter("has_rooms"):
            return None
        return lodgers_on(self.books, self.day)
