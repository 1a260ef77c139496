"""客观指标 of 目标任务, each worked out from the tables where the work is done (domain.md A54, B2.9).

A number that nothing is known about is None, never 0.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from automations.figures.learning_rates import learning_rate
from automations.measures.metering import SLOTS, Counted, Series
from automations.measures.service import weighted
from automations.measures.time_limits import share_met
from automations.rows import RowView
from automations.rules.tasks import HIGHEST, PRIORITY, PROJECT, TaskFacts
from automations.workdays import local_date

ENERGY = "能耗同比"
COEFFICIENTS: Mapping[str, str] = {"电": "energy.coef.electricity", "气": "energy.coef.gas"}
"""To standard coal; water is no energy."""


def indicator(task: TaskFacts) -> Decimal | None:
    """指标值, %."""
    find = _INDICATORS.get(task.indicator)
    value = None if find is None or task.year is None else find(task, int(task.year))
    return None if value is None else Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP)


def points(task: TaskFacts, value: Decimal) -> Decimal:
    """From 0 to 100: a share counts as it is; energy counts in full unless more was used than the year before."""
    if task.indicator == ENERGY:
        value = HIGHEST - max(value, Decimal(0)) * task.year_norm.whole("review.energy_loss")
    return min(max(value, Decimal(0)), Decimal(HIGHEST))


def _share(met: int, of: int) -> Decimal | None:
    return Decimal(met * 100) / of if of else None


# 报修按时率, 整改按期率 -----------------------------------------------------------------------------------------------


def _issues(task: TaskFacts, kind: str) -> Iterable[RowView]:
    """Those he handles himself; of whoever heads the department, and of an annual priority, all of the department."""
    head = task.directory.head_of(task.department)
    if task.kind == PRIORITY or (head is not None and head.id == task["person"]):
        return task.books.where("issues", "duty_dept", task.department, kind=kind)
    return task.books.where("issues", "handler", task["person"], kind=kind)


def _on_time(kind: str) -> Callable[[TaskFacts, int], Decimal | None]:
    def share(task: TaskFacts, year: int) -> Decimal | None:
        due = [i for i in _issues(task, kind) if i.due_at is not None and local_date(i.due_at).year == year]
        return _share(*share_met(due, task.reached))

    return share


# 满意率, 学习完成率 ---------------------------------------------------------------------------------------------------


def _satisfaction(task: TaskFacts, year: int) -> Decimal | None:
    """总体满意率 of the task's own class, or of the year's classes, each by its answers."""
    if task.kind == PROJECT:
        classes = [c] if (c := task.of("training_class")) is not None else []
    else:
        classes = [c for c in task.books.all("training_classes") if c.ends_on is not None and c.ends_on.year == year]
    return weighted((c.sat_overall, c.survey_n) for c in classes)


def _learning(task: TaskFacts, year: int) -> Decimal | None:
    """学习完成率: this year's stands in 人员 already."""
    if year == task.on.year:
        rate: Decimal | None = task.books.cell("people", task["person"], "learn_rate")
        return rate
    return learning_rate(task, task.books.row("people", task["person"]), year)


# 能耗同比 -------------------------------------------------------------------------------------------------------------


def _energy(task: TaskFacts, year: int) -> Decimal | None:
    """More (+) or less (-) energy than in the same months of the year before, in standard coal."""
    now: dict[int, Decimal] = {}
    before: dict[int, Decimal] = {}
    for meter in task.books.all("meters"):
        if meter.parent is not None or meter.kind not in COEFFICIENTS:
            continue
        weight = task.year_norm.number(COEFFICIENTS[meter.kind]) * (meter.multiplier or 1)
        for (of, month), counted in _months(task, meter).items():
            if of in (year, year - 1):
                found = now if of == year else before
                found[month] = found.get(month, Decimal(0)) + counted.used * weight
    both = now.keys() & before.keys()
    last = sum((before[m] for m in both), Decimal(0))
    return (sum((now[m] for m in both), Decimal(0)) - last) * 100 / last if last else None


def _months(task: TaskFacts, meter: RowView) -> Mapping[tuple[int, int], Counted]:
    where = task.books.where
    return Series.of(r for slot in SLOTS for r in where("meter_readings", "meter", meter.id, slot=slot)).months


_INDICATORS: Mapping[str, Callable[[TaskFacts, int], Decimal | None]] = {
    "报修按时率": _on_time("报修"),
    "整改按期率": _on_time("整改"),
    "满意率": _satisfaction,
    "学习完成率": _learning,
    ENERGY: _energy,
}
