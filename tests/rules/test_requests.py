"""Requests (事前审批): each rule alone, word for word; where an approved one stands (domain.md B5.22, C2, C5)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.approvals.needs import needs_top
from automations.books import Facts
from automations.figures.base import compute
from automations.figures.requests import stage_of
from automations.holds import Hold, State
from automations.norms import Norm, Norms
from automations.people import Department, Directory, Person
from automations.rules import examine
from tests.office import schema
from tests.rules.world import facts, rules, said, whole

PURCHASE: Mapping[str, Any] = {
    "code": "SQ-2026-0101",
    "kind": "零星采购",
    "title": "购置拖把",
    "reason": "保洁用具更换",
    "handler": 1,
    "department": 1,
    "starts_at": "2026-09-07 09:00+08:00",
    "ends_at": "2026-09-07 17:00+08:00",
    "place": "本校",
    "budget_line": 5,
    "est_amount": 1200,
    "status": "提交",
}
DRIVE = {**PURCHASE, "kind": "用车", "title": "接外请教师", "people": (2,), "vehicle": 7, "est_amount": 0}
VEHICLES = {7: {"name": "公务车", "plate": "渝F·示例1"}, 8: {"name": "皮卡"}}
LINE = {"name": "日常办公费", "year": 2026, "category": "办公费", "approved": 20000, "status": "已批复"}
URGENT = {
    **PURCHASE,
    "kind": "维修",
    "title": "抢修爆管",
    "urgent": True,
    "urgent_reason": "公寓水管爆裂",
    "verbal_by": 4,
    "verbal_at": "2026-07-14 21:30+08:00",
}


def request(
    cells: Mapping[str, Any] = PURCHASE,
    others: Mapping[int, Mapping[str, Any]] | None = None,
    claims: Mapping[int, Mapping[str, Any]] | None = None,
    line: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Facts:
    """A request as it is submitted; ``more`` are further arguments of ``facts``."""
    tables: dict[str, Any] = {
        "assets": VEHICLES,
        "budget_lines": {5: {**LINE, **(line or {})}},
        "requests": others or {},
        "expense_claims": claims or {},
    }
    arguments = {"subject": "requests/SQ-2026-0101", "on": date(2026, 9, 7), **(more or {})}
    return facts("requests", {**cells, **changes}, tables, **arguments)


def at(day: str, time: str = "10:00") -> datetime:
    """A moment in Beijing."""
    return datetime.fromisoformat(f"{day} {time}+08:00").astimezone(UTC)


# 必填 --------------------------------------------------------------------------------


def test_a_complete_request_passes() -> None:
    assert rules(request()) == []
    assert rules(request(DRIVE)) == []


def test_columns_marked_as_required() -> None:
    empty = request(title=None, reason=None, place=None, budget_line=None)
    assert said(empty, "必填") == ["请填写：“事项”、“事由”、“地点”、“经费指标”。"]


@pytest.mark.parametrize(
    "kind, fields",
    [
        ("出差", "“参加人员”"),
        ("用车", "“参加人员”、“车辆”"),
        ("公务接待", "“来访单位”、“来访人数”、“陪餐人数”、“工作餐次数”、“用餐地点”"),
    ],
)
def test_what_a_kind_needs(kind: str, fields: str) -> None:
    assert said(request(kind=kind), "必填") == [f"请填写：{fields}。"]


@pytest.mark.parametrize("kind", ["会议", "外出培训", "零星采购", "维修", "设备借用", "其他"])
def test_other_kinds_need_nothing_more(kind: str) -> None:
    assert said(request(kind=kind), "必填") == []


def test_zero_hosts_are_a_number() -> None:
    reception = request(
        kind="公务接待", guest_unit="某校", guest_n=4, escort_n=0, meal_times=1, meal_place="本校食堂", letter_no="1号"
    )
    assert said(reception, "必填") == []


def test_urgency_needs_reason_and_who_said_yes_and_when() -> None:
    bare = request(URGENT, urgent_reason=None, verbal_by=None, verbal_at=None)
    assert said(bare, "必填") == ["请填写：“紧急事由”、“口头批准人”、“口头批准时间”。"]
    assert said(request(URGENT), "必填") == []
    assert said(request(URGENT, urgent=False, verbal_by=None), "必填") == []


def test_ends_after_it_begins() -> None:
    early = request(ends_at="2026-09-07 08:59+08:00")
    assert said(early, "必填") == ["“止”（2026-09-07 08:59）不能早于“起”（2026-09-07 09:00）。"]
    assert said(request(ends_at="2026-09-07 09:00+08:00"), "必填") == []


@pytest.mark.parametrize(
    "kind, amount, stops",
    [
        ("零星采购", "0", True),
        ("零星采购", "0.01", False),
        ("设备借用", "0", False),
        ("设备借用", "-1", True),
    ],
)
def test_something_is_estimated(kind: str, amount: str, stops: bool) -> None:
    wanted = [f"预计金额应大于0，现在是{amount}元。"] if stops else []
    assert said(request(kind=kind, est_amount=amount), "必填") == wanted


def test_a_drive_may_be_free() -> None:
    assert said(request(DRIVE, est_amount=0), "必填") == []


def test_somebody_is_received() -> None:
    reception = {"kind": "公务接待", "guest_unit": "某校", "escort_n": 0, "meal_times": 1, "meal_place": "本校食堂"}
    assert said(request(**reception, guest_n=0), "必填") == ["来访人数应大于0，现在是0人。"]
    assert said(request(**reception, guest_n=1), "必填") == []


# VH-07 --------------------------------------------------------------------------------

TAKEN = {
    **DRIVE,
    "code": "SQ-2026-0099",
    "status": "待签",
    "starts_at": "2026-09-07 16:30+08:00",
    "ends_at": "2026-09-07 20:00+08:00",
}


def test_a_vehicle_has_one_trip_at_a_time() -> None:
    assert said(request(DRIVE, {2: TAKEN}), "VH-07") == ["渝F·示例1该时段已派给SQ-2026-0099。"]


def test_a_vehicle_without_plate_goes_by_its_name() -> None:
    taken = {**TAKEN, "vehicle": 8}
    assert said(request(DRIVE, {2: taken}, vehicle=8), "VH-07") == ["皮卡该时段已派给SQ-2026-0099。"]


@pytest.mark.parametrize(
    "other",
    [
        {"starts_at": "2026-09-07 17:00+08:00"},  # begins as the other ends
        {"starts_at": "2026-09-07 07:00+08:00", "ends_at": "2026-09-07 09:00+08:00"},  # ends as the other begins
        {"vehicle": 8},
        {"status": "草稿"},
        {"status": "提交"},  # not through its checks yet: who comes first is judged first
        {"status": "作废"},
        {"status": "撤回"},
        {"ends_at": None},
    ],
)
def test_other_trips_are_no_matter(other: Mapping[str, Any]) -> None:
    assert said(request(DRIVE, {2: {**TAKEN, **other}}), "VH-07") == []


@pytest.mark.parametrize("status", ["已批准", "执行中"])
def test_a_signed_trip_holds_the_vehicle(status: str) -> None:
    assert said(request(DRIVE, {2: {**TAKEN, "status": status}}), "VH-07") != []


# BG-01, BG-02 --------------------------------------------------------------------------------


def held(amount: int, code: str, under: str = "", state: State = "占用", table: str = "expense_claims") -> Hold:
    return Hold("budget", "5", state, Decimal(amount), code, "签批中", under, f"{table}/{code}")


TOO_MUCH = (
    "指标“日常办公费”可用1,000元，本单1,200元，超出200元。请调整指标或改用其他经费。"
    "（预算法第十三条：未列入预算的不得支出）"
)
NEARLY_ALL = [held(15000, "ZC-2026-0001", state="已用"), held(4000, "SQ-2026-0044", table="requests")]


@pytest.mark.parametrize("moment", ["提交", "分管领导", "主要领导"])
def test_the_line_has_the_estimate(moment: str) -> None:
    more = {"holds": NEARLY_ALL, "moment": moment}
    assert said(request(more=more), "BG-01") == [TOO_MUCH]
    assert said(request(more=more, est_amount=1000), "BG-01") == []


def test_an_adjustment_counts_once_it_is_signed() -> None:
    assert said(request(line={"adjusted_ok": 200}, more={"holds": NEARLY_ALL}), "BG-01") == []
    assert said(request(line={"adjusted": 200}, more={"holds": NEARLY_ALL}), "BG-01") == [TOO_MUCH]


def test_a_free_drive_needs_nothing_of_an_overdrawn_line() -> None:
    overdrawn = {"holds": [held(20001, "ZC-2026-0001")]}
    assert said(request(DRIVE, more=overdrawn), "BG-01") == []
    assert said(request(DRIVE, est_amount="0.01", more=overdrawn), "BG-01") != []


def test_what_a_request_holds_itself_is_not_counted_against_it() -> None:
    mine = held(1200, "SQ-2026-0101", table="requests")
    assert said(request(line={"approved": 1200}, more={"holds": [mine]}), "BG-01") == []


def test_claims_of_a_request_signed_anew_are_part_of_its_estimate() -> None:
    claimed = held(500, "ZC-2026-0007", under="SQ-2026-0101")
    assert said(request(line={"approved": 1200}, more={"holds": [claimed]}), "BG-01") == []
    assert said(request(line={"approved": 1199}, more={"holds": [claimed]}), "BG-01") != []


def test_the_year_is_open() -> None:
    assert said(request(line={"status": "已封账"}), "BG-02") == ["2026年度指标已封账。"]
    assert said(request(line={"status": "已调整"}), "BG-02") == []


# SG-07 --------------------------------------------------------------------------------

LATE = "紧急事项应于口头批准后3个工作日内补办手续，现已超{}个工作日。"


def late(signed: str | None = None, today: str = "2026-07-30", **changes: Any) -> list[str]:
    cells: dict[str, Any] = {"status": "草稿", **changes}
    if signed is not None:
        cells |= {"status": "已批准", "approved_at": f"{signed} 09:00+08:00"}
    more = {"now": at(today), "on": date(2026, 7, 14), "moment": "随时"}
    return said(request(URGENT, more=more, **cells), "SG-07")


def test_v38_burst_pipe_signed_on_the_sixth_working_day() -> None:
    assert late(signed="2026-07-22") == [LATE.format(3)]


def test_it_is_told_while_nobody_has_signed() -> None:
    assert late(today="2026-07-17") == []  # Friday, the third working day
    assert late(today="2026-07-19") == []  # Sunday
    assert late(today="2026-07-20") == [LATE.format(1)]
    assert late(today="2026-07-20", status="待签") == [LATE.format(1)]


def test_boiler_repair_signed_within_three_working_days() -> None:
    assert late(signed="2026-07-17") == []
    assert late(signed="2026-07-20") == [LATE.format(1)]


def test_a_holiday_does_not_count() -> None:
    verbal = "2026-09-24 18:00+08:00"  # Thursday; 9/25–27 is holiday, 9/30 the third working day
    assert late(today="2026-09-30", verbal_at=verbal) == []
    assert late(today="2026-10-07", verbal_at=verbal) == []
    assert late(today="2026-10-08", verbal_at=verbal) == [LATE.format(1)]


def test_a_late_evening_is_still_that_day() -> None:
    assert late(today="2026-07-17", verbal_at="2026-07-14 23:59+08:00") == []
    assert late(today="2026-07-20", verbal_at="2026-07-15 00:01+08:00") == []


@pytest.mark.parametrize("changes", [{"urgent": False}, {"verbal_at": None}, {"status": "作废"}, {"status": "不同意"}])
def test_sg07_has_nothing_to_say(changes: Mapping[str, Any]) -> None:
    assert late(**changes) == []


def test_a_cell_with_a_day_of_approval_is_no_approval() -> None:
    assert late(status="待签", approved_at="2026-07-15 09:00+08:00") != []


def test_its_line_in_the_ledger_is_written_once() -> None:
    more = {"now": at("2026-07-21"), "moment": "随时"}
    (found,) = [f for f in examine(request(URGENT, more=more)) if f.rule == "SG-07"]
    assert (found.severity, found.gravity, found.stage) == ("预警", "一般", "")


def test_moving_money_is_never_urgent() -> None:
    wanted = ["资金划转不属于紧急事项（仅限抢修、防汛、医疗、食品安全），请取消“紧急”，按正常程序审批。"]
    assert said(request(URGENT, title="往来款划转", reason="月底清账"), "SG-07") == wanted
    assert said(request(URGENT, title="往来款划转", reason="月底清账", urgent=False), "SG-07") == []
    assert said(request(URGENT, title="抢修爆管", reason="修理费转账支付"), "SG-07") == []
    assert said(request(URGENT, title="垫付医疗费转账", reason="学员急诊"), "SG-07") == []


# Figures --------------------------------------------------------------------------------


def claim(status: str, amount: Any, audited: Any = None, **more: Any) -> dict[str, Any]:
    return {"request": 1, "status": status, "amount": amount, "audited_amount": audited, **more}


def test_used_and_remaining() -> None:
    claims = {
        1: claim("已支付", 300),
        2: claim("签批中", 260, 180),
        3: claim("草稿", 999),
        4: claim("不同意", 999),
        5: claim("已支付", 999, request=2),
    }
    cells = compute(request(claims=claims)).cells
    assert (cells["used"], cells["remaining"]) == (Decimal(480), Decimal(720))
    assert (cells["per_head"], cells["std_per_head"]) == (None, None)


def test_used_of_an_empty_request() -> None:
    cells = compute(request({"status": "草稿"})).cells
    assert (cells["used"], cells["remaining"]) == (Decimal(0), None)


# Where an approved request stands --------------------------------------------------------------------------------


def stage(
    today: str,
    claims: Mapping[int, Mapping[str, Any]] | None = None,
    status: str = "已批准",
    cells: Mapping[str, Any] = PURCHASE,
    **changes: Any,
) -> str:
    """For a request from 2026-09-07 to 2026-09-09."""
    changes = {"ends_at": "2026-09-09 17:00+08:00", **changes, "status": status}
    return stage_of(request(cells, claims=claims, more={"now": at(today)}, **changes))


@pytest.mark.parametrize(
    "today, wanted",
    [
        ("2026-09-06", "已批准"),
        ("2026-09-07", "执行中"),
        ("2026-09-09", "执行中"),
        ("2026-09-10", "已执行"),
        ("2026-10-09", "已执行"),  # thirty days
        ("2026-10-10", "过期"),
    ],
)
def test_it_moves_on_by_date(today: str, wanted: str) -> None:
    assert stage(today) == wanted
    assert stage(today, status="执行中") == wanted


@pytest.mark.parametrize("status", ["草稿", "待签", "退回", "不同意", "作废", "过期"])
def test_only_what_is_approved_moves(status: str) -> None:
    assert stage("2026-12-01", status=status) == status


def test_it_is_settled_when_all_its_claims_are_paid() -> None:
    assert stage("2026-09-15", {1: claim("已支付", 300), 2: claim("已归档", 200)}) == "已核销"
    assert stage("2026-09-15", {1: claim("已支付", 300), 2: claim("已批准", 200)}) == "已执行"
    assert stage("2026-09-15", {1: claim("已支付", 300), 2: claim("作废", 200)}) == "已核销"
    assert stage("2026-09-15", {1: claim("草稿", 300)}) == "已执行"
    assert stage("2026-09-08", {1: claim("已支付", 300)}) == "执行中"


def test_a_living_claim_keeps_it_from_expiring() -> None:
    assert stage("2026-12-01", {1: claim("已退回", 300)}) == "已执行"
    assert stage("2026-12-01", {1: claim("草稿", 300)}) == "过期"


def test_a_drive_without_money_is_settled_once_done() -> None:
    assert stage("2026-09-09", cells=DRIVE) == "执行中"
    assert stage("2026-09-10", cells=DRIVE) == "已核销"
    assert stage("2026-09-10", cells=DRIVE, est_amount=200) == "已执行"
    assert stage("2026-09-10", cells=DRIVE, claims={1: claim("签批中", 20)}) == "已执行"


def test_an_evening_in_beijing_is_that_day() -> None:
    late_evening = at("2026-09-09", "23:30")
    assert stage_of(request(ends_at="2026-09-09 17:00+08:00", status="已批准", more={"now": late_evening})) == "执行中"


# Who signs last --------------------------------------------------------------------------------

STAFF = Directory(
    [Person(1, "王文员", rank="科员"), Person(2, "周科长", rank="中层"), Person(3, "孙副校长", rank="班子成员")],
    [Department(1, "行政科")],
)
TRIP = {**PURCHASE, "kind": "出差", "title": "参加培训", "place": "重庆主城", "est_amount": 800, "people": (1,)}


def top(cells: Mapping[str, Any], district: str = "万州、龙都街道", **changes: Any) -> bool:
    norms = Norms([Norm("school.district", district)] if district else [])
    return needs_top(whole(schema()["requests"], {**cells, **changes}), STAFF, norms, date(2026, 9, 7))


def test_receptions_go_to_the_top() -> None:
    assert top(PURCHASE, kind="公务接待", est_amount=1)
    assert not top(PURCHASE, kind="会议", est_amount=1)


@pytest.mark.parametrize("amount, wanted", [("4999.99", False), ("5000", True), (None, False)])
def test_large_sums_go_to_the_top(amount: str | None, wanted: bool) -> None:
    assert top(PURCHASE, est_amount=amount) is wanted


@pytest.mark.parametrize(
    "changes, wanted",
    [
        ({}, False),  # a clerk
        ({"handler": 2}, True),
        ({"people": (1, 3)}, True),
        ({"people": (1, 3), "place": "万州区分水镇"}, False),
        ({"people": (1, 3), "place": "龙都街道办事处"}, False),
        ({"people": (1, 3), "place": "万州区分水镇", "district": ""}, True),
        ({"handler": 2, "kind": "外出培训"}, False),
        ({"handler": None, "people": ()}, False),
    ],
)
def test_trips_of_senior_staff_out_of_the_district_go_to_the_top(changes: Mapping[str, Any], wanted: bool) -> None:
    assert top(TRIP, **changes) is wanted
