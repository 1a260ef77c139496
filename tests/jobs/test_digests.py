"""周报 and 月报 (domain.md F1): what leaders read in ten seconds; the fit rule on a month with 3,000 issues."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.jobs import Facts, discover
from automations.jobs import monthly_digest as job_module
from automations.jobs.monthly_digest import monthly_digest
from automations.jobs.weekly_digest import weekly_digest
from automations.measures import Records
from automations.measures.stops import Stop
from automations.notify.render import Messages, Part
from automations.reminders import Notice
from automations.rows import RowView
from tests.measures.world import at, records

HEAD, LEADER, TOP = 1, 2, 3
PEOPLE: list[dict[str, Any]] = [
    {"name": "行政科长", "roles": ("部门负责人",), "department": 1, "status": "在岗", "learn_rate": Decimal("90.4")},
    {"name": "分管领导", "roles": ("分管领导",), "rank": "班子成员", "status": "在岗"},
    {"name": "主要领导", "roles": ("主要领导",), "rank": "主要领导", "status": "在岗"},
]
BEGAN = {"name": "旧班", "status": "取消", "created_at": at("2026-08-03")}
DEPARTMENTS: list[dict[str, Any]] = [{"name": "行政科", "head": HEAD, "leader_in_charge": LEADER}]


def school(as_of: str, **tables: Sequence[dict[str, Any]]) -> Records:
    """At work since August."""
    return records(as_of, people=PEOPLE, departments=DEPARTMENTS, **{"training_classes": [BEGAN], **tables})


def monthly(told: Records) -> list[Notice]:
    return list(monthly_digest(told, told.as_of, told.today, told.calendar, told.directory))


def wecom(notice: Notice) -> str:
    composed = Messages().compose("李领导", [Part(1, notice.template, {"url": "", **notice.data})])
    assert composed.message is not None and not composed.broken, composed.broken
    assert "**" not in composed.message.wecom and "<font" not in composed.message.wecom
    return composed.message.markdown or composed.message.wecom


def late_issue(n: int, days: int = 6, level: int = 4) -> dict[str, Any]:
    return {
        "kind": "整改",
        "description": f"第{n}处后厨排烟罩没有按期清洗需要马上处理",
        "status": "处理中",
        "duty_dept": 1,
        "created_at": at("2026-09-02 09:00"),
        "due_at": at("2026-09-22 18:00"),
        "overdue_wd": days,
        "escalation": level,
    }


def test_each_leader_gets_his_own_on_the_first_working_day_and_the_figures_of_the_month_before() -> None:
    steps = [
        {
            "assignee": TOP,
            "decision": "待签",
            "valid": "待定",
            "seq": 1,
            "round": 1,
            "biz_type": "支出",
            "biz_code": f"ZC-{n}",
            "amount_shown": 4_320,
            "level": "主要领导",
            "nature": "签字",
            "created_at": at("2026-09-29 09:00"),
        }
        for n in (1, 2)
    ]
    inspections = [{"team": "卫生", "date": at("2026-09-04"), "status": "已归档", "score": 90}]
    told = school("2026-10-08 09:10", sign_steps=steps, inspections=inspections, issues=[late_issue(1)])
    found = {notice.to[0]: notice for notice in monthly(told)}
    assert set(found) == {LEADER, TOP}
    assert all(notice.urgent and notice.stage == "202609" for notice in found.values())
    top, leader = wecom(found[TOP]), wecom(found[LEADER])
    assert top.startswith("**行政后勤月报｜2026年9月**")
    assert "1.待您签批2笔、8,640元，最久已等2个工作日" in top  # 国庆 between
    assert "待您签批" not in leader and "1.整改超期升级：" in leader
    assert "督查1次" in top
    assert "满意率：住宿未采集　餐饮未采集（2014年96/91）" in top  # nothing is known, and that is not 0
    assert "电未采集" in top and "电0" not in top


def test_a_school_that_begins_today_hears_nothing_of_the_month_before() -> None:
    told = school("2026-10-08 09:10", training_classes=[{**BEGAN, "created_at": at("2026-10-08 08:00")}])
    assert monthly(told) == []


def test_what_was_stopped_and_put_right_is_told_though_no_row_shows_it() -> None:
    claims = [{"code": f"ZC-2026-000{n}", "amount": 100, "created_at": at("2026-08-05")} for n in (1, 2)]
    told = school("2026-10-08 09:10", expense_claims=claims)
    stops = (
        Stop(at("2026-09-10"), "expense_claims", "ZC-2026-0001", ("RC-04",)),
        Stop(at("2026-08-10"), "expense_claims", "ZC-2026-0002", ("RC-04",)),  # the month before
    )
    facts = Facts(told.as_of, told.calendar, told.directory, told.norms, stops)
    [first, _] = discover()["monthly_digest"].run(told.tables, facts)
    assert "拦截1件：超标接待1" in wecom(first)


def test_a_digest_that_comes_late_at_night_waits_for_the_morning() -> None:
    told = school("2026-10-08 21:30")
    assert monthly(told) and not any(notice.urgent for notice in monthly(told))


def test_a_month_with_three_thousand_issues_fits_and_keeps_block_one() -> None:
    told = school("2026-10-08 09:10", issues=[late_issue(n) for n in range(1, 3_001)])
    text = wecom(next(notice for notice in monthly(told) if notice.to == [TOP]))
    assert len(text.encode()) < 2_000
    assert text.count("整改超期升级：") >= 3 and "…等3000项" in text
    assert text.endswith("完整报告10月10日发出，届时见“通知与报告”")
    assert text.index("**一、请您处理**") < text.index("整改超期升级：第1处")


def test_no_more_than_three_coloured_words_and_warnings_first() -> None:
    def month_end(meter: int, day: str, value: int) -> dict[str, Any]:
        return {"meter": meter, "slot": "月末", "read_at": at(day), "value": value}

    meters = [{"name": kind, "kind": kind, "payer": "学校", "multiplier": 1} for kind in "电水气"]
    readings = []
    for meter, (last, now) in enumerate([(1_000, 900), (1_000, 1_200), (1_000, 1_300)], 1):
        readings += [month_end(meter, "2025-08-31", 0), month_end(meter, "2025-09-30", last)]
        readings += [month_end(meter, "2026-08-31", 20_000), month_end(meter, "2026-09-30", 20_000 + now)]
    courses = [
        {
            "name": "班",
            "created_at": at("2026-08-30"),
            "class_type": "专题研讨班",
            "starts_on": date(2026, 9, 7),
            "ends_on": date(2026, 9, 9),
            "actual_n": 30,
            "sat_lodging": Decimal("96.8"),
            "sat_catering": Decimal("92.4"),
            "survey_n": 30,
            "status": "已归档",
        }
    ]
    answers = [
        {"training_class": 1, "valid": True, "lodging": "很满意", "catering": "满意", "submitted_at": at("2026-09-09")}
    ] * 30
    told = school(
        "2026-10-08 09:10",
        meters=meters,
        meter_readings=readings,
        training_classes=courses,
        survey_responses=answers,
    )
    text = wecom(monthly(told)[0])
    assert text.count("<font") == 3
    assert text.count('<font color="warning">+20.0%</font>') == 1 and '<font color="warning">+30.0%</font>' in text
    assert "同比-10.0%" in text  # good news lost its colour to the warnings
    plain = Messages().compose("李", [Part(1, "monthly_digest", {"url": "", **monthly(told)[0].data})]).message
    assert plain is not None and "<font" not in plain.text and "**" not in plain.text
    assert "<font" not in plain.html and "<strong>" in plain.html


def test_what_a_clerk_wrote_colours_nothing_and_opens_no_link() -> None:
    evil = {**late_issue(1), "description": '<font color="info">好</font>[点我](http://x)'}
    notice = monthly(school("2026-10-08 09:10", issues=[evil]))[0]
    assert '<font color="info">好' not in wecom(notice)
    page = Messages().compose("李", [Part(1, notice.template, {"url": "", **notice.data})]).message
    assert page is not None and "<font" not in page.html
    link = {**late_issue(1), "description": "[点我](http://x.cn)"}
    text = wecom(monthly(school("2026-10-08 09:10", issues=[link]))[0])
    assert "点我］（http://x.cn" in text and "](" not in text


REPORT = {
    "kind": "月报",
    "period": "2026年9月",
    "title": "中共示例区委党校2026年9月行政后勤运行情况报告",
    "file": ("a.docx",),
}


def test_the_digest_says_when_the_full_report_comes_and_leads_to_it_once_it_is_there() -> None:
    [first, _] = monthly(school("2026-10-08 09:10"))
    assert first.about == f"people/{first.to[0]}"
    assert wecom(first).endswith("\n完整报告10月10日发出，届时见“通知与报告”")  # the third working day after 国庆
    [late, _] = monthly(school("2026-10-12 09:10"))  # the worker slept until the report was due, too
    assert wecom(late).endswith("\n完整报告生成后见“通知与报告”")
    others = [
        {**REPORT, "period": "2026年8月"},
        {**REPORT, "title": "中共示例区委党校2026年9月督查月报"},
        {**REPORT, "file": ()},
    ]
    [first, _] = monthly(school("2026-10-12 09:10", outbox=others))
    assert isinstance(first.about, str)
    [first, _] = monthly(school("2026-10-12 09:10", outbox=[*others, REPORT]))
    assert isinstance(first.about, RowView) and first.about.id == 4
    found = Messages().compose("李", [Part(1, first.template, {**first.data, "url": "http://h/row/4"})]).message
    assert found is not None and found.markdown.endswith("\n[查看完整报告](http://h/row/4)")
    assert found.wecom.endswith("\n查看完整报告：http://h/row/4")
    assert '<a href="http://h/row/4">查看完整报告</a>' in found.html


def test_a_school_that_makes_no_full_report_is_not_sent_looking_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_module, "every", lambda: ({}, []))
    assert "完整报告" not in wecom(monthly(school("2026-10-08 09:10"))[0])


@pytest.mark.parametrize(("open_n", "told"), [(0, False), (2, True)])
def test_the_weekly_digest_goes_to_head_and_leader_of_departments_with_something_open(open_n: int, told: bool) -> None:
    issues = [{**late_issue(n, days=2), "created_at": at("2026-09-16 10:00")} for n in range(open_n)]
    done = {**late_issue(9), "status": "已办结", "fixed_at": at("2026-09-17 10:00"), "overdue_wd": None}
    world = school("2026-09-21 08:40", issues=[*issues, done])
    rows = [world[table] for table in ("issues", "meters", "meter_readings", "people", "departments")]
    found = list(weekly_digest(*rows, world.today, world.calendar, world.directory, world.norms))
    assert bool(found) is told
    if told:
        [notice] = found
        assert notice.to == [HEAD, LEADER]
        text = wecom(notice)
        assert "行政科（9月14日至9月20日）：新增问题2件、办结1件，在办2件，超期2件" in text and "完成率90%" in text
