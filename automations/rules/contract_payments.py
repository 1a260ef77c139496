"""Claims under a contract: it is in force, the instalment is due, nothing is paid twice or beyond (C5, C6)."""

from automations.pay_plan import Instalment
from automations.rows import RowView
from automations.rules.base import PAY, SUBMIT, rule
from automations.rules.claims import LIVING, ClaimFacts
from automations.rules.contract_watch import ON_ACCEPTANCE
from automations.rules.contracts import (
    CLAIMS,
    SUPPLEMENT,
    ContractFacts,
    Figures,
    contract_of,
    instalment_of,
)
from automations.rules.procurements import ACCEPTED, IN_FORCE, PASSED, PERFORMING
from automations.rules.receptions import payable_sum

PAYABLE = frozenset({PERFORMING, "待验收", ACCEPTED, "已归档"})
"""States of a procurement in which money may leave for it."""

BOTH = (SUBMIT, PAY)


# What is paid under it --------------------------------------------------------------------------------------------


@rule("CT-01", CLAIMS, "C6", "合同{number}现为“{status}”，不能付款。", at=BOTH)
def contract_is_in_force(claim: ClaimFacts) -> Figures:
    """Only a contract that was signed, and not closed, is paid."""
    contract = claim.agreement
    if contract is not None and contract.status not in IN_FORCE:
        yield {"number": contract.contract_no, "status": contract.status or "草拟"}


@rule("C6", CLAIMS, "C6", "合同{number}的服务商是“{vendor}”，与本单服务商“{payee}”不一致，请核对。", at=BOTH)
def paid_to_the_contractor(claim: ClaimFacts) -> Figures:
    """A contract pays the company it was made with."""
    contract, payee = claim.agreement, claim.seller
    vendor = claim.books.row("vendors", contract.vendor) if contract is not None else None
    if contract is not None and vendor is not None and (payee is None or payee.id != vendor.id):
        name = payee.name if payee is not None else "（未填）"
        yield {"number": contract.contract_no, "vendor": vendor.name, "payee": name}


@rule(
    "CT-01",
    CLAIMS,
    "C6",
    "合同{number}已于{ends}到期，不能付款；如属到期前服务，请附验收确认并报分管领导。",
    at=BOTH,
)
def served_while_it_ran(claim: ClaimFacts) -> Figures:
    """After the end only service from before it is paid, and only with its acceptance (V22).

    An instalment that the plan itself sets after the end, such as a retention, is due then.
    """
    contract = contract_of(claim)
    if contract is None or contract.ends_on is None or contract.status not in IN_FORCE:
        return
    instalment = instalment_of(claim, contract)
    if instalment is not None and instalment.due is not None and instalment.due > contract.ends_on:
        return
    served = claim.biz_date or claim.on
    confirmed = served <= contract.ends_on and _confirmed(claim)
    if max(served, claim.today) > contract.ends_on and not confirmed:
        yield {"number": contract.contract_no, "ends": contract.ends_on}


def _confirmed(claim: ClaimFacts) -> bool:
    """Somebody accepted it, in the row or on paper."""
    return (claim.acceptor is not None and claim.accepted_on is not None) or ON_ACCEPTANCE in claim.paper_names


@rule(
    "CT-02",
    CLAIMS,
    "C6",
    "累计付款{total}元将超过合同金额{amount}元。",
    at=BOTH,
    settings=(SUPPLEMENT,),
)
def no_more_than_the_contract(claim: ClaimFacts) -> Figures:
    """All claims of a contract together keep to its sum and its lawful supplements (V23)."""
    contract = contract_of(claim)
    if contract is None or contract.amount is None:
        return
    total = claim.to_pay + payable_sum(c for c in contract.claims if c.id != claim.id)
    if total > contract.total:
        yield {"total": total, "amount": contract.total}


# Which instalment -------------------------------------------------------------------------------------------------


@rule("必填", CLAIMS, "C6", "请填写“付款期次”：合同{number}的付款计划共{n}期，应填1至{n}。")
def instalment_is_named(claim: ClaimFacts) -> Figures:
    """A claim says which line of the pay plan it asks for, unless there is but one."""
    contract = contract_of(claim)
    if contract is not None and contract.plan.instalments and instalment_of(claim, contract) is None:
        yield {"number": contract.contract_no, "n": max(i.number for i in contract.plan.instalments)}


@rule("CT-02", CLAIMS, "C6", "付款计划第{number}期已由支出单{code}申请，不能重复付款。", at=BOTH)
def paid_once(claim: ClaimFacts) -> Figures:
    """A line of the pay plan is paid by one claim; one without a day (据实) by as many as it takes."""
    contract = contract_of(claim)
    instalment = instalment_of(claim, contract) if contract is not None else None
    if contract is None or instalment is None or instalment.due is None:
        return
    for other in contract.claims:
        if other.id != claim.id and other.status in LIVING and _asks_for(other, contract, instalment):
            yield {"number": instalment.number, "code": other.code or "（未编号）"}
            return


def _asks_for(claim: RowView, contract: ContractFacts, instalment: Instalment) -> bool:
    return len(contract.plan.instalments) == 1 or claim.pay_item == instalment.number


@rule("CT-02", CLAIMS, "C6", "本期付款条件“{condition}”尚未满足。", at=BOTH)
def condition_is_met(claim: ClaimFacts) -> Figures:
    """The day of the instalment has come, and what was to be accepted is accepted."""
    contract = contract_of(claim)
    instalment = instalment_of(claim, contract) if contract is not None else None
    if contract is None or instalment is None:
        return
    if ON_ACCEPTANCE in instalment.condition and not _passed(claim, contract):
        yield {"condition": instalment.condition}
    elif instalment.due is not None and instalment.due > claim.today:
        yield {"condition": f"{instalment.due}{instalment.condition}"}


def _passed(claim: ClaimFacts, contract: ContractFacts) -> bool:
    """The procurement was accepted, or where there is none what this claim pays."""
    purchase = claim.of("procurement") or contract.purchase
    return purchase.accept_result in PASSED if purchase is not None else _confirmed(claim)


@rule("CT-02", CLAIMS, "C6", "付款计划第{number}期为{planned}元，本单{amount}元，超出{over}元。", at=BOTH)
def no_more_than_the_instalment(claim: ClaimFacts) -> Figures:
    """A claim asks for no more than its instalment."""
    contract = contract_of(claim)
    instalment = instalment_of(claim, contract) if contract is not None else None
    if instalment is not None and claim.to_pay > instalment.amount:
        over = claim.to_pay - instalment.amount
        yield {"number": instalment.number, "planned": instalment.amount, "amount": claim.to_pay, "over": over}


# The procurement behind it ----------------------------------------------------------------------------------------


@rule("PR-10", CLAIMS, "C5", "采购项目“{title}”现为“{status}”，还不能付款。", at=BOTH)
def purchase_is_contracted(claim: ClaimFacts) -> Figures:
    """Nothing is paid for a procurement before its contract is performed."""
    purchase = claim.of("procurement")
    if purchase is not None and purchase.status not in PAYABLE:
        yield {"title": purchase.title, "status": purchase.status or "立项"}


@rule("PR-10", CLAIMS, "C5", "项目尚未验收合格，不能支付尾款。", at=BOTH)
def accepted_before_the_last_payment(claim: ClaimFacts) -> Figures:
    """The last instalment waits for the acceptance."""
    contract = contract_of(claim)
    purchase = claim.of("procurement") or (contract.purchase if contract is not None else None)
    if purchase is None or purchase.accept_result in PASSED:
        return
    if _is_last(claim, contract) if contract is not None else _pays_all(claim, purchase):
        yield {}


def _is_last(claim: ClaimFacts, contract: ContractFacts) -> bool:
    """The last line of the plan, or whatever fills up the contract."""
    instalment = instalment_of(claim, contract)
    if instalment is not None and instalment is contract.plan.instalments[-1]:
        return True
    paid = payable_sum(c for c in contract.claims if c.id != claim.id)
    return contract.total > 0 and claim.to_pay + paid >= contract.total


def _pays_all(claim: ClaimFacts, purchase: RowView) -> bool:
    """Without a contract: whatever fills up the award."""
    price = purchase.award if purchase.award is not None else purchase.budget
    others = (c for c in claim.books.where(CLAIMS, "procurement", purchase.id) if c.id != claim.id)
    return price is not None and claim.to_pay + payable_sum(others) >= price
