"""Typed, copied and deleted: DG-01, DG-04, V35 (domain.md B0)."""

from collections.abc import Iterator

import pytest

from automations.approvals.words import clock
from automations.tables.memory import MemoryServer
from automations.tables.values import Value
from tests.approvals.conftest import at_rest, rich
from tests.approvals.looks import (
    approved,
    archived,
    at,
    by,
    cells,
    code,
    entries,
    invoices,
    ledger,
    said,
    status,
)
from tests.conftest import Clock
from tests.office import CHAIN, STAFF, WORKER, SmallOffice, email


@pytest.fixture
def reusing() -> Iterator[SmallOffice]:
    """A host that gives a deleted row's number to the next one, as NocoDB does."""
    time = Clock()
    server = MemoryServer(clock=time, reuse_ids=True)
    server.add_account(WORKER, "后勤系统")
    for account, *_ in STAFF.values():
        server.add_account(email(account), account)
    office = rich(SmallOffice(time, server=server))
    yield office
    at_rest(office)


def restored(title: str, old: str) -> str:
    return f"【已还原】“{title}”由系统计算，不能手工修改。原值“{old}”已恢复。"


def test_dg01_the_status_typed_by_hand(office: SmallOffice) -> None:
    claim = office.submitted()
    for typed in ("已批准", "已支付", "已归档"):
        office.person("王文员").edit("expense_claims", claim, status=typed)
        office.settle()
        assert (status(office, claim), said(office, claim)) == ("签批中", restored("状态", "签批中"))
    assert ledger(office, claim) == [("DG-01", "严重")] * 3


def test_dg01_typed_twice_names_what_stood_there_before(office: SmallOffice) -> None:
    claim = approved(office)
    seal = office.row(claim)["approved_hash"]
    for typed in ("deadbeef", "cafe"):
        office.person("王文员").edit("expense_claims", claim, approved_hash=typed)
    office.settle()
    assert (office.row(claim)["approved_hash"], said(office, claim)) == (seal, restored("批准指纹", str(seal)))


def test_dg01_a_cell_emptied(office: SmallOffice) -> None:
    claim = office.submitted()
    office.person("王文员").edit("expense_claims", claim, current_step=None)
    office.settle()
    assert office.row(claim)["current_step"] == "部门负责人·周科长"
    assert said(office, claim) == restored("当前环节", "部门负责人·周科长")


def test_dg01_a_fingerprint_typed_into_a_draft(office: SmallOffice) -> None:
    claim = office.claim()
    office.settle()
    office.person("王文员").edit("expense_claims", claim, approved_hash="deadbeef", std_amount=None)
    office.settle()
    assert (office.row(claim)["approved_hash"], said(office, claim)) == (None, restored("批准指纹", "空"))
    office.person("王文员").submit(claim)
    office.settle()
    assert status(office, claim) == "签批中"


def test_dg01_in_another_table(office: SmallOffice) -> None:
    """V35: 可用 typed over."""
    line = office.ids["日常办公费"]
    before = office.row(line, "budget_lines")
    office.person("王文员").edit("budget_lines", line, available=0)
    office.turn(slow=True)
    office.settle()
    assert office.row(line, "budget_lines")["available"] == before["available"]


def test_dg01_a_cell_typed_hides_no_submission_of_the_same_pass(office: SmallOffice) -> None:
    claim = office.claim()
    office.settle()
    office.person("王文员").edit("expense_claims", claim, std_amount=77, status="提交")
    office.settle()
    assert (status(office, claim), office.row(claim)["std_amount"]) == ("签批中", None)


@pytest.mark.parametrize(
    ("change", "title"),
    [({"valid": "有效"}, "效力"), ({"amount_shown": 1}, "签批金额"), ({"code": "QP-X"}, "编号")],
    ids=["validity", "amount", "code"],
)
def test_dg01_in_a_step(office: SmallOffice, change: dict[str, Value], title: str) -> None:
    claim = office.submitted()
    before = at(office, claim, 0)
    office.person("周科长").edit("sign_steps", before.id, **change)
    office.settle()
    after = at(office, claim, 0)
    assert {n: after[n] for n in change} == {n: before[n] for n in change}
    assert str(after["check_message"]).startswith(f"【已还原】“{title}”由系统计算，不能手工修改。")
    assert len(office.steps(claim)) == 4
    by(office, claim, *CHAIN)
    assert status(office, claim) == "已批准"


def test_a_step_given_to_another_person_or_claim_comes_back(office: SmallOffice) -> None:
    claim, other = office.submitted(), office.submitted()
    step = at(office, claim, 0)
    clerk = office.person("王文员")
    clerk.edit("sign_steps", step.id, assignee=office.ids["王文员"], claim=other)
    clerk.sign(step.id, "同意")
    office.settle()
    now = office.row(step.id, "sign_steps")
    assert (now["assignee"], now["claim"], cells(now)) == (office.ids["周科长"], claim, ("待签", "无效-非本人"))
    assert len(office.steps(claim)) == len(office.steps(other)) == 4
    assert ledger(office, claim) == [("SG-01", "严重")] and ledger(office, other) == []
    office.person("周科长").sign(step.id, "同意")
    office.settle()
    assert cells(at(office, claim, 0)) == ("同意", "有效")


def test_two_steps_exchange_their_codes(office: SmallOffice) -> None:
    """部门负责人 signs the row in front of him; it must not count for another level."""
    claim = office.submitted()
    one, two = at(office, claim, 0), at(office, claim, 1)
    clerk = office.person("王文员")
    clerk.edit("sign_steps", one.id, code=two["code"])
    clerk.edit("sign_steps", two.id, code=one["code"])
    office.person("周科长").sign(one.id, "同意")
    office.settle()
    assert [cells(s) for s in office.steps(claim)[:2]] == [("同意", "有效"), ("待签", "待定")]
    assert [s["code"] for s in office.steps(claim)[:2]] == [one["code"], two["code"]]


def test_a_copied_claim_starts_from_nothing(office: SmallOffice) -> None:
    """Baserow's "duplicate row": a new draft with its own code, and no alarm."""
    claim = archived(office)
    values = {
        n: v for n, v in office.row(claim).values.items() if not office.office.schema["expense_claims"][n].by_host
    }
    [copy] = office.person("王文员").host.create("expense_claims", [values])
    office.settle()
    row = office.row(copy)
    assert row["code"] not in (None, code(office, claim))
    empty = ("approved_hash", "approved_at", "paid_on", "pay_method", "voucher_no", "current_step")
    assert (row["status"], [row[n] for n in empty], row["paper_signed"]) == ("草稿", [None] * 6, False)
    assert ledger(office, copy) == [] == ledger(office, claim)
    assert (status(office, claim), office.steps(copy)) == ("已归档", [])


def test_a_copied_step_is_none(office: SmallOffice) -> None:
    claim = office.submitted()
    step = at(office, claim, 0)
    schema = office.office.schema["sign_steps"]
    values = {n: v for n, v in step.values.items() if not schema[n].by_host}
    head = office.person("周科长")
    [copy] = head.host.create("sign_steps", [values])
    office.settle()
    head.sign(copy, "同意")
    office.settle()
    assert cells(at(office, claim, 0)) == ("待签", "待定"), "signed beside the sheet"
    row = office.row(copy, "sign_steps")
    assert (row["claim"], row["assignee"], row["biz_code"]) == (None, None, None)
    assert row["code"] != step["code"]
    head.sign(step.id, "同意")
    office.settle()
    assert cells(at(office, claim, 0)) == ("同意", "有效")


@pytest.mark.parametrize("table", ["expense_claims", "sign_steps", "invoices"])
def test_dg04_a_deleted_row_comes_back_under_its_code(office: SmallOffice, table: str) -> None:
    """V35."""
    claim = office.submitted()
    by(office, claim, *CHAIN[:2])
    target = {"expense_claims": claim, "sign_steps": at(office, claim, 1).id}.get(table) or invoices(office, claim)[
        0
    ].id
    before = office.row(target, table)
    office.person("王文员").delete(table, target)
    when = clock(office.clock())
    office.turn(slow=True, deep=True)
    office.settle()
    after = office.row(target, table)
    assert after["code"] == before["code"]
    assert after["remark"] == (f"【系统恢复】王文员于{when}删除本行，已按快照恢复。作废请把状态改为“作废”。")
    gone = [v for v in office.violations() if v["rule"] == "DG-04"][-1]
    assert (gone["severity"], gone["person"], gone["biz_code"]) == ("严重", office.ids["王文员"], before["code"])
    assert gone["department"] == office.row(office.ids["王文员"], "people")["department"] is not None
    if table == "invoices":
        assert status(office, claim) == "草稿", "for a moment the set of invoices was another: DG-02"
        return
    assert status(office, claim) == "签批中" and cells(at(office, claim, 1)) == ("同意", "有效")
    by(office, claim, *CHAIN[2:])
    assert status(office, claim) == "已批准"
    assert len(entries(office, claim, "signed")) == 4


def test_dg04_a_line_of_the_ledger_comes_back(office: SmallOffice) -> None:
    claim = office.submitted()
    office.person("王文员").edit("expense_claims", claim, status="已批准")
    office.settle()
    line = office.violations()[-1]
    office.person("王文员").delete("violations", line.id)
    office.turn(slow=True, deep=True)
    office.settle()
    found = next(v for v in office.violations() if v["code"] == line["code"])
    assert (found["rule"], found["detail"]) == (line["rule"], line["detail"])


def test_dg04_where_the_number_was_given_away(reusing: SmallOffice) -> None:
    """The deleted claim's row number belongs to another claim by now: it comes back under a new one, with its steps."""
    claim = reusing.submitted()
    by(reusing, claim, *CHAIN[:2])
    before = reusing.row(claim)
    reusing.person("王文员").delete("expense_claims", claim)
    younger = reusing.claim("另一张单")
    assert younger == claim, "the host gave the number away"
    reusing.turn(slow=True, deep=True)
    reusing.settle()
    found = [r for r in reusing.host.changed("expense_claims", None).rows if r["code"] == before["code"]]
    assert len(found) == 1 and found[0].id != claim
    assert reusing.row(claim)["code"] not in (None, before["code"])
    again = found[0].id
    assert [s["code"] for s in reusing.steps(again)][:2] == [
        f"QP-{before['code']}-1-1",
        f"QP-{before['code']}-1-2",
    ]
    assert status(reusing, again) == "草稿", (
        "its invoice went to the younger row with the number: DG-02, never approved so"
    )
