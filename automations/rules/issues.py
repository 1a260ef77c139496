"""问题工单: one closed loop from report to re-check; nobody checks his own work (domain.md B3.13)."""

from collections.abc import Iterator
from typing import Any

from automations.rules.base import ALWAYS, STAGE, SUBMIT, rule
from automations.rules.claims import empty, quoted
from automations.rules.issues_facts import (
    CHECKING,
    DECLINED,
    DONE,
    DUE_SETTINGS,
    FAIL,
    RECTIFY,
    REPAIR,
    RESPOND_SETTINGS,
    SENT,
    STEPS,
    TABLE,
    WORKING,
    IssueFacts,
)
from automations.workdays import local_date

TOP = 4
"""升级级别 of what 主要领导 is told."""

Figures = Iterator[dict[str, Any]]


# What must be filled in -----------------------------------------------------------------------------------------------


@rule("必填", TABLE, "B13", "请填写：{fields}。", at=SENT)
def filled_before_it_is_sent(issue: IssueFacts) -> Figures:
    """Whoever gets it knows what, how urgent and whose it is."""
    if issue.unfilled:
        yield {"fields": quoted(issue.unfilled)}


@rule("必填", TABLE, "B13", "报修请填写“地点”或“设备”，处理人才找得到。", at=SENT)
def a_repair_has_a_place(issue: IssueFacts) -> Figures:
    """A repair names where."""
    if issue.kind == REPAIR and issue.location is None and issue.asset is None:
        yield {}


@rule("必填", TABLE, "B13", "提交复核前请填写：{fields}。", at=CHECKING)
def filled_before_it_is_checked(issue: IssueFacts) -> Figures:
    """What was done and who checks it; of a rectification its cause."""
    names = ["fix_note", "verify_by", *(["root_cause"] if issue.kind == RECTIFY else [])]
    if missing := [issue.schema[n].title for n in names if empty(issue[n])]:
        yield {"fields": quoted(missing)}


@rule("必填", TABLE, "B13", "请填写：{fields}。", at=(SUBMIT, DECLINED))
def held_or_declined_for_a_reason(issue: IssueFacts) -> Figures:
    """Whoever puts it off says why and until when; whoever declines it, why."""
    names = ["hold_reason", *(["hold_until"] if issue.moment == SUBMIT else [])]
    if missing := [issue.schema[n].title for n in names if empty(issue[n])]:
        yield {"fields": quoted(missing)}


@rule("挂起", TABLE, "B13", "“挂起至”应在今天之后，现在是{day}。", at=SUBMIT)
def held_until_a_day_to_come(issue: IssueFacts) -> Figures:
    """It is put off to a day that is still to come."""
    if issue.hold_until is not None and issue.hold_until <= issue.today:
        yield {"day": issue.hold_until}


@rule("日期", TABLE, "B13", "“{title}”{day}{wrong}，请核对。", at=CHECKING)
def times_in_order(issue: IssueFacts) -> Figures:
    """Nothing was answered or done before it was reported, nor tomorrow."""
    for name in ("responded_at", "fixed_at"):
        if issue[name] is None:
            continue
        day, title = local_date(issue[name]), issue.schema[name].title
        if issue.created_at is not None and day < local_date(issue.created_at):
            yield {"title": title, "day": day, "wrong": "早于上报日"}
        elif day > issue.today:
            yield {"title": title, "day": day, "wrong": "在今天之后"}


# The re-check ---------------------------------------------------------------------------------------------------------


@rule("IS-05", TABLE, "B13", "整改类工单须上传完工照片后才能提交复核。", at=CHECKING)
def a_rectification_is_shown(issue: IssueFacts) -> Figures:
    """Whoever rectified something shows a picture of it."""
    if issue.kind == RECTIFY and empty(issue.fix_photos):
        yield {}


@rule("IS-03", TABLE, "B13", "复核人不能是处理人本人，请由{who}复核。", at=(CHECKING, DONE))
def checked_by_another(issue: IssueFacts) -> Figures:
    """Nobody checks his own work, neither by name nor at his own login."""
    closing = issue.moment == DONE and issue.actor is not None
    checks = {issue.verify_by, issue.actor.id if closing and issue.actor is not None else None}
    if issue.handler is not None and issue.handler in checks:
        yield {"who": "督查组" if issue.by_inspectors else "报修人"}


@rule("复核", TABLE, "B13", "复核人是{name}，请由{name}填写“复核结果”并办结。", at=DONE)
def closed_by_whoever_checks(issue: IssueFacts) -> Figures:
    """复核人 closes it himself."""
    if issue.actor is not None and issue.verify_by is not None and issue.verify_by != issue.actor.id:
        yield {"name": issue.directory.name(issue.verify_by)}


@rule("复核", TABLE, "B13", "办结前请填写：{fields}。", at=DONE)
def checked_before_it_is_closed(issue: IssueFacts) -> Figures:
    """Somebody checked it and said so."""
    if missing := [issue.schema[n].title for n in ("verify_by", "verify_result") if empty(issue[n])]:
        yield {"fields": quoted(missing)}


@rule("复核", TABLE, "B13", "复核结果为“不合格”，不能办结；工单将退回处理人重办。", at=DONE)
def nothing_failed_is_closed(issue: IssueFacts) -> Figures:
    """What failed is done again."""
    if issue.verify_result == FAIL:
        yield {}


@rule("复核", TABLE, "B13", "待复核的工单由复核人填写“复核结果”；不合格的自动退回“处理中”。", at=WORKING)
def taken_back_by_a_verdict_alone(issue: IssueFacts) -> Figures:
    """From 待复核 only a failed check leads back."""
    if issue.status == CHECKING and issue.verify_result != FAIL:
        yield {}


@rule("评价", TABLE, "B13", "“评价”填1至5分的整数，现在是{rating}。", at=DONE)
def rated_from_one_to_five(issue: IssueFacts) -> Figures:
    """A rating is one to five."""
    if issue.rating is not None and issue.rating not in range(1, 6):
        yield {"rating": issue.rating}


# Late -----------------------------------------------------------------------------------------------------------------


@rule(
    "IS-01",
    TABLE,
    "B13；A53",
    "{kind}已{hours}小时无人响应，请立即派单。",
    "提示",
    at=ALWAYS,
    settings=RESPOND_SETTINGS,
)
def somebody_responds(issue: IssueFacts) -> Figures:
    """Somebody is at it within so many hours of work."""
    if issue.responded or issue.respond_limit is None or issue.kind is None:
        return
    # The time of day is asked for on the last day alone: before and after it the day says enough.
    last = local_date(issue.respond_limit)
    if issue.today > last or (issue.today == last and issue.now > issue.respond_limit):
        yield {"kind": issue.kind, "hours": f"{issue.respond_hours.normalize():f}"}


LATE = "{kind}已超期{days}个工作日{mark}，现升级至{role}{name}。"


def _late(issue: IssueFacts) -> dict[str, Any]:
    assert issue.escalated is not None and issue.due_limit is not None
    return {
        "kind": issue.kind,
        "days": issue.late_wd,
        "mark": issue.calendar.mark(local_date(issue.due_limit), issue.today),
        "role": issue.escalated.role,
        "name": issue.directory.name(issue.escalated.person),
    }


@rule("IS-02", TABLE, "B13；A16", LATE, "提示", at=ALWAYS, settings=(*DUE_SETTINGS, *STEPS))
def done_in_time(issue: IssueFacts) -> Figures:
    """What is late climbs from the handler to his head, to 分管领导, to 主要领导."""
    if issue.escalated is not None and issue.late_wd:
        yield _late(issue)


@rule("IS-02", TABLE, "B13；A16", LATE, "预警", gravity="一般", at=ALWAYS, settings=(*DUE_SETTINGS, *STEPS))
def nothing_climbs_to_the_top(issue: IssueFacts) -> Figures:
    """What 主要领导 must be told is in the ledger as well, and so in his digest."""
    if issue.escalated is not None and issue.escalated.level == TOP:
        yield {**_late(issue), STAGE: "主要领导"}


@rule(
    "IS-04",
    TABLE,
    "B13",
    "同一问题已重办{times}次，请分管领导组织分析原因。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("issue.reopen_hint",),
)
def done_once_and_for_all(issue: IssueFacts) -> Figures:
    """What fails again and again has a cause that somebody must look for."""
    if issue.reopen_n and issue.reopen_n >= issue.norm.whole("issue.reopen_hint"):
        yield {"times": issue.reopen_n, STAGE: str(issue.reopen_n)}
