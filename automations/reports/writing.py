"""A report → its files. One format that fails does not lose the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from automations.errors import HouqinError
from automations.reports.chart_png import pictures
from automations.reports.document import Document, Placed
from automations.reports.fonts import drawable, find_faces
from automations.reports.manifest import FORMATS, ReportFormat
from automations.reports.neutral import neutral
from automations.reports.page import page, pdf
from automations.reports.word import word
from automations.reports.workbook import workbook


@dataclass(frozen=True)
class Rendered:
    """What became of a report.

    Attributes:
        files: Content by format.
        problems: A Chinese sentence by format that could not be made.
    """

    files: Mapping[ReportFormat, bytes]
    problems: Mapping[ReportFormat, str]


def render_report(
    document: Document, folder: Path | None = None, formats: Iterable[ReportFormat] = FORMATS
) -> Rendered:
    """Make a report's files.

    Args:
        document: As :func:`~automations.reports.words.told` made it.
        folder: The report's folder; its ``report.docx``, where there is one, is used for Word.
        formats: What to make.
    """
    safe = neutral(document)
    makers: Mapping[ReportFormat, Callable[[], bytes]] = {
        "html": lambda: page(safe).encode(),
        "pdf": lambda: pdf(neutral(document, drawable()), find_faces()),
        "docx": lambda: word(safe, _pictures(safe), folder),
        "xlsx": lambda: workbook(safe),
    }
    files: dict[ReportFormat, bytes] = {}
    problems: dict[ReportFormat, str] = {}
    for form in formats:
        try:
            files[form] = makers[form]()
        except HouqinError as error:
            problems[form] = str(error)
        except Exception as error:  # a fault of one writer must not lose what the others can make
            problems[form] = f"{form} 没有生成（{type(error).__name__}: {error}），请交给信息科。"
    return Rendered(files, problems)


def _pictures(document: Document) -> dict[str, bytes]:
    """Of the charts that stand somewhere."""
    names = {block.name for block in document.blocks if isinstance(block, Placed) and block.what == "chart"}
    charts = {name: chart for name, chart in document.charts.items() if name in names}
    return pictures(charts, find_faces().sans) if charts else {}
