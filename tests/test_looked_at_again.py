"""What wakes a row: one cell of another row, a day that comes; and nothing else."""

from datetime import UTC, date, datetime
from typing import Any

from automations.books import Books, InputIndex, MemorySource
from automations.books.inputs import ON
from tests.rules.world import facts

TRIP = ("vehicle_logs", 1)
CAR = {"name": "皮卡", "plate": "渝A00003", "odometer": 1000}


def woken(before: Any, after: Any) -> bool:
    """Whether a row that read the plate of a car is looked at again when the car's row changes so."""
    books, index = Books(MemorySource({"assets": {7: CAR}})), InputIndex()
    with books.marking() as marks:
        assert books.cell("assets", 7, "plate") == "渝A00003"
    index.keep(TRIP, marks)
    return TRIP in index.standing_on(index.changed("assets", 7, before, after))


def test_one_cell_is_read_and_nothing_else() -> None:
    assert woken(CAR, {**CAR, "plate": "渝A00009"}) and woken(CAR, None) and woken(None, CAR)
    assert not woken(CAR, {**CAR, "odometer": 1040}) and not woken({"odometer": 1}, {"odometer": 2})


def test_the_cell_of_another_row_is_another_cell() -> None:
    books, index = Books(MemorySource({"assets": {7: CAR, 8: CAR}})), InputIndex()
    with books.marking() as marks:
        books.cell("assets", 7, "plate")
    index.keep(TRIP, marks)
    assert not index.standing_on(index.changed("assets", 8, CAR, {**CAR, "plate": "渝A00009"}))


def test_an_empty_link_and_a_row_that_is_not_there() -> None:
    books = Books(MemorySource({"assets": {7: CAR}}))
    assert books.cell("assets", None, "plate") is books.cell("assets", 9, "plate") is None
    books.lay("assets", 7, {**CAR, "plate": "渝A00009"})
    assert books.cell("assets", 7, "plate") == "渝A00009"


def test_a_day_to_come_is_waited_for_once_it_has_come_no_more() -> None:
    row = facts("supply_moves", {"date": date(2026, 9, 1)}, now=datetime(2026, 9, 1, 2, tzinfo=UTC))
    with row.books.marking() as marks:
        assert row.reached(date(2026, 9, 1)) and row.reached(date(2026, 8, 31))
        assert marks == set()
        assert not row.reached(date(2026, 9, 2))
    assert marks == {(ON, date(2026, 9, 2))}
    night = facts("supply_moves", {"date": date(2026, 9, 1)}, now=datetime(2026, 9, 1, 16, tzinfo=UTC))
    assert night.reached(date(2026, 9, 2))  # midnight at the school


def test_a_sign_off_moves_only_what_signatures_move() -> None:
    """The state of a car that is to be disposed of wakes nobody who only read its plate."""
    books, index = Books(MemorySource({"assets": {7: {**CAR, "status": "在用"}}})), InputIndex()
    for subject, field in ((TRIP, "plate"), (("equipment_checks", 1), "status")):
        with books.marking() as marks:
            books.cell("assets", 7, field)
        index.keep(subject, marks)
    assert index.standing_on(index.changed("assets", 7, CAR, only={"status"})) == {("equipment_checks", 1)}
    assert len(index.standing_on(index.changed("assets", 7, CAR))) == 2
