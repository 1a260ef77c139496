"""Trips and lectures against their standards (domain.md C3): EX-05, EX-13, 讲课费."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from tests.rules.claim_world import CLERK, LEADER, OTHER, at, claim, invoice, living, papers
from tests.rules.world import rules, said

PERMIT: Mapping[str, Any] = {
    "code": "SQ-2026-0011",
    "kind": "出差",
    "status": "已执行",
    "place": "成都",
    "starts_at": at(10, month=8),
    "ends_at": at(12, 18, month=8),
    "approved_at": at(5, month=8),
    "people": (CLERK,),
    "est_amount": Decimal(9000),
}
DAY = date(2026, 8, 10)


def ticket(amount: str = "400", **more: Any) -> Mapping[str, Any]:
    return invoice(kind="车票机票", inv_no="E1", amount=Decimal(amount), item="铁路客票", issued_on=DAY, **more)


def hotel(amount: str, **more: Any) -> Mapping[str, Any]:
    cells = {"inv_no": "26500000000000000009", "seller": "示例宾馆", "item": "*住宿服务*住宿费", "issued_on": DAY}
    return invoice(**{**cells, "amount": Decimal(amount), **more})


def trip(
    amount: str,
    *invoices: Mapping[str, Any],
    permit: Mapping[str, Any] | None = None,
    tables: Mapping[str, Any] | None = None,
    **cells: Any,
) -> Any:
    """Three days in 成都 of the clerk."""
    rows = {"requests": {11: {**PERMIT, **(permit or {})}}, **(tables or {})}
    base = {"category": "差旅费", "trip_days": Decimal(3), "request": 11, "biz_date": DAY, "acceptor": None}
    found = dict(enumerate(invoices or (ticket(), hotel("740")), start=1))
    return claim(found, rows, **{**base, "amount": Decimal(amount), **cells})


# Lodging --------------------------------------------------------------------------------------------------------------
def test_ex05_lodging_within_the_limit() -> None:
    """Two nights at 370 元; 540 元 of allowance for three days."""
    assert rules(trip("1680")) == []
    message = ["住宿400元/天，超过成都其他人员限额370元，超出部分个人自理。"]
    assert said(trip("1740", ticket(), hotel("800"))) == message
    assert said(trip("1680", ticket(), hotel("800"))) == [], "the rest he pays himself"
    assert said(trip("1680.01", ticket(), hotel("800"))) == message


def test_ex05_a_leaders_limit_is_higher() -> None:
    own = {"payee": LEADER, "handler": LEADER}
    assert said(trip("1900", ticket(), hotel("960"), **own)) == []
    assert said(trip("1902", ticket(), hotel("962"), **own)) == [
        "住宿481元/天，超过成都班子成员限额480元，超出部分个人自理。"
    ]


def test_ex05_two_travellers_two_beds() -> None:
    both = {"travellers": (CLERK, OTHER)}
    assert said(trip("2960", ticket(), hotel("1480"), **both)) == []
    assert said(trip("2961", ticket(), hotel("1481"), **both)) == [
        "住宿740.50元/天，超过成都其他人员2人限额740元，超出部分个人自理。"
    ]
    mixed = trip("3182", ticket(), hotel("1702"), travellers=(CLERK, LEADER))
    assert said(mixed) == ["住宿851元/天，超过成都2人限额850元，超出部分个人自理。"]


def test_ex05_a_night_on_the_train_is_none() -> None:
    assert said(trip("1680", ticket(), hotel("740"), hotel_nights=Decimal(1))) == [
        "住宿740元/天，超过成都其他人员限额370元，超出部分个人自理。"
    ]


def test_ex05_the_city_counts() -> None:
    cities = {"travel.hotel.cities": "北京=500/650、成都=320/400"}
    assert said(trip("1680", norms=cities)) == ["住宿370元/天，超过成都其他人员限额320元，超出部分个人自理。"]
    assert said(trip("1680", norms=cities, permit={"place": "北京市海淀区"})) == []
    assert said(trip("1740", ticket(), hotel("800"), permit={"place": None})) == [
        "住宿400元/天，超过当地其他人员限额370元，超出部分个人自理。"
    ]
    unreadable = said(trip("1680", norms={"travel.hotel.cities": "成都320"}))
    assert "参数“travel.hotel.cities”应写成“成都=370/480、北京=500/650”，现在有“成都320”。" in unreadable[0]


# Allowance ------------------------------------------------------------------------------------------------------------
def test_ex05_the_allowance_by_the_day() -> None:
    message = ["出差补助540.01元，超过标准540元（1人×3天×180元），多出0.01元，请核减。"]
    assert said(trip("1680.01")) == message
    assert said(trip("1680.00")) == []
    assert said(trip("1140")) == [], "nobody has to ask for it"


def test_ex05_half_days_and_two_people() -> None:
    assert said(trip("2041", travellers=(CLERK, OTHER), trip_days=Decimal("2.5"))) == [
        "出差补助901元，超过标准900元（2人×2.5天×180元），多出1元，请核减。"
    ]


def test_ex05_no_allowance_where_the_organiser_provides_meals() -> None:
    assert said(trip("1680", provided_days=Decimal(2))) == [
        "出差补助540元，超过标准180元（1人×1天×180元），多出360元，请核减。"
    ]
    assert said(trip("1320", provided_days=Decimal(2))) == []


def test_ex05_the_allowance_of_a_trip_is_paid_once() -> None:
    """Another claim of the same trip already asks for 300 元 beyond its ticket."""
    before = living(category="差旅费", request=11, amount=Decimal(700))
    tables = {"expense_claims": {2: before}}
    tickets = (ticket(), hotel("740"), {**ticket(), "claim": 2, "inv_no": "E9"})
    assert said(trip("1381", *tickets, tables=tables)) == [
        "出差补助541元，超过标准540元（1人×3天×180元），多出1元，请核减。"
    ]
    assert said(trip("1380", *tickets, tables=tables)) == []
    assert said(trip("1380", *tickets, tables={"expense_claims": {2: {**before, "status": "作废"}}})) == []
    of_another = {"expense_claims": {2: {**before, "payee": OTHER}}}
    assert said(trip("1680", *tickets, tables=of_another)) == []


def test_ex05_no_longer_than_permitted() -> None:
    message = ["出差4天，多于事前审批SQ-2026-0011的3天，请核对或补办审批。"]
    assert said(trip("1140", trip_days=Decimal(4))) == message
    assert said(trip("1140", trip_days=Decimal(3))) == []


def test_the_standards_of_a_trip_in_one_figure() -> None:
    """Allowance 540, ticket 400, two nights at 370."""
    assert compute(trip("1740", ticket(), hotel("800"))).cells["std_amount"] == Decimal(1680)
    assert compute(trip("1740", ticket(), hotel("700"))).cells["std_amount"] == Decimal(1640)
    assert compute(trip("1740", trip_days=None)).cells["std_amount"] is None
    assert rules(trip("1740", trip_days=None)) == ["必填"]


# EX-13 ----------------------------------------------------------------------------------------------------------------
def elsewhere(**changes: Any) -> Mapping[str, Any]:
    """A second request of the clerk, of the 12th, already claimed."""
    other = {**PERMIT, "code": "SQ-2026-0012", "starts_at": at(12, month=8), "ends_at": at(13, 18, month=8)}
    return {"requests": {11: PERMIT, 12: {**other, **changes}}}


def test_ex13_nobody_is_in_two_places() -> None:
    claimed = {"expense_claims": {2: living(category="差旅费", request=12)}}
    message = ["王文员2026-08-12已在ZC-2026-0099报销出差，时间重叠。"]
    assert said(trip("1140", tables={**elsewhere(), **claimed}), "EX-13") == message
    later = elsewhere(starts_at=at(12, 18, month=8))
    assert said(trip("1140", tables={**later, **claimed}), "EX-13") == [], "back at six, off again at six"
    assert said(trip("1140", tables={**elsewhere(kind="会议"), **claimed}), "EX-13") == []


@pytest.mark.parametrize("other", [{"status": "作废"}, {"payee": OTHER}, {"category": "办公费"}, {"request": 11}])
def test_ex13_what_is_no_second_trip(other: dict[str, Any]) -> None:
    claimed = {"expense_claims": {2: living(**{"category": "差旅费", "request": 12, **other})}}
    assert said(trip("1140", tables={**elsewhere(), **claimed}), "EX-13") == []


def test_ex13_two_colleagues_travel_apart() -> None:
    """Two hotel invoices of one seller for different travellers are no duplicate."""
    both = {"people": (CLERK, OTHER)}
    claimed = {
        "expense_claims": {2: living(category="差旅费", request=11, payee=OTHER, amount=Decimal(740))},
        "invoices": {1: hotel("740"), 2: hotel("740", inv_no="26500000000000000010", claim=2)},
    }
    found = claim(
        {**claimed["invoices"]},
        {"requests": {11: {**PERMIT, **both}}, "expense_claims": claimed["expense_claims"]},
        category="差旅费",
        trip_days=Decimal(3),
        request=11,
        biz_date=DAY,
        amount=Decimal(740),
    )
    assert said(found) == []


def test_ex13_guests_of_a_class_eat_with_the_class() -> None:
    course = {"name": "示例镇委托班", "entrusting_unit": "示例镇党委"}
    meal = {"date": date(2026, 8, 28), "meal": "中", "classes": (5,)}
    visit = {
        "kind": "公务接待",
        "status": "已执行",
        "guest_unit": "示例镇党委",
        "guest_n": Decimal(6),
        "starts_at": at(28, 11, month=8),
        "ends_at": at(28, 13, month=8),
    }

    def reception(course_cells: Mapping[str, Any] = course, meals: Mapping[str, Any] = meal, **cells: Any) -> list[str]:
        tables = {
            "requests": {7: {**visit, **cells}},
            "training_classes": {5: course_cells},
            "meals": {1: meals},
        }
        return said(claim(tables=tables, request=7, category="公务接待费"), "EX-13")

    message = ["示例镇党委2026-08-28已由培训班“示例镇委托班”供餐，不能再报当日接待餐。"]
    assert reception() == message
    assert reception(guest_unit="示例县委党校") == []
    assert reception(guest_unit="示例县委党校", training_class=5) == [
        "示例县委党校2026-08-28已由培训班“示例镇委托班”供餐，不能再报当日接待餐。"
    ]
    assert reception(meals={**meal, "date": date(2026, 8, 27)}) == []


# Lectures -------------------------------------------------------------------------------------------------------------
def lecture(tables: Mapping[str, Any] | None = None, **cells: Any) -> Any:
    base = {
        "category": "讲课费",
        "payee": None,
        "training_class": 5,
        "lecturer": "测试教授",
        "lecturer_title": "正高级",
        "lecture_slots": ("上午",),
        "lecture_hours": Decimal(4),
        "lecture_net": Decimal(4000),
        "amount": Decimal(4800),
        "attachments": papers("身份证.jpg", "职称证.jpg", "学时确认.pdf"),
        "acceptor": None,
    }
    return claim({}, {"training_classes": {5: {"status": "进行中"}}, **(tables or {})}, **{**base, **cells})


@pytest.mark.parametrize(
    ("title", "limit"), [("其他", 500), ("副高级", 500), ("正高级", 1000), ("院士或全国知名专家", 1500)]
)
def test_a_lecturers_hour_after_tax(title: str, limit: int) -> None:
    most, more = Decimal(limit * 4), Decimal(limit * 4) + 1
    assert said(lecture(lecturer_title=title, lecture_net=most, amount=Decimal(9000))) == []
    assert said(lecture(lecturer_title=title, lecture_net=more, amount=Decimal(9000))) == [
        f"测试教授税后讲课费{limit:,}.25元/学时，超过{title}{limit:,}元/学时的标准，多出1元。"
    ]


def test_a_lecture_of_half_a_day_has_four_hours() -> None:
    assert said(lecture(lecture_hours=Decimal("4.5"))) == ["上午讲课4.5学时，每半天最多按4学时计算，最多可报4学时。"]
    both = ("上午", "下午")
    assert said(lecture(lecture_hours=Decimal(8), lecture_slots=both)) == []
    assert said(lecture(lecture_hours=Decimal(9), lecture_slots=both)) == [
        "上午、下午讲课9学时，每半天最多按4学时计算，最多可报8学时。"
    ]


def test_a_lecturer_gets_no_more_than_is_asked_for() -> None:
    assert said(lecture(amount=Decimal(3999))) == ["税后讲课费4,000元大于申请金额3,999元，请核对。"]
    assert said(lecture(amount=Decimal(4000))) == []


def test_classes_taught_together_count_once() -> None:
    def beside(**cells: Any) -> list[str]:
        other = {"category": "讲课费", "lecturer": "测试教授", "lecture_slots": ("上午",), **cells}
        return said(lecture({"expense_claims": {2: living(**other)}}))

    assert beside() == ["测试教授2026-08-28上午的讲课费已在ZC-2026-0099报销，合班讲课只计一次。"]
    assert beside(lecture_slots=("下午",)) == []
    assert beside(biz_date=date(2026, 8, 27)) == []
    assert beside(lecturer="测试专家") == []
    assert beside(status="不同意") == []
