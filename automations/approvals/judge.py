"""Judging edits of a case, one after the other, in the order they were made.

Nothing here acts, asks the time or reads a host. Silence never signs: a step becomes valid only through an edit that
the host's own record attributes to the account of its assignee or of a delegate in force.
"""

from collections.abc import Sequence
from typing import Any

from automations.approvals import words
from automations.approvals.case import (
    APPROVED,
    ARCHIVED,
    DRAFT,
    FELL_BY_EDIT,
    PAID,
    UNDER_SEAL,
    Case,
    Step,
)
from automations.approvals.commands import command, submit
from automations.approvals.payment import PAYMENT_FIELDS, payment
from automations.approvals.ruling import Alarm, Bench, Ruling, Tell
from automations.approvals.seal import content, differences
from automations.approvals.signing import decide, opinion_written
from automations.approvals.world import World
from automations.schema import Field, Table
from automations.tables.base import Edit
from automations.tables.values import Values, from_json, to_json

__all__ = ["judge", "submit"]


def judge(case: Case, world: World, edits: Sequence[Edit], bench: Bench) -> Ruling:
    """Play ``edits`` forward in ``world`` and judge each that a person made.

    Args:
        case: What is known so far.
        world: Rows as they were before the first edit.
        edits: Edits of the row, of its parts and of its steps, in true order. ``account=None`` marks a change that the
            host's record does not explain.
        bench: Offices, parameters and rules.
    """
    ruling = Ruling(case)
    for edit in edits:
        before = _content(ruling, world, bench)
        world.play(edit)
        if edit.account == bench.worker:
            _by_worker(ruling, world, bench, edit, before)
            continue
        after = _content(ruling, world, bench)
        unexplained = edit.action == "update" and not edit.after  # content moved, nothing says how: the world has it
        if (before != after or unexplained) and ruling.case.status in UNDER_SEAL:
            _content_changed(ruling, world, bench, edit)
        _remember(ruling, bench, edit)
        if edit.table == case.table and edit.row_id == case.row_id:
            _row_edited(ruling, world, bench, edit)
        elif edit.table == bench.steps.name:
            _step_edited(ruling, world, bench, edit)
    return ruling


def _by_worker(ruling: Ruling, world: World, bench: Bench, edit: Edit, before: dict[str, Any] | None) -> None:
    """Houqin's own writes are not judged, unless its account was used to change what people signed."""
    for name in edit.after:
        ruling.originals.pop((edit.table, edit.row_id, name), None)
    case = ruling.case
    if case.status in UNDER_SEAL and case.content is not None and before and not differences(case.content, before):
        _content_changed(ruling, world, bench, edit)


def _remember(ruling: Ruling, bench: Bench, edit: Edit) -> None:
    """Keep what stood in worker-owned cells before people typed: the message names it, however often they typed."""
    table = {t.name: t for t in (bench.table, bench.steps)}.get(edit.table)
    for name in edit.after if table else ():
        if table and name in table and table[name].by_worker:
            ruling.originals.setdefault((edit.table, edit.row_id, name), edit.before.get(name))


def _content(ruling: Ruling, world: World, bench: Bench) -> dict[str, Any] | None:
    row = world.row(ruling.case.table, ruling.case.row_id)
    if row is None:
        return None
    return content(bench.approval, row, bench.parts(world, ruling.case.row_id))


def _row_edited(ruling: Ruling, world: World, bench: Bench, edit: Edit) -> None:
    if edit.action == "delete" or world.row(ruling.case.table, ruling.case.row_id) is None:
        return  # putting the row back is the guards' business (DG-04)
    changed = {n: v for n, v in edit.after.items() if n in bench.table and edit.before.get(n) != v}
    audited = bench.approval.audited
    if audited and audited in changed and changed[audited] != ruling.case.audited:
        _audited(ruling, bench, edit)
    if PAYMENT_FIELDS & changed.keys():
        payment(ruling, world, bench, edit)
    _worker_cells_typed(ruling, bench, edit, bench.table)
    _closed_row_typed(ruling, bench, edit, changed)
    if "status" in changed and changed["status"] != bench.approval.shown_status(ruling.case):
        command(ruling, world, bench, edit, str(changed["status"]))


def _closed_row_typed(ruling: Ruling, bench: Bench, edit: Edit, changed: Values) -> None:
    """DG-03 for the columns that no signature covers, such as 验收人."""
    case = ruling.case
    kept = case.snapshot["row"].keys() if case.snapshot and case.status in (PAID, ARCHIVED) else ()
    names = [n for n in changed if n in kept and n not in bench.approval.protects]
    if names:
        changes = [[n, to_json(edit.before.get(n)), to_json(changed[n])] for n in names]
        listed = "、".join(_show_change(bench, n, old, new) for n, old, new in changes)
        _closed_changed(ruling, bench, edit, listed, {"account": edit.account, "edit": edit.key, "changes": changes})


def _worker_cells_typed(ruling: Ruling, bench: Bench, edit: Edit, table: Table, step: Step | None = None) -> None:
    """DG-01: a person typed into cells that only Houqin fills; they are put back, here he is told."""
    typed = [n for n, v in edit.after.items() if n in table and table[n].by_worker and edit.before.get(n) != v]
    if edit.action == "create":
        typed = [n for n in typed if edit.after[n] not in (None, False, (), "")]
    if not typed:
        return
    shown = ((n, bench.show(table[n], ruling.originals.get((edit.table, edit.row_id, n)))) for n in typed)
    message = "\n".join(words.restored(table[n].title, old) for n, old in shown)
    if step is None:
        ruling.block(message)
    else:
        step = ruling.case.step(step.code) or step
        ruling.case = ruling.case.with_step(step.model_copy(update={"result": "拦截", "message": message}))
    ruling.note("restored", edit.at, rule="DG-01", fields=typed, message=message, account=edit.account, edit=edit.key)


def _step_edited(ruling: Ruling, world: World, bench: Bench, edit: Edit) -> None:
    row = world.row(bench.steps.name, edit.row_id)
    if row is None:
        return
    step = ruling.case.step(bench.codes.get(edit.row_id) or str(row.get("code") or ""))
    if step is None:
        return  # an earlier round: the cell is simply put back
    decided = "decision" in edit.after and edit.after["decision"] != step.decision
    if "opinion" in edit.after and not (decided and step.signer is not None):
        opinion_written(ruling, bench, edit, step, str(edit.after["opinion"] or ""))
        step = ruling.case.step(step.code) or step
    if decided:
        decide(ruling, world, bench, edit, step, str(edit.after["decision"] or ""))
    _worker_cells_typed(ruling, bench, edit, bench.steps, step)


def _audited(ruling: Ruling, bench: Bench, edit: Edit) -> None:
    """核减: 会计 may lower the sum while it is his turn; nobody may raise it (domain.md C2)."""
    case, approval = ruling.case, bench.approval
    field = bench.table[approval.audited]
    value = edit.after[approval.audited]
    step = case.current
    person = bench.directory.by_account(edit.account)
    lawful = (
        step is not None
        and step.level == approval.audited_at
        and person is not None
        and person.id == step.assignee
        and case.amount is not None
        and (value is None or (not isinstance(value, str | bool | tuple) and 0 < value <= case.amount))  # type: ignore[operator]
    )
    if not lawful:
        ruling.block(
            f"“{field.title}”只能由{approval.audited_at}在其审核环节填写，大于0且不高于申请金额，只减不增。已恢复原值。"
        )
        ruling.note("restored", edit.at, rule="核减", field=field.name, account=edit.account, edit=edit.key)
        return
    ruling.case = case.but(audited=value)
    ruling.note(
        "audited", edit.at, amount=str(case.amount), audited=None if value is None else str(value), account=edit.account
    )


def _content_changed(ruling: Ruling, world: World, bench: Bench, edit: Edit) -> None:
    """DG-02 while signing or approved; DG-03 once paid or archived (domain.md B0, C2)."""
    case = ruling.case
    now = _content(ruling, world, bench)
    if case.content is None or now is None:
        return
    changes = differences(case.content, now)
    if not changes:
        return
    person = bench.directory.by_account(edit.account)
    who = person.name if person else (edit.account or words.SOMEBODY)
    listed = "、".join(_show_change(bench, name, old, new) for name, old, new in changes)
    evidence = {"account": edit.account, "edit": edit.key, "changes": [list(c) for c in changes]}
    if case.status in (PAID, ARCHIVED):
        _closed_changed(ruling, bench, edit, listed, evidence)
        return
    only_lower = case.status == APPROVED and _only_lowered(bench, changes)
    grave = case.status == APPROVED and not only_lower
    message = words.changed_after_signing(who, edit.at, listed)
    fallen = tuple(fall(s, FELL_BY_EDIT, message) for s in case.steps)
    ruling.case = case.but(
        status=DRAFT,
        stage=bench.approval.falls_to if case.status == APPROVED else case.stage,
        steps=fallen,
        audited=None,
        approved_at=None,
        approved_seal="",
        payment=None,
        voiders=(),
        result="拦截",
        message=message,
    )
    ruling.note("fell", edit.at, rule="DG-02", was=case.status, **evidence)
    ruling.alarms.append(
        Alarm(
            key=f"DG-02/{edit.key}",
            rule="DG-02",
            gravity="严重" if grave else "一般",
            title=f"{case.code} {'批准后' if case.status == APPROVED else '签批中'}被修改，已签意见作废",
            detail=message,
            person=person.id if person else None,
            amount=case.amount,
            evidence=evidence,
        )
    )
    ruling.tells.append(_tell("claim_changed", case, message, f"DG-02/{edit.key}", case.handler))


def _closed_changed(ruling: Ruling, bench: Bench, edit: Edit, listed: str, evidence: dict[str, Any]) -> None:
    """DG-03: whatever was changed in a paid or archived row is put back."""
    case = ruling.case
    person = bench.directory.by_account(edit.account)
    who = person.name if person else (edit.account or words.SOMEBODY)
    ruling.block(words.CLOSED)
    ruling.note("restored", edit.at, rule="DG-03", **evidence)
    ruling.alarms.append(
        Alarm(
            key=f"DG-03/{edit.key}",
            rule="DG-03",
            gravity="严重",
            title=f"{case.code} 已{'归档' if case.status == ARCHIVED else '支付'}后被修改，已还原",
            detail=f"{who}于{words.clock(edit.at)}修改了{listed}。{words.CLOSED}",
            person=person.id if person else None,
            amount=case.amount,
            evidence=evidence,
        )
    )


def fall(step: Step, validity: str, message: str) -> Step:
    """A step whose round ended: what was signed stays readable, its force is gone."""
    return step.model_copy(update={"validity": validity, "result": "提示", "message": message})


def _only_lowered(bench: Bench, changes: Sequence[tuple[str, object, object]]) -> bool:
    if len(changes) != 1 or changes[0][0] != bench.approval.amount:
        return False
    field = bench.table[bench.approval.amount]
    old, new = from_json(field, changes[0][1]), from_json(field, changes[0][2])
    return old is not None and new is not None and new < old  # type: ignore[operator]


def _show_change(bench: Bench, name: str, old: object, new: object) -> str:
    if name == "parts":
        return f"“发票”（{_count(old)}→{_count(new)}）"
    field: Field = bench.table[name]
    if field.type == "file":
        return f"“{field.title}”（{_names(old)}→{_names(new)}）"
    return f"“{field.title}”（{bench.show(field, from_json(field, old))}→{bench.show(field, from_json(field, new))}）"


def _names(files: object) -> str:
    return "、".join(str(f["name"]) for f in files) or "无" if isinstance(files, list) else "无"


def _count(parts: object) -> str:
    if not isinstance(parts, list) or not parts:
        return "无"
    return "、".join(f"{p.get('inv_no') or '未填号码'} {p.get('amount') or 0}元" for p in parts)


def _tell(template: str, case: Case, message: str, stage: str, *to: int | None) -> Tell:
    people = tuple(dict.fromkeys(p for p in to if p is not None))
    return Tell(template, people, stage, {"code": case.code, "message": message, "amount": str(case.payable)})
