"""How something wrong is planted: what is done, and what must come of it (domain.md E6)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from automations.demo.year.edits import Edit, Ref, person, sign, write
from automations.demo.year.paperwork import (
    CLAIMS,
    REQUESTS,
    Bill,
    Invoice,
    draft,
    number,
    paid,
    request_cells,
    verified,
)
from automations.demo.year.plan import SEED, Plan

How: TypeAlias = Literal["ledger", "told", "notice"]
LONGEST_SHIFT = 5
"""Weeks by which the stories of another seed are moved at most."""

LAST_BEGINNING = (12, 11)
"""Month and day after which no story begins: all of it must come to pass in the year."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that must come of it.

    Attributes:
        rule: Its id; of a notice the template.
        row: What it is about.
        how: A line in 预警台账, an answer in the row, or a notice.
        gravity: Of the line.
        words: What it says, in part.
        times: How many lines.
        stage: Of a notice.
    """

    rule: str
    row: Ref
    how: How = "told"
    gravity: str = ""
    words: tuple[str, ...] = ()
    times: int = 1
    stage: str = ""


@dataclass
class Planted:
    """One violation, or one thing that looks like one and is none (then nothing is expected).

    Attributes:
        id: As in domain.md E6; ``N…`` for a negative control.
        title: What it is.
        edits: What people do.
        expected: What must come of it.
    """

    id: str
    title: str
    edits: list[Edit] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)


class Scene:
    """Where a story is written down: days, sums and people as in domain.md E6, or moved about by the seed.

    Args:
        plan: The year.
        id: Of the story.
        title: What it is.
        fixed: Its days hang on the calendar or on a contract: only sums and people move.
        like: Another story with which its days move.
        near: Two of its days that must stay so many calendar days apart: no holiday may fall between them.
    """

    def __init__(
        self,
        plan: Plan,
        id: str,
        title: str,
        fixed: bool = False,
        like: str = "",
        near: tuple[str, str] | None = None,
    ) -> None:
        self.plan, self.dice = plan, plan.dice(f"planted/{id}")
        self.planted = Planted(id, title)
        self.told = plan.seed == SEED
        self._still = self.told or fixed
        self._weeks, self._near = plan.dice(f"weeks/{like or id}"), near
        self._anchor: tuple[date, date] | None = None
        self._factor = Decimal(1) if self.told else Decimal(self.dice.randrange(92, 100)) / 100

    # --- when, who, how much ------------------------------------------------------------------------------------------
    def day(self, text: str) -> date:
        """``9-18``, moved as the seed says, to a working day; days of one story keep their working days apart."""
        told = self._told_day(text)
        if self._still:
            return told
        if self._anchor is None:
            weeks = [w for w in range(-LONGEST_SHIFT, LONGEST_SHIFT + 1) if w and self._fits(told, w)]
            self._anchor = told, self._moved(told, self._weeks.choice(weeks))
        first, moved = self._anchor
        return self.plan.calendar.add(moved, self.plan.calendar.between(first, told))

    def _told_day(self, text: str) -> date:
        month, day = map(int, text.split("-"))
        return self.plan.workday(date(self.plan.year, month, day))

    def _moved(self, first: date, weeks: int) -> date:
        return self.plan.workday(first + timedelta(weeks=weeks))

    def _fits(self, first: date, weeks: int) -> bool:
        """Whether a story told from ``first`` on may be moved by so many weeks."""
        begins = self._moved(first, weeks)
        if begins > date(self.plan.year, *LAST_BEGINNING):
            return False
        if self._near is None:
            return True
        told = [self._told_day(text) for text in self._near]
        one, other = (self.plan.calendar.add(begins, self.plan.calendar.between(first, day)) for day in told)
        return other - one == told[1] - told[0]

    def at(self, text: str, clock: str = "09:00") -> datetime:
        """A time of that day."""
        return self.plan.at(self.day(text), clock)

    def sum(self, amount: float | str) -> Decimal:
        """元 of domain.md, or a little less."""
        return (Decimal(str(amount)) * self._factor).quantize(Decimal("0.01"))

    def who(self, *names: str) -> str:
        """The first, or for another seed any of these."""
        return names[0] if self.told else self.dice.choice(names)

    # --- doing --------------------------------------------------------------------------------------------------------
    def do(self, *edits: Edit) -> None:
        """People do this."""
        self.planted.edits += edits

    def all(self, edits: Iterator[Edit]) -> None:
        """And all that."""
        self.planted.edits += list(edits)

    def key(self, suffix: str = "") -> str:
        """A key of its own."""
        return f"{self.planted.id}{suffix}"

    def bill(self, who: str, line: str, day: date, *amounts: Decimal, suffix: str = "", **more: Any) -> Bill:
        """A bill with an invoice for each sum, accepted by 喻资产.

        ``seller``, ``numbers``, ``attached``, ``title`` as in :class:`Bill`; ``vendor``: the company that is paid;
        ``company``: one that is named, though its bill was paid by card. Everything else is a cell.
        """
        vendor, company = str(more.pop("vendor", "")), str(more.pop("company", ""))
        if company:
            more["vendor"] = Ref("vendors", company)
        seller = vendor or company or str(more.pop("seller", f"示例商店{self.planted.id}{suffix}"))
        numbers = more.pop("numbers", None) or [number(self.dice) for _ in amounts]
        attached = more.pop("attached", ("明细.txt", "印刷清单.txt", "维修工单.txt"))
        title = more.pop("title", f"{line}支出")
        return Bill(
            self.key(suffix),
            who,
            line,
            day,
            title,
            [Invoice(a, seller, number=n) for a, n in zip(amounts, numbers, strict=True)],
            vendor=vendor,
            attached=attached,
            more={"acceptor": person("喻资产"), "accepted_on": day, **more},
        )

    def submitted(self, bill: Bill, at: datetime) -> None:
        """A claim filled in and submitted; the worker answers at once."""
        self.all(draft(self.plan, bill, at))
        self.do(write(at + timedelta(minutes=6), bill.who, CLAIMS, bill.key, status="提交").watched())
        self.all(verified(bill, at + timedelta(minutes=9)))

    def signed(self, key: str, *times: datetime, table: str = CLAIMS) -> None:
        """Whoever's turn it is agrees, at each of these times."""
        self.do(*(sign(at, table, key).watched() for at in times))

    def by_all(self, key: str, at: datetime, table: str = CLAIMS) -> datetime:
        """Everybody agrees within two hours; when the last has."""
        times = [at + timedelta(minutes=25 * n) for n in range(4)]
        self.signed(key, *times, table=table)
        return times[-1]

    def paid(self, bill: Bill, at: datetime) -> None:
        """Paid and archived, some working time later."""
        self.all(paid(self.plan, self.dice, bill, at))

    def settled(self, bill: Bill, at: datetime) -> None:
        """Submitted, signed by all, paid: as it should be."""
        self.submitted(bill, at)
        self.paid(bill, self.by_all(bill.key, at + timedelta(minutes=30)))

    def request(self, kind: str, who: str, line: str, day: date, amount: Decimal, suffix: str = "", **more: Any) -> Ref:
        """A complete draft for that day, asked for on the morning of the working day before unless ``at`` says else."""
        at = more.pop("at", self.plan.at(self.plan.calendar.add(day, -1), "09:00"))
        starts = more.pop("starts", self.plan.at(day, "12:00"))
        ends = more.pop("ends", self.plan.at(day, "13:00"))
        cells = request_cells(self.plan, kind, who, line, starts, ends, **{"est_amount": amount, **more})
        self.do(
            write(at, who, REQUESTS, self.key(suffix), **cells),
            write(at + timedelta(minutes=5), who, REQUESTS, self.key(suffix), status="提交").watched(),
        )
        return Ref(REQUESTS, self.key(suffix))

    def permit(self, kind: str, who: str, line: str, day: date, amount: Decimal, suffix: str = "", **more: Any) -> Ref:
        """The same, signed by all on that morning."""
        at = more.pop("at", self.plan.at(self.plan.calendar.add(day, -1), "09:00"))
        found = self.request(kind, who, line, day, amount, suffix, at=at, **more)
        self.by_all(found.key, at + timedelta(minutes=20), REQUESTS)
        return found

    def void(self, bill: Bill, at: datetime) -> None:
        """The handler gives it up."""
        self.do(write(at, bill.who, CLAIMS, bill.key, status="作废").watched())

    # --- expecting ----------------------------------------------------------------------------------------------------
    def told_in(self, row: Ref | Bill, *rules: str, words: Sequence[str] = ()) -> None:
        """The row is told by these rules; the first says these words."""
        for n, rule in enumerate(rules):
            self.planted.expected.append(Expected(rule, _row(row), "told", words=tuple(words) if n == 0 else ()))

    def ledger(self, row: Ref | Bill, rule: str, gravity: str, times: int = 1, words: Sequence[str] = ()) -> None:
        """So many lines in 预警台账."""
        self.planted.expected.append(Expected(rule, _row(row), "ledger", gravity, tuple(words), times))

    def notice(self, row: Ref | Bill, template: str, stage: str) -> None:
        """Somebody is told so."""
        self.planted.expected.append(Expected(template, _row(row), "notice", stage=stage))


def _row(row: Ref | Bill) -> Ref:
    return Ref(CLAIMS, row.key) if isinstance(row, Bill) else row


Story: TypeAlias = Callable[[Plan], Planted]
