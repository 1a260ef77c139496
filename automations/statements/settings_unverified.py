"""待核实标准清单: parameters nobody has held against the local papers, with what to look up (domain.md B1.6, D)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from automations.measures import Measure, Period, Records, share
from automations.reports.document import Column, Table
from automations.rows import RowView
from automations.shipped_norms import EVIDENCE, SHIPPED
from automations.statements import statement

OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Standard:
    """A parameter in force and not verified; ``advice`` says how sure its value is."""

    key: str
    label: str
    value: str
    unit: str
    category: str
    source: str
    advice: str


@statement("settings_unverified")
def settings_unverified(records: Records, period: Period) -> Mapping[str, Any]:
    """As they are in force on the last day of the period, by 分组; what no row says counts as it was shipped."""
    on = min(period.last, records.today)
    open_ones = [standard(records, key, on) for key in keys(records) if not records.norms.verified(key, on)]
    groups = list(dict.fromkeys(one.category for one in open_ones))
    return {
        "open": len(open_ones),
        "all": len(keys(records)),
        "verified_share": verified_share(records, on),
        "empty": [one.label for one in open_ones if not one.value],
        "placeholders": sum(1 for one in open_ones if one.advice == EVIDENCE["M"]),
        "groups": [(group, sum(one.category == group for one in open_ones)) for group in groups],
        "standards": table(open_ones),
    }


def keys(records: Records) -> list[str]:
    """Every parameter there is: those shipped, in their order, and what the school added."""
    return list(dict.fromkeys([*SHIPPED, *(row.key for row in records["settings"] if row.key)]))


def standard(records: Records, key: str, on: date) -> Standard:
    """One parameter as it is in force."""
    row, shipped = row_of(records, key, on), SHIPPED.get(key)
    if row is not None:
        value = str(row.value)
        advice = str(row.remark or "") or (EVIDENCE[shipped.evidence] if shipped else "")
        return Standard(key, row.label or key, value, row.unit or "", row.category or OTHER, row.source or "", advice)
    if shipped is None:  # its rows say nothing on that day
        return Standard(key, key, "", "", OTHER, "", "")
    advice = EVIDENCE[shipped.evidence]
    return Standard(key, shipped.label, shipped.value, shipped.unit, shipped.category, shipped.source, advice)


def row_of(records: Records, key: str, on: date) -> RowView | None:
    """The row of 参数标准 in force on a day; of several the one that started last. One without a value says nothing.

    Chosen as :class:`Norms` chooses the value, which does not keep the row.
    """
    rows = [
        row
        for row in records["settings"]
        if row.key == key
        and row.value
        and (row.from_date is None or row.from_date <= on)
        and (row.to_date is None or on <= row.to_date)
    ]
    return max(rows, key=lambda row: (row.from_date or date.min, row.id), default=None)


def verified_share(records: Records, on: date) -> Measure:
    """Percent of the rows in force that somebody ticked 已本地核实."""
    rows = [row for key in keys(records) if (row := row_of(records, key, on)) is not None]
    return share([row for row in rows if row.verified], rows)


def table(found: list[Standard]) -> Table:
    """One line a parameter, those of a 分组 together."""
    rows = sorted(found, key=lambda one: one.category)
    return Table(
        "待核实标准清单",
        (
            Column("分组", width=0.8),
            Column("参数", width=2.4),
            Column("现用值", width=1.4),
            Column("单位", width=1),
            Column("依据", width=2.8),
            Column("核实提示", width=2.6),
            Column("核实结果", width=1.2),
        ),
        tuple((one.category, one.label, one.value or "（空）", one.unit, one.source, one.advice, "") for one in rows),
        "对照本地现行文件核实后，由财务科在“参数标准”表修改参数值、填写依据，由另一人勾选“已本地核实”。",
    )
