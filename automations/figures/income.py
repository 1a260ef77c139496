"""收入缴库: where it must go and by when, what is missing, how late it is (domain.md B5.25, C4)."""

from decimal import Decimal

from automations.figures.base import Computed, computes
from automations.rules.base import UNVERIFIED
from automations.rules.income import IncomeFacts


@computes("income", "route", "due_on", "gap", "late_wd")
def income(income: IncomeFacts) -> Computed:
    """应缴去向, 应缴日, 差额, 迟缴工作日."""
    route, note = _route(income)
    late = income.late_wd
    return Computed(
        {
            "route": route,
            "due_on": income.due_on,
            "gap": income.gap,
            "late_wd": None if late is None else Decimal(late),
        },
        note,
    )


def _route(income: IncomeFacts) -> tuple[str | None, str]:
    """应缴去向 by 收入种类, and what to say about it."""
    if income.kind is None:
        return None, ""
    key = f"income.route.{income.kind}"
    route, known = income.norm.text(key), income.schema["route"].options
    if route not in known:
        return None, f"参数“{key}”应填{'、'.join(known)}之一，现在是“{route}”。"
    return route, "" if income.norm.verified(key) else f"应缴去向“{route}”{UNVERIFIED}，请会计核实。"
