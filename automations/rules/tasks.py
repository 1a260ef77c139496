"""目标任务: weights, time limits, and who scores whom and when (domain.md A9, A30–32, A54, B2.9, TK-01, TK-02)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from automations.books import Facts, cached_property
from automations.books.facts import NormsOn
from automations.measures.awards import GOAL
from automations.rules.base import ALWAYS, facts_of, rule
from automations.rules.claims import empty, missing_cells, quoted

TABLE = "tasks"
PROJECT, PRIORITY = "项目任务", "年度重点"
SET, RUNNING, TO_SCORE, SCORED, ARCHIVED = "已下达", "进行中", "待考核", "已考核", "已归档"
UNDER_WAY = frozenset({SET, RUNNING})
REFUSED = "不同意"
YEARLY = frozenset({GOAL, PRIORITY})
"""Kinds that are scored in the last month of the year; the others when they are done."""

NEEDED_BY_KIND: Mapping[str, Sequence[str]] = {PROJECT: ("training_class", "aspect"), PRIORITY: ("four_first",)}

REVIEWERS = ("部门负责人", "分管领导", "主要领导", "组织人事")
ALL, HIGHEST = 100, 100

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class TaskFacts(Facts):
    """A task with the parameters of the day on which it is due."""

    @cached_property
    def year_norm(self) -> NormsOn:
        """Parameters on the day the task is due: what is scored later is scored by the same measure."""
        return NormsOn(self._norms, self.due or self.on, self.books)

    @cached_property
    def own(self) -> str:
        """The name of the colleague responsible."""
        return self.directory.name(self["person"])


@rule("必填", TABLE, "B2.9", "请填写：{fields}。")
def task_is_complete(task: Facts) -> Figures:
    """Everything marked ● is filled, the class and side of a project task, what a 年度重点 is to make first-class."""
    if missing := missing_cells(task, *NEEDED_BY_KIND.get(task.kind, ())):
        yield {"fields": quoted(missing)}


@rule("TK-01", TABLE, "B2.9；A54", "{name}{year}年岗位目标权重合计{sum}%，应为100%。")
def weights_make_a_hundred(task: TaskFacts) -> Figures:
    """The year's goals of one colleague weigh 100 % together; one that was refused weighs nothing."""
    if task.kind != GOAL or task["person"] is None or task.year is None:
        return
    goals = task.books.where(TABLE, "person", task["person"], kind=GOAL, year=task.year)
    total = sum((g.weight for g in goals if g.weight is not None and g.status != REFUSED), Decimal(0))
    if total != ALL:
        yield {"name": task.own, "year": int(task.year), "sum": total}


@rule("TK-02", TABLE, "B2.9；N31", "任务“{title}”已超期{late}个工作日。", "提示", at=ALWAYS)
def done_in_time(task: TaskFacts) -> Figures:
    """A task is handed in for scoring by its day."""
    if task.status not in UNDER_WAY or task.due is None or not task.reached(task.due + timedelta(days=1)):
        return
    if (late := task.calendar.between(task.due, task.today)) > 0:
        yield {"title": task.title, "late": late}


# Scoring --------------------------------------------------------------------------------------------------------------


@rule("必填", TABLE, "B2.9", "请填写“佐证说明”或上传“佐证材料”。", at=TO_SCORE)
def evidence_is_there(task: TaskFacts) -> Figures:
    """Who says that he is done shows it."""
    if empty(task.evidence) and empty(task.evidence_files):
        yield {}


@rule("必填", TABLE, "B2.9", "请填写“{field}”。", at=SCORED)
def there_is_a_score(task: TaskFacts) -> Figures:
    """The reviewers gave their score."""
    if task.review_score is None:
        yield {"field": task.schema["review_score"].title}


@rule("考核评分", TABLE, "B2.9", "“{field}”应在0至100之间，现在是{score}分。", "拦截", at=(TO_SCORE, SCORED))
def score_within_the_scale(task: TaskFacts) -> Figures:
    """Scores lie between 0 and 100."""
    for name in ("self_score", "review_score"):
        if task[name] is not None and not 0 <= task[name] <= HIGHEST:
            yield {"field": task.schema[name].title, "score": task[name]}


@rule("考核评分", TABLE, "B2.9", "不能给自己的目标评分。", at=SCORED)
def scored_by_another(task: TaskFacts) -> Figures:
    """Nobody scores himself."""
    if task.actor is not None and task.actor.id == task["person"]:
        yield {}


@rule("考核评分", TABLE, "B2.9", "考核评分由部门负责人、校领导或组织人事确定，{name}不在其中。", at=SCORED)
def scored_by_the_reviewers(task: TaskFacts) -> Figures:
    """部门负责人, a leader or 组织人事 gives the score."""
    if task.actor is not None and not any(task.actor.has(role) for role in REVIEWERS):
        yield {"name": task.actor.name}


@rule(
    "考核评分",
    TABLE,
    "B2.9",
    "{year}年“{kind}”的考核评分在{first}至{last}之间进行，今天是{today}。",
    at=SCORED,
    settings=("review.from", "review.to"),
)
def scored_at_the_end_of_the_year(task: TaskFacts) -> Figures:
    """Goals of the year are scored in its last month, when everything is known."""
    if task.kind not in YEARLY or task.year is None:
        return
    first, last = (date(int(task.year), *task.norm.day(key)) for key in ("review.from", "review.to"))
    if not first <= task.today <= last:
        yield {"year": int(task.year), "kind": task.kind, "first": first, "last": last, "today": task.today}
