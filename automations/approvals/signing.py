"""One decision in one step: who made it, was it his turn, may it count (SG-01..SG-04, SG-06, DG-05)."""

from automations.approvals import words
from automations.approvals.case import (
    AGREE,
    APPROVED,
    BAD_DELEGATE,
    DRAFT,
    FELL_BY_RETURN,
    NOT_HIM,
    OUT_OF_ORDER,
    RECUSED,
    REFUSE,
    REFUSED,
    RETURN,
    RETURNED,
    SIGNING,
    VALID,
    WAITING,
    Case,
    Step,
)
from automations.approvals.chain import FIRST, TIES
from automations.approvals.ruling import Alarm, Bench, Gravity, Ruling, Tell
from automations.approvals.seal import seal
from automations.approvals.world import World
from automations.people import Person
from automations.tables.base import Edit

SHORTEST_REASON = 5


def decide(ruling: Ruling, world: World, bench: Bench, edit: Edit, step: Step, decision: str) -> None:
    """Judge ``decision`` typed into ``step`` by the author of ``edit``; valid ones move the case on."""
    case = ruling.case
    opinion = step.draft if step.drafted_by == edit.account else ""
    if case.status != SIGNING:
        _refuse(ruling, edit, step, "", f"【签批无效】本单现在是“{case.status}”，不在签批中，已还原。", "SG-02", None)
        return
    if edit.account is None:
        _refuse(ruling, edit, step, NOT_HIM, words.UNATTRIBUTED, "SG-01", "严重")
        return
    person = bench.directory.by_account(edit.account)
    if person is None:
        _refuse(ruling, edit, step, NOT_HIM, words.unknown_account(edit.account), "DG-05", "严重")
        return
    if step.agreed:
        message = "【已还原】已签的意见不能再改；如需退回，请由后一级签批人选“退回”。"
        gravity: Gravity | None = None if person.id == step.signer else "严重"
        _refuse(ruling, edit, step, "", message, "SG-01", gravity, person)
        return
    if objection := _identity(ruling.case, bench, step, person, edit):
        validity, message, rule, grave = objection
        _refuse(ruling, edit, step, validity, message, rule, grave, person)
        return
    earlier = next((s for s in case.steps if s.seq < step.seq and not s.agreed), None)
    if earlier is not None:
        message = words.out_of_order(earlier.level, bench.directory.name(earlier.assignee))
        _refuse(ruling, edit, step, OUT_OF_ORDER, message, "SG-02", "一般", person)
        return
    if decision not in (AGREE, RETURN, REFUSE):
        _refuse(ruling, edit, step, "", "请在“意见”中选“同意”“退回”或“不同意”。", "SG-06", None, person)
        return
    if decision == REFUSE and step.level not in bench.approval.refused_by:
        message = "“不同意”由分管领导或主要领导作出；本级如有疑问请选“退回”并写明理由。"
        _refuse(ruling, edit, step, "", message, "SG-06", None, person)
        return
    if decision in (RETURN, REFUSE) and len(opinion.strip()) < SHORTEST_REASON:
        _refuse(ruling, edit, step, "", words.NO_REASON, "SG-06", None, person)
        return
    if decision == AGREE:
        stops = ruling.heed(bench.examine(world, step.level, person, ruling.case), edit, person)
        if stops:
            message = "\n".join(f.message for f in stops)
            _refuse(ruling, edit, step, "", message, stops[0].rule, None, person)
            return
    _accept(ruling, bench, edit, step, person, decision, opinion)


def opinion_written(ruling: Ruling, bench: Bench, edit: Edit, step: Step, opinion: str) -> None:
    """A signer may write his opinion before he decides, or once after choosing 同意; later changes are put back."""
    if step.signer is None:
        draft = {"draft": opinion, "drafted_by": edit.account or ""}
        ruling.case = ruling.case.with_step(step.model_copy(update=draft))
        return
    person = bench.directory.by_account(edit.account)
    if step.agreed and not step.opinion and person is not None and person.id == step.signer and opinion:
        ruling.case = ruling.case.with_step(step.model_copy(update={"opinion": opinion}))
        ruling.note("opinion", edit.at, step=step.code, opinion=opinion, account=edit.account, edit=edit.key)


def _identity(
    case: Case, bench: Bench, step: Step, person: Person, edit: Edit
) -> tuple[str, str, str, Gravity | None] | None:
    """Why ``person`` may not sign ``step``: (validity, message, rule, gravity); None when he may."""
    directory = bench.directory
    others = {s.level for s in case.steps if s.code != step.code and person.id in (s.signer, s.assignee)}
    part = _part(case, bench, person)
    if person.id == step.assignee:
        if part or any(s.signer == person.id for s in case.steps if s.code != step.code):
            message = words.stands_aside(person.name, part or "其他层级签批人", "他人")
            return RECUSED, message, "SG-03", "严重"
        return None
    if person.id == step.stands_for:
        message = words.stands_aside(person.name, part or "其他层级签批人", directory.name(step.assignee))
        return RECUSED, message, "SG-03", "严重"
    principal = directory.get(step.assignee)
    if principal is not None and principal.delegate == person.id:
        day = edit.at.astimezone(words.SHANGHAI).date()
        limit = bench.norms_of(case).money("delegate.top_limit", day)
        gap = directory.delegation_gap(principal, day, bench.approval.scope, case.payable, limit)
        if not gap and (part or others):
            gap = words.SIGNED_ALREADY if others else f"受托人是本单{part}"
        return (BAD_DELEGATE, words.bad_delegation(gap), "SG-04", "一般") if gap else None
    return NOT_HIM, words.wrong_signer(directory.name(step.assignee), edit.account or ""), "SG-01", "严重"


def _part(case: Case, bench: Bench, person: Person) -> str:
    """The part in the row that keeps a person from signing it; "" for none."""
    if person.id == case.handler:
        return FIRST
    if person.id == case.payee:
        return bench.approval.payee_is
    return TIES if person.id in case.recused else ""


def _refuse(
    ruling: Ruling,
    edit: Edit,
    step: Step,
    validity: str,
    message: str,
    rule: str,
    gravity: Gravity | None,
    person: Person | None = None,
) -> None:
    """The decision does not count: the step stays as it was, with the reason; grave ones go into the ledger."""
    case = ruling.case
    step = step.model_copy(update={"result": "拦截", "message": message})
    if step.signer is None and validity:
        step = step.model_copy(update={"validity": validity})
    ruling.case = case.with_step(step)
    if case.status == SIGNING:
        ruling.case = ruling.case.but(result="拦截", message=message)
    evidence = {
        "step": step.code,
        "level": step.level,
        "account": edit.account,
        "edit": edit.key,
        "after": {k: str(v) for k, v in edit.after.items()},
    }
    ruling.note("refused", edit.at, rule=rule, message=message, **evidence)
    if gravity is not None:
        ruling.alarms.append(
            Alarm(
                key=f"{rule}/{edit.key}",
                rule=rule,
                gravity=gravity,
                title=f"{case.code} {step.level}签批无效",
                detail=message,
                person=person.id if person else None,
                amount=case.payable,
                evidence=evidence,
            )
        )
    told = {step.assignee, *((person.id,) if person else ())}
    ruling.tells.append(
        Tell(
            "signature_refused",
            tuple(sorted(told)),
            f"{rule}/{edit.key}",
            {"code": case.code, "level": step.level, "message": message, "amount": str(case.payable)},
        )
    )


def _accept(ruling: Ruling, bench: Bench, edit: Edit, step: Step, person: Person, decision: str, opinion: str) -> None:
    case = ruling.case
    assert case.content is not None, "a round under way has its content sealed"
    signed = step.model_copy(
        update={
            "decision": decision,
            "validity": VALID,
            "signer": person.id,
            "account": edit.account,
            "opinion": opinion,
            "signed_at": edit.at,
            "order": edit.order,
            "seal": seal(case.content, case.audited),
            "amount": case.payable,
            "result": "通过",
            "message": ""
            if person.id == step.assignee
            else f"{person.name}（代{bench.directory.name(step.assignee)}）",
        }
    )
    ruling.case = case.with_step(signed)
    ruling.note(
        "signed",
        edit.at,
        step=step.code,
        round=step.round,
        level=step.level,
        decision=decision,
        opinion=opinion,
        signer=person.id,
        name=person.name,
        account=edit.account,
        for_person=None if person.id == step.assignee else step.assignee,
        edit=edit.key,
        seal=signed.seal,
        amount=str(signed.amount),
        proof=bench.proof,
    )
    if decision == AGREE:
        _next(ruling, bench, edit)
    elif decision == RETURN:
        _end_round(ruling, bench, edit, signed, person.name, RETURNED, words.returned(step.level, person.name, opinion))
    else:
        releases = bench.approval.parts is not None
        message = words.refused(step.level, person.name, opinion, releases)
        _end_round(ruling, bench, edit, signed, person.name, REFUSED, message, releases)


def _next(ruling: Ruling, bench: Bench, edit: Edit) -> None:
    case = ruling.case
    following = next((s for s in case.steps if not s.agreed), None)
    if following is None:
        assert case.content is not None
        final = seal(case.content, case.audited)
        approval = bench.approval
        ruling.case = case.but(
            status=APPROVED,
            stage="",
            kept={**case.kept, **{column: case.content["fields"][name] for name, column in approval.keeps.items()}},
            approved_at=edit.at,
            approved_seal=final,
            result="通过",
            message="\n".join([*case.notes, approval.done]),
        )
        ruling.note("approved", edit.at, seal=final, amount=str(case.payable))
        cashiers = [p.id for p in bench.directory.holders("出纳")] if "paid_on" in bench.table else []
        to = tuple(dict.fromkeys(p for p in [case.handler, *cashiers] if p is not None))
        ruling.tells.append(
            Tell(approval.tell_done, to, f"approved/{case.round}", {"code": case.code, "amount": str(case.payable)})
        )
        return
    early = following.validity == OUT_OF_ORDER
    opened = following.model_copy(
        update={
            "opened_at": edit.at,
            "validity": WAITING,
            "result": "提示" if early else "",
            "message": words.ONE_TAP if early else "",
        }
    )
    name = bench.directory.name(following.assignee)
    progress = "\n".join([*case.notes, words.waiting_for(following.level, name, following.nature)])
    ruling.case = case.with_step(opened).but(result="通过", message=progress)
    if early:
        ruling.tells.append(
            Tell(
                "signature_refused",
                (following.assignee,),
                f"one-tap/{following.code}",
                {"code": case.code, "level": following.level, "message": words.ONE_TAP, "amount": str(case.payable)},
            )
        )


def _end_round(
    ruling: Ruling, bench: Bench, edit: Edit, by: Step, name: str, status: str, message: str, releases: bool = False
) -> None:
    case, said = ruling.case, bench.approval.words
    rests = not (said.returned if status == RETURNED else said.refused)  # as before it was asked: its life goes on
    steps = tuple(
        s
        if s.code == by.code
        else s.model_copy(update={"validity": FELL_BY_RETURN, "result": "提示", "message": message})
        for s in case.steps
    )
    ruling.case = case.but(
        status=DRAFT if rests else status,
        steps=steps,
        audited=None,
        result="拦截",
        message=message,
        closed_at=edit.at if status == REFUSED and not rests else None,
    )
    ruling.note("returned" if status == RETURNED else "rejected", edit.at, step=by.code, message=message)
    if case.handler is not None:
        template = "claim_returned" if status == RETURNED else "claim_refused"
        data = {"code": case.code, "level": by.level, "name": name, "reason": by.opinion, "releases": releases}
        ruling.tells.append(Tell(template, (case.handler,), f"{status}/{by.code}", data))
