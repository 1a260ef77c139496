"""What a person asks by choosing a status: 提交, 撤回, 作废 (domain.md C2). Any other choice is put back."""

import hashlib
from collections.abc import Sequence
from typing import Any

from automations.approvals import words
from automations.approvals.case import (
    APPROVED,
    ARCHIVED,
    DRAFT,
    FELL_BY_RETURN,
    OPEN_FOR_SUBMISSION,
    PAID,
    RETURNED,
    SIGNING,
    SUBMIT,
    VOID,
    WAITING,
    Case,
    Step,
)
from automations.approvals.chain import Chain, Seat, resolve, with_ids
from automations.approvals.declaration import SELF
from automations.approvals.ruling import Alarm, Bench, Finding, Ruling
from automations.approvals.seal import content, seal, whole
from automations.approvals.world import World
from automations.errors import RuleError
from automations.people import Person
from automations.tables.base import Edit
from automations.tables.values import Values, canonical_json, to_json

PINNED = ("chain.", "sign.", "delegate.")
"""Parameters that a round keeps as they were when it began: a change governs new rounds only (issue 3)."""


def command(ruling: Ruling, world: World, bench: Bench, edit: Edit, wanted: str) -> None:
    """Somebody set the status to ``wanted``, which is not the true one."""
    case, said = ruling.case, bench.approval.words
    asks = wanted in said.ask and bool(bench.approval.steps)
    if asks and case.status in OPEN_FOR_SUBMISSION and _may_ask(bench, case):
        submit(ruling, world, bench, edit)
    elif case.status == SIGNING and (wanted == said.withdraw or (not said.withdraw and wanted in said.draft)):
        _withdraw(ruling, bench, edit)
    elif wanted == said.void and said.void:
        _void(ruling, world, bench, edit)
    elif wanted in said.draft and case.status == RETURNED:
        return  # returned and at rest both mean: the handler is at it
    elif asks and case.status == SIGNING:
        ruling.case = case.but(message="本单已在签批中，无需重复提交；要修改请先把状态改为“撤回”。")
    elif case.status in (DRAFT, RETURNED, APPROVED) and wanted in _moves(bench, case):
        _move(ruling, world, bench, edit, wanted)
    else:
        _put_back(ruling, bench, edit, wanted)


def _may_ask(bench: Bench, case: Case) -> bool:
    """Whether the sign-off may be asked for from where the row rests."""
    return not bench.approval.asked_from or bench.approval.shown_status(case) in bench.approval.asked_from


def _moves(bench: Bench, case: Case) -> tuple[str, ...]:
    """States that may be chosen from where the case rests."""
    return bench.approval.moves.get(bench.approval.shown_status(case), ())


def _move(ruling: Ruling, world: World, bench: Bench, edit: Edit, wanted: str) -> None:
    """From one state of the table's own life to the next, if the rules asked at that state let it pass."""
    case, row = ruling.case, world.row(ruling.case.table, ruling.case.row_id)
    assert row is not None, "a moved row exists"
    person = bench.directory.by_account(edit.account)
    stops = [_nobody(edit.account)] if person is None else []
    findings = bench.examine(world, wanted, person, case)
    stops += [f.message for f in ruling.heed(findings, edit, person)]
    if stops:
        message = "\n".join(dict.fromkeys(stops))
        ruling.case = case.but(result="拦截", message=message)
        ruling.note(
            "blocked", edit.at, rules=[f.rule for f in findings], message=message, account=edit.account, edit=edit.key
        )
        return
    hints = _hints(findings)
    closed = wanted in bench.approval.final
    if closed and bench.approval.closer and person is not None:
        row = {**row, bench.approval.closer: person.id}
    reopened = case.status == APPROVED and wanted in bench.approval.words.draft  # to be changed and signed anew
    ruling.case = case.but(
        status=ARCHIVED if closed else DRAFT if reopened else case.status,
        stage=wanted,
        counted=bench.approval.counted(case, wanted),
        result="提示" if hints else "通过",
        message="\n".join(hints),
        closed_at=edit.at if closed else None,
        handler=case.handler if case.handler is not None or person is None else person.id,
        **({"approved_at": None, "approved_seal": ""} if reopened else {}),
        **(_sealed(world, bench, case, row) if closed else {}),
    )
    was = bench.approval.shown_status(case)
    ruling.note("moved", edit.at, was=was, now=wanted, account=edit.account, edit=edit.key)


def _sealed(world: World, bench: Bench, case: Case, row: Values) -> dict[str, Any]:
    """What a row that is closed for good must keep: all that people filled in (DG-03)."""
    return {
        "content": content(bench.approval, row, bench.parts(world, case.row_id)),
        "snapshot": whole(bench, row, case.snapshot or {"row": {}, "parts": {}}),
    }


def _nobody(account: str | None) -> str:
    return words.UNATTRIBUTED_MOVE if account is None else words.unknown_account(account)


def submit(ruling: Ruling, world: World, bench: Bench, edit: Edit) -> None:
    """At rest → checked → under signature, or back to rest with every message at once."""
    case, approval = ruling.case, bench.approval
    row = world.row(case.table, case.row_id)
    assert row is not None, "a submitted row exists"
    person = bench.directory.by_account(edit.account)
    on = bench.day(row, edit.at)
    stops: list[tuple[str, str]] = []
    if edit.account is None:
        stops.append(("DG-01", words.UNATTRIBUTED_SUBMIT))
    elif person is None:
        stops.append(("DG-05", words.unknown_account(edit.account)))
    handler = row.get(approval.submitted_by) if approval.submitted_by else None
    if person is not None and isinstance(handler, int) and handler != person.id:
        stops.append(("SG-08", words.typed_for_another(person.name, bench.directory.name(handler))))
        ruling.alarms.append(_for_another(case, row, edit, person, bench))
    findings = bench.examine(world, SUBMIT, person, case)
    stops += [(f.rule, f.message) for f in ruling.heed(findings, edit, person)]
    known = with_ids(approval, row, case.row_id, person.id if person else None)
    try:
        chain = resolve(approval, known, bench.directory, bench.norms, on, bench.related(row))  # type: ignore[arg-type]
    except RuleError as error:  # an unreadable parameter stops this row, in the row (decision 10)
        chain = Chain((), (), ())
        stops.append(("参数", str(error)))
    unfilled = any(f.rule == "必填" and f.severity == "拦截" for f in findings)
    if not unfilled:  # whoever has not filled in his department hears that first
        stops += [("SG-03", problem) for problem in chain.problems]
        if not chain.seats and not stops:
            stops.append(("SG-03", "没有可以签批的人，请组织人事科检查“部门”和“人员”表。"))
    if stops:  # hints as well: whoever corrects a row wants to know everything at once
        message = "\n".join(dict.fromkeys([*(text for _, text in stops), *_hints(findings)]))
        ruling.case = case.but(status=DRAFT, result="拦截", message=message)
        ruling.note(
            "blocked", edit.at, rules=[r for r, _ in stops], message=message, account=edit.account, edit=edit.key
        )
        return
    assert person is not None
    _open_round(ruling, world, bench, edit, person, chain.seats, (*chain.notes, *_hints(findings)))


def _for_another(case: Case, row: Values, edit: Edit, person: Person, bench: Bench) -> Alarm:
    """SG-08 leaves a line in the ledger: whoever acts in another's name is told that somebody saw it."""
    handler = row.get(bench.approval.submitted_by)
    return Alarm(
        key=f"SG-08/{edit.key}",
        rule="SG-08",
        gravity="一般",
        title=f"{case.code} 由{person.name}代他人提交",
        detail=words.typed_for_another(
            person.name, bench.directory.name(handler if isinstance(handler, int) else None)
        ),
        person=person.id,
        evidence={"account": edit.account, "edit": edit.key},
    )


def _hints(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(f.message for f in findings if f.severity == "提示")


def _open_round(
    ruling: Ruling,
    world: World,
    bench: Bench,
    edit: Edit,
    person: Person,
    seats: tuple[Seat, ...],
    notes: tuple[str, ...],
) -> None:
    case, approval = ruling.case, bench.approval
    row = world.row(case.table, case.row_id)
    assert row is not None
    sealed = content(approval, row, bench.parts(world, case.row_id))
    number = case.round + 1
    amount = row.get(approval.amount) if approval.amount else None
    on, related = bench.day(row, edit.at), bench.related(row)
    in_force = bench.norms.in_force(on)
    steps = tuple(
        Step(
            code=f"{bench.steps.prefix}-{case.code}-{number}-{seq}",
            round=number,
            seq=seq,
            level=seat.level.shown_as or seat.level.level,
            nature=seat.level.nature,
            assignee=seat.person.id,
            stands_for=seat.stands_for,
            opened_at=edit.at if seq == 1 else None,
            validity=WAITING if seq == 1 else "",
        )
        for seq, seat in enumerate(seats, start=1)
    )
    payee = case.row_id if approval.payee == SELF else row.get(approval.payee) if approval.payee else None
    progress = words.waiting_for(steps[0].level, bench.directory.name(steps[0].assignee), steps[0].nature)
    ruling.case = case.but(
        status=SIGNING,
        round=number,
        past=(*case.past, *case.steps),
        steps=steps,
        content=sealed,
        snapshot={
            "row": {n: to_json(row.get(n)) for n in approval.protects},
            "parts": {
                str(i): {n: to_json(v) for n, v in values.items()}
                for i, values in bench.parts(world, case.row_id).items()
            },
        },
        seal=seal(sealed, None),
        handler=person.id,
        payee=payee if isinstance(payee, int) else None,
        amount=amount,
        audited=None,
        submitted_at=edit.at,
        payment=None,
        voiders=(),
        notes=notes,
        recused=tuple(sorted(related)),
        pins={key: value for key, value in in_force.items() if key.startswith(PINNED)},
        norms_version=hashlib.sha256(canonical_json(in_force).encode()).hexdigest()[:12],
        result="提示" if notes else "通过",
        message="\n".join([*notes, progress]),
    )
    ruling.note(
        "submitted",
        edit.at,
        round=number,
        account=edit.account,
        handler=person.id,
        name=person.name,
        seal=ruling.case.seal,
        amount=to_json(amount),
        chain=[{"level": s.level, "assignee": s.assignee, "stands_for": s.stands_for} for s in steps],
        notes=list(notes),
        norms=ruling.case.norms_version,
        edit=edit.key,
        proof=bench.proof,
    )


def _withdraw(ruling: Ruling, bench: Bench, edit: Edit) -> None:
    case = ruling.case
    person = bench.directory.by_account(edit.account)
    if person is None or person.id != case.handler:
        ruling.case = case.but(
            message=f"【撤回无效】只有经办人{bench.directory.name(case.handler)}本人可以撤回，已还原。"
        )
        ruling.note("restored", edit.at, rule="撤回", account=edit.account, edit=edit.key)
        return
    if any(s.level == bench.approval.withdraw_until and s.agreed for s in case.steps):
        ruling.case = case.but(
            message=f"【撤回无效】{bench.approval.withdraw_until}已签字，不能撤回；请联系签批人退回。"
        )
        ruling.note("restored", edit.at, rule="撤回", account=edit.account, edit=edit.key)
        return
    message = "已撤回，可以修改后重新提交。重新提交后各级须重新签批。"
    ruling.case = case.but(
        status=DRAFT,
        steps=_fallen(case.steps, "经办人已撤回"),
        audited=None,
        result="提示",
        message=message,
    )
    ruling.note("withdrawn", edit.at, account=edit.account, round=case.round, edit=edit.key)


def _fallen(steps: tuple[Step, ...], message: str) -> tuple[Step, ...]:
    return tuple(s.model_copy(update={"validity": FELL_BY_RETURN, "result": "提示", "message": message}) for s in steps)


def _void(ruling: Ruling, world: World, bench: Bench, edit: Edit) -> None:
    """草稿/已退回 by the handler; 已批准 and unpaid by 会计 and 分管领导 together."""
    case = ruling.case
    person = bench.directory.by_account(edit.account)
    row = world.row(case.table, case.row_id)
    assert row is not None
    if case.status in OPEN_FOR_SUBMISSION:
        handler = row.get(bench.approval.submitted_by) if bench.approval.submitted_by else case.handler
        if person is None or (handler is not None and person.id != handler):
            ruling.block("【作废无效】草稿只能由经办人本人作废，已还原。")
            ruling.note("restored", edit.at, rule="作废", account=edit.account, edit=edit.key)
            return
        _close_void(ruling, edit, f"{person.name}已作废本单。", bench.approval.parts is not None)
    elif case.status == APPROVED:
        _void_approved(ruling, bench, edit, person)
    elif case.status == SIGNING:
        ruling.case = case.but(message="签批中的单据不能直接作废：请经办人先“撤回”，或由签批人退回。已还原。")
        ruling.note("restored", edit.at, rule="作废", account=edit.account, edit=edit.key)
    else:
        _put_back(ruling, bench, edit, VOID)


def _void_approved(ruling: Ruling, bench: Bench, edit: Edit, person: Person | None) -> None:
    case = ruling.case
    leaders = {s.signer for s in case.steps if s.level == "分管领导"}
    accountants = {p.id for p in bench.directory.holders("会计")}
    if person is None or person.id not in leaders | accountants:
        ruling.case = case.but(message="【作废无效】已批准的单据须由会计和分管领导两人都选“作废”，您不在其中，已还原。")
        ruling.note("restored", edit.at, rule="作废", account=edit.account, edit=edit.key)
        return
    voiders = tuple(dict.fromkeys([*case.voiders, person.id]))
    if set(voiders) & leaders and set(voiders) & accountants:
        _close_void(ruling, edit, "会计和分管领导均已同意作废。", bench.approval.parts is not None)
        return
    missing = "分管领导" if set(voiders) & accountants else "会计"
    ruling.case = case.but(
        voiders=voiders, result="提示", message=f"{person.name}申请作废本单，请{missing}把状态改为“作废”确认。"
    )
    ruling.note("void_asked", edit.at, account=edit.account, person=person.id, edit=edit.key)


def _close_void(ruling: Ruling, edit: Edit, message: str, parts: bool) -> None:
    case = ruling.case
    ruling.case = case.but(
        status=VOID,
        stage="",
        steps=_fallen(case.steps, "本单已作废") if case.steps and case.status != APPROVED else case.steps,
        result="提示",
        message=f"{message}{'预算和发票已释放。' if parts else ''}",
        closed_at=edit.at,
    )
    ruling.note("voided", edit.at, account=edit.account, edit=edit.key, was=case.status)


def _put_back(ruling: Ruling, bench: Bench, edit: Edit, wanted: str) -> None:
    """A status that nobody may type: 已批准 is computed from signatures, never trusted from a cell (decision 2)."""
    case = ruling.case
    paid = case.status in (PAID, ARCHIVED)
    true = bench.approval.shown_status(case)
    message = words.CLOSED if paid else words.restored(bench.table["status"].title, true)
    if not paid and (possible := _moves(bench, case)):
        message += f"现在可以改为：{'、'.join(possible)}。"
    ruling.block(message)
    rule = "DG-03" if paid else "DG-01"
    ruling.note("restored", edit.at, rule=rule, field="status", typed=wanted, account=edit.account, edit=edit.key)
    person = bench.directory.by_account(edit.account)
    copied = edit.action == "create"  # a copied row brings its status along: nobody claims anything by it
    signed = {bench.approval.words.approved, PAID, ARCHIVED} if bench.approval.steps else set()
    if not copied and (wanted in signed or paid):
        ruling.alarms.append(
            Alarm(
                key=f"{rule}/{edit.key}",
                rule=rule,
                gravity="严重",
                title=f"{case.code} 状态被手工改为“{wanted}”，已还原",
                detail=message,
                person=person.id if person else None,
                amount=case.amount,
                evidence={"account": edit.account, "edit": edit.key, "typed": wanted, "true": true},
            )
        )
