"""Attachments, asset cards, the time limit (domain.md C3): EX-07, EX-11, EX-12."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.rules.claim_world import claim, invoice, papers
from tests.rules.world import said


@pytest.mark.parametrize(
    ("category", "files", "more", "missing"),
    [
        ("公务接待费", ("接待清单.xlsx",), {}, "公函、审批单"),
        ("公务接待费", ("公函.pdf", "接待清单.xlsx"), {}, "审批单"),
        ("公务接待费", ("公函.pdf", "接待清单.xlsx"), {"request": 7}, ""),
        ("公务接待费", ("接待清单.xlsx",), {"request": 7}, "公函"),
        ("公务接待费", ("接待清单.xlsx",), {"request": 8}, ""),
        ("培训费", ("培训通知.pdf", "签到表.pdf", "讲课费签收.pdf"), {}, ""),
        ("培训费", ("培训通知.pdf",), {}, "签到、签收"),
        ("会议费", ("会议通知.pdf",), {}, "签到"),
        ("会议费", ("会议通知.pdf", "签到.pdf"), {}, ""),
        ("维修维护费", ("照片.jpg",), {}, "工单"),
        ("维修维护费", ("照片.jpg",), {"issue": 3}, ""),
        ("维修维护费", ("照片.jpg",), {"issue": 3, "acceptor": None}, "验收"),
        ("印刷费", ("样张.pdf",), {}, "清单"),
        ("印刷费", ("印刷清单.pdf",), {}, ""),
        ("讲课费", ("身份证.jpg", "职称证.jpg"), {}, "学时"),
        ("讲课费", ("身份证.jpg", "职称证.jpg", "学时确认.jpg"), {}, ""),
        ("讲课费", ("照片.jpg",), {"kind": "借款"}, ""),
        ("办公费", ("明细.txt",), {}, ""),
    ],
)
def test_ex12_the_papers_of_each_category(
    category: str, files: tuple[str, ...], more: dict[str, Any], missing: str
) -> None:
    tables = {"requests": {7: {}, 8: {"letter": papers("来函.pdf")}}, "issues": {3: {}}}
    found = claim(category=category, attachments=papers(*files), tables=tables, **more)
    assert said(found, "EX-12") == ([f"缺少附件：{missing}。"] if missing else [])


def test_ex11_a_fixed_asset_has_a_card() -> None:
    message = ["支出单中“碎纸机”单价1,000元，达到固定资产标准（1,000元），请先建资产卡片。"]
    shredder = {1: invoice(item="碎纸机", unit_price=Decimal(1000))}
    assert said(claim(shredder), "EX-11") == message
    assert said(claim(shredder, assets=(4,), tables={"assets": {4: {}}}), "EX-11") == []
    assert said(claim({1: invoice(item="碎纸机", unit_price=Decimal("999.99"))}), "EX-11") == []
    assert said(claim({1: invoice(amount=Decimal(5000))}), "EX-11") == [], "no price is no guess"


def test_ex07_submitted_in_time() -> None:
    """Today is 2026-09-01."""
    message = ["业务发生已31天，超过30天报销期限，请说明原因。"]
    assert said(claim(biz_date=date(2026, 8, 1)), "EX-07") == message
    assert said(claim(biz_date=date(2026, 8, 2)), "EX-07") == []
    assert said(claim(biz_date=date(2026, 8, 1)), "EX-07", "付款") == []


def test_ex07_invoices_of_last_year() -> None:
    message = ["跨年度发票须由会计确认列支渠道。"]
    old = {1: invoice(issued_on=date(2025, 12, 31)), 2: invoice(inv_no="2" * 20, issued_on=date(2026, 1, 20))}

    def on(month: int, day: int, **more: Any) -> list[str]:
        now = datetime(2026, month, day, 2, tzinfo=UTC)
        return said(claim(old, now=now, biz_date=date(2026, 1, 20), **more), "EX-07")

    assert on(1, 31) == []
    assert on(2, 1) == message
    assert on(2, 1, last_year_channel="上年结转") == []
    older = {1: invoice(issued_on=date(2024, 12, 31))}
    january = datetime(2026, 1, 20, 2, tzinfo=UTC)
    assert said(claim(older, now=january, biz_date=date(2026, 1, 20)), "EX-07") == message
    assert said(claim({1: invoice(issued_on=None)}), "EX-07") == []
