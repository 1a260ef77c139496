"""The rows of all tables at one moment, as reports read them. Pure: what is not in here, a report does not know."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from automations.measures.base import Measure
from automations.measures.period import Period
from automations.measures.stops import Stop
from automations.norms import Norms
from automations.people import Directory
from automations.rows import Rows, RowView
from automations.workdays import Calendar, local_date

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Records"]


@dataclass(frozen=True)
class Records:
    """What a report is made from.

    Attributes:
        tables: Living rows by table.
        as_of: Aware; rows and parameters are those of this moment.
        calendar: Working days.
        norms: The school's parameters; read by day, usually the last of the period.
        directory: People and departments.
        stops: Submissions that were stopped up to ``as_of``; None where the journal was not looked at.
    """

    tables: Mapping[str, Rows]
    as_of: datetime
    calendar: Calendar
    norms: Norms
    directory: Directory
    stops: tuple[Stop, ...] | None = None
    _by_id: dict[str, dict[int, RowView]] = field(default_factory=dict, repr=False, compare=False)
    _by: dict[tuple[str, str], dict[Any, list[RowView]]] = field(default_factory=dict, repr=False, compare=False)
    _dated: dict[tuple[str, str], tuple[list[date], list[int]]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        tables: Mapping[str, Rows],
        as_of: datetime,
        calendar: Calendar,
        stops: tuple[Stop, ...] | None = None,
    ) -> "Records":
        """With parameters and people as these same tables say."""
        return cls(
            tables,
            as_of,
            calendar,
            Norms.from_rows(tables["settings"]),
            Directory.from_rows(tables["people"], tables["departments"]),
            stops,
        )

    @property
    def today(self) -> date:
        """The school's day of ``as_of``."""
        return local_date(self.as_of)

    def __getitem__(self, table: str) -> Rows:
        return self.tables[table]

    def row(self, table: str, row_id: int | None) -> RowView | None:
        """One living row; None for an empty link or a row that is gone."""
        known = self._by_id.get(table)
        if known is None:
            known = self._by_id[table] = {row.id: row for row in self.tables[table]}
        return known.get(row_id) if row_id is not None else None

    def linked(self, table: str, column: str, row_id: int) -> list[RowView]:
        """Rows of ``table`` whose link (or one of whose links) in ``column`` is ``row_id``."""
        index = self._by.get((table, column))
        if index is None:
            index = self._by[table, column] = {}
            for row in self.tables[table]:
                value = row[column]
                for one in value if isinstance(value, tuple) else (value,):
                    index.setdefault(one, []).append(row)
        return index.get(row_id, [])

    def within(self, table: str, column: str, period: Period, **equal: Any) -> Rows:
        """Rows whose day or moment in ``column`` lies in ``period``; further columns as in :meth:`Rows.where`.

        In the order of the table. A report asks this hundreds of times, so only the rows of the period are looked at.
        """
        days, places = self._by_day(table, column)
        chosen = sorted(places[bisect_left(days, period.first) : bisect_right(days, period.last)])
        rows = self.tables[table]
        found = Rows(table, (rows[place] for place in chosen))
        return found.where(**equal) if equal else found

    def reaches(self, table: str, column: str, period: Period) -> bool:
        """Whether the rows go back to ``period``: where the first day in ``column`` lies after it, nothing is known.

        So that the year before the school began with Houqin is 未采集 and not 0.
        """
        days, _ = self._by_day(table, column)
        return bool(days) and days[0] <= period.last

    def _by_day(self, table: str, column: str) -> tuple[list[date], list[int]]:
        """The school's days in a column, earliest first, and where in the table each stands; empty cells left out."""
        known = self._dated.get((table, column))
        if known is None:
            cells = ((row[column], place) for place, row in enumerate(self.tables[table]))
            days = sorted((_day(cell), place) for cell, place in cells if cell is not None)
            known = self._dated[table, column] = [day for day, _ in days], [place for _, place in days]
        return known

    def told(self, table: str, column: str, period: Period, found: Measure) -> Measure:
        """``found``, or unknown where the rows do not go back to ``period``."""
        return found if self.reaches(table, column, period) else Measure(None, (), found.places, found.unit)

    def kept(self, table: str, found: Measure) -> Measure:
        """``found``, or unknown where the table holds no row at all: nobody keeps it yet."""
        return found if self.tables[table] else Measure(None, (), found.places, found.unit)

    def those(self, table: str, test: Callable[[RowView], bool]) -> Rows:
        """Rows for which ``test`` holds."""
        return Rows(table, (row for row in self.tables[table] if test(row)))

    def name(self, table: str, row_id: int | None) -> str:
        """What people call a row: its name or title, else its 编号; "" for none."""
        row = self.row(table, row_id)
        if row is None:
            return ""
        return str(next((row[n] for n in ("name", "title", "code") if n in vars(row) and row[n]), ""))

    def unverified(self, on: date, *keys: str) -> tuple[str, ...]:
        """Of these keys of 参数标准 those that nobody checked (``（标准待核实）`` stands behind what uses them)."""
        return tuple(key for key in keys if not self.norms.verified(key, on))

    def frame(self, table: str, rows: Iterable[RowView] | None = None) -> "DataFrame":
        """Rows as a pandas frame, one column a field, index the row id: for grouping and pivoting.

        Cells stay what they are (Decimal, date, aware datetime); pandas is loaded here and nowhere else.
        """
        import pandas

        chosen = list(self.tables[table] if rows is None else rows)
        return pandas.DataFrame([dict(vars(row)) for row in chosen], index=[row.id for row in chosen])


def _day(cell: date | datetime) -> date:
    return local_date(cell) if isinstance(cell, datetime) else cell
