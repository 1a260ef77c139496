"""The only file that reads the environment (and ``.env``).

Every setting has the prefix ``HOUQIN_`` and is explained in ``.env.example``; a test keeps the two equal.
Secrets are :class:`~pydantic.SecretStr`, so that they never show up in a log or a traceback.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field as Setting
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from automations.errors import SettingsError

HOUSE = Path(__file__).resolve().parent.parent
"""The checkout: where schemas/, report_templates/ and deploy/ lie."""


class Settings(BaseSettings):
    """What a school sets once. See ``.env.example`` for the words a school's IT reads."""

    model_config = SettingsConfigDict(
        env_prefix="HOUQIN_",
        # `houqin up` keeps the passwords it makes in the first, so that the other commands work beside it.
        env_file=("var/secrets.env", ".env"),
        env_file_encoding="utf-8",
        extra="ignore",
    )

    host: Literal["nocodb", "baserow", "memory"] = "nocodb"
    host_url: str = "http://127.0.0.1:8080"
    host_email: str = ""
    host_password: SecretStr = SecretStr("")
    host_database: str = "行政后勤"

    var: Path = Path("var")
    mirror_url: str = ""
    journal_url: str = ""

    poll_seconds: int = Setting(default=5, ge=1, le=600)
    slow_poll_seconds: int = Setting(default=60, ge=5, le=3600)
    reconcile_minutes: int = Setting(default=30, ge=1, le=1440)

    smtp_host: str = ""
    smtp_port: int = 465
    smtp_security: Literal["ssl", "starttls", "none"] = "ssl"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""

    mail_folder: str = ""

    wecom_url: str = "https://qyapi.weixin.qq.com"
    wecom_corp_id: str = ""
    wecom_agent_id: int = 0
    wecom_secret: SecretStr = SecretStr("")
    wecom_markdown: bool = False
    wecom_robot_key: SecretStr = SecretStr("")

    apprise_urls: SecretStr = SecretStr("")

    web_listen: str = Setting(default="", pattern=r"^([^\s/]+:\d{1,5})?$")
    web_url: str = Setting(default="", pattern=r"^(https?://[^\s?#]+)?$")

    @property
    def web_address(self) -> tuple[str, int]:
        """Host and port of ``web_listen``."""
        host, _, port = self.web_listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def mirror(self) -> str:
        """SQLAlchemy address of the mirror; a SQLite file under ``var`` unless set."""
        return self.mirror_url or f"sqlite:///{self.var / 'mirror.db'}"

    @property
    def journal(self) -> str:
        """SQLAlchemy address of the journal; a SQLite file under ``var`` unless set."""
        return self.journal_url or f"sqlite:///{self.var / 'journal.db'}"


def without_secrets() -> dict[str, str]:
    """The environment for a child process: it needs none of the school's passwords."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HOUQIN_")}


def load_settings() -> Settings:
    """Read the environment and ``.env``.

    Raises:
        SettingsError: With every mistake, by the name that stands in ``.env``.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [f"HOUQIN_{'_'.join(str(p) for p in e['loc']).upper()}：{e['msg']}" for e in error.errors()]
        raise SettingsError("设置有误，请改 .env 或环境变量（说明见 .env.example）：", problems) from None
