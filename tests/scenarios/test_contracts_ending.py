"""N11 in the whole engine: a contract that ends, and a company that goes on serving (CT-03)."""

from datetime import date

from tests.scenarios.conftest import Open
from tests.scenarios.premises import CONTRACTS, HEAD, LEADER, TOP


def test_from_the_contract_to_the_letters(opened: Open) -> None:
    """The whole engine: marks that fall on days off are told after them; once served after its end, 主要领导 hears."""
    school = opened("2026-1-4", post=True)
    company = school.vendor("示例消防公司", kinds=("消防维保",))
    cells = {"kind": "消防维保", "delivery_mode": "外包", "service_scope": "每月保养", "name": "消防维保"}
    school.signed_contract(company, "据实|按月结算|14000", "2025-4-1", "2026-3-31", **cells, sign_on=date(2025, 4, 1))
    contract = next(iter(school.host.ids(CONTRACTS)))
    assert school.row(contract, CONTRACTS)["reminded_from"] == date(2025, 12, 31)

    def heard(name: str, words: str = "合同“消防维保”将于3月31日到期") -> int:
        return sum(words in text for text in school.letters(name))

    found = []
    for on in ("1-5", "1-29", "1-30", "3-2"):
        school.go_to(on, "08:41")
        found.append((heard(HEAD), heard(LEADER)))
    assert found == [(1, 0), (1, 0), (2, 0), (3, 1)]
    school.go_to("4-7")
    school.file(
        HEAD,
        "inspections",
        team="服务商考核",
        contract=contract,
        vendor=company,
        period="2026-04",
        date=school.clock.now,
        inspectors=(school.ids[HEAD], school.ids[LEADER]),
    )
    school.go_to("4-8", "08:41")
    assert heard(TOP, "合同“消防维保”已于3月31日到期，但服务仍在继续") == 1
