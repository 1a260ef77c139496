"""预算指标: the right line, adjustments that count only when signed, the pace of spending (domain.md B5.21)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.holds import Hold
from automations.rules import examine
from automations.tables.values import File
from tests.rules.world import facts, said

LINE: dict[str, Any] = {
    "year": Decimal(2026),
    "name": "资料印刷费",
    "category": "印刷费",
    "fund_source": "财政拨款",
    "department": 1,
    "approved": Decimal(60000),
    "status": "已批复",
}


def claim(line: dict[str, Any], moment: str = "提交", **cells: Any) -> Any:
    filled = {"category": "印刷费", "amount": Decimal(1250), "budget_line": 3, **cells}
    return facts("expense_claims", filled, {"budget_lines": {3: {**LINE, **line}}}, moment=moment)


def taken(frozen: int, spent: int) -> list[Hold]:
    """What claims hold of line 1."""
    return [
        Hold("budget", "1", "占用", Decimal(frozen), "ZC-1", "签批中", subject="expense_claims/1"),
        Hold("budget", "1", "已用", Decimal(spent), "ZC-2", "已支付", subject="expense_claims/2"),
    ]


def line(moment: str, cells: dict[str, Any] | None = None, **more: Any) -> Any:
    return facts("budget_lines", {**LINE, **(cells or {})}, moment=moment, **more)


# --- BG-02 ------------------------------------------------------------------------------------------------------------


def test_bg02_a_claim_is_charged_to_its_own_category():
    assert said(claim({}, category="办公费"), "BG-02") == ["支出类别“办公费”与指标类别“印刷费”不符。"]
    assert said(claim({}), "BG-02") == said(claim({}, category=None), "BG-02") == []
    assert said(claim({}, budget_line=None), "BG-02") == said(claim({"category": None}), "BG-02") == []


def test_bg02_a_closed_year_is_closed():
    for moment in ("提交", "付款"):
        assert said(claim({"status": "已封账"}, moment), "BG-02") == ["2026年度指标已封账。"]
        assert said(claim({"status": "已调整"}, moment), "BG-02") == []


def test_bg02_a_draft_is_no_budget():
    assert said(claim({"status": "草案"}), "BG-02") == ["指标“资料印刷费”还是草案，批复后才能列支。"]
    assert said(claim({}), "BG-02") == []


# --- V18 and adjustments ----------------------------------------------------------------------------------------------


def test_v18_over_budget_with_its_three_figures():
    """印刷费: 300 元 left, a claim of 1,250."""
    held = [Hold("budget", "3", "已用", Decimal(59700), "ZC-1", "已支付", subject="expense_claims/9")]
    found = facts(
        "expense_claims",
        {"category": "印刷费", "amount": Decimal(1250), "budget_line": 3},
        {"budget_lines": {3: LINE}},
        holds=held,
    )
    assert said(found, "BG-01") == [
        "指标“资料印刷费”可用300元，本单1,250元，超出950元。请调整指标或改用其他经费。"
        "（预算法第十三条：未列入预算的不得支出）"
    ]


def test_an_adjustment_counts_once_it_is_signed():
    held = [Hold("budget", "3", "已用", Decimal(59700), "ZC-1", "已支付", subject="expense_claims/9")]

    def available(**cells: Any) -> Decimal | None:
        found = facts(
            "expense_claims",
            {"amount": Decimal(1250), "budget_line": 3},
            {"budget_lines": {3: {**LINE, **cells}}},
            holds=held,
        )
        return found.available

    assert available(adjusted=Decimal(5000)) == 300
    assert available(adjusted=Decimal(5000), adjusted_ok=Decimal(5000)) == 5300
    assert available(adjusted=Decimal(9000), adjusted_ok=Decimal(5000)) == 5300  # typed over after the signature
    assert available(adjusted_ok=Decimal(-200)) == 100


def test_the_cells_of_a_line():
    found = compute(line("", {"adjusted": Decimal(9000), "adjusted_ok": Decimal(-10000)}, holds=taken(1000, 25000)))
    assert found.cells == {
        "frozen": Decimal(1000),
        "spent": Decimal(25000),
        "available": Decimal(24000),
        "rate": Decimal(50),
        "is_three_public": False,
    }


def test_an_adjustment_rests_on_paper():
    assert said(line("提交", {"adjusted": Decimal(-1)}), "指标调整") == ["调整指标须上传“调整依据”。"]
    paper = (File("批复.pdf", 1, "ref"),)
    assert said(line("提交", {"adjusted": Decimal(-1), "adjust_doc": paper}), "指标调整") == []
    back = {"adjusted": Decimal(0), "adjusted_ok": Decimal(5000)}
    assert said(line("提交", back), "指标调整") == ["调整指标须上传“调整依据”。"]
    assert said(line("提交", {"adjusted": Decimal(0)}), "指标调整") == said(line("提交"), "指标调整") == []


def test_an_adjustment_leaves_what_is_taken():
    paper = (File("批复.pdf", 1, "ref"),)

    def less(cut: int) -> list[str]:
        cells = {"adjusted": Decimal(cut), "adjust_doc": paper}
        return said(line("提交", cells, holds=taken(12000, 30000)), "指标调整")

    assert less(-18000) == []
    assert less(-18001) == [
        "调整后指标共41,999元，少于已占用12,000元与已支付30,000元之和，差1元。请改小调整数，或先退回占用的单据。"
    ]


def test_a_line_is_filled_in():
    for moment in ("提交", "已批复"):
        blank = {"name": None, "department": None, "adjusted": Decimal(0)}
        assert said(line(moment, blank), "必填") == ["请填写：“指标名称”、“部门”。"]
        assert said(line(moment, {"adjusted": Decimal(0)}), "必填") == []
    assert said(line("提交"), "必填") == ["请填写：“调整数”。"]  # what is signed here is an adjustment
    assert said(line("已批复"), "必填") == []


def test_staff_funds_are_history():
    words = ["“职工集资”只用于2014年及以前，2015年度的指标不能选用。"]
    for moment in ("随时", "提交", "已批复"):
        assert said(line(moment, {"fund_source": "职工集资", "year": Decimal(2015)}), "职工集资") == words
        assert said(line(moment, {"fund_source": "职工集资", "year": Decimal(2014)}), "职工集资") == []
        assert said(line(moment, {"year": Decimal(2026)}), "职工集资") == []
    assert said(line("随时", {"fund_source": "职工集资", "year": None}), "职工集资") == []


# --- BG-03 ------------------------------------------------------------------------------------------------------------


def pace(spent: int, month: int = 7, day: int = 2, **cells: Any) -> list[str]:
    """What BG-03 says of a line of 36,000 元."""
    filled = {"approved": Decimal(36000), **cells}
    now = datetime(2026, month, day, 2, 0, tzinfo=UTC)
    return said(line("随时", filled, holds=taken(0, spent), now=now), "BG-03")


def test_bg03_slower_than_the_year():
    """Half a year is over on 7/1: 50 %."""
    assert pace(12599) == ["已执行35.0%，6月末序时进度50.0%，慢15.0个百分点，请核实原因。"]
    assert pace(12600) == []  # exactly 15
    assert pace(0, month=6, day=30) == ["已执行0.0%，5月末序时进度41.7%，慢41.7个百分点，请核实原因。"]
    assert pace(9600, month=6, day=30) == [] and pace(9600, month=7, day=1) != []  # June has still to be counted


def test_bg03_faster_than_the_year():
    """At the end of July 58.3 % may be spent, on its first day as on its last."""
    assert pace(24600, day=1) == pace(24600, day=31) == []  # exactly 10
    assert pace(24636) == ["已执行68.4%，7月末序时进度58.3%，快10.1个百分点，请核实原因。"]
    assert pace(36000, month=1) == ["已执行100.0%，1月末序时进度8.3%，快91.7个百分点，请核实原因。"]
    assert pace(36000, month=12) == pace(0, month=1) == []


def test_bg03_is_a_hint_of_the_month_and_no_line_in_the_ledger():
    [found] = [f for f in examine(line("随时", now=datetime(2026, 9, 30, 2, 0, tzinfo=UTC))) if f.rule == "BG-03"]
    assert (found.severity, found.gravity, found.stage) == ("提示", None, "2026-09")


@pytest.mark.parametrize(
    "cells", [{"status": "草案"}, {"status": "已封账"}, {"year": Decimal(2025)}, {"approved": None}, {"year": None}]
)
def test_bg03_looks_at_this_years_open_lines_only(cells):
    assert pace(0) != [] and pace(0, status="已调整") != []
    assert pace(0, **cells) == []


def test_bg03_counts_the_signed_adjustment():
    assert pace(18000) == []
    assert pace(18000, adjusted_ok=Decimal(36000)) == ["已执行25.0%，6月末序时进度50.0%，慢25.0个百分点，请核实原因。"]
