"""What people do with the money as they should: each deed goes on with something, wherever it has got to."""

from decimal import Decimal

from automations.approvals.case import Case
from tests.money.paper_office import PaperOffice
from tests.money.paper_school import (
    ACCOUNTANT,
    CASHIER,
    CLAIMS,
    LEADER,
    OTHER_ACCOUNTANT,
    OTHER_CLERK,
    RECEIVED,
    REQUESTS,
    TODAY,
    invoice,
    paper,
)
from tests.money.turns import REASON, Turn, pick


def go_on_with_claim(office: PaperOffice, turn: Turn) -> None:
    """One to four lawful steps of a claim."""
    claim = pick(turn, tuple(CLAIMS))
    for _ in range(1 + turn.how % 4):
        next_step_of_claim(office, claim)
        if not turn.asleep:
            office.look()


def next_step_of_claim(office: PaperOffice, claim: int) -> None:
    case, permit = office.case("expense_claims", claim), CLAIMS[claim].get("request")
    if isinstance(permit, int) and office.shown("requests", permit) != "已批准":
        next_step_of_request(office, permit)
        return
    row = office.rows["expense_claims"][claim]
    handler = case.handler or int(CLAIMS[claim]["handler"])
    if case.status in ("草稿", "已退回"):
        if case.result == "拦截" or case.round:  # once told what is wrong, he corrects everything
            good = {n: v for n, v in CLAIMS[claim].items() if office.rows["expense_claims"][claim][n] != v}
            office.type("expense_claims", claim, handler, **good)
            right = {n: v for n, v in invoice(claim).items() if n != "verify"}
            for other, paper_row in list(office.rows["invoices"].items()):
                if paper_row["claim"] == claim and other != claim:
                    office.type("invoices", other, handler, claim=None)
            if office.rows["invoices"].get(claim, {"claim": 0})["claim"] in (None, claim):
                office.type("invoices", claim, handler, **right)
        office.type("expense_claims", claim, handler, status="提交")
    elif case.status == "签批中":
        sign(office, case)
    elif case.status == "已批准" and not row["paper_signed"]:
        office.type("expense_claims", claim, accountant_of(case), paper_signed=True)
    elif case.status == "已批准":
        office.type("expense_claims", claim, CASHIER, pay_method="银行转账", paid_on=TODAY)
    elif case.status == "已支付":
        office.type("expense_claims", claim, accountant_of(case), voucher_no="记-1")


def accountant_of(case: Case) -> int:
    return OTHER_ACCOUNTANT if ACCOUNTANT in (case.handler, case.payee) else ACCOUNTANT


def sign(office: PaperOffice, case: Case) -> None:
    """Whose turn it is agrees; 会计 looks the invoices up first."""
    step = case.current
    if step is None:
        return
    if step.level == "会计":
        for row_id, row in list(office.rows["invoices"].items()):
            if case.table == "expense_claims" and row["claim"] == case.row_id:
                office.type("invoices", row_id, step.assignee, verify="一致")
    office.decide(step.code, step.assignee, "同意")


def go_on_with_request(office: PaperOffice, turn: Turn) -> None:
    for _ in range(1 + turn.how % 4):
        next_step_of_request(office, pick(turn, tuple(REQUESTS)))
        office.look()


def next_step_of_request(office: PaperOffice, request: int) -> None:
    case = office.case("requests", request)
    if case.status in ("草稿", "已退回"):
        handler = int(REQUESTS[request]["handler"])
        office.type("requests", request, handler, **REQUESTS[request])
        office.type("requests", request, handler, status="提交")
    elif case.status == "签批中":
        sign(office, case)


def go_on_with_line(office: PaperOffice, turn: Turn) -> None:
    """会计 asks for an adjustment, 主要领导 signs it."""
    line = 1 + turn.row % 2
    case, shown = office.case("budget_lines", line), office.shown("budget_lines", line)
    sums = ("-900", "-400", "600", "1500")
    if case.status == "签批中":
        sign(office, case)
    elif shown == "调整中":
        wanted = Decimal(sums[turn.how % 4])
        office.type("budget_lines", line, ACCOUNTANT, adjusted=wanted, adjust_doc=paper("调整文件.pdf"), status="提交")
    else:
        office.type("budget_lines", line, ACCOUNTANT, status="已批复" if shown == "草案" else "调整中")


def go_on_with_income(office: PaperOffice, turn: Turn) -> None:
    row_id = 1 + turn.row % 2
    for _ in range(1 + turn.how % 3):
        row, shown = office.rows["income"][row_id], office.shown("income", row_id)
        if shown == "应收":
            got = {"received": row["amount"], "receipt_no": f"PJ{row_id}", **RECEIVED}
            office.type("income", row_id, CASHIER, **got, status="已收")
        elif shown == "已收":
            gone = {"remitted": row["received"], "remitted_on": TODAY, "remit_no": "JK1", "remitter": OTHER_CLERK}
            office.type("income", row_id, CASHIER, **gone, status="已缴库")
        elif shown == "已缴库":
            office.type("income", row_id, ACCOUNTANT, status="已核对")
        office.look()


def take_back_or_return(office: PaperOffice, turn: Turn) -> None:
    """撤回 by the handler; 退回 or 不同意 by whose turn it is; 核减 by 会计; 作废 by the handler or by both."""
    claim = pick(turn, tuple(CLAIMS))
    case = office.case("expense_claims", claim)
    step, way = case.current, turn.how % 5
    handler = case.handler or int(CLAIMS[claim]["handler"])
    if step is not None and way == 0:
        office.type("expense_claims", claim, handler, status="撤回")
    elif step is not None and way == 1:
        office.decide(step.code, step.assignee, "退回", REASON)
    elif step is not None and way == 2 and turn.who % 3 == 0:
        office.decide(step.code, step.assignee, "不同意", REASON)
    elif step is not None and step.level == "会计":
        lower = Decimal(100 + turn.who * 10)
        office.type("expense_claims", claim, step.assignee, audited_amount=lower)
    elif case.status == "已批准":
        office.type("expense_claims", claim, ACCOUNTANT, status="作废")
        office.look()
        office.type("expense_claims", claim, LEADER, status="作废")
    elif case.status in ("草稿", "已退回") and turn.who % 4 == 0:
        office.type("expense_claims", claim, handler, status="作废")
