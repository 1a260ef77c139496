"""抄表记录: what was used since the reading before, and how the night compares (domain.md B4.18)."""

from decimal import Decimal

from automations.figures.base import Computed, computes
from automations.rules.energy_alerts import JudgedReading
from automations.rules.energy_nights import judged
from automations.rules.readings_facts import TABLE


@computes(TABLE, "day", "period", "usage", "hours", "rate", "occupied_n", "baseline", "ratio", "alert", "issue")
def meter_readings(reading: JudgedReading) -> Computed:
    """归属日, 所属期, 用量, 间隔小时, 小时用量, 在校住宿人数, 基准, 倍数, 预警, 问题工单."""
    night = judged(reading)
    return Computed(
        {
            "day": reading.day,
            "period": reading.period,
            "usage": reading.usage,
            "hours": reading.hours,
            "rate": reading.rate,
            "occupied_n": None if reading.occupied_n is None else Decimal(reading.occupied_n),
            "baseline": night.baseline,
            "ratio": night.ratio,
            "alert": reading.state,
            "issue": _issue(reading),
        },
        night.note,
    )


def _issue(reading: JudgedReading) -> int | None:
    """The issue of the run that this reading belongs to: that of its first night, handed on."""
    if reading.begins_alert:
        found = reading.books.where("issues", "origin", reading.code) if reading.code else ()
        return found[0].id if found else None
    earlier = reading.earlier_alert
    issue = reading.books.cell(TABLE, earlier.id, "issue") if earlier is not None else None
    return issue if isinstance(issue, int) else None
