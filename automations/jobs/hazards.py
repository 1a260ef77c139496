"""设施检查: what a check found is put right: a hazard becomes an issue (domain.md B4.16, CK-03)."""

from automations import NewRow, whenever

BECOMES = {"隐患": ("整改", "较急"), "停用": ("报修", "紧急")}
"""结果 of the check: 类型 and 紧急程度 of the issue."""

CATEGORIES = (
    ("电梯", "电梯"),
    ("灭火器", "消防"),
    ("消防", "消防"),
    ("车辆", "车辆"),
    ("空调", "空调"),
    ("食堂", "餐饮"),
)
"""Words in what is checked, and the 类别 of the issue they mean."""


@whenever("equipment_checks")
def hazard_issue(check):
    """One issue for each check with a hazard, to whoever keeps the thing; to be dispatched where nobody does."""
    if not check.done or check.result not in BECOMES:
        return
    kind, severity = BECOMES[check.result]
    what = f"{check.check_kind}发现{check.result}：{check.thing}"
    yield NewRow(
        "issues",
        kind=kind,
        source="设施检查",
        origin=check.code,
        asset=check.asset,
        location=check.place,
        training_class=check.training_class,
        category=next((category for word, category in CATEGORIES if word in what), "其他"),
        description="\n".join(filter(None, (what, check["items"], check.remark))),
        severity=severity,
        duty_dept=check.duty_dept,
        handler=check.keeper,
        status="新建" if check.keeper is None else "已派单",
    )
