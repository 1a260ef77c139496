"""One income from 应收 to 已核对, and what is refused on the way (domain.md B5.25, C4; IN-01, IN-02, IN-05)."""

from datetime import date
from decimal import Decimal

from tests.scenarios.conftest import Open
from tests.scenarios.premises import ACCOUNTANT, CASHIER, CLERK, INCOME, TOP
from tests.scenarios.school import School

LOCKED = "【已还原】本单已归档，不能修改。如确有错误，请填“更正说明”由会计办理。"


def test_asked_for_received_remitted_and_checked(opened: Open) -> None:
    school = opened("9-22")
    hall = school.income("3600", payer="示例培训公司")
    it_is_received(school, hall)
    it_is_remitted_late_and_in_part(school, hall)
    it_is_checked(school, hall)
    it_stays_as_it_is(school, hall)


def it_is_received(school: School, hall: int) -> None:
    """9/22, a Tuesday: nothing comes in without a receipt, and whoever takes it does not bring it away."""
    row = school.change(CASHIER, INCOME, hall, status="已缴库")
    assert (row["status"], row["check_message"]) == (
        "应收",
        "【已还原】“状态”由系统计算，不能手工修改。原值“应收”已恢复。现在可以改为：已收、减免。",
    )
    row = school.change(
        CASHIER,
        INCOME,
        hall,
        received=Decimal(3600),
        received_on=date(2026, 9, 22),
        method="现金",
        account="单位基本户",
        receipt_kind="非税收入票据",
        collector=school.ids[CASHIER],
        remitter=school.ids[CASHIER],
        status="已收",
    )
    assert row["status"] == "应收"
    assert str(row["check_message"]).split("\n") == [
        "收款必须开具票据，票据号不能为空。",
        "收款人与缴款人不能是同一人（钱出纳），请换人缴库。",
    ]
    row = school.change(CASHIER, INCOME, hall, receipt_no="00000001", collector=school.ids[CLERK], status="已收")
    assert (row["status"], row["route"], row["due_on"]) == ("已收", "国库", date(2026, 9, 23))

    again = school.income("200", receipt_no="00000001")
    code = school.row(hall, INCOME)["code"]
    assert school.told(INCOME, again) == f"收款必须开具票据，票据号重复（{code}已用00000001）。"
    assert "重复" not in school.told(INCOME, hall), "the row that came first is left in peace"
    school.change(CASHIER, INCOME, again, receipt_no="00000002")
    assert school.told(INCOME, again) == ""


def it_is_remitted_late_and_in_part(school: School, hall: int) -> None:
    """Due on Wednesday 9/23. Thursday is one working day late; 9/25–9/27 is a holiday; 9/28 is two, 9/29 three."""
    code, told = school.row(hall, INCOME)["code"], []
    for on in ("9-23", "9-24", "9-27", "9-28", "9-29"):
        school.go_to(on)
        told.append([line["detail"] for line in school.lines(INCOME, hall)])
    late = [f"收入{code} 3,600元已收{n}个工作日未缴库。" for n in (2, 3, 4)]
    assert told == [[], late[:1], late[:1], late[:2], late]
    assert school.row(hall, INCOME)["late_wd"] == Decimal(3)

    row = school.remit(hall, "3000")
    part = "实收3,600元，已缴3,000元，差600元。收入须全额上缴，不得抵扣支出。"
    assert (row["status"], row["gap"], row["check_message"]) == ("已收", Decimal(600), part)
    assert ("IN-01", "严重") in school.ledger(INCOME, hall)
    row = school.remit(hall, "3700")
    assert row["check_message"] == "已缴3,700元大于实收3,600元，多100元，请核对。"
    row = school.remit(hall, "3600")
    assert (row["status"], row["gap"], row["late_wd"]) == ("已缴库", Decimal(0), Decimal(3))


def it_is_checked(school: School, hall: int) -> None:
    """会计 compares it with the treasury's paper; who handled the money does not."""
    row = school.change(CASHIER, INCOME, hall, status="已核对")
    assert row["status"] == "已缴库"
    assert str(row["check_message"]).split("\n") == [
        "钱出纳不是会计：缴库须由会计核对。",
        "钱出纳是本笔收入的缴款人，不能核对自己经手的收入。",
    ]
    row = school.change(ACCOUNTANT, INCOME, hall, status="已核对")
    assert (row["status"], row["locked"], row["check_result"]) == ("已核对", True, "通过")


def it_stays_as_it_is(school: School, hall: int) -> None:
    """DG-03: whatever anybody types is put back, the ledger's three lines of lateness stay three."""
    lower = {"received": Decimal(3000), "remitted": Decimal(3000)}
    for who, answer in ((ACCOUNTANT, "“实收金额”、“已缴金额”由出纳填写，李会计的修改已还原。"), (CASHIER, LOCKED)):
        row = school.change(who, INCOME, hall, **lower)
        assert (row["received"], row["remitted"], row["status"]) == (Decimal(3600), Decimal(3600), "已核对")
        assert answer in str(row["check_message"])
    assert school.change(CASHIER, INCOME, hall, status="已收")["status"] == "已核对"
    school.go_to("9-30")
    rules = [rule for rule, _ in school.ledger(INCOME, hall)]
    assert rules.count("IN-02") == 3 and rules.count("IN-01") == 1 and rules.count("DG-03") == 2


def test_waived_on_paper_and_only_before_it_came_in(opened: Open) -> None:
    school = opened("9-1")
    rent = school.income("1200", "资产出租出借", payer="示例商店", contract=None)
    row = school.change(CASHIER, INCOME, rent, status="减免")
    assert row["status"] == "应收"
    assert str(row["check_message"]).split("\n") == [
        "请填写：“合同”。",
        "减免须有批准文件，请上传“减免依据”。",
    ]
    hall = school.income("1200")
    school.change(ACCOUNTANT, INCOME, hall, waiver_doc=school.paper("区政府减免批复.pdf"))
    row = school.change(CASHIER, INCOME, hall, status="减免")
    assert (row["status"], row["locked"]) == ("减免", True)


def test_money_that_goes_back_is_signed_for(opened: Open) -> None:
    """退款: two signatures; what the treasury has, the treasury pays back."""
    school = opened("9-1")
    hall = school.income("1200")
    school.receive(hall, "1200")
    row = school.ask(INCOME, hall, CASHIER, "退款")
    assert (row["status"], row["check_message"]) == ("已收", "请填写：“备注”。")
    school.change(CASHIER, INCOME, hall, remark="活动取消，场地费退回")
    school.under_signature(INCOME, hall, CASHIER, "退款")
    assert school.waits_for(INCOME, hall) == ["陈副校长", TOP], "钱出纳 belongs to 财务科"
    row = school.agree(INCOME, hall)
    assert (row["status"], row["check_message"]) == ("退款", "退款已批准。")
    school.go_to("9-4")
    assert school.ledger(INCOME, hall) == [], "nothing is late that went back"

    other = school.income("900")
    school.receive(other, "900")
    school.change(CASHIER, INCOME, other, remark="重复付款", remitted=Decimal(900))
    row = school.ask(INCOME, other, CASHIER, "退款")
    assert (row["status"], row["check_message"]) == ("已收", "已缴库900元，不能直接退款，请向财政部门办理退付。")
    school.remit(other, "900")
