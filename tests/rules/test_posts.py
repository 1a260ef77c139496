"""岗位责任制 (domain.md A51, B1.3)."""

from datetime import UTC, date, datetime
from typing import Any

from automations.rules import examine
from automations.tables.values import File
from tests.rules.world import facts, said

POST: dict[str, Any] = {
    "name": "维修工",
    "department": 1,
    "kind": "行政后勤服务",
    "headcount": 2,
    "superior": 2,
    "duties": "校园设施维修。",
}
HEAD = {**POST, "name": "科室负责人", "superior": 3}
TOP = {**POST, "name": "常务副校长", "superior": 3}
HELD = {7: {"name": "杨维修", "post": 1, "status": "在岗"}}


def post(day: str = "2026-03-01", staff: dict[int, dict[str, Any]] = HELD, papers: Any = (), **cells: Any) -> Any:
    tables = {
        "posts": {2: HEAD, 3: TOP},
        "people": staff,
        "documents": dict(enumerate(papers, start=1)),
    }
    now = datetime.fromisoformat(f"{day}T02:00").replace(tzinfo=UTC)
    return facts("posts", {**POST, **cells}, tables, moment="随时", now=now)


def test_what_is_filled_in() -> None:
    assert said(post()) == []
    assert said(post(superior=None, duties=None)) == ["请填写：“直接上级”、“岗位职责”。"]


def test_one_above_the_other() -> None:
    assert said(post(superior=1)) == [], "the highest post is its own superior"
    found = facts("posts", POST, {"posts": {2: {**HEAD, "superior": 1}}}, moment="随时")
    assert said(found) == ["岗位“维修工”的直接上级绕成了一圈（维修工→科室负责人→维修工），请按“一级抓一级”调整。"]
    below = facts("posts", POST, {"posts": {2: {**HEAD, "superior": 3}, 3: {**TOP, "superior": 2}}}, moment="随时")
    assert said(below) == [], "those above him are told, not he"


def test_key_points_are_in_somebodys_hands() -> None:
    ruled = [{"kind": "制度", "status": "现行有效", "scope": ("关键环节",), "owner_dept": 1}]
    keys = {"key_controls": ("钱款", "钥匙印章")}
    assert said(post(papers=ruled, **keys)) == []
    words = ["岗位“维修工”管着“钱款”、“钥匙印章”，现在没有人在岗，请指定责任人。"]
    assert said(post(papers=ruled, staff={}, **keys)) == words
    gone = {7: {**HELD[7], "status": "已退出"}}
    assert said(post(papers=ruled, staff=gone, **keys)) == words
    assert said(post(staff={})) == []


def test_key_points_are_ruled() -> None:
    words = ["岗位“维修工”的关键环节没有现行有效的制度覆盖，请主责部门补建。"]
    paper = {"kind": "制度", "status": "现行有效", "scope": ("关键环节",), "owner_dept": 2, "title": "钥匙管理办法"}
    assert said(post(key_controls=("数据",))) == said(post(key_controls=("数据",), papers=[paper])) == words
    assert said(post(key_controls=("数据",), papers=[{**paper, "title": "维修工岗位管理办法"}])) == []


# --- 责任书 -----------------------------------------------------------------------------------------------------------


def lines(day: str, **more: Any) -> list[tuple[str, str, str | None]]:
    return [(f.message, f.severity, f.gravity) for f in examine(post(day, **more)) if f.rule == "责任书"]


def test_a_paper_every_year() -> None:
    missing = [("岗位“维修工”尚无2026年岗位责任书（应于2026-03-31前签订）。", "预警", "提示")]
    assert lines("2026-03-31") == []
    assert lines("2026-04-01") == missing
    assert lines("2026-04-01", duty_paper=(File("2025年责任书.pdf", 1, "r"),)) == missing
    assert lines("2026-04-01", duty_paper=(File("2026年维修工责任书.pdf", 1, "r"),)) == []
    for kind in ("教学科研", "财务", "信息", "外包"):
        assert lines("2026-04-01", kind=kind) == []
    assert lines("2026-04-01", kind="行政后勤管理") == missing
    assert lines("2026-04-01", staff={}) == []


def test_or_everybody_has_signed() -> None:
    signed = {7: {**HELD[7], "duty_signed_on": date(2026, 2, 27)}}
    assert lines("2026-04-01", staff=signed) == []
    assert lines("2026-04-01", staff={**signed, 8: {**HELD[7], "duty_signed_on": date(2025, 2, 27)}}) != []
    assert lines("2026-04-01", staff={**signed, 8: {**HELD[7], "status": "已退出"}}) == []
