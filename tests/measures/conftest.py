"""What tests of figures share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from sqlite3 import Connection

import pytest

from tests.measures.sql import in_sqlite


@pytest.fixture
def database() -> Iterator[Callable[..., Connection]]:
    """Rows in SQLite, as :func:`~tests.measures.sql.in_sqlite` lays them there; closed in the end."""
    with ExitStack() as opened:
        yield lambda records, *tables: opened.enter_context(closing(in_sqlite(records, *tables)))
