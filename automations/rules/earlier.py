"""The row before this one in the same book, such as the last trip of a car, the last move of an article.

It is looked for day by day, backwards, so that this row stands only on the days in between: what is entered later, of
which there is more every day, makes nobody look at it again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from automations.books import Facts
from automations.rows import RowView

DAYS = 92
"""So far back days are looked through one by one; a book that rests longer is read whole."""

Wanted = Callable[[RowView], bool]
Order = Callable[[Any], Any]


def by_entry(row: Any) -> Any:
    """Order of rows of one day: as they were entered."""
    return row.id


def earlier(row: Facts, link: str, wanted: Wanted, order: Order = by_entry, *, whole: bool = True) -> RowView | None:
    """The last row before ``row`` that points at the same thing and is ``wanted``; None where there is none.

    Args:
        row: Has a ``date``.
        link: Field that names the thing, such as the car.
        wanted: Which rows are looked for.
        order: Which of two rows of one day comes first.
        whole: Whether a book that rests longer than :data:`DAYS` is read whole.
    """
    if row.date is None:
        return None
    own = order(row)
    for back in range(DAYS):
        day = row.date - timedelta(days=back)
        found = [r for r in _on(row, link, day) if wanted(r) and r.id != row.id and (back or order(r) < own)]
        if found:
            return max(found, key=order)
    if not whole:
        return None
    first = row.date - timedelta(days=DAYS - 1)
    book = row.books.where(row.row.table, link, row[link])
    older = [r for r in book if r.date is not None and r.date < first and wanted(r)]
    return max(older, key=lambda r: (r.date, order(r)), default=None)


def since(row: Facts, link: str, first: Any, order: Order = by_entry) -> Iterator[RowView]:
    """Rows of the same thing after ``first`` and before ``row`` (without both), day by day."""
    for day in range((row.date - first.date).days + 1):
        date = first.date + timedelta(days=day)
        for one in _on(row, link, date):
            if (first.date, order(first)) < (date, order(one)) < (row.date, order(row)):
                yield one


def _on(row: Facts, link: str, day: Any) -> Sequence[RowView]:
    return row.books.where(row.row.table, link, row[link], date=day)
