"""N28: 年检 of a vehicle: tell the driver and the logistics office before it runs out."""

from automations import Notice, countdown, job


@job(table="assets", at="workdays 08:40")
def vehicle_inspection(vehicles, today, norms):
    """45, 30, 15 and 7 days ahead; once it has run out, every working day until the vehicle has passed."""
    for vehicle in vehicles.where(category="车辆", status="在用"):
        due = vehicle.statutory_due
        stage = countdown(due, today, ahead=norms.wholes("vehicle.due_marks", today), overdue_every=1)
        if stage:
            yield Notice(
                about=vehicle,
                stage=stage,
                deadline=due,
                to=[vehicle.custodian, "logistics"],
                template="vehicle_inspection",
                data={"plate": vehicle.plate or vehicle.name, "due": due, "left": (due - today).days},
            )
