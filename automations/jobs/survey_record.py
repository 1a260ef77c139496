"""A new record: more satisfied than any class before, and than in 2014. Good news is told as well."""

from automations import Notice, job
from automations.jobs.survey_return import enough

ITEMS = {"lodging": "住宿", "catering": "餐饮"}
NEWS_DAYS = 5
"""Working days after the survey closed on which it is still news."""


@job(table="training_classes", at="workdays 08:40")
def survey_record(classes, today, calendar, norms):
    """Once, when the survey of the class has closed, to everybody who had a hand in it and to the leaders."""
    held = [c for c in classes.where(status=("进行中", "待结班", "待验收", "已归档")) if c.ends_on and enough(c, norms)]
    for course in held:
        on = course.ends_on
        closes = calendar.add(on, norms.whole("survey.close_wd", on))
        if not closes < today or calendar.between(closes, today) > NEWS_DAYS:
            continue
        for item, name in ITEMS.items():
            best, whose, day = best_before(course, held, item, norms)
            found = course[f"sat_{item}"]
            if found is not None and found > best:
                yield Notice(
                    about=course,
                    stage=item,
                    to=[course.head_teacher, course.logistics_owner, "logistics", "分管领导", "主要领导"],
                    template="survey_record",
                    data={
                        "course": course.name,
                        "item": name,
                        "rate": plain(found),
                        "best": plain(best),
                        "whose": whose,
                        "day": day,
                    },
                    deadline=on,
                )


def best_before(course, held, item, norms):
    """(%, class, day) of the best class that ended before; the school's own survey of 2014 where none was better."""
    on = course.ends_on
    baseline = norms.number(f"survey.baseline.{item}", on), "全校问卷", f"{norms.text('survey.baseline.year', on)}年"
    before = [(c[f"sat_{item}"], c.name, c.ends_on.isoformat()) for c in held if c.ends_on < on and c[f"sat_{item}"]]
    return max([baseline, *before], key=lambda one: one[0])


def plain(number):
    """``96.5``, ``98``."""
    return f"{number.normalize():f}"
