"""The planted violations of domain.md E6 about equipment and vehicles (V29, V31, V39), and what stays silent beside."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.scenarios.conftest import Open
from tests.scenarios.premises import CLERK, HEAD, LEADER, REQUESTS, TOP, moment
from tests.scenarios.school import School

ASSETS, CHECKS, LOGS, MOVES, ISSUES = "assets", "equipment_checks", "vehicle_logs", "supply_moves", "issues"


class Grounds:
    """A school with its things, kept by the clerk."""

    def __init__(self, school: School) -> None:
        self.school, self.ids = school, school.ids
        place = {"name": "学员公寓", "kind": "楼栋", "department": self.ids["行政科"], "duty_person": self.ids[CLERK]}
        self.place = school.file(HEAD, "locations", **place, usable="可用")

    def asset(self, name: str, category: str, **more: Any) -> int:
        cells = {
            "name": name,
            "asset_no": f"GZ{self.school.next_number():05d}",
            "category": category,
            "spec": "见合同",
            "value": Decimal(180_000),
            "acquired_on": date(2022, 6, 1),
            "life_years": Decimal(15),
            "fund_source": "财政拨款",
            "ownership": "学校",
            "location": self.place,
            "custodian": self.ids[CLERK],
            "user_dept": self.ids["行政科"],
            "status": "在用",
        }
        return self.school.file(HEAD, ASSETS, **{**cells, **more})

    def check(self, asset: int, kind: str, cycle: str, due: date, **more: Any) -> int:
        cells = {"asset": asset, "check_kind": kind, "cycle": cycle, "due_on": due, "items": "按检查表逐项检查"}
        return self.school.file(HEAD, CHECKS, **{**cells, "done_by": self.ids[CLERK], **more})

    def look(self) -> None:
        """A slow pass: the worker sees what it wrote itself."""
        self.school._touched |= {ASSETS, CHECKS, LOGS, MOVES, ISSUES}
        self.school.settle()

    def at(self, on: str, clock: str = "08:41") -> None:
        self.look()
        self.school.go_to(on, clock)

    def row(self, table: str, row_id: int) -> Any:
        self.look()
        return self.school.row(row_id, table)

    def rows(self, table: str) -> list[Any]:
        self.look()
        return sorted(self.school.host.changed(table, None).rows, key=lambda r: r.id)

    def rounds(self) -> list[Any]:
        """Checks, but for the 法定检验 that the card of a lift plans by itself."""
        return [check for check in self.rows(CHECKS) if check["check_kind"] != "法定检验"]

    def ledger(self) -> list[tuple[Any, Any]]:
        """(rule, code of the row) of every line in 预警台账."""
        self.look()
        return [(line["rule"], line["biz_code"]) for line in self.school.violations()]

    def heard(self, name: str, words: str) -> int:
        return sum(words in text for text in self.school.letters(name))


# --- V29 --------------------------------------------------------------------------------------------------------------


def test_v29_a_lift_whose_inspection_runs_out(opened: Open) -> None:
    """CK-02: 60, 30, 15, 7 and 1 days ahead, then 主要领导 daily and 停用 proposed, never done by Houqin."""
    school = opened("7-20", post=True)
    grounds = Grounds(school)
    lift = grounds.asset("电梯一", "特种设备", statutory_due=date(2026, 9, 26))
    other = grounds.asset("电梯二", "特种设备", statutory_due=date(2026, 9, 26))
    report = {"done_on": date(2025, 9, 26), "result": "正常", "valid_to": date(2026, 9, 26)}
    for thing in (lift, other):
        grounds.check(thing, "法定检验", "每年", date(2025, 9, 26), **report, report=school.paper("检验报告.pdf"))
    planned = [c for c in grounds.rows(CHECKS) if c["status"] != "已检"]
    assert [(c["asset"], c["due_on"], c["statutory"]) for c in planned] == [
        (thing, date(2026, 9, 26), True) for thing in (lift, other)
    ]

    told = []
    for on in ("7-27", "7-28", "8-26", "8-27", "9-11", "9-18", "9-20", "9-23", "9-24"):
        before = grounds.heard(HEAD, "电梯一的法定检验将于9月26日到期")
        grounds.at(on)
        if on == "9-11":  # the second lift is inspected in time
            passed = {"done_on": date(2026, 9, 10), "result": "正常", "valid_to": date(2027, 9, 26)}
            school.change(CLERK, CHECKS, planned[1].id, **passed, report=school.paper("电梯二检验报告.pdf"))
        told += [on] * (grounds.heard(HEAD, "电梯一的法定检验将于9月26日到期") - before)
    assert told == ["7-28", "8-27", "9-11", "9-18", "9-24"]
    assert grounds.heard(LEADER, "电梯一的法定检验将于9月26日到期") == 2  # a week and a day ahead
    assert grounds.ledger() == []

    for on in ("9-28", "9-29", "9-30"):  # 9/25–27 is a holiday
        grounds.at(on)
    words = "电梯一检验已于2026-09-26到期，依法不得继续使用，请立即停用并申请检验。"
    assert grounds.ledger() == [("CK-02", planned[0]["code"])]
    [line] = school.violations()
    assert (line["severity"], line["detail"], line["person"]) == ("严重", words, school.ids[CLERK])
    assert grounds.heard(TOP, "已于9月26日到期，依法不得继续使用") == 3
    row = grounds.row(ASSETS, lift)
    assert row["status"] == "在用" and words in row["check_message"]
    assert grounds.row(CHECKS, planned[0].id)["status"] == "超期"

    school.change(HEAD, ASSETS, lift, status="停用")
    assert words not in school.told(ASSETS, lift)
    row = school.change(HEAD, ASSETS, lift, status="在用")
    assert row["status"] == "停用" and "检验合格并更新“法定检验到期日”后才能恢复使用。" in row["check_message"]
    school.change(CLERK, CHECKS, planned[0].id, done_on=date(2026, 9, 30), result="正常", valid_to=date(2027, 9, 29))
    assert grounds.row(ASSETS, lift)["statutory_due"] == date(2027, 9, 29)
    assert school.change(HEAD, ASSETS, lift, status="在用")["status"] == "在用"
    second = grounds.row(ASSETS, other)
    assert (second["statutory_due"], second["next_check"]) == (date(2027, 9, 26), date(2027, 9, 26))
    assert second["check_message"] is None


# --- V31 --------------------------------------------------------------------------------------------------------------


def patrol(grounds: Grounds, lift: int, on: date) -> dict[str, Any]:
    cells = {"asset": lift, "check_kind": "日常巡检", "cycle": "每日", "items": "机房、轿厢、警示标志"}
    return {**cells, "due_on": on, "done_on": on, "done_by": grounds.ids[CLERK], "result": "正常"}


def test_v31_thirty_one_patrols_in_six_minutes(opened: Open) -> None:
    """CK-04: one line for the whole burst, about whoever is said to have checked; no patrol is planned twice."""
    school = opened("8-31")
    grounds = Grounds(school)
    lift = grounds.asset("电梯一", "特种设备", statutory_due=date(2027, 5, 20))
    host = school.person(CLERK).host
    for n in range(31):
        host.create(CHECKS, [patrol(grounds, lift, date(2026, 8, n + 1))])
        school.clock.now += timedelta(seconds=12)
    grounds.look()
    assert grounds.ledger() == []
    grounds.at("8-31", "09:30")
    clerk = school.row(school.ids[CLERK], "people")
    assert grounds.ledger() == [("CK-04", clerk["code"])]
    [line] = school.violations()
    assert line["detail"] == "王文员在6分钟内补录了31条检查记录，请核实是否真实检查。"
    assert (line["severity"], line["person"]) == ("一般", school.ids[CLERK])
    grounds.at("9-1")
    assert len(grounds.ledger()) == 1, "told once"
    open_ones = [c["due_on"] for c in grounds.rounds() if c["status"] != "已检"]
    assert open_ones == [date(2026, 9, 1)]


def test_an_ordinary_month_of_patrols(opened: Open) -> None:
    """Each day the patrol that Houqin planned is filled in: nobody is suspected, nothing is left open."""
    school = opened("8-31")
    grounds = Grounds(school)
    lift = grounds.asset("电梯一", "特种设备", statutory_due=date(2027, 5, 20))
    grounds.check(lift, "日常巡检", "每日", date(2026, 8, 31))
    for n in range(12):
        grounds.at(f"{date(2026, 8, 31) + timedelta(days=n):%m-%d}", "17:00")
        [waiting] = [c for c in grounds.rounds() if c["status"] != "已检"]
        school.change(CLERK, CHECKS, waiting.id, done_on=school.today, result="正常")
    assert grounds.ledger() == [] and len(grounds.rounds()) == 13


def test_a_hazard_becomes_one_issue(opened: Open) -> None:
    """CK-03 is silent: the issue stands before anybody could miss it, and only one."""
    school = opened("9-1")
    grounds = Grounds(school)
    lift = grounds.asset("电梯一", "特种设备", statutory_due=date(2027, 5, 20))
    check = grounds.check(lift, "维护保养", "每15日", date(2026, 9, 1))
    school.change(CLERK, CHECKS, check, done_on=school.today, result="隐患", remark="门刀磨损")
    [issue] = grounds.rows(ISSUES)
    row = grounds.row(CHECKS, check)
    assert (row["issue"], row["status"], row["next_due"]) == (issue.id, "已检", date(2026, 9, 16))
    assert "没有整改工单" not in str(row["check_message"])
    shown = ("kind", "source", "origin", "category", "handler", "duty_dept", "location")
    wanted = ["整改", "设施检查", row["code"], "电梯", school.ids[CLERK], school.ids["行政科"], grounds.place]
    assert [issue[n] for n in shown] == wanted
    school.change(CLERK, CHECKS, check, remark="门刀磨损，已拍照")
    assert len(grounds.rows(ISSUES)) == 1
    assert [c["due_on"] for c in grounds.rounds()] == [date(2026, 9, 1), date(2026, 9, 16)]


# --- V39 --------------------------------------------------------------------------------------------------------------


class Garage(Grounds):
    """Vehicles and their book."""

    def __init__(self, school: School) -> None:
        super().__init__(school)
        station = {"designated": True, "kinds": ("加油",)}
        self.station = school.vendor("示例石油公司", **station)
        self.permits: dict[date, int] = {}

    def car(self, name: str, plate: str) -> int:
        far = date(2027, 6, 1)
        more = {"plate": plate, "seats": Decimal(5), "fuel": "柴油", "tank_l": Decimal(90)}
        return self.asset(name, "车辆", **more, statutory_due=far, insurance_due=far)

    def trip(self, car: int, on: date, km_out: int, km_in: int, permit: int | None = None, **more: Any) -> int:
        cells = {"kind": "出车", "vehicle": car, "date": on, "driver": self.ids[CLERK], "used_by": self.ids[HEAD]}
        cells |= {"purpose": "到区委送材料", "destination": "区委", "request": permit}
        return self.school.file(CLERK, LOGS, **{**cells, "km_out": Decimal(km_out), "km_in": Decimal(km_in), **more})

    def fill(self, car: int, on: date, liters: str) -> int:
        cells = {"kind": "加油", "vehicle": car, "date": on, "driver": self.ids[CLERK], "purpose": "加油"}
        more = {"liters": Decimal(liters), "amount": Decimal(300), "vendor": self.station}
        return self.school.file(CLERK, LOGS, **cells, **more)

    def vehicle_lines(self) -> list[tuple[Any, Any]]:
        return [line for line in self.ledger() if str(line[0]).startswith("VH-")]


def test_v39_out_on_a_holiday_without_a_word(opened: Open) -> None:
    """VH-02: 5/3 is a Sunday of the holiday; a reason and who permitted it, and an ordinary Sunday, stay silent."""
    school = opened("4-29")
    garage = Garage(school)
    car, pickup = garage.car("轿车", "渝A00001"), garage.car("皮卡", "渝A00003")
    when = {"starts_at": moment("5-1", "08:00"), "ends_at": moment("5-11", "18:00"), "place": "区委"}
    permit = school.permitted("用车", **when, people=(school.ids[HEAD],), est_amount=Decimal(0), vehicle=car)
    garage.at("5-11")
    flagged = garage.trip(car, date(2026, 5, 3), 1000, 1040, permit)
    garage.trip(pickup, date(2026, 5, 3), 500, 540, permit, purpose="防汛值守，孙副校长批准")
    garage.trip(car, date(2026, 5, 10), 1040, 1080, permit)
    row = garage.row(LOGS, flagged)
    assert garage.vehicle_lines() == [("VH-02", row["code"])]
    [line] = school.lines(LOGS, flagged)
    assert line["detail"] == "渝A00001于2026-05-03出车，节假日应封存停驶，请补充特殊事由及批准人。"
    assert (row["holiday"], row["km"], row["check_message"]) == (True, 40, None)
    assert garage.row(ASSETS, car)["odometer"] == 1080
    assert school.status(REQUESTS, permit) in ("已批准", "执行中", "已执行")


def test_v39_a_pickup_that_burns_half_as_much_again(opened: Open) -> None:
    """VH-04: in August 17.8 升 against 12.4 in the six months before; told on 1 September, once."""
    school = opened("1-12")
    garage = Garage(school)
    pickup, car = garage.car("皮卡", "渝A00003"), garage.car("轿车", "渝A00001")
    host, day = school.person(CLERK).host, datetime(2026, 2, 10)
    rows: list[dict[str, Any]] = []
    shared = {"driver": school.ids[CLERK], "purpose": "送货"}
    for vehicle in (pickup, car):
        for month in range(1, 9):
            used = "89" if vehicle == pickup and month == 8 else "62"
            on, begin = day.replace(month=month).date(), Decimal(500 * month)
            trip = {"kind": "出车", "km_out": begin, "km_in": begin + 500, "destination": "江南新区"}
            fill = {"kind": "加油", "liters": Decimal(used), "amount": Decimal(460), "vendor": garage.station}
            rows += [{**shared, "vehicle": vehicle, "date": on, **cells} for cells in (trip, fill)]
    garage.at("8-31")
    host.create(LOGS, rows)
    garage.look()
    assert garage.vehicle_lines() == []
    garage.at("9-1")
    assert garage.vehicle_lines() == [("VH-04", garage.row(ASSETS, pickup)["code"])]
    [line] = school.lines(ASSETS, pickup)
    assert line["detail"] == "渝A00003本月（8月）百公里油耗17.8升，比近6个月均值高44%。"
    filled = [r for r in garage.rows(LOGS) if r["vehicle"] == pickup and r["kind"] == "加油"]
    assert [str(r["l_per_100"]) for r in filled] == ["None", *["12.4"] * 6, "17.8"]
    garage.at("9-30")
    assert len(garage.vehicle_lines()) == 1


# --- stock ------------------------------------------------------------------------------------------------------------


def test_an_old_move_is_corrected_and_every_balance_follows(opened: Open) -> None:
    """SP-01: what was enough is not any more; the store counts on, whoever long the chain."""
    school = opened("9-1")
    grounds = Grounds(school)
    more = {"unit": "包", "safety_stock": Decimal(2), "unit_price": Decimal(22), "value": Decimal(0)}
    paper = grounds.asset("打印纸", "办公耗材", **more)
    shared = {"item": paper, "department": school.ids["行政科"], "person": school.ids[HEAD], "qty": Decimal(1)}
    bought = {**shared, "direction": "盘点调整", "qty": Decimal(14), "date": date(2026, 8, 1)}
    rows = [{**shared, "direction": "领用", "date": date(2026, 8, 3) + timedelta(days=n)} for n in range(12)]
    school.person(HEAD).host.create(MOVES, [bought, *rows])
    assert [r["balance"] for r in grounds.rows(MOVES)] == list(range(14, 1, -1))
    assert grounds.row(ASSETS, paper)["stock_qty"] == 2

    first = grounds.rows(MOVES)[0]
    school.change(HEAD, MOVES, first.id, qty=Decimal(10))
    moves = grounds.rows(MOVES)
    assert [r["balance"] for r in moves] == [*range(10, -1, -1), 0, 0]
    assert [str(r["check_message"]) for r in moves[-2:]] == ["“打印纸”库存0，不足领用1。"] * 2
    assert "“打印纸”库存0低于安全库存2，建议补充4。" in grounds.row(ASSETS, paper)["check_message"]

    school.change(HEAD, MOVES, first.id, qty=Decimal(20))
    assert [r["balance"] for r in grounds.rows(MOVES)] == list(range(20, 7, -1))
    assert grounds.row(ASSETS, paper)["stock_qty"] == 8


def test_the_store_keeper_is_confirmed_by_his_head_in_person(opened: Open) -> None:
    """SP-04: a name that somebody else typed confirms nothing, and is put back."""
    school = opened("9-1")
    grounds = Grounds(school)
    more = {"unit": "包", "safety_stock": Decimal(2), "unit_price": Decimal(22), "value": Decimal(0)}
    paper = grounds.asset("打印纸", "办公耗材", **more)
    shared = {"item": paper, "department": school.ids["行政科"], "date": school.today}
    school.file(HEAD, MOVES, **shared, person=school.ids[HEAD], direction="盘点调整", qty=Decimal(20))
    own = school.file(CLERK, MOVES, **shared, person=school.ids[CLERK], direction="领用", qty=Decimal(1))
    words = "保管员本人领用须由部门负责人确认。"
    assert words in school.told(MOVES, own)
    row = school.change(CLERK, MOVES, own, confirmed_by=school.ids[HEAD])
    assert row["confirmed_by"] is None and words in row["check_message"]
    row = school.change(HEAD, MOVES, own, confirmed_by=school.ids[HEAD])
    assert row["confirmed_by"] == school.ids[HEAD] and words not in str(row["check_message"])
