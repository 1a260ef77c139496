"""N19: an inspection is disputed; 分管领导 answers within three working days, then 主要领导 hears of it (B3.12)."""

from automations import Notice, job, waited
from automations.workdays import local_date


@job(table="inspections", at="workdays 08:40, 15:10")
def inspection_disputed(inspections, today, calendar, directory, norms):
    """At once to 分管领导 of the department inspected; unanswered after 参数标准's days to 主要领导."""
    for inspection in inspections.where(status="有异议"):
        since = local_date(inspection.disputed_at or inspection.last_modified_at or inspection.date)
        limit = norms.whole("inspection.dispute_wd", today)
        days = waited(since, today, (0, limit), calendar)
        leader = directory.leader_of(inspection.target_dept)
        yield Notice(
            about=inspection,
            stage="top" if days == limit else "leader",
            to=["主要领导" if days == limit else leader.id if leader else "分管领导"],
            template="inspection_disputed",
            deadline=since,
            data={
                "code": inspection.code,
                "team": inspection.team,
                "score": f"{inspection.score:f}" if inspection.score is not None else "",
                "dispute": (inspection.dispute or "").strip(),
                "days": days,
                "limit": limit,
                "late": days == limit,
                "leader": leader.name if leader else "分管领导",
            },
        )
