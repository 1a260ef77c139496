"""Who holds which office, whose login it is, and what a delegation covers (domain.md B1, C2, DG-05)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from automations.people import Department, Directory, Person

DAY = date(2026, 9, 1)
SUN = Person(
    1,
    "孙副校长",
    "sun@school.test",
    1,
    frozenset({"分管领导"}),
    "班子成员",
    away_from=date(2026, 8, 31),
    away_to=date(2026, 9, 29),
    delegate=2,
    delegate_scope=frozenset({"支出"}),
    delegate_limit=Decimal(5000),
    delegate_doc=True,
)
ZHENG = Person(2, "郑副校长", "zheng@school.test", 2, frozenset({"会计"}), "班子成员")
ZHAO = Person(3, "赵校长", "zhao@school.test", 1, frozenset({"主要领导"}), "主要领导")
HEAD = Person(4, "周科长", "zhou@school.test", 1, frozenset({"部门负责人"}), "中层")
VICE = Person(5, "何副科长", "he@school.test", 1, frozenset(), "科员")
OFFICE_HEAD = Person(6, "办主任", "ban@school.test", 3, frozenset(), "中层")
DEPARTMENTS = [
    Department(1, "行政科", 4, 1),
    Department(2, "财务科", None, 2, "财务"),
    Department(3, "办公室", 6, 1),
]


def directory(*changed: Person) -> Directory:
    people = {p.id: p for p in (SUN, ZHENG, ZHAO, HEAD, VICE, OFFICE_HEAD)} | {p.id: p for p in changed}
    return Directory(people.values(), DEPARTMENTS)


def gap(principal: Person, *others: Person, amount: str = "986", on: date = DAY, scope: str = "支出") -> str:
    return directory(principal, *others).delegation_gap(principal, on, scope, Decimal(amount), Decimal(5000))


def test_a_login_belongs_to_one_person() -> None:
    people = directory()
    assert people.by_account("SUN@school.test") == SUN
    assert people.by_account("nobody@school.test") is None
    assert people.by_account(None) is None
    assert people.by_account("") is None


def test_a_login_of_two_belongs_to_nobody() -> None:
    assert directory(replace(HEAD, account=SUN.account)).by_account(SUN.account) is None


def test_who_left_has_neither_login_nor_office() -> None:
    people = directory(replace(ZHENG, status="已退出"))
    assert people.by_account(ZHENG.account) is None
    assert people.holders("会计") == ()
    assert people.name(2) == "郑副校长", "his name stays readable"


def test_offices() -> None:
    people = directory()
    assert people.head_of(1) == HEAD and people.leader_of(1) == SUN
    assert people.head_of(None) is None and people.leader_of(9) is None
    assert [d.name for d in people.finance_departments()] == ["财务科"]
    assert people.name(99) == "未登记人员"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, ""),
        ({"away_from": date(2026, 9, 1), "away_to": date(2026, 9, 1)}, ""),
        ({"away_from": date(2026, 9, 2)}, "尚未生效"),
        ({"away_to": date(2026, 8, 31)}, "已过期"),
        ({"away_from": None}, "没有起止日期"),
        ({"away_to": date(2026, 9, 30)}, "超过30天"),
        ({"delegate_doc": False}, "没有书面委托书"),
        ({"delegate_scope": frozenset()}, "不含支出"),
        ({"delegate_limit": Decimal("985.99")}, "限额985.99元"),
        ({"delegate_limit": Decimal(986)}, ""),
        ({"delegate_limit": None}, "没有写明限额"),
        ({"delegate": None}, "未指定受托人"),
        ({"delegate": 4}, "受托人不在同一班子"),
        ({"status": "已退出"}, "已失效（委托人已退出）"),
    ],
)
def test_sg04_what_a_delegation_lacks(changes: dict[str, object], wanted: str) -> None:
    assert gap(replace(SUN, **changes)) == wanted  # type: ignore[arg-type]


def test_sg04_a_delegate_who_left() -> None:
    assert gap(SUN, replace(ZHENG, status="已退出")) == "未指定受托人"


@pytest.mark.parametrize(
    ("limit", "amount", "wanted"),
    [
        (None, "5000", ""),
        (None, "5000.01", "限额5,000元"),
        ("9000", "5000.01", "限额5,000元"),
        ("300", "301", "限额300元"),
    ],
)
def test_sg04_the_top_leaders_delegate_signs_small_sums_only(limit: str | None, amount: str, wanted: str) -> None:
    top = replace(SUN, rank="主要领导", delegate_limit=Decimal(limit) if limit else None)
    assert gap(top, amount=amount) == wanted


def test_sg04_a_heads_delegate_is_his_deputy_or_the_head_of_the_office() -> None:
    away = replace(SUN, id=4, rank="中层", account="x", delegate=5)
    assert gap(away) == ""
    assert gap(replace(away, delegate=6)) == ""
    assert gap(replace(away, delegate=2)) == "受托人不在同一班子"
