"""《费用报销审批单》: what stands on it, how it prints, and what no cell and no template can make it do."""

import io
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest
import segno
from docx.oxml.ns import qn
from docxtpl import DocxTemplate

from automations.errors import ReportError, TemplateError
from automations.reports import render_form, template_folder
from automations.reports.fonts import find_faces
from automations.reports.printable import discreet, masked, printable
from automations.reports.render import manifest

from .claim import FULL, NAMES, SEAL, URL, form, step

FOLDER = template_folder("expense_form")
SAMPLE = json.loads((FOLDER / "sample.json").read_text("utf-8"))


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


class Pages:
    """A PDF read back: text and font names page by page."""

    def __init__(self, content: bytes) -> None:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            self.texts = [squeeze(page.extract_text()) for page in pdf.pages]
            self.fonts = {char["fontname"] for page in pdf.pages for char in page.chars}
            self.sizes = {(round(page.width), round(page.height)) for page in pdf.pages}
        self.text = "".join(self.texts)


def word_text(content: bytes) -> str:
    return squeeze("".join(t.text or "" for t in docx.Document(io.BytesIO(content)).element.iter(qn("w:t"))))


class Seen(HTMLParser):
    """What a browser would make of the page: elements, and the text that a reader sees."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def printed() -> dict[str, bytes]:
    return render_form(FOLDER, SAMPLE)


# --- data ------------------------------------------------------------------------------------------------------


def test_the_sample_is_what_the_program_makes() -> None:
    assert form() == SAMPLE
    assert set(SAMPLE) == set(manifest(FOLDER).needs)


def test_steps_show_delegates_substitutes_and_the_sum_each_signed() -> None:
    steps = form()["steps"]
    assert [s["name"] for s in steps] == ["周敏", "陈建国", "李会芳", "蒋文涛（代吴志远）", "郑国华"]
    assert steps[0] | {"level": "经办人", "at": "2026-09-02 17:03", "decision": "提交"} == steps[0]
    assert [s["amount"] for s in steps] == ["", "签批金额 12,860.50 元", "", "", ""]
    stood_aside = form(steps=[step(1, 3, "分管领导", 7, "同意", at=(4, 0, 33), stands_for=4)])["steps"]
    assert stood_aside[1]["name"] == "蒋文涛（替吴志远）"


def test_a_signature_that_fell_does_not_look_like_one_that_stands() -> None:
    fell = step(1, 1, "部门负责人", 2, "同意", at=(1, 2, 5), validity="作废-改单")
    assert form(steps=[fell])["steps"][1]["decision"] == "同意（作废-改单）"
    assert form(steps=[step(1, 1, "部门负责人", 2, validity="待定")])["steps"][1]["decision"] == "待签"


def test_earlier_rounds_are_summed_up_and_silence_is_not() -> None:
    assert form()["earlier"] == [
        "第1轮：部门负责人陈建国同意（2026-09-01 10:05，作废-退回）；"
        "会计李会芳退回“缺更换压缩机的验收照片”（2026-09-01 15:40，作废-退回）。"
    ]
    assert form(steps=[step(1, 1, "部门负责人", 2), step(2, 1, "部门负责人", 2)])["earlier"] == []


def test_an_unfinished_claim_says_that_it_pays_nothing() -> None:
    assert form()["warning"] == ""
    data = form(claim={"status": "签批中"})
    assert data["warning"] == "本单状态为“签批中”，签批未完成，不得作为付款依据。"
    made = render_form(FOLDER, data)
    assert "不得作为付款依据" in Pages(made["pdf"]).text and "【签批未完成】" in Pages(made["pdf"]).text
    assert "不得作为付款依据" in word_text(made["docx"])


@pytest.mark.parametrize(
    ("claim", "field", "text"),
    [
        ({"audited_amount": None}, "payable", "12,860.50"),
        ({"audited_amount": None}, "reduced", ""),
        ({}, "reduced", "核减 180.00 元"),
        ({}, "payable_capital", "壹万贰仟陆佰捌拾元零伍角整"),
        ({"vendor": None, "payee": 6, "payee_kind": "个人"}, "payee", "何丽"),
        ({"payee": 6, "payee_kind": "个人"}, "payee", "何丽"),
        ({"attach_n": None}, "attachments", "未填"),
        ({"attach_n": Decimal(10)}, "attachments", "10 张"),
        ({"handler": 99}, "handler", "（已删除的记录 99）"),
        ({"request": None}, "related", ""),
        ({"paid_on": date(2026, 9, 10)}, "paid_on", "2026年9月10日"),
    ],
)
def test_cells_as_they_are_printed(claim: dict[str, Any], field: str, text: str) -> None:
    assert form(claim=claim)[field] == text


@pytest.mark.parametrize(
    ("proof", "word"), [("history", "修改记录"), ("audit", "审计记录"), ("last-modified", "最后修改人")]
)
def test_names_the_strength_of_the_proof(proof: str, word: str) -> None:
    assert form(proof=proof)["proof"] == word


def test_refuses_a_claim_without_an_amount() -> None:
    with pytest.raises(ReportError, match="没有申请金额"):
        form(claim={"amount": None})


def test_no_bank_account_gets_onto_paper() -> None:
    account = "6222 0231 0001 2345 678"
    data = form(
        claim={"remark": f"请付到{account}，不要付到 6217001234567890123", "payee_account": account},
        notes=[f"卡号{account}"],
        steps=[step(1, 1, "部门负责人", 2, "同意", at=(1, 2, 5), opinion="账号 6217001234567890123 已核")],
    )
    everything = re.sub(r"[ -]", "", json.dumps(data, ensure_ascii=False))
    assert data["account"] == "****5678" and data["remark"] == "请付到****5678，不要付到 ****0123"
    assert "62220231" not in everything and "62170012" not in everything
    short = form(claim={"payee_account": "123456789012", "remark": "账号123456789012"})
    assert short["remark"] == "账号****9012"
    assert masked("12345678") == "****" and masked("") == ""


@pytest.mark.parametrize(
    "text",
    ["2026-09-01 2026-09-05 两天", "发票26502000000123456789", "金额 100 200 300 400 500", "合同 HT-2026-0001-0002"],
)
def test_masking_leaves_dates_invoices_and_sums_alone(text: str) -> None:
    assert discreet(text) == text


# --- print -----------------------------------------------------------------------------------------------------


def test_a_normal_claim_fills_one_page_in_chinese_type(printed: dict[str, bytes]) -> None:
    pages = Pages(printed["pdf"])
    assert len(pages.texts) == 1 and pages.sizes == {(595, 842)}
    faces = find_faces()
    wanted = {face.replace(" ", "-") for face in (faces.serif, faces.sans)}
    embedded = {name.split("+")[1].removesuffix("-Bold") for name in pages.fonts if "+" in name}
    assert wanted == embedded  # nothing drawn with another face, nothing left to the reader's machine
    assert len(pages.fonts) == len({n for n in pages.fonts if "+" in n})
    assert "第1页共1页" in pages.text


def test_all_three_say_everything(printed: dict[str, bytes]) -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value] if value else []
        return [t for item in (value.values() if isinstance(value, dict) else value) for t in texts(item)]

    shown = [squeeze(t) for name, value in SAMPLE.items() if name not in ("url", "printed_at") for t in texts(value)]
    assert len(shown) > 60
    for read in (Pages(printed["pdf"]).text, squeeze(Seen(printed["html"]).text), word_text(printed["docx"])):
        # Lines of one cell may be told apart by what stands beside it: compare piece by piece where wrapped.
        assert [t for t in shown if len(t) <= 12 and t not in read] == []
        assert sorted(set("".join(shown)) - set(read)) == []
    for read in (squeeze(Seen(printed["html"]).text), word_text(printed["docx"])):
        assert [t for t in shown if t not in read] == []


def test_the_seal_stands_whole_and_by_its_tail(printed: dict[str, bytes]) -> None:
    for read in (Pages(printed["pdf"]).text, squeeze(Seen(printed["html"]).text), word_text(printed["docx"])):
        assert SEAL in read
        assert f"尾号{SEAL[-12:]}" in read


def test_boxes_for_signatures_by_hand(printed: dict[str, bytes]) -> None:
    for read in (Pages(printed["pdf"]).text, word_text(printed["docx"])):
        for box in ("手写签名及日期", "出纳付款", "领款人签名", "会计入账", "凭证号"):
            assert box in read


def test_the_code_leads_to_the_row(printed: dict[str, bytes]) -> None:
    code = segno.make(URL, error="m", micro=False)
    assert code.svg_inline(border=2, omitsize=True) in printed["html"].decode()
    png = io.BytesIO()
    code.save(png, kind="png", scale=8, border=2)
    with zipfile.ZipFile(io.BytesIO(printed["docx"])) as word:
        pictures = [word.read(name) for name in word.namelist() if name.startswith("word/media/")]
    assert pictures == [png.getvalue()]
    elsewhere = render_form(FOLDER, SAMPLE | {"url": URL + "9"}, ["html"])["html"].decode()
    assert code.svg_inline(border=2, omitsize=True) not in elsewhere


def test_no_address_no_code_and_too_long_is_told() -> None:
    made = render_form(FOLDER, SAMPLE | {"url": ""}, ["html", "docx"])
    assert "svg" not in Seen(made["html"]).tags and "扫码" not in Seen(made["html"]).text
    assert "扫码" not in word_text(made["docx"])
    for kind in ("html", "docx"):
        with pytest.raises(ReportError, match="放不进二维码"):
            render_form(FOLDER, SAMPLE | {"url": "http://x/" + "a" * 3000}, [kind])


def test_forty_invoices_run_over_pages_with_their_headings() -> None:
    bills = [
        {
            "kind": "数电票",
            "inv_no": f"265020000001234{n:05d}",
            "issued_on": date(2026, 8, 1 + n % 28),
            "seller": "江州区某某商贸有限公司",
            "amount": Decimal("100.00"),
        }
        for n in range(40)
    ]
    made = render_form(FOLDER, form(invoices=bills), ["pdf", "docx"])
    pages = Pages(made["pdf"])
    assert len(pages.texts) == 2
    for number, text in enumerate(pages.texts, 1):
        assert "序号票种发票代码及号码开票日期销方金额" in text
        assert f"单号ZC-2026-0158指纹尾号{SEAL[-12:]}" in text and f"第{number}页共2页" in text
    for read in (pages.text, word_text(made["docx"])):
        assert [b["inv_no"] for b in bills if b["inv_no"] not in read] == []
        assert "发票合计（40张）" in read and "4,000.00" in read


# --- hostile cells ---------------------------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script> =cmd|'/C calc'!A1 {{7*7}} {% for x in y %} {# a #} A&B <三层> \"引号\" &lt; ]]> "
    "😀👨‍👩‍👧 شكرا 𠮷 \u202e0001\u202c \u200f\x00\x0b\x1b[31m\ud800 \ue001 "
    "</w:t></table><img src=http://127.0.0.1:9/x onerror=x>"
)
REMARK = HOSTILE + "长文" * ((3000 - len(HOSTILE)) // 2) + "末"


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    names = {**NAMES, ("people", 1): HOSTILE, ("departments", 1): "A&B 楼 <三层>"}
    bills = [
        {"kind": HOSTILE, "inv_no": f"{n:08d}", "seller": HOSTILE, "amount": Decimal("999999999999.99")}
        for n in range(12)
    ]
    data = form(
        claim={"title": HOSTILE, "remark": REMARK, "amount": Decimal("999999999999.99"), "audited_amount": None},
        steps=[step(1, 1, "部门负责人", 2, "同意", at=(3, 1, 12), opinion=REMARK, amount=FULL)],
        invoices=bills,
        names=names,
        unit=HOSTILE,
        proof_note=HOSTILE,
        notes=[HOSTILE],
    )
    return render_form(FOLDER, data)


def test_nothing_of_a_hostile_cell_runs_or_breaks_the_page(hostile: dict[str, bytes]) -> None:
    page = Seen(hostile["html"])
    assert {"script", "img", "三层"}.isdisjoint(page.tags)
    assert not [a for a in page.attributes if a.startswith("on")]
    plain = Seen(render_form(FOLDER, SAMPLE, ["html"])["html"])
    assert set(page.tags) <= set(plain.tags) | {"div"}
    with zipfile.ZipFile(io.BytesIO(hostile["docx"])) as word:
        document = word.read("word/document.xml").decode()
        assert "http://127.0.0.1:9" not in word.read("word/_rels/document.xml.rels").decode()
    rows = [table.rows for table in docx.Document(io.BytesIO(hostile["docx"])).tables]
    assert [len(r) for r in rows[2:4]] == [1 + 12 + 1, 1 + 2]  # invoices, signatures: no row lost
    assert "<script" not in document and "<img" not in document


def test_nothing_of_a_hostile_cell_disappears(hostile: dict[str, bytes]) -> None:
    pdf, word, page = Pages(hostile["pdf"]).text, word_text(hostile["docx"]), squeeze(Seen(hostile["html"]).text)
    for read in (pdf, word, page):
        for piece in (
            "{{7*7}}",
            "</script>",
            "A&B<三层>",
            "&lt;",
            "]]>",
            "=cmd|'/Ccalc'!A1",
            "{%forxiny%}",
            "{#a#}",
            "𠮷",
        ):
            assert piece in read, piece
        assert read.count("〔U+202E〕0001〔U+202C〕") >= 5
        for point in ("200F", "0000", "000B", "001B", "D800"):
            assert f"〔U+{point}〕" in read
        assert "\u202e" not in read and "\x00" not in read
        assert read.count("长") >= 2 * ((3000 - len(HOSTILE)) // 2) and "文末" in read
        assert "¥999,999,999,999.99" in read  # in one piece
        # In the PDF the second line of the cell comes after what stands beside the first.
        assert "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万" in read and "元玖角玖分" in read
    for read in (word, page):
        assert squeeze(printable(HOSTILE)) in read  # emoji and Arabic as typed, for whoever has the faces
    assert "〔U+E001〕" in pdf  # 造字 is different on each machine


def test_printable_reads_the_same_a_second_time() -> None:
    once = printable({"a": [HOSTILE, "甲\r\n乙\u2028丙"]})
    assert once["a"][1] == "甲\n乙\n丙"
    assert printable(once) == once
    assert printable("啊😀", frozenset({ord("啊")})) == "啊〔U+1F600〕"


# --- templates that the office edits ------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the templates to spoil."""
    shutil.copytree(FOLDER.parent, tmp_path / "report_templates")
    return tmp_path / "report_templates" / "expense_form"


def edit(path: Path, old: str, new: str) -> int:
    """Replace once; the line where it stands."""
    text = path.read_text("utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def edit_word(path: Path, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as word:
        parts = {name: word.read(name) for name in word.namelist()}
    body = parts["word/document.xml"].decode()
    assert old in body
    parts["word/document.xml"] = body.replace(old, new, 1).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as word:
        for name, content in parts.items():
            word.writestr(name, content)


def test_missing_data_is_named() -> None:
    with pytest.raises(TemplateError) as told:
        render_form(FOLDER, {k: v for k, v in SAMPLE.items() if k not in ("seal", "steps")}, ["html"])
    assert told.value.problems == ("缺少字段“steps”", "缺少字段“seal”")
    assert "report_templates/expense_form/report.toml" in told.value.message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{{ status }}", "{{ statsu }}", "没有字段“statsu”"),
        ("{{ bill.seller }}", "{{ bill.selller }}", "没有字段“selller”"),
        ("{{ bill.seller }}", "{{ ''.__class__.__mro__ }}", "用了不允许的写法"),
        ("{{ bill.seller }}", "{{ bill.seller + 1 }}", "出错"),
        ("{% for step in steps %}", "{% for step of steps %}", "写法有误"),
        ("{{ bill.seller }}", "｛｛ bill.seller ｝｝", "全角括号"),
        ('{% import "_shared/macros.html" as m %}', '{% import "_shared/nothing.html" as m %}', "找不到引用的文件"),
        ('{% import "_shared/macros.html" as m %}', '{% import "../../pyproject.toml" as m %}', "找不到引用的文件"),
    ],
)
def test_a_mistake_in_the_page_is_told_with_its_line(own: Path, old: str, new: str, words: str) -> None:
    line = edit(own / "page.html", old, new)
    with pytest.raises(TemplateError) as told:
        render_form(own, SAMPLE, ["html"])
    assert f"report_templates/expense_form/page.html 第 {line} 行" in told.value.message
    assert words in told.value.message
    assert str(own.parent.parent) not in told.value.message


def test_a_mistake_in_a_shared_file_is_told_there(own: Path) -> None:
    line = edit(own.parent / "_shared" / "macros.html", "{{ value }}", "{{ vlaue }}")
    with pytest.raises(TemplateError, match=f"_shared/macros.html 第 {line} 行：没有字段“vlaue”"):
        render_form(own, SAMPLE, ["html"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{{ bill.seller }}", "{{ bill.selller }}", "中“{{ bill.selller }}”一段：没有字段“selller”"),
        ("{{ unit }}", "｛｛ unit ｝｝", "中“｛｛ unit ｝｝”一段用了全角括号"),
        ("{{ unit }}", "{{ ''.__class__ }}", "用了不允许的写法"),
        ("{{ unit }}", "{{ unit ", "写法有误"),
    ],
)
def test_a_mistake_in_the_word_file_is_told_with_its_paragraph(own: Path, old: str, new: str, words: str) -> None:
    edit_word(own / "report.docx", old, new)
    with pytest.raises(TemplateError) as told:
        render_form(own, SAMPLE, ["docx"])
    assert "report_templates/expense_form/report.docx" in told.value.message and words in told.value.message


@pytest.mark.parametrize("file", ["report.toml", "page.html", "report.docx"])
def test_a_file_that_is_gone_or_spoilt_is_named(own: Path, file: str) -> None:
    (own / file).write_bytes(b"\x00= nothing {{")
    with pytest.raises(TemplateError, match=file):
        render_form(own, SAMPLE, ["html", "docx"])
    (own / file).unlink()
    with pytest.raises(TemplateError, match=file):
        render_form(own, SAMPLE, ["html", "docx"])


def test_a_page_fetches_nothing_from_outside_its_folder(own: Path) -> None:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    page = (own / "page.html").read_text("utf-8")
    (own.parent.parent / "secret.png").write_bytes(b"secret")
    (own / "link.png").symlink_to(own.parent.parent / "secret.png")
    try:
        for address in (
            f"http://127.0.0.1:{server.server_port}/logo.png",
            Path("/etc/hostname").as_uri(),
            "../../secret.png",
            "link.png",
        ):
            (own / "page.html").write_text(page.replace("<body>", f'<body><img src="{address}">'), "utf-8")
            with pytest.raises(TemplateError, match="以外的地址.*" + re.escape(address.removeprefix("../.."))):
                render_form(own, SAMPLE, ["pdf"])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked == []


def test_a_picture_in_the_folder_is_printed(own: Path) -> None:
    segno.make("logo").save(str(own / "logo.png"))
    edit(own / "page.html", "<body>", '<body><img src="logo.png">')
    with pdfplumber.open(io.BytesIO(render_form(own, SAMPLE, ["pdf"])["pdf"])) as pdf:
        assert len(pdf.pages[0].images) == 1


def test_the_word_file_has_its_fields_and_chinese_type() -> None:
    path = FOLDER / "report.docx"
    assert path.stat().st_size < 60_000
    used = DocxTemplate(path).get_undeclared_template_variables()
    assert used == set(manifest(FOLDER).needs) | {"qr"}
    runs = [
        run
        for run in docx.Document(str(path)).element.iter(qn("w:r"))
        if "".join(t.text or "" for t in run.iter(qn("w:t")))
    ]
    assert len(runs) > 60
    for run in runs:
        fonts, lang = run.rPr.find(qn("w:rFonts")), run.rPr.find(qn("w:lang"))
        assert fonts.get(qn("w:eastAsia")) in ("宋体", "黑体") and fonts.get(qn("w:eastAsiaTheme")) is None
        assert lang.get(qn("w:eastAsia")) == "zh-CN"


# --- the machine ---------------------------------------------------------------------------------------------------


def test_without_a_chinese_face_it_refuses_instead_of_printing_boxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    with pytest.raises(ReportError, match=r"没有中文字体.*fonts-noto-cjk"):
        render_form(FOLDER, SAMPLE, ["pdf"])
    assert set(render_form(FOLDER, SAMPLE, ["html", "docx"])) == {"html", "docx"}  # they need no face of ours


def test_printing_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automations.reports.render.PATIENCE", 0.05)
    with pytest.raises(ReportError, match=r"超过 0\.05 秒未完成，已停止"):
        render_form(FOLDER, SAMPLE, ["pdf"])


def test_a_machine_without_pango_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ReportError, match=r"失败：OSError: cannot load library.*请确认已安装 libpango-1.0-0"):
        render_form(FOLDER, SAMPLE, ["pdf"])


def test_printing_leaves_the_worker_small() -> None:
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from automations.reports import render_form, template_folder\n"
        "folder = template_folder('expense_form')\n"
        "made = render_form(folder, json.loads((folder / 'sample.json').read_text('utf-8')))\n"
        "assert sorted(made) == ['docx', 'html', 'pdf']\n"
        "assert 'weasyprint' not in sys.modules\n"
        "print([line.split()[1] for line in Path('/proc/self/status').open() if line.startswith('VmHWM')][0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 110_000  # kB at its peak; WeasyPrint in the process takes it past 200 000


def test_the_printing_process_gets_none_of_the_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python runs at its start writes down the names it sees: a witness inside the real process."""
    witness = tmp_path / "names.txt"
    (tmp_path / "sitecustomize.py").write_text(f"import os\nopen({str(witness)!r}, 'w').write(' '.join(os.environ))\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("HOUQIN_HOST_PASSWORD", "not for paper")
    render_form(FOLDER, SAMPLE, ["pdf"])
    seen = witness.read_text().split()
    assert "PATH" in seen and not [name for name in seen if name.startswith("HOUQIN_")]
