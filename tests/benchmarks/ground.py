"""A school with many rows to measure on: in the process, or on a real NocoDB whose folder is kept between runs.

python -m tests.benchmarks.ground --folder FOLDER --rows 10000      # lays it (minutes); the benchmarks use it again
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from automations.assemble import pack, unpack
from automations.demo.driver import Person
from automations.engine import Engine, Office
from automations.engine.notices import Notices
from automations.jobs.expense_claims import expense_claims
from automations.journal import Journal
from automations.mirror import Mirror
from automations.schema.apply import apply
from automations.schema.host import Binding
from automations.schema.plan import plan
from automations.tables.base import Host
from automations.tables.nocodb import OVERLAP, NocoDB
from automations.tables.values import Value
from tests.conftest import Clock
from tests.office import ACCOUNTS, STAFF, WORKER, RealClock, SmallOffice, email, memory_server, schema
from tests.servers import PASSWORD, NocoOffice, NocoServer

BATCH = 100


class Counting:
    """A host whose calls are counted: what would be requests, were it a server."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.requests = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._host, name)
        if not callable(found):
            return found

        def counted(*args: Any, **more: Any) -> Any:
            self.requests += 1
            return found(*args, **more)

        return counted


@dataclass
class Ground:
    """Where a benchmark stands.

    Attributes:
        login: An account's host, bound.
        requests: How many calls the worker's host has had so far.
        worker: The worker's host.
        folder: For the stores of the worker, and all else.
        now: What time it is there.
        rest: Lets so much time go by that no row is younger than what an incremental read looks back.
        url / base: Of the NocoDB; "" in memory.
    """

    login: Callable[[str], Host]
    worker: Host
    requests: Callable[[], int]
    folder: Path
    now: Callable[[], datetime]
    rest: Callable[[], object]
    binding: Binding
    ids: Mapping[str, int]
    url: str = ""
    base: str = ""

    def engine(self, fresh: bool = True) -> Engine:
        """A worker's engine; ``fresh`` with an empty mirror and an empty journal."""
        mirror, journal = self.folder / "mirror.db", self.folder / "journal.db"
        if fresh:
            for file in (mirror, journal):
                for part in ("", "-wal", "-shm"):
                    Path(f"{file}{part}").unlink(missing_ok=True)
        office = Office(
            self.worker,
            Mirror(f"sqlite:///{mirror}", schema()),
            Journal(f"sqlite:///{journal}"),
            schema(),
            {"expense_claims": expense_claims},
        )
        return Engine(office, Notices(office, {}, {}))

    def person(self, name: str) -> Person:
        """Somebody at his own login."""
        host = self.login(email(STAFF[name][0]))
        host.refresh([t.name for t in schema()])
        return Person(host)


def lay(office: SmallOffice, rows: int, claims: int, told: Callable[[str], None]) -> None:
    """``rows`` drafts without links (those are dear to write), and ``claims`` submitted ones, four steps each."""
    wang = office.person("王文员")
    draft: dict[str, Value] = {"kind": "报销", "handler": wang.me.id, "payee_kind": "个人", "payee": wang.me.id}
    started = time.monotonic()
    for first in range(0, rows, BATCH):
        batch = [
            {**draft, "title": f"购置办公用品 {n}", "amount": Decimal(n % 900 + 1), "biz_date": date(2026, 8, 28)}
            for n in range(first, min(first + BATCH, rows))
        ]
        wang.host.create("expense_claims", batch)
        if first % 1000 == 0:
            told(f"{first + len(batch)} of {rows} drafts, {time.monotonic() - started:.0f} s")
    paper = wang.host.upload("明细.txt", b"paper")  # one for all: reading files is not what is measured
    for number in range(claims):
        claim = wang.file_claim(
            f"待签 {number}",
            line="日常办公费",
            invoices={f"2650000000{number:010d}": Decimal("10.00")},
            on=date(2026, 8, 28),
            attachments={},
            acceptor=office.ids["吴科长"],
            accepted_on=date(2026, 8, 28),
        )
        wang.edit("expense_claims", claim, attachments=(paper,), attach_n=Decimal(2), status="提交")
    told(f"{claims} claims submitted, {time.monotonic() - started:.0f} s")


def quiet(_: str) -> None:
    """Tell nobody."""


def aloud(text: str) -> None:
    """Tell whoever watches the terminal."""
    print(text, file=sys.stderr)


@contextmanager
def memory_ground(rows: int, claims: int) -> Iterator[Ground]:
    """In this process, on a clock of its own."""
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="houqin-bench-") as folder:
        server = memory_server(clock)
        office = SmallOffice(clock, server=server)
        lay(office, rows, claims, quiet)
        clock.pass_by(minutes=10)

        def login(address: str) -> Host:
            host = server.login(address)
            host.bind(office.binding)
            return host

        host = Counting(login(WORKER))
        worker: Any = host
        yield Ground(
            login,
            worker,
            lambda: host.requests,
            Path(folder),
            lambda: clock.pass_by(seconds=3),
            lambda: clock.pass_by(minutes=10),
            office.binding,
            office.ids,
        )


@contextmanager
def nocodb_ground(folder: Path, rows: int, claims: int, told: Callable[[str], None] = quiet) -> Iterator[Ground]:
    """On a NocoDB of its own. The first time it is laid in ``folder``; later runs work on a copy of what was laid."""
    laid = folder / f"laid-{rows}-{claims}"
    if not (laid / "ground.json").exists():
        shutil.rmtree(laid, ignore_errors=True)
        server = NocoServer(laid).start()
        try:
            noco = NocoOffice(server, ACCOUNTS)
            office = SmallOffice(RealClock(), server=noco)
            lay(office, rows, claims, told)
            data = {"base": noco.title, "ids": office.ids, "binding": pack(office.binding)}
        finally:
            server.stop()
        (laid / "ground.json").write_text(json.dumps(data), "utf-8")
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(laid, work)
    data = json.loads((work / "ground.json").read_text("utf-8"))
    binding = unpack(schema(), data["binding"])
    server = NocoServer(work).start()
    try:
        admin = NocoDB(server.url, WORKER, PASSWORD, data["base"])
        admin.bind(binding)
        steps = plan(schema(), admin.describe(), binding)
        binding = apply(steps, admin, yes=True, lose_data=False, progress=told)  # schemas/ may have grown since

        def login(address: str) -> NocoDB:
            host = NocoDB(server.url, address, PASSWORD, data["base"])
            host.bind(binding)
            return host

        worker = login(WORKER)
        counted = count_requests(worker)
        yield Ground(
            login,
            worker,
            lambda: counted[0],
            work,
            lambda: datetime.now(UTC),
            lambda: time.sleep(OVERLAP.total_seconds() + 1),
            binding,
            data["ids"],
            server.url,
            data["base"],
        )
    finally:
        server.stop()


def count_requests(host: NocoDB) -> list[int]:
    """A counter in a list that grows with every answer of the server."""
    count = [0]

    def answered(*_: Any, **__: Any) -> None:
        count[0] += 1

    host._http._session.hooks["response"].append(answered)
    return count


def table(head: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """A small table for the terminal."""
    cells = [[str(c) for c in line] for line in (head, *lines)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(head))]
    return "\n".join(
        "  ".join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
        for line in cells
    )


def main() -> int:
    """Lay a school and leave it in the folder."""
    parser = argparse.ArgumentParser(description="Lay a school with many rows on a NocoDB of its own.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--claims", type=int, default=63)
    options = parser.parse_args()
    with nocodb_ground(options.folder, options.rows, options.claims, aloud):
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
