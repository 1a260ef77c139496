"""N14: what is not ready for a class is told to whoever prepares it, then to the head, then to 分管领导."""

from automations import Notice, job


@job(table=("training_classes", "equipment_checks"), at="workdays 08:40")
def class_readiness(classes, checks, today, calendar, directory, norms):
    """5, 2 and 1 working days before a class begins, as long as a line of its checklist is open."""
    for course in classes.where(status=("计划", "筹备")):
        if course.starts_on is None or course.starts_on < today or course.readiness == "合格":
            continue
        lines = checks.where(training_class=course.id, check_kind="开班前检查")
        waiting = [(line.items or line.code).split("：")[0] for line in lines if line.result != "正常"]
        left, day = calendar.between(today, course.starts_on), course.starts_on
        for stage, key, person in audiences(course, directory):
            if waiting and left <= norms.whole(key, day):
                yield Notice(
                    about=course,
                    stage=stage,
                    to=[person],
                    template="class_readiness",
                    data={"name": course.name, "day": day, "left": left, "waiting": waiting},
                    deadline=day,
                )


def audiences(course, directory):
    """(stage, parameter with the working days before, who)."""
    owner = directory.get(course.logistics_owner)
    head, leader = (f(owner.department) if owner else None for f in (directory.head_of, directory.leader_of))
    yield "owner", "class.ready_open_wd", course.logistics_owner
    yield "head", "class.ready_remind_wd", head.id if head else "logistics"
    yield "leader", "class.ready_closed_wd", leader.id if leader else "分管领导"
