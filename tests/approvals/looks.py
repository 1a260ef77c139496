"""What a test looks at in the small school."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.tables.base import Row
from automations.tables.values import Value
from tests.office import CHAIN, STAFF, SmallOffice


def said(office: SmallOffice, claim: int) -> str:
    """校验说明 of a claim."""
    return str(office.row(claim)["check_message"] or "")


def status(office: SmallOffice, claim: int) -> Value:
    return office.row(claim)["status"]


def code(office: SmallOffice, claim: int) -> str:
    return str(office.row(claim)["code"])


def ledger(office: SmallOffice, claim: int) -> list[tuple[Value, Value]]:
    """(rule, severity) of every line in 预警台账 about a claim."""
    return [(v["rule"], v["severity"]) for v in office.violations() if v["biz_code"] == code(office, claim)]


def last_violation(office: SmallOffice, claim: int) -> Row:
    return [v for v in office.violations() if v["biz_code"] == code(office, claim)][-1]


def entries(office: SmallOffice, claim: int, kind: str) -> list[dict[str, Any]]:
    """What the journal holds of one kind about a claim."""
    return [e.data for e in office.office.journal.entries(f"expense_claims/{code(office, claim)}", kind)]


def at(office: SmallOffice, claim: int, position: int) -> Row:
    """The step at ``position`` (0 = 部门负责人 in a whole chain) of the present round."""
    last = max(s["round"] for s in office.steps(claim))  # type: ignore[type-var]
    return [s for s in office.steps(claim) if s["round"] == last][position]


def cells(step: Row) -> tuple[Value, Value]:
    return step["decision"], step["valid"]


def by(office: SmallOffice, claim: int, *names: str) -> None:
    """These sign, one after the other, before the worker looks again."""
    for name in names:
        office.clock.pass_by(minutes=1)
        office.sign(claim, name)
    office.settle()


def approved(office: SmallOffice, **more: Value) -> int:
    """A claim that all four signed."""
    claim = office.submitted(**more)
    by(office, claim, *CHAIN)
    assert status(office, claim) == "已批准", said(office, claim)
    return claim


def edit_person(office: SmallOffice, name: str, **values: Value) -> None:
    """组织人事科 changes a colleague's row; seen at the next slow pass."""
    office.person("王文员").edit("people", office.ids[name], **values)
    office.turn(slow=True)
    office.settle()


def leaves(office: SmallOffice, name: str) -> None:
    """Somebody's exit (人员退出), signed by everybody it needs."""
    edit_person(office, name, status="拟退出")
    named = {office.ids[n]: n for n in STAFF}
    steps = [r for r in office.host.changed("sign_steps", None).rows if r["staff"] == office.ids[name]]
    for step in sorted(steps, key=lambda r: r["seq"]):  # type: ignore[arg-type, return-value]
        office.clock.pass_by(minutes=1)
        office.person(named[step["assignee"]]).sign(step.id, "同意")  # type: ignore[index]
    office.turn(slow=True)
    office.settle()
    assert office.row(office.ids[name], "people")["status"] == "已退出"


def edit_norm(office: SmallOffice, key: str, value: str | None, **more: Value) -> int:
    """A parameter as Houqin's own account loads it, in force at once; what people change waits for a second person."""
    if key in _keys(office):
        row = office.person("王文员").row("settings", key=key).id
        office.host.update("settings", {row: {"value": value, **more}})
    else:
        [row] = office.host.create("settings", [{"key": key, "label": key, "value": value, "category": "签批", **more}])
    office.turn(slow=True)
    office.settle()
    return row


def _keys(office: SmallOffice) -> set[Value]:
    return {r["key"] for r in office.host.changed("settings", None).rows}


def paper_signed(office: SmallOffice, claim: int) -> None:
    office.person("李会计").edit("expense_claims", claim, paper_signed=True)
    office.settle()


def paid(office: SmallOffice, **more: Value) -> int:
    """A claim that 出纳 has paid."""
    claim = approved(office, **more)
    paper_signed(office, claim)
    office.person("钱出纳").edit("expense_claims", claim, pay_method="银行转账", paid_on=date(2026, 9, 2))
    office.settle()
    assert status(office, claim) == "已支付", said(office, claim)
    return claim


def archived(office: SmallOffice, **more: Value) -> int:
    claim = paid(office, **more)
    office.person("李会计").edit("expense_claims", claim, voucher_no="记-2026-09-001")
    office.settle()
    assert status(office, claim) == "已归档", said(office, claim)
    return claim


def invoices(office: SmallOffice, claim: int) -> list[Row]:
    return [r for r in office.host.changed("invoices", None).rows if r["claim"] == claim]


def budget(office: SmallOffice, line: str = "日常办公费") -> tuple[Value, Value, Value]:
    row = office.row(office.ids[line], "budget_lines")
    return row["frozen"], row["spent"], row["available"]


def money(text: str) -> Decimal:
    return Decimal(text)
