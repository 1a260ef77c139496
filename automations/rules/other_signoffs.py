"""What must be in order before disposals and exits are signed (domain.md B1.2, B4.15)."""

from collections.abc import Iterator
from typing import Any

from automations.books import Facts
from automations.rules.base import rule
from automations.rules.claims import empty

Figures = Iterator[dict[str, Any]]
GIVEN_BACK = frozenset({"已处置"})
"""States of an asset that nobody has to hand over any more."""


@rule(
    "AS-05",
    "assets",
    "B4.15；三重一大",
    "资产原值{value}元，达到{limit}元，处置须经校委会集体研究，请填写“{field}”。",
    settings=("asset.dispose_meeting",),
)
def large_disposals_are_decided_together(asset: Facts) -> Figures:
    """From asset.dispose_meeting on the leadership team decides."""
    limit = asset.norm.money("asset.dispose_meeting")
    if asset.money("value") >= limit and empty(asset.meeting_no):
        yield {"value": asset.value, "limit": limit, "field": asset.schema["meeting_no"].title}


@rule("必填", "assets", "B4.15", "处置前请填写“{field}”。")
def disposal_has_a_value(asset: Facts) -> Figures:
    """What an asset once cost decides who must agree: it may not be left empty."""
    if asset.value is None:
        yield {"field": asset.schema["value"].title}


@rule(
    "AS-02",
    "people",
    "行政事业性国有资产管理条例第十五条",
    "{name}名下尚有{n}件资产未交接，请先办理交接。",
)
def assets_are_handed_over(person: Facts) -> Figures:
    """Nobody leaves with assets in his name."""
    kept = [a for a in person.pointing("assets", "custodian") if a.status not in GIVEN_BACK]
    if kept:
        yield {"name": person.name, "n": len(kept)}
