"""A report's tables as an Excel file: a sheet a table, and one with the rows behind the figures.

Numbers stay numbers and days stay days, so that the accountant can go on with them; everything else is text that no
program takes for a formula or an address (libraries.md 5).
"""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from automations.reports.cells import (
    NOTHING,
    NUMBERS,
    UNVERIFIED,
    cell_text,
    codes_of,
    number_of,
    places_of,
    unit_of,
)
from automations.reports.document import Cell, Column, Document, Table
from automations.reports.layout import wishes
from automations.workdays import local_date

SOURCES = "依据"
DIGITS = 15
"""What Excel holds exactly; a longer number is written as text."""
LETTERS = 32_767
"""What a cell of Excel takes."""
ROWS = 1_000_000
"""What a sheet takes, less some; more rows are dropped without a word."""
FACE = "宋体"
EM = 2.1
"""Excel's widths count Latin letters."""
UPRIGHT = 95
"""So many stand on an upright sheet without being made much smaller."""


def workbook(document: Document) -> bytes:
    """The file."""
    from xlsxwriter import Workbook  # only where one is made

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, options) as book:
        book.set_properties({"title": document.title, "author": document.unit, "created": _midnight(document.made_on)})
        formats = _Formats(book)
        used: set[str] = {SOURCES.casefold()}
        for table in document.tables.values():
            _sheet(book.add_worksheet(sheet_name(table.title, used)), table, document, formats)
        _sources(book, used, document, formats)
    return out.getvalue()


def sheet_name(title: str, used: set[str]) -> str:
    """A name that Excel takes and that is not ``used`` yet; adds it there."""
    clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip().strip("'").strip() or "表"
    if clean.casefold() == "history":  # reserved by Excel
        clean += "表"
    name, number = _cut(clean, 31), 1
    while name.casefold() in used:
        number += 1
        name = _cut(clean, 31 - len(f"（{number}）")) + f"（{number}）"
    used.add(name.casefold())
    return name


def _cut(text: str, units: int) -> str:
    """The first UTF-16 ``units`` of a text, which is how Excel counts; no half emoji."""
    while len(text.encode("utf-16-le")) > units * 2:
        text = text[:-1]
    return text.strip().strip("'") or "表"


class _Formats:
    """Cell formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._known = book, {}  # type: Any, dict[tuple[tuple[str, Any], ...], Any]

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._known:
            base = {"font_name": FACE, "font_size": 10, "valign": "vcenter"}
            self._known[key] = self._book.add_format(base | properties)
        return self._known[key]


GRID = {"border": 1, "border_color": "#9AA0A6"}


def _sheet(sheet: Any, table: Table, document: Document, formats: _Formats) -> None:
    indexes = [[document.index_of(codes_of(cell)) for cell in row] for row in table.rows]
    sourced = any(number for row in indexes for number in row)
    last = len(table.columns) - 1 + sourced
    sheet.write_string(0, 0, table.title, formats(bold=True, font_size=14))
    sheet.set_row(0, 24)
    room = [min(max(em * EM, 8), 60) for em in wishes(table, [0] * len(table.columns))]
    for n, (column, width) in enumerate(zip(table.columns, room, strict=True)):
        sheet.set_column(n, n, width)
        sheet.write_string(
            1, n, column.title, formats(**GRID, bold=True, bg_color="#F3F5F7", align="center", text_wrap=True)
        )
    if sourced:
        sheet.set_column(last, last, 10)
        sheet.write_string(1, last, SOURCES, formats(**GRID, bold=True, bg_color="#F3F5F7", align="center"))
    for r, row in enumerate(table.rows):
        total = {"bold": True, "bg_color": "#F3F5F7"} if table.totals and r == len(table.rows) - 1 else {}
        for n, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _write(sheet, r + 2, n, cell, column, formats, GRID | total)
        if sourced:
            numbers = dict.fromkeys(str(number) for number in indexes[r] if number)
            sheet.write_string(r + 2, last, "、".join(numbers), formats(**GRID, **total, align="center"))
    end = len(table.rows) + 2
    if not table.rows:
        sheet.write_string(end, 0, NOTHING, formats(font_color="#57606A"))
        end += 1
    for text in filter(None, (table.note, document.dataline)):
        sheet.write_string(end, 0, text[:LETTERS], formats(font_color="#57606A"))
        end += 1
    _page(sheet, document, landscape=sum(room) > UPRIGHT, last=last, end=end)
    if table.rows:
        sheet.autofilter(1, 0, len(table.rows) + 1 - table.totals, last)


def _write(sheet: Any, r: int, n: int, cell: Cell, column: Column, formats: _Formats, look: dict[str, Any]) -> None:
    number = number_of(cell)
    if number is not None and len(_exact(number, cell, column).as_tuple().digits) <= DIGITS:
        unit = unit_of(cell, column)
        percent = unit == "%"
        value = number / 100 if percent else number
        sheet.write_number(r, n, float(value), formats(**look, num_format=_mask(cell, column, unit, percent)))
    elif isinstance(cell, date):
        day = local_date(cell) if isinstance(cell, datetime) else cell
        sheet.write_datetime(r, n, _midnight(day), formats(**look, num_format="yyyy-mm-dd", align="center"))
    else:
        side = "right" if column.kind in NUMBERS else "left"
        text = cell_text(cell, column)
        sheet.write_string(r, n, text[:LETTERS], formats(**look, num_format="@", align=side, text_wrap=True))


def _exact(number: Decimal, cell: Cell, column: Column) -> Decimal:
    """As it is shown: how many digits of a long fraction people see does not depend on Excel."""
    return number.quantize(Decimal(1).scaleb(-places_of(cell, column)))


def _mask(cell: Cell, column: Column, unit: str, percent: bool) -> str:
    """How Excel shows it; what stands behind the number is part of the mask, so that the cell stays a number."""
    places = places_of(cell, column)
    mask = "#,##0" + ("." + "0" * places if places else "")
    if percent:
        mask += "%"
    elif unit:
        mask += '"' + unit.replace('"', "") + '"'
    return mask + (f'"{UNVERIFIED}"' if getattr(cell, "unverified", ()) else "")


def _sources(book: Any, used: set[str], document: Document, formats: _Formats) -> None:
    """All of them, a row each, on as many sheets as Excel needs: an auditor finds every row behind every figure."""
    rows = [(source.index, code) for source in document.sources for code in source.codes]
    for first in range(0, max(len(rows), 1), ROWS):
        sheet = book.add_worksheet(sheet_name(SOURCES, used) if first else SOURCES)
        _source_rows(sheet, rows[first : first + ROWS], document, formats)


def _source_rows(sheet: Any, rows: Sequence[tuple[int, str]], document: Document, formats: _Formats) -> None:
    sheet.write_string(0, 0, f"{document.title}：数字的依据", formats(bold=True, font_size=14))
    sheet.set_row(0, 24)
    for n, (title, width) in enumerate((("小号", 8), ("编号", 24), ("地址", 60))):
        sheet.set_column(n, n, width)
        sheet.write_string(1, n, title, formats(**GRID, bold=True, bg_color="#F3F5F7", align="center"))
    number, text, address = formats(**GRID, align="center"), formats(**GRID, num_format="@"), formats(**GRID)
    end = 2
    for end, (index, code) in enumerate(rows, 3):
        sheet.write_number(end - 1, 0, index, number)
        sheet.write_string(end - 1, 1, code[:LETTERS], text)
        sheet.write_string(end - 1, 2, document.links.get(code, ""), address)
    _page(sheet, document, landscape=False, last=2, end=end)
    if rows:
        sheet.autofilter(1, 0, end - 1, 2)


def _page(sheet: Any, document: Document, *, landscape: bool, last: int, end: int) -> None:
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    sheet.center_horizontally()
    unit = document.unit.replace("&", "&&")[:120]
    sheet.set_footer(f"&L&9{unit}&R&9第 &P 页　共 &N 页")
    sheet.print_area(0, 0, max(end - 1, 1), max(last, 5))  # a note under a narrow table runs on to the right


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
