"""采购: each figure against a small world."""

from datetime import date
from decimal import Decimal

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


def test_before_the_books_began_nobody_knows_of_splits() -> None:
    r = records("2026-10-01", procurements=PROCUREMENTS, expense_claims=[{"created_at": at("2026-09-05")}])
    assert buying.splits(r, SEPTEMBER).value == 1 and not buying.splits(r, Period.month(2026, 8)).known
