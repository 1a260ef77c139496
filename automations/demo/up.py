"""``houqin up``: opens the demonstration office on this machine, from nothing to a running worker."""

import fcntl
import json
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from automations import assemble
from automations.demo import school
from automations.demo.beforehand import worked_out
from automations.demo.check import check as run_check
from automations.demo.load import load
from automations.demo.local import LocalNocoDB, keep_secrets
from automations.demo.play import Cast, Desk, plant, play
from automations.demo.shown import Shown
from automations.demo.stories import BROKEN, STORIES
from automations.engine import Engine
from automations.errors import HostUnavailable, HouqinError
from automations.journal import Journal
from automations.schema.apply import apply, make_views
from automations.schema.plan import plan
from automations.settings import Settings
from automations.tables.base import Binding, Host
from automations.tables.nocodb import NocoDB
from automations.tables.nocodb_admin import Member, bootstrap
from automations.workdays import SCHOOL_TIME
from automations.worker import Worker, utc_now

log = logging.getLogger("houqin")

TRY = (
    (school.CLERK, "在“支出单”里新增一行，填好后把状态改为“提交”"),
    ("沈行政", "部门负责人：在“签批步骤”的“我的待签·沈行政”里选“同意”"),
    (school.ACCOUNTANT, "会计：核定金额、勾选纸质已签、填凭证号"),
    (school.LEADER, "分管领导：签字"),
    (school.TOP, "主要领导：签字；不妨先于分管领导签一次"),
    (school.CASHIER, "出纳：登记付款"),
)
"""Whom to log in as, and what to try."""

SHOWN = {school.BY_NAME[name].department for name, _ in TRY}
"""Departments with views of their own: those of all nine would fill the menu."""

console = Console(highlight=False, soft_wrap=True)
if not console.is_terminal:
    console.width = 120  # a log has no edge


def up(settings: Settings, check: bool) -> int:
    """Start NocoDB, bring the demonstration school on it, play its claims, run the worker until Ctrl-C.

    Args:
        settings: ``var`` and ``host_url`` count; the account is made here.
        check: Unattended: assert every outcome, then end.

    Returns:
        0, or with ``check`` 1 when an outcome is not as it should be.

    Raises:
        HouqinError: Something stands in the way; the message says what to do.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a pass took longer than the clock is no news
    with _only_one(settings), _ends_by_signal():
        kept = keep_secrets(
            settings.var / "secrets.env",
            {
                "HOUQIN_HOST_EMAIL": school.WORKER,
                "HOUQIN_HOST_PASSWORD": "",
                "NC_ADMIN_EMAIL": school.ADMIN,
                "NC_ADMIN_PASSWORD": "",
            },
        )
        worker = {
            "host": "nocodb",
            "host_email": kept["HOUQIN_HOST_EMAIL"],
            "host_password": SecretStr(kept["HOUQIN_HOST_PASSWORD"]),
            "mail_folder": settings.mail_folder or str(settings.var / "mail"),
        }
        settings = settings.model_copy(update=worker)
        admin = Member(kept["NC_ADMIN_EMAIL"], "管理员", kept["NC_ADMIN_PASSWORD"])
        server = LocalNocoDB(
            settings.host_url,
            settings.var / "nocodb",
            settings.var / "log" / "nocodb.log",
            admin.email,
            admin.password,
        )
        with _stage("启动 NocoDB"):
            server.start()
        try:
            return _office(settings, admin, server, check)
        finally:
            server.stop()


def _office(settings: Settings, admin: Member, server: LocalNocoDB, check: bool) -> int:
    marker = _Marker(settings.var / "nocodb" / "demo.json")
    fresh = marker.stage < 3
    engine, binding = _open(settings, admin, marker)

    def login(email: str) -> Host:
        return NocoDB(settings.host_url, email, school.PASSWORD, settings.host_database)

    if fresh:
        _play(engine, login, binding, marker)
    stop = threading.Event()
    if check:
        with _stage("打印审批单"):
            engine.turn(utc_now(), slow=True)
        settings = settings.model_copy(update={"poll_seconds": 1})  # nobody is at the browser: no need to dawdle
        worker = threading.Thread(target=Worker(engine, settings).run, args=(stop,), name="worker")
        worker.start()
        try:
            cast = Cast(login, binding)
            _show_caught(cast)
            lines = run_check(cast, console, utc_now().astimezone(SCHOOL_TIME), fresh=fresh)
        finally:
            stop.set()
            worker.join()
        return lines.end()
    _show_caught(Cast(login, binding))
    _show_doors(settings)
    with _stops_by_signal(stop), _stops_without(server, stop):
        Worker(engine, settings).run(stop)
    if not server.alive:
        raise HostUnavailable(f"NocoDB 意外退出，后勤已停止。请看 {server.log}，再运行 sh deploy/quickstart.sh。")
    console.print("已停止。再次打开：sh deploy/quickstart.sh")
    return 0


def _open(settings: Settings, admin: Member, marker: "_Marker") -> tuple[Engine, Binding]:
    """Accounts, tables, rows of the school, views; whatever of it is missing."""
    schema = assemble.read_schema()
    if marker.stage < 1:
        shown = Shown(utc_now())
        members = [
            Member(settings.host_email, school.WORKER_NAME, settings.host_password.get_secret_value(), admin=True),
            *(Member(email, name, school.PASSWORD) for email, name in shown.logins),
        ]
        with _bar(f"开通 {len(members)} 个账号", len(members)) as step:
            bootstrap(settings.host_url, admin, settings.host_database, _told(members, step))
    journal, host = Journal(settings.journal), assemble.connect(settings)
    data = journal.load_binding(assemble.host_key(settings))
    steps = plan(schema, host.describe(), assemble.unpack(schema, data) if data else None)
    with _bar("建表", len(steps.steps)) as step:
        binding = apply(steps, host, yes=True, lose_data=False, progress=lambda text: step())
    journal.save_binding(assemble.host_key(settings), assemble.pack(binding), utc_now())
    journal.close()
    host.bind(binding)
    if marker.stage < 1:
        with _bar("录入学校资料和近几周的记录", None) as step:
            host.refresh([table.name for table in schema])
            load(host, schema, shown, worked_out(schema, shown, utc_now()), lambda text: step())
        with _bar("建视图", None) as step:
            each = assemble.view_rows(host)
            each["departments"] = [(id, name) for id, name in each["departments"] if name in SHOWN]
            make_views(host, schema, binding, host.describe(), each, lambda text: step())
        marker.reach(1)
    return assemble.build(settings), binding


def _play(engine: Engine, login: Callable[[str], Host], binding: Binding, marker: "_Marker") -> None:
    problems: set[str] = set()

    def turn() -> None:
        report = engine.turn(utc_now())
        for problem in report.problems:
            if problem not in problems:
                log.warning("%s", problem)
        problems.update(report.problems)

    with _stage("首次同步"):
        engine.turn(utc_now(), slow=True)
        engine.turn(utc_now(), slow=True)  # what followed from the rows is judged as well
    forms, engine.forms = engine.forms, None  # the first pass of the worker prints them: nobody need wait for that
    cast = Cast(login, binding, turn)
    today = utc_now().astimezone(SCHOOL_TIME).date()
    if marker.stage < 2:
        with _bar("填写、签批近几周的支出单", len(STORIES)) as step:
            reached = 0

            def told(text: str, done: int) -> None:
                nonlocal reached
                step(max(0, done - reached), text)
                reached = max(reached, done)

            play(cast, turn, today, told)
        marker.reach(2)
    with _stage("埋设四处违规"):
        plant(cast, turn)
    marker.reach(3)
    engine.forms = forms


def _show_caught(cast: Cast) -> None:
    """What the worker caught, as the host shows it."""
    desk = Desk.look(cast.reader)
    people = {r.id: str(r["name"]) for r in cast.reader.rows("people")}
    grid = Grid(title="后勤助手发现的问题", title_justify="left", expand=False)
    for heading in ("规则", "单号", "事由", "责任人", "系统的答复"):
        grid.add_column(heading, overflow="fold")
    codes = {str(row["code"]): title for title, row in desk.claims.items()}
    for (rule, code), found in sorted(desk.violations.items()):
        person = people.get(found["person"], "") if isinstance(found["person"], int) else ""
        grid.add_row(rule, code, codes.get(code, ""), person, _first(found["detail"]))
    double = BROKEN["IV-02"]
    row = desk.claims.get(double.title)
    if row is not None and row["check_result"] == "拦截":
        grid.add_row("IV-02", str(row["code"]), double.title, double.handler, _first(row["check_message"]))
    console.print(grid)


def _first(text: Any) -> str:
    return str(text or "").splitlines()[0] if text else ""


def _show_doors(settings: Settings) -> None:
    """Where to go, as whom, and where things lie."""
    grid = Grid(title="演示账号（密码都是 " + school.PASSWORD + "，仅供演示）", title_justify="left")
    for heading in ("账号", "姓名", "可以试试"):
        grid.add_column(heading)
    for name, hint in TRY:
        grid.add_row(school.BY_NAME[name].email, name, hint)
    console.print(grid)
    console.print(f"打开浏览器：{settings.host_url}/dashboard/")
    console.print(
        f"审批单在“支出单”的“审批单”一栏；提醒邮件存在 {settings.var}/mail/；"
        f"数据、日志和密码在 {settings.var}/（密码在 secrets.env）。"
    )
    console.print("按 Ctrl-C 停止。")


# --- stages ---------------------------------------------------------------------------------------------------------
class _Marker:
    """How far the demonstration has come; lies with NocoDB's data, so that both vanish together.

    1: accounts, tables and rows of the school are there; 2: its claims were played; 3: the violations too.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def stage(self) -> int:
        try:
            return int(json.loads(self._file.read_text())["stage"])
        except (FileNotFoundError, ValueError, KeyError):
            return 0

    def reach(self, stage: int) -> None:
        self._file.write_text(json.dumps({"stage": stage, "at": utc_now().isoformat(timespec="seconds")}))


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    settings.var.mkdir(parents=True, exist_ok=True)
    with (settings.var / "up.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HouqinError(
                f"后勤已在另一个窗口运行：{settings.host_url}/dashboard/ 。要重新启动，请先在那个窗口按 Ctrl-C。"
            ) from None
        yield


@contextmanager
def _ends_by_signal() -> Iterator[None]:
    """SIGTERM unwinds like Ctrl-C, so that NocoDB is stopped."""

    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _stops_by_signal(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM let the pass under way finish."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _stops_without(server: LocalNocoDB, stop: threading.Event) -> Iterator[None]:
    """Without its tables there is nothing to wait for."""

    def watch() -> None:
        while server.alive and not stop.wait(1):
            pass
        stop.set()

    threading.Thread(target=watch, name="watch-nocodb", daemon=True).start()
    yield


# --- showing --------------------------------------------------------------------------------------------------------
@contextmanager
def _stage(title: str) -> Iterator[None]:
    """A stage without parts."""
    with _bar(title, None):
        yield


@contextmanager
def _bar(title: str, total: int | None) -> Iterator[Callable[..., None]]:
    """A progress bar while it lasts; where the output is no terminal, one line at its end."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    start = time.monotonic()
    if not console.is_terminal:
        yield lambda advance=1, text="": None
    else:
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=total)

            def step(advance: int = 1, text: str = "") -> None:
                bar.update(task, advance=advance, description=f"{title} {text}".strip())

            yield step
    console.print(f"{title}：完成，{time.monotonic() - start:.1f} 秒")


def _told(members: list[Member], step: Callable[..., None]) -> Iterator[Member]:
    for member in members:
        yield member
        step()
