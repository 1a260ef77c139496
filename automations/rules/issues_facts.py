"""问题工单 as its rules and figures see it: by when it must be answered and finished, who is told when it is late."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from automations.books import Facts, cached_property
from automations.measures.time_limits import SHIFTS
from automations.people import Person
from automations.rules.base import facts_of
from automations.rules.claims import empty
from automations.workdays import SCHOOL_TIME, local_date

TABLE = "issues"
NEW, SENT, WORKING, CHECKING, DONE = "新建", "已派单", "处理中", "待复核", "已办结"
ASKED, HELD, DECLINED = "挂起待批", "挂起", "不予受理"
OPEN = frozenset({NEW, SENT, WORKING, ASKED, HELD})
"""The handler has still to do something."""

REPAIR, RECTIFY, COMPLAINT, SUGGESTION = "报修", "整改", "投诉", "建议"
REPAIRS = (REPAIR, "IT支持")
FAIL = "不合格"
URGENT = "紧急"

RESPOND: Mapping[str, str] = {
    URGENT: "issue.urgent.respond_hours",
    "较急": "issue.soon.respond_hours",
    "一般": "issue.normal.respond_wd",
}
FIX: Mapping[str, str] = {URGENT: "issue.urgent.fix_hours", "较急": "issue.soon.fix_wd", "一般": "issue.normal.fix_wd"}
ANSWER: Mapping[str, str] = {COMPLAINT: "issue.complaint_wd", SUGGESTION: "issue.suggestion_wd"}
"""Parameters by 紧急程度, or by 类型."""

ACKNOWLEDGE, SAFETY = "issue.ack_hours", "issue.safety_categories"
RECTIFY_SOON, RECTIFY_IN_TIME = "issue.rectify_safety_wd", "issue.rectify_wd"
STEPS = ("issue.head_wd", "issue.leader_wd", "issue.top_wd")
RESPOND_SETTINGS = (*RESPOND.values(), ACKNOWLEDGE, *SHIFTS)
DUE_SETTINGS = (*FIX.values(), *ANSWER.values(), SAFETY, RECTIFY_SOON, RECTIFY_IN_TIME, *SHIFTS)


class Escalated(NamedTuple):
    """Who is told of a late issue: 升级级别 (1 to 4), in which office, by row id."""

    level: int
    role: str
    person: int | None


@facts_of(TABLE)
class IssueFacts(Facts):
    """One issue with its limits. Parameters are those of the day it was reported."""

    dated_by = "created_at"

    @cached_property
    def unfilled(self) -> list[str]:
        """Titles of the cells that must be filled before it is sent to somebody; 来源 fills itself."""
        return [field.title for field in self.schema.required if field.name != "source" and empty(self.row[field.name])]

    @cached_property
    def responded(self) -> bool:
        """Somebody is at it."""
        return self.responded_at is not None or self.status not in (NEW, SENT)

    @cached_property
    def shifts(self) -> tuple[tuple[time, time], ...]:
        """The school's working hours."""
        first, second, third, fourth = (self.norm.clock(key) for key in SHIFTS)
        return (first, second), (third, fourth)

    @cached_property
    def respond_hours(self) -> Decimal:
        """Hours of work within which somebody must be at it: of a repair by its severity, else to acknowledge it."""
        key = RESPOND.get(self.severity, ACKNOWLEDGE) if self.kind in REPAIRS else ACKNOWLEDGE
        return self.norm.number(key) if key.endswith("_hours") else self.norm.whole(key) * self._hours_of_a_day

    @cached_property
    def _hours_of_a_day(self) -> Decimal:
        minutes = [60 * (t.hour - f.hour) + t.minute - f.minute for f, t in self.shifts]
        return Decimal(sum(minutes)) / 60

    @cached_property
    def respond_limit(self) -> datetime | None:
        """Last good moment to respond."""
        reported: datetime | None = self.created_at
        return None if reported is None else self._after(reported, self.respond_hours)

    @cached_property
    def _fix_key(self) -> str:
        if self.kind == RECTIFY:
            soon = self.severity in (URGENT, "较急") or self.category in self.norm.names(SAFETY)
            return RECTIFY_SOON if soon else RECTIFY_IN_TIME
        return ANSWER.get(self.kind) or FIX.get(self.severity, "")

    @cached_property
    def due_limit(self) -> datetime | None:
        """办结时限: by kind and severity from the report on, or the day that 分管领导 agreed to; None while unknown."""
        reported: datetime | None = self.created_at
        if reported is None or not self._fix_key:
            return None
        if self._fix_key.endswith("_hours"):
            due = self._after(reported, self.norm.number(self._fix_key))
        else:
            due = self._end_of(self.calendar.add(local_date(reported), self.norm.whole(self._fix_key)))
        return max(due, self._end_of(self.agreed_until)) if self.agreed_until is not None else due

    def _after(self, moment: datetime, hours: Decimal) -> datetime:
        """So many hours of work later; what is 紧急, such as a burst pipe, does not wait for Monday."""
        if self.severity == URGENT and self.kind in REPAIRS:
            return moment + timedelta(hours=float(hours))
        return self.calendar.add_hours(moment, hours, self.shifts)

    def _end_of(self, day: date) -> datetime:
        return datetime.combine(day, self.shifts[-1][1], SCHOOL_TIME)

    @cached_property
    def late_wd(self) -> int | None:
        """Working days from the limit until it was done, else until today; None where nothing is due."""
        if self.due_limit is None or (self.fixed_at is None and self.status not in OPEN):
            return None
        until = self.today if self.fixed_at is None else local_date(self.fixed_at)
        return max(self.calendar.between(local_date(self.due_limit), until), 0)

    @cached_property
    def escalated(self) -> Escalated | None:
        """Who is told now: the handler on the last day, then his head, 分管领导 and 主要领导."""
        if self.late_wd is None or self.due_limit is None or self.fixed_at is not None:
            return None
        if self.today < local_date(self.due_limit):
            return None
        head, leader, top = (self.norm.whole(key) for key in STEPS)
        if self.late_wd >= top:
            return Escalated(4, "主要领导", _id(next(iter(self.directory.holders("主要领导")), None)))
        if self.late_wd >= leader:
            return Escalated(3, "分管领导", _id(self.directory.leader_of(self.duty_dept)))
        if self.late_wd >= head:
            return Escalated(2, "部门负责人", _id(self.directory.head_of(self.duty_dept)))
        return Escalated(1, "处理人", self.handler)

    @cached_property
    def reporter(self) -> Person | None:
        """The colleague who reported it; None for a trainee's form and for what Houqin itself found."""
        return self.directory.by_account(self.created_by)

    @cached_property
    def by_inspectors(self) -> bool:
        """Inspectors check it again; anything else whoever reported it."""
        return bool(self.kind == RECTIFY or self.source == "督查")


def _id(person: Person | None) -> int | None:
    return person.id if person is not None else None
