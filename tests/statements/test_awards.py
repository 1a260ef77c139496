"""评优建议名单: candidates of both awards by the year's goals, as AW-01 counts them."""

from decimal import Decimal
from typing import Any

from automations.measures import Period
from automations.rules import examine
from tests.measures.world import at, records
from tests.rules.world import facts
from tests.statements.reading import Read, read

YEAR = Period.year(2026)
SCORES = {"甲": 95, "乙": 93, "丙": 91, "丁": 90, "戊": 90, "己": 88, "新": None}


def person(name: str, **cells: Any) -> dict[str, Any]:
    return {"name": name, "status": "在岗", "is_logistics": True, "department": 1, "post": 1, "learn_rate": 97, **cells}


def goal(who: int, score: int | None, weight: int = 100, year: int = 2026, **cells: Any) -> dict[str, Any]:
    final = None if score is None else Decimal(score)
    return {"kind": "岗位目标", "person": who, "year": year, "weight": weight, "final_score": final, **cells}


PEOPLE = [
    person("甲", employment_type="事业编制"),
    *[person(name, employment_type="服务外包") for name in list(SCORES)[1:]],
    person("管", is_log_manager=True),
    person("师", is_logistics=False),
    person("走", status="已退出"),
]
GOALS = [
    *[goal(n, score) for n, score in enumerate(SCORES.values(), 1)],
    goal(8, 100, 30),
    goal(8, 80, 70),
    goal(9, 100),
    goal(10, 100),
    goal(6, 100, year=2025),
    goal(1, 100, year=2025),
    goal(1, None),
    goal(6, 100, kind="项目任务"),
]


def told(now: str = "2026-12-31 20:00", goals: list[dict[str, Any]] | None = None) -> Read:
    known = records(
        now,
        people=PEOPLE,
        tasks=GOALS if goals is None else goals,
        departments=[{"name": "行政科"}],
        posts=[{"name": "维修"}],
        issues=[
            {"handler": 1, "due_at": at("2026-05-05"), "fixed_at": at("2026-05-04")},
            {"handler": 1, "due_at": at("2026-05-05"), "fixed_at": at("2026-05-06")},
            {"handler": 1, "due_at": at("2025-05-05"), "fixed_at": at("2025-05-06")},
            {"handler": 1, "due_at": at("2026-05-05"), "fixed_at": at("2026-05-06"), "status": "挂起"},
        ],
    )
    return read("awards", known, YEAR)


def test_candidates_of_both_awards() -> None:
    found = told()
    service = found.table("service")
    assert [row[0] for row in service] == ["甲", "乙", "丙", "丁", "戊"]  # the fourth and whoever has as much
    assert service[0] == ("甲", "行政科", "维修", "95.0", "1", "0.0%", "2", "50.0%")
    assert service[1][-2:] == ("0", "未采集")
    assert [(row[0], row[3], row[4]) for row in found.table("manager")] == [("管", "86.0", "2")]
    assert "评选优质服务奖2名（行政后勤工作人员）、优秀管理奖2名（行政后勤管理人员）" in found.text
    assert "已有考核得分7人，尚无得分1人，不在名单内" in found.text


def test_whoever_is_listed_may_win() -> None:
    """AW-01 has nothing to say of the first two, and something of the one who is not listed."""
    tables = {"people": dict(enumerate(PEOPLE, 1)), "tasks": dict(enumerate(GOALS, 1))}

    def decision(*winners: int) -> list[str]:
        cells = {"kind": "表彰决定", "award": "优质服务奖", "winners": winners, "title": "决定"}
        found = facts("documents", cells, tables, now=at("2026-12-31"))
        return [f.message for f in examine(found) if f.rule == "AW-01"]

    listed = [row[0] for row in told().table("service")]
    names = list(SCORES)
    assert decision(names.index(listed[0]) + 1, names.index(listed[1]) + 1) == []
    assert any("未进入前4名" in message for message in decision(1, 6))


def test_the_learning_rate_is_that_of_the_year_whenever_it_is_asked() -> None:
    """Also in January, when 学习完成率 in 人员 speaks of the new year."""
    for now in ("2026-12-31 20:00", "2027-01-05"):
        rates = [row[5] for row in told(now).table("service")]
        assert rates[0] == "0.0%" and rates[1] == "未采集"  # nothing was handed in; 乙 need not take part


def test_nobody_scored() -> None:
    found = told(goals=[])
    assert found.text.count("还没有考核得分，暂无候选人。") == 2
    assert not found.document.tables
