"""目标任务: what the work itself says, and the score that comes of it (domain.md A54, B2.9)."""

from decimal import ROUND_HALF_UP, Decimal

from automations.figures.base import Computed, computes
from automations.figures.indicators import indicator, points
from automations.figures.project_grades import project_grade
from automations.rules.tasks import ARCHIVED, RUNNING, SCORED, TO_SCORE, TaskFacts

DECIDED = frozenset({SCORED, ARCHIVED})
BEGUN = DECIDED | {RUNNING, TO_SCORE}
NOTHING_KNOWN = "客观指标“{name}”没有数据，最终得分按考核评分计。"


@computes("tasks", "indicator_value", "final_score")
def tasks(task: TaskFacts) -> Computed:
    """指标值, and 最终得分: the objective share by 指标值 and 项目等次 (their mean), the rest by the reviewers."""
    value = indicator(task) if task.status in BEGUN else None
    review = task.review_score
    if review is None or task.status not in DECIDED:  # what is typed before the reviewers say so is no score
        return Computed({"indicator_value": value, "final_score": None})
    grade, note = project_grade(task)
    known = [found for found in (None if value is None else points(task, value), grade) if found is not None]
    if not known:
        if not note and task.indicator not in (None, "无"):
            note = NOTHING_KNOWN.format(name=task.indicator)
        return Computed({"indicator_value": None, "final_score": review}, note)
    share = task.year_norm.number("review.objective_share") / 100
    final = share * sum(known, Decimal(0)) / len(known) + (1 - share) * review
    return Computed({"indicator_value": value, "final_score": final.quantize(Decimal("0.1"), ROUND_HALF_UP)}, note)
