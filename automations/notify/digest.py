"""The fit rule of the leaders' digest: under 2,000 bytes whatever the month was like (domain.md F1). Pure.

A digest is a header, blocks that each begin with a line ``**一、…**``, and a closing: links, or a last paragraph that
belongs to no block, such as where the full report will be. While it is too long, the last line of the least important
block goes; what the leader must do stays to the last, and never loses its first lines. The closing stays: it is short.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

LIMIT = 1_950
"""Bytes of UTF-8: WeCom takes 2,048, and the school's rule is to stay below 2,000."""

FIRST_TO_GO = ("五", "三", "四", "二", "", "一")
"""Blocks by their number, the header being ``""``; any other number goes before these."""

KEPT = 3
"""Lines that 一、请您处理 keeps, heading not counted."""

_HEADING = re.compile(r"\*\*([一二三四五六七八九十]+)、.*\*\*")
_LINK = re.compile(r"\[(.*)\]\((.*)\)")
_COLOURS = {"info": "#1a7f37", "warning": "#b54708"}
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_FONT = re.compile(r'<font color="(info|warning)">(.*?)</font>')
MOST_COLOURED = 3


@dataclass
class _Block:
    number: str
    lines: list[str]
    dropped: int = 0

    @property
    def told(self) -> int:
        """Lines besides the heading; the header's is its first line, which says what this is and never goes."""
        return len(self.lines) - 1

    def shown(self) -> list[str]:
        if self.number == "一" and self.dropped:
            return [*self.lines, f"…等{self.told + self.dropped}项"]
        return self.lines if self.told or not self.dropped or not self.number else []


def fitted(text: str, limit: int = LIMIT) -> str:
    """``text`` in at most ``limit`` bytes of UTF-8, as far as the fit rule allows.

    Only a digest whose header, closing and three first lines are longer by themselves comes out longer than ``limit``.
    """
    blocks, closing = _parts(text.strip().split("\n"))
    order = sorted(blocks, key=lambda block: FIRST_TO_GO.index(block.number) if block.number in FIRST_TO_GO else -1)
    while _bytes(blocks, closing) > limit:
        block = next((b for b in order if b.told > (KEPT if b.number == "一" else 0)), None)
        if block is None:
            break
        block.lines.pop()
        block.dropped += 1
    return _joined(blocks, closing)


def _parts(lines: Sequence[str]) -> tuple[list[_Block], list[str]]:
    end = len(lines)
    while end and _LINK.fullmatch(lines[end - 1].strip()):
        end -= 1
    if end == len(lines):
        end = _last_paragraph(lines)
    blocks = [_Block("", [])]
    for line in lines[:end]:
        if not line.strip():
            continue
        if (heading := _HEADING.fullmatch(line.strip())) is not None:
            blocks.append(_Block(heading[1], []))
        blocks[-1].lines.append(line)
    return [block for block in blocks if block.lines], list(lines[end:])


def _last_paragraph(lines: Sequence[str]) -> int:
    """Where the last paragraph begins that no heading stands over though one came before; else behind all lines."""
    blank = max((n for n, line in enumerate(lines) if not line.strip()), default=-1)
    headed = [n for n, line in enumerate(lines) if _HEADING.fullmatch(line.strip())]
    return blank + 1 if headed and headed[-1] < blank else len(lines)


def _joined(blocks: Sequence[_Block], closing: Sequence[str]) -> str:
    shown = ["\n".join(lines) for block in blocks if (lines := block.shown())]
    return "\n".join(["\n\n".join(shown), *closing])


def _bytes(blocks: Sequence[_Block], closing: Sequence[str]) -> int:
    return len(_joined(blocks, closing).encode())


def soberly(text: str, most: int = MOST_COLOURED) -> str:
    """``text`` with at most so many coloured words: those that warn stay first (domain.md F1, rules of tone)."""
    words = list(_FONT.finditer(text))
    keep = set(sorted(range(len(words)), key=lambda n: (words[n][1] != "warning", n))[:most])
    for n in reversed(range(len(words))):
        if n not in keep:
            text = text[: words[n].start()] + words[n][2] + text[words[n].end() :]
    return text


def rich(text: str) -> Markup:
    """A digest as HTML for mail: bold, two colours that also read in grey, links alone on a line, a line a line.

    Args:
        text: Rendered where values are escaped already; the tags in it are those of the template.
    """
    lines = []
    for line in str(soberly(text)).strip().split("\n"):
        line = _BOLD.sub(r"<strong>\1</strong>", line)
        line = _LINK.sub(_anchor, line) if _LINK.fullmatch(line) else line
        line = _FONT.sub(lambda m: f'<span style="color:{_COLOURS[m[1]]};font-weight:bold">{m[2]}</span>', line)
        lines.append(f'<p style="margin:0 0 4px">{line or "&nbsp;"}</p>')
    return Markup("\n".join(lines))


def _anchor(link: re.Match[str]) -> str:
    return f'<a href="{link[2]}">{link[1]}</a>' if link[2].startswith(("http://", "https://")) else link[1]
