"""Against the local double of WeCom; the real server was never reached from here."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automations.errors import ChannelError
from automations.notify import Address, Message, WeComApp, WeComRobot
from automations.notify.base import cut, split
from tests.wecom_double import AGENT, CORP, ROBOT, SECRET, WeComDouble

ZHANG = Address(1, "张三", wecom="zhang")
CARD = Message("h1", "【待签】您有2笔待签", "mail", wecom="您有2笔待签（合计4,260元）", url="http://192.168.1.10/s")


@pytest.fixture
def wecom():
    double = WeComDouble()
    yield double
    double.close()


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def app(wecom, pauses):
    return WeComApp(wecom.url, CORP, AGENT, SECRET, timeout=5, pause=pauses.append)


@pytest.fixture
def robot(wecom):
    return WeComRobot(wecom.url, ROBOT, timeout=5)


def refusal(channel, message=CARD, to=ZHANG) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(message, to)
    for secret in (SECRET, ROBOT, "t0ken"):
        assert secret not in str(caught.value)
    return caught.value


def test_a_card_with_its_link(wecom, app):
    assert app.send(CARD, ZHANG).reference == "m1"
    [(user, body)] = wecom.inbox
    assert user == "zhang" and body["msgtype"] == "textcard"
    assert body["textcard"] == {
        "title": "【待签】您有2笔待签",
        "description": "您有2笔待签（合计4,260元）",
        "url": "http://192.168.1.10/s",
        "btntxt": "去处理",
    }


def test_without_a_page_or_room_it_is_text(wecom, app):
    app.send(Message("h2", "标题", "mail", wecom="没有链接"), ZHANG)
    long = "字" * 171  # 513 bytes: one more than a card holds
    app.send(Message("h3", "标题", "mail", wecom=long, url="http://x/1"), ZHANG)
    assert [b["text"]["content"] for _, b in wecom.inbox] == ["没有链接", f"{long}\nhttp://x/1"]


def test_long_text_goes_in_parts(wecom, app):
    lines = [f"{n}.{'事' * 60}" for n in range(40)]
    app.send(Message("h4", "标题", "\n".join(lines)), ZHANG)
    assert len(wecom.inbox) == 4
    assert "\n".join(b["text"]["content"] for _, b in wecom.inbox).split("\n") == lines


def test_sent_twice_it_is_shown_once(wecom, app):
    app.send(CARD, ZHANG)
    app.send(CARD, ZHANG)
    assert len(wecom.inbox) == 1 and wecom.calls.count("/cgi-bin/message/send") == 2


def test_one_token_serves_many(wecom, app):
    for n in range(3):
        app.send(Message(f"h{n}", "标题", f"正文{n}"), ZHANG)
    assert wecom.renewals == 1


def test_an_ended_token_is_renewed_once(wecom, app):
    app.send(CARD, ZHANG)
    wecom.expire()
    app.send(Message("h2", "标题", "正文"), ZHANG)
    assert wecom.renewals == 2 and len(wecom.inbox) == 2


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_stays_bad_is_no_loop(wecom, app, code):
    app.send(CARD, ZHANG)
    calls = len(wecom.calls)
    wecom.script.extend([code, "usual", code])
    error = refusal(app, Message("h2", "标题", "正文"))
    assert not error.permanent and str(code) in error.message
    assert wecom.calls[calls:] == ["/cgi-bin/message/send", "/cgi-bin/gettoken", "/cgi-bin/message/send"]
    app.send(Message("h2", "标题", "正文"), ZHANG)
    assert len(wecom.inbox) == 2 and wecom.renewals == 3


def test_a_token_that_is_missing(wecom, app):
    wecom.script.append(0)
    assert not refusal(app).permanent and wecom.calls == ["/cgi-bin/gettoken"]


def test_a_token_ends_in_time(wecom):
    now = [0.0]
    app = WeComApp(wecom.url, CORP, AGENT, SECRET, clock=lambda: now[0])
    app.send(CARD, ZHANG)
    now[0] = 6901
    app.send(Message("h2", "标题", "正文"), ZHANG)
    assert wecom.renewals == 2


@pytest.mark.parametrize(
    ("secret", "corp", "agent", "advice"),
    [
        ("wrong", CORP, AGENT, "HOUQIN_WECOM_SECRET"),
        (SECRET, "wrong", AGENT, "HOUQIN_WECOM_CORP_ID"),
        (SECRET, CORP, 7, "HOUQIN_WECOM_AGENT_ID"),
    ],
)
def test_wrong_settings_name_the_setting(wecom, secret, corp, agent, advice):
    error = refusal(WeComApp(wecom.url, corp, agent, secret))
    assert error.permanent and advice in error.message


def test_an_unknown_member_is_permanent_though_the_errcode_is_0(wecom, app):
    error = refusal(app, to=Address(2, "李四", wecom="left_lisi"))
    assert error.permanent and "李四" in error.message and "left_lisi" in error.message
    wecom.unlicensed.add("zhang")
    assert refusal(app).permanent


def test_busy_is_asked_three_times(wecom, app, pauses):
    app.send(CARD, ZHANG)
    wecom.script.extend([-1, -1])
    app.send(Message("h2", "标题", "正文"), ZHANG)
    assert len(wecom.inbox) == 2 and pauses == [1.0, 2.0]
    wecom.script.extend([-1, -1, -1])
    error = refusal(app, Message("h3", "标题", "正文"))
    assert not error.permanent and not wecom.script


@pytest.mark.parametrize(
    ("code", "permanent", "seconds", "words"),
    [
        (45009, False, 60, "太频繁"),
        (45033, False, 60, "太频繁"),
        (60020, True, 1800, "企业可信IP"),
        (40058, True, None, "缩短消息模板"),
        (81013, True, None, "可见范围"),
        (99999, True, None, "99999"),
    ],
)
def test_errcodes(wecom, app, code, permanent, seconds, words):
    app.send(CARD, ZHANG)
    wecom.script.append(code)
    error = refusal(app)
    assert (error.permanent, error.retry_after) == (permanent, seconds)
    assert words in error.message


@pytest.mark.parametrize("odd", ["html", "list", "redirect"])
def test_an_answer_that_is_not_wecoms_is_no_success(wecom, app, odd):
    app.send(CARD, ZHANG)
    wecom.script.append(odd)
    error = refusal(app, Message("h2", "标题", "正文"))
    assert not error.permanent and "网络出口" in error.message
    assert len(wecom.inbox) == 1


def test_a_server_that_hangs_is_tried_later(wecom):
    wecom.script.append("hang")
    error = refusal(WeComApp(wecom.url, CORP, AGENT, SECRET, timeout=0.3))
    assert not error.permanent and "超时" in error.message


def test_a_server_that_is_away_is_tried_later():
    double = WeComDouble()
    double.close()
    assert not refusal(WeComApp(double.url, CORP, AGENT, SECRET)).permanent


def test_no_secret_reaches_the_log(wecom, app, robot, caplog):
    with caplog.at_level(logging.DEBUG):
        app.send(CARD, ZHANG)
        robot.send(CARD, ZHANG)
    assert "corpsecret=***" in caplog.text and "access_token=***" in caplog.text  # it was logged, and hidden
    for secret in (SECRET, ROBOT, "t0ken"):
        assert secret not in caplog.text


def test_the_robot_posts_to_its_group(wecom, robot):
    robot.send(CARD, ZHANG)
    assert wecom.inbox == [("group", {"msgtype": "text", "text": {"content": f"张三：\n{CARD.wecom}"}})]


def test_robot_limits_are_bytes(wecom, robot):
    text = "\n".join("督" * 100 for _ in range(30))
    robot.send(Message("h", "标题", text), ZHANG)
    WeComRobot(wecom.url, ROBOT, "markdown").send(Message("h", "标题", text), ZHANG)
    kinds = [body["msgtype"] for _, body in wecom.inbox]
    assert (kinds.count("text"), kinds.count("markdown")) == (5, 3)


def test_a_removed_robot_is_permanent(wecom, robot):
    wecom.robot_removed = True
    error = refusal(robot)
    assert error.permanent and "HOUQIN_WECOM_ROBOT_KEY" in error.message


def test_a_robot_is_asked_once_because_each_call_counts(wecom, robot):
    wecom.script.append(-1)
    error = refusal(robot)
    assert (error.permanent, error.retry_after) == (False, 60) and len(wecom.calls) == 1


def test_a_card_keeps_its_limits(wecom, app):
    """128 bytes of title, 512 of text; a title is cut at a whole character, a longer text or address goes as text."""
    app.send(Message("h1", "题" * 43, "正文", url="http://x/1"), ZHANG)
    app.send(Message("h2", "标题", "文" * 170 + "..", url="http://x/1"), ZHANG)
    app.send(Message("h3", "标题", "正文", url="http://x/" + "1" * 2040), ZHANG)
    kinds = [body["msgtype"] for _, body in wecom.inbox]
    assert kinds[:2] == ["textcard"] * 2 and set(kinds[2:]) == {"text"}
    title = wecom.inbox[0][1]["textcard"]["title"]
    assert title == "题" * 41 + "…" and len(title.encode()) == 126


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=300), st.integers(4, 40))
def test_split_keeps_every_character_within_the_limit(text, limit):
    parts = split(text, limit)
    assert all(len(p.encode()) <= limit for p in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")


@given(st.text(max_size=80), st.integers(3, 60))
def test_cut_stays_within_the_limit(text, limit):
    short = cut(text, limit)
    assert len(short.encode()) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


DIGEST = Message(
    "d", "月报", "月报正文", wecom="月报\n电5.5万度", markdown='**月报**\n电<font color="info">5.5万度</font>'
)


def test_a_digest_has_its_colours_only_where_the_school_says_that_all_read_in_wecom(wecom: WeComDouble) -> None:
    WeComApp(wecom.url, CORP, AGENT, SECRET, markdown=True).send(DIGEST, ZHANG)
    WeComApp(wecom.url, CORP, AGENT, SECRET).send(DIGEST, ZHANG)
    coloured, plain = [body for _, body in wecom.inbox]
    assert coloured["markdown"] == {"content": DIGEST.markdown} and coloured["msgtype"] == "markdown"
    assert plain["text"] == {"content": DIGEST.wecom}


def test_a_digest_too_long_for_markdown_goes_as_text_in_parts(wecom: WeComDouble) -> None:
    long = Message("d", "月报", "月报", wecom="字" * 1_000, markdown="**月报**" + "字" * 1_000)
    WeComApp(wecom.url, CORP, AGENT, SECRET, markdown=True).send(long, ZHANG)
    assert [body["msgtype"] for _, body in wecom.inbox] == ["text", "text"]
