"""What a report costs: words and each of its files, as the report grows.

    python -m tests.benchmarks.bench_report                 # like a month's, a year's, and three times a year's
    python -m tests.benchmarks.bench_report --pages 8 --json

Processor time, children included (PDF and charts are made by processes of their own); memory is that of the process
that asked, which in a worker stays for months. A report of *n* pages has 4n paragraphs with two figures each, 2n tables
of 12 rows with a small number in every row, and a chart on every third page.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from automations.measures import Measure
from automations.reports.document import Chart, Column, Document, Table
from automations.reports.manifest import FORMATS
from automations.reports.words import told
from automations.reports.writing import render_report

MONTHS = tuple(f"{n}月" for n in range(1, 13))


@dataclass(frozen=True)
class Cost:
    """Seconds of processors, here and in children; megabytes that the process grew by; bytes made."""

    what: str
    here: float
    children: float
    grown: float
    size: int


def figure(n: int) -> Measure:
    """A figure that stands on twelve rows."""
    return Measure(Decimal(n * 37 % 10_000), tuple(f"ZC-2026-{n * 5 + i:04d}" for i in range(12)), 1, "元")


def report(folder: Path, pages: int) -> Document:
    """A report of about so many pages."""
    columns = (Column("月份"), *(Column(f"第{n}项", "money") for n in range(4)), Column("截止", "date"))
    data: dict[str, Any] = {"f": [figure(n) for n in range(pages * 8)]}
    words = []
    for page in range(pages):
        words.append(f"## {page + 1}、章节")
        for n in range(4):
            at = page * 8 + n * 2
            words.append(
                f"本月支出{{{{ f[{at}]|wan }}}}万元，收入{{{{ f[{at + 1}]|fig }}}}元，" + "按时办结各项工作" * 8 + "。"
            )
        for n in range(2):
            name = f"t{page}_{n}"
            rows = tuple(
                (m, figure(page * 24 + n * 12 + i), *(Decimal(i * 1000 + k) for k in range(3)), date(2026, i + 1, 28))
                for i, m in enumerate(MONTHS)
            )
            data[name] = Table(f"表{name}", columns, rows)
            words.append(f"[[表 {name}]]")
        if page % 3 == 0:
            series = {
                "上年": tuple(Decimal(n * 7 % 90) for n in range(12)),
                "本年": (*(Decimal(n) for n in range(9)), None, None, None),
            }
            data[f"c{page}"] = Chart(f"图{page}", "lines", MONTHS, series, "元", f"t{page}_0")
            words.append(f"[[图 c{page}]]")
    (folder / "report.toml").write_text('title = "{{ unit }}{{ period }}报告"\nperiod = "month"\n', "utf-8")
    (folder / "words.md").write_text("\n".join(words), "utf-8")
    return told(folder, data, unit="示例党校", period_title="2026年9月", made_on=date(2026, 10, 12))


def costs(pages: int) -> list[Cost]:
    """Of one report, step by step."""
    found: list[Cost] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        document = measured("words", lambda: report(folder, pages), found)
        for form in FORMATS:
            made = measured(form, lambda form=form: render_report(document, folder, [form]), found)  # type: ignore[misc]
            if made.problems:
                raise SystemExit(str(made.problems))
            found[-1] = Cost(**vars(found[-1]) | {"size": len(made.files[form])})
    return found


def measured(what: str, work: Callable[[], Any], found: list[Cost]) -> Any:
    """Do it, and note what it cost."""

    def used() -> tuple[float, float, float]:
        children, here = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
        return time.process_time(), children.ru_utime + children.ru_stime, here.ru_maxrss / 1024

    before = used()
    made = work()
    after = used()
    found.append(Cost(what, *(round(b - a, 2) for a, b in zip(before, after, strict=True)), 0))
    return made


def main() -> None:
    """Print a line per step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[8, 24, 72])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    for pages in asked.pages:
        found = costs(pages)
        if asked.json:
            print(json.dumps({"pages": pages, "costs": [vars(cost) for cost in found]}, ensure_ascii=False))
            continue
        print(f"{pages} pages")
        for cost in found:
            times = f"{cost.here:6.2f} s here {cost.children:6.2f} s beside"
            print(f"  {cost.what:6} {times} {cost.grown:5.0f} MB {cost.size:>9,} bytes")


if __name__ == "__main__":
    main()
