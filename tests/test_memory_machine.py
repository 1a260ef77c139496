"""The memory host against a plain dict: whatever is done in whatever order, both tell the same."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from automations.schema.model import Field, Table
from automations.tables.base import Host, Row
from automations.tables.memory import OVERLAP, MemoryServer
from automations.tables.values import canonical
from tests.contract.world import lay_out

CLAIMS = Table(
    "claims",
    "单据",
    "DJ",
    (
        Field("title", "事由", "text"),
        Field("amount", "金额", "money"),
        Field("status", "状态", "choice", options=("草稿", "提交")),
        Field("tags", "标签", "choices", options=("水", "电", "车")),
        Field("urgent", "紧急", "bool"),
        Field("day", "日期", "date"),
    ),
    display="title",
)
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "title": st.none() | st.text(max_size=8),
    "amount": st.none() | st.decimals(Decimal("-1e9"), Decimal("1e9"), places=2),
    "status": st.none() | st.sampled_from(("草稿", "提交")),
    "tags": st.lists(st.sampled_from(("水", "电", "车")), unique=True).map(tuple),
    "urgent": st.booleans(),
    "day": st.none() | st.dates(),
}
VALUES = st.fixed_dictionaries({}, optional=CELLS)
LAGS = st.timedeltas(timedelta(0), OVERLAP)
"""How long before its commit a write may be stamped."""
PEOPLE = ("zhou@school.test", "li@school.test")


class Mirror:
    """A copy as the engine keeps it: touched rows by cursor; gone and restored ones by the list of ids."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.rows: dict[int, dict[str, Any]] = {}

    def poll(self, host: Host) -> dict[int, dict[str, Any]]:
        changes = host.changed("claims", self.cursor)
        self.cursor = changes.cursor
        self.rows.update((row.id, dict(row.values)) for row in changes.rows)
        ids = host.ids("claims")
        self.rows = {row_id: values for row_id, values in self.rows.items() if row_id in ids}
        returned = [row_id for row_id in ids if row_id not in self.rows]
        self.rows.update((row.id, dict(row.values)) for row in host.rows("claims", returned))
        return self.rows


class MemoryMachine(RuleBasedStateMachine):
    """``model``: living rows by id; ``graves``: deleted ones; ``log``: what each row's history must hold."""

    living = Bundle("living")
    dead = Bundle("dead")
    reuse_ids = False

    @initialize()
    def open(self) -> None:
        self.now = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
        self.server = MemoryServer(clock=lambda: self.now, reuse_ids=self.reuse_ids)
        for email in PEOPLE:
            self.server.add_account(email, email)
        self.hosts = [self.server.login(email) for email in PEOPLE]
        binding = lay_out(self.hosts[0], [CLAIMS])
        self.hosts[1].bind(binding)
        self.model: dict[int, dict[str, Any]] = {}
        self.graves: dict[int, Row] = {}
        self.log: dict[int, list[tuple[str, str]]] = {}
        self.eager, self.lazy = Mirror(), Mirror()

    def teardown(self) -> None:
        if hasattr(self, "server"):
            self.server.close()

    @rule(target=living, who=st.integers(0, 1), rows=st.lists(VALUES, min_size=1, max_size=3), lag=LAGS)
    def create(self, who: int, rows: list[dict[str, Any]], lag: timedelta) -> Any:
        self.server.lag = lag
        made = self.hosts[who].create("claims", rows)
        assert len(set(made)) == len(rows) and not set(made) & set(self.model)
        if not self.reuse_ids:
            assert not set(made) & set(self.graves)
        for row_id, values in zip(made, rows, strict=True):
            self.model[row_id] = {f.name: canonical(f, values.get(f.name)) for f in CLAIMS.fields}
            self.log[row_id] = [("create", PEOPLE[who])]
            self.graves.pop(row_id, None)
        return multiple(*made)

    @rule(who=st.integers(0, 1), row_id=living, values=VALUES, lag=LAGS)
    def update(self, who: int, row_id: int, values: dict[str, Any], lag: timedelta) -> None:
        if row_id not in self.model:
            return
        self.server.lag = lag
        self.hosts[who].update("claims", {row_id: values})
        wanted = {name: canonical(CLAIMS[name], value) for name, value in values.items()}
        if any(self.model[row_id][name] != value for name, value in wanted.items()):
            self.log[row_id].append(("update", PEOPLE[who]))
        self.model[row_id].update(wanted)

    @rule(target=dead, who=st.integers(0, 1), row_id=consumes(living))
    def delete(self, who: int, row_id: int) -> Any:
        if row_id not in self.model:
            return multiple()
        [row] = self.hosts[who].rows("claims", [row_id])
        self.hosts[who].delete("claims", [row_id, 10**9])
        del self.model[row_id]
        self.graves[row_id] = row
        self.log[row_id].append(("delete", PEOPLE[who]))
        return row_id

    @rule(target=living, who=st.integers(0, 1), row_id=consumes(dead))
    def restore(self, who: int, row_id: int) -> Any:
        if row_id not in self.graves:
            return multiple()
        row = self.graves.pop(row_id)
        assert self.hosts[who].restore("claims", row) == row_id
        self.model[row_id] = dict(row.values)
        self.log[row_id].append(("restore", PEOPLE[who]))
        return row_id

    @rule(seconds=st.integers(0, 300))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def poll_now_and_then(self) -> None:
        assert self.lazy.poll(self.hosts[0]) == self.model

    @invariant()
    def poll_after_every_step(self) -> None:
        if hasattr(self, "model"):
            assert self.eager.poll(self.hosts[1]) == self.model

    @invariant()
    def same_rows(self) -> None:
        if hasattr(self, "model"):
            rows = self.hosts[1].changed("claims", None).rows
            assert {row.id: dict(row.values) for row in rows} == self.model
            assert set(self.hosts[1].ids("claims")) == set(self.model)

    @invariant()
    def same_history(self) -> None:
        if not hasattr(self, "model"):
            return
        for row_id, log in self.log.items():
            edits = self.hosts[0].edits("claims", row_id)
            assert [(edit.action, edit.account) for edit in edits] == log
            assert [edit.order for edit in edits] == sorted({edit.order for edit in edits})
            middle = edits[len(edits) // 2]
            assert self.hosts[0].edits("claims", row_id, middle.order) == edits[len(edits) // 2 + 1 :]
            replayed = {f.name: canonical(f, None) for f in CLAIMS.fields}
            for edit in edits:
                if edit.action == "update":
                    assert all(replayed[name] == value for name, value in edit.before.items())
                if edit.action == "delete":
                    assert dict(edit.before) == replayed
                else:
                    replayed.update(edit.after)
            if row_id in self.model:
                assert replayed == self.model[row_id]


class ReusingMachine(MemoryMachine):
    """The same on a host that gives ids again."""

    reuse_ids = True


LIMITS = settings(max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TestMemoryMachine = MemoryMachine.TestCase
TestMemoryMachine.settings = LIMITS
TestReusingMachine = ReusingMachine.TestCase
TestReusingMachine.settings = LIMITS
