"""日清单: every person's morning list, on working days and only if there is something on it (domain.md F1)."""

from typing import Any

from automations import Notice, job
from automations.jobs.steps_waiting import shown
from automations.measures.turns import current_steps
from automations.workdays import local_date


@job(table=("sign_steps", "tasks", "issues", "violations"), at="workdays 08:40")
def daily_list(steps, tasks, issues, violations, today, calendar, directory, norms):
    """What waits for my signature, what of mine is overdue, what is due today."""
    lists: dict[Any, dict[str, list[Any]]] = {}

    def mine(person):
        return lists.setdefault(person, {"waiting": [], "overdue": [], "today": []})

    for step, (opened, _) in current_steps(steps).items():
        mine(step.assignee)["waiting"].append(shown(step, opened, today, calendar, directory))
    for person, due, row, what in dues(tasks, issues, violations):
        if due is None or due > today:
            continue
        day = f"{due.month}月{due.day}日"
        if due == today:
            mine(person)["today"].append({"id": row.subject, "text": f"{what}应于今天完成。"})
        else:
            late = calendar.between(due, today)
            text = f"{what}应于{day}完成，已超期{late}个工作日{calendar.mark(due, today)}，请今天处理"
            text += consequence(row, late, today, norms) if row.table == "issues" else "。"
            mine(person)["overdue"].append({"id": row.subject, "text": text, "due": due})
    for person, content in lists.items():
        if person is not None:
            content["overdue"].sort(key=lambda item: item["due"])
            yield Notice(
                about=f"people/{person}",
                stage="list",
                to=[person],
                template="daily_list",
                data=content,
                deadline=today,
            )


def consequence(issue, late, today, norms):
    """What else to do, and who hears of it next (IS-02)."""
    photos = "并上传完工照片" if issue.kind == "整改" else ""
    ranks = (("issue.head_wd", "部门负责人"), ("issue.leader_wd", "分管领导"), ("issue.top_wd", "主要领导"))
    above = next((f"；仍未完成将报{rank}" for key, rank in ranks if late < norms.whole(key, today)), "")
    return f"{photos}{above}。"


def dues(tasks, issues, violations):
    """(person, last good day, row, what it is called) of everything that has a day and a person."""
    for task in tasks.where(status=("已下达", "进行中")):
        yield task.person, task.due, task, f"任务“{task.title}”"
    for issue in issues.where(status=("已派单", "处理中")):
        due = local_date(issue.due_at) if issue.due_at else None
        yield issue.handler, due, issue, f"{issue.kind}“{first_words(issue.description)}”"
    for violation in violations.where(status=("新发现", "待说明")):
        yield violation.person, violation.due_on, violation, f"预警“{violation.title}”的情况说明"


def first_words(text, most=20):
    line = (text or "").split("\n")[0]
    return line if len(line) <= most else line[:most] + "…"
