"""Plays edits on the memory host, at everybody's own login, with the real engine and a clock that is moved on.

The worker looks a few times a working day, once on other days, and before anybody signs what it has not seen yet.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from automations.demo.year.edits import FORM, WHOEVER, Code, Edit, Paper, Ref, in_order
from automations.demo.year.plan import Plan
from automations.demo.year.quick_mirror import QuickMirror
from automations.engine import Engine, Office
from automations.engine.notices import Notices
from automations.engine.turn import FAST
from automations.errors import HouqinError
from automations.jobs import approvals, discover
from automations.journal import Journal
from automations.notify.memory import Memory
from automations.schema.apply import apply
from automations.schema.load import load_schema
from automations.schema.plan import plan as plan_schema
from automations.settings import HOUSE
from automations.tables.base import Changes, Row
from automations.tables.memory import MemoryHost, MemoryServer
from automations.tables.values import File, Values
from automations.workdays import SCHOOL_TIME

WORKER, FORM_ACCOUNT = "houqin@school.test", "form@school.test"
STEPS = "sign_steps"
MORNING = time(8, 40)
LOOKS = (MORNING, time(11, 30), time(15, 10), time(18, 0))
"""When the worker looks on a working day; in the morning only on others."""

ALWAYS_LOOKS = frozenset({MORNING, time(15, 10)})
"""Also where nobody did anything: the times of the lists."""

UNDECIDED, READ = "待签", "知悉"


@dataclass(frozen=True, slots=True)
class Said:
    """What the worker wrote into 校验说明 of a row."""

    at: datetime
    table: str
    row_id: int
    result: str
    message: str


@dataclass
class Played:
    """What came of a year.

    Attributes:
        said: Everything that the worker ever answered in a row.
        troubles: Edits that could not be made, Chinese sentences.
        passes / seconds: How often the worker looked, how long it took.
    """

    said: list[Said] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    edits: int = 0
    passes: int = 0
    seconds: float = 0.0


class Heard:
    """The worker's host: what it writes into 校验说明 is noted.

    It knows which tables were written since they were read last, and that nobody moves a column: the others are not
    read over and over, as a server that stamps thousands of rows in one second would have them read.
    """

    def __init__(self, host: MemoryHost, played: Played, now: Callable[[], datetime]) -> None:
        self._host, self._played, self._now = host, played, now
        self._prints: dict[str, str] = {}
        self.written: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)

    def refresh(self, tables: Sequence[str]) -> dict[str, str]:
        """As the host's; asked once."""
        if missing := [name for name in tables if name not in self._prints]:
            self._prints |= self._host.refresh(missing)
        return {name: self._prints[name] for name in tables}

    def changed(self, table: str, cursor: str | None) -> Changes:
        """As the host's; of a table that nobody wrote into, nothing."""
        if cursor is not None and table not in self.written:
            return Changes([], cursor)
        self.written.discard(table)
        return self._host.changed(table, cursor)

    def create(self, table: str, rows: Sequence[Values]) -> list[int]:
        """As the host's."""
        self.written.add(table)
        return self._host.create(table, rows)

    def update(self, table: str, changes: Mapping[int, Values]) -> None:
        """As the host's, and noted."""
        self.written.add(table)
        self._host.update(table, changes)
        for row_id, cells in changes.items():
            if cells.get("check_message"):
                result, message = str(cells.get("check_result") or ""), str(cells["check_message"])
                self._played.said.append(Said(self._now(), table, row_id, result, message))


class Player:
    """The school on the memory host.

    Args:
        plan: The year.

    Attributes:
        ids: Row id by :class:`Ref`.
        post: Where messages go.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.now = plan.at(date(plan.year, 1, 1), "00:10")
        self.played = Played()
        self.ids: dict[Ref, int] = {}
        self.post = Memory("email")
        self._hosts: dict[str, MemoryHost] = {}
        self._files: dict[str, File] = {}
        self._unseen: set[Ref] = set()
        self._touched: set[str] = set()
        self._server = MemoryServer(clock=lambda: self.now)
        self._accounts = {**plan.school.accounts, "": WORKER, FORM: FORM_ACCOUNT}
        for name, account in self._accounts.items():
            self._server.add_account(account, name or "后勤助手")
        self._schema = load_schema(HOUSE / "schemas")
        host = self._server.login(WORKER)
        steps = plan_schema(self._schema, host.describe(), None)
        self._binding = apply(steps, host, yes=True, lose_data=False, progress=lambda _: None)
        self.host = self._login("")
        self._load()
        self._heard: Any = Heard(self.host, self.played, lambda: self.now)
        self.office = Office(
            host=self._heard,
            mirror=QuickMirror("sqlite:///:memory:", self._schema),
            journal=Journal("sqlite:///:memory:"),
            schema=self._schema,
            approvals=approvals(),
        )
        self.engine = Engine(self.office, Notices(self.office, {"email": self.post}, discover()))
        self._look(slow=True)
        self._look(slow=True)

    def close(self) -> None:
        """Let go of the stores."""
        self.office.mirror.close()
        self.office.journal.close()
        self._server.close()

    def _login(self, name: str) -> MemoryHost:
        if name not in self._hosts:
            host = self._server.login(self._accounts[name])
            host.bind(self._binding)
            self._hosts[name] = host
        return self._hosts[name]

    def _load(self) -> None:
        """Reference rows, links to later ones afterwards."""
        school = self.plan.school
        for table, rows in school.rows.items():
            made = self.host.create(table, [self._cells(cells) for cells in rows.values()])
            self.ids |= {Ref(table, key): row_id for key, row_id in zip(rows, made, strict=True)}
        for table, rows in school.later.items():
            self.host.update(table, {self.ids[Ref(table, key)]: self._cells(cells) for key, cells in rows.items()})

    # --- the year -----------------------------------------------------------------------------------------------------
    def play(self, edits: Sequence[Edit], told: Callable[[date], None] = lambda day: None) -> Played:
        """Make all edits at their times; ``told``: of every day that is over."""
        by_day: dict[date, list[Edit]] = defaultdict(list)
        for edit in in_order(edits):
            by_day[edit.at.astimezone(SCHOOL_TIME).date()].append(edit)
        for day in self.plan.days:
            if self.plan.first <= day <= self.plan.until:
                self._day(day, by_day.get(day, []))
                told(day)
        return self.played

    def _day(self, day: date, edits: list[Edit]) -> None:
        working = self.plan.works(day)
        if self._hands_over(day):
            self.now = max(self.now, self.plan.at(day, "00:05"))
            self._look()
        waiting = iter(edits)
        edit = next(waiting, None)
        for clock in LOOKS:
            until = datetime.combine(day, clock, SCHOOL_TIME)
            while edit is not None and (edit.at <= until or clock == LOOKS[-1]):
                self._make(edit)
                edit = next(waiting, None)
            if self._unseen or clock == MORNING or (working and clock in ALWAYS_LOOKS):
                self.now = max(self.now, until)
                self._look(slow=clock == MORNING)

    def _hands_over(self, day: date) -> bool:
        """Whether a delegation begins or has ended with this day: a worker that always runs has seen to it by dawn."""
        over = day - timedelta(days=1)
        return any(p["away_from"] == day or p["away_to"] == over for p in self.office.mirror.select("people"))

    def _look(self, slow: bool = False) -> None:
        """One pass of the worker, a few seconds later."""
        self.now += timedelta(seconds=5)
        tables = () if slow else sorted({*FAST, *self._touched})
        report = self.engine.turn(self.now, slow=slow, tables=tables)
        self.played.passes += 1
        self.played.seconds += report.seconds
        self.played.troubles += [f"{self.now:%m-%d %H:%M} {problem}" for problem in report.problems]
        self._unseen.clear()
        self._touched.clear()

    # --- one edit -----------------------------------------------------------------------------------------------------
    def _make(self, edit: Edit) -> None:
        if self._unseen and (edit.deed == "find" or (edit.deed == "sign" and edit.row in self._unseen)):
            self._look()
        self.now = max(self.now, edit.at)
        self.played.edits += 1
        try:
            {"write": self._write, "delete": self._delete, "sign": self._sign, "find": self._find}[edit.deed](edit)
        except HouqinError as error:
            self._trouble(edit, str(error))
        if edit.look:
            self._look()

    def _write(self, edit: Edit) -> None:
        host, cells = self._login(edit.by), self._cells(edit.cells)
        if (row_id := self.ids.get(edit.row)) is None:
            [self.ids[edit.row]] = host.create(edit.table, [cells])
        else:
            host.update(edit.table, {row_id: cells})
        self._saw(edit.row)

    def _delete(self, edit: Edit) -> None:
        self._login(edit.by).delete(edit.table, [self._id(edit.row)])
        self._saw(edit.row)

    def _sign(self, edit: Edit) -> None:
        link = self.office.approvals[edit.table].step_link
        row_id = self._id(edit.row)
        steps = self.office.mirror.linked(STEPS, link, [row_id]).get(row_id, [])
        undecided = [s for s in _in_turn(steps, edit.level) if Ref(STEPS, str(s.id)) not in self._unseen]
        step = next((s for s in undecided if not edit.level or s["level"] == edit.level), None)
        if step is None:
            return
        by = edit.by if edit.by != WHOEVER else self._name(step["assignee"])
        self._login(by).update(STEPS, {step.id: dict(edit.cells)})
        self._saw(Ref(STEPS, str(step.id)))

    def _find(self, edit: Edit) -> None:
        where = self._cells(edit.cells)
        found = self.office.mirror.select(edit.table, **where)
        if not found:
            return self._trouble(edit, "没有这样的行")
        self.ids[edit.row] = max(row.id for row in found)

    def _saw(self, row: Ref) -> None:
        self._unseen.add(row)
        self._touched.add(row.table)
        self._heard.written.add(row.table)

    def _trouble(self, edit: Edit, what: str) -> None:
        self.played.troubles.append(f"{edit.at:%m-%d %H:%M} {edit.by} {edit.table} {edit.key}：{what}")

    def _name(self, person: Any) -> str:
        return self.office.directory.name(person)

    # --- cells --------------------------------------------------------------------------------------------------------
    def _cells(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._cell(value) for name, value in cells.items()}

    def _cell(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self._id(value)
        if isinstance(value, Code):
            return self.row(Ref(*value))["code"]
        if isinstance(value, Paper):
            if value.name not in self._files:
                self._files[value.name] = self.host.upload(value.name, value.name.encode())
            return self._files[value.name]
        if isinstance(value, tuple):
            return tuple(self._cell(one) for one in value)
        return value

    def _id(self, row: Ref) -> int:
        if row not in self.ids:
            raise HouqinError(f"还没有 {row.table} 的“{row.key}”这一行")
        return self.ids[row]

    # --- looking ------------------------------------------------------------------------------------------------------
    def row(self, row: Ref) -> Row:
        """A row as it is now."""
        [found] = self.host.rows(row.table, [self._id(row)])
        return found

    def keys(self) -> Mapping[tuple[str, int], str]:
        """Key by table and row id."""
        return {(row.table, row_id): row.key for row, row_id in self.ids.items()}


def _in_turn(steps: Sequence[Row], level: str) -> Iterator[Row]:
    """Undecided steps of the present round, whose turn it is first; 知悉 only where it is asked for."""
    last: Any = max((s["round"] for s in steps), default=None)  # type: ignore[type-var]
    mine: list[Any] = [
        s for s in steps if s["round"] == last and s["decision"] == UNDECIDED and (s["level"] != READ or level == READ)
    ]
    yield from sorted(mine, key=lambda s: s["seq"])
