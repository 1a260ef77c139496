"""项目验收单: what a project group had to do in four aspects, how it went, and what the review group says."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from automations.measures import Measure, Period, Records, codes, service, supervision
from automations.measures.class_money import class_money
from automations.reports.document import Cell, Column, Table
from automations.rows import RowView
from automations.statements import statement

ASPECTS = ("学习", "生活", "考察调研", "党性锻炼")
"""项目方面 (万州: 建管并举)."""

OTHER = "其他"


@statement("project_acceptance")
def project_acceptance(records: Records, period: Period, row: RowView) -> Mapping[str, Any]:
    """Of one class; ``period`` plays no part."""
    tasks = sorted(service.project_tasks(records, row.id), key=lambda t: (_aspect(t), t.due or row.ends_on, t.id))
    done = [task for task in tasks if task.status in service.TASK_DONE]
    rounds = supervision.rounds_of_class(records, row.id)
    found = supervision.problems(records, rounds)
    return {
        "course": row,
        "team": [records.directory.name(person) for person in row.team or ()],
        "money": class_money(records, row),
        "task_n": Measure(Decimal(len(tasks)), codes(tasks), 0, "项"),
        "done_n": Measure(Decimal(len(done)), codes(done), 0, "项"),
        "score": mean(tasks, "final_score"),
        "ready": service.ready_in_time(records, row),
        "rounds_n": Measure(Decimal(len(rounds)), codes(rounds), 0, "次"),
        "problems_n": Measure(Decimal(len(found)), codes(found), 0, "个"),
        "fixed_n": Measure(Decimal(sum(i.fixed_at is not None for i in found)), codes(found), 0, "个"),
        "lodging": _rate(row, "sat_lodging"),
        "catering": _rate(row, "sat_catering"),
        "overall": _rate(row, "sat_overall"),
        "aspects": _aspects(tasks),
        "tasks": _tasks(records, tasks),
        "rounds": _rounds(records, rounds),
    }


def _aspect(task: RowView) -> int:
    return ASPECTS.index(task.aspect) if task.aspect in ASPECTS else len(ASPECTS)


def _rate(row: RowView, name: str) -> Measure:
    return Measure(row[name], codes([row]), 1, "%")


def mean(tasks: Sequence[RowView], field: str) -> Measure:
    """Mean of a score by 权重 of the tasks in which it is filled; each alike where no weight is."""
    known = [task for task in tasks if task[field] is not None]
    weights = [task.weight or Decimal(0) for task in known]
    if not sum(weights, Decimal(0)):
        weights = [Decimal(1)] * len(known)
    of = sum(weights, Decimal(0))
    total = sum((task[field] * weight for task, weight in zip(known, weights, strict=True)), Decimal(0))
    return Measure(total / of if of else None, codes(known), 1, "分")


def _aspects(tasks: Sequence[RowView]) -> Table:
    names = [*ASPECTS, *([OTHER] if any(task.aspect not in ASPECTS for task in tasks) else [])]
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        its = [t for t in tasks if t.aspect == name or (name == OTHER and t.aspect not in ASPECTS)]
        done = sum(t.status in service.TASK_DONE for t in its)
        rows.append(
            (
                name,
                Decimal(len(its)),
                Decimal(done),
                *(mean(its, f) for f in ("self_score", "review_score", "final_score")),
            )
        )
    return Table(
        "四个方面落实情况",
        (
            Column("方面", width=1.4),
            Column("任务（项）", "number"),
            Column("完成（项）", "number"),
            *(Column(title, "number", places=1) for title in ("自评（分）", "考核（分）", "最终（分）")),
        ),
        tuple(rows),
        "得分按任务权重平均；最终得分由系统按客观指标、项目等次和考核评分计算。",
    )


def _tasks(records: Records, tasks: Sequence[RowView]) -> Table:
    return Table(
        "任务清单",
        (
            Column("方面", width=1.2),
            Column("任务", width=3),
            Column("责任人", width=1.1),
            Column("完成时限", "date", 1.3),
            Column("进度", "percent"),
            Column("状态", width=1),
            Column("最终得分", "number", places=1),
        ),
        tuple(
            (
                task.aspect or OTHER,
                str(task.title or task.code).split("·")[-1],
                records.directory.name(task.person),
                task.due,
                task.progress,
                task.status,
                task.final_score,
            )
            for task in tasks
        ),
    )


def _rounds(records: Records, rounds: Sequence[RowView]) -> Table:
    return Table(
        "过程督查",
        (
            Column("日期", "date", 1.3),
            Column("节点", width=1),
            Column("督查组", width=1),
            Column("得分", "number", places=1),
            Column("检查情况", width=3.4),
            Column("问题（个）", "number"),
        ),
        tuple(
            (r.date, r.checkpoint or "", r.team, r.score, supervision.first_words(r.checklist, 40), r.findings_n)
            for r in rounds
        ),
    )
