"""What each answer of a channel does to a delivery: its state, the next try, the way it goes on, what `status` says."""

import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from automations.notify import Address, Email, Memory, WeComApp, WeComRobot
from tests.notify.posting import Posting, notice, posting
from tests.notify.smtp import Box, Scripted, free_port
from tests.notify.smtp import certificate as certificate
from tests.notify.smtp import serve as serve
from tests.test_email import Checked, server_tls
from tests.wecom_double import AGENT, CORP, ROBOT, SECRET, WeComDouble

ZHANG = Address(1, "张三", "zhang@school.test", "zhang")
HELLO = (b"220 hi", b"250 hello", b"250 sender ok", b"250 rcpt ok")


@pytest.fixture
def wecom() -> Iterator[WeComDouble]:
    double = WeComDouble()
    yield double
    double.close()


@dataclass(frozen=True)
class Expected:
    """What becomes of a message that got this answer.

    Attributes:
        wait: Seconds until the next try where there is no other channel; None: it is given up and shown.
        goes_on: It takes the next channel at once, where there is one.
        words: What `status` says of it, next step included.
    """

    wait: float | None
    goes_on: bool
    words: str


WECOM: dict[str, tuple[list[Any], Expected]] = {
    "60020 not a trusted address": ([60020], Expected(1800, True, "企业可信IP.*请信息科在企业微信管理后台添加")),
    "40001 for the token, and for the new one too": ([40001, "usual", 40001], Expected(300, False, "稍后自动重试")),
    "42001 token ended, and the new one too": ([42001, "usual", 42001], Expected(300, False, "令牌（42001）")),
    "45009 too many": ([45009], Expected(60, False, "太频繁（45009），一分钟后自动重试")),
    "-1 busy three times": ([-1, -1, -1], Expected(60, False, "繁忙（-1），稍后自动重试")),
    "40058 too long": ([40058], Expected(None, True, "超过企业微信的长度限制，请缩短消息模板")),
    "81013 out of range": ([81013], Expected(None, True, "不在应用的可见范围内，请信息科核对")),
    "invaliduser with errcode 0": ([], Expected(None, True, "账号“zhang”.*请信息科核对人员表和应用设置")),
    "a hang": (["hang"], Expected(60, False, "等待超时（ReadTimeout），稍后自动重试")),
    "HTML instead of JSON": (["html"], Expected(300, False, "可能被代理或登录页拦截，请信息科检查网络出口")),
}


def by_wecom(double: WeComDouble, case: str, *, with_mail: bool) -> tuple[Posting, Memory]:
    script, _ = WECOM[case]
    app = WeComApp(double.url, CORP, AGENT, SECRET, timeout=0.4, pause=lambda seconds: None)
    mail = Memory("email")
    desk = posting({"wecom": app, "email": mail}, ZHANG)
    desk.plan(notice(0, routes=("wecom",)))
    assert desk.deliver().sent == 1  # the token is there
    double.inbox.clear()
    double.script.extend(script)
    if not script:
        double.members.clear()
    desk.plan(notice(1, routes=("wecom", "email") if with_mail else ("wecom",)))
    desk.deliver()
    return desk, mail


@pytest.mark.parametrize("case", WECOM)
def test_wecom_alone(wecom: WeComDouble, case: str) -> None:
    _, expected = WECOM[case]
    desk, _ = by_wecom(wecom, case, with_mail=False)
    row = desk.rows()[-1]
    assert wecom.inbox == [] and row.tries == 1
    assert re.search(expected.words, desk.status()), desk.status()
    if expected.wait is None:
        assert (row.state, row.into) == ("failed", None)
        assert desk.status().startswith("有1条通知没有送到：\n  张三：企业微信：")
        return
    assert (row.state, desk.wait()) == ("retry", expected.wait)
    assert "正在重试1条" in desk.status()
    wecom.script.clear()
    assert desk.deliver(expected.wait - 1).sent == 0
    assert desk.deliver(1).sent == 1 and len(wecom.inbox) == 1 and desk.status() == "通知全部送达或排队中。"


@pytest.mark.parametrize("case", WECOM)
def test_wecom_before_mail(wecom: WeComDouble, case: str) -> None:
    _, expected = WECOM[case]
    desk, mail = by_wecom(wecom, case, with_mail=True)
    assert len(mail.sent) == expected.goes_on
    if expected.goes_on:
        assert [r.state for r in desk.rows()] == ["sent", "failed", "sent"]
        assert desk.status().startswith("张三的企业微信收不到，已改走邮件：")
        assert re.search(expected.words, desk.status())
        wecom.members.add("zhang")
        desk.plan(notice(2))
        desk.deliver(1)
        assert desk.status() == "通知全部送达或排队中。"  # mended
        return
    # for the moment only: four tries, then the next channel has it
    for _ in range(3):
        wecom.script.clear()
        again = WECOM[case][0]
        wecom.script.extend(["usual", again[-1]] if "usual" in again else again)  # it has no token now
        assert mail.sent == []
        desk.deliver(desk.wait())
    desk.deliver()
    assert len(mail.sent) == 1 and [r.state for r in desk.rows()] == ["sent", "failed", "sent"]


@pytest.mark.parametrize("with_mail", [False, True])
def test_a_wrong_secret(wecom: WeComDouble, with_mail: bool) -> None:
    """Mail has it at once; who has no mail waits until IT has mended it."""
    mail = Memory("email")
    desk = posting({"wecom": WeComApp(wecom.url, CORP, AGENT, "wr0ng"), "email": mail}, ZHANG)
    desk.plan(notice(1, routes=("wecom", "email") if with_mail else ("wecom",)))
    desk.deliver()
    assert len(mail.sent) == with_mail and "核对 HOUQIN_WECOM_SECRET" in desk.status()
    if not with_mail:
        assert (desk.rows()[-1].state, desk.wait()) == ("retry", 1800)


def test_an_ended_token_is_no_try(wecom: WeComDouble) -> None:
    """42001 as it comes every day: renewed and sent in the same breath."""
    app = WeComApp(wecom.url, CORP, AGENT, SECRET)
    desk = posting({"wecom": app}, ZHANG)
    desk.plan(notice(0, routes=("wecom",)))
    desk.deliver()
    wecom.expire()
    desk.plan(notice(1, routes=("wecom",)))
    assert desk.deliver(1).sent == 1 and wecom.renewals == 2 and desk.rows()[-1].tries == 0


def test_a_robot_that_was_removed_waits_for_it(wecom: WeComDouble) -> None:
    """93000: nobody behind it has another channel, so nothing is given up."""
    wecom.robot_removed = True
    desk = posting({"robot": WeComRobot(wecom.url, ROBOT)}, ZHANG)
    desk.plan(notice(1, routes=("robot",)))
    desk.deliver()
    assert (desk.rows()[-1].state, desk.wait()) == ("retry", 1800)
    assert "群机器人已被移除，请信息科在群里重新添加并更新 HOUQIN_WECOM_ROBOT_KEY" in desk.status()
    wecom.robot_removed = False
    assert desk.deliver(1800).sent == 1 and len(wecom.inbox) == 1


def test_a_robot_that_was_removed_before_another_way(wecom: WeComDouble) -> None:
    wecom.robot_removed = True
    other = Memory("apprise")
    desk = posting({"robot": WeComRobot(wecom.url, ROBOT), "apprise": other}, ZHANG)
    desk.plan(notice(1, routes=("robot", "apprise")))
    desk.deliver()
    assert len(other.sent) == 1 and "张三的企业微信群机器人收不到，已改走其他渠道：" in desk.status()


@pytest.mark.parametrize("code", [45009, -1])
def test_a_robot_for_the_moment(wecom: WeComDouble, code: int) -> None:
    desk = posting({"robot": WeComRobot(wecom.url, ROBOT)}, ZHANG)
    desk.plan(notice(1, routes=("robot",)))
    wecom.script.append(code)
    desk.deliver()
    assert (desk.rows()[-1].state, desk.rows()[-1].tries, desk.wait()) == ("retry", 1, 60)
    assert desk.deliver(60).sent == 1


# --- mail -----------------------------------------------------------------------------------------------------------


def mail_by(port: int, **options: Any) -> Email:
    return Email("127.0.0.1", port, options.pop("security", "none"), sender="houqin@school.test", timeout=5, **options)


def one_mail(channel: Email, to: Address = ZHANG) -> Posting:
    desk = posting({"email": channel}, to)
    desk.plan(notice(1, to.person, routes=("email",)))
    desk.deliver()
    return desk


SCRIPTS: dict[str, tuple[tuple[bytes, ...], bool, Expected]] = {
    "421 at the greeting": ((b"421 too many connections",), False, Expected(60, False, "421 too many")),
    "421 for the recipient": ((*HELLO[:3], b"421 closing"), False, Expected(60, False, "421 closing.*自动重试")),
    "450 greylisted": ((*HELLO[:3], b"450 greylisted"), False, Expected(60, False, "450 greylisted.*自动重试")),
    "550 no such user": ((*HELLO[:3], b"550 no such user"), False, Expected(None, True, "550.*请核对人员表里的邮箱")),
    "553 wrong sender": ((*HELLO[:2], b"553 not yours"), False, Expected(1800, False, "核对 HOUQIN_SMTP_FROM")),
    "554 message refused": (
        (*HELLO, b"354 go", b"554 spam"),
        False,
        Expected(None, True, "邮件服务器拒收（554 spam）"),
    ),
    "dropped inside the message": ((*HELLO, b"354 go"), True, Expected(60, False, "连接中断.*自动重试")),
    "dropped before the answer": ((*HELLO, b"354 go"), False, Expected(60, False, "连接中断.*自动重试")),
}


def checked(desk: Posting, expected: Expected) -> None:
    row = desk.rows()[-1]
    assert row.tries == 1 and re.search(expected.words, desk.status()), desk.status()
    if expected.wait is None:
        assert (row.state, row.into) == ("failed", None)
        assert desk.status().startswith("有1条通知没有送到：\n  张三：邮件：")
    else:
        assert (row.state, desk.wait()) == ("retry", expected.wait) and "正在重试1条" in desk.status()


@pytest.mark.parametrize("case", SCRIPTS)
def test_mail(case: str, serve: Callable[..., int]) -> None:
    answers, cut, expected = SCRIPTS[case]
    server = Scripted(*answers, cut=cut)
    desk = one_mail(mail_by(server.port))
    server.stop()
    checked(desk, expected)
    if expected.wait is not None:  # the server is well again: the same message under the same id
        box = Box()
        desk.channels = {"email": mail_by(serve(box))}
        assert desk.deliver(expected.wait - 1).sent == 0
        assert desk.deliver(1).sent == 1
        [(_, mail)] = box.mails
        assert mail["Message-ID"] == desk.rows()[-1].receipt and desk.status() == "通知全部送达或排队中。"


def test_dropped_after_the_answer_it_is_sent() -> None:
    server = Scripted(*HELLO, b"354 go", b"250 taken")
    desk = one_mail(mail_by(server.port))
    server.stop()
    assert [r.state for r in desk.rows()] == ["sent"]


def test_535_waits_for_it(serve: Callable[..., int]) -> None:
    port = serve(Box(), controller=Checked)
    desk = one_mail(mail_by(port, user="houqin@school.test", password="wr0ng"))
    checked(desk, Expected(1800, False, "拒绝登录（535.*请核对 HOUQIN_SMTP_USER 和 HOUQIN_SMTP_PASSWORD"))
    assert "wr0ng" not in desk.status()


def test_a_certificate_that_does_not_match_waits_for_it(serve: Callable[..., int], certificate: Any) -> None:
    port = serve(Box(), tls_context=server_tls(certificate), require_starttls=True)
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    channel = Email("localhost", port, "starttls", sender="houqin@school.test", context=trusted, timeout=5)
    checked(one_mail(channel), Expected(1800, False, "证书不可信（.*mismatch.*请核对服务器名称"))


def test_nobody_listens() -> None:
    checked(one_mail(mail_by(free_port())), Expected(60, False, "连不上.*自动重试"))


def test_a_partial_refusal_is_sent_and_says_who_missed_it(serve: Callable[..., int]) -> None:
    box = Box({"old@school.test": "550 gone"})
    desk = one_mail(mail_by(serve(box)), Address(1, "张三", "zhang@school.test, old@school.test"))
    [row] = desk.rows()
    reference, note = row.receipt.split("\n")
    assert row.state == "sent" and reference.startswith("<houqin-") and note == "old@school.test 未送达（550 gone）"


# --- every way refused ------------------------------------------------------------------------------------------------


def test_refused_everywhere_it_says_name_reasons_and_next_step(wecom: WeComDouble, serve: Callable[..., int]) -> None:
    li = Address(2, "李四", "li@school.test", "left_lisi")
    box = Box({"li@school.test": "550 no such user"})
    app = WeComApp(wecom.url, CORP, AGENT, SECRET)
    desk = posting({"wecom": app, "email": mail_by(serve(box))}, li)
    desk.plan(notice(1, 2), notice(2, 2))
    desk.deliver()
    assert desk.status() == (
        "有2条通知没有送到：\n"
        "  李四（2条）：企业微信：企业微信送不到李四（账号“left_lisi”）：成员不存在、不在应用可见范围或没有许可，"
        "请信息科核对人员表和应用设置。邮件：邮件服务器不收这个收件人（li@school.test：550 no such user），"
        "请核对人员表里的邮箱。人员表里的邮箱或企业微信账号更正后自动补发。"
    )
