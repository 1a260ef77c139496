"""督查与整改: rounds, what they found, what was done in time, repairs, what happens again and again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from sqlite3 import Connection
from typing import Any

import pytest

from automations.measures import Period, Records, scores, supervision
from automations.measures.supervision import Flow, Team
from automations.measures.time_limits import met_limit
from automations.workdays import SCHOOL_TIME
from tests.measures.world import SCHEMA, at, records

AUGUST, SEPTEMBER = Period.month(2026, 8), Period.month(2026, 9)
NOW = "2026-10-01 08:40"


def issue(**cells: Any) -> dict[str, Any]:
    """A rectification reported on 1 September, due on the 8th."""
    base = {"kind": "整改", "status": "处理中", "category": "卫生", "location": 1}
    return {**base, "created_at": at("2026-09-01 10:00"), "due_at": at("2026-09-08 18:00"), **cells}


@pytest.mark.parametrize(
    ("cells", "met"),
    [
        ({"fixed_at": at("2026-09-08 18:00")}, True),
        ({"fixed_at": at("2026-09-08 18:01")}, False),
        ({}, False),
        ({"due_at": at("2026-10-01 18:00")}, None),  # today is not over
        ({"due_at": at("2026-09-30 18:00")}, False),
        ({"status": "挂起"}, None),
        ({"status": "不予受理"}, None),
        ({"due_at": None}, None),
    ],
)
def test_in_time_is_said_once_and_only_of_what_can_be_said(cells: dict[str, Any], met: bool | None) -> None:
    told = records(NOW, issues=[issue(**cells)])
    [row] = told["issues"]
    assert met_limit(row, lambda day: day <= told.today) is met
    due_in_september = row.due_at in SEPTEMBER
    assert supervision.rectified_on_time(told, SEPTEMBER).value == (
        None if met is None or not due_in_september else 100 * met
    )


def inspection(team: str, day: str, findings: tuple[int, ...] = (), **cells: Any) -> dict[str, Any]:
    base = {"team": team, "date": at(day), "findings": findings, "status": "已归档", "score": 90}
    return {**base, "findings_n": len(findings), **cells}


INSPECTED = {
    "inspections": [
        inspection("卫生", "2026-09-01", (1, 2)),
        inspection("卫生", "2026-09-30 23:30", (2, 3), score=80),
        inspection("卫生", "2026-09-10", (), status="有异议", score=10),
        inspection("卫生", "2026-09-11", (4,), status="草稿"),
        inspection("餐饮", "2026-10-01 00:10", (4,)),
        inspection("安全", "2026-09-02", (5,), score=None),
    ],
    "issues": [
        issue(location=None, fixed_at=at("2026-09-05")),
        issue(location=None, fixed_at=at("2026-09-09")),
        issue(location=None, due_at=at("2026-10-09 18:00")),
        issue(),
        issue(status="不予受理"),
    ],
}


def test_each_group_in_a_line() -> None:
    told = records(NOW, **INSPECTED)
    found = {team.name: team for team in supervision.inspections(told, SEPTEMBER)}
    assert list(found) == ["考勤", "卫生", "住宿", "餐饮", "安全"]  # the standing groups even without a round
    assert found["卫生"] == Team("卫生", 3, Decimal(85), 3, 1, 1, 1, 0)
    assert found["安全"] == Team("安全", 1, None, 0, 0, 0, 0, 0)
    assert found["餐饮"].times == 0 and found["餐饮"].score is None


def test_scores_month_by_month_without_what_is_disputed() -> None:
    told = records(NOW, **INSPECTED)
    found = {one.team: [m.value for m in one.months] for one in scores.trends(told, Period.quarter(2026, 3))}
    assert list(found) == ["考勤", "卫生", "住宿", "餐饮", "安全"]
    assert found["卫生"] == [None, None, 85] and found["安全"] == [None, None, None]


def test_problems_of_the_period_each_once() -> None:
    told = records(NOW, **INSPECTED)
    assert supervision.inspection_count(told, SEPTEMBER).value == 4
    assert supervision.standing_count(told, SEPTEMBER).value == 3
    assert supervision.problems_found(told, SEPTEMBER).codes == ("issues-1", "issues-2", "issues-3")
    assert supervision.problems_closed_on_time(told, SEPTEMBER).codes == ("issues-1",)
    assert supervision.problems_late(told, SEPTEMBER).codes == ("issues-2",)
    assert not supervision.inspection_count(told, AUGUST).known
    states = [supervision.standing_of(told, row) for row in told["issues"]]
    assert states == ["按期整改", "逾期整改", "整改中", "超期", "不予受理"]


def test_rounds_of_a_class() -> None:
    rows = [
        inspection("项目过程", "2026-09-03", training_class=7),
        inspection("项目过程", "2026-09-02", training_class=7),
        inspection("项目过程", "2026-09-01", training_class=7, status="草稿"),
        inspection("项目过程", "2026-09-01", training_class=8),
    ]
    told = records(NOW, inspections=rows)
    assert [row.id for row in supervision.rounds_of_class(told, 7)] == [2, 1]


# Repairs --------------------------------------------------------------------------------------------------------------


def repair(reported: str, fixed: str | None = None, **cells: Any) -> dict[str, Any]:
    base = {
        "kind": "报修",
        "severity": "一般",
        "category": "电",
        "location": 3,
        "status": "已办结" if fixed else "处理中",
    }
    return {**base, "created_at": at(reported), "fixed_at": at(fixed) if fixed else None, **cells}


def test_repairs_take_hours_of_work_and_urgent_ones_hours() -> None:
    told = records(
        NOW,
        issues=[
            repair("2026-09-04 17:00", "2026-09-07 09:00"),  # Friday to Monday: 1 + 0.5 hours
            repair("2026-09-04 22:00", "2026-09-05 01:00", severity="紧急"),  # 3 hours of a night
            repair("2026-09-04 11:00", "2026-09-04 15:00"),  # noon is no work: 1 + 1 hours
            repair("2026-09-20 08:00", "2026-09-20 09:30"),  # a Sunday on which the school works: 1 hour
            repair("2026-09-30 10:00"),
            repair("2026-09-04 17:00", "2026-09-07 09:00", status="不予受理"),
            repair("2026-09-04 17:00", "2026-09-28 09:00", kind="IT支持"),
            repair("2026-08-31 23:50", "2026-09-07 09:00"),
        ],
    )
    hours = supervision.repair_hours(told, SEPTEMBER)
    assert hours.value == (Decimal("1.5") + 3 + 2 + 1) / 4 and str(hours) == "1.9"
    assert supervision.repairs(told, SEPTEMBER).value == 5
    assert supervision.repairs_done(told, SEPTEMBER).value == 4
    assert not supervision.repair_hours(told, Period.month(2026, 10)).known
    assert not supervision.repairs(told, Period.month(2026, 7)).known


def test_the_same_fault_three_times_a_year() -> None:
    told = records(
        NOW,
        locations=[{"name": "大门"}, {"name": "餐厅"}, {"name": "301教室"}],
        issues=[
            repair("2026-01-01 00:10"),
            repair("2026-05-05"),
            repair("2026-09-30 23:50"),
            *[repair("2026-03-03", location=2)] * 4,  # none in September
            repair("2026-09-01", category="水"),
            *[repair("2026-09-02", category="其他")] * 3,  # nobody knows whether it is the same
            *[repair("2026-09-02", category="门窗家具", status="不予受理")] * 3,
            *[repair("2026-09-02", location=None, category="空调")] * 3,
            repair("2025-12-31", location=1),
            repair("2026-09-02", location=1),
            repair("2026-09-03", location=1),
            repair("2025-12-31", location=2, category="水"),
            repair("2026-09-02", location=2, category="水"),
            repair("2026-09-03", location=2, category="水"),
            repair("2026-09-02", location=2, category="气"),
            repair("2026-09-03", location=2, category="气"),
            repair("2026-10-01", location=2, category="气"),
        ],
    )
    [fault] = supervision.repeat_faults(told, SEPTEMBER)
    assert (fault.place, fault.category, len(fault.issues)) == ("301教室", "电", 3)
    assert [row.id for row in fault.issues] == [1, 2, 3]


def test_problems_repeat_when_inspections_found_them() -> None:
    days = ("2026-02-02", "2026-06-06", "2026-09-09")
    rows = [issue(created_at=at(day)) for day in days]
    told = records(
        NOW,
        issues=[*rows, *rows],  # the last three were found by nobody
        inspections=[inspection("卫生", day, (n,)) for n, day in enumerate(days, 1)],
        locations=[{"name": "花园"}],
    )
    [fault] = supervision.repeated_problems(told, SEPTEMBER)
    assert fault.place == "花园" and [row.id for row in fault.issues] == [1, 2, 3]
    [hygiene] = [t for t in supervision.inspections(told, SEPTEMBER) if t.name == "卫生"]
    assert (hygiene.found, hygiene.repeated) == (1, 1)


# Late -----------------------------------------------------------------------------------------------------------------


def test_what_is_late_now_and_who_was_told() -> None:
    def late(days: int | None, level: int, text: str, **cells: Any) -> dict[str, Any]:
        return issue(overdue_wd=days, escalation=level, description=text, duty_dept=1, **cells)

    told = records(
        NOW,
        departments=[{"name": "行政科"}],
        issues=[
            late(1, 2, "走廊灯不亮，请检查"),
            late(5, 4, "后厨排烟罩没有按规定每月清洗，油污较多\n第二行"),
            late(3, 3, "花园地砖松动"),
            late(0, 1, "今天到期"),
            late(9, 0, "做完了", fixed_at=at("2026-09-30")),
            late(9, 4, "挂起了", status="挂起"),
            late(9, 4, "不受理", status="不予受理"),
            late(2, 2, "报修", kind="报修"),
        ],
    )
    found = supervision.overdue(told)
    assert [(one.days, one.level, one.what, one.department) for one in found] == [
        (5, 4, "后厨排烟罩没有按规定每月清洗", "行政科"),
        (3, 3, "花园地砖松动", "行政科"),
        (2, 2, "报修", "行政科"),
        (1, 2, "走廊灯不亮", "行政科"),
    ]
    assert [one.days for one in supervision.overdue(told, ["报修"])] == [2]
    assert [one.days for one in supervision.escalated(told)] == [5, 3]
    assert [one.days for one in supervision.escalated(told, 4)] == [5]


def test_first_words_fit_on_a_line() -> None:
    assert supervision.first_words(None) == ""
    assert supervision.first_words("一" * 30) == "一" * 19 + "…"
    assert supervision.first_words("门坏了。请修") == "门坏了"


# A second time in SQL -------------------------------------------------------------------------------------------------


def _scene(seed: int) -> Records:
    random = Random(seed)
    columns = SCHEMA["issues"]

    def moment(first: datetime) -> datetime:
        return first + timedelta(minutes=random.randrange(60 * 24 * 40))

    rows = []
    for _ in range(250):
        made = datetime(2026, 7, 1, tzinfo=SCHOOL_TIME) + timedelta(minutes=random.randrange(60 * 24 * 92))
        rows.append(
            {
                "created_at": made,
                "due_at": moment(made) if random.random() < 0.9 else None,
                "fixed_at": moment(made) if random.random() < 0.7 else None,
                **{name: random.choice(columns[name].options) for name in ("kind", "status", "category", "severity")},
            }
        )
    return records(NOW, issues=rows)


COUNTED = "status <> '不予受理'"


@pytest.mark.parametrize("seed", range(3))
def test_flows_and_rates_as_sql_counts_them(seed: int, database: Callable[..., Connection]) -> None:
    told = _scene(seed)
    sql = database(told, "issues")

    def n(what: str) -> int:
        [[found]] = sql.execute(f"select count(*) from issues where {what}").fetchall()
        return int(found)

    for period in (Period.month(2026, 8), SEPTEMBER, Period.month(2026, 10)):
        first, last = period.first.isoformat(), (period.last + timedelta(days=1)).isoformat()
        due = f"due_at >= '{first}' and due_at < '{last}' and status not in ('挂起', '不予受理')"
        judged = f"{due} and (fixed_at is not null or substr(due_at, 1, 10) < '2026-10-01')"
        for flow in supervision.flows(told, period):
            kind = f"kind = '{flow.kind}' and {COUNTED}"
            assert flow == Flow(
                flow.kind,
                n(f"{kind} and created_at >= '{first}' and created_at < '{last}'"),
                n(f"{kind} and fixed_at >= '{first}' and fixed_at < '{last}'"),
                n(f"{kind} and {judged} and fixed_at <= due_at"),
                n(f"{kind} and {judged}"),
                n(f"{kind} and fixed_at is null and status not in ('已办结', '待复核')"),
            )
        for find, kind in ((supervision.rectified_on_time, "整改"), (supervision.repairs_on_time, "报修")):
            of = n(f"kind = '{kind}' and {judged}")
            met = n(f"kind = '{kind}' and {judged} and fixed_at <= due_at")
            assert find(told, period).value == (Decimal(met) * 100 / of if of else None)
        by_category = sql.execute(
            f"select category, count(*) from issues where kind = '报修' and {COUNTED} "
            f"and created_at >= '{first}' and created_at < '{last}' group by category"
        ).fetchall()
        assert dict(supervision.repair_categories(told, period)) == dict(by_category)
