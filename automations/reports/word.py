"""A report as a Word file: ``official.docx`` (or the folder's own ``report.docx``) with its fields filled.

How things look is in the styles of the Word file, which the office changes in Word; this module only says which
paragraph bears which style. GB/T 9704-2012 (A4, 22 lines of 28 字) is in ``official.docx``.
"""

import copy
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from markupsafe import Markup

from automations.errors import HouqinError, TemplateError
from automations.reports.cells import day_text
from automations.reports.document import Document
from automations.reports.layout import title_lines
from automations.reports.manifest import template_folder
from automations.reports.mistakes import docx_text, explain, shown
from automations.reports.render import environment
from automations.reports.word_checks import check_word
from automations.reports.word_xml import NAMES, Styles, Writer, inline

BODIES = ("正文", "附表", "依据")
TEXTS = ("标题", "单位", "主送", "说明", "日期")
LINE = 20.0
"""汉字 of 2号 that a line of the title holds: 156 mm."""
HEAVIEST = 10 * 1024 * 1024
"""Bytes of a Word template; a logo of a phone's camera would go out with every report."""


def template_of(folder: Path | None) -> Path:
    """The folder's own ``report.docx``, else the shared one."""
    own = folder / "report.docx" if folder else None
    return own if own and own.is_file() else template_folder("_report") / "official.docx"


def word(document: Document, pictures: Mapping[str, bytes], folder: Path | None = None) -> bytes:
    """The file; ``pictures`` are PNG by the names of the charts that blocks place.

    Raises:
        TemplateError: The Word template is wrong; ``problems`` names every mistake.
    """
    from docx.opc.exceptions import PackageNotFoundError  # python-docx and lxml only where a Word file is made
    from docxtpl import DocxTemplate

    path = template_of(folder)
    if path.stat().st_size > HEAVIEST:
        size = path.stat().st_size / 1024 / 1024
        raise TemplateError(f"{shown(path)} 有 {size:.0f} MB，请在 Word 里压缩其中的图片，不超过 10 MB。")
    jinja = environment(path.parent)
    try:
        check_word(path, docx_text(path), jinja, TEXTS, BODIES)
    except (PackageNotFoundError, BadZipFile, KeyError) as error:
        raise TemplateError(f"{shown(path)} 不是可用的 Word 文件（{error}）。请用 Word 另存为 .docx 后放回。") from None
    template = DocxTemplate(path)
    template.init_docx()
    lend_table_style(template.docx)
    styles = Styles.of(template.docx, path)
    section = template.docx.sections[-1]
    writer = Writer(document, styles, section.page_width - section.left_margin - section.right_margin)
    writer.long_side = section.page_height - section.left_margin - section.right_margin
    writer.section = copy.deepcopy(section._sectPr)
    writer.drawings = {name: _drawing(template.docx, png, document, name) for name, png in pictures.items()}
    texts = {
        "标题": "\n".join(title_lines(document.title, document.unit, LINE)),
        "单位": document.unit,
        "主送": document.addressee,
        "说明": document.dataline,
        "日期": day_text(document.made_on),
    }
    bodies = {"正文": writer.body(), "附表": writer.annexes(), "依据": writer.sources()}
    fields = {name: Markup(inline(text)) for name, text in texts.items()} | {
        name: Markup(xml) for name, xml in bodies.items()
    }
    try:
        template.render(fields, jinja, autoescape=True)
    except HouqinError:
        raise
    except Exception as error:
        explain(error, path.parent, path.name)
    properties = template.docx.core_properties
    properties.title, properties.author, properties.language = document.title[:255], document.unit[:255], "zh-CN"
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def lend_table_style(docx: Any) -> None:
    """Give a template the shared one's table style where it lacks it: LibreOffice saves none that no table bears."""
    from docx import Document as open_docx
    from docx.oxml.ns import qn

    name = NAMES["table"]
    if name in {style.name for style in docx.styles}:
        return
    ours = copy.deepcopy(open_docx(str(template_of(None))).styles[name].element)
    ours.remove(ours.find(qn("w:basedOn")))  # what it stands on has another id there, or is not there
    docx.styles.element.append(ours)


def _drawing(docx: Any, png: bytes, document: Document, name: str) -> str:
    from docx.shared import Mm
    from lxml import etree

    inline = docx.part.new_pic_inline(io.BytesIO(png), width=Mm(150))
    inline.docPr.set("descr", document.charts[name].title)
    return str(etree.tostring(inline, encoding="unicode"))
