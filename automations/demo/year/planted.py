"""Everything planted in a year, by its number in domain.md E6."""

from collections.abc import Collection, Mapping

from automations.demo.year import (
    controls,
    planted_facilities,
    planted_income,
    planted_service,
    planted_signing,
    planted_spending,
)
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
