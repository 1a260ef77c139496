"""What a person asks by choosing a status: 提交, 撤回, 作废 (domain.md C2). Any other choice is put back."""

from collections.abc import Sequence

from automations.approvals import words
from automations.approvals.case import (
    APPROVED,
    ARCHIVED,
    CHECKING,
    DRAFT,
    FELL_BY_RETURN,
    OPEN_FOR_SUBMISSION,
    PAID,
    RETURNED,
    SIGNING,
    SUBMIT,
    VOID,
    WAITING,
    WITHDRAW,
    Step,
)
from automations.approvals.chain import Chain, Seat, barred, resolve
from automations.approvals.ruling import Alarm, Bench, Finding, Ruling
from automations.approvals.seal import content, seal
from automations.approvals.world import World
from automations.errors import RuleError
from automations.people import Person
from automations.tables.base import Edit
from automations.tables.values import to_json


def command(ruling: Ruling, world: World, bench: Bench, edit: Edit, wanted: str) -> None:
    """Somebody set the status to ``wanted``, which is not the true one."""
    status = ruling.case.status
    if wanted in (SUBMIT, CHECKING) and status in OPEN_FOR_SUBMISSION:
        submit(ruling, world, bench, edit)
    elif wanted == WITHDRAW and status == SIGNING:
        _withdraw(ruling, bench, edit)
    elif wanted == VOID:
        _void(ruling, world, bench, edit)
    elif wanted == DRAFT and status == RETURNED:
        return  # 已退回 and 草稿 both mean: the handler is at it
    elif wanted == SUBMIT and status == SIGNING:
        ruling.case = ruling.case.but(message="本单已在签批中，无需重复提交；要修改请先把状态改为“撤回”。")
    else:
        _put_back(ruling, bench, edit, wanted)


def submit(ruling: Ruling, world: World, bench: Bench, edit: Edit) -> None:
    """草稿/已退回 → 待校验 → 签批中, or back to 草稿 with every message at once."""
    case, approval = ruling.case, bench.approval
    row = world.row(case.table, case.row_id)
    assert row is not None, "a submitted row exists"
    person = bench.directory.by_account(edit.account)
    on = edit.at.astimezone(words.SHANGHAI).date()
    stops: list[tuple[str, str]] = []
    if edit.account is None:
        stops.append(("DG-01", words.UNATTRIBUTED_SUBMIT))
    elif person is None:
        stops.append(("DG-05", words.unknown_account(edit.account)))
    handler = row.get(approval.submitted_by)
    if person is not None and isinstance(handler, int) and handler != person.id:
        stops.append(("SG-08", words.typed_for_another(person.name, bench.directory.name(handler))))
    findings = bench.examine(world)
    stops += [(f.rule, f.message) for f in findings if f.severity == "拦截"]
    try:
        chain = resolve(approval, row, bench.directory, bench.norms, on)
    except RuleError as error:  # an unreadable parameter stops this row, in the row (decision 10)
        chain = Chain((), (), ())
        stops.append(("参数", str(error)))
    if not any(f.rule == "必填" for f in findings):  # whoever has not filled in his department hears that first
        stops += [("SG-03", problem) for problem in chain.problems]
    if stops:
        message = "\n".join(dict.fromkeys(text for _, text in stops))
        ruling.case = case.but(status=DRAFT, result="拦截", message=message)
        ruling.note(
            "blocked", edit.at, rules=[r for r, _ in stops], message=message, account=edit.account, edit=edit.key
        )
        return
    assert person is not None
    _open_round(ruling, world, bench, edit, person, chain.seats, (*chain.notes, *_hints(findings)))


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
    amount = row.get(approval.amount)
    steps = tuple(
        Step(
            code=f"{bench.steps.prefix}-{case.code}-{number}-{seq}",
            round=number,
            seq=seq,
            level=seat.level.level,
            nature=seat.level.nature,
            assignee=seat.person.id,
            stands_for=seat.stands_for,
            opened_at=edit.at if seq == 1 else None,
            validity=WAITING if seq == 1 else "",
        )
        for seq, seat in enumerate(seats, start=1)
    )
    parts = barred(approval, row)
    payee = next((p for p, part in parts.items() if part == "收款人"), None)
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
        payee=payee if payee is not None else row.get(approval.payee) if approval.payee else None,
        amount=amount,
        audited=None,
        submitted_at=edit.at,
        payment=None,
        voiders=(),
        notes=notes,
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
        handler = row.get(bench.approval.submitted_by)
        if person is None or (handler is not None and person.id != handler):
            ruling.block("【作废无效】草稿只能由经办人本人作废，已还原。")
            ruling.note("restored", edit.at, rule="作废", account=edit.account, edit=edit.key)
            return
        _close_void(ruling, edit, f"{person.name}已作废本单。")
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
        _close_void(ruling, edit, "会计和分管领导均已同意作废。")
        return
    missing = "分管领导" if set(voiders) & accountants else "会计"
    ruling.case = case.but(
        voiders=voiders, result="提示", message=f"{person.name}申请作废本单，请{missing}把状态改为“作废”确认。"
    )
    ruling.note("void_asked", edit.at, account=edit.account, person=person.id, edit=edit.key)


def _close_void(ruling: Ruling, edit: Edit, message: str) -> None:
    case = ruling.case
    ruling.case = case.but(
        status=VOID,
        steps=_fallen(case.steps, "本单已作废") if case.steps and case.status != APPROVED else case.steps,
        result="提示",
        message=f"{message}预算和发票已释放。",
        closed_at=edit.at,
    )
    ruling.note("voided", edit.at, account=edit.account, edit=edit.key, was=case.status)


def _put_back(ruling: Ruling, bench: Bench, edit: Edit, wanted: str) -> None:
    """A status that nobody may type: 已批准 is computed from signatures, never trusted from a cell (decision 2)."""
    case = ruling.case
    paid = case.status in (PAID, ARCHIVED)
    message = words.CLOSED if paid else words.restored(bench.table["status"].title, case.status)
    ruling.block(message)
    rule = "DG-03" if paid else "DG-01"
    ruling.note("restored", edit.at, rule=rule, field="status", typed=wanted, account=edit.account, edit=edit.key)
    person = bench.directory.by_account(edit.account)
    copied = edit.action == "create"  # a copied row brings its status along: nobody claims anything by it
    if not copied and (wanted in (APPROVED, PAID, ARCHIVED) or paid):
        ruling.alarms.append(
            Alarm(
                key=f"{rule}/{edit.key}",
                rule=rule,
                gravity="严重",
                title=f"{case.code} 状态被手工改为“{wanted}”，已还原",
                detail=message,
                person=person.id if person else None,
                amount=case.amount,
                evidence={"account": edit.account, "edit": edit.key, "typed": wanted, "true": case.status},
            )
        )
