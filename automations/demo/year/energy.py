"""What the school's meters count (domain.md E5): how much in a year, in which months, on an ordinary night.

Meters with a :class:`Use` count by themselves. The others follow: a main meter counts what hangs on it and a little
that is lost, a sub-meter its share of the one above.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from automations.demo.year.edits import Ref, papers, person
from automations.demo.year.stock import METERS
from automations.workdays import SCHOOL_TIME

TABLE = "meter_readings"
READER, GUARD = "柏能源", "甲保安"
"""Who reads at the month's end, who reads every night."""

NIGHT_HOURS, DAY_HOURS = 8, 16
MONTH_END = "17:00"
OF_THE_DAY, AT_NOON = 10.5 / DAY_HOURS, 5.5 / DAY_HOURS
"""Share of a day's use that is counted when the month's end is read, and at noon."""

POWER = (7.6, 5.0, 6.5, 6.2, 7.2, 9.2, 11.8, 11.5, 8.9, 7.4, 8.2, 10.5)
WATER = (6.2, 4.9, 8.8, 9.0, 9.2, 9.3, 8.1, 6.3, 7.2, 10.4, 11.0, 9.6)
GAS = (13, 11, 10, 8, 6, 5, 4, 4, 6, 9, 11, 13)
EVEN = (8.5, 7.7, 8.5, 8.2, 8.5, 8.2, 8.5, 8.5, 8.2, 8.5, 8.2, 8.5)
"""% of a year by month."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a meter counts by itself.

    Attributes:
        yearly: In a year, in its unit.
        night: On an ordinary night from 22:30 to 06:30; ``swing``: more or less by as much at most.
        per_lodger: More on such a night, for everybody who sleeps here; its days follow the lodgers too.
        off: Days off count so much of a working day.
    """

    yearly: float
    months: Sequence[float]
    night: float = 0
    swing: float = 0
    per_lodger: float = 0
    off: float = 0.6


USES: Mapping[str, Use] = {
    "学员公寓电表": Use(192_200, POWER, 60, 6, 1.1),
    "学员餐厅电表": Use(148_800, POWER, 48, 4),
    "教学楼电表": Use(117_800, POWER, 18, 2, off=0.4),
    "综合楼电表": Use(111_600, POWER, 26, 3, off=0.4),
    "中心机房电表": Use(48_180, EVEN, 44, 1, off=1),
    "门卫路灯电表": Use(1_420, EVEN, 2.6, 0.3, off=1),
    "电信基站电表": Use(5_800, EVEN, 5.3, 0.2, off=1),
    "公寓客房水表": Use(3_570, WATER, 0.16, 0.04),
    "公寓3楼公卫水表": Use(530, EVEN, 0.48, 0.05, off=1),
    "学员餐厅水表": Use(2_300, WATER, 0.08, 0.02),
    "教学楼水表": Use(700, WATER, 0.16, 0.04, off=0.4),
    "综合楼水表": Use(500, WATER, 0.1, 0.03, off=0.4),
    "花园水表": Use(200, WATER, off=1),
    "餐厅气表": Use(14_000, EVEN, off=0.5),
    "锅炉房气表": Use(18_000, GAS, off=0.9),
    "学员公寓热表": Use(90_000, GAS, 40, 5, off=0.8),
    "学员餐厅热表": Use(20_000, GAS, off=0.5),
}
SUMS: Mapping[str, tuple[float, tuple[str, ...]]] = {
    # main meter: (what is lost on the way, meters that hang on it); the house before the school
    "学员公寓水表": (1.0, ("公寓客房水表", "公寓3楼公卫水表")),
    "总电表": (1.012, tuple(name for name in USES if name.endswith("电表"))),
    "总水表": (1.015, ("公寓客房水表", "公寓3楼公卫水表", "学员餐厅水表", "教学楼水表", "综合楼水表", "花园水表")),
    "总气表": (1.0, ("餐厅气表", "锅炉房气表")),
}
SHARES: Mapping[str, tuple[float, str]] = {
    # sub-meter: (share, of which)
    **{f"公寓{n}楼电表": (share, "学员公寓电表") for n, share in enumerate((0.17, 0.17, 0.18, 0.17, 0.16, 0.14), 1)},
    **{f"教学楼{n}楼电表": (share, "教学楼电表") for n, share in enumerate((0.22, 0.23, 0.2, 0.18, 0.15), 1)},
    "餐厅冷库电表": (0.38, "学员餐厅电表"),
    "餐厅厨房电表": (0.6, "学员餐厅电表"),
}
NAMES: Sequence[str] = tuple(name for name, *_ in METERS)
WATCHED: Sequence[str] = tuple(name for name, *_, watched in METERS if watched)


def kind_of(meter: str) -> str:
    """能源种类."""
    return next(kind for name, kind, *_ in METERS if name == meter)


def places(meter: str) -> Decimal:
    """To which place a meter counts: water to litres."""
    return Decimal("0.001") if kind_of(meter) == "水" else Decimal("0.1")


def rounded(meter: str, value: float) -> Decimal:
    """As the meter shows it."""
    return Decimal(str(value)).quantize(places(meter))


def combined(parts: Mapping[str, float]) -> dict[str, float]:
    """What every meter counts, from what those count that count by themselves."""
    found = dict(parts)
    found |= {name: lost * sum(parts[one] for one in below) for name, (lost, below) in SUMS.items()}
    return found | {name: share * found[of] for name, (share, of) in SHARES.items()}


def started(meter: str) -> Decimal:
    """What it showed at the end of the year before last."""
    return rounded(meter, Random(meter).randrange(2_000, 60_000))


# The year before ------------------------------------------------------------------------------------------------------

LAST_YEAR = {"电": 1.05, "气": 1.02, "水": 0.985, "热": 1.02}
"""Of this year without its waste."""


def _last_year(year: int) -> Iterator[dict[str, float]]:
    """What the meters counted in each of its months."""
    dice = Random(f"{year}/last year")
    for month in range(12):
        parts = {
            name: use.yearly * use.months[month] / 100 * LAST_YEAR[kind_of(name)] * dice.uniform(0.99, 1.01)
            for name, use in USES.items()
        }
        yield combined(parts)


def stand(year: int) -> Mapping[str, Decimal]:
    """What each meter shows at the end of the year before ``year``."""
    months = list(_last_year(year))
    return {m: started(m) + sum((rounded(m, one[m]) for one in months), Decimal(0)) for m in NAMES}


def history(year: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``meter_readings`` of the year before: the end of each month, and the one before it."""
    shows = {meter: started(meter) for meter in NAMES}
    ends = [date(year - 1, 1, 1) - timedelta(days=1)]
    yield from _read(ends[0], shows)
    for month, counted in enumerate(_last_year(year), 1):
        shows = {meter: value + rounded(meter, counted[meter]) for meter, value in shows.items()}
        yield from _read(date(year - 1 + month // 12, month % 12 + 1, 1) - timedelta(days=1), shows)


def _read(day: date, shows: Mapping[str, Decimal]) -> Iterator[tuple[str, dict[str, Any]]]:
    at = datetime.combine(day, time.fromisoformat(MONTH_END), SCHOOL_TIME)
    for meter, value in shows.items():
        yield month_end_key(meter, day), month_end_cells(meter, at, value, READER)


def month_end_key(meter: str, day: date) -> str:
    """Of the row that closes a month."""
    return f"抄表-{meter}-{day:%Y-%m}-月末"


def month_end_cells(meter: str, at: datetime, value: Decimal, reader: str) -> dict[str, Any]:
    """Of a reading at the end of a month, with its photo."""
    return {**reading(meter, at, "月末", value, reader), "photo": papers("表盘.jpg")}


def reading(meter: str, at: datetime, slot: str, value: Decimal, reader: str) -> dict[str, Any]:
    """Cells of a reading."""
    return {"meter": Ref("meters", meter), "read_at": at, "slot": slot, "value": value, "reader": person(reader)}
