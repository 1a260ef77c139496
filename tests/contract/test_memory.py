"""The memory host keeps the contract."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest

from automations.errors import LoginRefused
from automations.tables.base import BoundTable, Host
from automations.tables.memory import MemoryServer
from automations.tables.values import Values

from .contract import ACCOUNTS, Ability, HostContract, World


class MemoryOffice:
    """A memory server with the contract's accounts."""

    def __init__(self, server: MemoryServer, *, reuse_ids: bool) -> None:
        self.server = server
        self._cannot: set[Ability] = {"expire"} if reuse_ids else {"expire", "reuse_ids"}
        for email, name in ACCOUNTS.items():
            server.add_account(email, name)

    def login(self, email: str) -> Host:
        return self.server.login(email)

    def login_wrong(self) -> Host:
        return self.server.login("nobody@school.test")

    def can(self, ability: Ability) -> bool:
        return ability not in self._cannot

    def history_of(self, field_type: str) -> bool:
        return True

    def import_rows(self, bound: BoundTable, changes: Mapping[int, Values], by: str) -> None:
        by_id = {row_id: {bound.fields[n]: v for n, v in values.items()} for row_id, values in changes.items()}
        self.server.import_rows(bound.id, by_id, by)

    @contextmanager
    def lagging(self, seconds: int) -> Iterator[None]:
        self.server.lag = timedelta(seconds=seconds)
        yield
        self.server.lag = timedelta(0)

    def expire(self, host: Host) -> None:
        raise NotImplementedError("the memory host has no tokens")

    def retype(self, bound: BoundTable, field: str) -> None:
        self.server.retype(bound.id, bound.fields[field], "number")


@pytest.fixture(scope="module", params=["memory", "file, reused ids"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryOffice]:
    reuse = request.param != "memory"
    path = str(tmp_path_factory.mktemp("host") / "host.db") if reuse else ":memory:"
    server = MemoryServer(path, reuse_ids=reuse)
    yield MemoryOffice(server, reuse_ids=reuse)
    server.close()


class TestMemory(HostContract):
    def test_a_closed_account_is_refused_at_once(self, world: World) -> None:
        """What stands for token expiry on a host without tokens."""
        assert isinstance(world.office, MemoryOffice)
        server = world.office.server
        server.add_account("temp@school.test", "临时工")
        host = world.session("temp@school.test")
        server.add_account("temp@school.test", "临时工", active=False)
        with pytest.raises(LoginRefused):
            host.ids("claims")
        with pytest.raises(LoginRefused):
            server.login("temp@school.test")
