"""合同 while it runs: expiry, publication, licences, what small companies wait for (domain.md B5.27, N11, N13)."""

from datetime import date, timedelta

from automations.books import Facts
from automations.measures.vendors import TEAM, Month, read_month
from automations.rows import RowView
from automations.rules.base import ALWAYS, STAGE, rule
from automations.rules.claims import LIVING, PAID, ClaimFacts
from automations.rules.contracts import CLAIMS, TABLE, ContractFacts, Figures, contract_of
from automations.rules.procurements import IN_FORCE, PASSED, RUNNING
from automations.rules.route import GOODS, SERVICES, WORKS, catalogued, decide_route
from automations.rules.vendors import NEEDS_LICENCE

NO_PAYMENT = frozenset({"不同意", "作废"})
ONCE_ONLY = frozenset({"工程"})
"""Kinds that nobody buys anew when they end."""

ON_ACCEPTANCE = "验收"
"""Word of a condition that is met when the purchase is accepted."""

KINDS = {"工程": WORKS, "货物": GOODS}
A_DAY = timedelta(days=1)

# Expiry ---------------------------------------------------------------------------------------------------------------


def needs_government_procurement(contract: ContractFacts) -> bool:
    """Whether what follows this contract is to be bought by 政府采购."""
    if contract.by_government_procurement:
        return True
    kind, name = KINDS.get(contract.kind, SERVICES), str(contract.name or "")
    listed = catalogued(name, contract.norm)
    return decide_route(contract.money("amount"), kind, name, listed, contract.norm).route == "政府采购"


def reminded_from(contract: ContractFacts) -> date | None:
    """到期提醒日: so many days before its end, earlier where government procurement is to follow; None for no end."""
    marks = sorted(contract.norm.wholes("contract.expiry_marks"))
    if contract.kind in ONCE_ONLY or contract.ends_on is None or not marks:
        return None
    ahead = marks[-1] if needs_government_procurement(contract) else marks[-2:][0]
    day: date = contract.ends_on - timedelta(days=ahead)
    return day


@rule(
    "CT-03",
    TABLE,
    "B27；N11",
    "合同{name}将于{ends}到期（剩{left}天），应在{start}前启动采购。",
    "提示",
    at=ALWAYS,
    settings=("contract.expiry_marks", "contract.lead_days"),
)
def bought_anew_in_time(contract: ContractFacts) -> Figures:
    """Long before it ends somebody knows: 90 days, 120 where government procurement is to follow."""
    first = reminded_from(contract) if contract.status in RUNNING else None
    if first is None or not contract.reached(first) or (left := (contract.ends_on - contract.today).days) < 0:
        return
    mark = min(m for m in contract.norm.wholes("contract.expiry_marks") if left <= m)
    start = contract.ends_on - timedelta(days=contract.norm.whole("contract.lead_days"))
    yield {"name": contract.name, "ends": contract.ends_on, "left": left, "start": start, STAGE: str(mark)}


@rule(
    "CT-03",
    TABLE,
    "B27；N11",
    "合同{name}已于{ends}到期，但服务仍在继续（{proof}），请立即续签或停止服务。",
    "预警",
    gravity="一般",
    at=ALWAYS,
)
def no_service_without_a_contract(contract: ContractFacts) -> Figures:
    """Nobody serves the school after the contract has ended."""
    if contract.status not in IN_FORCE or contract.ends_on is None or not contract.reached(contract.ends_on + A_DAY):
        return
    if proof := _served_after(contract, contract.ends_on):
        yield {"name": contract.name, "ends": contract.ends_on, "proof": proof, STAGE: str(contract.ends_on)}


def _served_after(contract: ContractFacts, end: date) -> str:
    """A claim or a monthly check that shows service after the end; "" for none."""
    for claim in contract.claims:
        if claim.status in LIVING and claim.biz_date is not None and claim.biz_date > end:
            return f"支出单{claim.code or '（未编号）'}"
    for check in contract.pointing("inspections", "contract"):
        month = read_month(check.period)
        if check.team == TEAM and month is not None and month > Month.of(end):
            return f"{month}{TEAM}"
    return ""


# Publication and licences ---------------------------------------------------------------------------------------------


@rule(
    "CT-06",
    TABLE,
    "政府采购法第四十七条；政府采购法实施条例第五十条",
    "政府采购合同签订后{publish}个工作日内应公告、{file}个工作日内应备案。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("procurement.publish_wd", "procurement.file_wd"),
)
def published_and_filed(contract: ContractFacts) -> Figures:
    """A contract from government procurement is published and filed in time; late is late even when done."""
    if contract.status not in IN_FORCE or contract.sign_on is None or not contract.by_government_procurement:
        return
    publish = contract.norm.whole("procurement.publish_wd")
    file = contract.norm.whole("procurement.file_wd")
    for done, limit, stage in ((contract.published_on, publish, "公告"), (contract.filed_on, file, "备案")):
        if contract.calendar.between(contract.sign_on, done or contract.today) > limit:
            yield {"publish": publish, "file": file, STAGE: stage}


LICENCE_ENDED = "“{vendor}”{licence}已到期。"


def _licence_ended(contract: ContractFacts) -> Figures:
    company = contract.company
    if company is not None and company.license_due is not None and contract.reached(company.license_due + A_DAY):
        food = NEEDS_LICENCE & {*(company.kinds or ())}
        licence = "食品经营许可证" if food else "证照"
        yield {"vendor": company.name, "licence": licence, STAGE: str(company.license_due)}


@rule("CT-07", TABLE, "B27", LICENCE_ENDED, "提示")
def signed_with_a_licence(contract: ContractFacts) -> Figures:
    """Whoever signs reads that the company's licence has ended."""
    yield from _licence_ended(contract)


@rule("CT-07", TABLE, "B27；N23", LICENCE_ENDED, "预警", gravity="一般", at=ALWAYS)
def licence_stays_in_force(contract: ContractFacts) -> Figures:
    """While a contract runs, the company's licence is in force."""
    if contract.status in RUNNING:
        yield from _licence_ended(contract)


# 中小企业 -------------------------------------------------------------------------------------------------------------

SME = "应付{vendor}（中小企业）{amount}元，验收已{n}天，须在{limit}日内支付（约定最长{most}日）。"
SME_LAW = "保障中小企业款项支付条例第九条、第十条"
SME_SETTINGS = ("contract.sme_marks", "contract.sme_days", "contract.sme_max")


def _waits(facts: Facts, company: RowView | None, accepted: date | None) -> Figures:
    """How long a small company has been waiting, from the first mark on."""
    if company is None or not company.is_sme or accepted is None:
        return
    marks = facts.norm.wholes("contract.sme_marks")
    reached = [mark for mark in marks if facts.reached(accepted + timedelta(days=mark))]
    if reached:
        n = (facts.today - accepted).days
        limit, most = facts.norm.whole("contract.sme_days"), facts.norm.whole("contract.sme_max")
        yield {"vendor": company.name, "n": n, "limit": limit, "most": most, STAGE: str(max(reached))}


@rule("CT-05", CLAIMS, SME_LAW, SME, "预警", gravity="一般", at=ALWAYS, settings=SME_SETTINGS)
def claims_of_small_companies_are_paid(claim: ClaimFacts) -> Figures:
    """A small company is paid within 30 days after acceptance (V23).

    The school's own signing is no excuse, nor is a draft that nobody submits.
    """
    if claim.status in PAID or claim.status in NO_PAYMENT or claim.vendor is None:
        return
    for figures in _waits(claim, claim.seller, claim.accepted_on or _accepted(_purchase(claim))):
        yield {**figures, "amount": claim.to_pay}


@rule("CT-05", TABLE, SME_LAW, SME, "预警", gravity="一般", at=ALWAYS, settings=SME_SETTINGS)
def instalments_of_small_companies_are_claimed(contract: ContractFacts) -> Figures:
    """What falls due with the acceptance is claimed at all."""
    accepted = _accepted(contract.purchase)
    if contract.status not in IN_FORCE or accepted is None or contract.paid_out >= contract.total:
        return
    claimed = {c.pay_item for c in contract.claims if c.status not in NO_PAYMENT}
    for instalment in contract.plan.instalments:
        if ON_ACCEPTANCE in instalment.condition and instalment.number not in claimed:
            for figures in _waits(contract, contract.company, accepted):
                stage = f"第{instalment.number}期-{figures[STAGE]}"
                yield {**figures, "amount": instalment.amount, STAGE: stage}


def _purchase(claim: ClaimFacts) -> RowView | None:
    """The procurement that a claim pays."""
    contract = contract_of(claim)
    return claim.of("procurement") or (contract.purchase if contract is not None else None)


def _accepted(purchase: RowView | None) -> date | None:
    """The day on which it was accepted."""
    passed = purchase is not None and purchase.accept_result in PASSED
    day: date | None = purchase.accepted_on if purchase is not None and passed else None
    return day
