"""单车核算: one vehicle over the year so far, month by month."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from automations.measures import Measure, Period, Records
from automations.measures.vehicle_costs import Account, account
from automations.reports.document import Cell, Chart, Column, Table
from automations.rows import RowView
from automations.statements import statement


@statement("vehicle_account")
def vehicle_account(records: Records, period: Period, row: RowView) -> Mapping[str, Any]:
    """From January to the last month of ``period``."""
    until = period.to_date
    months = [account(records, row, month) for month in until.months]
    whole = account(records, row, until)
    return {
        "vehicle": row,
        "span": until.title,
        "whole": whole,
        "per_100": _plain(whole.of.per_100),
        "cost": _plain(whole.cost),
        "per_km": _plain(whole.per_km),
        "keeper": records.directory.name(row.custodian) if row.custodian is not None else "",
        "department": records.name("departments", row.user_dept),
        "driven": _driven(months, whole),
        "spent": _spent(months, whole),
        "fuel": Chart(
            f"{row.plate or row.name}百公里油耗",
            "lines",
            tuple(f"{one.period.first.month}月" for one in months),
            {"百公里油耗": tuple(one.of.per_100.value for one in months)},
            "升",
            "driven",
        ),
    }


def _plain(figure: Measure) -> Measure:
    """Without its rows: they stand behind the figures of which it is made, and are hundreds."""
    return Measure(figure.value, (), figure.places, figure.unit, figure.unverified)


def _driven(months: list[Account], whole: Account) -> Table:
    return Table(
        "逐月行驶与油耗",
        (
            Column("月份", width=0.9),
            Column("出车（次）", "number"),
            Column("里程（公里）", "number"),
            Column("加油（升）", "number", places=2),
            Column("百公里油耗（升）", "number", 1.2, places=1),
        ),
        _lines(months, whole, lambda one: (one.of.trips, one.of.km, one.of.liters, one.of.per_100)),
        "当月加油与行驶不一定同步，单月油耗仅供参考。",
        totals=True,
    )


def _spent(months: list[Account], whole: Account) -> Table:
    money = ("油费（元）", "维修（元）", "保险（元）", "其他（元）", "合计（元）")
    return Table(
        "逐月费用",
        (
            Column("月份", width=0.9),
            *(Column(title, "money", 1.2) for title in money),
            Column("每公里（元）", "number", places=2),
        ),
        _lines(months, whole, lambda one: (one.fuel, one.repair, one.insurance, one.other, one.cost, one.per_km)),
        "按用车记录的日期统计；保险只计用车记录中登记的，其他指过路停车、清洗等。",
        totals=True,
    )


def _lines(
    months: list[Account], whole: Account, figures: Callable[[Account], Iterable[Measure]]
) -> tuple[tuple[Cell, ...], ...]:
    named = [*((f"{one.period.first.month}月", one) for one in months), ("合计", whole)]
    return tuple((name, *(figure.value for figure in figures(one))) for name, one in named)
