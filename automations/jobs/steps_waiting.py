"""N01: whoever must sign is told, then told again, then others are told. Nobody ever signs by silence (SG-05)."""

from decimal import Decimal

from automations import Notice, job, waited
from automations.measures.turns import current_steps


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
