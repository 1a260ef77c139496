"""The benchmark of judging on a small city: it cannot rot, it finds what was planted, and following inputs is exact."""

import random
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from automations.books.inputs import Subject
from automations.tables.values import Value, canonical
from tests.benchmarks.bench_judge import (
    AROUND,
    CLAIMS,
    INVOICES,
    SETTLED,
    Judge,
    Measured,
    bare_loop,
    bench,
    from_scratch,
    report,
)
from tests.benchmarks.city import NOW, lay_city
from tests.benchmarks.city.stock import Cells
from tests.office import schema

SMALL = 200
LOOKED_AT = (CLAIMS, INVOICES, *AROUND)


def test_the_benchmark_runs() -> None:
    measured = bench(SMALL, changes=3, wrong=0.1)
    assert measured.invoices == SMALL * 2.5 and measured.more["planted and found"] > 5
    assert measured.more["one change: expense_claims"] < 3, "a change stays with what stands on it"
    assert all(seconds > 0 for seconds in measured.seconds.values())
    assert "one change, mirror, ms" in report([measured])


def test_a_city_is_whole_and_the_same_again() -> None:
    city = lay_city(SMALL)
    assert city.tables == lay_city(SMALL).tables and len(city.tables[CLAIMS]) == SMALL
    for name, rows in city.tables.items():
        for cells in rows.values():
            assert cells == {f.name: canonical(f, cells[f.name]) for f in schema()[name].fields}, name
    assert not bare_loop(city)


def test_every_kind_of_violation_is_planted_in_whole_schools() -> None:
    planted = {rule for _, rule in lay_city(1400, wrong=0.15).planted}
    assert planted >= {"EX-02", "EX-03", "EX-06", "EX-10", "IV-01", "IV-02", "IV-03", "BG-02", "CT-02", "PR-03a"}


def examined(judge: Judge) -> dict[Subject, tuple[dict[str, Value], list[str]]]:
    """Cells that would move, and what standing rules say, of every row whose answer may still change."""
    found = {}
    for name in (CLAIMS, INVOICES, *AROUND):
        for row in judge.books.all(name):
            if name != CLAIMS or row.status not in SETTLED:
                moved, findings = judge.stands(row)
                found[name, row.id] = moved, [f.message for f in findings]
    return found


CHANGES: Mapping[str, tuple[str, Callable[[Cells], bool], Cells]] = {
    "a claim goes up": (CLAIMS, lambda row: row["status"] == "签批中", {"amount": Decimal("99999.00")}),
    "a claim is paid": (CLAIMS, lambda row: row["status"] == "已批准", {"status": "已支付", "paid_on": NOW.date()}),
    "an invoice over another sum": (INVOICES, lambda row: True, {"amount": Decimal("123.45")}),
    "an invoice of somebody else": (INVOICES, lambda row: row["seller"] is not None, {"seller": "别家"}),
    "a number typed anew": (INVOICES, lambda row: True, {"inv_no": "26500000000000000014"}),
    "a vendor blocked": ("vendors", lambda row: "办公用品" not in row["kinds"], {"blocked": True}),
    "a vendor twice": ("vendors", lambda row: row["code"] != "FW-2026-000001", {"uscc": "91500100000000001D"}),
    "a budget cut": ("budget_lines", lambda row: row["category"] == "食材费", {"approved": Decimal("1.00")}),
    "a contract without its end": ("contracts", lambda row: True, {"ends_on": None}),
    "a procurement of another handler": ("procurements", lambda row: True, {"handler": 7}),
    "a request cut": ("requests", lambda row: True, {"est_amount": Decimal("1.00")}),
    "a mark taken back": ("inspections", lambda row: True, {"status": "草稿"}),
}


@pytest.fixture(scope="module")
def judged() -> Judge:
    judge, _ = from_scratch(lay_city(700), Measured(700, 0))
    assert not any(moved for moved, _ in examined(judge).values()), "what is written is what comes out again"
    return judge


@pytest.mark.parametrize("change", CHANGES)
def test_examining_what_stood_on_a_change_is_as_good_as_examining_everything(judged: Judge, change: str) -> None:
    table, which, cells = CHANGES[change]
    before = examined(judged)
    whole = judged.books
    try:
        rows = [n for n, row in judged.city.tables[table].items() if which(row)]
        for row_id in random.Random(change).sample(rows, min(3, len(rows))):
            values = judged.city.tables[table][row_id]
            judged.books = whole.with_rows({(table, row_id): {**values, **cells}})
            changed = judged.index.changed(table, row_id, values, {**values, **cells})
            said = judged.follow(changed, [(table, row_id)] if table in LOOKED_AT else [])
            known = {s: [f.message for f in said[s]] if s in said else messages for s, (_, messages) in before.items()}
            after = examined(judged)
            known = {s: messages for s, messages in known.items() if s in after}
            assert {s: moved for s, (moved, _) in after.items() if moved} == {}
            assert {s: messages for s, (_, messages) in after.items() if messages != known.get(s, messages)} == {}
            assert len(said) < 100, "a change stays with what stands on it"
            judged.books = whole
            examined(judged)  # marks as they were
    finally:
        judged.books = whole
