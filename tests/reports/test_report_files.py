"""A report's four files say the same, hold together, and nothing in a cell can do anything in them."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pdfplumber
import pytest

from automations.errors import ReportError, TemplateError
from automations.reports import writing
from automations.reports.cells import cell_text, ranges, shortened
from automations.reports.document import Column, Document, Heading, Placed, Source, Table
from automations.reports.fonts import drawable, find_faces
from automations.reports.layout import lay, title_lines, wide
from automations.reports.printable import printable
from automations.reports.workbook import sheet_name
from automations.reports.writing import render_report

from .readers import Page, Pdf, Word, sheet_rows, squeeze, workbook
from .report_sample import FOLDER, INDICATORS, data, document, n


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    rendered = render_report(document(), FOLDER)
    assert rendered.problems == {}
    return dict(rendered.files)  # type: ignore[arg-type]


def said(report: Document) -> list[str]:
    """Every text of a report that no small number divides."""
    texts = [report.title, report.unit, report.addressee, report.dataline]
    texts += [block.text for block in report.blocks if isinstance(block, Heading)]
    for table in report.tables.values():
        texts += [table.title, table.note, *(column.title for column in table.columns)]
        texts += [cell_text(cell, c) for row in table.rows for cell, c in zip(row, table.columns, strict=True)]
    return [squeeze(text) for text in texts if text]


def test_page_and_word_say_everything(made: dict[str, bytes]) -> None:
    report = document()
    for read in (Page(made["html"]).text, Word(made["docx"]).text, Pdf(made["pdf"]).text):
        # A small number stands after its figure: compare what is between them.
        assert [text for text in said(report) if len(text) <= 4 and text not in read] == []  # longer ones may wrap
        for block in report.blocks:
            for piece in getattr(block, "pieces", ()):
                assert squeeze(piece.text) in read
        for source in report.sources:
            assert source.codes[0] in read
    assert "SR-2026-0001至SR-2026-0040（40条）" in Page(made["html"]).text
    for read in (Page(made["html"]).text, Word(made["docx"]).text):
        assert [text for text in said(report) if text not in read] == []
    for read in (Word(made["docx"]).text, Pdf(made["pdf"]).text):
        assert "SR-2026-0001至0040（40条）" in read and "BC-2026-021、022、023、024、025（5条）" in read


def test_the_pdf_is_set_in_chinese_type_and_numbered(made: dict[str, bytes]) -> None:
    pages = Pdf(made["pdf"])
    faces = find_faces()
    embedded = {name.split("+")[1].removesuffix("-Bold") for name in pages.fonts if "+" in name}
    assert embedded == {face.replace(" ", "-") for face in (faces.serif, faces.sans)}
    assert all("+" in name for name in pages.fonts)
    assert [f"—{number}—" in text for number, text in enumerate(pages.texts, 1)] == [True] * len(pages.texts)
    across = [number for number, size in enumerate(pages.sizes) if size == (842, 595)]
    assert len(across) == 1 and "附表2各月支出" in pages.texts[across[0]]  # too wide: along the long side
    assert set(pages.sizes) == {(595, 842), (842, 595)} and "依据" in pages.texts[-1]


def test_the_page_needs_nothing_from_outside(made: dict[str, bytes]) -> None:
    page = Page(made["html"])
    assert {"script", "img", "link", "iframe", "object", "form"}.isdisjoint(page.tags)
    wanted = [value for name, value in page.attributes if name in ("href", "src") and not value.startswith("#")]
    assert set(wanted) == {"http://127.0.0.1:8080/row/158"}
    assert "url(" not in page.source.split("</style>")[0] and "@import" not in page.source
    small = [value for name, value in page.attributes if name == "href" and value.startswith("#s")]
    places = [value for name, value in page.attributes if name == "id"]
    assert len(small) > 20 and set(small) <= {f"#{place}" for place in places} and len(set(places)) == len(places)


def test_a_state_is_not_told_by_colour_alone(made: dict[str, bytes]) -> None:
    page = Page(made["html"])
    assert page.text.count("●正常") == 4 and page.text.count("◆关注") == 2
    cells = [c for table in Word(made["docx"]).docx.tables for row in table.rows for c in row.cells if c.text == "关注"]
    assert [cell.paragraphs[0].runs[0].bold for cell in cells] == [True, True]


def test_the_workbook_goes_on_being_counted_with(made: dict[str, bytes]) -> None:
    book = workbook(made["xlsx"])
    assert book.sheetnames == ["主要运行指标", "逐月用电（千瓦时）", "本月投诉", "支出明细", "各月支出", "依据"]
    spending = sheet_rows(book, "支出明细")
    assert spending[1][:5] == ["科目", "预算数", "支出数", "执行率", "依据"]
    assert spending[2][:5] == ["维修（护）费", 120000, 88640.5, 0.739, "10"]
    assert book["支出明细"]["C3"].number_format == "#,##0.00" and book["支出明细"]["D3"].number_format == "#,##0.0%"
    power = book["逐月用电（千瓦时）"]
    assert power["E3"].value == datetime(2026, 1, 28) and power["E3"].number_format == "yyyy-mm-dd"
    assert (power["C3"].value, power["C12"].value) == (50000, "未采集")
    indicators = book["主要运行指标"]
    assert indicators["B7"].value == 12.6 and indicators["B7"].number_format == '#,##0.0"升""▲"'
    assert indicators["B5"].value == pytest.approx(0.968) and indicators["B5"].number_format == "#,##0.0%"
    assert book["各月支出"]["A3"].data_type == "s"
    sources = sheet_rows(book, "依据")
    assert sources[2] == [1, "BC-2026-021", ""] or sources[2] == [1, "BC-2026-021", None]
    assert [10, "ZC-2026-0158", "http://127.0.0.1:8080/row/158"] in sources
    assert len(sources) == 2 + sum(len(source.codes) for source in document().sources)
    for sheet in book:
        assert sheet.freeze_panes == "A3" and sheet.print_title_rows == "$2:$2"
        assert sheet.page_setup.paperSize == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1) and sheet.page_setup.fitToHeight == 0  # 1 is what none means
        assert sheet.oddFooter.right.text == "第 &P 页　共 &N 页"


def test_paper_lists_the_first_figures_and_the_workbook_all(monkeypatch: pytest.MonkeyPatch) -> None:
    report, kept = document(), 8
    cut = [source.index for source in report.sources][kept:]
    monkeypatch.setattr("automations.reports.cells.PRINTED", kept)
    files = render_report(report, FOLDER).files
    told = squeeze(f"小号{cut[0]}至{cut[-1]}没有印在这里")
    pdf, docx, html = Pdf(files["pdf"]), Word(files["docx"]), Page(files["html"])
    for paper in (pdf.text, docx.text):
        assert told in paper and "BC-2026-021、022、023、024、025（5条）" in paper
        assert "SR-2026-0033" in paper and "YS-2026-01" not in paper
    links = {int(name[2:]) for name in re.findall(r'w:anchor="(yj\d+)"', docx.xml)}
    assert links == set(range(1, kept + 1))  # the others lead nowhere
    assert told not in html.text and all(source.codes[0] in html.text for source in report.sources)
    assert len(sheet_rows(workbook(files["xlsx"]), "依据")) == 2 + sum(len(s.codes) for s in report.sources)


def test_more_rows_than_a_sheet_of_excel_takes_are_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automations.reports.workbook.ROWS", 30)
    book = workbook(render_report(document(), FOLDER, ["xlsx"]).files["xlsx"])
    assert book.sheetnames[-3:] == ["依据", "依据（2）", "依据（3）"]
    found = [tuple(row[:2]) for name in book.sheetnames[-3:] for row in sheet_rows(book, name)[2:]]
    assert found == [(source.index, code) for source in document().sources for code in source.codes]


def test_a_table_without_rows_says_so(made: dict[str, bytes]) -> None:
    assert "本期没有记录" in Page(made["html"]).text and "本期没有记录" in Word(made["docx"]).text
    assert sheet_rows(workbook(made["xlsx"]), "本月投诉")[2][0] == "本期没有记录"


# --- one format fails ------------------------------------------------------------------------------------------


def test_a_format_that_fails_does_not_lose_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_fonts() -> Any:
        raise ReportError("这台机器没有中文字体。")

    def broken(report: Document) -> bytes:
        raise RuntimeError("disk full")

    monkeypatch.setattr(writing, "find_faces", no_fonts)
    monkeypatch.setattr(writing, "workbook", broken)
    rendered = render_report(document(), FOLDER)
    assert set(rendered.files) == {"html"}
    assert rendered.problems["pdf"] == rendered.problems["docx"] == "这台机器没有中文字体。"
    assert rendered.problems["xlsx"] == "xlsx 没有生成（RuntimeError: disk full），请交给信息科。"
    # Without a chart, Word needs no face of this machine.
    plain = replace(document(), blocks=document().blocks[:5], charts={})
    assert set(render_report(plain, FOLDER, ["docx", "pdf"]).files) == {"docx"}


# --- hostile cells ---------------------------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script> =cmd|' /C calc'!A0 {{7*7}} {% raw %} A&B <三层> &lt; ]]> ｛｛x｝｝ {_{7}_} "
    "😀👨‍👩‍👧 𠮷 \u202e0001\u202c \x00\x0b\x1b[31m \ud800 \ue001 </w:t></table>"
    "<img src=http://127.0.0.1:9/x onerror=alert(1)> \t尾"
)
REMARK = HOSTILE + "长文" * ((3000 - len(HOSTILE)) // 2) + "末"


def hostile_report() -> Document:
    table = Table(
        HOSTILE,
        (Column(HOSTILE), Column("金额", "money"), Column("说明", width=6)),
        (
            (HOSTILE, Decimal("999999999999.99"), "短"),
            ("=1+1", Decimal("12345678901234567.89"), "@SUM(A1)\n+1\n-2"),
            ("00123", n(5, HOSTILE, "=2+3"), REMARK),
        ),
        note=HOSTILE,
    )
    report = document(
        unit=HOSTILE,
        reason=HOSTILE,
        spending=[(HOSTILE, n(1, HOSTILE))],
        indicators=table,
        spending_table=replace(table, title="[a]:*?/\\'", columns=(Column("备注"),), rows=((REMARK,), ("末行",))),
        energy=replace(
            data()["energy"], title=HOSTILE, labels=(HOSTILE, "B", "C"), series={HOSTILE: (Decimal(1),) * 3}
        ),
    )
    return replace(
        report, addressee=HOSTILE, dataline=HOSTILE, links={HOSTILE: 'https://x/"><script>alert(2)</script>'}
    )


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    rendered = render_report(hostile_report(), FOLDER)
    assert rendered.problems == {}
    return dict(rendered.files)  # type: ignore[arg-type]


def test_nothing_of_a_hostile_cell_runs_or_breaks_a_file(hostile: dict[str, bytes], made: dict[str, bytes]) -> None:
    page, plain = Page(hostile["html"]), Page(made["html"])
    assert set(page.tags) <= set(plain.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    with zipfile.ZipFile(io.BytesIO(hostile["xlsx"])) as book:
        sheets = {name: book.read(name).decode() for name in book.namelist() if "/sheet" in name and "rels" not in name}
        assert len(sheets) == 6 and not [name for name, xml in sheets.items() if "<f>" in xml or "hyperlink" in xml]
    word = Word(hostile["docx"])
    assert [len(t.rows) for t in word.docx.tables] == [1 + 3, 1 + 12, 2, 1 + 2, 2]
    assert "http://127.0.0.1:9" not in word.parts["word/_rels/document.xml.rels"].decode()
    assert "<script" not in word.xml and "<img" not in word.xml
    assert Pdf(hostile["pdf"]).links.count("http://127.0.0.1:9/x") == 0


def test_nothing_of_a_hostile_cell_disappears(hostile: dict[str, bytes]) -> None:
    book = workbook(hostile["xlsx"])
    name = book.sheetnames[0]
    rows = sheet_rows(book, name)
    assert rows[2][0] == printable(HOSTILE) and rows[2][1] == 999999999999.99
    assert rows[3][:2] == ["=1+1", "12,345,678,901,234,567.89"] and book[name]["A4"].data_type == "s"
    assert (rows[4][0], rows[4][2]) == ("00123", printable(REMARK))
    shown, printed = squeeze(str(printable(REMARK))), squeeze(str(printable(REMARK, drawable())))
    for read in (Page(hostile["html"]).text, Word(hostile["docx"]).text):
        assert read.count(shown) == 2 and "末行" in read
    pdf = Pdf(hostile["pdf"])
    # Alone in its column its lines follow each other; the head stands again on the next page.
    assert re.sub("\u200d", "", printed) in pdf.text.replace("备注", "") and "末行" in pdf.text
    for read in (Page(hostile["html"]).text, Word(hostile["docx"]).text, pdf.text):
        assert "〔U+202E〕0001〔U+202C〕" in read and "49" not in read.replace("449", "")
        assert "999,999,999,999.99" in read and "12,345,678,901,234,567.89" in read and "｛｛x｝｝" in read
    faces = find_faces()
    assert {name.split("+")[1].removesuffix("-Bold") for name in pdf.faces_of_han} == {
        face.replace(" ", "-") for face in (faces.serif, faces.sans)
    }


def test_accounts_do_not_leave_the_house() -> None:
    account = "6217001234567890123"
    report = document(reason=f"卡号{account}", empty=Table("表", (Column("备注"),), ((f"转{account}",),)))
    rendered = render_report(report, FOLDER, ["html", "docx", "xlsx"])
    assert account not in Page(rendered.files["html"]).text and "****0123" in Page(rendered.files["html"]).text
    assert account not in Word(rendered.files["docx"]).text
    assert sheet_rows(workbook(rendered.files["xlsx"]), "表")[2][0] == "转****0123"


# --- small pieces ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "column", "shown"),
    [
        (None, Column("甲", "number"), "未采集"),
        (None, Column("甲"), ""),
        (n(None, unit="元"), Column("甲", "money"), "未采集"),
        (Decimal("0.005"), Column("甲", "money"), "0.01"),
        (n("1234.5", unit="元"), Column("甲", "money"), "1,234.50"),
        (n("88.04", places=1, unit="%"), Column("率", "percent"), "88.0%"),
        (Decimal("88.04"), Column("率（%）", "percent", places=1), "88.0"),
        (n(5, unit="期"), Column("办班（期）", "number"), "5"),
        (n(5, unit="期"), Column("办班"), "5期"),
        (3, Column("件", "number"), "3"),
        (date(2026, 9, 1), Column("日", "date"), "2026-09-01"),
        (n("12.64", places=1, unit="升", unverified=("k",)), Column("油耗", "number"), "12.6升▲"),
    ],
)
def test_cells(cell: Any, column: Column, shown: str) -> None:
    assert cell_text(cell, column) == shown


def test_codes_that_count_on_are_one_run() -> None:
    codes = tuple(f"A-{i:02d}" for i in (*range(1, 11), 12, *range(14, 17)))
    assert ranges(codes) == [("A-01", "A-10", 10), ("A-12", "A-12", 1), ("A-14", "A-16", 3)]
    assert ranges(codes[:12]) == [(code, code, 1) for code in codes[:12]]
    assert ranges(("x",) * 13) == [("x", "x", 1)] * 13
    assert sum(many for _, _, many in ranges(tuple(f"{i}" for i in range(500)))) == 500


def test_numbers_do_not_break_whatever_widths_were_told() -> None:
    columns = (Column("摘要", width=20), Column("预算数", "money"), Column("日期", "date"))
    table = Table("表", columns, (("甲" * 60, n("1860000", "ZC-1"), date(2026, 9, 1)),))
    report = replace(document(), tables={"t": table}, blocks=(), sources=(Source(123, ("ZC-1",)),))
    laid = lay(table, report, 448, 714, (9, 8))
    assert (laid.across, laid.size, laid.digits) == (False, 9, (0, 3, 0)) and sum(laid.shares) == pytest.approx(1)
    assert laid.shares[1] * 448 / 9 > wide("1,860,000.00") + 3 * 0.4 and laid.shares[2] * 448 / 9 > wide("2026-09-01")
    many = replace(table, columns=columns[1:2] * 9, rows=(table.rows[0][1:2] * 9,))
    assert lay(many, report, 448, 714, (9, 8)).across
    assert not lay(replace(many, columns=many.columns[:5], rows=(many.rows[0][:5],)), report, 448, 714, (9, 8)).across


def test_a_code_is_not_broken_for_the_texts_beside_it() -> None:
    columns = tuple(Column(title, width=width) for title, width in (("编号", 1), ("问题", 4), ("原因", 4), ("措施", 4)))
    table = Table("工单", columns, (("GD-2026-1038", *("很长的一段说明" * 9,) * 3),) * 9)
    laid = lay(table, document(), 448, 714, (9, 8))
    assert laid.shares[0] * 448 / laid.size >= wide("GD-2026-1038")


def test_a_day_behind_an_amount_is_printed_whole() -> None:
    columns = (
        Column("合同", width=9),
        Column("金额（元）", "money"),
        Column("到期日", "date"),
        Column("情况", width=9),
    )
    table = Table(
        "合同到期", columns, (("餐饮服务", Decimal(900_000), date(2026, 12, 28), "应启动采购，最迟本月" * 3),)
    )
    found = replace(document(), tables={"t": table}, blocks=(Placed("table", "t"),), sources=())
    made = render_report(found, FOLDER, ["pdf"])
    with pdfplumber.open(io.BytesIO(made.files["pdf"])) as pdf:
        assert "2026-12-28" in [word["text"] for word in pdf.pages[0].extract_words()]


def test_on_paper_codes_are_shortened() -> None:
    codes = ("ZC-2026-0001", "ZC-2026-0002", "ZC-2026-0007", "SR-2026-0001", "X1", "X2")
    runs = ranges(codes, more_than=0)
    assert shortened(runs) == [("ZC-2026-0001", "0002"), ("0007", ""), ("SR-2026-0001", ""), ("X1", "X2")]


def test_many_codes_are_cut_short_but_not_in_the_workbook() -> None:
    codes = tuple(f"ZC-2026-{i:04d}" for i in range(1, 901, 2))
    report = document(classes=n(450, *codes))
    rendered = render_report(report, FOLDER, ["html", "docx", "xlsx"])
    assert rendered.files["html"].decode().count("ZC-2026-0") >= 240
    assert "0019等450条" in Word(rendered.files["docx"]).text
    assert [row[1] for row in sheet_rows(workbook(rendered.files["xlsx"]), "依据")[2:452]] == list(codes)


def test_a_long_title_breaks_where_the_sense_allows() -> None:
    assert title_lines("中共示例区委党校2026年9月行政后勤运行情况报告", "示例区委党校", 20) == [
        "中共示例区委党校2026年9月",
        "行政后勤运行情况报告",
    ]
    assert title_lines("短题", "校", 20) == ["短题"]
    assert "".join(title_lines("甲" * 50, "校", 20)) == "甲" * 50


def test_sheet_names_are_safe_and_unique() -> None:
    used: set[str] = {"依据"}
    names = [
        sheet_name(t, used)
        for t in ("表", "表", "[]:*?/\\", "依据", "'a'", "History", "长" * 40, "长" * 40, "A" * 29 + "😀x")
    ]
    assert names[:6] == ["表", "表（2）", "表（3）", "依据（2）", "a", "History表"]
    assert all(len(name.encode("utf-16-le")) <= 62 for name in names) and len({x.casefold() for x in names}) == 9
    assert names[7].endswith("（2）") and "\ud83d" not in names[8]


def test_no_picture_gets_into_a_report() -> None:
    with pytest.raises(TemplateError) as caught:
        document(indicators=replace(INDICATORS, rows=((b"\x89PNG" * 5_000_000, *INDICATORS.rows[0][1:]),)))
    assert caught.value.problems == ("表“indicators”第 1 行“指标”一格是 bytes，表格里放不下",)
