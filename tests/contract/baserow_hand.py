"""The office of the trap tests (double or live), and what a colleague does by hand, past the adapter."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from automations.schema.model import Table
from automations.tables.base import Binding
from automations.tables.baserow import Baserow

from ..baserow_double import BaserowDouble
from .baserow_office import BaserowOffice, DoubleOffice, LiveOffice
from .office import WORKER, ZHOU
from .world import CLAIMS, World, make_field

_LIVE = [
    pytest.mark.baserow_live,
    pytest.mark.skipif("HOUQIN_TEST_BASEROW_URL" not in os.environ, reason="HOUQIN_TEST_BASEROW_URL is not set"),
]


@pytest.fixture(name="office", scope="module", params=["double", pytest.param("live", marks=_LIVE)])
def office_of_traps(request: pytest.FixtureRequest) -> Iterator[BaserowOffice]:
    if request.param == "live":
        yield LiveOffice()
        return
    with BaserowDouble() as double:
        yield DoubleOffice(double)


@pytest.fixture(name="double")
def its_double(office: BaserowOffice) -> BaserowDouble:
    if not isinstance(office, DoubleOffice):
        pytest.skip("a live server cannot be slowed, broken or aged from outside")
    return office.double


def raw(world: World, method: str, path: str, body: Any = None, who: str = ZHOU, **params: Any) -> Any:
    """What a colleague's browser does, past the adapter."""
    office = world.office
    assert isinstance(office, BaserowOffice)
    return office.raw(who).call(method, path, "once", json=body, params=params)


def rows_path(world: World, table: str = "claims") -> str:
    return f"/api/database/rows/table/{world.binding[table].id}"


def key(world: World, field: str, table: str = "claims") -> str:
    return f"field_{world.binding[table].fields[field]}"


def reverse_key(world: World) -> str:
    fields = raw(world, "GET", f"/api/database/fields/table/{world.binding['projects'].id}/")
    return next(f"field_{f['id']}" for f in fields if f["name"] == "下属单据")


def posts(double: BaserowDouble, method: str, ending: str) -> int:
    return sum(seen.method == method and seen.path.endswith(ending) for seen in double.seen)


def small(world: World, name: str, **more: Any) -> tuple[Baserow, Binding]:
    """A table of a test's own, with the stamps."""
    stamps = tuple(f for f in CLAIMS.fields if f.by_host)
    table = Table(name, f"陷阱 {name}", "XJ", (make_field("code", "编号", "text"), *more.get("fields", ()), *stamps))
    binding = world.fresh(table)
    host = world.office.login(WORKER)
    assert isinstance(host, Baserow)
    host.bind(binding)
    return host, binding
