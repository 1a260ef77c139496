"""A meter must be calibrated again; readings of one that was not settle no bill (domain.md B4.17)."""

from automations import Notice, countdown, job


@job(table="meters", at="workdays 08:40")
def meters_calibration(meters, today, norms):
    """60, 30 and 7 days ahead; once it has run out, every thirty days until it was done."""
    ahead = norms.wholes("meter.calibration_marks", today)
    for meter in meters.where(active=True):
        due = meter.calibration_due
        stage = countdown(due, today, ahead=ahead, overdue_every=30)
        if stage:
            yield Notice(
                about=meter,
                stage=stage,
                deadline=due,
                to=["logistics"],
                template="meter_calibration",
                data={"meter": meter.name, "due": due, "left": (due - today).days},
            )
