"""预警台账: whoever is named explains, somebody else closes (domain.md B6.29)."""

from collections.abc import Iterator
from typing import Any

from automations.books import Facts
from automations.rules.base import rule
from automations.rules.claims import empty

TABLE = "violations"
TO_BE_CHECKED, CLOSED, FALSE_ALARM, REPORTED = "待核实", "已关闭", "误报", "已上报"
CLOSING = (CLOSED, FALSE_ALARM, REPORTED)
MAY_CLOSE = ("会计", "分管领导", "主要领导")

Figures = Iterator[dict[str, Any]]


@rule("关闭预警", TABLE, "B29", "预警不能由责任人本人关闭。", at=CLOSING)
def closed_by_another(line: Facts) -> Figures:
    """Nobody closes an alert about himself, and nobody's name may stand for it."""
    actor = line.actor.id if line.actor is not None else None
    if line["person"] is not None and line["person"] in (actor, line.closed_by):
        yield {}


@rule("关闭预警", TABLE, "B29", "只有会计、分管领导或主要领导可以关闭预警。", at=CLOSING)
def closed_by_finance_or_a_leader(line: Facts) -> Figures:
    """会计, 分管领导 or 主要领导 closes an alert."""
    if line.actor is not None and not any(line.actor.has(role) for role in MAY_CLOSE):
        yield {}


@rule("关闭预警", TABLE, "B29", "关闭前请填写“处理意见”。", at=CLOSING)
def handling_is_written_down(line: Facts) -> Figures:
    """What was done about it is on record."""
    if empty(line.handling):
        yield {}


@rule("关闭预警", TABLE, "B29", "责任人还没有填写“情况说明”，不能转入“{status}”。", at=(TO_BE_CHECKED, CLOSED))
def explained_first(line: Facts) -> Figures:
    """Whoever is named was heard, unless it was a false alarm."""
    if line["person"] is not None and empty(line.explanation):
        yield {"status": line.moment}
