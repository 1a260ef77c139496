"""N22: no food samples of a meal: the canteen and the logistics office are told at once, then 分管领导."""

from datetime import datetime, timedelta

from automations import Notice, job
from automations.workdays import SCHOOL_TIME

STARTS = {"早": "breakfast", "中": "lunch", "晚": "dinner", "加餐": "extra"}
"""Last part of the parameter that says when a meal begins."""


@job(table=("meals", "locations"), at="daily 01:10, 09:10, 11:10, 14:10, 16:10, 20:10, 22:10, 23:10")
def meal_samples(meals, locations, now, today, directory, norms):
    """Two and four hours after a meal began (21:00 for 加餐); food is urgent, also at night and on days off."""
    canteens = [place for place in locations.where(kind="餐厅")]
    keepers = [place.duty_person for place in canteens if place.duty_person]
    leaders = [leader.id for place in canteens if (leader := directory.leader_of(place.department))] or ["分管领导"]
    for meal in meals.where(state="留样缺失", date=(today, today - timedelta(days=1))):
        start = datetime.combine(meal.date, norms.clock(f"food.start.{STARTS[meal.meal]}", meal.date), SCHOOL_TIME)
        for stage, key, to in (
            ("canteen", "food.sample_due_hours", [*keepers, "logistics"]),
            ("leader", "food.sample_leader_hours", leaders),
        ):
            if now >= start + timedelta(hours=norms.whole(key, meal.date)):
                yield Notice(
                    about=meal,
                    stage=stage,
                    to=to,
                    template="meal_samples",
                    data={"day": meal.date, "meal": meal.meal if meal.meal.endswith("餐") else f"{meal.meal}餐"},
                    urgent=True,
                )
