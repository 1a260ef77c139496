"""``houqin rehearse --year 2026``: play the demonstration year and hold what was found against what was planted."""

import gc
from collections.abc import Mapping
from datetime import date
from itertools import groupby

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from automations.demo.year.edits import Edit
from automations.demo.year.plan import SEED, Plan
from automations.demo.year.planted import planted
from automations.demo.year.planting import Planted
from automations.demo.year.player import Player
from automations.demo.year.streams import lawful
from automations.demo.year.told import by_kind, summary
from automations.demo.year.told import table as table_of
from automations.demo.year.verdict import Verdict, judge
from automations.errors import HouqinError
from automations.terminal import beside, console, progress, show
from automations.workdays import Calendar

SHOWN = 6
"""So many of each kind are listed."""


YEAR = 2026
"""Unless another is asked for."""

YOUNG = 50_000
"""New objects after which Python looks for rings among them, instead of 700: a year keeps millions for good."""


def rehearse(year: int = 0, seed: int = 0, as_of: str = "", volume: int = 1, check: bool = False) -> int:
    """Play the year and print the result; 1 where ``check`` and the result is not what was planted.

    Raises:
        HouqinError: ``as_of`` is no day of the year.
    """
    year, seed = year or YEAR, seed or SEED
    until = _day(as_of, year)
    if Calendar().day(until).estimated:
        console.print(f"{year}年的放假安排还没有公布，工作日按估计。")
    plan = Plan(year, seed, until, volume)
    gc.set_threshold(YOUNG)
    with progress("准备", None, beside):
        stories = planted(plan)
        edits: list[Edit] = [*lawful(plan), *(edit for story in stories for edit in story.edits)]
        player = Player(plan)
    days = [day for day in plan.days if day <= until]
    with progress(f"{year}年", len(days), beside) as step:
        player.play(edits, lambda day: step(f"{day:%m月%d日}"))
    verdict = judge(player, stories)
    report(player, stories, verdict)
    player.close()
    return 0 if verdict.ok or not check else 1


def _day(text: str, year: int) -> date:
    try:
        day = date.fromisoformat(text) if text else date(year, 12, 31)
    except ValueError:
        raise HouqinError(f"日期“{text}”看不懂，请写成 {year}-09-30。") from None
    if day.year != year:
        raise HouqinError(f"“{text}”不在{year}年里，请改 --as-of 或 --year。")
    return day


def report(player: Player, stories: list[Planted], verdict: Verdict) -> None:
    """What was played, expected and found."""
    played = player.played
    console.print(
        f"共{played.edits}次修改，检查{played.passes}遍，用时{played.seconds:.0f}秒，发出通知{len(player.post.sent)}条。"
    )
    heard = by_kind(player.office.journal)
    show(table_of(heard))
    console.print(summary(heard))
    titles: Mapping[str, str] = {story.id: story.title for story in stories}
    table = Table(title="埋设的违规与反例", box=SIMPLE, title_justify="left", title_style="bold")
    for name in ("", "编号", "内容", "结果"):
        table.add_column(name, overflow="fold")
    for id in titles:
        own = [line for line in verdict.lines if line.id == id]
        if own:
            ok = all(line.ok for line in own)
            what = "、".join(dict.fromkeys(line.what for line in own if ok or not line.ok))
            table.add_row("✓" if ok else "✗", id, titles[id], Text(what), style=None if ok else "red")
    show(table)
    found = sorted(verdict.more, key=lambda one: (one.rule, one.row))
    console.print(f"没有埋设却发现的（{len(found)}）：" if found else "没有埋设却发现的：无")
    for rule, alike in groupby(found, key=lambda one: one.rule):
        of_rule = list(alike)
        _listed(rule, [f"{one.row.table}·{one.row.key}：{one.detail}" for one in of_rule])
    if verdict.lawful:
        told = "、".join(f"{rule} {count}次" for rule, count in sorted(verdict.lawful.items()))
        console.print(f"守规矩的一年里也会有的提示（不算违规）：{told}。")
    _listed("不成立的恒等关系", verdict.broken)
    _listed("没有做成的修改", played.troubles)
    good = sum(line.ok for line in verdict.lines)
    console.print(
        f"预期{len(verdict.lines)}项，相符{good}项；多出{len(verdict.more)}项，不成立{len(verdict.broken)}项。"
    )


def _listed(title: str, lines: list[str]) -> None:
    if not lines:
        return
    console.print(f"{title}（{len(lines)}）：")
    for line in lines[:SHOWN]:
        console.print(f"  {line}", markup=False)
    if len(lines) > SHOWN:
        console.print(f"  ……另有{len(lines) - SHOWN}条")
