"""Whatever people do, whenever a pass breaks off: the mirror ends up as the host is, and no change goes unnoticed.

The machine drives a memory host with edits, deletions, imports, restores and cells changed without a stamp, and lets
passes run in between that fail at any call to the host or right before the mirror commits. It keeps a book of its own:
what every row was when it was last judged. At the end a deep reconcile must find nothing that the agenda did not hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from automations.mirror import Item, Mirror
from automations.sync import quick, reconcile
from automations.tables.base import Changes, Row
from automations.tables.memory import MemoryHost
from tests.conftest import Clock
from tests.office_tables import CLAIMS, SCHEMA, memory_host
from tests.postgres import server as postgres

CONTENT = [field.name for field in CLAIMS.fields if not field.by_host]
Key = tuple[int, str]  # (id, born): a row's identity
REASONS = st.sampled_from(["差旅", "会议", "维修", "办公用品"])


class Crash(Exception):
    """The worker died here."""


class Flaky:
    """The host as the worker sees it: dies at the call whose number was drawn."""

    def __init__(self, host: MemoryHost) -> None:
        self._host = host
        self.left: int | None = None

    def _step(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Crash

    def changed(self, table: str, cursor: str | None) -> Changes:
        self._step()
        found = self._host.changed(table, cursor)
        self._step()
        return found

    def ids(self, table: str) -> dict[int, str]:
        self._step()
        return self._host.ids(table)

    def rows(self, table: str, ids: Sequence[int]) -> list[Row]:
        self._step()
        return self._host.rows(table, ids)


class FlakyMirror(Mirror):
    """The mirror of a worker that may die in the middle of a transaction, or right before it commits."""

    left: int | None = None

    @contextmanager
    def write(self) -> Iterator[Any]:
        with super().write() as tx:
            yield _FlakyWrite(tx, self)
            self.step()

    def step(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Crash


class _FlakyWrite:
    def __init__(self, tx: Any, mirror: FlakyMirror) -> None:
        self._tx, self._mirror = tx, mirror

    def __getattr__(self, name: str) -> Any:
        self._mirror.step()
        return getattr(self._tx, name)


def content(row: Row) -> dict[str, object]:
    return {name: row[name] for name in CONTENT}


class SyncMachine(RuleBasedStateMachine):
    """See the module."""

    url = "sqlite:///:memory:"
    reuse_ids = True

    @initialize(rows=st.integers(0, 4))
    def open(self, rows: int) -> None:
        self.clock = Clock()
        self.server, self.host = memory_host(self.clock, reuse_ids=self.reuse_ids)
        self.flaky = Flaky(self.host)
        self.address = self.new_address()
        self.mirror = FlakyMirror(self.address, SCHEMA)
        self.judged: dict[Key, dict[str, object]] = {}
        self.stamps: dict[Key, str] = {}
        self.stood: dict[datetime, dict[Key, dict[str, object]]] = {}
        self.host.create("people", [{"name": "王"}, {"name": "李"}])
        self.host.create("claims", [{"reason": f"旧账 {n}"} for n in range(rows)])

    def new_address(self) -> str:
        return self.url

    def teardown(self) -> None:
        if not hasattr(self, "mirror"):
            return
        try:
            self.finish()
        finally:
            self.mirror.close()
            self.server.close()

    # --- the office at work ---------------------------------------------------------------------------------------
    def living(self) -> list[int]:
        return sorted(self.host.ids("claims"))

    def pick(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(self.living()))

    def some_left(self) -> bool:
        return bool(self.living())

    @rule(reasons=st.lists(REASONS, min_size=1, max_size=3))
    def enter(self, reasons: list[str]) -> None:
        if len(self.living()) < 12:
            self.host.create("claims", [{"reason": reason} for reason in reasons])

    @precondition(some_left)
    @rule(data=st.data(), reason=REASONS, amount=st.integers(0, 3))
    def edit(self, data: st.DataObject, reason: str, amount: int) -> None:
        self.host.update("claims", {self.pick(data): {"reason": reason, "amount": Decimal(amount)}})

    @precondition(some_left)
    @rule(data=st.data())
    def edit_and_back(self, data: st.DataObject) -> None:
        id = self.pick(data)
        (row,) = self.host.rows("claims", [id])
        self.host.update("claims", {id: {"amount": Decimal(99)}})
        self.host.update("claims", {id: {"amount": row["amount"]}})

    @precondition(some_left)
    @rule(data=st.data(), reason=REASONS)
    def load_a_file(self, data: st.DataObject, reason: str) -> None:
        self.server.import_rows("报销单", {self.pick(data): {"事由": reason}})

    @precondition(some_left)
    @rule(data=st.data(), person=st.sampled_from([None, 1, 2]))
    def link_from_the_other_side(self, data: st.DataObject, person: int | None) -> None:
        self.server.write_unstamped("报销单", {self.pick(data): {"经办人": person}}, "ana@school")

    @precondition(some_left)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.host.delete("claims", [self.pick(data)])

    @precondition(some_left)
    @rule(reason=REASONS)
    def replace_the_last(self, reason: str) -> None:
        """Delete the row with the highest id and enter another, which some hosts give the same id."""
        self.host.delete("claims", [self.living()[-1]])
        self.clock.pass_by(seconds=1)
        self.host.create("claims", [{"reason": reason}])

    @precondition(lambda self: bool(self.judged))
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """Put back a deleted row that the worker knows, under its old id where that is free."""
        id, born = data.draw(st.sampled_from(sorted(self.judged)))
        if id not in self.living():
            self.host.restore("claims", Row(id, self.judged[id, born], born))  # type: ignore[arg-type]

    @rule(seconds=st.sampled_from([0, 1, 30, 300]))
    def time_goes_by(self, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)

    @rule(seconds=st.sampled_from([0, 20, 55]))
    def the_host_gets_slow(self, seconds: int) -> None:
        """Writes become visible so long after their stamp: less than what incremental reads look back."""
        self.server.lag = timedelta(seconds=seconds)

    # --- the worker -----------------------------------------------------------------------------------------------
    @rule(
        look=st.sampled_from(["quick", "quick", "ids", "deep"]),
        host_dies=st.none() | st.integers(0, 4),
        mirror_dies=st.none() | st.integers(0, 6),
    )
    def a_pass(self, look: str, host_dies: int | None, mirror_dies: int | None) -> None:
        before = (self.mirror.select("claims"), self.mirror.agenda(), self.mirror.cursor("claims"))
        self.flaky.left, self.mirror.left = host_dies, mirror_dies
        try:
            self.look(look)
        except Crash:
            self.flaky.left = self.mirror.left = None
            after = (self.mirror.select("claims"), self.mirror.agenda(), self.mirror.cursor("claims"))
            assert after == before, "all of a pass or nothing of it"
        finally:
            self.flaky.left = self.mirror.left = None

    def look(self, kind: str) -> None:
        # The guard against shrunk tables is on, and tables here are small: it must never cry wolf for one deletion.
        if kind == "quick":
            quick(self.flaky, self.mirror, "claims", self.clock.now)  # type: ignore[arg-type]
        else:
            reconcile(
                self.flaky,  # type: ignore[arg-type]
                self.mirror,
                "claims",
                self.clock.now,
                deep=kind == "deep",
                accept_shrink=self.emptied(),
            )

    def emptied(self) -> bool:
        """Everything that the mirror knows was really deleted: the one case in which the guard is right to ask."""
        known, listed = self.mirror.ids("claims"), self.host.ids("claims")
        return not any(listed.get(id) == born for id, born in known.items())

    @rule(part=st.integers(1, 5), edited_meanwhile=st.booleans())
    def judge(self, part: int, edited_meanwhile: bool) -> None:
        """Judge the first items of the agenda and settle them, perhaps while another pass runs in between."""
        items = self.mirror.agenda()[:part]
        if edited_meanwhile:
            quick(self.host, self.mirror, "claims", self.clock.now)
        again = {(i.row_id, i.born, i.revision) for i in self.mirror.agenda()}
        for item in items:
            if (item.row_id, item.born, item.revision) in again:  # unchanged since it was read
                self.note(item)
        self.mirror.settle(items)

    def note(self, item: Item) -> None:
        key = (item.row_id, item.born)
        assert item.before is None or content(Row(0, item.before)) == self.judged.get(key, content(Row(0, item.before)))
        if item.gone:
            assert item.last is not None
            self.judged.pop(key, None)
            self.stamps.pop(key, None)
        else:
            (row,) = self.mirror.living("claims", [item.row_id])
            self.judged[key] = content(row)
            self.stamps[key] = row.stamp

    @rule(amount=st.integers(5, 8), data=st.data())
    def the_worker_writes(self, amount: int, data: st.DataObject) -> None:
        """Write to the host and through to the mirror, as the engine does."""
        both = sorted(self.mirror.ids("claims").keys() & set(self.living()))
        if both:
            id = data.draw(st.sampled_from(both))
            self.host.update("claims", {id: {"amount": Decimal(amount)}})
            self.mirror.patch("claims", id, {"amount": Decimal(amount)}, now=self.clock.now)
            born = self.mirror.ids("claims")[id]
            waiting = {(item.row_id, item.born) for item in self.mirror.agenda()}
            if (id, born) in self.judged.keys() - waiting:  # what waits is compared with what it was, all in all
                self.judged[id, born]["amount"] = Decimal(amount)

    @rule()
    def the_worker_starts_anew(self) -> None:
        if self.address != SyncMachine.url:
            self.mirror.close()
            self.mirror = FlakyMirror(self.address, SCHEMA)

    # --- what must hold -------------------------------------------------------------------------------------------
    @invariant()
    def what_differs_from_the_judged_waits(self) -> None:
        """A row that the mirror knows to differ from what was judged is on the agenda."""
        if not hasattr(self, "mirror"):
            return
        waiting = {(item.row_id, item.born) for item in self.mirror.agenda()}
        self.stood[self.clock.now] = {(row.id, row.born): content(row) for row in self.mirror.select("claims")}
        for row in self.mirror.select("claims"):
            if self.judged.get((row.id, row.born)) != content(row):
                assert (row.id, row.born) in waiting, f"row {row.id} changed unnoticed"

    def finish(self) -> None:
        """Two passes without any accident: the mirror is the host, and the agenda holds every difference."""
        for _ in range(2):
            self.look("deep")
        assert self.mirror.select("claims") == sorted(self.host.rows("claims", self.living()), key=lambda r: r.id)
        waiting = {(item.row_id, item.born): item for item in self.mirror.agenda()}
        now: Mapping[Key, Row] = {(row.id, row.born): row for row in self.mirror.select("claims")}
        for key, judged in self.judged.items():
            if key not in now:
                assert waiting[key].gone, "a deletion went unnoticed"
            elif content(now[key]) != judged or now[key].stamp != self.stamps[key]:
                assert not waiting[key].gone, "an edit went unnoticed"
        for key in now.keys() - self.judged.keys():
            assert not waiting[key].gone, "a new row went unnoticed"
        self.stood[self.clock.now] = {key: content(row) for key, row in now.items()}
        self.the_past_comes_back()
        before = self.mirror.agenda()
        self.look("quick")
        self.look("deep")
        assert self.mirror.agenda() == before, "looking again changes nothing"

    def the_past_comes_back(self) -> None:
        """At every moment the rows that the mirror held then; beside them only what was there and not yet noticed."""
        seen: set[Key] = set()
        for moment, stood in self.stood.items():
            found = {(row.id, row.born): row for row in self.mirror.as_of("claims", moment)}
            assert {key: content(found[key]) for key in stood if key in found} == stood, moment
            seen |= stood.keys()
            for key in found.keys() - stood.keys():
                assert key not in seen, f"{key} was gone by {moment}"


class OneLifeMachine(SyncMachine):
    """The same on a host that never gives an id twice."""

    reuse_ids = False


class PostgresMachine(SyncMachine):
    """The same with the mirror on PostgreSQL, which also starts anew now and then."""

    def new_address(self) -> str:
        return postgres().new_store()


TestSyncMachine = SyncMachine.TestCase
TestSyncMachine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestOneLifeMachine = OneLifeMachine.TestCase
TestOneLifeMachine.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestPostgresMachine = pytest.mark.postgres(PostgresMachine.TestCase)
TestPostgresMachine.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
