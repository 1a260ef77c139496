"""The planted violations of domain.md E6 that are about money: what people do on which day, and what they are told."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.scenarios.conftest import Open
from tests.scenarios.school import (
    ACCOUNTANT,
    BUDGETS,
    CLAIMS,
    CLERK,
    CONTRACTS,
    HEAD,
    INCOME,
    LEADER,
    OFFICE,
    PROJECTS,
    REQUESTS,
    TOP,
    School,
    day,
    moment,
)

APPROVALS = "tests/approvals"
ELSEWHERE = {
    "V01": f"{APPROVALS}/test_signatures.py::test_sg01_a_clerk_signs_for_the_leader",
    "V02": f"{APPROVALS}/test_signatures.py::test_sg02_the_top_leader_signs_before_the_leader_in_charge",
    "V03": f"{APPROVALS}/test_signatures.py::test_sg03_the_heads_own_trip_skips_his_review",
    "V03b": f"{APPROVALS}/test_signatures.py::test_sg03_the_leaders_own_trip_goes_to_a_substitute",
    "V04": f"{APPROVALS}/test_changed_after_signing.py::test_dg02_the_amount_grows_tenfold_after_approval",
    "V05": f"{APPROVALS}/test_changed_after_signing.py::test_dg03_an_archived_row_is_put_back",
    "V06": f"{APPROVALS}/test_signatures.py::test_sg04_a_delegation_that_does_not_cover_it",
    "V18": f"{APPROVALS}/test_submission.py::test_the_line_is_short_of_money",
    "V19": f"{APPROVALS}/test_payment.py::test_ex08_paid_before_approved",
    "V35 typed over": f"{APPROVALS}/test_tampering.py::test_dg01_in_another_table",
    "V35 deleted": f"{APPROVALS}/test_tampering.py::test_dg04_a_deleted_row_comes_back_under_its_code",
    "V40": f"{APPROVALS}/test_signatures.py::test_sg08_a_clerk_files_in_the_heads_name",
}
"""Shown there word for word; not written twice."""

SPLIT = "请合并为一个采购项目，或由会计填写不构成拆分的理由。"


@pytest.mark.parametrize("violation", ELSEWHERE)
def test_the_others_are_shown_elsewhere(violation: str) -> None:
    path, _, name = ELSEWHERE[violation].partition("::")
    assert f"def {name}(" in Path(path).read_text(encoding="utf-8")


def bought(school: School, amount: str, on: str, of: int | None = None, **more: object) -> int:
    """The clerk's draft for a small purchase of that day, permitted beforehand."""
    if school.today != day(on):
        school.go_to(on)
    request = school.permitted("零星采购", est_amount=Decimal(amount))
    return school.bill(amount=amount, of=of, request=request, **more)  # type: ignore[arg-type]


def test_v07_a_step_waits_over_a_holiday(opened: Open) -> None:
    """SG-05: 4/29 → the holiday of 5/1–5/5 does not count, the Saturday 5/9 does; nobody signs by silence."""
    school = opened("4-29", post=True)
    claim = school.claimed()
    told: dict[str, list[str]] = {}
    for on in ("4-30", "5-4", "5-6", "5-7", "5-8", "5-9", "5-11"):
        before = {name: len(school.letters(name)) for name in (HEAD, OFFICE, ACCOUNTANT)}
        school.go_to(on, "08:41")
        told[on] = [name for name in before if any("待签" in t for t in school.letters(name)[before[name] :])]
    # 4/30 is the 1st working day, 5/6 the 2nd, 5/7 the 3rd, 5/9 the 5th
    assert told["5-4"] == [], "a holiday"
    assert OFFICE in told["5-7"] and OFFICE not in [*told["4-30"], *told["5-6"]]
    assert HEAD in told["5-6"] and any("最久已等2个工作日" in t for t in school.letters(HEAD))
    assert ACCOUNTANT in told["5-9"] and ACCOUNTANT not in [*told["5-6"], *told["5-7"], *told["5-8"]]
    assert any("最久已等5个工作日" in t for t in school.letters(ACCOUNTANT))
    assert school.waits_for(CLAIMS, claim)[0] == HEAD and school.status(CLAIMS, claim) == "签批中"


def test_v08_three_bills_of_one_company_in_twelve_days(opened: Open) -> None:
    """PR-03a."""
    school = opened("9-1")
    shop = school.vendor("示例家具公司")
    first = school.under_signature(CLAIMS, bought(school, "4860", "9-1", shop))
    second = bought(school, "4920", "9-7", shop)
    codes = [school.row(c)["code"] for c in (first, second)]
    row = school.ask(CLAIMS, second)
    assert (row["status"], row["check_result"]) == ("草稿", "拦截")
    two = f"疑似拆分：2笔“办公费”（{'、'.join(map(str, codes))}）合计9,780元，达到内部比选起点5,000元。{SPLIT}"
    assert two in school.told(CLAIMS, second) and "PR-03a" in school.spoke(CLAIMS, second)
    school.change(ACCOUNTANT, CLAIMS, second, split_reason="一批教室用，一批餐厅用，型号不同，分别询价")
    school.under_signature(CLAIMS, second)

    third = bought(school, "4790", "9-12", shop)
    assert school.ask(CLAIMS, third)["status"] == "草稿"
    codes.append(school.row(third)["code"])
    assert (
        f"疑似拆分：3笔“办公费”（{'、'.join(map(str, codes))}）合计14,570元，达到内部比选起点5,000元。{SPLIT}"
        in school.told(CLAIMS, third)
    )
    assert school.steps_of(CLAIMS, third) == []


def test_v09_eight_printing_bills_in_eighty_days(opened: Open) -> None:
    """PR-03b: told to everybody who signs, and the cell for 会计's reason is there."""
    school = opened("6-15")
    days = ("6-15", "6-26", "7-8", "7-17", "7-29", "8-10", "8-21", "9-2")
    claims = []
    for on in days:
        if on != days[0]:
            school.go_to(on)
        permit = school.permitted("零星采购", est_amount=Decimal(7000), budget_line=school.ids[BUDGETS["印刷费"]])
        claims.append(school.claimed("印刷费", "7000", request=permit))
    last = claims[-1]
    assert (date(2026, 9, 2) - date(2026, 6, 15)).days == 79
    codes = "、".join(str(school.row(c)["code"]) for c in claims)
    message = f"疑似拆分：8笔“印刷费”（{codes}）合计56,000元，达到校委会集体研究起点50,000元。{SPLIT}"
    assert message in school.told(CLAIMS, last)
    assert (school.row(last)["check_result"], school.status(CLAIMS, last)) == ("提示", "签批中")
    assert all("校委会集体研究起点50,000元。请合并" not in school.told(CLAIMS, c) for c in claims[:-1])
    school.agree(CLAIMS, last, HEAD)
    assert message in school.told(CLAIMS, last), "会计 reads it, too, when his turn comes"


def test_v10_one_invoice_in_march_and_in_june(opened: Open) -> None:
    """IV-02."""
    school = opened("3-10")
    number = "26500000000007654321"
    march = school.paid(school.claimed(numbers={number: "986"}))
    school.go_to("6-12")
    june = school.bill(numbers={number: "986"})
    assert school.ask(CLAIMS, june)["status"] == "草稿"
    message = f"发票{number}已用于支出单{school.row(march)['code']}（已支付），不能重复报销。"
    assert message in school.told(CLAIMS, june)
    [invoice] = school.invoices(june)
    assert (invoice["dup"], invoice["check_message"]) == ("重复", message)


def test_v11_adjoining_numbers_of_one_seller(opened: Open) -> None:
    """IV-05 and PR-03d: 4,870 and 4,930 元 with two days between them."""
    school = opened("9-8")
    one, two = "26500000000000004870", "26500000000000004871"
    first = school.under_signature(CLAIMS, bought(school, "4870", "9-8", numbers={one: "4870"}))
    second = bought(school, "4930", "9-10", numbers={two: "4930"})
    assert school.ask(CLAIMS, second)["status"] == "草稿"
    codes = f"{school.row(first)['code']}、{school.row(second)['code']}"
    cut = f"疑似拆分：2笔“办公费”（{codes}）合计9,800元，达到内部比选起点5,000元。{SPLIT}"
    assert cut in school.told(CLAIMS, second)
    assert ("IV-05", "一般") in school.ledger(CLAIMS, second)
    [line] = [v for v in school.lines(CLAIMS, second) if v["rule"] == "IV-05"]
    assert line["detail"] == f"发票{two}：与发票{one}销方相同、号码相连，日期相差2天，疑似重复或拆分。"


def test_v12_the_wrong_buyer_and_a_cancelled_invoice(opened: Open) -> None:
    """IV-03, IV-04."""
    school = opened(norms={"school.name": "中共示例区委党校"})
    claim = school.bill()
    [invoice] = school.invoices(claim)
    school.change(CLERK, "invoices", invoice.id, buyer="示例区党校")
    message = "购方名称应为“中共示例区委党校”，税号应为“12500101MB0000000X”，请退换。"
    assert school.row(invoice.id, "invoices")["check_message"] == message, "told while it is still a draft"
    school.ask(CLAIMS, claim)
    assert (school.status(CLAIMS, claim), message in school.told(CLAIMS, claim)) == ("草稿", True)

    other = school.claimed()
    school.agree(CLAIMS, other, HEAD)
    [invoice] = school.invoices(other)
    school.change(ACCOUNTANT, "invoices", invoice.id, verify="已红冲")
    step = school.decide(ACCOUNTANT, CLAIMS, other)
    assert step["decision"] == "待签"
    assert step["check_message"] == f"发票{invoice['inv_no']}：发票已红冲，不得报销（发票管理办法第二十条）。"


def test_v13_income_spent_before_it_is_remitted(opened: Open) -> None:
    """IN-03: 场地费 3,600 元 in cash, the same day a canteen bill of 3,600 元 in cash, remitted 0."""
    school = opened("9-14", post=True)
    permit = school.permitted("零星采购", est_amount=Decimal(3600), budget_line=school.ids[BUDGETS["食材费"]])
    school.go_to("9-15")
    income = school.income("3600")
    assert school.receive(income, "3600", "现金")["status"] == "已收"
    claim = school.claimed("食材费", "3600", request=permit)
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    row = school.pay(claim, "现金")
    assert (row["status"], row["pay_method"], row["paid_on"]) == ("已批准", None, None)
    code = school.row(income, INCOME)["code"]
    spent = f"2026-09-15以现金支付3,600元，当日尚有现金收入{code}（3,600元）未缴库"
    message = f"检测到疑似“坐支”：{spent}。收入先全额缴库，支出另行申请，不得以收抵支。"
    assert row["check_message"] == f"超过1000元不得使用现金，请转账或使用公务卡。\n{message}"
    assert school.ledger(CLAIMS, claim) == [("IN-03", "严重")]
    assert any("坐支" in text for text in school.letters(TOP)), "told at once"

    row = school.remit(income, "1000")
    assert row["status"] == "已收"
    assert "实收3,600元，已缴1,000元，差2,600元。收入须全额上缴，不得抵扣支出。" in str(row["check_message"])
    assert ("IN-01", "严重") in school.ledger(INCOME, income)
    school.go_to("9-17")
    assert ("IN-02", "一般") in school.ledger(INCOME, income)


def test_v14_remitted_nine_days_later(opened: Open) -> None:
    """IN-02: received on Monday 9/7, due on 9/8, remitted on 9/16."""
    school = opened("9-7")
    income = school.income("12000", "住宿费收入")
    school.receive(income, "12000")
    assert school.row(income, INCOME)["due_on"] == date(2026, 9, 8)
    code, found = school.row(income, INCOME)["code"], []
    for on in ("9-8", "9-9", "9-10", "9-11", "9-14", "9-15"):
        school.go_to(on)
        found.append([line["detail"] for line in school.lines(INCOME, income)])
    late = [f"收入{code} 12,000元已收{n}个工作日未缴库。" for n in (2, 3, 4)]
    assert found == [[], late[:1], late[:2], late, late, late]
    assert school.ledger(INCOME, income) == [("IN-02", "一般")] * 3
    school.go_to("9-16")
    row = school.remit(income, "12000")
    assert (row["status"], row["late_wd"], row["gap"]) == ("已缴库", Decimal(6), Decimal(0))
    assert len(school.lines(INCOME, income)) == 3


def test_v15_an_entrusted_class_is_charged_too_little(opened: Open) -> None:
    """IN-07: 55 × 4 × 260 = 57,200 元, entered 52,000."""
    school = opened("9-14")
    course = school.course(
        "邻区干部研修班",
        "9-14",
        "9-17",
        class_type="委托班",
        is_entrusted=True,
        entrusting_unit="邻区组织部",
        fee_standard=Decimal(260),
        actual_n=Decimal(55),
    )
    income = school.income("52000", "培训费收入", training_class=course, payer="邻区组织部")
    school.receive(income, "52000")
    school.remit(income, "52000")
    school.go_to("9-22")
    assert school.lines("training_classes", course) == []
    school.go_to("9-23")  # the 5th working day after 9/17: the Sunday 9/20 is one
    [line] = school.lines("training_classes", course)
    assert (line["rule"], line["detail"]) == (
        "IN-07",
        "委托班“邻区干部研修班”应收57,200元，已登记52,000元，差5,200元。",
    )


def test_v16_a_rich_reception(opened: Open) -> None:
    """RC-02, RC-05 and RC-04, all in one message: 6 guests, 5 hosts, 128 元 a head, with alcohol."""
    school = opened("9-17")
    request = school.request(
        "公务接待",
        guest_n=Decimal(6),
        escort_n=Decimal(5),
        est_amount=Decimal(128 * 11),
        alcohol=True,
        starts_at=moment("9-18", "12:00"),
        ends_at=moment("9-18", "13:00"),
    )
    row = school.ask(REQUESTS, request)
    assert (row["status"], row["per_head"], row["std_per_head"]) == ("草稿", Decimal(128), Decimal(60))
    assert str(row["check_message"]).split("\n") == [
        "来访6人，陪餐不得超过3人，当前5人。",
        "工作餐不得提供香烟、不上酒（厉行节约条例2025年修订）。",
        "人均128元，超过标准60元/人·餐，超出748元由个人承担或不予报销。",
    ]


def test_v17_no_letter_two_meals_and_the_same_unit_again(opened: Open) -> None:
    """RC-01, RC-03, RC-07."""
    school = opened("9-14")
    first = school.permitted("公务接待")
    school.go_to("9-17")
    request = school.request("公务接待", letter_no=None, meal_times=Decimal(2))
    row = school.ask(REQUESTS, request)
    assert row["status"] == "草稿"
    assert str(row["check_message"]).split("\n")[:2] == [
        "没有公函（文号或附件），不得安排公务接待。",
        "同一批次只能安排一次工作餐，当前2次。",
    ]
    [line] = school.lines(REQUESTS, request)
    again = f"邻区党校2026-09-14已接待过（{school.row(first, REQUESTS)['code']}），疑似一函多餐或一事多结。"
    assert (line["rule"], line["severity"], line["detail"]) == ("RC-07", "一般", again)


def test_v20_the_account_is_switched_the_day_before_payment(opened: Open) -> None:
    """EX-10: blocked until 会计 has confirmed it."""
    school = opened("9-8")
    shop = school.vendor("示例文印公司")
    claim = school.claimed(of=shop)
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    school.change(CLERK, "vendors", shop, bank_account="6222999999999999")
    message = "服务商“示例文印公司”收款账号已变更，未经会计核实前不能付款。"
    assert school.row(shop, "vendors")["bank_verified"] is False
    assert message in school.told("vendors", shop) and message in school.told(CLAIMS, claim)
    school.go_to("9-9")
    row = school.pay(claim)
    assert (row["status"], row["paid_on"]) == ("已批准", None)
    assert message in str(row["check_message"])

    school.change(ACCOUNTANT, "vendors", shop, bank_verified=True)
    row = school.pay(claim)
    differs = "账号（尾号0001）与服务商“示例文印公司”登记的银行账号（尾号9999）不一致，请核对。"
    assert (row["status"], row["check_message"]) == ("已批准", differs), "the claim was signed for the old account"
    school.change(CLERK, "vendors", shop, bank_account="6222000000000001")
    school.change(ACCOUNTANT, "vendors", shop, bank_verified=True)
    assert school.pay(claim)["status"] == "已支付"


def test_v21_carried_out_without_the_leadership_team(opened: Open) -> None:
    """PR-05: 热水系统 18.6 万."""
    school = opened("3-2")
    project = school.approved_project("公寓热水系统", "186000")
    row = school.change(HEAD, PROJECTS, project, status="采购实施")
    message = "达到50,000元须经校委会集体研究，请填会议纪要号和日期。"
    assert (row["status"], row["check_result"]) == ("需求论证", "拦截")
    assert message in str(row["check_message"])
    row = school.change(HEAD, PROJECTS, project, meeting_no="校委会传签〔2026〕3号", meeting_on=date(2026, 3, 2))
    row = school.change(HEAD, PROJECTS, project, status="采购实施")
    assert "“校委会传签〔2026〕3号”是传签，不算校委会集体研究。请开会研究，并填会议纪要号和日期。" in str(
        row["check_message"]
    )
    school.change(HEAD, PROJECTS, project, meeting_no="校委会〔2026〕3号")
    assert school.change(HEAD, PROJECTS, project, status="采购实施")["status"] == "采购实施"


def test_v22_a_contract_that_has_ended(opened: Open) -> None:
    """CT-01; the row says so 90, 60 and 30 days before (CT-03)."""
    school = opened("2026-1-4")
    company = school.vendor("示例消防公司", kinds=("消防维保",))
    contract = school.signed_contract(
        company,
        "据实|按月结算|14000",
        "2025-4-1",
        "2026-3-31",
        kind="消防维保",
        name="消防维保",
        sign_on=date(2025, 4, 1),
    )
    seen = []
    for on in ("1-5", "1-30", "3-1"):
        school.go_to(on)
        seen.append(next((t for t in school.told(CONTRACTS, contract).split("\n") if "将于" in t), ""))
    assert seen == [f"合同消防维保将于2026-03-31到期（剩{n}天），应在2026-02-14前启动采购。" for n in (85, 60, 30)]
    assert school.status(CONTRACTS, contract) == "临期"
    school.go_to("4-28")
    assert school.status(CONTRACTS, contract) == "到期"
    claim = school.bill("维修维护费", "1200", of=company, kind="合同付款", contract=contract)
    assert school.ask(CLAIMS, claim)["status"] == "草稿"
    number = school.row(contract, CONTRACTS)["contract_no"]
    message = f"合同{number}已于2026-03-31到期，不能付款；如属到期前服务，请附验收确认并报分管领导。"
    assert message in school.told(CLAIMS, claim)


def test_v23_more_than_the_contract(opened: Open) -> None:
    """CT-02: the fourth instalment asks for more than is left."""
    school = opened("6-1")
    company = school.vendor("示例绿化公司", kinds=("物业",))
    plan = "\n".join(f"2026-0{month}-01|按季|10000" for month in (3, 4, 5, 6))
    contract = school.signed_contract(company, plan, "1-1", "2026-12-31", kind="其他")
    for item in (1, 2, 3):
        school.claimed("维修维护费", "10000", of=company, kind="合同付款", contract=contract, pay_item=Decimal(item))
    claim = school.bill("维修维护费", "12000", of=company, kind="合同付款", contract=contract, pay_item=Decimal(4))
    assert school.ask(CLAIMS, claim)["status"] == "草稿"
    told = school.told(CLAIMS, claim)
    assert "累计付款42,000元将超过合同金额40,000元。" in told
    assert "付款计划第4期为10,000元，本单12,000元，超出2,000元。" in told


def test_v23_a_small_company_waits_for_its_money(opened: Open) -> None:
    """CT-05: accepted on 2026-06-01 and unpaid on 07-05; told after 15, 25 and 30 days."""
    school = opened("6-1")
    company = school.vendor("示例小微维修部", is_sme=True, kinds=("房屋维修",))
    claim = school.claimed("维修维护费", "1800", of=company)
    found = []
    for on in ("6-15", "6-16", "6-26", "7-1", "7-5"):
        school.go_to(on)
        found.append([line["detail"] for line in school.lines(CLAIMS, claim)])
    waits = [
        f"应付示例小微维修部（中小企业）1,800元，验收已{n}天，须在30日内支付（约定最长60日）。" for n in (15, 25, 30)
    ]
    assert found == [[], waits[:1], waits[:2], waits, waits]
    assert set(school.ledger(CLAIMS, claim)) == {("CT-05", "一般")}


def test_v36_a_file_with_a_secrecy_mark(opened: Open) -> None:
    """DG-06: nothing of the row stays but its number."""
    school = opened()
    claim = school.bill(papers=("公寓改造方案（秘密★1年）.pdf",))
    row = school.row(claim)
    assert row["check_message"] == (
        "【涉密信息】检测到密级标志，本系统不得存放涉密内容，内容已清除，请按保密规定处理。"
    )
    assert row["code"] and row["title"] is None and row["attachments"] == () and row["amount"] is None


def test_v37_one_person_keeps_books_and_cash(opened: Open) -> None:
    """PE-03."""
    school = opened()
    person = school.ids[ACCOUNTANT]
    row = school.change(CLERK, "people", person, roles=("经办人", "会计", "出纳"))
    assert (row["check_result"], row["check_message"]) == (
        "拦截",
        "“会计”与“出纳”为不相容岗位，不能由同一人兼任（内控规范、会计法第三十五条）。",
    )
    assert school.ledger("people", person) == [("PE-03", "严重")]
    row = school.change(CLERK, "people", person, roles=("经办人", "会计"))
    assert "不相容" not in str(row["check_message"])


def test_v38_a_burst_pipe_signed_too_late(opened: Open) -> None:
    """SG-07: approved by word of mouth on 7/14, signed on 7/22, three working days too late."""
    school = opened("7-14", post=True)
    request = school.request(
        "维修",
        title="三楼水管抢修",
        est_amount=Decimal(1800),
        urgent=True,
        urgent_reason="水管爆裂",
        verbal_by=school.ids[LEADER],
        verbal_at=moment("7-14", "02:00"),
    )
    school.go_to("7-17")
    assert school.lines(REQUESTS, request) == [], "the third working day is in time"
    school.go_to("7-20")
    [line] = school.lines(REQUESTS, request)
    assert (line["rule"], line["severity"], line["detail"]) == (
        "SG-07",
        "一般",
        "紧急事项应于口头批准后3个工作日内补办手续，现已超1个工作日。",
    )
    school.go_to("7-22")
    school.under_signature(REQUESTS, request)
    school.agree(REQUESTS, request)
    assert school.ledger(REQUESTS, request) == [("SG-07", "一般")], "told once"
    assert any("现已超1个工作日" in text for text in school.letters(ACCOUNTANT))
