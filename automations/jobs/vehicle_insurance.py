"""Vehicle insurance: tell the driver and the logistics office before cover lapses."""

from automations import Notice, countdown, job


@job(table="assets", at="workdays 08:40")
def vehicle_insurance(vehicles, today):
    """45, 30, 15 and 7 days ahead; once lapsed, every working day until renewed."""
    for vehicle in vehicles.where(category="车辆", status="在用"):
        due = vehicle.insurance_due
        stage = countdown(due, today, ahead=(45, 30, 15, 7), overdue_every=1)
        if stage:
            yield Notice(
                about=vehicle,
                stage=stage,
                deadline=due,
                to=[vehicle.custodian, "logistics"],
                template="vehicle_insurance",
                data={"plate": vehicle.plate or vehicle.name, "due": due, "left": (due - today).days},
            )
