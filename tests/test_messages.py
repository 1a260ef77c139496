"""Message templates: what the office may do to them, and how each mistake is told."""

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from automations.notify.render import FILES, Messages, Part, messages_folder

RETURNED = {
    "code": "ZC-1",
    "title": "灯具",
    "level": "会计",
    "name": "李",
    "reason": "缺验收人签名。",
    "url": "http://h/1",
}
CODE = {"code": "ZC-1", "title": "灯具", "url": "http://h/1"}
DAY = date(2026, 9, 22)
SAMPLES = {
    "claim_returned": RETURNED,
    "signature_refused": {"message": "【签批无效】本级应由王签批。", "code": "ZC-1", "level": "会计", "url": ""},
    "violation": {
        **{"severity": "严重", "title": "改单重签", "detail": "900元改为9,000元。", "biz_code": "ZC-1"},
        **{"person": "王", "due_on": date(2026, 9, 22), "url": ""},
    },
    "secrecy": {
        **{"table": "支出单", "code": "ZC-1", "columns": "“附件”", "who": "王文员", "url": "http://h/1"},
        "at": datetime(2026, 9, 1, 1, tzinfo=UTC),
    },
    "claim_approved": {"code": "ZC-1", "title": "灯具", "amount": Decimal("8640.00"), "paper": True, "url": ""},
    "form_ready": {"code": "ZC-1", "title": "灯具", "url": "http://h/form"},
    "steps_waiting": {"waiting": [], "url": ""},
    "weekly_self_check": {
        **{"since": date(2026, 9, 14), "last": date(2026, 9, 20), "url": ""},
        "lines": ["孙副校长在06:00至23:00以外签批1笔：ZC-1（9月16日23:30）。"],
    },
    "claim_untouched": {**CODE, "name": "王", "days": 10, "void": 30, "last": DAY},
    "request_unclaimed": {**CODE, "name": "王", "ended": DAY, "days": 5, "expires": DAY, "gone": False},
    "reception_list": {**CODE, "unit": "邻区党校", "ended": DAY, "days": 5},
    "urgent_unsigned": {**CODE, "name": "王", "since": DAY, "due": DAY, "limit": 3, "status": "草稿"},
    "payment_waiting": {**CODE, "amount": Decimal("8640.00"), "days": 3, "paper": False},
    "payment_small_company": {
        **{
            "code": "ZC-1",
            "status": "签批中",
            "vendor": "小店",
            "amount": Decimal(986),
            "days": 25,
            "limit": 30,
            "url": "",
        },
    },
    "income_unremitted": {**CODE, "payer": "邻区", "amount": Decimal(3600), "days": 2, "mark": "", "late": 1},
    "class_undercharged": {"name": "甲班", "owed": Decimal(3), "entered": Decimal(1), "gap": Decimal(2), "url": ""},
    "budget_course": {
        **{"name": "印刷费", "rate": "40.0", "month": 9, "time": "75.0", "slow": True, "gap": "35.0", "url": ""},
        "off": Decimal(35),
    },
    "three_public": {"category": "公务接待费", "used": Decimal(4), "total": Decimal(5), "percent": "80", "url": ""},
    "procurement_dates": {"title": "热水系统", "what": "签订合同", "due": DAY, "missed": False, "url": ""},
    "violation_unexplained": {**CODE, "severity": "一般", "biz_code": "ZC-1", "name": "王", "due": DAY, "days": 2},
    "issue_urgent": {
        **{"code": "GD-1", "kind": "报修", "what": "水管爆裂", "stage": "new", "taken": True, "limit": "", "due": ""},
        "url": "http://h/1",
    },
    "daily_list": {"waiting": [], "overdue": [], "today": [{"id": 1, "text": "交材料。"}], "url": ""},
}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(messages_folder(), tmp_path / "messages")
    return tmp_path / "messages"


def compose(messages, *parts, me="王"):
    return messages.compose(me, [Part(n, name, data) for n, (name, data) in enumerate(parts)])


def test_every_message_is_complete_and_readable():
    messages = Messages()
    assert messages.problems() == []
    assert set(SAMPLES) <= set(messages.names())


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"steps_waiting"}))
def test_every_message_can_be_said(name):
    composed = compose(Messages(), (name, SAMPLES[name]))
    assert not composed.broken
    message = composed.message
    assert message.subject and "\n" not in message.subject
    assert message.html.count("<html") == 1 and "width=device-width" in message.html
    assert message.wecom and message.wecom in message.text
    assert message.url == SAMPLES[name]["url"] and message.url in message.html


def test_the_wording():
    text = compose(Messages(), ("claim_returned", RETURNED)).message.wecom
    assert text == "【退回】ZC-1“灯具”已被会计李退回：缺验收人签名。请修改后重新提交。"
    own = compose(Messages(), ("violation", SAMPLES["violation"])).message
    assert own.subject == "【预警·严重】改单重签" and "请于9月22日前在“预警台账”填写情况说明。" in own.wecom
    boss = compose(Messages(), ("violation", SAMPLES["violation"]), me="校长").message
    assert "责任人王应于9月22日前说明情况。" in boss.wecom
    approved = compose(Messages(), ("claim_approved", SAMPLES["claim_approved"])).message
    assert approved.wecom == "【已批准】ZC-1“灯具”8,640元已完成全部签批，请打印审批单、各级纸质签字后办理支付。"


def test_several_things_in_one_message_the_urgent_first():
    parts = [(name, SAMPLES[name]) for name in ("form_ready", "claim_returned", "violation")]
    message = compose(Messages(), *parts).message
    assert message.subject == "【预警·严重】改单重签（另有2项提醒）"
    order = [message.text.index(mark) for mark in ("【预警", "【退回】", "【审批单】")]
    assert order == sorted(order)
    assert message.html.count("去处理") == 2


def test_what_a_clerk_types_is_text_everywhere():
    evil = {**RETURNED, "reason": '<a href="http://evil.example">点此领取</a> & {{ me }}'}
    message = compose(Messages(), ("claim_returned", evil)).message
    assert '<a href="http://evil' not in message.html and "&lt;a href=" in message.html
    assert "<a" not in message.wecom and "＜a" in message.wecom
    assert "{{ me }}" in message.text


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("text.txt", "第一行\n{{ n.code }}\n", "text.txt 第 2 行：没有字段“n”"),
        ("text.txt", "{% for n in notices %}\n\n{{ n.cod }}\n{% endfor %}", "text.txt 第 3 行：没有字段“cod”"),
        ("subject.txt", "x\n{% if %}", "subject.txt 第 2 行：写法有误"),
        ("page.html", "{% for n in notices %}{{ n.code }}", "page.html 第 1 行：写法有误"),
        ("page.html", "｛｛ me ｝｝", "page.html 第 1 行用了全角括号"),
        ("text.txt", "{{ ''.__class__.__mro__ }}", "text.txt 第 1 行：用了不允许的写法"),
        ("text.txt", "{{ notices.append(1) }}", "text.txt 第 1 行：用了不允许的写法"),
        ("text.txt", "{{ me|money }}", "text.txt 第 1 行：出错（InvalidOperation"),
        ("text.txt", '{% include "nowhere.txt" %}', "text.txt 第 1 行：找不到这个文件"),
        ("wecom.txt", None, "wecom.txt：找不到这个文件"),
        ("text.txt", "退回".encode("gbk"), "text.txt：不是 UTF-8 编码"),
    ],
)
def test_every_mistake_names_file_line_and_field(folder, file, content, words):
    path = folder / "claim_returned" / file
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    composed = compose(Messages(folder), ("claim_returned", RETURNED), ("form_ready", SAMPLES["form_ready"]))
    [(part, error)] = composed.broken.items()
    assert part == 0 and f"report_templates/messages/claim_returned/{words}" in error.message
    assert "【审批单】" in composed.message.text and "退回" not in composed.message.text


def test_a_broken_frame_holds_everything_back(folder):
    (folder / "_frame" / "text.txt").write_text("{{ nobody }}")
    composed = compose(Messages(folder), ("claim_returned", RETURNED), ("form_ready", SAMPLES["form_ready"]))
    assert composed.message is None and sorted(composed.broken) == [0, 1]
    assert "_frame/text.txt 第 1 行：没有字段“nobody”" in composed.broken[0].message


def test_a_message_that_does_not_exist(folder):
    composed = compose(Messages(folder), ("nothing", {}))
    assert composed.message is None and "messages/nothing/subject.txt" in composed.broken[0].message


def test_problems_are_all_named(folder):
    (folder / "form_ready" / "text.txt").write_text("{% if %}")
    (folder / "violation" / "page.html").unlink()
    assert [p.split("：")[0] for p in Messages(folder).problems()] == [
        "report_templates/messages/form_ready/text.txt 第 1 行",
        "report_templates/messages/violation/page.html",
    ]


def test_an_edit_counts_at_once(folder):
    messages = Messages(folder)
    compose(messages, ("claim_returned", RETURNED))
    (folder / "claim_returned" / "text.txt").write_text("{% for n in notices %}请看{{ n.code }}{% endfor %}")
    assert "请看ZC-1" in compose(messages, ("claim_returned", RETURNED)).message.text


def test_each_folder_holds_its_four_files_only():
    for name in [*Messages().names(), "_frame"]:
        assert sorted(p.name for p in (messages_folder() / name).iterdir()) == sorted(FILES)
