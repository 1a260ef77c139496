"""Files of a report read back by other programs' libraries than those that wrote them."""

import io
import re
import zipfile
from html.parser import HTMLParser
from typing import Any

import docx
import openpyxl
import pdfplumber
from docx.oxml.ns import qn


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


class Pdf:
    """Text and font names, page by page."""

    def __init__(self, content: bytes) -> None:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            self.texts = [squeeze(page.extract_text()) for page in pdf.pages]
            self.fonts = {char["fontname"] for page in pdf.pages for char in page.chars}
            self.faces_of_han = {
                char["fontname"] for page in pdf.pages for char in page.chars if "\u4e00" <= char["text"] <= "\u9fff"
            }
            self.sizes = [(round(page.width), round(page.height)) for page in pdf.pages]
            self.links = [link.get("uri") for page in pdf.pages for link in page.hyperlinks]
        self.text = re.sub(r"—\d+—", "", "".join(self.texts))


class Page(HTMLParser):
    """What a browser would make of a page: elements, attributes, and the text that a reader sees."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.source = content.decode()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._seen: list[str] = []
        self._hidden = False
        self.feed(self.source)
        self.text = squeeze("".join(self._seen))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._seen.append(data)


class Word:
    """A Word file: its parts, and what stands in it."""

    def __init__(self, content: bytes) -> None:
        self.docx = docx.Document(io.BytesIO(content))
        with zipfile.ZipFile(io.BytesIO(content)) as word:
            self.parts = {name: word.read(name) for name in word.namelist()}
        self.xml = self.parts["word/document.xml"].decode()
        self.text = squeeze("".join(t.text or "" for t in self.docx.element.iter(qn("w:t"))))

    def styled(self, style: str) -> list[str]:
        """Texts of the paragraphs outside tables that bear a style."""
        return [p.text for p in self.docx.paragraphs if p.style is not None and p.style.name == style]


def workbook(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def sheet_rows(book: Any, name: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book[name].iter_rows()]
