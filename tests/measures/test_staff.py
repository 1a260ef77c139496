"""队伍与学习: what was due by the end of the month, who is short of what, what runs out."""

from datetime import date
from typing import Any

from automations.measures import Period, staff
from tests.measures.world import at, records

SEPTEMBER = Period.month(2026, 9)
TWO = [
    {"name": "甲", "employment_type": "事业编制", "status": "在岗", "is_logistics": True, "education": "本科"},
    {"name": "乙", "employment_type": "服务外包", "status": "在岗", "is_logistics": True},
    {"name": "丙", "employment_type": "事业编制", "status": "已退出", "is_logistics": True},
]


def lesson(kind: str, day: date, **cells: Any) -> dict[str, Any]:
    week = f"{day.isocalendar().year}-W{day.isocalendar().week:02}"
    period = {"每天一学": week, "每周一写": week, "每月一讲": f"{day:%Y-%m}"}.get(kind, f"{day:%Y}")
    return {"person": 1, "kind": kind, "date": day, "period": period, "counted": True, **cells}


def test_four_ones_counts_what_was_due_to_the_end_of_the_month_of_those_who_take_part() -> None:
    told = records(
        "2026-10-08",
        people=[TWO[0] | {"contract_from": date(2026, 8, 1)}, *TWO[1:]],
        learning_records=[lesson("每月一讲", date(2026, 8, 20)), lesson("每月一讲", date(2026, 9, 20))],
    )
    assert staff.four_ones(told, Period.month(2026, 7))["每月一讲"].value is None  # he was not here yet
    assert staff.four_ones(told, Period.month(2026, 8))["每月一讲"].value == 100
    rates = staff.four_ones(told, SEPTEMBER)
    assert rates["每月一讲"].value == 100 and rates["每周一写"].value == 0
    assert rates["每年一考"].value is None  # not due before December
    assert rates["综合"].value is not None and 33 < rates["综合"].value < 34


def test_four_skills_training_attendance_and_papers() -> None:
    told = records(
        "2026-10-08",
        people=[
            TWO[0] | {"contract_to": date(2026, 11, 20), "duty_signed_on": date(2026, 1, 5)},
            TWO[1] | {"contract_to": date(2027, 9, 1), "duty_signed_on": date(2025, 1, 5)},
            TWO[2] | {"contract_to": date(2026, 10, 1)},
            {"name": "教师", "employment_type": "事业编制", "status": "在岗", "duty_signed_on": date(2026, 1, 5)},
        ],
        learning_records=[
            lesson("四学", date(2026, 5, 5), topic="写作"),
            lesson("四学", date(2026, 10, 1), topic="微机"),  # after the month
            lesson("岗位培训", date(2026, 5, 6), hours=12, topic="业务"),
        ],
        inspections=[
            {"team": "考勤", "date": at("2026-09-03"), "expected_n": 40, "present_n": 38},
            {"team": "考勤", "date": at("2026-09-10"), "expected_n": 60, "present_n": 60},
            {"team": "卫生", "date": at("2026-09-10"), "expected_n": 10, "present_n": 0},
            {"team": "考勤", "date": at("2026-09-17")},
        ],
    )
    assert {s: m.value for s, m in staff.without_skill(told, SEPTEMBER).items()} == {
        "写作": 1,
        "微机": 2,
        "普通话": 2,
        "礼仪": 2,
    }
    assert staff.training_hours(told, SEPTEMBER).value == 6  # mean of two 后勤人员
    assert staff.attendance(told, SEPTEMBER).value == 98
    assert staff.attendance(told, Period.month(2026, 8)).value is None
    assert [p.name for p in staff.running_out(told, SEPTEMBER, "contract_to", 60)] == ["甲"]
    assert staff.duty_signed(told, SEPTEMBER).value == 50
    assert staff.structure(told, "employment_type") == {"事业编制": 2, "服务外包": 1}
    assert staff.structure(told, "education") == {"本科": 1, "未填": 2}


def test_who_came_and_went_of_those_outside_the_establishment() -> None:
    def person(kind: str, since: date | None, made: str, **cells: Any) -> dict[str, Any]:
        return {"employment_type": kind, "contract_from": since, "created_at": at(made), "status": "在岗", **cells}

    told = records(
        "2026-10-08",
        people=[
            person("编外聘用", date(2026, 9, 1), "2026-08-20"),  # came
            person("服务外包", date(2026, 9, 1), "2026-01-05"),  # a contract renewed
            person("服务外包", date(2026, 1, 1), "2026-01-05"),  # in the first list already
            person("事业编制", date(2026, 9, 1), "2026-08-20"),
            person("劳务派遣", date(2025, 9, 1), "2026-01-05", status="已退出", contract_to=date(2026, 12, 31)),
            person("劳务派遣", date(2025, 9, 1), "2026-01-05", status="已退出", contract_to=date(2026, 9, 30)),
            person("编外聘用", date(2025, 9, 1), "2026-01-05", status="已退出", contract_to=date(2026, 9, 30)),
        ],
        sign_steps=[
            {"staff": 5, "signed_at": at("2026-09-14"), "valid": "有效"},
            {"staff": 7, "signed_at": at("2026-08-14"), "valid": "有效"},  # before the month
        ],
    )
    assert staff.came(told, SEPTEMBER).codes == ("people-1",)
    assert staff.came(told, Period.year(2026)).codes == ("people-1",)
    assert staff.left(told, SEPTEMBER).codes == ("people-5", "people-6")
    assert not staff.came(told, Period.month(2025, 9)).known
