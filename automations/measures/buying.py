"""四 采购 (domain.md F2 四, F3 六, B5.26, C5): what stands where is told as the rows stand, awards of the period."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from automations.measures.base import Measure, codes, count, percent, total
from automations.measures.money import YUAN
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import Rows, RowView

STAGES = ("立项", "需求论证", "待集体决策", "意向公开", "采购实施", "待签合同", "履约中", "待验收", "已验收", "已归档")
UNDER_WAY = STAGES[:8]
NOT_BOUGHT = ("废标", "终止", "撤回", "不同意", "已退回")
BEFORE_DECISION = ("提交", "签批中", "需求论证", "待集体决策")
"""States of a procurement in which 校委会 may still decide before anything is done."""

TOGETHER = "待集体决策"


@dataclass(frozen=True, slots=True)
class Stage:
    """Procurements in one state."""

    status: str
    n: Measure
    budget: Measure


def stages(records: Records) -> list[Stage]:
    """采购项目 by state, in the order they go through; states without any are left out."""
    found = []
    for status in dict.fromkeys((*STAGES, "提交", "签批中", *NOT_BOUGHT)):
        rows = records["procurements"].where(status=status)
        if rows:
            found.append(Stage(status, count(rows, "个"), total(rows, "budget", YUAN, 2)))
    return found


def under_way(records: Records) -> Measure:
    """采购项目 begun and not yet accepted."""
    rows = records["procurements"].where(status=(*UNDER_WAY, "提交", "签批中"))
    return records.kept("procurements", count(rows, "个"))


@dataclass(frozen=True, slots=True)
class Method:
    """What was awarded by one 采购方式: 元 of 预算, of 成交金额, and what was saved of the budget."""

    method: str
    n: Measure
    budget: Measure
    award: Measure
    saved: Measure
    rate: Measure


def awarded_rows(records: Records, period: Period) -> Rows:
    """采购项目 by 成交日期; 废标 and 终止 awarded nothing."""
    rows = records.within("procurements", "award_on", period)
    return Rows("procurements", (r for r in rows if r.status not in NOT_BOUGHT and r.award is not None))


def by_method(records: Records, period: Period) -> list[Method]:
    """Awards by 采购方式, the largest first."""
    grouped: dict[str, list[RowView]] = {}
    for row in awarded_rows(records, period):
        grouped.setdefault(row.method or "", []).append(row)
    found = [_method(method, rows) for method, rows in grouped.items()]
    return sorted(found, key=lambda one: (-(one.award.value or 0), one.method))


def awarded(records: Records, period: Period) -> Method:
    """All of them together; unknown before the first project was entered."""
    found = _method("合计", list(awarded_rows(records, period)))
    known = partial(records.told, "procurements", "created_at", period)
    return replace(found, n=known(found.n), budget=known(found.budget), award=known(found.award))


def _method(name: str, rows: list[RowView]) -> Method:
    budget, award = (sum((row[c] or Decimal(0) for row in rows), Decimal(0)) for c in ("budget", "award"))
    shown = codes(rows)
    return Method(
        name,
        count(rows, "个"),
        Measure(budget, shown, 2, YUAN),
        Measure(award, shown, 2, YUAN),
        Measure(budget - award if rows else None, shown, 2, YUAN),
        Measure(percent(budget - award, budget), shown, 1, "%"),
    )


def splits(records: Records, period: Period) -> Measure:
    """疑似拆分: 采购项目 so marked, and claims for which 会计 had to give a reason, by the day they were created."""
    marked = records.within("procurements", "created_at", period, split_flag=("提示", "拦截"))
    explained = [row for row in records.within("expense_claims", "created_at", period) if row.split_reason]
    return records.told("expense_claims", "created_at", period, count((*marked, *explained), "件"))


@dataclass(frozen=True, slots=True)
class Collective:
    """What waits for 校委会: 元, and where it is."""

    code: str
    title: str
    amount: Decimal
    status: str


def collective(records: Records) -> list[Collective]:
    """采购项目 at or above 集体研究起点 without 纪要号 that nobody has decided, the largest first (PR-05)."""
    limit = records.norms.money("collective.limit", records.today)
    found = [
        Collective(str(row.code), row.title or "", row.budget or Decimal(0), row.status or "")
        for row in records["procurements"].where(status=BEFORE_DECISION)
        if not row.meeting_no and (row.status == TOGETHER or (row.budget or 0) >= limit)
    ]
    return sorted(found, key=lambda one: (-one.amount, one.code))
