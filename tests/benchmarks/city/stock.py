"""What everything else of the city is laid with: rows, sums that offend against nothing, and what must go wrong."""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

from automations.holds import Hold
from automations.people import Department, Person
from automations.tables.values import File, Value, canonical
from tests.office import schema

FIRST, LAST = date(2026, 1, 5), date(2026, 12, 10)
NOW = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
"""Monday morning, some days after the last claim of the year came in."""

CENT = Decimal("0.01")
INVOICES_OF_A_CLAIM = Decimal("2.5")
SPLIT_LINE = 4800
"""元: what a department buys of one category in 90 days, and of one shop in 30, stays below the line of 5,000."""

Cells: TypeAlias = dict[str, Any]


@cache
def _blank(table: str) -> Mapping[str, Value]:
    return {f.name: canonical(f, None) for f in schema()[table].fields}


def papers(*names: str) -> tuple[File, ...]:
    """Attachments as the worker has read them."""
    return tuple(File(n, 48_000, f'{{"path":"{n}"}}', hashlib.sha256(n.encode()).hexdigest()) for n in names)


def moment(day: date, hour: int = 1) -> datetime:
    """An hour of a day, UTC."""
    return datetime.combine(day, time(hour), UTC)


@dataclass
class School:
    """What the claims of one school draw on; row ids."""

    departments: list[int]
    people: list[int]
    lines: dict[tuple[str, int | None], int]
    sellers: list[tuple[int, str]]
    course: int
    trips: Counter[int] = field(default_factory=Counter)

    def line(self, category: str, department: int) -> int:
        """The budget line of a category; of some every department has its own."""
        return self.lines.get((category, None)) or self.lines[category, department]


Make: TypeAlias = Callable[[School, date], int]
"""Makes one claim; its row id."""


class Stock:
    """Rows so far, and what keeps the next ones from breaking a rule by chance.

    Args:
        wrong: Share of the claims that break a rule on purpose.
    """

    def __init__(self, wrong: float, seed: int) -> None:
        self.dice = random.Random(seed)
        self.wrong = wrong
        self.tables: dict[str, dict[int, Cells]] = defaultdict(dict)
        self.holds: list[Hold] = []
        self.people: list[Person] = []
        self.departments: list[Department] = []
        self.planted: set[tuple[int, str]] = set()
        self.broken: Counter[str] = Counter()
        self.owed = Decimal(0)
        self.serial = 0
        self.bought: dict[Any, list[tuple[date, Decimal]]] = defaultdict(list)
        self.sold: dict[tuple[str, Decimal], list[date]] = defaultdict(list)

    def add(self, table: str, prefix: str = "", **cells: Any) -> int:
        """A row; every column that is not given is empty."""
        unknown = cells.keys() - _blank(table).keys()
        assert not unknown, f"{table} has no {unknown}"
        row_id = len(self.tables[table]) + 1
        code: Cells = {"code": f"{prefix}-2026-{row_id:06d}"} if prefix else {}
        self.tables[table][row_id] = {**_blank(table), **code, **cells}
        return row_id

    def _break(self, *rules: str) -> str:
        """The rule of these that is to be broken now: of several the rarest so far; mostly none."""
        # Less than half of the claims can break any rule, and drafts another one.
        if self.dice.random() >= self.wrong * 1.6:
            return ""
        rule = min(rules, key=lambda r: self.broken[r])
        self.broken[rule] += 1
        return rule

    def _name(self, vendor: int) -> str:
        return str(self.tables["vendors"][vendor]["name"])

    def _company(self, vendor: int) -> Cells:
        return {
            "payee_kind": "服务商",
            "vendor": vendor,
            "payee_account": self.tables["vendors"][vendor]["bank_account"],
        }

    def _person(self, person: int, kind: str = "个人") -> Cells:
        return {"payee_kind": kind, "payee": person, "payee_account": "本人工资卡"}

    def _day(self) -> date:
        return FIRST + timedelta(days=self.dice.randrange((LAST - FIRST).days))

    def _count(self, least: int, most: int) -> int:
        """How many invoices: one to four here and there, two and a half each in all."""
        self.owed += INVOICES_OF_A_CLAIM
        wanted = int(self.owed + Decimal(self.dice.choice((-1, 0, 0, 1))))
        number = min(max(wanted, least), most)
        self.owed -= number
        return number

    def _amounts(self, n: int, low: int, high: int, seller: str, day: date) -> list[Decimal]:
        """Sums of invoices, now and then round; never one that the seller asked for some days before or after."""
        found: list[Decimal] = []
        for _ in range(n):
            amount = Decimal(self.dice.randrange(low * 100, high * 100)) / 100
            if self.dice.random() < 0.2 and high >= 200:
                amount = max(amount.quantize(Decimal(10)), Decimal(low))
            while any(abs((day - then).days) <= 5 for then in self.sold[seller, amount.quantize(CENT)]):
                amount += Decimal("0.37")
            self.sold[seller, amount.quantize(CENT)].append(day)
            found.append(amount.quantize(CENT))
        return found

    def _within(self, bought: tuple[str, int], shop: int | None, day: date, n: int, seller: str) -> list[Decimal]:
        """Small sums that stay below the line of splits together with all that was bought in the weeks before."""
        room = self._room(bought, day, 90)
        if shop is not None:
            room = min(room, self._room(shop, day, 30))
        return self._amounts(n, 15, max(min(int(room) // n, 900 // n), 16), seller, day)

    def _room(self, key: Any, day: date, days: int) -> Decimal:
        near = (amount for then, amount in self.bought[key][-200:] if abs((day - then).days) <= days)
        return SPLIT_LINE - sum(near, Decimal(0))
