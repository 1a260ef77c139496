"""What somebody typed into a public page: cleaned, checked, and turned into raw cells. Pure.

Nothing typed is trusted and nothing good is lost: what is wrong is told beside its field, and the page comes back with
everything else as it was.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from automations.schema import Table
from automations.secrecy import bears_mark
from automations.tables.values import Value
from automations.web.school import Place, Survey

QUESTIONS = ("lodging", "catering", "hygiene", "service", "facility", "teaching_support")
KINDS = ("报修", "投诉", "建议", "IT支持")
MOST_COMMENT, MOST_DESCRIPTION = 500, 1000
LEAST_DESCRIPTION = 4
SECRET = "这里有密级标志（如“秘密★”）。涉密内容不能在这里填写，请删去后再提交。"

_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
_SPACES = re.compile(r"[ \t\u00a0\u3000]{3,}")
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
"""Invisible by right: they choose the shape of the character before them."""
_FORMULA = str.maketrans("=+-@", "＝＋－＠")


@dataclass
class Typed:
    """One page as it was filled in.

    Attributes:
        said: What was typed, by field, to show it again.
        problems: What is wrong, by field, in the order of the page.
        cells: The raw cells of the row.
    """

    said: dict[str, str] = field(default_factory=lambda: defaultdict(str))
    problems: dict[str, str] = field(default_factory=dict)
    cells: dict[str, Value] = field(default_factory=dict)

    def choose(self, name: str, typed: Mapping[str, str], options: Iterable[str], missing: str) -> None:
        """One of ``options``."""
        said = typed.get(name, "")
        if said in options:
            self.said[name] = self.cells[name] = said
        else:
            self.problems[name] = missing

    def write(self, name: str, typed: Mapping[str, str], most: int) -> str:
        """A text of at most so many characters, as it may be kept."""
        text = plain(typed.get(name, ""))
        self.said[name] = text[: 2 * most]
        self.cells[name] = text or None
        if len(text) > most:
            self.problems[name] = f"最多{most}字，现在有{len(text)}字，请删短一些。"
        elif bears_mark(text):
            self.problems[name] = SECRET
        return text


def read_answer(typed: Mapping[str, str], table: Table, survey: Survey, now: datetime) -> Typed:
    """One answer sheet: all questions answered, a comment if somebody likes."""
    page = Typed()
    for name in QUESTIONS:
        page.choose(name, typed, table[name].options, f"请选择“{table[name].title}”一项；没有用到的请选“未使用”。")
    page.write("comment", typed, MOST_COMMENT)
    page.cells |= {"training_class": survey.class_id, "submitted_at": now.replace(second=0, microsecond=0)}
    return page


def read_report(typed: Mapping[str, str], table: Table, place: Place, classes: Iterable[tuple[int, str]]) -> Typed:
    """One report: what kind, what about, what is wrong. Who reports is not asked."""
    page = Typed()
    page.choose("kind", typed, KINDS, "请选择要报修、投诉、提建议，还是需要IT支持。")
    page.choose("category", typed, table["category"].options, "请选择与哪方面有关；都不合适请选“其他”。")
    if len(page.write("description", typed, MOST_DESCRIPTION)) < LEAST_DESCRIPTION:
        page.problems["description"] = "请写清楚出了什么问题，或有什么想法。"
    chosen = next((row_id for row_id, _ in classes if str(row_id) == typed.get("training_class", "")), None)
    page.said["training_class"] = "" if chosen is None else str(chosen)
    page.cells |= {
        "training_class": chosen,
        "location": place.id,
        "source": "学员扫码",
        "severity": "一般",
        "status": "新建",
    }
    return page


def plain(text: str) -> str:
    """``text`` as it may stand in a cell: no tags, nothing invisible or turned round, no formula for a spreadsheet."""
    text = unicodedata.normalize("NFC", _TAG.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = "".join(c for c in text if c in "\n\t" or c in _JOINERS or unicodedata.category(c)[0] != "C")
    text = re.sub(r"\n{3,}", "\n\n", _SPACES.sub("  ", text)).strip()
    return text[:1].translate(_FORMULA) + text[1:]
