"""物资收发: stock, sums, quotas (domain.md B4.20, SP-01, SP-02, SP-04)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from automations.figures import compute
from automations.people import Department, Person
from automations.rules import examine
from tests.rules.world import facts, rules, said

DAY = date(2026, 9, 10)
KEEPER, HEAD, LEADER, CLERK = 3, 4, 5, 6
TAKEN: dict[str, Any] = {
    "code": "WZ-2026-0001",
    "item": 7,
    "direction": "领用",
    "qty": Decimal(5),
    "department": 1,
    "person": CLERK,
    "date": DAY,
}
BOUGHT: dict[str, Any] = {"item": 7, "direction": "入库", "qty": Decimal(40), "date": date(2026, 9, 1), "balance": 40}
AROUND: dict[str, Any] = {
    "assets": {7: {"name": "打印纸", "category": "办公耗材", "unit_price": Decimal(22), "custodian": KEEPER}},
    "departments": {1: {"name": "行政科", "headcount": 4}},
}
PEOPLE = (
    Person(KEEPER, "章仓库", department=1),
    Person(HEAD, "周科长"),
    Person(LEADER, "孙副校长"),
    Person(CLERK, "王文员"),
)


def move(cells: dict[str, Any] | None = None, *rows: dict[str, Any], head: int = HEAD, **more: Any) -> Any:
    """A move of paper after ``rows``, in the order in which they were entered."""
    found = {**AROUND, "supply_moves": {n + 1: row for n, row in enumerate(rows)}}
    offices = (Department(1, "行政科", head, LEADER),)
    filled = {**TAKEN, **(cells or {})}
    return facts("supply_moves", filled, found, row_id=100, moment="随时", people=PEOPLE, departments=offices, **more)


def cells_of(*args: Any, **more: Any) -> dict[str, Any]:
    return dict(compute(move(*args, **more)).cells)


def test_an_ordinary_move_passes() -> None:
    assert rules(move({}, BOUGHT)) == []


def test_what_must_be_filled() -> None:
    blank = dict.fromkeys(("item", "direction", "qty", "department", "person", "date"))
    assert said(move(blank)) == ["请填写：“物资”、“方向”、“数量”、“领用部门”、“领用人”、“日期”。"]
    assert said(move({"direction": "入库"})) == ["请填写：“单价”、“支出单”。"]
    assert {f.severity for f in examine(move(blank))} == {"提示"}


def test_a_quantity_is_above_zero() -> None:
    words = "“数量”应大于0，现在是{}；盘点少了的，方向请选“盘点调整”。"
    assert said(move({"qty": Decimal(0)}, BOUGHT)) == [words.format(0)]
    assert said(move({"qty": Decimal(-1)}, BOUGHT)) == [words.format(-1)]
    assert said(move({"qty": Decimal(-1), "direction": "盘点调整"}, BOUGHT)) == []


# --- stock ----------------------------------------------------------------------------------------------------------


def test_what_is_left() -> None:
    for direction, qty, left in (("领用", 5, 35), ("入库", 5, 45), ("退库", 5, 45), ("盘点调整", -3, 37)):
        assert cells_of({"direction": direction, "qty": Decimal(qty)}, BOUGHT)["balance"] == left
    assert cells_of({"direction": "入库"})["balance"] == 5
    assert cells_of({"item": None})["balance"] is cells_of({"date": None})["balance"] is None
    assert cells_of({"qty": None}, BOUGHT)["balance"] == 40


def test_the_move_before_it_counts_whenever_it_was_entered() -> None:
    later = {**BOUGHT, "date": date(2026, 9, 11), "balance": 999}
    same_day = {**BOUGHT, "date": DAY, "balance": 12}
    other = {**BOUGHT, "item": 8, "date": DAY, "balance": 77}
    assert cells_of({}, later, BOUGHT, other)["balance"] == 35
    assert cells_of({}, same_day, BOUGHT)["balance"] == 7
    assert cells_of({}, {**BOUGHT, "date": DAY - timedelta(days=400)})["balance"] == 35  # untouched for a year


def test_sp01_more_than_there_is() -> None:
    assert said(move({"qty": Decimal(41)}, BOUGHT)) == ["“打印纸”库存40，不足领用41。"]
    assert said(move({"qty": Decimal(40)}, BOUGHT), "SP-01") == []
    assert said(move({"qty": Decimal(5)})) == ["“打印纸”库存0，不足领用5。"]
    refused = cells_of({"qty": Decimal(41)}, BOUGHT)
    assert (refused["balance"], refused["amount"], refused["month_used"]) == (40, 0, 0)  # nothing was handed out


# --- sums and quotas ------------------------------------------------------------------------------------------------


def test_the_price_is_its_own_that_of_the_last_purchase_that_of_the_card() -> None:
    assert cells_of({"unit_price": Decimal("9.99")}, BOUGHT)["amount"] == Decimal("49.95")
    cheap = {**BOUGHT, "unit_price": Decimal(20)}
    assert cells_of({}, {**cheap, "date": date(2026, 8, 1), "unit_price": Decimal(19)}, cheap)["amount"] == 100
    assert cells_of({}, BOUGHT)["amount"] == 110
    bare = {"assets": {7: {"name": "打印纸"}}}
    assert compute(facts("supply_moves", {**TAKEN, "direction": "入库"}, bare, row_id=9)).cells["amount"] is None


def taken(amount: int, **cells: Any) -> dict[str, Any]:
    return {**TAKEN, "item": 8, "date": date(2026, 9, 3), "amount": Decimal(amount), **cells}


def test_what_a_department_used_this_month() -> None:
    rows = (
        BOUGHT,
        taken(200),
        taken(50, direction="退库"),
        taken(900, direction="入库"),
        taken(900, department=2),
        taken(900, date=date(2026, 8, 31)),
        taken(900, date=date(2026, 9, 11)),
        taken(30, date=DAY),
    )
    found = cells_of({}, *rows)
    assert (found["month_used"], found["quota"]) == (290, 400)  # 200 − 50 + 30 + 110; four heads
    assert cells_of({"department": None}, *rows)["month_used"] is cells_of({"department": None})["quota"] is None


def test_sp02_more_than_the_quota() -> None:
    words = ["行政科本月领用耗材410元，超过月定额400元。"]
    over = move({}, BOUGHT, taken(300))
    assert sorted(said(over)) == words * 2  # the row says it, and 预警台账
    assert [(f.severity, f.gravity) for f in examine(over)] == [("提示", None), ("预警", "提示")]
    assert said(move({}, BOUGHT, taken(290))) == []
    assert said(move({"direction": "退库"}, BOUGHT, taken(500))) == []
    unknown = facts(
        "supply_moves", TAKEN, {"supply_moves": {1: BOUGHT, 2: taken(900)}, "departments": {1: {}}}, row_id=9
    )
    assert said(unknown, "SP-02", "随时") == []


def test_sp02_one_line_a_month() -> None:
    """Whoever goes on taking is told so in his row; the ledger has the line of the move that went beyond."""
    further = move({}, BOUGHT, taken(401))
    assert [(f.severity, f.message) for f in examine(further)] == [
        ("提示", "行政科本月领用耗材511元，超过月定额400元。")
    ]
    assert [f.severity for f in examine(move({}, BOUGHT, taken(400)))] == ["提示", "预警"]


def test_sp04_the_store_keeper_takes_for_himself() -> None:
    own = {"person": KEEPER}
    assert said(move(own, BOUGHT)) == ["保管员本人领用须由部门负责人确认。"]
    assert said(move({**own, "confirmed_by": HEAD}, BOUGHT)) == []
    for not_his in (KEEPER, CLERK, LEADER):
        assert said(move({**own, "confirmed_by": not_his}, BOUGHT)) == ["保管员本人领用须由部门负责人确认。"]
    assert said(move({**own, "direction": "退库"}, BOUGHT)) == []


def test_sp04_the_head_keeps_the_store_himself() -> None:
    own = {"person": KEEPER}
    assert said(move({**own, "confirmed_by": KEEPER}, BOUGHT, head=KEEPER)) == ["保管员本人领用须由部门负责人确认。"]
    assert said(move({**own, "confirmed_by": LEADER}, BOUGHT, head=KEEPER)) == []
