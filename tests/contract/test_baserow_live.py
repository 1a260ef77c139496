"""Baserow keeps the contract, on a real server where its address is set."""

import os

import pytest

from .baserow_office import BaserowContract, LiveOffice

pytestmark = [
    pytest.mark.baserow_live,
    pytest.mark.skipif(
        "HOUQIN_TEST_BASEROW_URL" not in os.environ, reason="no live Baserow: HOUQIN_TEST_BASEROW_URL is not set"
    ),
]


@pytest.fixture(scope="module")
def office() -> LiveOffice:
    return LiveOffice()


class TestBaserowLive(BaserowContract):
    """Nothing of its own."""
