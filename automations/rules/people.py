"""人员: contracts, certificates, years that went badly (domain.md A43, A45, B1.2, PE-01, PE-02)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from automations.books import Facts
from automations.measures.awards import GOAL, goal_score
from automations.people import GONE
from automations.rows import RowView
from automations.rules.base import ALWAYS, rule
from automations.rules.claims import missing_cells, quoted

TABLE, CHECKS = "people", "equipment_checks"
BY_CONTRACT = frozenset({"编外聘用", "劳务派遣", "服务外包"})
SIGNS = frozenset({"部门负责人", "会计", "出纳", "分管领导", "主要领导"})
HEALTH, LIFT = "健康证", "电梯安全管理员"
CERTIFICATES = (HEALTH, LIFT, "电工", "消防控制室", "驾驶证")
DUTIES = (HEALTH, LIFT)
"""Without these nobody may serve in the canteen or look after a lift."""

SPECIAL_EQUIPMENT, LIFT_WORD = "特种设备", "电梯"

Figures = Iterator[dict[str, Any]]


def certificates(text: str | None) -> tuple[str, ...]:
    """Which certificates 持证情况 names. Its day is that of the first to run out: until then, none of them is sure."""
    return tuple(name for name in CERTIFICATES if name in (text or ""))


def goals_of(person: Facts) -> Sequence[RowView]:
    """岗位目标 of a colleague, of all years; whoever asks is asked again when one of them is scored."""
    goals = person.books.where("tasks", "person", person.id, kind=GOAL)
    for goal in goals:
        person.books.cell("tasks", goal.id, "final_score")  # computed: a lookup alone does not tell that it moved
    return goals


@rule("必填", TABLE, "B1.2", "请填写：{fields}。", "提示", at=ALWAYS)
def person_is_complete(person: Facts) -> Figures:
    """Everything marked ● is filled, the login of who signs, the contract of who has one, the day of a certificate."""
    if person.status == GONE:
        return
    more = ["account"] if SIGNS.intersection(person.roles or ()) else []
    if person.employment_type in BY_CONTRACT:
        more += ["contract_from", "contract_to"]
    if certificates(person.certs):
        more.append("cert_due")
    if missing := missing_cells(person, *more):
        yield {"fields": quoted(missing)}


@rule("PE-01", TABLE, "B1.2；A43", "{name}的合同已于{due}到期，请续签，或办理“拟退出”。", "提示", at=ALWAYS)
def contract_in_force(person: Facts) -> Figures:
    """Nobody works on without a contract."""
    due = person.contract_to if person.employment_type in BY_CONTRACT and person.status != GONE else None
    if due is not None and person.reached(due + timedelta(days=1)):
        yield {"name": person.name, "due": due}


EXPIRED = "{name}{certificate}已于{due}到期，请暂停上岗并补证。"


@rule("PE-02", TABLE, "B1.2；食品安全法第四十五条；特种设备安全法第十四条", EXPIRED, at=ALWAYS)
def on_duty_with_a_certificate(person: Facts) -> Figures:
    """Whoever serves in the canteen or looks after a lift stops when his certificate ran out."""
    yield from _ran_out(person, [c for c in certificates(person.certs) if c in DUTIES])


@rule("PE-02", TABLE, "B1.2", "{name}{certificate}已于{due}到期，请补证并更新“最近到期日”。", "提示", at=ALWAYS)
def certificate_in_force(person: Facts) -> Figures:
    """Other certificates are renewed as well."""
    if not set(DUTIES).intersection(certificates(person.certs)):
        yield from _ran_out(person, certificates(person.certs))


def _ran_out(person: Facts, names: Sequence[str]) -> Figures:
    due = person.cert_due
    if names and due is not None and person.status != GONE and person.reached(due + timedelta(days=1)):
        yield {"name": person.name, "certificate": "、".join(names), "due": due}


@rule("PE-02", CHECKS, "B1.2；特种设备安全法第十四条", EXPIRED, at=ALWAYS)
def lifts_are_looked_after_with_a_certificate(check: Facts) -> Figures:
    """A lift is checked by somebody whose certificate was in force on that day."""
    asset = check.of("asset") if check.done_on is not None and check.done_by is not None else None
    if asset is None or asset.category != SPECIAL_EQUIPMENT or LIFT_WORD not in str(asset.name):
        return
    certs, due = (check.books.cell(TABLE, check.done_by, field) for field in ("certs", "cert_due"))
    if LIFT in certificates(certs) and due is not None and due < check.done_on:
        yield {"name": check.directory.name(check.done_by), "certificate": LIFT, "due": due}


@rule(
    "建议调整",
    TABLE,
    "A43",
    "{name}{years}年目标考核均低于{least}分，列入“建议调整”，请组织人事科研究。",
    "提示",
    at=ALWAYS,
    settings=("people.failed_years", "review.pass_score"),
)
def some_good_year(person: Facts) -> Figures:
    """Whoever failed year after year is talked about."""
    goals = goals_of(person)
    if person.status == GONE or not goals:
        return
    last, least = person.on.year, person.norm.whole("review.pass_score")
    if goal_score(goals, last) is None:
        last -= 1
    years = range(last - person.norm.whole("people.failed_years") + 1, last + 1)
    scores = [goal_score(goals, year) for year in years]
    if scores and all(score is not None and score < least for score in scores):
        yield {"name": person.name, "years": "、".join(map(str, years)), "least": least}
