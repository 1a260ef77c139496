"""Put an office together from the settings: host, stores, channels, jobs, engine."""

import logging
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from automations import holds
from automations.engine import Engine, Office
from automations.engine.forms import Forms
from automations.engine.notices import Notices
from automations.engine.reports import Reports
from automations.errors import HostUnavailable, HouqinError, SchemaError, SettingsError
from automations.jobs import approvals, discover
from automations.journal import Journal
from automations.mirror import Mirror
from automations.notify.base import Channel
from automations.notify.catch_all import CatchAll
from automations.notify.email import Email
from automations.notify.mail_folder import MailFolder
from automations.notify.wecom import WeComApp, WeComRobot
from automations.schema import Schema
from automations.schema.host import Binding, BoundTable
from automations.schema.load import load_schema
from automations.settings import HOUSE, Settings
from automations.tables.base import Host
from automations.tables.values import Value
from automations.workdays import Calendar

LOCAL_ACCOUNT = "houqin@local"
"""Houqin's account on the memory host, where none is set."""


def read_schema() -> Schema:
    """The tables of ``schemas/``."""
    return load_schema(HOUSE / "schemas")


def connect(settings: Settings) -> Host:
    """Sign in to the host that the settings name.

    Raises:
        SettingsError: Something needed for it is not set.
        LoginRefused: The host does not know the account.
    """
    if settings.host == "memory":
        from automations.tables.memory import MemoryServer

        settings.var.mkdir(parents=True, exist_ok=True)
        server = MemoryServer(str(settings.var / "tables.db"))
        email = settings.host_email or LOCAL_ACCOUNT
        server.add_account(email, "后勤助手")
        return server.login(email)
    missing = [n for n in ("host_url", "host_email") if not getattr(settings, n)]
    if not settings.host_password.get_secret_value():
        missing.append("host_password")
    if missing:
        raise SettingsError(
            "还没有设置表格系统的登录信息，请在 .env 中填写：", [f"HOUQIN_{n.upper()}" for n in missing]
        )
    secret = settings.host_password.get_secret_value()
    if settings.host == "nocodb":
        from automations.tables.nocodb import NocoDB

        return NocoDB(settings.host_url, settings.host_email, secret, settings.host_database)
    from automations.tables.baserow import Baserow

    return Baserow(settings.host_url, settings.host_email, secret, settings.host_database)


def host_key(settings: Settings) -> str:
    """Names the database in the journal's bindings."""
    return f"{settings.host}:{settings.host_url if settings.host != 'memory' else ''}/{settings.host_database}"


def pack(binding: Binding) -> dict[str, Any]:
    """A binding as JSON."""
    return {name: {"id": bound.id, "fields": dict(bound.fields)} for name, bound in binding.tables.items()}


def unpack(schema: Schema, data: Mapping[str, Any]) -> Binding:
    """The inverse of :func:`pack`; tables and columns that ``schemas/`` no longer has are left out."""
    return Binding(
        {
            name: BoundTable(schema[name], found["id"], {n: i for n, i in found["fields"].items() if n in schema[name]})
            for name, found in data.items()
            if name in schema
        }
    )


def bound(settings: Settings, schema: Schema, journal: Journal) -> Binding:
    """The binding kept in the journal.

    Raises:
        SchemaError: There is none, or ``schemas/`` has grown since: ``houqin apply`` comes first.
    """
    data = journal.load_binding(host_key(settings))
    if data is None:
        raise SchemaError("这个表格库还没有建表，请先运行 houqin apply。")
    binding = unpack(schema, data)
    missing = [
        f"{table.title}·{field.title}"
        for table in schema
        for field in table.fields
        if table.name not in binding or field.name not in binding[table.name].fields
    ]
    if missing:
        raise SchemaError("schemas/ 里有表格上还没有的列，请先运行 houqin plan 核对，再运行 houqin apply：", missing)
    return binding


SIGNING_ROLES = frozenset({"部门负责人", "会计", "分管领导", "主要领导"})


def view_rows(host: Host) -> dict[str, list[tuple[int, str]]]:
    """Rows (id, name) of which there is one view each: departments, signers and, where needed, every colleague.

    Baserow cannot show "mine" to whoever looks at all: there each colleague with a login has views of his own.
    """
    host.refresh(["people", "departments"])
    people = [r for r in host.changed("people", None).rows if r["account"] and r["name"]]
    found = {
        "departments": [(r.id, str(r["name"])) for r in host.changed("departments", None).rows if r["name"]],
        "signers": [(r.id, str(r["name"])) for r in people if SIGNING_ROLES & set(_roles(r["roles"]))],
    }
    if host.kind == "baserow":
        found["people"] = [(r.id, str(r["name"])) for r in people]
    return found


def _roles(value: Value) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, tuple) else ()


def channels(settings: Settings) -> dict[str, Channel]:
    """The ways to reach people that are set up.

    Raises:
        HouqinError: One of them cannot be used as it is set up.
    """
    found: dict[str, Channel] = {}
    if settings.mail_folder:
        found["email"] = MailFolder(Path(settings.mail_folder))
    if settings.smtp_host:
        found["email"] = Email(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password.get_secret_value(),
            settings.smtp_from,
        )
    if settings.wecom_corp_id:
        found["wecom"] = WeComApp(
            settings.wecom_url,
            settings.wecom_corp_id,
            settings.wecom_agent_id,
            settings.wecom_secret.get_secret_value(),
            settings.wecom_markdown,
        )
    if key := settings.wecom_robot_key.get_secret_value():
        found["robot"] = WeComRobot(settings.wecom_url, key)
    if urls := settings.apprise_urls.get_secret_value().strip():
        found["apprise"] = CatchAll(urls)
    return found


def build(settings: Settings) -> Engine:
    """The engine of the school's office.

    Raises:
        HouqinError: Settings, schema, host or stores are not in order; the message says what to do.
    """
    schema = read_schema()
    journal = Journal(settings.journal)
    host = connect(settings)
    host.bind(bound(settings, schema, journal))
    office = Office(
        host=host, mirror=Mirror(settings.mirror, schema), journal=journal, schema=schema, approvals=approvals()
    )
    ways = channels(settings)
    if not ways:
        logging.getLogger("houqin").warning(
            "还没有设置邮件或企业微信（.env 中 HOUQIN_SMTP_… 或 HOUQIN_WECOM_…），通知只登记、不发送"
        )
    notices = Notices(office, ways, discover())
    return Engine(office, notices, Forms(office), Reports(office, notices, settings.mirror, settings.var))


class _Elsewhere:
    """Stands for the host where only what was read before is looked at: it knows Houqin's account, nothing else."""

    def __init__(self, account: str) -> None:
        self.account = account

    def __getattr__(self, name: str) -> Any:
        raise HostUnavailable("本命令只看本机已读到的内容，不连接表格系统。")


def has_stores(settings: Settings) -> bool:
    """Whether an office has run here: its mirror and its journal are there."""
    files = [url.removeprefix("sqlite:///") for url in (settings.mirror, settings.journal)]
    return all(
        Path(file).is_file()
        for file, url in zip(files, (settings.mirror, settings.journal), strict=True)
        if url.startswith("sqlite:///")
    )


def stored_calendar(settings: Settings, today: date) -> Calendar:
    """The calendar in force here: with the school's own entries, once an office has run."""
    return stored_office(settings, today).calendar if has_stores(settings) else Calendar()


def stored_office(settings: Settings, today: date) -> Office:
    """The office as it was last read, to look at it only: the host is not asked and may be away.

    Raises:
        HouqinError: Nothing was read yet, or what was read cannot be used.
    """
    if not has_stores(settings):
        raise HouqinError("本机还没有表格的副本，请先运行 houqin once。")
    schema, journal = read_schema(), Journal(settings.journal)
    journal.create_all(holds.metadata)
    account = settings.host_email or (LOCAL_ACCOUNT if settings.host == "memory" else "")
    office = Office(
        host=cast("Host", _Elsewhere(account.lower())),
        mirror=Mirror(settings.mirror, schema),
        journal=journal,
        schema=schema,
        approvals=approvals(),
    )
    if problems := office.reload(today):
        raise HouqinError("参数标准里有读不懂的内容：", problems)
    return office
