"""Open levels follow the office, not the person: who left it, or went for good, is replaced (issue 3, "a person away").

Signatures already given stay valid; they were judged with the rights of their moment (design.md, decision 3).
"""

from collections.abc import Sequence
from datetime import datetime

from automations.approvals import words
from automations.approvals.case import SIGNING, Case, Step
from automations.approvals.chain import Chain, Seat, levels_of, resolve, with_ids
from automations.approvals.declaration import Level
from automations.approvals.ruling import Bench, Ruling
from automations.errors import RuleError
from automations.tables.values import Values


def reseat(case: Case, row: Values, bench: Bench, now: datetime) -> Ruling:
    """Give every undecided level of the round to whoever holds the office now.

    A substitute stays (SG-03), and so does a person who is only away: his delegate stands in (SG-04).
    """
    ruling = Ruling(case)
    if case.status != SIGNING:
        return ruling
    known = with_ids(bench.approval, row, case.row_id, case.handler)
    norms, on = bench.norms_of(case), bench.day(row, case.submitted_at or now)
    try:
        levels = {lv.shown_as or lv.level: lv for lv in levels_of(bench.approval, known, bench.directory, norms, on)}  # type: ignore[arg-type]
        chain = resolve(bench.approval, known, bench.directory, norms, on, frozenset(case.recused))  # type: ignore[arg-type]
    except RuleError:
        return ruling  # the parameter is told of where it stands; nobody loses his seat for it
    undecided = [(s, level) for s in case.steps if not s.agreed and (level := levels.get(s.level)) is not None]
    lost = [s for s, level in undecided if not _holds(s, level, known, bench)]  # type: ignore[arg-type]
    given = _given(case.steps, lost, chain)
    for step in lost:
        _replace(ruling, step, given.get(step.code), bench, now)
    return ruling


def _given(steps: Sequence[Step], lost: Sequence[Step], chain: Chain) -> dict[str, Seat]:
    """The new seats of steps whose signers lost their office: nobody gets one who keeps another, or signed already.

    Two who exchange their offices exchange their steps; whoever cannot be replaced keeps his.
    """
    seats = {seat.level.shown_as or seat.level.level: seat for seat in chain.seats}
    given = {s.code: seats[s.level] for s in lost if s.level in seats}
    while True:
        kept = {p for s in steps if s.code not in given for p in (s.assignee, s.signer)}
        taken = [code for code, seat in given.items() if seat.person.id in kept]
        if not taken:
            return given
        for code in taken:
            del given[code]


def _holds(step: Step, level: Level, row: Values, bench: Bench) -> bool:
    person = bench.directory.get(step.assignee)
    if person is None or person.gone:
        return False
    return step.stands_for is not None or any(p.id == step.assignee for p in level.by(row, bench.directory))


def _replace(ruling: Ruling, step: Step, seat: Seat | None, bench: Bench, now: datetime) -> None:
    case = ruling.case
    old = bench.directory.name(step.assignee)
    if seat is None:
        gap = f"“{step.level}”原签批人{old}已不担任，现在没有人可以签批，请组织人事科在“部门”或“人员”表中设置。"
        if case.message != gap:
            ruling.case = case.but(result="拦截", message=gap)
        return
    changed = {"assignee": seat.person.id, "stands_for": seat.stands_for, "result": "提示"}
    message = words.reseated(old, seat.person.name, step.level)
    ruling.case = case.with_step(step.model_copy(update={**changed, "message": message}))
    current = ruling.case.current
    if current is not None and current.code == step.code:
        waits = words.waiting_for(step.level, seat.person.name, step.nature)
        ruling.case = ruling.case.but(result="提示", message="\n".join([*case.notes, message, waits]))
    ruling.note("reseated", now, step=step.code, was=step.assignee, now=seat.person.id, message=message)
