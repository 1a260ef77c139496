"""事前审批 that nobody signed yet, on the eve of what it is for (domain.md B5.22)."""

from datetime import date
from typing import Any

from automations.jobs import Facts, discover
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import Calendar
from tests.jobs.test_steps_waiting import HEAD, LEADER, LEVELS, OFFICE, PEOPLE, at, message, step, told


def run(day: int, clock: str = "08:40", begins: Any = 22, signed: int = 0, assignee: int | None = HEAD, **more: Any):
    """22 September 2026 is a Tuesday, 25 to 27 September are 中秋节."""
    request = {"code": "SQ-2026-0031", "title": "赴区县调研", "status": "待签"}
    request |= {"starts_at": begins and at(begins, "09:00")} | more
    of = {"biz_type": "事前审批", "biz_code": "SQ-2026-0031", "request": 1}
    done = {"decision": "同意", "valid": "有效", "signed_at": at(11, "09:00")}
    levels = [(1, "部门负责人", assignee), LEVELS[2]]
    steps = [step(n, *level, **of, **(done if n <= signed else {})) for n, level in enumerate(levels, 1)]
    content = {"requests": Rows("requests", [Row(1, request)]), "sign_steps": Rows("sign_steps", steps)}
    return list(discover()["request_tomorrow"].run(content, Facts(at(day, clock), Calendar(), PEOPLE)))


def test_whose_turn_it_is_hears_of_it_on_the_last_working_day_before() -> None:
    assert run(18) == []  # Friday before: Monday lies between
    assert told(run(21)) == [(HEAD, "sign_steps/1", "eve")]
    assert told(run(21, signed=1)) == [(LEADER, "sign_steps/2", "eve")]
    assert told(run(22, "15:10")) == [(HEAD, "sign_steps/1", "eve")]  # the same stage: said once
    assert run(23) == [], "it has begun: N01 goes on"
    assert told(run(21, assignee=None)) == [(OFFICE, "sign_steps/1", "eve")]


def test_before_days_off_the_day_before_them_counts() -> None:
    assert run(23, begins=26) == []
    assert told(run(24, begins=26)) == [(HEAD, "sign_steps/1", "eve")]  # a Saturday of the holiday


def test_what_is_signed_refused_or_has_no_day_is_left_alone() -> None:
    assert run(21, signed=2) == []
    assert [run(21, status=status) for status in ("草稿", "已批准", "不同意", "作废")] == [[]] * 4
    assert run(21, begins=None) == []


def test_what_the_signer_reads() -> None:
    read = message(HEAD, run(21))
    assert read.subject == "【待签】SQ-2026-0031：9月22日开始，还差您的签批"
    said = "SQ-2026-0031“赴区县调研”9月22日开始，事前审批还差您的签批（部门负责人）。"
    assert all(said in text for text in (read.text, read.html, read.wecom)) and date(2026, 9, 22).weekday() == 1
