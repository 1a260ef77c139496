"""Negative controls: what looks wrong and is lawful; nothing is expected of them (domain.md E6, "Must not fire")."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from automations.demo.year.edits import Ref, papers, person, write
from automations.demo.year.income import TABLE, receipt_cells, remittance_cells
from automations.demo.year.lettings import letting
from automations.demo.year.logistics_classes import held
from automations.demo.year.paperwork import CLAIMS, RETURNED, claimed
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Planted, Scene, Story
from automations.demo.year.school import ACCOUNTANT, CASHIER

LINE = "食堂食材"


def make_up_sunday(plan: Plan) -> Planted:
    """2026-09-20 is a working day: signed then in time, and money of Friday remitted then is not late."""
    s = Scene(plan, "N-调休", "调休上班日签批", fixed=True)
    bill = s.bill("窦安全", LINE, s.day("9-18"), s.sum(420))
    s.submitted(bill, s.at("9-18", "14:00"))
    s.paid(bill, s.by_all(bill.key, s.at("9-20", "09:30")))
    row, amount, hall = Ref(TABLE, "N-调休"), Decimal(800), letting(s.day("9-18"), "示例单位", "调休")
    let: dict[str, Any] = {
        "kind": "场地设施收入",
        "payer": "示例单位",
        "training_class": Ref("training_classes", hall.key),
    }
    s.all(held(plan, s.dice, hall))
    s.do(
        write(s.at("9-18", "15:00"), CASHIER, *row, **let, amount=amount),
        write(s.at("9-18", "15:10"), CASHIER, *row, **receipt_cells(amount, s.day("9-18"), "80000020")),
        write(s.at("9-20", "10:00"), CASHIER, *row, **remittance_cells(amount, s.day("9-20"), "80000020")),
    )
    return s.planted


def lowered(plan: Plan) -> Planted:
    """会计 lowers 1,260 to 1,180 before the leaders sign."""
    s = Scene(plan, "N-核减", "会计核减")
    permit = s.permit("零星采购", "邹食堂", LINE, s.day("10-27"), Decimal(1260))
    bill = s.bill("邹食堂", LINE, s.day("10-27"), Decimal(1260), request=permit)
    s.submitted(bill, s.at("10-27", "14:00"))
    s.signed(bill.key, s.at("10-28", "09:00"))
    s.do(write(s.at("10-28", "09:30"), ACCOUNTANT, CLAIMS, bill.key, audited_amount=Decimal(1180)))
    s.paid(bill, s.by_all(bill.key, s.at("10-28", "09:40")))
    return s.planted


def one_hotel(plan: Plan) -> Planted:
    """Two travellers, two invoices of one hotel over the same sum."""
    s = Scene(plan, "N-同店住宿", "两人同住一家酒店")
    day = s.day("11-17")
    ends = plan.calendar.add(day, 1)
    for n, who in enumerate(("昌讲师", "马讲师"), 1):
        times: dict[str, Any] = {"starts": plan.at(day, "08:00"), "ends": plan.at(ends, "18:00"), "place": "临江市"}
        permit = s.permit("出差", who, "差旅费", day, Decimal(800), f"-{n}", **times)
        more: dict[str, Any] = {
            "request": permit,
            "trip_days": 2,
            "acceptor": None,
            "accepted_on": None,
            "seller": "临江示例酒店",
        }
        bill = s.bill(who, "差旅费", ends, Decimal(360), suffix=f"-{n}", amount=Decimal(720), **more)
        edits = list(claimed(plan, s.dice, bill, plan.at(plan.calendar.add(ends, 1), "09:10"), ""))
        s.do(*edits[:2], write(edits[1].at, who, "invoices", f"{bill.key}/1", item="住宿费"), *edits[2:])
    return s.planted


def returned(plan: Plan) -> Planted:
    """Returned and filed again with its own invoices."""
    s = Scene(plan, "N-退回", "退回后重新提交")
    bill = s.bill("章仓库", LINE, s.day("4-14"), s.sum(690))
    s.all(claimed(plan, s.dice, bill, s.at("4-14", "14:00"), RETURNED))
    return s.planted


def _received(s: Scene, on: str, guests: int, hosts: int, cost: Decimal, unit: str) -> None:
    who = "金督办"
    cells: dict[str, Any] = {
        "title": "来访接待",
        "guest_unit": unit,
        "letter_no": f"{unit}函〔{s.plan.year}〕1号",
        "letter": papers("公函.pdf"),
        "guest_n": guests,
        "escort_n": hosts,
        "meal_times": 1,
        "meal_place": "本校食堂",
    }
    permit = s.permit("公务接待", who, "公务接待", s.day(on), cost, **cells)
    done: dict[str, Any] = {"guest_list": papers("接待清单.pdf"), "guest_actual": guests, "meal_cost": cost}
    s.do(write(s.at(on, "15:00"), who, *permit, **done))
    files = ("公函.pdf", "审批单.pdf", "接待清单.pdf")
    more: dict[str, Any] = {"request": permit, "acceptor": None, "accepted_on": None, "attached": files}
    s.settled(s.bill(who, "公务接待", s.day(on), cost, **more), s.plan.at(s.plan.calendar.add(s.day(on), 1), "09:10"))


def eleven_guests(plan: Plan) -> Planted:
    """11 guests with 3 hosts."""
    s = Scene(plan, "N-11人", "来访11人陪餐3人")
    _received(s, "5-26", 11, 3, Decimal(770), "远江市党校")
    return s.planted


def almost_the_standard(plan: Plan) -> Planted:
    """10 guests, 3 hosts, 59.9 元 a head."""
    s = Scene(plan, "N-59.9元", "人均59.9元")
    _received(s, "6-23", 10, 3, Decimal("59.9") * 13, "近江市党校")
    return s.planted


def urgent_in_time(plan: Plan) -> Planted:
    """A boiler repair by word of mouth on a Friday, signed on Tuesday."""
    s = Scene(plan, "N-抢修", "锅炉抢修三日内补签", fixed=True)
    day = s.day("9-18")
    urgent: dict[str, Any] = {
        "title": "锅炉抢修",
        "urgent": True,
        "urgent_reason": "锅炉停机",
        "verbal_by": person("孙后勤"),
        "verbal_at": plan.at(day, "08:00"),
    }
    for n, on in enumerate(("7-7", "7-21", "8-4"), 1):  # one urgent claim among ten is within the share
        s.settled(s.bill("郎学籍", "日常维修", s.day(on), s.sum(90 + 7 * n), suffix=f"-{n}"), s.at(on, "15:00"))
    permit = s.permit("维修", "郎学籍", "日常维修", day, Decimal(1900), at=s.at("9-22", "09:00"), **urgent)
    bill = s.bill("郎学籍", "日常维修", day, Decimal(1850), request=permit, urgent=True)
    s.settled(bill, s.at("9-23", "09:10"))
    return s.planted


STORIES: Mapping[str, Story] = {
    "N-调休": make_up_sunday,
    "N-核减": lowered,
    "N-同店住宿": one_hotel,
    "N-退回": returned,
    "N-11人": eleven_guests,
    "N-59.9元": almost_the_standard,
    "N-抢修": urgent_in_time,
}
