"""目标任务: weights, time limits, who scores whom, and the score itself (domain.md A54, B2.9, TK-01, TK-02)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Department, Person
from tests.rules.world import facts, said

TASK: dict[str, Any] = {
    "kind": "岗位目标",
    "title": "报修按时率",
    "person": 3,
    "department": 1,
    "year": 2026,
    "weight": 100,
    "standard": "95%以上",
    "due": date(2026, 12, 31),
}
CLERK = Person(3, "王文员", department=1, roles=frozenset({"经办人"}))
HEAD = Person(2, "周科长", department=1, roles=frozenset({"经办人", "部门负责人"}))
DEPARTMENT = Department(1, "行政科", head=2)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T02:00").replace(tzinfo=UTC)


def task(moment: str = "提交", tables: dict[str, Any] | None = None, day: str = "2026-09-01", **cells: Any) -> Any:
    actor = cells.pop("actor", HEAD)
    return facts(
        "tasks",
        {**TASK, **cells},
        tables,
        moment=moment,
        people=(CLERK, HEAD),
        departments=(DEPARTMENT,),
        actor=actor,
        now=at(day),
    )


def test_a_task_is_complete() -> None:
    assert said(task()) == []
    assert said(task(standard=None)) == ["请填写：“完成标准”。"]
    assert said(task(kind="项目任务")) == ["请填写：“班次”、“项目方面”。"]
    assert said(task(kind="项目任务", training_class=1, aspect="生活", weight=20)) == []
    assert said(task(kind="年度重点")) == ["请填写：“四个一流”。"]
    assert said(task(kind="年度重点", four_first="管理服务")) == said(task(kind="上级督办")) == []


def test_tk01() -> None:
    def weighing(own: int, **other: Any) -> list[str]:
        return said(task(weight=own, tables={"tasks": {7: {**TASK, "weight": 40, **other}}}), "TK-01")

    assert weighing(60) == []
    assert weighing(60, weight=30) == ["王文员2026年岗位目标权重合计90%，应为100%。"]
    assert weighing(61) == ["王文员2026年岗位目标权重合计101%，应为100%。"]
    for elsewhere in ({"person": 2}, {"year": 2025}, {"kind": "年度重点"}, {"status": "不同意"}):
        assert weighing(60, **elsewhere) == ["王文员2026年岗位目标权重合计60%，应为100%。"]
        assert weighing(100, **elsewhere) == []
    assert said(task(kind="年度重点", weight=5), "TK-01") == []


def test_tk02() -> None:
    def late(day: str, status: str = "进行中", due: date | None = date(2026, 9, 30)) -> list[str]:
        return said(task("随时", day=day, status=status, due=due))

    assert late("2026-09-30") == []
    assert late("2026-10-07") == []  # a holiday: no working day has passed yet
    assert late("2026-10-08") == late("2026-10-08", "已下达") == ["任务“报修按时率”已超期1个工作日。"]
    assert late("2026-10-10") == ["任务“报修按时率”已超期3个工作日。"]  # a Saturday that is worked
    for status in ("草拟", "待考核", "已考核"):
        assert late("2026-10-08", status) == []
    assert late("2026-10-08", due=None) == []


# --- scoring ----------------------------------------------------------------------------------------------------------


def scored(day: str = "2026-12-01", **cells: Any) -> list[str]:
    return said(task("已考核", day=day, **{"status": "待考核", "review_score": 90, **cells}))


def test_evidence_before_the_score() -> None:
    words = ["请填写“佐证说明”或上传“佐证材料”。"]
    assert said(task("待考核")) == words
    assert said(task("待考核", evidence="全年报修62单，61单按时")) == []


def test_scored_in_december() -> None:
    assert scored("2026-12-01") == scored("2026-12-31") == []
    words = "2026年“{}”的考核评分在2026-12-01至2026-12-31之间进行，今天是{}。"
    assert scored("2026-11-30") == [words.format("岗位目标", "2026-11-30")]
    assert scored("2027-01-04", kind="年度重点") == [words.format("年度重点", "2027-01-04")]
    assert scored("2026-11-30", kind="项目任务") == scored("2026-11-30", kind="上级督办") == []


def test_nobody_scores_himself() -> None:
    assert scored(person=2) == ["不能给自己的目标评分。"]
    assert scored(actor=Person(3, "王文员", roles=frozenset({"组织人事"}))) == ["不能给自己的目标评分。"]


@pytest.mark.parametrize("role", ["部门负责人", "分管领导", "主要领导", "组织人事"])
def test_who_scores(role: str) -> None:
    assert scored(actor=Person(9, "郑副校长", roles=frozenset({role}))) == []
    assert scored(actor=Person(9, "钱出纳", roles=frozenset({"出纳"}))) == [
        "考核评分由部门负责人、校领导或组织人事确定，钱出纳不在其中。"
    ]


def test_a_score_from_0_to_100() -> None:
    assert scored(review_score=None) == ["请填写“考核评分”。"]
    assert scored(review_score=0) == scored(review_score=100) == []
    assert scored(review_score="100.1") == ["“考核评分”应在0至100之间，现在是100.10分。"]
    assert scored(self_score=-1) == ["“自评分”应在0至100之间，现在是-1分。"]


# --- the score itself -------------------------------------------------------------------------------------------------


def cells(indicator: str | None, tables: dict[str, Any] | None = None, **more: Any) -> Any:
    filled = {"indicator": indicator, "review_score": 90, "status": "已考核", **more}
    return compute(task("", tables, **{"day": "2026-12-20", **filled}))


def final(*args: Any, **more: Any) -> tuple[Any, Any]:
    found = cells(*args, **more).cells
    return found["indicator_value"], found["final_score"]


def issue(due: str, fixed: str | None, **more: Any) -> dict[str, Any]:
    fixed_at = None if fixed is None else datetime.fromisoformat(fixed + "+08:00")
    return {
        "kind": "报修",
        "handler": 3,
        "duty_dept": 1,
        "due_at": datetime.fromisoformat(due + "+08:00"),
        "fixed_at": fixed_at,
        "status": "已办结" if fixed else "处理中",
        **more,
    }


REPAIRS = {
    1: issue("2026-05-08T17:00", "2026-05-08T17:00"),
    2: issue("2026-06-08T17:00", "2026-06-08T17:15"),
    3: issue("2026-07-08T17:00", "2026-07-01T09:00"),
    4: issue("2026-12-18T17:00", None),  # late and not fixed
    5: issue("2026-12-20T17:00", None),  # due today
    6: issue("2025-12-30T17:00", "2026-01-05T09:00"),
    7: issue("2026-08-08T17:00", None, status="挂起"),
    8: issue("2026-08-08T17:00", None, status="不予受理"),
    9: issue("2026-08-08T17:00", "2026-08-01T09:00", kind="整改"),
    10: issue("2026-08-08T17:00", "2026-08-01T09:00", handler=4),
}


def test_repairs_in_time() -> None:
    assert final("报修按时率", {"issues": REPAIRS}) == (Decimal(50), Decimal(66))  # 2 of 4: 0.6 × 50 + 0.4 × 90
    assert final("整改按期率", {"issues": REPAIRS}) == (Decimal(100), Decimal(96))
    assert final("报修按时率", {"issues": REPAIRS}, person=2)[0] == Decimal(60)  # the head: all of his department
    assert final("报修按时率", {"issues": REPAIRS}, kind="年度重点")[0] == Decimal(60)


def test_what_nothing_is_known_about_is_not_0() -> None:
    found = cells("报修按时率")
    assert found.cells == {"indicator_value": None, "final_score": Decimal(90)}
    assert found.note == "客观指标“报修按时率”没有数据，最终得分按考核评分计。"
    for none in ("无", None):
        found = cells(none)
        assert (found.cells["final_score"], found.note) == (Decimal(90), "")


def test_no_score_before_the_reviewers_say_so() -> None:
    for status in ("进行中", "待考核"):
        assert final("报修按时率", {"issues": REPAIRS}, status=status) == (Decimal(50), None)
    assert final("报修按时率", {"issues": REPAIRS}, status="已下达") == (None, None)
    assert final("报修按时率", {"issues": REPAIRS}, review_score=None) == (Decimal(50), None)


def test_satisfaction_by_answers() -> None:
    classes = {
        1: {"ends_on": date(2026, 5, 1), "sat_overall": "90", "survey_n": 10},
        2: {"ends_on": date(2026, 6, 1), "sat_overall": "98", "survey_n": 30},
        3: {"ends_on": date(2025, 6, 1), "sat_overall": "10", "survey_n": 30},
        4: {"ends_on": date(2026, 7, 1)},
    }
    tables = {"training_classes": classes}
    assert final("满意率", tables) == (Decimal(96), Decimal("93.6"))
    assert final("满意率", tables, kind="项目任务", training_class=1)[0] == Decimal(90)
    assert final("满意率", tables, kind="项目任务", training_class=4)[0] is None


PROJECT: dict[str, Any] = {"name": "示例研讨班", "is_project": True, "project_grade": "良好"}


def of_a_project(indicator: str = "无", course: dict[str, Any] | None = None, **more: Any) -> Any:
    classes = {"training_classes": {1: {**PROJECT, **(course or {})}}}
    return cells(indicator, classes, **{"kind": "项目任务", "training_class": 1, **more})


@pytest.mark.parametrize(("grade", "score"), [("优秀", 96), ("良好", 87), ("合格", 78), ("不合格", 36)])
def test_the_grade_of_a_project_counts_for_its_tasks(grade: str, score: int) -> None:
    """0.6 × the points of the grade + 0.4 × 90."""
    found = of_a_project(course={"project_grade": grade})
    assert (found.cells, found.note) == ({"indicator_value": None, "final_score": Decimal(score)}, "")


def test_grade_and_indicator_count_alike() -> None:
    survey = {"ends_on": date(2026, 5, 1), "sat_overall": "95", "survey_n": 10}
    found = of_a_project("满意率", survey)
    assert found.cells == {"indicator_value": Decimal(95), "final_score": Decimal(90)}  # 0.6 × (95 + 85) / 2 + 0.4 × 90


def test_only_projects_that_were_graded_count() -> None:
    waits = of_a_project(course={"project_grade": None})
    assert (waits.cells["final_score"], waits.note) == (
        Decimal(90),
        "班次“示例研讨班”还没有评定项目等次，评定后计入最终得分。",
    )
    for other in (of_a_project(course={"is_project": False}), of_a_project(kind="岗位目标")):
        assert (other.cells["final_score"], other.note) == (Decimal(90), "")
    assert of_a_project(status="待考核").cells["final_score"] is None


def test_the_points_of_a_grade_are_the_schools_own() -> None:
    def with_scale(text: str) -> Any:
        filled = {"kind": "项目任务", "training_class": 1, "status": "已考核", "review_score": 90}
        norms = {"project.grade_points": text}
        return compute(facts("tasks", {**TASK, **filled}, {"training_classes": {1: PROJECT}}, norms=norms))

    assert with_scale("优秀：100，良好：50").cells["final_score"] == Decimal(66)
    for wrong in ("优秀:100", "良好", "良好:八十五"):
        found = with_scale(wrong)
        assert found.cells["final_score"] == Decimal(90)
        assert found.note == (
            "参数“project.grade_points”没有写明“良好”折算几分，请写成“优秀:100、良好:85”的样子；现在按考核评分计。"
        )


def test_learning() -> None:
    people = {"people": {3: {"name": "王文员", "learn_rate": "87.5", "employment_type": "事业编制", "status": "在岗"}}}
    assert final("学习完成率", people) == (Decimal("87.5"), Decimal("88.5"))
    assert final("学习完成率", people, year=2025) == (Decimal(0), Decimal(36))  # nothing is on record of that year


def reading(at: str, value: str, slot: str = "月末", meter: int = 1) -> dict[str, Any]:
    return {"meter": meter, "read_at": datetime.fromisoformat(at + "T16:00+08:00"), "slot": slot, "value": value}


def test_energy_against_the_year_before() -> None:
    meters = {
        1: {"kind": "电", "multiplier": 10},
        2: {"kind": "电", "parent": 1, "multiplier": 1},
        3: {"kind": "水", "multiplier": 1},
    }
    readings = {
        1: reading("2025-03-31", "1000"),
        2: reading("2025-04-30", "1100"),
        3: reading("2026-03-31", "5000"),
        4: reading("2026-04-10", "5040", "换表前"),
        5: reading("2026-04-10", "3", "换表后"),
        6: reading("2026-05-01", "53"),  # read on the first day after: April, 40 + 50
        7: reading("2026-05-31", "153"),  # no May of the year before
        8: reading("2026-04-30", "99999", meter=3),
        9: reading("2026-04-20", "8", "日抄"),
    }
    tables = {"meters": meters, "meter_readings": readings}
    assert final("能耗同比", tables) == (Decimal(-10), Decimal(96))  # saved: full marks
    readings[6] = reading("2026-05-01", "75")  # 112 against 100
    assert final("能耗同比", tables) == (Decimal(12), Decimal(60))  # 100 − 12 × 5 = 40: 0.6 × 40 + 0.4 × 90
    readings[6] = reading("2026-05-01", "200")
    assert final("能耗同比", tables)[1] == Decimal(36)  # never below 0
    del readings[1]
    assert final("能耗同比", tables)[0] is None
