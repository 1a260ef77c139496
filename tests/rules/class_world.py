"""A class with its rooms, its people and its money, for tests of 培训班次."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from automations.books import Facts
from automations.people import Person
from automations.workdays import SCHOOL_TIME
from tests.rules.world import Rows, facts

COURSE: Mapping[str, Any] = {
    "code": "BC-2026-0001",
    "name": "示例研讨班",
    "class_type": "专题研讨班",
    "is_entrusted": False,
    "starts_on": date(2026, 9, 14),
    "ends_on": date(2026, 9, 17),
    "planned_n": Decimal(45),
    "lodging_n": Decimal(3),
    "rooms": (301, 302),
    "classroom": 101,
    "modes": ("讲授",),
    "head_teacher": 2,
    "logistics_owner": 3,
    "is_project": False,
    "budget_line": 7,
    "status": "筹备",
}
"""Monday to Thursday, 45 people, three of whom stay overnight."""

PLACES: Rows = {
    101: {"name": "101", "kind": "教室", "capacity": Decimal(60), "usable": "可用"},
    301: {"name": "301", "kind": "客房", "capacity": Decimal(2), "usable": "可用"},
    302: {"name": "302", "kind": "客房", "capacity": Decimal(1), "usable": "可用"},
}
DEPARTMENTS: Rows = {
    1: {"name": "教研室", "kind": "教学科研"},
    2: {"name": "行政科", "kind": "行政后勤"},
    3: {"name": "财务科", "kind": "财务"},
}
STAFF: Rows = {
    2: {"name": "吴老师", "department": 1},
    3: {"name": "周科长", "department": 2},
    4: {"name": "郑会计", "department": 3},
    5: {"name": "冯干事", "department": 3, "is_logistics": True},
}


def day(month: int, on: int, hour: int = 10) -> datetime:
    """A moment of 2026 at the school."""
    return datetime(2026, month, on, hour, tzinfo=SCHOOL_TIME).astimezone(UTC)


def course(
    moment: str = "随时",
    tables: Mapping[str, Rows] | None = None,
    *,
    now: datetime | None = None,
    status: str = "",
    actor: int | None = None,
    norms: Mapping[str, str] | None = None,
    verified: bool = True,
    **cells: Any,
) -> Facts:
    """The class, with ``cells`` of its own; on Monday 2026-08-31 unless told otherwise."""
    people = [Person(i, str(cells_of["name"]), department=cells_of["department"]) for i, cells_of in STAFF.items()]
    filled = {**COURSE, **cells, "status": status or COURSE["status"]}
    return facts(
        "training_classes",
        filled,
        {"locations": PLACES, "departments": DEPARTMENTS, "people": STAFF, **(tables or {})},
        now=now or day(8, 31),
        moment=moment,
        status=str(filled["status"]),
        actor=next((p for p in people if p.id == actor), None),
        people=people,
        norms=norms,
        verified=verified,
    )


def numbered(rows: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    return dict(enumerate(rows, 1))


def lines(*results: str | None, **more: Any) -> Rows:
    """The lines of its checklist, with what was found in each: None is not looked at."""
    names = ("教室101", "餐饮（45人）", "客房（301、302）")
    return numbered(
        {
            "training_class": 1,
            "check_kind": "开班前检查",
            "items": f"{name}：逐项检查",
            "result": result,
            "done_on": date(2026, 9, 8) if result else None,
            **more,
        }
        for name, result in zip(names, results, strict=False)
    )
