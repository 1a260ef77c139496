"""采购项目: each rule alone, word for word, from 立项 to 已验收 (domain.md B5.26, C1, C5); V21."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Department, Person
from automations.rules import examine
from automations.tables.values import File
from tests.rules.world import Rows, facts, rules, said

CLERK, CLOSE, HEAD, ELSEWHERE, FAR = 1, 2, 3, 4, 5
PEOPLE = (
    Person(CLERK, "王文员", department=1),
    Person(CLOSE, "何库管", department=1),
    Person(HEAD, "周科长", department=1),
    Person(ELSEWHERE, "李会计", department=2),
    Person(FAR, "吴教师", department=3),
)
DEPARTMENTS = (Department(1, "行政科"), Department(2, "财务科"), Department(3, "教务科"))
QUOTES = "示例甲公司｜48,000\n示例乙公司|4.9万\n示例丙公司丨５０，０００"
DOC = (File("批复.pdf", 1, "d"),)
PROJECT: Mapping[str, Any] = {
    "code": "CG-2026-0003",
    "title": "宿舍窗帘更换",
    "kind": "货物",
    "handler": CLERK,
    "catalogue": "目录外",
    "item_code": "窗帘",
    "budget_lines": (5,),
    "budget": 49999,
    "ceiling": 49000,
    "need": "宿舍窗帘120套",
    "method": "内部比选",
    "quotes": QUOTES,
    "winner": 1,
    "award": 48000,
    "award_on": date(2026, 8, 20),
    "contract": 9,
    "accept_team": (CLERK, CLOSE, ELSEWHERE),
    "accept_leader": ELSEWHERE,
    "accepted_on": date(2026, 8, 30),
    "accept_result": "合格",
    "status": "立项",
}
VENDORS: Mapping[int, Mapping[str, Any]] = {
    1: {"name": "示例甲公司", "uscc": "A1", "bank_account": "1001", "phone": "1", "legal_status": "企业法人"},
    2: {"name": "示例乙公司", "uscc": "A2", "bank_account": "1002", "phone": "2", "legal_status": "企业法人"},
    3: {"name": "示例丙公司", "uscc": "A3", "bank_account": "1003", "phone": "3", "legal_status": "企业法人"},
}
LARGE = {"budget": 186000, "ceiling": 186000, "meeting_no": "校委会纪要〔2026〕12号", "meeting_on": date(2026, 8, 31)}
TENDERED = {
    **LARGE,
    "budget": 2_000_000,
    "ceiling": 2_000_000,
    "method": "公开招标",
    "intention_on": date(2026, 8, 2),
}


def at(day: date) -> datetime:
    """10:00 at the school."""
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def project(
    moment: str = "提交",
    vendors: Mapping[int, Mapping[str, Any]] | None = None,
    today: date = date(2026, 9, 1),
    tables: Mapping[str, Rows] | None = None,
    cells: Mapping[str, Any] | None = None,
    verified: bool = True,
    **changes: Any,
) -> Any:
    """A procurement that asks for ``moment``; complete in every respect but for ``changes``."""
    rows = {
        "vendors": {i: {**row, **(vendors or {}).get(i, {})} for i, row in VENDORS.items()},
        "budget_lines": {5: {"name": "宿舍设备", "year": 2026, "category": "资产购置", "approved": 400000}},
        "contracts": {9: {"contract_no": "HT-9", "vendor": 1, "sign_on": date(2026, 9, 1), "status": "履行中"}},
        **(tables or {}),
    }
    whole = {**PROJECT, **(cells or {}), **changes}
    return facts(
        "procurements",
        whole,
        rows,
        people=PEOPLE,
        departments=DEPARTMENTS,
        now=at(today),
        moment=moment,
        verified=verified,
    )


@pytest.mark.parametrize("moment", ["提交", "意向公开", "采购实施", "待签合同", "履约中", "待验收", "已验收", "随时"])
def test_an_ordinary_project_goes_from_stage_to_stage(moment: str) -> None:
    assert said(project(moment)) == []


# 必填 -----------------------------------------------------------------------------------------------------------------


def test_columns_marked_as_required() -> None:
    bare = project(title=None, handler=None, item_code=None, budget_lines=(), ceiling=None, need=None)
    assert said(bare, "必填") == ["请填写：“项目名称”、“经办人”、“品目”、“指标”、“最高限价”、“采购需求”。"]


def test_works_say_where() -> None:
    works = project(kind="工程", item_code="屋面防水")
    assert said(works, "必填") == ["请填写：“实施地点”。"]
    assert said(project(kind="工程", item_code="屋面防水", locations=(3,)), "必填") == []


def test_another_method_than_suggested_says_why() -> None:
    other = project(method="单一来源")
    assert said(other, "必填") == ["请填写：“方式说明”。"]
    assert said(project(method="单一来源", method_reason="只有原厂能修"), "必填") == []
    assert said(project(method="单一来源", budget=None, ceiling=None), "必填") == ["请填写：“预算”、“最高限价”。"]


def test_what_each_stage_needs() -> None:
    assert said(project("待签合同", winner=None, award=None, award_on=None), "必填") == [
        "请填写：“成交供应商”、“成交金额”、“成交日期”。"
    ]
    assert said(project("履约中", contract=None), "必填") == ["请填写：“合同”。"]
    named = {"contracts": {9: {"procurement": 1, "sign_on": date(2026, 9, 1)}}}
    assert said(project("履约中", contract=None, tables=named), "必填") == [], "the contract names the project"
    empty = project("已验收", accept_team=(), accept_leader=None, accepted_on=None, accept_result=None)
    assert said(empty) == ["请填写：“验收组”、“验收组长”、“验收日期”、“验收结论”。"]
    assert said(project("采购实施", winner=None, contract=None), "必填") == []


@pytest.mark.parametrize(
    "status, stops", [("草拟", True), ("待签批", True), (None, True), ("终止", True), ("临期", False)]
)
def test_nobody_performs_an_unsigned_contract(status: str | None, stops: bool) -> None:
    rows: Mapping[str, Rows] = {"contracts": {9: {"contract_no": "HT-9", "status": status}}}
    expected = [f"合同HT-9现为“{status or '草拟'}”，完成签批后才能转入“履约中”。"] if stops else []
    assert said(project("履约中", contract=9, tables=rows), "PR-07") == expected


def test_sums_above_zero() -> None:
    assert said(project(budget=0, ceiling=-1, method="直接采购"), "必填") == [
        "“预算”应大于0，现在是0元。",
        "“最高限价”应大于0，现在是-1元。",
    ]
    assert said(project(budget="0.01", ceiling="0.01", method="直接采购"), "必填") == []


# The method -----------------------------------------------------------------------------------------------------------

LISTED = "“{}”属于集中采购目录，须通过政府采购（电子卖场/框架协议）实施。"


def test_pr01_what_is_listed_is_bought_by_government_procurement() -> None:
    for method in ("直接采购", "内部比选"):
        for moment in ("提交", "采购实施"):
            computers = project(moment, item_code="台式计算机", method=method, method_reason="急用")
            assert said(computers, "PR-01") == [LISTED.format("台式计算机")]
    chosen = project(catalogue="集中采购目录内", method_reason="便宜")
    assert said(chosen, "PR-01") == [LISTED.format("窗帘")], "as it was chosen in 目录属性"


def test_pr01_the_marketplace_is_right_whatever_it_costs() -> None:
    assert rules(project(item_code="打印机", method="电子卖场", budget=800, ceiling=800)) == []
    assert rules(project(method="内部比选")) == []


def test_pr01_says_that_nobody_verified_the_list() -> None:
    found = said(project(item_code="打印机", method_reason="x", verified=False), "PR-01")
    assert found == [LISTED.format("打印机") + "（标准待核实）"]


@pytest.mark.parametrize(
    "cells, message",
    [
        ({"budget": 500000, "method": "内部比选"}, "货物分散采购限额，建议方式“询价”"),
        ({"budget": 500000, "method": "单一来源"}, "货物分散采购限额，建议方式“询价”"),
        ({"budget": 500000, "method": "电子卖场"}, "货物分散采购限额，建议方式“询价”"),
        ({"budget": 500000, "kind": "服务", "method": "直接采购"}, "服务分散采购限额，建议方式“竞争性磋商”"),
        ({"budget": 600000, "kind": "工程", "method": "内部比选"}, "工程分散采购限额，建议方式“竞争性磋商”"),
        ({"budget": 2000000, "method": "竞争性磋商"}, "公开招标数额，建议方式“公开招标”"),
        ({"budget": 4000000, "kind": "工程", "method": "竞争性磋商"}, "施工必须招标规模，建议方式“公开招标”"),
    ],
)
def test_pr02_the_method_fits_the_amount(cells: dict[str, Any], message: str) -> None:
    wanted = [f"预算{cells['budget']:,}元达到{message}。选择其他方式须附批准文件。"]
    for moment in ("提交", "采购实施"):
        assert said(project(moment, **cells), "PR-02") == wanted
    assert said(project(**cells, method_doc=DOC), "PR-02") == [], "approved on paper"


@pytest.mark.parametrize(
    "cells",
    [
        {"budget": "499999.99", "method": "内部比选"},
        {"budget": "599999.99", "kind": "工程", "method": "内部比选"},
        {"budget": 500000, "method": "竞争性谈判"},
        {"budget": 1999999, "method": "询价"},
        {"budget": 2000000, "method": "公开招标"},
        {"budget": 600000, "item_code": "办公家具", "method": "电子卖场"},
        {"budget": None, "method": "内部比选"},
        {"budget": 500000, "method": None},
    ],
)
def test_pr02_lawful_methods_pass(cells: dict[str, Any]) -> None:
    assert said(project(**cells), "PR-02") == []


def test_pr02_a_listed_item_keeps_its_own_suggestion() -> None:
    found = said(project(budget=600000, item_code="办公家具", method="单一来源"), "PR-02")
    assert found == ["预算600,000元达到货物分散采购限额，建议方式“电子卖场”。选择其他方式须附批准文件。"]


# Quotes ---------------------------------------------------------------------------------------------------------------


def test_pr04_three_companies() -> None:
    two = "示例甲公司｜48000\n示例乙公司｜49000"
    for moment in ("待签合同", "履约中"):
        assert said(project(moment, quotes=two), "PR-04") == ["比选报价不足3家（当前2家）。"]
        assert said(project(moment, quotes=None), "PR-04") == ["比选报价不足3家（当前0家）。"]
    twice = said(project("待签合同", quotes=two + "\n示例甲公司｜47000"), "PR-04")
    assert twice == ["比选报价不足3家（当前2家）。"], "a company counts once"
    assert said(project("待签合同"), "PR-04") == []
    assert said(project(quotes=None), "PR-04") == [], "there are no quotes yet when it is proposed"
    assert said(project("待签合同", quotes=two, method="询价"), "PR-04") == []


def test_pr04_a_line_that_cannot_be_read() -> None:
    found = said(project(quotes=QUOTES + "\n示例丁公司 48000"), "PR-04")
    assert found == [
        "“报价情况”第4行“示例丁公司 48000”看不明白：请写成“供应商｜报价”，如：示例商贸公司｜52000。",
    ]
    assert said(project(quotes="示例丁公司 48000", method="询价"), "PR-04") == []


@pytest.mark.parametrize(
    "second, why",
    [
        ({"bank_account": "1001"}, "银行账号相同"),
        ({"phone": "1"}, "联系电话相同"),
        ({"uscc": "A1", "bank_account": "1001"}, "信用代码相同，银行账号相同"),
        ({"related_people": (HEAD, FAR)}, "需回避人员相同：周科长"),
    ],
)
def test_pr04_companies_that_belong_together(second: dict[str, Any], why: str) -> None:
    vendors = {1: {"related_people": (CLERK, HEAD)}, 2: second}
    found = said(project("待签合同", vendors), "PR-04")
    assert found == [f"报价单位“示例甲公司”与“示例乙公司”有关联（{why}），不能同时参加比选。"]
    assert said(project("待签合同", vendors, method="询价"), "PR-04") == []


def test_pr04_what_two_strangers_may_share() -> None:
    vendors = {1: {"related_people": (HEAD,), "phone": None}, 2: {"related_people": (FAR,), "phone": None}}
    assert said(project("待签合同", vendors), "PR-04") == []


# Who decides ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["采购实施", "待签合同", "履约中"])
def test_pr05_v21_no_collective_decision(moment: str) -> None:
    """V21: 热水系统 18.6 万 goes to 采购实施 without minutes."""
    heating = {**LARGE, "title": "热水系统", "meeting_no": None, "meeting_on": None}
    message = ["达到50,000元须经校委会集体研究，请填会议纪要号和日期。"]
    assert said(project(moment, cells=heating), "PR-05") == message
    assert said(project(moment, cells={**heating, "meeting_no": "12号"}), "PR-05") == message
    assert said(project(moment, cells={**heating, "meeting_on": date(2026, 8, 1)}), "PR-05") == message
    assert said(project(moment, cells=LARGE), "PR-05") == []


def test_pr05_from_the_limit_on() -> None:
    assert said(project("采购实施", budget="49999.99"), "PR-05") == []
    assert len(said(project("采购实施", budget=50000), "PR-05")) == 1
    assert said(project(budget=50000), "PR-05") == [], "立项 may come before the meeting"


def test_pr05_the_meeting_was_held() -> None:
    ahead = {**LARGE, "meeting_on": date(2026, 9, 2)}
    assert said(project("采购实施", cells=ahead), "PR-05") == ["校委会会议日期2026-09-02晚于今天，请核对。"]
    assert said(project("采购实施", cells={**ahead, "meeting_on": date(2026, 9, 1)}), "PR-05") == []


@pytest.mark.parametrize("word", ["传签", "传阅", "会签"])
def test_pr05_circulation_is_no_meeting(word: str) -> None:
    passed_round = {**LARGE, "meeting_no": f"校委{word}单3号"}
    assert said(project("采购实施", cells=passed_round), "PR-05") == [
        f"“校委{word}单3号”是{word}，不算校委会集体研究。请开会研究，并填会议纪要号和日期。"
    ]


# When it may begin ----------------------------------------------------------------------------------------------------

EARLY = ["采购意向公开未满30日，最早可于2026-09-02开始采购活动。"]


def test_pr06_thirty_days_after_the_intention() -> None:
    early = {**TENDERED, "intention_on": date(2026, 8, 3)}
    assert said(project("采购实施", cells=early), "PR-06") == EARLY
    assert said(project("采购实施", cells=TENDERED), "PR-06") == [], "the thirtieth day"
    for method in ("电子卖场", "框架协议", "内部比选", "直接采购"):
        assert said(project("采购实施", cells=early, method=method), "PR-06") == []


def test_pr06_is_a_hint_while_it_is_announced() -> None:
    early = project("意向公开", cells={**TENDERED, "intention_on": date(2026, 8, 3)})
    assert [(f.severity, f.message) for f in examine(early) if f.rule == "PR-06"] == [("提示", EARLY[0])]
    assert said(project("意向公开", cells=TENDERED), "PR-06") == []


def test_pr06_without_an_intention() -> None:
    missing = {**TENDERED, "intention_on": None}
    message = ["采购意向尚未公开：请填“采购意向公开日”，公开满30日后才能开始采购活动。"]
    assert said(project("采购实施", cells=missing), "PR-06") == message
    assert said(project("采购实施", intention_on=None), "PR-06") == [], "the school's own comparison needs none"


@pytest.mark.parametrize("day", [None, date(2026, 8, 30)])
def test_pr06_what_nobody_could_foresee_is_explained(day: date | None) -> None:
    urgent = project("采购实施", cells={**TENDERED, "intention_on": day, "method_reason": "暴雨受损，应急抢修"})
    found = [(f.severity, f.message) for f in examine(urgent) if f.rule == "PR-06"]
    assert found == [("提示", "采购意向未公开满30日，“方式说明”写明属紧急情形，请核实。")]


def test_pr06_an_urgent_purchase_announced_in_time_says_nothing() -> None:
    assert said(project("采购实施", cells={**TENDERED, "method_reason": "应急抢修"}), "PR-06") == []


# Award and contract ---------------------------------------------------------------------------------------------------


def test_pr08_ceiling_within_the_budget() -> None:
    assert said(project(ceiling=50000), "PR-08") == ["最高限价50,000元不能高于预算49,999元。"]
    assert said(project(ceiling=49999), "PR-08") == []
    assert said(project(budget=None), "PR-08") == []


@pytest.mark.parametrize("moment", ["待签合同", "履约中"])
def test_pr08_award_within_ceiling_and_budget(moment: str) -> None:
    assert said(project(moment, award="49000.01"), "PR-08") == ["成交金额49,000.01元超过最高限价49,000元。"]
    assert said(project(moment, award=49000), "PR-08") == []
    beyond = project(moment, award=50000, ceiling=None)
    assert said(beyond, "PR-08") == ["成交金额50,000元超过预算49,999元。"]
    assert said(project(moment, award=49999, ceiling=None), "PR-08") == []


@pytest.mark.parametrize("moment", ["待签合同", "履约中"])
def test_the_schools_own_branch_does_not_win(moment: str) -> None:
    branch = project(moment, {1: {"legal_status": "校办后勤实体"}})
    assert said(branch) == ["“示例甲公司”是校办后勤实体，不能独立承担民事责任，不能作为成交供应商。"]
    assert said(project(moment, {2: {"legal_status": "校办后勤实体"}})) == []


def waiting(today: date, **changes: Any) -> list[str]:
    return said(project("随时", today=today, contract=None, **{"status": "待签合同", **changes}), "PR-07")


def test_pr07_contract_within_thirty_days() -> None:
    assert waiting(date(2026, 9, 19)) == []
    assert waiting(date(2026, 9, 20)) == ["成交通知书发出已31日，须在30日内签订合同。"]
    assert waiting(date(2026, 12, 1), status="终止") == []
    assert waiting(date(2026, 12, 1), method="直接采购") == []
    assert waiting(date(2026, 12, 1), award_on=None) == []


def test_pr07_one_signed_late_was_late() -> None:
    late = {"contracts": {9: {"vendor": 1, "sign_on": date(2026, 9, 25)}}}
    found = project("随时", today=date(2026, 12, 1), tables=late)
    assert said(found, "PR-07") == ["成交通知书发出已36日，须在30日内签订合同。"]
    assert said(project("随时", today=date(2026, 12, 1)), "PR-07") == [], "signed after 12 days"


# Acceptance -----------------------------------------------------------------------------------------------------------

TEAM = ["验收组不足3人，或全部来自经办部门，请补充。"]


@pytest.mark.parametrize(
    "team, message",
    [
        ((CLERK, ELSEWHERE), TEAM),
        ((CLERK, CLOSE, HEAD), TEAM),
        ((CLERK, CLOSE, FAR), []),
        ((ELSEWHERE, FAR, HEAD), []),
    ],
)
def test_pr09_three_and_not_only_ones_own(team: tuple[int, ...], message: list[str]) -> None:
    assert said(project("已验收", accept_team=team)) == message


def test_pr09_the_handler_does_not_lead() -> None:
    assert said(project("已验收", accept_leader=CLERK)) == ["王文员是本项目采购经办人，不能担任验收组长，请换人。"]


def test_pr09_users_of_a_public_service_take_part() -> None:
    message = "面向公众的服务，验收应请服务对象参加并出具意见（政府采购法实施条例第四十五条），请填“服务对象意见”。"
    assert said(project("已验收", public_service=True)) == [message]
    assert said(project("已验收", public_service=True, accept_users="学员代表2人：满意")) == []


def test_pr09_what_did_not_pass_is_not_accepted() -> None:
    failed = project("已验收", accept_result="不合格")
    assert said(failed) == ["验收结论为“不合格”，请整改后重新验收，不能转入“已验收”。"]
    assert said(project("已验收", accept_result="整改后合格")) == []


# Figures --------------------------------------------------------------------------------------------------------------


def test_suggested_method_and_why() -> None:
    computed = compute(project(budget=186000))
    assert computed.cells["method_suggest"] == "内部比选"
    assert "校委会集体研究起点50,000元" in computed.note
    assert compute(project(budget=None)).cells["method_suggest"] is None


@pytest.mark.parametrize(
    "accepted, kept",
    [
        (date(2026, 8, 30), date(2041, 8, 30)),
        (date(2028, 2, 29), date(2043, 2, 28)),
        (None, None),
    ],
)
def test_papers_are_kept_for_fifteen_years(accepted: date | None, kept: date | None) -> None:
    assert compute(project(accepted_on=accepted)).cells["keep_until"] == kept


def test_nothing_looks_split() -> None:
    assert compute(project()).cells["split_flag"] == "无"
