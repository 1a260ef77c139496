"""Payment and archive of an approved request: EX-08 先批后付, separation of duties (domain.md C2, C3; 会计法 art. 35).

出纳 fills 支付方式 and 支付日, 会计 ticks 纸质已签 before and fills 凭证号 after. The status follows from these cells;
whoever may not fill one finds it put back with the reason.
"""

from typing import Any

from automations.approvals import words
from automations.approvals.case import APPROVED, ARCHIVED, PAID
from automations.approvals.ruling import Alarm, Bench, Ruling
from automations.approvals.seal import whole
from automations.approvals.world import World
from automations.people import Person
from automations.tables.base import Edit
from automations.tables.values import Value, to_json

BY_CASHIER = frozenset({"pay_method", "paid_on"})
BY_ACCOUNTANT = frozenset({"paper_signed", "voucher_no"})
PAYMENT_FIELDS = BY_CASHIER | BY_ACCOUNTANT
PAY = "付款"
"""The moment before money leaves, at which rules are asked once more."""


def payment(ruling: Ruling, world: World, bench: Bench, edit: Edit) -> None:
    """Judge the payment cells that ``edit`` changed; accepted ones are kept in ``case.payment``."""
    changed = {n: v for n, v in edit.after.items() if n in PAYMENT_FIELDS and edit.before.get(n) != v}
    held = ruling.case.payment or {}
    changed = {
        n: v for n, v in changed.items() if to_json(v) != held.get(n) and not (v in (None, False) and n not in held)
    }
    if not changed:
        return
    objection = _objection(ruling, world, bench, edit, changed)
    if objection:
        ruling.block(objection)
        ruling.note("restored", edit.at, rule="EX-08", fields=sorted(changed), account=edit.account, edit=edit.key)
        return
    kept: dict[str, Any] = {**held, **{n: to_json(v) for n, v in changed.items()}}
    ruling.case = ruling.case.but(payment=kept, result="通过")
    ruling.note(
        "payment", edit.at, fields={n: to_json(v) for n, v in changed.items()}, account=edit.account, edit=edit.key
    )
    _advance(ruling, world, bench, edit)


def _objection(ruling: Ruling, world: World, bench: Bench, edit: Edit, changed: dict[str, Value]) -> str:
    case = ruling.case
    person = bench.directory.by_account(edit.account)
    if case.status == ARCHIVED or (case.status == PAID and BY_CASHIER & changed.keys()):
        _alarm(ruling, edit, person, "DG-03", "已支付的单据又被改动付款信息，已还原", words.CLOSED)
        return words.CLOSED
    if case.status not in (APPROVED, PAID):
        typed = edit.action != "create"  # a copied row brings these cells along
        if typed and ("paid_on" in changed or "voucher_no" in changed):
            _alarm(
                ruling,
                edit,
                person,
                "EX-08",
                "未完成签批即登记付款",
                f"{words.PAID_BEFORE_APPROVED}如已付款，请附银行回单说明。",
            )
        return f"{words.PAID_BEFORE_APPROVED}付款信息已清空；如已付款，请立即向会计提供银行回单。"
    if person is None:
        return words.unknown_account(edit.account or words.SOMEBODY)
    if BY_ACCOUNTANT & changed.keys():
        titles = "、".join(f"“{bench.table[n].title}”" for n in sorted(BY_ACCOUNTANT & changed.keys()))
        if not person.has("会计"):
            return f"{titles}由会计填写，已还原。"
        if "voucher_no" in changed and case.status != PAID:
            return "请先由出纳登记付款，再由会计填写凭证号。已还原。"
        if "paper_signed" in changed and case.status == PAID:
            return words.CLOSED
        if part := {case.payee: "收款人", case.handler: "经办人"}.get(person.id):
            return (
                f"{person.name}是本单{part}，不能办理本单的会计核算，请由其他会计办理"
                "（业务经办与会计核算须分离）。已还原。"
            )
    if BY_CASHIER & changed.keys():
        return _cashier_objection(ruling, world, bench, edit, person)
    return ""


def _cashier_objection(ruling: Ruling, world: World, bench: Bench, edit: Edit, person: Person) -> str:
    case = ruling.case
    if not person.has("出纳"):
        return "付款信息由出纳填写，已还原。"
    if person.has("会计"):
        return "“会计”与“出纳”为不相容岗位，不能由同一人兼任（内控规范、会计法第三十五条）。"
    part = {case.payee: "收款人", case.handler: "经办人"}.get(person.id)
    if part is None and any(person.id == s.signer for s in case.steps):
        part = "签批人"
    if part:
        return f"{person.name}是本单{part}，不能办理本单付款，请由其他出纳办理（付款审批与付款执行须分离）。已还原。"
    on = edit.at.astimezone(words.SHANGHAI).date()
    if bench.norms_of(case).flag("sign.paper_required", on) and not (case.payment or {}).get("paper_signed"):
        return "【先批后付】请先由会计核对纸质审批单并勾选“纸质已签”，再登记付款。已还原。"
    stops = ruling.heed(bench.examine(world, PAY, person, case), edit, person)
    return "\n".join(f.message for f in stops)


def _advance(ruling: Ruling, world: World, bench: Bench, edit: Edit) -> None:
    case, held = ruling.case, ruling.case.payment or {}
    if case.status == APPROVED and held.get("pay_method") and held.get("paid_on"):
        ruling.case = ruling.case.but(
            status=PAID,
            snapshot=whole(bench, world.row(case.table, case.row_id) or {}, case.snapshot or {"row": {}, "parts": {}}),
            message="已支付，等待会计填写凭证号后归档。",
        )
        ruling.note("paid", edit.at, account=edit.account, edit=edit.key, amount=str(case.payable))
    elif case.status == APPROVED and (held.get("pay_method") or held.get("paid_on")):
        ruling.case = case.but(message="付款登记还差一项：请填写“支付方式”和“支付日”。")
    elif case.status == APPROVED and held.get("paper_signed"):
        ruling.case = case.but(message="纸质审批单已核对，等待出纳付款。")
    elif case.status == PAID and held.get("voucher_no"):
        ruling.case = case.but(status=ARCHIVED, message="已归档。", closed_at=edit.at)
        ruling.note("archived", edit.at, account=edit.account, edit=edit.key)


def _alarm(ruling: Ruling, edit: Edit, person: Person | None, rule: str, title: str, detail: str) -> None:
    case = ruling.case
    ruling.alarms.append(
        Alarm(
            key=f"{rule}/{edit.key}",
            rule=rule,
            gravity="严重",
            title=f"{case.code} {title}",
            detail=detail,
            person=person.id if person else None,
            amount=case.amount,
            evidence={"account": edit.account, "edit": edit.key, "after": {k: str(v) for k, v in edit.after.items()}},
        )
    )
