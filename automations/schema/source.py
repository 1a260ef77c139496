"""One file of ``schemas/``, parsed, with the lines its entries stand on.

``tomllib`` gives no line numbers, so a plain scan of the text finds them: headings in brackets and ``key =`` at the
start of a line. That is enough for files written one line per column; an entry it cannot see is named without a line.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HEADING = re.compile(r"^\s*(\[\[?)\s*([^\]#]+?)\s*\]")
_KEY = re.compile(r"""^\s*["']?([^\s"'=\[\]{}#,]+)["']?\s*=""")
_AT_LINE = re.compile(r"^(.*?) \(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True)
class Source:
    """A parsed schema file.

    Attributes:
        name: Code name of its table: the file name without ``.toml``.
        label: How messages name the file, e.g. ``schemas/assets.toml``.
        data: What ``tomllib`` read; empty where the text is no TOML (then ``broken`` says why).
        lines: Line of each place: ``title`` (top level), ``fields.amount``, ``views.0``, ``views.0.where``.
        broken: The complete problem where the file could not be read, otherwise "".
    """

    name: str
    label: str
    data: dict[str, Any]
    lines: dict[str, int]
    broken: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """What stands under ``[fields]``, right or wrong; empty where it is no table at all."""
        fields = self.data.get("fields", {})
        return fields if isinstance(fields, dict) else {}

    def at(self, *place: str | int) -> str:
        """Start of a problem: ``schemas/assets.toml:14``, or the nearest heading above a place without a line."""
        parts = [str(part) for part in place]
        while parts:
            line = self.lines.get(".".join(parts))
            if line:
                return f"{self.label}:{line}"
            parts.pop()
        return f"{self.label}:1"

    def line(self, *place: str | int) -> int:
        """Line number of a place, 0 where the scan did not see it."""
        return self.lines.get(".".join(str(part) for part in place), 0)


def read_source(path: Path) -> Source:
    """Read and parse one file; a broken one comes back with ``broken`` set instead of an exception."""
    label = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return Source(
            path.stem, label, {}, {}, f"{label}:1：不是 UTF-8 文本（第 {error.start} 字节），请另存为 UTF-8。"
        )
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Source(path.stem, label, {}, {}, _explain(label, text, str(error)))
    return Source(path.stem, label, data, _scan(text))


def hint(word: str, known: Iterable[str]) -> str:
    """End of a sentence about an unknown word: the nearest known one, and what there is where the list is short."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    near = f"，是不是“{close[0]}”？" if close else ""
    return f"{near or '，'}可用：{'、'.join(names)}" if len(names) <= 40 else near


def _explain(label: str, text: str, message: str) -> str:
    found = _AT_LINE.match(message)
    if not found:  # "(at end of document)"
        return f"{label}:{text.count(chr(10)) + 1}：TOML 语法错误（{message}），请检查引号、括号和逗号。"
    what, line, column = found.groups()
    return f"{label}:{line}：TOML 语法错误（第 {column} 列：{what}），请检查引号、括号和逗号，同一个键不能写两次。"


def _scan(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    section, arrays = "", dict[str, int]()
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := _HEADING.match(line):
            section = heading[2].replace(" ", "")
            if heading[1] == "[[":
                arrays[section] = arrays.get(section, -1) + 1
                section = f"{section}.{arrays[section]}"
            lines.setdefault(section, number)
        elif key := _KEY.match(line):
            lines.setdefault(f"{section}.{key[1]}" if section else key[1], number)
    return lines
