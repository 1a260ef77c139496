"""What domain.md F2 and F3 ask for, chapter by chapter, beyond the first page: in words and tables, none forgotten."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.measures import Period
from automations.reports.document import Chart, Table
from automations.reports.folders import every, templates
from automations.statements import discover
from tests.measures.world import at, records
from tests.statements.reading import Read, read

SEPTEMBER, YEAR = Period.month(2026, 9), Period.year(2026)
NOW, AFTER = "2026-10-12 09:10", "2027-01-15 09:10"
PERIODS = {"month": SEPTEMBER, "quarter": Period.quarter(2026, 3), "year": YEAR}
OF_A_PERIOD = [name for name, folder in every()[0].items() if folder.told.period in PERIODS]


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def month(**tables: Any) -> Read:
    return read("monthly", records(NOW, **tables), SEPTEMBER)


def year(**tables: Any) -> Read:
    return read("annual", records(AFTER, **tables), YEAR)


@pytest.mark.parametrize("name", OF_A_PERIOD)
def test_every_name_that_a_report_is_given_is_told(name: str) -> None:
    """A table may follow by itself; any other name must stand in the words."""
    words = (templates() / name / "words.md").read_text("utf-8") + (templates() / name / "report.toml").read_text(
        "utf-8"
    )
    facts = discover()[name](records(NOW), PERIODS[every()[0][name].told.period])
    loose = [key for key, value in facts.items() if not isinstance(value, Table | Chart)]
    assert [key for key in loose if not re.search(rf"\b{key}\b", words)] == []


# 月报 -----------------------------------------------------------------------------------------------------------------


def test_classes_meals_and_sheets() -> None:
    course = {"class_type": "专题研讨班", "status": "已归档", "starts_on": day("09-07"), "ends_on": day("09-11")}
    found = month(
        training_classes=[
            {**course, "name": "研讨班", "is_project": True, "actual_n": 40, "survey_n": 30, "sat_overall": 95},
            {**course, "name": "轮训班", "actual_n": 20, "survey_n": 15, "sat_overall": Decimal("92")},
        ],
        tasks=[
            {"kind": "项目任务", "training_class": 1, "status": status, "aspect": aspect}
            for status, aspect in (("已归档", "学习"), ("待考核", "生活"), ("进行中", "生活"))
        ],
        meals=[{"date": day("09-08"), "actual_n": 100, "leftover_kg": Decimal("5.5")}],
    )
    assert "办班2期（其中项目制1期）" in found.text and "人均餐余55克" in found.text
    assert "收回有效问卷45份，回收率75.0%" in found.text and "总体满意率94.0%" in found.text
    assert "研讨班（项目制）按两个方面安排任务3项，已落实2项，尚未评定等次。" in found.text


def test_how_each_level_signed_and_what_was_sent_back() -> None:
    def step(code: str, seq: int, signed: str | None, decision: str = "同意", **cells: Any) -> dict[str, Any]:
        base = {"biz_type": "支出单", "biz_code": code, "round": 1, "seq": seq, "created_at": at("2026-09-07")}
        level = ("部门负责人", "会计")[seq - 1]
        return {
            **base,
            "level": level,
            "signed_at": signed and at(signed),
            "decision": decision,
            "valid": "有效",
            **cells,
        }

    found = month(
        sign_steps=[
            *(step("ZC-1", 1, "2026-09-08"), step("ZC-1", 2, "2026-09-10")),
            step("ZC-2", 1, "2026-09-08", "退回", valid="作废-退回"),
            step("ZC-2", 1, "2026-09-15", round=2, created_at=at("2026-09-14")),
            step("ZC-3", 1, "2026-09-08", "不同意"),
        ],
        violations=[{"rule": "SG-03", "biz_type": "支出单", "biz_code": "ZC-9", "found_at": at("2026-09-09")}],
    )
    assert "应回避或代签无效1步，均不作数" in found.text
    assert "退回1笔、不同意1笔；退回、撤回或改单后重新提交1轮。" in found.text
    assert found.table("level_table") == [
        ("部门负责人", "4", "1.0", "1", "1", "0"),
        ("会计", "1", "2.0", "2", "0", "0"),
    ]


def test_what_came_of_the_alarms_and_receptions_over_standard() -> None:
    line = {"rule": "SG-01", "biz_type": "支出单", "found_at": at("2026-09-09"), "severity": "严重"}
    reception = {"kind": "公务接待", "status": "已核销", "starts_at": at("2026-09-08"), "guest_actual": 6}
    found = month(
        violations=[
            {**line, "biz_code": "ZC-1", "status": "待说明", "due_on": day("09-10")},
            {**line, "biz_code": "ZC-2", "status": "已关闭"},
            {**line, "biz_code": "ZC-3", "status": "误报", "severity": "一般"},
        ],
        requests=[
            {**reception, "per_head": 70, "std_per_head": 60},
            {**reception, "per_head": 60, "std_per_head": 60},
        ],
    )
    assert (
        "预警台账新记严重2件（已处理1件、待核实0件、待说明1件，其中超过说明时限1件），"
        "一般1件（已处理0件、待核实0件、待说明0件，误报1件），见附表。" in found.text
    )
    assert "本月公务接待2批、12人次，超标准1▲批。" in found.text


def test_procurements_by_stage_and_contracts_by_plan() -> None:
    contract = {"status": "履行中", "starts_on": day("01-01"), "ends_on": day("12-31"), "amount": 600_000}
    found = month(
        procurements=[
            {"title": "印刷", "status": "已验收", "budget": 60_000, "award": 54_000, "award_on": day("09-10")}
            | {"method": "内部比选", "created_at": at("2026-05-01")},
            {
                "title": "空调",
                "status": "采购实施",
                "budget": 20_000,
                "split_flag": "提示",
                "created_at": at("2026-09-05"),
            },
        ],
        contracts=[
            {**contract, "name": "电梯", "pay_plan": "2026-08-31|按期|3500\n2026-09-30|按期|3500"},
            {**contract, "name": "消防", "status": "到期", "ends_on": day("03-31"), "reminded_from": day("01-01")},
        ],
        expense_claims=[
            {"kind": "合同付款", "contract": 1, "pay_item": 2, "amount": 3_500, "status": "已支付"}
            | {"paid_on": day("09-20"), "created_at": at("2026-09-01")},
            {"amount": 1, "status": "已支付", "paid_on": day("01-05"), "created_at": at("2026-01-05")},
        ],
    )
    assert "在办采购项目1个，本月成交1个、5.4万元，疑似拆分1件。" in found.text
    assert found.table("stage_table") == [("采购实施", "1", "20,000.00"), ("已验收", "1", "60,000.00")]
    assert "在履行合同1份、60.0万元，本月合同付款0.4万元，1份合同有逾期未付的期次，见附表。" in found.text
    assert "消防合同已于3月31日到期。" in found.text and "消防合同3月31日到期" not in found.text
    assert found.table("payment_table")[0][1:] == ("电梯", "3,500.00", "3,500.00", "第1期逾期未付")


def test_faults_that_come_again_and_what_is_late() -> None:
    repair = {"kind": "报修", "category": "水", "location": 1, "status": "处理中", "description": "漏水"}
    found = month(
        locations=[{"name": "301教室"}],
        issues=[{**repair, "created_at": at(f"2026-09-0{n}"), "overdue_wd": n} for n in (1, 2, 3)],
    )
    assert "重复故障：301教室水（本年第3次）。目前超期未办结3件，见附表。" in found.text


def test_fire_hazards_and_samples() -> None:
    check = {"check_kind": "灭火器月查", "due_on": day("09-10"), "status": "已检"}
    found = month(
        assets=[{"category": "消防器材", "status": "在用", "scrap_due": day("09-30")}],
        equipment_checks=[
            {**check, "done_on": day("09-10"), "result": "正常"},
            {**check, "done_on": day("09-12"), "result": "隐患"},
            {**check, "status": "超期"},
        ],
        meals=[
            {"date": day("09-08"), "meal": "中", "actual_n": 9, "state": "正常"},
            {"date": day("09-09"), "meal": "晚", "actual_n": 9, "state": "留样缺失"},
        ],
    )
    assert (
        "设施应检3项，已检2项，其中按时1项；本月发现隐患1项，已消除0项，目前未消除的隐患共1项。"
        "消防应检3项，已检2项，超过报废期的灭火器1具。" in found.text
    )
    assert "食品留样2餐次，合规1餐次，不合规的是9月9日晚餐（留样缺失）；" in found.text


def test_repairs_of_each_vehicle_and_its_year() -> None:
    found = month(
        assets=[{"name": "皮卡", "category": "车辆", "status": "在用", "plate": "渝A4"}],
        vehicle_logs=[
            {"vehicle": 1, "date": day("09-05"), "kind": "维修保养", "amount": 2_140},
            {"vehicle": 1, "date": day("09-06"), "kind": "出车", "km": 100},
            {"vehicle": 1, "date": day("03-06"), "kind": "出车", "km": 900},
        ],
    )
    assert "1辆公车行驶100公里，百公里油耗未采集；皮卡维修1次、2,140.00元。" in found.text
    assert found.table("vehicle_table")[0][2] == "100" and found.table("vehicle_year")[0][2] == "1,000"


def test_the_annexes_stand_in_the_order_of_the_specification() -> None:
    titles = [table.title for table in month().document.annexes]
    eight = (
        "班次成本",
        "收支明细（收入）",
        "收支明细（支出）",
        "预算执行（按指标）",
        "预警台账",
        "合同到期",
        "法定检验",
    )
    assert titles[:9] == [*eight, "公务用车单车核算（本年累计）", "未核实标准"]


def test_income_and_spending_row_by_row_name_nobody_who_paid_or_was_paid() -> None:
    found = month(
        income=[
            {"kind": "住宿费收入", "status": "已缴库", "received": 100, "received_on": day("09-01"), "late_wd": 2}
            | {"payer": "学员王五", "remitted": 100, "remitted_on": day("09-08"), "due_on": day("09-04"), "gap": 0}
        ],
        expense_claims=[
            {"amount": 80, "audited_amount": 70, "status": "已支付", "paid_on": day("09-09"), "category": "讲课费"}
            | {"title": "外请讲课费", "payee": 1}
        ],
        people=[{"name": "李四"}],
    )
    [income, whole] = found.table("received_table")
    assert income[2:] == ("住宿费收入", "", "100.00", "2026-09-04", "迟缴2个工作日") and whole[4] == "100.00"
    assert [row[5] for row in found.table("paid_table")] == ["70.00", "70.00"]
    cells = " ".join(cell for name in ("received_table", "paid_table") for row in found.table(name) for cell in row)
    assert "王五" not in cells and "李四" not in cells


# 年报 -----------------------------------------------------------------------------------------------------------------


def test_the_best_class_of_the_year_is_a_record_only_when_it_beat_the_years_before() -> None:
    def course(ends: date, rate: str) -> dict[str, Any]:
        base = {
            "name": f"{ends:%Y}年班",
            "class_type": "专题研讨班",
            "status": "已归档",
            "actual_n": 40,
            "survey_n": 40,
        }
        return {**base, "starts_on": ends, "ends_on": ends, "sat_lodging": Decimal(rate)}

    sheets = [{"training_class": n, "valid": True, "lodging": "满意"} for n in (1, 2) for _ in range(30)]
    before, now = course(date(2025, 5, 4), "97"), course(day("05-04"), "98.7")
    better = year(training_classes=[before, now], survey_responses=sheets)
    assert "住宿最好班次为2026年班，98.7%，创历史最好。" in better.text
    worse = year(training_classes=[{**before, "sat_lodging": Decimal(99)}, now], survey_responses=sheets)
    assert "住宿最好班次为2026年班，98.7%。" in worse.text
    assert "创历史最好" not in year(training_classes=[now], survey_responses=sheets).text  # nothing to beat


def test_works_papers_and_what_belongs_to_nobody() -> None:
    found = year(
        procurements=[
            {"title": "热水", "kind": "工程", "status": "已验收", "budget": 200_000, "award": 190_000}
            | {"accepted_on": day("06-01"), "accept_result": "合格", "created_at": at("2026-02-01")},
            {"title": "道路", "kind": "工程", "status": "采购实施", "budget": 100_000, "created_at": at("2026-02-01")},
        ],
        expense_claims=[{"procurement": 1, "amount": 186_000, "status": "已支付", "paid_on": day("07-01")}],
        assets=[{"name": "旧锅炉", "category": "通用设备", "ownership": "待明确", "status": "在用", "value": 5}],
    )
    assert "热水：预算20.0万元，成交19.0万元，已验收（6月1日验收合格），决算18.6万元。" in found.text
    assert "道路：预算10.0万元，采购实施，尚未支付。" in found.text
    assert "产权待明确的资产1件，清单如下。" in found.text
    assert [row[1] for row in found.table("unclear_table")] == ["旧锅炉"]
    assert "unclear_table" not in year(assets=[{"category": "家具", "status": "在用"}]).document.tables


def test_scores_month_by_month_and_use_against_the_quota() -> None:
    found = year(
        inspections=[{"team": "卫生", "date": at("2026-05-04"), "status": "已归档", "score": 90}],
        meters=[{"kind": "电", "payer": "学校", "multiplier": 1, "quota_month": 100}],
        meter_readings=[
            {"meter": 1, "slot": "月末", "read_at": at(on), "value": value}
            for on, value in (("2025-12-31", 0), ("2026-12-31", 900))
        ],
    )
    assert found.table("score_table")[1] == ("卫生", *["未采集"] * 4, "90.0", *["未采集"] * 7)
    assert found.document.charts["score_chart"].series["卫生"][4] == 90
    assert "用电900度，同比未采集，为定额的75.0%" in found.text


def test_money_due_signatures_out_of_order_and_awards_by_method() -> None:
    step = {"biz_type": "支出单", "round": 1, "seq": 1, "level": "会计", "decision": "同意", "valid": "有效"}
    found = year(
        income=[
            {"status": "已核对", "received": 30_000, "received_on": day("05-01"), "due_on": day("05-06"), "late_wd": 0}
            | {"remitted": 30_000, "remitted_on": day("05-05"), "gap": 0}
        ],
        sign_steps=[
            {**step, "biz_code": f"ZC-{n}", "created_at": at("2026-05-04"), "signed_at": at("2026-05-04")}
            for n in range(3)
        ],
        violations=[
            {"rule": "SG-02", "biz_type": "支出单", "biz_code": "ZC-9", "found_at": at("2026-05-05"), "person": 1}
            | {"severity": "一般", "status": "待说明"}
        ],
        people=[{"name": "张保密", "department": 1}],
        departments=[{"name": "学员科"}],
        procurements=[
            {"status": "已归档", "method": "内部比选", "budget": 10, "award": 9, "award_on": day("05-01")}
            | {"created_at": at("2026-03-01")}
        ],
    )
    assert "收入3.0万元，应缴3.0万元，已缴3.0万元，及时缴库率100.0▲%。" in found.text
    assert "签字4步，按序率75.0%、错序率25.00%，" in found.text
    assert [row[0] for row in found.table("method_table")] == ["内部比选", "合计"]
    assert [row[:2] for row in found.table("dept_table")] == [("学员科", "1")]
    assert [row[:2] for row in found.table("gravity_table")] == [("一般", "1")]


def test_what_rose_most_and_why() -> None:
    def paid(on: date, amount: int, category: str) -> dict[str, Any]:
        return {"category": category, "amount": amount, "status": "已支付", "paid_on": on}

    found = year(
        expense_claims=[
            *(paid(date(2025, 1, 4), 100, "电费"), paid(date(2025, 5, 4), 100, "水费"), paid(day("05-04"), 90, "水费")),
            paid(day("05-04"), 260, "电费"),
        ],
        budget_lines=[{"year": 2026, "category": "电费", "remark": "新增空调", "status": "已批复", "approved": 300}],
    )
    assert "支出上升前1项：电费增加160.00元（新增空调）。" in found.text
    assert [row[0] for row in found.table("rise_table")] == ["电费"] and found.table("rise_table")[0][-1] == "新增空调"
    unknown = year(expense_claims=[paid(day("05-04"), 260, "电费")])
    assert "上年支出未采集，无法列出上升前五项。" in unknown.text and "rise_table" not in unknown.document.tables


def test_last_year_s_problems_the_year_s_priorities_and_the_next_year() -> None:
    late = {"kind": "整改", "description": "围墙", "escalation": 4, "status": "已办结", "created_at": at("2025-10-01")}
    task = {"kind": "年度重点", "department": 1, "person": 1}
    found = year(
        issues=[{**late, "due_at": at("2025-11-01"), "fixed_at": at("2026-03-01")}],
        departments=[{"name": "行政科"}],
        people=[{"name": "张保密"}],
        tasks=[
            {**task, "title": "热水", "year": 2026, "status": "已考核"},
            {**task, "title": "绿化", "year": 2026, "status": "进行中", "progress": 40},
            {**task, "title": "道路", "year": 2026, "status": "进行中"},
            {**task, "title": "智慧后勤", "year": 2027, "status": "已下达", "due": date(2027, 6, 30)},
            {**task, "title": "草稿", "year": 2027, "status": "草拟"},
        ],
        budget_lines=[{"year": 2027, "approved": 50_000, "status": "草案"}],
    )
    assert "对照上年问题清单：已解决1项、部分解决0项、未解决0项。" in found.text
    assert found.table("last_year_table") == [("“围墙”超期未办结", "行政科", "已解决")]
    assert "本年重点和督办事项：已完成1项、部分完成1项、未完成1项，见附表。" in found.text
    assert "下一年重点和督办事项1项，任务、责任和时限如下。" in found.text
    assert found.table("next_table") == [("智慧后勤", "年度重点", "行政科", "2027-06-30")]
    assert "下一年预算草案5.0万元。" in found.text
    assert "张保密" not in found.text


def test_what_the_year_counts_and_what_it_could_not() -> None:
    found = year()
    assert {"培训人天", "满意率", "用能人数"} <= {row[0] for row in found.table("counts_table")}
    assert "主要指标（上年）" in [row[0] for row in found.table("gap_table")]
    assert "14项基础制度中在用未采集" in found.text
    draft = year(documents=[{"kind": "制度", "title": "车辆管理制度", "status": "草拟"}])
    assert "车辆管理制度（草拟）" in draft.text and "差旅费管理制度（未登记）" in draft.text
