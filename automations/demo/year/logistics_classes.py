"""The life of a class beside its teaching: planned, prepared, held, closed; projects have a team and are accepted.

Houqin plans the readiness checklist five working days ahead; whoever looks after the class goes through it (B2.8, N14).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from automations.demo.year.classes import READY, Course, ahead, courses_of, entered
from automations.demo.year.edits import Edit, Ref, find, person, write
from automations.demo.year.logistics_inspections import PROJECT
from automations.demo.year.logistics_issues import AFTER_THE_LOOK
from automations.demo.year.plan import Plan

TABLE, CHECKS, KEEPER, REVIEWER = "training_classes", "equipment_checks", "云教学", "陈人事"
NETWORK, TECHNICIAN = "网络", "张网络"
LECTURERS = ("昌讲师", "马讲师", "苗讲师", "凤讲师")
GRADES = ("优秀", "良好", "良好", "合格")


def checklist(course: Course) -> Mapping[str, Mapping[str, Any]]:
    """Lines of the readiness checklist, and how each is known."""
    of = {"training_class": Ref(TABLE, course.key)}
    room = f"教室{course.classroom}：{course.planned}人桌椅、投影、音响、空调、照明、饮水"
    lines: dict[str, Mapping[str, Any]] = {"教室": {**of, "items": room}}
    if course.beds:
        lines["客房"] = {**of, "location": Ref("locations", course.beds[0])}
    lines["餐饮"] = {**of, "location": Ref("locations", "学员餐厅")}
    if "研讨" in course.kind.modes:
        lines["研讨"] = {**of, "items": "研讨教学：研讨室、白板、分组座签"}
    if NETWORK in course.kind.modes:
        lines[NETWORK] = {**of, "items": "网络教学：网络带宽、视频设备联调"}
    if course.kind.needs:
        lines["特殊需求"] = {**of, "items": f"特殊需求（{course.kind.needs}）：逐项落实"}
    return lines


def prepared(plan: Plan, dice: Random, course: Course, day: date) -> Iterator[Edit]:
    """The checklist found and gone through on one day."""
    at = plan.at(day, AFTER_THE_LOOK)
    keys = {f"开班-{course.key}-{name}": where for name, where in checklist(course).items()}
    for key, where in keys.items():
        yield find(at, CHECKS, key, **where)
    at = plan.at(day, "09:30") + timedelta(minutes=dice.randrange(60))
    for key in keys:
        at += timedelta(minutes=dice.randrange(4, 15))
        yield write(at, course.host, CHECKS, key, done_on=day, result="正常")


def begun(plan: Plan, course: Course) -> datetime:
    """When its row is there."""
    first = plan.at(plan.workdays[0], "09:25")
    return max(plan.at(ahead(plan, course, late=1), "10:20"), first)


def class_lives(plan: Plan, dice: Random) -> Iterator[Edit]:
    """Every class. One that begins in the first days of January was prepared in the old year."""
    for course in courses_of(plan):
        if plan.calendar.add(course.starts, READY) > begun(plan, course).date():
            yield from life(plan, dice, course)


def held(plan: Plan, dice: Random, course: Course) -> Iterator[Edit]:
    """One class more than the year has: entered, got ready, held and closed."""
    yield from entered(plan, course)
    yield from life(plan, dice, course)


def life(plan: Plan, dice: Random, course: Course) -> Iterator[Edit]:
    """One class from 筹备 to the archive."""
    project = course.kind.name == PROJECT
    cells: dict[str, Any] = {"status": "筹备"}
    if project:
        team = (course.teacher, course.host, dice.choice(LECTURERS))
        cells |= {"is_project": True, "team": tuple(person(name) for name in team)}
    yield write(begun(plan, course), KEEPER, TABLE, course.key, **cells)
    yield from prepared(plan, dice, course, plan.calendar.add(course.starts, READY))
    if NETWORK in course.kind.modes:
        yield from _line_tried(plan, course)
    yield write(plan.at(course.starts, "10:45"), KEEPER, TABLE, course.key, status="进行中")
    yield write(plan.at(course.ends, "17:40"), KEEPER, TABLE, course.key, status="待结班")
    yield from _closed(plan, dice, course, project)


def _line_tried(plan: Plan, course: Course) -> Iterator[Edit]:
    """The line to the network school, on the working day before (A36)."""
    day, key = plan.calendar.add(course.starts, -1), f"联调-{course.key}"
    yield find(plan.at(day, "15:20"), CHECKS, key, training_class=Ref(TABLE, course.key), check_kind="视频会议联调")
    yield write(plan.at(day, "16:00"), TECHNICIAN, CHECKS, key, done_on=day, result="正常")


def _closed(plan: Plan, dice: Random, course: Course, project: bool) -> Iterator[Edit]:
    """A project is accepted by 组织人事科 within the week; classes of outside clients wait for their money."""
    if project:
        handed_over = plan.at(plan.calendar.add(course.ends, 1), "09:20")
        yield write(handed_over, KEEPER, TABLE, course.key, status="待验收")
        graded = {"project_grade": dice.choice(GRADES), "reward_note": "按项目管理办法兑现奖惩。"}
        yield write(plan.at(plan.calendar.add(course.ends, 4), "15:25"), REVIEWER, TABLE, course.key, **graded)
    if not course.unit:
        at = plan.at(plan.calendar.add(course.ends, course.kind.on_file), "10:15")
        yield write(at, REVIEWER if project else KEEPER, TABLE, course.key, status="已归档")
