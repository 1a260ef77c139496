"""二 办学条件 (domain.md F3): money by source, works and what they came to, assets, the network branch."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from automations.measures import money, service
from automations.measures.base import Measure, codes, count, percent, total
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import RowView

WORKS = "工程"
DRAFT = "草案"
OUT = ("已处置",)
STOCK = "办公耗材"
UNCLEAR = "待明确"
NETWORK = "网络"
IT_EQUIPMENT = "信息设备"
TECHNICAL, IN_FORCE = "技术档案", "现行有效"
LINES, RUNNING = "通信网络", ("履行中", "临期", "续签中")


@dataclass(frozen=True, slots=True)
class Funding:
    """One 资金来源 of the year's budget: 元 given, 元 paid by the period's end."""

    source: str
    total: Measure
    spent: Measure


def funding(records: Records, period: Period) -> list[Funding]:
    """The year's budget by 资金来源, the largest first."""
    grouped: dict[str, list[RowView]] = {}
    for line in money.lines_of_year(records, period.last.year):
        grouped.setdefault(line.fund_source or "未填", []).append(line)
    paid = money.paid_claims(records, period.to_date)
    found = []
    for source, lines in grouped.items():
        ids = {line.id for line in lines}
        own = [claim for claim in paid if claim.budget_line in ids]
        given = sum(map(money.approved_sum, lines), Decimal(0))
        used = sum(map(money.payable, own), Decimal(0))
        found.append(Funding(source, Measure(given, codes(lines), 2, "元"), Measure(used, codes(own), 2, "元")))
    return sorted(found, key=lambda one: -(one.total.value or 0))


def planned(records: Records, year: int) -> tuple[Measure, Measure]:
    """元 of 批复数 of a year to come: (in force, still 草案); unknown where nobody entered a line."""
    lines = records["budget_lines"].where(year=Decimal(year))
    drafts = [line for line in lines if line.status == DRAFT]
    given = [line for line in lines if line.status in money.IN_THE_BOOKS]
    if not lines:
        return Measure(None, (), 2, "元"), Measure(None, (), 2, "元")
    return (
        Measure(sum(map(money.approved_sum, given), Decimal(0)), codes(given), 2, "元"),
        Measure(sum(map(money.approved_sum, drafts), Decimal(0)), codes(drafts), 2, "元"),
    )


@dataclass(frozen=True, slots=True)
class Work:
    """One 采购项目 of works: stage, 预算, 成交 and 验收 are in its row.

    Attributes:
        paid: 元 paid by the period's end, of its own claims and those of its contracts: 决算 once it is accepted.
    """

    row: RowView
    paid: Measure


def works(records: Records, period: Period) -> list[Work]:
    """Works that were under way or accepted in the period."""
    rows = records["procurements"].where(kind=WORKS)
    until = period.last
    return [
        Work(row, _paid_for(records, row, period))
        for row in rows
        if row.created_at is None
        or (row.created_at.date() <= until and (row.accepted_on is None or row.accepted_on >= period.first))
    ]


def _paid_for(records: Records, work: RowView, period: Period) -> Measure:
    if not records.reaches("expense_claims", "paid_on", period):
        return Measure(None, (), 2, "元")
    contracts = {work.contract, *(row.id for row in records.linked("contracts", "procurement", work.id))} - {None}
    own = [
        claim
        for claim in records["expense_claims"]
        if (claim.procurement == work.id or claim.contract in contracts)
        and claim.status in money.PAID
        and claim.paid_on is not None
        and claim.paid_on <= period.last
    ]
    return Measure(sum(map(money.payable, own), Decimal(0)), codes(own), 2, "元")


def assets_by_category(records: Records) -> Mapping[str, tuple[Measure, Measure]]:
    """(pieces, 元 of 原值) of what has not been disposed of, by category; consumables are stock, not assets."""
    grouped: dict[str, list[RowView]] = {}
    for asset in records["assets"]:
        if asset.status not in OUT and asset.category != STOCK:
            grouped.setdefault(asset.category, []).append(asset)
    return {name: (count(rows, "件"), total(rows, "value", "元", 2)) for name, rows in sorted(grouped.items())}


def inventoried(records: Records, period: Period) -> Measure:
    """% of assets looked at in the year's inventory (盘点日期 in the year, AS-01)."""
    own = [a for a in records["assets"] if a.status not in OUT and a.category != STOCK]
    seen = [a for a in own if a.inv_on is not None and a.inv_on.year == period.last.year]
    return Measure(percent(len(seen), len(own)) if seen else None, codes(seen), 1, "%")


def inventory_results(records: Records, period: Period) -> Mapping[str, int]:
    """盘点结果 of the year."""
    seen = (a for a in records["assets"] if a.inv_on is not None and a.inv_on.year == period.last.year)
    return dict(Counter(str(a.inv_result or "未填") for a in seen).most_common())


def unclear(records: Records) -> list[RowView]:
    """产权待明确 (AS-04)."""
    return list(records["assets"].where(ownership=UNCLEAR))


# 网络党校分站 ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Network:
    """The branch of the network school.

    Attributes:
        sessions: Classes with 网络 among their 教学方式.
        tests: 视频会议联调 due in the period, done, and found in order.
        available: % of tests done that were in order; unknown without any.
        papers: 技术档案 in force.
        complete: 齐全率, % of 信息设备 with type, day of purchase and a 技术档案 in force on file (A37).
        contracts: Those of 通信网络 in force.
    """

    sessions: Measure
    tests: Measure
    available: Measure
    papers: Measure
    complete: Measure
    contracts: Measure


def network(records: Records, period: Period) -> Network:
    """Tests and sessions of the period; papers and contracts as the rows stand."""
    tests = records.within("equipment_checks", "due_on", period, check_kind="视频会议联调")
    done = [check for check in tests if check.done_on is not None]
    well = [check for check in done if check.result == "正常"]
    sessions = [c for c in service.running(records, period) if NETWORK in (c.modes or ())]
    papers = records["documents"].where(kind=TECHNICAL, status=IN_FORCE)
    named = {asset for paper in papers for asset in paper.assets or ()}
    equipment = [a for a in records["assets"] if a.category == IT_EQUIPMENT and a.status not in OUT]
    whole = [a for a in equipment if a.id in named and a.spec and a.acquired_on is not None]
    return Network(
        records.told(*service.SINCE, period, count(sessions, "场")),
        records.kept("equipment_checks", count(done, "次")),
        Measure(percent(len(well), len(done)), codes(done), 1, "%"),
        records.kept("documents", count(papers, "份")),
        Measure(percent(len(whole), len(equipment)), codes(whole), 1, "%"),
        records.kept("contracts", count(records["contracts"].where(kind=LINES, status=RUNNING), "份")),
    )
