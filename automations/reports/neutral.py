"""A report as it may leave the house: no hidden marks, no account and identity numbers, in any of its texts. Pure."""

from dataclasses import replace

from automations.reports.document import Block, Cell, Chart, Document, Heading, Paragraph, Piece, Table
from automations.reports.printable import discreet, printable


def neutral(document: Document, drawable: frozenset[int] | None = None) -> Document:
    """The same report with every text safe to show; ``drawable`` as in :func:`printable`."""

    def text(value: str) -> str:
        return discreet(str(printable(value, drawable)))

    def cell(value: Cell) -> Cell:
        return text(value) if isinstance(value, str) else value

    def table(value: Table) -> Table:
        return replace(
            value,
            title=text(value.title),
            columns=tuple(replace(column, title=text(column.title)) for column in value.columns),
            rows=tuple(tuple(map(cell, row)) for row in value.rows),
            note=text(value.note),
        )

    def chart(value: Chart) -> Chart:
        return replace(
            value,
            title=text(value.title),
            labels=tuple(map(text, value.labels)),
            series={text(name): values for name, values in value.series.items()},
            unit=text(value.unit),
            limit=value.limit and (text(value.limit[0]), value.limit[1]),
        )

    def block(value: Block) -> Block:
        if isinstance(value, Heading):
            return replace(value, text=text(value.text))
        if isinstance(value, Paragraph):
            return Paragraph(tuple(Piece(text(piece.text), piece.index) for piece in value.pieces))
        return value

    return replace(
        document,
        title=text(document.title),
        unit=text(document.unit),
        addressee=text(document.addressee),
        dataline=text(document.dataline),
        blocks=tuple(map(block, document.blocks)),
        tables={name: table(value) for name, value in document.tables.items()},
        charts={name: chart(value) for name, value in document.charts.items()},
        sources=tuple(
            replace(source, codes=tuple(str(printable(code, drawable)) for code in source.codes))
            for source in document.sources
        ),
    )
