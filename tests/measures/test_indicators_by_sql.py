"""Every number of the monthly report's twelve indicators, worked out a second time in SQL over the same rows.

The rows are made at random, every state and many empty cells among them, over ten months; all months are compared.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from automations.measures import Period, Records
from automations.measures.indicators import indicators
from automations.workdays import SCHOOL_TIME
from tests.measures.sql import in_sqlite
from tests.measures.world import SCHEMA, records

FIRST, LAST = date(2026, 1, 1), date(2026, 10, 8)
NOW = "2026-10-08 09:10"
MONTHS = [Period.month(2026, month) for month in range(1, 11)]
SCENES = 3


def options(table: str, column: str) -> tuple[str, ...]:
    return tuple(SCHEMA[table][column].options)


class Maker:
    """Random cells of one scene."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def day(self) -> date:
        return FIRST + timedelta(days=self.random.randrange((LAST - FIRST).days + 1))

    def moment(self, day: date | None = None) -> datetime:
        return datetime.combine(
            day or self.day(), time(self.random.randrange(24), self.random.randrange(60)), SCHOOL_TIME
        )

    def maybe(self, value: Any, often: float = 0.8) -> Any:
        return value if self.random.random() < often else None

    def one(self, table: str, column: str) -> str:
        return self.random.choice(options(table, column))

    def sum(self, most: int = 9_000) -> Decimal:
        return Decimal(self.random.randrange(1, most * 100)) / 100


def scene(seed: int) -> Records:
    """Some hundred rows of all the tables that the indicators read."""
    m = Maker(seed)
    classes, sheets = [], []
    for n in range(1, 41):
        starts = m.day()
        classes.append(
            {
                "class_type": m.one("training_classes", "class_type"),
                "status": m.one("training_classes", "status"),
                "starts_on": starts,
                "ends_on": starts + timedelta(days=m.random.randrange(40)),
                "planned_n": m.maybe(m.random.randrange(20, 60)),
                "actual_n": m.maybe(m.random.randrange(20, 60)),
                "sat_lodging": m.maybe(Decimal(m.random.randrange(700, 1000)) / 10),
                "sat_catering": m.maybe(Decimal(m.random.randrange(700, 1000)) / 10),
            }
        )
        sheets += [
            {
                "training_class": n,
                "valid": m.random.random() < 0.9,
                "lodging": m.maybe(m.one("survey_responses", "lodging")),
                "catering": m.maybe(m.one("survey_responses", "catering")),
            }
            for _ in range(m.random.randrange(30))
        ]
    income = []
    for n in range(80):
        income.append(
            {
                "status": m.one("income", "status"),
                "due_on": LAST if n % 8 == 0 else m.maybe(m.day()),  # due today is not late
                "received_on": m.day(),
                "received": m.sum(),
                "late_wd": m.maybe(m.random.choice([0, 0, 0, 2])),
            }
        )
    lines = [
        {
            "year": m.random.choice([2025, 2026]),
            "status": m.one("budget_lines", "status"),
            "approved": m.sum(90_000),
            "adjusted_ok": m.maybe(m.sum(), 0.3),
            "is_three_public": m.random.random() < 0.3,
            "category": m.one("budget_lines", "category"),
        }
        for _ in range(30)
    ]
    claims = [
        {
            "status": m.one("expense_claims", "status"),
            "paid_on": m.maybe(m.day()),
            "amount": m.sum(),
            "audited_amount": m.maybe(m.sum(), 0.3),
            "budget_line": m.random.randrange(1, 31),
        }
        for _ in range(400)
    ]
    steps = [
        {
            "biz_type": m.one("sign_steps", "biz_type"),
            "decision": m.one("sign_steps", "decision"),
            "valid": m.one("sign_steps", "valid"),
            "level": m.one("sign_steps", "level"),
            "signed_at": m.maybe(m.moment()),
            "created_at": m.moment(FIRST),
        }
        for _ in range(300)
    ]
    violations = [
        {
            "rule": m.random.choice(["SG-01", "SG-02", "SG-03", "SG-04", "IN-02"]),
            "biz_type": m.random.choice(["支出单", "支出单", "采购项目"]),
            "found_at": m.moment(),
        }
        for _ in range(60)
    ]
    issues = []
    for _ in range(300):
        reported = m.moment()
        fixed = m.maybe(reported + timedelta(hours=m.random.randrange(1, 200)))
        issues.append(
            {
                "kind": m.one("issues", "kind"),
                "severity": "紧急",  # counted by the clock; hours of work are tested where they are counted
                "status": m.one("issues", "status"),
                "created_at": reported,
                "due_at": m.maybe(reported + timedelta(hours=m.random.randrange(1, 150))),
                "fixed_at": fixed,
            }
        )
    checks = []
    for _ in range(250):
        due = m.day()
        done = m.maybe(due + timedelta(days=m.random.randrange(-3, 4)), 0.9)
        checks.append(
            {
                "check_kind": m.one("equipment_checks", "check_kind"),
                "due_on": due,
                "done_on": done,
                "result": m.maybe(m.one("equipment_checks", "result")) if done else None,
                "asset": m.maybe(m.random.randrange(1, 9)),
            }
        )
    assets = [{"name": f"设备{n}", "status": m.one("assets", "status")} for n in range(8)]
    meters = [
        {
            "kind": "电水"[n % 2],
            "payer": "学校" if n < 2 else m.random.choice(["学校", "餐饮承包方"]),
            "multiplier": n + 1,
        }
        for n in range(4)
    ] + [{"kind": "电", "payer": "学校", "multiplier": 1, "parent": 1}]
    readings = []
    for meter in range(1, 6):
        value = 0
        for month in range(-1, 11):
            value += m.random.randrange(50, 400)
            if m.random.random() < 0.98:
                last = Period.month(2026, month).last
                readings.append({"meter": meter, "slot": "月末", "read_at": m.moment(last), "value": value})
    return records(
        NOW,
        training_classes=classes,
        survey_responses=sheets,
        income=income,
        budget_lines=lines,
        expense_claims=claims,
        sign_steps=steps,
        violations=violations,
        issues=issues,
        equipment_checks=checks,
        assets=assets,
        meters=meters,
        meter_readings=readings,
    )


TABLES = (
    *("training_classes", "survey_responses", "income", "budget_lines", "expense_claims", "sign_steps", "violations"),
    *("issues", "equipment_checks", "assets", "meters", "meter_readings"),
)


def satisfaction(item: str) -> str:
    """Numbers stand in hundredths, so rate * answers / answers is in hundredths too."""
    return f"""
        select sum(rate * n) / 100.0 / sum(n) from (
            select c.sat_{item} as rate, (
                select count(*) from survey_responses s
                where s.training_class = c.id and s.valid = 1 and s.{item} is not null and s.{item} <> '未使用') as n
            from training_classes c
            where c.status <> '取消' and c.class_type <> '会议' and c.starts_on <= :today
              and c.ends_on between :first and :last and c.sat_{item} is not null)"""


LINES = "select id from budget_lines where year = 202600 and status in ({states})"
PAID = "status in ('已支付', '已归档')"
SUM = "coalesce(audited_amount, amount)"
QUERIES: Mapping[str, str] = {
    "培训人天": """
        select sum(coalesce(actual_n, planned_n) / 100 * (
            julianday(min(ends_on, :last, :today)) - julianday(max(starts_on, :first)) + 1))
        from training_classes
        where status <> '取消' and class_type <> '会议' and starts_on <= min(:last, :today) and ends_on >= :first""",
    "住宿满意率": satisfaction("lodging"),
    "餐饮满意率": satisfaction("catering"),
    "应缴收入及时缴库率": """
        select 100.0 * sum(late_wd is not null and late_wd = 0) / count(*) from income
        where status in ('已收', '已缴库', '已核对') and due_on between :first and :last and due_on < :today""",
    "年度预算执行率": f"""
        select 100.0 * (select coalesce(sum({SUM}), 0) from expense_claims
                        where {PAID} and paid_on between :new_year and :last and budget_line in (LINES))
            / (select sum(approved + coalesce(adjusted_ok, 0)) from budget_lines where id in (LINES))""",
    "“三公”支出占年度预算": f"""
        select 100.0 * (select coalesce(sum({SUM}), 0) from expense_claims
                        where {PAID} and paid_on between :new_year and :last
                          and budget_line in (LINES and is_three_public = 1))
            / (select sum(approved + coalesce(adjusted_ok, 0)) from budget_lines
               where id in (LINES and is_three_public = 1))""",
    "签批按序率": """
        select 100.0 * good / (good + bad) from (
            select (select count(*) from sign_steps
                    where biz_type = BIZ and decision in ('同意', '退回', '不同意') and level <> '知悉'
                      and valid in ('有效', '作废-改单', '作废-退回')
                      and substr(signed_at, 1, 10) between :first and :last) as good,
                   (select count(*) from violations
                    where biz_type = BIZ and rule like 'SG-0%'
                      and substr(found_at, 1, 10) between :first and :last) as bad)""",
    "整改按期率": """
        select 100.0 * sum(fixed_at is not null and fixed_at <= due_at) / count(*) from issues
        where kind = '整改' and substr(due_at, 1, 10) between :first and :last and status not in ('不予受理', '挂起')
          and (fixed_at is not null or substr(due_at, 1, 10) < :today)""",
    "报修平均用时": """
        select avg((julianday(fixed_at) - julianday(created_at)) * 24) from issues
        where kind = '报修' and status <> '不予受理' and fixed_at is not null
          and substr(created_at, 1, 10) between :first and :last""",
    "设施应检完成率": """
        select 100.0 * sum(done_on is not null and result is not null) / count(*) from equipment_checks
        where check_kind <> '开班前检查' and due_on between :first and :last
          and ((done_on is not null and result is not null) or coalesce(asset, 0) not in (
              select id from assets where status in ('待报废', '已处置')))""",
}


def used(kind: str) -> str:
    """Month by month, each meter's last reading of the month less that of the month before; any gap makes it null."""
    return f"""
        select case when count(*) = sum(now is not null and before is not null) then
            sum((now - before) * multiplier) / 10000.0 end
        from (select multiplier,
                (select value from meter_readings r where r.meter = t.id and substr(read_at, 1, 10) = :last) as now,
                (select value from meter_readings r where r.meter = t.id and substr(read_at, 1, 10) = :eve) as before
              from meters t where kind = '{kind}' and payer = '学校' and parent is null)"""


def asked(connection: sqlite3.Connection, query: str, period: Period) -> Decimal | None:
    states = "('已批复', '已调整', '调整中', '提交', '调整签批中', '已封账')"
    lines = f"select id from budget_lines where year = 202600 and status in {states}"
    text = query.replace("LINES", lines).replace("BIZ", "'支出单'")
    values = {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "today": "2026-10-08",
        "new_year": "2026-01-01",
        "eve": (period.first - timedelta(days=1)).isoformat(),
    }
    [[found]] = connection.execute(text, {k: v for k, v in values.items() if f":{k}" in text}).fetchall()
    return None if found is None else Decimal(str(found))


@pytest.fixture(scope="module", params=range(SCENES))
def told(request: pytest.FixtureRequest) -> Iterator[tuple[Records, sqlite3.Connection]]:
    rows = scene(request.param)
    with closing(in_sqlite(rows, *TABLES)) as connection:
        yield rows, connection


ALL: Mapping[str, str] = {**QUERIES, "用电量": used("电"), "用水量": used("水")}


@pytest.mark.parametrize("title", ALL)
def test_sql_says_the_same(told: tuple[Records, sqlite3.Connection], title: str) -> None:
    rows, connection = told
    known = 0
    for period in MONTHS:
        by_title = {i.title: i for i in indicators(rows, period)}
        assert by_title.keys() == ALL.keys()
        now = by_title[title].now
        expected = asked(connection, ALL[title], period)
        if expected is None:
            assert now.value is None, f"{period.title} {title}: {now} instead of 未采集"
            continue
        known += 1
        assert now.value is not None, f"{period.title} {title}: 未采集 instead of {expected}"
        assert abs(now.value - expected) < Decimal("0.001"), f"{period.title} {title}: {now.value} ≠ {expected}"
    assert known >= 5, "the scene says nothing about it"


def test_columns_of_other_periods_are_the_same_functions(told: tuple[Records, sqlite3.Connection]) -> None:
    rows, _ = told
    august, september = ({i.title: i for i in indicators(rows, Period.month(2026, m))} for m in (8, 9))
    for title, one in september.items():
        assert one.before == august[title].now, title
