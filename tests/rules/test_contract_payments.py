"""Claims under a contract or a procurement: CT-01, CT-02, CT-05, CT-08, CT-10, PR-10 (domain.md C5, C6); V22, V23."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.rules import examine
from automations.tables.values import File
from tests.rules.world import Rows, facts, said

FIRE: Mapping[str, Any] = {
    "contract_no": "XF-2025-03",
    "name": "消防维保",
    "kind": "消防维保",
    "vendor": 2,
    "starts_on": date(2025, 4, 1),
    "ends_on": date(2026, 3, 31),
    "amount": 28000,
    "pay_plan": "2025-06-30||7000\n2025-09-30||7000\n2025-12-31||7000\n2026-03-31||7000",
    "status": "到期",
}
BOILER: Mapping[str, Any] = {
    "contract_no": "RS-2026-01",
    "name": "热水系统",
    "kind": "货物",
    "vendor": 2,
    "procurement": 3,
    "starts_on": date(2026, 4, 1),
    "ends_on": date(2026, 12, 31),
    "amount": 100000,
    "pay_plan": "2026-04-30|签订后预付|30000\n2026-06-30|验收合格后|65000\n2027-06-30|质保期满|5000",
    "status": "履行中",
}
PURCHASE: Mapping[str, Any] = {
    "title": "热水系统",
    "kind": "货物",
    "status": "待验收",
    "contract": 8,
    "accepted_on": date(2026, 6, 1),
    "accept_result": "合格",
    "award": 100000,
}
CLEANING: Mapping[str, Any] = {
    "contract_no": "WY-2026-01",
    "name": "物业服务",
    "kind": "物业",
    "delivery_mode": "外包",
    "vendor": 2,
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "amount": 960000,
    "pay_plan": "\n".join(f"2026-{month:02}-28||80000" for month in range(1, 13)),
    "status": "履行中",
}
PRINTING: Mapping[str, Any] = {
    "contract_no": "YS-2026-01",
    "name": "印刷框架",
    "kind": "其他",
    "vendor": 2,
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "amount": 60000,
    "pay_plan": "据实|按单结算|60000",
    "status": "履行中",
}
CONTRACTS: Rows = {7: FIRE, 8: BOILER, 9: CLEANING, 10: PRINTING}
CLAIM: Mapping[str, Any] = {
    "code": "ZC-2026-0300",
    "kind": "合同付款",
    "category": "维修维护费",
    "payee_kind": "服务商",
    "vendor": 2,
    "status": "提交",
}
ID = 1


def claim(
    contract: int | None,
    amount: Any,
    biz_date: date | None,
    today: date = date(2026, 9, 1),
    moment: str = "提交",
    of_contract: Mapping[str, Any] | None = None,
    purchase: Mapping[str, Any] | None = None,
    others: Rows | None = None,
    vendor_row: Mapping[str, Any] | None = None,
    checks: Rows | None = None,
    norms: Mapping[str, str] | None = None,
    payable: Decimal | None = None,
    **cells: Any,
) -> Any:
    """A claim of row 1 under a contract, which may differ in ``of_contract``."""
    contracts = dict(CONTRACTS)
    if contract is not None and of_contract:
        contracts[contract] = {**contracts[contract], **of_contract}
    tables = {
        "contracts": contracts,
        "procurements": {3: {**PURCHASE, **(purchase or {})}},
        "vendors": {2: {"name": "示例维保公司", **(vendor_row or {})}, 4: {"name": "示例五金店"}},
        "expense_claims": others or {},
        "inspections": checks or {},
    }
    found = {**CLAIM, "contract": contract, "amount": amount, "biz_date": biz_date, **cells}
    return facts(
        "expense_claims",
        found,
        tables,
        row_id=ID,
        now=datetime(today.year, today.month, today.day, 2, tzinfo=UTC),
        on=biz_date or today,
        moment=moment,
        norms=norms,
        payable=payable,
    )


BOTH = pytest.mark.parametrize("moment", ["提交", "付款"])
ACCEPTED = {"acceptor": 5, "accepted_on": date(2026, 3, 31)}
RULES = ("CT-01", "CT-02", "CT-08", "CT-10", "C6", "PR-10")


def of_contracts(found: Any) -> list[str]:
    """Everything that the rules of this file say."""
    return [f.message for f in examine(found) if f.rule in RULES]


def paid(item: int | None, amount: Any, **cells: Any) -> dict[str, Any]:
    """Another claim under the boiler's contract."""
    return {**CLAIM, "code": "ZC-2026-0200", "contract": 8, "pay_item": item, "amount": amount, **cells}


@BOTH
def test_an_ordinary_instalment_passes(moment: str) -> None:
    others = {11: paid(1, 30000, status="已支付")}
    found = claim(8, 65000, date(2026, 7, 1), date(2026, 7, 3), moment, pay_item=2, others=others)
    assert of_contracts(found) == []


# CT-01 ----------------------------------------------------------------------------------------------------------------

EXPIRED = ["合同XF-2025-03已于2026-03-31到期，不能付款；如属到期前服务，请附验收确认并报分管领导。"]


@BOTH
def test_v22_contract_expired(moment: str) -> None:
    """V22: 消防维保 ended 2026-03-31, a claim for April."""
    april = claim(7, 2000, date(2026, 4, 28), date(2026, 5, 6), moment, pay_item=4)
    assert of_contracts(april) == EXPIRED
    assert said(claim(7, 2000, date(2026, 4, 28), date(2026, 5, 6), moment, pay_item=4, **ACCEPTED), "CT-01") == EXPIRED


@BOTH
def test_ct01_service_before_the_end_with_its_acceptance(moment: str) -> None:
    def march(day: date = date(2026, 4, 1), biz_date: date | None = date(2026, 3, 31), **cells: Any) -> list[str]:
        return said(claim(7, 7000, biz_date, day, moment, pay_item=4, **cells), "CT-01")

    assert march() == EXPIRED
    assert march(**ACCEPTED) == []
    assert march(acceptor=5) == EXPIRED, "no day of acceptance"
    assert march(attachments=(File("一季度验收单.pdf", 1, "v"),)) == []
    assert march(date(2026, 3, 31)) == [], "its last day"
    assert march(date(2026, 3, 31), None) == []


def test_ct01_what_the_plan_sets_after_the_end() -> None:
    retention = claim(8, 5000, date(2027, 7, 1), date(2027, 7, 2), pay_item=3)
    assert said(retention, "CT-01") == []
    assert said(claim(8, 65000, date(2027, 7, 1), date(2027, 7, 2), pay_item=2), "CT-01") != []


@BOTH
@pytest.mark.parametrize("status", ["草拟", "待签批", "不同意", "已归档", "终止"])
def test_ct01_only_what_is_in_force_is_paid(status: str, moment: str) -> None:
    found = claim(8, 65000, date(2026, 7, 1), date(2026, 7, 3), moment, {"status": status}, pay_item=2)
    assert said(found, "CT-01") == [f"合同RS-2026-01现为“{status}”，不能付款。"]


@pytest.mark.parametrize("status", ["履行中", "临期", "续签中", "到期"])
def test_ct01_states_in_which_it_is_paid(status: str) -> None:
    found = claim(8, 65000, date(2026, 7, 1), date(2026, 7, 3), of_contract={"status": status}, pay_item=2)
    assert said(found, "CT-01") == []


@BOTH
def test_c6_the_contractor_is_paid(moment: str) -> None:
    message = "合同RS-2026-01的服务商是“示例维保公司”，与本单服务商“{}”不一致，请核对。"
    other = claim(8, 65000, date(2026, 7, 1), date(2026, 7, 3), moment, pay_item=2, vendor=4)
    assert said(other, "C6") == [message.format("示例五金店")]
    nobody = claim(8, 65000, date(2026, 7, 1), date(2026, 7, 3), moment, pay_item=2, vendor=None)
    assert said(nobody, "C6") == [message.format("（未填）")]


# CT-02 ----------------------------------------------------------------------------------------------------------------


def quarter(**more: Any) -> Any:
    """The 4th instalment of 消防维保, after three of 7,000 元."""
    others = {
        11: {**CLAIM, "contract": 7, "pay_item": 1, "amount": 7000, "status": "已归档"},
        12: {**CLAIM, "contract": 7, "pay_item": 2, "amount": 7000, "status": "已支付"},
        13: {**CLAIM, "contract": 7, "pay_item": 3, "amount": 7100, "audited_amount": 7000, "status": "签批中"},
    }
    given = {"amount": 7000, "others": others, **more}
    return claim(7, given.pop("amount"), date(2026, 3, 31), date(2026, 3, 31), pay_item=4, **given)


def test_v23_the_fourth_instalment_exceeds_the_contract() -> None:
    """V23: the 4th instalment exceeds the contract."""
    assert said(quarter(), "CT-02") == []
    assert said(quarter(amount=7800), "CT-02") == [
        "累计付款28,800元将超过合同金额28,000元。",
        "付款计划第4期为7,000元，本单7,800元，超出800元。",
    ]
    assert said(quarter(amount=7800, moment="付款", payable=Decimal(7000)), "CT-02") == [], "会计 has cut it"
    assert len(said(quarter(amount=7800, moment="付款"), "CT-02")) == 2


def test_ct02_lawful_supplements_count_and_no_more() -> None:
    total = "累计付款{}元将超过合同金额{}元。"
    with_supplement = {"of_contract": {"supplement": 2800}}
    assert total.format("29,800", "28,000") not in said(quarter(amount=9800, **with_supplement), "CT-02")
    assert total.format("30,801", "30,800") in said(quarter(amount=9801, **with_supplement), "CT-02")
    beyond = {"of_contract": {"supplement": 9000}}
    assert total.format("30,801", "30,800") in said(quarter(amount=9801, **beyond), "CT-02")


def test_ct02_void_claims_take_nothing() -> None:
    voided = {11: {**CLAIM, "contract": 7, "pay_item": 4, "amount": 28000, "status": "作废"}}
    assert said(quarter(others=voided), "CT-02") == []


def test_the_instalment_is_named() -> None:
    message = ["请填写“付款期次”：合同RS-2026-01的付款计划共3期，应填1至3。"]

    def named(item: int | None) -> list[str]:
        found = said(claim(8, 65000, date(2026, 7, 1), date(2026, 7, 3), pay_item=item), "必填")
        return [text for text in found if "付款期次" in text]

    assert named(None) == named(4) == message
    assert named(2) == []
    single = said(claim(10, 500, date(2026, 7, 1)), "必填")
    assert not any("付款期次" in text for text in single), "a plan of one line needs no number"


@BOTH
def test_ct02_an_instalment_is_paid_by_one_claim(moment: str) -> None:
    def second(**cells: Any) -> list[str]:
        others = {11: paid(2, 10, **{"status": "签批中", **cells})}
        found = claim(8, 60000, date(2026, 7, 1), date(2026, 7, 3), moment, pay_item=2, others=others)
        return said(found, "CT-02")

    assert second() == ["付款计划第2期已由支出单ZC-2026-0200申请，不能重复付款。"]
    assert second(status="草稿") == second(status="作废") == []
    assert second(pay_item=1) == []


def test_ct02_a_single_instalment_needs_no_number_to_be_taken() -> None:
    once = {"pay_plan": "2026-06-30|验收合格后|100000"}
    others = {11: paid(None, 40000, status="已支付")}
    found = claim(8, 60000, date(2026, 7, 1), date(2026, 7, 3), of_contract=once, others=others)
    assert said(found, "CT-02") == ["付款计划第1期已由支出单ZC-2026-0200申请，不能重复付款。"]


def test_ct02_a_framework_is_drawn_on_as_often_as_it_takes() -> None:
    drawn = {11: {**CLAIM, "contract": 10, "amount": 40000, "status": "已支付"}}
    assert of_contracts(claim(10, 20000, date(2026, 7, 1), others=drawn)) == []
    assert said(claim(10, 20001, date(2026, 7, 1), others=drawn), "CT-02") == [
        "累计付款60,001元将超过合同金额60,000元。"
    ]


@BOTH
def test_ct02_the_day_has_come(moment: str) -> None:
    early = claim(8, 30000, date(2026, 4, 28), date(2026, 4, 29), moment, pay_item=1)
    assert said(early, "CT-02") == ["本期付款条件“2026-04-30签订后预付”尚未满足。"]
    assert said(claim(8, 30000, date(2026, 4, 28), date(2026, 4, 30), moment, pay_item=1), "CT-02") == []


@BOTH
def test_ct02_the_acceptance_has_come(moment: str) -> None:
    def second(**more: Any) -> list[str]:
        return said(claim(8, 65000, date(2026, 6, 2), date(2026, 6, 30), moment, pay_item=2, **more), "CT-02")

    assert second() == [] == second(purchase={"accept_result": "整改后合格"})
    message = ["本期付款条件“验收合格后”尚未满足。"]
    assert second(purchase={"accept_result": None}) == message
    assert second(purchase={"accept_result": "不合格"}) == message


def test_ct02_without_a_procurement_the_claims_own_acceptance_counts() -> None:
    alone: dict[str, Any] = {"of_contract": {"procurement": None}, "purchase": {"contract": None}, "pay_item": 2}

    def second(**cells: Any) -> list[str]:
        return said(claim(8, 65000, date(2026, 6, 2), date(2026, 6, 30), **alone, **cells), "CT-02")

    assert second() == ["本期付款条件“验收合格后”尚未满足。"]
    assert second(acceptor=5, accepted_on=date(2026, 6, 2)) == []


# PR-10 ----------------------------------------------------------------------------------------------------------------

TAIL = "项目尚未验收合格，不能支付尾款。"


@BOTH
def test_pr10_the_last_instalment_waits_for_the_acceptance(moment: str) -> None:
    def last(amount: int, item: int, result: str | None, **more: Any) -> list[str]:
        day = date(2027, 7, 1)
        return said(
            claim(8, amount, day, day, moment, pay_item=item, purchase={"accept_result": result}, **more), "PR-10"
        )

    assert last(5000, 3, None) == last(5000, 3, "不合格") == [TAIL]
    assert last(5000, 3, "合格") == last(5000, 3, "整改后合格") == []
    assert last(30000, 1, None) == []
    before = {11: paid(2, 70000, status="已支付")}
    assert last(30000, 1, None, others=before) == [TAIL], "whatever fills up the contract is the last"
    assert last(29999, 1, None, others=before) == []


@BOTH
def test_pr10_without_a_contract_the_award_tells_which_is_the_last(moment: str) -> None:
    def direct(amount: int, **more: Any) -> list[str]:
        given: dict[str, Any] = {"purchase": {"accept_result": None, "contract": None, "award": 8000}, **more}
        return said(claim(None, amount, date(2026, 7, 1), moment=moment, procurement=3, **given), "PR-10")

    assert direct(8000) == [TAIL]
    assert direct(7999) == []
    part = {11: {**CLAIM, "procurement": 3, "amount": 1, "status": "已支付"}}
    assert direct(7999, others=part) == [TAIL]
    no_award = {"accept_result": None, "contract": None, "award": None, "budget": 9000}
    assert direct(8000, purchase=no_award) == [] and direct(9000, purchase=no_award) == [TAIL]
    assert direct(8000, purchase={"accept_result": "合格", "contract": None, "award": 8000}) == []


@BOTH
@pytest.mark.parametrize("status", ["立项", "签批中", "需求论证", "采购实施", "待签合同", "废标", "终止"])
def test_pr10_nothing_is_paid_before_the_contract(status: str, moment: str) -> None:
    found = claim(
        8, 65000, date(2026, 7, 1), date(2026, 7, 3), moment, procurement=3, purchase={"status": status}, pay_item=2
    )
    assert said(found, "PR-10") == [f"采购项目“热水系统”现为“{status}”，还不能付款。"]


@pytest.mark.parametrize("status", ["履约中", "待验收", "已验收", "已归档"])
def test_pr10_states_in_which_money_may_leave(status: str) -> None:
    found = claim(8, 65000, date(2026, 7, 1), date(2026, 7, 3), procurement=3, purchase={"status": status}, pay_item=2)
    assert said(found, "PR-10") == []


# CT-05 ----------------------------------------------------------------------------------------------------------------

SMALL = {"is_sme": True}


def waiting(day: date, **more: Any) -> Any:
    """The boiler's second instalment, accepted on 2026-06-01, under signature."""
    given: dict[str, Any] = {"vendor_row": SMALL, "status": "签批中", "pay_item": 2, **more}
    return claim(given.pop("contract", 8), 65000, date(2026, 6, 1), day, "随时", **given)


@pytest.mark.parametrize(
    "day, n, stage",
    [
        (date(2026, 6, 16), 15, "15"),
        (date(2026, 6, 26), 25, "25"),
        (date(2026, 7, 1), 30, "30"),
        (date(2026, 7, 5), 34, "30"),
    ],
)
def test_v23_a_small_company_waits(day: date, n: int, stage: str) -> None:
    """V23: acceptance 2026-06-01, unpaid on 07-05: told at 15, 25 and 30 days."""
    found = [f for f in examine(waiting(day)) if f.rule == "CT-05"]
    message = f"应付示例维保公司（中小企业）65,000元，验收已{n}天，须在30日内支付（约定最长60日）。"
    assert [(f.message, f.stage, f.severity, f.gravity) for f in found] == [(message, stage, "预警", "一般")]


@pytest.mark.parametrize(
    "more",
    [
        {"vendor_row": {"is_sme": False}},
        {"status": "已支付"},
        {"status": "已归档"},
        {"status": "作废"},
        {"status": "不同意"},
        {"vendor": None},
        {"purchase": {"accept_result": "不合格"}},
    ],
)
def test_ct05_says_nothing(more: dict[str, Any]) -> None:
    assert said(waiting(date(2026, 7, 5), **more), "CT-05") == []
    assert said(waiting(date(2026, 6, 15)), "CT-05") == []


@pytest.mark.parametrize("status", ["草稿", "签批中", "已批准"])
def test_ct05_by_the_claims_own_acceptance(status: str) -> None:
    own = {"contract": None, "accepted_on": date(2026, 6, 1), "status": status}
    assert len(said(waiting(date(2026, 7, 5), **own), "CT-05")) == 1
    assert said(waiting(date(2026, 7, 5), contract=None), "CT-05") == [], "nothing was accepted"


# CT-08 and CT-10 ------------------------------------------------------------------------------------------------------


def check(period: str, score: Any = 95, status: str = "已提交", team: str = "服务商考核", contract: int = 9) -> Any:
    return {"team": team, "contract": contract, "period": period, "score": score, "status": status}


def fee(amount: Any = 80000, checks: Rows | None = None, moment: str = "提交", **more: Any) -> Any:
    """The fee of 物业 for August."""
    given: dict[str, Any] = {"pay_item": 8, **more}
    return claim(9, amount, date(2026, 8, 31), moment=moment, checks=checks, **given)


UNSCORED = ["2026年8月服务商考核尚未提交，暂不能支付当月服务费。"]


@BOTH
def test_ct10_the_month_is_scored_before_it_is_paid(moment: str) -> None:
    assert said(fee(moment=moment), "CT-10") == UNSCORED
    for status in ("已提交", "被查方已确认", "已归档"):
        assert of_contracts(fee(checks={1: check("2026-08", status=status)}, moment=moment)) == []


@pytest.mark.parametrize(
    "found",
    [
        check("2026-07"),
        check("2026-08", status="草稿"),
        check("2026-08", status="有异议"),
        check("2026-08", team="卫生"),
        check("2026-08", contract=8),
        check("2026-08", score=None),
        check("8月"),
        check("2026-13"),
    ],
)
def test_ct10_checks_that_do_not_count(found: Mapping[str, Any]) -> None:
    assert said(fee(checks={1: found}), "CT-10") == UNSCORED


@pytest.mark.parametrize("text", ["2026-08", "2026-8", "2026年8月", "２０２６－０８", "2026.08", "2026/8"])
def test_ct10_months_however_they_are_typed(text: str) -> None:
    assert said(fee(checks={1: check(text)}), "CT-10") == []


def test_ct10_only_services_that_are_scored() -> None:
    assert said(fee(of_contract={"delivery_mode": "自营"}), "CT-10") == []
    assert said(fee(of_contract={"kind": "其他", "delivery_mode": None}), "CT-10") == []
    assert said(fee(of_contract={"kind": "其他", "delivery_mode": "混合"}), "CT-10") == UNSCORED
    assert said(fee(of_contract={"kind": "餐饮", "delivery_mode": None}), "CT-10") == UNSCORED
    assert said(fee(of_contract={"kind": "货物"}), "CT-10") == []
    assert said(claim(9, 80000, None, pay_item=8), "CT-10") == []


def test_ct10_what_is_paid_in_advance_was_not_served_yet() -> None:
    advance = {"pay_plan": CLEANING["pay_plan"].replace("2026-08-28|", "2026-08-28|预付")}
    assert said(fee(of_contract=advance), "CT-10") == []


QUARTERS = {"pay_plan": "\n".join(f"2026-{m:02}-28||240000" for m in (3, 6, 9, 12))}


def test_ct10_a_quarter_has_three_months() -> None:
    def third(*months: str) -> list[str]:
        checks = {i: check(f"2026-{m}") for i, m in enumerate(months)}
        return said(
            claim(9, 240000, date(2026, 9, 28), date(2026, 9, 30), checks=checks, of_contract=QUARTERS, pay_item=3),
            "CT-10",
        )

    assert third("07", "08", "09") == []
    assert third("08") == [
        "2026年7月服务商考核尚未提交，暂不能支付当月服务费。",
        "2026年9月服务商考核尚未提交，暂不能支付当月服务费。",
    ]


def test_ct10_no_month_before_the_contract() -> None:
    checks = {1: check("2026-02"), 2: check("2026-03")}
    late = {**QUARTERS, "starts_on": date(2026, 2, 1)}
    found = claim(9, 240000, date(2026, 3, 28), date(2026, 3, 30), checks=checks, of_contract=late, pay_item=1)
    assert said(found, "CT-10") == []


@BOTH
def test_ct08_a_bad_month_costs(moment: str) -> None:
    bad = {1: check("2026-08", 88)}
    message = ["2026年8月考核88分，按合同应扣1,600元，本期应付78,400元。"]
    assert said(fee(checks=bad, moment=moment), "CT-08") == message
    assert said(fee("78400.01", bad, moment), "CT-08") == message
    assert said(fee(78400, bad, moment), "CT-08") == []
    assert said(fee(payable=Decimal(78400), checks=bad, moment=moment), "CT-08") == [], "会计 has cut it"
    assert said(fee(checks={1: check("2026-08", 90)}, moment=moment), "CT-08") == []
    half = {1: check("2026-08", 88), 2: check("2026-08", 89)}
    assert said(fee(checks=half, moment=moment), "CT-08")[0].startswith("2026年8月考核88.5分")


def test_ct08_a_quarter_adds_up() -> None:
    checks = {1: check("2026-07", 95), 2: check("2026-08", 85), 3: check("2026-09", 65)}
    found = claim(9, 240000, date(2026, 9, 28), date(2026, 9, 30), checks=checks, of_contract=QUARTERS, pay_item=3)
    assert said(found, "CT-08") == [
        "2026年7月、2026年8月、2026年9月考核95、85、65分，按合同应扣9,600元，本期应付230,400元。"
    ]


def test_ct08_the_school_may_switch_it_off() -> None:
    assert said(fee(checks={1: check("2026-08", 50)}, norms={"outsourcing.kpi": "否"}), "CT-08") == []


@pytest.mark.parametrize("scale", ["90", "90:2", "甲:2%", "90:两成"])
def test_ct08_a_scale_that_cannot_be_read_stops_the_row(scale: str) -> None:
    found = [
        f for f in examine(fee(checks={1: check("2026-08")}, norms={"contract.deduct": scale})) if f.rule == "CT-08"
    ]
    assert [f.severity for f in found] == ["拦截"]
    assert f"参数“contract.deduct”应写成“90:0%、80:2%”，其中“{scale}”看不明白。" in found[0].message


def test_a_claim_without_a_contract_is_none_of_this() -> None:
    assert of_contracts(claim(None, 500, date(2026, 7, 1))) == []
    assert of_contracts(claim(77, 500, date(2026, 7, 1))) == [], "the contract is gone: a link to nothing"


def test_empty_cells_trip_no_rule() -> None:
    bare = {name: None for name in ("vendor", "ends_on", "starts_on", "amount", "pay_plan", "status", "kind")}
    found = claim(9, None, None, of_contract=bare)
    assert [f.message for f in examine(found) if "出错" in f.message] == []
    assert said(found, "CT-01") == ["合同WY-2026-01现为“草拟”，不能付款。"]
