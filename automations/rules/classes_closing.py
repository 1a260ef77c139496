"""培训班次: what must be settled before a class goes into the archive, and the acceptance of projects (B2.8, CL-06)."""

from collections.abc import Iterator
from typing import Any

from automations.rules.base import ALWAYS, rule
from automations.rules.classes_facts import ARCHIVED, CLAIMS, ENDED, RUNNING, TABLE, TO_ACCEPT, ClassFacts
from automations.rules.entrusted import charged_too_little
from automations.rules.income import CHECKED, REFUNDED, REMITTED, WAIVED

CLOSING = "结班"
PAID_OR_OVER = frozenset({"已支付", "已归档", "不同意", "作废"})
SETTLED_INCOME = frozenset({REMITTED, CHECKED, WAIVED, REFUNDED})

Figures = Iterator[dict[str, Any]]


@rule(CLOSING, TABLE, "B8", "结班日是{ends_on}，还没有到，不能转入“{state}”。", at=(ENDED, TO_ACCEPT, ARCHIVED))
def has_taken_place(course: ClassFacts) -> Figures:
    """A class is closed on its last day at the earliest."""
    if course.ends_on is not None and course.ends_on > course.today:
        yield {"ends_on": course.ends_on, "state": course.state}


@rule(CLOSING, TABLE, "B8", "满意度问卷{closes_on}截止，截止后才能归档。", at=ARCHIVED, settings=("survey.close_wd",))
def survey_is_closed(course: ClassFacts) -> Figures:
    """Everybody had the time to answer."""
    if course.survey_closes_on is not None and not course.survey_closed:
        yield {"closes_on": course.survey_closes_on}


@rule(
    CLOSING,
    TABLE,
    "B8；C4",
    "委托班应收{due}元，已登记{entered}元，差{gap}元，请先登记收入或办理减免。",
    at=ARCHIVED,
    settings=("income.undercharged_share",),
)
def income_is_entered(course: ClassFacts) -> Figures:
    """Whatever an entrusted class owes is entered as its income."""
    yield from charged_too_little(course)


@rule(CLOSING, TABLE, "B8；C4", "收入{codes}尚未缴库，不能归档。", at=ARCHIVED)
def income_is_settled(course: ClassFacts) -> Figures:
    """Every income of the class has reached the treasury, was waived or went back."""
    waiting = [row.code for row in course.pointing("income", "training_class") if row.status not in SETTLED_INCOME]
    if waiting:
        yield {"codes": waiting}


@rule(
    CLOSING, TABLE, "B8", "本班还有{n}笔支出单没有支付：{codes}。请付清，或在“备注”中逐笔列出单号后归档。", at=ARCHIVED
)
def claims_are_paid_or_listed(course: ClassFacts) -> Figures:
    """Every claim of the class is paid, or named in 备注."""
    claims = course.pointing(CLAIMS, "training_class")
    listed = str(course.remark or "")
    waiting = [str(c.code or "") for c in claims if c.status not in PAID_OR_OVER and str(c.code or " ") not in listed]
    if waiting:
        yield {"n": len(waiting), "codes": waiting}


# Projects -------------------------------------------------------------------------------------------------------------


@rule(
    "CL-06", TABLE, "B8；万州：建管并举", "项目制班次须经考核验收：请先转入“待验收”，评定项目等次后归档。", at=ARCHIVED
)
def projects_are_accepted(course: ClassFacts) -> Figures:
    """A project goes into the archive by way of its acceptance."""
    if course.is_project and course.status != TO_ACCEPT:
        yield {}


@rule("CL-06", TABLE, "B8", "本班不是项目制，不需要验收，请直接归档。", at=TO_ACCEPT)
def only_projects_are_accepted(course: ClassFacts) -> Figures:
    """Other classes need no acceptance."""
    if not course.is_project:
        yield {}


@rule(
    "CL-06", TABLE, "B8；万州：建管并举", "{name}是本项目的人，不能办理本项目验收，请由考核组验收后归档。", at=ARCHIVED
)
def graded_by_others(course: ClassFacts) -> Figures:
    """Nobody grades his own project."""
    own = {*(course.team or ()), course.head_teacher, course.logistics_owner}
    if course.is_project and course.actor is not None and course.actor.id in own:
        yield {"name": course.actor.name}


@rule(
    "CL-06",
    TABLE,
    "B8；万州：建管并举",
    "项目“{name}”结班已{days}个工作日，尚未考核验收。",
    "提示",
    at=ALWAYS,
    settings=("project.accept_wd",),
)
def accepted_in_time(course: ClassFacts) -> Figures:
    """A project is accepted within some working days of its end; the review group and then 主要领导 are told."""
    if not course.is_project or course.status not in (RUNNING, ENDED, TO_ACCEPT) or course.ends_on is None:
        return
    if course.project_grade is not None:
        return  # graded: what is still open are its papers, which have their own rules
    if course.reached(course.calendar.add(course.ends_on, course.norm.whole("project.accept_wd"))):
        yield {"name": course.name, "days": course.calendar.between(course.ends_on, course.today)}
