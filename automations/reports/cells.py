"""How cells and figures of a report read: the same text on the page, in the PDF and in Word. Pure."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from automations.measures import MISSING, Measure
from automations.reports.document import Cell, Column, Source
from automations.workdays import local_date

UNVERIFIED = "▲"
"""Behind a figure that stands on a parameter nobody checked."""

SOURCES = "数字右上角的小号对应下列记录的编号；条数多的只列前几条，全部编号在 Excel 文件的“依据”表里。"
"""Above the rows behind the figures."""

PRINTED = 400
"""So many small numbers have their rows on paper, eight pages of them: more than a year of one school has.

The first ones are those of the words, then of the tables in the text; what is not printed stands in the workbook.
"""

NOTHING = "本期没有记录"
"""Stands in a table without rows."""

NUMBERS = frozenset({"number", "money", "percent"})
STATES = {"正常": "good", "达标": "good", "关注": "look", "超期": "look", "未达标": "look", "无": "none"}
"""Words that say how things stand, alone in a cell: shown with a mark, never by colour alone."""


def number_text(value: Decimal | int, places: int) -> str:
    """``1,234.50``; halves go up, as accountants round."""
    return f"{rounded(value, places):,}"


def rounded(value: Decimal | int, places: int) -> Decimal:
    """To ``places`` decimals; never ``-0``."""
    exact = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return exact if exact else abs(exact)


def day_text(day: date, year: int | None = None) -> str:
    """``2026年9月12日``; without the year where it is ``year``."""
    if isinstance(day, datetime):
        day = local_date(day)
    head = "" if day.year == year else f"{day.year}年"
    return f"{head}{day.month}月{day.day}日"


def places_of(cell: Cell, column: Column) -> int:
    """Decimals to show: two of money, else a measure's own, else the column's."""
    if column.kind == "money":
        return 2
    return cell.places if isinstance(cell, Measure) else column.places


def unit_of(cell: Cell, column: Column) -> str:
    """What stands behind a number in a table: its unit, unless the column's head says it already."""
    unit = "%" if column.kind == "percent" else cell.unit if isinstance(cell, Measure) else ""
    told = column.title.endswith((f"（{unit}）", f"({unit})")) or (column.kind == "money" and unit == "元")
    return "" if told else unit


def number_of(cell: Cell) -> Decimal | None:
    """The number in a cell; None where there is none, or none is known."""
    if isinstance(cell, Measure):
        return cell.value
    if isinstance(cell, Decimal):
        return cell
    return Decimal(cell) if isinstance(cell, int) and not isinstance(cell, bool) else None


def cell_text(cell: Cell, column: Column) -> str:
    """A cell as people read it; ▲ included, the small number not."""
    number = number_of(cell)
    if number is not None:
        text = number_text(number, places_of(cell, column)) + unit_of(cell, column)
        return text + UNVERIFIED if isinstance(cell, Measure) and cell.unverified else text
    if isinstance(cell, Measure):
        return MISSING
    if cell is None:
        return MISSING if column.kind in NUMBERS else ""
    return f"{local_date(cell) if isinstance(cell, datetime) else cell}"


def codes_of(cell: Cell) -> tuple[str, ...]:
    """Rows behind a cell; of an unknown figure none."""
    return cell.codes if isinstance(cell, Measure) and cell.known else ()


def on_paper(sources: tuple[Source, ...]) -> tuple[tuple[Source, ...], str]:
    """Of the rows behind figures those that are printed, and what is said above them."""
    shown = sources[:PRINTED]
    if len(shown) == len(sources):
        return shown, SOURCES
    first, last = sources[PRINTED].index, sources[-1].index
    return shown, f"{SOURCES}小号{first}至{last}没有印在这里，请到该表里查。"


def ranges(codes: tuple[str, ...], more_than: int = 12) -> list[tuple[str, str, int]]:
    """Codes as (first, last, how many) of unbroken runs; ``more_than`` or fewer stay single.

    ``ZC-2026-0001`` to ``ZC-2026-0009`` are a run of nine: the same before the last digits, and these count on.
    """
    if len(codes) <= more_than:
        return [(code, code, 1) for code in codes]
    runs: list[tuple[str, str, int]] = []
    for code in codes:
        if runs and code == _next(runs[-1][1]):
            runs[-1] = (runs[-1][0], code, runs[-1][2] + 1)
        else:
            runs.append((code, code, 1))
    return runs


def shortened(runs: list[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """First and last of each run as paper has room for them: ``ZC-2026-0007至0009、0012``. "" for a run of one."""
    texts, before = [], ""
    for first, last, _ in runs:
        shown = _tail(first, before)
        texts.append((shown, "" if first == last else _tail(last, first)))
        before = last
    return texts


def _tail(code: str, before: str) -> str:
    """What of a code differs from the one before: all, or what follows its last hyphen."""
    stem = code[: code.rfind("-") + 1]
    return code[len(stem) :] if stem and before[: before.rfind("-") + 1] == stem else code


def _next(code: str) -> str:
    """The code that follows; "" after one without digits at its end."""
    digits = code[len(code.rstrip("0123456789")) :]
    return code[: len(code) - len(digits)] + str(int(digits) + 1).zfill(len(digits)) if digits else ""
