"""三（四）（五）: how each level signed, what was caught and what came of it."""

from collections.abc import Sequence

from automations.measures import Period, Records, caught, levels
from automations.measures.caught import Outcome
from automations.reports.document import Column, Table
from automations.statements._tables.words import DASH
from automations.workdays import local_date


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


def by_level(records: Records, period: Period) -> Table:
    """（四） how each level of the chain signed; levels, no names."""
    return Table(
        "各级签批",
        (
            Column("层级", width=1.4),
            Column("签批（步）", "number"),
            Column("平均用时（个工作日）", "number", 1.4, places=1),
            Column("最长（个工作日）", "number", 1.2),
            Column("退回（步）", "number"),
            Column("代签（步）", "number"),
        ),
        tuple(
            (one.level, one.steps, one.mean, one.longest, one.returned, one.delegated)
            for one in levels.by_level(records, period)
        ),
        "用时从轮到该级之日起算，当天签批为0。",
    )


def kinds(records: Records, period: Period) -> Table:
    """（五） what was caught, by kind."""
    return Table(
        "预警和拦截（按类）",
        (
            Column("类别", width=2),
            Column("件数（件）", "number"),
            Column("涉及金额（元）", "money", 1.5),
            Column("最高等级", width=1),
        ),
        tuple((kind.name, kind.n, kind.amount, kind.gravity) for kind in caught.caught(records, period).kinds),
    )


def outcomes(title: str, head: str, found: Sequence[Outcome]) -> Table:
    """What came of the lines of 预警台账, by 等级 or by 科室."""
    return Table(
        title,
        (
            Column(head, width=1.2),
            Column("件数", "number", 0.7),
            Column("已处理", "number", 0.7),
            Column("待核实", "number", 0.7),
            Column("待说明", "number", 0.7),
            Column("超时限", "number", 0.7),
            Column("误报", "number", 0.7),
            Column("涉及金额（元）", "money", 1.3),
            Column("已追回（元）", "money", 1.3),
        ),
        tuple(
            (
                *(one.name, one.n, one.closed, one.checking, one.explaining, one.overdue, one.mistaken),
                *(one.amount, one.recovered),
            )
            for one in found
        ),
        "“超时限”指待说明中已过说明时限的；“已处理”含已关闭和已上报。",
    )
