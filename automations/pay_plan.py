"""付款计划 and 报价情况 as a clerk types them, line by line: read exactly or refused with the line; never guessed.

A pay plan has ``日期|条件|金额`` on each line, such as ``2026-06-30｜验收合格后｜５２，０００``. Where orders come as
needed, ``据实`` stands for the date, and the sum is what all of them may cost. Quotes are ``供应商｜报价``.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from automations.amounts import parse_amount
from automations.errors import AmountError

CALL_OFF = frozenset({"据实", "按次"})
"""Stand for the date of a line that many claims draw on, each as far as it goes."""

_BARS = re.compile("[|｜丨│]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")

_PLAN_LINE = "请写成“日期|条件|金额”，如：2026-06-30|验收合格后|52000。"
_QUOTE_LINE = "请写成“供应商｜报价”，如：示例商贸公司｜52000。"


@dataclass(frozen=True, slots=True)
class Instalment:
    """One line of a pay plan.

    Attributes:
        number: 期次, from 1.
        due: Not paid before this day; None where many claims draw on the line (据实).
        condition: What else must have happened, in the contract's words; "" for nothing.
        amount: 元, above zero.
    """

    number: int
    due: date | None
    condition: str
    amount: Decimal

    @property
    def named(self) -> str:
        """As people speak of it: the condition, or the day."""
        return self.condition or f"{self.due}"


@dataclass(frozen=True, slots=True)
class PayPlan:
    """A whole pay plan; ``problems`` says of every bad line what is wrong with it."""

    instalments: tuple[Instalment, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """元 of all instalments."""
        return sum((i.amount for i in self.instalments), Decimal(0))

    def numbered(self, number: object) -> Instalment | None:
        """The instalment with this 期次."""
        return next((i for i in self.instalments if i.number == number), None)


@dataclass(frozen=True, slots=True)
class Quote:
    """One offer: who, and 元."""

    vendor: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Quotes:
    """All offers; ``problems`` says of every bad line what is wrong with it."""

    offers: tuple[Quote, ...] = ()
    problems: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def read_pay_plan(text: str | None) -> PayPlan:
    """The instalments in a cell."""
    found: list[Instalment] = []
    problems: list[str] = []
    for number, line in enumerate(_lines(text), start=1):
        try:
            found.append(_instalment(number, line))
        except AmountError as error:
            problems.append(f"第{number}行“{line}”看不明白：{error}")
    return PayPlan(tuple(found), tuple(problems))


def read_quotes(text: str | None) -> Quotes:
    """The offers in a cell."""
    found: list[Quote] = []
    problems: list[str] = []
    for number, line in enumerate(_lines(text), start=1):
        try:
            found.append(_quote(line))
        except AmountError as error:
            problems.append(f"第{number}行“{line}”看不明白：{error}")
    return Quotes(tuple(found), tuple(problems))


def _lines(text: str | None) -> Iterator[str]:
    return (line.strip() for line in (text or "").splitlines() if line.strip())


def _instalment(number: int, line: str) -> Instalment:
    parts = [part.strip() for part in _BARS.split(line)]
    if len(parts) != 3:
        raise AmountError(_PLAN_LINE)
    day, condition, amount = parts
    return Instalment(number, None if day in CALL_OFF else _day(day), condition, _above_zero(amount))


def _quote(line: str) -> Quote:
    parts = [part.strip() for part in _BARS.split(line)]
    if len(parts) != 2 or not parts[0]:
        raise AmountError(_QUOTE_LINE)
    return Quote(parts[0], _above_zero(parts[1]))


def _day(text: str) -> date:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        if found is None:
            raise ValueError(text)
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise AmountError(f"日期“{text}”请写成2026-06-30；按实际次数结算的写“据实”。") from None


def _above_zero(text: str) -> Decimal:
    amount = parse_amount(text)
    if not amount:
        raise AmountError("金额应大于0。")
    return amount
