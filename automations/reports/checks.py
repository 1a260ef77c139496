"""What can be wrong with a report before anything is rendered: in its words, in its tables, in its charts. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from jinja2 import TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from automations.errors import TemplateError
from automations.measures import Measure
from automations.reports.document import Chart, Table
from automations.reports.mistakes import nearest, shown

FULL_WIDTH = re.compile(r"[｛｝]|%｝|｛%|％｝|｛％")
MARKS = re.compile(r"\{\{(?:(?!\{[{%])[^\n])*?\}\}|\{%(?:(?!\{[{%])[^\n])*?%\}|\{#[\s\S]*?#\}")
"""Fields and steps stand on one line, notes may run over several."""
STEPS = re.compile(r"\{%-?\s*(end)?(if|for|macro|call|filter)\b")
PLACES = re.compile(r"\[\[\s*(表|图|分页)\s*(.*?)\s*\]\]")
SERIES = 4


def check_words(
    path: Path,
    text: str,
    jinja: SandboxedEnvironment,
    names: Iterable[str],
    tables: Mapping[str, Table],
    charts: Mapping[str, Chart],
) -> None:
    """Look a template of text over.

    Raises:
        TemplateError: ``problems`` has a line for every mistake.
    """
    wrong = sorted({*braces(text), *_structure(text, tables, charts)})
    try:
        tree = jinja.parse(text)
    except TemplateSyntaxError as error:
        if not wrong:
            wrong = [syntax(error, text)]
    else:
        wrong += unknown(tree, jinja, set(names) | set(jinja.globals))
    if wrong:
        lines = [f"第 {line} 行：{what}" if path.suffix != ".toml" else what for line, what in sorted(set(wrong))]
        raise TemplateError(f"{shown(path)} 有 {len(lines)} 处要改：", lines)


def braces(text: str) -> list[tuple[int, str]]:
    """Lines with full-width braces, or with braces that are left when all pairs are taken away."""
    wrong = []
    for number, line in enumerate(text.splitlines(), 1):
        if FULL_WIDTH.search(line):
            wrong.append((number, f"“{quoted(line)}”用了全角括号，请改成半角的 {{{{ }}}} 或 {{% %}}"))
    rest = MARKS.sub(lambda found: "\n" * found[0].count("\n"), text)
    original = text.splitlines()
    for number, line in enumerate(rest.splitlines(), 1):
        if re.search(r"[{}]|%\}|\{%", line) and not FULL_WIDTH.search(line):
            wrong.append((number, f"“{quoted(original[number - 1])}”里的花括号不成对，应写作 {{{{ 字段 }}}}"))
    return wrong


def quoted(line: str) -> str:
    """As much of a line as fits into a sentence."""
    line = line.strip()
    return line if len(line) <= 30 else line[:29] + "…"


def _structure(text: str, tables: Mapping[str, Table], charts: Mapping[str, Chart]) -> list[tuple[int, str]]:
    wrong = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        place = PLACES.fullmatch(bare)
        if place and place[1] != "分页":
            known, name = (tables if place[1] == "表" else charts), place[2]
            if name not in known:
                wrong.append((number, f"没有名为“{name}”的{place[1]}{nearest(name, known)}"))
        elif not place and re.search(r"\[\[|\]\]|［［|］］|【【|】】", bare):
            wrong.append((number, f"“{quoted(bare)}”：表和图要单独占一行，写作 [[表 名字]]、[[图 名字]] 或 [[分页]]"))
        elif re.match(r"#(?!#)|#{5,}|＃", bare):
            wrong.append(
                (number, f"“{quoted(bare)}”：标题用 ##、### 或 ####（半角）；报告的总标题写在 report.toml 的 title")
            )
    return wrong


def unknown(tree: nodes.Template, jinja: SandboxedEnvironment, known: set[str]) -> list[tuple[int, str]]:
    """Fields and filters that do not exist, by line. Changes ``tree``, where unknown filters would stop it."""
    wrong = []
    for use in tree.find_all((nodes.Filter, nodes.Test)):
        there, any_ = (jinja.filters, "string") if isinstance(use, nodes.Filter) else (jinja.tests, "defined")
        if use.name not in there:
            wrong.append((use.lineno, f"没有写法“|{use.name}”{nearest(use.name, there)}"))
            use.name = any_
    missing = find_undeclared_variables(tree) - known
    for name in tree.find_all(nodes.Name):
        if name.name in missing:
            wrong.append((name.lineno, f"没有字段“{name.name}”{nearest(name.name, known)}"))
    return wrong


def syntax(error: TemplateSyntaxError, text: str) -> tuple[int, str]:
    """Line and Chinese name of what jinja2 could not read."""
    message = error.message or ""
    if "Unexpected end of template" in message and (line := _left_open(text)):
        return line[0], f"{{% {line[1]} %}} 没有结束，缺少 {{% end{line[1]} %}}"
    if found := re.search(r"unknown tag '(\w+)'", message):
        return error.lineno, f"不认识 {{% {found[1]} %}}"
    return error.lineno, f"写法有误（{message}）"


def _left_open(text: str) -> tuple[int, str] | None:
    """Line and name of the innermost step that has no end."""
    opened: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        for end, name in STEPS.findall(line):
            if not end:
                opened.append((number, name))
            elif opened:
                opened.pop()
    return opened[-1] if opened else None


def check_data(name: str, tables: Mapping[str, Table], charts: Mapping[str, Chart]) -> None:
    """Look a statement's tables and charts over.

    Raises:
        TemplateError: ``problems`` names each; the statement is to be corrected, not the words.
    """
    wrong = [problem for key, table in tables.items() for problem in _table(key, table)]
    wrong += [problem for key, chart in charts.items() for problem in _chart(key, chart, tables)]
    if wrong:
        raise TemplateError(f"报告“{name}”的数据有 {len(wrong)} 处不能用，请信息科核对 automations/statements：", wrong)


def _table(key: str, table: Table) -> list[str]:
    if not table.columns:
        return [f"表“{key}”没有列"]
    wrong = []
    for number, row in enumerate(table.rows, 1):
        if len(row) != len(table.columns):
            wrong.append(f"表“{key}”第 {number} 行有 {len(row)} 格，应有 {len(table.columns)} 格")
            continue
        for column, cell in zip(table.columns, row, strict=True):
            if isinstance(cell, bool) or not isinstance(cell, str | Decimal | int | date | Measure | None):
                wrong.append(f"表“{key}”第 {number} 行“{column.title}”一格是 {type(cell).__name__}，表格里放不下")
    return wrong


def _chart(key: str, chart: Chart, tables: Mapping[str, Table]) -> list[str]:
    wrong = []
    if chart.table not in tables:
        wrong.append(f"图“{key}”没有对应的表“{chart.table}”{nearest(chart.table, tables)}（图里的数都要能在表里查到）")
    if not chart.series or not chart.labels:
        wrong.append(f"图“{key}”没有数据")
    if len(chart.series) > SERIES:
        wrong.append(f"图“{key}”有 {len(chart.series)} 组数，最多 {SERIES} 组才分得清")
    for series, values in chart.series.items():
        if len(values) != len(chart.labels):
            wrong.append(f"图“{key}”的“{series}”有 {len(values)} 个数，标签有 {len(chart.labels)} 个")
    return wrong
