"""Paragraphs and tables of a report in WordprocessingML: only which style each bears; how styles look is Word's. Pure.

Texts are escaped here and nowhere else.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import escape

from automations.errors import TemplateError
from automations.reports.cells import NOTHING, NUMBERS, STATES, cell_text, codes_of, on_paper, ranges, shortened
from automations.reports.document import Break, Cell, Column, Document, Heading, Paragraph, Table
from automations.reports.layout import Layout, lay
from automations.reports.mistakes import shown

NAMES = {
    "heading1": "报告一级标题",
    "heading2": "报告二级标题",
    "heading3": "报告三级标题",
    "words": "报告正文",
    "caption": "报告表题",
    "head": "报告表头",
    "cell": "报告表格文字",
    "note": "报告表注",
    "chart": "报告图",
    "source": "报告依据",
    "table": "报告表格",
}
EMU = 635
"""English Metric Units in a twip."""
POINT = 12700
"""English Metric Units in a point."""
FEW = 10
"""Runs of codes that a small number may take up; the workbook has them all."""
SIZES = (10.5, 9, 8)
"""Points that a table may be set in; the first is what the style says."""
FIGURE_SPACE = "\u2007"
"""As wide as a digit."""
SUPERSCRIPT = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
PAGE_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


@dataclass(frozen=True, slots=True)
class Styles:
    """Ids of the styles in a Word file by our names for them."""

    ids: dict[str, str]

    @classmethod
    def of(cls, docx: Any, path: Path) -> "Styles":
        """Those of a template.

        Raises:
            TemplateError: Some are gone.
        """
        there = {style.name: style.style_id for style in docx.styles}
        if missing := [name for name in NAMES.values() if name not in there]:
            raise TemplateError(
                f"{shown(path)} 少了样式，排版会走样。请从 report_templates/_report/official.docx 复制过来：",
                [f"缺少样式“{name}”" for name in missing],
            )
        return cls({key: there[name] for key, name in NAMES.items()})


@dataclass
class Writer:
    """Writes the parts of one report.

    Attributes:
        room: Width between the margins, in EMU.
        long_side: The same on a sheet laid across.
        section: A copy of the template's last ``w:sectPr``.
        drawings: ``wp:inline`` by chart.
    """

    document: Document
    styles: Styles
    room: int
    long_side: int = 0
    section: Any = None
    drawings: dict[str, str] = field(default_factory=dict)

    def body(self) -> str:
        """Headings, paragraphs, placed tables and charts."""
        return "".join(self._blocks())

    def annexes(self) -> str:
        """附表, from a new page on; "" where there are none."""
        tables = self.document.annexes
        parts = [PAGE_BREAK] if tables else []
        for n, table in enumerate(tables, 1):
            parts.append(self._table(table, f"附表{n if len(tables) > 1 else ''}　"))
        return "".join(parts)

    def sources(self) -> str:
        """The rows behind the small numbers; "" where there are none."""
        if not self.document.sources:
            return ""
        shown, about = on_paper(self.document.sources)
        parts = [self._p("heading1", _run("依据")), self._p("note", _run(about))]
        for source in shown:
            runs = ranges(source.codes)
            codes = (first + (f"至{last}" if last else "") for first, last in shortened(runs[:FEW]))
            many = len(source.codes)
            text = "、".join(codes) + (f"等 {many} 条" if len(runs) > FEW else f"（{many} 条）" if many > 1 else "")
            mark = (
                f'<w:bookmarkStart w:id="{9000 + source.index}" w:name="yj{source.index}"/>{_run(f"{source.index}．")}'
                f'<w:bookmarkEnd w:id="{9000 + source.index}"/>'
            )
            parts.append(self._p("source", mark + _run(text)))
        return "".join(parts)

    def _blocks(self) -> Iterator[str]:
        for block in self.document.blocks:
            if isinstance(block, Heading):
                yield self._p(f"heading{block.level}", _run(block.text))
            elif isinstance(block, Paragraph):
                runs = (_run(p.text) if p.index is None else self._small(str(p.index)) for p in block.pieces)
                yield self._p("words", "".join(runs))
            elif isinstance(block, Break):
                yield PAGE_BREAK
            elif block.what == "table":
                yield self._table(self.document.tables[block.name])
            else:
                chart = self.document.charts[block.name]
                yield self._p("caption", _run(chart.title))
                yield self._p("chart", f"<w:r><w:drawing>{self.drawings[block.name]}</w:drawing></w:r>")

    def _p(self, style: str, runs: str, extra: str = "") -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{self.styles.ids[style]}"/>{extra}</w:pPr>{runs}</w:p>'

    def _table(self, table: Table, label: str = "") -> str:
        laid = lay(table, self.document, self.room / POINT, self.long_side / POINT, SIZES)
        room = (self.long_side if laid.across else self.room) // EMU
        grid = [round(share * room) for share in laid.shares]
        grid[-1] += room - sum(grid)
        sized = _sized(laid)
        small = f"<w:rPr>{sized}</w:rPr>" if sized else ""
        heads = "".join(
            _cell(width, self._p("head", _run(column.title, small)), "F2F2F2")
            for column, width in zip(table.columns, grid, strict=True)
        )
        rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>"]
        for n, row in enumerate(table.rows):
            total = table.totals and n == len(table.rows) - 1
            rows.append(self._row(row, table.columns, grid, laid, total))
        if not table.rows:
            span = f'<w:gridSpan w:val="{len(grid)}"/>'
            nothing = self._p("cell", _run(NOTHING), '<w:jc w:val="center"/>')
            rows.append(f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{room}" w:type="dxa"/>{span}</w:tcPr>{nothing}</w:tc></w:tr>')
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
        xml = (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{self.styles.ids["table"]}"/><w:tblW w:w="{room}" w:type="dxa"/>'
            f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>'
            f"{''.join(rows)}</w:tbl>"
        )
        note = self._p("note", _run(table.note or ""))  # also keeps two tables apart
        xml = self._p("caption", _run(label + table.title)) + xml + note
        return self._section(across=False) + xml + self._section(across=True) if laid.across else xml

    def _row(
        self,
        row: tuple[Cell, ...],
        columns: tuple[Column, ...],
        grid: list[int],
        laid: Layout,
        total: bool,
    ) -> str:
        """A row; figures stand one below the other although some have small numbers."""
        cells, longest = [], 0
        sized = _sized(laid)
        for n, (cell, column, width) in enumerate(zip(row, columns, grid, strict=True)):
            text = cell_text(cell, column)
            longest = max(longest, len(text))
            look = ("<w:b/>" if total or STATES.get(text) == "look" else "") + sized
            runs = _run(text, f"<w:rPr>{look}</w:rPr>" if look else "")
            index = self._index(cell)
            runs += self._small(index) if index else ""
            if column.kind in NUMBERS and len(index) < laid.digits[n]:
                runs += _run(FIGURE_SPACE * (laid.digits[n] - len(index)), SUPERSCRIPT)
            side = "right" if column.kind in NUMBERS else "center" if column.kind == "date" else ""
            jc = f'<w:jc w:val="{side}"/>' if side else ""
            cells.append(_cell(width, self._p("cell", runs, jc), "F2F2F2" if total else ""))
        whole = "<w:trPr><w:cantSplit/></w:trPr>" if longest < 300 else ""
        return f"<w:tr>{whole}{''.join(cells)}</w:tr>"

    def _index(self, cell: Cell) -> str:
        """The small number of a cell; "" for none."""
        return str(self.document.index_of(codes_of(cell)) or "")

    def _small(self, index: str) -> str:
        """The small number; leads to its place in 依据, where that is printed."""
        run = f"<w:r>{SUPERSCRIPT}<w:t>{index}</w:t></w:r>"
        shown, _ = on_paper(self.document.sources)
        listed = shown and int(index) <= shown[-1].index
        return f'<w:hyperlink w:anchor="yj{index}" w:history="1">{run}</w:hyperlink>' if listed else run

    def _section(self, *, across: bool) -> str:
        """Ends a section: what stands before it is laid ``across`` the sheet, or upright."""
        from docx.oxml.ns import qn
        from lxml import etree

        properties = copy.deepcopy(self.section)
        if across:
            size = properties.find(qn("w:pgSz"))
            width, height = size.get(qn("w:w")), size.get(qn("w:h"))
            size.set(qn("w:w"), height)
            size.set(qn("w:h"), width)
            size.set(qn("w:orient"), "landscape")
        xml = etree.tostring(properties, encoding="unicode")
        thin = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        return f'<w:p><w:pPr><w:snapToGrid w:val="0"/>{thin}{xml}</w:pPr></w:p>'


def inline(text: str) -> str:
    """Text inside a ``w:t``; line ends and tabs become Word's, and nothing looks like a mark to docxtpl (``{_{``)."""
    safe = str(escape(text)).replace("_", "&#95;")
    opened = '<w:t xml:space="preserve">'
    return safe.replace("\n", f"</w:t><w:br/>{opened}").replace("\t", f"</w:t><w:tab/>{opened}")


def _run(text: str, look: str = "") -> str:
    return f'<w:r>{look}<w:t xml:space="preserve">{inline(text)}</w:t></w:r>'


def _sized(laid: Layout) -> str:
    """Run properties of letters smaller than the style's."""
    half = round(laid.size * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>' if laid.size != SIZES[0] else ""


def _cell(width: int, inside: str, shade: str = "") -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{fill}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"
