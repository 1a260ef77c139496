"""The monthly report at domain volumes and at ten times that, beside bare pandas computing the same figures.

    python -m tests.benchmarks.bench_monthly                       # one school's year, and ten of them in one
    python -m tests.benchmarks.bench_monthly --times 1 --rounds 1 --json

Rows are those of the demonstration year (:mod:`~tests.benchmarks.demo_rows`) on the morning after; ten times as many
are ten schools in one set of tables. Every step runs in a fresh process that finds its input (rows, or the finished
report) in a file, so that its peak of memory is its own; of several rounds the quickest counts. Seconds are those of
processors, without loading libraries. The twelve indicators, each for four periods, are the same in pandas and in
Houqin, or the benchmark stops. Linux only.
"""

import argparse
import gc
import json
import pickle
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from automations.measures import Period, Records
from automations.measures.indicators import Indicator, indicators
from automations.measures.time_limits import SHIFTS
from automations.mirror import Mirror
from automations.reports.document import Document
from automations.reports.manifest import FORMATS, ReportFormat
from automations.reports.words import told
from automations.reports.writing import render_report
from automations.rows import Rows
from automations.settings import HOUSE
from automations.statements import _making as making
from automations.statements._child import Order, carry_out
from automations.tables.base import Row
from automations.workdays import Calendar
from tests.benchmarks.schools import AS_OF, SCHEMA, YEAR, Tables, copies

MONTH = Period.month(YEAR, 12)
SPANS = {"now": MONTH, "before": MONTH.before, "year_before": MONTH.year_before, "to_date": MONTH.to_date}
CLOSE = 0.001
"""Pandas counts in floats, and hours of work to the microsecond."""

REPORT = "monthly"
ROWS, DOCUMENT, FIGURES = "rows.pickle", "document.pickle", "figures-{}.pickle"
HERE = "tests.benchmarks.bench_monthly"


@dataclass(frozen=True)
class Cost:
    """What a step took.

    Attributes:
        seconds: Of this process; beside: of those that it started.
        peak: Megabytes of this process at its highest, libraries and what it was given included.
        beside_peak: Of the largest that it started; Linux counts what this one held when it started it.
        size: Bytes of the file made, or how many rows behind figures.
    """

    step: str
    seconds: float
    beside: float
    peak: float
    beside_peak: float
    size: int


Step = Callable[[Path], Callable[[], int]]
"""Gets ready (not measured), and gives what is measured, which returns a size."""


def records_in(folder: Path) -> Records:
    """The rows as a report reads them; the calendar has looked up its years."""
    tables = rows_in(folder)
    found = {name: Rows(name, (Row(i, cells) for i, cells in rows.items())) for name, rows in tables.items()}
    calendar = Calendar()
    calendar.is_workday(AS_OF.date())
    return Records.of(found, AS_OF, calendar)


def rows_in(folder: Path) -> Tables:
    """What was laid there."""
    return _load(folder / ROWS)  # type: ignore[no-any-return]


def report_of(records: Records) -> Document:
    """All figures of the month, in words and tables."""
    facts = making.content_of(REPORT)(records, MONTH)
    unit = records.norms.text("school.name", MONTH.last)
    path = HOUSE / "report_templates" / REPORT
    return told(path, facts, unit=unit, period_title=MONTH.title, made_on=records.today, dataline="数据截至年末")


# Steps ----------------------------------------------------------------------------------------------------------------


def nothing(folder: Path) -> Callable[[], int]:
    """What Python and the libraries alone take."""
    return lambda: 0


def rows(folder: Path) -> Callable[[], int]:
    """The rows out of the mirror, as they stood then."""
    mirror = Mirror(_mirror(folder), SCHEMA, looking=True)
    return lambda: sum(map(len, making.records_of(mirror, AS_OF).tables.values()))


def pandas_frames(folder: Path) -> Callable[[], int]:
    """Frames of the twelve tables that the indicators need, of the columns that they need."""
    from tests.benchmarks import bare_pandas

    laid = rows_in(folder)
    return lambda: sum(map(len, bare_pandas.frames(laid, SCHEMA).values()))


def pandas_twelve(folder: Path) -> Callable[[], int]:
    """The indicators from the frames."""
    import pandas as pd

    from tests.benchmarks import bare_pandas

    records = records_in(folder)
    frames = bare_pandas.frames(rows_in(folder), SCHEMA)
    clocks = [records.norms.clock(key, MONTH.last) for key in SHIFTS]
    shifts = ((clocks[0], clocks[1]), (clocks[2], clocks[3]))
    spans = {name: (pd.Timestamp(span.first), pd.Timestamp(span.last)) for name, span in SPANS.items()}

    def work() -> int:
        twelve = bare_pandas.Twelve(frames, records.today, records.calendar.is_workday, shifts)
        found = twelve.table(spans)
        _keep(folder / FIGURES.format("pandas"), found.to_dict("index"))
        return int(found.size)

    return work


def houqin_twelve(folder: Path) -> Callable[[], int]:
    """The same with the rows behind each, targets and lights."""
    records = records_in(folder)

    def work() -> int:
        found = indicators(records, MONTH)
        _keep(folder / FIGURES.format("houqin"), {one.title: _values(one) for one in found})
        return len(found) * len(SPANS)

    return work


def document(folder: Path) -> Callable[[], int]:
    """Everything that the report says."""
    records = records_in(folder)

    def work() -> int:
        made = report_of(records)
        _keep(folder / DOCUMENT, made)
        return sum(len(source.codes) for source in made.sources)

    return work


def writing(form: ReportFormat) -> Step:
    """One format of the finished report."""

    def ready(folder: Path) -> Callable[[], int]:
        made: Document = _load(folder / DOCUMENT)

        def work() -> int:
            done = render_report(made, HOUSE / "report_templates" / REPORT, [form])
            if done.problems:
                raise SystemExit(str(done.problems))
            return len(done.files[form])

        return work

    return ready


def everything(folder: Path) -> Callable[[], int]:
    """Rows, figures, words and all formats in one process: what a worker has made beside itself."""
    out, as_of = folder / "made", AS_OF.isoformat()
    out.mkdir(exist_ok=True)
    schemas, templates = str(HOUSE / "schemas"), str(HOUSE / "report_templates")
    order = Order(_mirror(folder), schemas, templates, REPORT, as_of, as_of, str(out), [])

    def work() -> int:
        carry_out(order)
        return sum(path.stat().st_size for path in out.iterdir())

    return work


STEPS: Mapping[str, Step] = {
    "nothing": nothing,
    "rows out of the mirror": rows,
    "pandas: frames": pandas_frames,
    "pandas: 12 indicators": pandas_twelve,
    "Houqin: 12 indicators": houqin_twelve,
    "Houqin: the whole document": document,
    **{form: writing(form) for form in FORMATS},
    "rows to all formats": everything,
}


def measure(step: str, folder: Path) -> Cost:
    """One step, in this process."""
    for library in ("docxtpl", "holidays.countries.china", "numpy", "pandas", "xlsxwriter"):
        import_module(library)
    gc.disable()  # while the input is read
    work = STEPS[step](folder)
    gc.enable()
    before, here = resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
    size = work()
    seconds, after = time.process_time() - here, resource.getrusage(resource.RUSAGE_CHILDREN)
    beside = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return Cost(step, seconds, beside, int(peak) / 1024, after.ru_maxrss / 1024, size)


def apart(step: str, folder: Path, rounds: int) -> Cost:
    """The quickest of several fresh processes."""
    command = [sys.executable, "-m", HERE, "--step", step, "--folder", str(folder)]
    found = []
    for _ in range(rounds):
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"{step}: {done.stderr.decode(errors='replace')}")
        found.append(Cost(**json.loads(done.stdout)))
    return min(found, key=lambda cost: cost.seconds + cost.beside)


def compare(folder: Path) -> None:
    """Stop unless both say the same of every indicator and period."""
    bare, ours = (_load(folder / FIGURES.format(name)) for name in ("pandas", "houqin"))
    known = 0
    for title, values in ours.items():
        for span, value in values.items():
            other = bare[title][span]
            unknown = other != other  # NaN
            if unknown != (value is None) or (value is not None and abs(float(value) - other) > CLOSE):
                raise SystemExit(f"{title} {span}: Houqin {value}, pandas {other}")
            known += value is not None
    if known < len(ours) * 3 or ours.keys() != bare.keys():
        raise SystemExit(f"only {known} figures are known: the rows say too little")


def _lay(folder: Path, tables: Tables) -> None:
    """The rows as a pickle and as a mirror."""
    _keep(folder / ROWS, tables)
    mirror = Mirror(_mirror(folder), SCHEMA)
    with mirror.write() as tx:
        for name, found in tables.items():
            tx.put(name, [Row(row_id, cells) for row_id, cells in found.items()], AS_OF)
    mirror.close()


def _mirror(folder: Path) -> str:
    return f"sqlite:///{folder / 'mirror.db'}"


def _values(one: Indicator) -> dict[str, Any]:
    return {span: getattr(one, span).value for span in SPANS}


def _keep(path: Path, thing: Any) -> None:
    path.write_bytes(pickle.dumps(thing))


def _load(path: Path) -> Any:
    return pickle.loads(path.read_bytes())


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        print(json.dumps(asdict(measure(asked.step, asked.folder))))
        return 0
    from tests.benchmarks.demo_rows import demo_rows  # the demonstration year is no part of what a report takes

    year = demo_rows()
    for times in asked.times:
        with TemporaryDirectory(prefix="houqin-bench-") as name:
            folder = Path(name)
            _lay(folder, copies(year, times))
            costs = [apart(step, folder, asked.rounds) for step in STEPS]
            compare(folder)
        if asked.json:
            print(json.dumps({"times": times, "costs": [asdict(cost) for cost in costs]}, ensure_ascii=False))
        else:
            print(f"\n{times} x {sum(map(len, year.values())):,} rows", _told(costs), sep="\n")
    return 0


def _told(costs: Sequence[Cost]) -> str:
    by_step = {cost.step: cost for cost in costs}
    bare, frames = by_step["pandas: 12 indicators"].seconds, by_step["pandas: frames"].seconds

    def line(cost: Cost) -> tuple[object, ...]:
        spent = cost.seconds + cost.beside
        ratios = (f"{spent / bare:.1f}", f"{spent / (bare + frames):.1f}") if spent else ("", "")
        peaks = f"{cost.peak:.0f}", f"{cost.beside_peak:.0f}" if cost.beside else ""
        return cost.step, f"{cost.seconds:.2f}", f"{cost.beside:.2f}", *ratios, *peaks, f"{cost.size:,}"

    from tests.benchmarks.ground import table

    head = ("", "s here", "s beside", "/ pandas", "/ with frames", "MB here", "MB beside", "size")
    return table(head, [line(cost) for cost in costs])


if __name__ == "__main__":
    raise SystemExit(main())
