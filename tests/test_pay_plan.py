"""Pay plans and quotes as clerks type them: understood exactly, or refused with the line."""

from datetime import date
from decimal import Decimal

import pytest

from automations.pay_plan import Instalment, Quote, read_pay_plan, read_quotes

PLAN_LINE = "请写成“日期|条件|金额”，如：2026-06-30|验收合格后|52000。"
QUOTE_LINE = "请写成“供应商｜报价”，如：示例商贸公司｜52000。"


@pytest.mark.parametrize(
    "line",
    [
        "2026-06-30|验收合格后|52000",
        "2026/6/30｜验收合格后｜52,000.00",
        "２０２６－０６－３０｜验收合格后｜５２，０００",
        "  2026年6月30日 丨 验收合格后 │ 5.2万元  ",
        "2026.06.30|验收合格后|¥52,000",
    ],
)
def test_one_line_however_it_is_typed(line: str) -> None:
    plan = read_pay_plan(line)
    assert plan.problems == ()
    assert plan.instalments == (Instalment(1, date(2026, 6, 30), "验收合格后", Decimal("52000.00")),)


def test_lines_are_numbered_and_empty_ones_are_none() -> None:
    plan = read_pay_plan("\n2026-01-31|1月服务|100\n\n  \n2026-02-28||200.5\n")
    assert [(i.number, i.condition, i.named) for i in plan.instalments] == [
        (1, "1月服务", "1月服务"),
        (2, "", "2026-02-28"),
    ]
    assert plan.total == Decimal("300.50")
    assert plan.numbered(Decimal(2)) is plan.instalments[1]
    assert plan.numbered(3) is None and plan.numbered(None) is None


@pytest.mark.parametrize("word", ["据实", "按次"])
def test_a_line_that_many_claims_draw_on(word: str) -> None:
    assert read_pay_plan(f"{word}|按单结算|60000").instalments[0].due is None


@pytest.mark.parametrize("text", [None, "", " \n "])
def test_nothing_is_no_plan(text: str | None) -> None:
    assert read_pay_plan(text).instalments == () == read_pay_plan(text).problems


@pytest.mark.parametrize(
    "line, problem",
    [
        ("2026-06-30 验收后 52000", PLAN_LINE),
        ("2026-06-30|验收后|余款|52000", PLAN_LINE),
        ("验收合格后|52000", PLAN_LINE),
        ("2026-06|验收后|52000", "日期“2026-06”请写成2026-06-30；按实际次数结算的写“据实”。"),
        ("2026-02-30|验收后|52000", "日期“2026-02-30”请写成2026-06-30；按实际次数结算的写“据实”。"),
        ("验收后|2026-06-30|52000", "日期“验收后”请写成2026-06-30；按实际次数结算的写“据实”。"),
        ("2026-06-30|验收后|0", "金额应大于0。"),
        ("2026-06-30|验收后|30%", "金额“30%”看不明白。请只写一个数，如 1234.50、1,234.50 或 1.2万。"),
        ("2026-06-30|验收后|", "金额“”看不明白。请只写一个数，如 1234.50、1,234.50 或 1.2万。"),
    ],
)
def test_a_bad_line_is_refused_by_name_and_the_others_stand(line: str, problem: str) -> None:
    plan = read_pay_plan(f"2026-01-31||100\n{line}\n2026-03-31||100")
    assert plan.problems == (f"第2行“{line}”看不明白：{problem}",)
    assert [i.number for i in plan.instalments] == [1, 3]


def test_quotes() -> None:
    found = read_quotes("示例甲公司｜４８，０００\n示例乙公司| 4.9万 ")
    assert found.offers == (Quote("示例甲公司", Decimal(48000)), Quote("示例乙公司", Decimal(49000)))
    assert found.problems == ()
    assert read_quotes(None).offers == ()


@pytest.mark.parametrize(
    "line, problem",
    [
        ("示例丙公司 50000", QUOTE_LINE),
        ("｜50000", QUOTE_LINE),
        ("示例丙公司｜50000｜含税", QUOTE_LINE),
        ("示例丙公司｜约5万", "金额“约5万”看不明白。请只写一个数，如 1234.50、1,234.50 或 1.2万。"),
        ("示例丙公司｜0", "金额应大于0。"),
    ],
)
def test_a_bad_quote_is_refused_by_name(line: str, problem: str) -> None:
    found = read_quotes(f"示例甲公司｜1\n{line}")
    assert found.problems == (f"第2行“{line}”看不明白：{problem}",)
    assert len(found.offers) == 1
