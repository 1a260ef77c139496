"""A folder of ``report_templates/`` and a dict → HTML, PDF and Word.

HTML is the master; the PDF is its print; the Word file is for offices that must touch it up. The office edits all of
them, so templates run in a sandbox and every mistake is told with file, line and field.
"""

import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias
from zipfile import BadZipFile

import jinja2
import segno
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup

from automations.errors import HouqinError, ReportError, TemplateError
from automations.reports import print_pdf
from automations.reports.fonts import OFFICE, Faces, drawable, find_faces
from automations.reports.manifest import Manifest, manifest, template_folder
from automations.reports.mistakes import SHARED, docx_text, explain, lint, nearest, shown, there
from automations.reports.printable import printable
from automations.settings import HOUSE

Format: TypeAlias = Literal["pdf", "docx", "html"]
__all__ = ["Format", "Manifest", "environment", "manifest", "printed", "render_form", "template_folder"]
PATIENCE = 120
"""Seconds a page may take to print; a claim takes two."""


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
    if lacking := [name for name in told.needs if name not in data]:
        raise TemplateError(
            f"打印《{told.title}》所需的数据不全。请信息科核对 {shown(folder / 'report.toml')} 的 needs 与数据：",
            [f"缺少字段“{name}”" for name in lacking],
        )
    made: dict[str, bytes] = {}
    for form in formats:
        if form == "html":
            made[form] = _html(folder, printable(data), OFFICE).encode()
        elif form == "pdf":
            made[form] = printed(_html(folder, printable(data, drawable()), find_faces()), folder, PATIENCE)
        else:
            made[form] = _docx(folder / "report.docx", printable(data))
    return made


class Missing(jinja2.StrictUndefined):
    """Says in Chinese which field is missing."""

    @property
    def _undefined_message(self) -> str:
        known = [] if self._undefined_obj is missing else _names(self._undefined_obj)
        return f"没有字段“{self._undefined_name}”" + nearest(str(self._undefined_name), known)


def _names(thing: Any) -> list[str]:
    """What may stand behind the point after ``thing``."""
    names = thing if isinstance(thing, Mapping) else dir(thing)
    return [str(name) for name in names if not str(name).startswith("_")]


def environment(*folders: Path) -> SandboxedEnvironment:
    """A sandbox for templates of these folders and of what lies beside them; cells cannot become marks in it."""
    return SandboxedEnvironment(
        loader=jinja2.FileSystemLoader([*folders, *(f.parent for f in folders)]),  # the latter for "_shared/…"
        undefined=Missing,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _html(folder: Path, data: Mapping[str, Any], faces: Faces) -> str:
    jinja = environment(folder)
    jinja.globals.update(qr=_qr_svg, fonts=faces)
    lint(there(folder / "page.html").read_text("utf-8"), folder / "page.html")
    try:
        return jinja.get_template("page.html").render(data)
    except HouqinError:
        raise
    except Exception as error:
        # Whatever a template does wrong (a filter on the wrong value, a loop over nothing) is told the same way.
        explain(error, folder, "page.html")


def apart(module: str, content: bytes, patience: int, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """Run ``main`` of a module of this room in a short-lived process: ``content`` in, standard output back.

    Raises:
        subprocess.TimeoutExpired: It took longer than ``patience`` seconds, and was ended.
    """
    run = f"import sys; from automations.reports.{module} import main; sys.exit(main())"
    command = [sys.executable, "-X", "utf8", "-c", run, *arguments]
    # It needs none of the school's passwords.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOUQIN_")}
    return subprocess.run(
        command, input=content, capture_output=True, cwd=HOUSE, env=inherited, timeout=patience, check=False
    )


def printed(page: str, folder: Path, patience: int) -> bytes:
    """Print in a short-lived process: measured 251 MB there at its peak, and 2 MB more here, for one claim."""
    folder = folder.resolve()
    try:
        done = apart("print_pdf", page.encode(), patience, str(folder), str(folder.parent / SHARED))
    except subprocess.TimeoutExpired:
        raise ReportError(f"打印“{folder.name}”超过 {patience} 秒未完成，已停止。请减少内容或稍后重试。") from None
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
    jinja = environment(path.parent)
    jinja.globals.update(qr=picture)
    try:
        word.render(dict(data), jinja, autoescape=True)
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
