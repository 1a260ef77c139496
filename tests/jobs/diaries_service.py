"""Diaries of the reminders about classes, issues, inspections, checks and meals (domain.md B7: N14 to N22).

They run across the holidays and make-up days of 2026; see ``diaries_money``.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from tests.jobs.diary import CLERK, LOGISTICS, TEACHER, Cells, Diary, Tables, at, on

READY: Cells = {"name": "中青班", "status": "筹备", "starts_on": on("2-25"), "logistics_owner": CLERK}
OPEN_LINE: Cells = {"training_class": 1, "check_kind": "开班前检查", "items": "客房：床品", "due_on": on("2-14")}
OVER: Cells = {"name": "中青班", "status": "待结班", "ends_on": on("9-30"), "head_teacher": TEACHER, "actual_n": 45}
PROJECT: Cells = {"name": "研讨班", "status": "待验收", "is_project": True, "ends_on": on("2-12")}
ISSUE: Cells = {
    **{"code": "GD-2026-0001", "kind": "整改", "description": "排烟罩清洗", "severity": "一般", "handler": CLERK},
    **{"duty_dept": LOGISTICS, "status": "处理中"},
}


def late(day: str) -> Tables:
    return {"issues": [{**ISSUE, "due_at": at(day, "18:00")}]}


def unanswered(day: str) -> Tables:
    return {"issues": [{**ISSUE, "status": "已派单", "created_at": at(day, "08:00"), "respond_by": at(day, "17:00")}]}


def three_of_four_groups(day: date) -> Tables:
    """考勤 was not there in the week of 9-21, whose Friday is a holiday."""
    held = {"inspectors": (13,), "status": "已提交", "date": at("9-22", "10:00")}
    before = {"team": "考勤", "inspectors": (13,), "status": "已提交", "date": at("9-14")}
    return {"inspections": [*({**held, "team": team} for team in ("卫生", "住宿", "餐饮")), before]}


def after_the_national_day(day: date) -> Tables:
    """Everybody was there in the week before; 考勤 was not in that of 10-5."""
    held = {"inspectors": (13,), "status": "已提交"}
    groups = ("卫生", "住宿", "餐饮", "考勤", "节能", "安全")
    before = [{**held, "team": team, "date": at("9-29", "10:00")} for team in groups]
    then = [{**held, "team": team, "date": at("10-9", "10:00")} for team in groups[:3]]
    return {"inspections": [*before, *(then if day > on("10-5") else [])]}


def disputed(day: str) -> Tables:
    cells = {"code": "DC-2026-0001", "team": "卫生", "status": "有异议", "target_dept": LOGISTICS, "dispute": "停水"}
    return {"inspections": [{**cells, "disputed_at": at(day, "08:00")}]}


CHECK: Cells = {"check_kind": "维护保养", "cycle": "每15日", "asset": 1, "done_by": CLERK, "status": "待检"}
LIFT: Cells = {"name": "电梯一", "category": "特种设备", "user_dept": LOGISTICS, "custodian": CLERK, "status": "在用"}
INSPECTION: Cells = {"check_kind": "法定检验", "statutory": True, "asset": 1, "status": "临期", "due_on": on("10-5")}
CANTEEN: Cells = {"name": "学员餐厅", "kind": "餐厅", "duty_person": CLERK, "department": LOGISTICS}


def meal(kind: str) -> Tables:
    """Nobody kept a sample on the Saturday of 春节."""
    return {"meals": [{"date": on("2-21"), "meal": kind, "state": "留样缺失"}], "locations": [CANTEEN]}


DIARIES: Mapping[str, Sequence[Diary]] = {
    "N14": (
        Diary(
            *("class_readiness", "2-2", "3-10", {"training_classes": [READY], "equipment_checks": [OPEN_LINE]}),
            ["02-11 08:40 王文员 owner", "02-14 08:40 周科长 head", "02-24 08:40 孙副校长 leader"],
        ),
    ),
    "N15": (
        Diary(*("survey_open", "9-21", "10-31", {"training_classes": [OVER]}), ["09-30 08:40 吴老师 open"]),
        Diary(
            *("survey_return", "9-21", "10-31", {"training_classes": [OVER]}),
            ["10-09 08:40 马科长 few", "10-09 08:40 吴老师 few"],
        ),
    ),
    "N16": (
        Diary(
            *("project_acceptance", "2-9", "3-31", {"training_classes": [PROJECT]}),
            ["02-26 08:40 沈科长 group", "03-04 08:40 赵校长 top"],
        ),
    ),
    "N17": (
        Diary(
            *("issue_overdue", "2-11", "3-20", late("2-13")),
            [
                "02-13 08:40 王文员 处理人",
                "02-14 08:40 周科长 部门负责人",
                "02-25 08:40 孙副校长 分管领导",
                "02-27 08:40 赵校长 主要领导",
            ],
        ),
        Diary(
            *("issue_overdue", "9-17", "10-20", late("9-18")),
            [
                "09-18 08:40 王文员 处理人",
                "09-20 08:40 周科长 部门负责人",
                "09-22 08:40 孙副校长 分管领导",
                "09-24 08:40 赵校长 主要领导",
            ],
        ),
        Diary(
            *("issue_waiting", "2-13", "3-20", unanswered("2-13")),
            [
                "02-13 08:40 王文员 已派单-处理人",
                "02-14 08:40 周科长 已派单-部门负责人-late",
                "02-25 08:40 孙副校长 已派单-分管领导-late",
                "02-27 08:40 赵校长 已派单-主要领导-late",
            ],
        ),
    ),
    "N18": (
        Diary(*("inspection_missing", "9-21", "9-29", three_of_four_groups), ["09-24 15:10 郑督查 head"]),
        Diary(*("inspection_missed", "9-22", "9-29", three_of_four_groups), ["09-28 08:40 陈副校长 leader"]),
        # The week of the National Day has three working days, the make-up Saturday its last.
        Diary(*("inspection_missing", "9-29", "10-12", after_the_national_day), ["10-10 15:10 郑督查 head"]),
        Diary(*("inspection_missed", "9-29", "10-13", after_the_national_day), ["10-12 08:40 陈副校长 leader"]),
    ),
    "N19": (
        Diary(
            *("inspection_disputed", "2-13", "3-20", disputed("2-13")),
            ["02-13 08:40 孙副校长 leader", "02-25 08:40 赵校长 top"],
        ),
        Diary(
            *("inspection_disputed", "9-18", "10-20", disputed("9-18")),
            ["09-18 08:40 孙副校长 leader", "09-22 08:40 赵校长 top"],
        ),
    ),
    "N20": (
        Diary(
            *("check_due", "2-11", "3-20", {"equipment_checks": [{**CHECK, "due_on": on("2-24")}], "assets": [LIFT]}),
            [
                "02-14 08:40 王文员 day-1",
                "02-24 08:40 王文员 day0",
                "02-24 08:40 周科长 day0",
                "02-26 08:40 王文员 day2",
                "02-26 08:40 周科长 day2",
                "02-26 08:40 孙副校长 day2",
            ],
        ),
    ),
    "N21": (
        Diary(
            *("statutory_due", "8-1", "10-10", {"equipment_checks": [INSPECTION], "assets": [LIFT]}),
            [
                "08-06 08:40 周科长 ahead-60",
                "09-04 08:40 周科长 ahead-30",
                "09-20 08:40 周科长 ahead-15",
                "09-28 08:40 周科长 ahead-7",
                "09-28 08:40 孙副校长 ahead-7",
                "09-30 08:40 周科长 ahead-1",
                "09-30 08:40 孙副校长 ahead-1",
                *(
                    f"10-{day} 08:40 {who} overdue-{n}"
                    for day, n in (("08", 3), ("09", 4), ("10", 5))
                    for who in ("周科长", "孙副校长", "赵校长")
                ),
            ],
        ),
    ),
    "N22": (
        Diary(
            *("meal_samples", "2-21", "3-1", meal("晚")),
            ["02-21 20:10 王文员 canteen", "02-21 20:10 周科长 canteen", "02-21 22:10 孙副校长 leader"],
        ),
        Diary(
            *("meal_samples", "2-21", "3-1", meal("加餐")),
            ["02-21 23:10 王文员 canteen", "02-21 23:10 周科长 canteen", "02-22 01:10 孙副校长 leader"],
        ),
    ),
}
