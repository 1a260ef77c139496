"""物资收发: what was bought goes into the store, what departments need comes out of it (domain.md B4.20, E4).

The store is kept before anything is written: nothing is handed out below its safety stock, no department above its
month's quota, and only what the offices' purchases paid for comes in. Quotas hold in a busier year as well:
``plan.volume`` changes nothing here.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from automations.demo.year.classes import courses_of
from automations.demo.year.edits import Edit, Ref, person, write
from automations.demo.year.errands import KEPT_OUT
from automations.demo.year.paperwork import CLAIMS
from automations.demo.year.plan import Plan
from automations.demo.year.purchases import purchases
from automations.demo.year.stock import ARTICLES, FIRST_STOCK, SAFETY, STOREKEEPER

TABLE = "supply_moves"
HANDED_OUT, BROUGHT_BACK = 560, 8
"""In a year."""

FOR_A_HEAD, SPENT = Decimal(100), Decimal("0.8")
"""月定额 of a department for each colleague (supply.quota_head), and how much of it is used at most."""

FILLED_TO, AT_ONCE = 60, 3
"""Up to how many an article is bought, how many articles on one claim."""

TITLE = "办公耗材"
PRICES: Mapping[str, int] = {name: price for name, _, price in ARTICLES}


class Store:
    """What lies in the store, and what departments used this month."""

    def __init__(self) -> None:
        self._stock = dict.fromkeys(PRICES, FIRST_STOCK)
        self._used: dict[tuple[str, int], Decimal] = defaultdict(Decimal)

    def scarce(self) -> list[str]:
        """Articles, those of which there is least first."""
        return sorted(self._stock, key=lambda name: self._stock[name])

    def plenty(self) -> list[str]:
        """Articles of which something can be handed out."""
        return [name for name, stock in self._stock.items() if stock - 4 >= SAFETY]

    def bought(self, name: str, budget: Decimal) -> int:
        """How many come in for that much money at most."""
        count = min(FILLED_TO - self._stock[name], int(budget / PRICES[name]))
        self._stock[name] += max(count, 0)
        return max(count, 0)

    def take(self, name: str, count: int, department: str, day: date, most: Decimal) -> bool:
        """Hand it out, unless the department has used so much this month."""
        used = self._used[department, day.month] + count * PRICES[name]
        if used > most or self._stock[name] - count < SAFETY:
            return False
        self._used[department, day.month] = used
        self._stock[name] -= count
        return True

    def back(self, name: str, count: int, department: str, day: date) -> None:
        """Brought back."""
        self._stock[name] += count
        self._used[department, day.month] -= count * PRICES[name]

    def counted(self, name: str, difference: int) -> None:
        """So many more or fewer than the book says."""
        self._stock[name] += difference


def _purchases(plan: Plan) -> Iterator[tuple[datetime, str, Decimal]]:
    """(when it is there, key of the claim, its sum) of what offices bought for the store."""
    for edit in purchases(plan, plan.dice("purchases")):
        if edit.table == CLAIMS and edit.cells.get("title") == TITLE:
            yield edit.at + timedelta(minutes=35), edit.key, edit.cells["amount"]


def supplies(plan: Plan, dice: Random) -> Iterator[Edit]:
    """入库, 领用, 退库, 盘点调整."""
    book = _Book(plan, dice)
    deeds: list[tuple[datetime, Any]] = [(at, (book.bring_in, key, amount)) for at, key, amount in _purchases(plan)]
    for _ in range(HANDED_OUT):
        deeds.append((plan.some_time(dice, dice.choice(plan.workdays)), (book.hand_out,)))
    for day in dice.sample(list(plan.workdays[20:]), BROUGHT_BACK):
        deeds.append((plan.some_time(dice, day), (book.bring_back,)))
    for on in (date(plan.year, 6, 30), date(plan.year, 11, 12)):
        deeds.append((plan.at(plan.workday(on), "16:20"), (book.count,)))
    for at, (deed, *more) in sorted(deeds, key=lambda one: one[0]):
        yield from deed(at, *more)


class _Book:
    """Who moves what."""

    def __init__(self, plan: Plan, dice: Random) -> None:
        self._plan, self._dice, self._store = plan, dice, Store()
        self._number = 0
        self._last: tuple[str, str, str] | None = None
        school = plan.school
        self._staff: dict[str, Sequence[str]] = {
            d: [w for w in school.clerks(d) if w not in KEPT_OUT and w != STOREKEEPER]
            for d in school.rows["departments"]
        }
        self._heads = {
            d: sum(school.department(name) == d for name in school.accounts) for d in school.rows["departments"]
        }

    def _row(self, at: datetime, direction: str, name: str, count: int, department: str, who: str, **more: Any) -> Edit:
        self._number += 1
        cells = {
            "item": Ref("assets", name),
            "direction": direction,
            "qty": Decimal(count),
            "department": Ref("departments", department),
            "person": person(who),
            "date": at.date(),
        }
        return write(at, STOREKEEPER, TABLE, f"{direction}-{self._number:04d}", **cells, **more)

    def bring_in(self, at: datetime, claim: str, amount: Decimal) -> Iterator[Edit]:
        """What a claim pays for."""
        for name in self._store.scarce()[:AT_ONCE]:
            count = self._store.bought(name, amount)
            amount -= count * PRICES[name]
            if count:
                more = {"unit_price": Decimal(PRICES[name]), "claim": Ref(CLAIMS, claim)}
                yield self._row(at, "入库", name, count, "行政科", "喻资产", **more)

    def hand_out(self, at: datetime) -> Iterator[Edit]:
        """One article, to one colleague; now and then for a class."""
        department = self._dice.choice(list(self._staff))
        name, count = self._dice.choice(self._store.plenty()), self._dice.choice((1, 1, 2, 2, 3, 4))
        most = SPENT * FOR_A_HEAD * self._heads[department]
        if not self._store.take(name, count, department, at.date(), most):
            return
        who = self._dice.choice(self._staff[department])
        here = [c for c in courses_of(self._plan) if c.starts <= at.date() <= c.ends]
        teaches = department in ("教务科", "学员科") and here and self._dice.random() < 0.4
        more = {"training_class": Ref("training_classes", self._dice.choice(here).key)} if teaches else {}
        self._last = name, department, who
        yield self._row(at, "领用", name, count, department, who, **more)

    def bring_back(self, at: datetime) -> Iterator[Edit]:
        """One piece of what was handed out last was not needed."""
        if self._last is not None:
            name, department, who = self._last
            self._store.back(name, 1, department, at.date())
            yield self._row(at, "退库", name, 1, department, who)

    def count(self, at: datetime) -> Iterator[Edit]:
        """The store is counted: a few articles are one more or one fewer."""
        for n, name in enumerate(self._dice.sample(self._store.plenty(), 4)):
            difference = self._dice.choice((-1, 1))
            self._store.counted(name, difference)
            yield self._row(
                at + timedelta(minutes=6 * n), "盘点调整", name, difference, "行政科", "喻资产", remark="盘点"
            )
