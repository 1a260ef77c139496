"""A building with a meter and the nights that were read of it, as plain rows, for tests of single rules."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from automations.rules.readings_facts import DAILY, EVENING, MONTH_END, MORNING, month_end_of, week_of
from automations.workdays import SCHOOL_TIME
from tests.rules.world import facts

METER, OTHER, BUILDING, DEPARTMENT, KEEPER = 5, 6, 40, 70, 80
READER = 81
NIGHT = date(2026, 9, 8)
"""A Tuesday, in week 37."""

METERS: Mapping[int, Mapping[str, Any]] = {
    METER: {
        "name": "教学楼电表",
        "kind": "电",
        "location": BUILDING,
        "multiplier": 1,
        "payer": "学校",
        "night_watch": True,
        "active": True,
    }
}
PLACES: Mapping[int, Mapping[str, Any]] = {
    BUILDING: {"name": "教学楼", "kind": "楼栋", "department": DEPARTMENT, "duty_person": KEEPER}
}


def at(day: date, clock: str) -> datetime:
    """A time of day at the school."""
    return datetime.combine(day, time.fromisoformat(clock), SCHOOL_TIME).astimezone(UTC)


def evening(night: date, value: float | str, **more: Any) -> dict[str, Any]:
    """The reading with which a night begins, as it stands once Houqin has seen it."""
    cells = {"meter": METER, "read_at": at(night, "22:30"), "slot": EVENING, "value": value, "reader": READER}
    return {**cells, "day": night, **more}


def morning(night: date, value: float | str, **more: Any) -> dict[str, Any]:
    """The reading with which it ends."""
    read_at = at(night + timedelta(days=1), "06:30")
    cells = {"meter": METER, "read_at": read_at, "slot": MORNING, "value": value, "reader": READER}
    return {**cells, "day": night, "period": week_of(night), **more}


def month_end(day: date, value: float | str, **more: Any) -> dict[str, Any]:
    """The reading of a month's end."""
    cells = {"meter": METER, "read_at": at(day, "17:00"), "slot": MONTH_END, "value": value, "reader": READER}
    return {**cells, "day": day, "period": month_end_of(day), **more}


def daily(day: date, value: float | str, clock: str = "18:00", **more: Any) -> dict[str, Any]:
    """A reading of any day."""
    cells = {"meter": METER, "read_at": at(day, clock), "slot": DAILY, "value": value, "reader": READER}
    return {**cells, "day": day, **more}


def ordinary(
    usages: Iterable[float], until: date = NIGHT, lodgers: Iterable[int] | None = None, **more: Any
) -> dict[int, dict[str, Any]]:
    """The nights before ``until``, the nearest first, each with what was used: their mornings alone, by row id."""
    people = iter(lodgers) if lodgers is not None else None
    found = {}
    for back, used in enumerate(usages, 1):
        cells = {"usage": used, "hours": 8, "rate": Decimal(str(used)) / 8, "alert": "正常"}
        if people is not None:
            cells["occupied_n"] = next(people)
        found[1000 - back] = morning(until - timedelta(days=back), 0, **{**cells, **more})
    return found


def reading(
    cells: Mapping[str, Any],
    others: Mapping[int, Mapping[str, Any]] | None = None,
    *,
    meter: Mapping[str, Any] | None = None,
    tables: Mapping[str, Mapping[int, Mapping[str, Any]]] | None = None,
    **more: Any,
) -> Any:
    """Facts of one reading among others; ``meter``: cells of its meter that differ."""
    found: dict[str, Mapping[int, Mapping[str, Any]]] = {
        "meters": {METER: {**METERS[METER], **(meter or {})}},
        "locations": PLACES,
        "meter_readings": others or {},
        **(tables or {}),
    }
    day = cells.get("day") or NIGHT
    more.setdefault("now", at(day + timedelta(days=1), "08:00"))
    more.setdefault("moment", "随时")
    more.setdefault("row_id", 2000)
    return facts("meter_readings", {"code": "CB-2026-2000", **cells}, found, **more)


def night(used: float, others: Mapping[int, Mapping[str, Any]] | None = None, of: date = NIGHT, **more: Any) -> Any:
    """Facts of the morning after a night in which so much was used."""
    start = {1999: evening(of, 100, occupied_n=more.pop("lodgers", None))}
    return reading(morning(of, 100 + Decimal(str(used))), {**start, **(others or {})}, **more)
