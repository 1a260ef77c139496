"""季度一页: five paragraphs for 校委会 on one page, and what is to be verified with the local papers."""

from datetime import date
from io import BytesIO
from typing import Any

import pdfplumber

from automations.measures import Period, Records
from automations.reports.folders import templates
from automations.reports.writing import render_report
from tests.measures.world import at, records
from tests.reports.readers import squeeze
from tests.statements.reading import read

THIRD = Period.quarter(2026, 3)
PEOPLE = [
    {"name": "韩采购", "account": "han@x"},
    {"name": "孙后勤", "account": "sun@x", "rank": "班子成员"},
    {"name": "赵校长", "account": "zhao@x", "rank": "主要领导"},
    {"name": "郑党务", "account": "zheng@x", "rank": "班子成员"},
]


def step(n: int, minute: int, **cells: Any) -> dict[str, Any]:
    return {
        **{"biz_type": "支出单", "biz_code": f"ZC-{n}", "claim": n, "round": 1, "seq": 1, "level": "主要领导"},
        **{"assignee": 3, "signer_account": "zhao@x", "decision": "同意", "valid": "有效", "amount_shown": 100},
        **{"created_at": at("2026-08-03 09:00"), "signed_at": at(f"2026-08-03 09:{minute:02d}"), **cells},
    }


def world() -> Records:
    burst = [step(n, 30 + n % 3) for n in range(1, 12)]
    delegated = [step(20 + n, 0, assignee=4, on_behalf_of=2, signed_at=at(f"2026-09-0{n} 10:00")) for n in (1, 2)]
    claims: list[dict[str, Any]] = [
        {"id": n, "code": f"ZC-{n}", "handler": 1, "status": "已归档", "approved_at": at("2026-08-03")}
        for n in range(1, 24)
    ]
    claims[2] |= {"payee": 3, "amount": 900, "title": "出差", "handler": 3}
    return records(
        "2026-10-09",
        people=PEOPLE,
        sign_steps=[*burst, *delegated, {"level": "知悉", "decision": "待签", "assignee": 2}],
        expense_claims=claims,
        budget_lines=[
            {
                **{"year": 2026, "name": name, "category": name, "status": "已批复", "is_three_public": True},
                **{"approved": 10_000, "spent": 4_000, "frozen": 1_000},
            }
            for name in ("公务接待费", "公务用车运行费")
        ],
        requests=[
            {"kind": "公务接待", "status": "已核销", "starts_at": at("2026-08-05"), "guest_actual": 7},
            {"kind": "公务接待", "status": "已核销", "starts_at": at("2026-06-05"), "guest_actual": 9},
        ],
        contracts=[
            {
                **{"name": f"合同{n}", "status": "临期", "ends_on": date(2026, 11, n), "amount": 100},
                "reminded_from": date(2026, 8, 1),
            }
            for n in range(1, 10)
        ],
    )


def test_five_things_are_told() -> None:
    found = read("quarterly", world(), THIRD)
    lines = found.text.split("\n")
    assert lines[0] == "一、主要领导本人支出1笔、900.00元：ZC-3出差900.00元（末级由赵校长签批）。"
    assert lines[1] == "二、代签2笔、200.00元：郑党务代孙后勤2笔、200.00元。代签清单尚有1份未阅知。"
    assert lines[2] == "三、快速批量签批（供谈心提醒，不作问责）：赵校长自8月3日09:30起3分钟内同意11笔。"
    assert (
        lines[3] == "四、“三公”经费累计10,000.00元，占年度预算50.0%（序时75.0%），其中公务接待费5,000.00元、占50.0%，"
        "公务用车运行费5,000.00元、占50.0%；本季度公务接待1批、7人次。"
    )
    assert lines[4] == "五、到期合同9份，先到期的5份如下。"
    assert [row[0] for row in found.table("ending_table")] == [f"合同{n}" for n in range(1, 6)]
    assert found.placed == ["ending_table"]


def test_a_quiet_quarter_says_so() -> None:
    text = read("quarterly", records("2026-10-09", sign_steps=[step(1, 0, created_at=at("2026-06-30"))]), THIRD).text
    assert "一、主要领导本人支出：本季度没有。" in text
    assert "二、代签：本季度没有。" in text
    assert "三、快速批量签批：本季度没有。" in text
    assert "五、到期合同：近期没有。" in text


def test_a_school_that_has_just_begun_does_not_claim_a_quiet_quarter() -> None:
    text = read("quarterly", records("2026-10-09"), THIRD).text
    assert text.count("：未采集。") == 3 and "本季度没有" not in text


def test_it_is_one_page_even_in_a_busy_quarter() -> None:
    folder, base = templates() / "quarterly", world()
    busy = [
        {"id": n, "code": f"ZC-2026-{n:04d}", "payee": 3, "handler": 3, "amount": 90_000, "status": "已归档"}
        | {"approved_at": at("2026-08-03"), "title": "参加全市党校系统后勤管理工作会议差旅费"}
        for n in range(50, 60)
    ]
    away = [
        step(60 + n, 0, assignee=who, on_behalf_of=whom, signed_at=at("2026-09-01 10:00"))
        for n, (who, whom) in enumerate([(4, 2), (2, 4), (1, 2), (2, 1), (1, 4)])
    ]
    fast = [step(70 + n, n % 3, signer_account="sun@x", assignee=2) for n in range(12)]
    fast += [step(90 + n, n % 3, signer_account="zheng@x", assignee=4) for n in range(12)]
    tables: dict[str, Any] = {
        table: [{**vars(row), "id": row.id} for row in rows] for table, rows in base.tables.items()
    }
    tables["expense_claims"] += busy
    tables["sign_steps"] += [{**one, "id": 1_000 + n} for n, one in enumerate((*away, *fast))]
    found = read("quarterly", records("2026-10-09", **tables), THIRD)
    assert "90,000.00元等。" in found.text and "300.00元等。" in found.text
    made = render_report(found.document, folder, ["pdf"])
    with pdfplumber.open(BytesIO(made.files["pdf"])) as pdf:
        first, *more = (squeeze(page.extract_text()) for page in pdf.pages)
    assert squeeze(f"{found.document.unit}2026年10月9日") in first  # it is signed there; what follows are codes
    assert all("ZC-2026-00" in page or "QP-" in page for page in more) and len(more) <= 1


# 待核实标准清单 -------------------------------------------------------------------------------------------------------


def setting(key: str, value: str | None, verified: bool, **cells: Any) -> dict[str, Any]:
    base = {"key": key, "label": key, "value": value, "category": "能耗", "from_date": date(2026, 1, 1)}
    return {**base, "verified": verified, "unit": "元", "source": "渝财规", **cells}


def test_only_what_nobody_verified_is_listed_with_its_value() -> None:
    rows = [
        setting("contract.sme_days", "99", False, from_date=date(2025, 1, 1)),
        setting("collective.limit", "80000", True),
        setting("cash.limit", "900", False, remark="占位值，未见原文，请按本地现行文件填写。"),
        setting("contract.sme_days", "20", True, from_date=date(2026, 1, 1), to_date=date(2026, 6, 30)),
        setting("contract.sme_days", "25", False, from_date=date(2026, 7, 1)),
        setting("own.key", "7", False),
        setting("reception.std.lunch", None, True),
    ]
    found = read("settings_unverified", records("2026-10-09", settings=rows), Period.month(2026, 9))
    listed = {row[1]: row for row in found.table("standards")}
    assert listed["cash.limit"][2] == "900" and listed["contract.sme_days"][2] == "25"
    assert listed["own.key"][2] == "7" and listed["接待午餐标准"][2] == "60"  # a row without a value says nothing
    assert "collective.limit" not in listed
    assert not any(row[1] == "单位全称" for row in found.table("standards"))  # no paper outside prescribes it
    groups = [row[0] for row in found.table("standards")]
    assert groups == sorted(groups)


def test_the_share_verified_is_of_rows_in_force() -> None:
    rows = [setting("cash.limit", "900", False), setting("collective.limit", "80000", True)]
    old = setting("contract.sme_days", "20", True, to_date=date(2026, 6, 30))
    text = read("settings_unverified", records("2026-10-09", settings=[*rows, old]), Period.month(2026, 9)).text
    assert "已本地核实的占50.0%" in text
