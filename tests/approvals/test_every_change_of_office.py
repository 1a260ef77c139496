"""Somebody loses his office, or leaves, while a row of any table is under signature (issue 3, "a person away").

Every chain, every level that may be open, every office that may change hands, everybody who may get it.
"""

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest

from automations.approvals.case import Case
from automations.approvals.reseat import reseat
from tests.approvals.chains import CHAINS, HANDLER, LEFT, STRANGER, Offices, distinct
from tests.approvals.small_world import CLAIM, START, Play, account, rules

NOBODY = "现在没有人可以签批，请组织人事科在“部门”或“人员”表中设置。"


def now_held(play: Play, offices: Offices) -> Case:
    """The case once the worker has seen who holds which office now."""
    play.bench = offices.bench()
    play.rows[play.table, CLAIM] |= {
        n: v for n, v in offices.row.items() if n == "acceptor"
    }  # the row itself names him
    ruling = reseat(play.case, play.rows[play.table, CLAIM], play.bench, START)
    again = reseat(ruling.case, play.rows[play.table, CLAIM], play.bench, START)
    assert again.case == ruling.case and not again.events, "a second look changes nothing"
    assert len([e for e in ruling.events if e.kind == "reseated"]) == sum(
        a.assignee != b.assignee for a, b in zip(play.case.steps, ruling.case.steps, strict=True)
    )
    play.case = ruling.case
    play.answer()
    return ruling.case


def nobody_twice(case: Case, offices: Offices) -> None:
    asked = [step.assignee for step in case.steps]
    assert len({*asked}) == len(asked), asked
    assert not offices.aside & {*asked}, asked


@pytest.mark.parametrize("name", CHAINS)
def test_an_office_changes_hands(name: str) -> None:
    before, seen = distinct(CHAINS[name]), Counter[str]()
    seats, signers = before.chain.seats, before.signers
    for done, changed in ((i, j) for i in range(len(seats)) for j in range(len(seats))):
        for heir in {*before.held.values(), STRANGER, None} - {signers[changed]}:
            for left in (False, True):
                play = before.submitted().agree(*signers[:done])
                was = play.case
                held = {**before.held, seats[changed].office: heir, LEFT: signers[changed] if left else None}
                after = replace(before, held=held)
                case = now_held(play, after)
                seen["worlds"] += 1
                nobody_twice(case, after)
                for position, (old, new) in enumerate(zip(was.steps, case.steps, strict=True)):
                    if position != changed or position < done:
                        assert new == old, "signed levels stay, and so do the others who have their offices"
                if changed < done:
                    assert case == was
                    continue
                seen[outcome(was, case, changed, after, heir)] += 1
                if changed == done:
                    signs_next(play, signers[changed])
    assert seen["worlds"] >= (6 if len(seats) == 1 else 8) and seen["heir"], seen
    assert seen["nobody"] and seen["substitute"], seen


def outcome(was: Case, case: Case, changed: int, after: Offices, heir: int | None) -> str:
    """What became of the level whose office changed hands."""
    old, new = was.steps[changed], case.steps[changed]
    if heir is not None and heir not in after.aside and heir not in {s.assignee for s in was.steps}:
        assert (new.assignee, new.stands_for) == (heir, None), "the open level goes to the new holder"
        assert "已不担任，本级改由" in new.message
        return "heir"
    if new.assignee != old.assignee:
        assert new.nature == "签字" and new.stands_for == heir is not None, "only a signature has a substitute"
        return "substitute"
    assert case.result == "拦截" and case.message.endswith(NOBODY) and f"“{new.level}”" in case.message
    return "nobody"


def signs_next(play: Play, gone: int) -> None:
    """It is the turn of whoever has the level now, and of nobody else."""
    step = play.case.current
    assert step is not None
    position = play.case.steps.index(step)
    if step.assignee != gone:
        other = play.copy()
        other.decide(position, account(gone), "同意")
        refused = rules(other.judge())
        assert refused[0] in ("SG-01", "DG-05") and not other.case.steps[position].agreed, "who lost the office"
        play.decide(position, account(step.assignee), "同意")
        play.judge()
        assert play.case.steps[position].agreed and play.case.steps[position].signer == step.assignee


@pytest.mark.parametrize("name", [name for name, chain in CHAINS.items() if len(chain.seats) > 1])
def test_colleagues_exchange_their_offices(name: str) -> None:
    """Every permutation: each open level goes to its new holder, unless he has signed another already."""
    before, seen = distinct(CHAINS[name]), Counter[str]()
    offices, signers = [seat.office for seat in before.chain.seats], before.signers
    for done in range(len(signers)):
        for order in permutations(signers):
            play = before.submitted().agree(*signers[:done])
            was = play.case
            after = replace(before, held={**before.held, **dict(zip(offices, order, strict=True))})
            case = now_held(play, after)
            nobody_twice(case, after)
            assert case.steps[:done] == was.steps[:done], "signed levels stay"
            free = not {*order[done:]} & {*signers[:done]}
            for position in range(done, len(signers)):
                new = case.steps[position].assignee
                assert new == order[position] or (not free and new == signers[position]), (done, order, position)
            seen["all seated" if free else "some have signed"] += 1
    assert seen["all seated"] > len(signers) and seen["some have signed"], seen


def test_the_handler_gets_an_office_and_does_not_sign_his_own_row() -> None:
    for chain in CHAINS.values():
        before = distinct(chain)
        for seat in chain.seats:
            play = before.submitted()
            after = replace(before, held={**before.held, seat.office: before.who(HANDLER)})
            assert before.who(HANDLER) not in [s.assignee for s in now_held(play, after).steps]
