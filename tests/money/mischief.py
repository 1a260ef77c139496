"""What people should not do with the money: each deed is tried by whoever the numbers of the turn choose.

Much of it is harmless or even lawful at one moment and a fraud at another; the office must tell which.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.money.paper_office import PaperOffice
from tests.money.paper_school import (
    ACCOUNT_NO,
    ACCOUNTANT,
    CASHIER,
    CLAIMS,
    CLERK,
    COMPANY,
    DEPUTY,
    FINANCE_LEADER,
    HEAD,
    LEADER,
    OFFICE,
    OTHER_ACCOUNT_NO,
    OTHER_ACCOUNTANT,
    OTHER_CLERK,
    REQUESTS,
    TODAY,
    TOP,
    number,
    paper,
)
from tests.money.turns import REASON, Turn, anybody, pick
from tests.office import schema


def type_a_status(office: PaperOffice, turn: Turn) -> None:
    """Anybody chooses any word in any row."""
    table = ("expense_claims", "expense_claims", "requests", "budget_lines", "income", "vendors")[turn.how % 6]
    options = schema()[table]["status"].options
    row_id = pick(turn, office.rows[table])
    office.type(table, row_id, anybody(turn), status=options[(turn.how // 6 + turn.who) % len(options)])


def decide_for_another(office: PaperOffice, turn: Turn) -> None:
    """Anybody types any decision into any step, also of rounds that are over."""
    steps = office.rows["sign_steps"]
    if steps:
        step = steps[pick(turn, steps)]
        decision = ("同意", "同意", "退回", "不同意", "待签")[turn.how % 5]
        who = anybody(turn) if turn.how % 3 else (CLERK, HEAD, ACCOUNTANT, LEADER, TOP, DEPUTY)[turn.who % 6]
        office.decide(str(step["code"]), who, decision, (None, REASON, "不行")[turn.how % 3])


def sign_as_insider(office: PaperOffice, turn: Turn) -> None:
    """Whoever has a part in the row signs the level that is open: handler, payee, whom another stands in for."""
    open_ones = [case for _, case in office.claims() if case.current is not None]
    replaced = [case for case in open_ones if case.current is not None and case.current.stands_for is not None]
    if not open_ones:
        return
    case = (replaced or open_ones)[turn.row % len(replaced or open_ones)]
    step = case.current
    assert step is not None
    if turn.how % 7 == 0:
        office.is_away(step.assignee, (FINANCE_LEADER, DEPUTY)[turn.who % 2], Decimal((5000, 100)[turn.row % 2]))
    delegate = office.people[step.assignee].delegate
    insiders = [p for p in (step.stands_for, delegate, case.handler, case.payee, *case.recused) if p is not None]
    decision = "同意" if turn.how % 3 else "不同意"
    who = insiders[turn.who // 2 % len(insiders)] if turn.who % 2 else insiders[0]
    office.decide(step.code, who, decision, (None, REASON, "不行")[turn.how % 3])
    if turn.how % 5 == 0:  # and the right one, without a reason
        office.look()
        office.decide(step.code, step.assignee, "退回", "不行")


def sign_too_early(office: PaperOffice, turn: Turn) -> None:
    """A leader signs before it is his turn, in good faith."""
    open_ones = [case for case in office.cases.values() if case.current is not None]
    if not open_ones:
        return
    case = open_ones[turn.row % len(open_ones)]
    later = [step for step in case.steps if not step.agreed and step != case.current]
    if later:
        step = later[turn.who % len(later)]
        office.decide(step.code, step.assignee, "同意")


def change_a_claim(office: PaperOffice, turn: Turn) -> None:
    """What the signatures cover, before and after they were given, and after the money left."""
    claim = pick(turn, tuple(CLAIMS))
    amount = office.rows["expense_claims"][claim]["amount"]
    changes: tuple[dict[str, Any], ...] = (
        {"amount": Decimal(amount) * 10},
        {"amount": Decimal(amount) + 50},
        {"amount": Decimal(amount) - 1},
        {"payee_account": OTHER_ACCOUNT_NO},
        {"budget_line": 1 + turn.who % 2},
        {"title": "购置打印纸"},
        {"title": None},
        {"attachments": paper("另一份.txt")},
        {"payee": OTHER_CLERK},
        {"handler": OTHER_CLERK},
        {"audited_amount": Decimal(5000)},
        {"request": 1 + turn.who % 2},
        {"acceptor": (CLAIMS[claim]["handler"], HEAD)[turn.who % 2]},
        {"category": "印刷费"},
    )
    owner = office.case("expense_claims", claim).handler or CLAIMS[claim]["handler"]
    who = anybody(turn) if turn.who % 2 else owner
    office.type("expense_claims", claim, who, **changes[turn.how % len(changes)])


def tamper_with_an_invoice(office: PaperOffice, turn: Turn) -> None:
    """The number of another, another claim, another sum, gone altogether; 查验 by whom it is none of his business."""
    row_id = pick(turn, office.rows["invoices"])
    other = 1 + (row_id + turn.who) % 4
    who = anybody(turn) if turn.who % 3 == 0 else CLAIMS[row_id]["handler"]
    way = turn.how % 8
    if way == 0:
        office.delete("invoices", row_id, who)
        return
    changes: tuple[dict[str, Any], ...] = (
        {"inv_no": number(other)},
        {"inv_no": number(other)},
        {"claim": other},
        {"amount": Decimal(9000)},
        {"verify": "一致"},
        {"verify": "已红冲"},
        {"verify": "未查验"},
    )
    if way > 5:
        who = ACCOUNTANT  # he looked it up again
    office.type("invoices", row_id, who, **changes[way - 1])


def share_an_invoice(office: PaperOffice, turn: Turn) -> None:
    """A clerk hands one invoice in twice: its number under his second claim, which asks for no more."""
    one, two = 1 + turn.row % 4, 1 + (turn.row + 1 + turn.who % 3) % 4
    claim = two
    handler = CLAIMS[claim]["handler"]
    office.type("invoices", two, handler, inv_no=number(one), amount=CLAIMS[claim]["amount"])
    office.type("expense_claims", claim, handler, status="提交")
    if turn.how % 2:
        other = CLAIMS[one]["handler"]
        office.type("expense_claims", one, other, status="提交")


def pay_wrongly(office: PaperOffice, turn: Turn) -> None:
    """Too early, by the wrong hand, in cash, without paper, twice, or taken back."""
    approved = [row_id for row_id, case in office.claims() if case.status == "已批准"]
    claim = pick(turn, approved if approved and turn.how < 12 else tuple(CLAIMS))
    changes: tuple[dict[str, Any], ...] = (
        {"pay_method": "银行转账", "paid_on": TODAY},
        {"pay_method": "公务卡", "paid_on": TODAY},
        {"pay_method": "现金", "paid_on": TODAY},
        {"paper_signed": True},
        {"voucher_no": "记-9"},
        {"paid_on": None},
        {"pay_method": "银行转账", "paid_on": TODAY + timedelta(days=1)},
    )
    who = (anybody(turn), anybody(turn), CASHIER, ACCOUNTANT, OTHER_ACCOUNTANT)[turn.who % 5]
    office.type("expense_claims", claim, who, **changes[turn.how % len(changes)])


def write_a_computed_cell(office: PaperOffice, turn: Turn) -> None:
    """What Houqin computes and what other offices fill: the budget most of all."""
    line = 1 + turn.row % 2
    deeds: tuple[tuple[str, int, dict[str, Any]], ...] = (
        ("budget_lines", line, {"adjusted_ok": Decimal(9000)}),
        ("budget_lines", line, {"frozen": Decimal(0), "available": Decimal(9000)}),
        ("budget_lines", line, {"approved": Decimal(9000)}),
        ("budget_lines", line, {"approved": Decimal(1000)}),
        ("budget_lines", line, {"adjusted": Decimal(2000)}),
        ("expense_claims", 1 + turn.row % 4, {"approved_hash": "0" * 64, "approved_at": office.now}),
        ("requests", line, {"approved_at": office.now}),
        ("requests", line, {"est_amount": Decimal(2900)}),
    )
    table, row_id, cells = deeds[turn.how % len(deeds)]
    who = ACCOUNTANT if turn.who % 5 == 0 else anybody(turn)
    office.type(table, row_id, who, **cells)


def tamper_with_income(office: PaperOffice, turn: Turn) -> None:
    """Less remitted than received, more than was received, moved on by the wrong hand."""
    received = [row_id for row_id in office.rows["income"] if office.shown("income", row_id) == "已收"]
    row_id = pick(turn, received or (1, 2))
    short = {"remitted": Decimal(500), "remitted_on": TODAY, "remit_no": "JK9", "remitter": OTHER_CLERK}
    changes: tuple[dict[str, Any], ...] = (
        *({**short, "status": "已缴库"},) * 3,
        {"remitted": Decimal(500)},
        {"received": Decimal(500)},
        {"received": Decimal(2500), "status": "已核对"},
        {"status": "已核对"},
        {"status": "退款", "remark": "多收，退还"},
        {"receipt_no": f"PJ{3 - row_id}"},
        {"remitter": CASHIER},
    )
    who = (CASHIER, ACCOUNTANT, CASHIER, anybody(turn))[turn.who % 4]
    office.type("income", row_id, who, **changes[turn.how % len(changes)])


def tamper_with_the_company(office: PaperOffice, turn: Turn) -> None:
    """Another account, confirmed by whom; blocked and let go."""
    changes: tuple[dict[str, Any], ...] = (
        {"bank_account": OTHER_ACCOUNT_NO},
        {"bank_account": ACCOUNT_NO},
        {"bank_verified": True},
        {"blocked": True, "block_reason": "质量投诉"},
        {"blocked": False},
        {"related_people": (HEAD, LEADER)},
    )
    who = (OTHER_CLERK, ACCOUNTANT, anybody(turn))[turn.who % 3]
    office.type("vendors", COMPANY, who, **changes[turn.how % len(changes)])


def change_hands(office: PaperOffice, turn: Turn) -> None:
    """The office of 分管领导 goes to a colleague, or back; or he is away and somebody signs for him."""
    if turn.who % 2:
        office.office_changes_hands(OFFICE, (LEADER, DEPUTY, FINANCE_LEADER, TOP)[turn.how % 4])
    else:
        delegate = (FINANCE_LEADER, DEPUTY, CLERK, TOP)[turn.how % 4]
        office.is_away(LEADER, delegate, Decimal((5000, 100)[turn.row % 2]))


def submit_everything(office: PaperOffice, turn: Turn) -> None:
    """All handlers submit in the same minute, whatever they submitted before."""
    for claim, cells in CLAIMS.items():
        office.type("expense_claims", claim, cells["handler"], status="提交")
    for request, cells in REQUESTS.items():
        office.type("requests", request, cells["handler"], status="提交")
