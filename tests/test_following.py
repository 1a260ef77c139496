"""Rows that follow from rows: added once, whatever happens to them afterwards."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from automations import NewRow, follow, intents, sync, whenever
from automations.engine import Engine
from automations.engine.following import Following
from automations.engine.wanted import Wanted
from automations.errors import HouqinError
from automations.follow import Follow
from automations.intents import Intent
from tests.conftest import Clock
from tests.office import SmallOffice


@pytest.fixture
def told() -> Iterator[Callable[[Any], Iterator[NewRow]]]:
    """From the moment that a supply is moved, its keeper has a task; taken away again after the test."""
    before = {table: list(found) for table, found in follow.FOLLOWS.items()}

    def count_again(move: Any) -> Iterator[NewRow]:
        """Whoever takes out more than ten counts the shelf."""
        if move.qty == 13:
            raise ValueError("unlucky")
        if move.qty is not None and move.qty > 10:
            yield NewRow("issues", key="count", kind="报修", description=f"请盘点：领用{move.qty:.0f}件", status="新建")

    whenever("supply_moves")(count_again)
    yield count_again
    follow.FOLLOWS.clear()
    follow.FOLLOWS.update(before)


@pytest.fixture
def office(clock: Clock, told: object) -> Iterator[SmallOffice]:
    one = SmallOffice(clock)
    yield one
    one.close()


def issues(office: SmallOffice) -> list[Any]:
    return sorted(office.host.changed("issues", None).rows, key=lambda r: r.id)


def move(office: SmallOffice, qty: int) -> int:
    [row] = office.person("王文员").host.create("supply_moves", [{"qty": qty, "direction": "领用"}])
    office.engine.turn(office.clock.pass_by(seconds=3), slow=True)
    return row


def test_a_row_follows_once(office: SmallOffice) -> None:
    row = move(office, 11)
    office.settle()
    [issue] = issues(office)
    assert (issue["kind"], issue["description"], issue["status"]) == ("报修", "请盘点：领用11件", "新建")
    assert issue["code"] == "GD-2026-0001"
    office.person("王文员").host.update("supply_moves", {row: {"qty": 12}})
    office.engine.turn(office.clock.pass_by(seconds=3), slow=True)
    office.settle()
    assert [i.id for i in issues(office)] == [issue.id], "the same key is the same row"
    move(office, 14)
    assert [i["code"] for i in issues(office)] == ["GD-2026-0001", "GD-2026-0002"]


def test_a_worker_that_starts_again_adds_nothing(office: SmallOffice) -> None:
    move(office, 11)
    office.settle()
    office.engine = Engine(office.office)
    office.engine.turn(office.clock.pass_by(seconds=3), slow=True)
    office.settle()
    assert len(issues(office)) == 1


def test_a_worker_killed_before_the_row_was_added_adds_it_on_return(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Wanted, "add", _killed)
        with pytest.raises(SystemExit):
            move(office, 11)
    assert issues(office) == []
    office.engine = Engine(office.office)
    office.settle()
    office.settle()
    assert [i["code"] for i in issues(office)] == ["GD-2026-0001"]


def _killed(*args: object) -> None:
    raise SystemExit


def test_one_that_trips_stops_no_other_row(office: SmallOffice) -> None:
    office.person("王文员").host.create("supply_moves", [{"qty": 13}, {"qty": 15}])
    report = office.engine.turn(office.clock.pass_by(seconds=3), slow=True)
    assert [p for p in report.problems if "count_again" in p and "unlucky" in p], report.problems
    assert [i["description"] for i in issues(office)] == ["请盘点：领用15件"]


def test_two_functions_of_one_name_are_refused(told: Callable[[Any], Iterator[NewRow]]) -> None:
    namespace: dict[str, Any] = {}
    exec(compile("def count_again(row):\n    yield", "elsewhere.py", "exec"), namespace)
    with pytest.raises(HouqinError, match="count_again"):
        whenever("assets")(namespace["count_again"])
    whenever("supply_moves")(told)
    assert len([f for f in follow.FOLLOWS["supply_moves"] if f.name == "count_again"]) == 1


def test_a_preview_shows_what_would_follow_and_adds_nothing(office: SmallOffice) -> None:
    office.person("王文员").host.create("supply_moves", [{"qty": 11}, {"qty": 9}])
    found = follow.following("count_again")
    assert found is not None and found.doc == "Whoever takes out more than ten counts the shelf."
    look = Following(office.office)
    sync.quick(office.host, office.office.mirror, "supply_moves", office.clock.now)
    assert look.preview(found, office.clock.now) == [], "without a number nothing can follow yet"
    office.engine.turn(office.clock.pass_by(seconds=3), slow=True)
    assert look.preview(found, office.clock.now) == [], "it is there already"
    [row] = issues(office)
    assert row["code"] == "GD-2026-0001"
    follow.FOLLOWS["supply_moves"][:] = [Follow("count_twice", "supply_moves", found.function, "")]
    [(code, new)] = look.preview(follow.FOLLOWS["supply_moves"][0], office.clock.now)
    assert (code, new.table, new.key) == ("WZ-2026-0001", "issues", "count")
    assert len(issues(office)) == 1


def test_a_row_that_the_host_refuses_does_not_hold_up_the_others(office: SmallOffice) -> None:
    journal, now = office.office.journal, office.clock.pass_by(seconds=3)
    with journal.write(now=now) as tx:
        codes = [tx.number("GD", 2026, "follow", n, "test") for n in range(3)]
        kinds = ("报修", "没有这一类", "报修")
        wanted = [
            Intent("issues", code, {"code": code, "kind": kind, "status": "新建"})
            for code, kind in zip(codes, kinds, strict=True)
        ]
        intents.plan_all(tx.connection, wanted, now)
    report = office.engine.turn(now, slow=True)
    assert [i["code"] for i in issues(office)] == [codes[0], codes[2]]
    assert len(report.problems) == 1 and "没有这一类" in report.problems[0]
    with journal.store.read() as connection:
        assert [i.code for i in intents.outstanding(connection)] == [codes[1]]
    assert journal.codes("issues", [i.id for i in issues(office)]).keys() == {(i.id, i.born) for i in issues(office)}
