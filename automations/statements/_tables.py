"""Tables and charts that several reports share: figures of :mod:`automations.measures` in rows and columns."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from automations.measures import (
    Measure,
    Period,
    Records,
    buying,
    change,
    facilities,
    money,
    saving,
    service,
    staff,
    supervision,
)
from automations.measures.indicators import Indicator
from automations.reports.document import Cell, Chart, Column, Table
from automations.shipped_norms import SHIPPED
from automations.workdays import local_date

DASH = "—"


def indicators(found: Sequence[Indicator], period: Period) -> Table:
    """一 总体情况."""
    return Table(
        f"{period.title}主要指标",
        (
            Column("指标", width=2),
            Column("本月", "number"),
            Column("上月", "number"),
            Column("上年同月", "number"),
            Column("本年累计", "number"),
            Column("目标", width=1.6),
            Column("状态", width=0.8),
        ),
        tuple((i.title, i.now, i.before, i.year_before, i.to_date, i.target or DASH, i.light) for i in found),
        "“—”为不设目标的指标；水电气按月末抄表，比率类指标的本年累计按全年数据计算。",
    )


def classes(records: Records, period: Period) -> Table:
    """二 培训服务保障: the classes of a period and how they were liked."""
    return Table(
        "班次保障与满意率",
        (
            Column("班次", width=2.6),
            Column("起止", width=1.6),
            Column("人数", "number"),
            Column("人天", "number"),
            Column("准备", width=0.8),
            Column("住宿", "percent", places=1),
            Column("餐饮", "percent", places=1),
            Column("总体", "percent", places=1),
            Column("有效问卷", "number"),
        ),
        tuple(_class(one) for one in service.classes(records, period)),
        "“准备”指开班前1个工作日是否办结；跨月班次只计本期天数；满意率在结班后统计。",
    )


def _class(one: service.Course) -> tuple[Cell, ...]:
    row = one.row
    ready = DASH if one.ready is None else "按时" if one.ready else "未按时"
    span = f"{row.starts_on.month}.{row.starts_on.day}—{row.ends_on.month}.{row.ends_on.day}"
    return (
        *(str(row.name or row.code), span, one.heads, one.person_days, ready),
        *(row.sat_lodging, row.sat_catering, row.sat_overall, row.survey_n),
    )


def class_costs(records: Records, period: Period) -> Table:
    """附表 班次成本."""
    rows = [one.row for one in service.classes(records, period)]
    return Table(
        "班次成本",
        (
            Column("编号", width=1.4),
            Column("班次", width=2.6),
            Column("实际成本（元）", "money", 1.3),
            Column("人天成本（元）", "money", 1.2),
            Column("综合定额（元/人天）", "money", 1.2),
            Column("比定额", width=0.9),
        ),
        tuple((r.code, r.name, r.cost_actual, r.cost_per_pd, r.cost_limit, _against(r)) for r in rows),
        "成本为截至数据日已支付的支出和应分摊的合同费用，结算未完的班次还会增加。",
    )


def _against(row: object) -> str:
    cost, limit = row.cost_per_pd, row.cost_limit  # type: ignore[attr-defined]
    if cost is None or limit is None:
        return "未采集"
    return "超过" if cost > limit else "未超"


def income(records: Records, period: Period) -> Table:
    """三（一） 收入, in a table of its own (收支两条线)."""
    found = money.flows(records, period)
    rows = tuple((f.kind, f.route, f.received, f.remitted, f.late) for f in found)
    sums = (money.income_received(records, period), money.income_remitted(records, period))
    return Table(
        "收入与缴库",
        (
            Column("收入种类", width=1.8),
            Column("应缴去向", width=1.4),
            Column("实收（元）", "money", 1.3),
            Column("已缴（元）", "money", 1.3),
            Column("迟缴（笔）", "number"),
        ),
        (*rows, ("合计", "", *sums, money.late_count(records, period))),
        "实收按收款日、已缴按缴库日、迟缴按应缴日统计。",
        totals=True,
    )


def spending(records: Records, period: Period) -> Table:
    """三（二） 支出 by category against the budget, in a table of its own."""
    found = money.by_category(records, period)
    return Table(
        "支出与预算执行",
        (
            Column("费用类别", width=1.6),
            Column("预算（元）", "money", 1.4),
            Column("本期支出（元）", "money", 1.4),
            Column("本年支出（元）", "money", 1.4),
            Column("执行率", "percent", places=1),
            Column("比序时（个百分点）", "number", 1.2, places=1),
            Column("提示", width=0.7),
        ),
        tuple((c.category, c.total, c.month, c.spent, c.rate, c.gap, c.word) for c in found),
        "预算为批复数与已批调整数之和；“快”“慢”按参数标准的提示线。",
    )


MOST_SERIES = 4
"""Lines that a chart can still tell apart."""


def spending_months(records: Records, period: Period) -> tuple[Table, Chart]:
    """What was paid by category and month of the year up to ``period``; the chart shows the four largest categories.

    Months to come are empty, a month without any payment of a category is 0.
    """
    import pandas

    year, paid = period.last.year, list(money.paid_claims(records, period.to_date))
    months = range(1, min(period.last, records.today).month + 1) if records.today >= period.to_date.first else range(0)
    frame = pandas.DataFrame(
        {
            "category": [claim.category or "未填" for claim in paid],
            "month": [claim.paid_on.month for claim in paid],
            "cents": [int(money.payable(claim) * 100) for claim in paid],
        }
    )
    sums = frame.pivot_table(index="category", columns="month", values="cents", aggfunc="sum", fill_value=0)
    sums = sums.reindex(columns=months, fill_value=0)
    sums = sums.loc[sums.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    yuan = {
        name: [Decimal(int(cents)) / 100 for cents in row] for name, row in zip(sums.index, sums.values, strict=True)
    }
    table = Table(
        f"{year}年各月支出（元）",
        (Column("费用类别", width=1.6), *(Column(f"{n}月", "number") for n in months)),
        tuple((name, *row) for name, row in yuan.items()),
    )
    gap = [None] * (12 - len(months))
    chart = Chart(
        "支出最多的几类，各月（万元）",
        "lines",
        tuple(f"{n}月" for n in range(1, 13)),
        {name: (*(y / 10_000 for y in row), *gap) for name, row in list(yuan.items())[:MOST_SERIES]}
        or {"支出": (None,) * 12},
        "万元",
        "spending_months",
    )
    return table, chart


def budget_lines(records: Records, period: Period) -> Table:
    """附表 预算执行, line by line."""
    return Table(
        "预算执行（按指标）",
        (
            Column("指标", width=2.4),
            Column("预算（元）", "money", 1.4),
            Column("本年支出（元）", "money", 1.4),
            Column("已占用（元）", "money", 1.4),
            Column("执行率", "percent", places=1),
            Column("提示", width=0.7),
        ),
        tuple((c.name, c.total, c.spent, c.frozen, c.rate, c.word) for c in money.courses(records, period)),
    )


def teams(records: Records, period: Period) -> Table:
    """五 督查 by group."""
    return Table(
        "各督查小组情况",
        (
            Column("督查组", width=1.4),
            Column("次数", "number"),
            Column("平均得分", "number", places=1),
            Column("发现问题", "number"),
            Column("按期整改", "number"),
            Column("超期", "number"),
            Column("未完成", "number"),
            Column("重复问题", "number"),
        ),
        tuple(
            (t.name, Decimal(t.times), t.score, *map(Decimal, (t.found, t.in_time, t.late, t.open, t.repeated)))
            for t in supervision.inspections(records, period)
        ),
    )


def overdue(records: Records) -> Table:
    """五 what is overdue at the day of the data."""
    return Table(
        "超期未办结的问题",
        (
            Column("编号", width=1.4),
            Column("问题", width=3),
            Column("责任部门", width=1.4),
            Column("超期（工作日）", "number", 1.2),
        ),
        tuple((str(one.row.code), one.what, one.department, Decimal(one.days)) for one in supervision.overdue(records)),
    )


def check_kinds(records: Records, period: Period) -> Table:
    """六 设施检查 by kind."""
    return Table(
        "设施检查完成情况",
        (
            Column("检查类型", width=1.8),
            Column("应检", "number"),
            Column("已检", "number"),
            Column("按时", "number"),
            Column("隐患", "number"),
        ),
        tuple(
            (k.name, *map(Decimal, (k.due, k.done, k.on_time, k.hazards))) for k in facilities.kinds(records, period)
        ),
    )


def statutory(records: Records, period: Period) -> Table:
    """附表 法定检验."""
    return Table(
        "法定检验",
        (
            Column("设备或场所", width=2.2),
            Column("类型", width=1.2),
            Column("应检日", "date", 1.3),
            Column("情况", width=1.6),
        ),
        tuple((s.thing, s.kind, s.due, s.told) for s in facilities.statutory(records, period.last)),
    )


def energy_words(records: Records, period: Period) -> dict[str, dict[str, Any]]:
    """Of each of 电, 水, 气: ``unit``, ``used`` in the period, ``grown`` against the same months of last year."""
    found = {}
    for kind, unit in saving.UNITS.items():
        now = saving.used(records, period, kind)
        found[kind] = {"unit": unit, "used": now, "grown": change(now, saving.used(records, period.year_before, kind))}
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
        "公务用车单车核算",
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
    rows = [(records.name("departments", department), used) for department, used in found.items()]
    whole = Measure(sum((m.value or Decimal(0) for _, m in rows), Decimal(0)), (), 2, "元")
    return Table(
        "部门领用耗材",
        (Column("部门", width=2), Column("领用（元）", "money")),
        (*rows, ("合计", whole)),
        totals=True,
    )


def learning(records: Records, period: Period) -> Table:
    """八 四个一 of the year so far."""
    rates = staff.four_ones(records, period)
    return Table(
        "“四个一”完成率（本年）",
        (Column("内容", width=2), Column("完成率", "percent", places=1)),
        tuple(rates.items()),
        "按应参加人员计；请假、出差的工作日和未到期的不计；“综合”为每人完成率的平均。",
    )


def alarms(records: Records, period: Period) -> Table:
    """附表 预警台账: by rule, without names."""
    rows = records.within("violations", "found_at", period)
    return Table(
        "预警台账",
        (
            Column("编号", width=1.4),
            Column("事项", width=2.6),
            Column("等级", width=0.8),
            Column("涉及金额（元）", "money", 1.2),
            Column("发现日", "date", 1.1),
            Column("处理", width=1.2),
            Column("状态", width=0.9),
        ),
        tuple(
            (
                *(str(r.code), r.title or "", r.severity or "", r.amount if r.amount is not None else DASH),
                *(local_date(r.found_at), r.handling or DASH, r.status or ""),
            )
            for r in rows
        ),
    )


def contracts(records: Records) -> Table:
    """附表 合同到期."""
    return Table(
        "合同到期",
        (
            Column("编号", width=1.3),
            Column("合同", width=2.2),
            Column("对方", width=2),
            Column("金额（元）", "money", 1.2),
            Column("到期日", "date", 1.2),
            Column("最迟启动采购", "date", 1.2),
            Column("情况", width=1.2),
        ),
        tuple(
            (c.code, c.name, c.vendor, c.amount, c.ends_on, c.start_by, c.state or DASH)
            for c in buying.expiring(records)
        ),
    )


def unverified(records: Records, period: Period) -> Table:
    """附表 未核实标准: parameters that no one has checked against the local papers."""
    norms, on = records.norms, period.last
    rows = [
        (norm.label, norms.text(key, on) or "（空）", norm.unit, norm.source)
        for key, norm in SHIPPED.items()
        if not norms.verified(key, on)
    ]
    return Table(
        "未核实标准",
        (Column("参数", width=2.2), Column("现用值", width=1.3), Column("单位", width=0.9), Column("依据", width=3)),
        tuple(rows),
        "这些标准尚未与本地文件核对，按随附的建议值执行；核对后请在“参数标准”勾选“已本地核实”。",
    )


def year_overview(found: Sequence[Indicator], period: Period) -> Table:
    """年度概况: the same twelve, this year against the last."""
    return Table(
        f"{period.title}主要指标",
        (
            Column("指标", width=2),
            Column("本年", "number"),
            Column("上年", "number"),
            Column("目标", width=1.6),
            Column("状态", width=0.8),
        ),
        tuple((i.title, i.now, i.year_before, i.target or DASH, i.light) for i in found),
    )
