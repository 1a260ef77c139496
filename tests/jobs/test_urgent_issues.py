"""N17 at once: what is urgent goes out through quiet hours; anything else waits for the list (B3.13, B6.30)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from automations.jobs import discover
from automations.reminders import Notice
from automations.workdays import SCHOOL_TIME
from tests.jobs.diary import CALENDAR, CLERK, HEAD, LOGISTICS, Cells, at, run, words

PIPE: Cells = {
    **{"code": "GD-2026-0007", "kind": "报修", "category": "水", "description": "公寓水管爆裂", "severity": "紧急"},
    **{"status": "新建", "duty_dept": LOGISTICS, "created_at": at("9-26", "22:03"), "due_at": at("9-27", "02:03")},
    "respond_by": at("9-26", "22:33"),
}
"""Reported on a Saturday night of a holiday; nobody has it yet."""

SENT: Cells = {**PIPE, "status": "已派单", "handler": CLERK}


def told(job: str, now: datetime, **cells: Any) -> list[Notice]:
    return run(job, now, {"issues": [{**PIPE, **cells}]})


def test_the_diary_of_a_burst_pipe_on_a_saturday() -> None:
    """The office at once; the handler as soon as there is one; both limits to the ten minutes; nothing twice."""
    job, heard, known, last = discover()["issue_urgent"], [], set(), None
    now, end = at("9-26", "22:04"), at("9-28", "12:00")
    while now < end:
        if (slot := job.at.due(last, now, CALENDAR)) is not None:
            last = slot
            taken = SENT if now >= at("9-26", "22:20") else PIPE
            for notice in told("issue_urgent", now, **taken):
                if notice.key not in known:
                    known.add(notice.key)
                    heard.append((f"{now.astimezone(SCHOOL_TIME):%d %H:%M}", list(notice.to), notice.urgent))
        now += timedelta(minutes=2)
    assert heard == [
        ("26 22:04", ["logistics"], True),
        ("26 22:20", [CLERK], True),
        ("26 22:40", [CLERK], True),
        ("27 02:10", [CLERK], True),
    ]


def test_the_leaders_climb_by_working_days_as_with_every_issue() -> None:
    """Its limit was Sunday 9-27: Monday 9-28 is a working day late."""
    late = {**SENT, "status": "处理中", "responded_at": at("9-26", "22:30")}
    assert [(n.stage, n.to) for n in told("issue_overdue", at("9-28"), **late)] == [("部门负责人", [HEAD])]
    [climbing] = told("issue_waiting", at("9-28"), **SENT)
    assert (climbing.to, climbing.urgent) == ([HEAD], True)


@pytest.mark.parametrize("job", ["issue_waiting", "issue_overdue"])
def test_whoever_has_it_is_not_told_twice(job: str) -> None:
    monday = {"created_at": at("9-28", "08:00"), "respond_by": at("9-28", "08:30"), "due_at": at("9-28", "12:00")}
    assert told(job, at("9-28"), **{**SENT, **monday, "severity": "一般"}) != []
    assert told(job, at("9-28"), **{**SENT, **monday}) == []


def test_fire_is_urgent_whatever_the_form_says_of_it() -> None:
    fire = {"severity": "一般", "category": "消防", "respond_by": None, "due_at": None}
    assert [n.urgent for n in told("issue_urgent", at("9-26", "22:10"), **fire)] == [True]
    assert told("issue_waiting", at("9-28"), **fire) == []


def test_what_can_wait_and_what_is_done() -> None:
    for cells in ({"severity": "较急"}, {"status": "待复核"}, {"status": "已办结"}, {"status": "不予受理"}):
        assert told("issue_urgent", at("9-27", "03:00"), **cells) == []
    done = {"status": "处理中", "fixed_at": at("9-26", "23:00")}
    assert told("issue_urgent", at("9-27", "03:00"), **done) == []
    taken = {"status": "处理中", "handler": CLERK, "responded_at": at("9-26", "22:20")}
    assert told("issue_urgent", at("9-27", "02:00"), **taken) == []
    [late] = told("issue_urgent", at("9-27", "02:10"), **taken)
    [again] = told("issue_urgent", at("9-27", "02:10"), **taken, reopen_n=1)
    assert late.key != again.key, "what failed its check is late anew"


@pytest.mark.parametrize(
    ("cells", "clock", "text"),
    [
        (PIPE, "22:10", "【紧急】GD-2026-0007“公寓水管爆裂”（报修）待派单，请立即填写紧急程度、责任部门和处理人。"),
        (
            *(SENT, "22:10"),
            "【紧急】GD-2026-0007“公寓水管爆裂”（报修）已派给您，请立即处理，9月27日02:03前办结；"
            "接手时把状态改为“处理中”。",
        ),
        (
            *(PIPE, "22:40"),
            "【紧急】GD-2026-0007“公寓水管爆裂”（报修）已过响应时限（9月26日22:33）无人响应，"
            "请立即派单：填写紧急程度、责任部门和处理人。",
        ),
        (
            *({**SENT, "status": "处理中", "due_at": at("9-26", "22:30")}, "22:40"),
            "【紧急】GD-2026-0007“公寓水管爆裂”（报修）已到办结时限（9月26日22:30）仍未办结，请立即处理；"
            "不能按期的请填写原因并申请挂起。",
        ),
    ],
)
def test_its_letters(cells: Cells, clock: str, text: str) -> None:
    [notice] = told("issue_urgent", at("9-26", clock), **cells)
    assert words(notice) == text
