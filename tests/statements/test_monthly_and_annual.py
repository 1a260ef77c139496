"""月报, 年报, 能源消费状况报告: told of a school that has just begun, and of one with rows in every chapter."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.measures import Period, Records
from automations.reports.document import Document, Heading, Paragraph, Placed
from automations.reports.words import told
from automations.settings import HOUSE
from automations.statements import discover
from tests.measures.world import at, records

SEPTEMBER, YEAR = Period.month(2026, 9), Period.year(2026)
EVERY = [("monthly", SEPTEMBER), ("annual", YEAR), ("energy_statement", YEAR)]


def document(name: str, period: Period, rows: Records) -> Document:
    facts = discover()[name](rows, period)
    return told(
        HOUSE / "report_templates" / name, facts, unit="示例区委党校", period_title=period.title, made_on=rows.today
    )


def text(made: Document) -> str:
    return "\n".join(b.text for b in made.blocks if isinstance(b, Paragraph | Heading))


def school() -> Records:
    def meter(kind: str) -> dict[str, Any]:
        return {"name": kind, "kind": kind, "payer": "学校", "multiplier": 1}

    ends = [(f"2025-{m:02d}-28", m * 100) for m in range(1, 13)] + [
        (f"2026-{m:02d}-28", 1200 + m * 110) for m in range(1, 10)
    ]
    return records(
        "2026-10-08 09:10",
        departments=[{"name": "行政科", "head": 1, "leader_in_charge": 2}],
        people=[
            {"name": "张保密", "status": "在岗", "employment_type": "事业编制", "is_logistics": True, "department": 1},
            {"name": "李领导", "status": "在岗", "roles": ("分管领导",)},
        ],
        training_classes=[
            {
                "name": "专题研讨班（第4期）",
                "class_type": "专题研讨班",
                "is_project": True,
                "project_grade": "良好",
                "starts_on": date(2026, 9, 7),
                "ends_on": date(2026, 9, 11),
                "actual_n": 40,
                "lodging_n": 30,
                "status": "已归档",
                "sat_lodging": Decimal("97"),
                "sat_catering": Decimal("90"),
                "survey_n": 35,
            }
        ],
        survey_responses=[{"training_class": 1, "valid": True, "lodging": "满意", "catering": "一般"}] * 35,
        budget_lines=[
            {
                "year": 2026,
                "name": "接待",
                "category": "公务接待费",
                "approved": 24_000,
                "status": "已批复",
                "is_three_public": True,
                "fund_source": "财政拨款",
            },
            {
                "year": 2026,
                "name": "办公",
                "category": "办公费",
                "approved": 120_000,
                "status": "已批复",
                "fund_source": "财政拨款",
            },
        ],
        expense_claims=[
            {
                "category": "办公费",
                "budget_line": 2,
                "amount": 12_345,
                "paid_on": date(2026, 9, 9),
                "status": "已归档",
                "payee_account": "6222021234567890123",
            },
        ],
        income=[
            {
                "kind": "培训费收入",
                "route": "财政专户",
                "received": 12_000,
                "received_on": date(2026, 9, 1),
                "remitted": 12_000,
                "remitted_on": date(2026, 9, 14),
                "due_on": date(2026, 9, 4),
                "late_wd": 6,
                "gap": 0,
                "status": "已核对",
            },
        ],
        contracts=[
            {
                "name": "物业服务",
                "delivery_mode": "外包",
                "status": "履行中",
                "ends_on": date(2026, 11, 30),
                "reminded_from": date(2026, 8, 2),
                "amount": 960_000,
            }
        ],
        issues=[
            {
                "kind": "投诉",
                "description": "王五反映床板坏了",
                "status": "已办结",
                "created_at": at("2026-09-08"),
                "duty_dept": 1,
            },
        ],
        meters=[meter("电"), meter("水"), meter("气")],
        meter_readings=[
            {"meter": m, "slot": "月末", "read_at": at(day), "value": value} for m in (1, 2, 3) for day, value in ends
        ],
    )


@pytest.mark.parametrize(("name", "period"), EVERY)
def test_a_school_that_has_just_begun_is_told_what_is_not_known(name: str, period: Period) -> None:
    made = document(name, period, records("2027-01-15 09:10"))
    words = text(made)
    assert "未采集" in words and "None" not in words and "{{" not in words
    assert not re.search(r"未采集(?:人|期|元|万元|度|吨|方|%|个|步|项|件|份|批|次|笔|轮|克|具|辆|场|张)", words), (
        "a unit behind nothing"
    )
    assert not re.search(r"(?<![0-9,.])0(?:\.0+)?(?:人|期|万?元|度|吨|%|份|批|次|笔|步|件|具|辆|场|张)", words), (
        "a false 0"
    )
    assert "各项指标正常" not in words and "没有被拦截" not in words and "没有预警" not in words


@pytest.mark.parametrize(("name", "period"), EVERY)
def test_every_table_and_chart_has_its_place_and_every_chart_its_table(name: str, period: Period) -> None:
    made = document(name, period, school())
    placed = {block.name for block in made.blocks if isinstance(block, Placed)}
    assert placed <= made.tables.keys() | made.charts.keys()
    assert made.charts.keys() <= placed, "a chart that nobody sees"
    assert all(chart.table in made.tables for chart in made.charts.values())
    for table in made.tables.values():
        assert all(len(row) == len(table.columns) for row in table.rows), table.title


def test_the_month_in_words() -> None:
    made = document("monthly", SEPTEMBER, school())
    words = text(made)
    assert made.title == "示例区委党校2026年9月行政后勤运行情况报告" and made.addressee == "校委会"
    for sentence in (
        "9月，行政科围绕1期培训班保障",
        "服务学员40人、200人天",
        "主要问题是用电同比上升10.0%。",
        "关注（餐饮满意率",
        "1笔迟缴：培训费收入12,000.00元迟缴6个工作日（已补缴）",
        "本月支出1.2万元",
        "物业服务合同11月30日到期",
        "收到投诉1件",
        "用电110度，同比上升10.0%",
        "专题研讨班（第4期）（项目制）没有登记项目任务，评定为良好。",
    ):
        assert sentence in words, sentence
    headings = [b.text for b in made.blocks if isinstance(b, Heading) and b.level == 1]
    assert [h.split("、")[0] for h in headings] == list("一二三四五六七八九")


def test_income_and_spending_stand_in_tables_of_their_own() -> None:
    made = document("monthly", SEPTEMBER, school())
    for table in made.tables.values():
        heads = " ".join(column.title for column in table.columns)
        assert not ("收入" in heads and "支出" in heads), table.title


def test_every_figure_leads_to_rows_that_exist() -> None:
    rows = school()
    made = document("monthly", SEPTEMBER, rows)
    known = {str(row.code) for table in rows.tables.values() for row in table}
    assert made.sources and all(set(source.codes) <= known and source.codes for source in made.sources)


@pytest.mark.parametrize(("name", "period"), EVERY)
def test_nobody_s_name_no_complaint_and_no_account(name: str, period: Period) -> None:
    made = document(name, period, school())
    cells = " ".join(str(cell) for table in made.tables.values() for row in table.rows for cell in row)
    for secret in ("张保密", "李领导", "王五", "床板", "6222021234567890123"):
        assert secret not in text(made) + cells, secret


def test_the_year_s_five_headings_and_its_cost() -> None:
    made = document("annual", YEAR, school())
    headings = [b.text.split("、", 1)[1] for b in made.blocks if isinstance(b, Heading) and b.level == 1]
    assert headings == [
        *(
            "年度概况",
            "办学条件",
            "办学能力",
            "办学环境",
            "队伍建设",
            "管理水平",
            "成本效益",
            "问题与原因",
            "下一年安排",
        ),
    ]
    assert "财政拨款安排14.4万元" in text(made)


def test_spending_month_by_month() -> None:
    claims = [
        {"category": c, "amount": n, "paid_on": date(2026, m, 3), "status": "已归档"}
        for c, m, n in (("水费", 1, 10_000), ("水费", 9, 20_000), ("电费", 9, 50_000), ("电费", 10, 90_000))
    ]
    made = document("monthly", SEPTEMBER, records("2026-10-08 09:10", expense_claims=claims))
    table = made.tables["spending_months"]
    assert [row[0] for row in table.rows] == ["电费", "水费"] and len(table.columns) == 10  # to September
    assert table.rows[1][1] == 10_000 and table.rows[1][9] == 20_000 and table.rows[1][2] == 0
    chart = made.charts["spending_chart"]
    assert chart.series["电费"][8] == 5 and chart.series["电费"][9] is None  # what is to come is a gap, not 0
