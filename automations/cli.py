"""The command ``houqin``: what a school's IT types. Foreseen errors are sentences, never tracebacks."""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from automations import assemble
from automations import starter as first_rows
from automations.approvals.words import SHANGHAI
from automations.errors import HouqinError
from automations.follow import RESERVED
from automations.inquiry.commands import explain, rules
from automations.inquiry.notices_on import preview_notices
from automations.inquiry.preview import look, moment, named
from automations.inquiry.report import command as reporting
from automations.journal import Journal
from automations.mirror import Mirror
from automations.notify import deliveries, overview
from automations.people import Directory
from automations.rehearsal.command import command as replay
from automations.schema import Schema
from automations.schema.apply import apply as apply_plan
from automations.schema.apply import make_views
from automations.schema.host import Binding
from automations.schema.plan import plan as make_plan
from automations.schema.render import render
from automations.settings import Settings, load_settings
from automations.tables.base import Host
from automations.terminal import console, progress
from automations.web.commands import qr, survey
from automations.web.serving import serving
from automations.workdays import local_date
from automations.worker import Worker, utc_now

app = typer.Typer(
    help="后勤（Houqin）：区县党校行政后勤助手。表格里办事，它来把关、提醒、出单。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _school(moment: datetime) -> Mirror:
    """The tables of the demonstration school."""
    from automations.demo.sample import sample

    return sample(moment).office.mirror


ELSEWHERE: Mapping[str, Callable[..., int]] = {
    "rules": rules,
    "explain": explain,
    "report": reporting(_school),
    "survey": survey,
    "qr": qr,
}
for _name, _command in ELSEWHERE.items():
    app.command(_name)(_command)


def run() -> int:
    """Run the command line; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        code = app(standalone_mode=False)
    except HouqinError as error:
        print(error, file=sys.stderr)
        return 1
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        show = getattr(error, "show", None)  # click's own usage errors know how to show themselves
        if show is None:
            raise
        show()
        return 2
    return int(code or 0)


def _log(verbose: bool = False) -> None:
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO, format="%(asctime)s %(message)s", datefmt="%m-%d %H:%M:%S"
    )
    for name in ("apscheduler", "urllib3", "fontTools", "weasyprint"):
        logging.getLogger(name).setLevel(logging.WARNING)


@app.command()
def up(
    check: Annotated[bool, typer.Option("--check", help="无人值守：跑完核对后退出，返回 0 或 1")] = False,
) -> int:
    """一键试用：在本机启动表格、建好演示学校、运行后勤助手（按 Ctrl-C 停止）。"""
    from automations.demo.up import up as start

    _log()
    return start(load_settings(), check)


@app.command()
def preview(
    job: Annotated[str, typer.Argument(help="自动化的名字，见 automations/jobs/；notices：那天全部提醒，按人合并")],
    on: Annotated[str, typer.Option("--on", help="当作是哪一天，如 2026-09-01")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="看演示学校的数据：不需要表格系统，不需要 .env")] = False,
) -> int:
    """看某个自动化（或全部提醒）在某天会通知谁、说什么，或会新增哪些行；不发送，不写入。"""
    from automations.demo.sample import sample

    at, which = moment(on), None if job in RESERVED else named(job, assemble.read_schema())
    if demo:
        with progress("准备演示学校", None):
            engine = sample(utc_now())
    else:
        engine = assemble.build(load_settings())
    return preview_notices(engine, at, utc_now(), fresh=demo) if which is None else look(engine, which, at)


@app.command()
def plan() -> int:
    """看表格上的表和 schemas/ 有什么不同，不做任何改动。"""
    settings, schema = load_settings(), assemble.read_schema()
    journal, host = Journal(settings.journal), assemble.connect(settings)
    data = journal.load_binding(assemble.host_key(settings))
    console.print(render(make_plan(schema, host.describe(), assemble.unpack(schema, data) if data else None)))
    return 0


@app.command()
def apply(
    yes: Annotated[bool, typer.Option("--yes", help="同意需要确认的改动")] = False,
    lose_data: Annotated[bool, typer.Option("--lose-data", help="同意会丢失数据的改动")] = False,
    starter: Annotated[bool, typer.Option("--starter", help="空表写入参数标准、六处地点和十四项制度的草稿")] = False,
) -> int:
    """按 schemas/ 建表、改表、建视图；再运行一次不会再改。"""
    settings = load_settings()
    apply_schema(settings, yes=yes, lose_data=lose_data)
    if starter:
        host, schema, _ = bound_host(settings)
        for done in first_rows.load(host, schema, local_date(utc_now())):
            console.print(done)
    return 0


def apply_schema(settings: Settings, *, yes: bool = False, lose_data: bool = False) -> None:
    """Plan and apply, keep the binding, make the views."""
    schema = assemble.read_schema()
    journal, host = Journal(settings.journal), assemble.connect(settings)
    data = journal.load_binding(assemble.host_key(settings))
    steps = make_plan(schema, host.describe(), assemble.unpack(schema, data) if data else None)
    console.print(render(steps))
    with progress("建表", len(steps.steps)) as step:
        binding = apply_plan(steps, host, yes=yes, lose_data=lose_data, progress=step)
    journal.save_binding(assemble.host_key(settings), assemble.pack(binding), utc_now())
    host.bind(binding)
    make_office_views(settings)


def bound_host(settings: Settings) -> tuple[Host, Schema, Binding]:
    """The host that the settings name, with its tables."""
    schema = assemble.read_schema()
    journal, host = Journal(settings.journal), assemble.connect(settings)
    binding = assemble.bound(settings, schema, journal)
    host.bind(binding)
    return host, schema, binding


def make_office_views(settings: Settings) -> None:
    """Make the views that are missing; those of one person or department need the rows of people and departments."""
    host, schema, binding = bound_host(settings)
    each = assemble.view_rows(host)
    with progress("建视图") as step:
        made = make_views(host, schema, binding, host.describe(), each, progress=step)
    for (table, title), address in made.items():
        if address:
            console.print(f"“{schema[table].title}·{title}”的地址：{address}")


@app.command(name="run")
def run_worker(verbose: Annotated[bool, typer.Option("--verbose", help="每次都记一行，没有变动也记")] = False) -> int:
    """运行后勤助手：每隔几秒看一次表格，直到被停止。"""
    _log(verbose)
    settings = load_settings()
    engine = assemble.build(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(settings, utc_now):
        Worker(engine, settings, bar=progress).run(stop)
    return 0


@app.command()
def once() -> int:
    """只看一次表格；有问题时返回 1。"""
    _log()
    engine = assemble.build(load_settings())
    report = engine.turn(utc_now(), slow=True)
    if engine.reports is not None:
        report.problems += engine.reports.finish(utc_now())
    console.print(report.line())
    for problem in report.problems:
        print(problem, file=sys.stderr)
    return 1 if report.problems else 0


@app.command()
def rehearse(
    file: Annotated[
        Path | None,
        typer.Option("--settings", help="试用的参数文件：把已有的一年单据按它重看一遍；不给就演一遍示例学校的一年"),
    ] = None,
    year: Annotated[int, typer.Option("--year", help="哪一年；演示默认2026，重看默认今年")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="重看的结果输出为 JSON")] = False,
    seed: Annotated[int, typer.Option("--seed", help="演示年的种子；换一个，违规落到别的人、日期和金额上")] = 0,
    as_of: Annotated[str, typer.Option("--as-of", help="演到哪一天，如 2026-09-30")] = "",
    volume: Annotated[int, typer.Option("--volume", min=1, help="几倍的工作量")] = 1,
    check: Annotated[bool, typer.Option("--check", help="发现的和埋设的不完全相符时返回 1")] = False,
) -> int:
    """把一年演一遍：示例学校的一年（不动任何数据），或用 --settings 把本校的一年按另一套参数重看。"""
    if file is not None:
        return replay(file, year, as_json)
    from automations.demo.year.command import rehearse as play

    return play(year, seed, as_of, volume, check)


@app.command()
def status() -> int:
    """后勤助手是否在运行，哪些通知没有送到。"""
    from automations.lease import Lease

    settings = load_settings()
    journal = Journal(settings.journal)
    holder = Lease(journal, "status", 1).holder()
    if holder and holder[1] > utc_now():
        console.print(f"后勤助手正在运行：{holder[0]}")
    else:
        console.print("后勤助手没有运行。启动：houqin run")
    last = journal.last()
    if last:
        console.print(f"日志共{last.seq}条，最后一条：{last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} {last.kind}")
    try:
        today = local_date(utc_now())
        warning = assemble.stored_calendar(settings, today).warning(today)
    except HouqinError as error:
        warning = str(error)
    if warning:
        console.print(warning, markup=False, soft_wrap=True)
    journal.create_all(deliveries.metadata)
    mirror = Mirror(settings.mirror, assemble.read_schema())
    directory = Directory.from_rows(mirror.select("people"), mirror.select("departments"))
    with journal.store.read() as connection:
        lines, through = overview.lines(connection, directory.name, utc_now())
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    return 0 if through else 1


@app.command()
def verify() -> int:
    """核对日志链是否完整、有没有被改动。"""
    verdict = Journal(load_settings().journal).verify()
    console.print(verdict.message)
    return 0 if verdict.ok else 1


@app.command()
def backup(to: Annotated[Path, typer.Argument(help="备份文件的路径")]) -> int:
    """在线备份日志（签批证据）。"""
    Journal(load_settings().journal).backup(to)
    console.print(f"已备份到 {to}")
    return 0


@app.command()
def doctor() -> int:
    """检查设置、表格、字体、渠道是否就绪。"""
    from automations.doctor import examine

    return examine(load_settings(), console)
