"""评优建议名单: whom to propose for 优质服务奖 and 优秀管理奖, and on what grounds. Only the school decides (AW-01)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from automations.measures import Measure, Period, Records, awards, codes, staff, time_limits
from automations.measures.awards import Candidate
from automations.reports.document import Column, Table
from automations.rows import RowView
from automations.statements import statement


@statement("awards")
def award_candidates(records: Records, period: Period) -> Mapping[str, Any]:
    """By 岗位目标考核得分 of the year of ``period``."""
    year = period.last.year
    service, service_n = _candidates(records, period, awards.SERVICE)
    manager, manager_n = _candidates(records, period, awards.MANAGER)
    return {
        "year": year,
        "service_places": service_n,
        "manager_places": manager_n,
        "service_n": len(service),
        "manager_n": len(manager),
        "scored": _scored(records, year),
        "unscored": _unscored(records, year),
        "service": _table(records, period, f"{awards.SERVICE}候选人", service),
        "manager": _table(records, period, f"{awards.MANAGER}候选人", manager),
    }


def _candidates(records: Records, period: Period, award: str) -> tuple[list[Candidate], int]:
    places = records.norms.whole(awards.PLACES[award], period.last)
    most = places * records.norms.whole(awards.FACTOR, period.last)
    return awards.candidates(
        records["people"], _goals(records, period.last.year), award, period.last.year, most
    ), places


def _goals(records: Records, year: int) -> Sequence[RowView]:
    return [task for task in records["tasks"].where(kind=awards.GOAL) if task.year == year]


def _eligible(records: Records) -> list[RowView]:
    return [p for p in records["people"] if any(awards.may_win(p, award) for award in awards.PLACES)]


def _scored(records: Records, year: int) -> Measure:
    """Who may win and has a score."""
    goals = _goals(records, year)
    found = [
        p for p in _eligible(records) if awards.goal_score((t for t in goals if t.person == p.id), year) is not None
    ]
    return Measure(Decimal(len(found)), codes(found), 0, "人")


def _unscored(records: Records, year: int) -> Measure:
    """Who may win and has none yet."""
    goals = _goals(records, year)
    found = [p for p in _eligible(records) if awards.goal_score((t for t in goals if t.person == p.id), year) is None]
    return Measure(Decimal(len(found)), codes(found), 0, "人")


def _table(records: Records, period: Period, title: str, found: Sequence[Candidate]) -> Table:
    return Table(
        title,
        (
            Column("姓名", width=1.2),
            Column("部门", width=1.3),
            Column("岗位", width=1.8),
            Column("目标考核得分（分）", "number", 1.3, places=1),
            Column("目标（项）", "number"),
            Column("学习完成率", "percent", 1.1, places=1),
            Column("办理工单（件）", "number", 1.2),
            Column("按时办结率", "percent", 1.1, places=1),
        ),
        tuple(_line(records, period, one) for one in found),
        "按岗位目标考核得分从高到低，同分按人员编号；学习完成率按“四个一”全年应完成数；工单按办结时限在本年的统计。",
    )


def _line(records: Records, period: Period, one: Candidate) -> tuple[str | Decimal | Measure | None, ...]:
    person, year = one.person, period.last.year
    goals = [t for t in _goals(records, year) if t.person == person.id and t.final_score is not None]
    its = [i for i in records.linked("issues", "handler", person.id) if i.due_at in period]
    met, of = time_limits.share_met(its, lambda day: day <= records.today)
    return (
        str(person.name),
        records.name("departments", person.department),
        records.name("posts", person.post),
        Measure(one.score, codes(goals), 1, "分"),
        Decimal(len(goals)),
        staff.learning_rate(records, person, period),
        Decimal(of),
        Measure(Decimal(met * 100) / of if of else None, codes(its), 1, "%"),
    )
