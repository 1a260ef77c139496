"""A report as one page: no script, no address but those of the school's own rows. The PDF is its print."""

from collections.abc import Iterator
from typing import Any

from automations.reports.cells import (
    NOTHING,
    NUMBERS,
    SOURCES,
    STATES,
    cell_text,
    codes_of,
    day_text,
    on_paper,
    ranges,
    shortened,
)
from automations.reports.charts import svg
from automations.reports.document import Break, Cell, Column, Document, Heading, Paragraph, Source, Table
from automations.reports.fonts import OFFICE, Faces
from automations.reports.layout import lay, title_lines, wide, wishes
from automations.reports.manifest import template_folder
from automations.reports.mistakes import explain
from automations.reports.render import environment, printed

ROOM, LONG_SIDE = 448, 714
"""Points between the margins of page.css, upright and across."""
SIZES = (9, 8)
"""Points of a table's letters in print."""
SHORT = 8
"""Texts of so many 汉字 stay on one line on a screen."""
LONG = 30
"""Longer ones keep some width on a phone."""
CODE = 24
"""So do codes of so many letters."""
LINE = 24.0
"""汉字 that a line of the title holds in print."""
RUNS = 240
"""Runs of codes that a small number may take up on the screen; the workbook has them all."""
PATIENCE = 600
"""Seconds that it may take: a year's report takes 20 of one processor, which may be wanted elsewhere."""
FEW = 10
"""So many are seen at once. On paper that is all, where a month's figures stand on thousands of rows."""


def page(document: Document, faces: Faces = OFFICE, *, paper: bool = False) -> str:
    """The page.

    Args:
        document: Every text as :func:`~automations.reports.neutral.neutral` leaves it.
        faces: To print with; a browser brings its own.
        paper: To be printed: fewer rows behind each figure, and of the first figures only.
    """
    folder = template_folder("_report")
    jinja = environment(folder)
    sources, about = on_paper(document.sources) if paper else (document.sources, SOURCES)
    jinja.globals |= {"fonts": faces, "listed": sources[-1].index if sources else 0}
    names = {
        "document": document,
        "nothing": NOTHING,
        "few": FEW,
        "about_sources": about,
        "lines": title_lines(document.title, document.unit, LINE),
        "date": day_text(document.made_on),
        "blocks": list(_blocks(document, faces)),
        "annexes": list(_annexes(document)),
        "sources": [_source(source, document, paper) for source in sources],
    }
    try:
        return jinja.get_template("page.html").render(names)
    except Exception as error:
        explain(error, folder, "page.html")


def pdf(document: Document, faces: Faces) -> bytes:
    """The page, printed by a short-lived process.

    Raises:
        ReportError: The machine cannot print it.
    """
    return printed(page(document, faces, paper=True), template_folder("_report"), PATIENCE)


def _blocks(document: Document, faces: Faces) -> Iterator[dict[str, Any]]:
    for n, block in enumerate(document.blocks):
        if isinstance(block, Heading):
            yield {"kind": "heading", "level": block.level, "text": block.text, "id": f"h{n}"}
        elif isinstance(block, Paragraph):
            yield {"kind": "words", "pieces": block.pieces}
        elif isinstance(block, Break):
            yield {"kind": "break"}
        elif block.what == "table":
            yield {"kind": "table", "table": _table(document.tables[block.name], document)}
        else:
            chart = document.charts[block.name]
            yield {"kind": "chart", "title": chart.title, "svg": svg(chart, f"c{n}", faces.sans)}


def _annexes(document: Document) -> Iterator[dict[str, Any]]:
    many = len(document.annexes) > 1
    for n, table in enumerate(document.annexes, 1):
        yield _table(table, document) | {"title": f"附表{n if many else ''}　{table.title}"}


def _table(table: Table, document: Document) -> dict[str, Any]:
    cells = [
        [_cell(cell, column, document) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows
    ]
    laid = lay(table, document, ROOM, LONG_SIDE, SIZES)
    return {
        "title": table.title,
        "note": table.note,
        "totals": table.totals,
        "wide": laid.across,
        "small": laid.size == SIZES[-1],
        "ems": round(sum(wish + 1 for wish in wishes(table, laid.digits))),
        "columns": [
            {
                "title": column.title,
                "share": f"{laid.shares[n] * 100:.2f}",
                "number": column.kind in NUMBERS,
                "digits": laid.digits[n],
            }
            for n, column in enumerate(table.columns)
        ],
        "rows": cells,
    }


def _cell(cell: Cell, column: Column, document: Document) -> dict[str, Any]:
    text = cell_text(cell, column)
    return {
        "text": text,
        "kind": _kind(text, column),
        "state": STATES.get(text, ""),
        "index": document.index_of(codes_of(cell)),
    }


def _kind(text: str, column: Column) -> str:
    """How a cell is set: ``number``, ``short`` on one line, ``long`` with room, "" as it comes."""
    if column.kind in NUMBERS:
        return "number"
    return "short" if column.kind == "date" or wide(text) <= SHORT else "long" if wide(text) > LONG else ""


def _source(behind: Source, document: Document, paper: bool) -> dict[str, Any]:
    runs, most = ranges(behind.codes), FEW if paper else RUNS
    source = {
        "index": behind.index,
        "total": len(behind.codes),
        "cut": len(runs) > most,
        "text": "",
        "parts": [],
    }
    if paper:  # one text, which is set in a fraction of the time of many pieces
        told = shortened(runs[:most])
        return source | {"text": "、".join(first + (f"至{last}" if last else "") for first, last in told)}
    parts = [
        {
            "whole": max(len(first), len(last)) <= CODE,
            "first": first,
            "last": "" if first == last else last,
            "url": document.links.get(first, ""),
            "last_url": document.links.get(last, ""),
        }
        for first, last, _ in runs[:most]
    ]
    return source | {"parts": parts}
