"""资产设备: what must be looked after has its next check planned (domain.md A11, A17, B4.16)."""

from collections.abc import Iterator

from automations.rows import RowView
from automations.rules.assets import FIRE, TABLE, WORKING, AssetFacts, Figures
from automations.rules.base import ALWAYS, rule

CHECKS = "equipment_checks"
OF_A_PLACE = ("灭火器月查", "灭火器维修", "消防检测")
"""检查类型 in which somebody goes through a place and looks at each 消防器材 there."""


@rule(
    "检查安排",
    TABLE,
    "A11、A17；万州：设施经常性检查制度",
    "“{name}”（{no}）没有安排检查，请在“设施检查”中登记首次检查，以后由系统按周期安排。",
    "提示",
    at=ALWAYS,
    settings=("check.needed",),
)
def its_next_check_is_planned(asset: AssetFacts) -> Figures:
    """Of each thing of these categories that is used, a check waits to be done."""
    if asset.status not in WORKING or asset.category not in asset.norm.names("check.needed"):
        return
    own = asset.books.where(CHECKS, "asset", asset.id)
    if not any(_plans(asset, check) for check in own) and not _checked_with_its_place(asset):
        yield {"name": asset.name, "no": asset.asset_no}


def _plans(asset: AssetFacts, check: RowView) -> bool:
    """It waits; or it was done, and its next one is not due yet: Houqin adds that row a moment later."""
    return check.done_on is None or (check.next_due is not None and not asset.reached(check.next_due))


def _checked_with_its_place(asset: AssetFacts) -> bool:
    if asset.category != FIRE:
        return False
    # Asked by kind: a patrol of the house, one a week, is none of the business of the sixty extinguishers in it.
    asked = ((place, kind) for place in _places(asset) for kind in OF_A_PLACE)
    found = (c for place, kind in asked for c in asset.books.where(CHECKS, "location", place.id, check_kind=kind))
    return any(_plans(asset, check) for check in found)


def _places(asset: AssetFacts) -> Iterator[RowView]:
    """Where it is: the room, its floor, its building."""
    place, seen = asset.of("location"), set[int]()
    while place is not None and place.id not in seen:
        seen.add(place.id)
        yield place
        place = asset.books.row("locations", place.parent)
