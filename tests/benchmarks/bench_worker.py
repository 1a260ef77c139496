"""A real ``houqin run`` on a real NocoDB: from a signature to its verdict in the row, and the worker's memory.

    python -m tests.benchmarks.bench_worker --rows 10000 --folder FOLDER --poll 1 5 --edits 30

Each edit is a signature by its own signer at a random moment; it is answered when the row shows 效力. ``worker's own``
is the time of the passes that answered, from the worker's log: what is left when nobody waits for the next look.
"""

import argparse
import os
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from automations.assemble import host_key, pack, read_schema
from automations.demo.driver import Person
from automations.journal import Journal
from automations.settings import Settings
from automations.tables.base import Row
from tests.benchmarks.ground import Ground, aloud, nocodb_ground, table
from tests.office import CHAIN, WORKER
from tests.servers import PASSWORD

PATIENCE = 900
_SPENT = re.compile(r"单据([1-9]\d*) .*用时([\d.]+)秒")


def environment(ground: Ground, poll: int) -> dict[str, str]:
    """What the worker's .env would say."""
    return {
        "HOUQIN_HOST": "nocodb",
        "HOUQIN_HOST_URL": ground.url,
        "HOUQIN_HOST_EMAIL": WORKER,
        "HOUQIN_HOST_PASSWORD": PASSWORD,
        "HOUQIN_HOST_DATABASE": ground.base,
        "HOUQIN_VAR": str(ground.folder / "var"),
        "HOUQIN_POLL_SECONDS": str(poll),
    }


def remember_binding(ground: Ground) -> None:
    """What ``houqin apply`` keeps in the journal."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        host="nocodb",
        host_url=ground.url,
        host_database=ground.base,
        var=ground.folder / "var",
    )
    journal = Journal(settings.journal)
    journal.save_binding(host_key(settings), pack(ground.binding), ground.now())
    journal.close()


@contextmanager
def worker(ground: Ground, poll: int) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """``houqin run``, and its log."""
    log = ground.folder / f"worker-{poll}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "automations", "run"],
            env={**os.environ, **environment(ground, poll)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def until(what: str, found: Callable[[], object], seconds: float = PATIENCE, pause: float = 0.2) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)


def at_rest(ground: Ground) -> bool:
    """Everything was read once and nothing waits to be judged."""
    file = ground.folder / "var" / "mirror.db"
    if not file.exists():
        return False
    connection = sqlite3.connect(file, timeout=20)
    try:
        if not connection.execute("select 1 from sqlite_master where name = '_agenda'").fetchone():
            return False
        unread = connection.execute("select count(*) from _tables where cursor is null").fetchone()[0]
        waiting = connection.execute("select count(*) from _agenda").fetchone()[0]
        return unread == 0 and waiting == 0 and connection.execute("select 1 from _tables").fetchone() is not None
    finally:
        connection.close()


def megabytes(process: subprocess.Popen[bytes]) -> dict[str, float]:
    """Resident memory now, and at its highest."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    return {key: int(re.search(rf"{key}:\s+(\d+)", text)[1]) / 1024 for key in ("VmRSS", "VmHWM")}  # type: ignore[index]


def waiting(ground: Ground) -> list[Row]:
    """Steps whose turn it is."""
    rows = ground.worker.changed("sign_steps", None).rows
    return [r for r in rows if r["valid"] == "待定" and r["decision"] == "待签"]


def sign(ground: Ground, people: Mapping[int, Person], step: Row) -> float:
    """One signature; seconds until the row shows the verdict."""
    started = time.monotonic()
    people[step["assignee"]].sign(step.id, "同意")  # type: ignore[index]
    until("verdict", lambda: ground.worker.rows("sign_steps", [step.id])[0]["valid"] == "有效", 120, 0.05)
    return time.monotonic() - started


def approve(ground: Ground, people: Mapping[int, Person], claim: object) -> None:
    """All signatures that a claim still wants, until its printed form lies in its row."""

    def mine() -> list[Row]:
        return [s for s in waiting(ground) if s["claim"] == claim]

    def row() -> Row:
        return ground.worker.rows("expense_claims", [claim])[0]  # type: ignore[list-item]

    while steps := mine():
        sign(ground, people, steps[0])
        until("next level", lambda: row()["status"] == "已批准" or mine())
    until("form", lambda: row()["form"], 120)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Edit to verdict, and the worker's memory, on a real NocoDB.")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--claims", type=int, default=63)
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--poll", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    dice = random.Random(1)
    lines, memory = [], []
    read_schema()
    with nocodb_ground(options.folder, options.rows, options.claims, aloud) as ground:
        remember_binding(ground)
        people = {ground.ids[name]: ground.person(name) for name in CHAIN}
        ground.worker.refresh(["sign_steps", "people"])
        for turn, poll in enumerate(options.poll):
            with worker(ground, poll) as (process, log):
                started = time.monotonic()
                until("first sync", lambda: process.poll() is not None or at_rest(ground))
                if process.poll() is not None:
                    raise SystemExit(log.read_text("utf-8"))
                if turn == 0:
                    memory.append(
                        (f"first sync and first pass ({time.monotonic() - started:.0f} s)", megabytes(process))
                    )
                until("waiting steps", lambda: len(waiting(ground)) >= options.claims // 2)
                seconds = []
                known = len(log.read_text("utf-8"))
                for _ in range(options.edits):
                    time.sleep(dice.uniform(0, poll))  # people do not wait for the worker's clock
                    seconds.append(sign(ground, people, dice.choice(waiting(ground))))
                own = [float(m[2]) for m in _SPENT.finditer(log.read_text("utf-8")[known:])]
                ranked = sorted(seconds)
                lines.append(
                    (
                        f"poll_seconds={poll}",
                        len(seconds),
                        f"{statistics.median(seconds):.2f}",
                        f"{ranked[int(len(ranked) * 0.9)]:.2f}",
                        f"{statistics.median(own):.2f}",
                    )
                )
                if turn == 0:
                    approve(ground, people, waiting(ground)[0]["claim"])
                    memory.append(("printed a form", megabytes(process)))
    print(f"NocoDB, {options.rows:,} drafts and {options.claims} claims; seconds from a signature to its verdict")
    print(table(("", "edits", "median", "90 %", "worker's own (median)"), lines))
    print(
        table(
            ("MB of houqin run after", "now", "highest"),
            [(w, f"{m['VmRSS']:.0f}", f"{m['VmHWM']:.0f}") for w, m in memory],
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
