"""Whose hand a table needs: 预算指标 and 收入缴库 are kept by 会计 and 出纳 (domain.md B8).

Cells that others filled are put back (:mod:`automations.owners`); here it is asked who moves a row from state to state,
and who added it.
"""

from collections.abc import Iterator
from typing import Any

from automations.books import Facts
from automations.rules.base import ALWAYS, SUBMIT, rule

BUDGET, INCOME, NOT_HIS = "budget_lines", "income", "责任列"
STATUS = "“状态”由{keeper}填写，{name}的修改已还原。"

Figures = Iterator[dict[str, Any]]


def _moved_by(row: Facts, keeper: str, *roles: str) -> Figures:
    if row.actor is not None and not any(row.actor.has(role) for role in roles):
        yield {"keeper": keeper, "name": row.actor.name}


@rule(NOT_HIS, BUDGET, "B8", STATUS, gravity="一般", at=(SUBMIT, "已批复", "调整中", "已封账"))
def budget_moved_by_an_accountant(line: Facts) -> Figures:
    """Only 会计 moves a budget line on."""
    yield from _moved_by(line, "会计", "会计")


@rule(NOT_HIS, INCOME, "B8", STATUS, at=(SUBMIT, "已收", "已缴库", "已核对", "减免"))
def income_moved_by_finance(income: Facts) -> Figures:
    """Only 会计 or 出纳 moves an income on."""
    yield from _moved_by(income, "会计或出纳", "会计", "出纳")


def _added_by(row: Facts, first: str, *roles: str) -> Figures:
    """Whose hand the row still is; Houqin itself and whoever is not in 人员 have no name here."""
    maker = row.directory.by_account(row.created_by)
    if row.status == first and maker is not None and not any(maker.has(role) for role in roles):
        yield {"name": maker.name}


@rule(NOT_HIS, BUDGET, "B8", "预算指标由会计登记：{name}新建的本行须由会计核对并改为“已批复”后才能使用。", at=ALWAYS)
def budget_added_by_an_accountant(line: Facts) -> Figures:
    """A line that somebody else typed is none until 会计 has taken it on."""
    yield from _added_by(line, "草案", "会计")


@rule(
    NOT_HIS, INCOME, "B8", "收入由会计或出纳登记：{name}新建的本行须由会计或出纳核对并改为“已收”后才算数。", at=ALWAYS
)
def income_added_by_finance(income: Facts) -> Figures:
    """An income that somebody else typed is none until 会计 or 出纳 has taken it on."""
    yield from _added_by(income, "应收", "会计", "出纳")
