"""能源消费状况报告: what the district's office wants by 31 March, of the year before (EN-07, 公共机构节能条例)."""

from collections.abc import Mapping
from typing import Any

from automations.measures import Period, Records, change, intensity, saving, service
from automations.reports.document import Column, Table
from automations.statements import _tables as tables
from automations.statements import statement

TARGETS = (
    ("energy.target.per_head", "人均综合能耗"),
    ("energy.target.per_m2", "单位面积能耗"),
    ("energy.target.water", "人均用水"),
)


@statement("energy_statement")
def energy_statement(records: Records, period: Period) -> Mapping[str, Any]:
    """Use, heads, area, intensity; this year against the last; the months."""
    now, before = intensity.intensity(records, period), intensity.intensity(records, period.year_before)
    by_month, charts = tables.saving.energy_months(records, period.last.year)
    runs = saving.night_alerts(records, period)
    return {
        "year": period.last.year,
        "energy": tables.saving.energy_words(records, period),
        "now": now,
        "person_days": service.person_days(records, period),
        "headcount": records.norms.text("energy.headcount", period.last),
        "targets": [(name, records.norms.number(key, period.last)) for key, name in TARGETS],
        "night_n": len(runs),
        "night_open": sum(run.issue is None or run.issue.status != "已办结" for run in runs),
        "energy_table": tables.saving.energy(records, period),
        "intensity_table": Table(
            "能耗强度",
            (
                Column("指标", width=2),
                Column("本年", "number", places=2),
                Column("上年", "number", places=2),
                Column("变化", "percent", places=1),
            ),
            tuple(
                (name, getattr(now, key), getattr(before, key), change(getattr(now, key), getattr(before, key)))
                for key, name in (
                    ("coal", "综合能耗"),
                    ("per_head", "人均综合能耗（每人）"),
                    ("per_m2", "单位面积能耗（每平方米）"),
                    ("water_per_head", "人均用水（每人）"),
                )
            ),
            "综合能耗为电和天然气按折标系数折算，不含公务用车用油。",
        ),
        "energy_months": by_month,
        "power_chart": charts[saving.POWER],
        "water_chart": charts[saving.WATER],
    }
