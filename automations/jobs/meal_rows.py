"""A meal of a running class that nobody entered in time gets a row: the canteen has to explain (ML-01)."""

from automations import NewRow, whenever


@whenever("training_classes")
def meal_rows(course):
    """Once for each meal, whichever classes took it."""
    for day, meal, classes in course.meals_without_a_row:
        yield NewRow("meals", key=f"{day} {meal}", date=day, meal=meal, classes=classes)
