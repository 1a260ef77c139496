"""Fixtures that many tests share."""

import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from automations.tables.memory import MemoryServer


class Clock:
    """A clock that stands still until it is set: Tuesday 2026-09-01 09:00 in Beijing to begin with."""

    def __init__(self, now: datetime = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> datetime:
        """Let so many ``days``, ``hours``, ``minutes``, ``seconds`` go by; the new time."""
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory_server(clock: Clock) -> Iterator[MemoryServer]:
    """An empty memory server on the test's clock; add accounts and tables as needed."""
    server = MemoryServer(clock=clock)
    yield server
    server.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long to begin is begun by one process: the started school in a browser, weeks that were played."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif "year" in item.path.parts or item.path.name in PLAYED:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


PLAYED = frozenset({"test_preview.py", "test_demo.py", "test_nine_days.py"})
"""Files whose tests look at one school that was played for all of them."""


REAL = {"nocodb", "postgres", "browser"}
"""Marks of tests that need a real server or browser; ``deploy/test.sh`` installs them all."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is installed, a real-host test that skips itself has failed."""
    report = yield
    everything = os.environ.get("CI") or os.environ.get("HOUQIN_TEST_ALL")
    live = item.get_closest_marker("baserow_live")  # nothing of Baserow can be installed from here
    if everything and report.skipped and not live and any(item.get_closest_marker(mark) for mark in REAL):
        report.outcome = "failed"
        report.longrepr = f"skipped although everything is installed: {report.longrepr}"
    return report
