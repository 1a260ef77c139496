"""设施检查: when the next one is due, where a check stands, who answers for it (domain.md B4.16)."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from automations.books import Facts, cached_property
from automations.rows import RowView
from automations.rules.base import facts_of

TABLE = "equipment_checks"
HAZARD, STOPPED = "隐患", "停用"
WAITING, SOON, OVERDUE, DONE = "待检", "临期", "超期", "已检"

STATUTORY = frozenset({"法定检验", "校验", "消防检测", "车辆年检", "车辆保险"})
"""检查类型 that a law asks for; what is valid until a day must be done again by that day."""

NOT_WITHOUT = frozenset({"法定检验", "校验", "车辆年检"})
"""Without these the thing itself must not be used."""

DAYS: Mapping[str, int] = {"每日": 1, "每周": 7, "每15日": 15}
MONTHS: Mapping[str, int] = {"每月": 1, "每季": 3, "每半年": 6, "每年": 12, "每两年": 24}
"""周期; 每班 and 一次性 have no next time."""

GIVEN_UP = frozenset({"待报废", "已处置"})
"""States of an asset that nobody checks any more."""


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def cycle_later(day: date, cycle: str) -> date | None:
    """When what was done on ``day`` is due again; None for what comes once."""
    if cycle in DAYS:
        return day + timedelta(days=DAYS[cycle])
    return months_later(day, MONTHS[cycle]) if cycle in MONTHS else None


@facts_of(TABLE)
class CheckFacts(Facts):
    """A check with what its rules, its cells and the rows that follow from it keep asking."""

    dated_by = "due_on"

    @cached_property
    def done(self) -> bool:
        """It was done, and what came out of it is known."""
        return self.done_on is not None and self.result is not None

    @cached_property
    def statutory(self) -> bool:
        """A law asks for it."""
        return self.check_kind in STATUTORY

    @cached_property
    def next_due(self) -> date | None:
        """When the next one is due: the day until which this one counts, else a cycle after it was done."""
        planned = cycle_later(self.done_on, self.cycle or "") if self.done else None
        return planned if planned is None or not self.statutory or self.valid_to is None else self.valid_to

    @cached_property
    def state(self) -> str:
        """已检; before that 待检, 临期 or 超期 by the day. The cell of this may be a day old."""
        if self.done:
            return DONE
        if self.due_on is None:
            return WAITING
        if self.reached(self.due_on + timedelta(days=1)):
            return OVERDUE
        ahead = max(self.norm.wholes("check.statutory_marks")) if self.statutory else self.norm.whole("check.soon_days")
        return SOON if self.reached(self.due_on - timedelta(days=ahead)) else WAITING

    @cached_property
    def has_successor(self) -> bool:
        """The next one stands in the table, or the thing is not checked any more."""
        if self.books.cell("assets", self.asset, "status") in GIVEN_UP:
            return True
        planned = self.same_line(due_on=self.next_due)
        return any(c.id != self.id for c in planned) or bool(self.same_line(done_on=None))

    def same_line(self, **also: Any) -> list[RowView]:
        """Checks of the same kind and cycle of the same thing."""
        link = "asset" if self.asset is not None else "location"
        kind = {"check_kind": self.check_kind, "cycle": self.cycle}
        return list(self.books.where(TABLE, link, self[link], **kind, **also))

    @cached_property
    def thing(self) -> str:
        """What is checked, by name."""
        name = self.books.cell("assets", self.asset, "name") or self.books.cell("locations", self.location, "name")
        return str(name or self.check_kind or "")

    @cached_property
    def place(self) -> int | None:
        """Where it is: 地点, else where the asset stands."""
        place = self.location if self.location is not None else self.books.cell("assets", self.asset, "location")
        return place if isinstance(place, int) else None

    @cached_property
    def keeper(self) -> int | None:
        """Who answers for the thing: 管理人 of the asset, else 责任人 of the place."""
        keeper = self.books.cell("assets", self.asset, "custodian")
        keeper = self.books.cell("locations", self.place, "duty_person") if keeper is None else keeper
        return keeper if isinstance(keeper, int) else None

    @cached_property
    def duty_dept(self) -> int | None:
        """The department that must put it right."""
        dept = self.books.cell("assets", self.asset, "user_dept")
        dept = self.books.cell("locations", self.place, "department") if dept is None else dept
        return dept if isinstance(dept, int) else None

    @cached_property
    def issue(self) -> int | None:
        """The issue that came of it, by row id."""
        if self.result not in (HAZARD, STOPPED) or not self.code:
            return None
        return next((issue.id for issue in self.books.where("issues", "origin", self.code)), None)
