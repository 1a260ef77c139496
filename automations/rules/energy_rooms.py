"""空调空转: the sub-meter of a room counts although nobody meets there (domain.md B4.18, EN-03).

Only rooms with a meter of their own are seen here, by their 日抄 and 夜22:30 readings; the 节能 patrol sees the others.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from automations.books import remembered
from automations.rows import RowView
from automations.rules.base import ALWAYS, rule
from automations.rules.energy_nights import ALERT, BRIDGED
from automations.rules.readings_facts import (
    CALLED_OFF,
    CLASSES,
    DAILY,
    EVENING,
    PLACES,
    POWER,
    TABLE,
    ReadingFacts,
    last_of,
    short,
)
from automations.workdays import local_date

REQUESTS, MEETING = "requests", "会议"
NO_MEETING = frozenset({"草稿", "退回", "撤回", "不同意", "作废", "过期"})
"""States of a request for a meeting that does not take place."""

WATCHED = frozenset({"教室", "会议室"})
LONGEST = Decimal(36)
"""Hours between two readings; what was used over several days says nothing about one."""

IDLE = (
    "{room}在{since}至{until}没有班次和会议，分表用电{u}度，疑似空调空转，请检查空调、灯和设备是否关闭"
    "（夏季空调不低于{summer}℃，冬季不高于{winter}℃）。"
)
LIMITS = ("ac.idle_rate", "ac.summer_min", "ac.winter_max")


@remembered
def idles(reading: ReadingFacts) -> bool:
    """Whether an empty room used more than what stands by in it."""
    if reading.slot not in (DAILY, EVENING) or reading.of_meter("kind") != POWER or reading.start is None:
        return False
    if reading.rate is None or reading.hours is None or reading.hours > LONGEST:
        return False
    place = reading.of_meter("location")
    if reading.books.cell(PLACES, place, "kind") not in WATCHED or not reading.of_meter("active"):
        return False
    if reading.rate <= reading.norm.number("ac.idle_rate"):
        return False
    since, until = reading.start.read_at, reading.read_at
    return not _has_class(reading, local_date(since), local_date(until)) and not _has_meeting(reading, since, until)


def _has_class(reading: ReadingFacts, first: date, last: date) -> bool:
    return any(
        one.status != CALLED_OFF and one.starts_on and one.ends_on and one.starts_on <= last and one.ends_on >= first
        for one in reading.books.where(CLASSES, "classroom", reading.of_meter("location"))
    )


def _has_meeting(reading: ReadingFacts, since: datetime, until: datetime) -> bool:
    """A request for a meeting that names the room."""
    return any(
        one.status not in NO_MEETING
        and reading.place in (one.place or "")
        and one.starts_at
        and one.starts_at < until
        and (one.ends_at or one.starts_at + timedelta(days=1)) > since
        for one in reading.books.where(REQUESTS, "kind", MEETING)
    )


@remembered
def idle_before(reading: ReadingFacts) -> RowView | None:
    """The reading at the same time of the day before, if the room stood empty and used power then, too."""
    for days in range(1, BRIDGED + 1):
        if (row := last_of(reading.taken(days, slot=reading.slot))) is not None:
            return row if reading.books.cell(TABLE, row.id, "alert") == ALERT else None
    return None


def idle_begins(reading: ReadingFacts) -> bool:
    """Whether this is the first day of it: a run of days is one issue."""
    return idles(reading) and idle_before(reading) is None


def idle_figures(reading: ReadingFacts) -> dict[str, Any]:
    """The figures of :data:`IDLE`."""
    first, last = local_date(reading.start.read_at), local_date(reading.read_at)  # type: ignore[union-attr]
    norm = reading.norm
    return {
        "room": reading.place,
        "since": f"{first.month}月{first.day}日",
        "until": f"{last.month}月{last.day}日",
        "u": short(reading.usage),
        "summer": norm.text("ac.summer_min"),
        "winter": norm.text("ac.winter_max"),
    }


@rule("EN-03", TABLE, "B4.18", IDLE, "提示", at=ALWAYS, settings=LIMITS)
def room_empty_and_running(reading: ReadingFacts) -> Iterator[dict[str, Any]]:
    """No empty room uses power: each such day says so in its row."""
    if idles(reading):
        yield idle_figures(reading)


@rule("EN-03", TABLE, "B4.18", IDLE, "预警", gravity="一般", at=ALWAYS, settings=LIMITS)
def air_conditioning_left_on(reading: ReadingFacts) -> Iterator[dict[str, Any]]:
    """A run of such days is one line of the ledger, as it is one issue."""
    if idle_begins(reading):
        yield idle_figures(reading)
