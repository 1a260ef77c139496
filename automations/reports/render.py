"""A folder of ``report_templates/`` and a dict → HTML, PDF and Word.

HTML is the master; the PDF is its print; the Word file is for offices that must touch it up. The office edits all of
them, so templates run in a sandbox and every mistake is told with file, line and field.
"""

import io
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias
from zipfile import BadZipFile

import jinja2
import segno
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from automations.errors import HouqinError, ReportError, TemplateError
from automations.reports import print_pdf
from automations.reports.fonts import OFFICE, Faces, drawable, find_faces
from automations.reports.mistakes import SHARED, docx_text, explain, lint, shown, there
from automations.reports.printable import printable
from automations.settings import HOUSE

Format: TypeAlias = Literal["pdf", "docx", "html"]
PATIENCE = 120
"""Seconds a page may take to print; a claim takes two."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``report.toml`` of a folder.

    Attributes:
        title: What people call it.
        paper: Size of the sheet; the page itself sets it in its ``@page`` rule.
        needs: Fields that the data must have.
    """

    title: str
    paper: str
    needs: tuple[str, ...]


def template_folder(name: str) -> Path:
    """Where a report's template lies: in the checkout, or inside the installed package."""
    places = (HOUSE / "report_templates" / name, Path(__file__).parent.parent / "_data" / "report_templates" / name)
    for place in places:
        if (place / "report.toml").is_file():
            return place
    raise TemplateError(f"找不到报表模板“{name}”。请确认 report_templates/{name}/report.toml 存在。")


def manifest(folder: Path) -> Manifest:
    """Read ``report.toml``.

    Raises:
        TemplateError: It is missing or broken.
    """
    path = folder / "report.toml"
    try:
        found = tomllib.loads(path.read_text("utf-8"))
        return Manifest(str(found["title"]), str(found["paper"]), tuple(str(name) for name in found["needs"]))
    except FileNotFoundError:
        raise TemplateError(f"模板文件夹“{folder.name}”里没有 report.toml。请从备份或安装包中恢复。") from None
    except KeyError as error:
        raise TemplateError(f"{shown(path)} 缺少“{error.args[0]}”一行。请补上后重试。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise TemplateError(f"{shown(path)} 写法有误（{error}）。请改正后重试。") from None


def render_form(
    folder: Path, data: Mapping[str, Any], formats: Sequence[Format] = ("pdf", "docx", "html")
) -> dict[str, bytes]:
    """Fill a form.

    Args:
        folder: Template folder: ``report.toml``, and ``page.html`` and ``report.docx`` as far as asked for.
        data: Texts, lists and dicts of them; see the folder's ``sample.json``.
        formats: What to make.

    Returns:
        The files' content by format.

    Raises:
        TemplateError: A field is missing or a template is wrong.
        ReportError: The machine cannot print it (no Chinese font, out of time).
    """
    told = manifest(folder)
    if missing := [name for name in told.needs if name not in data]:
        raise TemplateError(
            f"打印《{told.title}》所需的数据不全。请信息科核对 {shown(folder / 'report.toml')} 的 needs 与数据：",
            [f"缺少字段“{name}”" for name in missing],
        )
    made: dict[str, bytes] = {}
    for form in formats:
        if form == "html":
            made[form] = _html(folder, printable(data), OFFICE).encode()
        elif form == "pdf":
            made[form] = _pdf(_html(folder, printable(data, drawable()), find_faces()), folder)
        else:
            made[form] = _docx(folder / "report.docx", printable(data))
    return made


class _Missing(jinja2.StrictUndefined):
    """Says in Chinese which field is missing."""

    @property
    def _undefined_message(self) -> str:
        return f"没有字段“{self._undefined_name}”"


def _environment(folder: Path) -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=jinja2.FileSystemLoader([folder, folder.parent]),  # the latter for "_shared/…"
        undefined=_Missing,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _html(folder: Path, data: Mapping[str, Any], faces: Faces) -> str:
    environment = _environment(folder)
    environment.globals.update(qr=_qr_svg, fonts=faces)
    lint(there(folder / "page.html").read_text("utf-8"), folder / "page.html")
    try:
        return environment.get_template("page.html").render(data)
    except HouqinError:
        raise
    except Exception as error:
        # Whatever a template does wrong (a filter on the wrong value, a loop over nothing) is told the same way.
        explain(error, folder, "page.html")


def _pdf(page: str, folder: Path) -> bytes:
    """Print in a short-lived process: measured 251 MB there at its peak, and 2 MB more here, for one claim."""
    folder = folder.resolve()
    run = "import sys; from automations.reports.print_pdf import main; sys.exit(main())"
    command = [sys.executable, "-X", "utf8", "-c", run, str(folder), str(folder.parent / SHARED)]
    # The page needs none of the school's passwords.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOUQIN_")}
    try:
        done = subprocess.run(
            command, input=page.encode(), capture_output=True, cwd=HOUSE, env=environment, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise ReportError(f"打印“{folder.name}”超过 {PATIENCE} 秒未完成，已停止。请减少内容或稍后重试。") from None
    told = done.stderr.decode(errors="replace").strip()
    if done.returncode == print_pdf.REFUSED:
        raise TemplateError(
            f"{shown(folder / 'page.html')} 引用了模板文件夹以外的地址：{told.splitlines()[-1]}。"
            "打印时不访问网络，请把图片或样式放进模板文件夹。"
        )
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        last = told.splitlines()[-1] if told else f"退出码 {done.returncode}"
        raise ReportError(
            f"生成“{folder.name}”的 PDF 失败：{last}。请确认已安装 libpango-1.0-0 和 libpangoft2-1.0-0，再重试。"
        )
    return done.stdout


def _docx(path: Path, data: Mapping[str, Any]) -> bytes:
    from docx.opc.exceptions import PackageNotFoundError
    from docx.shared import Mm  # python-docx and lxml only where a Word file is made
    from docxtpl import DocxTemplate, InlineImage

    def picture(text: str, size: int = 22) -> Any:
        return InlineImage(word, io.BytesIO(_qr_png(text)), width=Mm(size)) if text else ""

    try:
        lint(docx_text(there(path)), path)
    except (PackageNotFoundError, BadZipFile, KeyError) as error:
        raise TemplateError(f"{shown(path)} 不是可用的 Word 文件（{error}）。请用 Word 另存为 .docx 后放回。") from None
    word = DocxTemplate(path)
    environment = _environment(path.parent)
    environment.globals.update(qr=picture)
    try:
        word.render(dict(data), environment, autoescape=True)
    except HouqinError:
        raise
    except Exception as error:
        explain(error, path.parent, path.name)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _qr(text: str) -> segno.QRCode:
    try:
        return segno.make(text, error="m", micro=False)
    except segno.DataOverflowError:
        raise ReportError(f"地址过长（{len(text)} 字），放不进二维码。请检查表格平台的地址设置。") from None


def _qr_svg(text: str) -> Markup:
    """The code as inline SVG; nothing for an empty address. Safe: the drawing holds no text of the data."""
    return Markup(_qr(text).svg_inline(border=2, omitsize=True)) if text else Markup("")


def _qr_png(text: str) -> bytes:
    out = io.BytesIO()
    _qr(text).save(out, kind="png", scale=8, border=2)
    return out.getvalue()
