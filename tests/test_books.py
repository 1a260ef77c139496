"""What rules read, what it marks, and which rows stood on what (issue 3: only rows whose inputs changed)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.books import Books, InputIndex, MemorySource
from automations.books.inputs import DAY, PEOPLE, Input
from tests.office import schema
from tests.rules.world import facts, whole

INVOICES = "invoices"
DAY_ONE = date(2026, 9, 1)


class Moving(MemorySource):
    """A source whose rows may change while they are read."""

    still = False


def invoice(claim: int, amount: int, seller: str = "甲店", **cells: Any) -> dict[str, Any]:
    return whole(schema()[INVOICES], {"claim": claim, "amount": amount, "seller": seller, **cells})


def books(count: int = 3, kind: type[MemorySource] = MemorySource, **more: Any) -> Books:
    """Invoices 1 to ``count`` over the same sum; every third is of another seller."""
    rows = {n: invoice(n, 100, "乙店" if n % 3 == 0 else "甲店") for n in range(1, count + 1)}
    return Books(kind({INVOICES: rows}), **more)


# --- looking rows up by more than one cell ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 30], ids=["few", "many"])
@pytest.mark.parametrize("kind", [MemorySource, Moving])
def test_a_lookup_is_narrowed_to_further_cells(count: int, kind: type[MemorySource]) -> None:
    found = books(count, kind)
    for seller, rest in (("甲店", (1, 2)), ("乙店", (0,))):
        ids = [r.id for r in found.where(INVOICES, "amount", Decimal(100), seller=seller)]
        assert ids == [n for n in range(1, count + 1) if n % 3 in rest]
    assert not found.where(INVOICES, "amount", Decimal(100), seller="丙店")
    assert not found.where(INVOICES, "amount", None, seller="甲店")


@pytest.mark.parametrize("count", [3, 30], ids=["few", "many"])
def test_a_narrowed_lookup_sees_rows_laid_over_others(count: int) -> None:
    found = books(count)
    found.where(INVOICES, "amount", Decimal(100), seller="甲店")
    other = found.with_rows(
        {(INVOICES, 1): invoice(1, 100, "乙店"), (INVOICES, 3): invoice(3, 100), (INVOICES, 2): None}
    )
    ids = [r.id for r in other.where(INVOICES, "amount", Decimal(100), seller="甲店")]
    assert ids == [3, *(n for n in range(4, count + 1) if n % 3)]
    assert [r.id for r in found.where(INVOICES, "amount", Decimal(100), seller="甲店")][:2] == [1, 2]


def test_a_lookup_sees_every_later_state_of_rows_laid_over_others() -> None:
    found, naive = books(12), {n: invoice(n, 100, "乙店" if n % 3 == 0 else "甲店") for n in range(1, 13)}
    before = dict(naive)
    early = found.with_rows({})
    for step in range(60):
        n, seller = 1 + step * 7 % 15, ("甲店", "乙店", "丙店")[step % 3]
        cells = None if step % 5 == 4 else invoice(n, 100 + step % 2, seller)
        found.lay(INVOICES, n, cells)
        naive |= {n: cells}
        if cells is None:
            del naive[n]
        for sold in ("甲店", "乙店", "丙店"):
            assert _sold(found.where(INVOICES, "seller", sold)) == [
                k for k in sorted(naive) if naive[k]["seller"] == sold
            ]
            narrow = found.where(INVOICES, "amount", Decimal(100), seller=sold)
            same = [k for k in sorted(naive) if (naive[k]["amount"], naive[k]["seller"]) == (100, sold)]
            assert _sold(narrow) == same
    assert _sold(early.where(INVOICES, "seller", "甲店")) == [k for k in before if before[k]["seller"] == "甲店"]


def _sold(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows]


def test_a_narrowed_lookup_leaves_a_narrow_mark_but_tells_the_broad_one() -> None:
    found = books()
    with found.marking() as marks:
        found.where(INVOICES, "amount", Decimal(100), seller="甲店")
    assert marks == {("where", INVOICES, ("amount", "seller"), (Decimal(100), "甲店"))}
    read: list[str] = []
    telling = found.told_by(lambda row, name, value: read.append(name))
    with telling.marking() as marks:
        assert [r.id for r in telling.where(INVOICES, "amount", Decimal(100), seller="甲店")] == [1, 2]
    assert marks == {("where", INVOICES, "amount", Decimal(100))} and "seller" in read


# --- what is worked out once ------------------------------------------------------------------------------------------


class Count:
    """Sums up all invoices, and knows how often it did."""

    def __init__(self, found: Books) -> None:
        self.books, self.times = found, 0

    def __call__(self) -> Decimal:
        self.times += 1
        return sum((r.amount for r in self.books.all(INVOICES)), Decimal(0))


def test_what_many_ask_alike_is_worked_out_once_and_marks_for_each() -> None:
    found = books()
    count = Count(found)
    for _ in range(2):
        with found.marking() as marks:
            assert found.once("sum", count) == 300
        assert marks == {("all", INVOICES)}
    assert count.times == 1


def test_a_row_laid_over_has_it_worked_out_anew() -> None:
    found = books()
    count = Count(found)
    found.once("sum", count)
    found.lay("vendors", 1, None)
    assert found.once("sum", count) == 300 and count.times == 1
    found.lay(INVOICES, 1, invoice(1, 50))
    assert found.once("sum", count) == 250 and count.times == 2
    other = found.with_rows({(INVOICES, 2): None})
    assert other.once("sum", Count(other)) == 150 and found.once("sum", count) == 250


def test_what_rests_on_more_than_still_rows_is_worked_out_each_time() -> None:
    def times(found: Books, *marks: Input) -> int:
        count = Count(found)
        for _ in range(2):
            found.once("sum", lambda: ([found.mark(one) for one in marks] and count()) or count())
        return count.times

    assert times(books()) == 1
    assert times(books(kind=Moving)) == 2
    assert times(books(), ("norm", "x")) == 2
    assert times(books(), ("held", "budget", "1")) == 2
    assert times(books(told=lambda *_: None)) == 2


# --- which rows stood on what -----------------------------------------------------------------------------------------

ONE, TWO = ("invoices", 1), ("invoices", 2)
NORM: Input = ("norm", "invoice.near_days")


def index(marks: Mapping[tuple[str, int], set[Input]]) -> InputIndex:
    found = InputIndex()
    for subject, own in marks.items():
        found.keep(subject, own)
    return found


def test_rows_are_found_by_what_they_stood_on() -> None:
    row: Input = ("row", "expense_claims", 7)
    found = index({ONE: {row, NORM, DAY}, TWO: {row, PEOPLE}})
    assert found.standing_on([row]) == {ONE, TWO}
    assert found.standing_on([NORM]) == found.standing_on([DAY, ("norm", "other")]) == {ONE}
    assert found.standing_on([PEOPLE]) == {TWO} and not found.standing_on([("norm", "other")])
    found.keep(ONE, {DAY})
    assert found.standing_on([row]) == {TWO} and not found.standing_on([NORM])
    found.forget(TWO)
    found.forget(TWO)
    assert not found.standing_on([row, PEOPLE]) and len(found) == 1 and ONE in found and TWO not in found


def test_only_what_the_directory_reads_is_an_office() -> None:
    found = index({TWO: {PEOPLE}})
    before = {"name": "王文员", "status": "在岗", "learn_rate": Decimal(80)}
    assert PEOPLE not in found.changed("people", 1, before, {**before, "learn_rate": Decimal(90)})
    assert PEOPLE in found.changed("people", 1, before, {**before, "status": "已退出"})
    assert PEOPLE in found.changed("people", 1, None, before) and PEOPLE in found.changed("people", 1, before)
    assert PEOPLE in found.changed("departments", 1, {"head": 1}, {"head": 2})
    assert PEOPLE not in found.changed("departments", 1, {"headcount": 1}, {"headcount": 2})
    assert PEOPLE not in found.changed("assets", 1, None, before)


def test_a_change_touches_the_lookups_that_find_or_found_the_row() -> None:
    narrow: Input = ("where", INVOICES, ("amount", "seller"), (Decimal(100), "甲店"))
    broad: Input = ("where", INVOICES, "claim", 7)
    found = index({ONE: {narrow}, TWO: {broad}})
    before, after = invoice(7, 100), invoice(8, 100, "乙店")
    assert found.standing_on(found.changed(INVOICES, 3, before, after)) == {ONE, TWO}
    assert found.standing_on(found.changed(INVOICES, 3, after, before)) == {ONE, TWO}
    assert not found.standing_on(found.changed(INVOICES, 3, after))
    assert found.standing_on(found.changed(INVOICES, 3, None, invoice(8, 100))) == {ONE}
    told = {**before, "dup": "疑似"}  # who found the row may have read any of its cells
    assert found.standing_on(found.changed(INVOICES, 3, before, told)) == {ONE, TWO}
    found.forget(ONE)
    found.forget(TWO)
    assert found.changed(INVOICES, 3, before, after) == {("row", INVOICES, 3), ("all", INVOICES)}


def test_a_column_sees_rows_laid_over_others() -> None:
    found = books()
    over = {(INVOICES, 2): None, (INVOICES, 3): invoice(3, 50), (INVOICES, 4): invoice(4, 60)}
    for told in (None, lambda *_: None):
        laid = found.with_rows(over) if told is None else found.with_rows(over).told_by(told)
        assert list(laid.column(INVOICES, "amount").items()) == [(1, 100), (3, 50), (4, 60)]
    assert list(found.column(INVOICES, "amount")) == [1, 2, 3]


def test_who_looks_at_one_column_stands_on_it_alone() -> None:
    rows = {n: whole(schema()["vendors"], {"uscc": f"{n}", "name": "甲店"}) for n in (1, 2)}
    found = Books(MemorySource({"vendors": rows}))
    with found.marking() as marks:
        assert found.column("vendors", "uscc") == {1: "1", 2: "2"}
    known = index({ONE: marks})
    for cells, touched in (({"name": "乙店"}, set()), ({"uscc": "3"}, {ONE})):
        assert known.standing_on(known.changed("vendors", 2, rows[2], {**rows[2], **cells})) == touched
    for versions in ((None, rows[2]), (rows[2], None), (rows[2],)):
        assert known.standing_on(known.changed("vendors", 2, *versions)) == {ONE}


# --- cells of the facts -----------------------------------------------------------------------------------------------


def test_facts_have_the_cells_but_keep_their_own_words() -> None:
    claim = facts(
        "expense_claims",
        {"amount": 90, "invoice_sum": 1, "status": "草稿"},
        {INVOICES: {1: {"claim": 1, "amount": 80}}},
        status="签批中",
    )
    assert claim.amount == 90 and claim.status == "签批中" and claim["status"] == "草稿"
    assert claim.invoice_sum == 80 and claim["invoice_sum"] == 1, "computed, whatever the cell says"
    record = facts("learning_records", {"person": 5})
    assert callable(record.person) and record["person"] == 5


def test_facts_of_a_row_that_tells_tell_every_cell_read() -> None:
    read: list[str] = []
    found = facts("expense_claims", {"amount": 90})
    telling = found.books.told_by(lambda row, name, value: read.append(name))
    row = telling.row("expense_claims", 1)
    assert row is not None
    told = type(found)(row, schema(), telling, found._norms, found._directory, found.calendar, found.now, on=DAY_ONE)
    read.clear()
    assert told.amount == 90 and read == ["amount"]
