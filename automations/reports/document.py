"""A report as plain data: headings, paragraphs, tables, charts, and the rows behind its figures.

A *statement* (:mod:`automations.statements`) gives named figures, tables and charts; the folder's ``words.md`` says in
which words and in which order they are told (:mod:`automations.reports.words`); the writers lay the result out as a
page, a PDF, a Word file and an Excel file. None of them adds or leaves out anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, TypeAlias

from automations.measures import Measure

Cell: TypeAlias = str | Decimal | int | date | Measure | None
"""What stands in a table. None shows as 未采集 in a column of numbers, as nothing in one of texts."""

ColumnKind: TypeAlias = Literal["text", "number", "money", "percent", "date"]
ChartKind: TypeAlias = Literal["lines", "bars", "stack"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        title: Its head.
        kind: How cells are aligned and formatted; ``money`` is in 元 with two decimals.
        width: Share of the table's width, relative to its other columns.
        places: Decimals of numbers and percentages.
    """

    title: str
    kind: ColumnKind = "text"
    width: float = 1
    places: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report; a sheet of its workbook.

    Attributes:
        title: Above it; also the sheet's name, cut to what Excel takes.
        columns: At least one.
        rows: As many cells each as there are columns.
        note: Below it; "" for none.
        totals: The last row is a sum.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    totals: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of figures that also stand in a table of the same report (never a chart without its table).

    Attributes:
        labels: Along the axis, such as 1月 … 12月.
        series: Values by name, one a label; None is a gap, never 0. At most four.
        unit: At the axis.
        table: Name of the table with these figures.
        limit: A line across, such as a quota; with its name.
    """

    title: str
    kind: ChartKind
    labels: tuple[str, ...]
    series: Mapping[str, tuple[Decimal | None, ...]]
    unit: str
    table: str
    limit: tuple[str, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1 for 一、, 2 for （一）, 3 for 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a paragraph, or the small number that leads to the rows behind a figure."""

    text: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Without the small numbers."""
        return "".join(piece.text for piece in self.pieces if piece.index is None)


@dataclass(frozen=True, slots=True)
class Placed:
    """Here stands the table or chart of that name."""

    what: Literal["table", "chart"]
    name: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""


Block: TypeAlias = Heading | Paragraph | Placed | Break


@dataclass(frozen=True, slots=True)
class Source:
    """The rows behind figures: ``index`` is the small number, ``codes`` are 编号."""

    index: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes:
        name: Folder of ``report_templates/``.
        title: Full title, period included.
        unit: The school's full name; signs the report.
        addressee: 主送; "" for none.
        dataline: Until when the data reach and what the marks mean; "" for none.
        made_on: Date of signing, the school's day.
        blocks: What is told, in order.
        tables: By name; those that no block places follow as 附表 in this order.
        charts: By name.
        sources: Rows behind the figures, by their small number, ascending.
        links: Address of a row on the host by 编号, where it is known; only pages use it.
    """

    name: str
    title: str
    unit: str
    addressee: str
    dataline: str
    made_on: date
    blocks: tuple[Block, ...]
    tables: Mapping[str, Table]
    charts: Mapping[str, Chart]
    sources: tuple[Source, ...]
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def annexes(self) -> tuple[Table, ...]:
        """Tables that no block places, in order."""
        placed = {block.name for block in self.blocks if isinstance(block, Placed) and block.what == "table"}
        return tuple(table for name, table in self.tables.items() if name not in placed)

    def index_of(self, codes: tuple[str, ...]) -> int | None:
        """The small number of these codes; None where they have none."""
        return self._indexes.get(codes)

    @cached_property
    def _indexes(self) -> Mapping[tuple[str, ...], int]:
        return {source.codes: source.index for source in self.sources}
