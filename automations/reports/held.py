"""Values while the words around them are rendered: held aside under marks no cell can guess, put in afterwards."""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from jinja2 import Undefined

from automations.errors import TemplateError
from automations.measures import MISSING, Measure
from automations.reports.cells import UNVERIFIED, codes_of, day_text, number_text, rounded

Part: TypeAlias = tuple[str, tuple[str, ...], bool]
"""Text, codes of the rows behind it, and whether it is an unknown figure, which no unit may follow."""

UNITS = re.compile(
    r"%|‰|个?百分点|个?工作日|万?元|人[天次夜]|餐次|千?克(?:标准煤)?|[人期次件项步份单批户间台辆吨方度升个分张场笔具轮]|公里|小时|千瓦时|立方米|平方米|学时"
)
"""What may stand behind a figure in the words: 收入未采集万元 would be none."""

LINE_ENDS = re.compile(r"[\r\n\x85\u2028\u2029]+")
Figure: TypeAlias = Measure | Decimal | int | None


class Held:
    """The filters of ``words.md``, and what ``{{ }}`` wrote.

    Args:
        year: Days of this year are told without it.
    """

    def __init__(self, year: int) -> None:
        self.unverified = False
        self._year = year
        self._parts: list[tuple[Part, ...]] = []
        nonce = secrets.token_hex(8)
        self._mark = f"\x02{nonce}:{{}}\x03"
        self._marks = re.compile(f"\x02{nonce}:(\\d+)\x03")

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """By the name that stands behind the bar: ``{{ classes|fig }}``."""
        return {
            "fig": self.fig,
            "money": lambda x: self._figure(x, 2),
            "wan": lambda x: self._figure(x, 1, by=Decimal(10_000)),
            "pts": lambda x: self._figure(x, 1, sign=False),
            "abs": lambda x: self._figure(x, sign=False),
            "growth": self.growth,
            "day": self.day,
        }

    def fig(self, value: Figure) -> str:
        """A measure with its own decimals, ▲ where due, and the small number of its rows."""
        return self._figure(value)

    def growth(self, value: Figure, up: str = "上升", down: str = "下降") -> str:
        """``上升4.9%``, ``下降4.9%``, ``持平``; of percent."""
        number = _value(value)
        if number is None:
            return self._hold((MISSING, (), True))
        if not rounded(number, _places(value, 1)):
            return self._hold(("持平", codes_of(value) if isinstance(value, Measure) else (), False))
        return (up if number > 0 else down) + self._figure(value, _places(value, 1), sign=False) + "%"

    def day(self, value: date | None) -> str:
        """``9月12日``; with its year where that is another one."""
        return self._hold((MISSING if value is None else day_text(value, self._year), (), False))

    def written(self, value: Any) -> str:
        """What ``{{ value }}`` writes.

        Raises:
            TemplateError: It is a list, an attachment or the like, of which no text can be made.
        """
        if isinstance(value, Undefined):
            return str(value)  # raises, naming the field
        if isinstance(value, Measure) or value is None:
            return self.fig(value)
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            places = max(0, -int(value.as_tuple().exponent)) if value.is_finite() else 0
            return self._figure(value, places)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, str | int):
            return self._hold(*self._split(str(value), inline=True))
        raise TemplateError(f"一个 {type(value).__name__} 不能直接写进文字里，请写它的某一项，或放进表格")

    def pieces(self, line: str) -> list[tuple[str, tuple[str, ...]]]:
        """A rendered line as texts, each with the codes of the figure that ends it."""
        found: list[tuple[str, tuple[str, ...]]] = []
        unknown = False
        for text, codes, missing in self._split(line):
            if unknown and text:
                text, unknown = UNITS.sub("", text, count=1) if UNITS.match(text) else text, False
            found.append((text, codes))
            unknown = unknown or missing
        return found

    def plain(self, line: str) -> str:
        """A rendered line as text alone."""
        return "".join(text for text, _ in self.pieces(line))

    def _figure(self, value: Figure, places: int | None = None, *, by: Decimal | None = None, sign: bool = True) -> str:
        number = _value(value)
        if number is None:
            return self._hold((MISSING, (), True))
        number = number / by if by else number
        text = number_text(number if sign else abs(number), _places(value, 0) if places is None else places)
        if isinstance(value, Measure) and value.unverified:
            text, self.unverified = text + UNVERIFIED, True
        return self._hold((text, codes_of(value) if isinstance(value, Measure) else (), False))

    def _hold(self, *parts: Part) -> str:
        self._parts.append(parts)
        return self._mark.format(len(self._parts) - 1)

    def _split(self, text: str, inline: bool = False) -> list[Part]:
        """Literal text and held parts, in order; ``inline``: line ends of a cell become spaces."""
        found: list[Part] = []
        for n, piece in enumerate(self._marks.split(text)):
            if n % 2:
                found += self._parts[int(piece)]
            elif piece:
                found.append((LINE_ENDS.sub(" ", piece) if inline else piece, (), False))
        return found


def _value(value: Figure) -> Decimal | None:
    if isinstance(value, Measure):
        return value.value
    if isinstance(value, bool) or not isinstance(value, Decimal | int | None):
        raise TemplateError(f"这里要一个数，给的是“{str(value)[:20]}”（{type(value).__name__}）")
    return None if value is None else Decimal(value)


def _places(value: Figure, otherwise: int) -> int:
    return value.places if isinstance(value, Measure) else otherwise
