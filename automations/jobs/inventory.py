"""N34: the yearly inventory: every week of it, custodians are told what they have not counted yet (AS-01)."""

from collections import defaultdict
from datetime import date

from automations import Notice, job


@job(table="assets", at="weekly first workday 08:40")
def inventory(assets, today, norms):
    """Every week of the inventory, to each custodian: how many of his things nobody has seen yet."""
    first, last = (date(today.year, *norms.day(f"asset.inventory_{end}", today)) for end in ("from", "to"))
    if not first <= today <= last:
        return
    for custodian, things in unseen(assets, today.year, "custodian").items():
        yield Notice(
            about=f"people/{custodian}",
            stage=f"week-{today}",
            deadline=last,
            to=[custodian or "logistics"],
            template="inventory",
            data={"n": len(things), "last": last, "names": [thing.name for thing in things[:5]]},
        )


def unseen(assets, year, by):
    """Things that were not counted this year, by custodian or department."""
    found = defaultdict(list)
    for asset in assets:
        if asset.status != "已处置" and (asset.inv_on is None or asset.inv_on.year < year):
            found[asset[by]].append(asset)
    return found
