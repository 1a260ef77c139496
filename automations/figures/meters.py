"""计量表: who answers for it, its ordinary night, last night, the month so far (domain.md B4.17)."""

from datetime import date
from typing import Any

from automations.figures.base import Computed, computes
from automations.rules.energy_nights import ALERT, BRIDGED, COMPARED, LEAK, LIGHTS, figures_of
from automations.rules.meters import MeterFacts, unit_of
from automations.rules.readings_facts import (
    A_DAY,
    METERS,
    MORNING,
    PLACES,
    POWER,
    TABLE,
    WATER,
    duty_of,
    holds_rooms,
    last_of,
)

LONGEST_RUN = 60
"""Nights; a run that began before is shown as that long."""


@computes(
    METERS,
    *("unit", "department", "reader", "has_rooms", "night_baseline", "min_flow"),
    *("night_alert", "alert_since", "alert_text", "month_end", "month_used", "month_of"),
)
def meters(meter: MeterFacts) -> Computed:
    """单位, 责任部门, 抄表人, 内有客房, 基准, 昨夜状态, 预警起, 预警内容, 最近月末, 当月用量, 用量月份."""
    department, duty_person = duty_of(meter.books, meter.location)
    read = meter.last_month_end
    baseline = _of(meter, meter.last_judged, "baseline")
    return Computed(
        {
            "unit": unit_of(meter.kind) or None,
            "department": department,
            "reader": read.reader if read is not None and read.reader is not None else duty_person,
            "has_rooms": holds_rooms(meter.books, meter.location),
            "night_baseline": baseline if meter.kind == POWER else None,
            "min_flow": baseline if meter.kind == WATER else None,
            **_last_night(meter),
            "month_end": read.period if read is not None else None,
            "month_used": meter.used,
            "month_of": meter.used_month if meter.used is not None else None,
        }
    )


def _of(meter: MeterFacts, row: Any, field: str) -> Any:
    return meter.books.cell(TABLE, row.id, field) if row is not None else None


def _last_night(meter: MeterFacts) -> dict[str, Any]:
    row = meter.last_night
    state, used, baseline = (_of(meter, row, n) for n in ("alert", COMPARED.get(meter.kind, "usage"), "baseline"))
    if row is None or state != ALERT or used is None or baseline is None:
        return {"night_alert": None if state == ALERT else state, "alert_since": None, "alert_text": None}
    place = meter.books.cell(PLACES, meter.location, "name") or meter.name
    text = (LIGHTS if meter.kind == POWER else LEAK).format(**figures_of(meter.kind, place, used, baseline))
    return {"night_alert": state, "alert_since": _run_began(meter, row.day), "alert_text": text}


def _run_began(meter: MeterFacts, night: date) -> date:
    """The first night of the run on 预警, across nights that nobody read."""
    first = day = night
    while (first - day).days < BRIDGED and (night - day).days < LONGEST_RUN:
        day -= A_DAY
        row = last_of(meter.readings(day=day, slot=MORNING))
        if row is None:
            continue
        if _of(meter, row, "alert") != ALERT:
            break
        first = day
    return first
