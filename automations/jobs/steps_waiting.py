"""N01: whoever must sign is told, then told again, then others are told. Nobody ever signs by silence (SG-05)."""

from decimal import Decimal
from typing import Any

from automations import Notice, job, waited
from automations.workdays import local_date

OPEN = ("待定", "无效-非本人", "无效-越序", "无效-回避", "无效-代签无效")
"""A refused signature was put back to 待签: the step still waits for its own signer."""


@job(table="sign_steps", at="workdays 08:40, 15:10")
def steps_waiting(steps, today, calendar, directory, norms):
    """At once and on the 2nd working day to the signer, on the 3rd to the office, on the 5th to the next level."""
    again, office, up = (norms.whole(f"sign.{name}_wd", today) for name in ("remind", "office", "upward"))
    waiting = current_steps(steps)
    items = {step: shown(step, opened, today, calendar, directory) for step, (opened, _) in waiting.items()}
    for step, (opened, following) in waiting.items():
        everything = [item for other, item in items.items() if other.assignee == step.assignee]
        upward = following.assignee if following else "office"
        for audience, to, after in (
            ("signer", step.assignee or "office", (0, again)),
            ("office", "office", (office,)),
            ("upward", upward, (up,)),
        ):
            days = waited(opened, today, after, calendar)
            if days is not None:
                yield Notice(
                    about=step,
                    stage=f"{audience}-{days}",
                    to=[to],
                    template="steps_waiting",
                    data={"waiting": everything},
                    deadline=opened,
                )


def current_steps(steps):
    """The steps whose turn it is: {step: (day it was opened, the step after it or None)}."""
    rounds: dict[Any, list[Any]] = {}
    for step in steps:
        # What a returned leader has only to read is told by delegations_unread; a row without a number began by hand.
        if step.biz_code and step.seq is not None and step.level != "知悉":
            rounds.setdefault((step.biz_code, step.round), []).append(step)
    found = {}
    for chain in rounds.values():
        chain.sort(key=lambda s: s.seq)
        for at, step in enumerate(chain):
            if step.decision == "待签":
                if step.valid in OPEN:
                    before = chain[at - 1].signed_at if at else None
                    following = chain[at + 1] if at + 1 < len(chain) else None
                    found[step] = (local_date(before or step.created_at), following)
                break
            if step.decision in ("退回", "不同意"):
                break
    return found


def shown(step, opened, today, calendar, directory):
    """What the signer reads about one step."""
    return {
        "id": step.subject,
        "owner": directory.name(step.assignee),
        "code": step.biz_code,
        "summary": (step.summary or step.biz_type or "").split("\n")[0],
        "level": step.level,
        "amount": step.amount_shown or Decimal(0),
        "days": max(calendar.between(opened, today), 0),
        "mark": calendar.mark(opened, today),
    }
