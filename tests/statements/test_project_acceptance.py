"""项目验收单: four aspects, tasks, rounds, and what the review group says."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.measures import Period
from tests.measures.world import at, records
from tests.statements.reading import Read, read

COURSE: dict[str, Any] = {
    "name": "专题研讨班",
    "is_project": True,
    "class_type": "专题研讨班",
    "starts_on": date(2026, 9, 21),
    "ends_on": date(2026, 9, 24),
    "days": 4,
    "actual_n": 40,
    "team": (1, 2),
    "survey_n": 30,
    "sat_lodging": Decimal("98.5"),
    "status": "待验收",
}


def task(aspect: str | None, status: str, final: str | None = None, weight: int = 10, **cells: Any) -> dict[str, Any]:
    score = None if final is None else Decimal(final)
    return {
        "kind": "项目任务",
        "title": "专题研讨班·用餐保障",
        "training_class": 1,
        "aspect": aspect,
        "status": status,
        "final_score": score,
        "weight": weight,
        "person": 1,
        "due": date(2026, 9, 24),
        "progress": 100,
        **cells,
    }


TASKS = [
    task("生活", "已归档", "90", 30),
    task("生活", "待考核", "80", 10),
    task("学习", "进行中"),
    task(None, "已归档", "70"),
    task("学习", "草拟", "1"),
    task("学习", "已归档", "1", kind="年度重点"),
]


def told(**cells: Any) -> Read:
    known = records(
        "2026-10-09",
        training_classes=[{**COURSE, **cells}],
        tasks=TASKS,
        people=[{"name": "甲"}, {"name": "乙"}],
        inspections=[
            {
                "team": "项目过程",
                "training_class": 1,
                "date": at("2026-09-22"),
                "status": "已归档",
                "checkpoint": "中期",
                "score": 95,
                "checklist": "四个方面都已落实。",
                "findings": (1, 2),
                "findings_n": 2,
            }
        ],
        issues=[{"status": "已办结", "fixed_at": at("2026-09-23")}, {"status": "处理中"}],
    )
    return read("project_acceptance", known, Period.month(2026, 9), known["training_classes"][0])


def test_four_aspects_weigh_their_tasks() -> None:
    found = told()
    assert found.table("aspects") == [
        ("学习", "1", "0", "未采集", "未采集", "未采集"),
        ("生活", "2", "2", "未采集", "未采集", "87.5"),
        ("考察调研", "0", "0", "未采集", "未采集", "未采集"),
        ("党性锻炼", "0", "0", "未采集", "未采集", "未采集"),
        ("其他", "1", "1", "未采集", "未采集", "70.0"),
    ]
    assert "项目任务4项，完成3项，最终得分平均84.0分" in found.text  # (90·30 + 80·10 + 70·10) / 50
    assert [row[0] for row in found.table("tasks")] == ["学习", "生活", "生活", "其他"]
    assert found.table("tasks")[1] == ("生活", "用餐保障", "甲", "2026-09-24", "100%", "已归档", "90.0")


def test_rounds_and_answers() -> None:
    found = told()
    assert "过程督查1次，发现问题2个，已整改1个。住宿满意率98.5%，餐饮满意率未采集，" in found.text
    assert found.table("rounds") == [("2026-09-22", "中期", "项目过程", "95.0", "四个方面都已落实", "2")]
    assert "项目组：甲、乙。" in found.text and "开班准备没有清单" in found.text


def test_the_grade_is_the_review_group_s() -> None:
    assert "项目等次：未评定。" in told().text
    graded = told(project_grade="良好", reward_note="按办法奖励。").text
    assert "项目等次：良好。" in graded and "奖惩意见：按办法奖励。" in graded
