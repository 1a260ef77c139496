"""Planted around purchases, invoices, contracts and budget: V08–V12, V18, V20–V23, V38 (domain.md E6)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from automations.demo.year.companies import CONTRACTS, NEARLY_SPENT, instalments
from automations.demo.year.edits import Ref, person, sign, write
from automations.demo.year.paperwork import CLAIMS, INVOICES, REQUESTS, Bill, draft
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Planted, Scene, Story
from automations.demo.year.school import ACCOUNTANT, CASHIER
from automations.rules.vendors import ACCOUNT

PROJECTS = "procurements"
REASON = "一批教室用，一批餐厅用，型号不同，分别询价"


def _bought(s: Scene, who: str, line: str, on: str, amount: Decimal, suffix: str, **more: object) -> tuple[Ref, Bill]:
    """A permitted purchase, its claim not filed yet."""
    day = s.day(on)
    permit = s.permit("零星采购", who, line, day, amount, suffix)
    return permit, s.bill(who, line, day, amount, suffix=suffix, request=permit, **more)


def v08(plan: Plan) -> Planted:
    """办公椅: three bills of one company in twelve days; 会计 explains the second, the third is stopped."""
    s = Scene(plan, "V08", "同一服务商拆分")
    who = s.who("唐馆员", "费资料")
    card = {"kind": "公务卡还款", "payee_kind": "公务卡", "company": "示例家具公司", "title": "办公椅"}
    found = []
    for n, (on, amount) in enumerate((("9-1", 4860), ("9-7", 4920), ("9-11", 4790)), 1):
        permit, bill = _bought(s, who, "日常办公费", on, s.sum(amount), f"-{n}", **card)
        found.append((permit, bill))
        s.submitted(bill, s.at(on, "14:00"))
        if n == 2:
            s.do(
                write(s.at(on, "15:00"), ACCOUNTANT, CLAIMS, bill.key, split_reason=REASON),
                write(s.at(on, "15:30"), who, CLAIMS, bill.key, status="提交").watched(),
            )
        if n < 3:
            s.paid(bill, s.by_all(bill.key, s.at(on, "15:45")))
    for permit, bill in found[1:]:
        s.told_in(permit, "PR-03b")
        s.told_in(bill, "PR-03a", "PR-03b", words=("内部比选起点5,000元",))
    s.void(found[2][1], s.at("9-14", "10:00"))
    return s.planted


def v09(plan: Plan) -> Planted:
    """印刷: eight claims in 80 days."""
    s = Scene(plan, "V09", "同部门同品目拆分", fixed=True)
    days = ("6-15", "6-26", "7-8", "7-17", "7-29", "8-10", "8-21", "9-2")
    for n, on in enumerate(days, 1):
        permit, bill = _bought(s, "苏课程", "资料印刷费", on, s.sum(7000), f"-{n}")
        s.settled(bill, s.at(on, "14:00"))
    s.told_in(permit, "PR-03b")
    s.told_in(bill, "PR-03b", words=("8笔“印刷费”", *(("合计56,000元",) if s.told else ())))
    return s.planted


def v10(plan: Plan) -> Planted:
    """One number in March and in June."""
    s = Scene(plan, "V10", "重复发票")
    one, other = s.who("韩采购", "窦安全"), s.who("章仓库", "邹食堂")
    march = s.bill(one, "食堂食材", s.day("3-10"), s.sum(760), suffix="-3")
    s.settled(march, s.at("3-10", "14:00"))
    june = s.bill(
        other,
        "食堂食材",
        s.day("6-11"),
        s.sum(760),
        suffix="-6",
        numbers=[march.invoices[0].number],
        seller="示例商店V10-3",
    )
    s.submitted(june, s.at("6-12", "09:10"))
    s.void(june, s.at("6-15", "10:00"))
    s.told_in(june, "IV-02", words=("不能重复报销",))
    return s.planted


def v11(plan: Plan) -> Planted:
    """Adjoining numbers of one seller, two days apart."""
    s = Scene(plan, "V11", "连号发票", near=("10-13", "10-15"))
    who, stem = s.who("鲍运维", "史平台"), s.dice.randrange(10**15) * 10
    found = []
    for n, (on, amount) in enumerate((("10-13", 4870), ("10-15", 4930)), 1):
        more = {"numbers": [f"2650{stem + n:016d}"], "seller": "示例电脑耗材店"}
        permit, bill = _bought(s, who, "日常办公费", on, s.sum(amount), f"-{n}", **more)
        s.submitted(bill, s.at(on, "14:00"))
        found.append((permit, bill))
    s.paid(found[0][1], s.by_all(found[0][1].key, s.at("10-13", "15:00")))
    permit, bill = found[1]
    s.void(bill, s.at("10-16", "10:00"))
    s.told_in(permit, "PR-03b")
    s.told_in(bill, "PR-03d", "PR-03b")
    s.ledger(bill, "IV-05", "一般", words=("号码相连，日期相差2天",))
    return s.planted


def v12(plan: Plan) -> Planted:
    """The buyer's short name; an invoice that was cancelled."""
    s = Scene(plan, "V12", "购方不符与红冲发票")
    who = s.who("韩采购", "窦安全", "章仓库")
    first = s.bill(who, "食堂食材", s.day("5-19"), s.sum(430), suffix="-1")
    s.do(*draft(plan, first, s.at("5-19", "14:00")))
    s.do(write(s.at("5-19", "14:05"), who, INVOICES, f"{first.key}/1", buyer="示例区党校").watched())
    s.do(write(s.at("5-19", "14:10"), who, CLAIMS, first.key, status="提交").watched())
    s.void(first, s.at("5-20", "10:00"))
    second = s.bill(who, "食堂食材", s.day("5-19"), s.sum(520), suffix="-2")
    s.submitted(second, s.at("5-19", "15:00"))
    s.signed(second.key, s.at("5-20", "09:00"))
    s.do(
        write(s.at("5-20", "09:30"), ACCOUNTANT, INVOICES, f"{second.key}/1", verify="已红冲"),
        sign(s.at("5-20", "09:35"), CLAIMS, second.key).watched(),
        sign(s.at("5-20", "10:00"), CLAIMS, second.key, "退回", "发票已红冲，请换开").watched(),
    )
    s.void(second, s.at("5-20", "15:00"))
    s.told_in(first, "IV-03", words=("购方名称应为“示例区委党校”",))
    s.told_in(second, "IV-04", words=("已红冲",))
    return s.planted


def v18(plan: Plan) -> Planted:
    """A line with 300 元 left."""
    s = Scene(plan, "V18", "超指标")
    who, amount = s.who("曹文秘", "严机要"), s.sum(1250)
    permit = s.permit("零星采购", who, "宣传印刷费", s.day("11-10"), amount)
    bill = s.bill(who, NEARLY_SPENT, s.day("11-10"), amount, request=permit)
    s.submitted(bill, s.at("11-10", "14:00"))
    s.void(bill, s.at("11-12", "10:00"))
    s.told_in(bill, "BG-01", words=("可用300元",))
    return s.planted


def v20(plan: Plan) -> Planted:
    """The company's account is changed on the day before payment."""
    s = Scene(plan, "V20", "付款前换收款账号")
    shop, known = "示例文印公司", plan.school.account_of("示例文印公司")
    bill = s.bill("窦安全", "食堂食材", s.day("9-8"), s.sum(820), vendor=shop)
    s.submitted(bill, s.at("9-8", "09:10"))
    s.by_all(bill.key, s.at("9-8", "10:00"))
    row = Ref("vendors", shop)
    clerk = s.who("韩采购", "章仓库")
    payment = {"pay_method": "银行转账", "paid_on": s.day("9-9")}
    s.do(
        write(s.at("9-8", "15:00"), clerk, *row, bank_account="6222999999999999").watched(),
        write(s.at("9-9", "09:00"), ACCOUNTANT, CLAIMS, bill.key, paper_signed=True),
        write(s.at("9-9", "09:30"), CASHIER, CLAIMS, bill.key, **payment).watched(),
        write(s.at("9-9", "14:00"), clerk, *row, bank_account=known).watched(),
        write(s.at("9-9", "15:00"), ACCOUNTANT, *row, bank_verified=True).watched(),
    )
    s.paid(bill, s.at("9-9", "16:00"))
    s.told_in(row, ACCOUNT)
    s.told_in(bill, ACCOUNT, "EX-10", words=("未经会计核实前不能付款",))
    return s.planted


def v21(plan: Plan) -> Planted:
    """热水系统 18.6 万: carried out without minutes."""
    s = Scene(plan, "V21", "未经集体决策")
    who, row = s.who("韩采购", "谢物业"), Ref(PROJECTS, "V21")
    amount = s.sum(186_000)
    cells: dict[str, Any] = {
        "title": "公寓热水系统",
        "kind": "工程",
        "handler": person(who),
        "catalogue": "目录外",
        "item_code": "热水系统",
        "budget_lines": (Ref("budget_lines", "公寓热水系统"),),
        "budget": amount,
        "ceiling": amount,
        "need": "按需求书",
        "locations": (Ref("locations", "学员公寓"),),
        "method": "内部比选",
    }
    minutes: dict[str, Any] = {"meeting_no": "校委会〔2026〕3号", "meeting_on": s.day("3-5")}
    s.do(
        write(s.at("3-2", "09:00"), who, *row, **cells),
        write(s.at("3-2", "09:10"), who, *row, status="提交").watched(),
    )
    s.by_all(row.key, s.at("3-2", "10:00"), PROJECTS)
    s.do(
        write(s.at("3-4", "10:00"), who, *row, status="采购实施").watched(),
        write(s.at("3-6", "10:00"), who, *row, **minutes),
        write(s.at("3-6", "10:10"), who, *row, status="采购实施").watched(),
    )
    s.told_in(row, "PR-05", words=("须经校委会集体研究",))
    return s.planted


def v22(plan: Plan) -> Planted:
    """消防维保 ended on 3/31: a claim for April."""
    s = Scene(plan, "V22", "合同到期", fixed=True)
    contract = Ref("contracts", "消防维保")
    more: dict[str, Any] = {"kind": "合同付款", "contract": contract, "pay_item": 4}
    bill = s.bill("谢物业", "日常维修", s.day("4-28"), s.sum(7000), vendor="示例消防公司", **more)
    s.submitted(bill, s.at("4-28", "14:00"))
    s.void(bill, s.at("4-29", "10:00"))
    s.told_in(bill, "CT-01", words=("已于2026-03-31到期",) if plan.year == 2026 else ())
    s.told_in(contract, "CT-03")
    return s.planted


def v23(plan: Plan) -> Planted:
    """The fourth instalment asks for more than is left; a small company waits for its money."""
    s = Scene(plan, "V23", "超合同付款与拖欠中小企业", fixed=True)
    one = next(c for c in CONTRACTS if c.name == "宣传栏制作")
    for n, (due, amount) in enumerate(instalments(one, plan.year), 1):
        assert due is not None
        more = {"kind": "合同付款", "contract": Ref("contracts", one.name), "pay_item": n}
        asked = amount if n < 4 else amount * Decimal("1.2")
        bill = s.bill("曹文秘", one.line, due, asked, suffix=f"-{n}", vendor=one.vendor, **more)
        at = plan.at(plan.workday(due), "09:10")
        if n < 4:
            s.settled(bill, at)
        else:
            s.submitted(bill, at)
            s.void(bill, at + timedelta(hours=5))
            s.told_in(bill, "CT-02", words=("累计付款42,000元将超过合同金额40,000元",))
            s.told_in(bill, "CT-02", words=("付款计划第4期为10,000元，本单12,000元",))
    late = s.bill("奚班主任", "日常维修", s.day("6-1"), s.sum(1800), suffix="-5", vendor="示例小微维修部")
    s.submitted(late, s.at("6-1", "14:00"))
    s.by_all(late.key, s.at("6-3", "10:00"))
    s.paid(late, s.at("7-6", "09:10"))
    s.ledger(late, "CT-05", "一般", times=3, words=("应付示例小微维修部（中小企业）",))
    return s.planted


def v38(plan: Plan) -> Planted:
    """A burst pipe, approved by word of mouth on 7/14, signed on 7/22."""
    s = Scene(plan, "V38", "紧急事项补签过期")
    day = s.day("7-14")
    urgent: dict[str, Any] = {
        "title": "三楼水管抢修",
        "urgent": True,
        "urgent_reason": "水管爆裂",
        "verbal_by": person("孙后勤"),
        "verbal_at": plan.at(day, "10:00"),
    }
    at = s.at("7-22", "09:00")
    row = s.permit("维修", s.who("杨维修", "谢物业"), "日常维修", day, s.sum(1800), at=at, **urgent)
    drafted = write(plan.at(day, "14:00"), s.planted.edits[0].by, REQUESTS, row.key, **s.planted.edits[0].cells)
    s.planted.edits[0] = drafted.watched()
    s.ledger(row, "SG-07", "一般")
    return s.planted


STORIES: Mapping[str, Story] = {
    "V08": v08,
    "V09": v09,
    "V10": v10,
    "V11": v11,
    "V12": v12,
    "V18": v18,
    "V20": v20,
    "V21": v21,
    "V22": v22,
    "V23": v23,
    "V38": v38,
}
