"""四 采购、合同与外包."""

from automations.measures import Period, Records, buying, contracts, outsourcing
from automations.reports.document import Column, Table
from automations.statements._tables.words import DASH


def expiring(records: Records) -> Table:
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
            for c in contracts.expiring(records)
        ),
    )


def stages(records: Records) -> Table:
    """四 采购项目 by stage, as the rows stand."""
    return Table(
        "采购项目（按阶段）",
        (Column("阶段", width=1.6), Column("项目（个）", "number"), Column("预算（元）", "money", 1.5)),
        tuple((stage.status, stage.n, stage.budget) for stage in buying.stages(records)),
        "为数据日的情况，含历年已归档的项目。",
    )


def methods(records: Records, period: Period) -> Table:
    """六 what was awarded, by 采购方式."""
    found = buying.by_method(records, period)
    whole = buying.awarded(records, period)
    return Table(
        "政府采购（按方式）",
        (
            Column("采购方式", width=1.5),
            Column("项目（个）", "number"),
            Column("预算（元）", "money", 1.4),
            Column("成交（元）", "money", 1.4),
            Column("节约（元）", "money", 1.3),
            Column("节约率", "percent", places=1),
        ),
        tuple((m.method, m.n, m.budget, m.award, m.saved, m.rate) for m in (*found, whole)) if found else (),
        "按成交日期；节约为预算减成交金额。",
        totals=bool(found),
    )


def payments(records: Records, period: Period) -> Table:
    """四 合同付款 against the plan."""
    return Table(
        "合同付款",
        (
            Column("编号", width=1.3),
            Column("合同", width=2),
            Column("本期应付（元）", "money", 1.3),
            Column("本期已付（元）", "money", 1.3),
            Column("情况", width=2),
        ),
        tuple(
            (one.code, one.name, one.due, one.paid, one.state or DASH)
            for one in contracts.plan_payments(records, period)
        ),
        "按合同“付款计划”中写明日期的期次；据实结算的没有应付日。“待付”为本期到期、期末还没有支付的。",
    )


def services(records: Records, period: Period) -> Table:
    """六 each service under a contract, how it is rendered, what it costs."""
    return Table(
        "各项服务的方式、费用和得分",
        (
            Column("方式", width=0.7),
            Column("服务", width=1.6),
            Column("范围", width=2.2),
            Column("本年（元）", "money", 1.2),
            Column("上年（元）", "money", 1.2),
            Column("年度得分", "number", places=1),
        ),
        tuple((s.mode, s.name, s.scope, s.now, s.before, s.score) for s in outsourcing.services(records, period)),
        "上年为未采集的，是本系统启用前的费用，没有数据可比。",
    )
