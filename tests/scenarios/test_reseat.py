"""What happens around rows under way: a signer leaves, a company is blocked, a budget is cut, a day passes.

Only rows that stood on what changed are looked at again; :func:`examined` collects them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.engine.docket import Docket
from automations.rows import RowView
from tests.scenarios.conftest import Open
from tests.scenarios.premises import (
    ACCOUNTANT,
    BUDGETS,
    CLAIMS,
    CLERK,
    CONTRACTS,
    HEAD,
    INCOME,
    LEADER,
    SUBSTITUTE,
    TOP,
)
from tests.scenarios.school import School


@contextmanager
def examined(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[tuple[str, int]]]:
    """Collects (table, row id) of every row that the engine examines meanwhile."""
    school.turn(slow=True)  # the worker's own writes come back to it once
    school.settle()
    found: set[tuple[str, int]] = set()
    standing = school.engine._standing
    one = standing._one

    def looked(desk: Any, row: RowView, *more: Any) -> Any:
        found.add((row.table, row.id))
        return one(desk, row, *more)

    with monkeypatch.context() as patch:
        patch.setattr(standing, "_one", looked)
        yield found


def test_a_leader_leaves_and_his_open_steps_go_to_his_successor(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """He signs nothing any more from the day his exit is signed; what he signed before stands."""
    school = opened("9-1")
    people, leader = "people", school.ids[LEADER]
    done, waiting, draft = school.claimed(), school.claimed(amount="120"), school.bill(amount="130")
    other = school.claimed("电话网络费", "300", ACCOUNTANT)
    assert school.agree(CLAIMS, done, HEAD, ACCOUNTANT, LEADER)["current_step"] == "主要领导·赵校长"
    school.agree(CLAIMS, waiting, HEAD, ACCOUNTANT)

    row = school.change(CLERK, people, leader, status="已退出")
    assert row["status"] == "在岗", "nobody types that somebody has left"
    school.under_signature(people, leader, CLERK, "拟退出")
    assert school.waits_for(people, leader) == [SUBSTITUTE, TOP], "his own exit he does not sign"
    assert school.row(waiting)["current_step"] == "分管领导·孙副校长", "until it is signed he is in office"
    assert school.agree(people, leader)["status"] == "已退出"
    gap = "“分管领导”原签批人孙副校长已不担任，现在没有人可以签批，请组织人事科在“部门”或“人员”表中设置。"
    assert (school.row(waiting)["check_result"], school.told(CLAIMS, waiting)) == ("拦截", gap)

    with examined(school, monkeypatch) as seen:
        school.change(CLERK, "departments", school.ids["行政科"], leader_in_charge=school.ids[SUBSTITUTE])
    assert {(CLAIMS, waiting), (CLAIMS, done), (CLAIMS, other)} <= seen, "every open claim stands on who is who"
    assert (CLAIMS, draft) not in seen
    assert school.told(CLAIMS, waiting).split("\n") == [
        "“分管领导”原签批人孙副校长已不担任，本级改由郑副校长签批。",
        "已提交，等待分管领导郑副校长签字。",
    ]
    assert school.waits_for(CLAIMS, waiting) == [SUBSTITUTE, TOP]
    assert school.agree(CLAIMS, waiting)["status"] == "已批准"
    assert school.agree(CLAIMS, done)["status"] == "已批准"
    [old] = [s for s in school.steps_of(CLAIMS, done) if s["level"] == "分管领导"]
    assert (old["assignee"], old["valid"]) == (leader, "有效")
    assert school.waits_for(CLAIMS, other)[-2:] == ["陈副校长", TOP], "another department's leader is no other"


def test_a_company_is_blocked_after_the_claim_was_submitted(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told in the row at once, and no money leaves."""
    school = opened("9-1")
    shop, other = school.vendor("示例文具公司"), school.vendor("示例五金公司")
    claim, beside = school.claimed(of=shop), school.claimed("维修维护费", "400", of=other)
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    with examined(school, monkeypatch) as seen:
        school.change(HEAD, "vendors", shop, blocked=True, block_reason="串通报价")
    assert ("vendors", shop) in seen and {row for table, row in seen if table == CLAIMS} == {claim}
    message = "“示例文具公司”已停用（串通报价），不能新签合同或付款。"
    assert (school.row(claim)["check_result"], message in school.told(CLAIMS, claim)) == ("拦截", True)
    assert "停用" not in school.told(CLAIMS, beside)
    school.change(HEAD, "vendors", shop, blocked=False, block_reason=None)
    assert "停用" not in school.told(CLAIMS, claim)
    school.change(HEAD, "vendors", shop, blocked=True, block_reason="串通报价")
    row = school.pay(claim)
    assert (row["status"], row["paid_on"], row["check_message"]) == ("已批准", None, message)
    school.change(HEAD, "vendors", shop, blocked=False, block_reason=None)
    assert school.pay(claim)["status"] == "已支付"


def test_a_budget_is_cut_between_signature_and_payment(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    school = opened("9-1")
    claim, beside = school.claimed(amount="900"), school.claimed("电话网络费", "300")
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    line = school.ids[BUDGETS["办公费"]]
    with examined(school, monkeypatch) as seen:
        row = school.change(ACCOUNTANT, "budget_lines", line, approved=Decimal(500))
    assert row["available"] == Decimal(-400)
    assert (CLAIMS, beside) not in seen and ("budget_lines", school.ids[BUDGETS["电话网络费"]]) not in seen
    row = school.pay(claim)
    message = (
        "指标“日常办公费”可用500元，本单900元，超出400元。"
        "请调整指标或改用其他经费。（预算法第十三条：未列入预算的不得支出）"
    )
    assert (row["status"], row["check_message"]) == ("已批准", message)
    school.change(ACCOUNTANT, "budget_lines", line, approved=Decimal(900))
    assert school.pay(claim)["status"] == "已支付"


def test_a_day_passes(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a day can change is looked at: income that is due, a contract that ends; no draft, no archive."""
    school = opened("9-1")
    company = school.vendor("示例电信公司")
    contract = school.signed_contract(company, "据实|按月|9000", "2025-10-1", "2026-12-1", kind="租赁")
    income = school.income("600")
    school.receive(income, "600")
    closed = school.income("700")
    school.receive(closed, "700")
    school.remit(closed, "700")
    school.change(ACCOUNTANT, INCOME, closed, status="已核对")
    archived = school.paid(school.claimed())
    school.change(ACCOUNTANT, CLAIMS, archived, voucher_no="记-2026-09-001")
    draft, waiting = school.bill(amount="77"), school.claimed(amount="88")
    assert school.status(CONTRACTS, contract) == "履行中"

    with examined(school, monkeypatch) as seen:
        school.settle()
    assert seen == set(), "nothing happened"
    with examined(school, monkeypatch) as seen:
        school.go_to("9-3")
    assert {(CONTRACTS, contract), (INCOME, income)} <= seen
    never = {(CLAIMS, archived), (CLAIMS, draft), (CLAIMS, waiting), (INCOME, closed)}
    assert seen & never == set()
    assert school.status(CONTRACTS, contract) == "临期", "ninety days before it ends"
    assert school.ledger(INCOME, income) == [("IN-02", "一般")]
    assert school.today == date(2026, 9, 3)


def test_a_step_lies_in_the_list_of_the_delegate_for_as_long_as_the_leader_is_away(opened: Open) -> None:
    """Submitted before he left, and after he was back nobody but him has it: whoever signed then would be refused."""
    school = opened("8-31", post=True)
    claim = school.claimed()
    school.agree(CLAIMS, claim, HEAD, ACCOUNTANT)
    away: dict[str, Any] = {
        "away_from": date(2026, 9, 1),
        "away_to": date(2026, 9, 10),
        "delegate": school.ids[SUBSTITUTE],
        "delegate_scope": ("支出",),
        "delegate_limit": Decimal(5000),
        "delegate_doc": school.paper("委托书.pdf"),
    }
    school.change(LEADER, "people", school.ids[LEADER], **away)

    def whose() -> tuple[object, object]:
        [step] = [s for s in school.steps_of(CLAIMS, claim) if s["level"] == "分管领导"]
        return step["assignee"], step["on_behalf_of"]

    him, delegate = school.ids[LEADER], school.ids[SUBSTITUTE]
    assert whose() == (him, None), "he is still here"
    for on in ("9-1", "9-10"):
        school.go_to(on)
        assert whose() == (delegate, him)
    school.go_to("9-11")
    assert whose() == (him, None), "he is back"


def test_rows_are_looked_at_again_in_their_order(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever Python's hashes are: else the journal, and what people hear first, would differ from run to run."""
    school, rows, asked = opened("9-1"), [8 * n + 1 for n in range(64)], list[int]()
    woken = [{(CLAIMS, row_id) for row_id in rows}]
    monkeypatch.setattr(school.engine._index, "standing_on", lambda changed: woken.pop() if woken else set())
    look: Any = lambda docket, row_id, now: asked.append(row_id)  # noqa: E731
    monkeypatch.setattr(Docket, "look_again", look)
    school.turn()
    assert asked == rows
