"""The mission as a table: each sentence of the seed, what serves it, and the tests that show it.

    python -m tests.mission               to read
    python -m tests.mission --markdown    for a page

``mission.toml`` beside this file says it; :mod:`tests.test_mission` keeps it true.
"""

import importlib
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from automations.approvals.declaration import Approval
from automations.figures.base import OWNED
from automations.follow import FOLLOWS
from automations.jobs import JOBS, discover
from automations.rules import RULES
from automations.rules.elsewhere import ELSEWHERE, SAME_AS
from automations.schema import Schema
from automations.settings import HOUSE

SENTENCES = range(1, 56)
SECTIONS = (
    # monthly (domain.md F2), with its tables
    *("总体情况", "培训服务保障", "财务管理", "采购、合同与外包", "督查与整改", "设施设备与安全", "节约型后勤"),
    *("队伍与学习", "存在问题和下月安排", "班次成本", "收支明细", "预算执行", "预警台账", "合同到期"),
    *("法定检验", "单车核算", "未核实标准"),
    # annual (F3), with its annex
    *("年度概况", "办学条件", "办学能力", "办学环境", "队伍建设", "管理水平", "成本效益", "问题与原因"),
    *("下一年安排", "能源消费状况报告"),
    "制度",  # F4
)
"""Sections of the reports."""

REMINDS, ADDS, LIFE = "提醒", "生成", "流转"
"""What an automation does: tells people, adds rows, leads a row from state to state."""

COMPUTED = "＊"
HEADINGS = ("行", "原文", f"表：列（{COMPUTED}系统计算）", "规则", "自动化", "报告", "测试", "说明")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row of domain.md A. Attributes as in ``mission.toml``."""

    number: int
    quote: str
    tables: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    report: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    open: str = ""
    why: str = ""

    @property
    def figures(self) -> tuple[str, ...]:
        """Its columns that Houqin computes."""
        return tuple(column for column in self.tables if is_computed(column))

    @property
    def table_names(self) -> frozenset[str]:
        """Code names of its tables."""
        return frozenset(column.partition(".")[0] for column in self.tables)

    @property
    def note(self) -> str:
        """What is missing, or why nothing is built."""
        return f"尚缺：{self.open}" if self.open else self.why


@cache
def mission() -> tuple[Sentence, ...]:
    """All sentences, in the order of the file."""
    found = _read()
    del found["general"]
    return tuple(Sentence(int(number), **_plain(entry)) for number, entry in found.items())


def general() -> Mapping[str, str]:
    """Files of ``automations/jobs`` that serve no single sentence, and why they are there."""
    return dict(_read()["general"])


def _read() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def is_computed(column: str) -> bool:
    """Whether Houqin computes ``table.column``."""
    table, _, name = column.partition(".")
    return name in OWNED.get(table, ())


@cache
def rule_tables() -> Mapping[str, frozenset[str]]:
    """Tables that each rule is about, by id and by id and function."""
    found: dict[str, set[str]] = {}
    for one in RULES:
        for name in (one.id, one.name):
            found.setdefault(name, set()).add(one.table)
    for other in ELSEWHERE:
        found.setdefault(other.id, set()).add(other.table)
    found |= {alias: found[id] for alias, id in SAME_AS.items()}
    return {name: frozenset(tables) for name, tables in found.items()}


@dataclass(frozen=True, slots=True)
class Automation:
    """A job, a function after which rows follow, or the life of a table.

    Attributes:
        kind: :data:`REMINDS`, :data:`ADDS` or :data:`LIFE`.
        file: In ``automations/jobs``, without its ending.
        tables: Whose rows it looks at.
    """

    kind: str
    file: str
    tables: frozenset[str]


def job_files() -> list[str]:
    """Files of ``automations/jobs``, without their ending."""
    return sorted(p.stem for p in (HOUSE / "automations" / "jobs").glob("*.py") if not p.stem.startswith("_"))


@cache
def automations() -> Mapping[str, Automation]:
    """All of them by name."""
    discover()
    found = {j.name: Automation(REMINDS, _file(j.function), frozenset(j.tables)) for j in JOBS.values()}
    follows = [f for rows in FOLLOWS.values() for f in rows]
    found |= {f.name: Automation(ADDS, _file(f.function), frozenset({f.table})) for f in follows}
    for file in job_files():
        for name, value in vars(importlib.import_module(f"automations.jobs.{file}")).items():
            if isinstance(value, Approval):
                found[name] = Automation(LIFE, file, frozenset({value.table}))
    return {name: one for name, one in found.items() if one.file in job_files()}


def _file(function: Callable[..., Any]) -> str:
    return Path(function.__code__.co_filename).stem


# Said aloud -----------------------------------------------------------------------------------------------------------


def cells(sentence: Sentence, schema: Schema, *, whole: bool) -> Sequence[str]:
    """One line of the table; ``whole`` with tests as pytest takes them."""
    return (
        str(sentence.number),
        sentence.quote,
        "\n".join(_columns(sentence.tables, schema)),
        "、".join(dict.fromkeys(name.split(" ")[0] for name in sentence.rules)),
        "\n".join(f"{name}（{automations()[name].kind}）" for name in sentence.jobs),
        "\n".join(sentence.report),
        "\n".join(sentence.tests if whole else map(_in_words, sentence.tests)),
        sentence.note,
    )


def _columns(columns: Iterable[str], schema: Schema) -> list[str]:
    by_table: dict[str, list[str]] = {}
    for column in columns:
        table, _, name = column.partition(".")
        title = schema[table][name].title + (COMPUTED if is_computed(column) else "")
        by_table.setdefault(schema[table].title, []).append(title)
    return [f"{table}：{'、'.join(titles)}" for table, titles in by_table.items()]


def _in_words(test: str) -> str:
    file, _, function = test.partition("::")
    return f"{Path(file).stem.removeprefix('test_')}: {function.removeprefix('test_').replace('_', ' ')}"


def totals() -> str:
    """How many of what, in one line."""
    built = [s for s in mission() if not s.why]
    tests = {test for s in built for test in s.tests}
    waiting = [str(s.number) for s in built if s.open]
    return (
        f"{len(mission())}句：{len(built)}句有系统对应，{len(mission()) - len(built)}句无需建设；"
        f"{len({c for s in built for c in s.tables})}个列、{len({r for s in built for r in s.rules})}种规则、"
        f"{len({j for s in built for j in s.jobs})}项自动化、{len(tests)}个测试。"
        f"尚缺一部分的{len(waiting)}句：{'、'.join(waiting)}。"
    )


def as_table(schema: Schema) -> Table:
    """For a terminal."""
    table = Table(*(Column(title, overflow="fold") for title in HEADINGS), show_lines=True)
    for sentence in mission():
        table.add_row(*map(escape, cells(sentence, schema, whole=False)))
    return table


def as_markdown(schema: Schema) -> str:
    """For a page."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(cells(s, schema, whole=True) for s in mission())]
    rows = ("| " + " | ".join(c.replace("|", "\\|").replace("\n", "<br>") for c in line) + " |" for line in lines)
    return "\n".join((*rows, "", totals()))


def main(arguments: Sequence[str]) -> int:
    """Print it."""
    from tests.office import schema

    if "--markdown" in arguments:
        print(as_markdown(schema()))
        return 0
    console = Console()
    console = console if console.is_terminal else Console(width=220)
    console.print(as_table(schema()))
    console.print(totals())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
