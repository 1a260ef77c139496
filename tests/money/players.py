"""What people do with the money of a small school: mostly what they should, often enough what they should not.

A history is a list of numbers, so that hypothesis can shorten it; each :class:`Turn` of it is read against the office
as it stands: "go on with this claim" is the next lawful step of that claim, whatever that is by then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TypeAlias

from automations.approvals.case import Case
from tests.money.paper_office import (
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
    RECEIVED,
    REQUESTS,
    TODAY,
    TOP,
    PaperOffice,
    invoice,
    number,
    paper,
)
from tests.office import schema

UNKNOWN = "nobody@school.test"
ANYBODY: tuple[int | str | None, ...] = (*range(1, 11), UNKNOWN, None)
REASON = "金额与明细不符"


@dataclass(frozen=True)
class Turn:
    """One thing that somebody does.

    Attributes:
        kind: Which of :data:`DEEDS`.
        row / who / how: Numbers that choose among what there is.
        asleep: Whether the worker sleeps through it.
    """

    kind: int
    row: int
    who: int
    how: int
    asleep: bool


Deed: TypeAlias = Callable[[PaperOffice, Turn], None]


def play(office: PaperOffice, turn: Turn) -> None:
    DEEDS[turn.kind % len(DEEDS)](office, turn)
    if not turn.asleep:
        office.look()


def pick(turn: Turn, choices: tuple[int, ...] | dict[int, object]) -> int:
    found = sorted(choices)
    return found[turn.row % len(found)]


def anybody(turn: Turn) -> int | str | None:
    return ANYBODY[turn.who % len(ANYBODY)]


# What should be done --------------------------------------------------------------------------------------------------


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
    handler = case.handler or int(CLAIMS[claim]["handler"])  # type: ignore[arg-type]
    if case.status in ("草稿", "已退回"):
        if case.result == "拦截" or case.round:  # once told what is wrong, he corrects everything
            good = {n: v for n, v in CLAIMS[claim].items() if office.rows["expense_claims"][claim][n] != v}
            office.type("expense_claims", claim, handler, **good)
            right = {n: v for n, v in invoice(claim).items() if n != "verify"}
            for other, paper_row in list(office.rows["invoices"].items()):
                if paper_row["claim"] == claim and other != claim:
                    office.type("invoices", other, handler, claim=None)
            if office.rows["invoices"][claim]["claim"] in (None, claim):
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
        handler = int(REQUESTS[request]["handler"])  # type: ignore[arg-type]
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
            office.type("income", row_id, CASHIER, **gone, status="已缴库")  # type: ignore[arg-type]
        elif shown == "已缴库":
            office.type("income", row_id, ACCOUNTANT, status="已核对")
        office.look()


def take_back_or_return(office: PaperOffice, turn: Turn) -> None:
    """撤回 by the handler; 退回 or 不同意 by whose turn it is; 核减 by 会计; 作废 by the handler or by both."""
    claim = pick(turn, tuple(CLAIMS))
    case = office.case("expense_claims", claim)
    step, way = case.current, turn.how % 5
    handler = case.handler or int(CLAIMS[claim]["handler"])  # type: ignore[arg-type]
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


# What should not ------------------------------------------------------------------------------------------------------


def type_a_status(office: PaperOffice, turn: Turn) -> None:
    """Anybody chooses any word in any row."""
    table = ("expense_claims", "expense_claims", "requests", "budget_lines", "income", "vendors")[turn.how % 6]
    options = schema()[table]["status"].options
    row_id = pick(turn, office.rows[table])  # type: ignore[arg-type]
    office.type(table, row_id, anybody(turn), status=options[(turn.how // 6 + turn.who) % len(options)])


def decide_for_another(office: PaperOffice, turn: Turn) -> None:
    """Anybody types any decision into any step, also of rounds that are over."""
    steps = office.rows["sign_steps"]
    if steps:
        step = steps[pick(turn, steps)]  # type: ignore[arg-type]
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


def change_a_claim(office: PaperOffice, turn: Turn) -> None:
    """What the signatures cover, before and after they were given, and after the money left."""
    claim = pick(turn, tuple(CLAIMS))
    amount = office.rows["expense_claims"][claim]["amount"]
    changes: tuple[dict[str, object], ...] = (
        {"amount": Decimal(amount) * 10},  # type: ignore[arg-type]
        {"amount": Decimal(amount) - 1},  # type: ignore[arg-type]
        {"payee_account": OTHER_ACCOUNT_NO},
        {"budget_line": 1 + turn.who % 2},
        {"title": "购置打印纸"},
        {"title": None},
        {"attachments": paper("另一份.txt")},
        {"payee": OTHER_CLERK},
        {"handler": OTHER_CLERK},
        {"audited_amount": Decimal(5000)},
        {"request": 1 + turn.who % 2},
        {"acceptor": (CLERK, HEAD)[turn.who % 2]},
        {"category": "印刷费"},
    )
    owner = office.case("expense_claims", claim).handler or CLAIMS[claim]["handler"]
    who = anybody(turn) if turn.who % 2 else owner
    office.type("expense_claims", claim, who, **changes[turn.how % len(changes)])  # type: ignore[arg-type]


def tamper_with_an_invoice(office: PaperOffice, turn: Turn) -> None:
    """The number of another, another claim, another sum, gone altogether; 查验 by whom it is none of his business."""
    row_id = pick(turn, office.rows["invoices"])  # type: ignore[arg-type]
    other = 1 + (row_id + turn.who) % 4
    who = anybody(turn) if turn.who % 3 == 0 else CLAIMS[row_id]["handler"]
    way = turn.how % 8
    if way == 0:
        office.delete("invoices", row_id, who)  # type: ignore[arg-type]
        return
    changes: tuple[dict[str, object], ...] = (
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
    office.type("invoices", row_id, who, **changes[way - 1])  # type: ignore[arg-type]


def share_an_invoice(office: PaperOffice, turn: Turn) -> None:
    """A clerk hands one invoice in twice: its number under his second claim, which asks for no more."""
    one, two = 1 + turn.row % 4, 1 + (turn.row + 1 + turn.who % 3) % 4
    claim = two
    handler = CLAIMS[claim]["handler"]
    office.type("invoices", two, handler, inv_no=number(one), amount=CLAIMS[claim]["amount"])  # type: ignore[arg-type]
    office.type("expense_claims", claim, handler, status="提交")  # type: ignore[arg-type]
    if turn.how % 2:
        other = CLAIMS[one]["handler"]
        office.type("expense_claims", one, other, status="提交")  # type: ignore[arg-type]


def pay_wrongly(office: PaperOffice, turn: Turn) -> None:
    """Too early, by the wrong hand, in cash, without paper, twice, or taken back."""
    claim = pick(turn, tuple(CLAIMS))
    changes: tuple[dict[str, object], ...] = (
        {"pay_method": "银行转账", "paid_on": TODAY},
        {"pay_method": "现金", "paid_on": TODAY},
        {"paper_signed": True},
        {"voucher_no": "记-9"},
        {"paid_on": None},
        {"pay_method": "银行转账", "paid_on": TODAY + timedelta(days=1)},
    )
    who = anybody(turn) if turn.who % 2 else (CASHIER, ACCOUNTANT, OTHER_ACCOUNTANT)[turn.who // 2 % 3]
    office.type("expense_claims", claim, who, **changes[turn.how % len(changes)])  # type: ignore[arg-type]


def write_a_computed_cell(office: PaperOffice, turn: Turn) -> None:
    """What Houqin computes and what other offices fill: the budget most of all."""
    line = 1 + turn.row % 2
    deeds: tuple[tuple[str, int, dict[str, object]], ...] = (
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
    office.type(table, row_id, who, **cells)  # type: ignore[arg-type]


def tamper_with_income(office: PaperOffice, turn: Turn) -> None:
    """Less remitted than received, more than was received, moved on by the wrong hand."""
    row_id = 1 + turn.row % 2
    changes: tuple[dict[str, object], ...] = (
        {
            "remitted": Decimal(500),
            "remitted_on": TODAY,
            "remit_no": "JK9",
            "remitter": OTHER_CLERK,
            "status": "已缴库",
        },
        {"remitted": Decimal(500)},
        {"received": Decimal(500)},
        {"received": Decimal(2500), "status": "已核对"},
        {"status": "已核对"},
        {"status": "退款", "remark": "多收，退还"},
        {"receipt_no": f"PJ{3 - row_id}"},
        {"remitter": CASHIER},
    )
    who = (CASHIER, ACCOUNTANT, CASHIER, anybody(turn))[turn.who % 4]
    office.type("income", row_id, who, **changes[turn.how % len(changes)])  # type: ignore[arg-type]


def tamper_with_the_company(office: PaperOffice, turn: Turn) -> None:
    """Another account, confirmed by whom; blocked and let go."""
    changes: tuple[dict[str, object], ...] = (
        {"bank_account": OTHER_ACCOUNT_NO},
        {"bank_account": ACCOUNT_NO},
        {"bank_verified": True},
        {"blocked": True, "block_reason": "质量投诉"},
        {"blocked": False},
        {"related_people": (HEAD, LEADER)},
    )
    who = (OTHER_CLERK, ACCOUNTANT, anybody(turn))[turn.who % 3]
    office.type("vendors", COMPANY, who, **changes[turn.how % len(changes)])  # type: ignore[arg-type]


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
        office.type("expense_claims", claim, cells["handler"], status="提交")  # type: ignore[arg-type]
    for request, cells in REQUESTS.items():
        office.type("requests", request, cells["handler"], status="提交")  # type: ignore[arg-type]


def nothing(office: PaperOffice, turn: Turn) -> None:
    """Nobody does anything: what a history shrinks to."""


DEEDS: tuple[Deed, ...] = (
    nothing,
    *(go_on_with_claim,) * 12,
    *(go_on_with_request,) * 3,
    *(go_on_with_line,) * 2,
    *(go_on_with_income,) * 2,
    *(take_back_or_return,) * 2,
    type_a_status,
    decide_for_another,
    *(sign_as_insider,) * 2,
    change_a_claim,
    tamper_with_an_invoice,
    share_an_invoice,
    pay_wrongly,
    write_a_computed_cell,
    tamper_with_income,
    tamper_with_the_company,
    change_hands,
    submit_everything,
)
"""By chance of being done: about two thirds go on as they should."""
