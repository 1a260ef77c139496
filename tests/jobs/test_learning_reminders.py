"""四个一 on Mondays, the month's list, 四学 from October on (N29, N30; LN-01, LN-02)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from automations.reminders import Notice
from tests.jobs.test_staff_reminders import CLERK, HEAD, LEADER, run, short, text

ME = {"name": "杨维修", "employment_type": "编外聘用", "department": 1, "status": "在岗", "is_logistics": True}
WEEK = {"person": CLERK, "kind": "每天一学", "period": "2026-W37", "days": 5, "counted": True}
TEXT = {**WEEK, "kind": "每周一写", "days": None}
BEFORE = [{**WEEK, "period": "2026-W36"}, {**TEXT, "period": "2026-W36"}]


def weekly(*records: dict[str, Any], day: str = "2026-09-14", trips: Any = (), **cells: Any) -> list[Notice]:
    tables = {"people": [{**ME, **cells}], "learning_records": list(records), "requests": list(trips)}
    return run("learning_weekly", day, tables)


def test_ln01() -> None:
    assert weekly(WEEK, TEXT, *BEFORE) == []
    [gap] = weekly({**WEEK, "days": 3}, *BEFORE)
    assert (gap.stage, list(gap.to), gap.deadline) == ("week", [CLERK], date(2026, 9, 7))
    assert "\n上周“四个一”：每天一学3/5天，每周一写未交。请于周三前补交。\n" in text(gap)
    [gap] = weekly(TEXT, *BEFORE)
    assert "每天一学0/5天，每周一写已交。" in text(gap)
    assert len(weekly(WEEK, {**TEXT, "counted": False}, *BEFORE)) == 1


def test_ln01_who_need_not() -> None:
    assert weekly(employment_type="服务外包") == weekly(status="已退出") == []
    assert weekly(away_from=date(2026, 8, 31), away_to=date(2026, 9, 13)) == []
    trip = {
        "kind": "出差",
        "people": (CLERK,),
        "status": "已批准",
        "starts_at": datetime(2026, 9, 7, 1, tzinfo=UTC),
        "ends_at": datetime(2026, 9, 11, 9, tzinfo=UTC),
    }
    assert weekly(*BEFORE, trips=[trip]) == []
    assert weekly(contract_from=date(2026, 9, 14)) == []


def test_two_weeks_running_to_the_head() -> None:
    own, above = weekly()
    assert short([own, above]) == [("week", [CLERK]), ("twice", [HEAD])]
    assert "杨维修连续两周“四个一”未完成" in text(above)
    assert len(weekly(WEEK, TEXT)) == 0, "the gap of the week before was told a week ago"


def test_a_week_of_holidays_hides_nothing() -> None:
    """After the spring holiday (2-15 to 2-23) the week before it is looked at."""
    worked = [{**WEEK, "period": "2026-W07", "days": 5}, {**TEXT, "period": "2026-W07"}]
    before = [{**WEEK, "period": "2026-W06", "days": 5}, {**TEXT, "period": "2026-W06"}]
    [gap] = weekly(*worked, *before, day="2026-02-24")
    assert gap.data["due"] == 6 and gap.data["days"] == 5  # the Saturday 2-14 is worked


def test_the_months_list() -> None:
    people = [
        {**ME, "name": "甲", "learn_rate": "87.5"},
        {**ME, "name": "乙", "learn_rate": 100},
        {**ME, "name": "丙"},
        {**ME, "name": "丁", "learn_rate": 60},
        {**ME, "name": "戊", "learn_rate": 60, "status": "已退出"},
    ]
    [notice] = run("learning_monthly", "2026-09-01", {"people": people})
    assert (list(notice.to), notice.deadline) == (["hr"], date(2026, 9, 1))
    assert "本年“四个一”未达100%的有2人：行政科丁60.0%、行政科甲87.5%。" in text(notice)
    assert run("learning_monthly", "2026-09-01", {"people": people[1:3]}) == []


# --- 四学 -------------------------------------------------------------------------------------------------------------


def skills(day: str, *topics: str, **cells: Any) -> list[Notice]:
    record = {"person": CLERK, "kind": "四学", "period": day[:4], "counted": True}
    return run(
        "four_skills", day, {"people": [{**ME, **cells}], "learning_records": [{**record, "topic": t} for t in topics]}
    )


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-09-30", []),
        ("2026-10-08", [("month10", [CLERK])]),
        ("2026-11-02", [("month11", [CLERK, HEAD])]),
        ("2026-12-01", [("month12", [CLERK, HEAD, LEADER])]),
    ],
)
def test_ln02(day: str, wanted: list[Any]) -> None:
    assert short(skills(day, "微机", "普通话")) == wanted
    assert skills(day, "写作", "微机", "普通话", "礼仪") == []


def test_ln02_words() -> None:
    [notice] = skills("2026-10-08", "微机", "普通话")
    assert "“四学”尚缺：写作、礼仪。" in text(notice)
    assert skills("2026-10-08", is_logistics=False) == skills("2026-10-08", status="已退出") == []


# --- 岗位培训 ---------------------------------------------------------------------------------------------------------


def test_hours_of_training() -> None:
    def told(day: str, *hours: str, **cells: Any) -> list[Notice]:
        record = {"person": CLERK, "kind": "岗位培训", "period": "2026-05", "counted": True}
        records = [{**record, "hours": h} for h in hours] + [{**record, "hours": 99, "period": "2025-05"}]
        return run("training_hours", day, {"people": [{**ME, **cells}], "learning_records": records})

    assert told("2026-09-01", "8") == told("2026-10-08", "16", "8") == []
    [notice] = told("2026-10-08", "16", "7.5")
    assert short([notice]) == [("month10", [CLERK, HEAD])]
    assert "杨维修本年岗位培训23.5学时，要求24学时，还差0.5学时" in text(notice)
    assert told("2026-12-01", is_logistics=False) == told("2026-12-01", status="已退出") == []
