"""Disposals and exits before they are signed (domain.md B1.2, B4.15)."""

import pytest

from tests.rules.world import facts, said


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
