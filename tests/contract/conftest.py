"""Fixtures of the host contract; each test module brings its own ``office``."""

import pytest

from .office import Office
from .world import World


@pytest.fixture(scope="module")
def world(office: Office) -> World:
    """The contract's tables on the module's host, laid out once: tests make their own rows."""
    return World(office)
