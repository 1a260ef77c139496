"""物资收发: nothing is handed out that is not there, a department keeps to its quota (domain.md B4.20, SP-01..04)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from automations.books import Facts, cached_property
from automations.rows import RowView
from automations.rules.base import ALWAYS, facts_of, rule
from automations.rules.claims import missing_cells, quoted
from automations.rules.earlier import earlier

TABLE = "supply_moves"
BOUGHT, HANDED_OUT, BROUGHT_BACK, COUNTED = "入库", "领用", "退库", "盘点调整"
QUOTA = ("supply.quota_head",)
CENT = Decimal("0.01")

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class MoveFacts(Facts):
    """A move of stock with what its rules and its cells keep asking.

    Of the article only single cells are read: its 库存 changes with every move.
    """

    dated_by = "date"

    @cached_property
    def before(self) -> Decimal:
        """In stock before it: what the last move of the article left."""
        last = earlier(self, "item", lambda move: move.direction is not None)
        last = None if last is None else self.books.row(TABLE, last.id)  # its 结存 may just be computed anew
        return Decimal(0) if last is None or last.balance is None else last.balance

    @cached_property
    def change(self) -> Decimal:
        """What it adds; a count (盘点调整) as it is typed, with its sign."""
        qty = self.qty if self.qty is not None else Decimal(0)
        return -qty if self.direction == HANDED_OUT else qty

    @cached_property
    def covered(self) -> bool:
        """The stock suffices; what it does not cover was never handed out and counts for nothing."""
        return self.before + self.change >= 0

    @cached_property
    def balance(self) -> Decimal | None:
        """结存."""
        if self.item is None or self.date is None:
            return None
        return self.before + self.change if self.covered else self.before

    @cached_property
    def amount(self) -> Decimal | None:
        """元."""
        if self.price is None or self.qty is None:
            return None
        return (self.qty * self.price).quantize(CENT, ROUND_HALF_UP) if self.covered else Decimal(0)

    @cached_property
    def price(self) -> Decimal | None:
        """元 for one: its own, that of the last purchase of the quarter before it, that of the article."""
        price = self.unit_price
        if price is None and self.item is not None:
            bought = earlier(self, "item", _priced, whole=False)
            price = self.books.cell("assets", self.item, "unit_price") if bought is None else bought.unit_price
        return price if isinstance(price, Decimal) else None

    @cached_property
    def used_before(self) -> Decimal:
        """元 that its department was handed out this month before it."""
        if self.date is None or self.department is None:
            return Decimal(0)
        days = [self.date.replace(day=1) + timedelta(days=n) for n in range(self.date.day)]
        moves = [m for day in days for m in self.books.where(TABLE, "department", self.department, date=day)]
        return sum((used(m) for m in moves if (m.date, m.id) < (self.date, self.id)), Decimal(0))

    @cached_property
    def month_used(self) -> Decimal | None:
        """本月已领, with this move."""
        return None if self.department is None or self.date is None else self.used_before + used(self)

    @cached_property
    def quota(self) -> Decimal | None:
        """月定额 of the department: 元 a head."""
        heads = self.books.cell("departments", self.department, "headcount")
        return None if heads is None else heads * self.norm.money("supply.quota_head")

    @cached_property
    def article(self) -> str:
        """Name of the article."""
        return str(self.books.cell("assets", self.item, "name") or "")


def _priced(move: RowView) -> bool:
    return move.direction == BOUGHT and move.unit_price is not None


def used(move: Any) -> Decimal:
    """元 of one move that count against the quota."""
    signs = {HANDED_OUT: 1, BROUGHT_BACK: -1}
    return (move.amount or Decimal(0)) * signs.get(move.direction, 0)


@rule("必填", TABLE, "B4.20", "请填写：{fields}。", "提示", at=ALWAYS)
def move_is_complete(move: MoveFacts) -> Figures:
    """Everything marked ● is filled, and price and claim of what was bought."""
    if missing := missing_cells(move, *(("unit_price", "claim") if move.direction == BOUGHT else ())):
        yield {"fields": quoted(missing)}


@rule("必填", TABLE, "B4.20", "“数量”应大于0，现在是{qty}；盘点少了的，方向请选“盘点调整”。", at=ALWAYS)
def something_moves(move: MoveFacts) -> Figures:
    """A quantity is above zero; only a count may be below."""
    if move.qty is not None and (move.qty == 0 or (move.qty < 0 and move.direction != COUNTED)):
        yield {"qty": move.qty}


@rule("SP-01", TABLE, "B4.20", "“{item}”库存{stock}，不足领用{qty}。", at=ALWAYS)
def enough_in_stock(move: MoveFacts) -> Figures:
    """Nothing is handed out that is not there."""
    if move.item is not None and not move.covered:
        yield {"item": move.article, "stock": move.before, "qty": -move.change}


OVER = "{department}本月领用耗材{used}元，超过月定额{quota}元。"


def _over(move: MoveFacts) -> Figures:
    if move.direction != HANDED_OUT or move.quota is None or move.month_used is None:
        return
    if move.month_used > move.quota:
        name = move.books.cell("departments", move.department, "name")
        yield {"department": name, "used": move.month_used, "quota": move.quota}


@rule("SP-02", TABLE, "B4.20", OVER, "提示", at=ALWAYS, settings=QUOTA)
def within_the_quota(move: MoveFacts) -> Figures:
    """A department keeps to what it may use in a month."""
    yield from _over(move)


@rule("SP-02", TABLE, "B4.20", OVER, "预警", gravity="提示", at=ALWAYS, settings=QUOTA)
def the_move_that_broke_the_quota(move: MoveFacts) -> Figures:
    """One line in 预警台账 for each month and department: that of the move that went beyond."""
    if move.quota is not None and move.used_before <= move.quota:
        yield from _over(move)


@rule("SP-04", TABLE, "B4.20", "保管员本人领用须由部门负责人确认。", at=ALWAYS)
def not_from_ones_own_store(move: MoveFacts) -> Figures:
    """Whoever keeps the store takes nothing out of it unseen: his head, or whoever leads the head, has confirmed it."""
    if move.direction != HANDED_OUT or move["person"] is None:
        return
    if move.books.cell("assets", move.item, "custodian") != move["person"]:
        return
    head = move.directory.head_of(move.department)
    if head is not None and head.id == move["person"]:
        head = move.directory.leader_of(move.department)
    if head is None or move.confirmed_by != head.id:
        yield {}
