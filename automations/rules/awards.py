"""优质服务奖 and 优秀管理奖: who may win, and who comes first (domain.md A30, B1.7, AW-01).

Who is a candidate stands in :mod:`automations.measures.awards`, for reports that list whom to propose ask it, too.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from automations.books import Facts
from automations.measures.awards import GOAL, MANAGER, PLACES, SERVICE, candidates, goal_score, may_win
from automations.rules.base import rule
from automations.tables.values import File

TABLE, DECISION = "documents", "表彰决定"
GROUPS: Mapping[str, str] = {SERVICE: "工作人员", MANAGER: "管理人员"}
"""Who may win: 行政后勤工作人员 or 行政后勤管理人员, nobody both."""

EXPLANATION = "说明"
"""In the name of a file that says why somebody further down wins."""

Figures = Iterator[dict[str, Any]]


def award_year(day: date) -> int:
    """The year that is rewarded: decided in its last months, or early in the next one."""
    return day.year if day.month >= 7 else day.year - 1


def _is_award(document: Facts) -> bool:
    return document.kind == DECISION and document.award in PLACES


@rule("AW-01", TABLE, "B1.7；A30", "“{award}”应评选{places}名，当前选了{n}名。", settings=("award.",))
def as_many_as_there_are_places(document: Facts) -> Figures:
    """Each award goes to as many as there are places."""
    if _is_award(document):
        key = PLACES[document.award]
        places, n = document.norm.whole(key), len(document.winners or ())
        if n != places:
            yield {"award": document.award, "places": places, "n": n, "key": key.removeprefix("award.")}


@rule("AW-01", TABLE, "B1.7；A30", "“{name}”不是行政后勤{group}，不能参评“{award}”。")
def of_the_group(document: Facts) -> Figures:
    """优质服务奖 is for service staff, 优秀管理奖 for managers."""
    for person in document.many("winners") if _is_award(document) else ():
        if not may_win(person, document.award):
            yield {"name": person.name, "group": GROUPS[document.award], "award": document.award}


@rule(
    "AW-01",
    TABLE,
    "B1.7；A30",
    "“{name}”岗位目标考核得分{score}，未进入前{most}名候选范围，请附说明。",
    settings=("award.", "award.candidates"),
)
def among_the_best(document: Facts) -> Figures:
    """Whoever wins is among the first of his group, or a file named 说明 says why not."""
    if not _is_award(document) or any(EXPLANATION in f.name for f in document.file or () if isinstance(f, File)):
        return
    year = award_year(document.issued_on or document.on)
    key = PLACES[document.award]
    most = document.norm.whole(key) * document.norm.whole("award.candidates")
    goals = document.books.where("tasks", "kind", GOAL, year=Decimal(year))
    first = candidates(document.books.all("people"), goals, document.award, year, most)
    known = {c.person.id for c in first}
    for person in document.many("winners"):
        if person.id not in known and may_win(person, document.award):
            score = goal_score((t for t in goals if t.person == person.id), year)
            shown = "未评定" if score is None else score
            yield {"name": person.name, "score": shown, "most": most, "key": key.removeprefix("award.")}
