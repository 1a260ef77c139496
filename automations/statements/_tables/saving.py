"""七 节约型后勤: water, power, gas, vehicles, consumables."""

from decimal import Decimal
from typing import Any

from automations.measures import Measure, Period, Records, change, saving
from automations.reports.document import Chart, Column, Table


def energy_words(records: Records, period: Period) -> dict[str, dict[str, Any]]:
    """Of each of 电, 水, 气: ``unit``, ``used``, ``grown`` against the same months of last year, ``of_quota`` in %."""
    found = {}
    for kind, unit in saving.UNITS.items():
        now, then = saving.used(records, period, kind), saving.used(records, period.year_before, kind)
        share = saving.of_quota(records, period, kind)
        found[kind] = {"unit": unit, "used": now, "grown": change(now, then), "of_quota": share}
    return found


def energy(records: Records, period: Period) -> Table:
    """七 水电气 against last year and the quota."""
    rows = []
    for kind in saving.UNITS:
        now, last = saving.used(records, period, kind), saving.used(records, period.year_before, kind)
        year = saving.used(records, period.to_date, kind)
        last_year = saving.used(records, period.to_date.year_before, kind)
        quota = saving.quota(records, period, kind)
        rows.append((kind, now, last, change(now, last), quota, year, change(year, last_year)))
    return Table(
        "用能情况",
        (
            Column("能源", width=0.7),
            Column("本期", "number"),
            Column("上年同期", "number"),
            Column("同比", "percent", places=1),
            Column("定额", "number"),
            Column("本年累计", "number"),
            Column("累计同比", "percent", places=1),
        ),
        tuple(rows),
        "按学校承担的总表月末读数计算；缺一块表的月末读数，当期即为未采集。",
    )


def energy_months(records: Records, year: int) -> tuple[Table, dict[str, Chart]]:
    """Use by month of this year and last, as a table and a chart each for power and water."""
    labels = tuple(f"{month}月" for month in range(1, 13))
    used = {(kind, y): saving.used_by_month(records, y, kind) for kind in saving.UNITS for y in (year - 1, year)}
    table = Table(
        "各月用能",
        (
            Column("月份", width=0.8),
            *(Column(f"{kind}·{y}年（{saving.UNITS[kind]}）", "number", 1.2) for kind, y in used),
        ),
        tuple((label, *(of[n] for of in used.values())) for n, label in enumerate(labels)),
    )
    charts = {
        kind: Chart(
            f"{name}（{saving.UNITS[kind]}）",
            "lines",
            labels,
            {f"{y}年": tuple(m.value for m in used[kind, y]) for y in (year - 1, year)},
            saving.UNITS[kind],
            "energy_months",
        )
        for kind, name in ((saving.POWER, "各月用电量"), (saving.WATER, "各月用水量"))
    }
    return table, charts


def vehicles(records: Records, period: Period) -> Table:
    """七 单车核算."""
    return Table(
        "公务用车单车核算" + ("（本年累计）" if period.kind == "span" else ""),
        (
            Column("车牌", width=1.2),
            Column("出车（次）", "number"),
            Column("行驶（公里）", "number"),
            Column("加油（升）", "number", places=2),
            Column("百公里油耗（升）", "number", 1.2, places=1),
            Column("维修（次）", "number"),
            Column("维修（元）", "money", 1.2),
            Column("费用合计（元）", "money", 1.3),
            Column("每公里（元）", "number", places=2),
        ),
        tuple(
            (
                *(v.vehicle.plate or v.vehicle.name, v.trips, v.km, v.liters, v.per_100),
                *(v.repairs, v.repair_cost, v.spent, v.per_km),
            )
            for v in saving.vehicles(records, period)
        ),
        "费用含加油、维修、过路停车和清洗，不含保险；当期没有加油或没有行驶的，油耗为未采集。",
    )


def consumables(records: Records, period: Period) -> Table:
    """七 consumables by department."""
    found = saving.consumables(records, period)
    rows = [(records.name("departments", department) or "未填", used) for department, used in found.items()]
    whole = Measure(sum((m.value or Decimal(0) for _, m in rows), Decimal(0)), (), 2, "元")
    return Table(
        "部门领用耗材",
        (Column("部门", width=2), Column("领用（元）", "money")),
        (*rows, ("合计", whole)),
        totals=True,
    )
