"""人员: contracts, certificates, years that went badly (domain.md A43, A45, B1.2, PE-01, PE-02)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.figures import compute
from automations.people import Person
from automations.rules import examine
from tests.rules.world import facts, said

PERSON: dict[str, Any] = {
    "name": "杨维修",
    "account": "yang@school.test",
    "department": 1,
    "post": 1,
    "roles": ("经办人",),
    "rank": "工勤",
    "employment_type": "事业编制",
    "status": "在岗",
}


def person(day: str = "2026-09-01", tables: dict[str, Any] | None = None, **cells: Any) -> Any:
    now = datetime.fromisoformat(f"{day}T02:00").replace(tzinfo=UTC)
    return facts("people", {**PERSON, **cells}, tables, moment="随时", now=now)


def test_what_is_filled_in() -> None:
    assert said(person()) == said(person(account=None)) == []
    assert said(person(post=None, rank=None)) == ["请填写：“岗位”、“职级类别”。"]
    assert said(person(account=None, roles=("经办人", "出纳"))) == ["请填写：“登录账号”。"]
    assert said(person(employment_type="劳务派遣")) == ["请填写：“合同起”、“合同止”。"]
    assert said(person(certs="驾驶证")) == ["请填写：“最近到期日”。"]
    assert said(person(certs="无")) == []
    assert said(person(post=None, status="已退出")) == []


def test_pe01() -> None:
    contract = {"employment_type": "编外聘用", "contract_from": date(2025, 9, 1), "contract_to": date(2026, 8, 31)}
    assert said(person("2026-08-31", **contract)) == []
    words = ["杨维修的合同已于2026-08-31到期，请续签，或办理“拟退出”。"]
    assert said(person("2026-09-01", **contract)) == words
    assert said(person("2026-09-01", **{**contract, "employment_type": "事业编制"})) == []
    assert said(person("2026-09-01", **contract, status="已退出")) == []
    assert said(person("2026-09-01", **{**contract, "contract_to": None}), "PE-01") == []


@pytest.mark.parametrize("certificate", ["健康证", "电梯安全管理员"])
def test_pe02_of_the_canteen_and_the_lift(certificate: str) -> None:
    held = {"certs": f"{certificate}（2025年）、驾驶证", "cert_due": date(2026, 8, 31)}
    assert said(person("2026-08-31", **held)) == []
    [found] = examine(person("2026-09-01", **held))
    assert (found.rule, found.severity) == ("PE-02", "拦截")
    assert found.message == f"杨维修{certificate}已于2026-08-31到期，请暂停上岗并补证。"
    assert said(person("2026-09-01", **held, status="已退出")) == []


def test_pe02_of_others() -> None:
    held = {"certs": "电工、消防控制室", "cert_due": date(2026, 8, 31)}
    [found] = examine(person("2026-09-01", **held))
    assert (found.severity, found.message) == (
        "提示",
        "杨维修电工、消防控制室已于2026-08-31到期，请补证并更新“最近到期日”。",
    )
    assert said(person("2026-08-31", **held)) == said(person("2026-09-01", certs=None, cert_due=held["cert_due"])) == []


def test_pe02_at_the_lift() -> None:
    def check(done: date | None = date(2026, 9, 1), asset: str = "公寓1号电梯", **cells: Any) -> list[str]:
        held = {"name": "杨维修", "certs": "电梯安全管理员", "cert_due": date(2026, 8, 31), **cells}
        tables = {"people": {2: held}, "assets": {1: {"name": asset, "category": "特种设备"}}}
        found = facts(
            "equipment_checks",
            {"asset": 1, "check_kind": "日常巡检", "done_on": done, "done_by": 2},
            tables,
            moment="随时",
            people=[Person(2, "杨维修")],
        )
        return said(found, "PE-02")

    assert check() == ["杨维修电梯安全管理员已于2026-08-31到期，请暂停上岗并补证。"]
    assert check(date(2026, 8, 31)) == check(None) == check(asset="热水锅炉") == check(certs="电工") == []
    assert check(cert_due=None) == []


# --- 建议调整 ---------------------------------------------------------------------------------------------------------


def years(day: str, scores: dict[int, int | None], **cells: Any) -> list[str]:
    goal = {"kind": "岗位目标", "person": 1, "weight": 100}
    rows = {i: {**goal, "year": y, "final_score": s} for i, (y, s) in enumerate(scores.items(), start=1)}
    return said(person(day, {"tasks": rows}, **cells), "建议调整")


def test_two_bad_years_running() -> None:
    words = ["杨维修2024、2025年目标考核均低于60分，列入“建议调整”，请组织人事科研究。"]
    assert years("2026-03-01", {2024: 55, 2025: 59}) == words
    assert years("2026-03-01", {2024: 55, 2025: 59, 2026: None}) == words  # this year has no score yet
    assert years("2026-03-01", {2024: 55, 2025: 60}) == years("2026-03-01", {2025: 40}) == []
    assert years("2026-03-01", {2023: 40, 2025: 40}) == years("2026-03-01", {}) == []
    assert years("2026-12-31", {2024: 55, 2025: 59, 2026: 80}) == []
    assert years("2026-12-31", {2025: 59, 2026: 50}) == [words[0].replace("2024、2025", "2025、2026")]
    assert years("2026-03-01", {2024: 55, 2025: 59}, status="已退出") == []


def test_goal_score_of_this_year() -> None:
    rows = {
        1: {"kind": "岗位目标", "person": 1, "year": 2026, "weight": 40, "final_score": "91.5"},
        2: {"kind": "岗位目标", "person": 1, "year": 2026, "weight": 60, "final_score": 80},
        3: {"kind": "岗位目标", "person": 2, "year": 2026, "weight": 60, "final_score": 10},
    }
    assert compute(person(tables={"tasks": rows})).cells["goal_score"] == Decimal("84.6")
    assert compute(person()).cells["goal_score"] is None
