"""One row under examination, with everything a rule may look at. Pure data: no rule asks a host or the time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from automations.books.books import Books
from automations.books.inputs import CALENDAR, DAY, ON, PEOPLE, QUARTER
from automations.norms import Norms
from automations.people import Directory, Person
from automations.rows import RowView
from automations.schema import Schema, Table
from automations.workdays import Calendar, local_date

F = TypeVar("F", bound="Facts")
T = TypeVar("T")

if TYPE_CHECKING:
    from functools import cached_property as cached_property
else:

    class cached_property:
        """That of functools before Python 3.12 takes a lock at each first reading: longer than most rules work."""

        def __init__(self, work_out):
            self._work_out, self.__doc__ = work_out, work_out.__doc__

        def __set_name__(self, owner, name):
            self._name = name

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self._name] = self._work_out(instance)
            return value


def quarter(moment: datetime) -> datetime:
    """The last full quarter of an hour."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _day_of(value: Any) -> date | None:
    return local_date(value) if isinstance(value, datetime) else value


class NormsOn:
    """The school's parameters on one day; every one asked for is marked."""

    def __init__(self, norms: Norms, on: date, books: Books) -> None:
        self._norms, self.on, self._books = norms, on, books

    def text(self, key: str) -> str:
        """The value as it stands in 参数标准."""
        self._books.mark(("norm", key))
        return self._norms.text(key, self.on)

    def money(self, key: str) -> Decimal:
        """A sum in 元."""
        self._books.mark(("norm", key))
        return self._norms.money(key, self.on)

    def number(self, key: str) -> Decimal:
        """A plain number."""
        self._books.mark(("norm", key))
        return self._norms.number(key, self.on)

    def whole(self, key: str) -> int:
        """A whole number, such as of days."""
        self._books.mark(("norm", key))
        return self._norms.whole(key, self.on)

    def wholes(self, key: str) -> tuple[int, ...]:
        """Whole numbers, such as the days at which to remind."""
        self._books.mark(("norm", key))
        return self._norms.wholes(key, self.on)

    def ratio(self, key: str) -> Fraction:
        """A share such as 1/3."""
        self._books.mark(("norm", key))
        return self._norms.ratio(key, self.on)

    def flag(self, key: str) -> bool:
        """是 or 否."""
        self._books.mark(("norm", key))
        return self._norms.flag(key, self.on)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of names."""
        self._books.mark(("norm", key))
        return self._norms.names(key, self.on)

    def day(self, key: str) -> tuple[int, int]:
        """Month and day of every year."""
        self._books.mark(("norm", key))
        return self._norms.day(key, self.on)

    def clock(self, key: str) -> time:
        """A time of day."""
        self._books.mark(("norm", key))
        return self._norms.clock(key, self.on)

    def verified(self, key: str) -> bool:
        """Whether somebody checked the value against the local papers."""
        return self._norms.verified(key, self.on)


def remembered(work_out: Callable[[F], T]) -> Callable[[F], T]:
    """Of a function of facts: what it gives for one row under examination is worked out once."""
    name = f"{work_out.__module__}.{work_out.__qualname__}"

    @wraps(work_out)
    def ask(facts: F) -> T:
        known = vars(facts)
        if name not in known:
            known[name] = work_out(facts)
        value: T = known[name]
        return value

    return ask


_TAKEN: dict[tuple[type, str], tuple[Table, tuple[str, ...]]] = {}


def _taken(kind: type, table: Table) -> tuple[str, ...]:
    """Columns whose name means something else in a class of facts: what it computes itself, such as 发票合计."""
    known = _TAKEN.get((kind, table.name))
    if known is None or known[0] is not table:
        known = table, tuple(field.name for field in table.fields if hasattr(kind, field.name))
        _TAKEN[kind, table.name] = known
    return known[1]


class Facts:
    """One row under examination: ``claim.amount`` is a cell, ``claim.of("vendor")`` the row behind a link.

    The cells are copied into the facts, where Python finds them without asking: rules read hundreds of them.

    Subclasses in :mod:`automations.rules` add, by name, what the rules of one table keep asking.

    Attributes:
        row: The row. Its cells are read as attributes of the facts, too.
        schema: Its table; ``tables`` has all.
        books: Every other row.
        norm: Parameters on the business day of the row, never today's.
        directory: People and offices; reading it is marked.
        calendar: Working days; reading them is marked.
        on: The business day; of a row that has none, today (whoever needs to be asked again reads :attr:`today`).
        moment: What is about to happen: 提交, 付款, a status that somebody chose; "" for a look in between.
        actor: Who asks for it; None in between.
        status: The true status of the row, whatever its cell says.
        payable: 元 that will be paid, once 会计 has set a sum; else the sum asked for, None where there is none.
        signed: Protected fields as they were signed, as JSON; empty before all have signed.
        subject: The row's name in the journal, e.g. ``expense_claims/ZC-2026-0158``.
        dated_by: Of a table that nobody signs: the field with the business day of its rows; "" for today's.
    """

    dated_by = ""

    def __init__(
        self,
        row: RowView,
        tables: Schema,
        books: Books,
        norms: Norms,
        directory: Directory,
        calendar: Calendar,
        now: datetime,
        *,
        on: date | None = None,
        moment: str = "",
        actor: Person | None = None,
        status: str = "",
        payable: Decimal | None = None,
        subject: str = "",
        signed: Mapping[str, Any] | None = None,
    ) -> None:
        if type(row) is RowView:  # any other kind tells of each cell that is read
            vars(self).update(vars(row))
            for name in _taken(type(self), tables[row.table]):
                vars(self).pop(name, None)
        self.row, self.tables, self.books = row, tables, books
        self.schema: Table = tables[row.table]
        self._norms, self._now = norms, now
        self._directory = directory
        self._calendar = calendar
        if on is None and self.dated_by:
            on = _day_of(row[self.dated_by])
        self.on = on or local_date(now)
        self.norm = NormsOn(norms, self.on, books)
        self.moment, self.actor = moment, actor
        self.status = status or str(row["status"] or "") if "status" in self.schema else status
        self.payable = payable
        self.subject = subject
        self.signed = signed or {}

    def __getattr__(self, name: str) -> Any:
        if name[0] == "_":
            raise AttributeError(name)
        return self.row[name]

    def __getitem__(self, name: str) -> Any:
        return self.row[name]

    @property
    def id(self) -> int:
        """Row id."""
        return self.row.id

    @property
    def code(self) -> str:
        """编号, "" before it has one."""
        return str(self.row["code"] or "")

    @property
    def now(self) -> datetime:
        """The last full quarter of an hour; a rule that asks is looked at again at the next one."""
        self.books.mark(QUARTER)
        return quarter(self._now)

    @cached_property
    def today(self) -> date:
        """The school's day of the moment of judging; a rule that asks is looked at again every day."""
        self.books.mark(DAY)
        return local_date(self._now)

    def reached(self, day: date) -> bool:
        """Whether ``day`` has come; a rule that asks is looked at again on that day, not every day until then."""
        if local_date(self._now) >= day:
            return True
        self.books.mark((ON, day))
        return False

    @property
    def month(self) -> date:
        """The first day of this month; a rule that asks is looked at again on that of the next one, not every day."""
        first = local_date(self._now).replace(day=1)
        self.books.mark((ON, (first + timedelta(days=31)).replace(day=1)))
        return first

    @property
    def directory(self) -> Directory:
        """People and offices."""
        self.books.mark(PEOPLE)
        return self._directory

    @property
    def calendar(self) -> Calendar:
        """Working days; a rule that asks is looked at again when the school or the State Council moves one."""
        self.books.mark(CALENDAR)
        return self._calendar

    def about(self, row: RowView, kind: type[F]) -> F:
        """Another row, such as an invoice of this claim, under the same circumstances."""
        return kind(
            row,
            self.tables,
            self.books,
            self._norms,
            self._directory,
            self._calendar,
            self._now,
            on=self.on,
            moment=self.moment,
            actor=self.actor,
            subject=self.subject,
        )

    def parts(self) -> "Sequence[Facts]":
        """Rows that are judged as part of this one, such as its invoices."""
        return ()

    def part_says(self, part: "Facts", message: str) -> str:
        """What a part's rule says, as this row shows it."""
        return message

    def of(self, link: str) -> RowView | None:
        """The row behind a link of this row; None where it is empty or the row is gone."""
        to = self.schema[link].to
        return self.books.row(str(to), self.row[link])

    def many(self, link: str) -> Sequence[RowView]:
        """The rows behind a link to several."""
        to = str(self.schema[link].to)
        return [r for row_id in self.row[link] or () if (r := self.books.row(to, row_id)) is not None]

    def pointing(self, table: str, field: str) -> Sequence[RowView]:
        """Rows of ``table`` whose ``field`` points at this row."""
        return self.books.where(table, field, self.row.id)

    def person(self, field: str) -> Person | None:
        """The colleague named in a cell."""
        return self.directory.get(self.row[field])

    def money(self, field: str) -> Decimal:
        """A sum in 元; 0 for an empty cell."""
        value = self.row[field]
        return value if isinstance(value, Decimal) else Decimal(0)
