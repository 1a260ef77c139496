"""The first sync of a real NocoDB table against the least work that could be done with the same pages.

    python -m tests.benchmarks.bench_first_sync --rows 10000 --folder FOLDER

The bare loop makes exactly the calls that the adapter makes for the rows (same columns, same pages) with ``requests``,
and one ``executemany`` per page into SQLite; the sync is :func:`automations.sync.quick` into an empty mirror. They take
turns; medians and their ratio are printed, because on a busy machine only the ratio means anything. ``CPU`` is the time
of this process alone, without the server's.
"""

import argparse
import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from automations.mirror import Mirror
from automations.sync import quick
from tests.benchmarks.ground import Ground, aloud, nocodb_ground, table
from tests.office import schema

TABLE = "expense_claims"


def adapter_calls(ground: Ground) -> list[tuple[str, dict[str, str]]]:
    """The reading calls (path, query) that one full listing of the table makes, as they went over the wire."""
    seen: list[tuple[str, dict[str, str]]] = []

    def note(answer: requests.Response, *_: Any, **__: Any) -> None:
        parts = urlsplit(str(answer.request.url))
        seen.append((parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}))

    host: Any = ground.worker
    hooks = host._http._session.hooks["response"]
    hooks.append(note)
    host.changed(TABLE, None)
    hooks.remove(note)
    return seen


def bare(ground: Ground, calls: list[tuple[str, dict[str, str]]], identity: dict[str, str], file: Path) -> int:
    """Those calls with ``requests``, their rows into one SQL table, cells as they come."""
    session = requests.Session()
    session.trust_env = False
    session.headers.update(identity)
    store = sqlite3.connect(file)
    store.execute("PRAGMA journal_mode=WAL")
    count, made = 0, False
    with store:
        for path, query in calls:
            answer = session.get(ground.url + path, params=query, timeout=60)
            answer.raise_for_status()
            page = answer.json()["list"]
            if not page:
                continue
            names = list(page[0])
            if not made:
                store.execute(f"CREATE TABLE t ({', '.join(f'c{n}' for n in range(len(names)))})")
                made = True
            marks = ", ".join("?" * len(names))
            store.executemany(f"INSERT INTO t VALUES ({marks})", [tuple(_plain(c) for c in r.values()) for r in page])
            count += len(page)
    store.close()
    session.close()
    return count


def _plain(cell: Any) -> Any:
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else cell


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="First sync of a NocoDB table against a bare loop over its pages.")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--claims", type=int, default=63)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {"bare": [], "read": [], "sync": []}
    with nocodb_ground(options.folder, options.rows, options.claims, aloud) as ground:
        host: Any = ground.worker
        host.refresh([TABLE])
        calls = adapter_calls(ground)
        identity = dict(host._http._who())
        count = 0
        for turn in range(options.repeat):
            file = ground.folder / f"bare{turn}.db"
            found["bare"].append(timed(lambda file=file: bare(ground, calls, identity, file)))
            found["read"].append(timed(lambda: host.changed(TABLE, None)))
            mirror = Mirror(f"sqlite:///{ground.folder / f'first{turn}.db'}", schema())
            found["sync"].append(timed(lambda m=mirror: quick(host, m, TABLE, ground.now())))
            count = mirror.count(TABLE)
            mirror.close()
    base = statistics.median(w for w, _ in found["bare"])
    lines = []
    for name, what in (
        ("bare", "requests loop + executemany"),
        ("read", "adapter alone: the same rows as canonical values"),
        ("sync", "first sync: rows, agenda, cursor in the mirror"),
    ):
        wall, cpu = (statistics.median(v[i] for v in found[name]) for i in (0, 1))
        lines.append((what, f"{wall:.2f}", f"{cpu:.2f}", f"{wall / base:.2f}"))
    pairs = [s[0] / b[0] for b, s in zip(found["bare"], found["sync"], strict=True)]
    print(f"NocoDB: {count:,} rows, {len(calls)} requests, medians of {options.repeat}")
    print(table(("", "wall s", "CPU s", "x bare"), lines))
    print(f"sync / bare, pair by pair: {', '.join(f'{p:.2f}' for p in pairs)}; median {statistics.median(pairs):.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
