"""Which requests (事前审批) go up to 主要领导 (domain.md C5)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from automations.norms import Norms
from automations.people import Directory
from automations.tables.values import Values

RECEPTION, TRIP = "公务接待", "出差"
SENIOR = frozenset({"中层", "班子成员", "主要领导"})
"""职级类别 of 中层 and above."""


def needs_top(row: Values, directory: Directory, norms: Norms, on: date) -> bool:
    """Receptions, trips of 中层 and above out of the district, and whatever costs much."""
    if row["kind"] in norms.names("request.top_kinds", on):
        return True
    if (
        row["kind"] == TRIP
        and leaves_district(row, norms, on)
        and any(rank in SENIOR for rank in _ranks(row, directory))
    ):
        return True
    estimate = row["est_amount"]
    return isinstance(estimate, Decimal) and estimate >= norms.money("request.top_from", on)


def leaves_district(row: Values, norms: Norms, on: date) -> bool:
    """地点 names none of the words for the school's own district; a school that has not set them: every trip."""
    place = str(row["place"] or "")
    return not any(name in place for name in norms.names("school.district", on))


def _ranks(row: Values, directory: Directory) -> Iterator[str]:
    people = row["people"]
    for who in (row["handler"], *(people if isinstance(people, tuple) else ())):
        person = directory.get(who if isinstance(who, int) else None)
        if person is not None:
            yield person.rank
