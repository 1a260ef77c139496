"""采购、合同与外包: each figure against a small world."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.measures import Period, buying
from tests.measures.world import at, records

SEPTEMBER = Period.month(2026, 9)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


PROCUREMENTS = [
    {"title": "热水系统", "status": "采购实施", "budget": 186_000},
    {"title": "空调", "status": "待集体决策", "budget": 20_000},
    {"title": "道路", "status": "需求论证", "budget": 174_000},
    {"title": "花园", "status": "需求论证", "budget": 90_000, "meeting_no": "纪要3号"},
    {"title": "桌椅", "status": "需求论证", "budget": 49_999},
    {
        "title": "印刷",
        "status": "已验收",
        "method": "内部比选",
        "budget": 60_000,
        "award": 54_000,
        "award_on": day("09-10"),
    },
    {
        "title": "物业",
        "status": "履约中",
        "method": "公开招标",
        "budget": 960_000,
        "award": 900_000,
        "award_on": day("09-01"),
    },
    {
        "title": "监控",
        "status": "已归档",
        "method": "内部比选",
        "budget": 20_000,
        "award": 19_000,
        "award_on": day("08-31"),
    },
    {"title": "流标", "status": "废标", "method": "公开招标", "budget": 1, "award": 1, "award_on": day("09-05")},
    {"title": "拆分", "status": "立项", "budget": 10, "split_flag": "拦截", "created_at": at("2026-09-05")},
    {"title": "不拆", "status": "立项", "budget": 10, "split_flag": "无", "created_at": at("2026-09-05")},
]


def test_procurements_by_stage_in_the_order_they_go() -> None:
    r = records("2026-10-01", procurements=PROCUREMENTS)
    found = [(s.status, s.n.value, s.budget.value) for s in buying.stages(r)]
    assert found == [
        ("立项", 2, 20),
        ("需求论证", 3, 313_999),
        ("待集体决策", 1, 20_000),
        ("采购实施", 1, 186_000),
        ("履约中", 1, 960_000),
        ("已验收", 1, 60_000),
        ("已归档", 1, 20_000),
        ("废标", 1, 1),
    ]
    assert buying.under_way(r).value == 8


def test_awards_by_method_with_what_was_saved() -> None:
    r = records("2026-10-01", procurements=PROCUREMENTS)
    tender, compared = buying.by_method(r, SEPTEMBER)
    assert (tender.method, tender.n.value, tender.saved.value, tender.rate.value) == (
        "公开招标",
        1,
        60_000,
        Decimal("6.25"),
    )
    assert (compared.method, compared.award.value, compared.rate.value) == ("内部比选", 54_000, 10)
    whole = buying.awarded(r, SEPTEMBER)
    assert (whole.n.value, whole.award.value, whole.saved.value) == (2, 954_000, 66_000)
    assert buying.awarded(r, Period.month(2026, 7)).saved.value is None


def test_what_waits_for_the_council_is_large_and_undecided() -> None:
    r = records("2026-10-01", procurements=PROCUREMENTS)
    assert [(c.title, c.amount) for c in buying.collective(r)] == [("道路", 174_000), ("空调", 20_000)]
    lower = {"key": "collective.limit", "value": "40000", "from_date": day("01-01")}
    r = records("2026-10-01", procurements=PROCUREMENTS, settings=[lower])
    assert [c.title for c in buying.collective(r)] == ["道路", "桌椅", "空调"]


def test_splits_are_marked_or_were_explained() -> None:
    claims = [
        {"split_reason": "分属两个部门", "created_at": at("2026-09-05")},
        {"split_reason": "早先的", "created_at": at("2026-08-05")},
        {"created_at": at("2026-09-05")},
    ]
    found = buying.splits(records("2026-10-01", procurements=PROCUREMENTS, expense_claims=claims), SEPTEMBER)
    assert found.codes == ("procurements-10", "expense_claims-1")


# 合同 ----------------------------------------------------------------------------------------------------------------


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
    found = [(e.name, e.left, e.start_by, e.state) for e in buying.expiring(r)]
    assert found == [
        ("餐饮", 44, day("09-30"), "已过启动时限"),
        ("物业", 60, day("10-16"), "应启动采购"),
        ("光纤", 91, day("11-16"), "续签中"),
        ("消防", -184, day("02-14"), "已到期"),
    ]
    assert buying.expiring(r)[1].vendor == "示例物业公司"
    assert (buying.in_force(r).value, buying.in_force_sum(r).value) == (5, 500)


PLAN = "2026-07-31|按期|100\n2026-08-31|按期|200\n2026-09-30|按期|300\n据实|按次|999"


def test_payments_against_the_plan() -> None:
    contracts = [
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
    r = records("2026-10-12", contracts=contracts, expense_claims=claims)
    found = [(p.name, p.due, p.paid, p.state) for p in buying.plan_payments(r, SEPTEMBER)]
    assert found == [("物业", 300, 290, "第2期逾期未付"), ("一次", 50, 50, "")]
    [august] = buying.plan_payments(r, Period.month(2026, 8))
    assert (august.due, august.paid, august.state) == (200, 100, "第2期待付")
    assert buying.contract_spent(r, SEPTEMBER).value == 50


def test_what_fell_due_before_the_books_began_is_not_held_against_anybody() -> None:
    rows = [contract("物业", "12-31", "履行中", pay_plan="2025-12-31|按期|100\n2026-09-30|按期|300")]
    claims = [{"status": "已支付", "paid_on": day("01-05"), "amount": 1}]
    [one] = buying.plan_payments(records("2026-10-12", contracts=rows, expense_claims=claims), SEPTEMBER)
    assert one.state == "第2期待付"


def test_small_companies_are_paid_within_thirty_days_of_acceptance() -> None:
    vendors = [{"name": "小微", "is_sme": True}, {"name": "大企业"}]
    procurements = [
        {"accept_result": "合格", "accepted_on": day("08-01")},
        {"accept_result": "不合格", "accepted_on": day("01-01")},
    ]
    contracts = [contract("甲", "12-31", procurement=1), contract("乙", "12-31", procurement=2)]
    claims = [
        {"vendor": 1, "status": "已支付", "paid_on": day("09-10"), "accepted_on": day("08-11"), "amount": 10},
        {"vendor": 1, "status": "已支付", "paid_on": day("09-10"), "contract": 1, "amount": 20},
        {"vendor": 1, "status": "已支付", "paid_on": day("09-10"), "contract": 2, "amount": 40},
        {"vendor": 2, "status": "已支付", "paid_on": day("09-10"), "accepted_on": day("01-11"), "amount": 80},
        {"vendor": 1, "status": "签批中", "accepted_on": day("08-11"), "amount": 160},
        {"vendor": 1, "status": "签批中", "accepted_on": day("09-11"), "amount": 320},
        {"vendor": 1, "status": "作废", "accepted_on": day("08-11"), "amount": 640},
    ]
    r = records("2026-10-11", vendors=vendors, procurements=procurements, contracts=contracts, expense_claims=claims)
    found = buying.small_companies(r, SEPTEMBER)
    assert (found.paid.value, found.on_time.value, found.late.codes) == (30, 50, ("expense_claims-5",))
    assert found.on_time.unverified == ("contract.sme_days",)


def test_deductions_are_those_houqin_computed() -> None:
    rows = [
        contract("物业", "12-31", deduct_ytd=1_200),
        contract("餐饮", "12-31", deduct_ytd=0),
        contract("其他", "12-31"),
    ]
    assert buying.deducted_of_year(records("2026-10-01", contracts=rows)).value == 1_200
    assert buying.deducted_of_year(records("2026-10-01", contracts=rows[2:])).value is None
