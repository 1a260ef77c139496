"""Amounts and shares that people type as text: read exactly, or refused with the reason; never guessed.

Full-width digits, invisible characters and spaces at the edges come with Chinese input methods and with copying, and
say nothing. Everything that could mean two sums (``1,23``, ``12.5.0``, ``500-600``, ``约500``) is refused.
"""

import re
from decimal import Decimal
from fractions import Fraction

from automations.errors import AmountError

CENT = Decimal("0.01")

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，％／￥－−", "0123456789.,%/¥--")
# What Windows' calculator and chat programs add when a number is copied: zero-width and left-to-right marks.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u202a\u202c\u202d\u2060\ufeff"))

# At most 11 digits before the point (whatever is longer is an account number) and 15 behind it, so that Decimal, which
# computes with 28, stays exact.
_DIGITS = r"(?:0|[1-9][0-9]{0,10}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3})"
_NUMBER = rf"{_DIGITS}(?:\.[0-9]{{1,15}})?"
_AMOUNT = re.compile(rf"¥?\s*(?P<minus>-?)\s*¥?\s*(?P<number>{_NUMBER})\s*(?P<wan>万?)\s*(?:[元圆]整?)?")
_PLAIN = re.compile(rf"(?P<minus>-?)\s*(?P<number>{_NUMBER})")
_PERCENT = re.compile(rf"(?P<number>{_NUMBER})\s*%")
_PART = re.compile(r"(?P<over>[0-9]{1,9})\s*/\s*(?P<under>[1-9][0-9]{0,8})")

_WRITE = "请只写一个数，如 1234.50、1,234.50 或 1.2万。"


def parse_amount(text: str, *, allow_negative: bool = False) -> Decimal:
    """元 from what a clerk typed: ``１，２３４．５０``, ``¥1,234.5``, ``500元``, ``1.2万``.

    Returns:
        The sum with exactly two decimals.

    Raises:
        AmountError: Anything but one clear sum; says how to write it.
    """
    found = _AMOUNT.fullmatch(_tidy(text))
    if found is None or found[0].count("¥") > 1:
        raise AmountError(f"金额“{_shown(text)}”看不明白。{_WRITE}{_comma_hint(text)}")
    if found["minus"] and not allow_negative:
        raise AmountError(f"金额“{_shown(text)}”不能是负数。{_WRITE}")
    # Written decimals count, zeros too: 1.200 may be a slip for 1,200.
    if len(found["number"].partition(".")[2]) > (6 if found["wan"] else 2):
        raise AmountError(f"金额“{_shown(text)}”的小数太多。请写到分，最多两位小数，如 1234.56。")
    yuan = _exact(found["number"]) * (10_000 if found["wan"] else 1)
    return (-yuan if found["minus"] and yuan else yuan).quantize(CENT)


def parse_number(text: str, *, allow_negative: bool = False) -> Decimal:
    """A plain number without a unit: ``30``, ``0.5``, ``1,000``.

    Raises:
        AmountError: Anything else.
    """
    found = _PLAIN.fullmatch(_tidy(text))
    if found is None:
        raise AmountError(f"“{_shown(text)}”不是一个清楚的数。请只写数字，如 30、0.5 或 1,000。{_comma_hint(text)}")
    if found["minus"] and not allow_negative:
        raise AmountError(f"“{_shown(text)}”不能是负数。请写大于或等于 0 的数，如 30 或 0.5。")
    number = _exact(found["number"])
    return -number if found["minus"] and number else number


def parse_ratio(text: str) -> Fraction:
    """A share from 0 to 1: ``1/3``, ``33%`` or ``0.33``, each exactly what it says.

    Raises:
        AmountError: Anything else; ``33`` alone is refused too, because it may mean 33 or 33%.
    """
    tidy = _tidy(text)
    share: Fraction | None = None
    if found := _PART.fullmatch(tidy):
        share = Fraction(int(found["over"]), int(found["under"]))
    elif found := _PERCENT.fullmatch(tidy):
        share = Fraction(_exact(found["number"])) / 100
    elif found := re.fullmatch(_NUMBER, tidy):
        share = Fraction(_exact(found[0]))
    if share is None or share > 1:
        raise AmountError(f"比例“{_shown(text)}”看不明白。请写 0 到 1 之间的比例，如 1/3、33% 或 0.33。")
    return share


def _tidy(text: str) -> str:
    return text.translate(_HALF_WIDTH).translate(_INVISIBLE).strip()


def _exact(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))


def _shown(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 30 else f"{text[:30]}…"


def _comma_hint(text: str) -> str:
    return "逗号只能每三位写一个，小数点请用“.”。" if "," in _tidy(text) else ""
