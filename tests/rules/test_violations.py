"""预警台账: who may close an alert, and when (domain.md B6.29)."""

from typing import Any

import pytest

from automations.people import Person
from tests.rules.world import facts, said

NAMED = Person(1, "王文员", roles=frozenset({"经办人"}))
ACCOUNTANT = Person(2, "李会计", roles=frozenset({"会计"}))
LEADER = Person(3, "孙副校长", roles=frozenset({"分管领导"}))
TOP = Person(4, "赵校长", roles=frozenset({"主要领导"}))
CASHIER = Person(5, "钱出纳", roles=frozenset({"出纳"}))
CLOSING = ("已关闭", "误报", "已上报")
LINE = {"person": 1, "explanation": "已向会计说明，款已补缴。", "handling": "已整改", "status": "待核实"}
NOT_ABOUT_ONESELF = "预警不能由责任人本人关闭。"


def closing(actor: Person | None, moment: str = "已关闭", **cells: Any) -> list[str]:
    return said(facts("violations", {**LINE, **cells}, moment=moment, actor=actor))


@pytest.mark.parametrize("moment", CLOSING)
@pytest.mark.parametrize("actor", [ACCOUNTANT, LEADER, TOP, None])
def test_finance_or_a_leader_closes(actor, moment):
    assert closing(actor, moment) == []


@pytest.mark.parametrize("moment", CLOSING)
def test_nobody_closes_an_alert_about_himself(moment):
    assert closing(ACCOUNTANT, moment, person=2) == [NOT_ABOUT_ONESELF]
    assert closing(LEADER, moment, person=2, closed_by=2) == [NOT_ABOUT_ONESELF]  # nor does his name stand for it
    assert closing(LEADER, moment, person=2, closed_by=3) == []
    assert closing(ACCOUNTANT, moment, person=None) == closing(None, moment, person=None) == []


@pytest.mark.parametrize("moment", CLOSING)
def test_nobody_else_closes(moment):
    assert closing(CASHIER, moment) == ["只有会计、分管领导或主要领导可以关闭预警。"]
    assert closing(NAMED, moment) == [NOT_ABOUT_ONESELF, "只有会计、分管领导或主要领导可以关闭预警。"]


@pytest.mark.parametrize("moment", CLOSING)
def test_what_was_done_is_on_record(moment):
    assert closing(ACCOUNTANT, moment, handling=None) == ["关闭前请填写“处理意见”。"]


def test_whoever_is_named_is_heard_first():
    assert closing(ACCOUNTANT, explanation=None) == ["责任人还没有填写“情况说明”，不能转入“已关闭”。"]
    assert closing(NAMED, "待核实", explanation="") == ["责任人还没有填写“情况说明”，不能转入“待核实”。"]
    assert closing(NAMED, "待核实") == []
    assert closing(ACCOUNTANT, "误报", explanation=None) == []  # a false alarm needs no excuse
    assert closing(ACCOUNTANT, person=None, explanation=None) == []
