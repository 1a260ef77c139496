""".env.example says every setting, with its default and an explanation, and nothing else."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from automations.errors import SettingsError
from automations.settings import HOUSE, Settings, load_settings

EXAMPLE = (HOUSE / ".env.example").read_text(encoding="utf-8")
OFFERED = dict(re.findall(r"^# (HOUQIN_[A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def shown(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def test_the_example_names_every_setting_and_no_other() -> None:
    assert OFFERED.keys() == {f"HOUQIN_{name.upper()}" for name in Settings.model_fields}


def test_the_example_shows_the_defaults() -> None:
    defaults = {f"HOUQIN_{name.upper()}": shown(field.default) for name, field in Settings.model_fields.items()}
    assert defaults == OFFERED


def test_every_setting_is_explained_in_chinese() -> None:
    """Settings that stand together share the words above them."""
    for paragraph in EXAMPLE.split("\n\n"):
        if "HOUQIN_" in paragraph:
            first = paragraph.splitlines()[0]
            assert not first.startswith("# HOUQIN_"), paragraph
            assert re.search("[一-鿿]{4}", first), paragraph


def test_nothing_in_the_example_is_switched_on() -> None:
    assert all(line.startswith("#") for line in EXAMPLE.splitlines() if line)


def test_the_example_can_be_filled_in_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in OFFERED:
        monkeypatch.delenv(name, raising=False)
    filled = re.sub("^# (HOUQIN_)", r"\1", EXAMPLE, flags=re.MULTILINE)
    (tmp_path / ".env").write_text(filled.replace("POLL_SECONDS=5\n", "POLL_SECONDS=7\n"), encoding="utf-8")
    settings = load_settings()
    assert settings.poll_seconds == 7
    assert settings.host_database == "行政后勤"


def test_mistakes_are_told_by_the_name_that_stands_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUQIN_POLL_SECONDS", "0")
    monkeypatch.setenv("HOUQIN_SMTP_SECURITY", "tls")
    with pytest.raises(SettingsError) as told:
        load_settings()
    assert [problem.split("：")[0] for problem in told.value.problems] == [
        "HOUQIN_POLL_SECONDS",
        "HOUQIN_SMTP_SECURITY",
    ]


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST_PASSWORD", "SMTP_PASSWORD", "WECOM_SECRET", "WECOM_ROBOT_KEY"):
        monkeypatch.setenv(f"HOUQIN_{name}", "not-to-be-seen")
    settings = load_settings()
    assert settings.host_password.get_secret_value() == "not-to-be-seen"
    assert "not-to-be-seen" not in repr(settings)
