"""What the rules look at, gathered from the world of an edit, the mirror and what other cases hold."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from automations import holds
from automations.approvals.case import APPROVED, ARCHIVED, PAID, RETURNED, SIGNING, Case
from automations.approvals.ruling import Finding
from automations.approvals.world import World
from automations.engine.office import Office
from automations.holds import Hold, State
from automations.rules import examine
from automations.rules.claims import ClaimFacts
from automations.rules.invoices import InvoiceFacts, invoice_key
from automations.tables.values import Value, Values

THREE_PUBLIC = frozenset({"公务接待费", "公务用车运行费", "因公出国费"})


def claim_holds(case: Case, invoices: Mapping[int, Values], line: Value) -> list[Hold]:
    """What a claim holds in its present state: its budget from signing on, its invoices until it is void or refused."""
    if case.status not in (SIGNING, APPROVED, PAID, ARCHIVED, RETURNED):
        return []
    spent = case.status in (PAID, ARCHIVED)
    state: State = "已用" if spent else "占用"
    found = [
        Hold("invoice", key, state, Decimal(0), case.code, case.status)
        for key in sorted({invoice_key(row) for row in invoices.values()} - {""})
    ]
    if case.status != RETURNED and isinstance(line, int):
        found.append(Hold("budget", str(line), state, case.payable, case.code, case.status))
    return found


def examine_invoice(office: Office, tx: Connection, row: Values, subject: str, on: date) -> list[Finding]:
    """Findings of one invoice, as part of the claim ``subject`` ("" for none)."""
    key = invoice_key(row)
    other = holds.held(tx, "invoice", key, but=subject) if key else []
    return examine(
        "invoices",
        InvoiceFacts(
            row=row,
            used_by=(other[0].code, other[0].status) if other else None,
            school=office.norms.text("school.name", on),
            tax_no=office.norms.text("school.tax_no", on),
        ),
    )


def examine_claim(
    office: Office, tx: Connection, case: Case, world: World, on: date, *, at_payment: bool = False
) -> list[Finding]:
    """Findings of one claim in the world of an edit."""
    row = world.row(case.table, case.row_id)
    assert row is not None
    invoices = world.where("invoices", "claim", case.row_id)
    line_id = row.get("budget_line")
    line = office.mirror.row("budget_lines", line_id) if isinstance(line_id, int) else None
    amount = row.get("amount")
    return examine(
        case.table,
        ClaimFacts(
            table=office.schema[case.table],
            row=row,
            invoices=invoices,
            line=line.values if line else None,
            available=available(tx, line.id, line.values, but=case.subject) if line else None,
            to_pay=case.payable if at_payment else amount if isinstance(amount, Decimal) else Decimal(0),
            invoice_messages={
                row_id: tuple(
                    f.message for f in examine_invoice(office, tx, values, case.subject, on) if f.severity == "拦截"
                )
                for row_id, values in invoices.items()
            },
        ),
        at_payment=at_payment,
    )


def available(tx: Connection, line_id: int, line: Values, but: str = "") -> Decimal:
    """元 left on a budget line: approved + adjusted − frozen − spent, what ``but`` holds not counted (BG-01)."""
    taken = sum((h.amount for h in holds.held(tx, "budget", str(line_id), but=but)), Decimal(0))
    return _money(line, "approved") + _money(line, "adjusted") - taken


def budget_cells(tx: Connection, line_id: int, line: Values) -> dict[str, Value]:
    """Computed cells of a budget line."""
    held = holds.held(tx, "budget", str(line_id))
    frozen = sum((h.amount for h in held if h.state == "占用"), Decimal(0))
    spent = sum((h.amount for h in held if h.state == "已用"), Decimal(0))
    total = _money(line, "approved") + _money(line, "adjusted")
    return {
        "frozen": frozen,
        "spent": spent,
        "available": total - frozen - spent,
        "rate": (spent / total * 100).quantize(Decimal(1)) if total else None,
        "is_three_public": line.get("category") in THREE_PUBLIC,
    }


def invoice_cells(office: Office, tx: Connection, row: Values, subject: str, on: date) -> dict[str, Value]:
    """Computed cells of an invoice: key, duplicate, state, and the answer to whoever typed it."""
    key = invoice_key(row)
    findings = examine_invoice(office, tx, row, subject, on)
    mine = [h for h in holds.held(tx, "invoice", key) if key and subject.endswith(f"/{h.code}")]
    return {
        "inv_key": key or None,
        "dup": ("重复" if any(f.rule == "IV-02" for f in findings) else "无") if key else None,
        "state": mine[0].state if mine else None,
        "check_result": ("拦截" if findings else "通过") if key else None,
        "check_message": "\n".join(f.message for f in findings) or None,
    }


def _money(row: Values, name: str) -> Decimal:
    value = row.get(name)
    return value if isinstance(value, Decimal) else Decimal(0)
