"""N16: a project that nobody accepted is told to the review group, then to 主要领导."""

from datetime import date
from typing import Any

from tests.jobs.class_jobs import at, run, told
from tests.jobs.class_jobs import text as read

PROJECT = {"name": "示例研讨班", "status": "待验收", "is_project": True, "ends_on": date(2026, 9, 17)}
"""Ended on Thursday; 9/20 is worked, 9/25–27 and 10/1–7 are holidays: day 5 is 9/23, day 10 is 10/8."""


def notices(month: int, on: int, **cells: Any) -> list[Any]:
    return run("project_acceptance", at(month, on), training_classes={1: {**PROJECT, **cells}})


def test_on_the_fifth_and_on_the_tenth_working_day():
    group, top = ("group", ["hr"]), ("top", ["主要领导"])
    assert told(notices(9, 22)) == []
    assert told(notices(9, 23)) == told(notices(10, 7)) == [group]
    assert told(notices(10, 8)) == told(notices(10, 9)) == [group, top]


def test_what_they_read():
    assert read(notices(9, 23)[0]) == (
        "【项目验收】项目“示例研讨班”结班已5个工作日，尚未考核验收。请考核组评定项目等次并填写奖惩意见。"
    )


def test_only_projects_that_are_over_and_open():
    for cells in (
        {"is_project": False},
        {"project_grade": "优秀"},
        {"status": "已归档"},
        {"ends_on": None},
        {"ends_on": date(2026, 10, 9)},
    ):
        assert notices(9, 30, **cells) == []
    assert notices(9, 30, status="进行中") != []
