"""N31: a task is due; who is responsible hears it first, then those above him (TK-02)."""

from automations import Notice, job

UNDER_WAY = ("已下达", "进行中")


@job(table="tasks", at="workdays 08:40")
def task_due(tasks, today, calendar, directory, norms):
    """5 working days ahead and on the day to the colleague, 3 days late to 部门负责人, 5 days late to 分管领导."""
    ahead, head_at, leader_at = (norms.whole(f"task.{key}", today) for key in ("ahead_wd", "head_wd", "leader_wd"))
    for task in tasks.where(status=UNDER_WAY):
        if task.due is None:
            continue
        late = calendar.between(task.due, today)
        head, leader = directory.head_of(task.department), directory.leader_of(task.department)
        steps = ((-ahead, ()), (0, ()), (head_at, (head,)), (leader_at, (head, leader)))
        reached = [(days, above) for days, above in steps if days <= late]
        if reached:
            days, above = reached[-1]
            yield Notice(
                about=task,
                stage=f"day{days}",
                deadline=task.due,
                to=[task.person, *(person and person.id for person in above)],
                template="task_due",
                data={"title": task.title, "name": directory.name(task.person), "due": task.due, "late": late},
            )
