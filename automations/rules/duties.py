"""不相容岗位: who keeps the books holds no cash; who heads a department is not led by himself (B1.1–3, C2, PE-03)."""

from collections.abc import Iterator
from typing import Any

from automations.books import Facts
from automations.people import GONE, LEADERS
from automations.rules.base import ALWAYS, STAGE, rule

PEOPLE, DEPARTMENTS, POSTS = "people", "departments", "posts"
APART = (("会计", "出纳"), ("信息管理员", "会计"))
"""Roles that one person may not hold together (domain.md C2). 采购 and 验收 are no roles: PR-09 and EX-06 keep them
apart in each row. Whatever else the school keeps apart stands in 岗位 under 不相容岗位."""

LAW = "内控规范；会计法第三十五条"

Figures = Iterator[dict[str, Any]]


@rule(
    "PE-03",
    PEOPLE,
    LAW,
    "“{one}”与“{other}”为不相容岗位，不能由同一人兼任（内控规范、会计法第三十五条）。",
    gravity="严重",
    at=ALWAYS,
)
def duties_kept_apart(person: Facts) -> Figures:
    """Nobody holds two duties that control each other: by role, or by post and role as 岗位 says."""
    if person.status == GONE:
        return
    roles = frozenset(person.roles or ())
    post = person.of("post")
    held = roles if post is None else roles | {post.name}
    pairs = [pair for pair in APART if held.issuperset(pair)]
    if post is not None:
        others = person.about(post, Facts).many("incompatible")
        pairs += [(post.name, other.name) for other in others if other.name in roles]
    for one, other in {frozenset(pair): pair for pair in reversed(pairs)}.values():  # each pair once, whoever says so
        yield {"one": one, "other": other, STAGE: f"{one}、{other}"}


@rule("部门", DEPARTMENTS, "B1", "部门负责人与分管领导不能是同一人，请调整后再保存。", at=ALWAYS)
def head_and_leader_are_two(department: Facts) -> Figures:
    """Who heads a department is not his own leader in charge."""
    if department.head is not None and department.head == department.leader_in_charge:
        yield {}


@rule("部门", DEPARTMENTS, "B1", "“{name}”不是班子成员，不能作为分管领导。", at=ALWAYS)
def leader_is_of_the_team(department: Facts) -> Figures:
    """The leader in charge is 班子成员 or 主要领导."""
    leader = department.person("leader_in_charge")
    if leader is not None and leader.rank not in LEADERS:
        yield {"name": leader.name}


@rule("岗位", POSTS, "B3", "岗位“{post}”核定{allowed}人，实有{actual}人，超出{over}人。", "提示", at=ALWAYS)
def within_its_strength(post: Facts) -> Figures:
    """No post is held by more people than it has places."""
    actual = sum(person.status != GONE for person in post.pointing(PEOPLE, "post"))
    if post.headcount is not None and actual > post.headcount:
        allowed = int(post.headcount)
        yield {"post": post.name, "allowed": allowed, "actual": actual, "over": actual - allowed}
