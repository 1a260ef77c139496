"""合同: what it must say, and what is watched while it runs (domain.md B5.27, C5); its figures and stages."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.figures.contracts import stage_of
from automations.rules import examine
from automations.tables.values import File
from tests.rules.world import Rows, facts, said

PLAN = "\n".join(f"2026-{month:02}-28|{month}月服务|80000" for month in range(1, 13))
VENDOR: Mapping[str, Any] = {"name": "示例物业公司", "is_sme": True, "kinds": ("物业",), "license_due": None}
PURCHASE: Mapping[str, Any] = {
    "title": "物业服务",
    "kind": "服务",
    "method": "竞争性磋商",
    "meeting_no": "校委会纪要〔2025〕30号",
    "meeting_on": date(2025, 10, 8),
    "winner": 2,
    "award": 960000,
}
CONTRACT: Mapping[str, Any] = {
    "code": "HT-2026-0001",
    "contract_no": "WY-2026-01",
    "name": "物业服务",
    "kind": "物业",
    "delivery_mode": "外包",
    "service_scope": "保洁、保安、绿化",
    "vendor": 2,
    "procurement": 3,
    "sign_on": date(2025, 12, 22),
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "amount": 960000,
    "pay_plan": PLAN,
    "deposit": 96000,
    "sla": "每日保洁两次",
    "energy_clause": True,
    "supervise_dept": 1,
    "supervisor": 1,
    "legal_reviewed": True,
    "published_on": date(2025, 12, 24),
    "filed_on": date(2025, 12, 31),
    "file": (File("合同.pdf", 1, "c"),),
    "status": "草拟",
}


def contract(
    moment: str = "提交",
    today: date = date(2026, 9, 1),
    vendor: Mapping[str, Any] | None = None,
    purchase: Mapping[str, Any] | None = None,
    tables: Mapping[str, Rows] | None = None,
    norms: Mapping[str, str] | None = None,
    verified: bool = True,
    **changes: Any,
) -> Any:
    """The contract of row 1, complete in every respect but for ``changes``."""
    rows = {
        "vendors": {2: {**VENDOR, **(vendor or {})}, 4: {"name": "示例家政公司"}},
        "procurements": {3: {**PURCHASE, **(purchase or {})}},
        **(tables or {}),
    }
    now = datetime(today.year, today.month, today.day, 2, tzinfo=UTC)
    return facts("contracts", {**CONTRACT, **changes}, rows, now=now, norms=norms, verified=verified, moment=moment)


def running(rule: str, today: date = date(2026, 9, 1), **changes: Any) -> list[str]:
    """What a standing rule says of it while it runs."""
    return said(contract("随时", today, **{"status": "履行中", **changes}), rule)


def test_an_ordinary_contract_passes() -> None:
    assert said(contract()) == []
    assert said(contract("随时", status="履行中")) == []


# 必填 -----------------------------------------------------------------------------------------------------------------


def test_columns_marked_as_required() -> None:
    bare = contract(contract_no=None, sla=None, file=(), pay_plan=None, supervisor=None, ends_on=None)
    assert said(bare, "必填") == ["请填写：“合同编号”、“截止日”、“付款计划”、“服务标准”、“监管人”、“合同文本”。"]


def test_services_say_who_renders_which() -> None:
    blank = {"delivery_mode": None, "service_scope": None}
    for kind in ("物业", "餐饮", "电梯维保", "消防维保", "通信网络", "劳务派遣", "其他"):
        assert said(contract(kind=kind, **blank), "必填") == ["请填写：“服务方式”、“服务范围”。"]
    for kind in ("工程", "货物", "保险", "租赁"):
        assert said(contract(kind=kind, **blank), "必填") == []
    assert said(contract(service_scope=None), "必填") == ["请填写：“服务范围”。"]
    assert said(contract(delivery_mode="自营"), "必填") == []


@pytest.mark.parametrize(
    "cells, message",
    [
        ({"amount": 0, "pay_plan": "x"}, "合同金额应大于0，现在是0元。"),
        ({"ends_on": date(2025, 12, 31)}, "“截止日”（2025-12-31）不能早于“起始日”（2026-01-01）。"),
        ({"amount": "960000.01"}, "付款计划各期合计960,000元，与合同金额960,000.01元不一致，请核对。"),
        ({"legal_reviewed": False}, "合同须先经合法性审查，审查通过后请勾选“合法性审查”。"),
        (
            {"energy_clause": False},
            "物业合同须载明节能要求（公共机构节能条例第二十七条），写入后请勾选“节能条款”。",
        ),
    ],
)
def test_what_a_contract_must_say(cells: dict[str, Any], message: str) -> None:
    assert message in said(contract(**cells), "必填")
    if "pay_plan" not in cells:
        assert len(said(contract(**cells), "必填")) == 1


def test_close_to_it_and_right() -> None:
    assert said(contract(ends_on=date(2026, 1, 1)), "必填") == [], "one day is a term"
    assert said(contract(kind="餐饮", energy_clause=False), "必填") == []
    assert said(contract(amount="0.01", pay_plan="2026-01-31||0.01", deposit=0), "必填") == []


def test_a_line_of_the_plan_that_cannot_be_read() -> None:
    found = said(contract(pay_plan="2026-01-28|1月服务|80000\n二月底|2月服务|880000"), "必填")
    assert found == [
        "“付款计划”第2行“二月底|2月服务|880000”看不明白：日期“二月底”请写成2026-06-30；按实际次数结算的写“据实”。"
    ], "what cannot be read is not added up"


# Decision and award ---------------------------------------------------------------------------------------------------


def test_pr05_large_contracts_were_decided_together() -> None:
    message = ["达到50,000元须经校委会集体研究，请填会议纪要号和日期。"]
    assert said(contract(purchase={"meeting_no": None}), "PR-05") == message
    assert said(contract(purchase={"meeting_on": None}), "PR-05") == message
    assert said(contract(amount=50000, purchase={"meeting_on": None}), "PR-05") == message
    assert said(contract(amount="49999.99", purchase={"meeting_on": None}), "PR-05") == []


def test_pr05_large_contracts_come_from_a_procurement() -> None:
    message = ["合同金额960,000元，达到50,000元须经校委会集体研究，请先办理采购项目，并在“采购项目”一栏选中。"]
    assert said(contract(procurement=None), "PR-05") == message
    assert said(contract(procurement=None, amount="49999.99"), "PR-05") == []
    named = {"procurements": {3: {**PURCHASE, "contract": 1}}}
    assert said(contract(procurement=None, tables=named), "PR-05") == [], "the procurement names the contract"


def test_pr08_as_it_was_awarded() -> None:
    assert said(contract(purchase={"award": 959999}), "PR-08") == ["合同金额960,000元超过成交金额959,999元。"]
    assert said(contract(purchase={"award": None}), "PR-08") == []
    assert said(contract(vendor={}, purchase={"winner": 4}), "PR-08") == [
        "合同服务商“示例物业公司”与成交供应商“示例家政公司”不一致，请核对。"
    ]
    assert said(contract(purchase={"winner": None}), "PR-08") == []


@pytest.mark.parametrize(
    "scope, service",
    [
        ("保洁\n会计和财务核算", "会计和财务核算"),
        ("档案整理、保洁", "档案整理"),
        ("保洁；涉密机房运维", "涉密机房运维"),
        ("保密检查", "保密检查"),
    ],
)
def test_what_is_never_outsourced(scope: str, service: str) -> None:
    message = f"“{service}”属于不得外包的服务（财务、档案、保密、涉密机房），请从服务范围中去掉，由本校人员承担。"
    assert said(contract(service_scope=scope), "不得外包") == [message]
    assert said(contract(service_scope=scope, delivery_mode="混合"), "不得外包") == [message]
    assert said(contract(service_scope=scope, delivery_mode="自营"), "不得外包") == []


def test_cleaning_the_room_is_not_keeping_the_archive() -> None:
    assert said(contract(service_scope="财务室、档案室和财务科保洁，档案库房消毒", name=None), "不得外包") == []


# Sums -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["提交", "随时"])
def test_ct04_supplements(moment: str) -> None:
    most = "补充协议累计{}%，不得超过原合同金额的10%（政府采购法第四十九条）。"
    assert said(contract(moment, supplement=120000), "CT-04") == [most.format("12.5")]
    assert said(contract(moment, supplement="96000.01"), "CT-04") == [most.format("10.0")]
    assert said(contract(moment, supplement=96000), "CT-04") == []
    assert said(contract(moment, supplement=5, amount=None), "CT-04") == []


def test_ct09_deposit() -> None:
    assert said(contract(deposit="96000.01"), "CT-09") == ["履约保证金不得超过合同金额的10%。"]
    assert said(contract(deposit=None), "CT-09") == []


# Expiry ---------------------------------------------------------------------------------------------------------------

NEAR = "合同物业服务将于2026-12-31到期（剩{}天），应在2026-11-16前启动采购。"


@pytest.mark.parametrize(
    "today, left, mark",
    [
        (date(2026, 9, 2), 120, "120"),
        (date(2026, 10, 1), 91, "120"),
        (date(2026, 10, 2), 90, "90"),
        (date(2026, 11, 1), 60, "60"),
        (date(2026, 12, 1), 30, "30"),
        (date(2026, 12, 31), 0, "30"),
    ],
)
def test_ct03_reminds_from_120_days_on(today: date, left: int, mark: str) -> None:
    (found,) = (f for f in examine(contract("随时", today, status="履行中")) if f.rule == "CT-03")
    assert (found.severity, found.message, found.stage) == ("提示", NEAR.format(left), mark)


def test_ct03_not_before_and_not_after() -> None:
    assert running("CT-03", date(2026, 9, 1)) == []
    assert running("CT-03", date(2027, 1, 1), status="到期") == []
    assert running("CT-03", date(2026, 12, 1), status="续签中") == [], "somebody is at it"
    assert running("CT-03", date(2026, 12, 1), kind="工程") == []


def test_ct03_ninety_days_where_no_government_procurement_follows() -> None:
    small = {"amount": 60000, "purchase": {"method": "内部比选"}, "name": "印刷服务"}
    assert running("CT-03", date(2026, 10, 1), **small) == []
    assert len(running("CT-03", date(2026, 10, 2), **small)) == 1
    assert len(running("CT-03", date(2026, 9, 2), **{**small, "amount": 500000})) == 1, "the amount wants it"
    assert len(running("CT-03", date(2026, 9, 2), **{**small, "name": "复印纸供应", "kind": "货物"})) == 1, "listed"


def test_from_which_day_on_it_is_reminded_of() -> None:
    def reminded(**cells: Any) -> date | None:
        return compute(contract("随时", **{"status": "履行中", **cells})).cells["reminded_from"]  # type: ignore[return-value]

    small = {"amount": 60000, "purchase": {"method": "内部比选"}, "name": "印刷服务"}
    assert reminded() == date(2026, 9, 2)
    assert reminded(**small) == date(2026, 10, 2)
    assert reminded(**small, norms={"contract.expiry_marks": "30、45"}) == date(2026, 12, 1)
    assert reminded(**small, norms={"contract.expiry_marks": "45"}) == date(2026, 11, 16)
    assert reminded(kind="工程") is reminded(ends_on=None) is None


def test_ct03_service_goes_on_without_a_contract() -> None:
    late = {"contract": 1, "status": "签批中", "biz_date": date(2027, 1, 5), "code": "ZC-2027-0003"}
    message = "合同物业服务已于2026-12-31到期，但服务仍在继续（{}），请立即续签或停止服务。"

    def after(claims: Rows | None = None, checks: Rows | None = None, **changes: Any) -> list[str]:
        tables: dict[str, Rows] = {"expense_claims": claims or {}, "inspections": checks or {}}
        return running("CT-03", **{"today": date(2027, 1, 10), "status": "到期", "tables": tables, **changes})

    assert after({1: late}) == [message.format("支出单ZC-2027-0003")]
    assert after({1: late}, status="续签中") == [message.format("支出单ZC-2027-0003")]
    assert after({1: {**late, "biz_date": date(2026, 12, 31)}}) == []
    assert after({1: {**late, "status": "作废"}}) == []
    assert after({1: late}, status="已归档") == []
    assert after({1: late}, today=date(2026, 12, 31)) == []
    check = {"team": "服务商考核", "contract": 1, "period": "2027-01"}
    assert after(checks={1: check}) == [message.format("2027年1月服务商考核")]
    assert after(checks={1: {**check, "period": "2026-12"}}) == []
    assert after(checks={1: {**check, "team": "卫生"}}) == []


def test_ct03_one_line_in_the_ledger_for_each_end() -> None:
    claims = {1: {"contract": 1, "status": "签批中", "biz_date": date(2027, 1, 5)}}
    found = contract("随时", date(2027, 1, 10), tables={"expense_claims": claims}, status="到期")
    alarm = [f for f in examine(found) if f.rule == "CT-03"]
    assert [(f.severity, f.gravity, f.stage) for f in alarm] == [("预警", "一般", "2026-12-31")]


# Publication and licences ---------------------------------------------------------------------------------------------

LATE = "政府采购合同签订后2个工作日内应公告、7个工作日内应备案。"


@pytest.mark.parametrize(
    "cells, today, stages",
    [
        ({"published_on": date(2025, 12, 24)}, date(2026, 9, 1), []),
        ({"published_on": date(2025, 12, 25)}, date(2026, 9, 1), ["公告"]),
        ({"filed_on": date(2025, 12, 31)}, date(2026, 9, 1), []),
        ({"filed_on": date(2026, 1, 4)}, date(2026, 9, 1), ["备案"]),
        ({"published_on": None, "filed_on": None}, date(2025, 12, 24), []),
        ({"published_on": None, "filed_on": None}, date(2025, 12, 25), ["公告"]),
        ({"published_on": None, "filed_on": None}, date(2026, 1, 4), ["公告", "备案"]),
        ({"published_on": None, "filed_on": None, "sign_on": None}, date(2026, 9, 1), []),
        ({"published_on": None, "filed_on": None, "status": "待签批"}, date(2026, 9, 1), []),
        ({"published_on": None, "filed_on": None, "purchase": {"method": "内部比选"}}, date(2026, 9, 1), []),
    ],
)
def test_ct06_published_and_filed(cells: dict[str, Any], today: date, stages: list[str]) -> None:
    """Signed on Monday 2025-12-22; 1/1–3 are holidays, Sunday 1/4 is a working day."""
    found = contract("随时", today, **{"status": "履行中", **cells})
    alarms = [f for f in examine(found) if f.rule == "CT-06"]
    assert [f.message for f in alarms] == [LATE] * len(stages)
    assert [f.stage for f in alarms] == stages


def test_ct07_licences() -> None:
    ended = {"license_due": date(2026, 8, 31)}
    assert running("CT-07", vendor=ended) == ["“示例物业公司”证照已到期。"]
    assert running("CT-07", vendor={**ended, "kinds": ("餐饮",)}) == ["“示例物业公司”食品经营许可证已到期。"]
    assert running("CT-07", vendor={"license_due": date(2026, 9, 1)}) == []
    assert running("CT-07", vendor=ended, status="到期") == []
    hint = contract(vendor=ended)
    assert [(f.severity, f.message) for f in examine(hint)] == [("提示", "“示例物业公司”证照已到期。")]
    assert said(contract(vendor={"license_due": date(2026, 9, 1)}), "CT-07") == []


# CT-05 on the contract ------------------------------------------------------------------------------------------------

WORKS = {
    "kind": "货物",
    "amount": 100000,
    "pay_plan": "2026-04-30|签订后预付|30000\n2026-06-30|验收合格后|70000",
    "purchase": {"accepted_on": date(2026, 6, 1), "accept_result": "合格"},
    "delivery_mode": None,
}


@pytest.mark.parametrize(
    "today, n, stage",
    [
        (date(2026, 6, 16), 15, "第2期-15"),
        (date(2026, 6, 25), 24, "第2期-15"),
        (date(2026, 6, 26), 25, "第2期-25"),
        (date(2026, 7, 1), 30, "第2期-30"),
        (date(2026, 7, 5), 34, "第2期-30"),
    ],
)
def test_ct05_what_nobody_claims_for_a_small_company(today: date, n: int, stage: str) -> None:
    found = [f for f in examine(contract("随时", today, **{**WORKS, "status": "履行中"})) if f.rule == "CT-05"]
    message = f"应付示例物业公司（中小企业）70,000元，验收已{n}天，须在30日内支付（约定最长60日）。"
    assert [(f.message, f.stage, f.gravity) for f in found] == [(message, stage, "一般")]


@pytest.mark.parametrize(
    "changes",
    [
        {"today": date(2026, 6, 15)},
        {"vendor": {"is_sme": False}},
        {"purchase": {"accepted_on": date(2026, 6, 1), "accept_result": "不合格"}},
        {"purchase": {"accepted_on": None, "accept_result": "合格"}},
        {"status": "已归档"},
        {"tables": {"expense_claims": {1: {"contract": 1, "pay_item": 2, "status": "草稿", "amount": 70000}}}},
        {"tables": {"expense_claims": {1: {"contract": 1, "status": "已支付", "amount": 100000}}}},
    ],
)
def test_ct05_says_nothing(changes: dict[str, Any]) -> None:
    assert running("CT-05", **{"today": date(2026, 7, 5), **WORKS, **changes}) == []


def test_ct05_a_refused_claim_claims_nothing() -> None:
    refused = {"expense_claims": {1: {"contract": 1, "pay_item": 2, "status": "不同意", "amount": 70000}}}
    assert len(running("CT-05", **{"today": date(2026, 7, 5), **WORKS, "tables": refused})) == 1


# Figures and stages ---------------------------------------------------------------------------------------------------


def check(period: str, score: Any, status: str = "已提交", team: str = "服务商考核") -> dict[str, Any]:
    return {"team": team, "contract": 1, "period": period, "score": score, "status": status}


def test_paid_and_its_share_of_the_whole() -> None:
    claims = {
        1: {"contract": 1, "status": "已支付", "amount": 80000},
        2: {"contract": 1, "status": "已归档", "amount": 80000, "audited_amount": 79000},
        3: {"contract": 1, "status": "已批准", "amount": 80000},
        4: {"contract": 2, "status": "已支付", "amount": 80000},
    }
    cells = compute(contract(tables={"expense_claims": claims}, supplement=100000)).cells
    assert cells["paid"] == Decimal(159000)
    assert cells["paid_rate"] == Decimal(15), "of 1,056,000: no more than 10 % of supplement counts"
    assert compute(contract(amount=None)).cells["paid_rate"] is None


def test_score_and_deductions_of_the_year() -> None:
    checks = {
        1: check("2025-12", 65),
        2: check("2026年7月", 92),
        3: check("2026-08", 86),
        4: check("2026-08", 90, "已归档"),
        5: check("2026-09", 50, "有异议"),
        6: check("2026-09", 50, "草稿"),
        7: check("2026-10", 50, team="卫生"),
        8: check("下月", 50),
        9: check("2026-06", "69.9", "被查方已确认"),
    }
    computed = compute(contract("随时", tables={"inspections": checks}, status="履行中"))
    assert computed.cells["month_score"] == Decimal(88), "August: the mean of two"
    assert computed.cells["deduct_ytd"] == Decimal(9600), "June 10 %, August 2 % of 80,000; December is last year's"
    assert computed.note == "2026年8月考核88分，按合同应扣1,600元，本期应付78,400元。"
    unverified = compute(contract("随时", tables={"inspections": checks}, verified=False))
    assert unverified.note.endswith("本期应付78,400元。（标准待核实）")


@pytest.mark.parametrize(
    "score, off",
    [("100", 0), ("90", 0), ("89.9", 1600), ("80", 1600), ("70", 4000), ("60", 8000), ("59.9", 16000), ("0", 16000)],
)
def test_the_scale_of_deductions(score: str, off: int) -> None:
    computed = compute(contract(tables={"inspections": {1: check("2026-08", score)}}))
    assert computed.cells["deduct_ytd"] == Decimal(off)
    assert bool(computed.note) == bool(off)


def test_the_scale_is_the_schools_own() -> None:
    checks = {"inspections": {1: check("2026-08", 88)}}
    own = contract(tables=checks, norms={"contract.deduct": "95：0、85:1.5%、0:1/10"})
    assert compute(own).cells["deduct_ytd"] == Decimal(1200)
    off = contract(tables=checks, norms={"outsourcing.kpi": "否"})
    assert compute(off).cells["deduct_ytd"] == Decimal(0)


@pytest.mark.parametrize(
    "cells",
    [{"delivery_mode": "自营"}, {"kind": "工程"}, {"kind": "电梯维保", "delivery_mode": None}],
)
def test_what_is_not_scored_has_no_score(cells: dict[str, Any]) -> None:
    computed = compute(contract(tables={"inspections": {1: check("2026-08", 50)}}, **cells))
    assert computed.cells["month_score"] is None and computed.cells["deduct_ytd"] is None


@pytest.mark.parametrize(
    "plan, fee",
    [
        ("2026-03-31||240000\n2026-06-30||240000\n2026-09-30||240000\n2026-12-31||240000", 80000),
        ("2026-12-31|全年一次付清|960000", 80000),
        ("据实|按单结算|960000", 80000),
        ("2026-02-10||70000\n2026-03-10||70000\n2026-04-10||820000", 820000),
    ],
)
def test_the_fee_of_a_month(plan: str, fee: int) -> None:
    computed = compute(contract(pay_plan=plan, tables={"inspections": {1: check("2026-08", 80)}}))
    assert computed.cells["deduct_ytd"] == Decimal(fee) / 50


@pytest.mark.parametrize(
    "status, today, stage",
    [
        ("履行中", date(2026, 10, 1), "履行中"),
        ("履行中", date(2026, 10, 2), "临期"),
        ("临期", date(2026, 12, 31), "临期"),
        ("临期", date(2027, 1, 1), "到期"),
        ("到期", date(2026, 9, 1), "履行中"),
        ("续签中", date(2027, 1, 1), "续签中"),
        ("终止", date(2027, 1, 1), "终止"),
        ("待签批", date(2027, 1, 1), "待签批"),
    ],
)
def test_where_a_contract_stands(status: str, today: date, stage: str) -> None:
    assert stage_of(contract("随时", today, status=status)) == stage


def test_a_contract_without_an_end_stays_as_it_is() -> None:
    assert stage_of(contract("随时", status="履行中", ends_on=None)) == "履行中"


@pytest.mark.parametrize("table", ["contracts", "procurements"])
@pytest.mark.parametrize("moment", ["提交", "意向公开", "采购实施", "待签合同", "履约中", "已验收", "随时"])
def test_an_empty_row_trips_no_rule(table: str, moment: str) -> None:
    empty = facts(table, {}, moment=moment)
    assert [f.message for f in examine(empty) if "出错" in f.message] == []
    assert compute(empty).note == ""
