"""The Word file of a report: GB/T 9704, the office's own template, and what somebody breaks who edits it in Word."""

import io
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from automations.errors import TemplateError
from automations.reports import template_folder
from automations.reports.document import Break, Paragraph, Piece
from automations.reports.neutral import neutral
from automations.reports.word import word

from .readers import Word
from .report_sample import document

OFFICIAL = template_folder("_report") / "official.docx"
PLAIN = neutral(replace(document(), charts={}, blocks=document().blocks[:8]))


@pytest.fixture(scope="module")
def made() -> Word:
    return Word(word(PLAIN, {}))


# --- GB/T 9704-2012 --------------------------------------------------------------------------------------------


def test_the_sheet_is_the_standards(made: Word) -> None:
    for section in (made.docx.sections[0], docx.Document(str(OFFICIAL)).sections[0]):
        assert [round(v.mm) for v in (section.page_width, section.page_height)] == [210, 297]
        assert [round(v.mm) for v in (section.top_margin, section.left_margin)] == [37, 28]
        assert round((section.page_width - section.left_margin - section.right_margin) / Mm(1)) == 156
        assert round((section.page_height - section.top_margin - section.bottom_margin) / Mm(1)) == 225
        grid = section._sectPr.find(qn("w:docGrid"))
        assert grid.get(qn("w:type")) == "lines" and 22 * int(grid.get(qn("w:linePitch"))) <= 225 / 25.4 * 1440
        assert 23 * int(grid.get(qn("w:linePitch"))) > 225 / 25.4 * 1440  # 22 lines, not 23


def test_a_line_of_the_body_holds_28_characters(made: Word) -> None:
    """Measured in LibreOffice 7.4: 22 lines of 28; here the figures that give it."""
    run = made.docx.styles["报告正文"].element.find(qn("w:rPr"))
    points = int(run.find(qn("w:sz")).get(qn("w:val"))) / 2 + int(run.find(qn("w:spacing")).get(qn("w:val"))) / 20
    width = 156 / 25.4 * 72
    assert points == 15.75 and 28 * points <= width < 29 * points


@pytest.mark.parametrize(
    ("style", "face", "size"),
    [
        ("报告标题", "方正小标宋简体", 22),
        ("报告一级标题", "黑体", 16),
        ("报告二级标题", "楷体_GB2312", 16),
        ("报告三级标题", "仿宋_GB2312", 16),
        ("报告正文", "仿宋_GB2312", 16),
        ("报告署名", "仿宋_GB2312", 16),
        ("报告页码", "宋体", 14),
    ],
)
def test_faces_by_level(made: Word, style: str, face: str, size: int) -> None:
    run = made.docx.styles[style].element.find(qn("w:rPr"))
    fonts = run.find(qn("w:rFonts"))
    assert (fonts.get(qn("w:eastAsia")), int(run.find(qn("w:sz")).get(qn("w:val"))) / 2) == (face, size)
    assert not [name for name in fonts.attrib if "Theme" in name]
    assert run.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"


def test_pages_are_numbered_outside(made: Word) -> None:
    assert made.docx.settings.odd_and_even_pages_header_footer
    section = made.docx.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        xml = footer._element.xml
        assert re.sub(r"<[^>]+>|\s", "", xml) == "—PAGE1—" and f'<w:jc w:val="{side}"/>' in xml


def test_levels_tables_and_signature(made: Word) -> None:
    assert made.styled("报告标题") == ["中共示例区委党校2026年9月\n行政后勤运行情况报告"]
    assert made.styled("报告主送") == ["校委会："]
    assert made.styled("报告一级标题") == ["一、总体情况", "二、财务管理", "依据"]
    assert made.styled("报告二级标题") == ["（一）收支两条线"]
    assert made.styled("报告三级标题") == ["1.维修（护）费"]
    assert made.styled("报告署名") == ["示例区委党校"] and made.styled("报告日期") == ["2026年10月12日"]
    assert made.styled("报告表题")[0] == "主要运行指标" and made.styled("报告表题")[-1] == "附表4　各月支出"
    table = made.docx.tables[0]
    assert table.style is not None and table.style.name == "报告表格"
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
    assert abs(sum(widths) - 156 / 25.4 * 1440) < 8 and min(widths) > 500
    assert [c._tc.tcPr.find(qn("w:tcW")).get(qn("w:w")) for c in table.rows[1].cells] == [str(w) for w in widths]
    assert made.docx.core_properties.title == PLAIN.title and made.docx.core_properties.language == "zh-CN"


def test_small_numbers_lead_to_the_rows(made: Word) -> None:
    anchors = set(re.findall(r'w:anchor="(yj\d+)"', made.xml))
    places = re.findall(r'w:name="(yj\d+)"', made.xml)
    assert anchors <= set(places) and len(anchors) > 5 and len(places) == len(set(places)) == len(PLAIN.sources)
    assert made.xml.count('w:vertAlign w:val="superscript"') > 10


def test_a_table_of_many_columns_lies_across_in_a_section_of_its_own(made: Word) -> None:
    assert [s.page_width > s.page_height for s in made.docx.sections] == [False, True, False]
    assert all(s._sectPr.find(qn("w:docGrid")) is not None for s in made.docx.sections)


def test_figures_stand_one_below_the_other(made: Word) -> None:
    cells = [row.cells[2].text for row in made.docx.tables[1].rows[1:]]  # 逐月用电, 本年
    assert cells[8].startswith("56,400") and cells[8][6:].isdecimal() and len(cells[8]) == 8
    assert cells[9] == "未采集\u2007\u2007"  # as wide as the small numbers above it


def test_charts_are_pictures_with_a_name() -> None:
    out = io.BytesIO()
    Image.new("RGB", (600, 300), "white").save(out, "PNG")
    report = neutral(document())
    made = Word(word(report, dict.fromkeys(("power", "energy", "money"), out.getvalue())))
    shapes = made.docx.inline_shapes
    assert [round(shape.width / Mm(1)) for shape in shapes] == [150, 150, 150]
    assert re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', made.xml) == ["逐月用电", "各楼用电", "各季支出"]
    spacing = made.docx.styles["报告图"].element.pPr.find(qn("w:spacing"))
    assert spacing.get(qn("w:lineRule")) == "auto"  # an exact height would cut the picture off


# --- the office's own template ---------------------------------------------------------------------------------


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Callable[[Any], None]], Path]:
    """A folder with its own report.docx, changed as somebody would change it in Word."""

    def edited(change: Callable[[Any], None]) -> Path:
        file = docx.Document(str(OFFICIAL))
        change(file)
        file.save(str(tmp_path / "report.docx"))
        return tmp_path

    return edited


def retyped(number: int, *runs: str) -> Callable[[Any], None]:
    """That paragraph typed anew, in as many runs as Word happens to make of it."""

    def change(file: Any) -> None:
        paragraph = file.paragraphs[number]
        for run in list(paragraph.runs):
            run._r.getparent().remove(run._r)
        for text in runs:
            paragraph.add_run(text)

    return change


def paragraph_of(text: str) -> int:
    return [p.text for p in docx.Document(str(OFFICIAL)).paragraphs].index(text)


def test_a_folders_own_template_wins(edited: Any) -> None:
    folder = edited(retyped(paragraph_of("{{ 单位 }}"), "印发：{", "{ 单", "位 }", "}"))
    assert Word(word(PLAIN, {}, folder)).styled("报告署名") == ["印发：示例区委党校"]
    assert Word(word(PLAIN, {}, folder / "nothing")).styled("报告署名") == ["示例区委党校"]


@pytest.mark.parametrize(
    ("field", "runs", "told"),
    [
        ("{{ 单位 }}", ("{{ 单位 }",), "“{{ 单位 }”里的花括号不成对，应写作 {{ 字段 }}"),
        ("{{ 单位 }}", ("{{ 单位 }　{{ 日期 }}",), "“{{ 单位 }　{{ 日期 }}”里的花括号不成对，应写作 {{ 字段 }}"),
        ("{{ 单位 }}", ("｛｛ 单位 ｝｝",), "“｛｛ 单位 ｝｝”用了全角括号，请改成半角的 {{ }} 或 {% %}"),
        (
            "{{ 日期 }}",
            (
                "成文{{ 日",
                "其 }}",
            ),
            "“成文{{ 日其 }}”一段没有字段“日其”，是不是“日期”？",
        ),
        ("{{p 正文 }}", ("{{ 正文 }}",), "“{{ 正文 }}”应单独一段，写作 {{p 正文 }}"),
        ("{{p 附表 }}", ("附：{{p 附表 }}",), "“附：{{p 附表 }}”应单独一段，写作 {{p 附表 }}"),
        ("{{p 正文 }}", ("正文在此",), "缺少 {{p 正文 }} 一段，报告会没有正文"),
        ("{{ 单位 }}", ("{{ 单位|大写 }}",), "“{{ 单位|大写 }}”一段没有写法“|大写”"),
        ("{%p if 主送 %}", ("{%p if 主送",), "“{%p if 主送”里的花括号不成对，应写作 {{ 字段 }}"),
    ],
)
def test_a_slip_in_word_is_told_with_its_paragraph(edited: Any, field: str, runs: tuple[str, ...], told: str) -> None:
    folder = edited(retyped(paragraph_of(field), *runs))
    with pytest.raises(TemplateError) as caught:
        word(PLAIN, {}, folder)
    assert caught.value.problems == (told,)
    assert "report.docx 有 1 处要改" in caught.value.message and "用 Word 打开" in caught.value.message


def test_a_lost_end_and_a_lost_style(edited: Any) -> None:
    def drop(file: Any) -> None:
        last = [p for p in file.paragraphs if p.text == "{%p endif %}"][-1]
        last._p.getparent().remove(last._p)

    with pytest.raises(TemplateError) as caught:
        word(PLAIN, {}, edited(drop))
    assert caught.value.problems == ("“{%p if 主送 %}”一段{% if %} 没有结束，缺少 {% endif %}",)
    with pytest.raises(TemplateError) as caught:
        word(PLAIN, {}, edited(lambda file: setattr(file.styles["报告表注"], "name", "我的样式")))
    assert caught.value.problems == ("缺少样式“报告表注”",)


def test_a_template_saved_by_libreoffice_gets_its_table_style_back(edited: Any) -> None:
    def drop(file: Any) -> None:
        style = file.styles["报告表格"].element
        style.getparent().remove(style)

    made = Word(word(PLAIN, {}, edited(drop)))
    bordered = made.docx.styles["报告表格"].element.find(qn("w:tblPr")).find(qn("w:tblBorders"))
    assert bordered is not None and {table.style.name for table in made.docx.tables} == {"报告表格"}


def test_a_template_runs_in_a_sandbox(edited: Any) -> None:
    folder = edited(retyped(paragraph_of("{{ 单位 }}"), "{{ 单位.__class__.__mro__ }}"))
    with pytest.raises(TemplateError, match="用了不允许的写法"):
        word(PLAIN, {}, folder)


def test_a_heavy_logo_and_a_file_that_is_none(edited: Any, tmp_path: Path) -> None:
    import os

    out = io.BytesIO()
    Image.frombytes("RGB", (2000, 2000), os.urandom(12_000_000)).save(out, "PNG")
    folder = edited(lambda file: file.add_picture(io.BytesIO(out.getvalue()), width=Mm(20)))
    with pytest.raises(TemplateError, match="请在 Word 里压缩其中的图片"):
        word(PLAIN, {}, folder)
    (tmp_path / "report.docx").write_bytes(b"\xd0\xcf\x11\xe0 a Word 97 file")
    with pytest.raises(TemplateError, match="请用 Word 另存为"):
        word(PLAIN, {}, tmp_path)


def test_without_addressee_dataline_and_rows_nothing_is_left_of_them(tmp_path: Path) -> None:
    shutil.copy(OFFICIAL, tmp_path / "report.docx")
    blocks = (Paragraph((Piece("一"),)), Break(), Paragraph((Piece("二"),)))
    bare = replace(PLAIN, addressee="", dataline="", blocks=blocks, tables={}, sources=())
    texts = [p.text for p in Word(word(bare, {}, tmp_path)).docx.paragraphs]
    title = "中共示例区委党校2026年9月\n行政后勤运行情况报告"
    assert texts == [title, "一", "", "二", "示例区委党校", "2026年10月12日"]
