"""A worker process to be killed: ``python -m tests.killed_worker FOLDER PORT``.

It loads the program once; then each line on its standard input (JSON, see :class:`Order`) makes it fork a fresh worker,
which runs pass after pass on the files in FOLDER until it is killed. What it reports on its standard output::

    pid 123        the worker lives
    begin          a pass begins
    end 0.123      it ended after so many seconds
    dead 9         the worker is gone; the signal (0: it ended by itself, which it never should)
"""

import json
import mmap
import os
import random
import struct
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from automations.assemble import unpack
from automations.engine import Engine, Office
from automations.engine.notices import Notices
from automations.errors import HouqinError
from automations.jobs import discover
from automations.jobs.expense_claims import expense_claims
from automations.journal import Journal
from automations.lease import Lease
from automations.mirror import Mirror
from automations.notify.email import Email
from automations.tables.memory import MemoryServer
from tests.conftest import Clock
from tests.office import WORKER, schema

BINDING = "kill"
LONGEST_LIFE = 120
"""Seconds after which a worker that nobody killed gives up: the test is gone."""
FAULTS = ("unavailable", "uncertain", "conflict")


class SharedClock(Clock):
    """Real time, moved on at will, that all processes read from one file."""

    def __init__(self, folder: Path, start: datetime | None = None) -> None:
        path = folder / "clock"
        if start is not None:
            path.write_bytes(struct.pack("d", start.timestamp() - time.time()))
        with path.open("r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), 8)

    def __call__(self) -> datetime:
        return self.now

    @property  # type: ignore[override]
    def now(self) -> datetime:
        [ahead] = struct.unpack("d", self._ahead[:8])
        return datetime.fromtimestamp(time.time() + ahead, UTC)

    def pass_by(self, **span: float) -> datetime:
        [ahead] = struct.unpack("d", self._ahead[:8])
        self._ahead[:8] = struct.pack("d", ahead + timedelta(**span).total_seconds())
        return self.now


@dataclass(frozen=True)
class Order:
    """How the next worker shall live: ``faults`` is the share of passes that meet a failing host."""

    seed: int
    faults: float = 0.0

    def text(self) -> str:
        return json.dumps(asdict(self)) + "\n"


@dataclass(frozen=True)
class Place:
    """The files and the post office that the worker and the test share."""

    folder: Path
    port: int

    @property
    def mirror(self) -> str:
        return f"sqlite:///{self.folder / 'mirror.db'}"

    @property
    def journal(self) -> str:
        return f"sqlite:///{self.folder / 'journal.db'}"

    def server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(str(self.folder / "tables.db"), clock=clock)

    def notices(self, office: Office) -> Notices:
        email = Email("127.0.0.1", self.port, "none", sender="houqin@school.test")
        return Notices(office, {"email": email}, discover())

    def engine(self, server: MemoryServer) -> Engine:
        """A worker's whole engine, put together from the files alone, as after a start."""
        journal = Journal(self.journal)
        host = server.login(WORKER)
        data: Mapping[str, Any] | None = journal.load_binding(BINDING)
        assert data is not None
        host.bind(unpack(schema(), data))
        office = Office(host, Mirror(self.mirror, schema()), journal, schema(), {"expense_claims": expense_claims})
        return Engine(office, self.notices(office))


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def live(place: Place, order: Order) -> None:
    """Pass after pass, as a worker does, but without waiting between them."""
    dice = random.Random(order.seed)
    clock = SharedClock(place.folder)
    server = place.server(clock)
    engine = place.engine(server)
    lease = Lease(engine.office.journal, f"worker {os.getpid()}", 30)
    ends = time.monotonic() + LONGEST_LIFE
    first = True
    while time.monotonic() < ends:
        say("begin")
        started = time.monotonic()
        if dice.random() < order.faults:
            server.fail_next(dice.choice(FAULTS), dice.choice((1, 1, 2)))  # type: ignore[arg-type]
        try:
            now = clock()
            if lease.acquire(now):
                engine.turn(now, slow=first or dice.random() < 0.4, deep=dice.random() < 0.4)
        except HouqinError as error:
            if not order.faults:
                raise
            say(f"trouble {type(error).__name__}")
        say(f"end {time.monotonic() - started:.3f}")
        first = False


def main() -> None:
    place = Place(Path(sys.argv[1]), int(sys.argv[2]))
    schema()
    discover()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                say(f"pid {os.getpid()}")
                live(place, Order(**json.loads(line)))
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
            os._exit(1)
        _, status = os.waitpid(pid, 0)
        say(f"dead {os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}")


if __name__ == "__main__":
    main()
