"""The planted violations of domain.md E6 that are about money: what people do on which day, and what they are told."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from automations.tables.values import Value
from tests.scenarios.conftest import Open
from tests.scenarios.premises import (
    ACCOUNTANT,
    BUDGETS,
    CLAIMS,
    CLERK,
    HEAD,
    INCOME,
    LEADER,
    OFFICE,
    REQUESTS,
    TOP,
    moment,
)
from tests.scenarios.school import School

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


@pytest.mark.parametrize("violation", ELSEWHERE)
def test_the_others_are_shown_elsewhere(violation: str) -> None:
    path, _, name = ELSEWHERE[violation].partition("::")
    assert f"def {name}(" in Path(path).read_text(encoding="utf-8")


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
    assert charged(school, course) == []
    school.go_to("9-23")  # the 5th working day after 9/17: the Sunday 9/20 is one
    assert charged(school, course) == ["委托班“邻区干部研修班”应收57,200元，已登记52,000元，差5,200元。"]


def charged(school: School, course: int) -> list[Value]:
    """What the ledger says of the class's income; its checklist is another story."""
    return [line["detail"] for line in school.lines("training_classes", course) if line["rule"] == "IN-07"]


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
    told = "“会计”与“出纳”为不相容岗位，不能由同一人兼任（内控规范、会计法第三十五条）。"
    assert row["check_result"] == "拦截" and told in str(row["check_message"]).split("\n")
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
