"""`houqin doctor` says which ways to reach people are set up, and what each can do."""

from pathlib import Path
from typing import Any

import pytest

from automations import doctor
from automations.errors import HouqinError, SettingsError
from automations.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def said(**values: Any) -> str:
    return doctor._channels(Settings(_env_file=None, **values))  # type: ignore[call-arg]


def test_every_channel_is_named_in_chinese(tmp_path: Path) -> None:
    mail = {"smtp_host": "mail.school.test", "smtp_from": "houqin@school.test"}
    assert said(**mail, wecom_corp_id="ww", wecom_robot_key="k", apprise_urls="json://127.0.0.1/") == (
        "邮件、企业微信、企业微信群机器人、其他渠道（只能交出，不能确认送达）"
    )
    assert "谁也收不到" in said(mail_folder=str(tmp_path))


def test_what_is_missing_or_wrong_says_what_to_do() -> None:
    with pytest.raises(HouqinError, match="HOUQIN_SMTP_"):
        said()
    with pytest.raises(SettingsError, match="第1个地址"):
        said(apprise_urls="nonsense://x")
