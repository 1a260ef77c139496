"""服务商: each month's score, and what it takes off the fee of that month."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.figures.contracts import contracts as computed
from automations.measures import Period, vendors
from automations.measures.vendors import Month
from tests.measures.world import at, records
from tests.rules.world import facts

AUGUST, SEPTEMBER = Period.month(2026, 8), Period.month(2026, 9)
NOW = "2026-10-12"


def contract(**cells: Any) -> dict[str, Any]:
    return {
        "name": "餐饮服务",
        "kind": "餐饮",
        "delivery_mode": "外包",
        "status": "履行中",
        "vendor": 1,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "amount": Decimal(720_000),
        "pay_plan": "2026-06-30|上半年|360000\n2026-12-31|下半年|360000",
        **cells,
    }


def scored(period: str, score: int | None, of: int = 1, **cells: Any) -> dict[str, Any]:
    base = {"team": "服务商考核", "contract": of, "vendor": 1, "period": period, "score": score, "status": "已提交"}
    return {**base, "date": at("2026-10-09"), **cells}


CONTRACTS = [
    contract(),
    contract(name="物业服务", kind="物业", delivery_mode=None, ends_on=date(2026, 8, 31)),
    contract(name="绿化养护", kind="其他", delivery_mode=None),
    contract(name="维保", kind="电梯维保", delivery_mode="混合", status="草拟"),
    contract(name="教材", kind="货物"),
    contract(name="自办食堂", delivery_mode="自营"),
]
CHECKS = [
    scored("2026-09", 88),
    scored("2026年9月", 86),
    scored("2026-09", 20, status="有异议"),
    scored("2026-09", 20, status="草稿"),
    scored("2026-08", 95),
    scored("2026-08", 30, of=3, status="有异议"),
    scored("2026-09", 60, of=3),
    scored("2026-09", 20, team="卫生"),
]
COMPANIES = [{"name": "示例餐饮公司"}]


def test_each_contract_that_must_be_checked_and_whichever_was() -> None:
    told = records(NOW, contracts=CONTRACTS, inspections=CHECKS, vendors=COMPANIES)
    september = vendors.scored(told, SEPTEMBER)
    assert [(one.contract.name, one.score, one.fee, one.off, one.bound) for one in september] == [
        ("餐饮服务", Decimal(87), Decimal(60_000), Decimal(1_200), True),  # 80 to 90: 2 %
        ("绿化养护", Decimal(60), Decimal(60_000), None, False),  # checked, but nothing hangs on it
    ]
    assert september[0].company == "示例餐饮公司"
    assert [check.id for check in september[0].checks] == [1, 2, 3, 4]
    august = vendors.scored(told, AUGUST)
    assert [(one.contract.name, one.score, one.off) for one in august] == [
        ("餐饮服务", 95, 0),
        ("物业服务", None, None),
        ("绿化养护", None, None),
    ]
    assert [one.contract.name for one in vendors.not_scored(told, AUGUST)] == ["物业服务"]
    assert vendors.not_scored(told, SEPTEMBER) == []


def test_sums_and_means() -> None:
    told = records(NOW, contracts=CONTRACTS, inspections=CHECKS, vendors=COMPANIES)
    off = vendors.deducted(told, Period.quarter(2026, 3))
    assert (off.value, off.unit, off.unverified) == (Decimal(1_200), "元", ("contract.deduct",))
    assert vendors.mean_score(told, SEPTEMBER).value == Decimal(87 + 60) / 2
    assert not vendors.deducted(told, Period.month(2026, 7)).known


def test_a_disputed_month_has_no_score_and_costs_nothing_yet() -> None:
    told = records(NOW, contracts=[contract()], inspections=[scored("2026-09", 50, status="有异议")])
    [one] = vendors.scored(told, SEPTEMBER)
    assert (one.score, one.off, len(one.checks)) == (None, None, 1)


def test_the_year_costs_what_the_contract_says() -> None:
    rows = [contract()]
    checks = [scored("2026-07", 100), scored("2026-08", 79), scored("2026-09", 65), scored("2025-12", 10)]
    told = records(NOW, contracts=rows, inspections=checks)
    known = {"inspections": {row.id: dict(vars(row)) for row in told["inspections"]}}
    cell = computed(facts("contracts", rows[0], known, now=told.as_of)).cells["deduct_ytd"]
    assert vendors.deducted(told, Period.year(2026)).value == cell == Decimal(3_000 + 6_000)


def test_parameters_can_switch_it_off() -> None:
    off = [{"key": "outsourcing.kpi", "value": "否", "from_date": date(2026, 1, 1)}]
    told = records(NOW, contracts=[contract()], inspections=[scored("2026-09", 50)], settings=off)
    [one] = vendors.scored(told, SEPTEMBER)
    assert (one.score, one.off) == (50, 0)


def test_months() -> None:
    assert vendors.read_month(" 2026-09 ") == vendors.read_month("2026年9月") == Month(2026, 9)
    assert vendors.read_month("2026-13") is None and vendors.read_month(None) is None
    assert Month(2026, 1).back(1) == Month(2025, 12) and Month(2026, 3).since(Month(2025, 12)) == 3
