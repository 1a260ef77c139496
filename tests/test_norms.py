"""参数标准: which value counts on which day, and what an unreadable one does."""

from datetime import date
from decimal import Decimal

import pytest

from automations.errors import RuleError
from automations.norms import Norm, Norms

DAY = date(2026, 9, 1)


def test_what_no_row_says_falls_back_to_the_default() -> None:
    norms = Norms()
    assert norms.flag("chain.dept_review", DAY) and norms.flag("sign.paper_required", DAY)
    assert norms.money("delegate.top_limit", DAY) == Decimal(5000)
    assert norms.names("chain.substitute", DAY) == ()
    with pytest.raises(RuleError, match=r"参数表里没有“no\.such”在2026-09-01的值，请会计在“参数标准”中补上。"):
        norms.text("no.such", DAY)


def test_the_value_of_the_business_date_counts() -> None:
    norms = Norms(
        [
            Norm("delegate.top_limit", "3000", end=date(2026, 8, 31)),
            Norm("delegate.top_limit", "8000", start=date(2026, 9, 1)),
            Norm("delegate.top_limit", "9000", start=date(2027, 1, 1)),
        ]
    )
    by_day = {
        day: norms.money("delegate.top_limit", day)
        for day in (date(2026, 8, 31), DAY, date(2026, 12, 31), date(2027, 1, 1))
    }
    assert list(by_day.values()) == [3000, 8000, 8000, 9000]


def test_of_two_in_force_the_later_counts_whatever_their_order() -> None:
    rows = [Norm("x", "新", start=date(2026, 6, 1)), Norm("x", "旧", start=date(2026, 1, 1)), Norm("x", "无期")]
    assert {Norms(order).text("x", DAY) for order in (rows, rows[::-1])} == {"新"}


def test_a_row_without_a_value_says_nothing() -> None:
    rows = [
        {"key": "sign.paper_required", "value": value, "from_date": None, "to_date": None} for value in (None, "", " ")
    ]
    rows.append({"key": None, "value": "否", "from_date": None, "to_date": None})
    assert Norms.from_rows(rows).flag("sign.paper_required", DAY)
    rows[0]["value"] = "否"
    assert not Norms.from_rows(rows).flag("sign.paper_required", DAY)


@pytest.mark.parametrize(
    ("text", "wanted"), [("是", True), ("启用", True), ("否", False), ("停用", False), ("No", False)]
)
def test_switches(text: str, wanted: bool) -> None:
    assert Norms([Norm("chain.dept_review", text)]).flag("chain.dept_review", DAY) is wanted


def test_what_cannot_be_read_stops_with_the_reason() -> None:
    norms = Norms([Norm("chain.dept_review", "也许"), Norm("delegate.top_limit", "五千")])
    with pytest.raises(RuleError, match=r"参数“chain\.dept_review”应填“是”或“否”，现在是“也许”。"):
        norms.flag("chain.dept_review", DAY)
    with pytest.raises(RuleError, match=r"参数“delegate\.top_limit”应填金额（元），现在是“五千”。"):
        norms.money("delegate.top_limit", DAY)


def test_amounts_and_names_as_people_type_them() -> None:
    norms = Norms(
        [Norm("delegate.top_limit", "5，000.50"), Norm("chain.substitute", "郑副校长、陈副校长，孙副校长;周")]
    )
    assert norms.money("delegate.top_limit", DAY) == Decimal("5000.50")
    assert norms.names("chain.substitute", DAY) == ("郑副校长", "陈副校长", "孙副校长", "周")
