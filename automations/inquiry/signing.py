"""Where the sign-off of one row stands, for ``houqin explain``."""

import hashlib
from collections.abc import Iterator

from automations.approvals import words
from automations.approvals.case import PENDING, SIGNING, Case, Step
from automations.approvals.commands import PINNED
from automations.engine import Office
from automations.rows import RowView
from automations.tables.values import canonical_json

SEAL_SHOWN = 12
"""So many of the last hex digits of a seal are shown, as on the printed form."""


def signing(office: Office, case: Case | None, row: RowView) -> Iterator[str]:
    """Round, steps, seal and the parameters the round began with."""
    if case is None or not case.round:
        yield "签批：还没有提交过"
        return
    assert case.submitted_at is not None, "a round was submitted"
    name = office.directory.name
    yield f"\n签批：第{case.round}轮，{words.clock(case.submitted_at)}由{name(case.handler)}提交"
    sums = f"申请{words.money(case.amount)}元" if case.amount is not None else ""
    if case.audited is not None:
        sums += f"，核定{words.money(case.audited)}元"
    yield f"　　{sums + '　' if sums else ''}指纹末12位 {_end(case.seal)}"
    for step in case.steps:
        yield f"　　{_step(office, case, step)}"
    for note in case.notes:
        yield f"　　说明：{note}"
    if case.approved_at is not None:
        yield f"　　{words.clock(case.approved_at)}批准，批准指纹末12位 {_end(case.approved_seal)}"
    if case.past:
        yield f"　　以前各轮的签批（已作废，共{len(case.past)}步）："
        for step in case.past:
            yield f"　　　第{step.round}轮 {_step(office, case, step)}"
    yield f"　　提交时的参数版本 {case.norms_version}{_moved_since(office, case, row)}"
    if case.pins:
        shown = "、".join(f"{key}＝{value or '空'}" for key, value in sorted(case.pins.items()))
        yield f"　　本轮固定的参数（{'、'.join(p + '*' for p in PINNED)}）：{shown}"


def _step(office: Office, case: Case, step: Step) -> str:
    name = office.directory.name
    stands = f"（代{name(step.stands_for)}）" if step.stands_for is not None else ""
    head = f"{step.seq} {step.level}（{step.nature}）{name(step.assignee)}{stands}："
    if step.signer is None:
        turn = case.status == SIGNING and case.current is not None and case.current.code == step.code
        state = f"{'轮到，' if turn else ''}{step.decision}" if step.decision == PENDING else step.decision
        validity = f"，{step.validity}" if step.validity and not turn else ""
        return head + state + validity + (f"　{step.message}" if step.message and turn else "")
    signer = "" if step.signer == step.assignee else f"{name(step.signer)}代签，"
    when = words.clock(step.signed_at) if step.signed_at is not None else ""
    opinion = f"“{step.opinion}”" if step.opinion else ""
    return f"{head}{signer}{step.decision}{opinion} {when}，{step.validity}，指纹末12位 {_end(step.seal)}"


def _end(seal: str) -> str:
    return seal[-SEAL_SHOWN:] or "（无）"


def _moved_since(office: Office, case: Case, row: RowView) -> str:
    """Whether parameters of that day were changed after the submission."""
    assert case.submitted_at is not None, "a round was submitted"
    on = office.approvals[case.table].business_day(row, case.submitted_at)
    now = hashlib.sha256(canonical_json(office.norms.in_force(on)).encode()).hexdigest()[:12]
    return "" if now == case.norms_version else f"（此后参数标准有改动，现为 {now}）"
