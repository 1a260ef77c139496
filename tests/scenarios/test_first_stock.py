"""Rows that Houqin itself loaded begin in the state they came with; what people chose since is judged, not believed."""

from datetime import date
from decimal import Decimal

import pytest

from automations.tables.values import Value
from tests.scenarios.conftest import Open
from tests.scenarios.premises import CLERK, CONTRACTS, HEAD
from tests.scenarios.school import School


def contract(school: School, status: str) -> int:
    """A contract as an import of the school's old list brings it; nobody has looked at it yet."""
    cells: dict[str, Value] = {
        "contract_no": f"旧-{school.next_number()}",
        "name": "光纤接入",
        "kind": "通信网络",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2027, 6, 30),
        "amount": Decimal(48_000),
        "supervise_dept": school.ids["行政科"],
        "status": status,
    }
    [row_id] = school.host.create(CONTRACTS, [cells])
    return row_id


def seen(school: School) -> None:
    school.turn(slow=True)
    school.settle()


def test_it_keeps_the_state_it_came_with(opened: Open) -> None:
    school = opened("9-1")
    running, draft = contract(school, "履行中"), contract(school, "草拟")
    seen(school)
    assert (school.status(CONTRACTS, running), school.status(CONTRACTS, draft)) == ("履行中", "草拟")
    assert school.change(HEAD, CONTRACTS, running, status="续签中")["status"] == "续签中"


@pytest.mark.parametrize("typed", ["履行中", "到期", "已归档"])
def test_a_draft_that_somebody_calls_signed_is_none(opened: Open, typed: str) -> None:
    school = opened("9-1")
    draft = contract(school, "草拟")
    seen(school)
    row = school.change(CLERK, CONTRACTS, draft, status=typed)
    assert (row["status"], row["check_result"]) == ("草拟", "拦截")


def test_typed_before_the_worker_saw_the_row(opened: Open) -> None:
    """It began as loaded: a move that is allowed from there is made, any other is put back."""
    school = opened("9-1")
    ended, called_signed = contract(school, "履行中"), contract(school, "草拟")
    school.person(HEAD).edit(CONTRACTS, ended, status="终止")
    school.person(HEAD).edit(CONTRACTS, called_signed, status="履行中")
    seen(school)
    assert (school.status(CONTRACTS, ended), school.status(CONTRACTS, called_signed)) == ("终止", "草拟")


def test_a_row_that_a_person_adds_is_signed_by_nobody(opened: Open) -> None:
    school = opened("9-1")
    row_id = school.file(CLERK, CONTRACTS, contract_no="新-1", name="新合同", status="履行中")
    assert school.status(CONTRACTS, row_id) == "草拟"
