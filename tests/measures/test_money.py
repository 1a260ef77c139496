"""收支两条线, budget and 三公: each figure against a world made by hand, or worked out again in SQL."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from sqlite3 import Connection
from typing import Any

from automations.measures import Period, Records, money
from tests.measures.sql import cents
from tests.measures.world import at, records

SEPTEMBER = Period.month(2026, 9)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def income(**cells: Any) -> dict[str, Any]:
    return {
        "kind": "培训费收入",
        "route": "财政专户",
        "status": "已核对",
        "received": 100,
        "remitted": 100,
        "gap": 0,
        "late_wd": 0,
        **cells,
    }


INCOME = (
    income(
        received_on=day("09-07"),
        due_on=day("09-08"),
        remitted_on=day("09-16"),
        late_wd=6,
        received=12_000,
        remitted=12_000,
    ),
    income(received_on=day("09-10"), due_on=day("09-11"), remitted_on=day("09-10"), received=57_200, remitted=57_200),
    income(
        received_on=day("09-29"),
        due_on=day("09-30"),
        kind="场地设施收入",
        route="国库",
        status="已收",
        received=3_600,
        remitted=None,
        remitted_on=None,
        gap=3_600,
        late_wd=4,
    ),
    income(received_on=day("08-31"), due_on=day("09-01"), remitted_on=day("09-01"), received=900, remitted=900),
    income(
        received_on=day("09-12"), due_on=day("09-14"), remitted_on=day("09-14"), status="退款", received=50, remitted=50
    ),
    income(
        received_on=None,
        due_on=None,
        status="减免",
        received=None,
        remitted=None,
        amount=70,
        created_at=at("2026-09-03"),
    ),
    income(received_on=day("10-09"), due_on=day("10-12"), remitted_on=day("10-09"), received=1, remitted=1),
    income(
        received_on=None,
        due_on=None,
        status="应收",
        received=None,
        remitted=None,
        amount=5_000,
        created_at=at("2026-09-03"),
    ),
)


def test_income_goes_by_the_day_of_receipt_and_the_treasury_by_the_day_of_remittance() -> None:
    r = records("2026-10-12", income=INCOME)
    assert money.income_received(r, SEPTEMBER).value == 12_000 + 57_200 + 3_600 + 50
    assert money.income_remitted(r, SEPTEMBER).value == 12_000 + 57_200 + 900 + 50
    assert money.income_open(r, SEPTEMBER).value == 3_600
    assert money.refunded(r, SEPTEMBER).value == 50
    assert money.waived(r, SEPTEMBER).value == 70
    assert money.income_received(r, SEPTEMBER).codes == ("income-1", "income-2", "income-3", "income-5")


def test_late_is_what_was_due_in_the_period_and_not_remitted_by_then() -> None:
    r = records("2026-10-12", income=INCOME)
    assert money.remitted_on_time(r, SEPTEMBER).value == Decimal(2) / 4 * 100  # four were due, two went late
    first, second = money.late(r, SEPTEMBER)
    assert (first.code, first.days, first.state) == ("income-1", 6, "已补缴")
    assert (second.code, second.days, second.state) == ("income-3", 4, "尚未缴清")
    assert money.late_count(r, SEPTEMBER).value == 2
    assert money.due_sum(r, SEPTEMBER).value == sum(row.received for row in money.due_rows(r, SEPTEMBER)) > 0
    assert not money.due_sum(r, Period.month(2026, 7)).known
    assert money.remitted_on_time(r, SEPTEMBER).unverified == ("income.due_days",)


def test_what_is_due_today_is_not_judged_yet() -> None:
    rows = [income(received_on=day("09-29"), due_on=day("09-30"), status="已收", remitted=None, gap=100, late_wd=0)]
    assert money.remitted_on_time(records("2026-09-30", income=rows), SEPTEMBER).value is None
    late = [{**rows[0], "late_wd": 1}]
    assert money.remitted_on_time(records("2026-10-08", income=late), SEPTEMBER).value == 0


def test_income_is_shown_by_kind_and_way() -> None:
    found = money.flows(records("2026-10-12", income=INCOME), SEPTEMBER)
    assert [(f.kind, f.route, f.received.value, f.remitted.value, f.late.value) for f in found] == [
        ("场地设施收入", "国库", 3_600, 0, 1),
        ("培训费收入", "财政专户", 69_250, 70_150, 1),
    ]


def test_before_the_first_row_nothing_is_known() -> None:
    r = records("2026-10-12", income=INCOME, expense_claims=[claim("09-01", 10)])
    assert money.income_received(r, Period.month(2026, 7)).value is None
    assert money.spent(r, SEPTEMBER.year_before).value is None
    assert money.income_received(r, Period.month(2026, 11)).value == 0


# Budget ---------------------------------------------------------------------------------------------------------------


def claim(paid: str | None, amount: int, **cells: Any) -> dict[str, Any]:
    return {"status": "已归档" if paid else "签批中", "paid_on": day(paid) if paid else None, "amount": amount, **cells}


def line(**cells: Any) -> dict[str, Any]:
    return {
        "year": 2026,
        "name": "指标",
        "category": "印刷费",
        "status": "已批复",
        "approved": 1_000,
        "frozen": 0,
        **cells,
    }


LINES = (
    line(id=1, name="资料印刷费", approved=1_000),
    line(
        id=2,
        name="日常维修",
        category="维修维护费",
        approved=10_000,
        adjusted=5_000,
        adjusted_ok=2_000,
        frozen=500,
        status="调整签批中",
    ),
    line(id=3, name="草案", category="其他", approved=99_999, status="草案"),
    line(id=4, name="去年", approved=50_000, year=2025, status="已封账"),
    line(
        id=5, name="公务接待", category="公务接待费", approved=24_000, is_three_public=True, spent=8_000, frozen=1_000
    ),
    line(id=6, name="公车", category="公务用车运行费", approved=146_000, is_three_public=True, spent=80_000, frozen=0),
)
CLAIMS = (
    claim("09-10", 500, audited_amount=400, budget_line=1),
    claim("08-10", 540, budget_line=1),
    claim("10-02", 60, budget_line=1),
    claim(None, 7_000, budget_line=2),
    claim("09-30", 3_000, budget_line=2, status="已支付"),
    claim("09-30", 77, budget_line=4),
    claim("09-30", 31, budget_line=2, status="作废"),
)


def test_spending_is_what_was_paid_in_the_period() -> None:
    r = records("2026-10-12", budget_lines=LINES, expense_claims=CLAIMS)
    assert money.spent(r, SEPTEMBER).value == 400 + 3_000 + 77
    assert money.budgeted(r, SEPTEMBER).value == 1_000 + 12_000 + 24_000 + 146_000
    assert money.spent_of_year(r, SEPTEMBER).value == 400 + 540 + 3_000
    assert money.budget_rate(r, SEPTEMBER).value == Decimal(3_940) * 100 / 183_000
    assert money.time_share(SEPTEMBER).value == 75
    assert str(money.time_share(Period.quarter(2026, 1))) == "25.0"


def test_a_line_off_course_is_named_with_the_points() -> None:
    r = records("2026-10-12", budget_lines=LINES, expense_claims=CLAIMS)
    by_name = {one.name: one for one in money.courses(r, SEPTEMBER)}
    fast, slow = by_name["资料印刷费"], by_name["日常维修"]
    assert (fast.rate.value, fast.gap.value, fast.word) == (94, 19, "快")
    assert (slow.total.value, slow.month.value, slow.spent.value, slow.word) == (12_000, 3_000, 3_000, "慢")
    assert slow.gap.value == -50 and slow.frozen.value == 500
    assert "草案" not in by_name and "去年" not in by_name
    gaps = [abs(one.gap.value or 0) for one in money.off_course(r, SEPTEMBER)]
    assert gaps == sorted(gaps, reverse=True) and len(gaps) == 4


def test_on_course_within_the_limits_of_the_school() -> None:
    at_85 = [claim("09-10", 850, budget_line=1)]  # ten points fast is not more than ten
    [one] = money.courses(records("2026-10-12", budget_lines=[LINES[0]], expense_claims=at_85), SEPTEMBER)
    assert (one.gap.value, one.word) == (10, "")
    norm = {"key": "budget.rate_high", "value": "9", "from_date": day("01-01"), "verified": True}
    [one] = money.courses(
        records("2026-10-12", budget_lines=[LINES[0]], expense_claims=at_85, settings=[norm]), SEPTEMBER
    )
    assert one.word == "快" and one.gap.unverified == ("budget.rate_low",)


def test_categories_add_up_their_lines() -> None:
    more = (*LINES, line(id=7, name="宣传印刷费", approved=500))
    claims = (claim("09-12", 25, budget_line=7), *CLAIMS)
    r = records("2026-10-12", budget_lines=more, expense_claims=claims)
    printing = next(one for one in money.by_category(r, SEPTEMBER) if one.name == "印刷费")
    assert (printing.total.value, printing.spent.value, printing.month.value) == (1_500, 965, 425)
    assert printing.spent.codes == tuple(f"expense_claims-{n}" for n in (1, 2, 3))  # as the table has them
    assert next(one.name for one in money.by_category(r, SEPTEMBER)) == "公务用车运行费"


def test_three_public_counts_what_is_paid_and_held() -> None:
    whole = money.three_public(records("2026-10-12", budget_lines=LINES), SEPTEMBER)
    assert (whole.used.value, whole.total.value) == (89_000, 170_000)
    assert str(whole.rate) == "52.4"
    parts = money.three_public_parts(records("2026-10-12", budget_lines=LINES), SEPTEMBER)
    assert [(p.category, p.used.value, str(p.rate)) for p in parts] == [
        ("公务接待费", 9_000, "37.5"),
        ("公务用车运行费", 80_000, "54.8"),
    ]
    closed = [{**one, "status": "已封账"} for one in LINES]
    assert money.three_public(records("2027-01-12", budget_lines=closed), SEPTEMBER).used.value == 89_000
    assert money.three_public(records("2026-10-12"), SEPTEMBER).used.value is None


def test_receptions_are_those_permitted_and_guests_those_who_came() -> None:
    def reception(**cells: Any) -> dict[str, Any]:
        return {"kind": "公务接待", "status": "已核销", "starts_at": at("2026-09-18"), "guest_n": 6, **cells}

    rows = [
        reception(guest_actual=5, per_head=Decimal("59.9"), std_per_head=60),
        reception(guest_n=11, per_head=Decimal("60.1"), std_per_head=60),
        reception(status="作废"),
        reception(status="过期"),
        reception(kind="会议"),
        reception(starts_at=at("2026-10-01 00:10")),
    ]
    r = records("2026-10-12", requests=rows)
    assert money.receptions(r, SEPTEMBER).value == 2
    assert money.reception_persons(r, SEPTEMBER).value == 5 + 11
    assert money.over_standard(r, SEPTEMBER).codes == ("requests-2",)


def test_money_agrees_with_sql_over_made_up_rows(database: Callable[..., Connection]) -> None:
    r = made_up(20260101)
    sql = database(r, "income", "expense_claims", "budget_lines")
    for month in range(1, 13):
        span = f"between '2026-{month:02d}-01' and '2026-{month:02d}-31'"
        period = Period.month(2026, month)
        spent = cents(
            sql,
            "select coalesce(sum(coalesce(audited_amount, amount)), 0) from expense_claims "
            f"where paid_on {span} and status in ('已支付', '已归档')",
        )
        received = cents(
            sql,
            "select coalesce(sum(received), 0) from income where received_on "
            f"{span} and status not in ('应收', '减免')",
        )
        rate = cents(
            sql,
            "select sum(coalesce(audited_amount, amount)) from expense_claims c join budget_lines b "
            "on b.id = c.budget_line where c.status in ('已支付', '已归档') and b.year = 202600 and b.status <> '草案' "
            f"and c.paid_on <= '2026-{month:02d}-31'",
        )
        budget = cents(
            sql,
            "select sum(approved + coalesce(adjusted_ok, 0)) from budget_lines where year = 202600 "
            "and status <> '草案'",
        )
        assert money.spent(r, period).value == spent
        assert money.income_received(r, period).value == received
        assert rate is not None and budget is not None
        assert money.budget_rate(r, period).value == rate * 100 / budget


def made_up(seed: int) -> Records:
    dice = Random(seed)

    def some(start: str = "01-01") -> date:
        return day(start) + timedelta(days=dice.randrange(365))

    def sum_() -> Decimal:
        return Decimal(dice.randrange(1, 1_000_000)) / 100

    lines = [
        line(
            id=n,
            category=dice.choice(("印刷费", "电费", "其他")),
            approved=sum_() * 100,
            adjusted_ok=dice.choice((None, sum_())),
            year=dice.choice((2025, 2026, 2026)),
            status=dice.choice(("已批复", "已调整", "草案", "已封账")),
        )
        for n in range(1, 9)
    ]
    claims = [
        {
            "status": dice.choice(("已支付", "已归档", "已批准", "作废")),
            "paid_on": some(),
            "amount": sum_(),
            "audited_amount": dice.choice((None, None, sum_())),
            "budget_line": dice.randrange(1, 9),
        }
        for _ in range(300)
    ]
    incomes = [
        income(
            status=dice.choice(("应收", "已收", "已缴库", "已核对", "减免", "退款")),
            received_on=some(),
            received=sum_(),
        )
        for _ in range(120)
    ]
    first = [{"status": "已归档", "paid_on": day("01-01"), "amount": 1, "budget_line": 1}]
    return records(
        "2027-01-05",
        budget_lines=lines,
        expense_claims=first + claims,
        income=[income(received_on=day("01-01")), *incomes],
    )
