"""Reminders about checks, vehicles, the inventory and stock (domain.md B7: N20, N21, N27, N28, N34; AS-04)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.jobs import JOBS, Facts, discover
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.reminders import Notice
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import Calendar
from tests.office import schema

KEEPER, HEAD, LEADER, TOP = 3, 4, 5, 6
PEOPLE = (
    Person(KEEPER, "窦安全", department=1),
    Person(HEAD, "周科长", department=1),
    Person(LEADER, "孙副校长", department=1),
    Person(TOP, "赵校长", roles=frozenset({"主要领导"})),
)
OFFICES = (Department(1, "行政科", HEAD, LEADER), Department(2, "教务科"))
LIFT = {"id": 7, "name": "电梯一", "category": "特种设备", "custodian": KEEPER, "user_dept": 1, "status": "在用"}
ROUND = {"asset": 7, "check_kind": "维护保养", "cycle": "每15日", "done_by": KEEPER, "status": "待检"}
Cells = dict[str, Any]


def told(job: str, today: date, **tables: list[Cells]) -> list[Notice]:
    discover()
    rows = {
        name: Rows(name, [Row(cells.get("id", n + 1), whole(name, cells)) for n, cells in enumerate(found)])
        for name, found in {"assets": [LIFT], "locations": [], **tables}.items()
    }
    now = datetime(today.year, today.month, today.day, 1, tzinfo=UTC)
    return list(JOBS[job].run(rows, Facts(now, Calendar(), Directory(PEOPLE, OFFICES))))


def whole(table: str, cells: Cells) -> Cells:
    unknown = cells.keys() - {"id", *schema()[table].by_name}
    assert not unknown, unknown
    return {f.name: cells.get(f.name) for f in schema()[table].fields}


def says(notice: Notice) -> str:
    composed = Messages().compose("周科长", [Part(1, notice.template, {"url": "", **notice.data})])
    assert composed.message is not None, composed.broken
    return composed.message.text


def stages(found: list[Notice]) -> list[tuple[str, list[Any]]]:
    return [(notice.stage, list(notice.to)) for notice in found]


# --- N20 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2026, 9, 21), None),
        (date(2026, 9, 22), ("day-1", [KEEPER])),
        (date(2026, 9, 23), ("day0", [KEEPER, HEAD])),
        (date(2026, 9, 24), ("day0", [KEEPER, HEAD])),
        (date(2026, 9, 28), ("day2", [KEEPER, HEAD, LEADER])),  # 9/25–27 is a holiday
    ],
)
def test_n20_a_check_is_due(today: date, stage: Any) -> None:
    check = {**ROUND, "due_on": date(2026, 9, 23)}
    assert stages(told("check_due", today, equipment_checks=[check])) == ([stage] if stage else [])


def test_n20_which_checks() -> None:
    check = {**ROUND, "due_on": date(2026, 9, 22)}
    for change in (
        {"status": "已检"},
        {"statutory": True},
        {"check_kind": "开班前检查"},
        {"due_on": None},
        {"cycle": "每日", "due_on": date(2026, 9, 23)},  # every day a reminder for the next: nobody would read them
    ):
        assert told("check_due", date(2026, 9, 22), equipment_checks=[{**check, **change}]) == []
    nobodys = told("check_due", date(2026, 9, 22), equipment_checks=[{**check, "done_by": None}])
    assert stages(nobodys) == [("day0", ["logistics"])]


def test_n20_what_is_done_every_day_reaches_the_head_only_when_it_was_not_done() -> None:
    """Else 部门负责人 would read every morning of every round that is about to be made."""
    check = {**ROUND, "cycle": "每日", "due_on": date(2026, 9, 23)}
    days = (date(2026, 9, 22), date(2026, 9, 23), date(2026, 9, 24), date(2026, 9, 28))
    first, *others = [stages(told("check_due", day, equipment_checks=[check])) for day in days]
    weekly = stages(told("check_due", days[1], equipment_checks=[{**check, "cycle": "每周"}]))
    [(stage, inspector)], [(missed, head)], [(late, leader)] = others
    assert first == [] and (stage, missed, late) == ("day0", "day1", "day2")
    assert [len(inspector), len(head), len(leader)] == [1, 2, 3] and weekly == [("day0", head)]


def test_n20_what_it_says() -> None:
    check = {**ROUND, "due_on": date(2026, 9, 23)}
    texts = [says(told("check_due", date(2026, 9, d), equipment_checks=[check])[0]) for d in (22, 23, 24)]
    end = "，完成后填写“完成日”和“结果”。"
    assert f"【设施检查】电梯一维护保养9月23日应检，请安排检查{end}" in texts[0]
    assert f"【设施检查】电梯一维护保养今天应检，请按时检查{end}" in texts[1]
    assert f"【设施检查】电梯一维护保养应于9月23日完成，已超期1个工作日，请尽快检查{end}" in texts[2]


# --- N21 --------------------------------------------------------------------------------------------------------------

INSPECTION = {"asset": 7, "check_kind": "法定检验", "statutory": True, "status": "临期", "due_on": date(2026, 9, 26)}


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2026, 7, 27), None),
        (date(2026, 7, 28), ("ahead-60", ["logistics"])),
        (date(2026, 8, 27), ("ahead-30", ["logistics"])),
        (date(2026, 9, 11), ("ahead-15", ["logistics"])),
        (date(2026, 9, 17), ("ahead-15", ["logistics"])),  # nine days
        (date(2026, 9, 18), ("ahead-7", ["logistics", LEADER])),  # the Saturday after it is a day off
        (date(2026, 9, 20), ("ahead-7", ["logistics", LEADER])),  # a Sunday on which the school works
        (date(2026, 9, 23), ("ahead-7", ["logistics", LEADER])),
        (date(2026, 9, 24), ("ahead-1", ["logistics", LEADER])),  # the last working day before 9/25 and 9/26
        (date(2026, 9, 28), ("overdue-2", ["logistics", LEADER, "主要领导"])),
        (date(2026, 9, 29), ("overdue-3", ["logistics", LEADER, "主要领导"])),
    ],
)
def test_n21_an_inspection_runs_out(today: date, stage: Any) -> None:
    assert stages(told("statutory_due", today, equipment_checks=[INSPECTION])) == ([stage] if stage else [])


def test_n21_which_checks() -> None:
    for change in ({"status": "已检"}, {"statutory": False}, {"check_kind": "车辆年检"}, {"due_on": None}):
        assert told("statutory_due", date(2026, 9, 24), equipment_checks=[{**INSPECTION, **change}]) == []
    place = {"id": 4, "name": "学员公寓", "department": 1}
    test = {**INSPECTION, "asset": None, "location": 4, "check_kind": "消防检测", "done_by": KEEPER}
    [notice] = told("statutory_due", date(2026, 9, 24), equipment_checks=[test], locations=[place])
    assert notice.to == ["logistics", KEEPER, LEADER] and notice.data["name"] == "学员公寓"
    [nowhere] = told("statutory_due", date(2026, 9, 24), equipment_checks=[{**test, "location": None}])
    assert nowhere.to == ["logistics", KEEPER] and nowhere.data["name"] == "消防检测"


def test_n21_what_it_says() -> None:
    def text(today: date) -> str:
        return says(told("statutory_due", today, equipment_checks=[INSPECTION])[0])

    assert "【法定检验】电梯一的法定检验将于9月26日到期（剩60天），请提前安排检验。" in text(date(2026, 7, 28))
    apply = "将于9月26日到期（剩30天），依法已到申报期限，请立即向检验机构申请检验。"
    assert apply in text(date(2026, 8, 27))
    stop = "已于9月26日到期，依法不得继续使用，请立即停用并申请检验；停用请把资产“状态”改为“停用”。"
    assert stop in text(date(2026, 9, 28))


# --- N28 --------------------------------------------------------------------------------------------------------------

CAR = {
    "id": 8,
    "name": "皮卡",
    "plate": "渝A00003",
    "category": "车辆",
    "custodian": KEEPER,
    "user_dept": 1,
    "status": "在用",
}


def test_n28_the_vehicle_is_due_for_inspection() -> None:
    def found(due: date | None, **more: Any) -> list[tuple[str, list[Any]]]:
        return stages(told("vehicle_inspection", date(2026, 9, 1), assets=[{**CAR, "statutory_due": due, **more}]))

    assert found(date(2026, 10, 17)) == [] and found(date(2026, 10, 16)) == [("ahead-45", [KEEPER, "logistics"])]
    assert found(date(2026, 8, 30)) == [("overdue-2", [KEEPER, "logistics"])]
    assert found(None) == found(date(2026, 9, 3), status="停用") == found(date(2026, 9, 3), category="家具") == []


def test_n28_in_the_last_week_the_leader_is_told() -> None:
    def found(insurance: date, inspection: date) -> list[Notice]:
        car = {**CAR, "insurance_due": insurance, "statutory_due": inspection}
        return told("vehicle_last_week", date(2026, 9, 1), assets=[car])

    far, soon, over = date(2026, 9, 9), date(2026, 9, 8), date(2026, 8, 31)
    assert found(far, far) == []
    assert stages(found(soon, far)) == [("insurance_due-ahead-7", [LEADER])]
    assert stages(found(far, over)) == [("statutory_due-overdue-1", [LEADER])]
    assert "【车辆保险】渝A00003保险将于9月8日到期（剩7天），尚未办理，请督促。" in says(found(soon, far)[0])
    propose = (
        "【车辆年检】渝A00003年检已于8月31日到期，不得上路，建议停用：请让行政科把车辆“状态”改为“停用”，办好后再恢复。"
    )
    assert propose in says(found(far, over)[0])


def test_n28_what_it_says() -> None:
    car = {**CAR, "statutory_due": date(2026, 9, 8)}
    [notice] = told("vehicle_inspection", date(2026, 9, 1), assets=[car])
    assert "【车辆年检】渝A00003年检将于9月8日到期（剩7天），请办理年检并更新“法定检验到期日”。" in says(notice)


# --- N34, AS-04 -------------------------------------------------------------------------------------------------------


def test_n34_custodians_are_told_weekly_while_it_lasts() -> None:
    things = [{**LIFT, "id": n, "name": f"空调{n}"} for n in range(1, 8)]
    seen = {**LIFT, "id": 8, "inv_on": date(2026, 11, 3)}
    scrapped = {**LIFT, "id": 9, "status": "已处置"}
    nobodys = {**LIFT, "id": 10, "custodian": None}

    def found(today: date) -> list[Notice]:
        return told("inventory", today, assets=[*things, seen, scrapped, nobodys])

    assert found(date(2026, 10, 30)) == found(date(2026, 12, 1)) == []
    first, second = found(date(2026, 11, 2)), found(date(2026, 11, 9))
    assert [(n.subject, n.to) for n in first] == [("people/3", [KEEPER]), ("people/None", ["logistics"])]
    assert first[0].key != second[0].key
    words = "您名下还有7件资产本年度尚未盘点（空调1、空调2、空调3、空调4、空调5等），请在11月30日前逐件核对"
    assert words in says(first[0])


def test_n34_leaders_are_told_when_it_is_over() -> None:
    def found(today: date) -> list[Notice]:
        elsewhere = {**LIFT, "id": 8, "user_dept": 2}
        return told("inventory_missed", today, assets=[LIFT, {**LIFT, "id": 9}, elsewhere])

    assert found(date(2026, 11, 2)) == found(date(2027, 1, 4)) == []
    december = found(date(2026, 12, 1))
    assert [(n.subject, n.to) for n in december] == [("departments/1", [LEADER]), ("departments/2", ["logistics"])]
    assert "【资产盘点】行政科有2件资产到11月30日仍未盘点，已列入预警台账，请督促补盘并说明原因。" in says(december[0])


def test_as04_a_list_every_month() -> None:
    unclear = {**LIFT, "ownership": "待明确"}
    [notice] = told("ownership_unclear", date(2026, 9, 1), assets=[unclear, {**LIFT, "id": 8, "ownership": "学校"}])
    assert (notice.stage, notice.to) == ("2026-09", ["finance", "logistics"])
    assert "【产权待明确】有1件资产的产权归属为“待明确”（电梯一），请与财政资产管理部门核实后填写" in says(notice)
    assert told("ownership_unclear", date(2026, 9, 1), assets=[{**unclear, "status": "已处置"}]) == []


# --- N27 --------------------------------------------------------------------------------------------------------------


def test_n27_stock_runs_low() -> None:
    paper = {**LIFT, "name": "打印纸", "category": "办公耗材", "unit": "包", "safety_stock": Decimal(10)}

    def found(left: int | None, today: date = date(2026, 9, 1), **more: Any) -> list[Notice]:
        stock = None if left is None else Decimal(left)
        return told("supplies_low", today, assets=[{**paper, "stock_qty": stock, **more}])

    assert found(10) == found(None) == found(9, safety_stock=None) == found(9, status="已处置") == []
    [notice] = found(9)
    assert (notice.stage, notice.to) == ("low-2026-09", [KEEPER, HEAD])
    assert "【库存不足】“打印纸”库存9包低于安全库存10包，建议补充11包。" in says(notice)
    assert found(9, date(2026, 10, 8))[0].key != notice.key


def test_n27_the_quota_of_a_department() -> None:
    def found(*used: int, today: date = date(2026, 9, 10), **more: Any) -> list[Notice]:
        move = {"department": 1, "date": date(2026, 9, 2), "quota": Decimal(400)}
        moves = [{**move, "month_used": Decimal(n), **more} for n in used]
        return told("supplies_quota", today, supply_moves=moves)

    assert found(359) == found(399, 100) == found(399, quota=None) == found(399, today=date(2026, 10, 8)) == []
    assert stages(found(360)) == [("near-2026-09", [HEAD])]
    assert stages(found(100, 400)) == [("over-2026-09", [HEAD, LEADER])]
    assert stages(found(500, department=2)) == [("over-2026-09", ["logistics", "logistics"])]
    assert "【耗材定额】行政科本月领用耗材360元，已达月定额400元的90%，请控制领用。" in says(found(360)[0])
    assert "【耗材定额】行政科本月领用耗材410元，超过月定额400元，请说明原因。" in says(found(410)[0])
