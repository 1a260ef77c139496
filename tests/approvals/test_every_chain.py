"""Who signs, in every chain that is declared and for every way in which people could share its offices (SG-03, C2).

Two people who change names change nothing, so the worlds are counted up to names: of 390,625 ways in which five people
can be eight things 3,845 are left. What must come of each is said here in the words of the specification.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from automations.approvals.chain import Chain, levels_of, with_ids
from automations.errors import RuleError
from automations.jobs import approvals
from automations.jobs.expense_claims import expense_claims
from automations.jobs.requests import requests
from automations.norms import Norm, Norms
from automations.tables.values import Value
from tests.approvals.chains import (
    ACCEPTOR,
    BOOKS,
    CHAINS,
    DAY,
    DECOY,
    FINANCE,
    HANDLER,
    HEAD,
    LEADER,
    LEFT,
    NAMES,
    OUTSIDE_THE_TEAM,
    PAYEE,
    RELATED,
    TOP,
    ChainOf,
    Offices,
    review,
    signature,
    ways,
)
from tests.approvals.small_world import directory, empty_row, staff
from tests.office import schema

FORWARD, BACKWARD = "、".join(NAMES[:5]), "、".join(reversed(NAMES[:5]))


def test_every_sign_off_is_proved_here() -> None:
    signed = {table for table, approval in approvals().items() if approval.steps}
    assert {chain.table for chain in CHAINS.values()} == signed


# Seating --------------------------------------------------------------------------------------------------------------


def check(offices: Offices, found: Chain, listed: str, seen: Counter[str]) -> None:
    """What C2 asks of one world, and what came of it."""
    chain, world = offices.chain, (offices.chain.table, dict(offices.held), listed)
    seats = {seat.level.level: seat for seat in found.seats}
    people = [seat.person.id for seat in found.seats]
    seen["worlds"] += 1
    assert [seat.level.level for seat in found.seats] == [lv for lv in chain.levels if lv in seats], world
    assert not offices.aside & {*people}, ("nobody signs his own row", world)
    assert len({*people}) == len(people), ("nobody twice in a round", world)
    assert not {offices.who(LEFT), DECOY} & {*people}, ("only who is there, and only who is asked", world)
    lost = False
    for seat in chain.seats:
        due, sits = offices.holder(seat), seats.get(seat.level)
        problems = [p for p in found.problems if f"“{seat.level}”没有人担任" in p or f"“{seat.level}”须由" in p]
        if sits is not None and sits.person.id == due:
            seen["himself"] += 1
            assert sits.stands_for is None and not problems, world
        elif due is None:
            seen["vacant"] += 1
            lost = True
            assert sits is None and any("没有人担任" in p for p in problems), ("a vacant level stops", world)
        elif seat.review:
            seen["fell away"] += 1
            assert sits is None and due in offices.aside | {*people}, ("he could have acted", world)
            assert any(n.startswith(f"【回避】{NAMES[due - 1]}是本单") and seat.level in n for n in found.notes), world
        elif sits is not None:
            seen["replaced"] += 1
            assert sits.stands_for == due and due in offices.aside | {*people}, ("he could have signed", world)
            assert sits.person.id in substitutes(offices, seat.level, listed), world
            told = f"本级改由{sits.person.name}签批。"
            assert any(n.startswith(f"【回避】{NAMES[due - 1]}是本单") and n.endswith(told) for n in found.notes), world
        else:
            seen["stopped"] += 1
            lost = True
            assert any("没有可用的替签人" in p for p in problems), ("a signature is never lost in silence", world)
            free = substitutes(offices, seat.level, listed) - offices.aside - {*people}
            assert not free, ("somebody could have signed", world)
    assert bool(found.problems) == lost, world


def substitutes(offices: Offices, level: str, listed: str) -> set[int]:
    """Who may stand in: whom 参数标准 lists; for 主要领导 the one in charge of finance, too. All of the team."""
    named = {NAMES.index(name) + 1 for name in listed.split("、") if name}
    finance = offices.who(FINANCE)
    if level == TOP and finance is not None:
        named.add(finance)
    return {person for person in named if offices.in_team(person)}


@pytest.mark.parametrize("name", CHAINS)
def test_nobody_signs_his_own_row_and_no_signature_is_lost(name: str) -> None:
    chain, seen = CHAINS[name], Counter[str]()
    large = len(chain.parts) > 8
    most, lists = (4, ("", FORWARD)) if large else (5, ("", FORWARD, BACKWARD))
    for listed in lists:
        for held in ways(chain.parts, most):
            offices = Offices(chain, held)
            check(offices, offices.seated(chain__substitute=listed), listed, seen)
    assert seen["worlds"] == len(lists) * WORLDS[len(chain.parts)], seen
    assert seen["himself"] and seen["replaced"] and seen["stopped"], seen
    assert bool(seen["fell away"]) == any(seat.review for seat in chain.seats), seen


WORLDS = {2: 2, 3: 5, 4: 15, 5: 52, 6: 202, 7: 855, 8: 3845, 9: 11051}
"""Ways to share so many parts: Stirling's numbers, for at most five people (four where there are nine parts)."""


@pytest.mark.parametrize("name", CHAINS)
def test_a_vacant_office_stops_and_who_left_or_is_no_leader_stands_in_for_nobody(name: str) -> None:
    chain, seen = CHAINS[name], Counter[str]()
    parts = [part for part in chain.parts if part not in (PAYEE, RELATED)]
    for held in ways([*parts, LEFT, OUTSIDE_THE_TEAM], 2 if len(parts) > 6 else 3, vacant=True):
        if held[HANDLER] == held[LEFT]:
            continue  # he has no login any more
        offices = Offices(chain, {PAYEE: held[HANDLER], **held})
        check(offices, offices.seated(chain__substitute=FORWARD), FORWARD, seen)
    few = len(chain.seats) == 1  # a single level has no more than this
    assert seen["worlds"] >= (26 if few else 100) and seen["vacant"] > (10 if few else 40), seen
    assert seen["replaced"] > 5, seen


# The parameters of a claim's chain ------------------------------------------------------------------------------------

ORDERS = {
    "经办人→部门负责人→会计→分管领导→主要领导": (HEAD, "验收", "会计", LEADER, TOP),
    "经办人→会计→分管财务→部门负责人→分管领导→主要领导": ("验收", "会计", FINANCE, HEAD, LEADER, TOP),
    "经办人 -> 分管领导 > 验收、部门负责人 -> 主要领导": (LEADER, "验收", HEAD, TOP),
    "经办人→分管领导→主要领导": ("验收", LEADER, TOP),
}
"""chain.small and who then signs, where every review is wanted."""

SWITCHES = {HEAD: "chain.dept_review", "会计": "chain.finance_review", "验收": "chain.acceptance"}
SEATS = {"验收": review("验收", ACCEPTOR), "会计": BOOKS, HEAD: review(HEAD)} | {
    level: signature(level) for level in (LEADER, FINANCE, TOP)
}


def claims_under_every_setting() -> Iterator[ChainOf]:
    """Every order × every switch × a sum below and at the one from which 主要领导 signs."""
    for (order, levels), yes, top_from in product(ORDERS.items(), product((True, False), repeat=3), ("900", "900.01")):
        wanted = dict(zip(SWITCHES, yes, strict=True))
        below = top_from == "900.01" and FINANCE not in levels
        kept = [FINANCE if below and lv == TOP else lv for lv in levels if wanted.get(lv, True)]
        norms = {"chain.small": order, "chain.top_from": top_from}
        norms |= {SWITCHES[level]: "是" if on else "否" for level, on in wanted.items()}
        yield ChainOf(
            "expense_claims", tuple(SEATS[lv] for lv in kept), norms=norms, cells={"amount": Decimal("900.00")}
        )


def test_claims_under_every_setting_of_their_chain() -> None:
    seen, settings = Counter[str](), 0
    for chain in claims_under_every_setting():
        settings += 1
        for held in ways([part for part in chain.parts if part not in (PAYEE, RELATED)], 4):
            offices = Offices(chain, {PAYEE: held[HANDLER], **held})
            check(offices, offices.seated(chain__substitute=FORWARD), FORWARD, seen)
    assert settings == 4 * 8 * 2
    assert seen["worlds"] == 5_846 and seen["fell away"] > 2_000 and seen["replaced"] > 2_000, seen


WORDS = ("经办人", HEAD, "会计", LEADER, FINANCE, TOP, "校长")


def test_every_short_order_of_the_chain_is_kept_or_refused() -> None:
    """chain.small as any five of seven words, or fewer: only what keeps the three signatures is a chain."""
    found: Counter[bool] = Counter()
    for length in range(6):
        for names in product(WORDS, repeat=length):
            levels = levels_in("→".join(names))
            lawful = (
                length > 1
                and names[0] == "经办人"
                and names[-1] == TOP
                and LEADER in names
                and "校长" not in names
                and len({*names}) == length
            )
            found[lawful] += 1
            assert levels == (list(names[1:]) if lawful else None), names
    assert found == {True: 1 + 3 * 2 + 3 * 2 * 3, False: sum(7**n for n in range(6)) - 25}


@pytest.mark.parametrize("order", ORDERS)
def test_a_mutilated_order_is_never_a_chain(order: str) -> None:
    """A sign too few, a sign too many, cut off anywhere: a sentence, or the same chain; never a shorter one."""
    whole, refused = levels_in(order), 0
    assert whole is not None
    cuts = {order[:n] for n in range(len(order))} | {order[n:] for n in range(1, len(order))}
    cuts |= {order[:n] + order[n + 1 :] for n in range(len(order))}
    cuts |= {f"{order[:n]}{sign}{order[n:]}" for n in range(len(order) + 1) for sign in "一→ ，0"}
    for text in cuts:
        levels = levels_in(text)
        refused += levels is None
        assert levels is None or levels == whole, (text, levels)
    assert refused > len(cuts) / 2


@pytest.mark.parametrize("key", ["chain.dept_review", "chain.finance_review", "chain.acceptance", "chain.top_from"])
@pytest.mark.parametrize("value", ["", "也许", "-1", "是否"])
def test_a_switch_that_cannot_be_read_is_never_a_chain(key: str, value: str) -> None:
    assert levels_in("经办人→部门负责人→会计→分管领导→主要领导", **{key: value}) is None


def levels_in(order: str, **norms: str) -> list[str] | None:
    """The levels of a claim under this ``chain.small``; None where that stops with a sentence."""
    row: dict[str, Value] = {"amount": Decimal(900)}
    keys = {"chain.small": order, **norms}
    try:
        found = levels_of(expense_claims, row, directory(), Norms(Norm(k, v) for k, v in keys.items()), DAY)
    except RuleError as error:
        assert "参数" in error.message and "。" in error.message
        return None
    return [level.level for level in found]


# Which requests go up to 主要领导 -------------------------------------------------------------------------------------

PLACES = {"渝中区图书馆": False, "本区": True, "": False}
"""地点, and whether it lies in the school's own district."""


def test_every_request_that_needs_the_top_leader_gets_him() -> None:
    """Receptions; 中层 and above who leave the district; 5,000 元 and more. Nothing else (C5)."""
    head = replace(staff()[2], rank="中层")
    people, seen = directory(p2=head), Counter[bool]()
    kinds = schema()["requests"]["kind"].options
    for kind, amount, place, handler, others in product(
        kinds, (None, "4999.99", "5000.00"), PLACES, (1, 2, 5), ((), (1,), (1, 2), (4,))
    ):
        row = empty_row(
            requests,
            **{"kind": kind, "est_amount": amount and Decimal(amount), "place": place or None, "people": others},
        )
        row |= {"handler": handler, "department": 1}
        known = with_ids(requests, row, 1, handler)
        levels = levels_of(requests, known, people, Norms([Norm("school.district", "本区")]), DAY)  # type: ignore[arg-type]
        seniors = {2, 4, 5} & {handler, *others}
        wanted = kind == "公务接待" or amount == "5000.00" or (kind == "出差" and not PLACES[place] and bool(seniors))
        seen[wanted] += 1
        assert (TOP in [lv.level for lv in levels]) == wanted, (kind, amount, place, handler, others)
    assert seen[True] > 300 and seen[False] > 300, seen
