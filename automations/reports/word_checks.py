"""What somebody who edited a report's Word template may have got wrong: all of it, each with its paragraph. Pure."""

import re
from collections.abc import Iterable
from pathlib import Path

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from automations.errors import TemplateError
from automations.reports.checks import braces, quoted, syntax, unknown
from automations.reports.mistakes import shown

PREFIX = re.compile(r"(\{\{|\{%)-?\s*(?:p|tr|tc|r)\s+")
"""docxtpl's own letters: ``{{p 正文 }}`` takes the place of its whole paragraph."""


def check_word(
    path: Path, text: str, jinja: SandboxedEnvironment, texts: Iterable[str], bodies: tuple[str, ...]
) -> None:
    """Look a Word template over. ``text``: a paragraph a line; ``bodies`` are fields that fill whole paragraphs.

    Raises:
        TemplateError: ``problems`` has a line for every mistake.
    """
    paragraphs = text.split("\n")
    wrong = braces(text)
    broken = {number for number, _ in wrong}
    plain = PREFIX.sub(lambda found: found[1] + " ", text)
    try:
        tree = jinja.parse(plain)
    except TemplateSyntaxError as error:
        if not wrong:
            number, what = syntax(error, plain)
            wrong.append((number, f"“{quoted(paragraphs[number - 1])}”一段{what}"))
    else:
        known = {*texts, *bodies, *jinja.globals}
        for number, what in unknown(tree, jinja, known):
            wrong.append((number, f"“{quoted(paragraphs[number - 1])}”一段{what}"))
    for body in bodies:
        wrong += _body(body, paragraphs, broken, needed=body != "依据")
    if wrong:
        raise TemplateError(
            f"{shown(path)} 有 {len(wrong)} 处要改（用 Word 打开，改好保存；改不好就用安装包里的原模板替换）：",
            [what for _, what in sorted(set(wrong))],
        )


def _body(name: str, paragraphs: list[str], broken: set[int], needed: bool) -> list[tuple[int, str]]:
    found = False
    wrong = []
    for number, paragraph in enumerate(paragraphs, 1):
        if number in broken:
            found = found or name in paragraph
        elif re.search(r"\{\{[^}]*" + name, paragraph):
            found = True
            if not re.fullmatch(r"\s*\{\{p\s+" + name + r"\s*\}\}\s*", paragraph):
                wrong.append((number, f"“{quoted(paragraph)}”应单独一段，写作 {{{{p {name} }}}}"))
    if needed and not found:
        wrong.append((len(paragraphs) + 1, f"缺少 {{{{p {name} }}}} 一段，报告会没有{name}"))
    return wrong
