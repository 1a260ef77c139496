"""SV-02: less satisfied than in 2014? Each item of a class becomes an issue of whoever looked after the class."""

from automations import NewRow, whenever

ISSUES = {"lodging": ("住宿", "服务态度"), "catering": ("餐饮", "餐饮")}
"""By item: its name, and the category of the issue."""


@whenever("training_classes")
def survey_issues(course):
    """Once the survey is closed, one issue for each item below the baseline."""
    for item, (found, least) in course.low_items.items():
        name, category = ISSUES[item]
        year = course.norm.text("survey.baseline.year")
        owner = course.person("logistics_owner")
        yield NewRow(
            "issues",
            key=item,
            kind="投诉",
            source="满意度",
            training_class=course.id,
            category=category,
            description=f"{course.name}{name}满意率{found.normalize():f}%，低于基准{least}%（{year}年）。请查明原因并整改。",
            severity="一般",
            duty_dept=owner.department if owner else None,
            handler=course.logistics_owner,
            origin=course.code,
            status="新建",
        )
