"""The same text without tags: personal WeChat and SMS show marks of Markdown as they stand (domain.md F1)."""

import re

_TAGS = (
    (re.compile(r"</?font\b[^>]*>", re.IGNORECASE), ""),
    (re.compile(r"\*\*(.+?)\*\*"), r"\1"),
    (re.compile(r"\[([^\[\]\n]+)\]\((\S+?)\)"), r"\1：\2"),
    (re.compile(r"^(?:#{1,6}|>) +", re.MULTILINE), ""),
)
"""What WeCom's markdown knows: colour, bold, link, heading, quotation. Anything else is text, also a lone * or <."""

_FIRST = re.compile(r"一、")


def plain(markdown: str) -> str:
    """``markdown`` as it reads without tags; a link keeps its address after a colon, text without any is left alone."""
    for tag, instead in _TAGS:
        markdown = tag.sub(instead, markdown)
    return markdown


def first_block(markdown: str) -> str:
    """What an SMS has room for: of a digest its heading and block 一, of merged reminders the first."""
    blocks = [block for block in re.split(r"\n\s*\n", plain(markdown).strip()) if block]
    first = next((block for block in blocks[1:] if _FIRST.match(block)), None)
    if first is not None:
        return blocks[0].split("\n")[0] + "\n" + first
    return blocks[0] if blocks else ""
