"""How much the first sync costs beyond the bare work: reading the pages over HTTP and writing them into SQLite.

    python -m tests.benchmarks.bench_sync --rows 10000                      # a small HTTP server in this process
    python -m tests.benchmarks.bench_sync --host nocodb --url http://127.0.0.1:8080 --base … --table … --token …

``bare`` is a loop over ``requests`` and one ``executemany`` per page; ``first`` is :func:`automations.sync.quick` into
an empty mirror through the same requests. They take turns, and medians and their ratio are printed: on a busy machine
only the ratio means anything. With ``--host nocodb`` the pages come from a real NocoDB table, whose columns are bound
by their titles as text; so the figure covers mirror and sync, not the adapter's own translation.
"""

import argparse
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from automations.mirror import Mirror
from automations.schema.model import Field, Schema, Table
from automations.sync import quick, reconcile
from automations.tables.base import Changes, Row
from automations.tables.values import canonical

PAGE = 1000
Page = list[dict[str, Any]]
NOW = datetime(2026, 9, 1, tzinfo=UTC)

MADE_UP = Table(
    "claims",
    "报销单",
    "BX",
    (
        Field("code", "编号", "text"),
        Field("reason", "事由", "long_text"),
        Field("amount", "金额", "money"),
        Field("count", "张数", "number"),
        Field("day", "日期", "date"),
        Field("sent", "提交时间", "datetime"),
        Field("urgent", "加急", "bool"),
        Field("status", "状态", "choice", options=("草稿", "待审", "办结")),
        Field("handler", "经办人", "link", to="claims"),
        Field("tags", "标签", "choices", options=("紧急", "财务")),
    ),
)


def made_up(number: int) -> dict[str, Any]:
    """One row as a host would send it."""
    fields = {
        "编号": f"BX-2026-{number:05d}",
        "事由": "赴省委党校参加师资培训的差旅费" * 3,
        "金额": f"{number}.50",
        "张数": number % 7,
        "日期": "2026-09-01",
        "提交时间": "2026-09-01T01:30:00+00:00",
        "加急": number % 5 == 0,
        "状态": "待审",
        "经办人": number % 90 + 1,
        "标签": ["紧急"],
    }
    return {"id": number, "fields": {**fields, "CreatedAt": "2026-09-01 01:30:00+00:00", "UpdatedAt": None}}


class Pages:
    """Rows over HTTP in pages by id, as NocoDB's v3 data API gives them."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.headers.update(headers)
        self._session.trust_env = False

    def __iter__(self) -> Iterator[Page]:
        last = 0
        while True:
            where = {"where": f"(Id,gt,{last})", "sort": '[{"direction":"asc","field":"Id"}]', "pageSize": str(PAGE)}
            answer = self._session.get(self._url, params=where, timeout=60)
            answer.raise_for_status()
            page = answer.json()["records"]
            if page:
                yield page
            if len(page) < PAGE:
                return
            last = page[-1]["id"]


class PagedHost:
    """Just enough of a host for a sync: reads rows through :class:`Pages`."""

    def __init__(self, pages: Pages, table: Table) -> None:
        self._pages = pages
        self._table = table

    def changed(self, _table: str, _cursor: str | None) -> Changes:
        return Changes([self._row(item) for page in self._pages for item in page], "1")

    def ids(self, table: str) -> dict[int, str]:
        return {row.id: row.born for row in self.changed(table, None).rows}

    def rows(self, table: str, ids: Sequence[int]) -> list[Row]:
        wanted = set(ids)
        return [row for row in self.changed(table, None).rows if row.id in wanted]

    def _row(self, item: dict[str, Any]) -> Row:
        cells = item["fields"]
        values = {field.name: canonical(field, cells.get(field.title)) for field in self._table.fields}
        return Row(item["id"], values, cells.get("CreatedAt") or "", cells.get("UpdatedAt") or "")


def bare(pages: Pages, titles: Sequence[str], file: Path) -> int:
    """The least that can be done: pages into one SQL table, cells as they come."""
    store = sqlite3.connect(file)
    store.execute("PRAGMA journal_mode=WAL")
    columns = ", ".join(f"c{n}" for n in range(len(titles)))
    store.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns})")
    marks = ", ".join("?" * (len(titles) + 1))
    count = 0
    with store:
        for page in pages:
            cells = [(item["id"], *(_plain(item["fields"].get(title)) for title in titles)) for item in page]
            store.executemany(f"INSERT INTO t VALUES ({marks})", cells)
            count += len(page)
    store.close()
    return count


def _plain(cell: Any) -> Any:
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else cell


def serve(rows: int) -> tuple[ThreadingHTTPServer, str]:
    """A server of made-up rows on a free loopback port; its pages are ready before anybody asks."""
    pages = [
        json.dumps({"records": [made_up(n) for n in range(first, min(first + PAGE, rows + 1))]}).encode()
        for first in range(1, rows + 1, PAGE)
    ]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            after = int(parse_qs(urlsplit(self.path).query)["where"][0].split(",")[2].rstrip(")"))
            body = pages[after // PAGE] if after // PAGE < len(pages) else b'{"records": []}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/records"


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(pages: Pages, table: Table, repeat: int) -> dict[str, list[float]]:
    """Seconds of each kind of run, taken in turns."""
    found: dict[str, list[float]] = {"bare": [], "first": [], "again": [], "deep": []}
    titles = [field.title for field in table.fields]
    with tempfile.TemporaryDirectory(prefix="houqin-bench-") as folder:
        for turn in range(repeat):
            found["bare"].append(seconds(lambda turn=turn: bare(pages, titles, Path(folder) / f"bare{turn}.db")))
            mirror = Mirror(f"sqlite:///{folder}/mirror{turn}.db", Schema((table,)))
            host: Any = PagedHost(pages, table)
            found["first"].append(seconds(lambda m=mirror, h=host: quick(h, m, table.name, NOW)))
            mirror.settle(mirror.agenda())
            found["again"].append(seconds(lambda m=mirror, h=host: quick(h, m, table.name, NOW)))
            found["deep"].append(seconds(lambda m=mirror, h=host: reconcile(h, m, table.name, NOW, deep=True)))
            mirror.close()
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="First sync of a table against a bare requests loop and executemany.")
    parser.add_argument("--host", choices=["memory", "nocodb"], default="memory")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the made-up table")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--url", default=os.environ.get("HOUQIN_BENCH_NOCODB_URL", ""))
    parser.add_argument("--base", default=os.environ.get("HOUQIN_BENCH_NOCODB_BASE", ""), help="NocoDB base id")
    parser.add_argument("--table", default=os.environ.get("HOUQIN_BENCH_NOCODB_TABLE", ""), help="NocoDB table id")
    parser.add_argument(
        "--token",
        default=os.environ.get("HOUQIN_BENCH_NOCODB_TOKEN", ""),
        help="API token; better in HOUQIN_BENCH_NOCODB_TOKEN than on the command line",
    )
    return parser.parse_args()


def _nocodb_table(page: Page) -> Table:
    """The columns that the first page shows, as text."""
    titles = sorted({title for item in page for title in item["fields"]} - {"CreatedAt", "UpdatedAt"})
    return Table("bench", "bench", "", tuple(Field(f"c{n}", t, "text") for n, t in enumerate(titles)))


def main() -> int:
    """Measure and print."""
    options = _arguments()
    server = None
    if options.host == "nocodb":
        if not (options.url and options.base and options.table and options.token):
            print("--host nocodb needs --url, --base, --table and a token", file=sys.stderr)
            return 2
        pages = Pages(
            f"{options.url.rstrip('/')}/api/v3/data/{options.base}/{options.table}/records",
            {"xc-token": options.token},
        )
        table = _nocodb_table(next(iter(pages)))
    else:
        server, url = serve(options.rows)
        pages, table = Pages(url, {}), MADE_UP
    count = sum(len(page) for page in pages)
    found = measure(pages, table, options.repeat)
    if server is not None:
        server.shutdown()
        server.server_close()
    median = {name: statistics.median(times) for name, times in found.items()}
    print(f"{options.host}: {count} rows of {len(table.fields)} columns, {options.repeat} turns, medians")
    for name, label in [
        ("bare", "bare requests + executemany"),
        ("first", "first sync (rows, agenda, cursor)"),
        ("again", "the same pages, nothing changed"),
        ("deep", "deep reconcile, nothing changed"),
    ]:
        print(f"  {label:36} {median[name]:7.2f} s   {median[name] / median['bare']:5.1f} x bare")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
