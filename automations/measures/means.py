"""二 办学条件, 三 办学能力 and 六 制度 of the annual report: money, works, assets, rooms, rules (domain.md F3)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from automations.measures import costs, money, saving, service
from automations.measures.base import Measure, codes, count, percent, total
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import RowView

WORKS, BOOKED = "工程", "工程改造"
OUT = ("已处置",)
STOCK = "办公耗材"
UNCLEAR = "待明确"
NETWORK = "网络"
RULE, IN_FORCE, TO_REVISE, REPEALED = "制度", "现行有效", "待修订", "已废止"
TECHNICAL = "技术档案"


# 办学条件 -------------------------------------------------------------------------------------------------------------


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


def works(records: Records, period: Period) -> list[RowView]:
    """采购项目 of works that were under way or accepted in the year: stage, budget, 成交, 验收 are in the rows."""
    rows = records["procurements"].where(kind=WORKS)
    until = period.last
    return [
        row
        for row in rows
        if row.created_at is None
        or (row.created_at.date() <= until and (row.accepted_on is None or row.accepted_on >= period.first))
    ]


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
    """

    sessions: Measure
    tests: Measure
    available: Measure
    papers: Measure
    contracts: tuple[RowView, ...]


def network(records: Records, period: Period) -> Network:
    """Of the period; contracts are those of 通信网络 in force."""
    tests = records.within("equipment_checks", "due_on", period, check_kind="视频会议联调")
    done = [check for check in tests if check.done_on is not None]
    well = [check for check in done if check.result == "正常"]
    return Network(
        count((c for c in service.running(records, period) if NETWORK in (c.modes or ())), "场"),
        count(done, "次"),
        Measure(percent(len(well), len(done)), codes(done), 1, "%"),
        count(records["documents"].where(kind=TECHNICAL, status=IN_FORCE), "份"),
        tuple(records["contracts"].where(kind="通信网络", status=("履行中", "临期", "续签中"))),
    )


# 办学能力 -------------------------------------------------------------------------------------------------------------


def beds(records: Records) -> Measure:
    """床位 in 客房 that can be used."""
    return total(records["locations"].where(kind="客房", usable="可用"), "capacity", "张")


def bed_use(records: Records, period: Period) -> Measure:
    """床位利用率 in %: person-nights of the period in beds times its working days."""
    nights, all_beds = service.nights(records, period), beds(records)
    days = workdays(records, period)
    whole = (all_beds.value or Decimal(0)) * days
    value = percent(nights.value, whole) if nights.value is not None else None
    return Measure(value, (*nights.codes, *all_beds.codes), 1, "%")


def room_use(records: Records, period: Period) -> Measure:
    """教室利用率 in %: working days on which a class had a 教室 or 会议室, in rooms times working days."""
    rooms = [p for p in records["locations"] if p.kind == "教室" and p.usable == "可用"]
    taken: set[tuple[int, date]] = set()
    classes = [c for c in service.running(records, period) if c.classroom in {room.id for room in rooms}]
    for course in classes:
        day = max(course.starts_on, period.first)
        while day <= min(course.ends_on, period.last, records.today):
            if records.calendar.is_workday(day):
                taken.add((course.classroom, day))
            day += timedelta(days=1)
    return Measure(percent(len(taken), len(rooms) * workdays(records, period)), codes(classes), 1, "%")


def workdays(records: Records, period: Period) -> int:
    """Working days of a period, as far as it has passed."""
    last, day, found = min(period.last, records.today), period.first, 0
    while day <= last:
        found += records.calendar.is_workday(day)
        day += timedelta(days=1)
    return found


def entrusted_share(records: Records, period: Period) -> Measure:
    """委托班占比 in % of classes."""
    rows = list(service.running(records, period))
    return Measure(percent(sum(bool(r.is_entrusted) for r in rows), len(rows)), codes(rows), 1, "%")


def grades(records: Records, period: Period) -> Mapping[str, int]:
    """项目等次 of the project classes that ended in the period."""
    rows = [row for row in service.ended(records, period) if row.is_project]
    return dict(Counter(str(row.project_grade or "未评定") for row in rows).most_common())


# 节能: per head and m² ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Intensity:
    """A year's energy against heads and area; targets are the district's (energy.target.*)."""

    coal: Measure
    heads: Measure
    per_head: Measure
    per_m2: Measure
    water_per_head: Measure


def intensity(records: Records, period: Period) -> Intensity:
    """Heads by the parameter ``energy.headcount``: staff here, outsourced ones included, and 培训人天 ÷ 365."""
    on = period.last
    coal, water = saving.standard_coal(records, period), saving.used(records, period, saving.WATER)
    staff = [p for p in records["people"] if p.status not in ("已退出",)]
    days = service.person_days(records, period)
    heads_value = Decimal(len(staff)) + (days.value or Decimal(0)) / 365
    flags = records.unverified(on, "energy.headcount")
    heads = Measure(heads_value if staff else None, days.codes, 0, "人", flags)
    whole = costs.area(costs.buildings(records))

    def per(part: Measure, by: Measure, unit: str) -> Measure:
        value = part.value / by.value if part.value is not None and by.value else None
        return Measure(value, part.codes, 2, unit, (*part.unverified, *by.unverified))

    kg = "千克标准煤"
    return Intensity(coal, heads, per(coal, heads, kg), per(coal, whole, kg), per(water, heads, "吨"))


# 制度 -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rules:
    """制度建设: in force, past their 复审日 at the period's end, repealed; modules without any rule in force."""

    in_force: Measure
    to_review: Sequence[RowView]
    missing: Sequence[str]


def rules(records: Records, modules: Sequence[str], on: date) -> Rules:
    """``modules``: choices of 对应模块, of which each should be covered by a rule in force."""
    own = [d for d in records["documents"] if d.kind == RULE and d.status in (IN_FORCE, TO_REVISE)]
    covered = {module for d in own for module in d.module or ()}
    late = [d for d in own if d.status == TO_REVISE or (d.review_due is not None and d.review_due <= on)]
    return Rules(count(own, "项"), late, [module for module in modules if module not in covered])


# 服务社会化 -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Service:
    """One service under a contract: how it is rendered, 元 paid in the period and a year before, the company's score.

    A service that the school has rendered itself until now shows nothing paid before: that is the comparison.
    """

    mode: str
    name: str
    scope: str
    now: Measure
    before: Measure
    score: Decimal | None


def services(records: Records, period: Period) -> list[Service]:
    """Contracts that say 服务方式 (自营, 外包, 混合), by it and their 编号."""
    found = []
    for contract in records["contracts"]:
        if contract.delivery_mode is None or contract.status in ("草拟", "终止"):
            continue
        own = [c for c in records.linked("expense_claims", "contract", contract.id) if c.status in money.PAID]
        vendor = records.row("vendors", contract.vendor)
        found.append(
            (
                (contract.delivery_mode, str(contract.code)),
                Service(
                    contract.delivery_mode,
                    contract.name or "",
                    (contract.service_scope or "").split("\n")[0][:30],
                    _paid(records, own, period),
                    _paid(records, own, period.year_before),
                    vendor.score_year if vendor is not None else None,
                ),
            )
        )
    return [service for _, service in sorted(found, key=lambda one: one[0])]


def _paid(records: Records, claims: Sequence[RowView], period: Period) -> Measure:
    if not records.reaches("expense_claims", "paid_on", period):
        return Measure(None, (), 2, "元")
    rows = [claim for claim in claims if claim.paid_on in period]
    return Measure(sum(map(money.payable, rows), Decimal(0)), codes(rows), 2, "元")
