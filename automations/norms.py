"""The school's own parameters: rows of the table ``settings`` (参数标准), read by business date.

Chain, thresholds and switches are data that the office edits in the browser (domain.md B1.6, C2). A value is always the
one valid on the business date of the row judged, never today's. What no row says falls back to ``DEFAULTS``. A value
that cannot be read stops with a sentence; it never turns into a guess.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from automations.amounts import parse_amount, parse_number, parse_ratio
from automations.errors import AmountError, RuleError
from automations.shipped_norms import SHIPPED

DEFAULTS: Mapping[str, str] = {key: norm.value for key, norm in SHIPPED.items()}
YES, NO = frozenset({"是", "yes", "true", "1", "启用"}), frozenset({"否", "no", "false", "0", "停用"})

NO_STANDARD = ("school.", "chain.", "delegate.", "sign.", "selfcheck.", "calendar.", "split.excluded")
"""Parameters that no paper outside the school prescribes: who it is and how it works. They never wait to be verified.

One ending in ``.`` stands for all that begin so.
"""

PERCENTAGE = "百分数，如 98 或 98%（不要写成 0.98）"

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Norm:
    """One value with the days it is in force (both inclusive; None = open)."""

    key: str
    value: str
    start: date | None = None
    end: date | None = None
    verified: bool = False

    def in_force(self, on: date) -> bool:
        """Whether it counts on that day."""
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


class Norms:
    """All parameters.

    Args:
        rows: Values, in any order; of two in force on a day the one that started later counts.
    """

    def __init__(self, rows: Iterable[Norm] = ()) -> None:
        self._by_key: dict[str, list[Norm]] = {}
        self._pinned: Mapping[str, str] = {}
        self._known: dict[tuple[Any, str, date], Any] = {}
        self._verified: dict[tuple[str, date], bool] = {}
        for norm in rows:
            self._by_key.setdefault(norm.key, []).append(norm)

    @classmethod
    def from_rows(cls, rows: Iterable[Any]) -> "Norms":
        """From rows of ``settings``; one without a value says nothing: an emptied cell switches nothing off."""
        filled = (r for r in rows if (r["key"] or "").strip() and (r["value"] or "").strip())
        return cls(
            Norm(r["key"].strip(), r["value"].strip(), r["from_date"], r["to_date"], bool(r["verified"]))
            for r in filled
        )

    def differing(self, other: "Norms") -> set[str]:
        """Keys of which the two do not have the same rows."""
        keys = self._by_key.keys() | other._by_key.keys()
        return {key for key in keys if self._by_key.get(key) != other._by_key.get(key)}

    def pinned(self, values: Mapping[str, str]) -> "Norms":
        """A copy in which these keys have these values on every day.

        A round of signatures keeps the parameters it began with, whatever the office changes meanwhile.
        """
        copy = Norms()
        copy._by_key = self._by_key
        copy._pinned = {**self._pinned, **values}
        return copy

    def in_force(self, on: date) -> dict[str, str]:
        """Every value of a day, by key; ready for :meth:`pinned`."""
        keys = [*DEFAULTS, *self._by_key, *self._pinned]
        return {key: value for key in keys if (value := self._find(key, on)) is not None}

    def verified(self, key: str, on: date) -> bool:
        """Whether the value in force was checked against the local papers; what ships never was.

        A pinned value is as good as the row that says the same.
        """
        known = self._verified.get((key, on))
        if known is None:
            known = self._verified[key, on] = self._look_whether_verified(key, on)
        return known

    def _look_whether_verified(self, key: str, on: date) -> bool:
        if any(key.startswith(one) if one.endswith(".") else key == one for one in NO_STANDARD):
            return True
        if key in self._pinned:
            return any(norm.verified and norm.value == self._pinned[key] for norm in self._by_key.get(key, ()))
        norm = self._row(key, on)
        return norm is not None and norm.verified

    def text(self, key: str, on: date) -> str:
        """The value in force on ``on``.

        Raises:
            RuleError: No row and no default. Every other reading raises it, too, when the value cannot be read.
        """
        value = self._find(key, on)
        if value is None:
            raise RuleError(f"参数表里没有“{key}”在{on}的值，请会计在“参数标准”中补上。")
        return value

    def flag(self, key: str, on: date) -> bool:
        """A 是/否 value."""
        return self._read(key, on, _flag, "“是”或“否”")

    def money(self, key: str, on: date) -> Decimal:
        """An amount in 元."""
        return self._read(key, on, parse_amount, "金额（元），如 5000、5,000.00 或 5万")

    def number(self, key: str, on: date) -> Decimal:
        """A number of 0 or more. Of a parameter in % it is the percentage: 98 for 98%."""
        if _in_percent(key):
            return self._read(key, on, _percentage, PERCENTAGE)
        return self._read(key, on, parse_number, "大于或等于 0 的数，如 30 或 0.5")

    def whole(self, key: str, on: date) -> int:
        """A whole number of 0 or more, such as of days."""
        return self._read(key, on, _whole, "整数，如 30")

    def wholes(self, key: str, on: date) -> tuple[int, ...]:
        """Whole numbers separated as in :meth:`names`, such as the days at which to remind."""
        return self._read(key, on, _wholes, "用顿号隔开的整数，如 60、30、15")

    def ratio(self, key: str, on: date) -> Fraction:
        """A share from 0 to 1. Of a parameter in % it is the hundredth part: 49/50 for 98."""
        if _in_percent(key):
            return self._read(key, on, _hundredths, PERCENTAGE)
        return self._read(key, on, parse_ratio, "0 到 1 之间的比例，如 1/3、33% 或 0.33")

    def names(self, key: str, on: date) -> tuple[str, ...]:
        """A list of names separated by 、 or commas, semicolons, spaces."""
        return self._read(key, on, _names, "")

    def day(self, key: str, on: date) -> tuple[int, int]:
        """Month and day of every year."""
        return self._read(key, on, _day, "月-日，如 01-31")

    def clock(self, key: str, on: date) -> time:
        """A time of day."""
        return self._read(key, on, _clock, "时:分，如 06:00 或 23:00")

    def _find(self, key: str, on: date) -> str | None:
        if key in self._pinned:
            return self._pinned[key]
        norm = self._row(key, on)
        return DEFAULTS.get(key) if norm is None else norm.value

    def _row(self, key: str, on: date) -> Norm | None:
        best: Norm | None = None
        for norm in self._by_key.get(key, ()):
            if norm.in_force(on) and (best is None or (norm.start or date.min) >= (best.start or date.min)):
                best = norm
        return best

    def _read(self, key: str, on: date, read: Callable[[str], _Read], wanted: str) -> _Read:
        known = self._known.get((read, key, on))
        if known is not None:  # rules ask for the same few hundreds again and again
            return known  # type: ignore[no-any-return]
        value = self.text(key, on)
        try:
            found = self._known[read, key, on] = read(value)
            return found
        except (AmountError, ValueError):
            raise RuleError(f"参数“{key}”应填{wanted}，现在是“{value}”。") from None


def _in_percent(key: str) -> bool:
    return key in SHIPPED and SHIPPED[key].unit == "%"


def _flag(text: str) -> bool:
    word = text.lower()
    if word not in YES | NO:
        raise ValueError(text)
    return word in YES


def _percentage(text: str) -> Decimal:
    percentage = parse_number(text.rstrip().removesuffix("%").removesuffix("％"))
    if 0 < percentage < 1:  # somebody meant 0.98 as 98%: taken as it stands, the limit would be gone
        raise ValueError(text)
    return percentage


def _hundredths(text: str) -> Fraction:
    return Fraction(_percentage(text)) / 100


def _whole(text: str) -> int:
    number = parse_number(text)
    if number != int(number):
        raise ValueError(text)
    return int(number)


def _wholes(text: str) -> tuple[int, ...]:
    return tuple(_whole(part) for part in _names(text))


def _names(text: str) -> tuple[str, ...]:
    return tuple(re.sub("[、，,；;]", " ", text).split())


def _day(text: str) -> tuple[int, int]:
    month, day = _two_numbers(text.replace("－", "-"), "-")
    date(2001, month, day)  # no leap year: 02-29 is not a day of every year
    return month, day


def _clock(text: str) -> time:
    hour, minute = _two_numbers(text.replace("：", ":"), ":")
    return time(hour, minute)


def _two_numbers(text: str, between: str) -> tuple[int, int]:
    found = re.fullmatch(rf"([0-9０-９]{{1,2}}){between}([0-9０-９]{{2}})", text.strip())
    if found is None:
        raise ValueError(text)
    return int(found[1]), int(found[2])
