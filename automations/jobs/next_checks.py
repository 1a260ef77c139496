"""设施检查: a check that is done plans the next one (domain.md B4.16)."""

from automations import NewRow, whenever


@whenever("equipment_checks")
def next_check(check):
    """The same check of the same thing, a cycle later or on the day until which this one counts."""
    if check.next_due is None or check.has_successor:
        return
    yield NewRow(
        "equipment_checks",
        check_kind=check.check_kind,
        asset=check.asset,
        location=check.location,
        cycle=check.cycle,
        items=check["items"],
        vendor=check.vendor,
        done_by=check.done_by,
        due_on=check.next_due,
    )
