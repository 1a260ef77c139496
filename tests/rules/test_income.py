"""收支两条线 (domain.md C4): V13's income side, V14, and everything close to them that must stay quiet."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Person
from automations.rules import examine
from automations.tables.values import File
from tests.rules.world import facts, rules, said

CASHIER = Person(1, "钱出纳", roles=frozenset({"出纳"}))
CLERK = Person(2, "王文员", roles=frozenset({"经办人"}))
ACCOUNTANT = Person(3, "李会计", roles=frozenset({"会计"}))
PEOPLE = (CASHIER, CLERK, ACCOUNTANT)
PAPER = (File("减免批复.pdf", 1, "ref"),)

RECEIVED: dict[str, Any] = {
    "code": "SR-2026-0007",
    "kind": "场地设施收入",
    "training_class": 9,
    "payer": "示例培训公司",
    "amount": Decimal(12000),
    "received": Decimal(12000),
    "received_on": date(2026, 9, 7),
    "method": "对公转账",
    "account": "单位基本户",
    "receipt_kind": "非税收入票据",
    "receipt_no": "0012345",
    "collector": 1,
    "status": "已收",
}
REMITTED = {
    **RECEIVED,
    "remitted": Decimal(12000),
    "remitted_on": date(2026, 9, 8),
    "remit_no": "JK-1",
    "remitter": 2,
    "status": "已缴库",
}


def at(day: int, month: int = 9) -> datetime:
    """10:00 at the school."""
    return datetime(2026, month, day, 2, 0, tzinfo=UTC)


def income(moment: str, cells: dict[str, Any] | None = None, day: int = 9, **more: Any) -> Any:
    given = {"people": PEOPLE, "now": at(day), **more}
    return facts("income", {**RECEIVED, **(cells or {})}, moment=moment, **given)


# --- the ordinary life ------------------------------------------------------------------------------------------------


def test_an_ordinary_income_passes_from_state_to_state():
    assert rules(income("已收", {"status": "应收"})) == []
    assert rules(income("已缴库", {**REMITTED, "status": "已收"})) == []
    assert rules(income("已核对", REMITTED, actor=ACCOUNTANT)) == []
    assert rules(income("随时", REMITTED)) == []
    fresh = {"received": None, "received_on": None, "status": "应收"}
    assert rules(income("减免", {**fresh, "waiver_doc": PAPER})) == []
    assert rules(income("提交", {"remark": "班次取消，退还场地费"})) == []


def test_what_is_let_stands_among_the_classes():
    words = "场地设施收入请选“班次”：出租登记为类型“会议”的班次，写明教室和起止日，才能核对是否与主体班冲突。"

    def told(**cells: Any) -> list[str]:
        return said(income("随时", {"training_class": None, **cells}), "场地出租")

    for status in ("应收", "已收", "已缴库"):
        assert told(status=status) == [words]
    assert told(training_class=9) == told(kind="利息") == []
    assert told(status="已核对") == told(status="减免") == told(status="退款") == []
    assert said(income("已收", {"training_class": None, "status": "应收"})) == []  # money is taken in, whatever is let
    [hint] = [f for f in examine(income("随时", {"training_class": None})) if f.rule == "场地出租"]
    assert (hint.severity, hint.gravity) == ("提示", None)


EMPTY = {name: None for name in ("payer", "amount", "received", "received_on", "method", "account", "collector")}


def test_each_state_needs_its_cells():
    blank = {**EMPTY, "kind": None, "receipt_kind": None, "status": "应收"}
    basic = "“收入种类”、“付款单位”、“应收金额”"
    receipt = f"{basic}、“实收金额”、“收款日”、“收款方式”、“收款账户”、“票据种类”、“收款人”"
    assert said(income("已收", blank), "必填") == [f"请填写：{receipt}。"]
    remittance = f"请填写：{receipt}、“已缴金额”、“缴库日”、“缴款书号”、“缴款人”。"
    assert said(income("已缴库", blank), "必填") == said(income("已核对", blank), "必填") == [remittance]
    assert said(income("减免", blank), "必填") == [f"请填写：{basic}。"]
    assert (
        said(income("提交", blank), "必填") == said(income("退款", blank), "必填") == [f"请填写：{receipt}、“备注”。"]
    )


def test_money_follows_its_class_and_its_contract():
    fees = {"kind": "培训费收入", "training_class": None}
    assert said(income("已收", fees), "必填") == ["请填写：“班次”。"]
    assert said(income("已收", {"kind": "资产出租出借"}), "必填") == ["请填写：“合同”。"]
    assert said(income("已收", {"kind": "培训费收入", "training_class": 4}), "必填") == []


@pytest.mark.parametrize("wrong", [Decimal(0), Decimal("-0.01")])
def test_sums_are_above_zero(wrong):
    assert said(income("已收", {"received": wrong}), "必填") == [
        f"“实收金额”应大于0，现在是{'0' if wrong == 0 else '-0.01'}元。"
    ]
    assert said(income("已收", {"received": Decimal("0.01")}), "必填") == []
    assert said(income("已缴库", {**REMITTED, "remitted": wrong}), "必填") != []
    assert said(income("已收", {"remitted": Decimal(0)}), "必填") == []  # nothing is remitted yet


def test_days_are_in_order():
    early = {**REMITTED, "remitted_on": date(2026, 9, 6)}
    assert said(income("已缴库", early), "日期") == ["缴库日2026-09-06早于收款日2026-09-07，请核对。"]
    assert said(income("已缴库", {**REMITTED, "remitted_on": date(2026, 9, 7)}), "日期") == []
    ahead = {**REMITTED, "received_on": date(2026, 9, 10), "remitted_on": date(2026, 9, 11)}
    assert said(income("已缴库", ahead), "日期") == [
        "“收款日”2026-09-10在今天之后，请核对。",
        "“缴库日”2026-09-11在今天之后，请核对。",
    ]
    assert said(income("已收", {"received_on": date(2026, 9, 9)}), "日期") == []


# --- IN-01: whole -----------------------------------------------------------------------------------------------------


def test_in01_whatever_was_received_is_remitted():
    short = income("已缴库", {**REMITTED, "remitted": Decimal(11000)})
    [found] = examine(short)
    assert found.message == "实收12,000元，已缴11,000元，差1,000元。收入须全额上缴，不得抵扣支出。"
    assert (found.rule, found.severity, found.gravity) == ("IN-01", "拦截", "严重")
    one_cent = income("已核对", {**REMITTED, "remitted": Decimal("11999.99")}, actor=ACCOUNTANT)
    assert said(one_cent) == ["实收12,000元，已缴11,999.99元，差0.01元。收入须全额上缴，不得抵扣支出。"]
    nothing = income("已缴库", {**REMITTED, "remitted": None})
    assert said(nothing, "IN-01") == ["实收12,000元，已缴0元，差12,000元。收入须全额上缴，不得抵扣支出。"]


def test_in01_nothing_is_remitted_that_was_not_received():
    more = income("已缴库", {**REMITTED, "remitted": Decimal("12000.01")})
    assert said(more) == ["已缴12,000.01元大于实收12,000元，多0.01元，请核对。"]


# --- IN-02: in time ---------------------------------------------------------------------------------------------------


def late(cells: dict[str, Any], day: int, month: int = 9, **more: Any) -> list[tuple[str, str]]:
    found = examine(income("随时", cells, now=at(day, month), **more))
    return [(f.stage, f.message) for f in found if f.rule == "IN-02"]


def test_v14_late_remittance_climbs_day_by_day():
    """12,000 元 received Monday 9/7, remitted 9/16."""
    assert late({}, 7) == late({}, 8) == []
    assert late({}, 9) == [("1", "收入SR-2026-0007 12,000元已收2个工作日未缴库。")]
    assert late({}, 10) == [("2", "收入SR-2026-0007 12,000元已收3个工作日未缴库。")]
    assert late({}, 11) == [("3", "收入SR-2026-0007 12,000元已收4个工作日未缴库。")]
    assert late({}, 14) == [("3", "收入SR-2026-0007 12,000元已收5个工作日未缴库。")]
    [found] = [f for f in examine(income("随时", day=9)) if f.rule == "IN-02"]
    assert (found.severity, found.gravity) == ("预警", "一般")


def test_v14_once_remitted_the_same_stage_is_not_another_line():
    done = {**REMITTED, "remitted_on": date(2026, 9, 16)}
    words = "收入SR-2026-0007 12,000元收款后7个工作日才缴库，迟缴6个工作日。"
    assert late(done, 16) == late(done, 28) == [("3", words)]
    assert late({**REMITTED, "remitted_on": date(2026, 9, 9)}, 30)[0][0] == "1"
    assert late(REMITTED, 30) == []


def test_v13_cash_of_the_15th_not_remitted():
    cash = {"amount": Decimal(3600), "received": Decimal(3600), "received_on": date(2026, 9, 15), "method": "现金"}
    assert late(cash, 16) == []
    assert late(cash, 17) == [("1", "收入SR-2026-0007 3,600元已收2个工作日未缴库。")]
    claimed = income("已缴库", {**REMITTED, **cash, "remitted": Decimal(0), "remitted_on": date(2026, 9, 15)}, day=17)
    assert said(claimed, "IN-01") == ["实收3,600元，已缴0元，差3,600元。收入须全额上缴，不得抵扣支出。"]


def test_in02_a_payment_slip_is_due_the_same_day():
    slip = {"method": "缴款书直缴"}
    assert late(slip, 7) == []
    assert late(slip, 8) == [("1", "收入SR-2026-0007 12,000元已收1个工作日未缴库。")]


def test_in02_counts_working_days_of_the_office():
    friday = {"received_on": date(2026, 9, 18)}  # due on Sunday 9/20, a make-up working day
    assert late(friday, 20) == []
    assert late(friday, 21)[0][0] == "1"
    before_holidays = {"received_on": date(2026, 9, 30)}  # due 10/8
    assert late(before_holidays, 8, 10) == []
    assert late(before_holidays, 9, 10) == [("1", "收入SR-2026-0007 12,000元已收2个工作日未缴库。")]


def test_in02_an_estimated_calendar_is_said():
    found = facts(
        "income",
        {**RECEIVED, "received_on": date(2090, 1, 3)},
        now=datetime(2090, 1, 5, 2, 0, tzinfo=UTC),
        moment="随时",
    )
    assert said(found, "IN-02") == ["收入SR-2026-0007 12,000元已收2个工作日估计(未见国办通知)未缴库。"]


def test_in02_both_caps_hold_whatever_the_school_allows():
    assert late({}, 11, norms={"income.due_days": "5", "income.due_cap": "3"})[0][0] == "1"  # due 9/10
    far = {"income.due_days": "9", "income.due_cap": "9", "income.hard_cap_days": "10"}  # 9 working days: 9/18
    assert late({}, 17, norms=far) == [] and late({}, 18, norms=far)[0][0] == "1"  # 10 days: 9/17


def test_in02_unverified_standards_are_said():
    assert late({}, 9, verified=False)[0][1].endswith("未缴库。（标准待核实）")


def test_in02_looks_at_the_money_not_at_the_status():
    assert late({"status": "应收"}, 9) != []  # received all the same
    assert late({**REMITTED, "remitted": Decimal(11000)}, 9) == [("1", "收入SR-2026-0007 1,000元已收2个工作日未缴库。")]
    assert late({**REMITTED, "remitted_on": None}, 9)[0][1] == "收入SR-2026-0007 12,000元已收2个工作日未缴库。"
    for quiet in ({"status": "退款"}, {"status": "减免"}, {"received": None}, {"received_on": None}):
        assert late(quiet, 30) == []


# --- IN-03: nothing netted --------------------------------------------------------------------------------------------

NETTED = "检测到疑似“坐支”：{}。收入先全额缴库，支出另行申请，不得以收抵支。"


def test_in03_another_account():
    found = [f for f in examine(income("已收", {"account": "其他"})) if f.rule == "IN-03"]
    assert [f.message for f in found] == [NETTED.format("收款账户为“其他”，不是国库、财政专户或单位基本户")]
    assert (found[0].severity, found[0].gravity) == ("拦截", "严重")
    [standing] = [f for f in examine(income("随时", {"account": "其他"})) if f.rule == "IN-03"]
    assert standing.stage == found[0].stage != ""  # one line in the ledger, whoever finds it first
    nothing_yet = {"account": "其他", "received": None, "received_on": None, "status": "应收"}
    assert said(income("随时", nothing_yet), "IN-03") == []


@pytest.mark.parametrize("words", ["冲抵", "抵扣", "坐支", "从收入中列支"])
def test_in03_words_of_netting(words):
    assert said(income("已收", {"remark": f"已{words}维修费"}), "IN-03") == [
        NETTED.format(f"备注或付款单位中写有“{words}”")
    ]
    assert said(income("已收", {"remark": f"全额入账，未{words}任何支出；不得{words}"}), "IN-03") == []
    assert said(income("已收", {"remark": f"未经批准{words}"}), "IN-03") != []


def test_in03_rent_net_of_the_vendors_bill():
    vendor = {"vendors": {5: {"name": "示例培训公司"}}}
    short = {"received": Decimal(11000)}
    assert said(income("已收", short, tables=vendor), "IN-03") == [
        NETTED.format("服务商“示例培训公司”应交12,000元、实收11,000元，少收1,000元")
    ]
    assert said(income("已收", {}, tables=vendor), "IN-03") == []
    assert said(income("已收", short), "IN-03") == []  # no vendor: it may simply pay the rest later


# --- IN-04, IN-05, IN-06 ----------------------------------------------------------------------------------------------


def test_in04_only_what_the_list_names_is_charged():
    assert said(income("已收", {"kind": "其他"}), "IN-04") == ["收费项目“其他”不在批准目录内，不得收取。"]
    assert said(income("随时", {"kind": "其他", "status": "应收"}), "IN-04") != []
    assert said(income("已收"), "IN-04") == said(income("已收", {"kind": None}), "IN-04") == []
    short_list = {"income.fee_list": "培训费收入、住宿费收入"}
    assert said(income("已收", norms=short_list), "IN-04") == ["收费项目“场地设施收入”不在批准目录内，不得收取。"]


def test_in05_no_income_without_a_receipt():
    for moment in ("已收", "已缴库", "已核对", "提交", "退款"):
        assert said(income(moment, {"receipt_no": None}), "IN-05") == ["收款必须开具票据，票据号不能为空。"]
    assert said(income("减免", {"receipt_no": None}), "IN-05") == []


def test_in05_no_receipt_twice():
    first = {"income": {1: {"code": "SR-2026-0001", "receipt_no": "0012345"}}}
    words = ["收款必须开具票据，票据号重复（SR-2026-0001已用0012345）。"]
    assert said(income("已收", tables=first, row_id=2), "IN-05") == words
    assert said(income("随时", tables=first, row_id=2), "IN-05") == words
    assert said(income("随时", {"receipt_no": "0012346"}, tables=first, row_id=2), "IN-05") == []
    later = {"income": {3: {"code": "SR-2026-0009", "receipt_no": "0012345"}}}
    assert said(income("已收", tables=later, row_id=2), "IN-05") == []  # the later row must change
    settled = {"income": {3: {"code": "SR-2026-0009", "receipt_no": "0012345", "status": "已核对"}}}
    assert said(income("已核对", tables=settled, row_id=2), "IN-05") == [  # it cannot, so this one must
        "收款必须开具票据，票据号重复（SR-2026-0009已用0012345）。"
    ]
    assert said(income("已收", {"receipt_no": None}, tables={"income": {1: {"receipt_no": None}}}, row_id=2)) == [
        "收款必须开具票据，票据号不能为空。"
    ]


@pytest.mark.parametrize(
    "words",
    [
        "先转入个人账户",
        "转到出纳微信",
        "存了经办人的银行卡",
        "个人收款码收的",
        "私人账户代收",
        "打到私户",
        "收进本人支付宝",
    ],
)
def test_in06_no_private_account(words):
    [found] = [f for f in examine(income("已收", {"remark": words})) if f.rule == "IN-06"]
    assert (found.message, found.gravity) == ("不得使用个人账户或个人收款码收取公款。", "严重")
    assert said(income("随时", {"remark": words}), "IN-06") == [found.message]
    assert said(income("已收", {"payer": words}), "IN-06") == [found.message]


@pytest.mark.parametrize(
    "words",
    [
        "学员个人账户转来",
        "收到个人账户转来的培训费",
        "转自私人账户",
        "未使用个人收款码",
        "不得转入个人账户",
        "个人缴费",
        "出纳收款",
        "单位收款码",
        None,
    ],
)
def test_in06_what_is_meant_otherwise_stays_quiet(words):
    assert said(income("已收", {"remark": words}), "IN-06") == []


def test_in06_a_code_that_pays_into_no_account_of_the_school():
    assert said(income("已收", {"account": "其他", "method": "刷卡扫码"}), "IN-06") != []
    assert said(income("已收", {"method": "刷卡扫码"}), "IN-06") == []
    assert said(income("已收", {"account": "其他"}), "IN-06") == []


# --- two people -------------------------------------------------------------------------------------------------------


def test_collected_and_remitted_by_two():
    same = {**REMITTED, "remitter": 1}
    for moment in ("已收", "已缴库", "已核对"):
        assert "收款人与缴款人不能是同一人（钱出纳），请换人缴库。" in said(income(moment, same), "不相容岗位")
    assert said(income("已收", {"collector": None, "remitter": None}), "不相容岗位") == []


def test_the_accountant_collects_nothing():
    assert said(income("已收", {"collector": 3}), "不相容岗位") == [
        "收款人李会计是会计，会计不能经手收款，请由出纳或收费人员收款。"
    ]
    assert said(income("已收", {"collector": 2}), "不相容岗位") == []


def test_checked_by_an_accountant_who_had_no_part_in_it():
    assert said(income("已核对", REMITTED, actor=CASHIER)) == [
        "钱出纳不是会计：缴库须由会计核对。",
        "钱出纳是本笔收入的收款人，不能核对自己经手的收入。",
    ]
    assert said(income("已核对", {**REMITTED, "remitter": 3}, actor=ACCOUNTANT)) == [
        "李会计是本笔收入的缴款人，不能核对自己经手的收入。"
    ]
    assert said(income("已核对", REMITTED)) == []  # an unknown account is stopped elsewhere (DG-05)


# --- waived, refunded -------------------------------------------------------------------------------------------------


def test_a_waiver_has_its_paper_and_no_money_came():
    fresh = {"received": None, "received_on": None, "status": "应收"}
    assert said(income("减免", fresh)) == ["减免须有批准文件，请上传“减免依据”。"]
    assert said(income("减免", {"waiver_doc": PAPER, "status": "应收"})) == [
        "已实收12,000元，不能改为减免；要退还请走“退款”。"
    ]


def test_the_treasury_pays_back_what_it_has():
    done = {**REMITTED, "remark": "重复缴费"}
    for moment in ("提交", "退款"):
        assert said(income(moment, done)) == ["已缴库12,000元，不能直接退款，请向财政部门办理退付。"]
    assert said(income("提交", {**done, "remitted": None})) == []


# --- computed cells ---------------------------------------------------------------------------------------------------


def test_the_computed_cells():
    found = compute(income("", day=16))
    assert found.cells == {
        "route": "国库",
        "due_on": date(2026, 9, 8),
        "gap": Decimal(12000),
        "late_wd": Decimal(6),
    }
    assert found.note == ""
    assert compute(income("", verified=False)).note == "应缴去向“国库”（标准待核实），请会计核实。"
    done = compute(income("", REMITTED, norms={"income.route.场地设施收入": "财政专户"}))
    assert done.cells["route"] == "财政专户"
    assert (done.cells["gap"], done.cells["late_wd"]) == (Decimal(0), Decimal(0))


def test_the_computed_cells_of_a_row_just_begun():
    assert compute(facts("income", {}, moment="")).cells == {
        "route": None,
        "due_on": None,
        "gap": None,
        "late_wd": None,
    }


def test_a_destination_that_no_column_can_hold_is_told():
    found = compute(income("", norms={"income.route.场地设施收入": "小金库"}))
    assert found.cells["route"] is None
    assert found.note == ("参数“income.route.场地设施收入”应填国库、财政专户、单位账户代管之一，现在是“小金库”。")
