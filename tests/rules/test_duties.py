"""不相容岗位, departments and posts (domain.md B1.1–3, C2): V37."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Person
from automations.rules import examine
from tests.rules.world import facts, said

APART = "“{}”与“{}”为不相容岗位，不能由同一人兼任（内控规范、会计法第三十五条）。"
POSTS = {
    1: {"name": "会计", "incompatible": (2, 3)},
    2: {"name": "出纳", "incompatible": (1,)},
    3: {"name": "组织人事"},
    4: {"name": "科室负责人"},
}


def held(*roles: str, post: int = 4, **cells: Any) -> list[str]:
    found = facts("people", {"roles": roles, "post": post, "status": "在岗", **cells}, {"posts": POSTS}, moment="随时")
    return said(found, "PE-03")


def test_v37_one_person_keeps_the_books_and_the_cash():
    found = facts("people", {"roles": ("经办人", "会计", "出纳"), "status": "在岗"}, moment="随时")
    [finding] = [f for f in examine(found) if f.rule == "PE-03"]
    assert finding.message == "“会计”与“出纳”为不相容岗位，不能由同一人兼任（内控规范、会计法第三十五条）。"
    assert (finding.rule, finding.severity, finding.gravity) == ("PE-03", "拦截", "严重")
    assert finding.stage == "会计、出纳"


@pytest.mark.parametrize(
    "roles", [("会计",), ("出纳",), ("经办人", "部门负责人", "出纳"), ("信息管理员", "出纳"), ("会计", "督查组"), ()]
)
def test_roles_that_go_together(roles):
    assert held(*roles) == []


def test_each_pair_is_told():
    assert held("信息管理员", "会计") == [APART.format("信息管理员", "会计")]
    assert sorted(held("信息管理员", "会计", "出纳")) == sorted(
        [APART.format("会计", "出纳"), APART.format("信息管理员", "会计")]
    )


def test_the_post_counts_like_a_role():
    assert held("出纳", post=1) == [APART.format("会计", "出纳")]
    assert held("会计", "出纳", post=2) == [APART.format("会计", "出纳")]  # told once, whoever says so
    assert held("出纳", post=2) == []


def test_the_school_may_keep_more_apart():
    assert held("组织人事", post=1) == [APART.format("会计", "组织人事")]
    assert held("组织人事", post=4) == []


def test_whoever_left_holds_nothing():
    assert held("会计", "出纳", status="已退出") == []
    assert held("会计", "出纳", status="请假") != []


# --- departments ------------------------------------------------------------------------------------------------------

HEAD = Person(1, "沈行政", rank="中层")
LEADER = Person(2, "孙后勤", rank="班子成员")
TOP = Person(3, "赵校长", rank="主要领导")


def department(head: int | None, leader: int | None) -> list[str]:
    cells = {"name": "行政科", "head": head, "leader_in_charge": leader}
    return said(facts("departments", cells, people=(HEAD, LEADER, TOP), moment="随时"))


def test_head_and_leader_are_two():
    assert department(2, 2) == ["部门负责人与分管领导不能是同一人，请调整后再保存。"]
    assert department(1, 2) == department(1, 3) == department(None, None) == department(2, None) == []


def test_the_leader_is_of_the_team():
    assert department(3, 1) == ["“沈行政”不是班子成员，不能作为分管领导。"]
    assert department(1, 3) == []


def test_headcount():
    people = {
        1: {"department": 1, "status": "在岗"},
        2: {"department": 1, "status": "请假"},
        3: {"department": 1, "status": "已退出"},
        4: {"department": 2, "status": "在岗"},
    }
    assert compute(facts("departments", {}, {"people": people}, moment="")).cells == {"headcount": Decimal(2)}
    assert compute(facts("departments", {}, moment="")).cells == {"headcount": Decimal(0)}


# --- posts ------------------------------------------------------------------------------------------------------------

STAFF = {
    1: {"post": 1, "status": "在岗"},
    2: {"post": 1, "status": "借调"},
    3: {"post": 1, "status": "已退出"},
    4: {"post": 2, "status": "在岗"},
}


def test_within_its_strength():
    def post(places: int | None) -> list[str]:
        cells = {"name": "维修工", "headcount": None if places is None else Decimal(places)}
        return said(facts("posts", cells, {"people": STAFF}, moment="随时"), "岗位")

    assert post(1) == ["岗位“维修工”核定1人，实有2人，超出1人。"]
    assert post(2) == post(None) == []


def test_actual():
    assert compute(facts("posts", {}, {"people": STAFF}, moment="")).cells == {"actual": Decimal(2)}


# --- 委托生效 ---------------------------------------------------------------------------------------------------------

AWAY = Person(
    1,
    "孙后勤",
    rank="班子成员",
    status="出差",
    away_from=date(2026, 9, 1),
    away_to=date(2026, 9, 4),
    delegate=2,
    delegate_scope=frozenset({"支出", "用车"}),
    delegate_limit=Decimal(5000),
    delegate_doc=True,
)
STAND_IN = Person(2, "钱教学", rank="班子成员")


def active(day: int = 1, stand_in: Person = STAND_IN, **changes: Any) -> bool:
    found = facts(
        "people",
        {"name": "孙后勤"},
        people=(replace(AWAY, **changes), stand_in),
        now=datetime(2026, 9, day, 2, 0, tzinfo=UTC),
        moment="",
    )
    value = compute(found).cells["delegate_active"]
    assert isinstance(value, bool)
    return value


def test_a_delegation_lives_in_its_days():
    assert [active(day) for day in (1, 4, 5)] == [True, True, False]
    assert not active(away_from=date(2026, 9, 2))


@pytest.mark.parametrize(
    "changes",
    [
        {"delegate": None},
        {"delegate": 9},
        {"delegate_scope": frozenset()},
        {"delegate_doc": False},
        {"delegate_limit": None},
        {"away_to": None},
        {"away_to": date(2026, 10, 1)},
    ],
)
def test_a_delegation_that_lacks_something_does_not_live(changes):
    assert not active(**changes)


def test_a_delegate_must_be_of_the_team_and_still_here():
    assert not active(stand_in=replace(STAND_IN, rank="中层"))
    assert not active(stand_in=replace(STAND_IN, status="已退出"))


def test_a_row_that_the_directory_does_not_know_yet():
    assert compute(facts("people", {"name": "新人"}, moment="")).cells["delegate_active"] is False
