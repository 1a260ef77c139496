"""N28: in the last week of 保险 or 年检 the leader in charge is told; once it has run out, 停用 is proposed."""

from automations import Notice, countdown, job

PAPERS = (("保险", "insurance_due"), ("年检", "statutory_due"))


@job(table="assets", at="workdays 08:40")
def vehicle_last_week(vehicles, today, directory):
    """Seven days ahead and once it has run out; the vehicle is stopped by people only."""
    for vehicle in vehicles.where(category="车辆", status="在用"):
        leader = directory.leader_of(vehicle.user_dept)
        for paper, field in PAPERS:
            stage = countdown(vehicle[field], today, ahead=(7,), overdue_every=365)
            if stage and leader:
                yield Notice(
                    about=vehicle,
                    stage=f"{field}-{stage}",
                    deadline=vehicle[field],
                    to=[leader.id],
                    template="vehicle_last_week",
                    data={
                        "plate": vehicle.plate or vehicle.name,
                        "paper": paper,
                        "due": vehicle[field],
                        "left": (vehicle[field] - today).days,
                    },
                )
