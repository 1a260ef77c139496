"""What must be put back (DG-01, DG-04), decided from plain values."""

from datetime import UTC, datetime
from decimal import Decimal

from automations.guards import Restored, changed_cells, is_blank, lost_row_remark, put_back, restored_message
from automations.tables.base import Edit
from automations.tables.values import Value
from tests.office import schema

TABLE = schema()["budget_lines"]
WORKER, CLERK = "houqin@school.test", "wang@school.test"
AT = datetime(2026, 9, 3, 6, 5, tzinfo=UTC)


def edit(account: str | None, count: int = 1, **after: Value) -> Edit:
    return Edit("budget_lines", 1, f"e{count}", f"{count:09d}", AT, account, "update", {}, after)


def test_dg01_cells_of_the_worker_that_moved() -> None:
    before: dict[str, Value] = {"name": "日常办公费", "available": Decimal(100), "frozen": Decimal(0), "locked": False}
    assert changed_cells(TABLE, before, before | {"name": "办公费"}) == (), "people may edit their own columns"
    assert changed_cells(TABLE, before, before | {"available": Decimal(0)}) == ("available",)
    assert changed_cells(TABLE, before, before | {"available": None}) == ("available",)
    assert changed_cells(TABLE, before, before | {"frozen": None}) == ("frozen",), "0 is not empty"
    assert changed_cells(TABLE, before, before | {"locked": None}) == (), "a tick that is not there is no tick"


def test_dg01_a_new_row_brings_none() -> None:
    assert changed_cells(TABLE, None, {"name": "x", "available": Decimal(5), "locked": False}) == ("available",)


def test_dg01_a_persons_cell_is_put_back_and_the_workers_own_stays() -> None:
    before: dict[str, Value] = {"available": Decimal(100)}
    now: dict[str, Value] = {"available": Decimal(7)}
    [found] = put_back(["available"], before, now, [edit(CLERK, available=Decimal(7))], WORKER)
    assert (found.old, found.account, found.edit, found.at) == (Decimal(100), CLERK, "e1", AT)
    assert put_back(["available"], before, now, [edit(WORKER, available=Decimal(7))], WORKER) == []
    both = [edit(WORKER, 1, available=Decimal(100)), edit(CLERK, 2, available=Decimal(7))]
    assert len(put_back(["available"], before, now, both, WORKER)) == 1
    assert put_back(["available"], before, now, both[::-1], WORKER)[0].account == CLERK, "what stands there is his"


def test_dg01_a_change_without_a_record_is_put_back_too() -> None:
    [found] = put_back(["available"], {"available": Decimal(100)}, {"available": Decimal(7)}, [], WORKER)
    assert (found.account, found.old) == (None, Decimal(100))


def test_dg01_word_for_word() -> None:
    cell = Restored("available", Decimal(100), CLERK, "e1", AT)
    assert restored_message(TABLE, [cell, cell], {"available": "100"}) == "\n".join(
        ["【已还原】“可用”由系统计算，不能手工修改。原值“100”已恢复。"] * 2
    )


def test_dg04_word_for_word() -> None:
    assert lost_row_remark("王文员", AT) == (
        "【系统恢复】王文员于2026-09-03 14:05删除本行，已按快照恢复。作废请把状态改为“作废”。"
    )


def test_an_empty_row_is_blank_until_somebody_writes_in_it() -> None:
    empty: dict[str, Value] = {f.name: f.default for f in TABLE.fields}  # type: ignore[misc]
    assert is_blank(TABLE, empty)
    assert is_blank(TABLE, empty | {"available": Decimal(3), "code": "YS-2026-0001"}), "typed into our columns only"
    assert not is_blank(TABLE, empty | {"name": "x"})
    assert not is_blank(TABLE, empty | {"status": "已批复"})
    assert not is_blank(TABLE, empty | {"approved": Decimal(0)}), "0 元 is something"
