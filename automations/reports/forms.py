"""What stands on a printed form: rows and signatures as plain texts, ready for a template. Pure.

Signatures come from the case in the journal, never from cells of ``sign_steps`` (design.md, decision 2).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from automations.errors import ReportError
from automations.reports.capital import capital
from automations.reports.printable import discreet, masked
from automations.tables.base import ProofStrength
from automations.tables.values import Value, Values

SHANGHAI = ZoneInfo("Asia/Shanghai")
PROOF: Mapping[ProofStrength, str] = {"history": "修改记录", "audit": "审计记录", "last-modified": "最后修改人"}
"""How the host shows who signed (design.md, decision 5), strongest first."""

SIGNED_OFF = frozenset({"已批准", "已支付", "已归档"})
RELATED = (
    ("request", "requests", "事前审批"),
    ("contract", "contracts", "合同"),
    ("procurement", "procurements", "采购"),
)

Names: TypeAlias = Mapping[tuple[str, int], str]
"""(table, row id) → what people call that row: a name for people, a code for a contract."""


class FormStep(Protocol):
    """One level of one round, as :class:`automations.approvals.case.Step` holds it."""

    @property
    def round(self) -> int: ...  # noqa: D102 - the meaning is told at Step
    @property
    def seq(self) -> int: ...  # noqa: D102
    @property
    def level(self) -> str: ...  # noqa: D102
    @property
    def nature(self) -> str: ...  # noqa: D102
    @property
    def assignee(self) -> int: ...  # noqa: D102
    @property
    def stands_for(self) -> int | None: ...  # noqa: D102
    @property
    def decision(self) -> str: ...  # noqa: D102
    @property
    def validity(self) -> str: ...  # noqa: D102
    @property
    def signer(self) -> int | None: ...  # noqa: D102
    @property
    def opinion(self) -> str: ...  # noqa: D102
    @property
    def signed_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def amount(self) -> Decimal | None: ...  # noqa: D102


def expense_form(
    claim: Values,
    steps: Iterable[FormStep],
    invoices: Iterable[Values],
    names: Names,
    *,
    unit: str,
    submitted_at: datetime | None,
    proof: ProofStrength,
    proof_note: str,
    seal: str,
    url: str,
    printed_at: datetime,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Data of 《费用报销审批单》 (domain.md C3 "Printing", 0.3).

    Args:
        claim: The row of ``expense_claims``, its true status and audited amount included.
        steps: Levels of all rounds; the highest round is the present one.
        invoices: Rows of ``invoices`` that belong to the claim, in printing order.
        names: Names of the linked rows.
        unit: Full name of the school.
        submitted_at: When 经办人 submitted the present round: his signature.
        proof: How strong the host's evidence of authorship is.
        proof_note: The same in a Chinese sentence, with its gaps.
        seal: SHA-256 (hex) of the content that was signed.
        url: Address of the row; becomes the QR code. "" where the host has none.
        printed_at: Now.
        notes: Remarks of the round, such as who stood aside.

    Returns:
        Texts, lists and dicts only; shape as in ``report_templates/expense_form/sample.json``. Accounts are masked.

    Raises:
        ReportError: The claim has no amount.
    """
    amount, audited = claim.get("amount"), claim.get("audited_amount")
    if not isinstance(amount, Decimal):
        raise ReportError(f"支出单 {_text(claim.get('code'))} 没有申请金额，不能打印审批单。请经办人补填后重新提交。")
    payable = audited if isinstance(audited, Decimal) else amount
    status = _text(claim.get("status"))
    every = sorted(steps, key=lambda s: (s.round, s.seq))
    present = max((s.round for s in every), default=0)
    bills = list(invoices)
    sums = [sum_ for b in bills if isinstance(sum_ := b.get("amount"), Decimal)]
    handler = _name(names, "people", claim.get("handler"))
    vendor, person = _name(names, "vendors", claim.get("vendor")), _name(names, "people", claim.get("payee"))
    account = _text(claim.get("payee_account"))

    return {
        "unit": unit,
        "code": _text(claim.get("code")),
        "status": status,
        "warning": "" if status in SIGNED_OFF else f"本单状态为“{status or '草稿'}”，签批未完成，不得作为付款依据。",
        "urgent": "紧急" if claim.get("urgent") else "",
        "filled_on": _day(submitted_at),
        "department": _name(names, "departments", claim.get("department")),
        "handler": handler,
        "kind": _text(claim.get("kind")),
        "category": _text(claim.get("category")),
        "biz_date": _day(claim.get("biz_date")),
        "subject": discreet(_text(claim.get("title")), account),
        "budget_line": _name(names, "budget_lines", claim.get("budget_line")),
        "payee": vendor or person if claim.get("payee_kind") == "服务商" else person or vendor,
        "account": masked(account),
        "amount": _yuan(amount),
        "amount_capital": capital(amount),
        "payable": _yuan(payable),
        "payable_capital": capital(payable),
        "reduced": f"核减 {_yuan(amount - payable)} 元" if payable != amount else "",
        "attachments": _attachments(claim),
        "related": _related(claim, names),
        "acceptance": _acceptance(claim, names),
        "remark": discreet(_text(claim.get("remark")), account),
        "invoices": [_invoice(number, bill) for number, bill in enumerate(bills, 1)],
        "invoice_total": _yuan(sum(sums, Decimal(0))),
        "steps": [
            {
                "level": "经办人",
                "nature": "提交即签字",
                "name": handler,
                "decision": "提交" if submitted_at else "未提交",
                "opinion": "",
                "amount": "",
                "at": _clock(submitted_at),
            },
            *(_step(s, names, payable, account) for s in every if s.round == present),
        ],
        "notes": [discreet(note, account) for note in notes],
        "earlier": [line for number in range(present) if (line := _earlier(number, every, names, account))],
        "pay_method": _text(claim.get("pay_method")),
        "paid_on": _day(claim.get("paid_on")),
        "voucher_no": _text(claim.get("voucher_no")),
        "approved_at": _clock(claim.get("approved_at")),
        "proof": PROOF[proof],
        "proof_note": proof_note,
        "seal": seal,
        "seal_tail": seal[-12:],
        "url": url,
        "printed_at": _clock(printed_at),
    }


def _step(step: FormStep, names: Names, payable: Decimal, account: str) -> dict[str, str]:
    return {
        "level": step.level,
        "nature": step.nature,
        "name": _who(step, names),
        # A signature that fell must not look like one that stands.
        "decision": step.decision + (f"（{step.validity}）" if _fell(step) else ""),
        "opinion": discreet(step.opinion, account),
        # Who signed before 核减 signed another sum: the paper must not make it look otherwise.
        "amount": f"签批金额 {_yuan(step.amount)} 元"
        if step.signed_at and step.amount is not None and step.amount != payable
        else "",
        "at": _clock(step.signed_at),
    }


def _fell(step: FormStep) -> bool:
    return step.validity.startswith(("无效", "作废"))


def _who(step: FormStep, names: Names) -> str:
    """``{受托人}（代{委托人}）`` for a delegate (domain.md C2); ``（替…）`` for a substitute by recusal (SG-03)."""
    name = _name(names, "people", step.assignee)
    if step.signer is not None and step.signer != step.assignee:
        return f"{_name(names, 'people', step.signer)}（代{name}）"
    if step.stands_for is not None:
        return f"{name}（替{_name(names, 'people', step.stands_for)}）"
    return name


def _earlier(number: int, steps: Sequence[FormStep], names: Names, account: str) -> str:
    """One sentence on a round that did not last; "" where nobody had decided anything."""
    said = [
        f"{s.level}{_who(s, names)}{s.decision}{f'“{discreet(s.opinion, account)}”' if s.opinion else ''}"
        f"（{_clock(s.signed_at)}{f'，{s.validity}' if _fell(s) else ''}）"
        for s in steps
        if s.round == number and s.signed_at
    ]
    return f"第{number}轮：{'；'.join(said)}。" if said else ""


def _invoice(number: int, bill: Values) -> dict[str, str]:
    code, serial = _text(bill.get("inv_code")), _text(bill.get("inv_no"))
    return {
        "number": str(number),
        "kind": _text(bill.get("kind")),
        "no": f"{code} {serial}".strip(),
        "date": day.isoformat() if isinstance(day := bill.get("issued_on"), date) else "",
        "seller": _text(bill.get("seller")),
        "amount": _yuan(amount) if isinstance(amount := bill.get("amount"), Decimal) else "",
    }


def _attachments(claim: Values) -> str:
    """附件张数 as 经办人 counted the sheets; else the number of files, and says so."""
    if isinstance(count := claim.get("attach_n"), Decimal):
        return f"{count.normalize():f} 张"
    files = claim.get("attachments")
    return f"{len(files)} 个文件" if isinstance(files, tuple) and files else "未填"


def _related(claim: Values, names: Names) -> str:
    found = [(title, _name(names, table, claim.get(field))) for field, table, title in RELATED]
    return "；".join(f"{title} {name}" for title, name in found if name)


def _acceptance(claim: Values, names: Names) -> str:
    return f"{_name(names, 'people', claim.get('acceptor'))} {_day(claim.get('accepted_on'))}".strip()


def _name(names: Names, table: str, row_id: Value) -> str:
    if not isinstance(row_id, int):
        return ""
    return names.get((table, row_id)) or f"（已删除的记录 {row_id}）"


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _day(value: Value) -> str:
    """``2026年9月3日``; a time counts by the clock in Shanghai."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI)
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else ""


def _clock(value: Value) -> str:
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else ""
