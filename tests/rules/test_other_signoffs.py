"""Papers, tasks, disposals and exits before they are signed (domain.md B1.2, B1.7, B2.9, B4.15)."""

import pytest

from automations.tables.values import File
from tests.rules.world import facts, said

PAPER = {
    "title": "车辆管理办法",
    "kind": "制度",
    "secrecy": "公开",
    "owner_dept": 1,
    "file": (File("办法.docx", 1, "r"),),
    "meeting_no": "校委纪要〔2026〕9号",
}
TASK = {
    "kind": "岗位目标",
    "title": "报修按时率",
    "person": 1,
    "department": 1,
    "year": 2026,
    "weight": 20,
    "standard": "95%以上",
    "due": "2026-12-31",
}


def test_a_paper_is_complete_and_its_meeting_is_named() -> None:
    assert said(facts("documents", PAPER)) == []
    assert said(facts("documents", {**PAPER, "title": None})) == ["请填写：“名称”。"]
    wanted = "“{}”须经校委会研究，请填写“会议纪要号”。"
    for kind in ("制度", "表彰决定"):
        assert said(facts("documents", {**PAPER, "kind": kind, "meeting_no": None})) == [wanted.format(kind)]
    assert said(facts("documents", {**PAPER, "kind": "技术档案", "meeting_no": None})) == []


def test_a_task_is_complete() -> None:
    assert said(facts("tasks", TASK)) == []
    assert said(facts("tasks", {**TASK, "standard": None})) == ["请填写：“完成标准”。"]
    assert said(facts("tasks", {**TASK, "kind": "项目任务"})) == ["请填写：“班次”。"]


@pytest.mark.parametrize(("value", "number", "stopped"), [("49999.99", None, False), ("50000", None, True)])
def test_a_large_disposal_is_decided_together(value: str, number: str | None, stopped: bool) -> None:
    message = "资产原值50,000元，达到50,000元，处置须经校委会集体研究，请填写“会议纪要号”。"
    assert said(facts("assets", {"value": value, "meeting_no": number})) == ([message] if stopped else [])
    assert said(facts("assets", {"value": value, "meeting_no": "校委纪要〔2026〕9号"})) == []


def test_a_disposal_without_a_value_goes_to_nobody() -> None:
    assert said(facts("assets", {"value": None})) == ["处置前请填写“原值”。"]


def test_as02_nobody_leaves_with_assets_in_his_name() -> None:
    kept = {1: {"custodian": 1, "status": "在用"}, 2: {"custodian": 1, "status": "已处置"}, 3: {"custodian": 9}}
    leaving = facts("people", {"name": "周科长"}, {"assets": kept})
    assert said(leaving, "AS-02") == ["周科长名下尚有1件资产未交接，请先办理交接。"]
    assert said(facts("people", {"name": "周科长"}, {"assets": {2: kept[2]}}), "AS-02") == []
