"""组织人事 hears each month which posts of logistics still have no 责任书 of this year (domain.md B1.3)."""

from automations import Notice, job

RULE, OPEN = "责任书", ("新发现", "待说明", "待核实")


@job(table="violations", at="monthly first workday 08:40")
def duty_papers(violations, today):
    """Every line of 预警台账 about it that is not closed, in one message."""
    lines = violations.where(rule=RULE, status=OPEN)
    if lines:
        yield Notice(
            about="duty_papers",
            stage="month",
            to=["hr"],
            template="duty_papers",
            data={"lines": [line.detail for line in lines]},
            deadline=today.replace(day=1),
        )
