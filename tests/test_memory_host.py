"""What the memory host does beyond the contract: faults, hand-made changes, late commits, sharing a file."""

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from automations.errors import HostConflict, HostRefused, HostUnavailable, SchemaMoved, WriteUncertain
from automations.schema.model import Field, Table
from automations.tables.base import Binding, Host
from automations.tables.memory import OVERLAP, MemoryServer
from tests.conftest import Clock
from tests.contract.world import lay_out

ROOMS = Table("rooms", "房间", "FJ", (Field("code", "编号", "text"), Field("name", "名称", "text")))
REPAIRS = Table(
    "repairs",
    "维修",
    "WX",
    (
        Field("code", "编号", "text"),
        Field("cost", "费用", "money"),
        Field("state", "状态", "choice", options=("草稿", "提交", "办结"), default="草稿"),
        Field("marks", "标记", "choices", options=("急", "大")),
        Field("rooms", "房间", "links", to="rooms", reverse="维修"),
    ),
)


@pytest.fixture
def office(memory_server: MemoryServer) -> MemoryServer:
    for email in ("houqin@school.test", "zhou@school.test"):
        memory_server.add_account(email, email.split("@")[0])
    return memory_server


@pytest.fixture
def worker(office: MemoryServer) -> Host:
    host = office.login("houqin@school.test")
    lay_out(host, [ROOMS, REPAIRS])
    return host


def state(host: Host, row_id: int) -> object:
    return host.rows("repairs", [row_id])[0]["state"]


# --- faults ---------------------------------------------------------------------------------------------------------
def test_unavailable_meets_any_call_and_does_nothing(office: MemoryServer, worker: Host) -> None:
    office.fail_next("unavailable", times=2)
    with pytest.raises(HostUnavailable):
        worker.ids("repairs")
    with pytest.raises(HostUnavailable):
        worker.create("repairs", [{}])
    assert worker.ids("repairs") == {}


def test_conflict_waits_for_a_write_and_does_nothing(office: MemoryServer, worker: Host) -> None:
    office.fail_next("conflict")
    assert worker.ids("repairs") == {}
    with pytest.raises(HostConflict) as caught:
        worker.create("repairs", [{}])
    assert caught.value.retry
    assert worker.ids("repairs") == {}


def test_uncertain_has_written(office: MemoryServer, worker: Host) -> None:
    office.fail_next("uncertain")
    with pytest.raises(WriteUncertain):
        worker.create("repairs", [{"code": "甲"}])
    assert len(worker.ids("repairs")) == 1


def test_a_fault_leaves_earlier_batches_standing(office: MemoryServer, worker: Host) -> None:
    rows = [{"code": str(i)} for i in range(450)]
    office.fail_next("uncertain")
    with pytest.raises(WriteUncertain):
        worker.create("repairs", rows)
    assert len(worker.ids("repairs")) == 200


def test_a_refused_value_writes_nothing_of_its_batch(worker: Host) -> None:
    [row_id] = worker.create("repairs", [{"code": "原样"}])
    with pytest.raises(HostRefused, match="没有选项“丢失”"):
        worker.update("repairs", {row_id: {"code": "新", "state": "丢失"}})
    with pytest.raises(HostRefused, match="没有第 77 行"):
        worker.create("repairs", [{"code": "一"}, {"rooms": (77,)}])
    assert worker.rows("repairs", [row_id])[0]["code"] == "原样"
    assert list(worker.ids("repairs")) == [row_id]


# --- late commits ---------------------------------------------------------------------------------------------------
def test_a_commit_later_than_the_overlap_escapes_the_incremental_read_only(
    office: MemoryServer, worker: Host, clock: Clock
) -> None:
    """Why a slow full reconcile runs beside the quick pass (design.md 6)."""
    late, other = worker.create("repairs", [{"code": "晚"}, {"code": "早"}])
    clock.pass_by(hours=1)
    worker.update("repairs", {other: {"code": "更早"}})
    cursor = worker.changed("repairs", None).cursor
    for lag, seen in ((OVERLAP, True), (OVERLAP + timedelta(seconds=1), False)):
        office.lag = lag
        worker.update("repairs", {late: {"state": "提交"}})
        assert (late in [row.id for row in worker.changed("repairs", cursor).rows]) is seen
    assert late in [row.id for row in worker.changed("repairs", None).rows]


def test_a_link_from_the_other_side_leaves_history_but_no_stamp(
    office: MemoryServer, worker: Host, clock: Clock
) -> None:
    [room] = worker.create("rooms", [{"name": "101"}])
    [row_id] = worker.create("repairs", [{}])
    before = worker.rows("repairs", [row_id])[0]
    clock.pass_by(minutes=10)
    office.write_unstamped("维修", {row_id: {"房间": (room,)}}, by="zhou@school.test")
    after = worker.rows("repairs", [row_id])[0]
    assert (after.stamp, after["rooms"]) == (before.stamp, (room,))
    edit = worker.edits("repairs", row_id)[-1]
    assert (edit.account, dict(edit.before), dict(edit.after)) == (
        "zhou@school.test",
        {"rooms": ()},
        {"rooms": (room,)},
    )


def test_an_import_moves_the_stamp_but_leaves_no_history(office: MemoryServer, worker: Host, clock: Clock) -> None:
    [row_id] = worker.create("repairs", [{"cost": Decimal("900.00")}])
    stamp = worker.rows("repairs", [row_id])[0].stamp
    clock.pass_by(minutes=10)
    office.import_rows("维修", {row_id: {"费用": "9000"}}, by="zhou@school.test")
    row = worker.rows("repairs", [row_id])[0]
    assert row["cost"] == Decimal("9000.00") and row.stamp > stamp
    assert [edit.action for edit in worker.edits("repairs", row_id)] == ["create"]


# --- restored -------------------------------------------------------------------------------------------------------
def test_restoring_with_other_values_is_a_change_of_its_own(worker: Host, clock: Clock) -> None:
    [row_id] = worker.create("repairs", [{"code": "甲", "cost": Decimal("5.00")}])
    [row] = worker.rows("repairs", [row_id])
    worker.delete("repairs", [row_id])
    clock.pass_by(minutes=1)
    assert worker.restore("repairs", replace(row, values={**row.values, "code": "【系统恢复】"})) == row_id
    [back] = worker.rows("repairs", [row_id])
    assert (back["code"], back["cost"], back.born) == ("【系统恢复】", Decimal("5.00"), row.born)
    assert [edit.action for edit in worker.edits("repairs", row_id)] == ["create", "delete", "restore", "update"]
    assert worker.restore("repairs", row) == row_id, "a living row is left as it is"
    assert worker.rows("repairs", [row_id])[0]["code"] == "【系统恢复】"


def test_a_restored_row_gets_another_id_where_a_younger_row_has_its_own(clock: Clock) -> None:
    server = MemoryServer(clock=clock, reuse_ids=True)
    server.add_account("zhou@school.test", "周敏")
    host = server.login("zhou@school.test")
    lay_out(host, [ROOMS])
    [row_id] = host.create("rooms", [{"name": "旧"}])
    [row] = host.rows("rooms", [row_id])
    host.delete("rooms", [row_id])
    clock.pass_by(seconds=1)
    assert host.create("rooms", [{"name": "新"}]) == [row_id]
    living = host.restore("rooms", row)
    assert living != row_id
    assert [found["name"] for found in host.rows("rooms", [row_id, living])] == ["新", "旧"]
    server.close()


# --- the schema bent by hand ----------------------------------------------------------------------------------------
def test_renaming_an_option_keeps_its_cells(office: MemoryServer, worker: Host) -> None:
    [row_id] = worker.create("repairs", [{"state": "提交", "marks": ("大", "急")}])
    stamp = worker.rows("repairs", [row_id])[0].stamp
    before = worker.refresh(["repairs"])
    office.rename_option("维修", "状态", "提交", "已提交")
    assert state(worker, row_id) == "已提交"
    assert worker.refresh(["repairs"]) != before
    assert worker.rows("repairs", [row_id])[0].stamp == stamp
    assert worker.edits("repairs", row_id)[0].after["state"] == "提交", "history keeps the words of its day"


def test_a_change_of_columns_that_is_taken_back_leaves_no_trace(office: MemoryServer, worker: Host) -> None:
    [row_id] = worker.create("repairs", [{"state": "提交"}])
    table = office.store.table_id("维修")
    with pytest.raises(ZeroDivisionError), office.store.writing():
        office.store.set_options(office.store.column(table, "状态"), ["别的"])
        assert office.store.column(table, "状态").decode(1) is None
        raise ZeroDivisionError
    assert state(worker, row_id) == "提交"
    office.rename_option("维修", "状态", "提交", "已提交")
    assert state(worker, row_id) == "已提交"


def test_columns_changed_by_another_process_are_read_anew(tmp_path: Path, clock: Clock) -> None:
    one, other = (MemoryServer(str(tmp_path / "host.db"), clock=clock) for _ in range(2))
    one.add_account("houqin@school.test", "后勤")
    host = one.login("houqin@school.test")
    lay_out(host, [ROOMS, REPAIRS])
    [row_id] = host.create("repairs", [{"state": "提交"}])
    other.rename_option("维修", "状态", "提交", "已提交")
    assert state(host, row_id) == "已提交"
    one.close()
    other.close()


def test_taking_an_option_away_empties_its_cells_silently(office: MemoryServer, worker: Host) -> None:
    gone, stays = worker.create("repairs", [{"state": "提交"}, {"state": "办结"}])
    office.set_options("维修", "状态", ["办结", "草稿"])
    assert (state(worker, gone), state(worker, stays)) == (None, "办结")
    assert [edit.action for edit in worker.edits("repairs", gone)] == ["create"]
    with pytest.raises(HostRefused):
        worker.update("repairs", {gone: {"state": "提交"}})


def test_retyping_converts_what_fits_and_moves_the_schema(office: MemoryServer, worker: Host) -> None:
    fits, unfit = worker.create("rooms", [{"name": "101"}, {"name": "礼堂"}])
    office.retype("房间", "名称", "number")
    with pytest.raises(SchemaMoved) as caught:
        worker.refresh(["rooms", "repairs"])
    assert caught.value.problems == ("表“房间”的列“名称”应为 text，现为 number",)
    office.retype("房间", "名称", "text")
    rows = worker.rows("rooms", [fits, unfit])
    assert [row["name"] for row in rows] == ["101", None]


def test_every_problem_of_the_schema_is_named_at_once(office: MemoryServer, worker: Host) -> None:
    tables = {table.title: table for table in worker.describe()}
    columns = {column.title: column.id for column in tables["维修"].fields}
    worker.delete_field(tables["维修"].id, columns["费用"])
    office.retype("维修", "状态", "?json")
    office.rename_field("维修", "编号", "单号")
    with pytest.raises(SchemaMoved) as caught:
        worker.refresh(["repairs"])
    assert sorted(caught.value.problems) == ["表“维修”的列“状态”应为 choice，现为 ?json", "表“维修”的列“费用”已不在"]


def test_a_two_way_link_goes_on_both_sides(worker: Host) -> None:
    tables = {table.title: table for table in worker.describe()}
    reverse = next(column for column in tables["房间"].fields if column.title == "维修")
    worker.delete_field(tables["房间"].id, reverse.id)
    assert "房间" not in [c.title for table in worker.describe() if table.title == "维修" for c in table.fields]


def test_the_reverse_side_can_be_read_but_not_written(worker: Host, office: MemoryServer) -> None:
    tables = {table.title: table for table in worker.describe()}
    seen = Table("rooms", "房间", "FJ", (*ROOMS.fields, Field("repairs", "维修", "links", to="repairs")))
    titles = {column.title: column.id for column in tables["房间"].fields}
    first, second = worker.create("rooms", [{}, {}])
    made = worker.create("repairs", [{"rooms": (first, second)}, {"rooms": (second,)}])
    other = office.login("zhou@school.test")
    bound = {field.name: titles[field.title] for field in seen.fields}
    other.bind(Binding({"rooms": type(binding_of(worker)["rooms"])(seen, tables["房间"].id, bound)}))
    assert [row["repairs"] for row in other.rows("rooms", [first, second])] == [(made[0],), tuple(made)]
    with pytest.raises(HostRefused):
        other.update("rooms", {first: {"repairs": ()}})


def binding_of(host: Host) -> Binding:
    """The binding that the fixture gave the worker."""
    fresh = MemoryServer()
    fresh.add_account("x@school.test", "x")
    made = lay_out(fresh.login("x@school.test"), [ROOMS, REPAIRS])
    fresh.close()
    return made


# --- one file, many hands -------------------------------------------------------------------------------------------
def test_threads_lose_nothing(worker: Host, office: MemoryServer) -> None:
    [row_id] = worker.create("repairs", [{"code": "0", "cost": Decimal(0)}])
    failures: list[BaseException] = []

    def write(field: str) -> None:
        try:
            for number in range(30):
                worker.update("repairs", {row_id: {field: str(number + 1)}})
                worker.create("rooms", [{"name": f"{field} {number}"}])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(field,)) for field in ("code", "cost")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    row = worker.rows("repairs", [row_id])[0]
    assert (row["code"], row["cost"]) == ("30", Decimal("30.00"))
    assert len(worker.edits("repairs", row_id)) == 61
    assert len(worker.ids("rooms")) == 60


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "host.db")
    server = MemoryServer(path)
    server.add_account("zhou@school.test", "周敏")
    host = server.login("zhou@school.test")
    lay_out(host, [ROOMS])
    first = host.create("rooms", [{"name": "这边"}])
    script = (
        "import sys; from automations.tables.memory import MemoryServer\n"
        "server = MemoryServer(sys.argv[1]); host = server.login('zhou@school.test')\n"
        "table = host.describe()[0]\n"
        "server.import_rows('房间', {1: {'名称': '那边'}})\n"
        "print(table.title, len(host.accounts())); server.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script, path], capture_output=True, text=True, encoding="utf-8", timeout=60
    )
    assert (done.returncode, done.stdout.split()) == (0, ["房间", "1"]), done.stderr
    assert host.rows("rooms", first)[0]["name"] == "那边"
    server.close()
