"""Is everything in place? One line a check, with the next step where it is not."""

from collections.abc import Callable

from rich.console import Console

from automations import assemble
from automations.errors import HouqinError
from automations.jobs import discover
from automations.jobs._slips import slips
from automations.journal import Journal
from automations.notify import overview
from automations.notify.render import Messages
from automations.reports.folders import every, mistakes
from automations.reports.fonts import find_faces
from automations.schema.plan import plan
from automations.settings import Settings
from automations.statements._making import content_of
from automations.workdays import local_date
from automations.worker import utc_now


def examine(settings: Settings, console: Console) -> int:
    """Print every check; 0 when all passed."""
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("表结构文件", _schema),
        ("表格系统", _host),
        ("建表", _tables),
        ("日志", _journal),
        ("自动化", _jobs),
        ("通知模板", _messages),
        ("报告", _reports),
        ("通知渠道", _channels),
        ("中文字体", _fonts),
        ("工作日历", _calendar),
    )
    failed = 0
    for name, check in checks:
        try:
            console.print(f"✓ {name}：{check(settings)}", markup=False)
        except HouqinError as error:
            failed += 1
            console.print(f"✗ {name}：{error}", markup=False)
    return 1 if failed else 0


def _schema(settings: Settings) -> str:
    return f"{len(assemble.read_schema())}张表"


def _host(settings: Settings) -> str:
    host = assemble.connect(settings)
    return f"{host.kind}，账号 {host.account}。签批凭据：{host.proof_note}"


def _tables(settings: Settings) -> str:
    schema, journal = assemble.read_schema(), Journal(settings.journal)
    binding = assemble.bound(settings, schema, journal)
    found = plan(schema, assemble.connect(settings).describe(), binding)
    if found.steps or found.blocks:
        raise HouqinError("表格和 schemas/ 不一致，请运行 houqin plan 查看。")
    return "与 schemas/ 一致"


def _journal(settings: Settings) -> str:
    journal = Journal(settings.journal)
    journal.check()
    last = journal.last()
    return f"完整，共{last.seq if last else 0}条"


def _jobs(settings: Settings) -> str:
    schema, messages, jobs = assemble.read_schema(), Messages(), discover()
    if wrong := [slip for job in jobs.values() for slip in slips(job, schema, messages)]:
        raise HouqinError("自动化有要改的地方：", wrong)
    return f"{len(jobs)}个"


def _messages(settings: Settings) -> str:
    messages = Messages()
    if problems := messages.problems():
        raise HouqinError("模板有误，请改正：", problems)
    return f"{len(messages.names())}种"


def _reports(settings: Settings) -> str:
    found, wrong = every()
    kinds = assemble.read_schema()["outbox"]["kind"].options
    for folder in found.values():
        wrong += mistakes(folder)
        if folder.told.kind and folder.told.kind not in kinds:
            wrong.append(f"{folder.name} 的 kind“{folder.told.kind}”不是“通知与报告”的类型，可写：{'、'.join(kinds)}。")
        try:
            content_of(folder.name)
        except HouqinError as error:
            wrong.append(error.message)
    if wrong:
        raise HouqinError("报告模板有要改的地方：", wrong)
    return f"{len(found)}种，其中{sum(folder.at is not None for folder in found.values())}种定时生成"


def _channels(settings: Settings) -> str:
    found = assemble.channels(settings)
    if not found:
        raise HouqinError("没有设置邮件或企业微信，通知不会发出。请在 .env 中填写 HOUQIN_SMTP_… 或 HOUQIN_WECOM_…。")
    said = []
    for name in found:
        word = overview.WORDS[name]
        if name == "email" and settings.mail_folder and not settings.smtp_host:
            word = f"邮件只存进文件夹 {settings.mail_folder}，谁也收不到（HOUQIN_MAIL_FOLDER）"
        elif name == "apprise":
            word = f"{word}（只能交出，不能确认送达）"
        said.append(word)
    return "、".join(said)


def _fonts(settings: Settings) -> str:
    return f"{find_faces()}"


def _calendar(settings: Settings) -> str:
    today = local_date(utc_now())
    calendar = assemble.stored_calendar(settings, today)
    if calendar.unknown_year(today) == today.year:
        raise HouqinError(calendar.warning(today))
    return f"{today.year}年：{calendar.source(today)}（{calendar.version}）。{calendar.warning(today)}"
