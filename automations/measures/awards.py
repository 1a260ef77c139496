"""优质服务奖 and 优秀管理奖: candidates by 岗位目标考核得分 (domain.md A30, AW-01)."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from automations.people import GONE
from automations.rows import RowView

SERVICE, MANAGER = "优质服务奖", "优秀管理奖"
PLACES: Mapping[str, str] = {SERVICE: "award.service", MANAGER: "award.manager"}
FACTOR = "award.candidates"
"""So many times the places are candidates."""

GOAL = "岗位目标"


class Candidate(NamedTuple):
    """Somebody who may win, with 岗位目标考核得分 of the year."""

    person: RowView
    score: Decimal


def goal_score(tasks: Iterable[RowView], year: int) -> Decimal | None:
    """目标得分: the year's scored 岗位目标 of one colleague, by weight; None before the first is scored."""
    scored = [
        t for t in tasks if t.kind == GOAL and t.year == year and t.final_score is not None and t.weight is not None
    ]
    weights = sum((t.weight for t in scored), Decimal(0))
    if not weights:
        return None
    total = sum((t.weight * t.final_score for t in scored), Decimal(0))
    return Decimal(total / weights).quantize(Decimal("0.1"), ROUND_HALF_UP)


def may_win(person: RowView, award: str) -> bool:
    """Whether somebody belongs to the group for which an award is."""
    if person.status == GONE:
        return False
    return bool(person.is_log_manager if award == MANAGER else person.is_logistics and not person.is_log_manager)


def candidates(
    people: Iterable[RowView], tasks: Iterable[RowView], award: str, year: int, most: int
) -> list[Candidate]:
    """The first ``most`` of a group by 目标得分, best first; whoever scores the same as the last is in as well."""
    goals: dict[int, list[RowView]] = {}
    for task in tasks:
        goals.setdefault(task.person, []).append(task)
    scored = [(p, goal_score(goals.get(p.id, ()), year)) for p in people if may_win(p, award)]
    ranked = sorted((Candidate(p, s) for p, s in scored if s is not None), key=lambda c: (-c.score, c.person.id))
    return [c for c in ranked if len(ranked) <= most or c.score >= ranked[most - 1].score] if most else []
