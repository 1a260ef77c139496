"""One worker at a time; a second waits, takes over, and the first is stopped."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from automations.errors import LeaseLost
from automations.journal import Journal
from automations.lease import Lease
from tests.postgres import store_url as store_url

NOW = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def journals(store_url: str) -> Iterator[tuple[Journal, Journal]]:
    """The same store as two workers see it."""
    pair = Journal(store_url), Journal(store_url)
    yield pair
    for journal in pair:
        journal.close()


def write(journal: Journal) -> None:
    with journal.write() as tx:
        tx.append("sent", "x", {}, NOW)


def test_the_second_worker_waits_until_the_first_lets_go(journals: tuple[Journal, Journal]) -> None:
    first, second = Lease(journals[0], "a", 30), Lease(journals[1], "b", 30)
    assert first.holder() is None
    assert first.acquire(NOW) and not second.acquire(later(1))
    assert first.holder() == ("a", later(30)) and second.epoch is None
    assert first.acquire(later(2)), "ours already"
    first.release()
    assert second.acquire(later(3)) and not first.acquire(later(4))
    assert (first.epoch, second.epoch) == (None, 2)


def test_renewing_keeps_the_second_out(journals: tuple[Journal, Journal]) -> None:
    first, second = Lease(journals[0], "a", 30), Lease(journals[1], "b", 30)
    assert first.acquire(NOW)
    for at in range(10, 200, 10):
        assert first.renew(later(at)) and not second.acquire(later(at + 29))
    assert first.epoch == 1, "one term"


def test_the_first_is_stopped_after_a_takeover(journals: tuple[Journal, Journal]) -> None:
    first, second = Lease(journals[0], "a", 30), Lease(journals[1], "b", 30)
    assert first.acquire(NOW)
    write(journals[0])
    assert not second.acquire(later(29.9)) and second.acquire(later(30))
    with pytest.raises(LeaseLost, match="（b）已经接手"):
        write(journals[0])
    write(journals[1])
    assert not first.renew(later(31))
    with pytest.raises(LeaseLost):
        write(journals[0])
    first.release()
    assert second.renew(later(32)), "whoever lost the lease cannot release another's"
    assert len(journals[1].entries()) == 2 and journals[1].verify().ok


def test_late_but_not_replaced_goes_on(journals: tuple[Journal, Journal]) -> None:
    first = Lease(journals[0], "a", 30)
    assert first.acquire(NOW)
    assert first.renew(later(300))
    assert first.epoch == 1


def test_the_same_name_is_not_the_same_worker(journals: tuple[Journal, Journal]) -> None:
    first, second = Lease(journals[0], "a", 30), Lease(journals[1], "a", 30)
    assert first.acquire(NOW) and not second.acquire(later(1))


def test_a_released_lease_writes_no_more(journals: tuple[Journal, Journal]) -> None:
    first = Lease(journals[0], "a", 30)
    assert first.acquire(NOW)
    first.release()
    first.release()
    with pytest.raises(LeaseLost):
        write(journals[0])
    assert first.acquire(later(1))
    write(journals[0])


def test_of_many_that_ask_at_once_one_gets_it(store_url: str) -> None:
    journals = [Journal(store_url) for _ in range(5)]
    leases = [Lease(journal, str(n), 30) for n, journal in enumerate(journals)]
    got: list[bool] = []
    threads = [threading.Thread(target=lambda lease=lease: got.append(lease.acquire(NOW))) for lease in leases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(got) == [False] * 4 + [True]
    for journal in journals:
        journal.close()


HOLDER = """
import sys
from datetime import UTC, datetime
from automations.journal import Journal
from automations.lease import Lease
journal = Journal(sys.argv[1])
assert Lease(journal, "dead", 30).acquire(datetime(2026, 9, 1, 1, 0, tzinfo=UTC))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_killed_holder_is_replaced_when_its_time_is_over(store_url: str) -> None:
    command = [sys.executable, "-c", HOLDER, store_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        journal = Journal(store_url)
        second = Lease(journal, "b", 30)
        assert not second.acquire(later(1))
        os.kill(holder.pid, signal.SIGKILL)
    assert not second.acquire(later(29)) and second.acquire(later(31)) and second.epoch == 2
    write(journal)
    journal.close()
