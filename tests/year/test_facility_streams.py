"""The facility streams of the demo year: as much as domain.md E4 and E5 say, always the same; and two weeks played."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace

import pytest

from automations.demo.year import energy
from automations.demo.year.classes import courses_of
from automations.demo.year.edits import Edit, Ref, in_order
from automations.demo.year.errands import drives_of
from automations.demo.year.holds_true import facilities
from automations.demo.year.logistics_energy import REPLACED, counted, full_house, lodgers, replaced_on, told_in_stories
from automations.demo.year.logistics_vehicles import book_of
from automations.demo.year.plan import Plan
from automations.demo.year.planted_facilities import STORIES
from automations.demo.year.player import Player
from automations.demo.year.stock import FIRST_STOCK, PARENTS, QUOTAS, SAFETY, STOREKEEPER, VEHICLES
from automations.demo.year.streams import FACILITIES, STREAMS
from automations.demo.year.upkeep import UPKEEP
from automations.demo.year.verdict import Verdict, judge
from automations.demo.year.weeks import begun_since
from automations.rules.checks_facts import cycle_later
from automations.rules.vehicles_fuel import burnt, per_100
from tests.office import schema
from tests.year.streaming import day_of, rows

A_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan()


@pytest.fixture(scope="module")
def edits(plan: Plan) -> dict[str, list[Edit]]:
    return {name: list(stream(plan, plan.dice(name))) for name, stream in FACILITIES.items()}


# How much -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stream, table, least, most",
    [
        ("checks", "equipment_checks", 550, 620),
        ("single_checks", "equipment_checks", 38, 38),
        ("inventory", "assets", 640, 640),
        ("nights", "meter_readings", 6500, 6570),
        ("month_ends", "meter_readings", 408, 408),
        ("logs", "vehicle_logs", 590, 650),
        ("supplies", "supply_moves", 590, 660),
    ],
)
def test_as_much_happens_as_in_domain_e4(
    edits: dict[str, list[Edit]], stream: str, table: str, least: int, most: int
) -> None:
    assert least <= len(rows(edits[stream], table)) <= most


def test_the_stock_of_domain_e4(plan: Plan) -> None:
    assets = plan.school.rows["assets"].values()
    assert Counter(a["category"] for a in assets) == {
        **{"车辆": 4, "特种设备": 4, "消防器材": 126, "通用设备": 140, "信息设备": 180, "文化设施": 22, "家具": 126},
        "办公耗材": 38,
    }
    meters = plan.school.rows["meters"].values()
    assert (len(meters), sum(m["night_watch"] for m in meters)) == (34, 9)


def test_no_month_comes_near_its_quota(plan: Plan) -> None:
    """EN-04 has nothing to say, whatever the lights and the leak of September."""
    ends = [day for day in plan.days if (day + A_DAY).month != day.month]
    for meter, quota in QUOTAS.items():
        shows = [energy.stand(plan.year)[meter], *(counted(plan)[meter].late[day] for day in ends)]
        assert max(b - a for a, b in pairwise(shows)) < quota * Decimal("0.9")


@pytest.mark.parametrize("name", list(FACILITIES))
def test_a_seed_always_gives_the_same_stream(plan: Plan, edits: dict[str, list[Edit]], name: str) -> None:
    again = Plan()
    assert edits[name] == list(FACILITIES[name](again, again.dice(name)))
    if name not in ("nights", "month_ends", "checks"):
        assert all(plan.works(day_of(e)) for e in edits[name])


@pytest.mark.parametrize("name", list(FACILITIES))
def test_colleagues_fill_columns_that_are_theirs(plan: Plan, edits: dict[str, list[Edit]], name: str) -> None:
    for edit in edits[name]:
        table = schema()[edit.table]
        if edit.deed in ("write", "find"):
            assert all(cell in table for cell in edit.cells), edit
        for cell, value in edit.cells.items() if edit.deed == "write" else ():
            assert edit.by in plan.school.accounts and table[cell].owner != "worker", edit
            assert table[cell].type != "choice" or value in table[cell].options, edit


def test_another_seed_gives_another_year_with_the_same_stories(plan: Plan) -> None:
    other = Plan(seed=7)
    assert list(FACILITIES["logs"](other, other.dice("logs"))) != list(FACILITIES["logs"](plan, plan.dice("logs")))
    for story in STORIES.values():
        mine, theirs = story(plan), story(other)
        assert [(e.rule, e.how, e.stage) for e in mine.expected] == [(e.rule, e.how, e.stage) for e in theirs.expected]
        assert theirs.edits


def test_what_is_told_in_stories_is_told_once(plan: Plan, edits: dict[str, list[Edit]]) -> None:
    lawful = {e.row for name, found in edits.items() for e in found if name != "inventory"}
    told = [e.row for story in STORIES.values() for e in story(plan).edits]
    assert not lawful & set(told)
    assert sum(row.table == "meter_readings" for row in told) == 2 * len(told_in_stories(plan)) + 2


# Checks ---------------------------------------------------------------------------------------------------------------


def test_nothing_is_checked_too_late(edits: dict[str, list[Edit]]) -> None:
    """CK-01 has nothing to say: the next one is done within its cycle."""
    found = rows(edits["checks"], "equipment_checks")
    for one in UPKEEP:
        days = [cells["done_on"] for key, cells in found.items() if key.startswith(f"{one.key}-")]
        assert days == sorted(set(days)) and (days or one.asset == "电梯一")
        if not one.by_law:
            assert date(2026, *one.due) >= days[0]
            assert all(later <= (cycle_later(day, one.cycle) or day) for day, later in pairwise(days))


def test_what_the_law_asks_for_is_done_before_its_day(edits: dict[str, list[Edit]]) -> None:
    found = rows(edits["checks"], "equipment_checks")
    lawful = [one for one in UPKEEP if one.by_law and (one.kind, one.asset) != ("法定检验", "电梯一")]
    for one in lawful:
        first = found[f"{one.key}-000"]
        assert first["done_on"] < date(2026, *one.due) < first["valid_to"] and first["report"]


def test_everything_is_seen_in_november_by_its_keeper(plan: Plan, edits: dict[str, list[Edit]]) -> None:
    assert {e.key for e in edits["inventory"]} == set(plan.school.rows["assets"])
    for edit in edits["inventory"]:
        assert edit.by == plan.school.rows["assets"][edit.key]["custodian"].key
        assert edit.cells["inv_on"] == day_of(edit) and day_of(edit).month == 11


# Meters ---------------------------------------------------------------------------------------------------------------


def test_the_year_uses_what_domain_e5_says(plan: Plan) -> None:
    def used(meter: str) -> float:
        return float(counted(plan)[meter].morning[plan.days[-1]] - energy.stand(plan.year)[meter])

    school = used("总电表") / 1.012 - used("电信基站电表")
    assert school == pytest.approx(620_000, rel=0.015)
    assert used("总水表") == pytest.approx(7_800, rel=0.03) and used("总气表") == pytest.approx(32_000, rel=0.01)
    for building, share in (("学员公寓", 0.31), ("学员餐厅", 0.24), ("教学楼", 0.19)):
        assert used(f"{building}电表") / school == pytest.approx(share, abs=0.01)


def test_no_meter_runs_backwards(plan: Plan, edits: dict[str, list[Edit]]) -> None:
    stories = [e for story in STORIES.values() for e in story(plan).edits if e.table == "meter_readings"]
    every = [*edits["nights"], *edits["month_ends"], *stories]
    assert 6_900 < len(every) < 7_100
    by_meter: dict[str, list[tuple[datetime, str, Decimal]]] = defaultdict(list)
    for cells in (e.cells for e in every):
        by_meter[cells["meter"].key].append((cells["read_at"], cells["slot"], cells["value"]))
    for meter, found in by_meter.items():
        values = [(slot, value) for _, slot, value in sorted(found)]
        falls = [slot for (_, one), (slot, next) in pairwise(values) if next < one]
        assert falls == (["换表后"] if meter == REPLACED else []), meter


def test_an_ordinary_night_is_ordinary(plan: Plan) -> None:
    """Below every line of EN-01 and EN-02, but for the nights of the stories."""
    here, planted = lodgers(plan), told_in_stories(plan)
    for meter in energy.WATCHED:
        if (use := energy.USES.get(meter)) is None:
            continue
        shows = counted(plan)[meter]
        for day in plan.days[:-1]:
            used = float(shows.morning[day] - shows.evening[day])
            expected = use.night + use.per_lodger * here[day]
            assert (meter, day) in planted or abs(used - expected) <= use.swing + 0.11, (meter, day)
    shows = counted(plan)["教学楼电表"]
    assert [shows.morning[d] - shows.evening[d] for d in (date(2026, 9, n) for n in (8, 9, 10, 11))] == [52, 55, 51, 54]
    shows = counted(plan)["公寓3楼公卫水表"]
    assert (shows.morning[date(2026, 9, 9)] - shows.evening[date(2026, 9, 9)]) / 8 == Decimal("0.62")
    assert 80 <= here[full_house(plan)] <= 92


def test_the_leak_is_a_tenth_of_the_water_of_its_month(plan: Plan) -> None:
    """Domain.md E6, V25: +9.8 %."""
    shows = counted(plan)["总水表"].late
    september = float(shows[date(2026, 9, 30)] - shows[date(2026, 8, 31)])
    without = 7_800 * energy.WATER[8] / 100
    assert september / without == pytest.approx(1.098, abs=0.03)


def test_parts_add_up_to_the_whole(plan: Plan) -> None:
    """Month by month, this year and the year before."""
    ends = [day for day in plan.days if (day + A_DAY).month != day.month]
    shown: dict[str, list[Decimal]] = defaultdict(list)
    for cells in plan.school.rows["meter_readings"].values():
        shown[cells["meter"].key].append(cells["value"])
    for meter in energy.NAMES:
        new = [counted(plan)[meter].late[day] for day in ends]
        noon = counted(plan)[meter].taken_down
        shown[meter] += [v + noon if d >= replaced_on(plan) else v for d, v in zip(ends, new, strict=True)]
    used = {m: [b - a for a, b in pairwise(values)] for m, values in shown.items()}
    assert {len(values) for values in used.values()} == {24}
    for whole in set(PARENTS.values()):
        parts = [used[part] for part, parent in PARENTS.items() if parent == whole]
        for month, total in enumerate(used[whole]):
            assert abs(sum(p[month] for p in parts) / total - 1) < Decimal("0.06"), (whole, month)


# Vehicles -------------------------------------------------------------------------------------------------------------


def test_every_kilometre_is_accounted_for(plan: Plan) -> None:
    allowed = {(d.key, d.vehicle, day) for d in drives_of(plan) for day in d.days}
    for vehicle, (_, _, _, tank, _) in VEHICLES.items():
        lines = [line for line in book_of(plan) if line.vehicle == vehicle]
        assert [line.day for line in lines] == sorted(line.day for line in lines)
        trips = [line for line in lines if line.cells["kind"] == "出车"]
        for one, next in pairwise(trips):
            assert one.cells["km_out"] < one.cells["km_in"] == next.cells["km_out"]
        assert all(t.planted or (t.cells["request"].key, vehicle, t.day) in allowed for t in trips)
        assert all(line.cells["liters"] <= tank for line in lines if line.cells["kind"] == "加油")
        repairs = [line.day for line in lines if line.cells["kind"] == "维修保养"]
        assert all((later - day).days >= 90 for day, later in zip(repairs, repairs[2:], strict=False)), "VH-06"


def test_only_the_pickup_burns_too_much_and_only_in_august(plan: Plan) -> None:
    """VH-04 as the rule counts: the fills of a month against those of six months before."""
    told = []
    for vehicle in VEHICLES:
        lines = [line for line in book_of(plan) if line.vehicle == vehicle]
        logs = [
            SimpleNamespace(**{"liters": None, "km_out": None, "km_in": None, **line.cells}, id=n, date=line.day)
            for n, line in enumerate(lines)
        ]
        fills = burnt(logs)  # type: ignore[arg-type]
        for month in range(4, 13):
            used = per_100([f for f in fills if f.month.month == month])
            mean = per_100([f for f in fills if month - 6 <= f.month.month < month])
            if used is not None and mean is not None and used / mean > Decimal("1.2"):
                told.append((vehicle, month, round(used, 1)))
    assert told == [("皮卡", 8, Decimal("17.8"))]


# The store ------------------------------------------------------------------------------------------------------------


def test_the_store_never_runs_low_and_no_department_takes_too_much(plan: Plan, edits: dict[str, list[Edit]]) -> None:
    stock = dict.fromkeys((r["item"].key for r in plan.school.rows["supply_moves"].values()), Decimal(FIRST_STOCK))
    used: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    prices = {name: plan.school.rows["assets"][name]["unit_price"] for name in stock}
    for edit in in_order(edits["supplies"]):
        move = edit.cells
        item, way, qty = move["item"].key, move["direction"], move["qty"]
        stock[item] += -qty if way == "领用" else qty
        sign = {"领用": 1, "退库": -1}.get(way, 0)
        used[move["department"].key, edit.at.month] += sign * qty * prices[item]
        assert stock[item] >= SAFETY, edit
        assert way != "领用" or move["person"].key != STOREKEEPER
        assert way != "入库" or (move["claim"] and move["unit_price"] == prices[item])
    staff = Counter(plan.school.department(name) for name in plan.school.accounts)
    assert all(spent <= 100 * staff[department] for (department, _), spent in used.items())


# Played ---------------------------------------------------------------------------------------------------------------

FIRST, LAST = date(2026, 8, 31), date(2026, 9, 12)
LEARNED_FROM = date(2026, 8, 5)
PLANTED = ("V24", "V25", "V31")
"""Whose whole story lies in these days."""

OURS = frozenset({"issues", "people"})
"""Nobody serves meals in this school, its shelf is empty, its readings begin in August: what is told of its things for
that is none of our business. In a whole year (``houqin rehearse --year 2026 --check``) nothing is left out."""


def school_of(first: date, last: date) -> Plan:
    """A school in which nothing that runs out earlier in the year waits to be renewed."""
    short = Plan(until=last, first=first)
    short.school.rows["documents"].clear()
    for check in short.school.rows["equipment_checks"].values():
        check["due_on"] = check["due_on"].replace(year=2027)
    for asset in short.school.rows["assets"].values():
        for due in ("statutory_due", "insurance_due"):
            if due in asset:
                asset[due] = asset[due].replace(year=2027)
    return short


def brought_forward(edits: list[Edit], opens: datetime) -> list[Edit]:
    """What was done before, entered all at once."""
    return [replace(e, at=max(e.at, opens)) for e in edits]


@pytest.fixture(scope="module")
def played(plan: Plan, edits: dict[str, list[Edit]]) -> Iterator[tuple[Player, Verdict]]:
    """Meters, vehicles and store of two weeks; August's nights were entered on the first morning."""
    short, opens = school_of(FIRST, LAST), plan.at(FIRST, "06:45")
    courses = [c for c in courses_of(plan) if c.starts <= LAST and c.ends >= LEARNED_FROM]
    later = [c.key for c in courses if c.starts > FIRST]
    held = [e for e in STREAMS["classes"](plan, plan.dice("classes")) if e.key in {c.key for c in courses}]
    held += [e for e in STREAMS["class_lives"](plan, plan.dice("class_lives")) if any(k in e.key for k in later)]
    read = [e for e in edits["nights"] if day_of(e) >= LEARNED_FROM]
    read += [e for e in edits["month_ends"] if day_of(e) >= date(2026, 7, 31)]
    drives = list(STREAMS["drives"](plan, plan.dice("drives")))
    others = [*drives, *(e for name in ("single_checks", "logs", "supplies") for e in edits[name])]
    lawful = [*brought_forward(held, opens), *brought_forward(read, opens), *begun_since(short, others, FIRST)]
    stories = [STORIES[id](short) for id in PLANTED]
    player = Player(short)
    player.play([*lawful, *(e for story in stories for e in story.edits)])
    yield player, judge(player, stories)
    player.close()


def test_what_was_planted_is_found_and_nothing_else(played: tuple[Player, Verdict]) -> None:
    player, verdict = played
    assert player.played.troubles == []
    assert [f"{line.id} {line.what}" for line in verdict.lines if not line.ok] == []
    assert [one for one in verdict.more if one.row.table in OURS] == []


def test_what_must_hold_is_looked_at(played: tuple[Player, Verdict]) -> None:
    """Domain.md E7: nothing is broken; a counter set back is seen, and so is stock below nothing."""
    player, _ = played
    mirror = player.office.mirror
    assert list(facilities(mirror)) == []
    spoilt = {
        "meter_readings": {"value": Decimal(1)},
        "vehicle_logs": {"km_in": Decimal(10**7)},
        "supply_moves": {"balance": Decimal(-1)},
    }
    for table, cells in spoilt.items():
        row = mirror.select(table, **({"kind": "出车"} if table == "vehicle_logs" else {}))[
            -1 if "value" in cells else 0
        ]
        with mirror.write() as tx:
            tx.patch(table, row.id, cells)
        assert [words[:2] for words in facilities(mirror)] == [schema()[table].title[:2]]
        with mirror.write() as tx:
            tx.patch(table, row.id, {name: row[name] for name in cells})


def test_a_run_of_nights_is_one_issue(played: tuple[Player, Verdict]) -> None:
    player, _ = played
    made = player.office.mirror.select("issues", source="能耗预警")
    assert Counter(row["category"] for row in made) == {"电": 1, "水": 1}
    assert {row["status"] for row in made} == {"已办结"}
    assert not any(row["overdue_wd"] for row in made)


def test_trips_and_moves_are_computed(played: tuple[Player, Verdict]) -> None:
    player, _ = played
    logs, moves = (player.office.mirror.select(table) for table in ("vehicle_logs", "supply_moves"))
    assert len(logs) > 8 and all(row["km"] for row in logs if row["kind"] == "出车")
    assert len(moves) > 50 and all(Decimal(str(row["balance"])) >= SAFETY for row in moves)


def test_every_stream_is_registered() -> None:
    assert set(FACILITIES) <= set(STREAMS)
    checks: Mapping[str, Ref] = {one.key: Ref("equipment_checks", f"{one.key}-000") for one in UPKEEP}
    assert {row.key for row in checks.values()} == set(Plan().school.rows["equipment_checks"])
