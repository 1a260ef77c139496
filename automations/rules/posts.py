"""岗位责任制: one above the other, every key point in somebody's hands, a paper every year (domain.md A51, B1.3)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from automations.books import Facts
from automations.people import GONE
from automations.rows import RowView
from automations.rules.base import ALWAYS, STAGE, rule
from automations.rules.claims import missing_cells, quoted
from automations.rules.documents import covered
from automations.tables.values import File

TABLE = "posts"
OF_LOGISTICS = frozenset({"行政后勤管理", "行政后勤服务"})
KEY_CONTROLS = "关键环节"

Figures = Iterator[dict[str, Any]]


def holders(post: Facts) -> list[RowView]:
    """Everybody on the post who has not left."""
    return [p for p in post.pointing("people", "post") if p.status != GONE]


def has_paper(post: Facts, year: int) -> bool:
    """责任书 of a year: a file with the year in its name, or everybody on the post has signed in it."""
    if any(str(year) in f.name for f in post.duty_paper or () if isinstance(f, File)):
        return True
    staff = holders(post)
    return bool(staff) and all(p.duty_signed_on is not None and p.duty_signed_on.year == year for p in staff)


@rule("必填", TABLE, "B1.3", "请填写：{fields}。", "提示", at=ALWAYS)
def post_is_complete(post: Facts) -> Figures:
    """Everything marked ● is filled; the highest post is its own superior."""
    if missing := missing_cells(post):
        yield {"fields": quoted(missing)}


@rule("上下级", TABLE, "A51", "岗位“{name}”的直接上级绕成了一圈（{round}），请按“一级抓一级”调整。", "提示", at=ALWAYS)
def one_above_the_other(post: Facts) -> Figures:
    """Superiors end at the highest post, who stands above himself."""
    way, one = [post.row], post.of("superior")
    while one is not None and one.id not in [p.id for p in way]:
        way.append(one)
        one = post.books.row(TABLE, one.superior)
    if one is not None and one.id == post.id and len(way) > 1:
        yield {"name": post.name, "round": "→".join(str(p.name) for p in (*way, one))}


@rule("岗位", TABLE, "A51", "岗位“{name}”管着{controls}，现在没有人在岗，请指定责任人。", "提示", at=ALWAYS)
def key_points_are_in_somebodys_hands(post: Facts) -> Figures:
    """A post with 关键环节 is never empty."""
    if post.key_controls and not holders(post):
        yield {"name": post.name, "controls": quoted(post.key_controls)}


@rule(
    "责任书",
    TABLE,
    "B1.3；A51",
    "岗位“{name}”尚无{year}年岗位责任书（应于{due}前签订）。",
    "预警",
    gravity="提示",
    at=ALWAYS,
    settings=("people.duty_paper_due",),
)
def this_years_paper(post: Facts) -> Figures:
    """From spring on every post of logistics that somebody holds has the year's paper."""
    year = post.on.year
    post.reached(date(year + 1, 1, 1))  # to be asked anew in the new year
    due = date(year, *post.norm.day("people.duty_paper_due"))
    if post.kind not in OF_LOGISTICS or not holders(post) or has_paper(post, year):
        return
    if post.reached(due + timedelta(days=1)):
        yield {"name": post.name, "year": year, "due": due, STAGE: str(year)}


@rule("制度覆盖", TABLE, "A29", "岗位“{name}”的关键环节没有现行有效的制度覆盖，请主责部门补建。", "提示", at=ALWAYS)
def key_points_are_ruled(post: Facts) -> Figures:
    """What a post with 关键环节 does is ruled by a paper in force."""
    if post.key_controls and not covered(post.books, KEY_CONTROLS, post.department, str(post.name or "")):
        yield {"name": post.name}
