"""部门: how many work there (domain.md B1.1)."""

from decimal import Decimal

from automations.books import Facts
from automations.figures.base import Computed, computes
from automations.people import GONE


@computes("departments", "headcount")
def departments(department: Facts) -> Computed:
    """在岗人数: everybody who has not left."""
    staff = [p for p in department.pointing("people", "department") if p.status != GONE]
    return Computed({"headcount": Decimal(len(staff))})
