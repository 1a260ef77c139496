"""A contract that the school brought along, with its file: when it moves on by itself, nobody is accused (DG-02)."""

from datetime import date
from decimal import Decimal

from tests.scenarios.conftest import Open
from tests.scenarios.premises import CONTRACTS


def test_the_day_comes_and_the_file_is_the_same(opened: Open) -> None:
    school = opened("9-1")
    [row_id] = school.host.create(
        CONTRACTS,
        [
            {
                "contract_no": "旧-1",
                "name": "光纤接入",
                "kind": "通信网络",
                "starts_on": date(2026, 1, 1),
                "ends_on": date(2026, 12, 1),
                "amount": Decimal(48_000),
                "supervise_dept": school.ids["行政科"],
                "file": school.paper("合同.pdf"),
                "status": "履行中",
            }
        ],
    )
    school.turn(slow=True)
    school.settle()
    school.go_to("9-2")  # 90 days before it ends
    school.settle()
    assert school.status(CONTRACTS, row_id) == "临期"
    assert school.ledger(CONTRACTS, row_id) == []
    school.go_to("9-3")
    assert school.status(CONTRACTS, row_id) == "临期" and "改单重签" not in school.told(CONTRACTS, row_id)
