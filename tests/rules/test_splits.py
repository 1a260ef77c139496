"""化整为零 (domain.md C5, PR-03a–d): V08, V09, V11, the negative controls, and every boundary on both sides."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Department, Person
from automations.rules import examine
from tests.rules.world import Rows, facts, said

PEOPLE = (Person(1, "王文员", department=1), Person(2, "吴教师", department=2))
DEPARTMENTS = (Department(1, "行政科"), Department(2, "教务科"))
SHOP, PRINTER = 3, 4
CHAIRS: Mapping[str, Any] = {
    "code": "ZC-2026-0203",
    "kind": "报销",
    "category": "资产购置",
    "title": "购置办公椅",
    "handler": 1,
    "department": 1,
    "payee_kind": "服务商",
    "vendor": SHOP,
    "budget_line": 1,
    "biz_date": date(2026, 9, 12),
    "amount": 4790,
    "status": "提交",
}
LINES: Rows = {
    1: {"name": "办公设备", "year": 2026, "category": "资产购置", "approved": 400000},
    2: {"name": "资料印刷", "year": 2026, "category": "印刷费", "approved": 60000},
    3: {"name": "去年办公设备", "year": 2025, "category": "资产购置", "approved": 400000},
    4: {"name": "差旅费", "year": 2026, "category": "差旅费", "approved": 160000},
    5: {"name": "道路改造", "year": 2026, "category": "工程改造", "approved": 9000000},
}


def other(day: date, amount: Any, code: str = "ZC-2026-0201", **cells: Any) -> dict[str, Any]:
    """Another claim, under signature, alike but for what is given."""
    return {**CHAIRS, "status": "签批中", "biz_date": day, "amount": amount, "code": code, **cells}


FIRST = other(date(2026, 9, 1), 4860)
SECOND = other(date(2026, 9, 6), 4920, "ZC-2026-0202")


def claim(
    others: Mapping[int, Mapping[str, Any]] | None = None,
    tables: Mapping[str, Rows] | None = None,
    norms: Mapping[str, str] | None = None,
    verified: bool = True,
    **changes: Any,
) -> Any:
    """The claim of row 9 as it is submitted, beside ``others``."""
    rows = {"budget_lines": LINES, **(tables or {}), "expense_claims": others or {}}
    found = {**CHAIRS, **changes}
    return facts(
        "expense_claims",
        found,
        rows,
        row_id=9,
        norms=norms,
        verified=verified,
        people=PEOPLE,
        departments=DEPARTMENTS,
        on=found["biz_date"] or date(2026, 9, 12),
    )


def split(n: int, item: str, codes: str, total: str, line: str) -> str:
    return (
        f"疑似拆分：{n}笔“{item}”（{codes}）合计{total}元，达到{line}元。"
        "请合并为一个采购项目，或由会计填写不构成拆分的理由。"
    )


COMPARE = "内部比选起点5,000"
TOGETHER = "校委会集体研究起点50,000"

# PR-03a ---------------------------------------------------------------------------------------------------------------


def test_v08_three_times_chairs_in_twelve_days() -> None:
    """V08: 4,860 / 4,920 / 4,790 元 to one vendor within 12 days; the third is stopped with all three."""
    wanted = [split(3, "资产购置", "ZC-2026-0201、ZC-2026-0202、ZC-2026-0203", "14,570", COMPARE)]
    assert said(claim({1: FIRST, 2: SECOND}), "PR-03a") == wanted
    assert [f.severity for f in examine(claim({1: FIRST, 2: SECOND})) if f.rule == "PR-03a"] == ["拦截"]
    assert said(claim(), "PR-03a") == [], "the first of them"
    assert said(claim({1: FIRST}), "PR-03a") == [
        split(2, "资产购置", "ZC-2026-0201、ZC-2026-0203", "9,650", COMPARE)
    ], "the second is stopped already, unless 会计 writes why"


def test_pr03a_a_reason_by_the_accountant_settles_this_row_only() -> None:
    assert said(claim({1: FIRST, 2: SECOND}, split_reason="三个科室各自需要"), "PR-03a") == []
    assert len(said(claim({1: FIRST, 2: {**SECOND, "split_reason": "配套"}}), "PR-03a")) == 1


def test_pr03a_thirty_days_and_no_more() -> None:
    assert len(said(claim({1: other(date(2026, 8, 13), 4860)}), "PR-03a")) == 1, "30 days before"
    assert said(claim({1: other(date(2026, 8, 12), 4860)}), "PR-03a") == []
    assert len(said(claim({1: other(date(2026, 10, 12), 4860)}), "PR-03a")) == 1, "30 days after"
    assert said(claim({1: other(date(2026, 10, 13), 4860)}), "PR-03a") == []


def test_pr03a_both_ends_lie_in_one_period() -> None:
    around = {1: other(date(2026, 8, 20), 2000), 2: other(date(2026, 10, 5), 2000)}
    assert said(claim(around, amount=2000), "PR-03a") == [], "46 days lie between the two"
    near = {1: other(date(2026, 8, 20), 2000), 2: other(date(2026, 9, 19), 2000)}
    assert len(said(claim(near, amount=2000), "PR-03a")) == 1


def test_pr03a_the_sum_reaches_the_limit_and_no_purchase_alone() -> None:
    assert said(claim({1: other(date(2026, 9, 1), 210)}), "PR-03a") == [
        split(2, "资产购置", "ZC-2026-0201、ZC-2026-0203", "5,000", COMPARE)
    ]
    assert said(claim({1: other(date(2026, 9, 1), "209.99")}), "PR-03a") == []
    assert said(claim({1: other(date(2026, 9, 1), 5000)}), "PR-03a") == [], "that one was compared"
    assert said(claim({1: FIRST}, amount=5000), "PR-03a") == [], "this one is"


def test_pr03a_the_highest_line_is_told() -> None:
    two = {1: other(date(2026, 9, 1), 30000)}
    wanted = [split(2, "资产购置", "ZC-2026-0201、ZC-2026-0203", "55,000", TOGETHER)]
    assert said(claim(two, amount=25000), "PR-03a") == wanted
    assert said(claim(two, amount="19999.99"), "PR-03a") == []
    law = said(claim({1: other(date(2026, 9, 1), 260000)}, amount=240000), "PR-03a")
    assert law == [split(2, "资产购置", "ZC-2026-0201、ZC-2026-0203", "500,000", "货物分散采购限额500,000")]
    many = {i: other(date(2026, 9, 1), 4900, f"ZC-{i:02}") for i in range(10, 21)}
    told = said(claim(many), "PR-03a")
    assert told == [split(12, "资产购置", "、".join([*(f"ZC-{i}" for i in many), CHAIRS["code"]]), "58,690", TOGETHER)]


def test_pr03a_lists_twelve_and_counts_them_all() -> None:
    many = {i: other(date(2026, 9, 1), 1000, f"ZC-{i:02}") for i in range(10, 22)}
    codes = "、".join(f"ZC-{i}" for i in many) + "等"
    assert said(claim(many), "PR-03a") == [split(13, "资产购置", codes, "16,790", COMPARE)]


def test_pr03a_each_item_once() -> None:
    mixed = {1: other(date(2026, 9, 1), 3000, category="印刷费", budget_line=2)}
    wanted = [split(2, "印刷费、资产购置", "ZC-2026-0201、ZC-2026-0203", "7,790", COMPARE)]
    assert said(claim(mixed), "PR-03a") == wanted


def test_pr03a_what_the_accountant_set_counts() -> None:
    assert said(claim({1: other(date(2026, 9, 1), 400, audited_amount=200)}), "PR-03a") == []


@pytest.mark.parametrize("status", ["草稿", "不同意", "撤回", "作废"])
def test_pr03a_what_is_over_or_not_yet_does_not_count(status: str) -> None:
    assert said(claim({1: {**FIRST, "status": status}}), "PR-03a") == []


@pytest.mark.parametrize("status", ["提交", "待校验", "已退回", "已批准", "已支付", "已归档"])
def test_pr03a_what_lives_counts(status: str) -> None:
    assert len(said(claim({1: {**FIRST, "status": status}}), "PR-03a")) == 1


@pytest.mark.parametrize(
    "cells",
    [
        {"contract": 8},
        {"procurement": 8},
        {"kind": "借款"},
        {"category": "差旅费"},
        {"category": "水费"},
        {"category": "食材费"},
        {"biz_date": None},
        {"amount": None},
    ],
)
def test_pr03a_what_is_no_purchase_of_its_own(cells: dict[str, Any]) -> None:
    assert said(claim({1: {**FIRST, **cells}}), "PR-03a") == []
    assert said(claim({1: FIRST}, **cells), "PR-03a") == []


def test_pr03a_an_empty_vendor_is_no_vendor() -> None:
    assert said(claim({1: {**FIRST, "vendor": None}}, vendor=None), "PR-03a") == []
    assert said(claim({1: {**FIRST, "vendor": PRINTER}}), "PR-03a") == []


def test_framework_contract_is_no_split() -> None:
    """Negative control: three payments to one vendor under a framework contract."""
    paid = {i: other(date(2026, 9, i), 4900, f"ZC-{i}", contract=7, kind="合同付款") for i in (1, 5, 8)}
    assert said(claim(paid, contract=7, kind="合同付款"), "PR-03a") == []
    assert said(claim(paid), "PR-03a") == [], "nor do they burden what is bought besides"


def test_pr03a_says_that_nobody_verified_the_limits() -> None:
    assert said(claim({1: FIRST}, verified=False), "PR-03a")[0].endswith("理由。（标准待核实）")


PROJECT: Mapping[str, Any] = {
    "code": "CG-2026-0003",
    "title": "办公椅",
    "kind": "货物",
    "handler": 1,
    "item_code": "办公椅",
    "budget_lines": (1,),
    "budget": 30000,
    "ceiling": 30000,
    "method": "内部比选",
    "winner": SHOP,
    "award": 28000,
    "award_on": date(2026, 9, 10),
    "status": "待签合同",
}


def project(
    others: Mapping[int, Mapping[str, Any]] | None = None,
    claims: Rows | None = None,
    moment: str = "提交",
    tables: Mapping[str, Rows] | None = None,
    **changes: Any,
) -> Any:
    """The procurement of row 9, beside ``others`` and claims."""
    rows = {"budget_lines": LINES, "procurements": others or {}, "expense_claims": claims or {}, **(tables or {})}
    found = {**PROJECT, **changes}
    return facts(
        "procurements",
        found,
        rows,
        row_id=9,
        people=PEOPLE,
        departments=DEPARTMENTS,
        moment=moment,
        on=date(2026, 9, 12),
    )


DESKS = {**PROJECT, "code": "CG-2026-0002", "item_code": "办公桌", "award": 24000, "award_on": date(2026, 9, 1)}


@pytest.mark.parametrize("moment", ["提交", "待签合同"])
def test_pr03a_procurements_of_one_vendor(moment: str) -> None:
    wanted = [split(2, "办公桌、办公椅", "CG-2026-0002、CG-2026-0003", "52,000", TOGETHER)]
    assert said(project({1: DESKS}, moment=moment), "PR-03a") == wanted
    assert said(project({1: {**DESKS, "award": 21999}}, moment=moment), "PR-03a") == []
    assert said(project({1: DESKS}, moment=moment, winner=None), "PR-03a") == []
    assert said(project({1: DESKS}, moment=moment, split_reason="两个项目"), "PR-03a") == []


@pytest.mark.parametrize("cells", [{"method": "公开招标"}, {"method": "框架协议"}, {"kind": None}, {"status": "立项"}])
def test_pr03a_procurements_that_split_nothing(cells: dict[str, Any]) -> None:
    assert said(project({1: {**DESKS, **cells}}), "PR-03a") == []


@pytest.mark.parametrize("status", ["终止", "不同意", "撤回"])
def test_pr03a_procurements_that_ended(status: str) -> None:
    assert said(project({1: {**DESKS, "status": status}}), "PR-03a") == []


def test_pr03a_claims_and_procurements_together() -> None:
    together = claim(tables={"procurements": {1: {**PROJECT, "award": 47000}}})
    assert said(together, "PR-03a") == [split(2, "办公椅、资产购置", "CG-2026-0003、ZC-2026-0203", "51,790", TOGETHER)]


# PR-03b ---------------------------------------------------------------------------------------------------------------

PRINTING = {"category": "印刷费", "budget_line": 2, "title": "印制学员手册", "payee_kind": "个人", "vendor": None}


def printed(days_before: int, amount: Any, code: str, **cells: Any) -> dict[str, Any]:
    return other(date(2026, 9, 12) - timedelta(days=days_before), amount, code, **{**PRINTING, **cells})


def test_v09_eight_times_printing_in_eighty_days() -> None:
    """V09: eight printing claims in 80 days, 5.6 万 together: told to 会计, who may explain."""
    seven = {i: printed(80 - 11 * (i - 1), 7000, f"ZC-{i}") for i in range(1, 8)}
    found = claim(seven, **PRINTING, amount=7000)
    wanted = [split(8, "印刷费", "ZC-1、ZC-2、ZC-3、ZC-4、ZC-5、ZC-6、ZC-7、ZC-2026-0203", "56,000", TOGETHER)]
    assert said(found, "PR-03b") == wanted
    assert [f.severity for f in examine(found) if f.rule.startswith("PR-03")] == ["提示"]
    assert said(claim(seven, **PRINTING, amount=7000, split_reason="分期办班"), "PR-03b") == []
    assert said(claim({i: r for i, r in seven.items() if i < 7}, **PRINTING, amount=7000), "PR-03b") == []


def test_pr03b_ninety_days_and_no_more() -> None:
    assert len(said(claim({1: printed(90, 3000, "ZC-1")}, **PRINTING, amount=3000), "PR-03b")) == 1
    assert said(claim({1: printed(91, 3000, "ZC-1")}, **PRINTING, amount=3000), "PR-03b") == []


def test_pr03b_of_one_department_and_one_item() -> None:
    assert said(claim({1: printed(9, 3000, "ZC-1", department=2)}, **PRINTING, amount=3000), "PR-03b") == []
    assert said(claim({1: other(date(2026, 9, 3), 3000)}, **PRINTING, amount=3000), "PR-03b") == []
    assert said(claim({1: printed(9, 3000, "ZC-1", status="作废")}, **PRINTING, amount=3000), "PR-03b") == []
    assert said(claim({1: printed(9, 3000, "ZC-1")}, **PRINTING, amount=500000), "PR-03b") == [], "above every line"


def test_pr03b_over_new_year() -> None:
    last_year = {1: other(date(2025, 12, 20), 3000, budget_line=3, vendor=None)}
    assert len(said(claim(last_year, biz_date=date(2026, 1, 10), amount=3000), "PR-03b")) == 1


REQUEST: Mapping[str, Any] = {
    "code": "SQ-2026-0040",
    "kind": "零星采购",
    "title": "购置文件柜",
    "department": 1,
    "budget_line": 1,
    "starts_at": "2026-09-05 09:00+08:00",
    "est_amount": 3000,
    "status": "已批准",
}


def test_pr03b_a_request_counts_until_it_has_a_claim() -> None:
    asked = {"requests": {4: REQUEST}}
    wanted = [split(2, "资产购置", "SQ-2026-0040、ZC-2026-0203", "7,790", COMPARE)]
    assert said(claim(tables=asked), "PR-03b") == wanted
    assert said(claim(tables=asked, request=4), "PR-03b") == [], "its own request is the same purchase"
    claimed = {1: other(date(2026, 3, 1), 100, vendor=None, request=4)}
    assert said(claim(claimed, asked), "PR-03b") == [], "counted with the claim, and that is long ago"
    assert len(said(claim({1: {**claimed[1], "status": "作废"}}, asked), "PR-03b")) == 1


@pytest.mark.parametrize(
    "cells",
    [
        {"status": "草稿"},
        {"status": "不同意"},
        {"status": "过期"},
        {"department": 2},
        {"est_amount": None},
        {"starts_at": None},
        {"starts_at": "2026-01-05 09:00+08:00"},
        {"budget_line": 2},
    ],
)
def test_pr03b_requests_that_do_not_count(cells: dict[str, Any]) -> None:
    assert said(claim(tables={"requests": {4: {**REQUEST, **cells}}}), "PR-03b") == []


def request(others: Rows | None = None, claims: Rows | None = None, **changes: Any) -> Any:
    rows = {"budget_lines": LINES, "requests": others or {}, "expense_claims": claims or {}}
    return facts(
        "requests",
        {**REQUEST, "code": "SQ-2026-0041", "status": "提交", **changes},
        rows,
        row_id=9,
        people=PEOPLE,
        departments=DEPARTMENTS,
        on=date(2026, 9, 5),
    )


def test_pr03b_requests() -> None:
    wanted = [split(2, "资产购置", "SQ-2026-0040、SQ-2026-0041", "6,000", COMPARE)]
    assert said(request({4: REQUEST}), "PR-03b") == wanted
    assert [f.severity for f in examine(request({4: REQUEST})) if f.rule == "PR-03b"] == ["提示"]
    assert said(request({4: {**REQUEST, "est_amount": 1999}}), "PR-03b") == []
    own_claim = {1: other(date(2026, 9, 1), 4000, request=9)}
    assert said(request(claims=own_claim), "PR-03b") == [], "its own claim is the same purchase"
    assert said(request({4: {**REQUEST, "budget_line": 4}}, budget_line=4), "PR-03b") == [], "travel is no purchase"
    assert said(request({4: REQUEST}, budget_line=None), "PR-03b") == []


def test_pr03b_procurements_by_item_and_department() -> None:
    chairs = {**DESKS, "item_code": "办公椅", "winner": PRINTER, "award_on": date(2026, 7, 1)}
    wanted = [split(2, "办公椅", "CG-2026-0002、CG-2026-0003", "52,000", TOGETHER)]
    assert said(project({1: chairs}), "PR-03b") == wanted
    assert said(project({1: {**chairs, "item_code": "办公桌"}}), "PR-03b") == []
    assert said(project({1: {**chairs, "handler": 2}}), "PR-03b") == [], "another department"
    assert said(project({1: chairs}, split_reason="两个校区"), "PR-03b") == []
    assert said(project({1: chairs}, item_code=None), "PR-03b") == []


def test_pr03b_a_procurement_and_claims_of_its_category() -> None:
    bought = {1: other(date(2026, 8, 1), 22000, vendor=None)}
    assert said(project(claims=bought), "PR-03b") == [
        split(2, "资产购置、办公椅", "ZC-2026-0201、CG-2026-0003", "50,000", TOGETHER)
    ]
    together = claim(tables={"procurements": {1: {**PROJECT, "award": 49000, "winner": PRINTER}}})
    assert said(together, "PR-03b") == [split(2, "办公椅、资产购置", "CG-2026-0003、ZC-2026-0203", "53,790", TOGETHER)]


def test_split_flag() -> None:
    assert compute(project({1: DESKS})).cells["split_flag"] == "拦截"
    by_item = {**DESKS, "item_code": "办公椅", "winner": PRINTER}
    assert compute(project({1: by_item})).cells["split_flag"] == "提示"
    assert compute(project()).cells["split_flag"] == "无"


# PR-03c ---------------------------------------------------------------------------------------------------------------

RICH: Rows = {**LINES, 1: {**LINES[1], "approved": 3000000}}
YEAR = "公开招标数额2,000,000"


def test_pr03c_a_year_beyond_the_tender() -> None:
    rich = {"budget_lines": RICH}
    three = {i: other(date(2026, 1, 10 * i), 600000, f"ZC-{i}", vendor=None, department=2) for i in (1, 2, 3)}
    found = claim(three, rich, amount=200000)
    assert said(found, "PR-03c") == [split(4, "资产购置", "ZC-1、ZC-2、ZC-3、ZC-2026-0203", "2,000,000", YEAR)]
    assert [(f.severity, f.gravity) for f in examine(found) if f.rule == "PR-03c"] == [("预警", "严重")]
    assert said(claim(three, rich, amount="199999.99"), "PR-03c") == []
    assert said(claim(three, rich, amount=200000, split_reason="x"), "PR-03c") != [], "the law knows no such reason"
    last_year = {**three, 1: {**three[1], "biz_date": date(2025, 12, 31), "budget_line": 3}}
    assert said(claim(last_year, rich, amount=200000), "PR-03c") == []
    assert said(claim({}, rich, amount=2000000), "PR-03c") == [], "one alone splits nothing"
    assert said(claim({1: {**three[1], "amount": 2000000}}, rich, amount=100), "PR-03c") == []


def test_pr03c_not_where_a_tender_was_held() -> None:
    three = {i: other(date(2026, 1, 10 * i), 600000, f"ZC-{i}", vendor=None) for i in (1, 2, 3)}
    tender = {**PROJECT, "method": "公开招标", "winner": PRINTER}

    def said_with(**cells: Any) -> list[str]:
        tables: dict[str, Rows] = {"budget_lines": RICH, "procurements": {1: {**tender, **cells}}}
        return said(claim(three, tables, amount=200000), "PR-03c")

    assert said_with() == []
    assert len(said_with(status="终止")) == 1
    assert len(said_with(award_on=date(2025, 9, 10))) == 1
    assert len(said_with(method="询价", award=1000)) == 1


def test_pr03c_what_no_budget_allows_is_not_added_up() -> None:
    three = {i: other(date(2026, 1, 10 * i), 600000, f"ZC-{i}", vendor=None) for i in (1, 2, 3)}
    assert said(claim(three, amount=200000), "PR-03c") == []


def test_pr03c_works_follow_another_law() -> None:
    roads = {"category": "工程改造", "budget_line": 5, "vendor": None}
    three = {i: other(date(2026, 1, 10 * i), 600000, f"ZC-{i}", **roads) for i in (1, 2, 3)}
    assert said(claim(three, **roads, amount=500000), "PR-03c") == []


def test_pr03c_requests_and_procurements() -> None:
    three = {i: other(date(2026, 1, 10 * i), 600000, f"ZC-{i}", vendor=None) for i in (1, 2, 3)}
    found = facts(
        "requests",
        {**REQUEST, "est_amount": 200000},
        {"budget_lines": RICH, "expense_claims": three},
        row_id=9,
        on=date(2026, 9, 5),
    )
    assert said(found, "PR-03c") == [split(4, "资产购置", "ZC-1、ZC-2、ZC-3、SQ-2026-0040", "2,000,000", YEAR)]
    bought = project(claims=three, tables={"budget_lines": RICH}, award=200000)
    assert said(bought, "PR-03c") == [split(4, "资产购置、办公椅", "ZC-1、ZC-2、ZC-3、CG-2026-0003", "2,000,000", YEAR)]
    assert said(project(claims=three, tables={"budget_lines": RICH}, award=199999), "PR-03c") == []


# PR-03d ---------------------------------------------------------------------------------------------------------------

MINE: Mapping[str, Any] = {
    "claim": 9,
    "kind": "数电票",
    "inv_no": "26500000000000000012",
    "issued_on": date(2026, 9, 12),
    "seller": "示例家具店",
    "amount": 4930,
}
THEIRS = {**MINE, "claim": 1, "inv_no": "26500000000000000011", "issued_on": date(2026, 9, 10), "amount": 4870}
BOUGHT = {1: other(date(2026, 9, 10), 4870, payee_kind="个人", vendor=None)}


def cut(
    theirs: Mapping[str, Any] = THEIRS,
    mine: Mapping[str, Any] = MINE,
    others: Mapping[int, Mapping[str, Any]] = BOUGHT,
    more: Rows | None = None,
    **cells: Any,
) -> list[str]:
    invoices: dict[int, Mapping[str, Any]] = {1: theirs, 9: mine, **(more or {})}
    base = {"vendor": None, "payee_kind": "个人", "amount": mine["amount"] or 1}
    return said(claim(others, {"invoices": invoices}, **{**base, **cells}), "PR-03d")


def test_v11_consecutive_numbers_just_below_the_limit() -> None:
    """V11: consecutive numbers of one seller in 2 days, 4,870 + 4,930."""
    assert cut() == [split(2, "资产购置", "ZC-2026-0201、ZC-2026-0203", "9,800", COMPARE)]
    after = {**THEIRS, "inv_no": "26500000000000000013"}
    assert len(cut(after)) == 1, "the number after as well as the one before"


def test_pr03d_the_same_day_will_do() -> None:
    same_day = {**THEIRS, "inv_no": "26500000000000007777", "issued_on": MINE["issued_on"]}
    assert cut(same_day) == [split(2, "资产购置", "ZC-2026-0201、ZC-2026-0203", "9,800", COMPARE)]
    assert cut({**same_day, "issued_on": date(2026, 9, 11)}) == []


@pytest.mark.parametrize("cells", [{"seller": "示例五金店"}, {"inv_code": "3"}, {"amount": 3999}, {"amount": 5000}])
def test_pr03d_invoices_that_do_not_hang_together(cells: dict[str, Any]) -> None:
    assert cut({**THEIRS, **cells}) == []


def test_pr03d_from_eight_tenths_of_the_limit_on() -> None:
    assert cut({**THEIRS, "amount": 4000}) == [split(2, "资产购置", "ZC-2026-0201、ZC-2026-0203", "8,930", COMPARE)]
    assert cut({**THEIRS, "amount": "3999.99"}) == []


def test_pr03d_an_empty_seller_or_number_is_none() -> None:
    assert cut({**THEIRS, "seller": None}, {**MINE, "seller": None}) == []
    assert cut({**THEIRS, "inv_no": None}, {**MINE, "inv_no": None}) == []
    assert cut({**THEIRS, "amount": None}) == []


@pytest.mark.parametrize("cells", [{"status": "作废"}, {"contract": 8}, {"category": "差旅费"}])
def test_pr03d_claims_that_do_not_count(cells: dict[str, Any]) -> None:
    assert cut(others={1: {**BOUGHT[1], **cells}}) == []


def test_pr03d_two_invoices_of_one_claim_are_one_purchase() -> None:
    assert cut({**THEIRS, "claim": 9}, amount=9800) == []
    assert cut({**THEIRS, "claim": None}) == []


def test_pr03d_a_chain_of_three_is_told_whole() -> None:
    third = {**THEIRS, "claim": 2, "inv_no": "26500000000000000010"}
    others = {**BOUGHT, 2: other(date(2026, 9, 10), 4870, "ZC-2026-0200", payee_kind="个人", vendor=None)}
    told = cut(others=others, more={2: third})
    assert told == [split(3, "资产购置", "ZC-2026-0201、ZC-2026-0200、ZC-2026-0203", "14,670", COMPARE)]


def test_pr03d_is_settled_by_a_reason() -> None:
    assert cut(split_reason="两次不同的活动") == []


def test_pr03d_the_collective_limit_has_a_rim_as_well() -> None:
    big = {**BOUGHT[1], "amount": 45000}
    told = cut({**THEIRS, "amount": 45000}, {**MINE, "amount": 40000}, {1: big})
    assert told == [split(2, "资产购置", "ZC-2026-0201、ZC-2026-0203", "85,000", TOGETHER)]
    assert cut({**THEIRS, "amount": 45000}, {**MINE, "amount": 39999}, {1: big}) == []


def test_two_hotel_invoices_are_no_split() -> None:
    """Negative control: two hotel invoices of one seller, different travellers."""
    trip = {"category": "差旅费", "budget_line": 4}
    assert cut(others={1: {**BOUGHT[1], **trip}}, **trip) == []


def test_sums_stay_exact() -> None:
    (found,) = (f for f in examine(claim({1: FIRST})) if f.rule == "PR-03a")
    assert found.figures["total"] == Decimal("9650.00")
