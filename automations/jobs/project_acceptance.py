"""N16: a project that is over and not accepted is told to the review group, then to 主要领导 (CL-06)."""

from automations import Notice, job, waited


@job(table="training_classes", at="workdays 08:40")
def project_acceptance(classes, today, calendar, norms):
    """5 working days after the end to 组织人事科, which calls the review group; from the 10th on to 主要领导 too."""
    for course in classes.where(is_project=True, project_grade=None, status=("进行中", "待结班", "待验收")):
        end = course.ends_on
        for stage, to, key in (("group", "hr", "project.accept_wd"), ("top", "主要领导", "project.accept_max_wd")):
            if end and waited(end, today, (norms.whole(key, end),), calendar) is not None:
                yield Notice(
                    about=course,
                    stage=stage,
                    to=[to],
                    template="project_acceptance",
                    data={"name": course.name, "days": calendar.between(end, today)},
                    deadline=end,
                )
