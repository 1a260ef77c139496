"""Baserow keeps the contract, on the double: recorded behaviour over real HTTP."""

from collections.abc import Iterator

import pytest

from ..baserow_double import BaserowDouble
from .baserow_office import BaserowContract, DoubleOffice


@pytest.fixture(scope="module")
def office() -> Iterator[DoubleOffice]:
    with BaserowDouble() as double:
        yield DoubleOffice(double)


class TestBaserow(BaserowContract):
    """Nothing of its own: the traps are in test_baserow_traps.py."""
