"""Everything planted in a year, by its number in domain.md E6."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from automations.demo.year import (
    controls,
    planted_facilities,
    planted_income,
    planted_service,
    planted_signing,
    planted_spending,
)
from automations.demo.year.paperwork import CLAIMS, REQUESTS
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Planted, Story

STORIES: Mapping[str, Story] = {
    **planted_signing.STORIES,
    **planted_spending.STORIES,
    **planted_income.STORIES,
    **planted_facilities.STORIES,
    **planted_service.STORIES,
    **controls.STORIES,
}


def planted(plan: Plan, only: Collection[str] = ()) -> list[Planted]:
    """All of them, or those named, as far as the year has come."""
    return [story(plan) for id, story in sorted(STORIES.items()) if not only or id in only]


def taken(plan: Plan) -> Mapping[str, Decimal]:
    """元 that the stories take at most from each budget line: a permission and its claim are counted once."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for edit in (e for story in planted(plan) for e in story.edits):
        if edit.table in (CLAIMS, REQUESTS) and (line := edit.cells.get("budget_line")) is not None:
            permit = edit.cells.get("request")
            one = permit.key if permit is not None else edit.key
            amount = Decimal(edit.cells.get("amount") or edit.cells.get("est_amount") or 0)
            sums[line.key][one] = max(sums[line.key][one], amount)
    return {line: sum(amounts.values(), Decimal(0)) for line, amounts in sums.items()}
