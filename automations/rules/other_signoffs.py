"""What must be in order before papers, tasks, disposals and exits are signed (domain.md B1.2, B1.7, B2.9, B4.15)."""

from collections.abc import Iterator
from typing import Any

from automations.books import Facts
from automations.rules.base import rule
from automations.rules.claims import empty, missing_cells, quoted

Figures = Iterator[dict[str, Any]]
NEEDS_MEETING = frozenset({"制度", "表彰决定"})
GIVEN_BACK = frozenset({"已处置"})
"""States of an asset that nobody has to hand over any more."""


@rule("必填", "documents", "B1.7", "请填写：{fields}。")
def document_is_complete(document: Facts) -> Figures:
    """Everything marked ● is filled."""
    if missing := missing_cells(document):
        yield {"fields": quoted(missing)}


@rule("必填", "documents", "B1.7；三重一大", "“{kind}”须经校委会研究，请填写“{field}”。")
def leadership_has_met(document: Facts) -> Figures:
    """制度 and 表彰决定 carry the number of the minutes."""
    if document.kind in NEEDS_MEETING and empty(document.meeting_no):
        yield {"kind": document.kind, "field": document.schema["meeting_no"].title}


@rule("必填", "tasks", "B2.9", "请填写：{fields}。")
def task_is_complete(task: Facts) -> Figures:
    """Everything marked ● is filled, and the class of a project task."""
    more = ("training_class",) if task.kind == "项目任务" else ()
    if missing := missing_cells(task, *more):
        yield {"fields": quoted(missing)}


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
