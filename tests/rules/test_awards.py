"""优质服务奖 and 优秀管理奖 (domain.md A30, B1.7, AW-01; V34)."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.measures.awards import candidates, goal_score
from automations.rows import Rows
from automations.rules import examine
from automations.rules.awards import award_year
from automations.tables.base import Row
from automations.tables.values import File
from tests.office import schema
from tests.rules.world import facts, rules, said, whole

SCORES: dict[str, str | None] = {"甲": "95", "乙": "93", "丙": "91", "丁": "90", "戊": "88", "新": None}
MANAGERS = {"管": "97", "理": "85"}


def staff() -> dict[int, dict[str, Any]]:
    service = {n: {"is_logistics": True, "is_log_manager": False} for n in SCORES}
    managers = {n: {"is_logistics": True, "is_log_manager": True} for n in MANAGERS}
    rows = {**service, **managers, "师": {"is_logistics": False, "is_log_manager": False}}
    return {i: {"name": name, "status": "在岗", **cells} for i, (name, cells) in enumerate(rows.items(), start=1)}


IDS = {row["name"]: i for i, row in staff().items()}


def goal(name: str, score: str | None, weight: int = 100, year: int = 2026, **cells: Any) -> dict[str, Any]:
    return {
        "kind": "岗位目标",
        "person": IDS[name],
        "year": year,
        "weight": weight,
        "final_score": score,
        "status": "已归档",
        **cells,
    }


GOALS = {i: goal(name, score) for i, (name, score) in enumerate({**SCORES, **MANAGERS}.items(), start=1)}


def decision(winners: str, award: str = "优质服务奖", **cells: Any) -> Any:
    filled = {
        "title": "关于表彰2026年度优质服务奖的决定",
        "kind": "表彰决定",
        "secrecy": "公开",
        "owner_dept": 1,
        "file": (File("决定.docx", 1, "r"),),
        "meeting_no": "校委纪要〔2026〕30号",
        "award": award,
        "winners": tuple(sorted(IDS[name] for name in winners)),
        "issued_on": date(2026, 12, 28),
    }
    return facts("documents", {**filled, **cells}, {"people": staff(), "tasks": GOALS})


def test_the_first_two_may_win() -> None:
    assert said(decision("甲乙")) == said(decision("丙丁")) == said(decision("管理", "优秀管理奖")) == []


def test_v34_three_winners_one_a_manager() -> None:
    found = decision("甲乙管")
    assert said(found) == [
        "“优质服务奖”应评选2名，当前选了3名。",
        "“管”不是行政后勤工作人员，不能参评“优质服务奖”。",
    ]
    assert {(f.rule, f.severity) for f in examine(found)} == {("AW-01", "拦截")}
    assert said(decision("甲管", "优秀管理奖")) == ["“甲”不是行政后勤管理人员，不能参评“优秀管理奖”。"]
    assert said(decision("甲师")) == ["“师”不是行政后勤工作人员，不能参评“优质服务奖”。"]
    assert said(decision("甲")) == ["“优质服务奖”应评选2名，当前选了1名。"]


def test_among_the_best() -> None:
    words = "“{}”岗位目标考核得分{}，未进入前4名候选范围，请附说明。"
    assert said(decision("甲戊")) == [words.format("戊", 88)]
    assert said(decision("甲新")) == [words.format("新", "未评定")]
    papers = (File("决定.docx", 1, "r"), File("评选说明.pdf", 1, "s"))
    assert said(decision("甲戊", file=papers)) == []
    assert "AW-01" not in rules(decision("甲戊", kind="会议纪要"))


def test_of_which_year() -> None:
    assert (award_year(date(2026, 12, 28)), award_year(date(2027, 1, 15))) == (2026, 2026)
    assert said(decision("甲戊", issued_on=date(2027, 1, 15))) == said(decision("甲戊"))
    assert len(said(decision("甲乙", issued_on=date(2025, 12, 20)))) == 2  # nobody has a score of 2025


# --- the lists --------------------------------------------------------------------------------------------------------


def listed(people: dict[int, dict[str, Any]], award: str = "优质服务奖", most: int = 4) -> list[tuple[Any, Decimal]]:
    def rows(table: str, cells: dict[int, dict[str, Any]]) -> Rows:
        return Rows(table, (Row(i, whole(schema()[table], c)) for i, c in cells.items()))

    found = candidates(rows("people", people), rows("tasks", GOALS), award, 2026, most)
    return [(c.person.name, c.score) for c in found]


def test_two_ranked_lists() -> None:
    assert listed(staff()) == [("甲", 95), ("乙", 93), ("丙", 91), ("丁", 90)]
    assert listed(staff(), "优秀管理奖") == [("管", 97), ("理", 85)]
    assert listed(staff(), most=0) == []


def test_whoever_scores_the_same_as_the_last_is_in_and_whoever_left_is_out() -> None:
    gone = {i: {**row, "status": "已退出"} if row["name"] == "乙" else row for i, row in staff().items()}
    assert [name for name, _ in listed(gone)] == ["甲", "丙", "丁", "戊"]
    GOALS[5]["final_score"] = "90"
    try:
        assert [name for name, _ in listed(staff())] == ["甲", "乙", "丙", "丁", "戊"]
    finally:
        GOALS[5]["final_score"] = "88"


def test_goal_score_weighs() -> None:
    def score(*tasks: dict[str, Any]) -> Decimal | None:
        return goal_score(Rows("tasks", (Row(i, whole(schema()["tasks"], t)) for i, t in enumerate(tasks))), 2026)

    assert score(goal("甲", "90", 60), goal("甲", "80", 40)) == Decimal(86)
    assert score(goal("甲", "90", 60), goal("甲", None, 40)) == Decimal(90)
    assert score(goal("甲", "90"), goal("甲", "10", kind="年度重点"), goal("甲", "10", year=2025)) == Decimal(90)
    assert score() is score(goal("甲", "90", 0)) is None
