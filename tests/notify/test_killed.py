"""``kill -9`` at random points of delivery: nothing is lost, and doubled is only what the kill left without a note.

25 kills in the suite; ``HOUQIN_DELIVERY_KILLS=1000`` for the whole thing, ``HOUQIN_KILL_SEED`` for other dice. The
servers are real ones in this process: SMTP (aiosmtpd), and the WeCom double over HTTP. They note what they accepted,
from which worker, and whether their answer was out before the kill.
"""

import email
import email.policy
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from automations.journal import Journal
from automations.notify import overview
from automations.notify.wecom import DUPLICATE_SECONDS
from automations.workdays import SCHOOL_TIME
from tests.notify.killed_postman import EACH, NOT_IN_WECOM, PEOPLE, Order, code, notice, text
from tests.notify.smtp import free_port
from tests.wecom_double import WeComDouble

KILLS = int(os.environ.get("HOUQIN_DELIVERY_KILLS", "25"))
SEED = int(os.environ.get("HOUQIN_KILL_SEED", "20260914"))
START = datetime(2026, 9, 14, 8, 30, tzinfo=SCHOOL_TIME)
STEP = timedelta(minutes=17)
"""From one worker to the next: longer than the claim of a dead one lasts, and no divisor of WeCom's four hours."""
UNDISTURBED = 3
"""Workers at the start that show how long a life lasts."""
POINTS = ("arrived", "accepted", "answered")
"""Where a server shoots: before it takes the message, before it answers, right after."""
DONE = {"settled", "merged", "failed"}


@dataclass
class Accepted:
    """One message, or part of one, that a server took: twice the same ``what`` is a double."""

    worker: int
    channel: str
    what: str
    content: str
    at: float
    answered: bool = False


@dataclass
class Gun:
    """Shoots the worker when a server comes to ``point`` for the ``left``-th time, or after a while.

    Attributes:
        taken: What the servers accepted, in order.
        now: What time it is for the worker when it starts, at ``born`` of the real clock.
        dead: Workers that were shot at, from that moment on.
    """

    now: datetime
    born: float = 0.0
    taken: list[Accepted] = field(default_factory=list)
    point: str = ""
    left: int = 0
    worker: int = 0
    pid: int = 0
    dead: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def clock(self) -> float:
        """What time it is for the servers, in seconds: a life may be long on a busy machine."""
        return self.now.timestamp() + time.monotonic() - self.born

    def passing(self, point: str) -> None:
        with self.lock:
            if point == self.point:
                self.left -= 1
                if self.left == 0:
                    self.fire()

    def fire(self) -> None:
        self.dead.add(self.worker)
        os.kill(self.pid, signal.SIGKILL)

    def take(self, worker: str, channel: str, what: str, content: str) -> Accepted:
        accepted = Accepted(int(worker), channel, what, content, self.clock())
        self.taken.append(accepted)
        self.passing("accepted")
        return accepted


class PostOffice:
    """Takes mails, and is busy now and then."""

    def __init__(self, gun: Gun) -> None:
        self.gun, self._dice = gun, random.Random(SEED)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.gun.passing("arrived")
        if self._dice.random() < 0.03:
            return "451 busy"
        mail: Any = email.message_from_bytes(envelope.content, policy=email.policy.default)
        bodies = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
        worker = session.host_name.split(".")[0]
        session.mine = self.gun.take(worker, "email", mail["Message-ID"], "\n".join([mail["Subject"], *bodies]))
        return "250 OK"


class Watched(SMTP):
    """Notes that its answer to a message is out."""

    async def push(self, status: Any) -> None:
        await super().push(status)
        mine = getattr(self.session, "mine", None)
        if mine is not None and not mine.answered:
            mine.answered = mine.worker not in self.event_handler.gun.dead
            self.event_handler.gun.passing("answered")


class Office(Controller):
    def factory(self) -> SMTP:
        return Watched(self.handler)


def watcher(gun: Gun) -> Callable[[str, str, dict[str, Any]], None]:
    """For the WeCom double."""
    taken: dict[str, Accepted] = {}

    def watch(point: str, worker: str, body: dict[str, Any]) -> None:
        what = json.dumps(body, sort_keys=True, ensure_ascii=False)
        if point == "accepted":
            content = body[body["msgtype"]]["content"]
            taken[worker] = gun.take(worker, "wecom" if "touser" in body else "robot", what, content)
            return
        if point == "answered" and worker in taken and taken[worker].what == what:
            taken[worker].answered = int(worker) not in gun.dead
        gun.passing(point)

    return watch


@contextmanager
def servers(gun: Gun) -> Iterator[tuple[int, WeComDouble]]:
    double = WeComDouble()
    double.members = {a.wecom for n, a in PEOPLE.items() if n != NOT_IN_WECOM}
    double.clock = gun.clock
    double.watch = watcher(gun)
    office = Office(PostOffice(gun), hostname="127.0.0.1", port=free_port())
    office.start()
    try:
        yield office.port, double
    finally:
        office.stop()
        double.close()


class Workers:
    """Starts one worker after the other."""

    def __init__(self, folder: Path, port: int, url: str) -> None:
        command = [sys.executable, "-m", "tests.notify.killed_postman", str(folder), str(port), url]
        self.log = folder / "worker.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1
            )

    def start(self, order: Order) -> int:
        """Its process id, which stays its own until the next one starts."""
        assert self._process.stdin is not None
        self._process.stdin.write(text(order))
        return self._read("pid")

    def ended(self) -> bool:
        """Wait for its end; whether it was killed."""
        how = self._read("dead")
        assert how in (0, 9), self.log.read_text()
        return how == 9

    def _read(self, word: str) -> int:
        assert self._process.stdout is not None
        said = self._process.stdout.readline().split()
        assert said and said[0] == word, self.log.read_text()
        return int(said[1])

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def shoot(workers: Workers, gun: Gun, dice: random.Random, order: Order, usual: float) -> bool:
    """One life: half end at any moment of it, half where a server shoots; whether the shot came in time."""
    by_server = usual > 0 and dice.random() < 0.5
    with gun.lock:
        gun.point, gun.left = (dice.choice(POINTS), dice.choice((1, 1, 1, 2))) if by_server else ("", 0)
        gun.worker, gun.pid = order.number, workers.start(order)
    if usual and not by_server:
        time.sleep(dice.uniform(0, usual))
        gun.fire()
    killed = workers.ended()
    with gun.lock:
        gun.point = ""
    return killed


def unfinished(folder: Path) -> dict[str, int]:
    journal = Journal(f"sqlite:///{folder / 'journal.db'}")
    with journal.store.read() as connection:
        found = {state: n for state, n in overview.counts(connection).items() if state not in DONE}
    journal.close()
    return found


def test_killed_at_random_points_of_delivery(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dice, gun, killed = random.Random(SEED), Gun(START), set[int]()
    number, usual, started = 0, 0.0, time.monotonic()
    with servers(gun) as (port, double):
        workers = Workers(tmp_path, port, double.url)
        try:
            while len(killed) < KILLS:
                number, gun.now, gun.born = number + 1, gun.now + STEP, time.monotonic()
                order = Order(number, gun.now.isoformat(), number * EACH)
                if shoot(workers, gun, dice, order, usual if number > UNDISTURBED else 0):
                    killed.add(number)
                else:
                    usual += (time.monotonic() - gun.born - usual) * (0.2 if usual else 1)
            planned = number * EACH
            while unfinished(tmp_path):  # to the end, in peace: the lists of the next working day are the last
                number, gun.now, gun.born = number + 1, gun.now + STEP * 3, time.monotonic()
                assert gun.now < START + STEP * (KILLS * 3 + 600), unfinished(tmp_path)
                assert not shoot(workers, gun, dice, Order(number, gun.now.isoformat(), planned), 0)
        finally:
            workers.close()
    told = audit(tmp_path, gun.taken, killed, planned, double)
    with capsys.disabled():
        print(f"\n[kill -9 of deliveries] {told}; {time.monotonic() - started:.0f} s")


def audit(folder: Path, taken: list[Accepted], killed: set[int], planned: int, double: WeComDouble) -> str:
    """What must hold at rest; the figures."""
    journal = Journal(f"sqlite:///{folder / 'journal.db'}")
    with journal.store.read() as connection:
        assert overview.stuck(connection) == []
    booked = Counter(key for entry in journal.entries(kind="sent") for key in entry.data["keys"])
    assert journal.verify().ok
    journal.close()
    assert booked.keys() == {notice(n).key for n in range(planned)}, "lost"
    assert set(booked.values()) == {1}, "booked twice"
    arrived = "\n".join(one.content for one in taken)
    assert [n for n in range(planned) if code(n) not in arrived] == [], "booked, but no server ever had it"

    # doubled is at most what a worker was busy with when it was killed: its last message, or part of one
    last = {one.worker: at for at, one in enumerate(taken)}
    groups: dict[tuple[str, str], list[int]] = {}
    for at, one in enumerate(taken):
        groups.setdefault((one.channel, one.what), []).append(at)
    doubled: Counter[str] = Counter()
    before_the_answer = 0
    for (channel, what), times in groups.items():
        assert len({taken[at].content for at in times}) == 1, f"another content under the same id: {what}"
        for at in times[:-1]:
            assert taken[at].worker in killed, "doubled by a worker that lived"
            assert last[taken[at].worker] == at, "doubled, though its worker had gone on to the next"
            doubled[channel] += 1
            before_the_answer += not taken[at].answered
    shown = shown_by_wecom(groups, taken)
    assert double.dropped == []
    assert Counter("robot" if to == "group" else "wecom" for to, _ in double.inbox) == shown
    twice = sum(doubled.values())
    return (
        f"{len(killed)} kills, {planned} notices, {len(taken)} messages and parts accepted, lost 0, doubled {twice} "
        f"{dict(doubled)}, of these {before_the_answer} before the answer was out, {twice - before_the_answer} before "
        f"it was noted; of {doubled['wecom']} doubled by the application WeCom shows "
        f"{shown['wecom'] - sum(channel == 'wecom' for channel, _ in groups)}"
    )


def shown_by_wecom(groups: dict[tuple[str, str], list[int]], taken: list[Accepted]) -> Counter[str]:
    """What its readers see: from the application once within four hours, from the robot each time."""
    shown: Counter[str] = Counter()
    for (channel, _), times in groups.items():
        moments = [taken[at].at for at in times]
        early = [b - a < DUPLICATE_SECONDS for a, b in itertools.pairwise(moments)]
        shown[channel] += len(times) - (sum(early) if channel == "wecom" else 0)
    del shown["email"]
    return shown
