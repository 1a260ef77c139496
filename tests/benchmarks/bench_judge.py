"""What judging costs: a city's year of claims from scratch, and one changed claim among them.

    python -m tests.benchmarks.bench_judge                          # 10,000 and 100,000 claims
    python -m tests.benchmarks.bench_judge --claims 2000 --json

Every size runs in a process of its own. *From scratch* is more than what a worker does that starts: every claim is
judged as on the day on which it was submitted (all rules of 提交, those of its invoices too), then every claim and
invoice is examined as it stands today, as :mod:`automations.engine.standing` does it: computed cells, standing rules,
and the inputs of whatever may still change kept in the index. The rows that claims point at are examined beside them,
so that the index knows all that stands on a claim. *One change* is a claim whose sum goes up by one 元: it is judged as
if submitted again, and whatever stood on it is examined again, nothing else. The *bare loop* looks at the same rows and
compares one cell each.
"""

import argparse
import gc
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from automations import holds
from automations.approvals.ruling import Finding
from automations.books import Books, Facts, Input, InputIndex, MemorySource, Source
from automations.books.inputs import Subject
from automations.engine import Office
from automations.engine.desk import MirrorSource
from automations.figures import compute
from automations.figures.base import kind_of
from automations.holds import Hold
from automations.journal import Journal
from automations.mirror import Mirror
from automations.rows import RowView
from automations.rules import examine
from automations.rules.base import ALWAYS, SUBMIT
from automations.tables.base import Row
from automations.tables.values import Value
from automations.workdays import Calendar
from tests.benchmarks.city import NOW, City, lay_city
from tests.benchmarks.ground import aloud, table
from tests.office import schema

CLAIMS, INVOICES = "expense_claims", "invoices"
AROUND = ("requests", "contracts", "procurements", "vendors", "budget_lines")
SETTLED = frozenset({"已归档", "作废", "不同意"})
"""States in which a claim's answer is final: it is examined once and not watched."""

ROUNDS = 6


@dataclass
class Judge:
    """Judges rows of a city as a worker does.

    Attributes:
        books: The rows as they stand.
        index: Which of them stood on what.
    """

    city: City
    books: Books
    index: InputIndex = field(default_factory=InputIndex)
    calendar: Calendar = field(default_factory=Calendar)

    def facts(self, row: RowView, on: date | None, now: datetime, moment: str = "", subject: str = "") -> Facts:
        """One row under examination."""
        city = self.city
        actor = city.directory.get(row["handler"]) if moment else None
        return kind_of(row.table)(
            row,
            schema(),
            self.books,
            city.norms,
            city.directory,
            self.calendar,
            now,
            on=on,
            moment=moment,
            actor=actor,
            subject=subject,
        )

    def submitted(self, claim: RowView) -> list[Finding]:
        """What the rules of 提交 say about a claim and its invoices, on the day on which it came."""
        facts = self.facts(claim, claim.biz_date, claim.created_at, SUBMIT, f"{CLAIMS}/{claim.code}")
        return examine(facts)

    def stands(self, row: RowView) -> tuple[dict[str, Value], list[Finding]]:
        """Computed cells that differ from those in the row, and what standing rules say; its inputs are kept."""
        claim = self.books.row(CLAIMS, row.claim) if row.table == INVOICES else row
        subject = f"{claim.table}/{claim.code}" if claim is not None else ""
        on = row.biz_date if row.table == CLAIMS else None
        facts = self.facts(row, on, NOW, subject=subject)
        with self.books.marking() as marks:
            computed = compute(facts)
            settled = row.table == CLAIMS and row.status in SETTLED
            findings = [] if settled else examine(facts, ALWAYS)
        if settled:
            self.index.forget((row.table, row.id))
        else:
            self.index.keep((row.table, row.id), marks)
        return {n: v for n, v in computed.cells.items() if v != row[n]}, findings

    def follow(self, changed: set[Input], subjects: Iterable[Subject]) -> dict[Subject, list[Finding]]:
        """Examine these rows and whatever stood on what changed, until nothing changes; what was said of each."""
        said: dict[Subject, list[Finding]] = {}
        waiting = set(subjects)
        for _ in range(ROUNDS):
            waiting |= self.index.standing_on(changed)
            changed = set()
            if not waiting:
                break
            for subject in sorted(waiting):
                row = self.books.row(*subject)
                assert row is not None
                moved, said[subject] = self.stands(row)
                if moved:
                    before = {f.name: row[f.name] for f in schema()[row.table].fields}
                    self.books.lay(*subject, {**before, **moved})
                    changed |= self.index.changed(*subject, before, {**before, **moved})
            waiting = set()
        return said


# --- from scratch -----------------------------------------------------------------------------------------------------


@dataclass
class Measured:
    """Seconds and megabytes of one size."""

    claims: int
    invoices: int
    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: dict[str, float] = field(default_factory=dict)
    more: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started
        self.megabytes[name] = resident()


def resident() -> float:
    """MB that this process has in memory."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def from_scratch(city: City, measured: Measured) -> tuple[Judge, set[tuple[int, str]]]:
    """Judge everything; what was said of claims."""
    said: set[tuple[int, str]] = set()
    began = time.process_time()
    with measured.part("books"):
        judge = Judge(city, Books(MemorySource(city.tables, city.holds)))
    with measured.part("claims as submitted"):
        for claim in judge.books.all(CLAIMS):
            said |= {(claim.id, f.rule) for f in judge.submitted(claim)}
    with measured.part("claims as they stand"):
        said |= stand(judge, CLAIMS)
    with measured.part("invoices as they stand"):
        stand(judge, INVOICES)
    with measured.part("rows around them"):
        for name in AROUND:
            stand(judge, name)
    measured.more["from scratch with all around, CPU s"] = time.process_time() - began
    measured.more["watched rows"] = len(judge.index)
    return judge, said


def stand(judge: Judge, name: str) -> set[tuple[int, str]]:
    """Examine every row of a table and write what is computed into it, as the worker does; what was said."""
    said: set[tuple[int, str]] = set()
    for row in judge.books.all(name):
        moved, findings = judge.stands(row)
        said |= {(row.id, f.rule) for f in findings}
        judge.city.tables[name][row.id].update(moved)
    return said


def bare_loop(city: City) -> int:
    """The least that looking at every claim and invoice can cost: a loop with one comparison each."""
    return sum(row["amount"] is None for name in (CLAIMS, INVOICES) for row in city.tables[name].values())


# --- one changed claim ------------------------------------------------------------------------------------------------


def open_claims(city: City, count: int, seed: int = 2) -> list[int]:
    """Row ids of claims that are under signature."""
    found = [n for n, row in city.tables[CLAIMS].items() if row["status"] == "签批中"]
    return random.Random(seed).sample(found, min(count, len(found)))


@dataclass(frozen=True, slots=True)
class Change:
    """One claim whose sum goes up by one 元.

    Attributes:
        hold: What it holds of its budget line, before.
    """

    claim: int
    before: dict[str, Value]
    after: dict[str, Value]
    hold: Hold

    @property
    def held(self) -> Input:
        """The mark of what it holds."""
        return ("held", "budget", self.hold.key)


def change_of(city: City, by_subject: dict[str, Hold], claim: int) -> Change:
    """The change."""
    before = dict(city.tables[CLAIMS][claim])
    after = {**before, "amount": cast(Decimal, before["amount"]) + 1}
    return Change(claim, before, after, by_subject[f"{CLAIMS}/{before['code']}"])


def again(judge: Judge, change: Change) -> list[Subject]:
    """Judge the changed claim and examine all that stood on it; what was examined."""
    row = judge.books.row(CLAIMS, change.claim)
    assert row is not None
    judge.submitted(row)
    changed = judge.index.changed(CLAIMS, change.claim, change.before, change.after) | {change.held}
    return list(judge.follow(changed, [(CLAIMS, change.claim)]))


def one_by_one(judge: Judge, changes: Sequence[Change], measured: Measured) -> None:
    """Each change on its own, on the whole books in memory."""
    whole, spent, looked = judge.books, [], []
    source = cast(Any, whole)._source
    for change in changes:
        with replaced(source._holds["budget", change.hold.key], change.hold):
            started = time.perf_counter()
            judge.books = whole.with_rows({(CLAIMS, change.claim): change.after})
            looked.append(again(judge, change))
            spent.append(time.perf_counter() - started)
    judge.books = whole
    note(measured, "one change", spent, looked)


def note(measured: Measured, name: str, spent: Sequence[float], looked: Sequence[Sequence[Subject]]) -> None:
    """Median and worst, and what else was examined."""
    measured.seconds[name] = statistics.median(spent)
    measured.seconds[f"{name}, worst"] = max(spent)
    for kind in (CLAIMS, INVOICES, *AROUND):
        measured.more[f"{name}: {kind}"] = statistics.mean(sum(s[0] == kind for s in one) for one in looked)


@contextmanager
def replaced(held: list[Hold], hold: Hold) -> Iterator[None]:
    """One 元 more is held, for a while."""
    place = held.index(hold)
    held[place] = replace(hold, amount=hold.amount + 1)
    yield
    held[place] = hold


# --- the same with a real mirror --------------------------------------------------------------------------------------


def mirrored(judge: Judge, changes: Sequence[Change], measured: Measured) -> None:
    """Each change on its own, with rows read from SQLite, as a pass of the worker does."""
    with tempfile.TemporaryDirectory(prefix="houqin-bench-") as folder:
        mirror = Mirror(f"sqlite:///{folder}/mirror.db", schema())
        journal = Journal(f"sqlite:///{folder}/journal.db")
        journal.create_all(holds.metadata)
        with measured.part("filling the mirror"):
            for name, rows in judge.city.tables.items():
                mirror.put(name, [Row(row_id, values, "", "") for row_id, values in rows.items()])
            with journal.store.write() as connection:
                fields = ("subject", "kind", "key", "state", "code", "status", "under")
                records = [{**{n: getattr(h, n) for n in fields}, "amount": str(h.amount)} for h in judge.city.holds]
                connection.execute(holds.holds_table.insert(), records)
        office = Office(cast(Any, None), mirror, journal, schema(), {})
        spent, looked = [], []
        for change in changes:
            mirror.put(CLAIMS, [Row(change.claim, change.after, "", "")])
            started = time.perf_counter()
            source: Source = MirrorSource(office)
            judge.books = Books(source)
            looked.append(again(judge, change))
            spent.append(time.perf_counter() - started)
            mirror.put(CLAIMS, [Row(change.claim, change.before, "", "")])
        note(measured, "one change, mirror", spent, looked)
        mirror.close()
        journal.close()


# --- all of it --------------------------------------------------------------------------------------------------------


def bench(claims: int, changes: int = 50, *, wrong: float = 0.01, mirror: bool = True) -> Measured:
    """Lay a city and measure it.

    Raises:
        AssertionError: Something else than the planted violations was found.
    """
    city = lay_city(claims, wrong=wrong)
    measured = Measured(claims, len(city.tables[INVOICES]))
    gc.collect()
    measured.megabytes["rows"] = resident()
    with measured.part("bare loop"):
        assert not bare_loop(city)
    judge, said = from_scratch(city, measured)
    assert said == city.planted, f"more: {sorted(said - city.planted)[:9]}, missed: {sorted(city.planted - said)[:9]}"
    measured.more["planted and found"] = len(said)
    by_subject = {h.subject: h for h in city.holds if h.kind == "budget"}
    chosen = [change_of(city, by_subject, claim) for claim in open_claims(city, changes)]
    one_by_one(judge, chosen, measured)
    if mirror:
        mirrored(judge, chosen, measured)
    return measured


SCRATCH = ("books", "claims as submitted", "claims as they stand", "invoices as they stand")


def report(found: Sequence[Measured]) -> str:
    """What is measured, a column a size."""
    head = ("", *(f"{m.claims:,} claims, {m.invoices:,} invoices" for m in found))
    lines: list[tuple[str, ...]] = []
    names = dict.fromkeys(name for m in found for name in m.seconds)
    for name in names:
        unit, factor = ("ms", 1000) if name.startswith("one change") else ("s", 1)
        lines.append((f"{name}, {unit}", *(f"{m.seconds[name] * factor:,.2f}" for m in found)))
    whole = [sum(m.seconds[name] for name in SCRATCH) for m in found]
    lines.append(("from scratch, s", *(f"{s:,.2f}" for s in whole)))
    loops = (f"{s / m.seconds['bare loop']:,.0f}" for s, m in zip(whole, found, strict=True))
    lines.append(("from scratch / bare loop", *loops))
    lines += [
        (f"MB after {name}", *(f"{m.megabytes[name]:,.0f}" for m in found))
        for name in ("rows", *SCRATCH, "rows around them")
    ]
    lines += [
        (name, *(f"{m.more[name]:,.1f}" if "change" in name else f"{m.more[name]:,.0f}" for m in found))
        for name in found[0].more
    ]
    return table(head, lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Judging from scratch, and one changed claim.")
    parser.add_argument("--claims", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--changes", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if len(options.claims) == 1:
        found = [bench(options.claims[0], options.changes)]
    else:
        found = [alone(claims, options.changes) for claims in options.claims]
    print(json.dumps([vars(m) for m in found]) if options.json else report(found))
    return 0


def alone(claims: int, changes: int) -> Measured:
    """One size in a process of its own, so that neither memory nor heat of another one counts."""
    aloud(f"{claims:,} claims")
    command = [sys.executable, "-m", __spec__.name, "--json", "--claims", str(claims), "--changes", str(changes)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(done.stdout)[0])


if __name__ == "__main__":
    raise SystemExit(main())
