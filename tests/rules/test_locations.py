"""楼栋房间: who answers for it, what rules it, which class is in it (domain.md A29, A51, B1.4)."""

from datetime import UTC, date, datetime
from typing import Any

from automations.books import Books
from automations.books.inputs import DAY
from automations.figures import compute
from automations.people import Person
from tests.rules.world import facts, said

PLACE: dict[str, Any] = {
    "name": "中心机房",
    "kind": "机房",
    "department": 1,
    "duty_person": 7,
    "usable": "可用",
}


def place(
    tables: dict[str, Any] | None = None, person: Person | None = None, day: str = "2026-09-01", **cells: Any
) -> Any:
    now = datetime.fromisoformat(f"{day}T02:00").replace(tzinfo=UTC)
    people = [person or Person(7, "张网络", department=1)]
    return facts("locations", {**PLACE, **cells}, tables, moment="随时", people=people, now=now)


def test_somebody_answers_for_it() -> None:
    assert said(place()) == []
    assert said(place(duty_person=None, department=None)) == ["请填写：“责任部门”、“责任人”。"]
    assert said(place(person=Person(7, "张网络", department=1, status="已退出"))) == [
        "“中心机房”的责任人张网络已退出，请指定新的责任人。"
    ]
    assert said(place(person=Person(7, "张网络", department=2))) == ["“中心机房”的责任人张网络不属于责任部门，请核对。"]


def test_sore_points_are_ruled() -> None:
    words = ["重点部位“中心机房”没有现行有效的制度覆盖，请责任部门补建。"]
    paper = {"kind": "制度", "status": "现行有效", "scope": ("重点部位",), "owner_dept": 2, "title": "机房管理办法"}
    assert said(place(key_point=True)) == words
    assert said(place({"documents": {1: paper}}, key_point=True)) == []
    assert said(place({"documents": {1: {**paper, "title": "食堂管理办法"}}}, key_point=True)) == words
    assert said(place({"documents": {1: {**paper, "title": "安全保卫办法", "owner_dept": 1}}}, key_point=True)) == []
    assert said(place({"documents": {1: {**paper, "status": "已废止"}}}, key_point=True)) == words
    both = place({"documents": {1: paper}}, key_point=True, service_window=True)
    assert said(both) == ["服务窗口“中心机房”没有现行有效的制度覆盖，请责任部门补建。"]


# --- 今日占用班次 -----------------------------------------------------------------------------------------------------

COURSE: dict[str, Any] = {
    "name": "村书记班",
    "classroom": 1,
    "starts_on": date(2026, 9, 1),
    "ends_on": date(2026, 9, 3),
    "status": "进行中",
}


def here(day: str = "2026-09-01", *more: dict[str, Any], **cells: Any) -> Any:
    courses = {5: {**COURSE, **cells}, **{6 + i: {**COURSE, **m} for i, m in enumerate(more)}}
    return compute(place({"training_classes": courses}, day=day)).cells["today_class"]


def test_the_class_in_a_room_today() -> None:
    assert here() == here("2026-09-03") == here(status="计划") == here(status="待结班") == 5
    assert here("2026-08-31") is here("2026-09-04") is here(classroom=2) is None
    assert here(status="取消") is here(starts_on=None) is here(ends_on=None) is None
    assert here(classroom=2, rooms=(1, 3)) == 5
    assert here("2026-09-02", {"starts_on": date(2026, 8, 31)}) == 6, "who came first"


def test_an_empty_room_is_not_looked_at_every_day() -> None:
    for courses in ({}, {5: {**COURSE, "starts_on": date(2026, 10, 8), "ends_on": date(2026, 10, 9)}}):
        found = place({"training_classes": courses})
        books: Books = found.books
        with books.marking() as marks:
            compute(found)
            said(found)
        assert DAY not in marks
