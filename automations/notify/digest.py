"""The fit rule of the leaders' digest: under 2,000 bytes whatever the month was like (domain.md F1). Pure.

A digest is a header, blocks that each begin with a line ``**一、…**``, and links at the end. While it is too long, the
last line of the least important block goes; what the leader must do stays to the last, and never loses its first lines.
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
_LINK = re.compile(r"\[.*\]\(.*\)")
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

    Only a digest whose header, links and three first lines are longer by themselves comes out longer than ``limit``.
    """
    blocks, links = _parts(text.strip().split("\n"))
    order = sorted(blocks, key=lambda block: FIRST_TO_GO.index(block.number) if block.number in FIRST_TO_GO else -1)
    while _bytes(blocks, links) > limit:
        block = next((b for b in order if b.told > (KEPT if b.number == "一" else 0)), None)
        if block is None:
            break
        block.lines.pop()
        block.dropped += 1
    return _joined(blocks, links)


def _parts(lines: Sequence[str]) -> tuple[list[_Block], list[str]]:
    end = len(lines)
    while end and _LINK.fullmatch(lines[end - 1].strip()):
        end -= 1
    blocks = [_Block("", [])]
    for line in lines[:end]:
        if not line.strip():
            continue
        if (heading := _HEADING.fullmatch(line.strip())) is not None:
            blocks.append(_Block(heading[1], []))
        blocks[-1].lines.append(line)
    return [block for block in blocks if block.lines], list(lines[end:])


def _joined(blocks: Sequence[_Block], links: Sequence[str]) -> str:
    shown = ["\n".join(lines) for block in blocks if (lines := block.shown())]
    return "\n".join(["\n\n".join(shown), *links])


def _bytes(blocks: Sequence[_Block], links: Sequence[str]) -> int:
    return len(_joined(blocks, links).encode())


def soberly(text: str, most: int = MOST_COLOURED) -> str:
    """``text`` with at most so many coloured words: those that warn stay first (domain.md F1, rules of tone)."""
    words = list(_FONT.finditer(text))
    keep = set(sorted(range(len(words)), key=lambda n: (words[n][1] != "warning", n))[:most])
    for n in reversed(range(len(words))):
        if n not in keep:
            text = text[: words[n].start()] + words[n][2] + text[words[n].end() :]
    return text


def rich(text: str) -> Markup:
    """A digest as HTML for mail: bold, two colours that also read in grey, a line a line.

    Args:
        text: Rendered where values are escaped already; the tags in it are those of the template.
    """
    lines = []
    for line in str(soberly(text)).strip().split("\n"):
        line = _BOLD.sub(r"<strong>\1</strong>", line)
        line = _FONT.sub(lambda m: f'<span style="color:{_COLOURS[m[1]]};font-weight:bold">{m[2]}</span>', line)
        lines.append(f'<p style="margin:0 0 4px">{line or "&nbsp;"}</p>')
    return Markup("\n".join(lines))
