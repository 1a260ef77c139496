"""八 队伍与学习."""

from automations.measures import Period, Records, staff
from automations.reports.document import Column, Table


def learning(records: Records, period: Period) -> Table:
    """八 四个一 of the year so far."""
    rates = staff.four_ones(records, period)
    return Table(
        "“四个一”完成率（本年）",
        (Column("内容", width=2), Column("完成率", "percent", places=1)),
        tuple(rates.items()),
        "按应参加人员计；请假、出差的工作日和未到期的不计；“综合”为每人完成率的平均。",
    )
