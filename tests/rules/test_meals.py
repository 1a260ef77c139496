"""供餐留样: samples of every dish, kept 48 hours, by somebody healthy (domain.md B2.10, ML-01 to ML-05)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.rules import examine
from tests.rules.class_world import day
from tests.rules.world import facts, rules, said

MEAL: dict[str, Any] = {
    "date": date(2026, 6, 3),
    "meal": "中",
    "actual_n": Decimal(110),
    "dishes": "回锅肉、清炒藤菜",
    "dish_count": Decimal(2),
    "sample_count": Decimal(2),
    "sample_min_g": Decimal(125),
    "sampled_by": 6,
    "sampled_at": day(6, 3, 12),
    "fridge_c": Decimal(4),
    "classes": (1, 2),
}
"""Wednesday noon."""

CLASSES = {
    1: {"planned_n": Decimal(50), "actual_n": Decimal(45), "lodging_n": Decimal(30)},
    2: {"planned_n": Decimal(20), "lodging_n": Decimal(5)},
}
COOK = {6: {"name": "蒋师傅", "certs": "健康证、厨师证", "cert_due": date(2026, 6, 3)}}


def meal(now: datetime | None = None, tables: Any = None, **cells: Any) -> Any:
    rows = {"training_classes": CLASSES, "people": COOK, **(tables or {})}
    return facts("meals", {**MEAL, **cells}, rows, row_id=3, now=now or day(6, 3, 15), moment="随时")


def test_an_ordinary_meal_passes():
    assert rules(meal()) == rules(meal(now=day(6, 7, 12))) == []
    assert rules(meal(disposed_at=day(6, 5, 12), disposed_by=6)) == []


def test_what_must_be_filled():
    blank = dict.fromkeys(
        ("date", "meal", "actual_n", "dishes", "dish_count", "sample_count", "sample_min_g", "sampled_by", "sampled_at")
    )
    titles = "“日期”、“餐次”、“实际就餐”、“菜品”、“菜品数”、“留样份数”、“最小留样量”、“留样人”、“留样时间”"
    [hint] = examine(meal(**blank))
    assert (hint.message, hint.severity) == (f"请填写：{titles}。", "提示")
    assert said(meal(disposed_at=day(6, 5, 12)), "必填") == ["请填写：“销毁人”。"]


def test_a_meal_entered_twice():
    first = {"meals": {1: {**MEAL, "code": "GC-2026-0001"}}}
    assert said(meal(tables=first)) == ["2026-06-03中餐在GC-2026-0001已经登记，请不要重复登记。"]
    assert said(meal(tables={"meals": {9: MEAL}})) == said(meal(tables={"meals": {1: {**MEAL, "meal": "晚"}}})) == []
    assert said(meal(tables=first, meal=None), "重复") == []


# --- ML-01, ML-02 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "called", "hour"), [("早", "早餐", 9), ("中", "中餐", 14), ("晚", "晚餐", 20), ("加餐", "加餐", 23)]
)
def test_samples_are_missing_two_hours_after_the_meal_began(which, called, hour):
    gone = {"meal": which, "sampled_at": None}
    words = [f"2026-06-03{called}尚无留样记录，请立即补留并说明。"]
    assert said(meal(day(6, 3, hour), **gone), "ML-01") == words
    assert said(meal(day(6, 3, hour) - timedelta(minutes=1), **gone), "ML-01") == []
    assert said(meal(day(6, 2, 23), **gone), "ML-01") == []
    assert said(meal(day(6, 9, 1), **gone), "ML-01") == words
    assert said(meal(day(6, 3, hour), meal=which), "ML-01") == []


def test_a_row_that_counts_no_samples_has_none():
    for n in (None, Decimal(0)):
        assert said(meal(sample_count=n), "ML-01") != []
    assert said(meal(sampled_at=None, date=None), "ML-01") == said(meal(sampled_at=None, meal=None), "ML-01") == []


def test_v30_samples_disposed_of_after_31_hours():
    found = meal(disposed_at=day(6, 4, 19), disposed_by=6)
    words = ["2026-06-03中餐留样于2026-06-04 19:00销毁，保存仅31小时，不足48小时。"]
    assert said(found) == words
    [line] = examine(found)
    assert (line.rule, line.severity, line.gravity) == ("ML-02", "预警", "严重")


def test_48_hours_are_enough_and_a_minute_less_is_not():
    kept = MEAL["sampled_at"] + timedelta(hours=48)
    assert said(meal(disposed_at=kept), "ML-02") == []
    [almost] = said(meal(disposed_at=kept - timedelta(minutes=1)), "ML-02")
    assert "保存仅47.9小时" in almost


def test_nothing_is_disposed_of_before_it_was_kept():
    found = meal(disposed_at=day(6, 3, 11), disposed_by=6)
    assert said(found) == ["销毁时间2026-06-03 11:00早于留样时间2026-06-03 12:00，请核对。"]
    assert said(meal(disposed_at=day(6, 3, 12)), "日期") == []


# --- ML-03 to ML-05, the refrigerator ---------------------------------------------------------------------------------


def test_v30_a_dish_of_which_too_little_was_kept():
    assert said(meal(sample_min_g=Decimal(90))) == ["留样量90克，每个品种不得少于125克。"]
    assert said(meal(sample_min_g=Decimal(124))) != []


def test_a_sample_of_each_dish():
    [stop] = examine(meal(dish_count=Decimal(10), sample_count=Decimal(8)))
    assert (stop.message, stop.severity) == ("菜品10个，留样8份，缺2份。", "拦截")
    assert said(meal(dish_count=Decimal(2), sample_count=Decimal(3))) == []
    assert said(meal(dish_count=None), "ML-03") == said(meal(sample_count=None), "ML-03") == []


def test_many_more_than_expected():
    """45 and (nobody counted) 20 people in class, and 65 colleagues: 130."""
    assert said(meal(actual_n=Decimal(144))) == ["实际就餐144人，比应就餐130人多10.8%，请核实。"]
    assert said(meal(actual_n=Decimal(143))) == []
    assert said(meal(actual_n=Decimal(5), meal="加餐", classes=()), "ML-04") == []


def test_who_should_eat():
    def expected(**cells: Any) -> Any:
        return compute(meal(**cells)).cells["planned_n"]

    assert expected() == 130
    assert expected(meal="早") == expected(meal="晚") == 35
    assert expected(date=date(2026, 6, 6)) == 65  # Saturday: no colleagues
    assert expected(date=date(2026, 9, 20)) == 130  # a Sunday that is worked
    assert expected(classes=()) == 65 and expected(meal="晚", classes=()) == 0


def test_a_health_certificate_that_ran_out():
    words = ["留样人蒋师傅的健康证已于2026-06-02到期，不得接触直接入口食品，请换人。"]

    def cook(**cells: Any) -> list[str]:
        return said(meal(tables={"people": {6: {**COOK[6], **cells}}}))

    assert cook(cert_due=date(2026, 6, 2)) == words
    assert cook(cert_due=date(2026, 6, 3)) == cook(cert_due=None) == []
    assert cook(cert_due=date(2026, 6, 2), certs="驾驶证") == []
    assert said(meal(sampled_by=None), "ML-05") == []


def test_the_refrigerator():
    words = "留样冰箱{}℃，应在0至8℃，请调整后复测并检查留样。"
    assert said(meal(fridge_c=Decimal("8.1"))) == [words.format("8.1")]
    assert said(meal(fridge_c=Decimal("-1"))) == [words.format("-1")]
    assert said(meal(fridge_c=Decimal(0))) == said(meal(fridge_c=Decimal(8))) == said(meal(fridge_c=None)) == []


# --- computed cells ---------------------------------------------------------------------------------------------------


def state(now: datetime, **cells: Any) -> Any:
    return compute(meal(now, **cells)).cells["state"]


def test_the_state_of_the_samples():
    unsampled: dict[str, Any] = {"sampled_at": None}
    assert state(day(6, 3, 13), **unsampled) is None
    assert state(day(6, 3, 14), **unsampled) == "留样缺失"
    assert state(day(6, 3, 13)) == "正常"
    assert state(day(6, 5, 11)) == "正常"
    assert state(day(6, 5, 12)) == state(day(6, 30, 1)) == "待销毁"
    assert state(day(6, 5, 12), disposed_at=day(6, 5, 12)) == "正常"
    assert state(day(6, 5, 12), disposed_at=day(6, 4, 19)) == "提前销毁"


def test_the_cost_of_a_meal():
    assert compute(meal(food_cost=Decimal("1600"))).cells["cost_per_meal"] == Decimal("14.55")
    assert compute(meal(food_cost=None)).cells["cost_per_meal"] is None
    assert compute(meal(food_cost=Decimal(1600), actual_n=None)).cells["cost_per_meal"] is None
