"""One small school for each file of tests; after every test it must come to rest with its journal in order."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.conftest import Clock
from tests.office import SmallOffice


@pytest.fixture(scope="module")
def school() -> Iterator[SmallOffice]:
    one = rich(SmallOffice(Clock()))
    yield one
    one.close()


@pytest.fixture
def office(school: SmallOffice) -> Iterator[SmallOffice]:
    yield school
    at_rest(school)


@pytest.fixture
def fresh(clock: Clock) -> Iterator[SmallOffice]:
    """A school of one's own, for tests that change its people or parameters."""
    own = rich(SmallOffice(clock))
    yield own
    at_rest(own)
    own.close()


def rich(office: SmallOffice) -> SmallOffice:
    """Money enough on the line that the tests' claims use."""
    office.person("李会计").edit("budget_lines", office.ids["日常办公费"], approved=Decimal(1_000_000))
    office.turn(slow=True)
    office.settle()
    return office


def at_rest(office: SmallOffice) -> None:
    """Once settled, another pass changes nothing, and the journal adds up."""
    office.settle()
    again = office.turn()
    assert again.idle, again.line()
    verdict = office.office.journal.verify()
    assert verdict.ok, verdict.message
