"""Stages, recipients, schedules and jobs: all pure, so the tests compare lists."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import automations.jobs as jobs
from automations.errors import HouqinError, RuleError
from automations.follow import FOLLOWS, whenever
from automations.jobs import Facts, discover, job
from automations.norms import Norm, Norms
from automations.people import Department, Directory, Person
from automations.reminders import Notice, addressed, countdown, eve, marked, recipients, waited
from automations.rows import Rows
from automations.schedule import Schedule, current_list, next_list, quiet
from automations.tables.base import Row
from automations.workdays import SCHOOL_TIME, Calendar

CALENDAR = Calendar()
DUE = date(2026, 9, 30)
AHEAD = (45, 30, 15, 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SCHOOL_TIME)


def vehicle(id: int, born: str = "", **values) -> Row:
    return Row(id, {"category": "车辆", "status": "在用", "insurance_due": None, "custodian": 1, **values}, born)


# --- estimated days --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "deadline", "years"),
    [
        ({"due": date(2026, 12, 31)}, None, []),
        ({"due": date(2027, 1, 4)}, None, [2027]),
        ({"due": at("2027-01-04T18:00")}, None, [2027]),
        ({}, date(2027, 1, 4), [2027]),
        ({"since": date(1995, 1, 1)}, None, []),  # nobody counts from there
        ({}, None, []),
    ],
)
def test_a_notice_says_over_which_estimated_years_its_dates_are_reckoned(data, deadline, years):
    notice = Notice("settings", "x", [1], "task_due", data, deadline=deadline)
    told = marked(notice, date(2026, 12, 28), CALENDAR)
    assert told.data.get("estimated", []) == years and told.key == notice.key
    assert marked(notice, date(2027, 1, 5), CALENDAR).data["estimated"] == [2027]  # the day itself is guessed


# --- countdown -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "stage"),
    [(46, None), (45, "ahead-45"), (31, "ahead-45"), (30, "ahead-30"), (8, "ahead-15"), (7, "ahead-7"), (0, "ahead-7")],
)
def test_the_latest_stage_reached(left, stage):
    assert countdown(DUE, DUE - timedelta(days=left), AHEAD) == stage


def test_overdue():
    late = [countdown(DUE, DUE + timedelta(days=n), AHEAD, overdue_every=1) for n in (0, 1, 2, 9)]
    assert late == ["ahead-7", "overdue-1", "overdue-2", "overdue-9"]
    weekly = [countdown(DUE, DUE + timedelta(days=n), overdue_every=7) for n in (0, 1, 7, 8, 15)]
    assert weekly == [None, "overdue-1", "overdue-1", "overdue-2", "overdue-3"]
    assert countdown(DUE, DUE + timedelta(days=90), AHEAD) == "ahead-7"  # told once, late
    assert countdown(None, DUE, AHEAD, overdue_every=1) is None


def test_in_working_days():
    friday, monday = date(2026, 9, 11), date(2026, 9, 14)
    assert countdown(monday, friday, (1,), calendar=CALENDAR) == "ahead-1"
    assert countdown(friday, date(2026, 9, 13), (0,), overdue_every=1, calendar=CALENDAR) == "ahead-0"
    assert countdown(friday, monday, (0,), overdue_every=1, calendar=CALENDAR) == "overdue-1"


@given(st.integers(-60, 60), st.integers(0, 20), st.sets(st.integers(0, 50), min_size=1))
def test_a_worker_that_slept_reaches_the_same_stage(left, slept, ahead):
    # the stage depends on the day alone: no day in between need have been seen
    day = DUE - timedelta(days=left)
    stages = [countdown(DUE, day - timedelta(days=n), ahead, 1) for n in range(slept, -1, -1)]
    assert stages[-1] == countdown(DUE, day, ahead, 1)
    reached = [int(s.split("-")[1]) for s in stages if s and s.startswith("ahead")]
    assert reached == sorted(reached, reverse=True)


def test_waited():
    monday = date(2026, 9, 14)
    days = [waited(monday, monday + timedelta(days=n), (0, 2, 5), CALENDAR) for n in range(9)]
    # Friday 18th is the 4th working day; Sunday 20th, a make-up day, the 5th
    assert days == [0, 0, 2, 2, 2, 2, 5, 5, 5]
    assert waited(monday, monday, (2,), CALENDAR) is None


def test_the_eve_of_days_off():
    eves = {day: eve(date(2026, 9, day), CALENDAR) for day in (17, 18, 24, 28, 30)}
    assert eves == {
        17: date(2026, 9, 17),
        18: date(2026, 9, 19),  # the Sunday after it is worked
        24: date(2026, 9, 27),
        28: date(2026, 9, 28),
        30: date(2026, 10, 7),
    }


def test_a_renewal_starts_a_new_countdown():
    [one] = Rows("assets", [vehicle(7, "b1")])
    first = Notice(one, "ahead-7", [1], "vehicle", deadline=DUE)
    assert first.key == "vehicle|assets/7/b1|ahead-7|2026-09-30"
    assert first.key != Notice(one, "ahead-7", [1], "vehicle", deadline=DUE.replace(year=2027)).key
    [reused] = Rows("assets", [vehicle(7, "b2")])  # NocoDB gave the id again
    assert first.key != Notice(reused, "ahead-7", [1], "vehicle", deadline=DUE).key


# --- recipients ----------------------------------------------------------------------------------------------------

DIRECTORY = Directory(
    [
        Person(1, "王一", department=10, roles=frozenset({"会计"})),
        Person(2, "李二", department=10, roles=frozenset({"会计", "经办人"})),
        Person(3, "张三", department=11),
        Person(4, "赵四", department=11, roles=frozenset({"出纳"}), status="已退出"),
        Person(5, "孙五", department=12),
    ],
    [
        Department(10, "财务科", head=1),
        Department(11, "办公室", head=3),
        Department(12, "总务科", head=5),
        Department(13, "信息科", head=5),
    ],
)


@pytest.mark.parametrize(
    ("recipient", "people"),
    [
        (3, [3]),
        ("会计", [1, 2]),
        ("办公室", [3]),
        ("office", [3]),
        ("logistics", [5]),
        (4, []),
        ("出纳", []),
        (99, []),
        (None, []),
        ("信息科", [5]),  # its head works elsewhere, nobody works in it
        ("图书科", []),
    ],
)
def test_recipients(recipient, people):
    assert [p.id for p in recipients(recipient, DIRECTORY)] == people


def test_addressed():
    notices = [
        Notice("x/1", "s", ["会计", 1, "财务科"], "t", {"n": 1}),
        Notice("x/2", "s", [None, 3], "t", {"url": "own"}, urgent=True),
    ]
    found = addressed(notices, DIRECTORY, lambda p: ("email",), lambda n: f"http://h/{n.subject}")
    assert [(o.person, o.key, o.routes, o.urgent) for o in found.outgoing] == [
        (1, "t|x/1|s|", ("email",), False),
        (2, "t|x/1|s|", ("email",), False),
        (3, "t|x/2|s|", ("email",), True),
    ]
    assert [o.data["url"] for o in found.outgoing] == ["http://h/x/1", "http://h/x/1", "own"]
    [nobody] = found.nobody
    assert "x/2" in nobody and "（空）" in nobody


# --- rows ----------------------------------------------------------------------------------------------------------


def test_rows():
    rows = Rows("assets", [vehicle(1), vehicle(2, status="报废"), vehicle(3, category="电梯")])
    assert [r.id for r in rows.where(category="车辆", status=("在用", "报废"))] == [1, 2]
    assert rows[0].custodian == rows[0]["custodian"] == 1
    assert rows[1:].where(status="在用")[0].id == 3
    with pytest.raises(RuleError, match="没有字段“insurence”"):
        _ = rows[0].insurence
    with pytest.raises(AttributeError):
        rows[0].custodian = 2


# --- when ----------------------------------------------------------------------------------------------------------


def test_schedules_that_cannot_be_understood():
    for text in (
        "",
        "workdays",
        "workdays 8:40",
        "workdays 25:00",
        "weekly 08:40",
        "daily 07:40,",
        "0 8 * * 1-5",
        "every 7 minutes",
    ):
        with pytest.raises(HouqinError, match="看不懂"):
            Schedule.read(text)


@pytest.mark.parametrize(
    ("text", "last", "now", "slot"),
    [
        ("workdays 08:40", None, "2026-09-14 08:39", None),
        ("workdays 08:40", None, "2026-09-14 08:40", "2026-09-14 08:40"),
        ("workdays 08:40", None, "2026-09-14 22:00", "2026-09-14 08:40"),
        ("workdays 08:40", None, "2026-09-13 22:00", None),  # a Sunday
        ("workdays 08:40", "2026-09-11 08:40", "2026-09-13 22:00", None),
        ("workdays 08:40", "2026-09-10 08:40", "2026-09-13 22:00", "2026-09-11 08:40"),  # slept through Friday
        ("workdays 08:40", "2026-09-18 08:40", "2026-09-20 09:00", "2026-09-20 08:40"),  # make-up Sunday
        ("workdays 15:10, 08:40", "2026-09-14 08:40", "2026-09-14 15:09", None),
        ("workdays 15:10, 08:40", "2026-09-14 08:40", "2026-09-14 15:10", "2026-09-14 15:10"),
        ("workdays 08:40,15:10", "2026-09-11 08:40", "2026-09-14 09:00", "2026-09-14 08:40"),
        ("daily 07:40", "2026-10-01 07:40", "2026-10-02 07:40", "2026-10-02 07:40"),
        ("monthly first workday 09:10", "2026-09-01 09:10", "2026-10-07 12:00", None),
        ("monthly first workday 09:10", "2026-09-01 09:10", "2026-10-08 09:10", "2026-10-08 09:10"),
        ("monthly first workday 09:10", "2026-06-01 09:10", "2026-10-20 12:00", "2026-10-08 09:10"),
        ("weekly first workday 08:40", None, "2026-09-21 08:39", None),
        ("weekly first workday 08:40", None, "2026-09-21 08:40", "2026-09-21 08:40"),
        ("weekly first workday 08:40", None, "2026-09-20 09:00", None),  # the make-up Sunday ends its week
        ("weekly first workday 08:40", "2026-09-21 08:40", "2026-09-24 12:00", None),
        ("weekly first workday 08:40", "2026-09-14 08:40", "2026-09-24 12:00", "2026-09-21 08:40"),
        ("weekly first workday 08:40", "2026-09-28 08:40", "2026-10-08 07:00", None),  # Monday to Wednesday: holidays
        ("weekly first workday 08:40", "2026-09-28 08:40", "2026-10-08 08:40", "2026-10-08 08:40"),
        ("weekly first workday 08:40", "2026-02-09 08:40", "2026-02-22 12:00", None),  # a whole week of holidays
        ("weekly first workday 08:40", "2026-02-09 08:40", "2026-02-24 08:40", "2026-02-24 08:40"),
        ("every pass", "2026-09-14 08:40", "2026-09-14 08:41", "2026-09-14 08:41"),
        ("every 10 minutes", None, "2026-09-13 03:19", "2026-09-13 03:10"),  # a Sunday night
        ("every 10 minutes", "2026-09-13 03:10", "2026-09-13 03:19", None),
        ("every 10 minutes", "2026-09-13 03:10", "2026-09-13 03:20", "2026-09-13 03:20"),
        ("every 10 minutes", "2026-09-13 03:10", "2026-09-14 00:04", "2026-09-14 00:00"),
    ],
)
def test_due(text, last, now, slot):
    found = Schedule.read(text).due(last and at(last), at(now), CALENDAR)
    assert found == (slot and at(slot))


@pytest.mark.parametrize(
    ("text", "day", "times"),
    [
        ("workdays 08:40, 15:10", "2026-09-20", ["08:40", "15:10"]),  # a make-up Sunday
        ("workdays 08:40", "2026-09-25", []),
        ("daily 07:40", "2026-09-25", ["07:40"]),
        ("weekly first workday 08:40", "2026-10-08", ["08:40"]),
        ("weekly first workday 08:40", "2026-10-09", []),
        ("monthly first workday 09:10", "2026-10-08", ["09:10"]),
        ("every pass", "2026-09-21", ["08:40", "15:10"]),
    ],
)
def test_when_it_runs_on_a_day(text, day, times):
    slots = Schedule.read(text).slots(date.fromisoformat(day), CALENDAR)
    assert [f"{slot:%H:%M}" for slot in slots] == times


def test_every_ten_minutes_is_144_times_a_day_and_each_is_due():
    often = Schedule.read("every 10 minutes")
    slots = often.slots(date(2026, 9, 25), CALENDAR)
    assert len(slots) == 144 and all(often.due(slot - timedelta(minutes=10), slot, CALENDAR) == slot for slot in slots)


def test_lists_and_quiet_hours():
    assert [quiet(at(f"2026-09-14 {t}"), CALENDAR) for t in ("07:29", "07:30", "19:59", "20:00")] == [
        *(True, False),
        *(False, True),
    ]
    assert quiet(at("2026-09-19 10:00"), CALENDAR) and not quiet(at("2026-09-20 10:00"), CALENDAR)
    assert next_list(at("2026-09-14 08:40"), CALENDAR) == at("2026-09-14 08:40")
    assert next_list(at("2026-09-30 15:11"), CALENDAR) == at("2026-10-08 08:40")
    assert current_list(at("2026-09-14 08:39"), CALENDAR) is None
    assert current_list(at("2026-09-14 15:09"), CALENDAR) == at("2026-09-14 08:40")
    assert current_list(at("2026-09-14 19:00"), CALENDAR) == at("2026-09-14 15:10")


# --- jobs ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(jobs, "JOBS", {})
    return jobs.JOBS


def test_the_job_of_the_design_reads_as_written(registry):
    @job(table="assets", at="workdays 08:40")
    def vehicle_insurance(vehicles, today):
        """45, 30, 15 and 7 days ahead; once lapsed, every working day until renewed."""
        for vehicle in vehicles.where(category="车辆", status="在用"):
            stage = countdown(vehicle.insurance_due, today, ahead=(45, 30, 15, 7), overdue_every=1)
            if stage:
                yield Notice(
                    about=vehicle, stage=stage, to=[vehicle.custodian, "logistics"], template="vehicle_insurance"
                )

    found = registry["vehicle_insurance"]
    assert (found.tables, found.asks, found.at) == (("assets",), ("today",), Schedule.read("workdays 08:40"))
    assert found.doc.startswith("45, 30, 15")
    rows = Rows("assets", [vehicle(1, insurance_due=DUE), vehicle(2), vehicle(3, insurance_due=date(2027, 1, 1))])
    # 16:30 UTC is the next day at the school
    now = datetime.fromisoformat("2026-09-22T16:30:00+00:00")
    notices = list(found.run({"assets": rows}, Facts(now, CALENDAR, DIRECTORY)))
    assert [(n.subject, n.stage, list(n.to)) for n in notices] == [("assets/1", "ahead-7", [1, "logistics"])]


def test_a_job_may_ask_for_the_schools_parameters(registry):
    @job(table="assets", at="every pass")
    def limits(assets, today, norms):
        yield Notice("x", norms.text("selfcheck.burst", today), [1], "t")

    rows, now = {"assets": Rows("assets", [])}, at("2026-09-14 08:40")
    own = Norms([Norm("selfcheck.burst", "7")])
    assert [n.stage for n in registry["limits"].run(rows, Facts(now, CALENDAR, DIRECTORY, own))] == ["7"]
    assert [n.stage for n in registry["limits"].run(rows, Facts(now, CALENDAR, DIRECTORY))] == ["10"]  # as shipped


def test_a_job_that_fails_says_where_and_keeps_what_it_said(registry):
    @job(table="assets", at="every pass")
    def broken(assets):
        yield Notice("x", "s", [1], "t")
        yield Notice(assets[0].nothing, "s", [1], "t")

    run = registry["broken"].run(
        {"assets": Rows("assets", [vehicle(1)])}, Facts(at("2026-09-14 08:40"), CALENDAR, DIRECTORY)
    )
    assert next(run).subject == "x"
    with pytest.raises(RuleError, match=r"“broken”出错（test_reminders\.py 第 \d+ 行）：表 assets 没有字段“nothing”"):
        next(run)


def test_a_job_that_asks_for_what_there_is_not(registry):
    with pytest.raises(HouqinError, match="todai"):

        @job(table=("a", "b"), at="every pass")
        def wrong(a, b, todai):
            yield

    with pytest.raises(HouqinError, match="2 个表"):

        @job(table=("a", "b"), at="every pass")
        def short(a):
            yield


def test_a_job_yields_notices_only(registry):
    @job(table="assets", at="every pass")
    def strange(assets):
        yield "tell him"

    with pytest.raises(RuleError, match="yielded str"):
        list(
            registry["strange"].run({"assets": Rows("assets", [])}, Facts(at("2026-09-14 08:40"), CALENDAR, DIRECTORY))
        )


def test_no_automation_may_take_the_name_by_which_all_are_previewed(registry):
    def notices(rows):
        yield from ()

    with pytest.raises(HouqinError, match="“notices”是 houqin preview 自己的用法"):
        job(table="assets", at="workdays 08:40")(notices)
    with pytest.raises(HouqinError, match="“notices”是 houqin preview 自己的用法"):
        whenever("assets")(notices)
    assert "notices" not in {*jobs.JOBS, *(f.name for found in FOLLOWS.values() for f in found)}


def test_every_file_of_the_folder_is_found():
    found = discover()
    assert {"steps_waiting", "daily_list"} <= set(found)
    assert found["steps_waiting"].doc.startswith("At once")
    assert found["daily_list"].tables == ("sign_steps", "tasks", "issues", "violations")


def test_a_broken_file_hides_no_other(monkeypatch, tmp_path):
    (tmp_path / "zz_broken.py").write_text("import nothing_like_this\n")
    (tmp_path / "zz_worse.py").write_text("def (:\n")
    monkeypatch.setattr(jobs, "__path__", [*jobs.__path__, str(tmp_path)])
    with pytest.raises(HouqinError) as caught:
        discover()
    assert [p.split("：")[0] for p in caught.value.problems] == ["zz_broken.py", "zz_worse.py"]
    assert "steps_waiting" in jobs.JOBS
