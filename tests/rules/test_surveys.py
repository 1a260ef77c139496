"""满意度问卷: sheets that count, and what they say of a class (domain.md B2.11, SV-01 to SV-04)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.rules import examine
from tests.rules.class_world import course, day, numbered
from tests.rules.world import facts, said

GOOD = dict.fromkeys(("lodging", "catering", "hygiene", "service", "facility", "teaching_support"), "满意")
SHEET: dict[str, Any] = {
    "training_class": 3,
    "token": "T001",
    "submitted_at": day(9, 17, 20),
    "code": "WJ-2026-0002",
    **GOOD,
}
CLASSES = {3: {"ends_on": date(2026, 9, 17)}}


def sheet(row_id: int = 2, others: Any = None, **cells: Any) -> Any:
    tables = {"survey_responses": others or {}, "training_classes": CLASSES}
    return facts("survey_responses", {**SHEET, **cells}, tables, row_id=row_id, moment="随时", now=day(9, 30))


def invalid(**more: Any) -> Any:
    cells = compute(sheet(**more)).cells
    assert cells["valid"] is (cells["invalid_reason"] is None)
    return cells["invalid_reason"]


def test_a_sheet_counts():
    assert invalid() is None


def test_what_does_not_count():
    assert invalid(training_class=None) == "没有班次"
    assert invalid(token=None) == invalid(token="") == "没有答卷码"
    blank = dict.fromkeys(GOOD)
    assert invalid(**blank) == invalid(**{**blank, "lodging": "未使用"}) == "没有作答"
    assert invalid(**{**blank, "comment": "都很好"}) == "没有作答"
    assert invalid(**{**blank, "lodging": "很不满意"}) is None


def test_a_sheet_counts_from_the_last_day_until_the_survey_closes():
    """The class ended on Thursday 9/17; Sunday 9/20 is a working day, so the survey closes on Monday 9/21."""
    reason = "不在答卷时间内（2026-09-17至2026-09-21）"
    assert invalid(submitted_at=datetime(2026, 9, 16, 15, 59, tzinfo=UTC)) == reason
    assert invalid(submitted_at=datetime(2026, 9, 16, 16, 0, tzinfo=UTC)) is None
    assert invalid(submitted_at=datetime(2026, 9, 21, 15, 59, tzinfo=UTC)) is None
    assert invalid(submitted_at=datetime(2026, 9, 21, 16, 0, tzinfo=UTC)) == reason
    assert invalid(training_class=4, submitted_at=day(1, 2)) is None  # nobody knows when that class ends


def test_a_form_that_gives_no_time_counts_from_its_row():
    row = sheet(submitted_at=None, created_at=day(9, 18))
    assert compute(row).cells == {"submitted_at": day(9, 18), "valid": True, "invalid_reason": None}
    assert invalid(submitted_at=None, created_at=day(9, 30)).startswith("不在答卷时间内")
    assert compute(sheet()).cells["submitted_at"] == SHEET["submitted_at"]


def test_a_token_counts_once():
    first = {1: {**SHEET, "code": "WJ-2026-0001"}}
    words = ["答卷码“T001”在WJ-2026-0001已经用过，本份重复，作废，不计入满意率。"]
    again = sheet(others=first)
    assert said(again) == words and invalid(others=first) == "答卷码重复"
    assert [f.severity for f in examine(again)] == ["提示"]
    assert said(sheet(others={5: SHEET})) == [] and invalid(others={5: SHEET}) is None  # the first one stands
    assert said(sheet(others={1: {**SHEET, "token": "T002"}})) == []
    blank = {1: {**SHEET, "token": None, "code": None}}
    assert said(sheet(others=blank, token=None)) == []
    assert said(sheet(others={1: {**SHEET, "code": None}})) == ["答卷码“T001”已经用过，本份重复，作废，不计入满意率。"]


# --- of a class -------------------------------------------------------------------------------------------------------


def sheets(*grades: tuple[int, str], item: str = "catering") -> dict[int, Any]:
    """So many sheets of class 1 that say this of one item, and 满意 of the others."""
    rows = [{**GOOD, item: grade, "training_class": 1, "valid": True} for n, grade in grades for _ in range(n)]
    return dict(numbered(rows))


def held(answers: dict[int, Any], *, on: tuple[int, int] = (9, 22), **cells: Any) -> Any:
    filled = {"status": "待结班", "actual_n": Decimal(45), **cells}
    return course("随时", {"survey_responses": answers}, now=day(*on), **filled)


def test_the_figures_of_a_class():
    answers = sheets((20, "很满意"), (12, "满意"), (6, "一般"), (1, "不满意"), (1, "未使用"))
    answers[99] = {**GOOD, "catering": "很不满意", "training_class": 1, "valid": False}
    found = compute(held(answers))
    assert found.cells["survey_n"] == 40
    assert found.cells["sat_catering"] == Decimal("82.1")  # 32 ÷ 39: 未使用 says nothing
    assert found.cells["sat_lodging"] == Decimal(100)
    assert found.cells["sat_overall"] == Decimal("97.1")  # 232 ÷ 239
    assert "满意率只计很满意和满意；含一般：住宿100%、餐饮97.4%、总体99.6%。" in found.note


def test_without_answers_there_are_no_figures():
    found = compute(held({}))
    assert (found.cells["survey_n"], found.cells["sat_overall"], found.cells["sat_lodging"]) == (0, None, None)
    assert "满意率" not in found.note
    unused = compute(held(sheets((30, "未使用"), item="lodging"))).cells
    assert (unused["sat_lodging"], unused["sat_catering"]) == (None, Decimal(100))


def small(n: int, **more: Any) -> list[str]:
    return said(held(sheets((n, "满意")), **more), "SV-01")


def test_too_few_answered():
    assert small(26) == ["有效问卷26份，回收率57.8%，样本不足（要求≥60%且≥20份），结果仅供参考。"]
    assert small(27) == []  # 27 of 45 are 60 %
    assert small(19, actual_n=Decimal(20)) == ["有效问卷19份，回收率95%，样本不足（要求≥60%且≥20份），结果仅供参考。"]
    assert small(0, class_type="会议") == [], "nobody asks who rents a hall"
    assert small(20, actual_n=Decimal(20)) == []
    assert small(26, on=(9, 21)) == []  # its last day
    assert small(0, actual_n=None, planned_n=None) != []
    assert small(26, status="进行中") != [] and small(26, status="筹备") == small(26, ends_on=None) == []


def low(answers: dict[int, Any], **more: Any) -> list[Any]:
    return [f for f in examine(held(answers, **more)) if f.rule == "SV-02"]


def test_v33_a_class_that_liked_its_meals_less_than_in_2014():
    answers = sheets((21, "满意"), (4, "一般"))  # 84 %
    [line] = low(answers, actual_n=Decimal(30))
    assert line.message == "示例研讨班餐饮满意率84%，低于基准91%（2014年）7个百分点。"
    assert (line.severity, line.gravity, line.stage) == ("预警", "一般", "catering")


def test_each_item_has_its_own_line():
    answers = {
        i: {**row, "lodging": "一般" if i < 4 else "很满意"} for i, row in sheets((21, "满意"), (4, "一般")).items()
    }
    assert [f.message for f in low(answers, actual_n=Decimal(30))] == [
        "示例研讨班住宿满意率88%，低于基准96%（2014年）8个百分点。",
        "示例研讨班餐饮满意率84%，低于基准91%（2014年）7个百分点。",
    ]


def test_nothing_is_low_before_the_survey_closed_or_by_a_few_sheets():
    answers = sheets((21, "满意"), (4, "一般"))
    assert low(answers, actual_n=Decimal(30), on=(9, 21)) == []
    assert low(answers, actual_n=Decimal(45)) == []  # 56 % answered
    assert low(sheets((91, "满意"), (9, "一般")), actual_n=Decimal(100)) == []  # exactly the baseline
    assert [f.message for f in low(sheets((909, "满意"), (91, "一般")), actual_n=Decimal(1000))] == [
        "示例研讨班餐饮满意率90.9%，低于基准91%（2014年）0.1个百分点。"
    ]


def test_a_class_put_away_at_once_is_told_as_well():
    found = course(
        "已归档",
        {"survey_responses": sheets((21, "满意"), (4, "一般"))},
        now=day(9, 22),
        status="待结班",
        actual_n=Decimal(30),
    )
    assert [f.stage for f in examine(found) if f.rule == "SV-02"] == ["catering"]


@pytest.mark.parametrize(
    ("n", "void", "told"), [(47, 1, ["实到45人，收到48份，超过人数，请检查二维码是否外传。"]), (45, 3, [])]
)
def test_more_sheets_than_people(n, void, told):
    answers = sheets((n, "满意"))
    answers |= {100 + i: {**GOOD, "training_class": 1, "valid": False} for i in range(void)}
    found = [f for f in examine(held(answers)) if f.rule == "SV-04"]
    assert [f.message for f in found] == told
    assert all((f.severity, f.gravity) == ("预警", "一般") for f in found)
    assert said(held(answers, actual_n=None), "SV-04") == []
