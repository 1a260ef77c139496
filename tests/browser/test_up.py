"""``houqin up``: the demonstration opens from nothing, checks itself, opens again quickly, and stops cleanly."""

import re
import signal
import stat
from pathlib import Path

import pytest
import requests

from automations.demo import school

from .conftest import Checked, Running, command, environment, open_office

pytestmark = pytest.mark.nocodb


def test_check_asserts_every_outcome_and_says_so_last(checked: Checked) -> None:
    assert checked.code == 0, checked.said
    assert re.fullmatch(r"\d{2} passed, 0 failed", checked.said.splitlines()[-1])
    for rule in ("SG-01", "SG-02", "DG-02", "IV-02"):
        assert f"│ {rule} " in checked.said, "the table of what was caught"
    assert "Traceback" not in checked.said


def test_passwords_are_for_their_owner_alone_and_never_shown(checked: Checked) -> None:
    secrets = checked.var / "secrets.env"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    values = [line.partition("=")[2] for line in secrets.read_text().splitlines() if "PASSWORD" in line]
    assert len(values) == 2
    logs = "".join(path.read_text("utf-8", "replace") for path in (checked.var / "log").iterdir())
    assert not any(value in checked.said + logs for value in values)


def test_strangers_cannot_make_themselves_an_account(office: Running) -> None:
    body = {"email": "stranger@elsewhere.test", "password": "Stranger-2026"}
    answer = requests.post(f"{office.url}/api/v1/auth/user/signup", json=body, timeout=20)
    assert 400 <= answer.status_code < 500


def test_it_prints_the_address_and_the_accounts(office: Running) -> None:
    assert f"打开浏览器：{office.url}/dashboard/" in office.said
    assert school.PASSWORD in office.said
    for name in (school.CLERK, school.ACCOUNTANT, school.LEADER, school.TOP, school.CASHIER):
        assert school.BY_NAME[name].email in office.said
    assert requests.get(f"{office.url}/api/v1/health", timeout=20).status_code == 200


def test_a_second_one_says_that_the_first_is_running(checked: Checked, office: Running) -> None:
    import subprocess

    second = subprocess.run(
        command("up"), env=environment(checked.var, checked.url), capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1
    assert second.stderr.strip().splitlines() == [
        f"后勤已在另一个窗口运行：{checked.url}/dashboard/ 。要重新启动，请先在那个窗口按 Ctrl-C。"
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(checked: Checked, office: Running, tmp_path: Path, number: int) -> None:
    """Stopped and opened again: the session's office makes room for a moment."""
    assert office.stop(number) == 0
    assert "已停止" in office.said
    assert not (checked.var / "nocodb" / "pid").exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{checked.url}/api/v1/health", timeout=5)
    again = open_office(checked, office.log)
    office.process = again.process
    print(f"warm start: {again.seconds:.1f} s")
