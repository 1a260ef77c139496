"""六 设施设备与安全, and the assets of the year."""

from decimal import Decimal

from automations.measures import Period, Records, facilities, means
from automations.reports.document import Column, Table


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


def assets(records: Records) -> Table:
    """办学条件 资产总量."""
    rows = [(name, n, value) for name, (n, value) in means.assets_by_category(records).items()]
    return Table(
        "资产总量",
        (Column("类别", width=2), Column("数量（件）", "number"), Column("原值（元）", "money", 1.5)),
        tuple(rows),
        "不含办公耗材和已处置资产。",
    )


def unclear(records: Records) -> Table:
    """办学条件 产权待明确清单."""
    return Table(
        "产权待明确的资产",
        (
            Column("编号", width=1.4),
            Column("名称", width=2),
            Column("类别", width=1.2),
            Column("使用部门", width=1.4),
            Column("取得日期", "date", 1.3),
            Column("原值（元）", "money", 1.3),
        ),
        tuple(
            (
                *(str(a.code), a.name or "", a.category or "", records.name("departments", a.user_dept)),
                *(a.acquired_on, a.value),
            )
            for a in means.unclear(records)
        ),
    )
