"""N09: a class held for somebody else is over, and less is entered as income than the standard says (IN-07)."""

from fractions import Fraction

from automations import Notice, job, waited
from automations.reminders import recipients


@job(table=("training_classes", "income"), at="workdays 08:40")
def class_undercharged(classes, incomes, today, calendar, directory, norms):
    """5 working days after the end to 教务科 (会计 hears through 预警台账), after 10 to 分管领导 as well."""
    [head, *_] = [*recipients("education", directory), None]
    leader = directory.leader_of(head.department) if head else None
    for course in classes.where(is_entrusted=True, status=("进行中", "待结班", "待验收", "已归档")):
        on = course.ends_on
        owed, entered = (course.fee_standard or 0) * (course.actual_n or 0) * (course.days or 0), paid(course, incomes)
        if on is None or Fraction(entered) >= Fraction(owed) * norms.ratio("income.undercharged_share", on):
            continue
        marks = norms.whole("income.undercharged_wd", on), norms.whole("income.undercharged_leader_wd", on)
        days = waited(on, today, marks, calendar)
        if days is not None:
            yield Notice(
                about=course,
                stage=f"wd-{days}",
                deadline=on,
                to=["education", *([leader and leader.id] if days == marks[-1] else [])],
                template="class_undercharged",
                data={"name": course.name, "owed": owed, "entered": entered, "gap": owed - entered},
            )


def paid(course, incomes):
    """元 entered as income of the class: received, or asked for where it is still to come."""
    own = [income for income in incomes.where(training_class=course.id) if income.status != "退款"]
    return sum((income.amount or 0) if income.received is None else income.received for income in own)
