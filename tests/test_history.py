"""Rows as they stood at any moment: what was overwritten, dropped or made since is laid back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from automations.mirror import Mirror
from automations.schema.model import Field, Schema
from automations.sync import quick, reconcile
from automations.tables.base import Row
from automations.tables.values import canonical
from tests.conftest import Clock
from tests.office_tables import CLAIMS, NOW, PEOPLE, SCHEMA, claim, memory_host
from tests.postgres import store_url as store_url

MINUTE = timedelta(minutes=1)


def later(minutes: float) -> datetime:
    return NOW + minutes * MINUTE


def made(row_id: int, at: datetime, **cells: object) -> Row:
    return claim(row_id, made_at=at, **cells)


@pytest.fixture
def mirror(store_url: str):
    opened = Mirror(store_url, SCHEMA)
    yield opened
    opened.close()


def test_every_version_comes_back(mirror: Mirror) -> None:
    one = made(1, NOW, amount=Decimal(1))
    mirror.put("claims", [one], later(0))
    mirror.put("claims", [replace(one, values={**one.values, "amount": Decimal(2)})], later(10))
    mirror.patch("claims", 1, {"amount": Decimal(3), "status": "办结"}, now=later(20))
    mirror.drop("claims", [1], later(30))
    sums = [[row["amount"] for row in mirror.as_of("claims", later(at))] for at in (-1, 0, 9, 10, 19, 20, 29, 30, 99)]
    assert sums == [[], [1], [1], [2], [2], [3], [3], [], []]
    [then] = mirror.as_of("claims", later(15))
    assert then["status"] == one["status"] and then["reason"] == one["reason"]


def test_an_id_used_twice_is_two_rows(mirror: Mirror) -> None:
    mirror.put("claims", [made(1, NOW, reason="旧")], later(0))
    mirror.drop("claims", [1], later(5))
    mirror.put("claims", [replace(made(1, later(10), reason="新"), born="b2")], later(11))
    told = [[(r["reason"], r.born) for r in mirror.as_of("claims", later(at))] for at in (4, 6, 10, 12)]
    assert told == [[("旧", "b1")], [], [("新", "b2")], [("新", "b2")]]


def test_what_the_host_fills_itself_is_no_version(mirror: Mirror) -> None:
    one = made(1, NOW)
    mirror.put("claims", [one], later(0))
    mirror.put("claims", [replace(one, values={**one.values, "touched_by": "ana@school"}, stamp="s2")], later(1))
    assert mirror.as_of("claims", later(0.5))[0]["touched_by"] == "ana@school"


def test_a_pass_that_broke_off_leaves_no_past(mirror: Mirror) -> None:
    mirror.put("claims", [made(1, NOW, amount=Decimal(1))], later(0))
    with pytest.raises(ZeroDivisionError), mirror.write() as tx:
        tx.patch("claims", 1, {"amount": Decimal(2)}, now=later(5))
        raise ZeroDivisionError
    assert mirror.as_of("claims", later(1))[0]["amount"] == 1
    mirror.patch("claims", 1, {"amount": Decimal(4)}, now=later(9))
    assert [mirror.as_of("claims", later(at))[0]["amount"] for at in (1, 6, 9)] == [1, 1, 4]


def test_it_says_since_when_it_remembers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mirror.db'}"
    mirror = Mirror(url, SCHEMA)
    mirror.set_cursor("claims", None)
    assert mirror.remembers_since is None, "nothing of any row was noticed yet"
    mirror.put("claims", [made(1, NOW)], later(3))
    mirror.patch("claims", 1, {"amount": None}, now=later(8))
    mirror.close()
    again = Mirror(url, SCHEMA)
    assert again.remembers_since == later(3), "a worker that starts anew goes on remembering"
    again.close()


def test_old_cells_fit_a_changed_schema(store_url: str) -> None:
    mirror = Mirror(store_url, SCHEMA)
    mirror.put("claims", [made(1, NOW, amount=Decimal("1.50"), status="草稿", reason="甲"), made(2, NOW)], later(0))
    mirror.patch("claims", 1, {"amount": Decimal(2), "status": "待审", "reason": "乙"}, now=later(5))
    mirror.drop("claims", [2], later(6))
    mirror.close()
    fields = [f for f in CLAIMS.fields if f.name != "reason"]
    fields = [replace(f, options=("待审", "办结")) if f.name == "status" else f for f in fields]
    changed = replace(CLAIMS, fields=(*fields, Field("place", "地点", "text")))
    again = Mirror(store_url, Schema((PEOPLE, changed)))
    one, two = again.as_of("claims", later(1))
    assert one["amount"] == Decimal("1.50") and "reason" not in one.values
    assert one["status"] == canonical(changed["status"], "草稿") or one["status"] is None
    assert set(two.values) == {f.name for f in changed.fields} and two["place"] is None
    again.close()
    gone = Mirror(store_url, Schema((PEOPLE,)))
    gone.close()
    back = Mirror(store_url, SCHEMA)
    assert back.as_of("claims", later(1)) == [], "a table that was given up has no past"
    back.close()


def test_a_reconcile_finds_what_ended(mirror: Mirror) -> None:
    clock = Clock()
    server, host = memory_host(clock)
    host.create("claims", [{"reason": "甲"}, {"reason": "乙"}])
    quick(host, mirror, "claims", clock.now)
    start = clock.now
    clock.pass_by(seconds=3600)
    host.delete("claims", [1])
    server.import_rows("报销单", {2: {"事由": "丙"}})
    reconcile(host, mirror, "claims", clock.now, deep=True)
    assert [r["reason"] for r in mirror.as_of("claims", start)] == ["甲", "乙"]
    assert [r["reason"] for r in mirror.as_of("claims", clock.now)] == ["丙"]
    before = mirror.as_of("claims", start)
    reconcile(host, mirror, "claims", clock.now + MINUTE, deep=True)
    assert mirror.as_of("claims", start) == before
    server.close()


class HistoryMachine(RuleBasedStateMachine):
    """Rows come, change, go and come again under old ids, at any times; a book of every moment must agree."""

    @initialize()
    def open(self) -> None:
        self.now = NOW
        self.mirror = Mirror("sqlite:///:memory:", SCHEMA)
        self.rows: dict[int, Row] = {}
        self.lives = 0
        self.book: dict[datetime, list[Row]] = {}

    def teardown(self) -> None:
        if hasattr(self, "mirror"):
            self.mirror.close()

    @rule(seconds=st.sampled_from([0, 1, 40]))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(ids=st.lists(st.integers(1, 4), min_size=1, unique=True), amount=st.integers(0, 3))
    def put(self, ids: list[int], amount: int) -> None:
        for row_id in ids:
            if (known := self.rows.get(row_id)) is not None:
                self.rows[row_id] = replace(known, values={**known.values, "amount": Decimal(f"{amount}.00")})
            else:
                self.lives += 1
                self.rows[row_id] = replace(made(row_id, self.now, reason="新"), born=f"b{self.lives}")
        self.mirror.put("claims", [self.rows[row_id] for row_id in ids], self.now)

    @rule(ids=st.lists(st.integers(1, 4), min_size=1, unique=True), reason=st.sampled_from(["甲", "乙", None]))
    def patch(self, ids: list[int], reason: str | None) -> None:
        with self.mirror.write() as tx:
            tx.patch_all("claims", {row_id: {"reason": reason} for row_id in ids}, "s1", self.now)
        for row_id in ids:
            if (known := self.rows.get(row_id)) is not None:
                self.rows[row_id] = replace(known, values={**known.values, "reason": reason})

    @rule(ids=st.lists(st.integers(1, 4), min_size=1, unique=True))
    def drop(self, ids: list[int]) -> None:
        self.mirror.drop("claims", ids, self.now)
        for row_id in ids:
            self.rows.pop(row_id, None)

    @invariant()
    def every_moment_comes_back(self) -> None:
        if not hasattr(self, "mirror"):
            return
        self.book[self.now] = sorted(self.rows.values(), key=lambda row: row.id)
        for moment, stood in self.book.items():
            found = self.mirror.as_of("claims", moment)
            assert [(r.id, r.born, r.values) for r in found] == [(r.id, r.born, r.values) for r in stood], moment
        assert self.mirror.as_of("claims", datetime(2020, 1, 1, tzinfo=UTC)) == []


TestHistoryMachine = HistoryMachine.TestCase
TestHistoryMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
