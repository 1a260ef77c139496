"""支出单证据单: everything about one claim, without its bank account."""

from datetime import date
from typing import Any

import pytest

from automations.measures import Period, Records
from automations.statements.evidence import masked
from tests.measures.world import at, records
from tests.statements.reading import Read, read

SEAL = "a" * 52 + "5fb843bf6512"
PEOPLE = [
    {"name": "韩采购", "account": "han@x"},
    {"name": "孙后勤", "account": "sun@x", "rank": "班子成员"},
    {"name": "赵校长", "account": "zhao@x", "rank": "主要领导"},
    {"name": "郑党务", "account": "zheng@x", "rank": "班子成员"},
]


def step(round: int, seq: int, level: str, who: int, **cells: Any) -> dict[str, Any]:
    return {
        **{"claim": 1, "biz_type": "支出单", "biz_code": "ZC-1", "round": round, "seq": seq, "level": level},
        **{"assignee": who, "decision": "同意", "valid": "有效", "amount_shown": 850, "hash": SEAL},
        **{"signer_account": PEOPLE[who - 1]["account"], "signed_at": at("2026-09-03 14:05"), **cells},
    }


STEPS = [
    step(1, 1, "分管领导", 2, decision="退回", opinion="缺验收人签名", valid="有效", hash="b" * 64),
    step(2, 1, "分管领导", 4, on_behalf_of=2),
    step(2, 2, "主要领导", 3),
    step(2, 9, "知悉", 2, decision="待签"),
    {**step(1, 1, "分管领导", 2), "claim": 2},
]


def claim(**cells: Any) -> dict[str, Any]:
    return {
        **{"code": "ZC-1", "kind": "合同付款", "category": "维修维护费", "title": "灯具维修", "status": "已归档"},
        **{"handler": 1, "department": 1, "payee_kind": "服务商", "vendor": 1, "payee_account": "6222020200112233"},
        **{"amount": 900, "audited_amount": 850, "invoice_sum": 900, "budget_line": 1, "contract": 1, "request": 1},
        **{"biz_date": date(2026, 9, 1), "approved_hash": SEAL, "approved_at": at("2026-09-03 15:00")},
        **{"paper_signed": True, "pay_method": "银行转账", "paid_on": date(2026, 9, 4), "voucher_no": "记-09-1"},
        **{"pay_item": 2, **cells},
    }


def world(**cells: Any) -> Records:
    other = {
        "code": "ZC-0",
        "status": "已支付",
        "contract": 1,
        "pay_item": 1,
        "amount": 500,
        "paid_on": date(2026, 8, 4),
    }
    return records(
        "2026-10-08",
        people=PEOPLE,
        departments=[{"name": "行政科"}],
        vendors=[{"name": "示例五金店"}],
        budget_lines=[{"name": "日常维修", "year": 2026, "fund_source": "财政拨款"}],
        contracts=[{"name": "维修合同", "amount": 9_000, "sign_on": date(2026, 1, 5), "status": "履行中"}],
        requests=[{"title": "维修审批", "est_amount": 1_000, "approved_at": at("2026-08-30"), "status": "已核销"}],
        expense_claims=[claim(**cells), other, {**other, "code": "ZC-3", "status": "签批中", "paid_on": None}],
        invoices=[
            {"code": "FP-1", "claim": 1, "inv_no": "26500000000000000001", "amount": 900, "seller": "示例五金店"},
            {"code": "FP-2", "claim": 2, "inv_no": "26500000000000000002", "amount": 500},
        ],
        sign_steps=STEPS,
        violations=[
            {"biz_code": "ZC-1", "rule": "SG-01", "detail": "非本人签批", "found_at": at("2026-09-02")},
            {"biz_code": "FP-1", "rule": "IV-05", "detail": "疑似重复", "found_at": at("2026-09-01")},
            {"biz_code": "ZC-0", "rule": "SG-02", "detail": "别的单", "found_at": at("2026-09-02")},
        ],
    )


def report(**cells: Any) -> Read:
    r = world(**cells)
    return read("evidence", r, Period.month(2026, 9), r["expense_claims"][0])


def test_it_holds_the_claim_and_what_it_rests_on() -> None:
    found = report()
    facts = {row[0]: row[1] for row in found.table("facts_table")}
    assert facts["收款账号"] == "＊＊＊＊2233"
    assert (facts["经办人"], facts["收款方"], facts["经费指标"]) == (
        "韩采购",
        "示例五金店",
        "日常维修（2026年，财政拨款）",
    )
    assert facts["批准指纹"] == "5fb843bf6512"
    assert [row[:3] for row in found.table("linked_table")] == [
        ("事前审批", "requests-1", "维修审批"),
        ("合同", "contracts-1", "维修合同"),
    ]
    assert [(row[1], row[-1]) for row in found.table("invoices_table")] == [
        ("26500000000000000001", "900.00"),
        ("", "900.00"),
    ]
    assert "0200112233" not in str(found.document)


def test_every_signature_with_account_time_force_and_seal() -> None:
    rows = report().table("steps_table")
    assert [row[1] for row in rows] == ["分管领导", "分管领导", "主要领导"]
    assert rows[0][5] == "退回：缺验收人签名" and rows[0][-1] == "b" * 12
    assert rows[1][2:5] == ("郑党务（代孙后勤）", "zheng@x", "2026-09-03 14:05")
    assert rows[2][-2:] == ("有效", "5fb843bf6512")


def test_payments_of_the_same_contract_and_the_alarms_about_it() -> None:
    found = report()
    assert [(row[0], row[1], row[3]) for row in found.table("payments_table")] == [
        ("ZC-0", "第1期", "2026-08-04"),
        ("ZC-1（本单）", "第2期", "2026-09-04"),
    ]
    assert [row[4] for row in found.table("alarms_table")] == ["疑似重复", "非本人签批"]


def test_the_words_tell_whether_the_last_seal_is_the_approved_one() -> None:
    text = report().text
    assert "行政科韩采购经办“灯具维修”，申请900.00元，核定850.00元，现为“已归档”。" in text
    assert "共提交2轮、签批步骤3个，最后一轮有效2个。末级签批的指纹与批准指纹一致。纸质审批单已核对签字。" in text
    assert "指纹与批准指纹不一致，请会计核查" in report(approved_hash="c" * 64).text
    assert "没有批准指纹" in report(approved_hash=None, status="草稿").text
    assert report().document.title == "支出单ZC-1证据单"


@pytest.mark.parametrize(
    "account, shown",
    [("6222 0202 0011 2233", "＊＊＊＊2233"), ("1234", "＊＊＊＊"), ("本人工资卡", "本人工资卡"), (None, "")],
)
def test_accounts_are_masked(account: str | None, shown: str) -> None:
    assert masked(account) == shown
