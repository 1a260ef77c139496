"""Who moves and who adds a row of 预算指标 and 收入缴库 (domain.md B8)."""

import pytest

from automations.people import Person
from tests.rules.world import facts, said

ACCOUNTANT = Person(1, "李会计", "li@school.test", roles=frozenset({"会计"}))
CASHIER = Person(2, "钱出纳", "qian@school.test", roles=frozenset({"出纳"}))
CLERK = Person(3, "王文员", "wang@school.test", roles=frozenset({"经办人"}))
PEOPLE = (ACCOUNTANT, CASHIER, CLERK)
RULE = "责任列"


@pytest.mark.parametrize("moment", ["提交", "已批复", "调整中", "已封账"])
def test_a_budget_line_is_moved_by_an_accountant(moment):
    for person, expected in [
        (ACCOUNTANT, []),
        (CASHIER, ["“状态”由会计填写，钱出纳的修改已还原。"]),
        (CLERK, ["“状态”由会计填写，王文员的修改已还原。"]),
        (None, []),
    ]:
        assert said(facts("budget_lines", {}, moment=moment, actor=person), RULE) == expected


@pytest.mark.parametrize("moment", ["提交", "已收", "已缴库", "已核对", "减免"])
def test_an_income_is_moved_by_finance(moment):
    for person, expected in [
        (ACCOUNTANT, []),
        (CASHIER, []),
        (CLERK, ["“状态”由会计或出纳填写，王文员的修改已还原。"]),
    ]:
        assert said(facts("income", {}, moment=moment, actor=person), RULE) == expected


@pytest.mark.parametrize(
    ("table", "first", "later", "sentence"),
    [
        (
            "budget_lines",
            "草案",
            "已批复",
            "预算指标由会计登记：{}新建的本行须由会计核对并改为“已批复”后才能使用。",
        ),
        (
            "income",
            "应收",
            "已收",
            "收入由会计或出纳登记：{}新建的本行须由会计或出纳核对并改为“已收”后才算数。",
        ),
    ],
)
def test_a_row_that_somebody_else_added(table, first, later, sentence):
    def told(account: str, status: str = first) -> list[str]:
        cells = {"status": status, "created_by": account}
        return said(facts(table, cells, people=PEOPLE, moment="随时"), RULE)

    assert told("wang@school.test") == [sentence.format("王文员")]
    assert told("wang@school.test", later) == []
    assert told("li@school.test") == [] == told("houqin@school.test")
    assert told("qian@school.test") == ([] if table == "income" else [sentence.format("钱出纳")])
