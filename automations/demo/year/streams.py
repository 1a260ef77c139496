"""Every stream of the year, by name. The name seeds its dice: renaming one changes its year."""

from collections.abc import Iterator, Mapping

from automations.demo.year import (
    classes,
    contracting,
    errands,
    income,
    lettings,
    logistics_classes,
    logistics_documents,
    logistics_energy,
    logistics_facilities,
    logistics_inspections,
    logistics_issues,
    logistics_learning,
    logistics_meals,
    logistics_supplies,
    logistics_surveys,
    logistics_tasks,
    logistics_vehicles,
    purchases,
)
from automations.demo.year.edits import Edit, Stream
from automations.demo.year.plan import Plan

MONEY: Mapping[str, Stream] = {
    "classes": classes.classes,
    "trips": errands.trips,
    "receptions": errands.receptions,
    "meetings": errands.meetings,
    "drives": errands.drives,
    "purchases": purchases.purchases,
    "repairs": purchases.repairs,
    "printing": purchases.printing,
    "utilities": purchases.utilities,
    "lectures": classes.lectures,
    "costs": classes.costs,
    "scores": contracting.scores,
    "payments": contracting.payments,
    "income": income.income,
}
SERVICE: Mapping[str, Stream] = {
    "lettings": lettings.lettings,
    "class_lives": logistics_classes.class_lives,
    "meals": logistics_meals.meals,
    "surveys": logistics_surveys.surveys,
    "inspections": logistics_inspections.inspections,
    "rectifications": logistics_issues.rectifications,
    "issues": logistics_issues.issues,
    "learning": logistics_learning.learning,
    "tasks": logistics_tasks.tasks,
    "documents": logistics_documents.documents,
}
FACILITIES: Mapping[str, Stream] = {
    "checks": logistics_facilities.checks,
    "single_checks": logistics_facilities.single_checks,
    "inventory": logistics_facilities.inventory,
    "nights": logistics_energy.nights,
    "month_ends": logistics_energy.month_ends,
    "logs": logistics_vehicles.logs,
    "supplies": logistics_supplies.supplies,
}
STREAMS: Mapping[str, Stream] = {**MONEY, **SERVICE, **FACILITIES}


def lawful(plan: Plan) -> Iterator[Edit]:
    """What people do who keep to the rules."""
    for name, stream in STREAMS.items():
        yield from stream(plan, plan.dice(name))
