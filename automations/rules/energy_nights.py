"""长明灯、长流水: what a building used last night, held against its own ordinary nights (domain.md B4.18, EN-01/02).

A night is the pair of readings 夜22:30 and 晨06:30. Its baseline is learned from the nights of the last sixty days that
were not on alert; while they are too few, nothing is said. What a watched sub-meter has on alert is taken off its
parent, so that one leak is one alert.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from automations.books import remembered
from automations.rows import RowView
from automations.rules.base import ALWAYS, rule
from automations.rules.energy_baseline import Night, learn
from automations.rules.readings_facts import (
    A_DAY,
    A_WEEK,
    METERS,
    MORNING,
    POWER,
    TABLE,
    WATER,
    ReadingFacts,
    last_of,
    readings_of,
    week_of,
)

NORMAL, NOTED, ALERT = "正常", "关注", "预警"
OVER = (NOTED, ALERT)
COMPARED = {POWER: "usage", WATER: "rate"}
"""What is held against the baseline: kWh of the night, m³ an hour."""

OFF_BY = Decimal(1)
"""Hours by which a night may be longer or shorter than it should and still be compared."""

BRIDGED = 3
"""A run of nights goes on across one or two that nobody read."""

HOURS_A_MONTH = 24 * 30

LIGHTS = "{building}昨夜用电{u}度，是基准{b}度的{r}倍，请检查是否有灯、空调未关。"
LEAK = "{place}夜间持续用水{f}吨/小时，基准{b}，疑似漏水或水龙头未关，按此每月约浪费{m}吨。"

NIGHT = ("energy.night.from", "energy.night.to", "energy.night.days", "energy.night.days_min")
LIGHT_LIMITS = (*NIGHT, "energy.night.notice", "energy.night.extra", "energy.night.alert", "energy.night.runs")
LEAK_LIMITS = (*NIGHT, "water.night.floor", "water.night.factor", "water.night.runs")

Figures = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a night: 预警 (None where nothing can be said, ``note`` says why), 基准, 倍数."""

    state: str | None = None
    baseline: Decimal | None = None
    ratio: Decimal | None = None
    note: str = ""

    @property
    def over(self) -> bool:
        """More than an ordinary night."""
        return self.state in OVER


@remembered
def judged(reading: ReadingFacts) -> Judged:
    """The night that a 晨06:30 reading ends."""
    column = COMPARED.get(reading.of_meter("kind"))
    if reading.slot != MORNING or reading.day is None or column is None or not reading.of_meter("night_watch"):
        return Judged()
    if reading.evening is None:
        return Judged(note="缺昨晚22:30的读数，本夜不作比较。")
    if not _is_a_night(reading, reading.hours):
        return Judged(note=f"与昨晚读数相隔{reading.hours}小时，本夜不作比较。")
    used = getattr(reading, column)
    if used is None:
        return Judged()
    if waits := _unread_below(reading, reading.day):
        return Judged(note=f"等待分表{waits}的同夜读数后再比较。")
    return _compared(reading, used - _explained_below(reading, column), column, reading.day)


def _compared(reading: ReadingFacts, used: Decimal, column: str, day: date) -> Judged:
    nights = _nights_before(reading, column, day)
    least = reading.norm.whole("energy.night.days_min")
    learned = learn(nights, reading.calendar.is_workday(day), least)
    if learned is None:
        return Judged(note=f"基准采集中（已有{len(nights)}晚，需{least}晚）。")
    lodgers = reading.occupied_n or 0
    if not learned.covers(lodgers):
        seen = f"{learned.fewest}至{learned.most}人"
        return Judged(note=f"基准采集中（住校{lodgers}人，此前各晚为{seen}）。")
    baseline = _rounded(Decimal(learned.at(lodgers)), "0.001")
    ratio = _rounded(used / baseline, "0.01") if baseline else None
    return Judged(_state(reading, used, baseline, column), baseline, ratio)


def _state(reading: ReadingFacts, used: Decimal, baseline: Decimal, column: str) -> str:
    norm = reading.norm
    if column == "usage":
        limit = max(norm.number("energy.night.notice") * baseline, baseline + norm.number("energy.night.extra"))
        at_once = used > norm.number("energy.night.alert") * baseline
        running = norm.whole("energy.night.runs")
    else:
        limit = max(norm.number("water.night.floor"), norm.number("water.night.factor") * baseline)
        at_once, running = False, norm.whole("water.night.runs")
    if used <= limit:
        return NORMAL
    return ALERT if at_once or _over_before(reading, running - 1) else NOTED


# The nights before ----------------------------------------------------------------------------------------------------


@remembered
def _length(reading: ReadingFacts) -> Decimal:
    """Hours of a night."""
    first, last = (datetime.combine(date.min, reading.norm.clock(key)) for key in NIGHT[:2])
    return Decimal((last - first) % A_DAY / timedelta(hours=1))


def _is_a_night(reading: ReadingFacts, hours: Decimal | None) -> bool:
    """Read in the evening and in the morning, at about the time."""
    return hours is not None and abs(hours - _length(reading)) <= OFF_BY


def _nights_before(reading: ReadingFacts, column: str, day: date) -> list[Night]:
    """Usable nights of the last sixty days."""
    first = day - timedelta(days=reading.norm.whole("energy.night.days"))
    monday = day - timedelta(days=day.weekday())
    # Of this week day by day: a night that comes now is none of the business of those before it.
    rows = [row for days in range(1, day.weekday() + 1) for row in reading.taken(days, slot=MORNING)]
    while monday > first:
        monday -= A_WEEK
        rows += readings_of(reading.books, reading.row["meter"], period=week_of(monday))
    return [
        Night(float(row[column]), reading.calendar.is_workday(row.day), int(row.occupied_n or 0))
        for row in rows
        if row.day is not None
        and first <= row.day < day
        and row[column] is not None
        and row.alert not in OVER
        and _is_a_night(reading, row.hours)
    ]


@remembered
def night_before(reading: ReadingFacts) -> RowView | None:
    """The night before this one that was read."""
    return _read_before(reading, 0)


def _read_before(reading: ReadingFacts, days: int) -> RowView | None:
    """The last night that was read, more than ``days`` days before this one."""
    for back in range(days + 1, days + BRIDGED + 1):
        if (found := last_of(reading.taken(back, slot=MORNING))) is not None:
            return found
    return None


def _over_before(reading: ReadingFacts, nights: int) -> bool:
    """Whether so many nights before this one, one after the other, were more than ordinary."""
    days = 0
    for _ in range(nights):
        row = _read_before(reading, days)
        if row is None or reading.books.cell(TABLE, row.id, "alert") not in OVER:
            return False
        days = (reading.day - row.day).days
    return True


@remembered
def begins(reading: ReadingFacts) -> bool:
    """Whether this is the first night of a run on 预警: one run is one issue."""
    if judged(reading).state != ALERT:
        return False
    row = night_before(reading)
    return row is None or reading.books.cell(TABLE, row.id, "alert") != ALERT


# Sub-meters -----------------------------------------------------------------------------------------------------------


def _below(reading: ReadingFacts) -> Sequence[RowView]:
    meter = reading.row["meter"]
    watched = reading.books.where(METERS, "parent", meter, night_watch=True, kind=reading.of_meter("kind"))
    return [child for child in watched if child.active]


def _night_of(reading: ReadingFacts, meter: int) -> RowView | None:
    return last_of(readings_of(reading.books, meter, day=reading.day, slot=MORNING))


def _unread_below(reading: ReadingFacts, day: date) -> str:
    """Watched sub-meters of which this night is not known yet; after a day nobody waits for them any more."""
    missing = [child.name for child in _below(reading) if not _is_known(reading, _night_of(reading, child.id))]
    if not missing or reading.reached(day + 2 * A_DAY):
        return ""
    return "、".join(f"“{name}”" for name in missing)


def _is_known(reading: ReadingFacts, row: RowView | None) -> bool:
    return row is not None and reading.books.cell(TABLE, row.id, "usage") is not None


def _explained_below(reading: ReadingFacts, column: str) -> Decimal:
    """What the sub-meters count beyond their own ordinary night: they say so themselves."""
    more = Decimal(0)
    for child in _below(reading):
        row = _night_of(reading, child.id)
        if row is None or reading.books.cell(TABLE, row.id, "alert") not in OVER:
            continue
        used, ordinary = (reading.books.cell(TABLE, row.id, name) for name in (column, "baseline"))
        more += max((used or 0) - (ordinary or 0), Decimal(0))
    return more


# What is said ---------------------------------------------------------------------------------------------------------


def figures_of(kind: str, place: str, used: Decimal, baseline: Decimal) -> dict[str, Any]:
    """The figures of :data:`LIGHTS` or :data:`LEAK`, as people read them."""
    if kind == POWER:
        times = _plain(used / baseline, "0.1") if baseline else "许多"
        return {"building": place, "u": _plain(used, "0.1"), "b": _plain(baseline, "0.1"), "r": times}
    wasted = _plain((used - baseline) * HOURS_A_MONTH, "1")
    return {"place": place, "f": _plain(used, "0.01"), "b": _plain(baseline, "0.01"), "m": wasted}


def _plain(value: Decimal, places: str) -> str:
    text = f"{_rounded(value, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(value: Decimal, places: str) -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)


def said_of(reading: ReadingFacts, kind: str) -> Figures:
    """The figures of a night that was more than ordinary, for meters of this kind."""
    found = judged(reading)
    if found.over and found.baseline is not None and reading.of_meter("kind") == kind:
        yield figures_of(kind, reading.place, getattr(reading, COMPARED[kind]), found.baseline)


def words_of(reading: ReadingFacts) -> str:
    """The whole sentence about a night that was more than ordinary."""
    kind = reading.of_meter("kind")
    return "".join((LIGHTS if kind == POWER else LEAK).format(**figures) for figures in said_of(reading, kind))


@rule("EN-01", TABLE, "B4.18", LIGHTS, "提示", at=ALWAYS, settings=LIGHT_LIMITS)
def more_power_than_ordinary(reading: ReadingFacts) -> Figures:
    """No building uses far more power at night than it ordinarily does: each such night says so in its row."""
    yield from said_of(reading, POWER)


@rule("EN-01", TABLE, "B4.18", LIGHTS, "预警", gravity="一般", at=ALWAYS, settings=LIGHT_LIMITS)
def lights_left_on(reading: ReadingFacts) -> Figures:
    """A run of nights on alert is one line of the ledger, as it is one issue."""
    if begins(reading):
        yield from said_of(reading, POWER)


@rule("EN-02", TABLE, "B4.18", LEAK, "提示", at=ALWAYS, settings=LEAK_LIMITS)
def more_water_than_ordinary(reading: ReadingFacts) -> Figures:
    """No water runs all night: each such night says so in its row."""
    yield from said_of(reading, WATER)


@rule("EN-02", TABLE, "B4.18", LEAK, "预警", gravity="一般", at=ALWAYS, settings=LEAK_LIMITS)
def water_left_running(reading: ReadingFacts) -> Figures:
    """Two nights of it are an alert; a run of them is one line of the ledger."""
    if begins(reading):
        yield from said_of(reading, WATER)
