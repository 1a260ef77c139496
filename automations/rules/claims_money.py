"""How the money leaves: hardly ever as cash, never out of income, and urgency moves no money (domain.md C2–C4)."""

import re
from collections.abc import Iterator
from datetime import date

from automations.rows import RowView
from automations.rules.base import PAY, STAGE, SUBMIT, rule, shown
from automations.rules.claims import CASH, LIVING, LOAN, TABLE, ClaimFacts, Figures
from automations.rules.claims_payee import quarter_of
from automations.rules.income import LAW, NETTED, REFUNDED, WAIVED, says
from automations.rules.requests import EMERGENCY, TRANSFER

RENT = "(?:(?<!折)扣|抵|减)(?:除|减|去|掉|销)?了?(?:房|场|摊位|门面|承包)?(?:租|场地费|承包费)"
RENTED = frozenset({"资产出租出借", "场地设施收入"})
HARMLESS = re.compile("抵扣联|进项税?额?抵扣|(?:冲抵|抵扣)(?:前期|原|本人|个人)?(?:借款|预借款|备用金|预付款)")
"""VAT is deducted, a loan settled: neither is income."""


# Cash -----------------------------------------------------------------------------------------------------------------


@rule(
    "EX-09",
    TABLE,
    "现金管理暂行条例",
    "超过{limit}元不得使用现金，请转账或使用公务卡。",
    at=PAY,
    settings=("cash.limit",),
)
def little_in_cash(claim: ClaimFacts) -> Figures:
    """No more than 1,000 元 leaves as cash."""
    if claim.pay_method == CASH and claim.to_pay > (limit := claim.norm.money("cash.limit")):
        yield {"limit": f"{limit.normalize():f}"}


@rule(
    "EX-09",
    TABLE,
    "公务卡强制结算目录",
    "“{category}”属于公务卡强制结算目录，不得使用现金，请使用公务卡或转账。",
    at=PAY,
    settings=("cash.card_items",),
)
def card_items_not_in_cash(claim: ClaimFacts) -> Figures:
    """What the list of 公务卡 names is never paid in cash."""
    if claim.pay_method == CASH and claim.category in claim.norm.names("cash.card_items"):
        yield {"category": claim.category}


# 收支两条线 -----------------------------------------------------------------------------------------------------------

FROM_INCOME = "检测到疑似“坐支”：{what}。收入先全额缴库，支出另行申请，不得以收抵支。"
LAW_ON_NETTING = f"{LAW}；财政违法行为处罚处分条例第四条"


@rule("IN-03", TABLE, LAW_ON_NETTING, FROM_INCOME, gravity="严重", at=PAY)
def no_cash_while_income_is_kept(claim: ClaimFacts) -> Figures:
    """Nothing is paid in cash on a day on which cash income is not yet with the treasury (V13)."""
    if claim.pay_method != CASH:
        return
    day = claim.paid_on or claim.today
    for income in claim.books.where("income", "method", CASH):
        if _kept(income, day):
            received = shown(income.received)
            what = f"{day}以现金支付{shown(claim.to_pay)}元，当日尚有现金收入{income.code}（{received}元）未缴库"
            yield {"what": what, STAGE: f"现金{day}"}
            return


def _kept(income: RowView, day: date) -> bool:
    """Whether received cash was still in the house on that day."""
    if income.received is None or income.received_on is None or income.status in (REFUNDED, WAIVED):
        return False
    remitted = income.remitted_on is not None and income.remitted_on <= day
    return bool(income.received_on <= day and not (remitted and (income.remitted or 0) >= income.received))


@rule("IN-03", TABLE, LAW_ON_NETTING, FROM_INCOME, gravity="严重", at=(SUBMIT, PAY))
def nothing_is_netted(claim: ClaimFacts) -> Figures:
    """No claim says that income was used for it, or that rent was taken off a bill."""
    for where, text in _texts(claim):
        if words := says(f"{NETTED}|{RENT}", text):
            yield {"what": f"{where}中写有“{words}”", STAGE: "字样"}
            return


def _texts(claim: ClaimFacts) -> Iterator[tuple[str, str]]:
    named = (("事由", claim.title), ("备注", claim.remark), ("附件名称", claim.paper_names))
    yield from ((where, HARMLESS.sub("", str(text or ""))) for where, text in named)


@rule("IN-03", TABLE, LAW_ON_NETTING, FROM_INCOME, gravity="严重")
def rent_is_not_taken_off(claim: ClaimFacts) -> Figures:
    """A company that owes the school rent is paid its whole bill: what is missing is no unpaid rent."""
    company = claim.to_company
    short = claim.invoice_sum - claim.asked
    if company is None or short <= 0:
        return
    contracts = [c.id for c in claim.books.where("contracts", "vendor", company.id)]
    rents = {r.id: r for c in contracts for r in claim.books.where("income", "contract", c)}
    rents |= {r.id: r for r in claim.books.where("income", "payer", company.name)}
    owed = [r for r in rents.values() if r.kind in RENTED and r.status == "应收" and r.amount is not None]
    if any(r.amount == short for r in owed) or (owed and sum(r.amount for r in owed) == short):
        codes = "、".join(r.code or "未编号" for r in owed)
        what = f"“{company.name}”发票{shown(claim.invoice_sum)}元只申请{shown(claim.asked)}元，少{shown(short)}元"
        yield {"what": f"{what}，与其未交的租金（{codes}）相抵", STAGE: "租金"}


# Urgency --------------------------------------------------------------------------------------------------------------


@rule(
    "C2-紧急",
    TABLE,
    "C2",
    "资金划转、借款不属于紧急事项（仅限抢修、防汛、医疗、食品安全），请取消“紧急”，按正常程序办理。",
)
def transfer_is_never_urgent(claim: ClaimFacts) -> Figures:
    """Moving or lending money alone is never urgent."""
    if not claim.urgent:
        return
    title = str(claim.title or "")
    moved = claim.kind == LOAN or any(word in title for word in TRANSFER)
    if moved and not any(word in title for word in EMERGENCY):
        yield {}


@rule(
    "C2-紧急",
    TABLE,
    "C2",
    "{department}本季度已有{n}笔紧急支出，占全部{all}笔的{share:.0f}%，超过{limit}%，请分管领导了解原因。",
    "提示",
    gravity="提示",
    settings=("urgent.share_hint",),
)
def urgency_is_rare(claim: ClaimFacts) -> Figures:
    """No more than a tenth of a department's claims in a quarter are urgent."""
    if not claim.urgent or claim.biz_date is None or claim.department is None:
        return
    quarter = quarter_of(claim.biz_date)
    others = [
        c
        for c in claim.books.where(TABLE, "department", claim.department)
        if c.id != claim.id and c.status in LIVING and c.biz_date is not None and quarter_of(c.biz_date) == quarter
    ]
    n, total = 1 + sum(c.urgent for c in others), 1 + len(others)
    limit = claim.norm.number("urgent.share_hint")
    if n * 100 > limit * total:
        department = claim.directory.department(claim.department)
        yield {
            "department": department.name if department is not None else "本部门",
            "n": n,
            "all": total,
            "share": n * 100 / total,
            "limit": f"{limit.normalize():f}",
            STAGE: f"{quarter[0]}年{quarter[1]}季度",
        }
