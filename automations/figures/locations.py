"""楼栋房间: which class is in it today (domain.md B1.4; EN-03 asks whether a room is empty)."""

from datetime import timedelta

from automations.books import Facts
from automations.figures.base import Computed, computes
from automations.rows import RowView

CANCELLED = "取消"


@computes("locations", "today_class")
def locations(place: Facts) -> Computed:
    """今日占用班次: the class whose days these are; of two the one that began first."""
    found = [*place.pointing("training_classes", "classroom"), *place.pointing("training_classes", "rooms")]
    here = [c for c in found if _is_on(place, c)]
    first = min(here, key=lambda c: (c.starts_on, c.id), default=None)
    return Computed({"today_class": None if first is None else first.id})


def _is_on(place: Facts, course: RowView) -> bool:
    if course.starts_on is None or course.ends_on is None or course.status == CANCELLED:
        return False
    return place.reached(course.starts_on) and not place.reached(course.ends_on + timedelta(days=1))
