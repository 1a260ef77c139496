"""合同: each figure against a small world."""

from datetime import date
from typing import Any

from automations.measures import Period, contracts
from tests.measures.world import records

SEPTEMBER = Period.month(2026, 9)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def contract(name: str, ends: str, status: str = "临期", **cells: Any) -> dict[str, Any]:
    return {"name": name, "status": status, "ends_on": day(ends), "reminded_from": day("08-02"), "amount": 100, **cells}


def test_expiring_tells_the_last_day_to_start() -> None:
    rows = [
        contract("物业", "11-30", vendor=1),
        contract("餐饮", "11-14"),
        contract("光纤", "12-31", "续签中"),
        contract("消防", "03-31", "到期"),
        contract("印刷", "12-31", reminded_from=day("10-02")),
        contract("工程", "10-31", reminded_from=None),
        contract("旧", "03-31", "已归档"),
    ]
    r = records("2026-10-01", contracts=rows, vendors=[{"name": "示例物业公司"}])
    found = [(e.name, e.left, e.start_by, e.state) for e in contracts.expiring(r)]
    assert found == [
        ("餐饮", 44, day("09-30"), "已过启动时限"),
        ("物业", 60, day("10-16"), "应启动采购"),
        ("光纤", 91, day("11-16"), "续签中"),
        ("消防", -184, day("02-14"), "已到期"),
    ]
    assert contracts.expiring(r)[1].vendor == "示例物业公司"
    assert (contracts.in_force(r).value, contracts.in_force_sum(r).value) == (5, 500)


PLAN = "2026-07-31|按期|100\n2026-08-31|按期|200\n2026-09-30|按期|300\n据实|按次|999"


def test_payments_against_the_plan() -> None:
    rows = [
        contract("物业", "12-31", "履行中", pay_plan=PLAN),
        contract("一次", "12-31", "履行中", pay_plan="2026-09-15|验收合格|50"),
        contract("无事", "12-31", "履行中", pay_plan="2026-12-15|验收合格|50"),
        contract("草拟", "12-31", "草拟", pay_plan="2026-09-15|验收合格|50"),
    ]
    claims = [
        {"contract": 1, "pay_item": 1, "status": "已归档", "paid_on": day("08-05"), "amount": 100},
        {
            "contract": 1,
            "pay_item": 3,
            "status": "已支付",
            "paid_on": day("09-30"),
            "amount": 300,
            "audited_amount": 290,
        },
        {"contract": 1, "pay_item": 2, "status": "已批准", "amount": 200},
        {"contract": 1, "pay_item": 2, "status": "已支付", "paid_on": day("10-09"), "amount": 200},
        {"contract": 2, "status": "已支付", "paid_on": day("09-20"), "amount": 50, "kind": "合同付款"},
        {"status": "已支付", "paid_on": day("07-01"), "amount": 1},
    ]
    r = records("2026-10-12", contracts=rows, expense_claims=claims)
    found = [(p.name, p.due, p.paid, p.state) for p in contracts.plan_payments(r, SEPTEMBER)]
    assert found == [("物业", 300, 290, "第2期逾期未付"), ("一次", 50, 50, "")]
    [august] = contracts.plan_payments(r, Period.month(2026, 8))
    assert (august.due, august.paid, august.state) == (200, 100, "第2期待付")
    assert contracts.spent(r, SEPTEMBER).value == 50


def test_what_fell_due_before_the_books_began_is_not_held_against_anybody() -> None:
    rows = [contract("物业", "12-31", "履行中", pay_plan="2025-12-31|按期|100\n2026-09-30|按期|300")]
    claims = [{"status": "已支付", "paid_on": day("01-05"), "amount": 1}]
    [one] = contracts.plan_payments(records("2026-10-12", contracts=rows, expense_claims=claims), SEPTEMBER)
    assert one.state == "第2期待付"


def test_small_companies_are_paid_within_thirty_days_of_acceptance() -> None:
    vendors = [{"name": "小微", "is_sme": True}, {"name": "大企业"}]
    procurements = [
        {"accept_result": "合格", "accepted_on": day("08-01")},
        {"accept_result": "不合格", "accepted_on": day("01-01")},
    ]
    rows = [contract("甲", "12-31", procurement=1), contract("乙", "12-31", procurement=2)]
    claims = [
        {"vendor": 1, "status": "已支付", "paid_on": day("09-10"), "accepted_on": day("08-11"), "amount": 10},
        {"vendor": 1, "status": "已支付", "paid_on": day("09-10"), "contract": 1, "amount": 20},
        {"vendor": 1, "status": "已支付", "paid_on": day("09-10"), "contract": 2, "amount": 40},
        {"vendor": 2, "status": "已支付", "paid_on": day("09-10"), "accepted_on": day("01-11"), "amount": 80},
        {"vendor": 1, "status": "签批中", "accepted_on": day("08-11"), "amount": 160},
        {"vendor": 1, "status": "签批中", "accepted_on": day("09-11"), "amount": 320},
        {"vendor": 1, "status": "作废", "accepted_on": day("08-11"), "amount": 640},
    ]
    r = records("2026-10-11", vendors=vendors, procurements=procurements, contracts=rows, expense_claims=claims)
    found = contracts.small_companies(r, SEPTEMBER)
    assert (found.paid.value, found.on_time.value, found.late.codes) == (30, 50, ("expense_claims-5",))
    assert found.on_time.unverified == ("contract.sme_days",)
