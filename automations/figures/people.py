"""人员: whether somebody may sign for this colleague today, how far he got this year (domain.md B1.2, C2)."""

from datetime import date
from decimal import Decimal

from automations.books import Facts
from automations.figures.base import Computed, computes
from automations.figures.learning_rates import learning_rate
from automations.measures.awards import goal_score
from automations.rules.people import goals_of


@computes("people", "delegate_active", "learn_rate", "goal_score")
def people(person: Facts) -> Computed:
    """委托生效, 学习完成率, 目标得分."""
    person.reached(date(person.on.year + 1, 1, 1))  # another year, other figures
    return Computed(
        {
            "delegate_active": _delegate_active(person),
            "learn_rate": learning_rate(person, person.row, person.on.year),
            "goal_score": goal_score(goals_of(person), person.on.year),
        }
    )


def _delegate_active(person: Facts) -> bool:
    """A delegation that would pass for some 委托范围 today, on however small a sum."""
    found = person.directory.get(person.id)
    if found is None or found.delegate is None:
        return False
    limit = person.norm.money("delegate.top_limit")
    gaps = [
        person.directory.delegation_gap(found, person.today, scope, Decimal(0), limit) for scope in found.delegate_scope
    ]
    return "" in gaps
