"""供餐留样: how many should eat, what a meal costs, how its samples stand (domain.md B2.10)."""

from decimal import ROUND_HALF_UP, Decimal

from automations.figures.base import Computed, computes
from automations.rules.meals import MealFacts

CENT = Decimal("0.01")


@computes("meals", "planned_n", "cost_per_meal", "state")
def meals(meal: MealFacts) -> Computed:
    """应就餐, 餐均成本, 留样状态."""
    cost = (meal.food_cost / meal.actual_n).quantize(CENT, ROUND_HALF_UP) if meal.food_cost and meal.actual_n else None
    return Computed({"planned_n": meal.expected, "cost_per_meal": cost, "state": meal.state_now})
