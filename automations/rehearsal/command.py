"""``houqin rehearse``."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from automations import assemble
from automations.approvals.chain import levels_of, with_ids
from automations.approvals.words import money
from automations.engine import Office
from automations.engine.desk import MirrorSource
from automations.errors import HouqinError, RuleError
from automations.rehearsal.proposal import Proposed, read_proposal
from automations.rehearsal.replay import Replay
from automations.rehearsal.whatif import KINDS, REPLAYED, Difference, Judge, Kind, Submission, rehearse, totals
from automations.rehearsal.year import submissions
from automations.settings import load_settings
from automations.shipped_norms import SHIPPED
from automations.terminal import beside, console, progress, show
from automations.workdays import local_date
from automations.worker import utc_now

STEP = 200
"""Rows between two moves of the progress bar."""


def command(
    file: Annotated[
        Path, typer.Option("--settings", help='试用的参数：每行 "compare.limit" = "3000"，或“参数标准”导出的 CSV')
    ],
    year: Annotated[int, typer.Option("--year", help="重看哪一年提交的单据，默认今年")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> int:
    """换一套参数，把一年的单据重看一遍：哪些会改走路径、新拦下、不再拦下、换人签批，各多少钱。不改任何数据。"""
    today = local_date(utc_now())
    office = assemble.stored_office(load_settings(), today)
    year = year or today.year
    proposed = _proposed(office, file, today)
    days = [date(year - 1, 1, 1) + timedelta(days=n) for n in range(731)]  # business days may lie in the year before
    changes = proposed.changes(days)
    if not changes:
        raise HouqinError(f"{file.name} 里的参数和现在的一样，没有可试的。")
    counted, found = _replayed(office, proposed, list(changes), year)
    if as_json:
        print(json.dumps(_data(office, year, changes, counted, found), ensure_ascii=False, indent=1))
        return 0
    _print(office, year, changes, counted, found)
    return 0


def _proposed(office: Office, file: Path, today: date) -> Proposed:
    """The parameters on trial.

    Raises:
        HouqinError: The file has mistakes.
    """
    keys = {*SHIPPED, *(str(key).strip() for key in office.mirror.column("settings", "key").values() if key)}
    lines = read_proposal(file, keys, {"去向": office.schema["income"]["route"].options})
    proposed = Proposed(office.norms, lines)
    for approval in office.approvals.values():
        empty: Any = with_ids(approval, {f.name: None for f in office.schema[approval.table].fields}, 0, None)
        for one in (line for line in lines if line.norm.key == approval.chain_key):
            try:
                levels_of(approval, empty, office.directory, proposed, one.norm.start or today)
            except RuleError as error:
                raise HouqinError(f"{file.name} 有1处要改：", [f"第{one.line}行：{error.message}"]) from None
    return proposed


def _replayed(
    office: Office, proposed: Proposed, changed: Sequence[str], year: int
) -> tuple[Counter[str], list[Difference]]:
    """How many rows were judged, by table; and what differs."""
    with progress("读取", len(REPLAYED), beside) as step:
        asked: list[Submission] = list(submissions(office, step))
    parts = {a.parts[0] for t in REPLAYED if (a := office.approvals[t]).parts is not None}
    replay = Replay(MirrorSource(office, whole=True), {*REPLAYED, *parts})
    judge = Judge(office.schema, office.approvals, office.directory, office.calendar, replay)
    counted: Counter[str] = Counter()
    found: list[Difference] = []
    with progress("重看", len(asked) // STEP + 1, beside) as step:
        for one, differing in rehearse(judge, asked, office.norms, proposed, changed, year):
            counted[one.table] += 1
            found += differing
            if counted.total() % STEP == 0:
                step(f"{counted.total()}行")
    return counted, found


def _data(
    office: Office, year: int, changes: Mapping[str, tuple[str, str]], counted: Counter[str], found: list[Difference]
) -> dict[str, Any]:
    sums = totals(found)
    return {
        "year": year,
        "settings": [{"key": key, "was": was, "now": now} for key, (was, now) in changes.items()],
        "rows": {table: counted[table] for table in REPLAYED},
        "differences": [
            {**asdict(one), "kind_title": KINDS[one.kind], "table_title": office.schema[one.table].title}
            | {"amount": None if one.amount is None else str(one.amount)}
            for one in found
        ],
        "totals": {kind: {"rows": total.rows, "sum": str(total.sum)} for kind, total in sums.items()},
    }


def _print(
    office: Office, year: int, changes: Mapping[str, tuple[str, str]], counted: Counter[str], found: list[Difference]
) -> None:
    for key, (was, now) in changes.items():
        console.print(f"参数 {key}：{was or '未填'} → {now}", markup=False)
    rows = "、".join(f"{office.schema[t].title}{counted[t]}行" for t in REPLAYED)
    console.print(f"重看{year}年提交的{rows}，每行按提交时已有的其他单据和业务日期的参数。")
    for kind in KINDS:
        if own := [one for one in found if one.kind == kind]:
            show(_table(kind, own))
    if not found:
        console.print("没有一行会有不同的结果。")
        return
    for kind, total in totals(found).items():
        console.print(f"{KINDS[kind]}：{total.rows}行，合计{money(total.sum)}元")


def _table(kind: Kind, found: list[Difference]) -> Table:
    table = Table(title=f"{KINDS[kind]}（{len(found)}处）", box=SIMPLE, title_justify="left", title_style="bold")
    for name, ratio in (("编号", 3), ("事由", 4), ("金额", 2), ("原来 → 现在", 6), ("原因", 10)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for one in found:
        rule = f"{one.rule} " if one.rule else ""
        cells = (one.code, one.title, money(one.amount), f"{one.was} → {one.now}", f"{rule}{one.reason}")
        table.add_row(*map(Text, cells))
    return table
