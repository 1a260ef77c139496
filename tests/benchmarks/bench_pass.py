"""Requests and wall time of the first pass, an idle pass and a pass with one change; many drafts, 252 waiting steps.

    python -m tests.benchmarks.bench_pass --host memory --rows 1000 10000
    python -m tests.benchmarks.bench_pass --host nocodb --rows 1000 10000 --folder FOLDER

The cost of a pass must follow the number of changed rows, not the size of the table: the lines of 1,000 and of 10,000
rows should read alike. ``idle`` looks at the tables that people sign in; ``idle, all tables`` is the slower look, once
a minute; ``deep`` compares every row, once in half an hour. An incremental read looks back some time before the newest
stamp it saw (two minutes in memory, ten seconds on NocoDB): after a bulk of writes every idle pass reads the end of
that bulk again until somebody changes anything later; the first idle line shows it.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from automations.engine import Engine, PassReport
from tests.benchmarks.ground import Ground, aloud, memory_ground, nocodb_ground, table

Line = tuple[str, str, str, str, str]


def measured(ground: Ground, engine: Engine, **how: bool) -> tuple[PassReport, int, float]:
    """One pass: what it says, its requests, its seconds."""
    before, started = ground.requests(), time.perf_counter()
    report = engine.turn(ground.now(), **how)
    if report.problems:
        raise SystemExit("\n".join(report.problems))
    return report, ground.requests() - before, time.perf_counter() - started


def settle(ground: Ground, engine: Engine) -> None:
    """Passes until nothing is left to do and no row is younger than what an incremental read looks back."""
    calm = 0
    while calm < 2:
        report, *_ = measured(ground, engine)
        calm = calm + 1 if report.idle else 0
    ground.rest()
    measured(ground, engine)


def line(rows: int, what: str, runs: list[tuple[PassReport, int, float]]) -> Line:
    """Medians."""
    wall = statistics.median(r[2] for r in runs)
    requests = statistics.median(r[1] for r in runs)
    judged = statistics.median(r[0].seen for r in runs)
    return (what, f"{rows:,}", f"{judged:.0f}", f"{requests:.0f}", f"{wall * 1000:,.0f}")


def bench(ground: Ground, rows: int, repeat: int) -> list[Line]:
    """All the kinds of passes on one ground."""
    engine = ground.engine()
    first = measured(ground, engine)
    lines = [line(rows, "first pass", [first])]
    settle(ground, engine)
    lines.append(line(rows, "idle, newest stamp: the bulk", [measured(ground, engine) for _ in range(repeat)]))
    wang, zhou = ground.person("王文员"), ground.person("周科长")
    drafts = [r.id for r in engine.office.mirror.select("expense_claims", status="草稿")][: repeat + 1]
    wang.edit("expense_claims", drafts.pop(), title="改了")
    settle(ground, engine)
    lines.append(line(rows, "idle", [measured(ground, engine) for _ in range(repeat)]))
    lines.append(line(rows, "idle, all tables", [measured(ground, engine, slow=True) for _ in range(repeat)]))
    lines.append(line(rows, "deep", [measured(ground, engine, slow=True, deep=True)]))
    changes: dict[str, Callable[[int], None]] = {
        "one draft's title": lambda n: wang.edit("expense_claims", drafts[n], title=f"改了 {n}"),
        "one signature": lambda n: zhou.sign(waiting[n].id, "同意"),
    }
    waiting = engine.office.mirror.select("sign_steps", level="部门负责人", decision="待签")
    for what, change in changes.items():
        runs = []
        for number in range(repeat):
            change(number)
            runs.append(measured(ground, engine))
            settle(ground, engine)
        lines.append(line(rows, what, runs))
    engine.office.mirror.close()
    engine.office.journal.close()
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Cost of a pass against the size of the table.")
    parser.add_argument("--host", choices=["memory", "nocodb"], default="memory")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--claims", type=int, default=63, help="submitted claims, four steps each")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the NocoDB data lies; kept")
    options = parser.parse_args()
    lines: list[Line] = []
    for rows in options.rows:
        ground: AbstractContextManager[Ground]
        if options.host == "memory":
            ground = memory_ground(rows, options.claims)
        else:
            if options.folder is None:
                parser.error("--host nocodb needs --folder")
            ground = nocodb_ground(options.folder, rows, options.claims, aloud)
        with ground as here:
            lines += bench(here, rows, options.repeat)
    print(f"{options.host}, {options.claims * 4} waiting steps, medians of {options.repeat}")
    print(table(("pass", "rows", "judged", "requests", "ms"), lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
