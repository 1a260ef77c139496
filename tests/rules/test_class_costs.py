"""What a class may cost and what it costs (domain.md B2.8, CL-04; 综合定额 by type and length)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.rules import examine
from tests.rules.class_world import COURSE, course, numbered
from tests.rules.world import said


def figures(*claims: dict[str, Any], **cells: Any) -> dict[str, Any]:
    return dict(compute(course("", {"expense_claims": numbered(claims)}, **cells)).cells)


def lasting(days: int) -> dict[str, Any]:
    return {"ends_on": COURSE["starts_on"] + timedelta(days=days - 1)}


@pytest.mark.parametrize(
    ("days", "limit"),
    [
        (1, "400"),
        (15, "400"),
        (16, "395"),  # 15 days whole, one at 80 %: (15 + 0.8) × 400 ÷ 16
        (30, "360"),  # (15 + 12) × 400 ÷ 30
        (31, "357.42"),  # (15 + 12 + 0.7) × 400 ÷ 31
        (40, "340"),  # (15 + 12 + 7) × 400 ÷ 40
    ],
)
def test_the_standard_by_days(days, limit):
    found = figures(**lasting(days))
    assert (found["days"], found["cost_limit"]) == (days, Decimal(limit))


def test_the_standard_by_type():
    assert figures(class_type="会议")["cost_limit"] == Decimal(550)
    assert figures(class_type="委托班")["cost_limit"] == Decimal(400)
    assert figures(class_type=None)["cost_limit"] is None
    assert compute(course("", norms={"training.std.local": "380"})).cells["cost_limit"] == Decimal(380)


def test_without_days_nothing_is_computed():
    for cells in ({"starts_on": None}, {"ends_on": None}, {"ends_on": date(2026, 9, 13)}):
        found = figures(**cells)
        assert (found["days"], found["cost_limit"], found["cost_per_pd"]) == (None, None, None)


PAID = {"training_class": 1, "category": "食材费", "status": "已支付", "amount": Decimal(36000)}


def test_what_it_costs():
    """40 people for 4 days: 160 person-days."""
    claims = (
        {**PAID, "audited_amount": Decimal(32000)},
        {**PAID, "status": "已归档", "kind": "合同付款", "amount": Decimal(8000)},
        {**PAID, "status": "签批中"},
        {**PAID, "training_class": 2},
    )
    found = figures(*claims, actual_n=Decimal(40))
    assert (found["cost_actual"], found["cost_per_pd"]) == (Decimal(40000), Decimal(250))
    assert figures(*claims)["cost_per_pd"] == Decimal("222.22")  # by the 45 planned, as long as nobody counted
    assert figures(planned_n=None)["cost_per_pd"] is None


def test_lectures_stand_beside_the_standard():
    lecture = {**PAID, "category": "讲课费", "amount": Decimal(4000)}
    found = compute(course("", {"expense_claims": numbered([PAID, lecture])}, actual_n=Decimal(40)))
    assert found.cells["cost_actual"] == Decimal(40000)
    assert "实际成本含讲课费4,000元；除讲课费外每人天225元。" in found.note
    assert "讲课费" not in compute(course("", {"expense_claims": numbered([PAID])})).note


# --- CL-04 ------------------------------------------------------------------------------------------------------------


def told(status: str, *claims: dict[str, Any], permits: Any = (), **cells: Any) -> list[str]:
    tables = {"expense_claims": numbered(claims), "requests": numbered(permits)}
    return said(course("随时", tables, status=status, planned_n=Decimal(40), **cells), "CL-04")


FULL = {**PAID, "amount": Decimal(64000)}
"""Exactly the standard: 400 元 × 40 people × 4 days."""

MORE = {**PAID, "amount": Decimal("64001.60"), "status": "签批中"}
EXPECTED = ["本班预计400.01元/人天，超过综合定额400元/人天，请说明或调整。"]
SPENT = ["本班实际400.01元/人天，超过综合定额400元/人天，请说明原因。"]


@pytest.mark.parametrize("status", ["计划", "筹备", "进行中"])
def test_what_is_expected_is_told_while_something_can_be_changed(status):
    assert told(status, MORE) == EXPECTED
    assert told(status, FULL) == []
    assert told(status, {**MORE, "status": "草稿"}) == told(status, {**MORE, "status": "作废"}) == []
    assert told(status, {**MORE, "category": "讲课费"}) == []


def test_what_was_permitted_and_not_claimed_is_expected():
    permit = {"training_class": 1, "status": "已批准", "remaining": Decimal("1.60")}
    assert told("筹备", FULL, permits=[permit]) == EXPECTED
    assert told("筹备", FULL, permits=[{**permit, "status": "待签"}]) == []
    assert told("筹备", FULL, permits=[{**permit, "training_class": 2}]) == []


@pytest.mark.parametrize("status", ["待结班", "待验收"])
def test_what_was_spent_is_told_when_it_is_over(status):
    assert told(status, {**MORE, "status": "已支付"}) == SPENT
    assert told(status, MORE) == told(status, {**FULL}) == []
    assert told(status, FULL, {**MORE, "status": "已支付", "category": "讲课费"}) == []
    assert told("已归档", {**MORE, "status": "已支付"}) == []


def test_the_hint_and_the_line():
    def kind(status: str, claim: dict[str, Any]) -> Any:
        found = examine(course("随时", {"expense_claims": {1: claim}}, status=status, verified=False))
        return [(f.severity, f.gravity, f.message[-7:]) for f in found if f.rule == "CL-04"]

    large = {**MORE, "amount": Decimal(90000), "status": "已支付"}
    assert kind("筹备", large) == [("提示", None, "（标准待核实）")]
    assert kind("待结班", large) == [("预警", "一般", "（标准待核实）")]


def test_an_unfinished_row_is_nobodys_business():
    assert told("计划", MORE, starts_on=None) == told("计划", MORE, class_type=None) == []
