"""制度档案: what a paper needs before it is signed, and when it is looked at anew (domain.md A27–29, B1.7, DC-01)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from automations.books import Books, Facts, cached_property
from automations.rules.awards import DECISION
from automations.rules.base import ALWAYS, facts_of, rule
from automations.rules.claims import empty, missing_cells, quoted

TABLE = "documents"
RULES_OF_THE_HOUSE = "制度"
NEEDS_MEETING = frozenset({RULES_OF_THE_HOUSE, DECISION})
REVIEWED = frozenset({RULES_OF_THE_HOUSE, "应急预案"})
"""What is looked at anew every so often; minutes, decisions and technical papers stay as they are."""

IN_FORCE, IN_REVISION, ABOLISHED = "现行有效", "待修订", "已废止"
BINDING = frozenset({IN_FORCE, IN_REVISION})
"""A paper under revision binds until the new one does."""

OFFICE = "办公室"

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class DocumentFacts(Facts):
    """A paper with the day on which it must be looked at anew."""

    @cached_property
    def review_due(self) -> date | None:
        """复审日: so many months after it was issued; None for what is not reviewed."""
        if self.issued_on is None or self.kind not in REVIEWED:
            return None
        return months_later(self.issued_on, self.norm.whole("doc.review_months"))


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    count = day.year * 12 + day.month - 1 + months
    first, after = (date(n // 12, n % 12 + 1, 1) for n in (count, count + 1))
    return min(first + timedelta(days=day.day - 1), after - timedelta(days=1))


def covered(books: Books, matter: str, department: int | None, *names: str) -> bool:
    """Whether a paper that binds covers one of 覆盖事项 for a department, or names what is meant in its title."""
    return any(
        paper.owner_dept == department or any(name and name in str(paper.title) for name in names)
        for paper in books.where(TABLE, "scope", matter)
        if paper.kind in REVIEWED and paper.status in BINDING
    )


@rule("必填", TABLE, "B1.7", "请填写：{fields}。")
def document_is_complete(document: Facts) -> Figures:
    """Everything marked ● is filled, and of a 表彰决定 the award and who gets it."""
    more = ("award", "winners") if document.kind == DECISION else ()
    if missing := missing_cells(document, *more):
        yield {"fields": quoted(missing)}


@rule("必填", TABLE, "B1.7；三重一大", "“{kind}”须经校委会研究，请填写“{field}”。")
def leadership_has_met(document: Facts) -> Figures:
    """制度 and 表彰决定 carry the number of the minutes."""
    if document.kind in NEEDS_MEETING and empty(document.meeting_no):
        yield {"kind": document.kind, "field": document.schema["meeting_no"].title}


@rule("必填", TABLE, "B1.7", "请填写“{field}”，否则无法提醒复审。", "提示", at=ALWAYS)
def issued_on_some_day(document: DocumentFacts) -> Figures:
    """What binds and is reviewed has the day on which it was issued."""
    if document.status in BINDING and document.kind in REVIEWED and document.issued_on is None:
        yield {"field": document.schema["issued_on"].title}


@rule(
    "制度进退", TABLE, "B8", "“{status}”由主责部门、办公室或校领导选定，{name}不在其中。", at=(IN_REVISION, ABOLISHED)
)
def changed_by_its_keepers(document: Facts) -> Figures:
    """The department it belongs to, the office or a leader takes a paper back or abolishes it."""
    actor = document.actor
    if actor is None or actor.department == document.owner_dept or actor.rank in ("班子成员", "主要领导"):
        return
    department = document.directory.department(actor.department)
    if department is None or department.name != OFFICE:
        yield {"status": document.moment, "name": actor.name}


DUE = ("doc.review_months", "doc.review_days")


@rule(
    "DC-01",
    TABLE,
    "B1.7；A50",
    "“{title}”应于{due}前复审（剩{left}天），请修订后重新签批。",
    "提示",
    at=ALWAYS,
    settings=DUE,
)
def reviewed_soon(document: DocumentFacts) -> Figures:
    """Some weeks ahead its department knows that a paper must be looked at anew."""
    due = document.review_due
    if document.status not in BINDING or due is None:
        return
    if document.reached(due - timedelta(days=document.norm.whole("doc.review_days"))) and document.today <= due:
        yield {"title": document.title, "due": due, "left": (due - document.today).days}


@rule(
    "DC-01",
    TABLE,
    "B1.7；A50",
    "“{title}”应于{due}前复审，已超期{late}个工作日，请尽快修订或废止。",
    "提示",
    at=ALWAYS,
    settings=("doc.review_months",),
)
def reviewed_in_time(document: DocumentFacts) -> Figures:
    """What should have been looked at anew is named until it was."""
    due = document.review_due
    if document.status in BINDING and due is not None and document.reached(due + timedelta(days=1)):
        yield {"title": document.title, "due": due, "late": document.calendar.between(due, document.today)}
