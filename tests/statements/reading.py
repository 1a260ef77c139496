"""A report as people read it: its sentences, and its tables as text."""

from collections.abc import Sequence
from dataclasses import dataclass

from automations.measures import Period, Records
from automations.reports.cells import cell_text
from automations.reports.document import Document, Heading, Paragraph, Placed
from automations.reports.folders import templates
from automations.reports.words import told
from automations.rows import RowView
from automations.statements._making import content_of


@dataclass(frozen=True)
class Read:
    """One report.

    Attributes:
        text: Headings and paragraphs, one a line, without the small numbers.
        placed: Names of tables and charts, in order.
    """

    document: Document
    text: str
    placed: Sequence[str]

    def table(self, name: str) -> list[tuple[str, ...]]:
        """Its rows as they are read."""
        table = self.document.tables[name]
        return [tuple(cell_text(c, at) for c, at in zip(row, table.columns, strict=True)) for row in table.rows]


def read(name: str, records: Records, period: Period, row: RowView | None = None) -> Read:
    """The report in the words of its own folder."""
    statement = content_of(name)
    facts = statement(records, period) if row is None else statement(records, period, row)
    title = period.title if row is None else records.name(row.table, row.id)
    document = told(templates() / name, facts, unit="示例区委党校", period_title=title, made_on=records.today)
    lines = [block.text for block in document.blocks if isinstance(block, Heading | Paragraph)]
    return Read(document, "\n".join(lines), [block.name for block in document.blocks if isinstance(block, Placed)])
