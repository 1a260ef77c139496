"""Every way to give five people the six parts around one claim: who then signs (SG-03, domain.md C2).

Random worlds prove nothing here (models.md 4); these are all of them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from automations.approvals.chain import Chain, resolve
from automations.jobs.expense_claims import expense_claims
from automations.norms import Norm, Norms
from automations.people import Department, Directory, Person
from automations.tables.values import Value

FIVE = {1: "王一", 2: "周二", 3: "李三", 4: "孙四", 5: "赵五"}
DAY = date(2026, 9, 1)
OWN, FINANCE = 1, 2


@dataclass(frozen=True)
class Parts:
    """Who plays which part (row ids of people)."""

    handler: int
    payee: int
    head: int
    accountant: int
    leader: int
    top: int


def every_world() -> Iterator[Parts]:
    return (Parts(*people) for people in product(FIVE, repeat=6))


def directory(parts: Parts, finance_leader: int | None = None) -> Directory:
    people = []
    for person, name in FIVE.items():
        roles = {"经办人"}
        if person == parts.accountant:
            roles.add("会计")
        if person == parts.top:
            roles.add("主要领导")
        rank = "主要领导" if person == parts.top else "班子成员"
        people.append(Person(person, name, f"p{person}@x", OWN, frozenset(roles), rank))
    return Directory(
        people,
        [
            Department(OWN, "行政科", parts.head, parts.leader),
            Department(FINANCE, "财务科", None, finance_leader, "财务"),
        ],
    )


def chain(parts: Parts, substitutes: str = "", finance_leader: int | None = None, **norms: str) -> Chain:
    row: dict[str, Value] = {"handler": parts.handler, "payee": parts.payee, "department": OWN, "amount": Decimal(900)}
    keys = {"chain.substitute": substitutes} | {k.replace("__", "."): v for k, v in norms.items()}
    return resolve(
        expense_claims, row, directory(parts, finance_leader), Norms(Norm(k, v) for k, v in keys.items()), DAY
    )


@pytest.mark.parametrize(
    ("substitutes", "finance_leader"),
    [("", None), ("孙四", None), ("王一、周二、李三、孙四、赵五", None), ("周二", 3)],
    ids=["none", "one", "everybody", "one-and-finance"],
)
def test_nobody_signs_his_own_money_and_nobody_holds_two_levels(substitutes: str, finance_leader: int | None) -> None:
    seen: Counter[str] = Counter()
    for parts in every_world():
        found = chain(parts, substitutes, finance_leader)
        seen["worlds"] += 1
        own = {parts.handler, parts.payee}
        holder = {"部门负责人": parts.head, "会计": parts.accountant, "分管领导": parts.leader, "主要领导": parts.top}
        named = set(substitutes.split("、")) | ({FIVE[finance_leader]} if finance_leader else set())
        people = [s.person.id for s in found.seats]
        levels = [s.level.level for s in found.seats]

        assert not own & set(people), (parts, levels, people)
        assert len(people) == len(set(people)), (parts, levels, people)
        assert levels == [lv for lv in holder if lv in levels], "levels stand in their order"
        for seat in found.seats:
            due, level = holder[seat.level.level], seat.level.level
            if seat.person.id == due:
                assert seat.stands_for is None
                continue
            seen["replaced"] += 1
            assert seat.level.nature == "签字", "only signatures have substitutes"
            assert seat.stands_for == due and seat.person.name in named
            assert due in own or due in set(people), "he could have signed himself"
            part = "经办人" if due == parts.handler else "收款人" if due == parts.payee else "“"
            assert any(
                n.startswith(f"【回避】{FIVE[due]}是本单{part}") and n.endswith(f"，本级改由{seat.person.name}签批。")
                for n in found.notes
            ), (parts, level, found.notes)
        missing = set(holder) - set(levels)
        for level in missing & {"部门负责人", "会计"}:
            seen["skipped"] += 1
            assert holder[level] in own | set(people), "a review falls away only where its holder cannot act"
            assert any(n.startswith("【回避】") and n.endswith(f"，“{level}”审核环节略过。") for n in found.notes)
        for level in missing & {"分管领导", "主要领导"}:
            seen["stopped"] += 1
            [problem] = [p for p in found.problems if f"“{level}”须由他人替签" in p]
            assert problem.startswith(f"{FIVE[holder[level]]}是本单") and "chain.substitute" in problem
            usable = {p for p, name in FIVE.items() if name in named} - own - set(people)
            if level == "分管领导" and finance_leader is not None:
                usable.discard(finance_leader)  # stands in for the top leader only
            assert not usable, (parts, "somebody could have signed")
        assert bool(found.problems) == bool(missing & {"分管领导", "主要领导"})
        if parts.top in own and "主要领导" in levels:
            seen["top's own money"] += 1
            assert "主要领导本人支出" in found.notes
        if not missing:
            seen["whole"] += 1
    assert seen["worlds"] == 5**6
    assert seen["whole"] > 100 and seen["skipped"] > 5000, seen
    if substitutes:
        assert seen["replaced"] > 500 and seen["top's own money"] > 200, seen
    else:
        assert seen["stopped"] > 5000 and not seen["replaced"], seen


def test_a_leader_signs_in_his_own_right_before_he_stands_in_for_another() -> None:
    """孙四 files for himself; the only name on the list is the top leader, who has his own level to sign."""
    found = chain(Parts(handler=4, payee=4, head=2, accountant=3, leader=4, top=5), "赵五、王一")
    assert [(s.level.level, s.person.name, s.stands_for) for s in found.seats][2:] == [
        ("分管领导", "王一", 4),
        ("主要领导", "赵五", None),
    ]


def test_the_two_reviews_can_be_switched_off_and_the_signatures_cannot() -> None:
    parts = Parts(handler=1, payee=1, head=2, accountant=3, leader=4, top=5)
    for dept, finance in product(("是", "否"), repeat=2):
        found = chain(parts, chain__dept_review=dept, chain__finance_review=finance)
        wanted = ["部门负责人"] * (dept == "是") + ["会计"] * (finance == "是") + ["分管领导", "主要领导"]
        assert [s.level.level for s in found.seats] == wanted
    assert all(not step.switch for step in expense_claims.steps if step.nature == "签字")


def test_a_level_that_nobody_holds_stops_the_claim() -> None:
    parts = Parts(handler=1, payee=1, head=2, accountant=3, leader=4, top=5)
    people = [replace(p, roles=frozenset()) if p.id == 5 else p for p in directory(parts)]
    vacant = Directory(people, [Department(OWN, "行政科", 2, None)])
    row: dict[str, Value] = {"handler": 1, "payee": 1, "department": OWN}
    found = resolve(expense_claims, row, vacant, Norms(), DAY)
    assert found.problems == (
        "“分管领导”没有人担任，请组织人事科在“部门”或“人员”表中设置后再提交。",
        "“主要领导”没有人担任，请组织人事科在“部门”或“人员”表中设置后再提交。",
    )


def test_who_left_the_school_neither_signs_nor_stands_in() -> None:
    parts = Parts(handler=5, payee=5, head=2, accountant=3, leader=4, top=5)
    people = {p.id: p for p in directory(parts)}
    people[1] = replace(people[1], status="已退出")
    row: dict[str, Value] = {"handler": 5, "payee": 5, "department": OWN}
    departments = [Department(OWN, "行政科", 2, 4), Department(FINANCE, "财务科", None, 1, "财务")]
    found = resolve(
        expense_claims, row, Directory(people.values(), departments), Norms([Norm("chain.substitute", "王一")]), DAY
    )
    assert "主要领导" not in [s.level.level for s in found.seats]
    assert len(found.problems) == 1


def test_of_several_accountants_one_who_may_sign_does() -> None:
    """会计's own claim: the other 会计 reviews it, nothing falls away."""
    parts = Parts(handler=3, payee=3, head=2, accountant=3, leader=4, top=5)
    people = [replace(p, roles=p.roles | {"会计"}) if p.id == 1 else p for p in directory(parts)]
    row: dict[str, Value] = {"handler": 3, "payee": 3, "department": OWN}
    found = resolve(expense_claims, row, Directory(people, [Department(OWN, "行政科", 2, 4)]), Norms(), DAY)
    assert [(s.level.level, s.person.id) for s in found.seats][1] == ("会计", 1)
    assert found.notes == ()
