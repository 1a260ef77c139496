"""What the office sees of deliveries: 通知与报告 with 发送失败, and `houqin status`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from automations import cli
from automations.engine import Engine
from automations.engine.forms import Forms
from automations.engine.notices import Notices
from automations.jobs import discover
from automations.notify import Memory, Receipt
from automations.notify.email import Email
from automations.notify.wecom import WeComApp
from tests.conftest import Clock
from tests.notify.smtp import Box, free_port
from tests.office import SmallOffice
from tests.wecom_double import AGENT, CORP, SECRET, WeComDouble

ZHOU = "zhou@school.test"


class HandsOver(Memory):
    """A channel that cannot say whether it arrived, as apprise."""

    def send(self, message, to):  # type: ignore[no-untyped-def]
        return Receipt(super().send(message, to).reference, confirmed=False)


@dataclass
class School:
    """周科长 is in the people table with an account that WeCom does not know, and a mailbox that is gone."""

    office: SmallOffice
    wecom: WeComDouble
    box: Box
    port: int
    other: HandsOver = field(default_factory=lambda: HandsOver("apprise"))

    def outbox(self) -> list[Any]:
        rows = self.office.host.changed("outbox", None).rows
        return [r for r in rows if r["recipients"] == (self.office.ids["周科长"],)]


@pytest.fixture
def school(clock: Clock, tmp_path: Path) -> Iterator[School]:
    box, wecom, port = Box({ZHOU: "550 no such user"}), WeComDouble(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    stores = {name: f"sqlite:///{tmp_path / name}.db" for name in ("mirror", "journal")}
    office = SmallOffice(clock, **stores)
    office.host.update("people", {office.ids["周科长"]: {"wecom_id": "left_zhou"}})
    yield School(office, wecom, box, port)
    server.stop()
    wecom.close()


def submitted(school: School, clock: Clock, *, catch_all: bool = False) -> None:
    """A claim that 周科长 must sign, and the list of the afternoon."""
    mail = Email("127.0.0.1", school.port, "none", sender="houqin@school.test", timeout=5)
    channels: dict[str, Any] = {"wecom": WeComApp(school.wecom.url, CORP, AGENT, SECRET), "email": mail}
    if catch_all:
        channels["apprise"] = school.other
    office = school.office
    office.engine = Engine(office.office, Notices(office.office, channels, discover()), Forms(office.office))
    office.turn(slow=True)
    clock.now = datetime(2026, 9, 1, 1, 30, tzinfo=UTC)
    office.submitted()
    clock.now = datetime(2026, 9, 1, 7, 10, tzinfo=UTC)
    office.turn()
    office.settle()


def status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    monkeypatch.chdir(tmp_path)
    for name in ("mirror", "journal"):
        monkeypatch.setenv(f"HOUQIN_{name.upper()}_URL", f"sqlite:///{tmp_path / name}.db")
    capsys.readouterr()
    return cli.status(), capsys.readouterr().out


def test_what_nobody_took_is_seen_in_the_table_and_in_status_until_an_address_is_mended(
    school: School, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    submitted(school, clock)
    [row] = school.outbox()
    assert (row["send_state"], row["sent_at"], row["channel"]) == ("失败", None, "邮件")
    assert "待签" in row["title"] and "您有1笔待签" in row["body"]
    said = row["check_message"]
    assert said.startswith("没有送到。企业微信：企业微信送不到周科长（账号“left_zhou”）")
    assert "邮件：邮件服务器不收这个收件人" in said and said.endswith("人员表里的邮箱或企业微信账号更正后自动补发。")
    code, told = status(tmp_path, monkeypatch, capsys)
    assert code == 1 and "  周科长：企业微信：企业微信送不到周科长" in told and "请核对人员表里的邮箱。" in told

    school.office.host.update("people", {school.office.ids["周科长"]: {"wecom_id": "zhang"}})
    school.office.turn(slow=True)
    school.office.settle()
    assert [to for to, _ in school.wecom.inbox] == ["zhang"]
    [row] = school.outbox()
    assert (row["send_state"], row["channel"], row["check_message"]) == ("已发", "企业微信", None)
    assert row["sent_at"] is not None
    code, told = status(tmp_path, monkeypatch, capsys)
    assert code == 0 and "周科长" not in told
    subject = f"people/{school.office.ids['周科长']}"
    assert [e.kind for e in school.office.office.journal.entries() if e.subject == subject] == ["undelivered", "sent"]


def test_a_refused_one_takes_the_catch_all_and_says_that_nobody_confirmed_it(school: School, clock: Clock) -> None:
    submitted(school, clock, catch_all=True)
    assert [to.name for to, _ in school.other.sent] == ["周科长"]
    [row] = school.outbox()
    assert (row["send_state"], row["channel"], row["check_message"]) == ("已发", None, "已交出，未确认。")
