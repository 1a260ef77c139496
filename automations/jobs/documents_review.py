"""N33: a rule of the house is looked at anew every two years, so that it does not outlive what it rules (DC-01)."""

from automations import Notice, countdown, job

BINDING = ("现行有效", "待修订")


@job(table="documents", at="workdays 08:40")
def documents_review(documents, today, calendar, directory, norms):
    """30 days ahead to the head of its department; 20 working days late to 分管领导 as well."""
    late_at = norms.whole("doc.review_late_wd", today)
    for paper in documents.where(status=BINDING):
        due = paper.review_due
        stage = countdown(due, today, ahead=(norms.whole("doc.review_days", today),))
        if stage is None:
            continue
        late = max(calendar.between(due, today), 0)
        head, leader = directory.head_of(paper.owner_dept), directory.leader_of(paper.owner_dept)
        yield Notice(
            about=paper,
            stage=f"late-{late_at}" if late >= late_at else stage,
            deadline=due,
            to=[head and head.id, *([leader and leader.id] if late >= late_at else [])],
            template="document_review",
            data={"title": paper.title, "due": due, "left": (due - today).days, "late": late},
        )
