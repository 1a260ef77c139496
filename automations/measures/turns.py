"""Whose turn it is in 签批步骤, and since when. Shared by reminders, the daily list, reports and the digest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from automations.rows import RowView
from automations.workdays import local_date

OPEN = ("待定", "无效-非本人", "无效-越序", "无效-回避", "无效-代签无效")
"""A refused signature was put back to 待签: the step still waits for its own signer."""

TO_READ = "知悉"
"""Level of what a returned leader has only to read: no signature."""

Chain = Sequence[RowView]


def chains(steps: Iterable[RowView]) -> Iterator[Chain]:
    """The steps of each round of each row, in order; a row without a number began by hand and is no round."""
    rounds: dict[tuple[Any, Any], list[RowView]] = {}
    for step in steps:
        if step.biz_code and step.seq is not None and step.level != TO_READ:
            rounds.setdefault((step.biz_code, step.round), []).append(step)
    for chain in rounds.values():
        chain.sort(key=lambda s: s.seq)
        yield chain


def opened_at(chain: Chain, at: int) -> datetime | None:
    """When the turn of a step began: with the signature before it, of the first with the round."""
    moment: datetime | None = (chain[at - 1].signed_at if at else None) or chain[at].created_at
    return moment


def current_steps(steps: Iterable[RowView]) -> Mapping[Any, tuple[date, Any]]:
    """The steps whose turn it is: {step: (day it was opened, the step after it or None)}."""
    found: dict[Any, tuple[date, Any]] = {}
    for chain in chains(steps):
        for at, step in enumerate(chain):
            if step.decision == "待签":
                opened = opened_at(chain, at)
                if step.valid in OPEN and opened is not None:
                    found[step] = (local_date(opened), chain[at + 1] if at + 1 < len(chain) else None)
                break
            if step.decision in ("退回", "不同意"):
                break
    return found
