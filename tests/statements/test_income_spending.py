"""收支明细: income and spending side by side, never against each other."""

from datetime import date
from typing import Any

from automations.measures import Period
from tests.measures.world import at, records
from tests.statements.reading import read

SEPTEMBER = Period.month(2026, 9)


def income(received_on: str, amount: int, **cells: Any) -> dict[str, Any]:
    return {
        **{
            "kind": "培训费收入",
            "route": "财政专户",
            "payer": "邻区组织部",
            "status": "已核对",
            "gap": 0,
            "late_wd": 0,
        },
        **{"received_on": date.fromisoformat(received_on), "received": amount, "remitted": amount},
        **{"due_on": date.fromisoformat(received_on), "remitted_on": date.fromisoformat(received_on)},
        **cells,
    }


INCOME = [
    income("2026-09-08", 800, status="退款"),
    income("2026-09-07", 12_000, late_wd=6, remitted_on=date(2026, 9, 16)),
    income("2026-08-31", 500, remitted_on=date(2026, 9, 1), due_on=date(2026, 9, 1)),
    income("2026-09-29", 300, status="已收", remitted=None, remitted_on=None, gap=300, due_on=date(2026, 10, 9)),
    {"status": "减免", "amount": 70, "created_at": at("2026-09-03")},
]
CLAIMS = [
    {
        **{"status": "已归档", "paid_on": date(2026, 9, 9), "amount": 900, "audited_amount": 850},
        **{"category": "办公费", "title": "纸张", "department": 1, "payee_account": "6222020200112233"},
    },
    {
        **{"status": "已支付", "paid_on": date(2026, 9, 2), "amount": 3_000},
        **{"category": "电费", "title": "八月电费", "department": 1},
    },
    {"status": "已批准", "amount": 7_000, "category": "电费"},
]


def test_each_side_adds_up_for_itself() -> None:
    r = records("2026-10-08", income=INCOME, expense_claims=CLAIMS, departments=[{"name": "行政科"}])
    found = read("income_spending", r, SEPTEMBER)
    came, gone, paid = (found.table(n) for n in ("income_table", "remitted_table", "spending_table"))
    assert [row[0] for row in came] == ["2026-09-07", "2026-09-08", "2026-09-29", "合计"]
    assert came[-1][6] == "13,100.00"  # a refund is not taken off
    assert [row[-1] for row in came[:-1]] == ["迟缴6个工作日", "退款", "未到应缴日"]
    assert [(row[0], row[-1]) for row in gone] == [
        ("2026-09-01", "500.00"),
        ("2026-09-08", "800.00"),
        ("2026-09-16", "12,000.00"),
        ("合计", "13,300.00"),
    ]
    assert [(row[0], row[3], row[-1]) for row in paid] == [
        ("2026-09-02", "八月电费", "3,000.00"),
        ("2026-09-09", "纸张", "850.00"),
        ("合计", "", "3,850.00"),
    ]
    assert [row[0] for row in found.table("categories")] == ["电费", "办公费", "合计"]
    assert found.placed == ["kinds", "categories"]


def test_the_words_say_what_is_late_given_back_and_open() -> None:
    r = records("2026-10-12", income=INCOME, expense_claims=CLAIMS, departments=[{"name": "行政科"}])
    text = read("income_spending", r, SEPTEMBER).text
    assert "本期收款3笔，实收13,100.00元。其中已退款800.00元。另有减免70.00元" in text
    assert "培训费收入12,000.00元：9月7日收款，应于9月7日前缴财政专户，9月16日缴库，迟缴6个工作日，已补缴。" in text
    assert "尚有300.00元未缴清" in text
    assert "本期支付2笔，支出3,850.00元。" in text
    assert "6222" not in str(read("income_spending", r, SEPTEMBER).document)
