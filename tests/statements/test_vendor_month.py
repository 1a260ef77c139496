"""服务商月度考核表: one contract, one month."""

from datetime import date
from typing import Any

from automations.measures import Period
from tests.measures.test_vendors import COMPANIES, contract, scored
from tests.measures.world import at, records
from tests.statements.reading import Read, read

SEPTEMBER = Period.month(2026, 9)


def told(*checks: dict[str, Any], **cells: Any) -> Read:
    known = records(
        "2026-10-12",
        contracts=[contract(contract_no="HT-01", sla="每日保洁\n餐具消毒", supervisor=1, **cells)],
        inspections=[{"checklist": "逐项检查。", "inspectors": (1, 2), "findings_n": 1, **check} for check in checks],
        vendors=[{**COMPANIES[0], "bank_account": "6222000011112222"}],
        people=[{"name": "甲"}, {"name": "乙"}],
        issues=[
            {"kind": "投诉", "vendor": 1, "created_at": at("2026-09-03"), "status": "已办结"},
            {"kind": "报修", "vendor": 1, "created_at": at("2026-09-03"), "status": "不予受理"},
            {"kind": "整改", "vendor": 1, "created_at": at("2026-09-30 23:00"), "status": "处理中"},
            {"kind": "整改", "vendor": 2, "created_at": at("2026-09-03"), "status": "处理中"},
            {"kind": "整改", "vendor": 1, "created_at": at("2026-10-01 00:10"), "status": "处理中"},
        ],
    )
    return read("vendor_month", known, SEPTEMBER, known["contracts"][0])


def test_a_bad_month_costs() -> None:
    found = told(scored("2026-09", 88), scored("2026-08", 95))
    assert found.document.title == "餐饮服务2026年9月服务商考核表"
    assert "2026年9月考核88.0分。按合同扣减服务费1,200.00▲元，当月应付58,800.00▲元。" in found.text
    assert "当月涉及该服务商的工单2件，其中投诉1件。" in found.text
    assert "服务标准：每日保洁；餐具消毒" in found.text and "监管人甲" in found.text
    assert found.table("checks") == [
        ("inspections-1", "2026-10-09", "甲、乙", "逐项检查", "88.0", "1", "已提交"),
    ]
    assert found.table("year")[-2:] == [
        ("2026年8月", "95.0", "60,000.00", "0.00"),
        ("2026年9月", "88.0", "60,000.00", "1,200.00"),
    ]
    assert "本年累计扣减1,200.00▲元" in found.text
    assert "6222" not in f"{found.text}{found.document.tables}"  # no bank account


def test_before_it_is_scored() -> None:
    found = told()
    assert "2026年9月的考核还没有提交，当月服务费暂不能支付。" in found.text
    assert "checks" not in found.document.tables and "累计扣减" not in found.text
    assert found.table("year")[-1] == ("2026年9月", "未采集", "60,000.00", "未采集")


def test_while_it_is_disputed() -> None:
    assert "考核尚未生效（有异议），扣减待定。" in told(scored("2026-09", 50, status="有异议")).text


def test_a_contract_on_which_nothing_hangs() -> None:
    found = told(scored("2026-09", 50), kind="其他", delivery_mode=None)
    assert "考核50.0分。本合同考核分不与服务费挂钩。" in found.text and "扣减服务费" not in found.text


def test_a_good_month_costs_nothing() -> None:
    found = told(scored("2026-09", 93))
    assert "不扣减，当月应付60,000.00▲元。" in found.text


def test_after_the_contract_has_ended() -> None:
    found = told(ends_on=date(2026, 8, 31))
    assert "2026年9月不在合同履行期内，不需要考核。" in found.text and "暂不能支付" not in found.text
    assert found.table("year")[-1][0] == "2026年8月"
