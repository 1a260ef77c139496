"""抄表记录: complete, never running backwards, and the parts adding up to the whole (domain.md B4.17, EN-05)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from automations.rows import RowView
from automations.rules.base import ALWAYS, rule
from automations.rules.claims import missing_cells, quoted
from automations.rules.readings_facts import (
    METERS,
    MONTH_END,
    NEW_METER,
    TABLE,
    ReadingFacts,
    last_of,
    readings_of,
    short,
)

GAP = "分表差异"
TENTH = Decimal("0.1")

Figures = Iterator[dict[str, Any]]


@rule("必填", TABLE, "B4.18", "请填写：{fields}。", "提示", at=ALWAYS)
def required_cells(reading: ReadingFacts) -> Figures:
    """Everything marked ● is filled; a 月末 reading has its photo."""
    if missing := missing_cells(reading, *(["photo"] if reading.slot == MONTH_END else [])):
        yield {"fields": quoted(missing)}


@rule("EN-05", TABLE, "B4.18", "本次读数{v}小于上次{u}，请核对；如换表请选“换表”。", at=ALWAYS)
def never_backwards(reading: ReadingFacts) -> Figures:
    """A meter counts upwards; only a new one begins anew."""
    before = reading.before
    if reading.slot == NEW_METER or reading.value is None or before is None:
        return
    if reading.value < before.value:
        yield {"v": reading.value, "u": before.value}


@rule(
    GAP,
    TABLE,
    "B4.17",
    "{meter}分表合计{a}，总表{b}，差{p}%，请检查漏抄、漏水或私接。",
    "提示",
    at=ALWAYS,
    settings=("meter.sum_gap",),
)
def parts_add_up(reading: ReadingFacts) -> Figures:
    """At the month's end the sub-meters count what their parent does; asked once all of them were read.

    A single sub-meter is that of one consumer among others: it only must not count more than its parent.
    """
    if reading.slot != MONTH_END or not reading.usage:
        return
    parts = [_month(reading, child) for child in _children(reading)]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return
    total = sum(known, Decimal(0))
    if len(parts) == 1 and total < reading.usage:
        return
    gap = abs(total - reading.usage) / reading.usage * 100
    if gap > reading.norm.number("meter.sum_gap"):
        figures = {"a": short(total), "b": short(reading.usage), "p": short(gap.quantize(TENTH))}
        yield {"meter": reading.of_meter("name"), **figures}


def _children(reading: ReadingFacts) -> list[RowView]:
    """Meters of the same kind that hang on this one."""
    found = reading.books.where(METERS, "parent", reading.row["meter"])
    return [child for child in found if child.active and child.kind == reading.of_meter("kind")]


def _month(reading: ReadingFacts, child: RowView) -> Decimal | None:
    """What a sub-meter counted in the same month."""
    row = last_of(readings_of(reading.books, child.id, period=reading.period, slot=MONTH_END))
    used = reading.books.cell(TABLE, row.id, "usage") if row is not None else None
    return used if isinstance(used, Decimal) else None
