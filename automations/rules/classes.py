"""培训班次: what must be settled before a class is prepared and before it begins (domain.md B2.8, CL-01 to 05)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from automations.rows import RowView
from automations.rules.base import ALWAYS, rule
from automations.rules.claims import empty, missing_cells, quoted
from automations.rules.classes_facts import (
    ARCHIVED,
    BEFORE_START,
    CALLED_OFF,
    ENDED,
    MEETING,
    PREPARING,
    READY,
    RUNNING,
    TABLE,
    TO_ACCEPT,
    ClassFacts,
)

PLANNING = (ALWAYS, PREPARING, RUNNING)
"""Told while it is planned, and asked again at each step towards its first day."""

NEEDED: Mapping[str, Sequence[str]] = {
    PREPARING: (),
    RUNNING: ("lodging_n",),
    ENDED: ("lodging_n", "actual_n"),
    TO_ACCEPT: ("lodging_n", "actual_n"),
    ARCHIVED: ("lodging_n", "actual_n"),
}
"""What each state needs besides the columns marked ●."""

OF_ENTRUSTED, OF_PROJECTS, OF_ACCEPTED = (
    ("entrusting_unit", "fee_standard"),
    ("team",),
    ("project_grade", "reward_note"),
)
ENTRUSTED = "委托班"
TEACHING, LOGISTICS, IN_USE = "教学科研", "行政后勤", "可用"

Figures = Iterator[dict[str, Any]]


@rule("必填", TABLE, "B8", "请填写：{fields}。", at=tuple(NEEDED))
def filled_for_its_state(course: ClassFacts) -> Figures:
    """Everything marked ●, and what entrusted classes, projects and each state need."""
    more = [*NEEDED[course.state]]
    more += OF_ENTRUSTED if course.is_entrusted else ()
    more += OF_PROJECTS if course.is_project else ()
    more += OF_ACCEPTED if course.is_project and course.state == ARCHIVED else ()
    if missing := missing_cells(course, *more):
        yield {"fields": quoted(missing)}


@rule(
    "委托班",
    TABLE,
    "B8；万州：培训主体日益多元",
    "班次类型为“{kind}”，“是否委托班”却{ticked}，两处不一致，请改正后再办理。",
    at=(PREPARING, RUNNING),
)
def entrusted_or_not(course: ClassFacts) -> Figures:
    """班次类型 and 是否委托班 agree, else nobody compares what was charged (IN-07); anybody may order a meeting."""
    wrong = course.class_type != ENTRUSTED if course.is_entrusted else course.class_type == ENTRUSTED
    if wrong and course.class_type not in (None, MEETING):
        yield {"kind": course.class_type, "ticked": "已勾选" if course.is_entrusted else "没有勾选"}


@rule("日期", TABLE, "B8", "结班日{ends_on}早于开班日{starts_on}，请核对。", at=PLANNING)
def ends_after_it_starts(course: ClassFacts) -> Figures:
    """No class ends before it starts."""
    if course.starts_on is not None and course.ends_on is not None and course.ends_on < course.starts_on:
        yield {"starts_on": course.starts_on, "ends_on": course.ends_on}


@rule("分工", TABLE, "B8", "班主任和后勤保障负责人不能都是{name}，请换一人。", at=PLANNING)
def two_people_look_after_it(course: ClassFacts) -> Figures:
    """班主任 and 后勤保障负责人 differ: each sees what the other missed."""
    if course.head_teacher is not None and course.head_teacher == course.logistics_owner:
        yield {"name": course.directory.name(course.head_teacher)}


# Rooms ----------------------------------------------------------------------------------------------------------------


@rule("CL-01", TABLE, "B8；万州：党校姓党与面向市场相结合", "教室“{room}”{day}已安排给“{other}”。", at=PLANNING)
def classroom_is_free(course: ClassFacts) -> Figures:
    """One class in a classroom at a time; who has begun stays, then the school's classes come before what is let."""
    room = course.of("classroom")
    if room is None or course.state not in (*BEFORE_START, RUNNING):
        return
    for other, day in _overlapping(course, "classroom", room.id):
        if _rank(other) < _rank(course.row, course.status):
            yield {"room": room.name, "day": day, "other": other.name}


@rule("CL-01", TABLE, "B8", "客房{rooms}{day}起已安排给“{other}”，请核对床位。", "提示", at=PLANNING)
def beds_are_free(course: ClassFacts) -> Figures:
    """Rooms are not promised twice; whoever shares one looks again."""
    shared: dict[tuple[str, date], list[str]] = {}
    for room in course.many("rooms") if course.state in (*BEFORE_START, RUNNING) else ():
        for other, day in _overlapping(course, "rooms", room.id):
            if _rank(other) < _rank(course.row, course.status):
                shared.setdefault((other.name, day), []).append(room.name)
    for (other_name, day), rooms in shared.items():
        yield {"rooms": quoted(rooms), "day": day, "other": other_name}


def _overlapping(course: ClassFacts, field: str, place: int | None) -> Iterator[tuple[RowView, date]]:
    """Other classes in the same place on the same days, and the first of these."""
    if course.length is None:
        return
    for other in course.books.where(TABLE, field, place):
        if other.id == course.id or other.status == CALLED_OFF or None in (other.starts_on, other.ends_on):
            continue
        first = max(course.starts_on, other.starts_on)
        if first <= min(course.ends_on, other.ends_on):
            yield other, first


def _rank(course: RowView, status: str | None = None) -> tuple[bool, bool, int]:
    """Who keeps a room comes first."""
    let = bool(course.is_entrusted) or course.class_type == MEETING
    return (status or course.status) in BEFORE_START, let, course.id


@rule("CL-02", TABLE, "B8", "住校{n}人，已选客房床位{beds}个，缺{gap}个。", at=(ALWAYS, RUNNING))
def a_bed_for_everybody(course: ClassFacts) -> Figures:
    """The rooms chosen, those that can be used, have a bed for every lodger."""
    if course.state not in (PREPARING, RUNNING) or course.lodging_n is None:
        return
    beds = sum((room.capacity or Decimal(0) for room in course.many("rooms") if room.usable == IN_USE), Decimal(0))
    if course.lodging_n > beds:
        yield {"n": f"{course.lodging_n:f}", "beds": f"{beds:f}", "gap": f"{course.lodging_n - beds:f}"}


@rule("CL-02", TABLE, "B8", "教室“{room}”{seats}座，本班{n}人，缺{gap}座，请换教室。", "提示", at=PLANNING)
def a_seat_for_everybody(course: ClassFacts) -> Figures:
    """The classroom has a seat for everybody."""
    room = course.of("classroom") if course.state in (*BEFORE_START, RUNNING) else None
    if room is not None and room.capacity is not None and room.capacity < course.heads:
        gap = course.heads - room.capacity
        yield {"room": room.name, "seats": f"{room.capacity:f}", "n": f"{course.heads:f}", "gap": f"{gap:f}"}


# The project's people -------------------------------------------------------------------------------------------------


@rule("CL-05", TABLE, "B8；万州：建管并举", "项目制班次的项目组须至少含1名教师和1名后勤人员。", at=PLANNING)
def team_of_teachers_and_logistics(course: ClassFacts) -> Figures:
    """Whoever teaches and whoever looks after the house work together on a project."""
    if not course.is_project or not course.team or course.state not in (*BEFORE_START, RUNNING):
        return
    team = [person for member in course.team if (person := course.books.row("people", member)) is not None]
    kinds = [_kind_of_department(course, person) for person in team]
    if TEACHING not in kinds or not (LOGISTICS in kinds or any(p.is_logistics or p.is_log_manager for p in team)):
        yield {}


def _kind_of_department(course: ClassFacts, person: RowView) -> str:
    department = course.books.row("departments", person.department)
    return str(department.kind or "") if department is not None else ""


# Ready? ---------------------------------------------------------------------------------------------------------------


@rule(
    "CL-03",
    TABLE,
    "B8；万州：服务于教学科研",
    "距开班{days}个工作日，开班准备仍有{n}项未完成：{items}。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("class.ready_closed_wd",),
)
def ready_in_time(course: ClassFacts) -> Figures:
    """The checklist is closed a working day before the class begins, unless 分管领导 has agreed to open without."""
    if course.status not in BEFORE_START or not course.open_checks or not empty(course.ready_exception):
        return
    if course.begins_within(course.norm.whole("class.ready_closed_wd")):
        days = course.calendar.between(course.today, course.starts_on)
        yield {"days": days, "n": len(course.open_checks), "items": course.open_names}


@rule(
    "CL-03",
    TABLE,
    "B8；万州：服务于教学科研",
    "开班准备为“{readiness}”{items}，不能开班。请办结后再改状态；确须开班的，请分管领导填写“例外开班意见”。",
    at=RUNNING,
)
def begins_when_ready(course: ClassFacts) -> Figures:
    """A class begins when its checklist is 合格, or 分管领导 wrote why it may begin without."""
    if course.readiness_now == READY or not empty(course.ready_exception):
        return
    items = f"，还有{len(course.open_checks)}项未完成（{course.open_names}）" if course.open_checks else ""
    yield {"readiness": course.readiness_now, "items": items}
