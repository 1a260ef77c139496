"""N23: a certificate is about to run out; without it nobody serves in the canteen or looks after a lift (PE-02)."""

from automations import Notice, countdown, job

HEALTH, GONE = "健康证", "已退出"


@job(table="people", at="workdays 08:40")
def certificates(people, today, directory, norms):
    """30 days ahead (健康证: 30, 15 and 7) to the colleague and 部门负责人; once it has run out, weekly to 分管领导."""
    for person in people:
        due = person.cert_due
        if due is None or not person.certs or person.status == GONE:
            continue
        healthy = norms.wholes("food.health_cert_marks", today) if HEALTH in person.certs else ()
        stage = countdown(due, today, ahead=(*healthy, norms.whole("people.cert_days", today)), overdue_every=7)
        if stage is None:
            continue
        head, leader = directory.head_of(person.department), directory.leader_of(person.department)
        told = [person.id, head and head.id, *([leader and leader.id] if due < today else [])]
        yield Notice(
            about=person,
            stage=stage,
            deadline=due,
            to=told,
            template="certificate",
            data={"name": person.name, "certs": person.certs, "due": due, "left": (due - today).days},
        )
