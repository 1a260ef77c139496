"""培训班次: its days, what it may cost and cost, whether it is ready, how its people liked it (domain.md B2.8)."""

from decimal import Decimal

from automations.approvals.words import money
from automations.figures.base import Computed, computes
from automations.rules.class_costs import limit, per_person_day, spent
from automations.rules.classes_facts import ITEMS, ClassFacts
from automations.tables.values import Value

SO_SO = ("一般",)
SHOWN = {"住宿": ("lodging",), "餐饮": ("catering",), "总体": ITEMS}


@computes(
    "training_classes",
    *("days", "cost_limit", "cost_actual", "cost_per_pd", "readiness"),
    *("sat_lodging", "sat_catering", "sat_overall", "survey_n"),
)
def training_classes(course: ClassFacts) -> Computed:
    """培训天数, 综合定额, 实际成本, 人天成本, 开班准备, 满意率, 有效问卷."""
    cost = spent(course)
    cells: dict[str, Value] = {
        "days": None if course.length is None else Decimal(course.length),
        "cost_limit": limit(course),
        "cost_actual": cost,
        "cost_per_pd": per_person_day(course, cost),
        "readiness": course.readiness_now,
        "sat_lodging": course.satisfaction("lodging"),
        "sat_catering": course.satisfaction("catering"),
        "sat_overall": course.satisfaction(*ITEMS),
        "survey_n": Decimal(len(course.valid_sheets)),
    }
    return Computed(cells, "\n".join(filter(None, (_without_lectures(course, cost), _second_figure(course)))))


def _without_lectures(course: ClassFacts, cost: Decimal) -> str:
    """综合定额 does not cover 讲课费: only the rest can be held against it."""
    rest = spent(course, lectures=False)
    found = per_person_day(course, rest)
    if rest == cost or found is None:
        return ""
    return f"实际成本含讲课费{money(cost - rest)}元；除讲课费外每人天{money(found)}元。"


def _second_figure(course: ClassFacts) -> str:
    """含一般, told apart from 满意率: schools differ in what they call satisfied, and the two are never mixed."""
    found = [(name, course.satisfaction(*items, more=SO_SO)) for name, items in SHOWN.items()]
    told = "、".join(f"{name}{value.normalize():f}%" for name, value in found if value is not None)
    return f"满意率只计很满意和满意；含一般：{told}。" if told else ""
