"""What ``houqin rehearse`` costs: a city's year of claims judged again under another parameter.

    python -m tests.benchmarks.bench_rehearse                                    # 10,000 claims, compare.limit = 3000
    python -m tests.benchmarks.bench_rehearse --claims 100000 --set claim.days=20

Every claim is judged as on the day on which it was submitted, among the rows that were there before it: once under the
parameters that are, and again where it asked for the one on trial.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from automations.books import MemorySource
from automations.holds import Hold
from automations.jobs import approvals
from automations.norms import Norm
from automations.rehearsal.proposal import Proposed, Written
from automations.rehearsal.replay import Replay
from automations.rehearsal.whatif import REPLAYED, Difference, Judge, Submission, rehearse, totals
from automations.rows import RowView
from automations.rules.base import PAY, SUBMIT
from automations.tables.base import Row
from automations.workdays import Calendar
from tests.benchmarks.bench_judge import resident
from tests.benchmarks.city import FIRST, City, lay_city, moment
from tests.benchmarks.ground import table
from tests.office import schema

REPLAYED_WITH_PARTS = (*REPLAYED, "invoices")


def submissions(city: City) -> Iterator[Submission]:
    """Every row that was submitted, with what belongs to it."""
    parts: dict[int, list[RowView]] = defaultdict(list)
    for row_id, invoice in city.tables["invoices"].items():
        if isinstance(claim := invoice["claim"], int):
            parts[claim].append(RowView("invoices", Row(row_id, invoice)))
    held: dict[str, list[Hold]] = defaultdict(list)
    for hold in city.holds:
        held[hold.subject].append(hold)
    for name in REPLAYED:
        for row_id, cells in city.tables.get(name, {}).items():
            made, subject = cells["created_at"], f"{name}/{cells['code']}"
            if cells["status"] == "草稿":
                continue
            at = made if isinstance(made, datetime) else moment(FIRST)
            handler = cells["handler"]
            yield Submission(
                table=name,
                row_id=row_id,
                values=cells,
                at=at,
                subject=subject,
                handler=handler if isinstance(handler, int) else None,
                moments=(SUBMIT, PAY) if cells.get("paid_on") else (SUBMIT,),
                parts=tuple(parts.get(row_id, ())) if name == "expense_claims" else (),
                holds=tuple(held.get(subject, ())),
            )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="A year of claims under another parameter.")
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--set", default="compare.limit=3000", help="key=value")
    options = parser.parse_args()
    key, value = options.set.split("=", 1)
    city = lay_city(options.claims)
    asked = list(submissions(city))
    others = {name: rows for name, rows in city.tables.items() if name not in REPLAYED_WITH_PARTS}
    replay = Replay(MemorySource(others), REPLAYED_WITH_PARTS)
    judge = Judge(schema(), approvals(), city.directory, Calendar(), replay)
    proposed = Proposed(city.norms, [Written(1, Norm(key, value))])
    before, started, busy = resident(), time.perf_counter(), time.process_time()
    rows: Counter[str] = Counter()
    found: list[Difference] = []
    for one, differing in rehearse(judge, asked, city.norms, proposed, [key], 2026):
        rows[one.table] += 1
        found += differing
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    each = f"{busy / rows.total() * 1000:.2f} ms"
    lines = [
        (
            f"{rows['expense_claims']:,} claims and {rows['requests']:,} requests",
            f"{seconds:.1f} s",
            f"{busy:.1f} s",
            each,
        )
    ]
    print(table(("", "in all", "CPU", "CPU a row"), lines))
    print(f"{before:.0f} MB with the rows, {resident():.0f} MB at the end")
    for kind, total in totals(found).items():
        print(f"{kind}: {total.rows:,} rows, {total.sum:,} 元")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
