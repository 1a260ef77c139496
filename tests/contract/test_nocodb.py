"""NocoDB keeps the contract: against a real server that the test starts itself (see ``tests/servers.py``)."""

from collections.abc import Iterator

import pytest

from tests.servers import nocodb_office

from .contract import HostContract, Office

pytestmark = pytest.mark.nocodb


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with nocodb_office() as ready:
        yield ready


class TestNocoDB(HostContract):
    """Nothing of its own."""
