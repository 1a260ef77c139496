"""Mistakes in templates, told to whoever edits them: in Chinese, with file, line and field."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

import jinja2
from jinja2.exceptions import SecurityError

from automations.errors import TemplateError

SHARED = "_shared"
"""Folder beside the reports' own, for what several of them use."""


def docx_text(path: Path) -> str:
    """All text of a Word template, one paragraph a line: what placeholders and lint look at."""
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(str(path))
    parts = [document.element]
    for section in document.sections:
        parts += [section.header._element, section.footer._element]
    return "\n".join(
        "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
        for part in parts
        for paragraph in part.iter(qn("w:p"))
    )


def lint(text: str, path: Path) -> None:
    """Full-width braces from a Chinese input method would be printed as they are."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(mark in line for mark in ("｛｛", "｝｝", "｛%", "%｝", "｛％", "％｝")):
            raise TemplateError(
                f"{shown(path)} {_place(path, number, line)}用了全角括号，不会被替换。"
                "请改成半角的 {{ }} 或 {% %}。"
            )


def explain(error: Exception, folder: Path, file: str) -> NoReturn:
    """Turn any failure of a template into a :class:`TemplateError` with file, line and field."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace:
        name = Path(trace.tb_frame.f_code.co_filename)
        if name.suffix == ".html":  # jinja2 puts the template's own lines into the traceback; the innermost counts
            file, line = (name.name if name.parent == folder else f"{SHARED}/{name.name}"), trace.tb_lineno
        trace = trace.tb_next
    what = str(error)
    if isinstance(error, jinja2.TemplateSyntaxError):
        what, file = f"写法有误（{error.message}）", error.name or file
    elif isinstance(error, SecurityError):
        what = f"用了不允许的写法（{error}）"
    elif isinstance(error, jinja2.TemplateNotFound):
        what = f"找不到引用的文件“{error.name}”"
    elif not isinstance(error, jinja2.UndefinedError):
        what = f"出错（{type(error).__name__}: {error}）"
    path = folder.parent / file if file.startswith(SHARED) else folder / file
    where = f" 第 {line} 行" if line and path.suffix != ".docx" else ""
    if path.suffix == ".docx" and "“" in what:
        field = what.split("“")[1].split("”")[0]
        quoted = next((t for t in docx_text(path).splitlines() if field in t), "")
        where = f" 中“{quoted[:40]}”一段" if quoted else ""
    raise TemplateError(f"{shown(path)}{where}：{what}。请改正模板，或用安装包里的原模板替换。") from error


def nearest(name: str, known: Iterable[str]) -> str:
    """``，是不是“…”？`` after a name that does not exist; "" where nothing is like it."""
    alike = get_close_matches(name, list(known), 1, 0.5)
    return f"，是不是“{alike[0]}”？" if alike else ""


def there(path: Path) -> Path:
    """The path, if the file is there."""
    if not path.is_file():
        raise TemplateError(f"找不到模板 {shown(path)}。请从备份或安装包中恢复。")
    return path


def _place(path: Path, number: int, line: str) -> str:
    return f"中“{line.strip()[:40]}”一段" if path.suffix == ".docx" else f"第 {number} 行"


def shown(path: Path) -> str:
    """A template's path as people know it, without this machine's part."""
    return f"report_templates/{path.parent.name}/{path.name}"
