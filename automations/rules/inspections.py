"""督查记录: two inspectors of another department, a score, and every problem written down (domain.md B3.12, A16)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from automations.books import Facts, cached_property
from automations.measures.vendors import TEAM as VENDOR_TEAM
from automations.measures.vendors import read_month
from automations.rows import RowView
from automations.rules.base import ALWAYS, STAGE, facts_of, rule
from automations.rules.claims import empty, missing_cells, quoted
from automations.workdays import local_date

TABLE = "inspections"
SUBMITTED, CONFIRMED, DISPUTED, FILED = "已提交", "被查方已确认", "有异议", "已归档"
DRAFT = "草稿"
HANDED_IN = frozenset({SUBMITTED, CONFIRMED, DISPUTED, FILED})
ATTENDANCE, ENERGY, PROJECT = "考勤", "节能", "项目过程"

NEEDED: Mapping[str, Sequence[str]] = {
    ATTENDANCE: ("target_dept", "expected_n", "present_n"),
    PROJECT: ("training_class", "checkpoint"),
    VENDOR_TEAM: ("vendor", "contract", "period"),
}
"""What else must be filled, by 督查组."""

NO_PROBLEM = frozenset({"无", "没有", "无问题", "未发现问题"})
_NUMBERED = re.compile(r"^\s*(?:[（(]\d{1,2}[)）]|\d{1,2}(?:[)）、．]|\.(?!\d))|[①-⑳]|[-—•·*])\s*")
_IDLE_AIR = re.compile(r"空调.*(?:空转|未关|没关|忘关|开着|运行|无人)|(?:无人|空房|没人).*空调")

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class InspectionFacts(Facts):
    """One inspection with what its rules keep asking."""

    dated_by = "date"

    @cached_property
    def problem_lines(self) -> tuple[str, ...]:
        """问题清单, a problem a line, each once, without the number in front."""
        lines = (_NUMBERED.sub("", line).strip() for line in str(self.problems or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line and line.rstrip("。.") not in NO_PROBLEM))

    @cached_property
    def places(self) -> Sequence[RowView]:
        """Where it was."""
        return self.many("location")

    @cached_property
    def agreement(self) -> RowView | None:
        """The contract whose company was scored."""
        return self.of("contract")

    @cached_property
    def duty_dept(self) -> int | None:
        """Who must put right what was found: the department inspected, that of the contract, or of the place."""
        if self.target_dept is not None:
            return int(self.target_dept)
        if self.agreement is not None:
            return self.agreement.supervise_dept  # type: ignore[no-any-return]
        return next((place.department for place in self.places if place.department is not None), None)

    @cached_property
    def inspected(self) -> frozenset[int]:
        """Departments that were looked at."""
        if self.team == VENDOR_TEAM:
            return frozenset()  # there the company is inspected, by the office that hired it
        if self.target_dept is not None:
            return frozenset({self.target_dept})
        return frozenset(place.department for place in self.places if place.department is not None)


# Before it is handed in -----------------------------------------------------------------------------------------------


@rule("必填", TABLE, "B12", "请填写：{fields}。", at=SUBMITTED)
def required_cells(inspection: InspectionFacts) -> Figures:
    """Everything marked ● is filled, and what its team needs."""
    more = list(NEEDED.get(inspection.team, ()))
    if inspection.team == ATTENDANCE and _absent(inspection) > 0:
        more.append("absent")
    if missing := missing_cells(inspection, *more):
        yield {"fields": quoted(missing)}


def _absent(inspection: InspectionFacts) -> Decimal:
    if inspection.expected_n is None or inspection.present_n is None:
        return Decimal(0)
    return Decimal(inspection.expected_n - inspection.present_n)


@rule("必填", TABLE, "B12", "请填写“被查部门”或“地点”，问题才有人整改。", at=SUBMITTED)
def somebody_was_inspected(inspection: InspectionFacts) -> Figures:
    """It says whom or what was looked at."""
    if inspection.team != VENDOR_TEAM and inspection.target_dept is None and empty(inspection.location):
        yield {}


@rule("IP-01", TABLE, "B12；A16", "督查人“{name}”属于被查部门，请换人督查。", at=SUBMITTED)
def nobody_inspects_his_own(inspection: InspectionFacts) -> Figures:
    """No inspector works in the department inspected."""
    for inspector in inspection.inspectors or ():
        person = inspection.directory.get(inspector)
        if person is not None and person.department in inspection.inspected:
            yield {"name": person.name}


@rule(
    "督查人数",
    TABLE,
    "B12",
    "督查人不少于{least}人，现在{count}人，请补上另一位督查人。",
    at=SUBMITTED,
    settings=("inspection.inspectors_min",),
)
def inspected_by_two(inspection: InspectionFacts) -> Figures:
    """Nobody inspects alone."""
    count, least = len(inspection.inspectors or ()), inspection.norm.whole("inspection.inspectors_min")
    if 0 < count < least:
        yield {"least": least, "count": count}


@rule("得分", TABLE, "B12", "得分应在0至100之间，现在是{score}。", at=SUBMITTED)
def score_within_its_range(inspection: InspectionFacts) -> Figures:
    """A score is 0 to 100."""
    if inspection.score is not None and not 0 <= inspection.score <= 100:
        yield {"score": _plain(inspection.score)}


@rule(
    "IP-03",
    TABLE,
    "B12；A16",
    "得分{score}低于{low}分，但没有登记问题，请补登问题或说明。",
    at=SUBMITTED,
    settings=("inspection.score_low",),
)
def a_low_score_has_its_reasons(inspection: InspectionFacts) -> Figures:
    """Whoever takes off many points names the problems, one a line, or explains himself in 备注."""
    low = inspection.norm.whole("inspection.score_low")
    told = inspection.problem_lines or inspection.findings or not empty(inspection.remark)
    if inspection.score is not None and inspection.score < low and not told:
        yield {"score": _plain(inspection.score), "low": low}


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


@rule("考勤人数", TABLE, "B12", "实到{present}人多于应到{expected}人，请核对。", at=SUBMITTED)
def no_more_present_than_expected(inspection: InspectionFacts) -> Figures:
    """Nobody is present who was not expected."""
    if inspection.team == ATTENDANCE and _absent(inspection) < 0:
        yield {"present": inspection.present_n, "expected": inspection.expected_n}


# 服务商考核 -----------------------------------------------------------------------------------------------------------


@rule("考核月份", TABLE, "B12；A40", "考核月份“{period}”看不懂，请写成2026-09。", at=SUBMITTED)
def month_is_readable(inspection: InspectionFacts) -> Figures:
    """CT-10 pays only months whose score it finds."""
    if inspection.team == VENDOR_TEAM and not empty(inspection.period) and read_month(inspection.period) is None:
        yield {"period": inspection.period}


@rule("服务商", TABLE, "B12；A40", "合同“{contract}”的服务商是“{right}”，不是“{wrong}”，请核对。", at=SUBMITTED)
def company_of_the_contract(inspection: InspectionFacts) -> Figures:
    """The company scored is the one the contract is with."""
    vendor, contract = inspection.of("vendor"), inspection.agreement
    if vendor is not None and contract is not None and contract.vendor not in (None, vendor.id):
        right = inspection.books.row("vendors", contract.vendor)
        yield {"contract": contract.name, "right": right.name if right is not None else "", "wrong": vendor.name}


# After it is handed in ------------------------------------------------------------------------------------------------


@rule("被查方", TABLE, "B12", "督查人不能代被查方{what}，请由被查部门办理。", at=(CONFIRMED, DISPUTED))
def answered_by_whoever_was_inspected(inspection: InspectionFacts) -> Figures:
    """Who inspected does not answer for who was inspected."""
    actor = inspection.actor
    if inspection.status == SUBMITTED and actor is not None and actor.id in (inspection.inspectors or ()):
        yield {"what": "提出异议" if inspection.moment == DISPUTED else "确认"}


@rule("被查方", TABLE, "B12", "“被查方确认”请填写您本人（{name}）。", at=CONFIRMED)
def confirmed_in_his_own_name(inspection: InspectionFacts) -> Figures:
    """Whoever confirms puts his own name there."""
    actor = inspection.actor
    if inspection.status == SUBMITTED and actor is not None and inspection.confirmed_by != actor.id:
        yield {"name": actor.name}


@rule("异议", TABLE, "B12", "请填写“异议说明”。", at=DISPUTED)
def disputed_for_a_reason(inspection: InspectionFacts) -> Figures:
    """Whoever disputes says what is wrong."""
    if empty(inspection.dispute):
        yield {}


@rule(
    "异议",
    TABLE,
    "B12；N19",
    "有异议的督查由分管领导答复：请{name}填写“异议答复”后再处理。",
    at=(DRAFT, CONFIRMED, FILED),
)
def answered_by_the_leader(inspection: InspectionFacts) -> Figures:
    """A dispute ends when 分管领导 (or 主要领导) has answered it."""
    if inspection.status != DISPUTED:
        return
    leader = inspection.directory.leader_of(inspection.duty_dept)
    actor = inspection.actor
    may = actor is not None and (actor.has("主要领导") or (leader is not None and actor.id == leader.id))
    if not may or empty(inspection.answer):
        yield {"name": leader.name if leader is not None else "分管领导"}


# Energy patrols -------------------------------------------------------------------------------------------------------


@rule(
    "EN-03",
    TABLE,
    "B4；A23",
    "{place}空调空转：检查时没有班次和会议使用，空调仍开着。请关闭空调，夏季不低于{summer}℃、冬季不高于{winter}℃。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("ac.summer_min", "ac.winter_max"),
)
def no_air_conditioning_in_empty_rooms(inspection: InspectionFacts) -> Figures:
    """空调空转: a patrol found air-conditioning on where no class and no meeting was."""
    if inspection.team != ENERGY or inspection.status not in HANDED_IN or inspection.date is None:
        return
    if not any(_IDLE_AIR.search(line) for line in inspection.problem_lines):
        return
    idle = [place for place in inspection.places if not _in_use(inspection, place, inspection.date)]
    if idle or not inspection.places:
        norm = inspection.norm
        yield {
            "place": "、".join(place.name or "" for place in idle) or "被查地点",
            "summer": norm.whole("ac.summer_min"),
            "winter": norm.whole("ac.winter_max"),
            STAGE: "空调空转",
        }


MEETING_IS_ON = frozenset({"已批准", "执行中", "已执行", "已核销"})


def _in_use(inspection: InspectionFacts, place: RowView, at: datetime) -> bool:
    """Whether a class had the room that day, or a meeting at that hour."""
    day, books = local_date(at), inspection.books
    classes = [c for name in ("classroom", "rooms") for c in books.where("training_classes", name, place.id)]
    for course in classes:
        if (
            course.starts_on
            and course.ends_on
            and course.status != "取消"
            and course.starts_on <= day <= course.ends_on
        ):
            return True
    meetings = (m for m in books.where("requests", "kind", "会议") if m.status in MEETING_IS_ON)
    return any(
        m.starts_at is not None and m.ends_at is not None and m.starts_at <= at <= m.ends_at
        for m in meetings
        if place.name and place.name in (m.place or "")
    )
