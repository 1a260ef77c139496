"""数据缺口 (domain.md F3 附): what the year's report could not tell, and for want of what."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from automations.measures import costs, saving, service, vendors
from automations.measures.base import Measure, codes
from automations.measures.indicators import indicators
from automations.measures.period import Period
from automations.measures.records import Records
from automations.shipped_norms import SHIPPED


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: what it is about, what of it is not known, how many rows are concerned."""

    what: str
    missing: str
    n: Measure


def gaps(records: Records, period: Period) -> list[Gap]:
    """In the order of the report's chapters; nothing for what is all there."""
    return [*_indicators(records, period), *_meters(records, period), *_rows(records, period), *_costs(records, period)]


def _indicators(records: Records, period: Period) -> Iterator[Gap]:
    found = indicators(records, period)
    for name, unknown in (
        ("主要指标（本年）", [one.title for one in found if not one.now.known]),
        ("主要指标（上年）", [one.title for one in found if not one.year_before.known]),
    ):
        if unknown:
            yield Gap(name, "、".join(unknown), _n(len(unknown)))


def _meters(records: Records, period: Period) -> Iterator[Gap]:
    for kind in saving.UNITS:
        months = [one for one in period.months if one.last < records.today]
        unread = [one for one in months if not saving.used(records, one, kind).known]
        if unread:
            named = "、".join(f"{one.first.month}月" for one in unread)
            yield Gap(f"用{kind}", f"{named}没有完整的月末读数", _n(len(unread)))


def _rows(records: Records, period: Period) -> Iterator[Gap]:
    few = [c for c in service.ended(records, period) if not service.enough(records, c, service.OVERALL)]
    if few:
        yield Gap("满意率", "有效问卷不足的班次", Measure(_n(len(few)).value, codes(few), 0, "期"))
    unscored = vendors.not_scored(records, period)
    if unscored:
        months = list(dict.fromkeys(f"{one.contract.name}{one.month.month}月" for one in unscored))
        behind = codes(one.contract for one in unscored)
        yield Gap("服务商考核", "、".join(months), Measure(_n(len(unscored)).value, behind, 0, "份"))
    unverified = [key for key in SHIPPED if not records.norms.verified(key, period.last)]
    if unverified:
        yield Gap("参数标准", "未与本地文件核对的，见“未核实标准”", _n(len(unverified)))


def _costs(records: Records, period: Period) -> Iterator[Gap]:
    found = costs.costs(records, period)
    for name, unknown in (
        ("成本（本年）", [one.name for one in found if not one.now.known]),
        ("成本（上年）", [one.name for one in found if not one.before.known]),
    ):
        if unknown:
            yield Gap(name, "、".join(unknown), _n(len(unknown)))


def _n(many: int) -> Measure:
    return Measure(Decimal(many), (), 0, "项")
