"""The first check of what must be looked after, and that the ones after it come alone (domain.md A11, B4.16)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from automations import NewRow
from automations.jobs.first_inspection import first_inspection
from automations.jobs.first_patrol import first_patrol
from automations.tables.base import Row
from tests.rules.test_assets import CARD, LIFT
from tests.rules.test_assets_checked import PLAQUE
from tests.rules.world import facts
from tests.scenarios.premises import HEAD, Premises

CHECKS = "equipment_checks"


def follows(function: Any, card: dict[str, Any], *checks: dict[str, Any]) -> list[NewRow]:
    return list(function(facts("assets", card, {CHECKS: dict(enumerate(checks, 1))}, moment="随时")))


def test_a_lift_is_inspected_by_the_day_on_its_card() -> None:
    [row] = follows(first_inspection, LIFT)
    assert row == NewRow(
        CHECKS,
        check_kind="法定检验",
        asset=1,
        cycle="每年",
        items="委托检验机构现场检验，上传报告",
        done_by=3,
        due_on=date(2026, 9, 26),
    )
    assert follows(first_inspection, LIFT, {"asset": 1, "check_kind": "维护保养"}) == [row]
    assert follows(first_inspection, LIFT, {"asset": 2, "check_kind": "法定检验"}) == [row]


def test_an_inspection_is_there_or_cannot_be() -> None:
    inspection = {"asset": 1, "check_kind": "法定检验"}
    assert follows(first_inspection, LIFT, inspection) == []
    assert follows(first_inspection, LIFT, {**inspection, "done_on": date(2026, 9, 1)}) == []  # next_check goes on
    for change in ({"statutory_due": None}, {"category": "车辆"}, {"status": "待报废"}, {"status": "已处置"}):
        assert follows(first_inspection, {**LIFT, **change}) == []
    assert follows(first_inspection, {**LIFT, "status": "停用"}) != []  # it must be inspected to be used again


def test_a_plaque_is_looked_at_within_a_quarter() -> None:
    [row] = follows(first_patrol, PLAQUE)
    assert row == NewRow(
        CHECKS,
        check_kind="日常巡检",
        asset=1,
        cycle="每季",
        items="外观完好、内容正确、安装牢固、照明正常",
        done_by=3,
        due_on=date(2026, 12, 1),
    )
    patrol = {"asset": 1, "check_kind": "日常巡检"}
    assert follows(first_patrol, PLAQUE, patrol) == follows(first_patrol, PLAQUE, {**patrol, "result": "正常"}) == []
    for change in ({"category": "家具"}, {"status": "已处置"}, {"status": "停用"}):
        assert follows(first_patrol, {**PLAQUE, **change}) == []
    assert follows(first_patrol, PLAQUE, {**patrol, "asset": 2}) == [row]


@pytest.fixture
def school() -> Iterator[Premises]:
    one = Premises("9-1")
    yield one
    one.close()


def checks_of(school: Premises, asset: int) -> list[Row]:
    return [r for r in school.host.changed(CHECKS, None).rows if r["asset"] == asset]


@pytest.mark.parametrize(
    ("card", "kind", "due", "then"),
    [
        (LIFT, "法定检验", date(2026, 9, 26), date(2027, 9, 1)),
        (PLAQUE, "日常巡检", date(2026, 12, 1), date(2026, 12, 1)),
    ],
)
def test_one_row_and_then_one_after_the_other(
    school: Premises, card: dict[str, Any], kind: str, due: date, then: date
) -> None:
    cells = {**card, "location": None, "custodian": school.ids[HEAD], "user_dept": school.ids["行政科"]}
    asset = school.file(HEAD, "assets", **{name: cells[name] for name in cells if name != "code"})
    [first] = checks_of(school, asset)
    assert (first["check_kind"], first["due_on"], first["done_on"]) == (kind, due, None)
    assert "没有安排检查" not in str(school.row(asset, "assets")["check_message"])
    school.change(HEAD, CHECKS, first.id, done_on=date(2026, 9, 1), result="正常")
    assert [(c["check_kind"], c["due_on"], c["done_on"]) for c in checks_of(school, asset)] == [
        (kind, due, date(2026, 9, 1)),
        (kind, then, None),
    ]
    assert CARD["status"] == school.row(asset, "assets")["status"]
