"""设施设备与安全: what was due, what was done, what the law asks for next, samples of food."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from sqlite3 import Connection
from typing import Any

import pytest

from automations.measures import Period, facilities
from automations.measures.facilities import Kind
from tests.measures.world import SCHEMA, at, records

AUGUST, SEPTEMBER, OCTOBER = (Period.month(2026, month) for month in (8, 9, 10))
NOW = "2026-10-05 09:00"


def check(due: str, done: str | None = None, result: str | None = "正常", **cells: Any) -> dict[str, Any]:
    return {
        "check_kind": "日常巡检",
        "due_on": date.fromisoformat(due),
        "done_on": date.fromisoformat(done) if done else None,
        "result": result if done else None,
        "status": "已检" if done else "待检",
        **cells,
    }


ASSETS = [
    {"name": "电梯一", "status": "停用"},
    {"name": "旧锅炉", "status": "待报废"},
    {"name": "皮卡", "status": "在用"},
]
CHECKS = [
    check("2026-09-01", "2026-08-31"),
    check("2026-09-30", "2026-10-02", "隐患", issue=1),
    check("2026-09-15", "2026-09-20", result=None),  # nobody knows what came out
    check("2026-09-15"),
    check("2026-09-15", "2026-09-15", check_kind="开班前检查", result="隐患"),
    check("2026-09-15", asset=2),  # given up, and nobody looked
    check("2026-09-15", "2026-09-10", "停用", asset=2, check_kind="灭火器月查", issue=2),
    check("2026-10-01", "2026-09-29", check_kind="食堂自查"),
    check("2026-09-29", "2026-09-29", check_kind="食堂自查"),
]
ISSUES = [{"fixed_at": at("2026-10-03")}, {"fixed_at": None}]


def test_due_and_done() -> None:
    told = records(NOW, equipment_checks=CHECKS, assets=ASSETS, issues=ISSUES)
    due = facilities.checks_due(told, SEPTEMBER)
    assert due.codes == tuple(f"equipment_checks-{n}" for n in (1, 2, 3, 4, 7, 9))
    assert facilities.checks_done(told, SEPTEMBER).codes == tuple(f"equipment_checks-{n}" for n in (1, 2, 7, 9))
    assert facilities.checks_on_time(told, SEPTEMBER).value == 3
    assert str(facilities.check_rate(told, SEPTEMBER)) == "66.7"
    assert facilities.fire_due(told, SEPTEMBER).value == facilities.fire_done(told, SEPTEMBER).value == 1
    assert facilities.canteen_due(told, SEPTEMBER).value == facilities.canteen_done(told, SEPTEMBER).value == 1
    assert facilities.canteen_done(told, OCTOBER).value == 1  # due in October, done before
    assert not facilities.checks_due(told, AUGUST).known and not facilities.check_rate(told, AUGUST).known


def test_hazards_count_when_they_were_found() -> None:
    told = records(NOW, equipment_checks=CHECKS, assets=ASSETS, issues=ISSUES)
    assert facilities.hazards(told, SEPTEMBER).codes == ("equipment_checks-7",)
    assert facilities.hazards(told, OCTOBER).codes == ("equipment_checks-2",)
    assert facilities.hazards_fixed(told, SEPTEMBER).value == 0
    assert facilities.hazards_fixed(told, OCTOBER).value == 1
    assert facilities.open_hazards(told).codes == ("equipment_checks-5", "equipment_checks-7")


def test_a_check_without_a_kind_is_told_too() -> None:
    told = records(NOW, equipment_checks=[check("2026-09-03", check_kind=None), check("2026-09-03")])
    assert [(kind.name, kind.due) for kind in facilities.kinds(told, SEPTEMBER)] == [("日常巡检", 1), ("未填", 1)]


def test_by_kind() -> None:
    told = records(NOW, equipment_checks=CHECKS, assets=ASSETS)
    assert facilities.kinds(told, SEPTEMBER) == [
        Kind("日常巡检", 4, 2, 1, 1),
        Kind("灭火器月查", 1, 1, 1, 1),
        Kind("食堂自查", 1, 1, 1, 0),
    ]


# By law ---------------------------------------------------------------------------------------------------------------


def by_law(due: str, done: str | None = None, **cells: Any) -> dict[str, Any]:
    return check(due, done, **{"check_kind": "法定检验", "statutory": True, "asset": 1, **cells})


def test_what_is_next_of_everything_the_law_asks_for() -> None:
    told = records(
        NOW,
        assets=ASSETS,
        locations=[{"name": "学员公寓"}],
        equipment_checks=[
            by_law("2025-09-26", "2025-09-20"),
            by_law("2026-09-26"),
            by_law("2026-10-05", asset=3, check_kind="车辆年检", status="临期"),
            by_law("2026-12-05", asset=3, check_kind="车辆保险", status="临期"),
            by_law("2027-03-01", asset=None, location=1, check_kind="消防检测"),
            by_law("2026-09-01", asset=2),  # given up
            check("2026-09-01", asset=3),  # no law
        ],
    )
    assert [(s.thing, s.kind, s.left, s.state, s.told) for s in facilities.statutory(told)] == [
        ("电梯一", "法定检验", -9, "超期", "超期9天，已停用"),
        ("皮卡", "车辆年检", 0, "临期", "今天到期"),
        ("皮卡", "车辆保险", 61, "临期", "还有61天"),
        ("学员公寓", "消防检测", 147, "待检", "还有147天"),
    ]
    [late] = facilities.statutory_overdue(told, SEPTEMBER)
    assert (late.thing, late.told) == ("电梯一", "超期4天，已停用")  # at the end of the month


def test_a_report_made_later_still_knows_what_was_late() -> None:
    told = records(
        "2026-11-01",
        assets=ASSETS,
        equipment_checks=[by_law("2026-09-26", "2026-10-08"), by_law("2027-09-26")],
    )
    assert [s.left for s in facilities.statutory_overdue(told, SEPTEMBER)] == [-4]
    assert facilities.statutory_overdue(told, OCTOBER) == []
    assert [s.due for s in facilities.statutory(told)] == [date(2027, 9, 26)]


def test_extinguishers_past_their_day() -> None:
    def bottle(due: str | None, **cells: Any) -> dict[str, Any]:
        return {
            "category": "消防器材",
            "status": "在用",
            "scrap_due": date.fromisoformat(due) if due else None,
            **cells,
        }

    told = records(
        NOW,
        assets=[
            bottle("2026-09-30"),
            bottle("2026-10-01"),
            bottle(None),
            bottle("2020-01-01", status="已处置"),
            bottle("2020-01-01", category="车辆"),
        ],
    )
    assert facilities.extinguishers_expired(told, SEPTEMBER).codes == ("assets-1",)


# Food -----------------------------------------------------------------------------------------------------------------


def test_samples_kept_as_they_must_be() -> None:
    def meal(day: str, state: str | None, result: str | None = "通过") -> dict[str, Any]:
        return {"date": date.fromisoformat(day), "state": state, "check_result": result}

    told = records(
        NOW,
        meals=[
            meal("2026-09-01", "正常"),
            meal("2026-09-30", "待销毁", "提示"),
            meal("2026-09-02", "正常", "拦截"),
            meal("2026-09-02", "留样缺失"),
            meal("2026-09-02", "提前销毁"),
            meal("2026-09-02", None),
            meal("2026-10-01", "正常"),
        ],
    )
    assert facilities.samples(told, SEPTEMBER).value == 6
    assert facilities.samples_ok(told, SEPTEMBER).codes == ("meals-1", "meals-2")
    bad = facilities.samples_bad(told, SEPTEMBER)
    assert [row.id for row in bad] == [3, 4, 5, 6]
    assert {facilities.sample_fault(row) for row in bad} <= {"留样缺失", "提前销毁", "留样份数或留样量不足"}
    assert not facilities.samples(told, AUGUST).known


# A second time in SQL -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_checks_as_sql_counts_them(seed: int, database: Callable[..., Connection]) -> None:
    random, columns = Random(seed), SCHEMA["equipment_checks"]
    rows, day = [], lambda: date(2026, 7, 1) + timedelta(days=random.randrange(120))
    for _ in range(200):
        done = random.random() < 0.8
        rows.append(
            {
                "check_kind": random.choice(columns["check_kind"].options),
                "due_on": day() if random.random() < 0.95 else None,
                "done_on": day() if done else None,
                "result": random.choice(("正常", "隐患", "停用", None)) if done else None,
                "asset": random.choice((1, 2, 3, None)),
            }
        )
    told = records(NOW, equipment_checks=rows, assets=ASSETS)
    sql = database(told, "equipment_checks", "assets")
    for period in (AUGUST, SEPTEMBER, OCTOBER):
        due = (
            "from equipment_checks c left join assets a on a.id = c.asset "
            f"where c.due_on between '{period.first}' and '{period.last}' and c.check_kind <> '开班前检查' "
            "and (c.done_on is not null and c.result is not null or coalesce(a.status, '') <> '待报废')"
        )
        done = f"{due} and c.done_on is not null and c.result is not null"
        for find, query in (
            (facilities.checks_due, due),
            (facilities.checks_done, done),
            (facilities.checks_on_time, f"{done} and c.done_on <= c.due_on"),
            (facilities.fire_due, f"{due} and c.check_kind in ('消防检测', '灭火器月查', '灭火器维修')"),
            (facilities.canteen_done, f"{done} and c.check_kind = '食堂自查'"),
        ):
            [[n]] = sql.execute(f"select count(*) {query}").fetchall()
            assert find(told, period).value == n
