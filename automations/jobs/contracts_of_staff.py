"""N32: the contract of a colleague is about to end; somebody decides in time whether he stays (PE-01)."""

from automations import Notice, countdown, job

BY_CONTRACT = ("编外聘用", "劳务派遣", "服务外包")
GONE = "已退出"


@job(table="people", at="workdays 08:40")
def contracts_of_staff(people, today, directory, norms):
    """60 and 30 days ahead to 组织人事 and 部门负责人; from the day itself on to 分管领导 as well."""
    for person in people.where(employment_type=BY_CONTRACT):
        due = person.contract_to
        stage = countdown(due, today, ahead=(*norms.wholes("people.contract_marks", today), 0))
        if stage is None or person.status == GONE:
            continue
        head, leader = directory.head_of(person.department), directory.leader_of(person.department)
        told = ["hr", head and head.id, *([leader and leader.id] if stage == "ahead-0" else [])]
        yield Notice(
            about=person,
            stage=stage,
            deadline=due,
            to=told,
            template="contract_of_staff",
            data={"name": person.name, "kind": person.employment_type, "due": due, "left": (due - today).days},
        )
