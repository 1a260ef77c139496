"""Offices of the host contract on Baserow: one on the double, one on a live server (see baserow_double)."""

import os
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from automations.tables.base import BoundTable, Host
from automations.tables.baserow import Baserow
from automations.tables.baserow_admin import Member, bootstrap
from automations.tables.baserow_values import column, write
from automations.tables.baserow_wire import Wire
from automations.tables.values import Value, Values, canonical

from ..baserow_double import BaserowDouble
from .contract import HostContract
from .office import ACCOUNTS, WORKER, Ability, one
from .world import CLAIMS, NASTY, World

PASSWORD = "contract-pass-1"
ADMIN = Member("admin@school.test", "管理员", "contract-admin-1")


def members() -> list[Member]:
    return [Member(email, name, PASSWORD, admin=email == WORKER) for email, name in ACCOUNTS.items()]


class Person(Baserow):
    """A colleague: edits made in the browser do wake the hooks, the worker's own do not."""

    _quiet: Mapping[str, str] = {}


class BaserowOffice:
    """What both Baserow offices share: a database of their own and raw calls for what people do by hand."""

    def __init__(self, url: str, admin: Member) -> None:
        self.url, self.admin = url, admin
        self.title = f"合同测试 {uuid.uuid4().hex[:8]}"
        bootstrap(url, admin, f"{self.title} 工作区", self.title, members())

    def login(self, email: str) -> Baserow:
        return (Baserow if email == WORKER else Person)(self.url, email, PASSWORD, self.title)

    def login_wrong(self) -> Host:
        host = Baserow(self.url, "zhou@school.test", "not-the-password", self.title)
        host.describe()
        return host

    def history_of(self, field_type: str) -> bool:
        return True

    def raw(self, email: str) -> Wire:
        """A bare line, to do what only people do."""
        return Wire(self.url, email, PASSWORD, self.title)

    def retype(self, bound: BoundTable, field: str) -> None:
        path = f"/api/database/fields/{bound.fields[field]}/"
        self.raw("zhou@school.test").call("PATCH", path, "once", json={"type": "number"})


class DoubleOffice(BaserowOffice):
    """An office on the double."""

    def __init__(self, double: BaserowDouble) -> None:
        self.double = double
        super().__init__(double.url, ADMIN)

    def can(self, ability: Ability) -> bool:
        return ability not in ("edits_of_deleted", "reuse_ids")

    @contextmanager
    def lagging(self, seconds: int) -> Iterator[None]:
        self.double.lag = seconds
        yield
        self.double.lag = 0

    def expire(self, host: Host) -> None:
        self.double.clock.advance(601)

    def import_rows(self, bound: BoundTable, changes: Mapping[int, Values], by: str) -> None:
        fields = {str(raw["id"]): raw for raw in self.raw(by).get(f"/api/database/fields/table/{bound.id}/")}
        cells: dict[int, dict[str, Any]] = {}
        for row_id, values in changes.items():
            cols = [column(bound.table[name], fields[bound.fields[name]]) for name in values]
            cells[row_id] = {col.key: write(col, values[col.field.name]) for col in cols}
        self.double.import_rows(int(bound.id), cells, by)


class LiveOffice(BaserowOffice):
    """An office on the server whose address is in the environment; it gets a workspace of its own, left behind."""

    def __init__(self) -> None:
        admin = Member(os.environ["HOUQIN_TEST_BASEROW_EMAIL"], "管理员", os.environ["HOUQIN_TEST_BASEROW_PASSWORD"])
        super().__init__(os.environ["HOUQIN_TEST_BASEROW_URL"], admin)

    def can(self, ability: Ability) -> bool:
        return ability not in ("edits_of_deleted", "reuse_ids", "lag")

    @contextmanager
    def lagging(self, seconds: int) -> Iterator[None]:
        raise NotImplementedError("nobody can slow a live server's commits from outside")
        yield

    def expire(self, host: Host) -> None:
        """A token that the server refuses like one that ran out: same answer, without waiting ten minutes."""
        assert isinstance(host, Baserow)
        host._wire.http._identity = {"Authorization": "JWT run.out.token"}

    def import_rows(self, bound: BoundTable, changes: Mapping[int, Values], by: str) -> None:
        """The browser's “import file → update existing rows”, matched by a column made for it."""
        line = self.raw(by)
        path = f"/api/database/fields/table/{bound.id}/"
        key = line.call("POST", path, "once", json={"name": f"键 {uuid.uuid4().hex[:6]}", "type": "text"})["id"]
        for row_id in changes:
            line.call(
                "PATCH",
                f"/api/database/rows/table/{bound.id}/{row_id}/",
                "repeatable",
                json={f"field_{key}": f"k{row_id}"},
            )
        # A line of the file fills the writable columns in their order; all but those changed are told to stay.
        columns = sorted(
            (raw for raw in line.get(path) if not raw["read_only"]), key=lambda raw: (raw["order"], raw["id"])
        )
        names = {int(bound.fields[name]): name for values in changes.values() for name in values}
        data = []
        for values in changes.values():
            cells: list[Any] = [_nothing(raw) for raw in columns]
            for place, raw in enumerate(columns):
                if (name := names.get(raw["id"])) is not None:
                    cells[place] = write(column(bound.table[name], raw), values[name])
            data.append(cells)
        body = {
            "data": data,
            "configuration": {
                "upsert_fields": [key],
                "upsert_values": [[f"k{row_id}"] for row_id in changes],
                "skipped_fields": [raw["id"] for raw in columns if raw["id"] not in names],
            },
        }
        job = line.call("POST", f"/api/database/tables/{bound.id}/import/async/", "once", json=body)
        deadline = time.monotonic() + 20
        while job["state"] not in ("finished", "failed"):
            assert time.monotonic() < deadline, job
            time.sleep(0.1)
            job = line.get(f"/api/jobs/{job['id']}/")
        assert job["state"] == "finished" and not job["report"]["failing_rows"], job


class BaserowContract(HostContract):
    """The contract, but for one thing measured on the live server: Baserow takes the outer blanks off every text."""

    def test_every_value_comes_back_as_it_went(self, world: World) -> None:
        made = world.zhou.create("claims", [{field: value} for _, field, value in NASTY])
        assert _spoiled(world, made) == {}

    def test_every_value_can_be_written_over_another(self, world: World) -> None:
        made = world.zhou.create("claims", [{"title": "先有", "body": "先有", "amount": 1}] * len(NASTY))
        changes = {row_id: {field: value} for row_id, (_, field, value) in zip(made, NASTY, strict=True)}
        world.zhou.update("claims", changes)
        assert _spoiled(world, made) == {}

    def test_outer_blanks_are_lost_but_not_fought_for(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": " 　前后 空格 \n", "body": "\n行\n"}])
        row = one(world.worker, "claims", row_id)
        assert (row["title"], row["body"]) == ("前后 空格", "行")
        world.worker.update("claims", {row_id: {"title": " 　前后 空格 \n", "body": "\n行\n"}})
        assert one(world.worker, "claims", row_id) == row, "the same again must not touch the row at every pass"


def _spoiled(world: World, made: list[int]) -> dict[str, tuple[Value, Value]]:
    found = {row.id: row for row in world.worker.rows("claims", made)}
    wrong: dict[str, tuple[Value, Value]] = {}
    for row_id, (name, field, value) in zip(made, NASTY, strict=True):
        expected, stored = canonical(CLAIMS[field], value), found[row_id][field]
        if stored != (expected.strip() if isinstance(expected, str) else expected):
            wrong[name] = (expected, stored)
    return wrong


def _nothing(raw: Mapping[str, Any]) -> Any:
    """What the importer accepts as an empty cell: null is refused for links and ticks."""
    if raw["type"] == "boolean":
        return False
    return [] if raw["type"] in ("link_row", "multiple_select", "file") else None
