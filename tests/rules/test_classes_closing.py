"""培训班次 when it is over: what must be settled, and the acceptance of projects (domain.md B2.8, CL-06)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.rules import examine
from tests.rules.class_world import course, day, numbered
from tests.rules.world import rules, said

CLOSED = day(9, 23)
"""The class ends on Thursday 9/17 and its survey on Tuesday 9/22: Sunday 9/20 is a working day, so 18, 20, 21."""

OVER: dict[str, Any] = {"status": "待结班", "actual_n": Decimal(43), "now": day(9, 22)}
PROJECT: dict[str, Any] = {
    **OVER,
    "is_project": True,
    "team": (2, 5),
    "project_grade": "良好",
    "reward_note": "通报表扬",
    "status": "待验收",
}


def closing(moment: str = "已归档", rule: str = "结班", **more: Any) -> list[str]:
    return said(course(moment, **{**OVER, **more}), rule)


def test_an_ordinary_class_is_closed():
    assert rules(course("待结班", **{**OVER, "status": "进行中", "now": day(9, 17)})) == []
    assert rules(course("已归档", **OVER)) == []
    assert rules(course("待验收", **{**PROJECT, "status": "待结班"})) == []
    assert rules(course("已归档", **PROJECT, actor=4)) == []


@pytest.mark.parametrize("moment", ["待结班", "待验收", "已归档"])
def test_nothing_is_closed_before_its_last_day(moment):
    words = f"结班日是2026-09-17，还没有到，不能转入“{moment}”。"
    assert words in closing(moment, now=day(9, 16))
    assert words not in closing(moment, now=day(9, 17))


def test_the_survey_closes_first():
    """Three working days after Thursday 9/17: Friday, Sunday 9/20 (made up for the holiday), Monday 9/21."""
    assert closing(now=day(9, 21)) == ["满意度问卷2026-09-21截止，截止后才能归档。"]
    assert closing(now=day(9, 22)) == []


# --- money ------------------------------------------------------------------------------------------------------------

ENTRUSTED = {"is_entrusted": True, "entrusting_unit": "示例局", "fee_standard": Decimal(260), "days": Decimal(4)}


def income(received: int, status: str) -> dict[str, Any]:
    amount = Decimal(received)
    return {"code": f"SR-{received}", "training_class": 1, "amount": amount, "received": amount, "status": status}


def test_an_entrusted_class_owes_nothing_more():
    """43 people, 4 days, 260 元 = 44,720."""
    asked = closing(tables={"income": numbered([income(40000, "已缴库")])}, **ENTRUSTED)
    assert asked == ["委托班应收44,720元，已登记40,000元，差4,720元，请先登记收入或办理减免。"]
    assert closing(tables={"income": numbered([income(44720, "已核对")])}, **ENTRUSTED) == []
    assert closing(tables={"income": numbered([income(40000, "已缴库")])}) == []


@pytest.mark.parametrize("status", ["应收", "已收", "退款签批中"])
def test_income_reaches_the_treasury(status):
    waiting = numbered([income(44720, status), income(1, "减免"), income(2, "已缴库")])
    assert "收入SR-44720尚未缴库，不能归档。" in closing(tables={"income": waiting}, **ENTRUSTED)


def test_claims_are_paid_or_listed():
    claim = {"training_class": 1, "code": "ZC-2026-0007", "status": "签批中"}
    claims = {
        1: claim,
        2: {**claim, "code": "ZC-2026-0008", "status": "草稿"},
        3: {**claim, "code": "ZC-2026-0009", "status": "已支付"},
        4: {**claim, "code": "ZC-2026-0010", "status": "作废"},
        5: {**claim, "code": "ZC-2026-0011", "training_class": 2},
    }
    words = "本班还有{}笔支出单没有支付：{}。请付清，或在“备注”中逐笔列出单号后归档。"
    tables = {"expense_claims": claims}
    assert closing(tables=tables) == [words.format(2, "ZC-2026-0007、ZC-2026-0008")]
    assert closing(tables=tables, remark="ZC-2026-0007待补发票") == [words.format(1, "ZC-2026-0008")]
    assert closing(tables=tables, remark="ZC-2026-0007、ZC-2026-0008待补发票") == []


# --- projects ---------------------------------------------------------------------------------------------------------


def test_projects_are_accepted_and_others_are_not():
    way = ["项目制班次须经考核验收：请先转入“待验收”，评定项目等次后归档。"]
    assert closing(rule="CL-06", **{**PROJECT, "status": "待结班"}) == way
    assert closing(rule="CL-06", **PROJECT) == closing(rule="CL-06") == []
    assert closing("待验收", "CL-06") == ["本班不是项目制，不需要验收，请直接归档。"]
    assert closing("待验收", "CL-06", **{**PROJECT, "status": "待结班"}) == []


@pytest.mark.parametrize(("actor", "name"), [(2, "吴老师"), (3, "周科长"), (5, "冯干事")])
def test_nobody_grades_his_own_project(actor, name):
    words = [f"{name}是本项目的人，不能办理本项目验收，请由考核组验收后归档。"]
    assert closing(rule="CL-06", **PROJECT, actor=actor) == words
    assert closing(rule="CL-06", **PROJECT, actor=4) == []
    assert closing(rule="CL-06", actor=actor) == []


def waiting(on: int, month: int = 9, **cells: Any) -> list[str]:
    found = course("随时", **{**PROJECT, "now": day(month, on), "project_grade": None, **cells})
    return [f.message for f in examine(found) if f.rule == "CL-06"]


def test_a_project_is_accepted_within_five_working_days():
    """It ended on Thursday 9/17; 9/18, 9/20 (made up), 9/21, 9/22, 9/23; then the holiday of 9/25 to 9/27."""
    assert waiting(22) == []
    assert waiting(23) == ["项目“示例研讨班”结班已5个工作日，尚未考核验收。"]
    assert waiting(27) == ["项目“示例研讨班”结班已6个工作日，尚未考核验收。"]
    assert waiting(23, status="待结班") == waiting(23, status="进行中") == waiting(23)
    assert waiting(23, is_project=False) == waiting(23, status="筹备") == waiting(23, ends_on=date(2026, 9, 18)) == []
    assert waiting(23, project_grade="良好") == [], "graded; that its claims are not paid yet is another matter"
