"""人员: whether somebody may sign for this colleague today (domain.md B1.2, C2)."""

from decimal import Decimal

from automations.books import Facts
from automations.figures.base import Computed, computes


@computes("people", "delegate_active")
def people(person: Facts) -> Computed:
    """委托生效: a delegation that would pass for some 委托范围 today, on however small a sum."""
    found = person.directory.get(person.id)
    if found is None or found.delegate is None:
        return Computed({"delegate_active": False})
    limit = person.norm.money("delegate.top_limit")
    gaps = [
        person.directory.delegation_gap(found, person.today, scope, Decimal(0), limit) for scope in found.delegate_scope
    ]
    return Computed({"delegate_active": "" in gaps})
