"""``houqin rules`` and ``houqin explain``."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from automations import assemble
from automations.inquiry.catalogue import Line, Parameter, catalogue
from automations.inquiry.explain import explained
from automations.norms import Norms
from automations.rules.base import UNVERIFIED
from automations.settings import load_settings
from automations.terminal import console, show
from automations.workdays import local_date
from automations.worker import utc_now


def rules(
    as_json: Annotated[
        bool, typer.Option("--json", help="每条规则一行 JSON，键名见 automations/inquiry/catalogue.py")
    ] = False,
) -> int:
    """列出全部规则：编号、表、等级、依据、提示语、所用参数及今日的值，是否已本地核实。"""
    settings, today = load_settings(), local_date(utc_now())
    if assemble.has_stores(settings):
        office = assemble.stored_office(settings, today)
        lines = catalogue(office.schema, office.norms, office.mirror.select("settings"), today)
    else:
        lines = catalogue(assemble.read_schema(), Norms(), (), today)
    if as_json:
        text = ",\n".join(json.dumps(line.data(), ensure_ascii=False) for line in lines)
        print(f"[\n{text}\n]")
        return 0
    for title, group in groupby(lines, key=lambda line: line.title):
        show(_table(title, list(group)))
    unverified = {p.key for line in lines for p in line.settings if not p.verified}
    console.print(
        f"共{len(lines)}条规则；用到的参数中有{len(unverified)}个{UNVERIFIED}，请对照本地文件在“参数标准”里核实。"
    )
    return 0


def _table(title: str, lines: Sequence[Line]) -> Table:
    """The rules of one table."""
    table = Table(
        title=f"{title}（{len(lines)}条）", box=SIMPLE, title_justify="left", title_style="bold", show_lines=False
    )
    for name, ratio in (("编号", 2), ("等级", 2), ("何时", 3), ("提示语", 12), ("依据", 4), ("参数（今日的值）", 8)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for line in lines:
        cells = (
            f"{line.id}（同{line.same_as}）" if line.same_as else line.id,
            f"{line.severity}·{line.gravity}" if line.gravity else line.severity,
            "、".join(line.moments),
            line.message,
            line.clause,
            "\n".join(map(_value, line.settings)),
        )
        table.add_row(*map(Text, cells))  # brackets in a message are no markup
    return table


def _value(one: Parameter) -> str:
    value = f"{one.value}{one.unit if one.unit in ('%',) or one.value.isdecimal() else ''}" if one.value else "未填"
    return f"{one.key}＝{value}{'' if one.verified else UNVERIFIED}"


def explain(
    code: Annotated[str, typer.Argument(help="任何一行的编号，如 ZC-2026-0158")],
    rule: Annotated[str, typer.Option("--rule", help="只看一条规则，如 EX-02")] = "",
    moment: Annotated[str, typer.Option("--moment", help="当作到了这一步再看，如 付款")] = "",
) -> int:
    """看一行：签批到了哪一步，每条规则看没看过、怎么说、依据哪些数。只看本机副本，不连接表格系统。"""
    now = utc_now()
    office = assemble.stored_office(load_settings(), local_date(now))
    for line in explained(office, code, now, only=rule, moment=moment):
        console.print(line, markup=False)
    return 0
