"""N15: few people of a class have answered, and the survey closes tomorrow: 教务科 is told."""

from automations import Notice, job


@job(table="training_classes", at="workdays 08:40")
def survey_return(classes, today, calendar, norms):
    """The working day before the survey closes and on the last day, once."""
    for course in classes.where(status=("进行中", "待结班", "待验收")):
        if course.class_type == "会议" or course.ends_on is None or enough(course, norms):
            continue
        on = course.ends_on
        closes = calendar.add(on, norms.whole("survey.close_wd", on))
        if calendar.add(closes, -1) <= today <= closes:
            yield Notice(
                about=course,
                stage="few",
                to=["education", course.head_teacher],
                template="survey_return",
                data={"name": course.name, "n": course.survey_n or 0, "heads": heads(course), "closes": closes},
                deadline=closes,
            )


def enough(course, norms):
    """So many answered that the figures say something."""
    n, on = course.survey_n or 0, course.ends_on
    share, least = norms.number("survey.min_share", on), norms.whole("survey.min_n", on)
    return n >= least and n * 100 >= share * heads(course)


def heads(course):
    return course.actual_n or course.planned_n or 0
