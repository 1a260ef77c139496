"""资产设备: cards, the yearly count, what runs out, stock (domain.md B4.15, AS-01..04, SP-03, N28, A37)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.rules import examine
from tests.rules.world import facts, rules, said

CARD: dict[str, Any] = {
    "code": "SB-2026-0001",
    "name": "投影机",
    "asset_no": "GZ00001",
    "category": "通用设备",
    "spec": "4000流明",
    "value": Decimal(4800),
    "acquired_on": date(2022, 6, 1),
    "life_years": 8,
    "fund_source": "财政拨款",
    "ownership": "学校",
    "location": 4,
    "custodian": 3,
    "user_dept": 1,
    "status": "在用",
}
CAR: dict[str, Any] = {
    **CARD,
    "name": "皮卡",
    "category": "车辆",
    "plate": "渝A00003",
    "seats": 5,
    "fuel": "柴油",
    "tank_l": 75,
    "statutory_due": date(2027, 3, 10),
    "insurance_due": date(2027, 4, 10),
}
LIFT: dict[str, Any] = {**CARD, "name": "电梯一", "category": "特种设备", "statutory_due": date(2026, 9, 26)}
BOTTLE: dict[str, Any] = {**CARD, "name": "灭火器001", "category": "消防器材", "made_on": date(2016, 9, 1)}
PAPER: dict[str, Any] = {
    **CARD,
    "name": "打印纸",
    "category": "办公耗材",
    "unit": "包",
    "safety_stock": 10,
    "unit_price": Decimal(22),
}


def asset(cells: dict[str, Any], tables: dict[str, Any] | None = None, moment: str = "随时", **more: Any) -> Any:
    """An asset whose next check is planned."""
    planned = {"equipment_checks": {1: {"asset": 1, "check_kind": "维护保养", "cycle": "每月"}}}
    return facts("assets", {**CARD, **cells}, {**planned, **(tables or {})}, moment=moment, **more)


def at(year: int, month: int, day: int) -> datetime:
    """Ten in the morning of a day at the school."""
    return datetime(year, month, day, 2, tzinfo=UTC)


@pytest.mark.parametrize("card", [CARD, CAR, LIFT, {**BOTTLE, "spec": "二氧化碳3kg"}])
def test_an_ordinary_card_passes(card: dict[str, Any]) -> None:
    assert rules(asset(card)) == []


def test_what_must_be_filled() -> None:
    blank = dict.fromkeys(("name", "asset_no", "category", "fund_source", "ownership", "location", "custodian"))
    titles = "“名称”、“资产编号”、“类别”、“资金来源”、“产权归属”、“存放地点”、“管理人”、“使用部门”"
    [words] = said(asset({**blank, "user_dept": None}))
    assert words == f"请填写：{titles}。"
    assert said(asset({"value": None, "life_years": None})) == ["请填写：“原值”、“使用年限”。"]
    assert said(asset({"status": "已处置", "value": None})) == []
    assert said(asset({"inv_on": date(2026, 11, 3)})) == ["请填写：“盘点结果”。"]
    assert {f.severity for f in examine(asset(blank))} == {"提示"}


def test_what_a_category_needs() -> None:
    car = dict.fromkeys(("plate", "seats", "fuel", "tank_l", "statutory_due", "insurance_due"))
    words = "“车牌”、“座位”、“燃料”、“法定检验到期日”、“保险到期日”、“油箱容积”"
    assert said(asset({**CAR, **car})) == [f"请填写：{words}。"]
    assert said(asset({**CAR, "fuel": "纯电动", "tank_l": None})) == []
    assert said(asset({**LIFT, "statutory_due": None})) == ["请填写：“法定检验到期日”。"]
    assert said(asset({**BOTTLE, "made_on": None})) == ["请填写：“出厂日期”。"]
    stock = {"supply_moves": {1: {"item": 1, "date": date(2026, 1, 5), "balance": 99}}}
    blank = dict.fromkeys(("unit", "safety_stock", "unit_price", "value", "life_years"))
    assert said(asset({**PAPER, **blank}, stock)) == ["请填写：“单位”、“安全库存”、“单价”。"]


def test_one_number_one_thing() -> None:
    first = {"assets": {1: {**CARD, "name": "幕布"}}}
    words = ["资产编号“GZ00001”已用于“幕布”（SB-2026-0001），请核对。"]
    assert said(asset({}, first, row_id=2)) == words
    assert said(asset({"asset_no": "GZ00002"}, first, row_id=2)) == []
    assert said(asset({}, {"assets": {3: CARD}}, row_id=2)) == []  # the later card must go
    assert said(asset({"asset_no": None}, {"assets": {1: {}}}, row_id=2), "资产编号") == []


def test_as04_nobody_knows_whose_it_is() -> None:
    words = ["“投影机”（GZ00001）的产权归属为“待明确”，请财务科核实后填写。"]
    assert said(asset({"ownership": "待明确"})) == words
    assert said(asset({"ownership": "租赁"})) == said(asset({"ownership": "待明确", "status": "已处置"})) == []


def test_a37_the_technical_record_of_it_devices() -> None:
    device = {"name": "核心交换机", "category": "信息设备"}
    paper = {"documents": {1: {"kind": "技术档案", "assets": (1, 9)}}}
    words = "信息设备“核心交换机”的技术档案不齐，还缺：{}。"
    assert said(asset(device, paper)) == []
    assert said(asset({**device, "spec": None}, paper)) == [words.format("规格")]
    for other in ({"kind": "制度", "assets": (1,)}, {"kind": "技术档案", "assets": (9,)}):
        assert said(asset(device, {"documents": {1: other}})) == [words.format("“制度档案”中关联本资产的技术档案")]
    assert said(asset({}), "技术档案") == said(asset({**device, "status": "已处置"}), "技术档案") == []


# --- AS-01 ----------------------------------------------------------------------------------------------------------


def test_as01_not_counted_when_the_inventory_is_over() -> None:
    over, words = at(2026, 12, 1), ["资产“投影机”（GZ00001）本年度尚未盘点。"]
    assert said(asset({}, now=over), "AS-01") == words
    assert said(asset({"inv_on": date(2025, 11, 20)}, now=over), "AS-01") == words
    assert said(asset({}, now=at(2026, 11, 30)), "AS-01") == []  # its last day
    assert said(asset({"inv_on": date(2026, 11, 2)}, now=over), "AS-01") == []
    assert said(asset({"acquired_on": date(2026, 12, 1)}, now=over), "AS-01") == []
    assert said(asset({"status": "已处置"}, now=over), "AS-01") == []
    [line] = [f for f in examine(asset({}, now=over)) if f.rule == "AS-01"]
    assert (line.severity, line.gravity, line.stage) == ("预警", "一般", "2026")
    assert said(asset({}, now=over, norms={"asset.inventory_to": "12-15"}), "AS-01") == []


# --- past its day ---------------------------------------------------------------------------------------------------


def test_ck02_a_lift_whose_inspection_ran_out_should_stop() -> None:
    words = ["电梯一检验已于2026-09-26到期，依法不得继续使用，请立即停用并申请检验。"]
    assert said(asset(LIFT, now=at(2026, 9, 27)), "CK-02") == words
    assert said(asset(LIFT, now=at(2026, 9, 26)), "CK-02") == []
    for rests in ("停用", "待报废", "已处置"):
        assert said(asset({**LIFT, "status": rests}, now=at(2026, 9, 27)), "CK-02") == []


def test_ck02_it_starts_again_only_with_a_valid_inspection() -> None:
    stopped = {**LIFT, "status": "停用"}
    words = ["电梯一检验已于2026-09-26到期，检验合格并更新“法定检验到期日”后才能恢复使用。"]
    assert said(asset(stopped, moment="在用", now=at(2026, 9, 27))) == words
    assert said(asset(stopped, moment="在用", now=at(2026, 9, 26))) == []
    assert said(asset(stopped, moment="闲置", now=at(2026, 9, 27))) == []
    car = {**CAR, "insurance_due": date(2026, 9, 1)}
    assert said(asset(car, moment="在用", now=at(2026, 9, 2))) == [
        "渝A00003检验已于2026-09-01到期，检验合格并更新“保险到期日”后才能恢复使用。"
    ]


def test_n28_a_vehicle_without_paper_should_stop() -> None:
    words = "渝A00003{}已于2026-08-31到期，不得上路，请停用车辆并立即办理。"
    last = date(2026, 8, 31)
    assert said(asset({**CAR, "statutory_due": last})) == [words.format("年检")]
    assert said(asset({**CAR, "insurance_due": last, "plate": None}), "N28") == [
        words.format("保险").replace("渝A00003", "皮卡")
    ]
    assert said(asset({**CAR, "insurance_due": date(2026, 9, 1)})) == []
    assert said(asset({**CAR, "insurance_due": last, "status": "停用"})) == []


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("手提式水基型", date(2022, 9, 1)),
        ("干粉4kg", date(2026, 9, 1)),
        ("二氧化碳3kg", date(2028, 9, 1)),
        ("co2", date(2028, 9, 1)),
        ("4kg", None),
        (None, None),
    ],
)
def test_extinguishers_are_scrapped_by_their_type(kind: str | None, due: date | None) -> None:
    assert compute(asset({**BOTTLE, "spec": kind})).cells["scrap_due"] == due


def test_other_things_by_their_years() -> None:
    assert compute(asset({})).cells["scrap_due"] == date(2030, 6, 1)
    assert compute(asset({"life_years": 3})).cells["scrap_due"] == date(2025, 6, 1)
    assert compute(asset({"life_years": None})).cells["scrap_due"] is None


def test_an_extinguisher_past_its_day_is_replaced() -> None:
    old = {**BOTTLE, "spec": "干粉4kg"}
    words = ["“灭火器001”（GZ00001）已于2026-09-01到报废年限，请更换并办理处置。"]
    assert said(asset(old, now=at(2026, 9, 2))) == words
    assert said(asset(old, now=at(2026, 9, 1))) == said(asset({**old, "status": "待报废"}, now=at(2026, 9, 2))) == []
    assert said(asset({"acquired_on": date(2010, 1, 1)}), "报废到期") == []  # a projector may go on


# --- what trips, checks and moves make of it ------------------------------------------------------------------------


def test_sp03_stock_runs_low() -> None:
    def moves(left: int) -> dict[str, Any]:
        rows = {1: {"item": 1, "date": date(2026, 8, 1), "balance": 50}, 2: {"item": 9, "date": date(2026, 8, 9)}}
        return {"supply_moves": {**rows, 3: {"item": 1, "date": date(2026, 8, 20), "balance": left}}}

    assert said(asset(PAPER, moves(9))) == ["“打印纸”库存9低于安全库存10，建议补充11。"]
    assert said(asset(PAPER, moves(10))) == []
    assert said(asset(PAPER)) == ["“打印纸”库存0低于安全库存10，建议补充20。"]
    assert said(asset({**PAPER, "status": "已处置"})) == []
    assert compute(asset(PAPER, moves(9))).cells["stock_qty"] == 9
    assert compute(asset({}, moves(9))).cells["stock_qty"] is None


def test_the_last_move_of_a_day_counts_not_the_last_entered() -> None:
    rows = {
        1: {"item": 1, "date": date(2026, 8, 20), "balance": 7},
        2: {"item": 1, "date": date(2026, 8, 20), "balance": 6},
        3: {"item": 1, "date": date(2026, 8, 1), "balance": 50},  # entered late
        4: {"item": 1, "date": None, "balance": None},
    }
    assert compute(asset(PAPER, {"supply_moves": rows})).cells["stock_qty"] == 6


def test_the_odometer_is_the_highest_mileage() -> None:
    logs = {1: {"vehicle": 1, "km_in": 5100}, 2: {"vehicle": 1, "km_in": 5000}, 3: {"vehicle": 9, "km_in": 9000}}
    found = {"vehicle_logs": {**logs, 4: {"vehicle": 1, "kind": "加油"}}}
    assert compute(asset(CAR, found)).cells["odometer"] == 5100
    assert compute(asset(CAR)).cells["odometer"] is compute(asset({}, found)).cells["odometer"] is None


def test_the_next_check_is_the_first_that_waits() -> None:
    row = {"asset": 1, "check_kind": "维护保养", "due_on": date(2026, 9, 20)}
    checks = {
        1: row,
        2: {**row, "due_on": date(2026, 9, 12)},
        3: {**row, "due_on": date(2026, 8, 1), "done_on": date(2026, 8, 1)},
        4: {**row, "due_on": None},
        5: {**row, "asset": 2, "due_on": date(2026, 9, 2)},
    }
    assert compute(asset(LIFT, {"equipment_checks": checks})).cells["next_check"] == date(2026, 9, 12)
    assert compute(asset(LIFT)).cells["next_check"] is None


def test_a_passed_inspection_renews_the_date() -> None:
    passed = {"asset": 1, "check_kind": "法定检验", "result": "正常", "valid_to": date(2027, 9, 26)}

    def due(cells: dict[str, Any], check: dict[str, Any], field: str = "statutory_due") -> Any:
        return compute(asset(cells, {"equipment_checks": {1: check}})).cells[field]

    assert due(LIFT, passed) == date(2027, 9, 26)
    assert due({**LIFT, "statutory_due": date(2028, 1, 1)}, passed) == date(2028, 1, 1)  # typed by somebody
    for failed in ({"result": "停用"}, {"result": None}, {"check_kind": "维护保养"}, {"asset": 2}):
        assert due(LIFT, {**passed, **failed}) == date(2026, 9, 26)
    assert due({**LIFT, "statutory_due": None}, {}) is None
    insured = {**passed, "check_kind": "车辆保险"}
    assert due(CAR, insured, "insurance_due") == date(2027, 9, 26) and due(CAR, insured) == date(2027, 3, 10)
    assert due(CAR, {**passed, "check_kind": "车辆年检"}) == date(2027, 9, 26)
