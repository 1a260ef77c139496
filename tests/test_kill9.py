"""``kill -9`` at random moments of passes: nothing is signed twice, nothing is lost, everything adds up afterwards.

25 rounds in the suite; ``HOUQIN_KILL_ROUNDS=200`` for the whole thing, ``HOUQIN_KILL_SEED`` for other dice.
"""

import os
import random
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest
from aiosmtpd.controller import Controller

from automations.assemble import pack
from automations.engine import Engine
from tests.killed_office import Audit, People, interrupted, told
from tests.killed_worker import BINDING, Order, Place, SharedClock
from tests.office import ACCOUNTS, SmallOffice

ROUNDS = int(os.environ.get("HOUQIN_KILL_ROUNDS", "25"))
SEED = int(os.environ.get("HOUQIN_KILL_SEED", "20260901"))
START = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
PATIENCE = 60
"""Seconds to wait for a word of the worker on a busy machine."""


class PostOffice:
    """A real SMTP server that remembers the Message-ID of every mail it took."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        head = envelope.content.decode("utf-8", "replace").split("\r\n\r\n", 1)[0]
        [line] = [text for text in head.split("\r\n") if text.lower().startswith("message-id:")]
        self.mails.append(line.split(":", 1)[1].strip())
        return "250 OK"


@contextmanager
def post_office() -> Iterator[tuple[PostOffice, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = PostOffice()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


class Shooter:
    """Starts workers and kills them.

    Attributes:
        begun / ended: Passes that began, and that came to their end.
        troubles: Passes that a failing host cut short.
    """

    def __init__(self, place: Place) -> None:
        command = [sys.executable, "-m", "tests.killed_worker", str(place.folder), str(place.port)]
        self._log = (place.folder / "worker.log").open("wb")
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log)
        assert self._process.stdin and self._process.stdout
        self._in: IO[bytes] = self._process.stdin
        self._out: IO[bytes] = self._process.stdout
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._out, selectors.EVENT_READ)
        self._rest = b""
        self.begun = 0
        self.ended = 0
        self.troubles = 0
        self.place = place

    def start(self, order: Order) -> int:
        """The process id of a fresh worker."""
        self._in.write(order.text().encode())
        self._in.flush()
        return int(self.expect("pid")[0])

    def kill(self, pid: int) -> None:
        """SIGKILL, and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        [how] = self.expect("dead")
        assert how == "9", (self.place.folder / "worker.log").read_text("utf-8", "replace")

    def expect(self, word: str) -> list[str]:
        """The next line that starts with ``word``; what comes before is noted."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while b"\n" in self._rest:
                line, self._rest = self._rest.split(b"\n", 1)
                said, *more = line.decode().split()
                self.begun += said == "begin"
                self.troubles += said == "trouble"
                self.ended += said == "end"
                if said == word:
                    return more
                if said == "dead":
                    raise AssertionError((self.place.folder / "worker.log").read_text("utf-8", "replace"))
            if not self._ready.select(max(0.0, deadline - time.monotonic())):
                raise AssertionError(f"the worker did not say “{word}” within {PATIENCE} s")
            self._rest += os.read(self._out.fileno(), 65536)

    def close(self) -> None:
        self._in.close()
        self._process.wait(PATIENCE)
        self._out.close()
        self._ready.close()
        self._log.close()


def opened(place: Place, clock: SharedClock) -> SmallOffice:
    """The small school in files, with its tables made and its people entered."""
    server = place.server(clock)
    for address, name in ACCOUNTS.items():
        server.add_account(address, name)
    office = SmallOffice(clock, server=server, mirror=place.mirror, journal=place.journal)
    office.office.journal.save_binding(BINDING, pack(office.binding), clock())
    place.notices(office.office)  # makes the tables of the deliveries
    office.office.journal.close()
    office.office.mirror.close()
    return office


def come_to_rest(engine: Engine, clock: SharedClock) -> None:
    """Passes until nothing is left to do, through the list times at which the last notices may go out."""
    for _ in range(400):
        report = engine.turn(clock(), slow=True, deep=True)
        assert not report.problems, report.problems
        with engine.office.journal.store.read() as connection:
            query = "select count(*) from deliveries where state not in ('settled', 'merged', 'failed')"
            waiting = connection.exec_driver_sql(query).scalar_one()
        if report.idle and not waiting:
            return
        clock.pass_by(minutes=20) if report.idle else clock.pass_by(seconds=3)
    raise AssertionError("the worker never comes to rest")


def rounds(folder: Path, count: int, faults: float, seed: int) -> tuple[list[str], str]:
    """Kill ``count`` workers; the flaws that are left, and what happened in figures."""
    dice = random.Random(seed)
    clock = SharedClock(folder, START)
    left: Counter[str] = Counter()
    full: list[float] = []
    with post_office() as (box, port):
        place = Place(folder, port)
        office = opened(place, clock)
        people = People(office, random.Random(seed + 1))
        for _ in range(8):
            people.files()
        shooter = Shooter(place)
        try:
            for number in range(count):
                for _ in range(dice.randrange(2, 9)):
                    people.act()
                clock.pass_by(minutes=dice.randrange(2, 50))
                pid = shooter.start(Order(seed * 1000 + number, faults))
                if dice.random() < 0.12:
                    time.sleep(dice.uniform(0, 0.4))  # while it starts
                else:
                    shooter.expect("begin")
                    if dice.random() < 0.4:
                        full.append(float(shooter.expect("end")[0]))  # a whole pass: how long it takes, and progress
                    usual = sum(full[-5:]) / len(full[-5:]) if full else 0.5
                    until = time.monotonic() + dice.uniform(0, 1.2 * usual)
                    while dice.random() < 0.5 and time.monotonic() < until:
                        people.act()  # in the middle of its pass
                    time.sleep(max(0.0, until - time.monotonic()))
                shooter.kill(pid)
                left += interrupted(place)
        finally:
            shooter.close()
        engine = place.engine(place.server(clock))
        come_to_rest(engine, clock)
        audit = Audit(engine, office.server, people, box.mails)  # type: ignore[arg-type]
        flaws = audit.flaws()
        again = engine.turn(clock.pass_by(seconds=3), slow=True, deep=True)
        if not again.idle:
            flaws.append(f"a pass at rest finds something to do: {again.line()}")
        mean = sum(full) / max(1, len(full))
        text = (
            f"{count} kills; passes begun {shooter.begun}, ended {shooter.ended} (first passes {mean:.2f} s), "
            f"troubles {shooter.troubles}\nleft unfinished by a kill (rounds): {told(left)}\n"
            f"people: {told(people.done)}\nat rest: {audit.figures()}"
        )
        engine.office.journal.close()
        engine.office.mirror.close()
        return flaws, text


@pytest.mark.parametrize("faults", [0.0, 0.5], ids=["killed", "killed_and_a_failing_host"])
def test_killed_at_random_moments(tmp_path: Path, capsys: pytest.CaptureFixture[str], faults: float) -> None:
    count = ROUNDS if not faults else max(10, ROUNDS // 2)
    flaws, text = rounds(tmp_path, count, faults, SEED)
    with capsys.disabled():
        print(f"\n[kill -9] {text}")
    assert not flaws, "\n".join(flaws)
