"""``words.md`` of a folder and a statement's names → a :class:`~automations.reports.document.Document`.

The office edits the words, so they run in a sandbox, and all mistakes are told at once, with line and field. A line is
a heading (``## 一、…`` ``### （一）…`` ``#### 1.…``), stands for a table, a chart or a new page (``[[表 NAME]]``
``[[图 NAME]]`` ``[[分页]]``) or is a paragraph. What ``{{ }}`` writes is running text whatever it holds: no cell can
start a heading, place a table or write a mark of its own.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError

from automations.errors import HouqinError, TemplateError
from automations.reports.cells import UNVERIFIED, codes_of
from automations.reports.checks import check_data, check_words
from automations.reports.document import (
    Block,
    Break,
    Chart,
    Document,
    Heading,
    Paragraph,
    Piece,
    Placed,
    Source,
    Table,
)
from automations.reports.held import Held
from automations.reports.manifest import report_manifest
from automations.reports.mistakes import shown, there
from automations.reports.render import environment

PLACE = re.compile(r"\[\[\s*(表|图|分页)\s*(\S*)\s*\]\]")
HEADING = re.compile(r"(#{2,4})\s*(.+)")


def told(
    folder: Path,
    data: Mapping[str, Any],
    *,
    unit: str,
    period_title: str,
    made_on: date,
    dataline: str = "",
    links: Mapping[str, str] | None = None,
) -> Document:
    """A report, ready for :func:`~automations.reports.files.render_report`.

    A table that the words place under a condition is left out where the condition fails; one that they never name
    follows at the end.

    Args:
        folder: ``report.toml`` and ``words.md``.
        data: What the statement gave. Tables and charts can be placed, every other name can stand in the words; so can
            ``unit``, ``period`` (its title) and ``made_on``.
        unit: The school's full name.
        period_title: Such as ``2026年9月``; of a report about one row what its title should call it.
        made_on: Date of signing, the school's day.
        dataline: Until when the data reach; what ▲ means is added where a figure bears one.
        links: Address of a row on the host by 编号, http or https.

    Raises:
        TemplateError: ``problems`` names every mistake found, with file and line.
    """
    manifest = report_manifest(folder)
    path = there(folder / "words.md")
    try:
        words = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise TemplateError(f"{shown(path)} 不是 UTF-8 编码。请用记事本另存为 UTF-8 后重试。") from None
    names = {**data, "unit": unit, "period": period_title, "made_on": made_on}
    tables = {name: value for name, value in data.items() if isinstance(value, Table)}
    charts = {name: value for name, value in data.items() if isinstance(value, Chart)}
    check_data(folder.name, tables, charts)
    year = int(period_title[:4]) if period_title[:4].isdecimal() else made_on.year
    held = Held(year)
    jinja = environment(folder).overlay(autoescape=False, trim_blocks=False, lstrip_blocks=False, finalize=held.written)
    jinja.filters.update(held.filters())
    check_words(folder / "report.toml", manifest.title, jinja, names, {}, {})
    check_words(path, words, jinja, names, tables, charts)
    title = held.plain(_rendered(jinja, manifest.title, names, folder / "report.toml"))
    blocks: list[Block] = []
    numbers: dict[tuple[str, ...], int] = {}
    text = _rendered(jinja, words, names, path)
    for line in text.split("\n"):
        block = _block(line.strip(), held, numbers)
        if block is None:
            continue
        blocks.append(block)
        if isinstance(block, Placed) and block.what == "table":
            _number_cells(tables[block.name], numbers)
    placed = {block.name for block in blocks if isinstance(block, Placed) and block.what == "table"}
    drawn = {charts[block.name].table for block in blocks if isinstance(block, Placed) and block.what == "chart"}
    decided = {name for what, name in PLACE.findall(words) if what == "表"} - placed - drawn
    tables = {name: table for name, table in tables.items() if name not in decided}  # the words chose not to show these
    for name, table in tables.items():
        if name not in placed:
            _number_cells(table, numbers)
    if held.unverified or any(_unverified(table) for table in tables.values()):
        dataline = "，".join(part for part in (dataline, f"标{UNVERIFIED}者所用标准待本地核实") if part)
    return Document(
        name=folder.name,
        title=title,
        unit=unit,
        addressee=manifest.addressee,
        dataline=dataline,
        made_on=made_on,
        blocks=tuple(blocks),
        tables=tables,
        charts=charts,
        sources=tuple(Source(number, codes) for codes, number in numbers.items()),
        links={code: url for code, url in (links or {}).items() if url.startswith(("http://", "https://"))},
    )


def _rendered(jinja: Any, text: str, names: Mapping[str, Any], path: Path) -> str:
    try:
        return str(jinja.from_string(text).render(names))
    except Exception as error:
        if isinstance(error, TemplateSyntaxError):
            line: int | None = error.lineno
        else:
            line, trace = None, error.__traceback__
            while trace:
                if trace.tb_frame.f_code.co_filename == "<template>":
                    line = trace.tb_lineno
                trace = trace.tb_next
        reason = str(error).split("\n")[0]
        if isinstance(error, SecurityError):
            reason = f"用了不允许的写法（{reason}）"
        elif not isinstance(error, HouqinError | UndefinedError):
            reason = f"写法有误（{reason}）"
        where = f" 第 {line} 行" if line and path.suffix != ".toml" else ""
        raise TemplateError(f"{shown(path)}{where}：{reason}。请改正后重试。") from error


def _block(line: str, held: Held, numbers: dict[tuple[str, ...], int]) -> Block | None:
    if place := PLACE.fullmatch(line):
        what, name = place.groups()
        return Break() if what == "分页" else Placed("table" if what == "表" else "chart", name)
    if heading := HEADING.fullmatch(line):
        return Heading(len(heading[1]) - 1, held.plain(heading[2]))
    pieces: list[Piece] = []
    for text, codes in held.pieces(line):
        if text and pieces and pieces[-1].index is None:
            pieces[-1] = Piece(pieces[-1].text + text)
        elif text:
            pieces.append(Piece(text))
        if codes:
            number = numbers.setdefault(codes, len(numbers) + 1)
            pieces.append(Piece(str(number), number))
    paragraph = Paragraph(tuple(pieces))
    return paragraph if paragraph.text.strip() else None


def _number_cells(table: Table, numbers: dict[tuple[str, ...], int]) -> None:
    for row in table.rows:
        for cell in row:
            if codes := codes_of(cell):
                numbers.setdefault(codes, len(numbers) + 1)


def _unverified(table: Table) -> bool:
    return any(getattr(cell, "unverified", ()) for row in table.rows for cell in row)
