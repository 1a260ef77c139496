"""N15: on the last day of a class its people are asked to answer the survey; whoever rents a hall is not."""

from automations import Notice, job


@job(table="training_classes", at="daily 08:40")
def survey_open(classes, today, calendar, norms):
    """From the last day until the survey closes, once, to 班主任."""
    for course in classes.where(status=("进行中", "待结班", "待验收")):
        if course.class_type == "会议" or course.ends_on is None or not course.ends_on <= today:
            continue
        closes = calendar.add(course.ends_on, norms.whole("survey.close_wd", course.ends_on))
        if today <= closes:
            yield Notice(
                about=course,
                stage="open",
                to=[course.head_teacher],
                template="survey_open",
                data={"name": course.name, "closes": closes},
                deadline=course.ends_on,
            )
