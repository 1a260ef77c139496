"""N30: whoever of the logistics staff has not learned each of 四学 this year hears it in time to do so (LN-02)."""

from collections import defaultdict

from automations import Notice, job
from automations.learning import FOUR_SKILLS, skills_missing

GONE = "已退出"


@job(table=("people", "learning_records"), at="workdays 08:40")
def four_skills(people, records, today, directory, norms):
    """From 1 October to the colleague, from 1 November to 部门负责人 as well, from 1 December to 分管领导."""
    reached = [month for month in norms.wholes("learning.four_months", today) if month <= today.month]
    if not reached:
        return
    learned = defaultdict(list)
    for record in records.where(kind=FOUR_SKILLS):
        learned[record.person].append(record)
    skills, least = norms.names("learning.four", today), norms.whole("learning.four_min", today)
    for person in people.where(is_logistics=True):
        missing = skills_missing(learned[person.id], today.year, skills, least)
        if missing and person.status != GONE:
            head, leader = directory.head_of(person.department), directory.leader_of(person.department)
            yield Notice(
                about=person,
                stage=f"month{reached[-1]}",
                to=[person.id, head and head.id, leader and leader.id][: len(reached)],
                template="four_skills",
                data={"name": person.name, "missing": missing},
                deadline=today.replace(month=12, day=31),
            )
