"""The life of every table: which word may follow which in 状态, whatever is typed there, for any length of time.

All words that the column offers are tried by everybody, and by nobody, in every state that can be reached; the rules
find nothing, so only the declared life decides. What must come of it is said here from the declaration alone.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

import pytest

from automations.approvals.case import Case
from automations.approvals.declaration import Approval
from automations.jobs import approvals
from tests.approvals.chains import CHAINS, HANDLER, STRANGER, distinct
from tests.approvals.small_world import CLAIM, CODE, FIRST_STEP, Play, account, bench
from tests.office import schema

UNKNOWN = "nobody@school.test"
PAID, ARCHIVED = "已支付", "已归档"
LIVES = approvals()
CLERK = 1


@dataclass(frozen=True)
class Word:
    """``by`` chooses a word in 状态."""

    word: str
    by: str | None


@dataclass(frozen=True)
class Sign:
    """Whose turn it is decides."""

    decision: str


@dataclass(frozen=True)
class Pay:
    """One of the cells by which a claim is paid and archived, by whoever may fill it."""

    cells: tuple[tuple[str, object], ...]
    role: str


PAYING = (
    Pay((("paper_signed", True),), "会计"),
    Pay((("pay_method", "银行转账"), ("paid_on", date(2026, 9, 2))), "出纳"),
    Pay((("voucher_no", "记-1"),), "会计"),
)


# Words ----------------------------------------------------------------------------------------------------------------


def words_of(life: Approval) -> set[str]:
    """Every word that a declaration may put into 状态, or expects there."""
    said = life.words
    own = {said.signing, said.returned, said.refused, said.approved, said.withdraw, said.void} if life.steps else set()
    moved = {*life.moves, *(word for reached in life.moves.values() for word in reached)}
    paid = {PAID, ARCHIVED} if "paid_on" in schema()[life.table] else set()
    return {*said.draft, *said.ask, *own, *moved, *life.final, *life.asked_from, *paid} - {""}


@pytest.mark.parametrize("table", LIVES)
def test_every_word_is_one_of_the_column(table: str) -> None:
    options = schema()[table]["status"].options
    assert words_of(LIVES[table]) <= {*options}
    begins = LIVES[table].words.draft[0]
    assert begins == schema()[table]["status"].default or table == "violations", "Houqin alone adds lines there"


@pytest.mark.parametrize("table", LIVES)
def test_every_column_and_level_that_is_declared_exists(table: str) -> None:
    life, columns, steps = LIVES[table], schema()[table], schema()["sign_steps"]
    named = {life.submitted_by, life.vendor, life.amount, life.audited, life.day, life.payee} - {"", "_row"}
    assert {*life.protects, *life.shown, *life.keeps, *life.keeps.values(), *named, "code", "status"} <= {
        *columns.by_name
    }
    if not life.steps:
        return
    assert steps[life.step_link].to == table and columns.title in steps["biz_type"].options
    assert {level.shown_as or level.level for level in life.steps} <= {*steps["level"].options}
    assert {level.nature for level in life.steps} <= {*steps["nature"].options}


@pytest.mark.parametrize("table", LIVES)
def test_no_declared_move_starts_where_no_row_can_be(table: str) -> None:
    """A state that nothing leads to is a mistake; those that a date leads to are reached by the worker itself."""
    life = LIVES[table]
    assert {*life.moves} <= {*life.words.draft, *after_approval(life)} | BY_THE_DATE.get(table, set())
    assert not {*life.final} & {*life.moves}, "nothing follows the end"


BY_THE_DATE = {"contracts": {"临期", "到期"}, "requests": {"执行中", "已执行", "已核销", "过期"}}


def after_approval(life: Approval) -> set[str]:
    """Words that only a row that all have signed can have."""
    found, waiting = set[str](), [life.words.approved] if life.steps else []
    while waiting:
        word = waiting.pop()
        if word not in found and word not in life.words.draft:
            found.add(word)
            waiting += life.moves.get(word, ())
    before, waiting = set[str](), list(life.words.draft)
    while waiting:
        word = waiting.pop()
        if word not in before and word != life.words.approved:
            before.add(word)
            waiting += life.moves.get(word, ())
    return found - before


# The walk -------------------------------------------------------------------------------------------------------------


def follows(life: Approval, play: Play, typed: Word, rest: str) -> str:
    """The word that must stand there next. ``rest``: where the row rested last, before anybody asked for signatures."""
    case, shown, said = play.case, play.shown, life.words
    resting = {*said.draft, said.returned} - {""}
    asks = typed.word in said.ask and shown in resting and shown in (life.asked_from or (shown,))
    handler = account(case.handler or CLERK)
    if typed.by in (None, UNKNOWN):
        return rest if asks else shown  # a returned row that nobody in particular submits is a draft again
    if shown in {*life.final, said.refused, said.void, PAID}:
        return shown
    if shown == said.signing:
        taken_back = typed.word == said.withdraw or (not said.withdraw and typed.word in said.draft)
        leader = any(s.level == "分管领导" and s.agreed for s in case.steps)
        return rest if taken_back and typed.by == handler and not leader else shown
    if asks:
        return said.signing if not life.submitted_by or typed.by == account(CLERK) else rest
    if typed.word == said.void and shown in resting:
        return said.void if typed.by == (account(CLERK) if life.submitted_by else handler) else shown
    if typed.word == said.void and shown == said.approved:
        return said.void if voided(case, play, typed.by) else shown
    return typed.word if typed.word in life.moves.get(shown, ()) else shown


def voided(case: Case, play: Play, by: str | None) -> bool:
    """会计 and 分管领导 together let go of what was approved."""
    asked = {*case.voiders, *(p.id for p in play.bench.directory if p.account == by)}
    leader = {s.signer for s in case.steps if s.level == "分管领导"}
    return bool(asked & leader) and bool(asked & {p.id for p in play.bench.directory.holders("会计")})


def new_row(table: str) -> Play:
    chain = next((chain for chain in CHAINS.values() if chain.table == table), CHAINS["制度档案"])
    play = Play(bench(distinct(chain).directory, LIVES[table])) if chain.table != table else distinct(chain).play()
    play.case = Case(table=table, code=CODE, row_id=CLAIM)
    play.answer()
    return play


def first_stock(table: str) -> Iterator[Play]:
    """Rows in each state that those of a school's first stock may come with, or that a date brings about."""
    life, dated = LIVES[table], BY_THE_DATE.get(table, set())
    for word in schema()[table]["status"].options:
        status = life.status_of(word) if life.adopts else None
        if word in dated:
            status = "已归档" if word in life.final else "已批准"
        if status is not None:
            play = new_row(table)
            play.case = Case(table=table, code=CODE, row_id=CLAIM, status=status, stage=word)
            play.answer()
            assert play.shown == word
            yield play


def tried(play: Play) -> Iterator[Word | Sign | Pay]:
    life = play.bench.approval
    everybody = [account(CLERK), account(STRANGER), UNKNOWN, None]
    for word, by in product(schema()[play.table]["status"].options, everybody):
        if word != play.shown:
            yield Word(word, by)
    if life.words.void and play.shown == life.words.approved:
        yield from (Word(life.words.void, account(s.assignee)) for s in play.case.steps)
    if play.shown == life.words.signing and life.steps:
        yield from (Sign(decision) for decision in ("同意", "退回", "不同意"))
    if "paid_on" in schema()[play.table]:
        yield from PAYING


def do(play: Play, what: Word | Sign | Pay) -> None:
    if isinstance(what, Word):
        play.type(play.table, CLAIM, what.by, status=what.word)
    elif isinstance(what, Sign):
        step = play.case.current
        assert step is not None
        position = len(play.case.past) + play.case.steps.index(step)
        cells = {"decision": what.decision, "opinion": None if what.decision == "同意" else "材料不全，请补"}
        play.type("sign_steps", FIRST_STEP + position, account(step.assignee), **cells)
    else:
        [holder] = play.bench.directory.holders(what.role)
        play.type(play.table, CLAIM, holder.account, **dict(what.cells))  # type: ignore[arg-type]
    play.judge()


def key(play: Play) -> object:
    case = play.case
    steps = tuple((s.level, s.decision, s.validity, s.assignee, s.signer) for s in case.steps)
    paid = tuple(sorted((case.payment or {}).items()))
    return case.status, case.stage, case.handler, steps, case.voiders, paid, bool(case.approved_seal)


@pytest.mark.parametrize("table", LIVES)
def test_only_declared_words_follow_each_other(table: str) -> None:
    life, seen = LIVES[table], Counter[str]()
    ends = {*life.final, *({life.words.refused, life.words.void} if life.steps else ())} - {""}
    ends |= {ARCHIVED} if "paid_on" in schema()[table] else set()
    signed_only, options = after_approval(life), schema()[table]["status"].options
    waiting = deque([(new_row(table), False), *((play, True) for play in first_stock(table))])
    rests = {key(play): play.shown if play.shown in life.words.draft else life.words.draft[0] for play, _ in waiting}
    while waiting:
        state, unsigned = waiting.popleft()
        shown, rest = state.shown, rests[key(state)]
        for what in tried(state):
            play = state.copy()
            do(play, what)
            world = (table, shown, what, play.case.message)
            seen["tried"] += 1
            seen[play.shown] += 1
            assert play.shown in options and play.rows[table, CLAIM]["status"] == play.shown
            if isinstance(what, Word):
                assert play.shown == follows(life, state, what, rest), world
            assert shown not in ends or play.shown == shown, ("the end is the end", world)
            came_so = unsigned and play.case.status in ("已批准", "已归档")
            if play.shown in signed_only and not came_so:
                steps = play.case.steps
                assert play.case.approved_seal and steps and all(s.agreed for s in steps), ("only signed", world)
            if (reached := key(play)) not in rests:
                rests[reached] = play.shown if play.shown in life.words.draft else rest
                waiting.append((play, came_so))
    moved = {word for reached in life.moves.values() for word in reached}
    signed = {life.words.signing, life.words.approved, life.words.refused, life.words.void} if life.steps else set()
    assert (moved | signed | ends) - {""} <= {*seen} and seen["tried"] > 15, seen


@pytest.mark.parametrize("table", LIVES)
def test_two_words_typed_while_the_worker_slept(table: str) -> None:
    """Every pair of words by the clerk, by somebody else and by nobody: judged at once as one by one."""
    options = schema()[table]["status"].options
    choices = [Word(word, by) for word, by in product(options, (account(CLERK), account(STRANGER), None))]
    after = [play for play in first_stock(table) if play.shown == LIVES[table].words.approved]
    for start, first, second in product([new_row(table), *after], choices, choices):
        awake, asleep = start.copy(), start.copy()
        for what in (first, second):
            if asleep.rows[table, CLAIM]["status"] != what.word:
                for play in (awake, asleep):
                    play.type(table, CLAIM, what.by, status=what.word)
                awake.judge(answers=False)
        asleep.judge(answers=False)
        assert asleep.case == awake.case, (table, first, second)


def test_the_clerk_is_the_handler_of_every_row() -> None:
    assert {distinct(chain).who(HANDLER) for chain in CHAINS.values() if chain.table != "people"} == {CLERK}
