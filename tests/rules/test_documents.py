"""制度档案 before it is signed and while it binds (domain.md A27–29, B1.7, DC-01)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Department, Person
from automations.rules.documents import covered, months_later
from automations.tables.values import File
from tests.rules.world import facts, said

PAPER: dict[str, Any] = {
    "title": "车辆管理办法",
    "kind": "制度",
    "secrecy": "公开",
    "owner_dept": 1,
    "file": (File("办法.docx", 1, "r"),),
    "meeting_no": "校委纪要〔2026〕9号",
}
IN_FORCE = {**PAPER, "status": "现行有效", "issued_on": date(2024, 10, 1)}


def test_a_paper_is_complete_and_its_meeting_is_named() -> None:
    assert said(facts("documents", PAPER)) == []
    assert said(facts("documents", {**PAPER, "title": None})) == ["请填写：“名称”。"]
    wanted = "“{}”须经校委会研究，请填写“会议纪要号”。"
    more = {"award": "优质服务奖", "winners": (1, 2)}
    for kind in ("制度", "表彰决定"):
        found = facts("documents", {**PAPER, **more, "kind": kind, "meeting_no": None})
        assert said(found, "必填") == [wanted.format(kind)]
    assert said(facts("documents", {**PAPER, "kind": "技术档案", "meeting_no": None})) == []


def test_an_award_names_itself_and_who_gets_it() -> None:
    assert said(facts("documents", {**PAPER, "kind": "表彰决定"}), "必填") == ["请填写：“奖项”、“获奖人员”。"]


# --- looked at anew ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2024-10-01", 24, "2026-10-01"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2025-01-31", 11, "2025-12-31"),
        ("2025-12-15", 12, "2026-12-15"),
    ],
)
def test_months_later(day: str, months: int, then: str) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(then)


def due(**cells: Any) -> Any:
    return compute(facts("documents", {**IN_FORCE, **cells}, moment="")).cells["review_due"]


def test_when_a_paper_is_looked_at_anew() -> None:
    assert due() == date(2026, 10, 1)
    assert due(kind="应急预案") == date(2026, 10, 1)
    assert due(kind="会议纪要") is due(issued_on=None) is None


def told(day: str, **cells: Any) -> list[str]:
    now = datetime.fromisoformat(f"{day}T02:00").replace(tzinfo=UTC)
    return said(facts("documents", {**IN_FORCE, **cells}, moment="随时", now=now))


def test_dc01() -> None:
    assert told("2026-08-31") == []
    assert told("2026-09-01") == ["“车辆管理办法”应于2026-10-01前复审（剩30天），请修订后重新签批。"]
    assert told("2026-10-01") == ["“车辆管理办法”应于2026-10-01前复审（剩0天），请修订后重新签批。"]
    late = "“车辆管理办法”应于2026-10-01前复审，已超期{}个工作日，请尽快修订或废止。"
    assert told("2026-10-08") == [late.format(1)]  # 10-01 to 10-07 is a holiday
    assert told("2026-10-12") == [late.format(4)]  # Saturday 10-10 is a working day
    assert told("2026-10-12", status="待修订") == [late.format(4)]
    assert told("2026-10-12", status="已废止") == told("2026-10-12", kind="学习资料") == []


def test_what_binds_has_a_day() -> None:
    words = ["请填写“发布日”，否则无法提醒复审。"]
    assert told("2026-09-01", issued_on=None) == words
    assert (
        told("2026-09-01", issued_on=None, status="草拟") == told("2026-09-01", issued_on=None, kind="会议纪要") == []
    )


# --- who takes it back ------------------------------------------------------------------------------------------------

DEPARTMENTS = (Department(1, "行政科"), Department(2, "财务科"), Department(3, "办公室"))


@pytest.mark.parametrize("status", ["待修订", "已废止"])
def test_who_takes_a_paper_back(status: str) -> None:
    def moved(department: int, rank: str = "科员") -> list[str]:
        actor = Person(9, "王文员", department=department, rank=rank)
        return said(facts("documents", IN_FORCE, moment=status, actor=actor, departments=DEPARTMENTS))

    assert moved(2) == [f"“{status}”由主责部门、办公室或校领导选定，王文员不在其中。"]
    assert moved(1) == moved(3) == moved(2, "班子成员") == moved(2, "主要领导") == []


# --- what is covered --------------------------------------------------------------------------------------------------


def test_covered() -> None:
    def by(matter: str = "重点部位", department: int | None = 1, names: tuple[str, ...] = (), **cells: Any) -> bool:
        paper = {**IN_FORCE, "scope": ("重点部位", "工作程序"), **cells}
        return covered(facts("posts", {}, {"documents": {1: paper}}).books, matter, department, *names)

    assert by() and by(kind="应急预案") and by(status="待修订")
    assert not by("服务窗口") and not by(status="草拟") and not by(status="已废止") and not by(kind="会议纪要")
    assert not by(department=2, names=("机房",)) and by(department=2, names=("机房",), title="机房管理办法")
    assert not by(department=2, names=("",))
