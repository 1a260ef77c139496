"""支出单证据单: all that is known about one claim, for 财务, 督查 and auditors (domain.md C2, C3).

Bank accounts are masked. Logins of signers are shown: they are what a signature rests on.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from automations.measures import Period, Records, money, turns
from automations.reports.document import Cell, Column, Table
from automations.rows import RowView
from automations.statements import statement
from automations.workdays import SCHOOL_TIME

SEAL = 12
"""So many of the last digits of a seal are printed, as on the 审批单."""

STANDS = "有效"
DASH = "—"


@statement("evidence")
def evidence(records: Records, period: Period, row: RowView) -> Mapping[str, Any]:
    """One claim; nothing in it depends on the period."""
    steps = steps_of(records, row)
    last = max((step.round or 0 for step in steps), default=Decimal(0))
    valid = [step for step in steps if step.round == last and step.valid == STANDS]
    alarms = alarms_of(records, row)
    return {
        "code": str(row.code),
        "claim_title": row.title or "",
        "status": row.status or "",
        "amount": money.payable(row),
        "asked": row.amount,
        "lowered": row.audited_amount is not None and row.amount is not None and row.audited_amount < row.amount,
        "handler": records.directory.name(row.handler),
        "department": records.name("departments", row.department),
        "rounds": int(last),
        "valid_n": len(valid),
        "steps_n": len(steps),
        "same_seal": same_seal(row, valid),
        "approved_at": _moment(row.approved_at),
        "paid_on": row.paid_on,
        "voucher_no": row.voucher_no or "",
        "paper": bool(row.paper_signed),
        "alarms_n": len(alarms),
        "facts_table": facts_table(records, row),
        "linked_table": linked_table(records, row),
        "invoices_table": invoices_table(records, row),
        "steps_table": steps_table(records, steps),
        "payments_table": payments_table(records, row),
        "alarms_table": alarms_table(records, alarms),
    }


def masked(account: str | None) -> str:
    """The last four characters of an account; of one with letters or 汉字 in it (本人工资卡) nothing is secret."""
    text = str(account or "").replace(" ", "")
    if not text or not any(c.isdigit() for c in text):
        return text
    return "＊" * 4 + text[-4:] if len(text) > 4 else "＊" * len(text)


def steps_of(records: Records, claim: RowView) -> list[RowView]:
    """Its 签批步骤 of all rounds, in order; what a returned leader has only to read is none of them."""
    found = [s for s in records.linked("sign_steps", "claim", claim.id) if s.level != turns.TO_READ]
    return sorted(found, key=lambda step: (step.round or 0, step.seq or 0))


def alarms_of(records: Records, claim: RowView) -> list[RowView]:
    """Lines of 预警台账 about the claim or one of its invoices, by 发现时间."""
    names = {str(claim.code), *(str(i.code) for i in records.linked("invoices", "claim", claim.id))}
    found = [line for line in records["violations"] if line.biz_code in names]
    return sorted(found, key=lambda line: (line.found_at, str(line.code)))


def same_seal(claim: RowView, valid: Iterable[RowView]) -> bool | None:
    """Whether the last signature covers what was approved; None before the approval.

    核减 by 会计 changes the seal between two signatures of a round, so only the last one is compared.
    """
    last = max(valid, key=lambda step: step.seq or 0, default=None)
    if not claim.approved_hash or last is None:
        return None
    return bool(last.hash == claim.approved_hash)


def facts_table(records: Records, claim: RowView) -> Table:
    """What the claim says, a line a column."""
    line = records.row("budget_lines", claim.budget_line)
    payee = records.name("vendors", claim.vendor) if claim.vendor else _person(records, claim.payee)
    found: list[tuple[str, str]] = [
        ("单据类型", claim.kind or ""),
        ("支出类别", claim.category or ""),
        ("事由", claim.title or ""),
        ("经办人", _person(records, claim.handler)),
        ("部门", records.name("departments", claim.department)),
        ("业务发生日", _day(claim.biz_date)),
        ("申请金额（元）", _sum(claim.amount)),
        ("核定金额（元）", _sum(claim.audited_amount)),
        ("发票合计（元）", _sum(claim.invoice_sum)),
        ("收款类型", claim.payee_kind or ""),
        ("收款方", payee),
        ("收款账号", masked(claim.payee_account)),
        ("经费指标", f"{line.name}（{line.year:.0f}年，{line.fund_source}）" if line is not None else ""),
        ("审批路径", claim.route or ""),
        ("验收人", f"{_person(records, claim.acceptor)} {_day(claim.accepted_on)}".strip()),
        ("附件", f"{claim.attach_n or 0:.0f}张：" + "、".join(file.name for file in claim.attachments or ())),
        ("紧急", "是" if claim.urgent else "否"),
        ("批准指纹", _seal(claim.approved_hash)),
        ("状态", claim.status or ""),
        ("更正说明", claim.correction_note or ""),
    ]
    return Table(
        "单据要素",
        (Column("项目", width=1), Column("内容", width=4)),
        tuple((name, value or DASH) for name, value in found),
    )


LINKED = (
    ("request", "requests", "事前审批", "est_amount", "approved_at"),
    ("contract", "contracts", "合同", "amount", "sign_on"),
    ("procurement", "procurements", "采购项目", "award", "award_on"),
    ("training_class", "training_classes", "班次", None, "starts_on"),
    ("issue", "issues", "问题工单", None, "created_at"),
)
"""(column of the claim, table, how it is called, its sum, its day)."""


def linked_table(records: Records, claim: RowView) -> Table:
    """What it rests on: request, contract, procurement, class, issue."""
    rows: list[tuple[Cell, ...]] = []
    for column, table, name, amount, day in LINKED:
        other = records.row(table, claim[column])
        if other is not None:
            what = other["description"] if table == "issues" else records.name(table, other.id)
            sum_ = _sum(other[amount]) if amount else DASH
            rows.append((name, str(other.code), _first_line(what), sum_ or DASH, _day(other[day]), other.status or ""))
    return Table(
        "依据",
        (
            Column("类型", width=1),
            Column("编号", width=1.4),
            Column("内容", width=2.6),
            Column("金额（元）", width=1.3),
            Column("批准或签订", width=1.3),
            Column("状态", width=1),
        ),
        tuple(rows) or (("无", "", "", "", "", ""),),
    )


def invoices_table(records: Records, claim: RowView) -> Table:
    """Its invoices."""
    found = sorted(records.linked("invoices", "claim", claim.id), key=lambda row: str(row.inv_no))
    total = sum((row.amount or Decimal(0) for row in found), Decimal(0))
    return Table(
        "发票",
        (
            Column("票种", width=1),
            Column("发票号码", width=2.6),
            Column("开票日", "date", 1.2),
            Column("销方", width=2),
            Column("查验", width=0.9),
            Column("重复", width=0.8),
            Column("占用", width=0.9),
            Column("价税合计（元）", "money", 1.3),
        ),
        (
            *(
                (
                    *(row.kind or "", row.inv_no or "", row.issued_on, row.seller or ""),
                    *(row.verify or "", row.dup or "无", row.state or "", row.amount),
                )
                for row in found
            ),
            ("合计", "", "", "", "", "", "", total),
        ),
        totals=True,
    )


def steps_table(records: Records, steps: list[RowView]) -> Table:
    """Every signature: whose it is, which account gave it, when, over what."""
    return Table(
        "签批记录",
        (
            Column("轮次", "number", 0.6),
            Column("层级", width=1),
            Column("应签人", width=1.2),
            Column("实际账号", width=1.8),
            Column("签批时间", width=1.5),
            Column("意见", width=1.4),
            Column("金额（元）", "money", 1.1),
            Column("效力", width=1),
            Column("指纹", width=1.3),
        ),
        tuple(_step(records, step) for step in steps),
        f"账号由表格服务器记录，不是手工填写；指纹为所签内容的SHA-256，取末{SEAL}位；内容有任何改动，指纹即不同。",
    )


def _step(records: Records, step: RowView) -> tuple[Cell, ...]:
    who = records.directory.name(step.assignee)
    if step.on_behalf_of is not None:
        who += f"（代{records.directory.name(step.on_behalf_of)}）"
    said = step.decision or ""
    if step.opinion and step.opinion != said:
        said += f"：{step.opinion}"
    amount = step.amount_shown if step.amount_shown is not None else DASH
    return (
        *(step.round, step.level or "", who, step.signer_account or DASH, _moment(step.signed_at) or DASH),
        *(said, amount, step.valid or "待定", _seal(step.hash) or DASH),
    )


def payments_table(records: Records, claim: RowView) -> Table:
    """How it was paid; under a contract all that was paid for it, this one marked."""
    rows = [claim]
    if claim.contract is not None:
        others = records.linked("expense_claims", "contract", claim.contract)
        rows += [c for c in others if c.id != claim.id and c.status in money.PAID]
    rows.sort(key=lambda row: (row.paid_on is None, row.paid_on or claim.biz_date, str(row.code)))
    return Table(
        "支付",
        (
            Column("编号", width=1.4),
            Column("付款期次", width=0.9),
            Column("支付方式", width=1.3),
            Column("支付日", width=1.2),
            Column("凭证号", width=1.3),
            Column("金额（元）", "money", 1.2),
            Column("状态", width=1),
        ),
        tuple(
            (
                f"{row.code}（本单）" if row.id == claim.id else str(row.code),
                f"第{row.pay_item:.0f}期" if row.pay_item is not None else DASH,
                *(row.pay_method or DASH, _day(row.paid_on) or "未支付", row.voucher_no or DASH),
                *(money.payable(row), row.status or ""),
            )
            for row in rows
        ),
        "同一合同已支付的各单一并列出。" if len(rows) > 1 else "",
    )


def alarms_table(records: Records, alarms: list[RowView]) -> Table:
    """Lines of 预警台账 about it."""
    return Table(
        "预警",
        (
            Column("编号", width=1.3),
            Column("规则", width=0.8),
            Column("等级", width=0.7),
            Column("发现时间", width=1.5),
            Column("详情", width=3.4),
            Column("处理", width=1),
            Column("状态", width=0.9),
        ),
        tuple(
            (
                *(str(line.code), line.rule or "", line.severity or "", _moment(line.found_at)),
                *(line.detail or line.title or "", line.handling or DASH, line.status or ""),
            )
            for line in alarms
        )
        or (("无", "", "", "", "", "", ""),),
    )


def _person(records: Records, person: int | None) -> str:
    return "" if person is None else records.directory.name(person)


def _seal(seal: str | None) -> str:
    return (seal or "")[-SEAL:]


def _sum(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(SCHOOL_TIME):%Y-%m-%d %H:%M}"


def _day(day: Any) -> str:
    if isinstance(day, datetime):
        return _moment(day)[:10]
    return "" if day is None else f"{day:%Y-%m-%d}"


def _first_line(text: Any, most: int = 40) -> str:
    line = str(text or "").split("\n")[0]
    return line if len(line) <= most else line[: most - 1] + "…"
