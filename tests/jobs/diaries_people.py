"""Diaries of the reminders about people, meters, vehicles, stock and papers (domain.md B7: N23 to N35).

They run across the holidays and make-up days of 2026; see ``diaries_money``.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.jobs.diaries_service import LIFT
from tests.jobs.diary import CLERK, LOGISTICS, Cells, Diary, Tables, on

COOK: Cells = {"name": "王文员", "certs": "健康证", "cert_due": on("2-28"), "department": LOGISTICS, "status": "在岗"}
METER: Cells = {
    **{"name": "教学楼水表", "kind": "水", "active": True, "reader": CLERK, "department": LOGISTICS},
    **{"night_alert": "预警", "alert_since": on("9-26"), "alert_text": "夜间持续用水。"},
}


def month_end(day: date) -> Tables:
    """Read a month later, each time."""
    return {
        "meters": [
            {**METER, "night_alert": "正常", "month_end": f"{day.replace(day=1):%Y-%m}" if day.day > 20 else None}
        ]
    }


PAPER: Cells = {**LIFT, "name": "打印纸", "category": "办公耗材", "stock_qty": 9, "safety_stock": 10}


def used(day: date) -> Tables:
    """90 % of the month's quota on 2-14, all of it on 2-28, both Saturdays that are worked."""
    share = 100 if day >= on("2-28") else 90 if day >= on("2-14") else 89
    move = {"department": LOGISTICS, "date": on("2-10"), "quota": 400, "month_used": 4 * share}
    return {"supply_moves": [move]}


CAR: Cells = {**LIFT, "category": "车辆", "plate": "渝A00003", "insurance_due": on("10-5"), "statutory_due": on("10-5")}
LAST_WEEK = ["09-28 08:40 孙副校长 {}-ahead-7", "10-08 08:40 孙副校长 {}-overdue-1"]
COLLEAGUE: Cells = {"name": "王文员", "department": LOGISTICS, "status": "在岗", "employment_type": "编外聘用"}
ALL_DRIVERS = [
    f"{day} 08:40 {who} {stage}"
    for day, stage in (
        ("08-21", "ahead-45"),
        ("09-07", "ahead-30"),
        ("09-20", "ahead-15"),
        ("09-28", "ahead-7"),
        ("10-08", "overdue-3"),
        ("10-09", "overdue-4"),
    )
    for who in ("王文员", "周科长")
]


def of_car(field: str) -> Tables:
    other = "statutory_due" if field == "insurance_due" else "insurance_due"
    return {"assets": [{**CAR, other: None}]}


def people(**cells: Any) -> Tables:
    return {"people": [{**COLLEAGUE, **cells}]}


TASK: Cells = {"title": "整改台账", "person": CLERK, "department": LOGISTICS, "status": "进行中", "due": on("2-24")}
RULE: Cells = {"title": "车辆管理办法", "status": "现行有效", "owner_dept": LOGISTICS, "review_due": on("9-1")}
NORM: Cells = {"key": "cash.limit", "value": "1000", "verified": False}

DIARIES: Mapping[str, Sequence[Diary]] = {
    "N23": (
        Diary(
            *("certificates", "1-20", "3-9", {"people": [COOK]}),
            [
                *(
                    f"{day} 08:40 {who} {stage}"
                    for day, stage in (("01-29", "ahead-30"), ("02-13", "ahead-15"), ("02-24", "ahead-7"))
                    for who in ("王文员", "周科长")
                ),
                *(
                    f"{day} 08:40 {who} {stage}"
                    for day, stage in (("03-02", "overdue-1"), ("03-09", "overdue-2"))
                    for who in ("王文员", "周科长", "孙副校长")
                ),
            ],
        ),
        Diary(
            *("licences", "1-20", "3-6", {"vendors": [{"name": "餐饮", "license_due": on("2-28"), "status": "在册"}]}),
            [
                "01-29 08:40 周科长 ahead-30",
                "02-13 08:40 周科长 ahead-15",
                "02-24 08:40 周科长 ahead-7",
                "03-02 08:40 周科长 overdue-1",
                "03-02 08:40 孙副校长 overdue-1",
            ],
        ),
    ),
    "N24": (
        Diary(
            *("month_end_readings", "9-28", "10-20", month_end),
            ["10-08 08:40 王文员 wd-1", "10-10 08:40 王文员 wd-3", "10-10 08:40 周科长 wd-3"],
        ),
        Diary(
            *("month_end_readings", "2-24", "3-20", month_end),
            ["03-02 08:40 王文员 wd-1", "03-04 08:40 王文员 wd-3", "03-04 08:40 周科长 wd-3"],
        ),
    ),
    "N25": (
        Diary(
            *("night_alerts", "9-27", "10-3", {"meters": [METER]}),
            ["09-27 07:40 周科长 first", "09-28 07:40 周科长 again", "09-28 07:40 孙副校长 again"],
        ),
    ),
    "N26": (
        Diary(
            *("energy_report", "2-2", "3-31", {}),
            [
                "03-02 08:40 周科长 week-0",
                "03-09 08:40 周科长 week-1",
                "03-16 08:40 周科长 week-2",
                "03-20 08:40 孙副校长 leader",
                "03-23 08:40 周科长 week-3",
                "03-30 08:40 周科长 week-4",
                "03-30 08:40 赵校长 top",
            ],
        ),
    ),
    "N27": (
        Diary(
            *("supplies_low", "2-11", "3-20", {"assets": [PAPER]}),
            [
                "02-11 08:40 王文员 low-2026-02",
                "02-11 08:40 周科长 low-2026-02",
                "03-02 08:40 王文员 low-2026-03",
                "03-02 08:40 周科长 low-2026-03",
            ],
        ),
        Diary(
            *("supplies_quota", "2-9", "3-20", used),
            [
                "02-14 08:40 周科长 near-2026-02",
                "02-28 08:40 周科长 over-2026-02",
                "02-28 08:40 孙副校长 over-2026-02",
            ],
        ),
    ),
    "N28": (
        Diary("vehicle_insurance", "8-1", "10-9", of_car("insurance_due"), ALL_DRIVERS),
        Diary("vehicle_inspection", "8-1", "10-9", of_car("statutory_due"), ALL_DRIVERS),
        *(
            Diary("vehicle_last_week", "8-1", "10-9", of_car(field), [line.format(field) for line in LAST_WEEK])
            for field in ("insurance_due", "statutory_due")
        ),
    ),
    "N29": (
        Diary(
            *("learning_weekly", "10-1", "10-9", people()),
            ["10-08 08:40 王文员 week", "10-08 08:40 周科长 twice"],
        ),
        Diary(*("learning_monthly", "9-30", "10-31", people(learn_rate=90)), ["10-08 09:10 沈科长 month"]),
    ),
    "N30": (
        Diary(
            *("four_skills", "9-1", "12-31", people(is_logistics=True)),
            [
                "10-08 08:40 王文员 month10",
                "11-02 08:40 王文员 month11",
                "11-02 08:40 周科长 month11",
                "12-01 08:40 王文员 month12",
                "12-01 08:40 周科长 month12",
                "12-01 08:40 孙副校长 month12",
            ],
        ),
    ),
    "N31": (
        Diary(
            *("task_due", "2-2", "3-20", {"tasks": [TASK]}),
            [
                "02-10 08:40 王文员 day-5",
                "02-24 08:40 王文员 day0",
                "02-27 08:40 王文员 day3",
                "02-27 08:40 周科长 day3",
                "03-02 08:40 王文员 day5",
                "03-02 08:40 周科长 day5",
                "03-02 08:40 孙副校长 day5",
            ],
        ),
    ),
    "N32": (
        Diary(
            *("contracts_of_staff", "8-1", "10-20", people(contract_to=on("10-5"))),
            [
                "08-06 08:40 沈科长 ahead-60",
                "08-06 08:40 周科长 ahead-60",
                "09-07 08:40 沈科长 ahead-30",
                "09-07 08:40 周科长 ahead-30",
                "10-08 08:40 沈科长 ahead-0",
                "10-08 08:40 周科长 ahead-0",
                "10-08 08:40 孙副校长 ahead-0",
            ],
        ),
    ),
    "N33": (
        Diary(
            *("documents_review", "7-1", "10-20", {"documents": [RULE]}),
            ["08-03 08:40 周科长 ahead-30", "09-29 08:40 周科长 late-20", "09-29 08:40 孙副校长 late-20"],
        ),
    ),
    "N34": (
        Diary(
            *("inventory", "10-1", "12-31", {"assets": [LIFT]}),
            [f"11-{day:02} 08:40 王文员 week-2026-11-{day:02}" for day in (2, 9, 16, 23, 30)],
        ),
        Diary(*("inventory_missed", "11-1", "12-31", {"assets": [LIFT]}), ["12-01 08:40 孙副校长 missed"]),
    ),
    "N35": (
        Diary(
            *("settings_unverified", "1-1", "2-28", {"settings": [NORM]}),
            ["01-04 08:40 李会计 january", "01-30 08:40 陈副校长 end"],
        ),
    ),
}
