"""二 培训服务保障: classes, and what they cost."""

from automations.measures import Period, Records, service
from automations.reports.document import Cell, Column, Table
from automations.statements._tables.words import DASH


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
