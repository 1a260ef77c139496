"""From a judgement to the reader: who is told what, by mail over a real SMTP server and by WeCom."""

import email
import email.policy
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller

from automations.engine import Engine
from automations.engine.forms import Forms
from automations.engine.notices import Notices
from automations.jobs import discover
from automations.notify.base import Channel
from automations.notify.email import Email
from automations.notify.mail_folder import MailFolder
from automations.notify.wecom import WeComApp, WeComRobot
from tests.conftest import Clock
from tests.office import SmallOffice
from tests.wecom_double import AGENT, CORP, ROBOT, SECRET, WeComDouble


class Box:
    """What arrived, by recipient."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, email.message.EmailMessage]] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # type: ignore[no-untyped-def]
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails += [(to, mail) for to in envelope.rcpt_tos]
        return "250 OK"

    def to(self, who: str) -> list[str]:
        return [str(m.get_body(("plain",)).get_content()) for to, m in self.mails if to == who]  # type: ignore[union-attr]

    def subjects(self, who: str) -> list[str]:
        return [str(m["Subject"]) for to, m in self.mails if to == who]


@pytest.fixture
def box() -> Iterator[tuple[Box, Email]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mailbox = Box()
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    yield mailbox, Email("127.0.0.1", port, "none", sender="后勤 <houqin@school.test>")
    server.stop()


def office_with(clock: Clock, channels: dict[str, Channel]) -> SmallOffice:
    office = SmallOffice(clock)
    office.engine = Engine(office.office, Notices(office.office, channels, discover()), Forms(office.office))
    office.settle()
    return office


def at(clock: Clock, hour: int, minute: int, day: int = 1) -> None:
    """Beijing time on a day of September 2026."""
    clock.now = datetime(2026, 9, day, hour - 8, minute, tzinfo=UTC)


def test_the_signer_is_told_in_the_next_list_and_again_on_the_second_working_day(
    clock: Clock, box: tuple[Box, Email]
) -> None:
    mailbox, channel = box
    office = office_with(clock, {"email": channel})
    at(clock, 9, 30)
    office.submitted()
    assert mailbox.mails == []  # what is not urgent waits for the list
    at(clock, 15, 10)
    office.settle()
    [first] = mailbox.to("zhou@school.test")
    assert "您有1笔待签（合计986元）" in first
    assert "ZC-2026-0001" in first and "rowId" not in first.split("\n")[0]

    at(clock, 8, 40, day=2)
    office.settle()
    assert len(mailbox.to("zhou@school.test")) == 2  # the morning's personal list
    assert mailbox.to("wang@school.test") == []
    at(clock, 8, 40, day=3)
    office.settle()
    third = mailbox.to("zhou@school.test")[2]
    assert "最久已等2个工作日" in third


def test_nothing_is_told_twice_in_one_list(clock: Clock, box: tuple[Box, Email]) -> None:
    mailbox, channel = box
    office = office_with(clock, {"email": channel})
    at(clock, 9, 30)
    office.submitted()
    at(clock, 15, 10)
    office.settle()
    told = len(mailbox.mails)
    at(clock, 15, 40)
    office.settle()
    assert len(mailbox.mails) == told


def test_a_wrong_signature_is_told_at_once_to_accountant_and_top_leader_and_in_the_list_to_both_sides(
    clock: Clock, box: tuple[Box, Email]
) -> None:
    mailbox, channel = box
    office = office_with(clock, {"email": channel})
    at(clock, 9, 30)
    claim = office.submitted()
    office.sign(claim, "周科长", by="王文员")
    office.settle()
    assert any("严重" in s for s in mailbox.subjects("li@school.test"))
    assert any("严重" in s for s in mailbox.subjects("zhao@school.test"))
    at(clock, 15, 10)
    office.settle()
    for who in ("zhou@school.test", "wang@school.test"):
        assert any("本级应由周科长签批" in text for text in mailbox.to(who)), who


def test_a_returned_and_an_approved_claim_are_told_to_the_handler(clock: Clock, box: tuple[Box, Email]) -> None:
    mailbox, channel = box
    office = office_with(clock, {"email": channel})
    at(clock, 9, 30)
    claim = office.submitted()
    office.sign(claim, "周科长", "退回", "缺验收人签名")
    office.approved(title="购置墨盒", amount="1,260".replace(",", ""))
    at(clock, 15, 10)
    office.settle()
    [told] = [t for t in mailbox.to("wang@school.test") if "退回" in t]
    assert "已被部门负责人周科长退回：缺验收人签名。请修改后重新提交。" in told
    assert "1,260元已完成全部签批" in told
    assert any("1,260元已完成全部签批" in t for t in mailbox.to("qian@school.test"))  # the cashier


def test_what_was_sent_stands_in_the_outbox_table(clock: Clock, box: tuple[Box, Email]) -> None:
    mailbox, channel = box
    office = office_with(clock, {"email": channel})
    at(clock, 9, 30)
    office.submitted()
    at(clock, 15, 10)
    office.settle()
    rows = office.host.changed("outbox", None).rows
    assert len(rows) == len(mailbox.mails) > 0
    assert {(r["channel"], r["send_state"], r["recipients"]) for r in rows} >= {
        ("邮件", "已发", (office.ids["周科长"],))
    }
    assert all(r["code"] and r["bytes"] for r in rows)


def test_wecom_first_then_mail_and_the_robot_for_those_nothing_else_reaches(
    clock: Clock, box: tuple[Box, Email]
) -> None:
    mailbox, channel = box
    wecom = WeComDouble()
    try:
        app = WeComApp(wecom.url, CORP, AGENT, SECRET)
        robot = WeComRobot(wecom.url, ROBOT)
        office = office_with(clock, {"wecom": app, "email": channel, "robot": robot})
        office.host.update("people", {office.ids["周科长"]: {"wecom_id": "zhang"}})
        office.turn(slow=True)
        at(clock, 9, 30)
        office.submitted()
        at(clock, 15, 10)
        office.settle()
        assert [to for to, _ in wecom.inbox] == ["zhang"]
        assert mailbox.to("zhou@school.test") == []
    finally:
        wecom.close()


def test_the_robot_alone(clock: Clock) -> None:
    wecom = WeComDouble()
    try:
        office = office_with(clock, {"robot": WeComRobot(wecom.url, ROBOT)})
        at(clock, 9, 30)
        office.submitted()
        at(clock, 15, 10)
        office.settle()
        [(to, body)] = wecom.inbox
        assert to == "group"
        assert "周科长" in str(body) and "您有1笔待签" in str(body)
    finally:
        wecom.close()


def test_mails_can_go_into_a_folder(clock: Clock, tmp_path) -> None:  # type: ignore[no-untyped-def]
    office = office_with(clock, {"email": MailFolder(tmp_path)})
    at(clock, 9, 30)
    office.submitted()
    at(clock, 15, 10)
    office.settle()
    [file] = (tmp_path / "周科长").glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert "您有1笔待签" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_notices_that_nobody_could_take_go_out_once_a_channel_is_set_up(clock: Clock, box: tuple[Box, Email]) -> None:
    mailbox, channel = box
    office = office_with(clock, {})
    at(clock, 9, 30)
    claim = office.submitted()
    office.sign(claim, "周科长", "退回", "缺验收人签名")
    office.settle()
    office.engine = Engine(office.office, Notices(office.office, {"email": channel}, discover()), Forms(office.office))
    at(clock, 15, 10)
    office.settle()
    assert any("退回" in s for s in mailbox.subjects("wang@school.test"))


def test_an_approved_claim_carries_its_form_and_one_that_falls_loses_it(clock: Clock) -> None:
    office = office_with(clock, {})
    claim = office.approved()
    row = office.row(claim)
    names = [f.name for f in row["form"]]  # type: ignore[union-attr]
    tail = str(row["approved_hash"])[-12:]
    assert names == [f"费用报销审批单_{row['code']}_{tail}.{kind}" for kind in ("pdf", "docx")]
    content = office.host.download(row["form"][0])  # type: ignore[index]
    assert content.startswith(b"%PDF")
    office.person("王文员").edit("expense_claims", claim, title="购置硒鼓")
    office.settle()
    assert office.row(claim)["form"] == ()
