"""The demonstration school on the memory host: loaded once, played to its goals, the planted violations caught."""

import re
from datetime import date

import pytest
from rich.console import Console

from automations.demo import school
from automations.demo.beforehand import worked_out
from automations.demo.check import check
from automations.demo.load import Own, load
from automations.demo.play import Cast, Desk, plant, play
from automations.demo.shown import Shown
from automations.demo.stories import BROKEN, STORIES, weekday
from automations.engine import Engine, Office
from automations.engine.forms import Forms
from automations.engine.notices import Notices
from automations.engine.turn import PassReport
from automations.jobs import approvals, discover
from automations.journal import Journal
from automations.mirror import Mirror
from automations.schema.apply import apply
from automations.schema.plan import plan
from automations.tables.base import Binding
from automations.tables.memory import MemoryHost, MemoryServer
from tests.conftest import Clock
from tests.office import schema

TODAY = date(2026, 9, 1)
SHOWN = Shown(Clock().now)


class Demo:
    """The school on a memory server, with an engine whose passes the test runs."""

    def __init__(self, clock: Clock, own: Own | None = None) -> None:
        self.clock = clock
        self.server = MemoryServer(clock=clock)
        self.server.add_account(school.WORKER, school.WORKER_NAME)
        for email, name in SHOWN.logins:
            self.server.add_account(email, name)
        self.host: MemoryHost = self.server.login(school.WORKER)
        steps = plan(schema(), self.host.describe(), None)
        self.binding: Binding = apply(steps, self.host, yes=True, lose_data=False, progress=lambda _: None)
        self.host.bind(self.binding)
        self.host.refresh([t.name for t in schema()])
        self.ids = load(self.host, schema(), SHOWN, own or {})
        self.office = Office(
            host=self.host,
            mirror=Mirror("sqlite:///:memory:", schema()),
            journal=Journal("sqlite:///:memory:"),
            schema=schema(),
            approvals=approvals(),
        )
        self.engine = Engine(self.office, Notices(self.office, {}, discover()), Forms(self.office))
        self.cast = Cast(self.server.login, self.binding, self.turn)

    def turn(self, slow: bool = False) -> PassReport:
        report = self.engine.turn(self.clock.pass_by(seconds=3), slow=slow)
        assert not report.problems
        return report


@pytest.fixture(scope="module")
def demo() -> Demo:
    """Played through once; the tests only look."""
    made = Demo(Clock())
    made.turn(slow=True)
    made.turn(slow=True)
    play(made.cast, made.turn, TODAY, lambda text, done: None)
    plant(made.cast, made.turn)
    return made


def test_every_claim_stands_where_its_story_ends_and_the_violations_are_caught(demo: Demo) -> None:
    """The very lines of ``--check``, the claim it plays through included."""
    console = Console(record=True, width=200, force_terminal=False)
    code = check(demo.cast, console, demo.clock.now, fresh=True).end()
    said = console.export_text()
    assert code == 0, said
    assert re.search(r"\n(\d+) passed, 0 failed\n$", said)
    assert said.count("✓") == int(said.splitlines()[-1].split()[0])
    assert "✗" not in said


def test_the_violations_are_planted_once(demo: Demo) -> None:
    before = Desk.look(demo.cast.reader).violations.keys()
    plant(demo.cast, demo.turn)
    assert Desk.look(demo.cast.reader).violations.keys() == before
    assert {"SG-01", "SG-02", "DG-02"} <= {rule for rule, _ in before}


def test_loading_again_changes_nothing(demo: Demo) -> None:
    tables = list(demo.ids)
    before = {name: {r.id: (r.values, r.stamp) for r in demo.host.changed(name, None).rows} for name in tables}
    assert load(demo.host, schema(), SHOWN, {}) == demo.ids
    assert {name: {r.id: (r.values, r.stamp) for r in demo.host.changed(name, None).rows} for name in tables} == before


def test_an_interrupted_loading_goes_on_where_it_stopped() -> None:
    demo = Demo(Clock())
    gone = demo.ids["vendors"]["示例印刷厂"]
    demo.host.delete("vendors", [gone])
    demo.host.delete("meter_readings", list(demo.ids["meter_readings"].values()))
    demo.host.update("departments", {demo.ids["departments"]["教研室"]: {"head": None}})
    again = load(demo.host, schema(), SHOWN, {})
    [row] = demo.host.rows("vendors", [again["vendors"]["示例印刷厂"]])
    assert row["code"] is None, "its old number may be another's by now: Houqin gives it the next"
    assert len(demo.host.ids("meter_readings")) == len(SHOWN.rows["meter_readings"])
    assert again["people"] == demo.ids["people"]
    [row] = demo.host.rows("departments", [again["departments"]["教研室"]])
    assert row["head"] == again["people"]["吕教研"]


# --- the newest weeks -------------------------------------------------------------------------------------------------
def test_every_table_has_rows_and_the_worker_comes_to_rest(demo: Demo) -> None:
    """After a few passes there is nothing to do, at none of the kinds of pass."""
    for table in schema():
        rows = [] if table.name in demo.ids else demo.host.ids(table.name)
        assert rows or demo.ids.get(table.name) or table.name == "outbox", table.title
    assert any([demo.turn(slow=True).idle for _ in range(4)])
    for report in (demo.turn(), demo.turn(slow=True), demo.engine.turn(demo.clock.pass_by(seconds=60), deep=True)):
        assert report.idle, report.line()


def test_what_is_worked_out_beforehand_is_what_the_worker_would_write() -> None:
    """It adds its own rows and what hangs on them, and corrects nothing else; it ends with the same cells."""
    plain, ready = Demo(Clock()), Demo(Clock(), worked_out(schema(), SHOWN, Clock().now))
    for demo in (plain, ready):
        first, *_ = [demo.turn(slow=True) for _ in range(4)]
        assert demo.turn(slow=True).idle
    assert first.written < 100 < 700 < sum(map(len, SHOWN.rows.values()))
    for table, keys in ready.ids.items():
        own = [f.name for f in schema()[table].fields if f.by_worker and f.type not in ("link", "links")]
        there, here = ({row.id: row for row in one.host.changed(table, None).rows} for one in (plain, ready))
        for key, row_id in keys.items():
            other = there[plain.ids[table][key]]
            assert {n: here[row_id][n] for n in own} == {n: other[n] for n in own}, (table, key)


def test_what_was_loaded_stands_as_its_people_left_it(demo: Demo) -> None:
    """Nothing of it is refused or reported but drives without a signed request; numbers go on after it."""
    refused = {
        (table.name, str(row["check_message"]))
        for table in schema()
        if "check_result" in table and table.name not in ("expense_claims", "invoices", "sign_steps")
        for row in demo.host.changed(table.name, None).rows
        if row["check_result"] == "拦截"
    }
    assert {table for table, _ in refused} == {"vehicle_logs"}
    assert all(said.startswith("本次出车没有已批准的派车单。") for _, said in refused)
    rules = {str(row["rule"]) for row in demo.host.changed("violations", None).rows}
    assert rules == {"SG-01", "SG-02", "DG-02"} | {"DG-03"} & rules, (
        "what was planted; DG-03 is from the claim of --check"
    )
    for table in ("tasks", "requests"):
        asked = [key for key, cells in SHOWN.rows[table].items() if "status" not in cells]
        rows = demo.host.rows(table, [demo.ids[table][key] for key in asked])
        assert rows and {row["status"] for row in rows} <= {"草拟", "草稿"}, table
    for table, ids in demo.ids.items():
        codes = [str(row["code"]) for row in demo.host.changed(table, None).rows]
        assert len(set(codes)) == len(codes) >= len(ids)


def test_a_check_that_finds_something_wrong_says_so_and_ends_with_1() -> None:
    demo = Demo(Clock())  # nothing played, nothing planted
    console = Console(record=True, width=200, force_terminal=False)
    assert check(demo.cast, console, demo.clock.now, fresh=False).end() == 1
    said = console.export_text()
    assert "✗ SG-01 非本人签批：记入预警台账，等级严重　实际：台账中没有" in said
    assert "✓ 四级签完，单据为已批准" in said
    assert said.splitlines()[-1].endswith(" passed, 3 failed")


# --- the data ---------------------------------------------------------------------------------------------------------
def test_names_are_obviously_made_up() -> None:
    duties = {c.name[1:] for c in school.PEOPLE}
    assert len(duties) == len(school.PEOPLE), "a surname and what the person does"
    assert all(name.startswith("示例") for name in school.VENDORS)
    assert school.SCHOOL.startswith("示例")
    assert all(c.email.endswith(".test") for c in school.PEOPLE)


def test_the_school_hangs_together() -> None:
    assert 20 <= len(school.PEOPLE) <= 25 and len(school.DEPARTMENTS) == 9
    assert len({c.login for c in school.PEOPLE}) == len(school.BY_NAME) == len(school.PEOPLE)
    for colleague in school.PEOPLE:
        assert colleague.department in school.DEPARTMENTS and colleague.post in school.POSTS, colleague.name
    for name, (_, head, leader) in school.DEPARTMENTS.items():
        assert school.BY_NAME[head].department == name and "部门负责人" in school.BY_NAME[head].roles
        assert "分管领导" in school.BY_NAME[leader].roles
    for role in ("会计", "出纳", "主要领导"):
        assert sum(role in c.roles for c in school.PEOPLE) == 1, role
    assert not any({"会计", "出纳"} <= set(c.roles) for c in school.PEOPLE)


def test_stories_are_laid_over_the_last_weeks() -> None:
    assert 12 <= sum(not s.breaks for s in STORIES) <= 20
    assert BROKEN.keys() == {"SG-01", "SG-02", "DG-02", "IV-02"}
    assert all(0 < s.days_ago < 30 for s in STORIES), "claimed within 30 days (EX-07)"
    assert len({s.title for s in STORIES}) == len(STORIES)
    for story in STORIES:
        assert story.handler in school.BY_NAME and story.line in SHOWN.rows["budget_lines"]
        assert story.acceptor != story.handler and re.fullmatch(r"\d{20}", story.invoice)
        assert story.seller in SHOWN.rows["vendors"]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [(date(2026, 9, 4), 4), (date(2026, 9, 5), 4), (date(2026, 9, 6), 4), (date(2026, 9, 7), 7)],
)
def test_business_is_done_on_weekdays(day: date, wanted: int) -> None:
    assert weekday(day) == date(2026, 9, wanted)
