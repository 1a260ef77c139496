"""N36: whoever is named in 预警台账 has not explained himself in time; those above him are told (domain.md B6.29)."""

from automations import Notice, job


@job(table="violations", at="workdays 08:40")
def violation_unexplained(violations, today, calendar, directory, norms):
    """On 说明时限 to 部门负责人, two working days later to 分管领导; whoever is one of them: to those above him."""
    after = norms.whole("violation.leader_wd", today)
    for line in violations.where(status=("新发现", "待说明")):
        if line.person is None or line.due_on is None or (line.explanation or "").strip() or today < line.due_on:
            continue
        days, ladder = calendar.between(line.due_on, today), above(line.person, directory)
        for mark, to in zip((0, after), ladder, strict=True):
            if mark <= days:
                yield Notice(
                    about=line,
                    stage=f"wd-{mark}",
                    deadline=line.due_on,
                    to=[to],
                    template="violation_unexplained",
                    data={"code": line.code, "title": line.title, "severity": line.severity, "biz_code": line.biz_code}
                    | {"name": directory.name(line.person), "due": line.due_on, "days": days},
                )


def above(person, directory):
    """(部门负责人, 分管领导) of somebody, or the two above him; 主要领导 has nobody above, so 会计 keeps it in mind."""
    found = directory.get(person)
    department = found.department if found else None
    ranks = [directory.head_of(department), directory.leader_of(department), *directory.holders("主要领导")[:1]]
    ladder = [rank.id for rank in ranks if rank]
    ladder = ladder[ladder.index(person) + 1 :] if person in ladder else ladder
    return [*ladder, "会计", "会计"][:2]
