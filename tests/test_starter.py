"""What a new school begins with, on the memory host: once, into empty tables, never over anybody's row."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from automations import starter
from automations.demo import school as demo
from automations.demo.year.shelf import SEED_RULES
from automations.engine import Engine, Office
from automations.jobs import approvals
from automations.journal import Journal
from automations.mirror import Mirror
from automations.schema.apply import apply
from automations.schema.plan import plan
from automations.shipped_norms import SHIPPED
from automations.tables.base import Host, Row
from tests.conftest import Clock
from tests.office import WORKER, memory_server, schema

TODAY = date(2026, 9, 1)


@pytest.fixture
def host() -> Iterator[Host]:
    one: Host = memory_server(Clock(datetime(2026, 9, 1, 2, tzinfo=UTC))).login(WORKER)
    one.bind(apply(plan(schema(), one.describe(), None), one, yes=True, lose_data=False, progress=lambda _: None))
    yield one


def rows(host: Host, table: str) -> list[Row]:
    return host.rows(table, list(host.ids(table)))


def test_empty_tables_are_filled(host: Host) -> None:
    assert list(starter.load(host, schema(), TODAY)) == [
        f"“参数标准”已写入{len(SHIPPED)}条：请会计逐条对照本地文件核实，勾选“已本地核实”。",
        "“楼栋房间”已写入6条：请填写责任部门、责任人，并补录房间。",
        "“制度档案”已写入14条：都是草拟，请上传本校文件、填写主责部门和会议纪要号后提交签批。",
    ]
    norms = {row["key"]: row for row in rows(host, "settings")}
    assert norms.keys() == SHIPPED.keys()
    assert {row["from_date"] for row in norms.values()} == {date(2026, 1, 1)}
    assert not any(row["verified"] for row in norms.values())
    assert [row["name"] for row in rows(host, "locations")] == list(starter.PLACES)
    papers = rows(host, "documents")
    assert {(row["kind"], row["status"]) for row in papers} == {("制度", "草拟")}
    assert [row["title"] for row in papers] == list(SEED_RULES)


def test_once_and_never_over_what_is_there(host: Host) -> None:
    [mine] = host.create("locations", [{"name": "本校教学楼", "kind": "楼栋"}])
    first = list(starter.load(host, schema(), TODAY))
    assert first[1] == "“楼栋房间”已有内容，没有改动。" and "已写入" in first[0] + first[2]
    assert [(row.id, row["name"]) for row in rows(host, "locations")] == [(mine, "本校教学楼")]
    gone, kept, *_ = host.ids("documents")
    host.delete("documents", [gone])
    host.update("documents", {kept: {"title": "本校公共卫生办法"}})
    assert list(starter.load(host, schema(), TODAY)) == [
        "“参数标准”已有内容，没有改动。",
        "“楼栋房间”已有内容，没有改动。",
        "“制度档案”已有内容，没有改动。",
    ]
    assert len(rows(host, "documents")) == 13 and host.rows("documents", [kept])[0]["title"] == "本校公共卫生办法"


def test_the_worker_finds_nothing_wrong_with_them_but_what_is_to_be_filled_in(host: Host) -> None:
    list(starter.load(host, schema(), TODAY))
    stores = Mirror("sqlite:///:memory:", schema()), Journal("sqlite:///:memory:")
    engine = Engine(Office(host, *stores, schema(), approvals()))
    now = datetime(2026, 9, 1, 2, tzinfo=UTC)
    assert not engine.turn(now, slow=True).problems
    assert {row["check_message"] for row in rows(host, "locations")} == {"请填写：“责任部门”、“责任人”。"}
    assert {(row["status"], row["code"] is not None) for row in rows(host, "documents")} == {("草拟", True)}
    assert not host.ids("violations")
    for store in stores:
        store.close()


def test_the_demonstration_has_the_same_places() -> None:
    six = list(demo.LOCATIONS.items())[: len(starter.PLACES)]
    assert {name: kind for name, (kind, *_) in six} == starter.PLACES
