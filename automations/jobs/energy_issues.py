"""EN-01 to EN-03: lights burn, water runs, an empty room is cooled: an issue for whoever answers for the place."""

from automations import NewRow, whenever

BECOMES = {"电": ("整改", "一般"), "水": ("报修", "较急"), "空调": ("整改", "一般")}
"""类别 of the issue: its 类型 and 紧急程度."""


@whenever("meter_readings")
def energy_issue(reading):
    """One issue for each run of nights (or days) on 预警, from its first; those after it point at the same one."""
    category = reading.begins_alert
    if not category:
        return
    kind, severity = BECOMES[category]
    department, keeper = reading.duty
    yield NewRow(
        "issues",
        kind=kind,
        source="能耗预警",
        origin=reading.code,
        location=reading.of_meter("location"),
        category=category,
        description=reading.alert_words,
        severity=severity,
        duty_dept=department,
        handler=keeper,
        status="已派单" if department and keeper else "新建",
    )
