"""计量表: complete, read at every month's end, within its quota, calibrated (domain.md B4.17, EN-04, EN-06)."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from automations.books import Facts, cached_property
from automations.rows import RowView
from automations.rules.base import ALWAYS, STAGE, facts_of, rule
from automations.rules.claims import missing_cells, quoted
from automations.rules.readings_facts import (
    A_DAY,
    A_WEEK,
    METERS,
    MONTH_END,
    MORNING,
    TABLE,
    ReadingFacts,
    in_time,
    last_of,
    month_before,
    month_end_of,
    month_of,
    readings_of,
    short,
)
from automations.workdays import local_date

CALIBRATION = "检定到期"
QUOTA = ("energy.quota_hint", "energy.quota_stop")
TENTH = Decimal("0.1")

Figures = Iterator[dict[str, Any]]


def spoken(month: str) -> str:
    """``9月`` of ``2026-09``."""
    return f"{int(month[5:])}月"


@facts_of(METERS)
class MeterFacts(Facts):
    """A meter with its latest readings (computed: the cells may be older)."""

    def readings(self, **wanted: Any) -> list[RowView]:
        """Its readings in which these cells have these values."""
        return readings_of(self.books, self.id, **wanted)

    @cached_property
    def last_month(self) -> str:
        """The month that ended last."""
        return month_before(month_of(self.month))

    @cached_property
    def last_month_end(self) -> RowView | None:
        """The latest of the last three month-end readings."""
        this = month_of(self.today)
        months = (this, self.last_month, month_before(self.last_month))
        return next((row for month in months if (row := last_of(self.readings(period=month))) is not None), None)

    @cached_property
    def last_night(self) -> RowView | None:
        """The reading of this morning."""
        return last_of(self.readings(day=self.today - A_DAY, slot=MORNING))

    @cached_property
    def last_judged(self) -> RowView | None:
        """The latest night of the last week that has a baseline."""
        for back in range(1, A_WEEK.days + 1):
            row = last_of(self.readings(day=self.today - back * A_DAY, slot=MORNING))
            if row is not None and self.books.cell(TABLE, row.id, "baseline") is not None:
                return row
        return None

    # --- the month's quota ------------------------------------------------------------------------------------------
    @cached_property
    def latest(self) -> RowView | None:
        """Its latest reading of the last week, else the latest month-end one."""
        near: list[RowView] = []
        for back in range(A_WEEK.days + 1):
            near = self.readings(day=self.today - back * A_DAY)
            if near:
                break
        return last_of([*near, *([self.last_month_end] if self.last_month_end is not None else [])])

    @cached_property
    def used_month(self) -> str | None:
        """The month to which the latest reading belongs."""
        if self.latest is None:
            return None
        read_on = local_date(self.latest.read_at)
        return month_end_of(read_on) if self.latest.slot == MONTH_END else month_of(read_on)

    @cached_property
    def used(self) -> Decimal | None:
        """What was used since the month's beginning; None without a quota, or where the month before was not read."""
        if not self.quota_month or self.latest is None or self.used_month is None:
            return None
        before = last_of(
            r for r in self.readings(period=month_before(self.used_month)) if in_time(r) < in_time(self.latest)
        )
        return self.about(self.latest, ReadingFacts).since(before)

    @cached_property
    def used_percent(self) -> Decimal | None:
        """That in per cent of 月定额."""
        return None if self.used is None else self.used / self.quota_month * 100

    # --- the month's end --------------------------------------------------------------------------------------------
    @cached_property
    def unread_month(self) -> str | None:
        """The month that ended and was not read, on its first working day after; None otherwise."""
        late = self.calendar.between(self.month - A_DAY, self.today)
        if not self.active or late < self.norm.whole("meter.month_wd"):
            return None
        installed = month_of(local_date(self.created_at)) if self.created_at is not None else ""
        if installed > self.last_month or self.readings(period=self.last_month):
            return None
        return self.last_month


@rule("必填", METERS, "B4.17", "请填写：{fields}。", "提示", at=ALWAYS)
def required_cells(meter: MeterFacts) -> Figures:
    """Everything marked ● is filled."""
    if missing := missing_cells(meter):
        yield {"fields": quoted(missing)}


def _quota(meter: MeterFacts) -> dict[str, Any]:
    percent = (meter.used_percent or Decimal(0)).quantize(TENTH, ROUND_HALF_UP)
    figures = {"used": short(meter.used), "quota": short(meter.quota_month), "p": short(percent)}
    return {"meter": meter.name, "month": spoken(meter.used_month or ""), "unit": unit_of(meter.kind), **figures}


def unit_of(kind: str | None) -> str:
    """单位 of what a meter counts."""
    return {"电": "kWh", "水": "m³", "气": "m³", "热": "kWh"}.get(kind or "", "")


@rule(
    "EN-04",
    METERS,
    "公共机构节能条例第十六条",
    "{meter}{month}已用{used}{unit}，达到月定额{quota}{unit}的{p}%。",
    "提示",
    at=ALWAYS,
    settings=QUOTA,
)
def quota_nearly_used(meter: MeterFacts) -> Figures:
    """Whoever comes near the month's quota is told while there is still time."""
    if meter.used_percent is None:
        return
    if meter.norm.number(QUOTA[0]) < meter.used_percent <= meter.norm.number(QUOTA[1]):
        yield _quota(meter)


@rule(
    "EN-04",
    METERS,
    "公共机构节能条例第十七条",
    "{meter}{month}已用{used}{unit}，超过月定额{quota}{unit}（{p}%），请责任部门说明原因。",
    "提示",
    gravity="一般",
    at=ALWAYS,
    settings=QUOTA[1:],
)
def quota_exceeded(meter: MeterFacts) -> Figures:
    """Whoever uses more than the month's quota explains it: one line of the ledger a month."""
    if meter.used_percent is not None and meter.used_percent > meter.norm.number(QUOTA[1]):
        yield {**_quota(meter), STAGE: meter.used_month}


@rule(
    "EN-06",
    METERS,
    "B4.18",
    "{meter}{month}月末未抄表。",
    "提示",
    at=ALWAYS,
    settings=("meter.month_wd",),
)
def read_at_the_months_end(meter: MeterFacts) -> Figures:
    """Every meter in use was read at the end of the month."""
    if meter.unread_month is not None:
        yield {"meter": meter.name, "month": spoken(meter.unread_month)}


@rule(CALIBRATION, METERS, "B4.17", "{meter}检定已于{due}到期，请送检或更换，并更新“检定到期”。", "提示", at=ALWAYS)
def calibrated(meter: MeterFacts) -> Figures:
    """A meter that is read is calibrated."""
    if meter.active and meter.calibration_due is not None and meter.reached(meter.calibration_due + A_DAY):
        yield {"meter": meter.name, "due": meter.calibration_due}
