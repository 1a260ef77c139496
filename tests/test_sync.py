"""Planning what changed (pure), and one look at a host."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event

from automations.errors import HostUnavailable, TableShrank
from automations.mirror import Mirror
from automations.sync import Changed, Gone, New, Refresh, Report, Touch, plan, quick, reconcile
from automations.tables.base import Changes, Row
from automations.tables.memory import MemoryHost, MemoryServer
from automations.tables.values import File
from tests.conftest import Clock
from tests.office_tables import CLAIMS, NOW, SCHEMA, claim, memory_host
from tests.postgres import store_url as store_url


# --- plan -----------------------------------------------------------------------------------------------------------
def one(was: Row | None, now: Row | None) -> list[object]:
    """The plan for one row that was and is so."""
    return list(
        plan(CLAIMS, {was.id: was} if was else {}, [now] if now else [], missing=[was.id] if was and not now else [])
    )


def test_plan_for_one_row() -> None:
    was = claim()
    changed = claim(stamp="s2", amount=Decimal(2))
    unstamped = claim(amount=Decimal(2))
    touched = claim(stamp="s2")
    renamed = claim(made_by="ana@school")
    reused = claim(born="b2")
    assert one(was, was) == []
    assert one(None, was) == [New(was)]
    assert one(was, changed) == [Changed(changed, was)]
    assert one(was, unstamped) == [Changed(unstamped, was)], "links move no stamp: content decides"
    assert one(was, touched) == [Touch(touched, was)], "changed and changed back is worth a look"
    assert one(was, renamed) == [Refresh(renamed)], "what the host fills in is nobody's edit"
    assert one(was, None) == [Gone(was)]
    assert one(was, reused) == [Gone(was), New(reused)]
    assert one(None, None) == []


@pytest.mark.parametrize(("was", "now"), [("", "b1"), ("b1", ""), ("", "")])
def test_an_unknown_birth_proves_nothing(was: str, now: str) -> None:
    row = claim(born=now, stamp="s2")
    assert one(claim(born=was), row) == [Touch(row, claim(born=was))]


def test_our_own_write_is_looked_at_once() -> None:
    ours = claim(stamp="")
    assert one(ours, claim(stamp="s2")) == [Touch(claim(stamp="s2"), ours)]


def test_of_two_readings_the_later_counts() -> None:
    early, late = claim(reason="一"), claim(reason="二")
    assert plan(CLAIMS, {}, [early, late]) == [New(late)]


def test_a_row_that_was_read_is_not_missing() -> None:
    assert plan(CLAIMS, {1: claim()}, [claim()], missing=[1]) == []


def test_a_row_nobody_knew_is_not_missed() -> None:
    assert plan(CLAIMS, {}, [], missing=[5]) == []


def test_plan_goes_by_id() -> None:
    rows = [claim(3), claim(1)]
    assert plan(CLAIMS, {2: claim(2)}, rows, missing=[2]) == [New(rows[1]), Gone(claim(2)), New(rows[0])]


DIGEST = "a" * 64


def test_a_known_digest_of_a_file_is_kept() -> None:
    """The host tells no digests: what the worker found by reading the file must not look like a change."""
    was = claim(attachments=(File("a.pdf", 5, "r1", DIGEST),))
    assert one(was, claim(attachments=(File("a.pdf", 5, "r1"),))) == []
    added = claim(stamp="s2", attachments=(File("a.pdf", 5, "r1"), File("b.pdf", 5, "r2")))
    kept = replace(
        added, values={**added.values, "attachments": (File("a.pdf", 5, "r1", DIGEST), File("b.pdf", 5, "r2"))}
    )
    assert one(was, added) == [Changed(kept, was)]
    other = claim(attachments=(File("a.pdf", 5, "r9"),))
    assert one(was, other) == [Changed(other, was)]


def test_a_digest_that_becomes_known_is_no_edit() -> None:
    was, now = claim(attachments=(File("a", 1, "r"),)), claim(attachments=(File("a", 1, "r", DIGEST),))
    assert one(was, now) == [Refresh(now)]
    other = claim(attachments=(File("a", 1, "r", "b" * 64),))
    assert one(now, other) == [Changed(other, now)], "the same handle with other content is an edit"


# --- looking at a host ----------------------------------------------------------------------------------------------
@pytest.fixture
def mirror(store_url: str) -> Iterator[Mirror]:
    opened = Mirror(store_url, SCHEMA)
    yield opened
    opened.close()


@pytest.fixture
def office(clock: Clock) -> Iterator[tuple[MemoryServer, MemoryHost]]:
    server, host = memory_host(clock, reuse_ids=True)
    yield server, host
    server.close()


@pytest.fixture
def host(office: tuple[MemoryServer, MemoryHost]) -> MemoryHost:
    return office[1]


def held(mirror: Mirror) -> list[tuple[int, bool, object]]:
    """The agenda: id, gone, reason before."""
    return [(i.row_id, i.gone, i.before and i.before["reason"]) for i in mirror.agenda()]


def settle(mirror: Mirror) -> None:
    mirror.settle(mirror.agenda())


def test_the_first_look_reads_everything(mirror: Mirror, host: MemoryHost) -> None:
    host.create("claims", [{"reason": "一", "amount": Decimal("1.20")}, {"reason": "二"}])
    assert quick(host, mirror, "claims", NOW) == Report("claims", seen=2, new=2, first=True)
    assert mirror.select("claims") == host.rows("claims", [1, 2])
    assert held(mirror) == [(1, False, None), (2, False, None)]
    assert mirror.agenda()[0].first_seen == NOW
    again = quick(host, mirror, "claims", NOW)
    assert again.quiet and not again.first


def test_a_quiet_pass_writes_nothing(mirror: Mirror, host: MemoryHost) -> None:
    host.create("claims", [{"reason": "一"}])
    quick(host, mirror, "claims", NOW)
    quick(host, mirror, "claims", NOW)
    written: list[str] = []

    @event.listens_for(mirror.store.engine, "before_cursor_execute")
    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SELECT", "BEGIN")):
            written.append(statement)

    assert quick(host, mirror, "claims", NOW).quiet and reconcile(host, mirror, "claims", NOW, deep=True).quiet
    assert written == []


def test_an_edit_is_noticed_with_what_was_before(mirror: Mirror, host: MemoryHost, clock: Clock) -> None:
    host.create("claims", [{"reason": "一"}, {"reason": "二"}])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    clock.pass_by(minutes=5)
    host.update("claims", {2: {"reason": "改"}})
    assert quick(host, mirror, "claims", NOW).changed == 1
    clock.pass_by(minutes=5)
    host.update("claims", {2: {"reason": "再改"}})
    quick(host, mirror, "claims", NOW)
    assert held(mirror) == [(2, False, "二")], "before stays what was judged"
    row = mirror.row("claims", 2)
    assert row is not None and row["reason"] == "再改"


def test_changed_and_changed_back_is_a_touch(mirror: Mirror, host: MemoryHost, clock: Clock) -> None:
    host.create("claims", [{"reason": "一"}])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    clock.pass_by(minutes=5)
    host.update("claims", {1: {"reason": "改"}})
    host.update("claims", {1: {"reason": "一"}})
    assert quick(host, mirror, "claims", NOW).touched == 1
    assert held(mirror) == [(1, False, "一")]


def test_a_write_committed_late_is_not_missed(
    mirror: Mirror, office: tuple[MemoryServer, MemoryHost], clock: Clock
) -> None:
    server, host = office
    host.create("claims", [{"reason": "一"}])
    quick(host, mirror, "claims", NOW)
    server.lag = clock.now - clock.pass_by(seconds=-20)  # stamped 20 s before it can be seen
    host.update("claims", {1: {"reason": "迟到"}})
    assert quick(host, mirror, "claims", NOW).changed == 1


def test_a_deletion_is_noticed_by_reconcile(mirror: Mirror, host: MemoryHost) -> None:
    host.create("claims", [{"reason": "一"}, {"reason": "二"}])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    last = mirror.row("claims", 1)
    host.delete("claims", [1])
    assert quick(host, mirror, "claims", NOW).quiet
    assert reconcile(host, mirror, "claims", NOW).gone == 1
    assert held(mirror) == [(1, True, "一")]
    assert mirror.row("claims", 1) == last and mirror.count("claims") == 1
    assert reconcile(host, mirror, "claims", NOW).quiet, "noticed once"


def test_a_restored_row_is_new_again(mirror: Mirror, host: MemoryHost) -> None:
    host.create("claims", [{"reason": "一"}])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    row = mirror.row("claims", 1)
    assert row is not None
    host.delete("claims", [1])
    reconcile(host, mirror, "claims", NOW)
    settle(mirror)
    host.restore("claims", row)
    assert reconcile(host, mirror, "claims", NOW).new == 1
    assert mirror.row("claims", 1) == row


@pytest.mark.parametrize("look", [quick, reconcile])
def test_an_id_used_again_is_one_gone_and_one_new(look, mirror: Mirror, host: MemoryHost, clock: Clock) -> None:
    host.create("claims", [{"reason": "旧"}])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    host.delete("claims", [1])
    clock.pass_by(minutes=1)
    assert host.create("claims", [{"reason": "新"}]) == [1]
    report = look(host, mirror, "claims", NOW)
    assert (report.gone, report.new) == (1, 1)
    assert held(mirror) == [(1, True, "旧"), (1, False, None)]
    row = mirror.row("claims", 1)
    assert row is not None and row["reason"] == "新"


def test_only_a_deep_reconcile_sees_what_moves_no_stamp(
    mirror: Mirror, office: tuple[MemoryServer, MemoryHost], clock: Clock
) -> None:
    server, host = office
    host.create("claims", [{"reason": "一"}])
    host.create("people", [{"name": "甲"}])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    clock.pass_by(hours=1)
    host.create("claims", [{"reason": "二"}])
    quick(host, mirror, "claims", NOW)  # the overlap no longer covers row 1
    settle(mirror)
    server.write_unstamped("报销单", {1: {"经办人": 1}}, "ana@school")
    assert quick(host, mirror, "claims", NOW).quiet and reconcile(host, mirror, "claims", NOW).quiet
    assert reconcile(host, mirror, "claims", NOW, deep=True).changed == 1
    assert held(mirror) == [(1, False, "一")]


def test_reconcile_does_the_first_reading_too(mirror: Mirror, host: MemoryHost) -> None:
    host.create("claims", [{"reason": "一"}])
    assert reconcile(host, mirror, "claims", NOW) == Report("claims", seen=2, new=1, first=True)
    assert mirror.cursor("claims") is not None


class Shifting:
    """A host whose long listings skip living rows, as paging by offset does when rows are deleted meanwhile."""

    def __init__(self, host: MemoryHost, skipped: int) -> None:
        self._host = host
        self._skipped = skipped

    def ids(self, table: str) -> dict[int, str]:
        return {id: born for id, born in self._host.ids(table).items() if id != self._skipped}

    def rows(self, table: str, ids: Sequence[int]) -> list[Row]:
        return self._host.rows(table, ids)

    def changed(self, table: str, cursor: str | None) -> Changes:
        return self._host.changed(table, cursor)


def test_a_row_that_slipped_out_of_the_listing_is_not_gone(mirror: Mirror, host: MemoryHost) -> None:
    host.create("claims", [{"reason": "一"}, {"reason": "二"}])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    assert reconcile(Shifting(host, 2), mirror, "claims", NOW).quiet  # type: ignore[arg-type]
    assert mirror.count("claims") == 2


# --- a table that shrank --------------------------------------------------------------------------------------------
def state(mirror: Mirror) -> Mapping[str, object]:
    return {"rows": mirror.select("claims"), "agenda": mirror.agenda(), "cursor": mirror.cursor("claims")}


@pytest.mark.parametrize(
    ("had", "left", "refused"),
    [
        (4, 0, False),
        (5, 0, True),
        (19, 1, False),
        (20, 10, False),
        (20, 9, True),
        (40, 20, False),
        (40, 19, True),
        (1, 0, False),
    ],
)
def test_a_table_that_shrank_is_not_believed(
    had: int, left: int, refused: bool, mirror: Mirror, host: MemoryHost
) -> None:
    host.create("claims", [{"reason": str(n)} for n in range(had)])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    host.delete("claims", range(left + 1, had + 1))
    before = state(mirror)
    if refused:
        with pytest.raises(TableShrank, match=f"报销单.*原有 {had} 行，现在只找到 {left} 行"):
            reconcile(host, mirror, "claims", NOW, deep=True)
        assert state(mirror) == before, "nothing was changed"
    report = reconcile(host, mirror, "claims", NOW, accept_shrink=refused)
    assert report.gone == had - left and mirror.count("claims") == left


def test_a_table_loaded_anew_over_the_same_ids_is_not_believed(mirror: Mirror, host: MemoryHost, clock: Clock) -> None:
    """Everybody was deleted and others have their ids: as many rows as before, yet all the old ones are gone."""
    host.create("claims", [{"reason": str(n)} for n in range(30)])
    quick(host, mirror, "claims", NOW)
    settle(mirror)
    host.delete("claims", range(1, 31))
    clock.pass_by(days=1)
    host.create("claims", [{"reason": "另一批"} for _ in range(30)])
    with pytest.raises(TableShrank):
        reconcile(host, mirror, "claims", NOW)


def test_a_growing_table_is_believed(mirror: Mirror, host: MemoryHost) -> None:
    host.create("claims", [{"reason": "一"} for _ in range(5)])
    quick(host, mirror, "claims", NOW)
    host.create("claims", [{"reason": "二"} for _ in range(300)])
    assert reconcile(host, mirror, "claims", NOW).new == 300


# --- failures and cost ----------------------------------------------------------------------------------------------
def test_a_host_that_does_not_answer_changes_nothing(
    mirror: Mirror, office: tuple[MemoryServer, MemoryHost], clock: Clock
) -> None:
    server, host = office
    host.create("claims", [{"reason": "一"}])
    quick(host, mirror, "claims", NOW)
    before = state(mirror)
    host.update("claims", {1: {"reason": "二"}})
    for _ in range(2):
        server.fail_next("unavailable")
        with pytest.raises(HostUnavailable):
            quick(host, mirror, "claims", NOW)
        assert state(mirror) == before
    assert quick(host, mirror, "claims", NOW).changed == 1


class OnlyChanges:
    """A host that answers one question: what changed."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def changed(self, _table: str, _cursor: str | None) -> Changes:
        return self._changes


@pytest.mark.parametrize("size", [10, 3000])
def test_the_cost_of_a_quick_pass_follows_the_changes(size: int, mirror: Mirror) -> None:
    mirror.put("claims", [claim(n) for n in range(1, size + 1)])
    mirror.set_cursor("claims", "c0")
    fetched: list[str] = []

    @event.listens_for(mirror.store.engine, "before_cursor_execute")
    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        fetched.append(statement)

    changes = Changes([claim(n, stamp="s2", reason="改") for n in (1, 2, 3)], "c1")
    report = quick(OnlyChanges(changes), mirror, "claims", datetime(2026, 9, 1, tzinfo=UTC))  # type: ignore[arg-type]
    assert report.changed == 3
    assert len(fetched) <= 12
    reads = [s for s in fetched if s.startswith("SELECT") and "FROM claims" in s]
    assert len(reads) == 1 and "IN (" in reads[0], "the old content of the changed rows and no more"
