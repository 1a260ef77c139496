"""How wide the columns of a table are, how large its letters, and which way the sheet lies; where a title breaks. Pure.

Numbers, days and 编号 never break in the middle; texts give way to them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from automations.reports.cells import NUMBERS, cell_text, codes_of
from automations.reports.document import Column, Document, Table

PERIOD = re.compile(r"\d{4}年(?:度|\d{1,2}月|第.季度)?")
CODE = re.compile(r"[A-Z]{2,4}-\d{4}-\d{4,6}")
PADDING = 1.2
BEHIND_NUMBERS = 0.8
"""More room in front of a text or day that stands behind right-aligned numbers (page.css)."""
GAP = 0.3
"""Word leaves some room between a number and its unit."""
SMALL = 0.42
"""Width of a digit of a small number."""
MOST, LEAST = 18.0, 5.0
"""A column of texts asks for no more, and is content with no less, in 汉字."""
HEAD = 6
"""Lines that a head may take."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A table on paper.

    Attributes:
        across: On a sheet laid across.
        size: Of its letters, one of those offered.
        shares: Of the width, by column; 1 together.
        digits: Of the longest small number in each column; 0 where there is none.
    """

    across: bool
    size: float
    shares: tuple[float, ...]
    digits: tuple[int, ...]


def wide(text: str) -> float:
    """Width in 汉字 of the longest line; digits and Latin letters are about 0.55 of one."""
    return max(sum(1 if ord(c) > 0x2000 else 0.55 for c in line) for line in text.split("\n"))


def digits(table: Table, document: Document) -> tuple[int, ...]:
    """Of the longest small number in each column."""
    indexes = [[document.index_of(codes_of(cell)) for cell in row] for row in table.rows]
    return tuple(max((len(str(row[n] or "")) for row in indexes), default=0) for n in range(len(table.columns)))


def wishes(table: Table, small: Sequence[int]) -> list[float]:
    """Room that each column asks for, in 汉字: numbers and days whole, texts within reason."""
    asked = []
    for n, column in enumerate(table.columns):
        cells = sorted(wide(cell_text(row[n], column)) for row in table.rows)
        longest, typical = (cells[-1], cells[len(cells) * 9 // 10]) if cells else (0.0, 0.0)
        body = min(typical, MOST) if gives_way(table, n) else longest
        body += GAP if column.kind in NUMBERS and body > 0 else 0
        before = table.columns[n - 1].kind if n else "text"
        body += BEHIND_NUMBERS if before in NUMBERS and column.kind not in NUMBERS else 0
        asked.append(max(body, _head(column), 2.0) + small[n] * SMALL + PADDING)
    return asked


def gives_way(table: Table, n: int) -> bool:
    """Whether the texts of the *n*-th column may break into lines; nobody can read half of a 编号."""
    column = table.columns[n]
    return column.kind == "text" and not any(CODE.fullmatch(cell_text(row[n], column)) for row in table.rows)


def lay(table: Table, document: Document, room: float, long_side: float, sizes: Sequence[float]) -> Layout:
    """Lay a table out.

    Args:
        table: What is laid out.
        document: Where it stands; knows the small numbers.
        room: Width between the margins, in points.
        long_side: The same on a sheet laid across.
        sizes: Of letters, in points, largest first.
    """
    small = digits(table, document)
    wished = wishes(table, small)
    least = [
        min(wish, max(LEAST, wide(column.title) / HEAD) + PADDING) if gives_way(table, n) else wish
        for n, (wish, column) in enumerate(zip(wished, table.columns, strict=True))
    ]
    for width in (room, long_side):
        for asked in (wished, least):
            size = next((size for size in sizes if sum(asked) * size <= width), None)
            if size:
                return Layout(width != room, size, _shares(table, wished, least, width / size), small)
    return Layout(True, sizes[-1], _shares(table, wished, least, long_side / sizes[-1]), small)


def _shares(table: Table, wished: list[float], least: list[float], room: float) -> tuple[float, ...]:
    told = [column.width for column in table.columns]
    base = told if len(set(told)) > 1 else wished
    widths, fixed = [width * room / sum(base) for width in base], set[int]()
    while tight := {n for n, width in enumerate(widths) if width < least[n] - 1e-9} - fixed:
        fixed |= tight
        left = room - sum(least[n] for n in fixed)
        free = sum(base[n] for n in range(len(base)) if n not in fixed)
        if left <= 0 or not free:
            widths = least
            break
        widths = [least[n] if n in fixed else base[n] * left / free for n in range(len(base))]
    return tuple(width / sum(widths) for width in widths)


def _head(column: Column) -> float:
    """A head of more than four 汉字 may take two lines."""
    return min(wide(column.title), max(4.0 if column.kind not in NUMBERS else 3.0, wide(column.title) / 2 + 0.5))


def title_lines(title: str, unit: str, room: float) -> list[str]:
    """A title in two lines where one of ``room`` 汉字 does not hold it, broken where the sense allows (GB/T 9704).

    That is behind the period or behind the school's name, whichever leaves the lines more alike.
    """
    if wide(title) <= room:
        return [title]
    ends = [found.end() for found in PERIOD.finditer(title)]
    ends += [title.index(unit) + len(unit)] if unit and unit in title else []
    ends = [end for end in ends if 0 < end < len(title)] or [len(title) // 2]
    best = min(ends, key=lambda end: max(wide(title[:end]), wide(title[end:])))
    return [title[:best], title[best:]]
