"""岗位: how many hold it (domain.md B1.3)."""

from decimal import Decimal

from automations.books import Facts
from automations.figures.base import Computed, computes
from automations.people import GONE


@computes("posts", "actual")
def posts(post: Facts) -> Computed:
    """实有人数: everybody on the post who has not left."""
    staff = [p for p in post.pointing("people", "post") if p.status != GONE]
    return Computed({"actual": Decimal(len(staff))})
