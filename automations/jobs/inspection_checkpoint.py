"""A33: a project class is watched 开班前, 中期 and 结班; the inspection group hears of each that is missing."""

from datetime import timedelta

from automations import Notice, job

LOOKED_BACK = 10
"""Working days after which a checkpoint that nobody held is past."""


@job(table=("training_classes", "inspections"), at="workdays 08:40")
def inspection_checkpoint(classes, inspections, today, calendar, directory):
    """On the day itself, once for each checkpoint without an inspection that was handed in."""
    handed_in = inspections.where(team="项目过程", status=("已提交", "被查方已确认", "有异议", "已归档"))
    held = {(i.training_class, i.checkpoint) for i in handed_in}
    running = classes.where(is_project=True, status=("筹备", "进行中", "待结班", "待验收"))
    for course in running if directory.holders("督查组") else ():
        for checkpoint, day in checkpoints(course, calendar):
            due = day <= today <= calendar.add(day, LOOKED_BACK)
            if due and (course.id, checkpoint) not in held:
                yield Notice(
                    about=course,
                    stage=checkpoint,
                    to=["督查组"],
                    template="inspection_checkpoint",
                    deadline=day,
                    data={"name": course.name, "checkpoint": checkpoint, "day": day},
                )


def checkpoints(course, calendar):
    """The working day before it begins, its middle, its last day."""
    if course.starts_on is None or course.ends_on is None:
        return []
    middle = course.starts_on + timedelta(days=(course.ends_on - course.starts_on).days // 2)
    return [("开班前", calendar.add(course.starts_on, -1)), ("中期", middle), ("结班", course.ends_on)]
