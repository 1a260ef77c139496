"""Every message as it reads without tags, and whether it fits: personal WeChat, WeCom's limits (domain.md F1)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest

from automations.notify.base import Message, cut
from automations.notify.plain import plain
from automations.notify.render import Messages, Part
from tests.jobs import diaries_money, diaries_people, diaries_service
from tests.jobs.diary import Diary, at, run, words
from tests.jobs.diary import on as day
from tests.test_messages import SAMPLES

MOST, TITLE = 2048, 128
"""Bytes of the text and the title of a message of the WeCom application."""

DIARIES = (diaries_money.DIARIES, diaries_service.DIARIES, diaries_people.DIARIES)
MORE: Mapping[str, Mapping[str, Any]] = {
    "approval_done": {"code": "SP-1", "title": "购置桌椅", "amount": 8640},
    "calendar_unknown": {"year": 2027, "text": "2027年放假安排尚未收录。"},
    "claim_changed": {"code": "ZC-1", "title": "灯具", "message": "【改单重签】王文员修改了“申请金额”。"},
    "claim_refused": {
        "code": "ZC-1",
        "title": "灯具",
        "level": "会计",
        "name": "李",
        "reason": "重复。",
        "releases": True,
    },
    "duty_papers": {"lines": [f"{n}号岗位" for n in range(1, 13)]},
    "energy_quota": {
        "meter": "教学楼总表",
        "month": "9月",
        "used": "950",
        "quota": "1000",
        "percent": 95,
        "over": False,
    },
    "inspection_checkpoint": {"name": "示例研讨班", "checkpoint": "中期", "day": date(2026, 9, 16)},
    "issue_told": {
        **{
            "code": "GD-1",
            "what": "水龙头滴水",
            "stage": "done",
            "handler": "杨维修",
            "due": "",
            "note": "已更换阀芯。",
        },
        **{"reason": "", "checks": True},
    },
    "meter_calibration": {"meter": "教学楼总表", "due": date(2026, 9, 30), "left": 15},
    "ownership_unclear": {"n": 12, "names": ["锅炉", "花园步道", "旧食堂"]},
    "request_tomorrow": {"code": "SQ-1", "title": "赴区县调研", "begins": date(2026, 9, 22), "level": "分管领导"},
    "rule_failed": {"row": "expense_claims/ZC-1/EX-02", "message": "规则出错。"},
    "survey_record": {
        "course": "甲班",
        "item": "住宿",
        "rate": "98.4",
        "best": "96.8",
        "whose": "乙班",
        "day": "2014年",
    },
    "training_hours": {"name": "王文员", "hours": 30, "least": 40, "gap": 10},
}
"""Of messages that no diary tells of."""

ELSEWHERE = {"weekly_digest", "monthly_digest", "report", "report_failed"}
"""Digests and reports have tests of their own."""


@cache
def told() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What each kind of notice says, as the automations say it in their diaries."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for diary in (diary for diaries in DIARIES for one in diaries.values() for diary in one):
        for notice in _of(diary):
            found[notice[0]].append(notice[1])
    for name, data in {**SAMPLES, **MORE}.items():
        if name != "steps_waiting":  # the sample has none
            found[name].append(data)
    return found


def _of(diary: Diary) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for moment in dict.fromkeys(line[:11] for line in diary.heard):
        on, clock = moment.split()
        for notice in run(diary.job, at(on, clock), diary._on(day(on))):
            yield notice.template, notice.data


def composed(name: str, notices: Sequence[Mapping[str, Any]], me: str = "王文员") -> Message:
    parts = [Part(n, name, {"url": "", **data}) for n, data in enumerate(notices)]
    found = Messages().compose(me, parts)
    assert not found.broken and found.message is not None, found.broken
    return found.message


KINDS = sorted(set(Messages().names()) - ELSEWHERE)


def test_every_kind_is_looked_at() -> None:
    assert set(told()) >= set(KINDS) and len(KINDS) > 60


@pytest.mark.parametrize("name", KINDS)
def test_a_message_reads_without_tags_and_fits(name: str) -> None:
    for notices in [[data] for data in told()[name]] + [list(told()[name])]:
        message = composed(name, notices)
        for text in (message.text, message.wecom):
            assert plain(text) == text and not re.search(r"</?\w|\*\*|\]\(|^#|\{|\}|None|undefined", text, re.MULTILINE)
        assert re.match(r"【.+】|今日清单：|上周“四个一”：|.*：$", message.wecom.split("\n")[0]), message.wecom
        assert message.wecom.endswith(("。", "；", "”", "）")) or name in (
            "duty_papers",
            "daily_list",
            "weekly_self_check",
        )
        assert len(cut(message.wecom, MOST).encode()) <= MOST
        assert 0 < len(message.subject.encode()) <= TITLE or len(notices[-1].get("what") or "") > 20, message.subject


@pytest.mark.parametrize("name", KINDS)
def test_the_subject_says_what_kind_it_is(name: str) -> None:
    title = Messages().title(name)
    assert title != name and 2 <= len(title) <= 8
    assert any(title in composed(name, [data]).subject for data in told()[name])


# --- plain ------------------------------------------------------------------------------------------------------------

DIGEST = """**行政后勤月报｜2026年9月**
办班5期、学员268人
满意率：住宿<font color="info">96.8%</font>

**一、请您处理**
1.待您签批2笔、8,640元，最久已等3个工作日

**五、下月关注**
物业合同11月30日到期
[查看完整报告](http://192.168.1.10/r/202609)"""


def test_markdown_reads_without_its_marks() -> None:
    assert plain(DIGEST) == (
        "行政后勤月报｜2026年9月\n办班5期、学员268人\n满意率：住宿96.8%\n\n一、请您处理\n"
        "1.待您签批2笔、8,640元，最久已等3个工作日\n\n五、下月关注\n物业合同11月30日到期\n"
        "查看完整报告：http://192.168.1.10/r/202609"
    )
    assert plain("# 标题\n> 引用") == "标题\n引用"


@pytest.mark.parametrize("text", ["3*4*5", "a < b 且 c > d", "**", "[备注]（附后）", "#2电梯", "2**3", "见 [1] (2026)"])
def test_what_is_no_mark_stays(text: str) -> None:
    assert plain(text) == text


# --- the wording of domain.md F1 --------------------------------------------------------------------------------------


def overdue(kind: str, today: str) -> list[str]:
    """The morning list of somebody who should have finished on 22 September."""
    order = {
        "kind": kind,
        "status": "处理中",
        "handler": 1,
        "description": "后厨排烟罩清洗",
        "due_at": at("9-22", "18:00"),
    }
    return [words(notice, "王文员") for notice in run("daily_list", at(today), {"issues": [order]})]


def test_overdue_as_in_the_sample() -> None:
    assert overdue("整改", "9-24") == [
        "【超期】整改“后厨排烟罩清洗”应于9月22日完成，已超期2个工作日，请今天处理并上传完工照片；仍未完成将报分管领导。"
    ]
    assert overdue("报修", "9-28")[0].endswith("已超期3个工作日，请今天处理；仍未完成将报主要领导。")
    assert overdue("报修", "9-30")[0].endswith("已超期5个工作日，请今天处理。")


def test_routine_checks_of_one_day_are_one_line() -> None:
    thing = {
        "check_kind": "日常巡检",
        "cycle": "每日",
        "status": "待检",
        "done_by": 1,
        "due_on": day("9-23"),
        "asset": 1,
    }
    checks = [{**thing, "asset": n} for n in (1, 2, 3)]
    assets = [{"name": name} for name in ("锅炉一", "锅炉二", "电梯一")]
    notices = run("check_due", at("9-23"), {"equipment_checks": checks, "assets": assets})
    text = composed("check_due", [n.data for n in notices]).wecom
    assert text == (
        "【设施检查】今天应检3项，请按时检查：锅炉一日常巡检、锅炉二日常巡检、电梯一日常巡检，完成后填写“完成日”和“结果”。"
    )


def test_thirty_approvals_at_once_are_one_paragraph() -> None:
    """The yearly goals of a whole school are signed in one morning: thirty paragraphs would be cut off by WeCom."""
    goals = [{"code": f"MB-2026-{n:04}", "title": "沈行政：重点事项落实", "amount": 0} for n in range(30)]
    text = composed("approval_done", goals).wecom
    assert text.startswith("【已批准】30件已完成全部签批：MB-2026-0000“沈行政：重点事项落实”、MB-2026-0001“")
    assert text.endswith("MB-2026-0009“沈行政：重点事项落实”等。") and len(text.encode()) < 700
    assert composed("approval_done", goals[:2]).wecom.count("已完成全部签批。") == 2


def test_a_message_says_which_years_are_estimated() -> None:
    data = {**told()["task_due"][0], "estimated": [2027]}
    message = composed("task_due", [data])
    note = "注：2027年放假安排尚未收录，其中的工作日按周一至周五和法定节日估计。"
    assert message.wecom.endswith(note) and note in message.text and note in message.html
    assert "尚未收录" not in composed("task_due", [told()["task_due"][0]]).text
