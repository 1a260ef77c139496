"""班次成本表: what was paid for a class, against 综合定额, and what an entrusted class brought in."""

from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

from automations.figures.training_classes import training_classes as computed
from automations.measures import Period
from automations.measures.class_money import class_money
from tests.measures.sql import cents, in_sqlite
from tests.measures.world import records
from tests.rules.world import facts
from tests.statements.reading import Read, read

SEPTEMBER = Period.month(2026, 9)
COURSE: dict[str, Any] = {
    "name": "村书记班",
    "class_type": "基层轮训",
    "starts_on": date(2026, 9, 1),
    "ends_on": date(2026, 9, 4),
    "days": 4,
    "planned_n": 60,
    "actual_n": 50,
    "lodging_n": 30,
    "cost_actual": Decimal(10_000),
    "cost_per_pd": Decimal(50),
    "cost_limit": Decimal(400),
    "status": "待结班",
}


def claim(category: str, amount: int, status: str = "已支付", **cells: Any) -> dict[str, Any]:
    return {"category": category, "amount": Decimal(amount), "status": status, "training_class": 1, **cells}


CLAIMS = [
    claim("讲课费", 4_000),
    claim("培训费", 5_000, audited_amount=Decimal(4_500)),
    claim("培训费", 1_500, "已归档"),
    claim("培训费", 800, "签批中"),
    claim("培训费", 9_999, "作废"),
    claim("培训费", 9_999, training_class=2),
]
ENTRUSTED = {**COURSE, "is_entrusted": True, "entrusting_unit": "邻区组织部", "fee_standard": Decimal(260)}
INCOME = [
    {
        "training_class": 1,
        "amount": Decimal(52_000),
        "received": Decimal(50_000),
        "remitted": Decimal(50_000),
        "status": "已缴库",
    },
    {"training_class": 1, "amount": Decimal(900), "status": "应收"},
    {"training_class": 1, "amount": Decimal(700), "received": Decimal(700), "remitted": Decimal(700), "status": "退款"},
]


def told(**cells: Any) -> Read:
    known = records("2026-09-20", training_classes=[{**COURSE, **cells}], expense_claims=CLAIMS, income=INCOME)
    return read("class_cost", known, SEPTEMBER, known["training_classes"][0])


def test_each_item_and_what_a_day_of_a_trainee_cost() -> None:
    found = told()
    assert found.document.title == "村书记班成本表"
    assert found.table("items") == [
        ("培训费", "6,000.00", "30.00", "60.0%"),
        ("讲课费", "4,000.00", "20.00", "40.0%"),
        ("合计", "10,000.00", "50.00", "100.0%"),
    ]
    assert "其中讲课费4,000.00元。" in found.text
    assert "除讲课费外每人天30.00元，综合定额400.00▲元，未超定额。" in found.text
    assert "另有800.00元已报未付" in found.text and "实到50人，住校30人，培训规模200人天" in found.text
    assert "income" not in found.document.tables and "委托" not in found.text


def test_what_cannot_be_compared_is_not_judged() -> None:
    assert "综合定额未采集，暂不能比较" in told(cost_limit=None).text
    assert "未超定额" in told(cost_limit=Decimal(30)).text
    over = told(cost_limit=Decimal("29.99")).text
    assert "超过定额，请说明原因" in over and "未超定额" not in over
    assert "计划60人" in told(actual_n=None).text


def test_an_entrusted_class_and_its_income() -> None:
    found = told(**{k: v for k, v in ENTRUSTED.items() if k not in COURSE})
    assert found.table("income") == [("52,000.00", "50,900.00", "50,000.00", "1,100.00")]
    assert "委托单位邻区组织部" in found.text and "登记不足应收" in found.text


def test_nothing_paid_yet() -> None:
    known = records("2026-09-20", training_classes=[{**COURSE, "cost_actual": Decimal(0), "cost_per_pd": None}])
    found = read("class_cost", known, SEPTEMBER, known["training_classes"][0])
    assert found.table("items") == [("合计", "0.00", "未采集", "未采集")]
    assert "已支付0.00元，人天成本未采集" in found.text and "讲课费0" not in found.text


def test_the_items_are_the_cost_that_the_row_tells() -> None:
    known = records("2026-09-20", training_classes=[COURSE], expense_claims=CLAIMS)
    cells = computed(facts("training_classes", COURSE, {"expense_claims": dict(enumerate(CLAIMS, 1))})).cells
    money = class_money(known, known["training_classes"][0])
    assert sum(item.paid.value or 0 for item in money.items) == cells["cost_actual"] == 10_000
    assert sum(item.per_person_day.value or 0 for item in money.items) == cells["cost_per_pd"] == 50
    paid = "select sum(coalesce(audited_amount, amount)) from expense_claims where training_class = 1"
    with closing(in_sqlite(known, "expense_claims")) as sql:
        assert cents(sql, f"{paid} and status in ('已支付', '已归档')") == 10_000
        assert money.waiting.value == cents(
            sql, f"{paid} and status in ('提交', '待校验', '签批中', '已退回', '已批准')"
        )
