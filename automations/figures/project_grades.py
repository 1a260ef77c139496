"""项目等次 of a class, as points for each task of its project (domain.md A34: reward and punish the project group)."""

from decimal import Decimal

from automations.amounts import parse_number
from automations.errors import AmountError
from automations.rules.tasks import PROJECT, TaskFacts

POINTS = "project.grade_points"
NOT_GRADED = "班次“{name}”还没有评定项目等次，评定后计入最终得分。"
UNREADABLE = "参数“{key}”没有写明“{grade}”折算几分，请写成“优秀:100、良好:85”的样子；现在按考核评分计。"


def project_grade(task: TaskFacts) -> tuple[Decimal | None, str]:
    """Points of the class that a 项目任务 belongs to, and what is to be said; None as long as nobody graded it."""
    course = task.of("training_class") if task.kind == PROJECT else None
    if course is None or not course.is_project:
        return None, ""
    if course.project_grade is None:
        return None, NOT_GRADED.format(name=course.name)
    points = _points(task, course.project_grade)
    return points, UNREADABLE.format(key=POINTS, grade=course.project_grade) if points is None else ""


def _points(task: TaskFacts, grade: str) -> Decimal | None:
    """What the school's scale gives for a grade; None where nobody can read it there."""
    scale = (entry.replace("：", ":").partition(":") for entry in task.year_norm.names(POINTS))
    text = next((points for name, _, points in scale if name.strip() == grade), "")
    try:
        return parse_number(text)
    except AmountError:
        return None
