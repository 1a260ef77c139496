"""Diaries of the reminders about money (domain.md B7: N01 to N13 and N36), across the holidays of 2026.

春节 2-15 to 2-23, with 2-14 and 2-28 worked; 中秋 9-25 to 9-27; 国庆 10-1 to 10-7, with 9-20 and 10-10 worked.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.jobs.diary import CLERK, HEAD, LOGISTICS, Cells, Diary, Tables, at, on

STEP: Cells = {"biz_code": "ZC-2026-0001", "biz_type": "支出单", "round": 1, "valid": "待定", "decision": "待签"}


def steps(day: str) -> Tables:
    own = [("部门负责人", HEAD), ("会计", 8)]
    rows = [{**STEP, "seq": n, "level": level, "assignee": who} for n, (level, who) in enumerate(own, 1)]
    return {"sign_steps": [{**row, "created_at": at(day, "08:00")} for row in rows]}


RETURNED: Cells = {
    "code": "ZC-2026-0001",
    "title": "灯具",
    "handler": CLERK,
    "department": LOGISTICS,
    "status": "已退回",
}
REQUEST: Cells = {
    **{"code": "SQ-2026-0001", "title": "外出调研", "kind": "出差", "handler": CLERK, "department": LOGISTICS},
    **{"ends_at": at("9-23", "17:00"), "status": "已执行"},
}


def request(day: date) -> Tables:
    """过期 30 days after its end."""
    return {"requests": [{**REQUEST, "status": "已执行" if day <= on("10-23") else "过期"}]}


RECEPTION: Cells = {**REQUEST, "kind": "公务接待", "guest_unit": "示例县委党校"}


def urgent(day: str) -> Tables:
    return {"requests": [{**REQUEST, "status": "草稿", "urgent": True, "verbal_at": at(day, "23:00")}]}


CLAIM: Cells = {**RETURNED, "status": "已批准", "amount": 1260, "vendor": 1, "approved_at": at("9-29", "16:00")}
INCOME: Cells = {
    "code": "SR-2026-0001",
    "payer": "示例公司",
    "received": 3600,
    "received_on": on("9-28"),
    "status": "已收",
}
COURSE: Cells = {
    **{"name": "委托班", "is_entrusted": True, "fee_standard": 260, "actual_n": 55, "days": 4, "status": "待结班"},
    "ends_on": on("9-17"),
}
LINE: Cells = {
    **{"name": "公务接待费", "category": "公务接待费", "year": 2026, "department": LOGISTICS, "status": "已批复"},
    **{"approved": 50_000, "spent": 20_000, "frozen": 22_500, "is_three_public": True},
}


def all_spent(day: date) -> Tables:
    """The last 7,500 元 are promised on the Saturday before 春节, which is worked."""
    return {"budget_lines": [{**LINE, "frozen": 30_000 if day >= on("2-14") else 22_500}]}


CONTRACT: Cells = {
    **{"code": "HT-2026-0001", "name": "物业服务", "kind": "物业", "delivery_mode": "外包", "status": "履行中"},
    **{"supervise_dept": LOGISTICS, "supervisor": CLERK, "starts_on": date(2025, 10, 6), "ends_on": on("10-5")},
    "reminded_from": on("6-7"),
}


def served_after_its_end(day: date) -> Tables:
    line = {"rule": "CT-03", "biz_code": "HT-2026-0001", "status": "待说明"}
    return {"contracts": [CONTRACT], "violations": [line] if day > on("10-5") else []}


PURCHASE: Cells = {"title": "热水系统", "method": "询价", "handler": CLERK, "status": "待签合同", "award_on": on("9-2")}
SIGNED: Cells = {"procurement": 1, "sign_on": on("9-29"), "status": "履行中"}


def intention(**cells: Any) -> Tables:
    return {"procurements": [{**PURCHASE, "status": "意向公开", "award_on": None, **cells}]}


ALERT: Cells = {"code": "YJ-2026-0001", "title": "改单重签", "severity": "一般", "person": CLERK, "status": "待说明"}

DIARIES: Mapping[str, Sequence[Diary]] = {
    "N01": (
        Diary(
            *("steps_waiting", "2-13", "3-10", steps("2-13")),
            [
                "02-13 08:40 周科长 signer-0",
                "02-24 08:40 周科长 signer-2",
                "02-25 08:40 何主任 office-3",
                "02-27 08:40 李会计 upward-5",
            ],
        ),
        Diary(
            *("steps_waiting", "9-18", "10-12", steps("9-18")),
            [
                "09-18 08:40 周科长 signer-0",
                "09-21 08:40 周科长 signer-2",
                "09-22 08:40 何主任 office-3",
                "09-24 08:40 李会计 upward-5",
            ],
        ),
    ),
    "N02": (
        Diary(
            *("claim_untouched", "2-11", "3-20"),
            {"expense_claims": [RETURNED], "sign_steps": [{"claim": 1, "decision": "退回", "signed_at": at("2-11")}]},
            ["03-03 08:40 王文员 wd-10", "03-03 08:40 周科长 wd-10"],
        ),
    ),
    "N03": (
        Diary(
            *("request_unclaimed", "9-23", "12-31", request),
            [
                "10-08 08:40 王文员 wd-5",
                "10-14 08:40 王文员 wd-10",
                "10-14 08:40 周科长 wd-10",
                "10-26 08:40 王文员 expired",
            ],
        ),
    ),
    "N04": (
        Diary(
            *("reception_list", "9-23", "10-31", {"requests": [RECEPTION]}),
            ["10-08 08:40 何主任 wd-5", "10-14 08:40 何主任 wd-10", "10-14 08:40 周科长 wd-10"],
        ),
    ),
    "N05": (
        Diary(
            *("urgent_unsigned", "2-13", "3-10", urgent("2-13")),
            ["02-14 08:40 王文员 wd-1", "02-25 08:40 王文员 wd-3", "02-25 08:40 孙副校长 wd-3"],
        ),
        Diary(
            *("urgent_unsigned", "9-18", "10-9", urgent("9-18")),
            ["09-20 08:40 王文员 wd-1", "09-22 08:40 王文员 wd-3", "09-22 08:40 孙副校长 wd-3"],
        ),
    ),
    "N06": (
        Diary(
            *("delegations_unread", "9-18", "10-12"),
            {"sign_steps": [{**STEP, "level": "知悉", "assignee": 3, "created_at": at("9-18", "00:05")}]},
            ["09-20 08:40 孙副校长 leader-1", "09-24 08:40 何主任 office-5"],
        ),
    ),
    "N07": (
        Diary(
            *("payment_waiting", "9-29", "10-31", {"expense_claims": [CLAIM]}),
            ["10-09 08:40 钱出纳 wd-3", "10-12 08:40 钱出纳 wd-5", "10-12 08:40 李会计 wd-5"],
        ),
        Diary(  # 25 and 30 days are 10-1 and 10-6: told before the holidays
            *("payment_small_company", "9-6", "10-31"),
            {"expense_claims": [{**CLAIM, "accepted_on": on("9-6")}], "vendors": [{"name": "小店", "is_sme": True}]},
            ["09-30 08:40 孙副校长 day-25", "09-30 08:40 赵校长 day-30"],
        ),
        Diary(  # 25 and 30 days are a Thursday and a Tuesday
            *("payment_small_company", "6-1", "7-31"),
            {"expense_claims": [{**CLAIM, "accepted_on": on("6-7")}], "vendors": [{"name": "小店", "is_sme": True}]},
            ["07-02 08:40 孙副校长 day-25", "07-07 08:40 赵校长 day-30"],
        ),
    ),
    "N08": (
        Diary(
            *("income_unremitted", "9-28", "10-31", {"income": [{**INCOME, "due_on": on("9-29")}]}),
            ["09-29 08:40 钱出纳 late-0", "10-08 08:40 陈副校长 late-2", "10-09 08:40 赵校长 late-3"],
        ),
        Diary(
            *("income_unremitted", "2-12", "3-5", {"income": [{**INCOME, "due_on": on("2-13")}]}),
            ["02-13 08:40 钱出纳 late-0", "02-24 08:40 陈副校长 late-2", "02-25 08:40 赵校长 late-3"],
        ),
    ),
    "N09": (
        Diary(
            *("class_undercharged", "9-14", "10-31", {"training_classes": [COURSE]}),
            ["09-23 08:40 马科长 wd-5", "10-08 08:40 马科长 wd-10", "10-08 08:40 孙副校长 wd-10"],
        ),
    ),
    "N10": (
        Diary(
            *("budget_course", "9-2", "10-31", {"budget_lines": [LINE]}),
            ["10-08 08:40 李会计 month", "10-08 08:40 周科长 month"],
        ),
        Diary(
            *("three_public", "2-1", "3-31", {"budget_lines": [LINE]}),
            [
                "02-02 08:40 李会计 2026-02-80",
                "02-02 08:40 周科长 2026-02-80",
                "03-02 08:40 李会计 2026-03-80",
                "03-02 08:40 周科长 2026-03-80",
            ],
        ),
        Diary(
            *("three_public_spent", "2-1", "12-31", all_spent),
            ["02-14 08:40 孙副校长 2026-all", "02-14 08:40 赵校长 2026-all"],
        ),
    ),
    "N11": (
        Diary(
            *("contracts_ending", "5-1", "10-12", served_after_its_end),
            [
                "06-08 08:40 王文员 ahead-120",
                "06-08 08:40 周科长 ahead-120",
                "07-07 08:40 王文员 ahead-90",
                "07-07 08:40 周科长 ahead-90",
                "08-06 08:40 王文员 ahead-60",
                "08-06 08:40 周科长 ahead-60",
                "09-07 08:40 王文员 ahead-30",
                "09-07 08:40 周科长 ahead-30",
                "09-07 08:40 孙副校长 ahead-30",
                "10-08 08:40 王文员 overdue-1",
                "10-08 08:40 周科长 overdue-1",
                "10-08 08:40 赵校长 overdue-1",
            ],
        ),
    ),
    "N12": (
        Diary(
            *("inspection_vendor_month", "2-1", "2-28", {"contracts": [CONTRACT]}),
            ["02-05 08:40 王文员 supervisor", "02-09 08:40 王文员 head", "02-09 08:40 周科长 head"],
        ),
        Diary(  # the 5th and the 8th of October: the first working day is the 8th
            *("inspection_vendor_month", "10-1", "10-31", {"contracts": [CONTRACT]}),
            ["10-08 08:40 王文员 head", "10-08 08:40 周科长 head"],
        ),
    ),
    "N13": (
        Diary(  # 30 days after 9-2
            *("procurement_dates", "9-2", "10-31", {"procurements": [PURCHASE]}),
            [
                "09-22 08:40 王文员 签订合同-ahead",
                "09-22 08:40 周科长 签订合同-ahead",
                "10-08 08:40 孙副校长 签订合同-missed",
            ],
        ),
        Diary(  # 2 and 7 working days after 9-29
            *("procurement_dates", "9-29", "10-31", {"procurements": [PURCHASE], "contracts": [SIGNED]}),
            [
                "09-30 08:40 王文员 公告合同-ahead",
                "09-30 08:40 周科长 公告合同-ahead",
                "10-09 08:40 孙副校长 公告合同-missed",
                "10-13 08:40 王文员 备案合同-ahead",
                "10-13 08:40 周科长 备案合同-ahead",
                "10-15 08:40 孙副校长 备案合同-missed",
            ],
        ),
        Diary(  # public for 30 days on 9-26, a holiday
            *("procurement_dates", "8-27", "10-31", intention(intention_on=on("8-27"))),
            ["09-24 08:40 王文员 开始采购活动-ahead", "09-24 08:40 周科长 开始采购活动-ahead"],
        ),
        Diary(
            *("procurement_dates", "9-23", "10-31", intention(last_modified_at=at("9-23", "08:00"))),
            [
                "09-23 08:40 王文员 公开采购意向-ahead",
                "09-23 08:40 周科长 公开采购意向-ahead",
                "10-09 08:40 孙副校长 公开采购意向-missed",
            ],
        ),
    ),
    "N36": (
        Diary(
            *("violation_unexplained", "2-11", "3-10", {"violations": [{**ALERT, "due_on": on("2-14")}]}),
            ["02-14 08:40 周科长 wd-0", "02-25 08:40 孙副校长 wd-2"],
        ),
        Diary(
            *("violation_unexplained", "9-21", "10-12", {"violations": [{**ALERT, "due_on": on("9-24")}]}),
            ["09-24 08:40 周科长 wd-0", "09-29 08:40 孙副校长 wd-2"],
        ),
    ),
}
