"""目标责任书: once a year its department checks itself against the standard it signed (domain.md A35)."""

from datetime import date, timedelta

from automations import NewRow, whenever

STANDARD = "对照《{title}》的标准和目标逐项自查，写明完成情况、差距和整改措施，上传自查报告。"


@whenever("documents")
def yearly_self_check(paper):
    """A 上级督办 a year for the head of 主责部门, while the paper is in force and the year's day has not passed."""
    head = paper.directory.head_of(paper.owner_dept)
    if paper.kind != "目标责任书" or paper.status != "现行有效" or head is None:
        return
    year = paper.on.year
    due = date(year, *paper.norm.day("task.self_check_due"))
    if paper.reached(date(year + 1, 1, 1)) or paper.reached(due + timedelta(days=1)):
        return
    yield NewRow(
        "tasks",
        key=str(year),
        kind="上级督办",
        title=f"{year}年对照自查：{paper.title}",
        person=head.id,
        department=paper.owner_dept,
        year=year,
        weight=0,
        standard=STANDARD.format(title=paper.title),
        due=due,
        status="已下达",
    )
