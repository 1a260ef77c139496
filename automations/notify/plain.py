"""The same text without tags: personal WeChat shows marks of Markdown as they stand (domain.md F1)."""

import re

_TAGS = (
    (re.compile(r"</?font\b[^>]*>", re.IGNORECASE), ""),
    (re.compile(r"\*\*(.+?)\*\*"), r"\1"),
    (re.compile(r"\[([^\[\]\n]+)\]\((\S+?)\)"), r"\1：\2"),
    (re.compile(r"^(?:#{1,6}|>) +", re.MULTILINE), ""),
)
"""What WeCom's markdown knows: colour, bold, link, heading, quotation. Anything else is text, also a lone * or <."""


def plain(markdown: str) -> str:
    """``markdown`` as it reads without tags; a link keeps its address after a colon, text without any is left alone."""
    for tag, instead in _TAGS:
        markdown = tag.sub(instead, markdown)
    return markdown
