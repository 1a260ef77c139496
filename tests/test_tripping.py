"""A computation that trips over one row stops that row, tells IT, and lets every other row go on."""

from typing import Any

import pytest

from automations.figures import Computed, stages
from automations.figures.base import FIGURES
from tests.conftest import Clock
from tests.office import SmallOffice


@pytest.fixture
def office(clock: Clock) -> Any:
    one = SmallOffice(clock)
    yield one
    one.close()


def test_cells_that_cannot_be_computed(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    real = FIGURES["supply_moves"]

    def unlucky(move: Any) -> Computed:
        if move.qty == 13:
            raise ValueError("unlucky")
        return real(move)

    monkeypatch.setitem(FIGURES, "supply_moves", unlucky)
    cells = {"direction": "入库", "unit_price": 2}
    first, second = office.person("王文员").host.create("supply_moves", [{**cells, "qty": n} for n in (13, 15)])
    report = office.engine.turn(office.clock.pass_by(seconds=3), slow=True)
    stopped, other = office.row(first, "supply_moves"), office.row(second, "supply_moves")
    words = "计算本行时出错（unlucky），本行先停在这里，请联系信息科处理。"
    assert [p for p in report.problems if words in p], report.problems
    assert stopped["check_result"] == "拦截" and words in str(stopped["check_message"])
    assert (stopped["amount"], other["amount"]) == (None, 30)


def test_a_state_that_cannot_be_told(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlucky(issue: Any) -> str:
        raise ValueError("unlucky")

    monkeypatch.setattr(stages, "STAGES", stages.STAGES)
    monkeypatch.setitem(stages.STAGES, "issues", unlucky)  # type: ignore[index]
    [issue] = office.person("王文员").host.create("issues", [{"kind": "报修", "status": "新建", "description": "漏水"}])
    claim = office.claim()
    report = office.engine.turn(office.clock.pass_by(seconds=3), slow=True)
    assert [p for p in report.problems if "unlucky" in p], report.problems
    assert office.row(issue, "issues")["status"] == "新建" and office.row(claim)["code"] == "ZC-2026-0001"
