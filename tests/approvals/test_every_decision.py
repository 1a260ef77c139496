"""Everything that anybody could type into the steps of any chain, at any moment, for any length of time.

What is typed leads from state to state, and the states are few: so all of them are visited, and in each of them
everything is tried. What must come of it is said here in the words of the specification (C2), for all chains at once.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import TypeAlias

import pytest

from automations.approvals.ruling import Finding
from automations.tables.values import Value
from tests.approvals.chains import CHAINS, HANDLER, STRANGER, TOP, Offices, distinct
from tests.approvals.small_world import CLAIM, FIRST_STEP, Play, account
from tests.office import schema

UNKNOWN = "nobody@school.test"
MAY_REFUSE = ("分管领导", "主要领导")
AGREE, RETURN, REFUSE = "同意", "退回", "不同意"
GRAPHS = [name for name in CHAINS if name != "支出单·验收"]  # its five levels take 20 s and show nothing new


@dataclass(frozen=True)
class Decide:
    """``by`` types a decision into the step at ``position``; with a reason of his own where one is needed."""

    position: int
    by: str | None
    decision: str


@dataclass(frozen=True)
class Ask:
    """``by`` asks for the sign-off."""

    by: str | None


@dataclass(frozen=True)
class Withdraw:
    """``by`` takes the row back."""

    by: str | None


@dataclass(frozen=True)
class Change:
    """``by`` changes what every signature covers."""

    by: str | None


Letter: TypeAlias = Decide | Ask | Withdraw | Change


@dataclass(frozen=True)
class Stands:
    """Where a sign-off stands by the specification.

    Attributes:
        phase: 待办 (the row rests), 签批中, 已退回, 不同意, 已批准.
        signed: How many levels have signed.
        word: What stands in 状态 while the row rests.
    """

    phase: str
    signed: int
    word: str


class Expected:
    """The specification of one chain."""

    def __init__(self, offices: Offices) -> None:
        self.signers = [account(p) for p in offices.signers]
        self.levels = offices.chain.levels
        self.handler = account(offices.who(HANDLER) or 0)
        self.life = offices.chain.approval
        # By the specification the leaders; of a chain that lets nobody refuse (an issue would be frozen), nobody.
        self.may_refuse = MAY_REFUSE if self.life.refused_by else ()

    def start(self, shown: str) -> Stands:
        return Stands("待办", 0, shown)

    def after(self, at: Stands, letter: Letter) -> Stands:
        """Where it stands once this was typed."""
        rest = replace(at, phase="待办", signed=0)
        if isinstance(letter, Ask):
            lawful = at.phase in ("待办", "已退回") and at.word in (self.life.asked_from or (at.word,))
            if not lawful:
                return at
            return replace(rest, phase="签批中") if letter.by == self.handler else rest
        if isinstance(letter, Withdraw):
            leader = self.levels.index("分管领导") if "分管领导" in self.levels else len(self.levels)
            lawful = at.phase == "签批中" and letter.by == self.handler and at.signed <= leader
            return rest if lawful else at
        if isinstance(letter, Change):
            if at.phase == "已批准":
                return replace(rest, word=self.life.falls_to or self.life.words.draft[0])
            return rest if at.phase == "签批中" else at
        turn = at.phase == "签批中" and letter.position == at.signed and letter.by == self.signers[letter.position]
        if not turn or (letter.decision == REFUSE and self.levels[letter.position] not in self.may_refuse):
            return at
        if letter.decision == AGREE:
            signed = at.signed + 1
            return replace(at, phase="已批准" if signed == len(self.levels) else "签批中", signed=signed)
        words = {RETURN: self.life.words.returned, REFUSE: self.life.words.refused}
        if not words[letter.decision]:
            return rest  # its table knows no such state: it rests as before it was asked
        return replace(rest, phase="已退回" if letter.decision == RETURN else "不同意")

    def shown(self, at: Stands) -> str:
        """状态, in the words of the table."""
        words = self.life.words
        return {
            "待办": at.word,
            "签批中": words.signing,
            "已退回": words.returned,
            "不同意": words.refused,
            "已批准": words.approved,
        }[at.phase]


def letters(play: Play, expected: Expected) -> Iterator[Letter]:
    """Everything that could be typed now; what a cell says already, the host records as no edit."""
    words = play.bench.approval.words
    people = [*expected.signers, expected.handler, account(STRANGER), UNKNOWN, None]
    for position, by, decision in product(range(len(play.case.steps)), people, (AGREE, RETURN, REFUSE)):
        if play.case.steps[position].decision != decision:
            yield Decide(position, by, decision)
    if words.ask[0] != play.shown:
        yield from (Ask(by) for by in (expected.handler, UNKNOWN, None))
        if play.bench.approval.submitted_by:
            yield Ask(account(STRANGER))
    if play.case.status == "签批中":
        yield from (Withdraw(by) for by in (expected.handler, account(STRANGER), None))
    yield from (Change(expected.handler), Change(None))


def typed(play: Play, letter: Letter, past: int) -> bool:
    """Type it; whether the host has an edit to record.

    Args:
        past: How many steps of earlier rounds there were when its author last saw the table.
    """
    approval, row = play.bench.approval, play.rows[play.table, CLAIM]
    if isinstance(letter, Decide):
        step = FIRST_STEP + past + letter.position
        if play.rows["sign_steps", step]["decision"] == letter.decision:
            return False
        cells: dict[str, Value] = {"decision": letter.decision}
        cells |= {"opinion": f"{letter.by}：材料不全"} if letter.decision != AGREE else {}
        play.type("sign_steps", step, letter.by, **cells)
    elif isinstance(letter, Change):
        column = next(n for n in approval.protects if schema()[approval.table][n].type == "text")
        play.type(play.table, CLAIM, letter.by, **{column: "乙" if row[column] == "甲" else "甲"})
    else:
        words = approval.words
        word = words.ask[0] if isinstance(letter, Ask) else words.withdraw or words.draft[0]
        if row["status"] == word:
            return False
        play.type(play.table, CLAIM, letter.by, status=word)
    return True


def key(play: Play) -> object:
    """All that later judgements look at; rounds, times and sentences are not among it."""
    case = play.case
    steps = tuple((s.level, s.decision, s.validity, s.assignee, s.signer) for s in case.steps)
    return case.status, case.stage, case.handler, steps


@pytest.mark.parametrize("name", GRAPHS)
def test_whatever_anybody_types_in_whatever_order(name: str) -> None:
    """From every state that can be reached, everything that can be typed: a complete walk, so of any length."""
    offices = distinct(CHAINS[name])
    expected, seen = Expected(offices), Counter[str]()
    start = offices.play()
    known = {key(start): expected.start(start.shown)}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        at = known[key(state)]
        for letter in letters(state, expected):
            play = state.copy()
            assert typed(play, letter, len(play.case.past))
            play.judge()
            then = expected.after(at, letter)
            stands_so(play, then, expected, (name, at, letter))
            seen["typed"] += 1
            seen["moved" if then != at else "refused"] += 1
            if (reached := key(play)) not in known:
                known[reached] = then
                waiting.append(play)
            assert known[reached] == then, ("what the judge remembers decides alone", name, letter)
    words = expected.life.words
    phases = {"待办", "签批中", "已批准", "已退回" if words.returned else "", "不同意" if words.refused else ""} - {""}
    assert {at.phase for at in known.values()} == phases
    assert seen["typed"] > 100 * len(expected.levels) and seen["refused"] > seen["moved"], seen


def stands_so(play: Play, at: Stands, expected: Expected, world: object) -> None:
    """The case, the cells and the host's options all say what the specification says."""
    case, table = play.case, schema()[play.table]
    assert play.shown == expected.shown(at), (world, case.status, case.message)
    assert play.shown in table["status"].options
    agreed = [s.agreed for s in case.steps]
    assert agreed == [n < at.signed for n in range(len(agreed))], world
    assert (at.phase == "已批准") == bool(case.approved_seal) == bool(case.approved_at), world
    for step in case.steps:
        options = schema()["sign_steps"]
        assert step.level in options["level"].options and step.nature in options["nature"].options
        assert step.decision in options["decision"].options
        assert not step.validity or step.validity in options["valid"].options
    signed = [s for s in case.steps if s.agreed]
    assert all(a.order < b.order for a, b in pairwise(signed)), "signed in the order of the levels"
    people = [s.signer for s in signed]
    assert len({*people}) == len(people) and case.handler not in people, world
    if at.phase == "已批准":
        assert {s.seal for s in signed} == {case.seal} == {case.approved_seal}, "all signed the same content"


# A worker that slept --------------------------------------------------------------------------------------------------

LENGTHS = {1: 3, 2: 3, 3: 3, 4: 3, 5: 2}
"""How long the histories are, by the number of levels."""


def histories(expected: Expected, length: int) -> Iterator[tuple[Letter, ...]]:
    """All of this length over the decisions of each level, one by somebody else, and what the handler does."""
    count = len(expected.signers)
    alphabet: list[Letter] = [Withdraw(expected.handler), Ask(expected.handler), Change(expected.handler), Change(None)]
    for position, signer in enumerate(expected.signers):
        other = expected.signers[position - 1] if count > 1 else account(STRANGER)
        alphabet += [Decide(position, signer, AGREE), Decide(position, signer, RETURN), Decide(position, other, AGREE)]
    alphabet.append(Decide(count - 1, expected.signers[-1], REFUSE))
    yield from product(alphabet, repeat=length)


@pytest.mark.parametrize("name", CHAINS)
def test_judged_at_once_or_one_by_one_is_the_same(name: str) -> None:
    """Whoever judges each edit as it comes and whoever wakes up afterwards says the same, word for word."""
    offices = distinct(CHAINS[name])
    expected, ended = Expected(offices), Counter[str]()
    count = len(expected.signers)
    for done, length in ((0, LENGTHS[count]), (count - 1, LENGTHS[count] - 1)):
        start = offices.submitted().agree(*offices.signers[:done])
        past = len(start.case.past)
        for history in histories(expected, length):
            awake, asleep = start.copy(), start.copy()
            for letter in history:
                if typed(asleep, letter, past):
                    typed(awake, letter, past)
                    awake.judge(answers=False)
            asleep.judge(answers=False)
            assert asleep.case == awake.case, (name, history)
            ended[awake.case.status] += 1
    assert {"签批中", "草稿", "已批准"} <= ended.keys(), ended


# Asking for it --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHAINS)
def test_a_hint_about_empty_cells_does_not_excuse_a_vacant_office(name: str) -> None:
    """Whoever has not filled in his department hears that first; but only what stops the row may come instead."""
    chain = CHAINS[name]
    for seat in chain.seats:
        held = {**distinct(chain).held, seat.office: None}
        for severity in ("提示", "拦截"):
            play = replace(distinct(chain), held=held).play()
            found = (Finding("必填", severity, "请填写：“备注”。"),)
            play.bench = replace(play.bench, examine=lambda *_, found=found: found)
            play.submit(held[HANDLER] or 0)
            assert play.case.round == 0 and not play.case.steps, (seat.level, severity)
            assert ("没有人担任" in play.case.message) == (severity == "提示")


@pytest.mark.parametrize("name", [n for n, c in CHAINS.items() if c.table == "expense_claims"])
@pytest.mark.parametrize("key", ["chain.small", "chain.top_from", "chain.dept_review", "chain.acceptance"])
def test_a_parameter_that_cannot_be_read_stops_the_submission(name: str, key: str) -> None:
    offices = distinct(CHAINS[name])
    play = replace(offices, chain=replace(offices.chain, norms={**offices.chain.norms, key: "每天"})).play()
    play.submit(offices.who(HANDLER) or 0)
    assert play.case.round == 0 and play.case.status == "草稿" and f"参数“{key}”" in play.case.message
    assert TOP not in [s.level for s in play.case.steps]
