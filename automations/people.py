"""Who holds which office, and who may stand in for whom on a given day.

Built from the mirror's ``people`` and ``departments``; pure. Rules: domain.md B1.1–2, C2 (delegation), DG-05.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

LEADERS = ("主要领导", "班子成员")
LONGEST_DELEGATION_DAYS = 30
GONE = "已退出"


@dataclass(frozen=True, slots=True)
class Person:
    """One colleague: a row of ``people``.

    Attributes:
        id: Row id in ``people``; ids of persons everywhere mean this.
        account: E-mail of his login, lower case; "" for colleagues without one.
        department: Row id in ``departments``.
        wecom: User id in the school's WeCom, "" where he is not in it.
        delegate: Row id of who stands in while away (domain.md C2), with scope, limit (元) and whether a paper exists.
    """

    id: int
    name: str
    account: str = ""
    department: int | None = None
    roles: frozenset[str] = frozenset()
    rank: str = ""
    status: str = "在岗"
    away_from: date | None = None
    away_to: date | None = None
    delegate: int | None = None
    delegate_scope: frozenset[str] = frozenset()
    delegate_limit: Decimal | None = None
    delegate_doc: bool = False
    wecom: str = ""

    @property
    def gone(self) -> bool:
        """已退出: no roles, no new steps; signatures given before stay valid."""
        return self.status == GONE

    def has(self, role: str) -> bool:
        """Whether the person holds ``role`` now."""
        return role in self.roles and not self.gone


@dataclass(frozen=True, slots=True)
class Department:
    """One department: head 部门负责人 and leader in charge 分管领导 are row ids of ``people``."""

    id: int
    name: str
    head: int | None = None
    leader: int | None = None
    kind: str = ""


class Directory:
    """People and departments at one moment.

    Args:
        people: Every row of ``people``.
        departments: Every row of ``departments``.
    """

    def __init__(self, people: Iterable[Person], departments: Iterable[Department]) -> None:
        self._people = {p.id: p for p in people}
        self._departments = {d.id: d for d in departments}
        self._holders: dict[str, tuple[Person, ...]] = {}

    @classmethod
    def from_rows(cls, people: Iterable[Any], departments: Iterable[Any]) -> "Directory":
        """From rows with canonical values (``row["name"]``)."""
        return cls((_person(r) for r in people), (_department(r) for r in departments))

    def __iter__(self) -> Any:
        return iter(self._people.values())

    def get(self, person: int | None) -> Person | None:
        """The person with this row id."""
        return self._people.get(person) if person is not None else None

    def name(self, person: int | None) -> str:
        """The name, or 未登记人员 for an id that is not in ``people``."""
        found = self.get(person)
        return found.name if found else "未登记人员"

    def department(self, department: int | None) -> Department | None:
        """The department with this row id."""
        return self._departments.get(department) if department is not None else None

    @cached_property
    def _by_account(self) -> Mapping[str, Person]:
        uses = Counter(p.account for p in self._people.values() if p.account)
        return {p.account: p for p in self._people.values() if p.account and uses[p.account] == 1 and not p.gone}

    def by_account(self, account: str | None) -> Person | None:
        """Whose login this is; None when nobody's, or when one account serves two people (DG-05)."""
        return self._by_account.get(account.lower()) if account else None

    def department_named(self, name: str) -> Department | None:
        """The department of that name, whoever works in it."""
        return next((d for d in self._departments.values() if d.name == name), None)

    def holders(self, role: str) -> tuple[Person, ...]:
        """Everyone who holds ``role``, by row id."""
        if role not in self._holders:
            self._holders[role] = tuple(sorted((p for p in self._people.values() if p.has(role)), key=lambda p: p.id))
        return self._holders[role]

    def head_of(self, department: int | None) -> Person | None:
        """部门负责人 of a department."""
        found = self.department(department)
        return self.get(found.head) if found else None

    def leader_of(self, department: int | None) -> Person | None:
        """分管领导 of a department."""
        found = self.department(department)
        return self.get(found.leader) if found else None

    def finance_departments(self) -> tuple[Department, ...]:
        """Departments of kind 财务: their 分管领导 is the leader in charge of finance."""
        return tuple(d for d in self._departments.values() if d.kind == "财务")

    def delegation_gap(self, principal: Person, on: date, scope: str, amount: Decimal, top_limit: Decimal) -> str:
        """Why ``principal``'s delegation does not cover this signature; "" when it does (SG-04, domain.md C2).

        Args:
            principal: Who is away.
            on: The day of the signature.
            scope: 委托范围 needed, e.g. ``支出``.
            amount: 元 to be signed.
            top_limit: Most a 主要领导's delegate may sign, in 元 (settings ``delegate.top_limit``).
        """
        delegate = self.get(principal.delegate)
        if principal.gone:
            return "已失效（委托人已退出）"
        if delegate is None or delegate.gone:
            return "未指定受托人"
        start, end = principal.away_from, principal.away_to
        if start is None or end is None:
            return "没有起止日期"
        if on < start:
            return "尚未生效"
        if on > end:
            return "已过期"
        if (end - start).days + 1 > LONGEST_DELEGATION_DAYS:
            return f"超过{LONGEST_DELEGATION_DAYS}天"
        if not principal.delegate_doc:
            return "没有书面委托书"
        if scope not in principal.delegate_scope:
            return f"不含{scope}"
        if not self._same_team(principal, delegate):
            return "受托人不在同一班子"
        limit = principal.delegate_limit
        if principal.rank == "主要领导":
            limit = min(limit, top_limit) if limit is not None else top_limit
        if limit is None:
            return "没有写明限额"
        if amount > limit:
            return f"限额{f'{limit:,.2f}'.removesuffix('.00')}元"
        return ""

    def _same_team(self, principal: Person, delegate: Person) -> bool:
        if principal.rank in LEADERS:
            return delegate.rank in LEADERS
        return delegate.department == principal.department or any(
            d.name == "办公室" and d.head == delegate.id for d in self._departments.values()
        )


def _person(row: Any) -> Person:
    return Person(
        id=row.id,
        name=row["name"] or "",
        account=(row["account"] or "").strip().lower(),
        department=row["department"],
        roles=frozenset(row["roles"] or ()),
        rank=row["rank"] or "",
        status=row["status"] or "在岗",
        away_from=row["away_from"],
        away_to=row["away_to"],
        delegate=row["delegate"],
        delegate_scope=frozenset(row["delegate_scope"] or ()),
        delegate_limit=row["delegate_limit"],
        delegate_doc=bool(row["delegate_doc"]),
        wecom=(row["wecom_id"] or "").strip(),
    )


def _department(row: Any) -> Department:
    return Department(
        id=row.id, name=row["name"] or "", head=row["head"], leader=row["leader_in_charge"], kind=row["kind"] or ""
    )
