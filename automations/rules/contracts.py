"""合同: what it must say before it is signed (domain.md B5.27, C5 "合同签批").

What is watched while it runs stands in ``contract_watch``, its monthly scores in ``contract_scores``, the claims under
it in ``contract_payments``.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from automations.books import Facts, cached_property, remembered
from automations.measures.vendors import NO_SERVICE, OUTSOURCED, PROPERTY
from automations.pay_plan import Instalment, PayPlan, read_pay_plan
from automations.rows import RowView
from automations.rules.base import ALWAYS, SUBMIT, facts_of, rule
from automations.rules.claims import PAID, ClaimFacts, missing_cells, quoted
from automations.rules.procurement_stages import TOGETHER, minuted
from automations.rules.procurements import GOVERNMENT
from automations.rules.receptions import payable_sum

TABLE, CLAIMS = "contracts", "expense_claims"
OF_SERVICES = ("delivery_mode", "service_scope")
SUPPLEMENT = "procurement.supplement_max"

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class ContractFacts(Facts):
    """A contract with what its rules keep asking."""

    @cached_property
    def plan(self) -> PayPlan:
        """付款计划, read."""
        return read_pay_plan(self.pay_plan)

    @cached_property
    def supplement_max(self) -> Fraction:
        """How much of its sum supplements may add."""
        return self.norm.ratio(SUPPLEMENT)

    @cached_property
    def total(self) -> Decimal:
        """元 that may be paid in all: its sum, and supplements as far as the law allows them."""
        amount = self.money("amount")
        most = (amount * self.supplement_max.numerator / self.supplement_max.denominator).quantize(Decimal("0.01"))
        return amount + min(self.money("supplement"), most)

    @cached_property
    def company(self) -> RowView | None:
        """Its vendor."""
        return self.of("vendor")

    @cached_property
    def purchase(self) -> RowView | None:
        """The procurement behind it, whichever of the two rows names the other."""
        return self.of("procurement") or next(iter(self.pointing("procurements", "contract")), None)

    @cached_property
    def by_government_procurement(self) -> bool:
        """政府采购合同."""
        return self.purchase is not None and self.purchase.method in GOVERNMENT

    @cached_property
    def claims(self) -> Sequence[RowView]:
        """Claims under it."""
        return self.pointing(CLAIMS, "contract")

    @cached_property
    def paid_out(self) -> Decimal:
        """元 paid (computed: the cell 已付 may be older)."""
        return payable_sum(c for c in self.claims if c.status in PAID)


@remembered
def contract_of(claim: ClaimFacts) -> ContractFacts | None:
    """The contract of a claim, under the claim's circumstances."""
    return claim.about(claim.agreement, ContractFacts) if claim.agreement is not None else None


def instalment_of(claim: ClaimFacts, contract: ContractFacts) -> Instalment | None:
    """The instalment that a claim asks for; where the plan has a single one, that."""
    lines = contract.plan.instalments
    return lines[0] if len(lines) == 1 else contract.plan.numbered(claim.pay_item)


# 必填 -----------------------------------------------------------------------------------------------------------------


@rule("必填", TABLE, "B27", "请填写：{fields}。")
def required_cells(contract: ContractFacts) -> Figures:
    """Everything marked ● is filled, and of services who renders which of them: the catalogue of services."""
    more = () if contract.kind is None or contract.kind in NO_SERVICE else OF_SERVICES
    if missing := missing_cells(contract, *more):
        yield {"fields": quoted(missing)}


@rule("必填", TABLE, "B27", "合同金额应大于0，现在是{amount}元。")
def something_is_owed(contract: ContractFacts) -> Figures:
    """The sum is above zero."""
    if contract.amount is not None and contract.amount <= 0:
        yield {"amount": contract.amount}


@rule("必填", TABLE, "B27", "“截止日”（{ends}）不能早于“起始日”（{starts}）。")
def ends_after_it_starts(contract: ContractFacts) -> Figures:
    """起始日 is not later than 截止日."""
    if contract.starts_on is not None and contract.ends_on is not None and contract.ends_on < contract.starts_on:
        yield {"starts": contract.starts_on, "ends": contract.ends_on}


@rule("必填", TABLE, "B27", "“付款计划”{problem}")
def plan_can_be_read(contract: ContractFacts) -> Figures:
    """Each line of the plan is a day, a condition and a sum."""
    yield from ({"problem": problem} for problem in contract.plan.problems)


@rule("必填", TABLE, "B27", "付款计划各期合计{planned}元，与合同金额{amount}元不一致，请核对。")
def plan_adds_up(contract: ContractFacts) -> Figures:
    """The instalments together are the sum of the contract."""
    plan = contract.plan
    if plan.instalments and not plan.problems and contract.amount is not None and plan.total != contract.amount:
        yield {"planned": plan.total, "amount": contract.amount}


@rule("必填", TABLE, "B27", "合同须先经合法性审查，审查通过后请勾选“合法性审查”。")
def legally_reviewed(contract: ContractFacts) -> Figures:
    """Somebody has looked at it with the eyes of the law."""
    if not contract.legal_reviewed:
        yield {}


@rule(
    "必填",
    TABLE,
    "公共机构节能条例第二十七条",
    "物业合同须载明节能要求（公共机构节能条例第二十七条），写入后请勾选“节能条款”。",
)
def property_contract_saves_energy(contract: ContractFacts) -> Figures:
    """A contract with a property company states the goals for energy."""
    if contract.kind == PROPERTY and not contract.energy_clause:
        yield {}


# What may be contracted, with whom --------------------------------------------------------------------------------


@rule("PR-05", TABLE, "C5；三重一大", TOGETHER, settings=("collective.limit",))
def decided_together(contract: ContractFacts) -> Figures:
    """Before the school binds itself to much, the leadership team has decided the purchase."""
    limit = contract.norm.money("collective.limit")
    if contract.money("amount") >= limit and contract.purchase is not None and not minuted(contract.purchase):
        yield {"limit": limit}


@rule(
    "PR-05",
    TABLE,
    "C5；三重一大",
    "合同金额{amount}元，达到{limit}元须经校委会集体研究，请先办理采购项目，并在“采购项目”一栏选中。",
    settings=("collective.limit",),
)
def large_contracts_are_procured(contract: ContractFacts) -> Figures:
    """A large contract comes out of a procurement: that is where the decision is on record."""
    limit = contract.norm.money("collective.limit")
    if contract.money("amount") >= limit and contract.purchase is None:
        yield {"amount": contract.amount, "limit": limit}


@rule("PR-08", TABLE, "政府采购法第四十六条", "合同金额{amount}元超过成交金额{award}元。")
def within_the_award(contract: ContractFacts) -> Figures:
    """The contract is not dearer than the award."""
    award = contract.purchase.award if contract.purchase is not None else None
    if award is not None and contract.money("amount") > award:
        yield {"amount": contract.amount, "award": award}


@rule("PR-08", TABLE, "政府采购法第四十六条", "合同服务商“{vendor}”与成交供应商“{winner}”不一致，请核对。")
def with_the_winner(contract: ContractFacts) -> Figures:
    """The contract is made with the company that won."""
    winner = contract.books.row("vendors", contract.purchase.winner) if contract.purchase is not None else None
    if winner is not None and contract.company is not None and winner.id != contract.company.id:
        yield {"vendor": contract.company.name, "winner": winner.name}


@rule(
    "不得外包",
    TABLE,
    "A49",
    "“{service}”属于不得外包的服务（{words}），请从服务范围中去掉，由本校人员承担。",
    settings=("outsourcing.never",),
)
def core_services_stay_in_house(contract: ContractFacts) -> Figures:
    """What must not leave the school's hands is in no contract of services.

    Cleaning the archive's room (档案室) is not keeping the archive (档案).
    """
    if contract.delivery_mode not in OUTSOURCED:
        return
    words = contract.norm.names("outsourcing.never")
    for service in re.split(r"[、，,；;。\n]", f"{contract.name or ''}\n{contract.service_scope or ''}"):
        if any(re.search(f"{re.escape(word)}(?![室科处柜库])", service) for word in words):
            yield {"service": service.strip(), "words": words}


# Its sums -------------------------------------------------------------------------------------------------------------


@rule(
    "CT-04",
    TABLE,
    "政府采购法第四十九条",
    "补充协议累计{share:.1f}%，不得超过原合同金额的{most}%（政府采购法第四十九条）。",
    at=(SUBMIT, ALWAYS),
    settings=(SUPPLEMENT,),
)
def few_supplements(contract: ContractFacts) -> Figures:
    """Supplements add no more than 10 % to the contract."""
    amount, supplement = contract.money("amount"), contract.money("supplement")
    if amount > 0 and Fraction(supplement) > Fraction(amount) * contract.supplement_max:
        yield {"share": supplement / amount * 100, "most": f"{contract.norm.number(SUPPLEMENT).normalize():f}"}


@rule(
    "CT-09",
    TABLE,
    "政府采购法实施条例第四十八条",
    "履约保证金不得超过合同金额的{most}%。",
    settings=("contract.deposit_max",),
)
def small_deposit(contract: ContractFacts) -> Figures:
    """The deposit is no more than 10 % of the contract."""
    most = contract.norm.ratio("contract.deposit_max")
    if Fraction(contract.money("deposit")) > Fraction(contract.money("amount")) * most:
        yield {"most": f"{contract.norm.number('contract.deposit_max').normalize():f}"}
