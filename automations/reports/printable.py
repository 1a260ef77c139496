"""Cells as they may stand on paper: nothing hidden, nothing that turns the text round, nothing lost."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_JOINERS = frozenset({0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})
"""Invisible by right: they choose the shape of the character before them (emoji, rare forms of names)."""

_LONG_NUMBER = re.compile(
    r"(?<!\d)(?:\d{15,19}|\d{4}(?:[ \-\u00a0\u3000]\d{4}){3}(?:[ \-\u00a0\u3000]?\d{1,3})?)(?!\d)"
)
"""15 to 19 digits, bare or in fours: bank accounts, cards and identity numbers. A 数电票 has 20."""


def printable(data: Any, drawable: frozenset[int] | None = None) -> Any:
    """``data`` (dicts, lists, texts) with every text safe to print.

    Control and direction marks, which XML refuses or which could show 0001 for 1000, become visible: ``〔U+202E〕``.
    So do characters that no installed face can draw, when ``drawable`` is given.
    """
    if isinstance(data, str):
        return "".join(_char(c, drawable) for c in re.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", data))
    if isinstance(data, Mapping):
        return {key: printable(value, drawable) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [printable(value, drawable) for value in data]
    return data


def _char(c: str, drawable: frozenset[int] | None) -> str:
    point = ord(c)
    if c in "\n\t" or point in _JOINERS:
        return c
    kind = unicodedata.category(c)
    hidden = kind in ("Cc", "Cf", "Cs", "Cn")
    # Private use (造字 in names) looks right only on the PC that made it; another face would draw something else.
    undrawable = drawable is not None and (kind == "Co" or point not in drawable)
    return f"〔U+{point:04X}〕" if hidden or undrawable else c


def masked(account: str) -> str:
    """A bank account as it may be printed: ``****1234``; short ones vanish wholly."""
    bare = re.sub(r"\s|-", "", account)
    return "****" + (bare[-4:] if len(bare) > 8 else "") if bare else ""


def discreet(text: str, account: str = "") -> str:
    """Free text with account and identity numbers masked; ``account`` however short it is."""
    if account.strip():
        text = text.replace(account, masked(account))
    return _LONG_NUMBER.sub(lambda found: masked(found[0]), text)
