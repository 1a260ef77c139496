"""一 总体情况, 年度概况 and what stands behind the figures."""

from collections.abc import Sequence

from automations.measures import Period, Records, gaps
from automations.measures.indicators import Indicator
from automations.reports.document import Column, Table
from automations.shipped_norms import SHIPPED
from automations.statements._tables.words import DASH


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


def counts(records: Records, period: Period) -> Table:
    """附 口径说明: what the figures of the year count."""
    norms, on = records.norms, period.last
    rows = (
        ("培训人天", "实到人数（未清点的为计划人数）乘以培训天数，含报到当天；跨年班次只计本年的天数。"),
        ("满意率", "很满意与满意之和除以全部有效回答，“未使用”不计；多个班次按回答人数加权。"),
        (
            "有效问卷",
            f"每班不少于{norms.text('survey.min_n', on)}份且回收率不低于{norms.text('survey.min_share', on)}%，"
            "不足的结果仅供参考。",
        ),
        ("用能人数", f"{norms.text('energy.headcount', on)}。"),
        ("综合能耗", "电和天然气按折标系数折算为标准煤，不含公务用车用油；水不计入。"),
        ("利用率", "床位按住宿人夜、教室按占用天数，分母均为数量乘以工作日。"),
        ("支出", "按支付日计，金额为核定数，没有核定的为申请数；已承诺未支付的不计。"),
        ("预警和拦截", "同一事项同一类别只计一件，含提交时被拦下、改正后再提交的。"),
        ("未采集", "没有记录或记录不全、无法计算的数；不以0代替。"),
    )
    return Table("口径说明", (Column("指标", width=1), Column("口径", width=4)), rows)


def missing(records: Records, period: Period) -> Table:
    """附 数据缺口."""
    return Table(
        "数据缺口",
        (Column("事项", width=1.4), Column("缺什么", width=4), Column("数量", "number", 0.8)),
        tuple((gap.what, gap.missing, gap.n) for gap in gaps.gaps(records, period)),
        "缺口补齐后，可按原日期重新生成本报告。",
    )
