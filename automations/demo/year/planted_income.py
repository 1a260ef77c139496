"""Planted around income and receptions: V13–V17 (domain.md E6)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from automations.demo.year.classes import FEE, Course, Kind, courses_of
from automations.demo.year.edits import Edit, Ref, papers, write
from automations.demo.year.income import TABLE, receipt_cells, remittance_cells
from automations.demo.year.lettings import letting
from automations.demo.year.logistics_classes import held
from automations.demo.year.logistics_surveys import surveyed
from automations.demo.year.paperwork import CLAIMS, REQUESTS
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Planted, Scene, Story
from automations.demo.year.school import ACCOUNTANT, CASHIER

CLASSES, PAYER = "training_classes", "示例培训公司"
ORDERED = Kind("委托班", "委托培训班", 1, 55, 4, 0.0, ("讲授",))
HALLS = ("报告厅", "501教室", "402教室", "401教室", "102教室")
"""Rooms for so many."""


def _income(s: Scene, amount: Decimal, on: date, kind: str, receipt: str, method: str = "对公转账", **more: Any) -> Ref:
    """Money entered and received on that day."""
    row = Ref(TABLE, s.key())
    cells = {"kind": kind, "payer": PAYER, "amount": amount, **more}
    s.do(
        write(s.plan.at(on, "09:00"), CASHIER, *row, **cells),
        write(s.plan.at(on, "09:10"), CASHIER, *row, **receipt_cells(amount, on, receipt, method)).watched(),
    )
    return row


def _remitted(s: Scene, row: Ref, amount: Decimal, on: date, receipt: str, clock: str = "10:00") -> Edit:
    at = s.plan.at(on, clock)
    return write(at, CASHIER, *row, **remittance_cells(amount, on, receipt)).watched()


def v13(plan: Plan) -> Planted:
    """场地费 in cash is spent in cash on the same day: 坐支."""
    s = Scene(plan, "V13", "坐支")
    day, amount, who = s.day("9-15"), s.sum(3600), s.who("邹食堂", "章仓库")
    permit = s.permit("零星采购", who, "食堂食材", day, amount)
    hall = letting(day, PAYER, s.planted.id)
    s.all(held(plan, s.dice, hall))
    row = _income(s, amount, day, "场地设施收入", "80000013", "现金", training_class=Ref(CLASSES, hall.key))
    bill = s.bill(who, "食堂食材", day, amount, request=permit)
    s.submitted(bill, plan.at(day, "09:30"))
    s.by_all(bill.key, plan.at(day, "10:00"))
    cash = {"pay_method": "现金", "paid_on": day}
    s.do(
        write(plan.at(day, "14:00"), ACCOUNTANT, CLAIMS, bill.key, paper_signed=True),
        write(plan.at(day, "14:30"), CASHIER, CLAIMS, bill.key, **cash).watched(),
        _remitted(s, row, Decimal(1000), plan.calendar.add(day, 1), "80000013"),
        _remitted(s, row, amount, plan.calendar.add(day, 2), "80000013"),
    )
    s.paid(bill, plan.at(plan.calendar.add(day, 2), "14:00"))
    s.ledger(bill, "IN-03", "严重", words=("以现金支付", "尚有现金收入"))
    s.told_in(bill, "EX-09", "IN-03")
    s.ledger(row, "IN-01", "严重", words=("收入须全额上缴",))
    s.told_in(row, "IN-01")
    s.ledger(row, "IN-02", "一般")
    return s.planted


def v14(plan: Plan) -> Planted:
    """Received on 9/7, due on 9/8, remitted on 9/16."""
    s = Scene(plan, "V14", "迟缴")
    day, amount = s.day("9-7"), s.sum(12_000)
    row = _income(s, amount, day, "住宿费收入", "80000014")
    s.do(_remitted(s, row, amount, plan.calendar.add(day, 7), "80000014"))
    s.ledger(row, "IN-02", "一般", times=3, words=("未缴库",))
    return s.planted


def v15(plan: Plan) -> Planted:
    """An entrusted class is charged too little: 55 × 4 × 260 = 57,200 元, entered 52,000."""
    s = Scene(plan, "V15", "委托班少收", fixed=True)
    starts, ends = s.day("9-14"), s.day("9-17")
    days = tuple(starts + timedelta(days=n) for n in range(4))
    room = next(
        r for r in HALLS if all(r != c.classroom or c.ends < starts or ends < c.starts for c in courses_of(plan))
    )
    course = Course("邻区干部研修班", ORDERED, days, 55, 55, 0, (), room, "范班主任", "谢物业", "邻区组织部")
    row, due, entered = Ref(CLASSES, course.key), FEE * 55 * 4, s.sum(52_000)
    s.all(held(plan, s.dice, course))
    s.all(surveyed(plan, s.dice, course))
    income = _income(s, entered, ends, "培训费收入", "80000015", payer="邻区组织部", training_class=row)
    s.do(_remitted(s, income, entered, plan.calendar.add(ends, 1), "80000015"))
    s.ledger(row, "IN-07", "一般", words=(f"应收57,200元，已登记{entered:,.0f}元",) if s.told else ())
    assert due == 57_200
    return s.planted


def _reception(s: Scene, on: str, suffix: str = "", at: Any = None, **more: Any) -> Ref:
    cells = {
        "title": "来访接待",
        "guest_unit": "远山区党校",
        "letter_no": f"远校函〔{s.plan.year}〕{s.planted.id}{suffix}号",
        "guest_n": 6,
        "escort_n": 3,
        "meal_times": 1,
        "meal_place": "本校食堂",
        **more,
    }
    cells = {name: value for name, value in cells.items() if value is not None}
    amount = Decimal(str(cells.pop("est_amount", 480)))
    return s.request("公务接待", s.who("华档案", "金督办"), "公务接待", s.day(on), amount, suffix, **cells)


def v16(plan: Plan) -> Planted:
    """6 guests, 5 hosts, 128 元 a head, with alcohol."""
    s = Scene(plan, "V16", "超标接待")
    each = 128 if s.told else s.dice.randrange(100, 140)
    row = _reception(s, "9-18", guest_unit="临江区党校", escort_n=5, est_amount=each * 11, alcohol=True)
    s.do(write(s.at("9-18", "10:00"), s.planted.edits[0].by, *row, status="作废"))
    s.told_in(row, "RC-02", "RC-05", "RC-04", words=("来访6人，陪餐不得超过3人，当前5人",))
    return s.planted


def v17(plan: Plan) -> Planted:
    """No letter, two meals, and the same unit again three days later."""
    s = Scene(plan, "V17", "无公函、两餐、重复接待", near=("9-14", "9-17"))
    first = _reception(s, "9-14", "-1", letter=papers("公函.pdf"))
    s.by_all(first.key, s.planted.edits[-1].at, REQUESTS)
    again = _reception(s, "9-17", "-2", letter_no=None, meal_times=2)
    s.do(write(s.at("9-17", "11:00"), s.planted.edits[-1].by, *again, status="作废"))
    s.told_in(again, "RC-01", "RC-03")
    s.ledger(again, "RC-07", "一般", words=("远山区党校", "已接待过"))
    return s.planted


STORIES: Mapping[str, Story] = {"V13": v13, "V14": v14, "V15": v15, "V16": v16, "V17": v17}
