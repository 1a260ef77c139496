"""Baserow keeps the contract, on the double: recorded behaviour over real HTTP."""

from collections.abc import Iterator

import pytest

from ..baserow_double import BaserowDouble
from .baserow_office import BaserowContract, DoubleOffice
from .openapi import complaints


@pytest.fixture(scope="module")
def office() -> Iterator[DoubleOffice]:
    with BaserowDouble() as double:
        yield DoubleOffice(double)
        # Whatever the double said in all these tests, the real server's description must allow.
        answers = [(seen, complaints(seen.method, seen.path, seen.status, seen.body)) for seen in double.seen]
        wrong = {f"{seen.method} {seen.path}: {text}" for seen, found in answers for text in found or ()}
        assert wrong == set()


class TestBaserow(BaserowContract):
    """Nothing of its own: the traps are in test_baserow_traps.py."""
